//! Applying a submitted request by something that stands in for approvals of its plan. Everything else is as ever: the
//! plan is what was submitted, the fence agrees at this moment, and what it says against it is lifted or stops it.

use super::{Judged, New, apply, decide::save, insert, judge, lead, load};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    freezes, planning,
};
use domain::{
    Code, Finding, Timestamp, artifact::Digest, authority::Authority, change_request::State, review,
};
use std::collections::BTreeSet;
use storage::{
    Tx, advance,
    authority::{self, By},
    change_request::{self, Request},
};

/// A submitted request with its plan as it would be now.
pub(crate) struct Ready {
    pub(crate) request: Request,
    pub(crate) judged: Judged,
}

/// Loads a request and plans it as it would be now.
pub(crate) async fn ready(tx: &mut Tx, number: i64, now: Timestamp) -> Result<Ready> {
    let request = load(tx, number).await?;
    let judged = Box::pin(judge(tx, &request, now)).await?;
    Ok(Ready { request, judged })
}

impl Ready {
    /// Everything that stops it now, a missing approval included.
    pub(crate) fn blocks(&self) -> Vec<Finding> {
        planning::distinct(self.judged.planned.findings().filter(|f| f.blocks()))
    }

    /// Everything that is said about what it does.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        planning::distinct(self.judged.planned.findings())
    }

    /// What would be applied: what was submitted, if all of it still holds.
    fn digest(&self) -> Digest {
        if self.judged.stale(&self.request).is_empty() {
            self.judged.digest()
        } else {
            self.judged.planned.digest
        }
    }

    /// Whether it waits for approvals with a plan that is still the same.
    pub(crate) fn waits(&self) -> bool {
        matches!(&self.request.workflow.state, State::Submitted { digest, .. } if *digest == self.digest())
    }
}

/// What stands in for a signature.
pub(crate) struct Instead<'a> {
    pub(crate) authority: Authority,
    pub(crate) by: By,
    /// What was compared; what was lifted is added.
    pub(crate) said: &'a str,
    /// Whether its use was counted before: a replacement's is when it rotates.
    pub(crate) counted: bool,
}

/// Applies all that is left of it by what stands in for a signature, in the transaction in which that was found to be
/// good for it.
pub(crate) async fn apply_by(
    mut act: Act<'_>,
    services: &Services,
    op: &Operation,
    ready: Ready,
    instead: Instead<'_>,
) -> Result<()> {
    let digest = ready.digest();
    let before = ready.request.workflow.state.clone();
    let authority = instead.authority.clone();
    let workflow = ready.request.workflow.clone().apply_by(authority, digest, op.actor.id, op.now)?;
    if let State::Stale { .. } = workflow.state {
        let site = lead(&mut act.tx, &ready.request).await?;
        let request = Request { workflow, ..ready.request };
        return Err(apply::stale_from_now_on(act, request, site, &before).await?);
    }
    in_force(&mut act, services, op, ready, instead).await?;
    act.commit().await
}

/// Makes a request and applies it, all of it in an act that has begun: nobody is waited for. Its number.
pub(crate) async fn at_once(
    act: &mut Act<'_>,
    services: &Services,
    op: &Operation,
    new: New<'_>,
    instead: Instead<'_>,
) -> Result<i64> {
    let made = insert(act, services, op, new).await?;
    let Ready { mut request, judged } = Box::pin(ready(&mut act.tx, made.number, op.now)).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().submit(judged.planned.digest, op.actor.id, op.now)?;
    request.plan = Some(judged.planned.plan);
    request.round += 1;
    request.items.iter_mut().for_each(|item| item.round = request.round);
    save(&mut act.tx, &request, &before).await?;
    change_request::save_items(&mut act.tx, &request).await?;
    let of = Box::pin(ready(&mut act.tx, made.number, op.now)).await?;
    in_force(act, services, op, of, instead).await?;
    Ok(made.number)
}

async fn in_force(
    act: &mut Act<'_>,
    services: &Services,
    op: &Operation,
    ready: Ready,
    instead: Instead<'_>,
) -> Result<()> {
    let Instead { authority, by, said, counted } = instead;
    let mut blocks = ready.blocks();
    blocks.extend(freezes::against_any(&mut act.tx, ready.judged.planned.site_ids(), op.now).await?);
    let (findings, lifted) = authority.lift(blocks);
    let digest = ready.digest();
    let Ready { mut request, judged } = ready;
    let (planned, before) = (judged.planned, request.workflow.state.clone());
    let authority = match authority {
        Authority::BreakGlass { id, glass, .. } => {
            Authority::BreakGlass { id, glass, lifted: lifted.clone() }
        }
        other => other,
    };
    let name = authority.name();
    let (word, reviewed) = (authority.word(), authority.reviewed());
    let site = lead(&mut act.tx, &request).await?;
    request.workflow = request.workflow.clone().apply_by(authority, digest, op.actor.id, op.now)?;
    if !findings.is_empty() || (planned.rows.is_empty() && planned.rerouted.is_empty()) {
        return Err(Problem::blocked(findings));
    }
    if let (By::Advance(id), false) = (by, counted)
        && !advance::count_use(&mut act.tx, id).await?
    {
        return Err(Finding::new(Code::AdvanceEnded, name).into());
    }
    request.missing = vec![];
    let all = (0..planned.rows.len()).collect();
    let parts = apply::Parts { ready: &all, later: &BTreeSet::new() };
    apply::settle(&mut request, &planned, &parts, &BTreeSet::new());
    save(&mut act.tx, &request, &before).await?;
    change_request::save_items(&mut act.tx, &request).await?;
    let codes: BTreeSet<_> = lifted.iter().map(|finding| finding.code).collect();
    let codes: Vec<_> = codes.into_iter().map(Code::text).collect();
    let said = [said.to_owned(), format!("Lifted: {}.", codes.join(", "))].join(" ");
    let due = reviewed.then(|| op.now.plus(review::DUE));
    authority::note_use(&mut act.tx, request.id, by, op.actor.id, said.trim(), due, op.now).await?;
    act.note(Note {
        action: &format!("{word}.apply"),
        subject: format!("CR-{}", request.number),
        site,
        device: request.device(),
        after: Some(format!("{name}. {}", said.trim())),
        reason: request.reason.clone(),
        ..Note::default()
    });
    Box::pin(apply::carry_out(act, services, &request, planned, &all)).await
}
