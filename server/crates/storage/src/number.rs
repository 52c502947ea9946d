//! Numbers: what is the case with those that are not free, who held them, and what is free between them.

use crate::{Error, Tx, args::args, person::columns, statements};
use domain::{
    Timestamp,
    account::Owner,
    ids::{ExtensionId, SiteId},
    number::{Number, State},
};
use uuid::Uuid;

statements! {
    RECORD = "SELECT key, site_id, state, changed_at, changed_by FROM number WHERE key = $1";
    SAVE = "INSERT INTO number (key, kind, number, site_id, state_word, state, ends_at, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key) DO UPDATE SET site_id = excluded.site_id, state_word = excluded.state_word, state = excluded.state, ends_at = excluded.ends_at, changed_at = excluded.changed_at, changed_by = excluded.changed_by";
    FREE_IT = "DELETE FROM number WHERE key = $1";
    LAPSED = "SELECT key, site_id, state, changed_at, changed_by FROM number WHERE ends_at <= $1 ORDER BY ends_at LIMIT 200";
    TAKEN = "SELECT key, site_id, state, changed_at, changed_by FROM number WHERE state_word <> 'assigned' ORDER BY key";
    PORTING_IN = "SELECT key, site_id, state, changed_at, changed_by FROM number WHERE state_word = 'porting-in' ORDER BY key LIMIT 10000";
    ENDING = "SELECT key, site_id, state, changed_at, changed_by FROM number WHERE ends_at >= $1 AND ends_at < $2 ORDER BY key LIMIT 10000";
    BETWEEN = "SELECT count(*), min(key) FROM number WHERE key BETWEEN $1 AND $2";
    HOLD = "INSERT INTO number_holding (holding_id, key, extension_id, owner_person_id, owner_place_id, since_at) VALUES ($1, $2, $3, $4, $5, $6)";
    LET_GO = "UPDATE number_holding SET until_at = $2 WHERE key = $1 AND until_at IS NULL";
    HISTORY = "SELECT x.number AS extension, p.reference AS person, p.name AS person_name, l.code AS place, l.room AS place_room, h.since_at, h.until_at FROM number_holding h JOIN extension x ON x.extension_id = h.extension_id LEFT JOIN person p ON p.person_id = h.owner_person_id LEFT JOIN place l ON l.place_id = h.owner_place_id WHERE h.key = $1 ORDER BY CASE WHEN h.until_at IS NULL THEN 0 ELSE 1 END, h.until_at DESC, h.since_at DESC LIMIT 200";
    ROWS = "SELECT n.key, n.state, n.changed_at, s.code AS site, coalesce(x.number, '') AS extension, coalesce(p.name, l.room, '') AS holder FROM number n JOIN site s ON s.site_id = n.site_id LEFT JOIN number_holding h ON h.key = n.key AND h.until_at IS NULL LEFT JOIN extension x ON x.extension_id = h.extension_id LEFT JOIN person p ON p.person_id = h.owner_person_id LEFT JOIN place l ON l.place_id = h.owner_place_id WHERE n.key > $1 AND n.key <= $2 AND ($3 = '' OR s.code = $3) ORDER BY n.key LIMIT $4";
    ROWS_IN_STATE = "SELECT n.key, n.state, n.changed_at, s.code AS site, coalesce(x.number, '') AS extension, coalesce(p.name, l.room, '') AS holder FROM number n JOIN site s ON s.site_id = n.site_id LEFT JOIN number_holding h ON h.key = n.key AND h.until_at IS NULL LEFT JOIN extension x ON x.extension_id = h.extension_id LEFT JOIN person p ON p.person_id = h.owner_person_id LEFT JOIN place l ON l.place_id = h.owner_place_id WHERE n.key > $1 AND n.key <= $2 AND ($3 = '' OR s.code = $3) AND n.state_word = $4 ORDER BY n.key LIMIT $5";
    FREE = "SELECT f.below + 1, coalesce((SELECT min(m.key) - 1 FROM number m WHERE m.key > f.below + 1 AND m.key <= f.last_key), f.last_key), f.site FROM (SELECT s.code AS site, r.last_key, r.first_key - 1 AS below FROM number_range r JOIN site s ON s.site_id = r.site_id WHERE r.first_key > $1 AND r.first_key <= $2 AND ($3 = '' OR s.code = $3) AND NOT EXISTS (SELECT 1 FROM number n WHERE n.key = r.first_key) UNION ALL SELECT s.code AS site, r.last_key, n.key AS below FROM number n CROSS JOIN number_range r JOIN site s ON s.site_id = r.site_id WHERE n.key >= $1 AND n.key < $2 AND n.key >= r.first_key AND n.key < r.last_key AND ($3 = '' OR s.code = $3) AND NOT EXISTS (SELECT 1 FROM number m WHERE m.key = n.key + 1) ORDER BY below LIMIT 201) f ORDER BY f.below";
    COUNTS = "SELECT r.range_id, n.state_word, count(*) FROM number_range r JOIN number n ON n.key BETWEEN r.first_key AND r.last_key GROUP BY r.range_id, n.state_word ORDER BY r.range_id, n.state_word";
}

/// What is the case with a number that is not available.
#[derive(Clone, Debug)]
pub struct Record {
    /// The number.
    pub number: Number,
    /// The site that owns it.
    pub site: SiteId,
    /// Where it is in its life.
    pub state: State,
    /// Since when that is so; `None`: since before anybody kept a record.
    pub changed_at: Option<Timestamp>,
    /// Who said so.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    key: i64,
    site_id: Uuid,
    state: String,
    changed_at: Option<i64>,
    changed_by: String,
}

fn number(key: i64) -> Result<Number, Error> {
    Number::at(key).ok_or_else(|| Error::row("number", key, "key"))
}

fn state(key: i64, json: &str) -> Result<State, Error> {
    serde_json::from_str(json).map_err(|e| Error::row("number", key, e))
}

impl TryFrom<Row> for Record {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            number: number(row.key)?,
            site: SiteId(row.site_id),
            state: state(row.key, &row.state)?,
            changed_at: row.changed_at.map(Timestamp),
            changed_by: row.changed_by,
        })
    }
}

/// What is the case with a number; `None`: it is available, or nobody's.
pub async fn record(tx: &mut Tx, number: &Number) -> Result<Option<Record>, Error> {
    tx.one::<Row>(RECORD, args![number.key()]).await?.map(TryInto::try_into).transpose()
}

/// Says what is the case with a number. One that is available has no record.
pub async fn save(tx: &mut Tx, record: &Record) -> Result<(), Error> {
    let r = record;
    if r.state == State::Available {
        tx.run(FREE_IT, args![r.number.key()]).await?;
        return Ok(());
    }
    let json = serde_json::to_string(&r.state).map_err(|e| Error::row("number", &r.number, e))?;
    let args = args![
        r.number.key(),
        r.number.kind().word(),
        r.number.as_ref(),
        r.site.0,
        r.state.word(),
        json,
        r.state.ends(),
        r.changed_at,
        &r.changed_by
    ];
    tx.run(SAVE, args).await?;
    Ok(())
}

/// Up to 200 numbers whose reservation or cooling has ended.
pub async fn lapsed(tx: &mut Tx, now: Timestamp) -> Result<Vec<Record>, Error> {
    tx.all::<Row>(LAPSED, args![now]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Every number that is neither available nor assigned; a small part of the plan.
pub async fn taken(tx: &mut Tx) -> Result<Vec<Record>, Error> {
    tx.all::<Row>(TAKEN, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Numbers that are on their way to us; at most 10,000.
pub async fn porting_in(tx: &mut Tx) -> Result<Vec<Record>, Error> {
    tx.all::<Row>(PORTING_IN, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Numbers whose reservation or cooling ends from `from` on and before `until`; at most 10,000.
pub async fn ending(tx: &mut Tx, from: Timestamp, until: Timestamp) -> Result<Vec<Record>, Error> {
    tx.all::<Row>(ENDING, args![from, until]).await?.into_iter().map(TryInto::try_into).collect()
}

/// How many numbers between two keys are not available, and the first of them.
pub async fn between(tx: &mut Tx, first: i64, last: i64) -> Result<(i64, Option<Number>), Error> {
    let found = tx.one::<(i64, Option<i64>)>(BETWEEN, args![first, last]).await?;
    let (count, key) = found.unwrap_or_default();
    Ok((count, key.and_then(Number::at)))
}

/// Somebody holds a number from now on. Somebody else who still does is a clash.
pub async fn hold(
    tx: &mut Tx,
    id: Uuid,
    number: &Number,
    extension: ExtensionId,
    owner: Option<Owner>,
    since: Timestamp,
) -> Result<(), Error> {
    let (person, place) = columns(owner);
    tx.run(HOLD, args![id, number.key(), extension.0, person, place, since]).await?;
    Ok(())
}

/// Whoever holds a number does so no more; whether somebody did.
pub async fn let_go(tx: &mut Tx, number: &Number, until: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(LET_GO, args![number.key(), until]).await? == 1)
}

/// Somebody who held a number, from when to when.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct Holding {
    /// The extension that it was, or that it led to.
    pub extension: String,
    /// The directory's reference of the person who had that extension.
    pub person: Option<String>,
    /// Their name.
    pub person_name: Option<String>,
    /// Code of the place that had it.
    pub place: Option<String>,
    /// Its room.
    pub place_room: Option<String>,
    /// Since when, in microseconds UTC; `None`: since before anybody kept a record.
    pub since_at: Option<i64>,
    /// Until when; `None`: still.
    pub until_at: Option<i64>,
}

/// The last 200 who held a number, who does now first.
pub async fn history(tx: &mut Tx, number: &Number) -> Result<Vec<Holding>, Error> {
    tx.all(HISTORY, args![number.key()]).await
}

/// A number in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The number.
    pub number: Number,
    /// Where it is in its life.
    pub state: State,
    /// Since when.
    pub changed_at: Option<Timestamp>,
    /// Code of the site that owns it.
    pub site: String,
    /// The extension that it is or leads to, or empty.
    pub extension: String,
    /// Who has it, or empty.
    pub holder: String,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    key: i64,
    state: String,
    changed_at: Option<i64>,
    site: String,
    extension: String,
    holder: String,
}

/// Which numbers are listed.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// After this key.
    pub after: i64,
    /// Up to this one.
    pub upto: i64,
    /// Of the site with this code; empty: of all.
    pub site: &'a str,
    /// In this state; empty: in all.
    pub state: &'a str,
}

/// Numbers that are not available, in the order of the plan, at most `most`.
pub async fn rows(tx: &mut Tx, which: Which<'_>, most: i64) -> Result<Vec<Listed>, Error> {
    // Two statements, so that each state is read from its index.
    let (sql, args) = if which.state.is_empty() {
        (ROWS, args![which.after, which.upto, which.site, most])
    } else {
        (ROWS_IN_STATE, args![which.after, which.upto, which.site, which.state, most])
    };
    let listed = |row: ListRow| {
        Ok(Listed {
            number: number(row.key)?,
            state: state(row.key, &row.state)?,
            changed_at: row.changed_at.map(Timestamp),
            site: row.site,
            extension: row.extension,
            holder: row.holder,
        })
    };
    tx.all::<ListRow>(sql, args).await?.into_iter().map(listed).collect()
}

/// Numbers that are available and follow each other in one range.
#[derive(Clone, Debug)]
pub struct Free {
    /// The first of them.
    pub first: Number,
    /// The last.
    pub last: Number,
    /// Code of the site that owns them.
    pub site: String,
}

/// The first 201 runs of available numbers that begin between the keys; `state` says nothing here.
pub async fn free(tx: &mut Tx, which: Which<'_>) -> Result<Vec<Free>, Error> {
    let rows = tx.all::<(i64, i64, String)>(FREE, args![which.after, which.upto, which.site]).await?;
    let run = |(first, last, site): (i64, i64, String)| {
        Ok(Free { first: number(first)?, last: number(last)?, site })
    };
    rows.into_iter().map(run).collect()
}

/// How many numbers of each range are in each state that is not available: range, word, count.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(Uuid, String, i64)>, Error> {
    tx.all(COUNTS, vec![]).await
}
