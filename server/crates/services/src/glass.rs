//! Break glass: an administrator applies for a short time what nobody approved. It is said on every page, to every
//! administrator, and somebody else reviews each request afterwards.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests::authority::{Instead, apply_by, ready},
    reason, users,
};
use domain::{
    Code, Finding,
    authority::Authority,
    authz::{Action, Role, authorise},
    ids::GlassId,
    time::MINUTE,
};
use serde_json::json;
pub use storage::authority::Glass;
use storage::{
    Tx,
    authority::{self, By},
    outbox, user,
};

/// For so many minutes, unless somebody says otherwise.
pub const MINUTES: u16 = 60;
/// Longer than this, an approver can be found.
const MOST_MINUTES: u16 = 240;
const NOTICE: &str = "notice.break_glass";

/// Breaks glass, with a reason, for some minutes; empty is an hour. `password` proves that it is them.
pub async fn open(
    services: &Services,
    op: &Operation,
    reason: &str,
    minutes: &str,
    password: &str,
) -> Result<i64> {
    authorise(&op.actor, Action::BreakGlass)?;
    let reason = reason::within(reason, 1000)?;
    let minutes = match minutes.trim() {
        "" => Some(MINUTES),
        text => text.parse().ok().filter(|m| (1..=MOST_MINUTES).contains(m)),
    };
    let Some(minutes) = minutes else {
        let detail = format!("From 1 to {MOST_MINUTES} minutes.");
        return Err(Finding::new(Code::FormInvalid, "minutes").detail(detail).into());
    };
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let glass = Glass {
        id: GlassId(services.0.env.id()),
        number: user::next_number(&mut act.tx, "break_glass").await?,
        user: op.actor.id,
        name: op.actor.name.clone(),
        reason: reason.to_owned(),
        at: op.now,
        until: op.now.plus(i64::from(minutes) * MINUTE),
        closed: None,
    };
    authority::break_glass(&mut act.tx, &glass).await?;
    let subject = format!("BG-{}", glass.number);
    act.note(Note {
        action: "break_glass.open",
        subject: subject.clone(),
        after: Some(format!("until {}", glass.until)),
        reason: reason.to_owned(),
        ..Note::default()
    });
    for person in user::list(&mut act.tx).await?.into_iter().map(|u| u.actor) {
        if person.roles.contains(&Role::Administrator) && person.id != op.actor.id {
            act.note(Note {
                action: "break_glass.notify",
                subject: person.name,
                after: Some(format!("{subject} of {} until {}", op.actor.name, glass.until)),
                reason: reason.to_owned(),
                ..Note::default()
            });
        }
    }
    act.effect(NOTICE, &json!({ "glass": glass.number, "until": glass.until.to_string() })).await?;
    act.commit().await?;
    Ok(glass.number)
}

/// Puts one's own glass back before its time.
pub async fn close(services: &Services, op: &Operation) -> Result<()> {
    authorise(&op.actor, Action::BreakGlass)?;
    let mut act = Act::begin(services, op).await?;
    let own = own(&mut act, op).await?;
    authority::close_glass(&mut act.tx, op.actor.id, op.now).await?;
    act.note(Note {
        action: "break_glass.close",
        subject: format!("BG-{}", own.number),
        before: Some(format!("until {}", own.until)),
        ..Note::default()
    });
    act.commit().await
}

async fn own(act: &mut Act<'_>, op: &Operation) -> Result<Glass> {
    let broken = authority::broken(&mut act.tx, op.now).await?;
    let own = broken.into_iter().find(|glass| glass.user == op.actor.id);
    own.ok_or_else(|| Finding::new(Code::GlassClosed, "break glass").into())
}

/// Applies a submitted request that nobody approved. What it makes up for, `Authority::lifts` says.
pub async fn apply(services: &Services, op: &Operation, number: i64) -> Result<()> {
    authorise(&op.actor, Action::BreakGlass)?;
    let mut act = Act::begin(services, op).await?;
    let glass = own(&mut act, op).await?;
    let ready = Box::pin(ready(&mut act.tx, number, op.now)).await?;
    let authority = Authority::BreakGlass { id: glass.id, glass: glass.number, lifted: vec![] };
    let instead = Instead { authority, by: By::Glass(glass.id), said: &glass.reason, counted: false };
    Box::pin(apply_by(act, services, op, ready, instead)).await
}

/// What somebody may do by the glass that they have broken, if they have.
pub(crate) async fn broken_by(tx: &mut Tx, op: &Operation) -> Result<Option<Authority>> {
    let broken = authority::broken(tx, op.now).await?;
    let own = broken.into_iter().find(|glass| glass.user == op.actor.id);
    Ok(own.map(|glass| Authority::BreakGlass { id: glass.id, glass: glass.number, lifted: vec![] }))
}

/// Glass that is broken now, for every page.
pub async fn broken(services: &Services) -> Result<Vec<Glass>> {
    let now = services.now();
    let mut tx = services.0.store.read().await?;
    Ok(authority::broken(&mut tx, now).await?)
}

/// The last fifty times, newest first.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<Glass>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(authority::glasses(&mut tx).await?)
}

/// Tells whoever watches the log. Without a name: it is in the record.
pub(crate) async fn tell(services: &Services) -> Result<()> {
    let notices = outbox::notices(&mut services.0.store.read().await?).await?;
    for notice in notices {
        tracing::warn!(kind = notice.kind, notice = notice.payload, "glass was broken");
        let mut tx = services.0.store.write().await?;
        outbox::done(&mut tx, notice.outbox_id, services.now()).await?;
        tx.commit().await.map_err(Problem::from)?;
    }
    Ok(())
}
