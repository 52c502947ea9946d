//! Open operational cases and their logs. What happens again while a case of its kind is open for the same subject
//! joins that case.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Mac, Timestamp,
    device::Device,
    exception::{Closed, Exception, Kind},
    ids::{DeviceId, ExceptionId, SiteId, UserId},
    policy::Weight,
};
use uuid::Uuid;

/// Cases with what people know their devices and sites by, and whatever follows.
macro_rules! cases {
    ($rest:literal) => {
        concat!(
            "SELECT e.number, e.kind, e.subject, e.state, e.weight, e.device_id, e.site_id, e.detail, e.opened_at, e.last_at, e.times, u.name AS owner, e.taken_at, e.closed_at, e.closed_by, e.resolution, d.mac, s.code AS site FROM exception e LEFT JOIN device d ON d.device_id = e.device_id LEFT JOIN site s ON s.site_id = e.site_id LEFT JOIN user_account u ON u.user_id = e.owner_id ",
            $rest
        )
    };
}

statements! {
    REPEAT = "UPDATE exception SET times = times + 1, last_at = $3, detail = $4, weight = CASE WHEN weight = 'high' THEN weight ELSE $5 END WHERE kind = $1 AND subject = $2 AND closed_at IS NULL";
    INSERT = "INSERT INTO exception (exception_id, number, kind, subject, state, weight, device_id, site_id, detail, opened_at, last_at, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1)";
    ROWS = cases!("WHERE e.number < $1 AND ($2 = '' OR s.code = $2) AND ($3 = '' OR e.kind = $3) AND (($4 = 'closed') = (e.closed_at IS NOT NULL)) ORDER BY e.number DESC LIMIT 201");
    ONE = cases!("WHERE e.number = $1");
    OF_DEVICE = cases!("WHERE e.device_id = $1 AND e.closed_at IS NULL ORDER BY e.number");
    OF_SUBJECT = cases!("WHERE e.kind = $1 AND e.subject = $2 AND e.closed_at IS NULL");
    OPEN = cases!("WHERE e.kind = $1 AND e.closed_at IS NULL AND e.number > $2 ORDER BY e.number LIMIT 500");
    COUNT_OPEN = "SELECT count(*) FROM exception WHERE kind = $1 AND closed_at IS NULL";
    COUNTS = "SELECT count(*), coalesce(sum(CASE WHEN opened_at < $2 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN owner_id IS NULL THEN 1 ELSE 0 END), 0), min(opened_at) FROM exception WHERE kind = $1 AND closed_at IS NULL";
    TAKE = "UPDATE exception SET owner_id = $2, taken_at = coalesce(taken_at, $3) WHERE number = $1 AND closed_at IS NULL";
    MOVE = "UPDATE exception SET state = $3 WHERE number = $1 AND state = $2 AND closed_at IS NULL";
    CLOSE = "UPDATE exception SET closed_at = $2, closed_by = $3, resolution = $4 WHERE number = $1 AND closed_at IS NULL";
    CLOSED_SINCE = "SELECT kind, opened_at, taken_at, closed_at FROM exception WHERE closed_at >= $1 ORDER BY closed_at DESC LIMIT 20000";
    SAY = "INSERT INTO exception_note (note_id, number, said_at, said_by, state, body, attachment) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    NOTES = "SELECT said_at, said_by, state, body, attachment FROM exception_note WHERE number = $1 ORDER BY said_at, note_id LIMIT 500";
    BASELINES = "SELECT kind, minutes, set_by, set_at FROM exception_baseline ORDER BY kind";
    SET_BASELINE = "INSERT INTO exception_baseline (kind, minutes, set_by, set_at) VALUES ($1, $2, $3, $4) ON CONFLICT (kind) DO UPDATE SET minutes = excluded.minutes, set_by = excluded.set_by, set_at = excluded.set_at";
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    kind: String,
    subject: String,
    state: String,
    weight: String,
    device_id: Option<Uuid>,
    site_id: Option<Uuid>,
    detail: String,
    opened_at: i64,
    last_at: i64,
    times: i64,
    owner: Option<String>,
    taken_at: Option<i64>,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    resolution: Option<String>,
    mac: Option<String>,
    site: Option<String>,
}

/// A case with what people know its device and site by.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The case.
    pub exception: Exception,
    /// MAC of its device, if it is about one of the inventory.
    pub mac: Option<Mac>,
    /// Code of its site; empty when that is not known.
    pub site: String,
}

impl TryFrom<Row> for Listed {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("exception", row.number, what);
        let closed = row
            .closed_at
            .zip(row.closed_by)
            .zip(row.resolution)
            .map(|((at, by), resolution)| Closed { at: Timestamp(at), by, resolution });
        let kind = Kind::parse(&row.kind).ok_or_else(|| bad("kind"))?;
        kind.step(&row.state).ok_or_else(|| bad("state"))?;
        let exception = Exception {
            number: row.number,
            kind,
            subject: row.subject,
            state: row.state,
            weight: Weight::parse(&row.weight).ok_or_else(|| bad("weight"))?,
            device: row.device_id.map(DeviceId),
            site: row.site_id.map(SiteId),
            detail: row.detail,
            opened_at: Timestamp(row.opened_at),
            last_at: Timestamp(row.last_at),
            times: row.times,
            owner: row.owner,
            taken_at: row.taken_at.map(Timestamp),
            closed,
        };
        let mac = row.mac.map(|mac| Mac::parse(&mac).map_err(|_| bad("mac"))).transpose()?;
        Ok(Self { exception, mac, site: row.site.unwrap_or_default() })
    }
}

/// What happened, for a case that is opened or joined.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What happened.
    pub kind: Kind,
    /// What it is about: one case of a kind is open for each.
    pub subject: String,
    /// How grave it is.
    pub weight: Weight,
    /// The device, if it is about one of the inventory.
    pub device: Option<DeviceId>,
    /// Its site, if that is known.
    pub site: Option<SiteId>,
    /// What was seen; never a secret.
    pub detail: String,
}

impl Opening {
    /// Of a device of the inventory.
    pub fn of_device(kind: Kind, weight: Weight, device: &Device, detail: String) -> Self {
        Self {
            kind,
            subject: device.mac.bare(),
            weight,
            device: Some(device.id),
            site: Some(device.site),
            detail,
        }
    }
}

/// Adds to the open case of this kind and subject; whether there is one.
pub async fn repeat(tx: &mut Tx, o: &Opening, at: Timestamp) -> Result<bool, Error> {
    let args = args![o.kind.word(), &o.subject, at, &o.detail, o.weight.word()];
    Ok(tx.run(REPEAT, args).await? == 1)
}

/// Opens a case.
pub async fn insert(
    tx: &mut Tx,
    id: ExceptionId,
    number: i64,
    o: &Opening,
    at: Timestamp,
) -> Result<(), Error> {
    let args = args![
        id.0,
        number,
        o.kind.word(),
        &o.subject,
        o.kind.first().state,
        o.weight.word(),
        o.device.map(|d| d.0),
        o.site.map(|s| s.0),
        &o.detail,
        at
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Up to 201 cases older than number `before`, open or closed, of a site and a kind unless they are empty.
pub async fn rows(
    tx: &mut Tx,
    before: i64,
    site: &str,
    kind: &str,
    closed: bool,
) -> Result<Vec<Listed>, Error> {
    let state = if closed { "closed" } else { "open" };
    let rows = tx.all::<Row>(ROWS, args![before, site, kind, state]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The case of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Listed>, Error> {
    tx.one::<Row>(ONE, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The open cases of a device.
pub async fn of_device(tx: &mut Tx, device: DeviceId) -> Result<Vec<Listed>, Error> {
    tx.all::<Row>(OF_DEVICE, args![device.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The open case of this kind and subject.
pub async fn of_subject(tx: &mut Tx, kind: Kind, subject: &str) -> Result<Option<Listed>, Error> {
    tx.one::<Row>(OF_SUBJECT, args![kind.word(), subject]).await?.map(TryInto::try_into).transpose()
}

/// Up to 500 open cases of a kind, oldest first, after this number.
pub async fn open(tx: &mut Tx, kind: Kind, after: i64) -> Result<Vec<Listed>, Error> {
    tx.all::<Row>(OPEN, args![kind.word(), after]).await?.into_iter().map(TryInto::try_into).collect()
}

/// How many cases of this kind are open.
pub async fn count_open(tx: &mut Tx, kind: Kind) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(COUNT_OPEN, args![kind.word()]).await?.map_or(0, |(count,)| count))
}

/// The open cases of a kind in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many are open.
    pub open: i64,
    /// How many of them were opened before some moment.
    pub before: i64,
    /// How many nobody has taken.
    pub unowned: i64,
    /// When the oldest one was opened.
    pub oldest: Option<Timestamp>,
}

/// The open cases of a kind in figures; `before` is the moment that makes one overdue.
pub async fn counts(tx: &mut Tx, kind: Kind, before: Timestamp) -> Result<Counts, Error> {
    let row = tx.one::<(i64, i64, i64, Option<i64>)>(COUNTS, args![kind.word(), before]).await?;
    Ok(row.map_or_else(Counts::default, |(open, before, unowned, oldest)| Counts {
        open,
        before,
        unowned,
        oldest: oldest.map(Timestamp),
    }))
}

/// Gives an open case to somebody; whether it is still open.
pub async fn take(tx: &mut Tx, number: i64, owner: UserId, at: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(TAKE, args![number, owner.0, at]).await? == 1)
}

/// Moves an open case from one state to another; false when somebody else was faster.
pub async fn set_state(tx: &mut Tx, number: i64, from: &str, to: &str) -> Result<bool, Error> {
    Ok(tx.run(MOVE, args![number, from, to]).await? == 1)
}

/// Closes an open case; whether it was open.
pub async fn close(tx: &mut Tx, number: i64, closed: &Closed) -> Result<bool, Error> {
    Ok(tx.run(CLOSE, args![number, closed.at, &closed.by, &closed.resolution]).await? == 1)
}

/// Cases closed since then, the latest 20,000: kind; when each was opened, taken and closed.
pub async fn closed_since(
    tx: &mut Tx,
    since: Timestamp,
) -> Result<Vec<(Kind, (Timestamp, Option<Timestamp>, Timestamp))>, Error> {
    let rows = tx.all::<(String, i64, Option<i64>, i64)>(CLOSED_SINCE, args![since]).await?;
    let row = |(kind, opened, taken, closed): (String, i64, Option<i64>, i64)| {
        let kind = Kind::parse(&kind).ok_or_else(|| Error::row("exception", &kind, "kind"))?;
        Ok((kind, (Timestamp(opened), taken.map(Timestamp), Timestamp(closed))))
    };
    rows.into_iter().map(row).collect()
}

/// What was found or done at a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// At which step.
    pub state: String,
    /// What.
    pub body: String,
    /// What was the case at that moment, as JSON.
    pub attachment: Option<String>,
}

/// Adds to the log of a case. Nothing changes or removes what stands there.
pub async fn say(tx: &mut Tx, id: Uuid, number: i64, said: &Said) -> Result<(), Error> {
    let attachment = said.attachment.as_deref();
    tx.run(SAY, args![id, number, said.at, &said.by, &said.state, &said.body, attachment]).await?;
    Ok(())
}

/// The log of a case, its first 500 entries.
pub async fn log(tx: &mut Tx, number: i64) -> Result<Vec<Said>, Error> {
    let rows = tx.all::<(i64, String, String, String, Option<String>)>(NOTES, args![number]).await?;
    let said = |(at, by, state, body, attachment)| Said { at: Timestamp(at), by, state, body, attachment };
    Ok(rows.into_iter().map(said).collect())
}

/// Minutes that cases of a kind took by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The kind.
    pub kind: Kind,
    /// Minutes.
    pub minutes: i64,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

/// What the organisation says that cases took by hand.
pub async fn baselines(tx: &mut Tx) -> Result<Vec<Baseline>, Error> {
    let rows = tx.all::<(String, i64, String, i64)>(BASELINES, vec![]).await?;
    let row = |(kind, minutes, by, at): (String, i64, String, i64)| {
        let kind = Kind::parse(&kind).ok_or_else(|| Error::row("exception_baseline", &kind, "kind"))?;
        Ok(Baseline { kind, minutes, by, at: Timestamp(at) })
    };
    rows.into_iter().map(row).collect()
}

/// Says how long cases of a kind took by hand.
pub async fn set_baseline(tx: &mut Tx, baseline: &Baseline) -> Result<(), Error> {
    let b = baseline;
    tx.run(SET_BASELINE, args![b.kind.word(), b.minutes, &b.by, b.at]).await?;
    Ok(())
}
