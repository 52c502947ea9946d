//! What the ledger keeps of a request, and the wait until it is durable.

use super::{Request, cache::Known};
use crate::{Problem, Result, Services, certificate::Presented};
use domain::{
    Finding,
    fence::{Proof, Serve},
    ledger::{Entry, ServeEntry},
};
use storage::ledger::Expects;

/// Bytes of a User-Agent that are kept.
const USER_AGENT_BYTES: usize = 200;

/// The `User-Agent`, made safe to store and to show.
pub(super) fn user_agent(request: &Request<'_>) -> String {
    let capped = &request.user_agent[..request.user_agent.len().min(USER_AGENT_BYTES)];
    String::from_utf8_lossy(capped).chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// An entry that says what was asked, and nothing about an answer yet.
pub(super) fn blank(services: &Services, request: &Request<'_>) -> ServeEntry {
    ServeEntry {
        at: services.now(),
        device: None,
        mac: None,
        serial: None,
        site: None,
        file: request.name.chars().take(128).collect(),
        decision: Serve::Refuse,
        status: 200,
        revision: None,
        digest: None,
        secrets: vec![],
        change: None,
        approver: None,
        layers: vec![],
        proof: Proof::None,
        client: request.client.to_string(),
        user_agent: user_agent(request),
        bytes: 0,
        findings: vec![],
    }
}

/// An entry about a known device that is served nothing.
pub(super) fn refusal(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    decision: Serve,
    status: u16,
    findings: Vec<Finding>,
) -> ServeEntry {
    let device = &known.loaded.stored.device;
    // Also when it was no proof: an authority that is not known yet, or a copy of a phone.
    let verdict = request.certificate.and_then(Presented::judged);
    let certificate = verdict.and_then(|verdict| verdict.finding(&known.loaded.name()));
    let findings = findings.into_iter().chain(certificate).collect();
    ServeEntry {
        device: Some(device.id),
        mac: Some(device.mac),
        serial: Some(device.serial.to_string()),
        site: Some(device.site),
        decision,
        status,
        findings,
        ..blank(services, request)
    }
}

/// Waits until the entry is durable; `false` when what it rests on has changed.
pub(super) async fn commit(services: &Services, entry: ServeEntry, expects: Expects) -> Result<bool> {
    let committed = services.0.writer.commit(&Entry::Serve(Box::new(entry)), expects).await;
    committed.map_err(|code| Problem::invalid(code, "ledger"))
}
