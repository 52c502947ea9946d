//! What a request proves about who it is. A name in a path is a claim; it decides nothing here.

use super::{
    Request,
    cache::{self, Known},
    certificate::{self, Named},
};
use crate::{Result, Services};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::fence::Proof;
use sha2::{Digest as _, Sha256};
use sip::digest::{Authorization, Credential, Verdict};
use std::sync::{Arc, LazyLock};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// What a request proves.
pub(super) enum Identity {
    /// Nothing.
    Nothing,
    /// The right answer to a challenge that is too old, or one that was given before.
    Stale,
    /// A credential that does not match; the device whose it would be, if there is one.
    Wrong {
        /// The device of the user name.
        known: Option<Arc<Known>>,
        /// What is wrong with it; never the answer itself.
        reason: String,
    },
    /// A device of the inventory.
    Proven {
        /// The device.
        known: Arc<Known>,
        /// By what.
        proof: Proof,
    },
    /// A device of the inventory that shows something else as well which cannot be true at the same time.
    Torn {
        /// The device.
        known: Arc<Known>,
        /// What does not fit.
        detail: String,
    },
}

/// Judges everything that the request shows: the certificate, then the credential. Both must name one device.
pub(super) async fn of(services: &Services, request: &Request<'_>) -> Result<Identity> {
    let named = match request.certificate {
        Some(_) => Box::pin(certificate::of(services, request)).await?,
        None => None,
    };
    let shown = credential(services, request).await?;
    let by_credential = match &shown {
        Identity::Proven { known, .. } => Some(known),
        _ => None,
    };
    Ok(match (named, by_credential) {
        (Some(Named::OtherVendor(known, vendor)), _) => {
            let detail =
                format!("The certificate is of {vendor}, the inventory says {}.", known.loaded.name());
            Identity::Torn { known, detail }
        }
        (Some(Named::OtherSerial(known, serial)), _) => {
            let detail = format!(
                "The certificate is of serial {serial}, the inventory says {} for {}.",
                known.loaded.stored.device.serial,
                known.loaded.name()
            );
            Identity::Torn { known, detail }
        }
        (Some(Named::Known(named)), Some(known)) if named.device() != known.device() => {
            let detail = format!(
                "The certificate is of {}, the credential of {}.",
                named.loaded.name(),
                known.loaded.name()
            );
            Identity::Torn { known: Arc::clone(known), detail }
        }
        // The certificate is the stronger proof; a credential that is wrong or old beside it weighs nothing.
        (Some(Named::Known(known)), _) => Identity::Proven { known, proof: certificate::proof(request) },
        (Some(Named::Stranger(mac)), Some(known)) => {
            let detail = format!("The certificate is of {mac}, the credential of {}.", known.loaded.name());
            Identity::Torn { known: Arc::clone(known), detail }
        }
        // Somebody's phone, and none of ours: it proves nothing about any device of the inventory.
        (None, _) | (Some(Named::Stranger(_)), None) => shown,
    })
}

/// Judges the `Authorization` header. Only requests over TLS come here, so Basic is as good as Digest.
async fn credential(services: &Services, request: &Request<'_>) -> Result<Identity> {
    let Some(header) = request.authorization else { return Ok(Identity::Nothing) };
    if let Some((user, password)) = basic_credentials(header) {
        return basic(services, &user, &password).await;
    }
    let Ok(authorization) = Authorization::parse(header) else { return Ok(Identity::Nothing) };
    digest(services, request, &authorization).await
}

/// Longer than any user name and password of ours.
const LONGEST_BASIC: usize = 512;

/// User and password of a Basic header (RFC 7617).
fn basic_credentials(header: &[u8]) -> Option<(String, Zeroizing<String>)> {
    let (scheme, rest) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") || rest.len() > LONGEST_BASIC {
        return None;
    }
    let decoded = Zeroizing::new(BASE64_STANDARD.decode(rest.trim_ascii()).ok()?);
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), Zeroizing::new(password.to_owned())))
}

async fn basic(services: &Services, user: &str, password: &str) -> Result<Identity> {
    let Some(known) = cache::known(services, user).await? else { return Ok(Identity::Nothing) };
    let kept = known.secrets.get(&known.loaded.stored.digest_secret);
    // Fixed-size digests are compared, so that neither length nor place of a difference shows.
    let right = kept.is_some_and(|(_, kept)| {
        Sha256::digest(kept.as_bytes()).ct_eq(&Sha256::digest(password.as_bytes())).into()
    });
    Ok(if right {
        Identity::Proven { known, proof: Proof::Basic }
    } else {
        Identity::Wrong { known: Some(known), reason: "the password is wrong".to_owned() }
    })
}

/// Stands in for whoever is not known.
static DECOY: LazyLock<Credential> = LazyLock::new(|| Credential::decoy(&[0; 32], ""));

async fn digest(
    services: &Services,
    request: &Request<'_>,
    authorization: &Authorization,
) -> Result<Identity> {
    let known = cache::known(services, &authorization.username).await?;
    // An unknown name is judged with the same work as a known one, and never proven.
    let credential = known.as_ref().map_or(&*DECOY, |known| &known.credential);
    let now = services.now().seconds();
    let verdict =
        services.0.challenger.verify(authorization, request.method, request.target, credential, now);
    Ok(match (verdict, known) {
        (Verdict::Proven { .. }, Some(known)) if services.0.answers.first(authorization) => {
            Identity::Proven { known, proof: Proof::Digest }
        }
        (Verdict::Proven { .. }, Some(known)) => {
            tracing::info!(device = known.loaded.name(), client = %request.client, "an answer was given twice");
            Identity::Stale
        }
        (Verdict::Stale, Some(_)) => Identity::Stale,
        (Verdict::Wrong(reason), known) => Identity::Wrong { known, reason: reason.to_string() },
        (_, None) => Identity::Nothing,
    })
}
