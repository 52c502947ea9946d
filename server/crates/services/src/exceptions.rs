//! Exceptions: cases are opened by what happens, taken by somebody, and closed with what was found.

use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::{Act, Note},
    view::{ExceptionFilter, PAGE, Page, cut},
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    exception::{Closed, Kind},
    ids::{DeviceId, ExceptionId},
};
pub use storage::exception::{Listed, Opening};
use storage::{Tx, exception, user};

/// Opens a case, or adds to the one that is open for the same device and kind.
pub(crate) async fn open(services: &Services, act: &mut Act<'_>, opening: &Opening) -> Result<()> {
    if exception::repeat(&mut act.tx, opening, act.now).await? {
        return Ok(());
    }
    let number = user::next_number(&mut act.tx, "exception").await?;
    let id = ExceptionId(services.0.env.id());
    exception::insert(&mut act.tx, id, number, opening, act.now).await?;
    act.note(Note {
        action: "exception.open",
        subject: format!("EX-{number}"),
        site: Some(opening.site),
        device: Some(opening.device),
        after: Some(format!("{}, {}", opening.kind.title(), opening.weight.word())),
        reason: opening.detail.clone(),
        ..Note::default()
    });
    Ok(())
}

/// Closes what is open of a kind for a device, in an act that ends the matter.
pub(crate) async fn settle(
    act: &mut Act<'_>,
    device: DeviceId,
    kind: Kind,
    by: &str,
    resolution: &str,
) -> Result<()> {
    for listed in exception::of_device(&mut act.tx, device).await? {
        if listed.exception.kind == kind {
            end(act, &listed, by, resolution).await?;
        }
    }
    Ok(())
}

async fn end(act: &mut Act<'_>, listed: &Listed, by: &str, resolution: &str) -> Result<()> {
    let number = listed.exception.number;
    let closed = Closed { at: act.now, by: by.to_owned(), resolution: resolution.to_owned() };
    if !exception::close(&mut act.tx, number, &closed).await? {
        return Err(state_changed(number));
    }
    act.note(Note {
        action: "exception.close",
        subject: format!("EX-{number}"),
        site: Some(listed.exception.site),
        device: Some(listed.exception.device),
        before: Some("open".to_owned()),
        after: Some("closed".to_owned()),
        reason: resolution.to_owned(),
    });
    Ok(())
}

fn state_changed(number: i64) -> Problem {
    let finding = Finding::new(Code::RequestState, format!("EX-{number}")).detail("The case is closed.");
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

/// One case.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<Listed> {
    authorise(&op.actor, Action::Read)?;
    find(&mut services.0.store.read().await?, number).await
}

async fn find(tx: &mut Tx, number: i64) -> Result<Listed> {
    exception::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("exception"))
}

/// The actor takes care of a case.
pub async fn take(services: &Services, op: &Operation, number: i64) -> Result<()> {
    authorise(&op.actor, Action::Quarantine)?;
    let mut act = Act::begin(services, op).await?;
    let listed = find(&mut act.tx, number).await?;
    if !exception::take(&mut act.tx, number, op.actor.id).await? {
        return Err(state_changed(number));
    }
    act.note(Note {
        action: "exception.take",
        subject: format!("EX-{number}"),
        site: Some(listed.exception.site),
        device: Some(listed.exception.device),
        before: listed.exception.owner,
        after: Some(op.actor.name.clone()),
        ..Note::default()
    });
    act.commit().await
}

/// Closes a case with what was found. A mismatch is closed by releasing its device.
pub async fn close(services: &Services, op: &Operation, number: i64, resolution: &str) -> Result<()> {
    authorise(&op.actor, Action::Quarantine)?;
    let resolution = resolution.trim();
    if resolution.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "resolution"));
    }
    let mut act = Act::begin(services, op).await?;
    let listed = find(&mut act.tx, number).await?;
    if listed.exception.kind == Kind::Mismatch {
        let finding = Finding::new(Code::RequestState, format!("EX-{number}"))
            .detail("Releasing the device from quarantine closes it.");
        return Err(finding.into());
    }
    end(&mut act, &listed, &op.actor.name, resolution).await?;
    act.commit().await
}
