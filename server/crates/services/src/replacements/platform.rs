//! What happens at the platform: the credentials are rotated before anything moves, by the platform's own interface or
//! by hand with evidence; and what is given back when the replacement is called off.

use super::{approved, file, load, may_of, request_of, save, sites_of, statement};
use crate::{
    Operation, Problem, Result, Services, act::Act, advances, change_requests, credentials, exceptions,
    glass, imports, planning, reason, users,
};
use domain::{
    Code, Finding,
    authority::Authority,
    authz::{Action, somewhere},
    ids::SecretId,
    plan::Effect,
    replacement::{Dead, Line, State},
};
use serde_json::json;
use storage::{Tx, change_request, device, line, outbox, replacement, secret};
use uuid::Uuid;

/// Tells the platform to rotate the credential of every line: from then on the old handset can register no more. The
/// new credential is in no file of any phone until the takeover.
pub async fn rotate(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let mut act = Act::begin(services, op).await?;
    let (stored, _) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    rotate_in(&mut act, services, op, number, None).await?;
    act.commit().await
}

/// The same in an act that has begun; `instead` is what stands in for a signature on the request.
pub(crate) async fn rotate_in(
    act: &mut Act<'_>,
    services: &Services,
    op: &Operation,
    number: i64,
    instead: Option<&Authority>,
) -> Result<()> {
    let (mut stored, listed) = load(act, number).await?;
    let approved = instead.is_some() || approved(&mut act.tx, &stored.order).await?;
    stored.order = stored.order.rotate(approved, &op.actor.name, act.now)?;
    let request = request_of(&mut act.tx, &stored.order).await?;
    let request = request.ok_or_else(|| Problem::not_found("change request"))?;
    // The desk is without a phone from here to the takeover, so whatever would stop that stops this.
    let mut blocked = change_requests::in_the_way(&mut act.tx, &request, op.now).await?;
    for authority in instead.cloned().into_iter().chain(glass::broken_by(&mut act.tx, op).await?) {
        blocked = authority.lift(blocked).0;
    }
    if !blocked.is_empty() {
        return Err(Problem::blocked(blocked));
    }
    for item in request.items.iter().filter(|item| item.wanted.effect == Effect::Bind) {
        let moving = stored.order.lines.iter().find(|line| line.extension == item.wanted.extension);
        let Some(line) = moving else { continue };
        let (id, now) = (planning::secret_id(item.id), act.now);
        if secret::current(&mut act.tx, id).await?.is_none() {
            let sealed = imports::seal(services, id, &services.0.env.password())?;
            secret::insert(&mut act.tx, id, sealed, now).await?;
        }
        let work = json!({ "user": line.number, "secret": id, "replacement": number });
        act.effect("call_control.rotate", &work).await?;
    }
    let body = "The credentials are rotated: the old handset can register no more.";
    save(services, act, (&stored, &listed), ("replacement.rotate", body)).await
}

/// The new credentials (user, password), shown once to be typed in at a platform that is not reached from here; an act
/// with a reason.
pub async fn reveal(
    services: &Services,
    op: &Operation,
    number: i64,
    why: &str,
) -> Result<Vec<(String, String)>> {
    let claim = somewhere(&op.actor, Action::RevealCredential)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let (stored, listed) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    if !matches!(stored.order.state, State::Rotating { .. } | State::TakenOver { .. }) {
        let detail = "The credentials are made when they are rotated.";
        return Err(Finding::new(Code::RequestState, "reveal").detail(detail).into());
    }
    let request = request_of(&mut act.tx, &stored.order).await?;
    let mut shown = vec![];
    for item in request.iter().flat_map(|request| &request.items) {
        let line = stored.order.lines.iter().find(|line| line.extension == item.wanted.extension);
        let (Effect::Bind, Some(line)) = (item.wanted.effect, line) else { continue };
        let id = planning::secret_id(item.id);
        let password = credentials::open(services, &mut act.tx, id).await?;
        shown.push((line.number.clone(), password.to_string()));
    }
    let body = format!("Looked at the new credentials: {why}");
    exceptions::say(services, &mut act, &listed, &body, None).await?;
    exceptions::note(&mut act, &listed, "replacement.reveal_credential", None, None, why);
    act.commit().await?;
    Ok(shown)
}

/// Somebody has rotated by hand, or seen that it is done, and says how.
pub async fn dead(services: &Services, op: &Operation, number: i64, evidence: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let evidence = reason::within(evidence, 500).map_err(|p| named(p, "evidence"))?;
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    let said = Dead::Said(statement(&act, op, evidence));
    let numbers: Vec<_> = stored.order.lines.iter().map(|line| line.number.clone()).collect();
    for user in &numbers {
        stored.order = stored.order.is_dead(user, &said)?;
    }
    if services.0.call_control.is_none() {
        // What was typed in there counts: phones that share a line of these get it, too.
        let request = request_of(&mut act.tx, &stored.order).await?;
        for line in &stored.order.lines {
            let Some(id) = successor(request.as_ref(), line) else { continue };
            let password = credentials::open(services, &mut act.tx, id).await?;
            credentials::spread_in(&mut act, services, &line.number, &password).await?;
        }
    }
    let body = format!("Dead at the platform, by hand: {evidence}");
    save(services, &mut act, (&stored, &listed), ("replacement.dead", &body)).await?;
    act.commit().await?;
    advances::take_over(services, number).await
}

/// Somebody who may answers for the takeover although the old handset may still be registered. `password` proves that it
/// is them.
pub async fn answer(
    services: &Services,
    op: &Operation,
    number: i64,
    why: &str,
    password: &str,
) -> Result<()> {
    let claim = somewhere(&op.actor, Action::AnswerFor)?;
    let why = reason::within(why, 500)?;
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    if let State::Rotating { begun, .. } = &stored.order.state
        && begun.by == op.actor.name
    {
        // Whoever wants it done does not answer for it too.
        return Err(Finding::new(Code::ApprovalSelf, "answer").into());
    }
    stored.order = stored.order.answer(statement(&act, op, why))?;
    let body = format!("Answers for the takeover: {why}");
    save(services, &mut act, (&stored, &listed), ("replacement.answer", &body)).await?;
    act.commit().await?;
    advances::take_over(services, number).await
}

/// The secret with which the new handset will have a line.
fn successor(request: Option<&change_request::Request>, line: &Line) -> Option<SecretId> {
    let mut binds = request?
        .items
        .iter()
        .filter(|item| item.wanted.effect == Effect::Bind && item.wanted.extension == line.extension);
    binds.next().map(|item| planning::secret_id(item.id))
}

/// Gives the replacement up, before the takeover: the old handset gets its credential back, the request is withdrawn.
pub async fn call_off(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let why = reason::within(why, 200)?;
    may_of(services, claim, number).await?;
    give_up(services, op, number, why).await
}

/// The same for whoever has been authorised otherwise.
pub(crate) async fn give_up(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    let rotated = matches!(stored.order.state, State::Rotating { .. });
    stored.order = stored.order.call_off(statement(&act, op, why))?;
    if rotated {
        let request = request_of(&mut act.tx, &stored.order).await?;
        for standing in line::standing(&mut act.tx, stored.order.old).await? {
            let moving = stored.order.lines.iter().find(|line| line.extension == standing.extension);
            if let Some(line) = moving {
                if standing.shared {
                    // Never what it had: another phone that had it may have lost the line since.
                    let theirs = credentials::of_siblings(services, &mut act.tx, &line.number).await?;
                    let password = match (theirs, successor(request.as_ref(), line)) {
                        (Some(password), _) => Some(password),
                        (None, Some(id)) => Some(credentials::open(services, &mut act.tx, id).await?),
                        (None, None) => None,
                    };
                    if let Some(password) = password {
                        credentials::set(&mut act, services, standing.secret, &password).await?;
                        act.bump(stored.order.old.0);
                    }
                }
                let work = json!({ "user": line.number, "secret": standing.secret });
                act.effect("call_control.establish", &work).await?;
            }
        }
    }
    // The new handset goes back to where it stood.
    let new = super::device_of(&mut act.tx, stored.order.new).await?.device;
    let (place, segment) = stored.order.came_from;
    device::set_place(&mut act.tx, new.id, place, segment).await?;
    if segment != new.segment {
        file::republish(services, &mut act, new.id, number).await?;
    }
    act.bump(new.id.0);
    let body = format!("Called off: {why}");
    save(services, &mut act, (&stored, &listed), ("replacement.call_off", &body)).await?;
    exceptions::end(services, &mut act, &listed, &body).await?;
    act.commit().await?;
    let request = request_of(&mut services.0.store.read().await?, &stored.order).await?;
    if let Some(request) = request.filter(|request| !request.workflow.state.is_final()) {
        change_requests::withdraw_draft(services, op, request.number).await?;
    }
    Ok(())
}

/// A problem about the field of this name.
fn named(mut problem: Problem, field: &str) -> Problem {
    for finding in &mut problem.findings {
        field.clone_into(&mut finding.subject);
    }
    problem
}

/// What the worker of the outbox has to know before it rotates.
pub(crate) struct Asked {
    /// It was called off: the old credential counts again.
    pub(crate) called_off: bool,
    /// Somebody answers for the takeover, or it has happened: nobody waits for old contacts.
    pub(crate) answered: bool,
    /// It is known to be dead already.
    pub(crate) dead: bool,
    /// Other phones have the line and keep it.
    pub(crate) shared: bool,
}

/// How an order stands, for the worker.
pub(crate) async fn answered(tx: &mut Tx, number: i64, user: &str) -> Result<Option<Asked>> {
    let Some(stored) = replacement::by_number(tx, number).await? else { return Ok(None) };
    let dead = stored.order.lines.iter().any(|line| line.number == user && line.dead.is_some());
    let (called_off, answered) = match &stored.order.state {
        State::CalledOff { .. } => (true, false),
        State::Planned => (false, false),
        State::Rotating { answered, .. } => (false, answered.is_some()),
        State::TakenOver { .. } | State::Ended { .. } => (false, true),
    };
    let shared = credentials::shared_beyond(tx, user, [stored.order.old, stored.order.new]).await?;
    Ok(Some(Asked { called_off, answered, dead, shared }))
}

/// The platform has rotated a credential and no contact is left: the work is done and the order knows, in one
/// transaction.
pub(crate) async fn dead_at_platform(services: &Services, work: Uuid, number: i64, user: &str) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let now = act.now;
    outbox::done(&mut act.tx, work, now).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    let before = stored.order.clone();
    // An order that was called off meanwhile needs nothing of it.
    if let Ok(after) = stored.order.clone().is_dead(user, &Dead::Platform(now))
        && after != before
    {
        stored.order = after;
        let body = format!("{user} is dead at the platform: rotated, and no contact is left.");
        save(services, &mut act, (&stored, &listed), ("replacement.dead", &body)).await?;
    }
    act.commit().await?;
    advances::take_over(services, number).await
}
