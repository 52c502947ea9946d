//! What the fence decided leaves: the artifact with its secrets, once its record is durable.

use super::{
    Answer, Body, Request,
    cache::{self, Known},
    hints, hold, ready, record,
};
use crate::{Problem, Result, Services};
use domain::{
    artifact::Artifact,
    fence::{Decision, Proof, Serve},
    ids::SecretId,
    ledger::ServeEntry,
    proof::Strength,
    revision::RevisionKind,
};
use std::{collections::BTreeSet, sync::Arc};
use storage::device::Observation;

/// Carries out a decision; `None` when the facts are no longer those that it rests on.
pub(super) async fn decided(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    proof: Proof,
    decision: &Decision,
) -> Result<Option<Answer>> {
    let kind = match decision.serve {
        Serve::Bound => RevisionKind::Bound,
        Serve::Clear => RevisionKind::Clear,
        Serve::Baseline => RevisionKind::Baseline,
        Serve::Hold | Serve::Refuse => return withhold(services, request, known, proof, decision).await,
    };
    // A device retired before it ever had a line has no clear revision: its baseline holds none either.
    let head = known.heads.get(&kind).or_else(|| known.heads.get(&RevisionKind::Baseline));
    let head = head.ok_or_else(|| Problem::not_found("revision"))?;
    // Phones spell the names of their files in many ways; what is not a name of its own asks for the first.
    let device = &known.loaded.stored.device;
    let name = dialects::own_name(device.vendor, device.mac, request.name);
    let file = head.files.iter().find(|f| f.name == name).or_else(|| head.files.first());
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let artifact = cache::artifact(services, file.digest).await?;
    let (body, versions) = (body(known, &artifact)?, versions(known, &artifact));
    let said = dialects::user_agent(request.user_agent);
    // Segments matter only where the site says which addresses it expects.
    let network =
        if known.loaded.policy.wan.is_empty() { None } else { Some(cache::network(services).await?) };
    let mut findings: Vec<_> = decision.all_findings().cloned().collect();
    findings.extend(hints::of(known, network.as_deref(), request, &said));
    let entry = ServeEntry {
        revision: Some((head.id, head.number)),
        digest: Some(file.digest),
        secrets: versions,
        change: Some(head.change.clone()),
        approver: head.approver.clone(),
        layers: head.layers.clone(),
        proof,
        bytes: body.len() as u64,
        ..record::refusal(services, request, known, decision.serve, 200, findings)
    };
    let at = entry.at;
    let seen = Arc::new(Observation {
        device: device.id,
        at,
        client: request.client.to_string(),
        user_agent: entry.user_agent.clone(),
        firmware: said.firmware.unwrap_or_default(),
        digest: Some(file.digest),
    });
    // Whoever knows a token has not shown which handset it is: it has not been seen.
    let shown = proof.strength() > Strength::Token;
    if shown {
        ready::remember(request, known, decision, &entry, &artifact, &seen);
    }
    if !record::commit(services, entry, known.loaded.generations.clone()).await? {
        return Ok(None);
    }
    if shown {
        services.0.observations.put(&seen, at);
    }
    Ok(Some(Answer::File { content_type: artifact.content_type.clone(), body }))
}

/// Serves nothing now.
async fn withhold(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    proof: Proof,
    decision: &Decision,
) -> Result<Option<Answer>> {
    let findings = decision.all_findings().cloned().collect();
    let mut entry = record::refusal(services, request, known, decision.serve, 503, findings);
    entry.proof = proof;
    let held = record::commit(services, entry, known.loaded.generations.clone()).await?;
    Ok(held.then(|| hold(services)))
}

/// The bytes that leave, with their secrets.
pub(super) fn body(known: &Known, artifact: &Arc<Artifact>) -> Result<Body> {
    let plain = |secret| known.secrets.get(&secret).map(|(_, plain)| plain.as_str());
    Body::spliced(artifact, plain).map_err(|code| Problem::invalid(code, "file"))
}

/// Which version of each secret is in a file.
fn versions(known: &Known, artifact: &Artifact) -> Vec<(SecretId, u32)> {
    let secrets: BTreeSet<SecretId> = artifact.slots.iter().map(|slot| slot.secret).collect();
    secrets.into_iter().filter_map(|secret| Some((secret, known.secrets.get(&secret)?.0))).collect()
}
