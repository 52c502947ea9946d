//! Who a factory certificate says that it is: judged against the vendor roots, looked up in the inventory.

use super::{
    Answer, Request,
    cache::{self, Known},
    serve,
};
use crate::{
    Result, Services,
    certificate::{Identity, Verdict},
};
use dialects::{Asked, DeviceFile};
use domain::{
    Mac,
    device::{DeviceState, Serial},
    fence::{Proof, Serve, decide},
    vendor::Vendor,
};
use std::{collections::BTreeMap, sync::Arc};
use storage::ledger::{self, Expects};

/// Whom a verified certificate names.
pub(super) enum Named {
    /// A device of the inventory.
    Known(Arc<Known>),
    /// A device of the inventory whose vendor is another: the certificate's vendor.
    OtherVendor(Arc<Known>, Vendor),
    /// A device of the inventory whose serial number is another: the certificate's serial number.
    OtherSerial(Arc<Known>, String),
    /// A device that is not in the inventory.
    Stranger(Mac),
}

/// What a certificate is worth that came this way.
pub(super) fn proof(request: &Request<'_>) -> Proof {
    match request.certificate {
        Some(presented) if presented.proxied => Proof::ProxyCertificate,
        // Without a verdict nothing is known of how it was made.
        Some(presented) => match presented.judged().as_deref().and_then(Verdict::identity) {
            Some(identity) if !identity.weak.iter().any(|weak| weak.outdated()) => Proof::Certificate,
            _ => Proof::WeakCertificate,
        },
        None => Proof::None,
    }
}

/// What a certificate says that was judged and proves nothing; `None` when there is none or it is good.
pub(super) fn proves_nothing(request: &Request<'_>) -> Option<String> {
    let verdict = request.certificate?.judged()?;
    match &*verdict {
        Verdict::UnknownIssuer(_) | Verdict::Bad(_) => {
            let finding = verdict.finding("certificate")?;
            Some(format!("{} {}", finding.code.says(), finding.detail))
        }
        Verdict::None | Verdict::Verified(_) => None,
    }
}

/// Judges the certificate of a request; `None` when there is none or it proves nothing.
///
/// The roots were read at the generation that the device was read at, so the batch that records a serve refuses
/// one that rests on a root withdrawn meanwhile.
pub(super) async fn of(services: &Services, request: &Request<'_>) -> Result<Option<Named>> {
    let Some(presented) = request.certificate.filter(|_| request.encrypted) else { return Ok(None) };
    for last in [false, true] {
        let network = cache::network(services).await?;
        let verdict = presented.verdict(&network.roots, services.now());
        let Some(identity) = verdict.identity() else { return Ok(None) };
        let Some(known) = cache::known_by_mac(services, identity.mac).await? else {
            return Ok(Some(Named::Stranger(identity.mac)));
        };
        if rests_on(&known, &network.generation) {
            return Ok(Some(named(known, identity)));
        }
        services.0.edge.forget_network().await;
        services.0.edge.forget(&known.loaded.stored.digest_user).await;
        if last {
            // The organisation changes faster than it can be read; without proof the phone asks again.
            tracing::debug!(mac = %identity.mac, "a certificate could not be judged at one generation");
        }
    }
    Ok(None)
}

fn rests_on(known: &Known, generation: &Expects) -> bool {
    known.loaded.generations.of(ledger::ORGANISATION) == generation.of(ledger::ORGANISATION)
}

fn named(known: Arc<Known>, identity: &Identity) -> Named {
    let device = &known.loaded.stored.device;
    if device.vendor != identity.vendor {
        return Named::OtherVendor(known, identity.vendor);
    }
    match identity.serial.as_deref().and_then(Serial::parse) {
        // Some vendors write the MAC there once more.
        Some(serial) if serial != device.serial && Mac::parse(&serial.to_string()).is_err() => {
            Named::OtherSerial(known, serial.to_string())
        }
        _ => Named::Known(known),
    }
}

/// Enrolment by certificate: at the onboarding address a device of the inventory gets its own baseline, which
/// carries its credential for the steady address and never a line. `None`: it gets what everybody gets.
pub(super) async fn enrol(services: &Services, request: &Request<'_>) -> Result<Option<Answer>> {
    // Twice at most: the second time with what changed in between.
    for _ in 0..2 {
        let Some(Named::Known(known)) = of(services, request).await? else { return Ok(None) };
        let device = &known.loaded.stored.device;
        let own = match dialects::asked_of(device.vendor, request.name) {
            Some(Asked::Device { mac, file: DeviceFile::Config | DeviceFile::More(_), .. }) => {
                mac == device.mac
            }
            _ => false,
        };
        if !own || device.state != DeviceState::Active {
            return Ok(None);
        }
        let proof = proof(request);
        let mut decision = decide(&known.loaded.facts(proof, BTreeMap::new()), services.now());
        if !matches!(decision.serve, Serve::Bound | Serve::Baseline) {
            return Ok(None);
        }
        decision.serve = Serve::Baseline;
        if let Some(answer) = serve::decided(services, request, &known, proof, &decision).await? {
            return Ok(Some(answer));
        }
        services.0.edge.forget(&known.loaded.stored.digest_user).await;
    }
    Ok(None)
}
