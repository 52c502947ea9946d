//! The plan of the day on which a site moves over: its steps, go or no-go, and how it goes.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::{self, OpeningView, named, site_of},
    reason, users,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise_at},
    site::{
        Site,
        cutover::{Cutover, Decision, MOST, Pace, Timed},
        stage::Stage,
    },
};
use storage::{Tx, site_opening};

pub use domain::site::cutover::Typed as TimedInput;

/// A timed step in one line, for the record.
pub(crate) fn described(step: &Timed) -> String {
    let pace = match step.pace {
        Pace::Waiting => "waiting".to_owned(),
        Pace::Running { since } => format!("running since {since}"),
        Pace::Ended { began, ended } => format!("from {began} until {ended}"),
    };
    let point = if step.back_out { "; back-out point" } else { "" };
    let owner = if step.owner.is_empty() { "nobody" } else { &step.owner };
    format!("{} by {owner}, planned {} for {} min{point}; {pace}", step.title, step.planned, step.minutes)
}

pub(crate) async fn find(tx: &mut Tx, code: &str, now: Timestamp) -> Result<OpeningView> {
    let site = site_of(tx, code).await?;
    openings::load(tx, site, now).await
}

/// A plan is changed before the cutover; what was decided about it is taken back with that.
pub(crate) async fn changes(act: &mut Act<'_>, view: &mut OpeningView) -> Result<()> {
    if view.opening.stage >= Stage::Cutover {
        let detail = format!("The site is in {}; its plan stands.", view.opening.stage.title());
        return Err(Finding::new(Code::RequestState, "cutover").detail(detail).into());
    }
    if let Some(decision) = view.opening.decision.take() {
        site_opening::save(&mut act.tx, view.site.id, &view.opening).await?;
        let before = decided(&decision);
        openings::note(act, &view.site, "cutover.decide", &before, "undecided", "The plan was changed.");
    }
    Ok(())
}

fn decided(decision: &Decision) -> String {
    format!("{} by {}", if decision.go { "go" } else { "no-go" }, decision.by)
}

/// Adds a step to the plan, or changes one.
pub async fn put(services: &Services, op: &Operation, code: &str, input: &TimedInput) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let (title, owner, planned, minutes) = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let mut view = find(&mut act.tx, code, op.now).await?;
    changes(&mut act, &mut view).await?;
    let steps = &view.facts.cutover.steps;
    let before = match input.number.trim() {
        "" => None,
        text => {
            let found = steps.iter().find(|step| step.number.to_string() == text);
            Some(found.ok_or_else(|| Problem::not_found("step"))?.clone())
        }
    };
    if before.is_none() && steps.len() >= MOST {
        let detail = format!("A plan has at most {MOST} steps.");
        return Err(Finding::new(Code::FormInvalid, "title").detail(detail).into());
    }
    let next = steps.iter().map(|step| step.number).max().unwrap_or(0) + 1;
    let number = before.as_ref().map_or(next, |step| step.number);
    let back_out = input.back_out;
    let step = Timed { number, title, owner, planned, minutes, back_out, pace: Pace::Waiting };
    site_opening::save_timed(&mut act.tx, view.site.id, &step).await?;
    note(&mut act, &view.site, "cutover.plan", before.as_ref(), Some(&step));
    act.commit().await
}

/// Takes a step out of the plan.
pub async fn remove(services: &Services, op: &Operation, code: &str, number: i64) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut act = Act::begin(services, op).await?;
    let mut view = find(&mut act.tx, code, op.now).await?;
    changes(&mut act, &mut view).await?;
    let step = view.facts.cutover.steps.iter().find(|step| step.number == number);
    let step = step.ok_or_else(|| Problem::not_found("step"))?;
    site_opening::remove_timed(&mut act.tx, view.site.id, number).await?;
    note(&mut act, &view.site, "cutover.plan", Some(step), None);
    act.commit().await
}

/// Says which approver can be reached during the cutover.
pub async fn on_call(services: &Services, op: &Operation, code: &str, name: &str) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut act = Act::begin(services, op).await?;
    let mut view = find(&mut act.tx, code, op.now).await?;
    changes(&mut act, &mut view).await?;
    let (approver, approves) = named(&mut act.tx, name, "on_call", view.site.id).await?;
    if !approves {
        let detail = format!("{} approves nothing.", approver.name);
        return Err(Finding::new(Code::FormInvalid, "on_call").detail(detail).into());
    }
    let before = view.opening.on_call.replace(approver.clone());
    site_opening::save(&mut act.tx, view.site.id, &view.opening).await?;
    let before = before.map_or_else(|| "nobody".to_owned(), |named| named.name);
    openings::note(&mut act, &view.site, "cutover.on_call", &before, &approver.name, "");
    act.commit().await
}

/// Says go or no-go about the plan as it is, with a reason. `password` proves that it is them.
pub async fn decide(
    services: &Services,
    op: &Operation,
    code: &str,
    go: bool,
    why: &str,
    password: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let why = reason::within(why, 200)?;
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let mut view = find(&mut act.tx, code, op.now).await?;
    let stage = view.opening.stage;
    if stage >= Stage::Hypercare {
        let detail = format!("The site is in {}; that is decided.", stage.title());
        return Err(Finding::new(Code::RequestState, "cutover").detail(detail).into());
    }
    let lacks = view.facts.cutover.lacks();
    if go && !lacks.is_empty() {
        return Err(Problem::blocked(lacks));
    }
    let decision = Decision { go, by: op.actor.name.clone(), at: op.now, reason: why.to_owned() };
    let after = decided(&decision);
    let before = view.opening.decision.replace(decision);
    site_opening::save(&mut act.tx, view.site.id, &view.opening).await?;
    let before = before.as_ref().map_or_else(|| "undecided".to_owned(), decided);
    openings::note(&mut act, &view.site, "cutover.decide", &before, &after, why);
    act.commit().await
}

/// A step begins now.
pub async fn begin(services: &Services, op: &Operation, code: &str, number: i64) -> Result<()> {
    pace(services, op, code, number, Cutover::begin).await
}

/// A step ends now.
pub async fn end(services: &Services, op: &Operation, code: &str, number: i64) -> Result<()> {
    pace(services, op, code, number, Cutover::end).await
}

async fn pace(
    services: &Services,
    op: &Operation,
    code: &str,
    number: i64,
    turn: impl FnOnce(&Cutover, i64, Timestamp) -> std::result::Result<Timed, Finding>,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut act = Act::begin(services, op).await?;
    let view = find(&mut act.tx, code, op.now).await?;
    if view.opening.stage != Stage::Cutover {
        let detail = format!("The site is {}; steps are done in its cutover.", view.opening.stage.title());
        return Err(Finding::new(Code::RequestState, "cutover").detail(detail).into());
    }
    let cutover = &view.facts.cutover;
    let after = turn(cutover, number, op.now)?;
    let before = cutover.steps.iter().find(|step| step.number == number);
    site_opening::save_timed(&mut act.tx, view.site.id, &after).await?;
    note(&mut act, &view.site, "cutover.step", before, Some(&after));
    act.commit().await
}

pub(crate) fn note(
    act: &mut Act<'_>,
    site: &Site,
    action: &str,
    before: Option<&Timed>,
    after: Option<&Timed>,
) {
    let number = after.or(before).map_or(0, |step| step.number);
    act.note(Note {
        action,
        subject: format!("{} step {number}", site.code),
        site: Some(site.id),
        before: before.map(described),
        after: after.map(described),
        ..Note::default()
    });
}
