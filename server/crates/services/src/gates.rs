//! Gates: evidence is entered, then somebody answers for the segment.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    users,
    view::EvidenceInput,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise_at},
    gate::{Evidence, LONGEST, SignOff},
    ids::EvidenceId,
    site::{Segment, Site},
};
use storage::{Tx, gate, site};

async fn find(tx: &mut Tx, site: &str, segment: &str) -> Result<(Site, Segment)> {
    let site = site::by_code(tx, site).await?.ok_or_else(|| Problem::not_found("site"))?;
    let segments = site::segments(tx).await?;
    let segment = segments.into_iter().find(|s| s.site == site.id && s.code == segment);
    Ok((site, segment.ok_or_else(|| Problem::not_found("segment"))?))
}

fn valid_until(until: Timestamp, now: Timestamp) -> Result<Timestamp> {
    if until <= now {
        let finding = Finding::new(Code::FormInvalid, "valid until").detail("It must lie in the future.");
        return Err(finding.into());
    }
    Ok(until.min(now.plus(LONGEST)))
}

/// Enters results of checks, valid until then, and at most 30 days.
pub async fn record(
    services: &Services,
    op: &Operation,
    site: &str,
    segment: &str,
    evidence: Vec<EvidenceInput>,
    until: Timestamp,
) -> Result<()> {
    authorise_at(&op.actor, Action::Gate, site)?;
    if evidence.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "checks"));
    }
    let mut act = Act::begin(services, op).await?;
    let (site, segment) = find(&mut act.tx, site, segment).await?;
    // The newest result counts, so what is entered last is the newest, even in the same microsecond or after the
    // clock was set back.
    let newest = gate::load(&mut act.tx, segment.id).await?.evidence.iter().map(|e| e.at).max();
    let at = newest.map_or(op.now, |newest| op.now.max(newest.plus(1)));
    let until = valid_until(until, at)?;
    for input in evidence {
        let note = input.note.trim().to_owned();
        if note.len() > 1000 || note.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            return Err(Problem::invalid(Code::FieldTooLong, "note"));
        }
        let row = Evidence {
            id: EvidenceId(services.0.env.id()),
            check: input.check,
            passed: input.passed,
            note: note.clone(),
            by: op.actor.id,
            at,
            until,
        };
        gate::insert(&mut act.tx, segment.id, &row).await?;
        let outcome = if input.passed { "passed" } else { "failed" };
        act.note(Note {
            action: "gate.evidence",
            subject: format!("{}/{}", site.code, segment.code),
            site: Some(site.id),
            after: Some(format!("{}: {outcome}, until {until}", input.check.title())),
            reason: note,
            ..Note::default()
        });
    }
    act.bump(site.id.0);
    act.commit().await
}

/// Signs the segment off on exactly the evidence that is there, valid until then, and at most 30 days. `password` proves
/// that it is them.
pub async fn sign_off(
    services: &Services,
    op: &Operation,
    site: &str,
    segment: &str,
    until: Timestamp,
    password: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::Gate, site)?;
    let until = valid_until(until, op.now)?;
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let (site, segment) = find(&mut act.tx, site, segment).await?;
    let present = gate::load(&mut act.tx, segment.id).await?;
    let missing = present.missing(op.now);
    if !missing.is_empty() {
        return Err(Problem::blocked(missing));
    }
    let evidence = present.evidence.iter().map(|e| e.id).collect();
    let sign_off = SignOff { by: op.actor.id, at: op.now, until, evidence };
    gate::sign(&mut act.tx, segment.id, &sign_off).await?;
    act.note(Note {
        action: "gate.sign_off",
        subject: format!("{}/{}", site.code, segment.code),
        site: Some(site.id),
        after: Some(format!("open until {until}")),
        ..Note::default()
    });
    act.bump(site.id.0);
    act.commit().await
}
