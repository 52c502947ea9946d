//! One handset for another as a standard change: the order of a replacement is as ever, and what was approved in advance
//! stands in for a signature on its request. The credential is rotated at once; the lines move by themselves when the
//! old handset is dead at the platform, or somebody answers for it.

use super::{approvers, load, standard::Carried};
use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::Act,
    change_requests::authority::{Instead, apply_by, ready},
    exceptions,
    replacements::{self, OpenInput},
    view::RequestInput,
};
use domain::{
    Code, Finding,
    advance::Definition,
    authz::{Actor, Roles},
    replacement::{InAdvance, State},
    time::MINUTE,
};
use storage::{advance, authority::By, replacement};

/// Opens the order, files its request and rotates. What stops that gives the order up again.
pub(super) async fn begin(
    services: &Services,
    op: &Operation,
    asks: &RequestInput,
    in_advance: InAdvance,
) -> Result<Carried> {
    let input = OpenInput { old: asks.mac.clone(), new: asks.to_mac.clone(), reason: asks.reason.clone() };
    let case = replacements::begin(services, op, &input, None, Some(in_advance.clone())).await?;
    go_on(services, op, case, &in_advance).await
}

/// From an order that is open to one that rotates; begun again after a crash, it finds what is there.
async fn go_on(services: &Services, op: &Operation, case: i64, by: &InAdvance) -> Result<Carried> {
    let rotated: Result<i64> = async {
        let request = replacements::filed(services, op, case).await?;
        rotate(services, op, case, request, by).await?;
        Ok(request)
    }
    .await;
    match rotated {
        Ok(request) => Ok(Carried { request, case: Some(case) }),
        Err(problem) if problem.kind == ProblemKind::Unavailable => Err(problem),
        Err(problem) => {
            // What cannot be done at once is no standard change; nobody should find it waiting for approval.
            let said: Vec<_> = problem.findings.iter().take(3).map(ToString::to_string).collect();
            let why: String = said.join("; ").chars().take(200).collect();
            replacements::give_up(services, op, case, &why).await?;
            Err(problem)
        }
    }
}

/// The use is counted here, where the old handset stops: what ends meanwhile does not leave a desk without a phone.
async fn rotate(services: &Services, op: &Operation, case: i64, request: i64, by: &InAdvance) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let advance = load(&mut act.tx, by.advance).await?;
    let holds = matches!(&advance.definition, Definition::Standard(s) if op.now < s.until) && advance.holds();
    if !holds || approvers(&advance) != by.approvers || !advance::count_use(&mut act.tx, advance.id).await? {
        return Err(Finding::new(Code::AdvanceEnded, super::subject(by.advance)).into());
    }
    let of = Box::pin(ready(&mut act.tx, request, op.now)).await?;
    if !of.waits() {
        return Err(Finding::new(Code::PlanStale, format!("CR-{request}")).into());
    }
    replacements::rotate_in(&mut act, services, op, case, Some(&by.authority())).await?;
    act.commit().await
}

/// The technician, in whose name it goes on.
fn operation(services: &Services, by: &InAdvance) -> Operation {
    services.operation(Actor {
        id: by.by,
        name: by.name.clone(),
        roles: Roles::default(),
        confirmed: true,
        password_since: None,
    })
}

/// Moves the lines of an order that was approved in advance, once it may; whatever is in the way then is waited for.
pub(crate) async fn take_over(services: &Services, case: i64) -> Result<()> {
    let Some((by, request)) = due(services, case).await? else { return Ok(()) };
    let op = operation(services, &by);
    match Box::pin(apply(services, &op, request, &by)).await {
        Err(problem) if problem.kind == ProblemKind::Unavailable => Err(problem),
        Err(problem) => {
            tracing::warn!(case, error = %problem, "a replacement that was approved in advance waits");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// By what an order may be taken over now, and its request.
async fn due(services: &Services, case: i64) -> Result<Option<(InAdvance, i64)>> {
    let mut tx = services.0.store.read().await?;
    let order = replacement::by_number(&mut tx, case).await?.map(|stored| stored.order);
    let order = order.filter(|order| order.may_take_over().is_ok());
    Ok(order.and_then(|order| order.in_advance.zip(order.request)))
}

async fn apply(services: &Services, op: &Operation, request: i64, by: &InAdvance) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let id = load(&mut act.tx, by.advance).await?.id;
    let of = Box::pin(ready(&mut act.tx, request, op.now)).await?;
    let (authority, said) = (by.authority(), by.said.as_str());
    Box::pin(apply_by(act, services, op, of, Instead { authority, by: By::Advance(id), said, counted: true }))
        .await
}

/// Looks after orders that were approved in advance, every minute: those that a crash has left go on, and those that
/// something was in the way of are tried again.
pub(crate) async fn look_after(services: &Services) -> Result<()> {
    let mut after = 0;
    loop {
        let orders = replacement::open(&mut services.0.store.read().await?, after).await?;
        let Some(last) = orders.last() else { return Ok(()) };
        after = last.number;
        for stored in &orders {
            let Some(by) = &stored.order.in_advance else { continue };
            let done = match stored.order.state {
                State::Planned if left(services, stored.number).await? => {
                    let op = operation(services, by);
                    Box::pin(go_on(services, &op, stored.number, by)).await.map(drop)
                }
                State::Rotating { .. } => take_over(services, stored.number).await,
                _ => Ok(()),
            };
            if let Err(problem) = done {
                tracing::warn!(case = stored.number, error = %problem, "a replacement does not go on");
            }
        }
    }
}

/// Whether an order was opened so long ago that nobody is at it any more.
async fn left(services: &Services, case: i64) -> Result<bool> {
    let opened = exceptions::find(&mut services.0.store.read().await?, case).await?.exception.opened_at;
    Ok::<_, Problem>(opened.plus(MINUTE) <= services.now())
}
