//! Applying a submitted request by something that stands in for approvals of its plan. Everything else is as ever: the
//! plan is what was submitted, the fence agrees at this moment, and what it says against it is lifted or stops it.

use super::{Judged, apply, decide::save, judge, lead, load};
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
        planning::distinct(
            self.judged.planned.rows.iter().flat_map(|row| &row.findings).filter(|f| f.blocks()),
        )
    }

    /// Everything that is said about what it does.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        planning::distinct(self.judged.planned.rows.iter().flat_map(|row| &row.findings))
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

/// Applies all that is left of it by `authority`, in the transaction in which the authority was found to be good for
/// it. `said` is what was compared; what was lifted is added.
pub(crate) async fn apply_by(
    mut act: Act<'_>,
    services: &Services,
    op: &Operation,
    ready: Ready,
    authority: Authority,
    said: &str,
    by: By,
) -> Result<()> {
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
    if let State::Stale { .. } = request.workflow.state {
        return Err(apply::stale_from_now_on(act, request, site, &before).await?);
    }
    if !findings.is_empty() || planned.rows.is_empty() {
        return Err(Problem::blocked(findings));
    }
    if let By::Advance(id) = by
        && !advance::count_use(&mut act.tx, id).await?
    {
        return Err(Finding::new(Code::AdvanceEnded, name).into());
    }
    request.missing = vec![];
    let all = (0..planned.rows.len()).collect();
    apply::settle(&mut request, &planned, &all, &BTreeSet::new());
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
    Box::pin(apply::carry_out(&mut act, services, &request, planned, &all)).await?;
    act.commit().await
}
