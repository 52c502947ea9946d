//! Lending one's authority to approve, for a time: a holiday, an absence. What was signed with it counts after its end.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    approval::Delegation,
    authz::{Action, Roles, somewhere},
    ids::{DelegationId, UserId},
    time::DAY,
};
use storage::{approval, user};

/// Longer than this is another role, not an absence.
const LONGEST: i64 = 90 * DAY;

/// A delegation as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct DelegationInput {
    /// Id of who may use it.
    pub to: String,
    /// From when on; empty is now.
    pub since: String,
    /// Until when.
    pub until: String,
    /// Why.
    pub reason: String,
}

/// Lets somebody who may approve sign in the actor's place.
pub async fn delegate(services: &Services, op: &Operation, input: &DelegationInput) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let why = reason::within(&input.reason, 200)?;
    let mut findings = Vec::new();
    let to: Option<UserId> = input.to.trim().parse().ok();
    let since = match input.since.trim() {
        "" => Some(op.now),
        text => Timestamp::parse(text),
    };
    let until = Timestamp::parse(&input.until);
    if to.is_none() {
        findings.push(Finding::new(Code::FieldMissing, "to"));
    }
    if since.is_none() {
        findings.push(Finding::new(Code::FormInvalid, "since"));
    }
    // Nothing that was signed already counts by a delegation made afterwards.
    let since = since.map(|since| since.max(op.now));
    let fits = since.zip(until).is_some_and(|(since, until)| since < until && until <= since.plus(LONGEST));
    if !fits {
        let detail = "After it begins, and at most ninety days later.";
        findings.push(Finding::new(Code::FormInvalid, "until").detail(detail));
    }
    let (Some(to), Some(since), Some(until), true) = (to, since, until, findings.is_empty()) else {
        return Err(Problem::blocked(findings));
    };
    let mut act = Act::begin(services, op).await?;
    let delegate = user::by_id(&mut act.tx, to).await?.map(|u| u.actor);
    let delegate = delegate
        .filter(|d| d.id != op.actor.id && somewhere(d, Action::Approve).is_ok())
        .ok_or_else(|| Problem::invalid(Code::FormInvalid, "to"))?;
    let lent = Delegation { from: op.actor.id, roles: Roles::default(), to, since, until };
    let id = DelegationId(services.0.env.id());
    approval::delegate(&mut act.tx, id, &lent, why, op.now).await?;
    act.note(Note {
        action: "delegation.make",
        subject: delegate.name,
        after: Some(format!("signs for {} from {since} until {until}", op.actor.name)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await
}

/// Takes back what one has lent.
pub async fn end_delegation(services: &Services, op: &Operation, id: DelegationId) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let mut act = Act::begin(services, op).await?;
    let listed = approval::delegations(&mut act.tx, op.now).await?;
    let ended = listed.into_iter().find(|listed| listed.id == id);
    let (Some(ended), true) = (ended, approval::end_delegation(&mut act.tx, id, op.actor.id, op.now).await?)
    else {
        return Err(Problem::not_found("delegation"));
    };
    act.note(Note {
        action: "delegation.end",
        subject: ended.to,
        before: Some(format!("until {}", ended.delegation.until)),
        after: Some(format!("until {}", op.now)),
        ..Note::default()
    });
    act.commit().await
}
