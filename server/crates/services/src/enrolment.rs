//! Enrolment: people make tokens, activate them on the day, take them back, and open enrolment again for a phone that
//! was reset. What phones do with them is in `edge::enrol`.

mod change;
mod export;
pub(crate) mod guesses;
mod list;
pub(crate) mod session;
pub(crate) mod token;

pub(crate) use export::redirects;
pub use export::{Handout, csv, export, signed_address};
pub(crate) use list::tokens;
pub use list::{list, view};

use crate::{Operation, Problem, Result, Services, act::Act, devices, openings, reason};
use change::{end_open, issue, move_on, noted, rotate};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise_at, somewhere},
    device::DeviceState,
    enrolment::{CODE_LIFE, Enrolment, Kind, State, valid_until},
    ids::SiteId,
    site::Site,
};
use storage::{
    Tx,
    device::{self, Stored},
    enrolment, line, site,
};

/// Devices per transaction: other writers wait for some 50 ms at most.
const CHUNK: usize = 200;

/// Makes tokens for every device of a site that needs one; returns how many. A code is of no use until it is activated;
/// a signed address is valid until the day given, or for a margin after the site's date.
pub async fn make(
    services: &Services,
    op: &Operation,
    code: &str,
    kind: Kind,
    until: Option<Timestamp>,
) -> Result<usize> {
    authorise_at(&op.actor, Action::Enrol, code)?;
    let state = match kind {
        Kind::Code => State::Inactive,
        Kind::SignedAddress => {
            let mut tx = services.0.store.read().await?;
            let site = find_site(&mut tx, code).await?;
            address_until(&mut tx, site.id, until, op.now).await?
        }
    };
    let mut made = 0;
    loop {
        let mut act = Act::begin(services, op).await?;
        let site = find_site(&mut act.tx, code).await?;
        let ids = enrolment::without(&mut act.tx, site.id, kind, op.now).await?;
        for id in &ids {
            let Some(stored) = device::by_id(&mut act.tx, *id).await? else { continue };
            let token = issue(services, &mut act, &stored, kind, state.clone()).await?;
            noted(&mut act, &stored, "enrolment.make", None, &token, "");
        }
        act.commit().await?;
        made += ids.len();
        if ids.len() < CHUNK {
            return Ok(made);
        }
    }
}

async fn address_until(tx: &mut Tx, site: SiteId, until: Option<Timestamp>, now: Timestamp) -> Result<State> {
    let until = match until {
        Some(until) => valid_until(until, now)?,
        None => match openings::date(tx, site).await? {
            Some(date) => date.address_until(now)?,
            None => return Err(Problem::invalid(Code::FieldMissing, "until")),
        },
    };
    Ok(State::Waiting { until })
}

async fn find_site(tx: &mut Tx, code: &str) -> Result<Site> {
    site::by_code(tx, code).await?.ok_or_else(|| Problem::not_found("site"))
}

/// Activates every inactive code of a site, for a day; returns how many.
pub async fn activate_site(services: &Services, op: &Operation, code: &str) -> Result<usize> {
    authorise_at(&op.actor, Action::Enrol, code)?;
    let mut activated = 0;
    loop {
        let mut act = Act::begin(services, op).await?;
        let site = find_site(&mut act.tx, code).await?;
        let tokens = enrolment::inactive(&mut act.tx, site.id).await?;
        let found = tokens.len();
        for token in tokens {
            let Some(stored) = device::by_id(&mut act.tx, token.device).await? else { continue };
            activate_one(&mut act, &stored, token).await?;
        }
        act.commit().await?;
        activated += found;
        if found < CHUNK {
            return Ok(activated);
        }
    }
}

/// Activates a device's code, for a day.
pub async fn activate(services: &Services, op: &Operation, mac: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Enrol)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    in_use(&stored)?;
    let tokens = enrolment::of_device(&mut act.tx, stored.device.id).await?;
    let token = tokens.into_iter().find(|token| token.kind == Kind::Code);
    let token = token.ok_or_else(|| nothing(&stored, "It has no code."))?;
    activate_one(&mut act, &stored, token).await?;
    act.commit().await
}

async fn activate_one(act: &mut Act<'_>, stored: &Stored, mut token: Enrolment) -> Result<()> {
    let next = token.state.activate(&stored.name(), act.now)?;
    let before = move_on(act, &mut token, next).await?;
    noted(act, stored, "enrolment.activate", Some(&before), &token, "");
    Ok(())
}

/// Takes back every token of a device that is still open. Whatever one of them delivered is worthless from now on.
pub async fn revoke(services: &Services, op: &Operation, mac: &str, reason: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Enrol)?;
    let reason = given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    let mut found = false;
    let mut delivered = false;
    for mut token in enrolment::of_device(&mut act.tx, stored.device.id).await? {
        if let Ok(next) = token.state.revoke(&stored.name(), act.now) {
            delivered |= token.state.delivered();
            found = true;
            let before = move_on(&mut act, &mut token, next).await?;
            noted(&mut act, &stored, "enrolment.revoke", Some(&before), &token, reason);
        }
    }
    if !found {
        return Err(nothing(&stored, "Nothing is open.").into());
    }
    if delivered {
        rotate(services, &mut act, &stored).await?;
    }
    act.bump(stored.device.id.0);
    act.commit().await?;
    services.0.edge.forget(&stored.digest_user).await;
    Ok(())
}

/// Opens enrolment again for a phone that was reset. The credential that it had is dead at once. A code is active from
/// now; a signed address that a redirect service already knows stays the same address.
pub async fn reopen(
    services: &Services,
    op: &Operation,
    mac: &str,
    kind: Kind,
    until: Option<Timestamp>,
    reason: &str,
) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Enrol)?;
    let reason = given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    let state = match kind {
        Kind::Code => State::Waiting { until: op.now.plus(CODE_LIFE) },
        Kind::SignedAddress => address_until(&mut act.tx, stored.device.site, until, op.now).await?,
    };
    in_use(&stored)?;
    end_open(&mut act, &stored, reason).await?;
    rotate(services, &mut act, &stored).await?;
    let tokens = enrolment::of_device(&mut act.tx, stored.device.id).await?;
    let known = tokens
        .into_iter()
        .find(|t| t.kind == kind)
        .filter(|t| t.kind == Kind::SignedAddress && !matches!(t.state, State::Released { .. }));
    let (before, token) = match known {
        Some(mut token) => {
            token.clashed = None;
            let next = token.state.rearm(&stored.name(), state.ends().unwrap_or(op.now), act.now)?;
            let before = move_on(&mut act, &mut token, next).await?;
            (Some(before), token)
        }
        None => (None, issue(services, &mut act, &stored, kind, state).await?),
    };
    noted(&mut act, &stored, "enrolment.reopen", before.as_ref(), &token, reason);
    act.commit().await?;
    services.0.edge.forget(&stored.digest_user).await;
    Ok(())
}

/// A phone goes back to its vendor: its tokens and its credential die, and no redirect list names it any more.
pub async fn release(services: &Services, op: &Operation, mac: &str, reason: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Enrol)?;
    let reason = given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    // What it holds would go dead with its credential: it has to lose its line first, and be told so.
    if !line::standing(&mut act.tx, stored.device.id).await?.is_empty() {
        return Err(nothing(&stored, "A line stands on it; ask for an unbind first.").into());
    }
    end_open(&mut act, &stored, reason).await?;
    let tokens = enrolment::of_device(&mut act.tx, stored.device.id).await?;
    let newest = tokens.iter().find(|t| t.kind == Kind::SignedAddress).or(tokens.first()).cloned();
    let mut token = newest.ok_or_else(|| nothing(&stored, "It has no code and no address."))?;
    if matches!(token.state, State::Released { .. }) {
        return Err(nothing(&stored, "It is released.").into());
    }
    let next = State::Released { at: act.now };
    let before = move_on(&mut act, &mut token, next).await?;
    noted(&mut act, &stored, "enrolment.release", Some(&before), &token, reason);
    rotate(services, &mut act, &stored).await?;
    act.commit().await?;
    services.0.edge.forget(&stored.digest_user).await;
    Ok(())
}

fn given(reason: &str) -> Result<&str> {
    reason::within(reason, 1000)
}

fn in_use(stored: &Stored) -> Result<()> {
    match stored.device.state {
        DeviceState::Active => Ok(()),
        DeviceState::Retired => Err(Finding::new(Code::DeviceRetired, stored.name()).into()),
        DeviceState::Quarantined(_) => Err(Finding::new(Code::DeviceQuarantined, stored.name()).into()),
    }
}

fn nothing(stored: &Stored, detail: &str) -> Finding {
    Finding::new(Code::RequestState, stored.name()).detail(detail)
}
