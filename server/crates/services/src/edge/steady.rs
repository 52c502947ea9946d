//! The steady address: a device proves itself and gets its own file, or is told why not.

use super::{
    Answer, Request,
    cache::{self, Known},
    certificate,
    identity::{self, Identity},
    ready, record, serve, upload,
};
use crate::{Problem, Result, Services, devices, enrolment::session};
use dialects::{Asked, DeviceFile};
use domain::{
    Code, Finding, Mac,
    exception::Kind as CaseKind,
    fence::{Proof, Serve, decide},
    policy::Weight,
    proof::Strength,
    vendor::Vendor,
};
use std::{collections::BTreeMap, sync::Arc};
use storage::ledger::Expects;

pub(super) fn challenge(services: &Services, stale: bool) -> Answer {
    let salt = Some(services.0.env.bytes());
    Answer::Challenge { challenges: services.0.challenger.challenges(services.now().seconds(), stale, salt) }
}

/// Answers a request for a device's file at the steady address.
pub(super) async fn answer(
    services: &Services,
    request: &Request<'_>,
    vendor: Vendor,
    mac: Mac,
) -> Result<Answer> {
    match identity::of(services, request).await? {
        Identity::Nothing => {
            // It may be the first half of a conversation: what becomes of it shows later.
            if let Some(said) = certificate::proves_nothing(request) {
                services.0.doubts.note(mac, CaseKind::Proof, request.client, &said, services.now());
            }
            services.0.probes.count(request.client, Some(vendor), services.now());
            Ok(challenge(services, false))
        }
        Identity::Stale => Ok(challenge(services, true)),
        Identity::Wrong { known, reason } => {
            services.0.probes.count(request.client, Some(vendor), services.now());
            if let Some(known) = &known {
                let (device, said) = (&known.loaded.stored.device, format!("Its credential: {reason}."));
                services.0.doubts.note(device.mac, CaseKind::Proof, request.client, &said, services.now());
            }
            if let Some(known) = known
                && services.0.failures.attend(
                    &known.loaded.stored.digest_user,
                    request.client,
                    services.now(),
                )
            {
                Box::pin(wrong(services, request, &known, reason)).await;
            }
            Ok(challenge(services, false))
        }
        Identity::Proven { known, proof } => {
            if !known.enrolling
                && !upload::brings(request)
                && let Some(answer) = ready::again(services, request, &known, proof).await?
            {
                return Ok(answer);
            }
            let device = &known.loaded.stored.device;
            // Families share names: now that we know who asks, it is read as its own family would mean it.
            match dialects::asked_of(device.vendor, request.name) {
                Some(Asked::Device { mac, file, .. }) if mac == device.mac => {
                    if known.enrolling && proof.strength() == Strength::Credential {
                        let version = known.credential_version();
                        Box::pin(session::credential_used(services, &known.loaded.stored, version)).await?;
                    }
                    match file {
                        _ if upload::brings(request) => {
                            Box::pin(upload::offer(services, request, known, proof)).await
                        }
                        DeviceFile::Config | DeviceFile::More(_) => {
                            Box::pin(own_file(services, request, known, proof)).await
                        }
                        DeviceFile::Boot | DeviceFile::Other => {
                            Box::pin(upload::back(services, request, known, proof)).await
                        }
                    }
                }
                _ => {
                    let detail = format!("Proven {}, asked for {vendor} {mac}.", known.loaded.name());
                    Box::pin(disagrees(services, request, &known, Weight::Low, detail)).await
                }
            }
        }
        Identity::Torn { known, detail } => {
            Box::pin(disagrees(services, request, &known, Weight::High, detail)).await
        }
    }
}

/// A wrong answer for a known device is on record; it never changes the device (invariant 7).
async fn wrong(services: &Services, request: &Request<'_>, known: &Known, reason: String) {
    // The password may have been rotated: the next attempt reads it again.
    services.0.edge.forget(&known.loaded.stored.digest_user).await;
    let finding = Finding::new(Code::ProofWrong, known.loaded.name()).detail(reason);
    let entry = record::refusal(services, request, known, Serve::Refuse, 401, vec![finding]);
    // Not awaited: a wrong answer for a known device takes no longer than for an unknown one.
    let services = services.clone();
    tokio::spawn(async move { record::commit(&services, entry, Expects::default()).await.ok() });
}

/// A verified proof that disagrees with the file's name, another proof or the inventory (invariant 7).
pub(super) async fn disagrees(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    weight: Weight,
    detail: String,
) -> Result<Answer> {
    let finding = Finding::new(Code::ProofDisagrees, known.loaded.name()).detail(detail.clone());
    let mut entry = record::refusal(services, request, known, Serve::Refuse, 403, vec![finding]);
    entry.proof = Proof::Disagrees;
    devices::quarantine(services, &known.loaded.stored, weight, detail).await?;
    services.0.edge.forget(&known.loaded.stored.digest_user).await;
    record::commit(services, entry, Expects::default()).await?;
    Ok(Answer::Forbidden)
}

/// A proven device asks for its own file: the fence decides, the ledger orders, then it leaves.
pub(super) async fn own_file(
    services: &Services,
    request: &Request<'_>,
    mut known: Arc<Known>,
    proof: Proof,
) -> Result<Answer> {
    for _ in 0..2 {
        let decision = decide(&known.loaded.facts(proof, BTreeMap::new()), services.now());
        if let Some(answer) = serve::decided(services, request, &known, proof, &decision).await? {
            return Ok(answer);
        }
        // The facts changed while the answer was made: decide again, once.
        services.0.edge.forget(&known.loaded.stored.digest_user).await;
        let before = known.credential_version();
        known = cache::known(services, &known.loaded.stored.digest_user)
            .await?
            .ok_or_else(|| Problem::invalid(Code::DeviceUnknown, "device"))?;
        // The credential may be what changed: what was right for the old one proves nothing now.
        if proof.strength() == Strength::Credential && known.credential_version() != before {
            return Ok(challenge(services, false));
        }
        // What stands behind a certificate may be what has changed.
        if proof.strength() >= Strength::ProxiedCertificate {
            match identity::of(services, request).await? {
                Identity::Proven { known: again, proof: same }
                    if same == proof && again.device() == known.device() =>
                {
                    known = again;
                }
                _ => return Ok(challenge(services, false)),
            }
        }
    }
    Err(Problem::invalid(Code::LedgerRaced, "device"))
}
