//! What phones should have, what they were seen with, and which of them differ. A constant number of statements for
//! each stretch of the inventory.

use crate::{Error, Tx, args::args, revision::digest, statements};
use domain::{
    Mac, Timestamp, artifact::Digest, drift::Reason, ids::DeviceId, revision::RevisionKind, vendor::Vendor,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Phones in one stretch; the statement says the same.
pub const STRETCH: usize = 500;

/// What was seen of phones; what follows says of which.
macro_rules! seen {
    ($after:literal) => {
        concat!(
            "SELECT d.device_id, d.mac, d.vendor, d.state, d.carried_line, o.seen_at, o.digest, coalesce(o.firmware, '') AS firmware, coalesce(t.wanted, '') AS wanted, (SELECT count(*) FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL) AS lines, (SELECT max(u.received_at) FROM upload u WHERE u.device_id = d.device_id AND u.kind = 'override' AND u.sealed_at IS NULL) AS reported_at, (SELECT CAST(coalesce(sum(u.wins), 0) AS BIGINT) FROM upload u WHERE u.device_id = d.device_id AND u.kind = 'override' AND u.sealed_at IS NULL) AS wins FROM device d LEFT JOIN observation o ON o.device_id = d.device_id LEFT JOIN firmware_target t ON t.device_id = d.device_id WHERE ",
            $after
        )
    };
}

/// What holds for phones; what follows says for which.
macro_rules! holds {
    ($after:literal) => {
        concat!(
            "SELECT c.device_id, c.kind, c.interval_minutes, r.published_at, f.digest FROM device d JOIN current_revision c ON c.device_id = d.device_id JOIN revision r ON r.revision_id = c.revision_id LEFT JOIN revision_file f ON f.revision_id = c.revision_id WHERE ",
            $after
        )
    };
}

statements! {
    SEEN = seen!("d.mac > $1 ORDER BY d.mac LIMIT 500");
    SEEN_ONE = seen!("d.device_id = $1");
    HOLDS = holds!("d.mac > $1 AND d.mac <= $2");
    HOLDS_ONE = holds!("d.device_id = $1");
    STANDING = "SELECT mac, reason, since, expected_at FROM drift WHERE mac > $1 AND mac <= $2";
    PUT = "INSERT INTO drift (mac, reason, device_id, since, expected_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mac, reason) DO UPDATE SET expected_at = excluded.expected_at";
    REMOVE = "DELETE FROM drift WHERE mac = $1 AND reason = $2";
    COUNTS = "SELECT reason, count(*) FROM drift GROUP BY reason";
    LIST = "SELECT x.mac, d.vendor, d.model, s.code AS site, x.since, x.expected_at, o.seen_at, coalesce(o.firmware, '') AS firmware, coalesce(t.wanted, '') AS wanted FROM drift x JOIN device d ON d.device_id = x.device_id JOIN site s ON s.site_id = d.site_id LEFT JOIN observation o ON o.device_id = x.device_id LEFT JOIN firmware_target t ON t.device_id = x.device_id WHERE x.reason = $1 AND x.mac > $2 ORDER BY x.mac LIMIT 201";
}

/// A phone with what was seen of it and what holds for it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The phone.
    pub device: DeviceId,
    /// Its MAC.
    pub mac: Mac,
    /// Its vendor.
    pub vendor: Vendor,
    /// Whether it is in use.
    pub in_use: bool,
    /// When it last proved itself and was served, and what.
    pub fetch: Option<(Timestamp, Option<Digest>)>,
    /// The firmware that it has said it runs; empty for none.
    pub firmware: String,
    /// The one that is wanted; empty for none.
    pub wanted: String,
    /// When it last sent settings of its own.
    pub reported: Option<Timestamp>,
    /// How many of them win over ours.
    pub wins: u32,
    /// What it is served now.
    pub holds: Option<Holds>,
}

/// What holds for a phone.
#[derive(Clone, Debug)]
pub struct Holds {
    /// Its files.
    pub files: Vec<Digest>,
    /// Since when.
    pub since: Timestamp,
    /// Minutes between fetches, where a setting says so.
    pub interval: Option<u32>,
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    device_id: Uuid,
    mac: String,
    vendor: String,
    state: String,
    carried_line: bool,
    seen_at: Option<i64>,
    digest: Option<Vec<u8>>,
    firmware: String,
    wanted: String,
    lines: i64,
    reported_at: Option<i64>,
    wins: i64,
}

type HoldsRow = (Uuid, String, Option<i64>, i64, Option<Vec<u8>>);
type Held = BTreeMap<(Uuid, RevisionKind), Holds>;

fn holding(rows: Vec<HoldsRow>) -> Result<Held, Error> {
    let mut all = Held::new();
    for (device, kind, interval, since, bytes) in rows {
        let kind = RevisionKind::parse(&kind).ok_or_else(|| Error::row("current_revision", device, &kind))?;
        let holds = all.entry((device, kind)).or_insert_with(|| Holds {
            files: vec![],
            since: Timestamp(since),
            interval: interval.and_then(|minutes| u32::try_from(minutes).ok()),
        });
        if let Some(bytes) = bytes {
            holds.files.push(digest(&bytes)?);
        }
    }
    Ok(all)
}

fn seen(row: SeenRow, all: &mut Held) -> Result<Seen, Error> {
    let bad = |what: &str| Error::row("device", row.device_id, what);
    let kind = match (row.lines, row.carried_line) {
        (0, false) => RevisionKind::Baseline,
        (0, true) => RevisionKind::Clear,
        _ => RevisionKind::Bound,
    };
    let served = row.digest.as_deref().map(digest).transpose()?;
    Ok(Seen {
        device: DeviceId(row.device_id),
        mac: Mac::parse(&row.mac).map_err(|_| bad("mac"))?,
        vendor: Vendor::parse(&row.vendor).ok_or_else(|| bad("vendor"))?,
        in_use: row.state != "retired",
        fetch: row.seen_at.map(|at| (Timestamp(at), served)),
        firmware: row.firmware,
        wanted: row.wanted,
        reported: row.reported_at.map(Timestamp),
        wins: u32::try_from(row.wins).unwrap_or(u32::MAX),
        holds: all.remove(&(row.device_id, kind)),
    })
}

/// The next phones after a bare MAC, in its order; two statements.
pub async fn stretch(tx: &mut Tx, after: &str) -> Result<Vec<Seen>, Error> {
    let rows = tx.all::<SeenRow>(SEEN, args![after]).await?;
    let Some(last) = rows.last().map(|row| row.mac.clone()) else { return Ok(vec![]) };
    let mut all = holding(tx.all(HOLDS, args![after, last]).await?)?;
    rows.into_iter().map(|row| seen(row, &mut all)).collect()
}

/// One phone.
pub async fn one(tx: &mut Tx, device: DeviceId) -> Result<Option<Seen>, Error> {
    let Some(row) = tx.one::<SeenRow>(SEEN_ONE, args![device.0]).await? else { return Ok(None) };
    let mut all = holding(tx.all(HOLDS_ONE, args![device.0]).await?)?;
    seen(row, &mut all).map(Some)
}

/// A reason why a phone is on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when.
    pub since: Timestamp,
    /// When the phone is expected next, where that is known.
    pub expected: Option<Timestamp>,
}

/// What stands on the board of the phones between two bare MACs, the first not included.
pub async fn standing(
    tx: &mut Tx,
    after: &str,
    to: &str,
) -> Result<BTreeMap<(String, Reason), Standing>, Error> {
    let rows = tx.all::<(String, String, i64, Option<i64>)>(STANDING, args![after, to]).await?;
    let row = |(mac, word, since, expected): (String, String, i64, Option<i64>)| {
        let reason = Reason::parse(&word).ok_or_else(|| Error::row("drift", &mac, &word))?;
        Ok(((mac, reason), Standing { since: Timestamp(since), expected: expected.map(Timestamp) }))
    };
    rows.into_iter().map(row).collect()
}

/// Puts a phone on the board for a reason; one that is there keeps since when.
pub async fn put(
    tx: &mut Tx,
    mac: &str,
    reason: Reason,
    device: DeviceId,
    standing: &Standing,
) -> Result<(), Error> {
    tx.run(PUT, args![mac, reason.word(), device.0, standing.since, standing.expected]).await?;
    Ok(())
}

/// Takes it off.
pub async fn remove(tx: &mut Tx, mac: &str, reason: Reason) -> Result<(), Error> {
    tx.run(REMOVE, args![mac, reason.word()]).await?;
    Ok(())
}

/// How many phones are on the board for each reason. Reads the index by reason alone.
pub async fn counts(tx: &mut Tx) -> Result<BTreeMap<Reason, i64>, Error> {
    let rows = tx.all::<(String, i64)>(COUNTS, vec![]).await?;
    Ok(rows.into_iter().filter_map(|(word, many)| Some((Reason::parse(&word)?, many))).collect())
}

/// A phone on the board.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Its MAC, bare.
    pub mac: String,
    /// Its vendor.
    pub vendor: String,
    /// Its model.
    pub model: String,
    /// Code of its site.
    pub site: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// When it is expected next.
    pub expected_at: Option<i64>,
    /// When it was last seen.
    pub seen_at: Option<i64>,
    /// The firmware that it says it runs.
    pub firmware: String,
    /// The one that is wanted.
    pub wanted: String,
}

/// The phones that are there for a reason, after a bare MAC; at most 201.
pub async fn list(tx: &mut Tx, reason: Reason, after: &str) -> Result<Vec<Listed>, Error> {
    tx.all(LIST, args![reason.word(), after]).await
}
