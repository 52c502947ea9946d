//! Open operational cases. What happens again while a case of its kind is open for the device joins that case.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Mac, Timestamp,
    exception::{Closed, Exception, Kind},
    ids::{DeviceId, ExceptionId, SiteId, UserId},
    policy::Weight,
};
use uuid::Uuid;

statements! {
    REPEAT = "UPDATE exception SET times = times + 1, last_at = $3, detail = $4, weight = CASE WHEN weight = 'high' THEN weight ELSE $5 END WHERE device_id = $1 AND kind = $2 AND closed_at IS NULL";
    INSERT = "INSERT INTO exception (exception_id, number, kind, weight, device_id, site_id, detail, opened_at, last_at, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)";
    ROWS = "SELECT e.number, e.kind, e.weight, e.device_id, e.site_id, e.detail, e.opened_at, e.last_at, e.times, u.name AS owner, e.closed_at, e.closed_by, e.resolution, d.mac, s.code AS site FROM exception e JOIN device d ON d.device_id = e.device_id JOIN site s ON s.site_id = e.site_id LEFT JOIN user_account u ON u.user_id = e.owner_id WHERE e.number < $1 AND ($2 = '' OR s.code = $2) AND ($3 = '' OR e.kind = $3) AND (($4 = 'closed') = (e.closed_at IS NOT NULL)) ORDER BY e.number DESC LIMIT 201";
    ONE = "SELECT e.number, e.kind, e.weight, e.device_id, e.site_id, e.detail, e.opened_at, e.last_at, e.times, u.name AS owner, e.closed_at, e.closed_by, e.resolution, d.mac, s.code AS site FROM exception e JOIN device d ON d.device_id = e.device_id JOIN site s ON s.site_id = e.site_id LEFT JOIN user_account u ON u.user_id = e.owner_id WHERE e.number = $1";
    OF_DEVICE = "SELECT e.number, e.kind, e.weight, e.device_id, e.site_id, e.detail, e.opened_at, e.last_at, e.times, u.name AS owner, e.closed_at, e.closed_by, e.resolution, d.mac, s.code AS site FROM exception e JOIN device d ON d.device_id = e.device_id JOIN site s ON s.site_id = e.site_id LEFT JOIN user_account u ON u.user_id = e.owner_id WHERE e.device_id = $1 AND e.closed_at IS NULL ORDER BY e.number";
    COUNT_OPEN = "SELECT count(*) FROM exception WHERE kind = $1 AND closed_at IS NULL";
    TAKE = "UPDATE exception SET owner_id = $2 WHERE number = $1 AND closed_at IS NULL";
    CLOSE = "UPDATE exception SET closed_at = $2, closed_by = $3, resolution = $4 WHERE number = $1 AND closed_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    kind: String,
    weight: String,
    device_id: Uuid,
    site_id: Uuid,
    detail: String,
    opened_at: i64,
    last_at: i64,
    times: i64,
    owner: Option<String>,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    resolution: Option<String>,
    mac: String,
    site: String,
}

/// A case with what people know its device and site by.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The case.
    pub exception: Exception,
    /// MAC of its device.
    pub mac: Mac,
    /// Code of its site.
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
        let exception = Exception {
            number: row.number,
            kind: Kind::parse(&row.kind).ok_or_else(|| bad("kind"))?,
            weight: Weight::parse(&row.weight).ok_or_else(|| bad("weight"))?,
            device: DeviceId(row.device_id),
            site: SiteId(row.site_id),
            detail: row.detail,
            opened_at: Timestamp(row.opened_at),
            last_at: Timestamp(row.last_at),
            times: row.times,
            owner: row.owner,
            closed,
        };
        let mac = Mac::parse(&row.mac).map_err(|_| bad("mac"))?;
        Ok(Self { exception, mac, site: row.site })
    }
}

/// What happened, for a case that is opened or joined.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What happened.
    pub kind: Kind,
    /// How grave it is.
    pub weight: Weight,
    /// The device.
    pub device: DeviceId,
    /// Its site.
    pub site: SiteId,
    /// What was seen; never a secret.
    pub detail: String,
}

/// Adds to the open case of this kind and device; whether there is one.
pub async fn repeat(tx: &mut Tx, o: &Opening, at: Timestamp) -> Result<bool, Error> {
    let args = args![o.device.0, o.kind.word(), at, &o.detail, o.weight.word()];
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
    let args = args![id.0, number, o.kind.word(), o.weight.word(), o.device.0, o.site.0, &o.detail, at];
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

/// How many cases of this kind are open.
pub async fn count_open(tx: &mut Tx, kind: Kind) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(COUNT_OPEN, args![kind.word()]).await?.map_or(0, |(count,)| count))
}

/// Gives an open case to somebody; whether it is still open.
pub async fn take(tx: &mut Tx, number: i64, owner: UserId) -> Result<bool, Error> {
    Ok(tx.run(TAKE, args![number, owner.0]).await? == 1)
}

/// Closes an open case; whether it was open.
pub async fn close(tx: &mut Tx, number: i64, closed: &Closed) -> Result<bool, Error> {
    Ok(tx.run(CLOSE, args![number, closed.at, &closed.by, &closed.resolution]).await? == 1)
}
