//! Enrolment at the edge: `/enrol/TOKEN/FILE`. Whoever shows a device's token and asks for that device's file is given
//! its baseline, with the credential for the steady address; never a line.
//!
//! Every refusal is the same 404. What is worth knowing about one is on record, or a case.

use super::{
    Answer, Request,
    cache::{self, Known},
    common, hold, or_hold, record, serve,
};
use crate::{
    Problem, Result, Services,
    enrolment::{
        session::{self, mismatched},
        token::Presented,
    },
};
use dialects::{Asked, DeviceFile};
use domain::{
    Code, Finding, Mac,
    enrolment::{Enrolment, Fingerprint, Kind, Misread, State, Use},
    exception::Kind as CaseKind,
    fence::{Channel, Proof, Serve, decide},
    ledger::ServeEntry,
    vendor::Vendor,
};
use std::collections::BTreeMap;
use storage::{device::Stored, ledger::Expects};

/// What stands between `/enrol/` and the name of the file. It is a secret: it has no way to print itself.
#[derive(Clone, Copy)]
pub struct Token<'a>(pub &'a str);

/// Answers a request for `/enrol/TOKEN/FILE`. The token is in no part of `request`.
pub async fn enrol(services: &Services, request: &Request<'_>, token: Token<'_>) -> Answer {
    if request.channel == Channel::Onboarding {
        // The token is not burnt: whoever overheard it could have used it, and a typing mistake is no attack.
        services.0.probes.count(request.client, None, services.now());
        tracing::info!(code = %Code::TransportPlain, client = %request.client, "enrolment was asked for without TLS");
        return Answer::NotFound;
    }
    let hint = dialects::user_agent(request.user_agent).vendor;
    let answered = match dialects::recognise(request.name, hint) {
        // On its way to its own file a phone asks for these; they hold no secret, whatever the token is.
        Some(Asked::Common { vendor, file }) => common::answer(services, request, vendor, file).await,
        // Families share names: which file it is, only the token's device can say.
        Some(Asked::Device { vendor, mac, .. }) if may_be_configuration(request.name) => {
            own_file(services, request, token, (vendor, mac)).await
        }
        Some(Asked::Device { .. } | Asked::Absent { .. }) | None => Ok(Answer::NotFound),
    };
    or_hold(services, answered)
}

/// Whether the name is a device's configuration in any family. A `.boot` is none, and no guess at a token either.
fn may_be_configuration(name: &str) -> bool {
    Vendor::ALL.into_iter().any(|vendor| configuration(vendor, name).is_some())
}

/// Whose configuration the name is, if a phone of this vendor asks.
fn configuration(vendor: Vendor, name: &str) -> Option<Mac> {
    match dialects::asked_of(vendor, name)? {
        Asked::Device { mac, file: DeviceFile::Config | DeviceFile::More(_), .. } => Some(mac),
        _ => None,
    }
}

async fn own_file(
    services: &Services,
    request: &Request<'_>,
    token: Token<'_>,
    (vendor, mac): (Vendor, Mac),
) -> Result<Answer> {
    let (client, now) = (request.client, services.now());
    let count = || services.0.probes.count(client, Some(vendor), now);
    let shown = match services.0.keys.enrolment.read(token.0) {
        Ok(shown) => shown,
        Err(misread) => {
            if misread == Misread::Typo {
                tracing::info!(%client, "an enrolment code was mistyped: its check digit is wrong");
            }
            count();
            return Ok(Answer::NotFound);
        }
    };
    let in_segment = cache::network(services).await?.segment(client).is_some();
    let allowed = services.0.guesses.allowed(client, in_segment, now);
    let guessed = matches!(shown, Presented::Code(_));
    if guessed && !allowed {
        // The same for a right code as for a wrong one: nothing was looked up.
        return Ok(hold(services));
    }
    let missed = || {
        count();
        services.0.guesses.wrong(client, in_segment, now);
    };
    let Some((found, stored)) = session::find(services, &shown).await? else {
        missed();
        return Ok(Answer::NotFound);
    };
    let proof = match found.kind {
        Kind::Code => Proof::EnrolmentCode,
        Kind::SignedAddress => Proof::SignedAddress,
    };
    if configuration(stored.device.vendor, request.name) != Some(stored.device.mac) {
        missed();
        if allowed {
            let entry = refusal(services, request, &stored, mismatched(&stored, mac));
            tell_apart(services, stored, mac, entry);
        }
        return Ok(Answer::NotFound);
    }
    let certificate = request.certificate.and_then(crate::certificate::Presented::fingerprint);
    let by = Fingerprint { client, user_agent: record::user_agent(request), certificate };
    deliver(services, request, &shown, (stored, proof), &by).await
}

/// Not awaited: to find a code that is another device's takes no longer than to find none.
fn tell_apart(services: &Services, stored: Stored, claimed: Mac, entry: ServeEntry) {
    let services = services.clone();
    tokio::spawn(async move {
        let told = async {
            record::commit(&services, entry, Expects::default()).await?;
            session::mismatch(&services, &stored, claimed).await
        };
        if let Err(problem) = told.await {
            tracing::error!(error = %problem, "a mismatch at enrolment could not be recorded");
        }
    });
}

/// The device is read before its token is: whatever ends the token after that moves the device's generation on, and
/// the record of the serve is refused.
async fn deliver(
    services: &Services,
    request: &Request<'_>,
    shown: &Presented,
    (stored, proof): (Stored, Proof),
    by: &Fingerprint,
) -> Result<Answer> {
    // The first time round the session may begin, the second time something may have changed, the third is enough.
    for _ in 0..3 {
        let known = cache::known(services, &stored.digest_user).await?;
        let known = known.ok_or_else(|| Problem::invalid(Code::DeviceUnknown, "device"))?;
        let Some((token, _)) = session::find(services, shown).await? else { return Ok(Answer::NotFound) };
        match session::use_once(services, &token, &stored, by).await? {
            Use::Deliver(_) => {}
            Use::DeliverAgain => {
                if let Some(answer) = baseline(services, request, &known, proof).await? {
                    return Ok(answer);
                }
            }
            Use::Refuse(finding) | Use::Clash(finding) => {
                return refuse(services, request, (&token, &stored), by, finding).await;
            }
        }
        services.0.edge.forget(&stored.digest_user).await;
    }
    Err(Problem::invalid(Code::LedgerRaced, "device"))
}

/// The device's baseline; `None` when the facts are no longer those that were read.
async fn baseline(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    proof: Proof,
) -> Result<Option<Answer>> {
    let decision = decide(&known.loaded.facts(proof, BTreeMap::new()), services.now());
    match decision.serve {
        Serve::Baseline | Serve::Hold => serve::decided(services, request, known, proof, &decision).await,
        Serve::Bound | Serve::Clear | Serve::Refuse => {
            let findings = decision.all_findings().cloned().collect();
            let mut entry = record::refusal(services, request, known, Serve::Refuse, 404, findings);
            entry.proof = proof;
            let recorded = record::commit(services, entry, known.loaded.generations.clone()).await?;
            Ok(recorded.then_some(Answer::NotFound))
        }
    }
}

async fn refuse(
    services: &Services,
    request: &Request<'_>,
    (token, stored): (&Enrolment, &Stored),
    by: &Fingerprint,
    finding: Finding,
) -> Result<Answer> {
    services.0.probes.count(request.client, Some(stored.device.vendor), services.now());
    tracing::info!(code = %finding.code, enrolment.kind = token.kind.word(), "enrolment was refused");
    // One that nobody has activated yet is on somebody's list for today.
    if finding.code == Code::EnrolmentSpent && token.state != State::Inactive {
        let (mac, said) = (stored.device.mac, format!("{} {}", finding.code.says(), finding.detail));
        services.0.doubts.note_from(mac, CaseKind::Enrolment, by, &said, services.now());
    }
    record::commit(services, refusal(services, request, stored, finding), Expects::default()).await?;
    Ok(Answer::NotFound)
}

/// An entry about a known device that is served nothing, and proved nothing.
fn refusal(services: &Services, request: &Request<'_>, stored: &Stored, finding: Finding) -> ServeEntry {
    let device = &stored.device;
    ServeEntry {
        device: Some(device.id),
        mac: Some(device.mac),
        serial: Some(device.serial.to_string()),
        site: Some(device.site),
        status: 404,
        findings: vec![finding],
        ..record::blank(services, request)
    }
}
