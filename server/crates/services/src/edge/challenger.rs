//! The key behind our nonces, which every node of the installation shares, sealed in the database; and the answers that
//! this node has been given.

use crate::{Problem, Result, env::Env, keys::Keys};
use domain::{Code, ids::SecretId};
use sip::digest::{Authorization, Challenger, Seen};
use std::sync::Mutex;
use storage::{Store, user};
use uuid::Uuid;

/// Answers remembered at least, in 9 MB: some seconds of a storm. A nonce lives for five minutes.
const REMEMBERED: usize = 229_376;

/// Right answers of the last while. Per node: another one does not know them.
pub(crate) struct Answers(Mutex<Seen>);

impl Default for Answers {
    fn default() -> Self {
        Self(Mutex::new(Seen::of(REMEMBERED)))
    }
}

impl Answers {
    /// Whether this right answer was not given before.
    pub(crate) fn first(&self, authorization: &Authorization) -> bool {
        self.0.lock().is_ok_and(|mut seen| seen.first(authorization))
    }
}

const NONCE_KEY: &str = "edge.nonce_key";
/// The id under which the nonce key is sealed; it has no row among the secrets of devices.
const NONCE_SECRET: SecretId = SecretId(Uuid::from_u128(1));

/// The challenger, with a nonce key that every node of the installation shares.
pub(crate) async fn open(store: &Store, env: &Env, keys: &Keys) -> Result<Challenger> {
    let unreadable = |_| Problem::invalid(Code::SecretUnreadable, "nonce key");
    // Read first: a command that only looks must not write.
    let present = user::value(&mut store.read().await?, NONCE_KEY).await?;
    let sealed = if let Some(sealed) = present {
        sealed
    } else {
        let mut tx = store.write().await?;
        // Another node may have been faster.
        let sealed = if let Some(sealed) = user::value(&mut tx, NONCE_KEY).await? {
            sealed
        } else {
            let text = zeroize::Zeroizing::new(hex::encode(env.bytes::<32>()));
            let sealed = keys.vault.seal(NONCE_SECRET, &text, env.bytes::<24>()).map_err(unreadable)?;
            user::set_value(&mut tx, NONCE_KEY, &sealed).await?;
            sealed
        };
        tx.commit().await?;
        sealed
    };
    let text = keys.vault.open(NONCE_SECRET, &sealed).map_err(unreadable)?;
    let mut key = [0; 32];
    hex::decode_to_slice(text.as_bytes(), &mut key).map_err(|_| unreadable(Code::SecretUnreadable))?;
    Ok(Challenger::new(key, crate::REALM))
}
