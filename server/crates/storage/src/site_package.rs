//! What sites are to get, what was shipped to them, what is there, and which lines are accepted.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    ids::{LineId, SiteId},
    site::{
        acceptance::{Outcome, Test, Tried},
        expected::Expected,
    },
};
use uuid::Uuid;

statements! {
    VERSIONS = "SELECT version, models, reason, made_by, made_at FROM site_package WHERE site_id = $1 ORDER BY version DESC LIMIT 50";
    INSERT = "INSERT INTO site_package (site_id, version, models, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)";
    SHIP = "INSERT INTO shipment (site_id, serial, note, noted_by, noted_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site_id, serial) DO NOTHING";
    DEVICES = "SELECT d.serial, d.vendor, d.model, d.state, o.seen_at, p.note, (SELECT count(*) FROM exception x WHERE x.device_id = d.device_id AND x.closed_at IS NULL) AS cases, (SELECT count(*) FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL) AS lines, (SELECT count(*) FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL AND (SELECT count(*) FROM acceptance a WHERE a.line_id = l.line_id AND a.outcome <> 'failed') = $2) AS accepted FROM device d LEFT JOIN observation o ON o.device_id = d.device_id LEFT JOIN shipment p ON p.site_id = d.site_id AND p.serial = d.serial WHERE d.site_id = $1 AND d.state <> 'retired' ORDER BY d.serial";
    ONLY_SHIPPED = "SELECT p.serial FROM shipment p WHERE p.site_id = $1 AND NOT EXISTS (SELECT 1 FROM device d WHERE d.site_id = p.site_id AND d.serial = p.serial AND d.state <> 'retired') ORDER BY p.serial";
    LINES = "SELECT l.line_id, x.number, d.mac, d.vendor, d.model, e.position, coalesce(h.name, q.room, '') AS owner FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id JOIN extension x ON x.extension_id = l.extension_id LEFT JOIN person h ON h.person_id = x.owner_person_id LEFT JOIN place q ON q.place_id = x.owner_place_id WHERE d.site_id = $1 AND l.ended_at IS NULL AND x.number > $2 ORDER BY x.number, d.mac LIMIT $3";
    LINE = "SELECT l.line_id, x.number, d.mac, d.vendor, d.model, e.position, coalesce(h.name, q.room, '') AS owner FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id JOIN extension x ON x.extension_id = l.extension_id LEFT JOIN person h ON h.person_id = x.owner_person_id LEFT JOIN place q ON q.place_id = x.owner_place_id WHERE d.site_id = $1 AND l.ended_at IS NULL AND l.line_id = $2";
    TRIED = "SELECT a.line_id, a.test, a.outcome, a.note, a.tried_by, a.tried_at FROM acceptance a JOIN line l ON l.line_id = a.line_id JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND l.ended_at IS NULL ORDER BY a.line_id, a.test";
    TRY = "INSERT INTO acceptance (line_id, test, outcome, note, tried_by, tried_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (line_id, test) DO UPDATE SET outcome = excluded.outcome, note = excluded.note, tried_by = excluded.tried_by, tried_at = excluded.tried_at";
    ACCEPTED = "SELECT s.site_id, count(*), sum(s.accepted) FROM (SELECT d.site_id, CASE WHEN (SELECT count(*) FROM acceptance a WHERE a.line_id = l.line_id AND a.outcome <> 'failed') = $1 THEN 1 ELSE 0 END AS accepted FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE l.ended_at IS NULL) s GROUP BY s.site_id";
    ACCEPTED_OF = "SELECT count(*), sum(s.accepted) FROM (SELECT CASE WHEN (SELECT count(*) FROM acceptance a WHERE a.line_id = l.line_id AND a.outcome <> 'failed') = $2 THEN 1 ELSE 0 END AS accepted FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND l.ended_at IS NULL) s";
    UNOWNED_CASES = "SELECT site_id, count(*) FROM exception WHERE closed_at IS NULL AND owner_id IS NULL GROUP BY site_id";
}

/// A version of a site package.
#[derive(Clone, Debug)]
pub struct Version {
    /// From 1.
    pub version: u32,
    /// What it expects.
    pub models: Vec<Expected>,
    /// Why it was made.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

type VersionRow = (i64, String, String, String, i64);

/// The last 50 versions of a site's package, the one that holds first.
pub async fn versions(tx: &mut Tx, site: SiteId) -> Result<Vec<Version>, Error> {
    let version = |(version, models, reason, by, at): VersionRow| {
        let bad = |e: &dyn std::fmt::Display| Error::row("site_package", format!("{site} {version}"), e);
        Ok(Version {
            version: u32::try_from(version).map_err(|e| bad(&e))?,
            models: serde_json::from_str(&models).map_err(|e| bad(&e))?,
            reason,
            by,
            at: Timestamp(at),
        })
    };
    tx.all::<VersionRow>(VERSIONS, args![site.0]).await?.into_iter().map(version).collect()
}

/// Adds a version.
pub async fn insert(tx: &mut Tx, site: SiteId, version: &Version) -> Result<(), Error> {
    let v = version;
    let models = serde_json::to_string(&v.models).map_err(|e| Error::row("site_package", site, e))?;
    tx.run(INSERT, args![site.0, i64::from(v.version), models, &v.reason, &v.by, v.at]).await?;
    Ok(())
}

/// A phone on a delivery note; whether it is new there.
pub async fn ship(
    tx: &mut Tx,
    site: SiteId,
    serial: &str,
    note: &str,
    by: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.run(SHIP, args![site.0, serial, note, by, at]).await? == 1)
}

/// A device of a site as its package is compared with it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stock {
    /// Serial number.
    pub serial: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// `active` or `quarantined`.
    pub state: String,
    /// When it was last seen, in microseconds UTC.
    pub seen_at: Option<i64>,
    /// The delivery note that names it.
    pub note: Option<String>,
    /// Open cases about it.
    pub cases: i64,
    /// Lines that stand on it.
    pub lines: i64,
    /// Those of them that are accepted.
    pub accepted: i64,
}

/// How many tests a line has to pass.
fn tests() -> i64 {
    i64::try_from(Test::ALL.len()).unwrap_or(i64::MAX)
}

/// The devices of a site that are not retired. One query; cost grows with them.
pub async fn stock(tx: &mut Tx, site: SiteId) -> Result<Vec<Stock>, Error> {
    tx.all(DEVICES, args![site.0, tests()]).await
}

/// Serial numbers on delivery notes of a site that are not in its inventory.
pub async fn only_shipped(tx: &mut Tx, site: SiteId) -> Result<Vec<String>, Error> {
    let rows = tx.all::<(String,)>(ONLY_SHIPPED, args![site.0]).await?;
    Ok(rows.into_iter().map(|(serial,)| serial).collect())
}

/// A line that stands at a site.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// The line.
    pub line_id: Uuid,
    /// Its extension.
    pub number: String,
    /// MAC of its device, bare.
    pub mac: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Line key.
    pub position: i64,
    /// Who answers for it.
    pub owner: String,
}

impl Line {
    /// Its id.
    pub const fn id(&self) -> LineId {
        LineId(self.line_id)
    }
}

/// Up to `most` lines that stand at a site, of extensions after `after`.
pub async fn lines(tx: &mut Tx, site: SiteId, after: &str, most: i64) -> Result<Vec<Line>, Error> {
    tx.all(LINES, args![site.0, after, most]).await
}

/// A line that stands at a site.
pub async fn line(tx: &mut Tx, site: SiteId, line: LineId) -> Result<Option<Line>, Error> {
    tx.one(LINE, args![site.0, line.0]).await
}

type TriedRow = (Uuid, String, String, String, String, i64);

/// What was tried with the lines that stand at a site: the newest of each test.
pub async fn tried(tx: &mut Tx, site: SiteId) -> Result<Vec<Tried>, Error> {
    let tried = |(line, test, outcome, note, by, at): TriedRow| {
        let bad = |what: &str| Error::row("acceptance", line, what);
        Ok(Tried {
            line: LineId(line),
            test: Test::parse(&test).ok_or_else(|| bad(&test))?,
            outcome: Outcome::parse(&outcome).ok_or_else(|| bad(&outcome))?,
            note,
            by,
            at: Timestamp(at),
        })
    };
    tx.all::<TriedRow>(TRIED, args![site.0]).await?.into_iter().map(tried).collect()
}

/// Somebody tried a line; what was known of this test gives way.
pub async fn put(tx: &mut Tx, tried: &Tried) -> Result<(), Error> {
    let t = tried;
    tx.run(TRY, args![t.line.0, t.test.word(), t.outcome.word(), &t.note, &t.by, t.at]).await?;
    Ok(())
}

/// Lines that stand at each site, and those of them that are accepted.
pub async fn accepted(tx: &mut Tx) -> Result<Vec<(SiteId, usize, usize)>, Error> {
    let rows = tx.all::<(Uuid, i64, i64)>(ACCEPTED, args![tests()]).await?;
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|(site, lines, accepted)| (SiteId(site), count(lines), count(accepted)))
        .collect())
}

/// Lines that stand at a site, and those of them that are accepted.
pub async fn accepted_of(tx: &mut Tx, site: SiteId) -> Result<(usize, usize), Error> {
    let row = tx.one::<(i64, Option<i64>)>(ACCEPTED_OF, args![site.0, tests()]).await?;
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    Ok(row.map_or((0, 0), |(lines, accepted)| (count(lines), count(accepted.unwrap_or(0)))))
}

/// Open cases of each site that nobody has taken.
pub async fn unowned_cases(tx: &mut Tx) -> Result<Vec<(SiteId, i64)>, Error> {
    let rows = tx.all::<(Uuid, i64)>(UNOWNED_CASES, vec![]).await?;
    Ok(rows.into_iter().map(|(site, count)| (SiteId(site), count)).collect())
}
