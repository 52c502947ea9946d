//! The takeover: in the transaction in which the request of an order is applied, the old handset loses every line and
//! every proof but for being cleared.

use super::save;
use crate::{Problem, Result, Services, act::Act, exceptions, returns};
use domain::{Code, Finding, device::DeviceState, exception::Kind as CaseKind, plan::Kind};
use storage::{
    Tx,
    change_request::Request,
    device, line,
    replacement::{self, Stored},
};

/// The order of which a request is, if it is one.
async fn order_of(tx: &mut Tx, request: &Request) -> Result<Option<Stored>> {
    let Some(old) = request.device() else { return Ok(None) };
    let stored = replacement::open_of(tx, old).await?;
    Ok(stored.filter(|stored| stored.order.request == Some(request.number)))
}

/// What keeps a replacement from being applied: its order has to come so far.
pub(crate) async fn holds(tx: &mut Tx, request: &Request) -> Result<Option<Finding>> {
    if request.kind != Kind::Replace || request.workflow.state.is_final() {
        return Ok(None);
    }
    let Some(stored) = order_of(tx, request).await? else {
        let detail = "Open the replacement under Exceptions: it rotates the credentials first.";
        return Ok(Some(
            Finding::new(Code::ReplacementAlive, format!("CR-{}", request.number)).detail(detail),
        ));
    };
    Ok(stored.order.may_take_over().err().map(|finding| {
        let detail = format!("EX-{} says what is next.", stored.number);
        Finding::new(Code::ReplacementAlive, finding.subject).detail(detail)
    }))
}

/// The lines have moved, in this transaction: from now on the old handset's proof is good for being cleared alone.
pub(crate) async fn taken_over(services: &Services, act: &mut Act<'_>, request: &Request) -> Result<()> {
    let stored = order_of(&mut act.tx, request).await?;
    let mut stored = stored.ok_or_else(|| Problem::not_found("replacement"))?;
    let listed = exceptions::find(&mut act.tx, stored.number).await?;
    let (now, old) = (act.now, stored.order.old);
    stored.order = stored.order.take_over(now)?;
    if let Some(left) = line::standing(&mut act.tx, old).await?.first() {
        let detail = format!("Line key {} was bound after the replacement was opened.", left.index);
        return Err(Finding::new(Code::RequestState, "old").detail(detail).into());
    }
    // Whoever it was in doubt about: it proves nothing any more.
    let ended = format!("It was replaced, EX-{}.", stored.number);
    exceptions::settle(services, act, CaseKind::Mismatch, &listed.exception.subject, &ended).await?;
    device::set_state(&mut act.tx, old, DeviceState::Retired).await?;
    // The plan said so: the settings to which it was held were those of that handset.
    let by = format!("CR-{}", request.number);
    returns::make_room(act, old, &by, "Its handset was replaced.").await?;
    act.bump(old.0);
    let body = format!(
        "CR-{} moves every line; the old handset may fetch what clears it, and nothing else.",
        request.number
    );
    save(services, act, (&stored, &listed), ("replacement.take_over", &body)).await
}
