//! What people decide about a request: submit, approve, reject, withdraw.

use super::{load, note, plan_now};
use crate::{Kind as ProblemKind, Operation, Problem, Result, Services, act::Act, facts, reason, users};
use domain::{
    Code, Finding,
    artifact::Digest,
    authz::{Action, authorise},
    change_request::{State, Workflow},
    ids::UserId,
};
use storage::{
    Tx,
    change_request::{self, Request},
    device,
};

/// Saves the new state, unless somebody else was faster.
pub(super) async fn save(tx: &mut Tx, request: &Request, before: &State) -> Result<()> {
    if change_request::update(tx, request, before).await? {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::Conflict, Finding::new(Code::StorageConflict, "change request")))
    }
}

/// Submits the plan as it is now. What blocks it is shown to approvers, and must be gone when it is applied.
pub async fn submit(services: &Services, op: &Operation, number: i64) -> Result<()> {
    authorise(&op.actor, Action::Request)?;
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let planned = plan_now(&mut act.tx, &request, op.now).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().submit(planned.digest, op.now)?;
    request.plan = Some(planned.plan);
    save(&mut act.tx, &request, &before).await?;
    let after = format!("plan {}", planned.digest);
    note(
        &mut act,
        &request,
        &planned.loaded,
        "change_request.submit",
        Some(before.word().into()),
        Some(after),
        "",
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
    authorise(&op.actor, Action::Approve)?;
    users::reauthenticate(services, op, password).await?;
    let seen = Digest::try_from(digest.trim().to_owned())
        .map_err(|_| Problem::new(ProblemKind::Conflict, Finding::new(Code::PlanChanged, "approve")))?;
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let planned = plan_now(&mut act.tx, &request, op.now).await?;
    let before = request.workflow.state.clone();
    request.workflow = request.workflow.clone().approve(seen, op.actor.id, op.now)?;
    if planned.digest != seen {
        return Err(Finding::new(Code::PlanChanged, "approve").into());
    }
    save(&mut act.tx, &request, &before).await?;
    let after = format!("plan {seen}");
    note(
        &mut act,
        &request,
        &planned.loaded,
        "change_request.approve",
        Some(before.word().into()),
        Some(after),
        "",
    );
    act.commit().await
}

/// Says no.
pub async fn reject(services: &Services, op: &Operation, number: i64, reason: &str) -> Result<()> {
    authorise(&op.actor, Action::Approve)?;
    reason::given(reason)?;
    end(services, op, number, "change_request.reject", reason, |w, by| {
        w.reject(by, op.now, reason.to_owned())
    })
    .await
}

/// Takes it back.
pub async fn withdraw(services: &Services, op: &Operation, number: i64) -> Result<()> {
    authorise(&op.actor, Action::Request)?;
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
    let stored =
        device::by_id(&mut act.tx, request.device).await?.ok_or_else(|| Problem::not_found("device"))?;
    let loaded = facts::load(&mut act.tx, stored).await?;
    let before = request.workflow.state.clone();
    request.workflow = transition(request.workflow.clone(), op.actor.id)?;
    if request.plan.is_none() && !matches!(request.workflow.state, State::Withdrawn { .. }) {
        return Err(Finding::new(Code::RequestState, action).into());
    }
    save(&mut act.tx, &request, &before).await?;
    let after = request.workflow.state.word().to_owned();
    note(&mut act, &request, &loaded, action, Some(before.word().into()), Some(after), reason);
    act.commit().await
}
