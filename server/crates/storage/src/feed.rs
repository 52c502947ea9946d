//! Feeds of the people directory.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    feed::{Limit, Raise, State},
    ids::{FeedId, UserId},
};
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO feed (feed_id, number, file, body, as_of, ending, staged_by_id, staged_at, state_word, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    BY_NUMBER = "SELECT f.feed_id, f.number, f.file, f.body, f.as_of, f.staged_by_id, u.name AS staged_by, f.staged_at, f.state FROM feed f JOIN user_account u ON u.user_id = f.staged_by_id WHERE f.number = $1";
    RECENT = "SELECT f.feed_id, f.number, f.file, NULL AS body, f.as_of, f.staged_by_id, u.name AS staged_by, f.staged_at, f.state FROM feed f JOIN user_account u ON u.user_id = f.staged_by_id ORDER BY f.number DESC LIMIT 50";
    LAST = "SELECT number, as_of FROM feed WHERE state_word = 'applied' ORDER BY as_of DESC, number DESC LIMIT 1";
    INTERRUPTED = "SELECT number FROM feed WHERE state_word = 'applying' ORDER BY number";
    SAVE = "UPDATE feed SET state_word = $3, state = $4, ending = $5, body = CASE WHEN $6 THEN NULL ELSE body END, released_by_id = coalesce($7, released_by_id) WHERE feed_id = $1 AND state = $2";
    LIMIT = "SELECT accounts, percent FROM feed_limit WHERE single = 1";
    RAISE = "SELECT r.accounts, r.percent, r.asked_by_id, u.name, r.asked_at, r.reason FROM feed_limit_raise r JOIN user_account u ON u.user_id = r.asked_by_id WHERE r.ended_at IS NULL";
    ASK_RAISE = "INSERT INTO feed_limit_raise (raise_id, accounts, percent, reason, asked_by_id, asked_at) VALUES ($1, $2, $3, $4, $5, $6)";
    END_RAISE = "UPDATE feed_limit_raise SET approved_by_id = $1, ended_at = $2 WHERE ended_at IS NULL";
    SET_LIMIT = "UPDATE feed_limit SET accounts = $1, percent = $2 WHERE single = 1";
}

/// A feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// The number that people see.
    pub number: i64,
    /// The file's name.
    pub file: String,
    /// The file, until the feed is over.
    pub body: Option<Vec<u8>>,
    /// When the directory said so.
    pub as_of: Timestamp,
    /// Who brought it.
    pub staged_by: (UserId, String),
    /// When.
    pub staged_at: Timestamp,
    /// Where it is.
    pub state: State,
}

#[derive(sqlx::FromRow)]
struct Row {
    feed_id: Uuid,
    number: i64,
    file: String,
    body: Option<Vec<u8>>,
    as_of: i64,
    staged_by_id: Uuid,
    staged_by: String,
    staged_at: i64,
    state: String,
}

impl TryFrom<Row> for Feed {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: FeedId(row.feed_id),
            number: row.number,
            file: row.file,
            body: row.body,
            as_of: Timestamp(row.as_of),
            staged_by: (UserId(row.staged_by_id), row.staged_by),
            staged_at: Timestamp(row.staged_at),
            state: serde_json::from_str(&row.state).map_err(|e| Error::row("feed", row.feed_id, e))?,
        })
    }
}

fn json(feed: FeedId, state: &State) -> Result<String, Error> {
    serde_json::to_string(state).map_err(|e| Error::row("feed", feed, e))
}

fn count(ending: usize) -> i64 {
    i64::try_from(ending).unwrap_or(i64::MAX)
}

/// Keeps a feed.
pub async fn insert(tx: &mut Tx, feed: &Feed, ending: usize) -> Result<(), Error> {
    let f = feed;
    let args = args![
        f.id.0,
        f.number,
        &f.file,
        f.body.clone(),
        f.as_of,
        count(ending),
        f.staged_by.0.0,
        f.staged_at,
        f.state.word(),
        json(f.id, &f.state)?
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// The feed of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Feed>, Error> {
    tx.one::<Row>(BY_NUMBER, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The newest 50 feeds, without their files.
pub async fn recent(tx: &mut Tx) -> Result<Vec<Feed>, Error> {
    tx.all::<Row>(RECENT, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The number of the latest feed that was applied, and when the directory said so.
pub async fn last(tx: &mut Tx) -> Result<Option<(i64, Timestamp)>, Error> {
    Ok(tx.one::<(i64, i64)>(LAST, vec![]).await?.map(|(number, at)| (number, Timestamp(at))))
}

/// Numbers of feeds that are being written.
pub async fn interrupted(tx: &mut Tx) -> Result<Vec<i64>, Error> {
    Ok(tx.all::<(i64,)>(INTERRUPTED, vec![]).await?.into_iter().map(|(number,)| number).collect())
}

/// Moves a feed on from the state in which it was loaded; false when somebody else was faster. The file goes when the
/// feed is over.
pub async fn save(
    tx: &mut Tx,
    before: &Feed,
    after: &State,
    ending: usize,
    released_by: Option<UserId>,
) -> Result<bool, Error> {
    let released_by = released_by.map(|id| id.0);
    let (was, is) = (json(before.id, &before.state)?, json(before.id, after)?);
    let args = args![before.id.0, was, after.word(), is, count(ending), after.over(), released_by];
    Ok(tx.run(SAVE, args).await? == 1)
}

/// How many accounts one feed may end.
pub async fn limit(tx: &mut Tx) -> Result<Limit, Error> {
    let (accounts, percent) = tx.one::<(i64, i64)>(LIMIT, vec![]).await?.unwrap_or_default();
    read_limit(accounts, percent)
}

/// Says how many accounts one feed may end.
pub async fn set_limit(tx: &mut Tx, limit: Limit) -> Result<(), Error> {
    tx.run(SET_LIMIT, args![i64::from(limit.accounts), i64::from(limit.percent)]).await?;
    Ok(())
}

fn read_limit(accounts: i64, percent: i64) -> Result<Limit, Error> {
    let bad = |what: &str| Error::row("feed_limit", 1, what);
    Ok(Limit {
        accounts: u32::try_from(accounts).map_err(|_| bad("accounts"))?,
        percent: u8::try_from(percent).map_err(|_| bad("percent"))?,
    })
}

/// The higher limit that waits for somebody else, if one does.
pub async fn raise(tx: &mut Tx) -> Result<Option<Raise>, Error> {
    let Some(row) = tx.one::<(i64, i64, Uuid, String, i64, String)>(RAISE, vec![]).await? else {
        return Ok(None);
    };
    let (accounts, percent, by, name, at, reason) = row;
    let limit = read_limit(accounts, percent)?;
    Ok(Some(Raise { limit, by: UserId(by), name, at: Timestamp(at), reason }))
}

/// Keeps a higher limit that is asked for; there is one at a time.
pub async fn ask_raise(tx: &mut Tx, id: Uuid, raise: &Raise) -> Result<(), Error> {
    let r = raise;
    let (accounts, percent) = (i64::from(r.limit.accounts), i64::from(r.limit.percent));
    tx.run(ASK_RAISE, args![id, accounts, percent, &r.reason, r.by.0, r.at]).await?;
    Ok(())
}

/// Ends what was asked for: approved by somebody, or thrown away. The database refuses whoever asked.
pub async fn end_raise(tx: &mut Tx, approved_by: Option<UserId>, now: Timestamp) -> Result<(), Error> {
    tx.run(END_RAISE, args![approved_by.map(|by| by.0), now]).await?;
    Ok(())
}
