//! Standing requests at work: every minute, binds that were submitted and fit one are applied as their facts turn true,
//! one plan each. It stops by itself at its count, at its date and at the first grave finding, and waits in a freeze.

use super::{approvers, note};
use crate::{
    Operation, Result, Services,
    act::Act,
    change_requests::authority::{Instead, Ready, apply_by, ready},
    freezes,
};
use domain::{
    Timestamp,
    account::Owner,
    advance::{Candidate, Definition, Standing, Stop},
    authority::Authority,
    authz::{Actor, Roles},
    scope::automatic,
};
use storage::{Tx, advance, advance::Advance, authority::By, change_request, site};

/// What the program calls itself when it acts for whoever asked for this.
fn operation(services: &Services, of: &Advance) -> Operation {
    services.operation(Actor {
        id: of.workflow.requester,
        name: format!("{} of {}", super::subject(of.number), of.requester),
        roles: Roles::default(),
        confirmed: true,
        password_since: None,
    })
}

/// Looks after every standing request once.
pub(crate) async fn run(services: &Services) -> Result<()> {
    let holding = advance::holding(&mut services.0.store.read().await?, "standing").await?;
    for of in holding {
        let Definition::Standing(standing) = &of.definition else { continue };
        if let Err(problem) = Box::pin(look_after(services, &of, standing)).await {
            // One that cannot be looked after keeps no other from it.
            tracing::error!(error = %problem, number = of.number, "a standing request could not be looked after");
        }
    }
    Ok(())
}

/// What is to be done with one bind.
enum Next {
    /// It is somebody else's, or waits.
    Leave,
    /// It can be applied.
    Apply,
    /// All of it is at its end.
    Stop(Stop),
    /// Nothing happens here now.
    Wait,
}

async fn look_after(services: &Services, of: &Advance, standing: &Standing) -> Result<()> {
    let op = operation(services, of);
    let (mut used, mut after) = (of.used, 0);
    loop {
        let numbers = change_request::waiting_binds(&mut services.0.store.read().await?, after).await?;
        let Some(last) = numbers.last() else {
            let stop = standing.ended(used, services.now());
            return if let Some(stop) = stop { end(services, of, &stop).await } else { Ok(()) };
        };
        after = *last;
        for number in numbers {
            let next = {
                let mut tx = services.0.store.read().await?;
                let ready = Box::pin(ready(&mut tx, number, op.now)).await?;
                next(&mut tx, of, standing, used, &ready, op.now).await?
            };
            match next {
                Next::Leave => {}
                Next::Wait => return Ok(()),
                Next::Stop(stop) => return end(services, of, &stop).await,
                Next::Apply => {
                    used += u32::from(Box::pin(apply(services, &op, of, standing, used, number)).await?);
                }
            }
        }
    }
}

async fn next(
    tx: &mut Tx,
    of: &Advance,
    standing: &Standing,
    used: u32,
    ready: &Ready,
    now: Timestamp,
) -> Result<Next> {
    let planned = &ready.judged.planned;
    // A bind has one item.
    let Some((device, extension)) = planned
        .rows
        .first()
        .and_then(|row| Some((planned.devices.get(&row.wanted.device)?, planned.extension(row)?)))
        .filter(|_| planned.rows.len() == 1 && ready.waits())
    else {
        return Ok(Next::Leave);
    };
    let candidate = Candidate {
        site: device.loaded.site.code.clone(),
        model: device.loaded.stored.device.model.clone(),
        extension: extension.number.clone(),
        person: extension.owner.map(|owner| matches!(owner, Owner::Person(_))),
    };
    if !standing.outside(&candidate).is_empty() {
        return Ok(Next::Leave);
    }
    // Whoever approved all of it approves nothing of their own by it.
    if approvers(of).iter().any(|approver| ready.request.workflow.involves(*approver)) {
        return Ok(Next::Leave);
    }
    if let Some(stop) = standing.ended(used, now) {
        return Ok(Next::Stop(stop));
    }
    let site = &device.loaded.site;
    if freezes::against(tx, site.id, now).await?.is_some() {
        return Ok(Next::Wait);
    }
    // A device that has a line already makes the pilot no larger.
    let more = device.loaded.lines.is_empty();
    let bound = site::lines(tx, site.id).await?.1.saturating_sub(u32::from(!more));
    let limits = automatic(site.scope, site::pilot(tx, site.id).await?, bound, now);
    if let Some(finding) = limits.into_iter().next() {
        return Ok(Next::Stop(Stop::Finding(finding)));
    }
    let (findings, _) = authority(of).lift(ready.findings());
    Ok(match standing.judge(&findings) {
        Err(stop) => Next::Stop(stop),
        Ok(true) => Next::Apply,
        Ok(false) => Next::Leave,
    })
}

fn authority(of: &Advance) -> Authority {
    Authority::Standing { advance: of.number, approvers: approvers(of) }
}

/// Applies one bind, after another look in the transaction that does it; whether it did.
async fn apply(
    services: &Services,
    op: &Operation,
    of: &Advance,
    standing: &Standing,
    used: u32,
    number: i64,
) -> Result<bool> {
    let mut act = Act::begin(services, op).await?;
    let ready = Box::pin(ready(&mut act.tx, number, op.now)).await?;
    if !matches!(next(&mut act.tx, of, standing, used, &ready, op.now).await?, Next::Apply) {
        return Ok(false);
    }
    let (authority, by) = (authority(of), By::Advance(of.id));
    let instead = Instead { authority, by, said: &standing.name, counted: false };
    Box::pin(apply_by(act, services, op, ready, instead)).await?;
    Ok(true)
}

async fn end(services: &Services, of: &Advance, stop: &Stop) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let (why, now) = (stop.words(), act.now);
    if advance::end(&mut act.tx, of.id, &why, now).await? {
        note(&mut act, "advance.stop", of, Some("ended by itself".to_owned()), &why);
        act.commit().await?;
    }
    Ok(())
}
