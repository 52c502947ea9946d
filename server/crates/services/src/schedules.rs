//! Schedules: when somebody is there, as a list, on a page, and as people change it.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, reason, routes,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    change_request::Route,
    ids::ScheduleId,
    schedule::{Interval, Schedule, Status},
    slug::Slug,
    time::DAY,
};
use std::collections::BTreeMap;
use storage::{
    Tx,
    schedule::{self, Stored},
    site,
};

/// A schedule as it was typed.
#[derive(Clone, Debug, Default)]
pub struct ScheduleInput {
    /// Code of the site; when one is altered, it stays.
    pub site: String,
    /// Short name; when one is altered, it stays.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// `mon-fri 09:00-17:00`.
    pub hours: String,
    /// `2026-12-25 Christmas Day`.
    pub holidays: String,
}

/// A schedule in the list or on its page.
#[derive(Clone, Debug)]
pub struct ScheduleView {
    /// The schedule.
    pub stored: Stored,
    /// Code of its site.
    pub site: String,
    /// How it stands now.
    pub status: Status,
    /// When it is open in the next week.
    pub week: Vec<Interval>,
    /// Groups that keep it; on its page alone.
    pub groups: Vec<String>,
    /// Extensions that keep it; on its page alone.
    pub extensions: Vec<String>,
}

async fn sites(tx: &mut Tx) -> Result<BTreeMap<domain::ids::SiteId, String>> {
    Ok(site::list(tx).await?.into_iter().map(|site| (site.id, site.code)).collect())
}

fn row(stored: Stored, sites: &BTreeMap<domain::ids::SiteId, String>, now: Timestamp) -> ScheduleView {
    ScheduleView {
        site: sites.get(&stored.site).cloned().unwrap_or_default(),
        status: stored.schedule.status(now),
        week: week(&stored.schedule, now),
        groups: Vec::new(),
        extensions: Vec::new(),
        stored,
    }
}

/// Whole openings, not what is left of them.
fn week(schedule: &Schedule, now: Timestamp) -> Vec<Interval> {
    let around = schedule.openings(now.plus(-DAY), now.plus(8 * DAY)).into_iter();
    around.filter(|open| open.to > now && open.from < now.plus(7 * DAY)).collect()
}

/// Every schedule. Two queries.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<ScheduleView>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let sites = sites(&mut tx).await?;
    Ok(schedule::list(&mut tx).await?.into_iter().map(|stored| row(stored, &sites, op.now)).collect())
}

/// One schedule's page.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<ScheduleView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let stored = find(&mut tx, code).await?;
    let (groups, extensions) = schedule::kept_by(&mut tx, stored.id).await?;
    let sites = sites(&mut tx).await?;
    Ok(ScheduleView { groups, extensions, ..row(stored, &sites, op.now) })
}

async fn find(tx: &mut Tx, code: &str) -> Result<Stored> {
    schedule::by_code(tx, code.trim()).await?.ok_or_else(|| Problem::not_found("schedule"))
}

/// What was typed, or everything that is wrong with it.
fn read(input: &ScheduleInput, now: Timestamp) -> Result<(String, Schedule)> {
    let mut findings = Vec::new();
    let name = input.name.trim();
    if name.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "name"));
    } else if name.chars().count() > 100 || name.chars().any(char::is_control) {
        findings.push(Finding::new(Code::FieldTooLong, "name"));
    }
    match Schedule::parse(&input.time_zone, &input.hours, &input.holidays, now) {
        Ok(schedule) if findings.is_empty() => Ok((name.to_owned(), schedule)),
        Ok(_) => Err(Problem::blocked(findings)),
        Err(wrong) => Err(Problem::blocked(findings.into_iter().chain(wrong).collect())),
    }
}

/// Defines a schedule.
pub async fn define(services: &Services, op: &Operation, input: &ScheduleInput, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let code = Slug::parse(&input.code).ok_or_else(|| {
        let says = "Write 2 to 24 lower-case letters, digits or hyphens, beginning with a letter.";
        Problem::from(Finding::new(Code::FormInvalid, "code").detail(says))
    })?;
    let (name, schedule) = read(input, op.now)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, input.site.trim()).await?;
    let site = site.ok_or_else(|| {
        let detail = format!("It is `{}`.", input.site.trim());
        Problem::from(Finding::new(Code::SiteUnknown, "site").detail(detail))
    })?;
    if schedule::by_code(&mut act.tx, code.as_ref()).await?.is_some() {
        return Err(Finding::new(Code::RowConflict, "code")
            .detail(format!("There is a schedule `{code}`."))
            .into());
    }
    let stored = Stored {
        id: ScheduleId(services.0.env.id()),
        site: site.id,
        code,
        name,
        schedule,
        changed_at: op.now,
        changed_by: op.actor.name.clone(),
    };
    schedule::insert(&mut act.tx, &stored).await?;
    note(&mut act, "schedule.define", None, Some(&stored), why);
    act.commit().await
}

/// Changes a schedule. What somebody keeps decides who rings: other hours of it are asked for, and the number of the draft
/// returned. Of what nobody keeps, and of its name, whoever keeps the numbers says so at once.
pub async fn alter(
    services: &Services,
    op: &Operation,
    code: &str,
    input: &ScheduleInput,
    why: &str,
) -> Result<Option<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let (name, schedule) = read(input, op.now)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    if before.name == name && before.schedule == schedule {
        return Ok(None);
    }
    // Whoever begins to keep it meanwhile does so by a request of their own, one after the other.
    act.tx.lock_fence().await?;
    let (groups, extensions) = schedule::kept_by(&mut act.tx, before.id).await?;
    if before.schedule == schedule || (groups.is_empty() && extensions.is_empty()) {
        put(&mut act, &before.code, name, schedule, &op.actor.name, why).await?;
        act.commit().await?;
        return Ok(None);
    }
    let site = site::by_id(&mut act.tx, before.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
    let route = Route::Schedule { site, code: before.code, name, schedule: Box::new(schedule) };
    let number = change_requests::reroute(&mut act, services, op, vec![route], why).await?;
    act.commit().await?;
    Ok(Some(number))
}

/// Gives a schedule other hours or another name, in an act: `by` says so.
pub(crate) async fn put(
    act: &mut Act<'_>,
    code: &Slug,
    name: String,
    schedule: Schedule,
    by: &str,
    why: &str,
) -> Result<()> {
    let before = find(&mut act.tx, code.as_ref()).await?;
    let after = Stored { name, schedule, changed_at: act.now, changed_by: by.to_owned(), ..before.clone() };
    schedule::update(&mut act.tx, &after).await?;
    note(act, "schedule.alter", Some(&before), Some(&after), why);
    Ok(())
}

/// Removes a schedule that nobody keeps.
pub async fn remove(services: &Services, op: &Operation, code: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    let (groups, extensions) = schedule::kept_by(&mut act.tx, before.id).await?;
    let kept = groups.iter().map(|code| format!("group {code}"));
    let kept = kept.chain(extensions.iter().map(|number| format!("extension {number}")));
    let in_use = |by: String| Finding::new(Code::RouteInUse, "schedule").detail(format!("By {by}."));
    routes::refuse(kept.map(in_use).collect())?;
    schedule::remove(&mut act.tx, before.id).await?;
    note(&mut act, "schedule.remove", Some(&before), None, why);
    act.commit().await
}

fn words(stored: &Stored) -> String {
    stored.schedule.describe(&stored.name)
}

fn note(act: &mut Act<'_>, action: &str, before: Option<&Stored>, after: Option<&Stored>, why: &str) {
    let Some(of) = after.or(before) else { return };
    act.note(Note {
        action,
        subject: format!("schedule {}", of.code),
        site: Some(of.site),
        before: before.map(words),
        after: after.map(words),
        reason: why.to_owned(),
        ..Note::default()
    });
}
