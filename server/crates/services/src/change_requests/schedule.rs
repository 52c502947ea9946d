//! Requests that are applied by themselves at a time that somebody said.

use super::{
    allowed,
    apply::{Slice, apply_in},
    authority::ready,
    decide::save,
    lead, load, note, within,
};
use crate::{Kind as ProblemKind, Operation, Result, Services, act::Act, freezes};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, somewhere},
    change_request::State,
};
use storage::{change_request, user};

/// Says when an approved request is applied by itself.
pub async fn schedule(services: &Services, op: &Operation, number: i64, due: Timestamp) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    within(&mut act.tx, claim, &request).await?;
    let site = lead(&mut act.tx, &request).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().schedule(due, op.actor.id, op.now)?;
    save(&mut act.tx, &request, &before).await?;
    let after = format!("scheduled for {due}");
    note(&mut act, &request, site, "change_request.schedule", Some(before.word().into()), Some(after), "");
    act.commit().await
}

/// It is not applied by itself any more.
pub async fn unschedule(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    allowed(services, claim, number).await?;
    let act = Act::begin(services, op).await?;
    back(act, number, "").await
}

/// A scheduled request is merely approved again.
async fn back(mut act: Act<'_>, number: i64, reason: &str) -> Result<()> {
    let mut request = load(&mut act.tx, number).await?;
    let site = lead(&mut act.tx, &request).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().unschedule()?;
    save(&mut act.tx, &request, &before).await?;
    let (was, is) = (Some(before.word().to_owned()), Some("approved".to_owned()));
    note(&mut act, &request, site, "change_request.unschedule", was, is, reason);
    act.commit().await
}

/// Applies what is due, in the name of whoever scheduled it; returns how many were. What cannot be applied at its time
/// waits for a person, and the record says why; a freeze alone is waited for.
pub(crate) async fn apply_due(services: &Services) -> Result<usize> {
    let due = change_request::due(&mut services.0.store.read().await?, services.now()).await?;
    let mut applied = 0;
    for number in due {
        match apply_one(services, number).await {
            Ok(true) => applied += 1,
            Ok(false) => {}
            Err(problem) => tracing::error!(number, error = %problem, "a scheduled request was not applied"),
        }
    }
    Ok(applied)
}

async fn apply_one(services: &Services, number: i64) -> Result<bool> {
    let mut begun = false;
    loop {
        match apply_slice(services, number).await? {
            Some(Slice::More) => begun = true,
            Some(Slice::Last) => return Ok(true),
            None => return Ok(begun),
        }
    }
}

/// The next part of it; `None` where it waits, or is not scheduled any more.
async fn apply_slice(services: &Services, number: i64) -> Result<Option<Slice>> {
    let mut act = Act::begin_program(services).await?;
    let of = Box::pin(ready(&mut act.tx, number, act.now)).await?;
    let State::Scheduled { by, due, .. } = of.request.workflow.state else { return Ok(None) };
    if due > act.now {
        return Ok(None);
    }
    if freezes::against_any(&mut act.tx, of.judged.planned.site_ids(), act.now).await?.is_some() {
        return Ok(None);
    }
    let Some(who) = user::by_id(&mut act.tx, by).await? else {
        return back(act, number, "Whoever scheduled it has no account any more.").await.map(|()| None);
    };
    let sites = of.judged.planned.site_ids();
    if let Err(finding) = somewhere(&who.actor, Action::Apply).and_then(|claim| claim.at_all(sites)) {
        return back(act, number, &said(&[finding])).await.map(|()| None);
    }
    match Box::pin(apply_in(act, services, by, of)).await {
        Ok(slice) => Ok(Some(slice)),
        Err(problem) if problem.kind == ProblemKind::Unavailable => Err(problem),
        Err(problem) => {
            // Stale or lapsed, it is scheduled no more, and nothing is left to do.
            let act = Act::begin_program(services).await?;
            match back(act, number, &said(&problem.findings)).await {
                Err(refused) if refused.code() == Code::RequestState => Ok(None),
                other => other.map(|()| None),
            }
        }
    }
}

/// The first reasons, for the record.
fn said(findings: &[Finding]) -> String {
    findings.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
