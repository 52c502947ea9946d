//! Uploads at the edge: a proven device may send files of its own, and have them back.

use super::{Answer, Request, cache::Known, hold, record};
use crate::{
    Problem, Result, Services,
    facts::Loaded,
    uploads::{self, Taken},
};
use dialects::uploads::{Kind, kind};
use domain::{
    Code, Finding,
    device::DeviceState,
    fence::{Decision, Proof, Serve, decide},
};
use std::{collections::BTreeMap, sync::Arc};
use storage::ledger::Expects;

/// Bytes of a file.
pub use crate::uploads::MAX_BYTES;

/// Permission to send the body of a request: whose it is, and what.
pub struct Ticket {
    known: Arc<Known>,
    proof: Proof,
    kind: Kind,
}

/// Whether the request brings a file.
pub(super) fn brings(request: &Request<'_>) -> bool {
    matches!(request.method, "PUT" | "POST")
}

/// Whether the device may send or have back files of its own: only while nothing speaks against it.
fn allowed(loaded: &Loaded, decision: &Decision) -> bool {
    let served = matches!(decision.serve, Serve::Bound | Serve::Baseline | Serve::Clear);
    served && loaded.stored.device.state == DeviceState::Active
}

async fn refuse(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    proof: Proof,
    status: u16,
    findings: Vec<Finding>,
) -> Result<()> {
    let mut entry = record::refusal(services, request, known, Serve::Refuse, status, findings);
    entry.proof = proof;
    record::commit(services, entry, Expects::default()).await.map(|_| ())
}

fn refused(known: &Known, detail: &str) -> Vec<Finding> {
    vec![Finding::new(Code::UploadRefused, known.loaded.name()).detail(detail)]
}

/// A proven device offers a file under its own name, before its body is read.
pub(super) async fn offer(
    services: &Services,
    request: &Request<'_>,
    known: Arc<Known>,
    proof: Proof,
) -> Result<Answer> {
    let Some(kind) = kind(request.name) else { return Ok(Answer::NotFound) };
    let decision = decide(&known.loaded.facts(proof, BTreeMap::new()), services.now());
    if !allowed(&known.loaded, &decision) {
        let findings = decision.all_findings().cloned().collect();
        refuse(services, request, &known, proof, 403, findings).await?;
        return Ok(Answer::Forbidden);
    }
    Ok(Answer::Take(Ticket { known, proof, kind }))
}

/// The body of an offer is here: `None` when it was too large to be read.
pub async fn take(services: &Services, request: &Request<'_>, ticket: Ticket, body: Option<&[u8]>) -> Answer {
    let taken = async {
        let known = &ticket.known;
        let Some(body) = body else {
            refuse(services, request, known, ticket.proof, 413, refused(known, "It is larger than 1 MiB."))
                .await?;
            return Ok(Answer::TooLarge);
        };
        let mac = known.loaded.stored.device.mac;
        match uploads::take(services, mac, request.name, ticket.kind, body).await? {
            Taken::Yes { created } => Ok::<_, Problem>(Answer::Stored { created }),
            Taken::Full => {
                let findings = refused(known, "The phone has sent as much as it may.");
                refuse(services, request, known, ticket.proof, 413, findings).await?;
                Ok(Answer::TooLarge)
            }
        }
    };
    taken.await.unwrap_or_else(|problem| {
        tracing::warn!(code = %problem.code(), error = %problem, "upload held");
        hold(services)
    })
}

/// A proven device asks for a file that it has sent itself.
pub(super) async fn back(
    services: &Services,
    request: &Request<'_>,
    known: Arc<Known>,
    proof: Proof,
) -> Result<Answer> {
    if kind(request.name).is_none() {
        return Ok(Answer::NotFound);
    }
    for _ in 0..2 {
        // Read anew: what is kept in memory may still name the former owner, and 404 is not compared with anything.
        let loaded = uploads::fresh(services, known.loaded.stored.device.mac).await?;
        let decision = decide(&loaded.facts(proof, BTreeMap::new()), services.now());
        let body = if allowed(&loaded, &decision) {
            uploads::back(services, &loaded, request.name).await?
        } else {
            None
        };
        let Some(body) = body else { return Ok(Answer::NotFound) };
        let mut entry = record::refusal(services, request, &known, decision.serve, 200, vec![]);
        (entry.proof, entry.bytes) = (proof, body.len() as u64);
        if record::commit(services, entry, loaded.generations).await? {
            return Ok(Answer::File {
                content_type: "application/octet-stream".to_owned(),
                body: body.into(),
            });
        }
    }
    Err(Problem::invalid(Code::LedgerRaced, "device"))
}
