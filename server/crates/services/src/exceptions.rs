//! Exceptions: cases are opened by what happens or by whoever reports it, taken or assigned, moved on step by step, and
//! closed with what was found. What each kind is stands in `domain::exception`.

mod measure;
mod report;
mod sweep;

pub use measure::{handling, set_baseline};
pub use report::{Attached, ReportInput, attached, report};
pub(crate) use sweep::sweep;

use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason, replacements,
    view::{ExceptionFilter, PAGE, Page, cut},
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, Actor, Permit, authorise, somewhere},
    exception::{Closed, Kind},
    ids::{ExceptionId, SiteId, UserId},
};
pub use storage::exception::{Counts, Listed, Opening, Said};
use storage::{Tx, exception, user};

/// Characters that may be written at a step of a case.
const WRITTEN: usize = 2000;

/// Opens a case, or adds to the one that is open for the same subject and kind; its number.
pub(crate) async fn open(services: &Services, act: &mut Act<'_>, opening: &Opening) -> Result<i64> {
    if exception::repeat(&mut act.tx, opening, act.now).await? {
        let joined = exception::of_subject(&mut act.tx, opening.kind, &opening.subject).await?;
        return Ok(joined.map_or(0, |listed| listed.exception.number));
    }
    begin(services, act, opening).await
}

/// Opens a case of its own; the database refuses a second one.
pub(crate) async fn begin(services: &Services, act: &mut Act<'_>, opening: &Opening) -> Result<i64> {
    begin_as(act, ExceptionId(services.0.env.id()), opening).await
}

/// The same under this id.
pub(crate) async fn begin_as(act: &mut Act<'_>, id: ExceptionId, opening: &Opening) -> Result<i64> {
    let number = user::next_number(&mut act.tx, "exception").await?;
    exception::insert(&mut act.tx, id, number, opening, act.now).await?;
    act.note(Note {
        action: "exception.open",
        subject: format!("EX-{number}"),
        site: opening.site,
        device: opening.device,
        after: Some(format!("{}, {}", opening.kind.title(), opening.weight.word())),
        reason: opening.detail.clone(),
        ..Note::default()
    });
    Ok(number)
}

/// Closes what is open of a kind for a subject, in an act that ends the matter.
pub(crate) async fn settle(
    services: &Services,
    act: &mut Act<'_>,
    kind: Kind,
    subject: &str,
    resolution: &str,
) -> Result<()> {
    if let Some(listed) = exception::of_subject(&mut act.tx, kind, subject).await? {
        end(services, act, &listed, resolution).await?;
    }
    Ok(())
}

/// Ends a case in an act.
pub(crate) async fn end(
    services: &Services,
    act: &mut Act<'_>,
    listed: &Listed,
    resolution: &str,
) -> Result<()> {
    let number = listed.exception.number;
    let closed = Closed { at: act.now, by: act.by(), resolution: resolution.to_owned() };
    if !exception::close(&mut act.tx, number, &closed).await? {
        return Err(state_changed(number));
    }
    say(services, act, listed, &format!("Closed: {resolution}"), None).await?;
    let (before, after) = (Some("open".to_owned()), Some("closed".to_owned()));
    note(act, listed, "exception.close", before, after, resolution);
    Ok(())
}

/// Adds to the log of a case.
pub(crate) async fn say(
    services: &Services,
    act: &mut Act<'_>,
    listed: &Listed,
    body: &str,
    attachment: Option<String>,
) -> Result<()> {
    let said = Said {
        at: act.now,
        by: act.by(),
        state: listed.exception.state.clone(),
        body: body.to_owned(),
        attachment,
    };
    Ok(exception::say(&mut act.tx, services.0.env.id(), listed.exception.number, &said).await?)
}

pub(crate) fn note(
    act: &mut Act<'_>,
    listed: &Listed,
    action: &str,
    before: Option<String>,
    after: Option<String>,
    reason: &str,
) {
    act.note(Note {
        action,
        subject: format!("EX-{}", listed.exception.number),
        site: listed.exception.site,
        device: listed.exception.device,
        before,
        after,
        reason: reason.to_owned(),
    });
}

fn state_changed(number: i64) -> Problem {
    let finding = Finding::new(Code::RequestState, format!("EX-{number}"))
        .detail("The case is closed, or somebody else has moved it on.");
    Problem::new(ProblemKind::Conflict, finding)
}

/// A page of cases, newest first. One query.
pub async fn list(services: &Services, op: &Operation, filter: &ExceptionFilter) -> Result<Page<Listed>> {
    authorise(&op.actor, Action::Read)?;
    let before = filter.after.parse().unwrap_or(i64::MAX);
    let mut tx = services.0.store.read().await?;
    let mut rows =
        exception::rows(&mut tx, before, filter.site.trim(), filter.kind.trim(), filter.closed).await?;
    let next = cut(&mut rows, PAGE, |r| r.exception.number.to_string());
    Ok(Page { rows, next })
}

/// The queue of each kind in figures; `before` counts what is overdue. One query for each kind.
pub async fn queues(services: &Services, op: &Operation) -> Result<Vec<(Kind, Counts)>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut queues = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        let allowed = kind.due(Timestamp(0)).0;
        queues.push((kind, exception::counts(&mut tx, kind, op.now.plus(-allowed)).await?));
    }
    Ok(queues)
}

/// A case's page.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case.
    pub listed: Listed,
    /// What was found and done, in order.
    pub log: Vec<Said>,
    /// Who may be given it.
    pub people: Vec<(UserId, String)>,
    /// The order, if it is a replacement.
    pub replacement: Option<replacements::ReplacementView>,
}

/// One case.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<CaseView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut listed = find(&mut tx, number).await?;
    let log = exception::log(&mut tx, number).await?;
    let works = listed.exception.kind.works();
    let able = user::list(&mut tx).await?.into_iter();
    let able = able.filter(|u| here(&u.actor, works, listed.exception.site).is_ok());
    let people = able.map(|u| (u.actor.id, u.actor.name)).collect();
    let replacement = match listed.exception.kind {
        Kind::Replacement => replacements::view_of(services, &mut tx, number).await?,
        _ => None,
    };
    if let Some(replacement) = replacement.as_ref().filter(|_| listed.exception.closed.is_none()) {
        // Requests are approved elsewhere: the step is what it is now.
        replacement.step.clone_into(&mut listed.exception.state);
    }
    Ok(CaseView { listed, log, people, replacement })
}

pub(crate) async fn find(tx: &mut Tx, number: i64) -> Result<Listed> {
    exception::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("exception"))
}

/// Begins an act on a case by somebody who may work on it.
async fn worked<'a>(services: &'a Services, op: &Operation, number: i64) -> Result<(Act<'a>, Listed)> {
    somewhere(&op.actor, Action::Cases)?.wherever();
    let mut act = Act::begin(services, op).await?;
    let listed = find(&mut act.tx, number).await?;
    here(&op.actor, listed.exception.kind.works(), listed.exception.site)?;
    Ok((act, listed))
}

/// Whether somebody may do this to a case. One that belongs to no site yet is everybody's who may do it somewhere.
pub(crate) fn here(
    actor: &Actor,
    action: Action,
    site: Option<SiteId>,
) -> std::result::Result<Permit<'_>, Finding> {
    let claim = somewhere(actor, action)?;
    site.map_or_else(|| Ok(claim.wherever()), |site| claim.at(site))
}

/// The actor takes care of a case.
pub async fn take(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let (act, listed) = worked(services, op, number).await?;
    give(act, listed, op.actor.id, &op.actor.name).await
}

/// Somebody else is to take care of a case, who may.
pub async fn assign(services: &Services, op: &Operation, number: i64, to: &str) -> Result<()> {
    let (mut act, listed) = worked(services, op, number).await?;
    let id: UserId = to.trim().parse().map_err(|_| Problem::invalid(Code::FormInvalid, "to"))?;
    let whom =
        user::by_id(&mut act.tx, id).await?.ok_or_else(|| Problem::invalid(Code::FormInvalid, "to"))?;
    here(&whom.actor, listed.exception.kind.works(), listed.exception.site)?;
    give(act, listed, id, &whom.actor.name).await
}

async fn give(mut act: Act<'_>, listed: Listed, to: UserId, name: &str) -> Result<()> {
    let (number, now) = (listed.exception.number, act.now);
    if !exception::take(&mut act.tx, number, to, now).await? {
        return Err(state_changed(number));
    }
    let before = listed.exception.owner.clone();
    note(&mut act, &listed, "exception.take", before, Some(name.to_owned()), "");
    act.commit().await
}

/// What somebody writes at a step: some lines, not too many.
fn written<'a>(text: &'a str, field: &str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, field));
    }
    if text.chars().count() > WRITTEN || text.chars().any(|c| c.is_control() && !"\r\n\t".contains(c)) {
        let detail = format!("At most {WRITTEN} characters here.");
        return Err(Finding::new(Code::FieldTooLong, field).detail(detail).into());
    }
    Ok(text)
}

/// Moves a case on from the step that the page showed, with what was found there.
pub async fn advance(
    services: &Services,
    op: &Operation,
    number: i64,
    seen: &str,
    found: &str,
) -> Result<()> {
    let (mut act, listed) = worked(services, op, number).await?;
    let found = written(found, "found")?;
    let case = &listed.exception;
    if case.state != seen.trim() || case.closed.is_some() {
        return Err(state_changed(number));
    }
    let next = case.kind.after(&case.state).filter(|_| case.kind.definition().by_writing);
    let Some(next) = next else {
        let detail = "What ends this step moves it on by itself.";
        return Err(Finding::new(Code::RequestState, format!("EX-{number}")).detail(detail).into());
    };
    if !exception::set_state(&mut act.tx, number, &case.state, next.state).await? {
        return Err(state_changed(number));
    }
    say(services, &mut act, &listed, found, None).await?;
    let (before, after) = (Some(case.state.clone()), Some(next.state.to_owned()));
    note(&mut act, &listed, "exception.advance", before, after, found);
    act.commit().await
}

/// Closes a case with what was found. What is closed by something else says by what.
pub async fn close(services: &Services, op: &Operation, number: i64, resolution: &str) -> Result<()> {
    let (mut act, listed) = worked(services, op, number).await?;
    reason::given(resolution).map_err(|_| Problem::invalid(Code::FieldMissing, "resolution"))?;
    let resolution = written(resolution, "resolution")?;
    if !listed.exception.kind.definition().by_hand {
        let until = listed.exception.step().until;
        let finding = Finding::new(Code::RequestState, format!("EX-{number}"))
            .detail(format!("It closes by itself when its last step has ended. Now: {until}"));
        return Err(finding.into());
    }
    end(services, &mut act, &listed, resolution).await?;
    act.commit().await
}
