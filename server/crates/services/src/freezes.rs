//! Freezes: defined with what becomes of what ends inside them, lifted with a reason, and asked by whatever applies.

use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise, authorise_at, somewhere},
    freeze::{self, Expiries, Freeze},
    gate::GateStatus,
    ids::{FreezeId, SiteId},
    number::State,
    time::MINUTE,
};
use std::collections::BTreeSet;
pub use storage::freeze::Listed;
use storage::{
    Tx, freeze as freezes, gate,
    number::{self, Record},
    site,
};

/// The most numbers that a freeze prolongs in its act.
const MOST: usize = 500;

/// A freeze as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct FreezeInput {
    /// Site code; empty for the organisation.
    pub site: String,
    /// From when, in UTC.
    pub from: String,
    /// Until when, in UTC.
    pub until: String,
    /// Word of what becomes of what ends inside it.
    pub expiries: String,
}

/// A freeze in the calendar.
#[derive(Clone, Debug)]
pub struct FreezeRow {
    /// The freeze and its history.
    pub listed: Listed,
    /// What ends inside it, while it is not over: decided beforehand.
    pub ending: Vec<Finding>,
}

impl FreezeRow {
    /// `lifted`, `over`, `in force` or `to come`.
    pub fn word(&self, now: Timestamp) -> &'static str {
        let freeze = &self.listed.freeze;
        match (&self.listed.lifted, now) {
            (Some(_), _) => "lifted",
            (None, now) if freeze.until <= now => "over",
            (None, now) if freeze.from <= now => "in force",
            (None, _) => "to come",
        }
    }

    /// Whether it can be lifted.
    pub fn stands(&self, now: Timestamp) -> bool {
        matches!(self.word(now), "in force" | "to come")
    }
}

/// The calendar, those that end last first. Five queries, and two per segment while any freeze is not over.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<FreezeRow>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let standing = freezes::from(&mut tx, op.now).await?;
    let ends = if standing.is_empty() { vec![] } else { ends(&mut tx, &standing, op.now).await? };
    let rows = freezes::list(&mut tx).await?.into_iter().map(|listed| {
        let freeze = &listed.freeze;
        let inside = |end: &&End| freeze.concerns(end.site) && (freeze.from..freeze.until).contains(&end.at);
        let counts = listed.lifted.is_none() && freeze.until > op.now;
        let ending = ends.iter().filter(|_| counts).filter(inside).map(|end| end.finding.clone()).collect();
        FreezeRow { listed, ending }
    });
    Ok(rows.collect())
}

/// Something that ends by itself inside a freeze.
struct End {
    site: SiteId,
    at: Timestamp,
    finding: Finding,
}

/// What ends inside one of these freezes: numbers, and gates, which never wait because their evidence ages anyway.
async fn ends(tx: &mut Tx, standing: &[Freeze], now: Timestamp) -> Result<Vec<End>> {
    let last = standing.iter().map(|f| f.until).max().unwrap_or(now);
    let mut found = Vec::new();
    for record in number::ending(tx, now, last).await? {
        let Some(at) = record.state.ends() else { continue };
        let detail = format!("It is {}; that ends inside the freeze, on its day.", record.state.describe());
        let finding = Finding::new(Code::FreezeExpiry, format!("number {}", record.number)).detail(detail);
        found.push(End { site: record.site, at, finding });
    }
    let sites = site::list(tx).await?;
    for segment in site::segments(tx).await? {
        let GateStatus::Open { until } = gate::load(tx, segment.id).await?.status(now) else { continue };
        let code = sites.iter().find(|s| s.id == segment.site).map_or("", |s| s.code.as_str());
        let subject = format!("gate {code}/{}", segment.code);
        let detail = format!("It is open until {until}; evidence ages in a freeze too.");
        let finding = Finding::new(Code::FreezeExpiry, subject).detail(detail);
        found.push(End { site: segment.site, at: until, finding });
    }
    Ok(found)
}

/// Why nothing is applied at a site now, if a freeze holds there. Whatever applies a change asks this first, in its own
/// transaction.
pub(crate) async fn against(tx: &mut Tx, site: SiteId, now: Timestamp) -> Result<Option<Finding>> {
    Ok(freeze::against(&freezes::from(tx, now).await?, site, now))
}

/// The same for several sites: the first freeze that holds at one of them.
pub(crate) async fn against_any(
    tx: &mut Tx,
    sites: BTreeSet<SiteId>,
    now: Timestamp,
) -> Result<Option<Finding>> {
    let standing = freezes::from(tx, now).await?;
    Ok(sites.into_iter().find_map(|site| freeze::against(&standing, site, now)))
}

/// A state of a number of a site's, whose end waits where a freeze of the calendar makes it.
pub(crate) async fn settled(tx: &mut Tx, site: SiteId, state: State, now: Timestamp) -> Result<State> {
    let Some(end) = state.ends() else { return Ok(state) };
    // One that was over before `now` may still be the one that it had to wait for.
    let standing = freezes::from(tx, end.min(now)).await?;
    Ok(state.ending(freeze::expiry(&standing, site, "", end).0))
}

/// Whether what ends by itself at a site now waits, as was decided when the freeze was defined.
pub(crate) async fn holds_off(tx: &mut Tx, site: SiteId, now: Timestamp) -> Result<bool> {
    Ok(freeze::expiry(&freezes::from(tx, now).await?, site, "", now).0 > now)
}

/// The freeze in force at a site, for its page; `None`: nothing is frozen.
pub async fn at(services: &Services, op: &Operation, site: SiteId) -> Result<Option<Finding>> {
    authorise(&op.actor, Action::Read)?;
    against(&mut services.0.store.read().await?, site, op.now).await
}

/// Defines a freeze. Reservations and coolings that would end inside one that makes them wait are prolonged with it.
pub async fn define(services: &Services, op: &Operation, input: &FreezeInput, why: &str) -> Result<()> {
    match input.site.trim() {
        "" => authorise(&op.actor, Action::Freeze)?,
        code => authorise_at(&op.actor, Action::Freeze, code)?,
    };
    let why = reason::within(why, 200)?;
    let mut findings = Vec::new();
    let ends = freeze::ends(&input.from, &input.until, op.now).map_err(|wrong| findings.extend(wrong));
    let expiries = Expiries::parse(&input.expiries);
    if expiries.is_none() {
        findings.push(Finding::new(Code::StateInvalid, "expiries").detail("Allowed: wait, run."));
    }
    let (Ok((from, until)), Some(expiries)) = (ends, expiries) else {
        return Err(Problem::blocked(findings));
    };
    let mut act = Act::begin(services, op).await?;
    let site = match input.site.trim() {
        "" => None,
        code => {
            let found = site::by_code(&mut act.tx, code).await?;
            Some(found.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?)
        }
    };
    let id = FreezeId(services.0.env.id());
    let site_id = site.as_ref().map(|site| site.id);
    let new = Freeze { id, site: site_id, from, until, reason: why.to_owned(), expiries };
    freezes::insert(&mut act.tx, &new, &op.actor.name, op.now).await?;
    let of = site.map_or_else(|| "organisation".to_owned(), |site| site.code);
    act.note(Note {
        action: "freeze.define",
        subject: format!("freeze of {of}"),
        site: site_id,
        after: Some(format!("from {from} until {until}; what would end inside it {}", expiries.title())),
        reason: why.to_owned(),
        ..Note::default()
    });
    prolong(&mut act, &new).await?;
    act.commit().await
}

/// Decides about what would end inside a freeze, before it does.
async fn prolong(act: &mut Act<'_>, new: &Freeze) -> Result<()> {
    if new.expiries == Expiries::Run {
        return Ok(());
    }
    let now = act.now;
    let standing = freezes::from(&mut act.tx, now).await?;
    let ending = number::ending(&mut act.tx, new.from.max(now), new.until).await?;
    let ending: Vec<_> = ending.into_iter().filter(|record| new.concerns(record.site)).collect();
    if ending.len() > MOST {
        let detail = format!("{} numbers would have to wait; at most {MOST} can.", ending.len());
        return Err(Finding::new(Code::FormInvalid, "expiries").detail(detail).into());
    }
    for mut record in ending {
        let Some(end) = record.state.ends() else { continue };
        let (later, _) = freeze::expiry(&standing, record.site, "", end);
        if later > end {
            let before = record.state.describe();
            record.state = record.state.ending(later);
            prolonged(act, &record, before, &new.reason).await?;
        }
    }
    Ok(())
}

/// Records that a number's end waits for a freeze.
pub(crate) async fn prolonged(act: &mut Act<'_>, record: &Record, before: String, why: &str) -> Result<()> {
    number::save(&mut act.tx, record).await?;
    act.note(Note {
        action: "number.prolong",
        subject: record.number.to_string(),
        site: Some(record.site),
        before: Some(before),
        after: Some(record.state.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
    Ok(())
}

/// Lifts a freeze before its end. What was prolonged for it keeps its new end.
pub async fn lift(services: &Services, op: &Operation, id: &str, why: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Freeze)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let all = freezes::list(&mut act.tx).await?;
    let found = all
        .into_iter()
        .find(|row| row.freeze.id.to_string() == id)
        .ok_or_else(|| Problem::not_found("freeze"))?;
    claim.at_all(found.freeze.site)?;
    let lifted = freezes::Lifted { by: op.actor.name.clone(), at: op.now, reason: why.to_owned() };
    if !freezes::lift(&mut act.tx, found.freeze.id, &lifted).await? {
        let finding = Finding::new(Code::RequestState, "freeze").detail("It is over, or lifted already.");
        return Err(Problem::new(ProblemKind::Conflict, finding));
    }
    let of = if found.site.is_empty() { "organisation" } else { &found.site };
    act.note(Note {
        action: "freeze.lift",
        subject: format!("freeze of {of}"),
        site: found.freeze.site,
        before: Some(format!("until {}: {}", found.freeze.until, found.freeze.reason)),
        after: Some("lifted".to_owned()),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    services.0.firmware.wake.notify_one();
    Ok(())
}

/// Wakes what has waited for a freeze that ended in the last two minutes; every minute.
pub(crate) async fn thaw(services: &Services) -> Result<()> {
    let now = services.now();
    let since = now.plus(-2 * MINUTE);
    let ended = freezes::from(&mut services.0.store.read().await?, since).await?;
    if ended.iter().any(|freeze| freeze.until <= now) {
        services.0.firmware.wake.notify_one();
    }
    Ok(())
}
