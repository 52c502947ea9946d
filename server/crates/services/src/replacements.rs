//! Replacements: a new handset takes over the lines of an old one, by the serial numbers of both (requirement C5).
//!
//! The order is a pure state machine (`domain::replacement`); every step here is one transaction that stores it, with
//! its record, and with what has to happen outside as rows of the outbox. A crash between any two steps leaves an order
//! that says by itself what comes next.

mod file;
mod handset;
mod platform;
mod takeover;

pub use file::{OpenInput, file, open};
pub(crate) use file::{begin, filed};
pub use handset::{EndInput, end, wiped};
pub(crate) use handset::{restock, sweep};
pub use platform::{answer, call_off, dead, reveal, rotate};
pub(crate) use platform::{answered, dead_at_platform, give_up, rotate_in};
pub(crate) use takeover::{holds, taken_over};

use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::Act,
    exceptions::{self, Listed},
    facts, planning, publish,
};
use domain::{
    Code, Finding,
    authz::Claim,
    change_request::State as RequestState,
    ids::SiteId,
    plan::Difference,
    replacement::{CredentialScope, Order, Outage, Statement, outages},
    revision::RevisionKind,
};
use storage::{
    Tx,
    change_request::{self, Request},
    device, line,
    replacement::{self, Stored},
};

/// An order on its case's page.
#[derive(Clone, Debug)]
pub struct ReplacementView {
    /// The order.
    pub order: Order,
    /// The state of the case that it is now.
    pub step: String,
    /// The old handset.
    pub old: HandsetView,
    /// The new handset.
    pub new: HandsetView,
    /// What would be different on the new handset, setting by setting, before it has the lines.
    pub differences: Vec<Difference>,
    /// What does not fit the new handset.
    pub misfits: Vec<Finding>,
    /// What else stops when the credentials are rotated.
    pub outages: Vec<Outage>,
    /// Whether there is a platform that rotates by itself.
    pub platform: bool,
    /// The state of its request.
    pub request: Option<String>,
}

/// One of the two handsets.
#[derive(Clone, Debug)]
pub struct HandsetView {
    /// MAC, bare.
    pub mac: String,
    /// As people read it.
    pub name: String,
    /// Serial number.
    pub serial: String,
    /// Its state.
    pub state: String,
}

fn handset(stored: &device::Stored) -> HandsetView {
    HandsetView {
        mac: stored.device.mac.bare(),
        name: stored.name(),
        serial: stored.device.serial.to_string(),
        state: stored.device.state.word().to_owned(),
    }
}

async fn device_of(tx: &mut Tx, id: domain::ids::DeviceId) -> Result<device::Stored> {
    device::by_id(tx, id).await?.ok_or_else(|| Problem::not_found("device"))
}

/// The sites of both handsets.
async fn sites_of(tx: &mut Tx, order: &Order) -> Result<[SiteId; 2]> {
    Ok([device_of(tx, order.old).await?.device.site, device_of(tx, order.new).await?.device.site])
}

/// Refuses whoever may not do it at the sites of both handsets of a case.
async fn may_of(services: &Services, claim: Claim<'_>, number: i64) -> Result<()> {
    let mut tx = services.0.store.read().await?;
    let stored = replacement::by_number(&mut tx, number).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("replacement"))?;
    claim.at_all(sites_of(&mut tx, &stored.order).await?)?;
    Ok(())
}

/// The order of a case, as its page shows it.
pub(crate) async fn view_of(
    services: &Services,
    tx: &mut Tx,
    number: i64,
) -> Result<Option<ReplacementView>> {
    let Some(stored) = replacement::by_number(tx, number).await? else { return Ok(None) };
    let (old, new) = (device_of(tx, stored.order.old).await?, device_of(tx, stored.order.new).await?);
    let (differences, misfits) = compare(tx, &old, &new).await?;
    let step = stored.order.step(approved(tx, &stored.order).await?).to_owned();
    let mut siblings = vec![];
    for moving in &stored.order.lines {
        for at in line::of_extension(tx, moving.extension).await? {
            if at.device_id != stored.order.old.0 && at.device_id != stored.order.new.0 {
                siblings.push((format!("{} {} {}", at.vendor, at.model, at.mac), moving.number.clone()));
            }
        }
    }
    let numbers: Vec<_> = stored.order.lines.iter().map(|line| line.number.clone()).collect();
    let request = request_of(tx, &stored.order).await?.map(|r| r.workflow.state.word().to_owned());
    Ok(Some(ReplacementView {
        old: handset(&old),
        new: handset(&new),
        differences,
        misfits,
        outages: outages(scope(services), &numbers, &siblings),
        platform: services.0.call_control.is_some(),
        request,
        step,
        order: stored.order,
    }))
}

/// What one credential of the platform belongs to; where nobody knows, the most is assumed.
fn scope(services: &Services) -> CredentialScope {
    match services.0.call_control.as_deref() {
        Some(platform) if !platform.credential_is_shared() => CredentialScope::Line,
        _ => CredentialScope::Account,
    }
}

/// What is different on the new handset with the old one's lines, and what does not fit it: its dialect's findings,
/// never dropped.
async fn compare(
    tx: &mut Tx,
    old: &device::Stored,
    new: &device::Stored,
) -> Result<(Vec<Difference>, Vec<Finding>)> {
    let before = facts::load(tx, old.clone()).await?;
    let lines: Vec<_> = before.lines.iter().map(planning::standing_line).collect();
    let present = publish::prepare(tx, old, RevisionKind::Bound, lines.clone()).await?;
    let future = publish::prepare(tx, new, RevisionKind::Bound, lines.clone()).await?;
    let endpoints = device::endpoints(tx, new.device.id).await?;
    let mut misfits: Vec<_> = lines
        .iter()
        .filter(|line| !endpoints.iter().any(|endpoint| endpoint.index == line.index))
        .map(|line| no_endpoint(line.index, &line.number))
        .collect();
    // What could not be said for the old handset either is no news.
    misfits.extend(future.findings.into_iter().filter(|finding| !present.findings.contains(finding)));
    Ok((planning::differences(&present.resolution, &future.resolution), misfits))
}

fn no_endpoint(index: u8, number: &str) -> Finding {
    let detail = format!("The new handset has no line key {index} for {number}.");
    Finding::new(Code::FormInvalid, "new").detail(detail)
}

/// The request of an order.
async fn request_of(tx: &mut Tx, order: &Order) -> Result<Option<Request>> {
    Ok(match order.request {
        Some(number) => change_request::by_number(tx, number).await?,
        None => None,
    })
}

/// Whether the request of an order is approved, or applied already.
async fn approved(tx: &mut Tx, order: &Order) -> Result<bool> {
    let request = request_of(tx, order).await?;
    Ok(request.is_some_and(|request| {
        let state = &request.workflow.state;
        matches!(
            state,
            RequestState::Approved { .. } | RequestState::Scheduled { .. } | RequestState::Applied { .. }
        )
    }))
}

/// An order and its case, in an act that is about to change them.
async fn load(act: &mut Act<'_>, number: i64) -> Result<(Stored, Listed)> {
    let stored = replacement::by_number(&mut act.tx, number)
        .await?
        .ok_or_else(|| Problem::not_found("replacement"))?;
    let listed = exceptions::find(&mut act.tx, number).await?;
    Ok((stored, listed))
}

/// Saves what became of an order, and moves its case to the same step. Its log says `body`.
async fn save(
    services: &Services,
    act: &mut Act<'_>,
    (stored, listed): (&Stored, &Listed),
    (action, body): (&str, &str),
) -> Result<()> {
    if !replacement::update(&mut act.tx, stored).await? {
        let finding = Finding::new(Code::StorageConflict, format!("EX-{}", stored.number));
        return Err(Problem::new(ProblemKind::Conflict, finding));
    }
    let step = stored.order.step(approved(&mut act.tx, &stored.order).await?);
    storage::exception::set_state(&mut act.tx, stored.number, &listed.exception.state, step).await?;
    exceptions::say(services, act, listed, body, None).await?;
    let (before, after) = (Some(listed.exception.state.clone()), Some(step.to_owned()));
    exceptions::note(act, listed, action, before, after, body);
    Ok(())
}

/// What the actor says, and answers for.
fn statement(act: &Act<'_>, op: &Operation, text: &str) -> Statement {
    Statement { by: op.actor.name.clone(), at: act.now, text: text.to_owned() }
}
