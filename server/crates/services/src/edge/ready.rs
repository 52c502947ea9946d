//! What a device was answered last, ready to be answered again: after a power cut a thousand phones ask what they
//! asked before. Only the time of the record is new; whether everything else still holds is compared like any other
//! serve's, when its record is made durable.

use super::{Answer, Request, cache::Known, serve};
use crate::{Problem, Result, Services};
use domain::{
    Timestamp,
    artifact::Artifact,
    fence::{Decision, Proof},
    ledger::{Entry, ServeEntry},
};
use std::{net::IpAddr, sync::Arc};
use storage::{
    device::Observation,
    ledger::{Template, Written},
};

/// An answer, and the question that it is for.
pub(crate) struct Ready {
    name: String,
    user_agent: Vec<u8>,
    client: IpAddr,
    proof: Proof,
    /// When it was first given: a clock that is put back may make another decision.
    since: Timestamp,
    until: Option<Timestamp>,
    entry: Template,
    artifact: Arc<Artifact>,
    seen: Arc<Observation>,
}

impl Ready {
    /// Whether the question is the same, but for the time.
    fn answers(&self, request: &Request<'_>, proof: Proof, now: Timestamp) -> bool {
        self.proof == proof
            && self.client == request.client
            && self.since <= now
            && self.until.is_none_or(|until| now < until)
            && self.name == request.name
            && self.user_agent == request.user_agent
            && request.certificate.is_none()
    }
}

/// Keeps an answer with the device that it rests on; it is dropped with it.
pub(super) fn remember(
    request: &Request<'_>,
    known: &Known,
    decision: &Decision,
    entry: &ServeEntry,
    artifact: &Arc<Artifact>,
    seen: &Arc<Observation>,
) {
    // What a certificate or a source address is worth may change without the device.
    if request.certificate.is_some() || !known.loaded.policy.wan.is_empty() {
        return;
    }
    let Some(template) = Template::new(&Entry::Serve(Box::new(entry.clone()))) else { return };
    let ready = Ready {
        name: request.name.to_owned(),
        user_agent: request.user_agent.to_vec(),
        client: request.client,
        proof: entry.proof,
        since: entry.at,
        until: decision.valid_until,
        entry: template,
        artifact: Arc::clone(artifact),
        seen: Arc::clone(seen),
    };
    if let Ok(mut kept) = known.ready.lock() {
        *kept = Some(Arc::new(ready));
    }
}

/// Answers as before, if the question is the same and nothing has changed.
pub(super) async fn again(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    proof: Proof,
) -> Result<Option<Answer>> {
    let now = services.now();
    let ready = known.ready.lock().ok().and_then(|kept| kept.clone());
    let Some(ready) = ready.filter(|ready| ready.answers(request, proof, now)) else { return Ok(None) };
    let body = serve::body(known, &ready.artifact)?;
    let entry = Written::at(&ready.entry, now);
    let expects = known.loaded.generations.clone();
    let committed = services.0.writer.commit_written(entry, expects).await;
    if !committed.map_err(|code| Problem::invalid(code, "ledger"))? {
        return Ok(None);
    }
    services.0.observations.put(&ready.seen, now);
    Ok(Some(Answer::File { content_type: ready.artifact.content_type.clone(), body }))
}
