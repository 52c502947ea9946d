//! What a request proves about who it is. A name in a path is a claim; it decides nothing here.

use super::{
    Request,
    cache::{self, Known},
};
use crate::{Result, Services};
use domain::fence::Proof;
use sip::digest::{Authorization, Credential, Verdict};
use std::sync::Arc;

/// What a request proves.
pub(super) enum Identity {
    /// Nothing.
    Nothing,
    /// The right answer to a challenge that is too old.
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
}

/// Judges everything that the request shows.
pub(super) async fn of(services: &Services, request: &Request<'_>) -> Result<Identity> {
    let Some(header) = request.authorization else { return Ok(Identity::Nothing) };
    let Ok(authorization) = Authorization::parse(header) else { return Ok(Identity::Nothing) };
    digest(services, request, &authorization).await
}

async fn digest(
    services: &Services,
    request: &Request<'_>,
    authorization: &Authorization,
) -> Result<Identity> {
    // The decoy is made for every request, so that an unknown name costs what a known one does.
    let decoy = Credential::decoy(&[0; 32], &authorization.username);
    let known = cache::known(services, &authorization.username).await?;
    let credential = known.as_ref().map_or(&decoy, |k| &k.credential);
    let now = services.now().seconds();
    let verdict =
        services.0.challenger.verify(authorization, request.method, request.target, credential, now);
    Ok(match (verdict, known) {
        (Verdict::Proven { .. }, Some(known)) => Identity::Proven { known, proof: Proof::Digest },
        (Verdict::Stale, Some(_)) => Identity::Stale,
        (Verdict::Wrong(reason), known) => Identity::Wrong { known, reason: reason.to_string() },
        (_, None) => Identity::Nothing,
    })
}
