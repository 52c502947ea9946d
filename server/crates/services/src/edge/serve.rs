//! What the fence decided leaves: the artifact with its secrets, once its record is durable.

use super::{
    Answer, Request,
    cache::{self, Known},
    hints, hold, record,
};
use crate::{Problem, Result, Services};
use domain::{
    Code,
    artifact::Artifact,
    fence::{Decision, Proof, Serve},
    ids::SecretId,
    ledger::ServeEntry,
    proof::Strength,
    revision::RevisionKind,
};
use std::collections::BTreeMap;
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
    let (body, versions) = splice(known, &artifact)?;
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
    if !record::commit(services, entry, known.loaded.generations.clone()).await? {
        return Ok(None);
    }
    // Whoever knows a token has not shown which handset it is: it has not been seen.
    if proof.strength() <= Strength::Token {
        return Ok(Some(Answer::File { content_type: artifact.content_type.clone(), body }));
    }
    let seen = Observation {
        device: known.loaded.stored.device.id,
        at,
        client: request.client.to_string(),
        user_agent: record::user_agent(request),
        firmware: said.firmware.unwrap_or_default(),
        digest: Some(file.digest),
    };
    services.0.observations.put(seen);
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

type Spliced = (Vec<u8>, Vec<(SecretId, u32)>);

fn splice(known: &Known, artifact: &Artifact) -> Result<Spliced> {
    let mut plain = BTreeMap::new();
    let mut versions = Vec::new();
    for slot in &artifact.slots {
        let unreadable = || Problem::invalid(Code::SecretUnreadable, "secret");
        let (version, secret) = known.secrets.get(&slot.secret).ok_or_else(unreadable)?;
        if plain.insert(slot.secret, secret.to_string()).is_none() {
            versions.push((slot.secret, *version));
        }
    }
    let body = artifact.splice(&plain).map_err(|code| Problem::invalid(code, "file"))?;
    Ok((body, versions))
}
