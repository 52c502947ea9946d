//! Sealed secrets and their versions. Nothing here can open them.

use crate::{Error, Tx, args::args, statements};
use domain::{Timestamp, ids::SecretId};

statements! {
    CURRENT = "SELECT version, sealed FROM secret WHERE secret_id = $1 ORDER BY version DESC LIMIT 1";
    INSERT = "INSERT INTO secret (secret_id, version, sealed, created_at) SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM secret WHERE secret_id = $1";
}

/// The current version of a secret, sealed.
pub async fn current(tx: &mut Tx, id: SecretId) -> Result<Option<(u32, Vec<u8>)>, Error> {
    let row = tx.one::<(i64, Vec<u8>)>(CURRENT, args![id.0]).await?;
    Ok(row.map(|(version, sealed)| (u32::try_from(version).unwrap_or(u32::MAX), sealed)))
}

/// Adds the next version of a secret.
pub async fn insert(tx: &mut Tx, id: SecretId, sealed: Vec<u8>, now: Timestamp) -> Result<(), Error> {
    tx.run(INSERT, args![id.0, sealed, now]).await?;
    Ok(())
}
