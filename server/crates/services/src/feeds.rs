//! Feeds of the people directory: looked at, held when they would end too many accounts, applied.
//!
//! Applying is many short transactions, and writes what differs alone: interrupted, it is gone on with and nothing is
//! done twice.

mod apply;
mod limit;
pub mod view;

pub use apply::{apply, resume};
pub use limit::{approve_raise, drop_raise, set_limit};

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    existing, reason, users,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    feed::{Changes, Limit, State, compare},
    ids::{FeedId, UserId},
    package::{self, Existing, RowFinding, Upload},
};
use std::collections::BTreeSet;
use storage::{Tx, feed, feed::Feed, user};
use view::{FeedRow, FeedView, FeedsView};

/// What the file of a feed says, compared with who is known.
pub(crate) struct Looked {
    pub(crate) changes: Changes,
    pub(crate) findings: Vec<RowFinding>,
    /// Everybody whom it names: nobody else's lines are its business.
    pub(crate) named: BTreeSet<String>,
}

/// Compares a file with who is known.
async fn look(tx: &mut Tx, upload: Upload) -> Result<Looked> {
    let existing = existing::people(tx).await?;
    // Thousands of rows take a while: not on a thread that phones wait for.
    let looked = tokio::task::spawn_blocking(move || looked(upload, existing));
    looked.await.map_err(|_| Problem::invalid(Code::ImportEmpty, "file"))
}

fn looked(upload: Upload, existing: Existing) -> Looked {
    // The rows are read as those of a site package are, beside nobody: whoever is known is compared afterwards.
    let Existing { sites, people, .. } = existing;
    let (package, mut findings) = package::check(&[upload], &Existing { sites, ..Existing::default() });
    if package.created() > package.people.len() {
        let finding = Finding::new(Code::ImportHeader, "the feed").detail("A feed is a sheet of people.");
        findings.push(RowFinding { file: String::new(), row: 0, column: String::new(), finding });
    }
    let named = package.people.iter().map(|row| row.person.clone()).collect();
    Looked { changes: compare(package.people, &people), findings, named }
}

fn upload(feed: &Feed) -> Upload {
    Upload { name: feed.file.clone(), bytes: feed.body.clone().unwrap_or_default() }
}

async fn find(tx: &mut Tx, number: i64) -> Result<Feed> {
    feed::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("feed"))
}

/// A feed, what it would change now, and what it may. Nobody who writes waits for it; whoever saves compares
/// its state.
async fn now(services: &Services, number: i64) -> Result<(Feed, Looked, Limit)> {
    let mut tx = services.0.store.read().await?;
    let feed = find(&mut tx, number).await?;
    let looked = look(&mut tx, upload(&feed)).await?;
    Ok((feed, looked, feed::limit(&mut tx).await?))
}

/// The feeds, what one may end, and how old the last one is.
pub async fn list(services: &Services, op: &Operation) -> Result<FeedsView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(FeedsView {
        rows: feed::recent(&mut tx).await?.into_iter().map(FeedRow::from).collect(),
        limit: feed::limit(&mut tx).await?,
        raise: feed::raise(&mut tx).await?,
        last: feed::last(&mut tx).await?,
    })
}

/// One feed and, until it is over, what it would change now.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<FeedView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let feed = find(&mut tx, number).await?;
    let limit = feed::limit(&mut tx).await?;
    let looked = if feed.state.over() { None } else { Some(look(&mut tx, upload(&feed)).await?) };
    let (changes, findings) = looked.map(|l| (Some(l.changes), l.findings)).unwrap_or_default();
    Ok(FeedView {
        own: feed.staged_by.0 == op.actor.id,
        held: changes.as_ref().and_then(|c| limit.beyond(c.ending(), c.standing)),
        row: FeedRow::from(feed),
        changes,
        findings,
    })
}

/// Keeps a file of the directory and says what it would change. Returns the feed's number.
pub async fn stage(
    services: &Services,
    op: &Operation,
    upload: Upload,
    as_of: Option<Timestamp>,
) -> Result<i64> {
    authorise(&op.actor, Action::Numbers)?;
    let as_of = as_of.unwrap_or(op.now);
    if as_of > op.now {
        let says = "The directory said so in the past.";
        return Err(Finding::new(Code::FormInvalid, "as_of").detail(says).into());
    }
    if upload.bytes.is_empty() {
        return Err(Problem::invalid(Code::ImportEmpty, "file"));
    }
    if upload.bytes.len() > package::MAX_BYTES {
        return Err(Problem::invalid(Code::ImportTooLarge, "file"));
    }
    let looked = look(&mut services.0.store.read().await?, upload.clone()).await?;
    let ending = looked.changes.ending();
    let mut act = Act::begin(services, op).await?;
    let limit = feed::limit(&mut act.tx).await?;
    let feed = Feed {
        id: FeedId(services.0.env.id()),
        number: user::next_number(&mut act.tx, "feed").await?,
        file: upload.name.chars().filter(|c| !c.is_control()).take(100).collect(),
        body: Some(upload.bytes),
        as_of,
        staged_by: (op.actor.id, op.actor.name.clone()),
        staged_at: op.now,
        state: State::Staged.looked_at(&looked.changes, limit),
    };
    feed::insert(&mut act.tx, &feed, ending).await?;
    let after = format!("{}: {}", feed.state.word(), words(&looked.changes));
    note(&mut act, "feed.stage", feed.number, None, Some(after), "");
    act.commit().await?;
    Ok(feed.number)
}

/// `2 new, 3 changed of whom 1 ends, 40 as they are`.
pub(crate) fn words(changes: &Changes) -> String {
    let c = changes;
    format!(
        "{} new, {} changed of whom {} end, {} as they are, {} not named",
        c.hired.len(),
        c.changed.len(),
        c.ending(),
        c.unchanged,
        c.absent.len()
    )
}

/// Lets a held feed pass: somebody other than who brought it, with their password and a reason.
pub async fn release(
    services: &Services,
    op: &Operation,
    number: i64,
    password: &str,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::ReleaseFeed)?;
    let why = reason::within(why, 500)?;
    users::reauthenticate(services, op, password).await?;
    let (feed, looked, limit) = now(services, number).await?;
    let ending = looked.changes.ending();
    let mut act = Act::begin(services, op).await?;
    let state = feed.state.clone().looked_at(&looked.changes, limit);
    let by = (op.actor.id, op.actor.name.as_str());
    let after = state.release(feed.staged_by.0, by, op.now, why, ending)?;
    save(&mut act.tx, &feed, &after, ending, Some(op.actor.id)).await?;
    let said = Some(format!("may end {ending} accounts"));
    note(&mut act, "feed.release", number, Some(feed.state.word().to_owned()), said, why);
    act.commit().await
}

/// Throws a feed away.
pub async fn dismiss(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 500)?;
    let mut act = Act::begin(services, op).await?;
    let feed = find(&mut act.tx, number).await?;
    let after = feed.state.clone().dismiss(&op.actor.name, op.now, why)?;
    save(&mut act.tx, &feed, &after, 0, None).await?;
    note(&mut act, "feed.dismiss", number, Some(feed.state.word().to_owned()), None, why);
    act.commit().await
}

async fn save(tx: &mut Tx, before: &Feed, after: &State, ending: usize, by: Option<UserId>) -> Result<()> {
    if feed::save(tx, before, after, ending, by).await? {
        return Ok(());
    }
    Err(Problem::new(Kind::Conflict, Finding::new(Code::StorageConflict, "feed")))
}

fn note(
    act: &mut Act<'_>,
    action: &str,
    number: i64,
    before: Option<String>,
    after: Option<String>,
    why: &str,
) {
    act.note(Note {
        action,
        subject: format!("feed {number}"),
        before,
        after,
        reason: why.to_owned(),
        ..Note::default()
    });
}
