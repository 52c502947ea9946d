//! What becomes of the old handset: dead at the platform, wiped, and then gone somewhere or back in stock.

use super::{approved, load, save, sites_of, statement};
use crate::{
    Operation, Problem, Result, Services, act::Act, exceptions, exceptions::Opening, imports, reason,
};
use domain::{
    Code, Finding, Timestamp,
    account::Day,
    authz::{Action, somewhere},
    device::DeviceState,
    exception::Kind,
    fence::Serve,
    ids::DeviceId,
    ledger::Entry,
    policy::Weight,
    replacement::{End, State, Wiped},
};
use storage::{Tx, device, exception, ledger, replacement, secret};

/// Somebody has wiped the old handset and says how, for example by a reset to factory settings.
pub async fn wiped(services: &Services, op: &Operation, number: i64, evidence: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Cases)?;
    let evidence =
        reason::within(evidence, 500).map_err(|_| Problem::invalid(Code::FieldMissing, "evidence"))?;
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    stored.order = stored.order.clone().is_wiped(Wiped::Said(statement(&act, op, evidence)))?;
    let body = format!("Wiped by hand: {evidence}");
    save(services, &mut act, (&stored, &listed), ("replacement.wiped", &body)).await?;
    act.commit().await
}

/// Where the old handset goes, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct EndInput {
    /// `stock`, `lost`, `loan` or `rma`.
    pub to: String,
    /// To whom it is lent.
    pub whom: String,
    /// The day on which it is due back.
    pub until: String,
    /// The vendor's number.
    pub reference: String,
    /// What else is to be said.
    pub reason: String,
}

impl EndInput {
    fn read(&self, today: Day) -> Result<End> {
        let missing = |field| Problem::invalid(Code::FieldMissing, field);
        let text = |field, text: &str| match text.trim() {
            "" => Err(missing(field)),
            text if text.chars().count() > 200 || text.chars().any(char::is_control) => {
                Err(Problem::invalid(Code::FieldTooLong, field))
            }
            text => Ok(text.to_owned()),
        };
        match self.to.trim() {
            "stock" => Ok(End::Stock),
            "lost" => Ok(End::Lost),
            "loan" => {
                let whom = text("whom", &self.whom)?;
                let until = Day::parse(&self.until).ok_or_else(|| missing("until"))?;
                if until <= today {
                    let finding = Finding::new(Code::DatesOrder, "until").detail("It lies in the past.");
                    return Err(finding.into());
                }
                Ok(End::Loan { whom, until })
            }
            "rma" => Ok(End::Rma { reference: text("reference", &self.reference)? }),
            _ => Err(Problem::invalid(Code::StateInvalid, "to")),
        }
    }
}

/// Says where the old handset goes; that closes the case. Back in stock it may be assigned again, with a provisioning
/// credential that nobody has seen.
pub async fn end(services: &Services, op: &Operation, number: i64, input: &EndInput) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let to = input.read(Day::of(op.now))?;
    let why = reason::within(&input.reason, 200)?;
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    claim.at_all(sites_of(&mut act.tx, &stored.order).await?)?;
    let before = stored.order.wiped().cloned();
    stored.order = stored.order.end(to.clone(), statement(&act, op, why))?;
    if stored.order.assignable() {
        let reset = matches!(before, Some(Wiped::Said(_)));
        restock(services, &mut act, stored.order.old, reset).await?;
    }
    let body = format!("The old handset goes {}: {why}", to.title());
    save(services, &mut act, (&stored, &listed), ("replacement.end", &body)).await?;
    if listed.exception.closed.is_none() {
        exceptions::end(services, &mut act, &listed, &body).await?;
    }
    // Whatever is said now, it is no longer overdue.
    let old = super::device_of(&mut act.tx, stored.order.old).await?;
    exceptions::settle(services, &mut act, Kind::Loan, &old.device.mac.bare(), &body).await?;
    act.commit().await?;
    Ok(())
}

/// Back in stock: it stands nowhere, and whoever knew its credential knows nothing any more. `reset`: to factory
/// settings, so nothing of what it was served lingers there.
pub(crate) async fn restock(services: &Services, act: &mut Act<'_>, id: DeviceId, reset: bool) -> Result<()> {
    let stored = super::device_of(&mut act.tx, id).await?;
    let now = act.now;
    let sealed = imports::seal(services, stored.digest_secret, &services.0.env.password())?;
    secret::insert(&mut act.tx, stored.digest_secret, sealed, now).await?;
    device::set_state(&mut act.tx, id, DeviceState::Active).await?;
    device::set_place(&mut act.tx, id, None, stored.device.segment).await?;
    if reset {
        device::set_published(&mut act.tx, id, false, "[]").await?;
    }
    act.bump(id.0);
    Ok(())
}

/// Looks after open orders, every minute: a case whose requests were approved moves on, and an old handset that has
/// fetched what clears it is wiped. Reads only, unless something is due.
pub(crate) async fn sweep(services: &Services) -> Result<()> {
    open_overdue(services).await?;
    let mut after = 0;
    loop {
        let mut tx = services.0.store.read().await?;
        let orders = replacement::open(&mut tx, after).await?;
        let Some(last) = orders.last() else { return Ok(()) };
        after = last.number;
        let mut due = vec![];
        for stored in &orders {
            let step = stored.order.step(approved(&mut tx, &stored.order).await?);
            let case = exceptions::find(&mut tx, stored.number).await?.exception;
            if case.state != step || cleared(&mut tx, stored).await?.is_some() {
                due.push(stored.number);
            }
        }
        drop(tx);
        for number in due {
            look_after(services, number).await?;
        }
    }
}

/// Opens a case for each handset that was lent out and has not come back on its day.
async fn open_overdue(services: &Services) -> Result<()> {
    let now = services.now();
    if replacement::overdue(&mut services.0.store.read().await?, now).await?.is_empty() {
        return Ok(());
    }
    let mut act = Act::begin_program(services).await?;
    for stored in replacement::overdue(&mut act.tx, now).await? {
        let State::Ended { end: End::Loan { whom, until }, .. } = &stored.order.state else { continue };
        let old = super::device_of(&mut act.tx, stored.order.old).await?;
        let detail = format!("It was lent to {whom} until {until}, EX-{}.", stored.number);
        let opening = Opening::of_device(Kind::Loan, Weight::Low, &old.device, detail);
        exceptions::begin(services, &mut act, &opening).await?;
    }
    act.commit().await
}

async fn look_after(services: &Services, number: i64) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    if let Some(at) = cleared(&mut act.tx, &stored).await? {
        stored.order = stored.order.clone().is_wiped(Wiped::Cleared(at))?;
        let body = format!("The old handset fetched what clears it, at {at}.");
        save(services, &mut act, (&stored, &listed), ("replacement.wiped", &body)).await?;
    } else {
        let step = stored.order.step(approved(&mut act.tx, &stored.order).await?);
        exception::set_state(&mut act.tx, number, &listed.exception.state, step).await?;
        let (before, after) = (Some(listed.exception.state.clone()), Some(step.to_owned()));
        exceptions::note(&mut act, &listed, "exception.advance", before, after, "");
    }
    act.commit().await
}

/// When the old handset fetched what clears it, after the takeover, if that is news.
async fn cleared(tx: &mut Tx, stored: &replacement::Stored) -> Result<Option<Timestamp>> {
    let State::TakenOver { at: since, wiped: None, .. } = stored.order.state else { return Ok(None) };
    let clear = |(_, entry)| match entry {
        Entry::Serve(serve) if serve.decision == Serve::Clear && serve.status == 200 && serve.at >= since => {
            Some(serve.at)
        }
        _ => None,
    };
    Ok(ledger::of_device(tx, stored.order.old).await?.into_iter().filter_map(clear).min())
}
