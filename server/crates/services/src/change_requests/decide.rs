//! What people decide about a request: submit, approve, reject, withdraw.

use super::{allowed, judge, lead, load, note};
use crate::{Kind as ProblemKind, Operation, Problem, Result, Services, act::Act, approvals, reason, users};
use domain::{
    Code, Finding,
    approval::Filled,
    authz::{Action, somewhere},
    change_request::{ItemState, State, Workflow},
    ids::UserId,
};
use storage::{
    Tx,
    change_request::{self, Request},
    user,
};

/// Saves the new state, unless somebody else was faster.
pub(super) async fn save(tx: &mut Tx, request: &Request, before: &State) -> Result<()> {
    if change_request::update(tx, request, before).await? {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::Conflict, Finding::new(Code::StorageConflict, "change request")))
    }
}

/// Submits the plan as it is now. What blocks it is shown to approvers, and must be gone when it is applied; what the
/// rules ask of whoever submits must be there.
pub async fn submit(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Request)?;
    allowed(services, claim, number).await?;
    submit_draft(services, op, number).await
}

/// The same for whoever has been authorised otherwise.
pub(crate) async fn submit_draft(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let judged = Box::pin(judge(&mut act.tx, &request, op.now)).await?;
    let digest = judged.planned.digest;
    let site = lead(&mut act.tx, &request).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().submit(digest, op.actor.id, op.now)?;
    let verdict = request.workflow.verdict(&judged.required, &judged.rules.delegations, op.now);
    if judged.required.needs.is_empty() {
        return Err(Problem::blocked(verdict.findings));
    }
    if judged.required.ticket && request.external_ref.is_none() {
        return Err(Finding::new(Code::TicketMissing, "external_ref").into());
    }
    request.missing = verdict.missing;
    request.plan = Some(judged.planned.plan);
    request.round += 1;
    for item in request.items.iter_mut().filter(|item| !item.state.applied()) {
        item.state = ItemState::Waiting;
        item.round = request.round;
    }
    save(&mut act.tx, &request, &before).await?;
    change_request::save_items(&mut act.tx, &request).await?;
    let why = |finding: &Finding| format!("{}: {}", finding.subject, finding.detail);
    let asked: Vec<_> = judged.required.because.iter().map(why).collect();
    let after = format!("plan {digest}, under approval rules {}", judged.rules.version);
    note(
        &mut act,
        &request,
        site,
        "change_request.submit",
        Some(before.word().into()),
        Some(after),
        &asked.join(" "),
    );
    act.commit().await
}

/// Approves exactly the plan whose digest the page showed. `password` proves that it is the approver.
pub async fn approve(
    services: &Services,
    op: &Operation,
    number: i64,
    digest: &str,
    password: &str,
) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    asked(services, op, number).await?;
    users::reauthenticate(services, op, password).await?;
    let seen = approvals::seen(digest)?;
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let judged = Box::pin(judge(&mut act.tx, &request, op.now)).await?;
    judged.rules.authorise(op, &judged.required)?;
    let site = lead(&mut act.tx, &request).await?;
    let before = request.workflow.state.clone();
    let lent = &judged.rules.delegations;
    let signature = approvals::signature(op, seen, &judged.required);
    request.workflow = request.workflow.clone().approve(signature, &judged.required, lent)?;
    if judged.planned.digest != seen {
        return Err(Finding::new(Code::PlanChanged, "approve").into());
    }
    let verdict = request.workflow.verdict(&judged.required, lent, op.now);
    let own = verdict.filled.iter().find(|filled| filled.by == op.actor.id);
    let as_ = match own {
        Some(filled) => counted(&mut act.tx, filled).await?,
        None => String::new(),
    };
    let after = format!("plan {seen}{as_}{}", approvals::more(&verdict.missing));
    request.missing = verdict.missing;
    save(&mut act.tx, &request, &before).await?;
    note(&mut act, &request, site, "change_request.approve", Some(before.word().into()), Some(after), "");
    act.commit().await
}

/// As what an approval counts, in words.
async fn counted(tx: &mut Tx, filled: &Filled) -> Result<String> {
    let for_ = match filled.for_ {
        Some(id) => {
            format!(" for {}", user::by_id(tx, id).await?.map_or_else(|| id.to_string(), |u| u.actor.name))
        }
        None => String::new(),
    };
    let instead = filled.instead.map(|role| format!(" by escalation to {}", role.title()));
    Ok(format!(", as {}{for_}{}", filled.role.title(), instead.unwrap_or_default()))
}

/// Refuses whoever the rules do not ask, before anything else is looked at.
async fn asked(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let mut tx = services.0.store.read().await?;
    let request = load(&mut tx, number).await?;
    let judged = Box::pin(judge(&mut tx, &request, op.now)).await?;
    judged.rules.authorise(op, &judged.required)
}

/// Says no.
pub async fn reject(services: &Services, op: &Operation, number: i64, reason: &str) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    asked(services, op, number).await?;
    reason::given(reason)?;
    end(services, op, number, "change_request.reject", reason, |w, by| {
        w.reject(by, op.now, reason.to_owned())
    })
    .await
}

/// Takes it back.
pub async fn withdraw(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Request)?;
    allowed(services, claim, number).await?;
    withdraw_draft(services, op, number).await
}

/// The same for whoever has been authorised otherwise.
pub(crate) async fn withdraw_draft(services: &Services, op: &Operation, number: i64) -> Result<()> {
    end(services, op, number, "change_request.withdraw", "", |w, by| w.withdraw(by, op.now)).await
}

async fn end(
    services: &Services,
    op: &Operation,
    number: i64,
    action: &str,
    reason: &str,
    transition: impl FnOnce(Workflow, UserId) -> std::result::Result<Workflow, Finding>,
) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let site = lead(&mut act.tx, &request).await?;
    let before = request.workflow.state.clone();
    request.workflow = transition(request.workflow.clone(), op.actor.id)?;
    if request.plan.is_none() && !matches!(request.workflow.state, State::Withdrawn { .. }) {
        return Err(Finding::new(Code::RequestState, action).into());
    }
    request.missing = vec![];
    save(&mut act.tx, &request, &before).await?;
    let after = request.workflow.state.word().to_owned();
    note(&mut act, &request, site, action, Some(before.word().into()), Some(after), reason);
    act.commit().await
}
