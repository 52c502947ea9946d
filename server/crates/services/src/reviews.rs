//! Reviews: somebody else looks at what was applied without an approval of its own, the next day.

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise, somewhere},
    review::{Verdict, may, overdue},
};
pub use storage::authority::{Reviewed, Used};
use storage::{authority, change_request};

/// What waits for a reviewer, and what was reviewed last.
#[derive(Clone, Debug)]
pub struct Reviews {
    /// First due first; whether the reader may review it.
    pub open: Vec<(Used, bool)>,
    /// The last fifty.
    pub done: Vec<Used>,
    /// What is overdue.
    pub findings: Vec<Finding>,
}

/// The queue. Two queries.
pub async fn list(services: &Services, op: &Operation) -> Result<Reviews> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let open = authority::to_review(&mut tx).await?;
    let done = authority::reviewed(&mut tx).await?;
    let findings = open.iter().filter_map(|used| late(used, op)).collect();
    let mine = |used: &Used| {
        somewhere(&op.actor, Action::Review).is_ok() && may(op.actor.id, &[used.user, used.requester]).is_ok()
    };
    let open = open.into_iter().map(|used| (mine(&used), used)).map(|(mine, used)| (used, mine)).collect();
    Ok(Reviews { open, done, findings })
}

fn late(used: &Used, op: &Operation) -> Option<Finding> {
    overdue(&format!("CR-{} by {}", used.number, used.by), used.due?, op.now)
}

/// What is overdue, for the overview. One query.
pub async fn late_ones(services: &Services, op: &Operation) -> Result<Vec<Finding>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(authority::to_review(&mut tx).await?.iter().filter_map(|used| late(used, op)).collect())
}

/// By what a request was applied, when nobody signed its plan.
pub async fn of_request(services: &Services, op: &Operation, number: i64) -> Result<Option<Used>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(authority::of_request(&mut tx, number).await?)
}

/// Says what one found. Nobody reviews what they had a hand in, and nothing is reviewed twice.
pub async fn review(
    services: &Services,
    op: &Operation,
    number: i64,
    verdict: &str,
    note: &str,
) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Review)?;
    let verdict = Verdict::parse(verdict).ok_or_else(|| Problem::invalid(Code::FieldMissing, "verdict"))?;
    let said = reason::within(note, 1000).map_err(|_| Problem::invalid(Code::FieldMissing, "note"))?;
    let mut act = Act::begin(services, op).await?;
    let used = authority::of_request(&mut act.tx, number).await?;
    let used = used.filter(|used| used.due.is_some()).ok_or_else(|| Problem::not_found("review"))?;
    claim.at_all(change_request::sites(&mut act.tx, used.request).await?)?;
    may(op.actor.id, &[used.user, used.requester])?;
    let (id, now) = (op.actor.id, op.now);
    if !authority::review(&mut act.tx, used.request, id, verdict, said, now).await? {
        let finding = Finding::new(Code::RequestState, format!("CR-{number}"));
        return Err(Problem::new(Kind::Conflict, finding.detail("It has been reviewed.")));
    }
    act.note(Note {
        action: "review",
        subject: format!("CR-{number}"),
        before: Some(format!("applied by {} by {}", used.name, used.by)),
        after: Some(verdict.title().to_owned()),
        reason: said.to_owned(),
        ..Note::default()
    });
    act.commit().await
}
