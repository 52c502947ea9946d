//! How many accounts one feed may end. Less is said by one person and holds at once; more waits for another one, because
//! whoever could raise it alone could let their own feed pass.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason, users,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    feed::{Limit, Raise},
};
use storage::feed;

fn read(accounts: &str, percent: &str) -> Result<Limit> {
    let wrong = |field: &str, says: &str| Finding::new(Code::FormInvalid, field).detail(says);
    let accounts = accounts.trim().parse().map_err(|_| wrong("accounts", "Write a number, such as 10."));
    let percent = percent.trim().parse().ok().filter(|percent| *percent <= 100);
    let percent = percent.ok_or_else(|| wrong("percent", "Write 0 to 100."));
    match (accounts, percent) {
        (Ok(accounts), Ok(percent)) => Ok(Limit { accounts, percent }),
        (accounts, percent) => {
            Err(Problem::blocked(accounts.err().into_iter().chain(percent.err()).collect()))
        }
    }
}

fn note(act: &mut Act<'_>, action: &str, before: Option<Limit>, after: Option<Limit>, why: &str) {
    act.note(Note {
        action,
        subject: "limit of feeds".to_owned(),
        before: before.map(Limit::describe),
        after: after.map(Limit::describe),
        reason: why.to_owned(),
        ..Note::default()
    });
}

/// Says how many accounts one feed may end; whether that holds at once. A higher limit waits for somebody else. What
/// waits is looked at again by the limit that holds.
pub async fn set_limit(
    services: &Services,
    op: &Operation,
    accounts: &str,
    percent: &str,
    why: &str,
) -> Result<bool> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let limit = read(accounts, percent)?;
    let mut act = Act::begin(services, op).await?;
    let before = feed::limit(&mut act.tx).await?;
    let holds = !limit.raises(before);
    if holds {
        feed::set_limit(&mut act.tx, limit).await?;
        note(&mut act, "feed.limit", Some(before), Some(limit), why);
    } else {
        if let Some(open) = feed::raise(&mut act.tx).await? {
            let detail = format!("{} asks for {} already.", open.name, open.limit.describe());
            return Err(Finding::new(Code::RequestState, "limit").detail(detail).into());
        }
        let (by, name) = (op.actor.id, op.actor.name.clone());
        let raise = Raise { limit, by, name, at: op.now, reason: why.to_owned() };
        feed::ask_raise(&mut act.tx, services.0.env.id(), &raise).await?;
        note(&mut act, "feed.limit_ask", Some(before), Some(limit), why);
    }
    act.commit().await?;
    Ok(holds)
}

async fn open(act: &mut Act<'_>) -> Result<Raise> {
    let detail = "No higher limit waits for an approval.";
    let open = feed::raise(&mut act.tx).await?;
    open.ok_or_else(|| Finding::new(Code::RequestState, "limit").detail(detail).into())
}

/// Lets a higher limit hold: somebody other than who asked, with their password, as the page showed it.
pub async fn approve_raise(
    services: &Services,
    op: &Operation,
    accounts: &str,
    percent: &str,
    password: &str,
) -> Result<()> {
    authorise(&op.actor, Action::ReleaseFeed)?;
    let seen = read(accounts, percent)?;
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let raise = open(&mut act).await?;
    let limit = raise.approve(op.actor.id, seen)?;
    let before = feed::limit(&mut act.tx).await?;
    let now = act.now;
    feed::end_raise(&mut act.tx, Some(op.actor.id), now).await?;
    feed::set_limit(&mut act.tx, limit).await?;
    note(&mut act, "feed.limit_approve", Some(before), Some(limit), &raise.reason);
    act.commit().await
}

/// Throws away what was asked for: whoever asked, or who might have approved it.
pub async fn drop_raise(services: &Services, op: &Operation, why: &str) -> Result<()> {
    authorise(&op.actor, Action::ReleaseFeed)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let raise = open(&mut act).await?;
    let now = act.now;
    feed::end_raise(&mut act.tx, None, now).await?;
    note(&mut act, "feed.limit_drop", Some(raise.limit), None, why);
    act.commit().await
}
