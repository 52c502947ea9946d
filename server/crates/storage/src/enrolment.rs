//! Enrolment tokens. A code is here as a keyed hash and sealed; nothing here can read it.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Mac, Timestamp,
    enrolment::{Enrolment, Kind, State},
    ids::{DeviceId, EnrolmentId, SiteId},
};
use uuid::Uuid;

statements! {
    BY_ID = "SELECT enrolment_id, device_id, kind, state, clashed_at, made_at FROM enrolment WHERE enrolment_id = $1";
    BY_LOOKUP = "SELECT enrolment_id, device_id, kind, state, clashed_at, made_at FROM enrolment WHERE lookup = $1";
    OF_DEVICE = "SELECT enrolment_id, device_id, kind, state, clashed_at, made_at FROM enrolment WHERE device_id = $1 ORDER BY made_at DESC, enrolment_id DESC LIMIT 50";
    LAPSED = "SELECT enrolment_id, device_id, kind, state, clashed_at, made_at FROM enrolment WHERE ends_at <= $1 ORDER BY ends_at LIMIT 200";
    SEALED = "SELECT sealed FROM enrolment WHERE enrolment_id = $1";
    INSERT = "INSERT INTO enrolment (enrolment_id, device_id, kind, state_word, state, ends_at, delivered, lookup, sealed, clashed_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SAVE = "UPDATE enrolment SET state_word = $2, state = $3, ends_at = $4, delivered = $5, clashed_at = $6, sealed = CASE WHEN $7 THEN sealed ELSE NULL END WHERE enrolment_id = $1 AND state = $8";
    WITHOUT = "SELECT d.device_id FROM device d WHERE d.site_id = $1 AND d.state = 'active' AND NOT EXISTS (SELECT 1 FROM observation o WHERE o.device_id = d.device_id) AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.device_id = d.device_id AND (e.state_word IN ('used', 'released') OR (e.state_word = 'in-session' AND e.ends_at > $3) OR (e.kind = $2 AND (e.state_word = 'inactive' OR (e.state_word = 'waiting' AND e.ends_at > $3))))) ORDER BY d.mac LIMIT 200";
    COUNT_WITHOUT = "SELECT count(*) FROM device d WHERE d.site_id = $1 AND d.state = 'active' AND NOT EXISTS (SELECT 1 FROM observation o WHERE o.device_id = d.device_id) AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.device_id = d.device_id AND (e.state_word IN ('used', 'released') OR (e.state_word = 'in-session' AND e.ends_at > $3) OR (e.kind = $2 AND (e.state_word = 'inactive' OR (e.state_word = 'waiting' AND e.ends_at > $3)))))";
    COUNTS = "SELECT w.kind, w.word, count(*) FROM (SELECT e.kind AS kind, CASE WHEN e.ends_at <= $2 THEN 'expired' ELSE e.state_word END AS word FROM enrolment e JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.device_id = e.device_id AND n.kind = e.kind AND n.made_at > e.made_at)) w GROUP BY w.kind, w.word ORDER BY w.kind, w.word";
    INACTIVE = "SELECT e.enrolment_id, e.device_id, e.kind, e.state, e.clashed_at, e.made_at FROM enrolment e JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND e.state_word = 'inactive' AND d.state = 'active' ORDER BY d.mac LIMIT 200";
    EXPORT = "SELECT e.enrolment_id, e.sealed, e.state, d.mac, d.serial, d.vendor, d.model, coalesce(p.code, '') AS place, coalesce(p.room, '') AS room FROM enrolment e JOIN device d ON d.device_id = e.device_id LEFT JOIN place p ON p.place_id = d.place_id WHERE d.site_id = $1 AND e.kind = $2 AND d.state = 'active' AND (e.state_word = 'inactive' OR (e.state_word IN ('waiting', 'in-session') AND e.ends_at > $3) OR (e.kind = 'signed-address' AND e.state_word = 'used')) AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.device_id = e.device_id AND n.kind = e.kind AND n.made_at > e.made_at) ORDER BY coalesce(p.code, ''), d.mac";
    RELEASED = "SELECT DISTINCT d.mac FROM enrolment e JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND e.state_word = 'released' AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.device_id = e.device_id AND n.made_at > e.made_at)";
    ROWS = "SELECT e.kind, e.state, e.clashed_at, d.mac, d.vendor, d.model, s.code AS site, coalesce(p.code, '') AS place FROM enrolment e JOIN device d ON d.device_id = e.device_id JOIN site s ON s.site_id = d.site_id LEFT JOIN place p ON p.place_id = d.place_id WHERE (d.mac > $1 OR (d.mac = $1 AND e.kind > $2)) AND ($3 = '' OR s.code = $3) AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.device_id = e.device_id AND n.kind = e.kind AND n.made_at > e.made_at) AND ($4 = '' OR ($4 = 'clash' AND e.clashed_at IS NOT NULL) OR $4 = CASE WHEN e.ends_at <= $5 THEN 'expired' ELSE e.state_word END) ORDER BY d.mac, e.kind LIMIT 201";
}

/// Bare MACs of a site's phones that went back to their vendor: no redirect service may send them here.
pub async fn released(tx: &mut Tx, site: SiteId) -> Result<Vec<String>, Error> {
    Ok(tx.all::<(String,)>(RELEASED, args![site.0]).await?.into_iter().map(|(mac,)| mac).collect())
}

#[derive(sqlx::FromRow)]
struct EnrolmentRow {
    enrolment_id: Uuid,
    device_id: Uuid,
    kind: String,
    state: String,
    clashed_at: Option<i64>,
    made_at: i64,
}

fn kind(row: impl ToString, word: &str) -> Result<Kind, Error> {
    Kind::parse(word).ok_or_else(|| Error::row("enrolment", row, word))
}

fn state(row: impl ToString, json: &str) -> Result<State, Error> {
    serde_json::from_str(json).map_err(|e| Error::row("enrolment", row, e))
}

fn json(id: EnrolmentId, state: &State) -> Result<String, Error> {
    serde_json::to_string(state).map_err(|e| Error::row("enrolment", id, e))
}

impl TryFrom<EnrolmentRow> for Enrolment {
    type Error = Error;
    fn try_from(row: EnrolmentRow) -> Result<Self, Error> {
        Ok(Self {
            id: EnrolmentId(row.enrolment_id),
            device: DeviceId(row.device_id),
            kind: kind(row.enrolment_id, &row.kind)?,
            state: state(row.enrolment_id, &row.state)?,
            clashed: row.clashed_at.map(Timestamp),
            made: Timestamp(row.made_at),
        })
    }
}

/// What a code is kept as.
#[derive(Clone)]
pub struct Kept {
    /// Keyed hash, to find it by.
    pub lookup: Vec<u8>,
    /// Sealed, for the technician's list.
    pub sealed: Vec<u8>,
}

/// Adds a token; a code with what it is kept as.
pub async fn insert(tx: &mut Tx, e: &Enrolment, code: Option<Kept>) -> Result<(), Error> {
    let (lookup, sealed) = code.map(|kept| (kept.lookup, kept.sealed)).unzip();
    let args = args![
        e.id.0,
        e.device.0,
        e.kind.word(),
        e.state.word(),
        json(e.id, &e.state)?,
        e.state.ends(),
        e.state.delivered(),
        lookup,
        sealed,
        e.clashed,
        e.made
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a token whose state was `before`; false when somebody else was faster. A code that has ended is forgotten.
pub async fn save(tx: &mut Tx, e: &Enrolment, before: &State) -> Result<bool, Error> {
    let args = args![
        e.id.0,
        e.state.word(),
        json(e.id, &e.state)?,
        e.state.ends(),
        e.state.delivered(),
        e.clashed,
        e.state.is_open(),
        json(e.id, before)?
    ];
    Ok(tx.run(SAVE, args).await? == 1)
}

/// The token of this id.
pub async fn by_id(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Enrolment>, Error> {
    tx.one::<EnrolmentRow>(BY_ID, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// The code with this keyed hash.
pub async fn by_lookup(tx: &mut Tx, lookup: &[u8]) -> Result<Option<Enrolment>, Error> {
    tx.one::<EnrolmentRow>(BY_LOOKUP, args![lookup]).await?.map(TryInto::try_into).transpose()
}

/// A device's tokens, newest first.
pub async fn of_device(tx: &mut Tx, id: DeviceId) -> Result<Vec<Enrolment>, Error> {
    tx.all::<EnrolmentRow>(OF_DEVICE, args![id.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Up to 200 tokens whose time has passed and that are not marked so.
pub async fn lapsed(tx: &mut Tx, now: Timestamp) -> Result<Vec<Enrolment>, Error> {
    tx.all::<EnrolmentRow>(LAPSED, args![now]).await?.into_iter().map(TryInto::try_into).collect()
}

/// A code, sealed; `None` when there is none any more.
pub async fn sealed(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Vec<u8>>, Error> {
    Ok(tx.one::<(Option<Vec<u8>>,)>(SEALED, args![id.0]).await?.and_then(|(sealed,)| sealed))
}

/// Up to 200 devices of a site that need a token of this kind: in use, never seen with their credential, never
/// enrolled, not with the vendor, and without one that can be used or activated.
pub async fn without(tx: &mut Tx, site: SiteId, kind: Kind, now: Timestamp) -> Result<Vec<DeviceId>, Error> {
    let rows = tx.all::<(Uuid,)>(WITHOUT, args![site.0, kind.word(), now]).await?;
    Ok(rows.into_iter().map(|(id,)| DeviceId(id)).collect())
}

/// How many devices [`without`] would give, were there no limit.
pub async fn count_without(tx: &mut Tx, site: SiteId, kind: Kind, now: Timestamp) -> Result<i64, Error> {
    let row = tx.one::<(i64,)>(COUNT_WITHOUT, args![site.0, kind.word(), now]).await?;
    Ok(row.map_or(0, |(n,)| n))
}

/// How many tokens of a site are in which state: kind, word and number, the newest per device and kind.
pub async fn counts(tx: &mut Tx, site: SiteId, now: Timestamp) -> Result<Vec<(String, String, i64)>, Error> {
    tx.all(COUNTS, args![site.0, now]).await
}

/// Up to 200 codes of a site that wait to be activated.
pub async fn inactive(tx: &mut Tx, site: SiteId) -> Result<Vec<Enrolment>, Error> {
    tx.all::<EnrolmentRow>(INACTIVE, args![site.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// A token that can be handed out, with its device.
#[derive(Clone, sqlx::FromRow)]
pub struct ExportRow {
    /// Its id.
    pub enrolment_id: Uuid,
    /// The code, sealed; a signed address has none.
    pub sealed: Option<Vec<u8>>,
    /// State as JSON.
    pub state: String,
    /// Bare MAC.
    pub mac: String,
    /// Serial.
    pub serial: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Place code.
    pub place: String,
    /// Room.
    pub room: String,
}

impl ExportRow {
    /// Where it is in its life.
    pub fn state(&self) -> Result<State, Error> {
        state(self.enrolment_id, &self.state)
    }
}

/// Every token of a kind at a site that can be used now or after activation, by place; and signed addresses that
/// have been used, because the redirect service has to go on naming them.
pub async fn export(tx: &mut Tx, site: SiteId, kind: Kind, now: Timestamp) -> Result<Vec<ExportRow>, Error> {
    tx.all(EXPORT, args![site.0, kind.word(), now]).await
}

/// A row of the list: the newest token of a kind of a device.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// Kind of token.
    pub kind: Kind,
    /// Where it is in its life, apart from the time that may have passed.
    pub state: State,
    /// Last clash.
    pub clashed: Option<Timestamp>,
    /// Whose it is.
    pub mac: Mac,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    kind: String,
    state: String,
    clashed_at: Option<i64>,
    mac: String,
    vendor: String,
    model: String,
    site: String,
    place: String,
}

impl TryFrom<ListedRow> for ListRow {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self, Error> {
        Ok(Self {
            kind: kind(&row.mac, &row.kind)?,
            state: state(&row.mac, &row.state)?,
            clashed: row.clashed_at.map(Timestamp),
            mac: Mac::parse(&row.mac).map_err(|_| Error::row("device", &row.mac, "mac"))?,
            vendor: row.vendor,
            model: row.model,
            site: row.site,
            place: row.place,
        })
    }
}

/// Up to 201 rows after this MAC and kind; `word` is a state's, `clash`, or empty.
pub async fn rows(
    tx: &mut Tx,
    after: (&str, &str),
    site: &str,
    word: &str,
    now: Timestamp,
) -> Result<Vec<ListRow>, Error> {
    let args = args![after.0, after.1, site, word, now];
    tx.all::<ListedRow>(ROWS, args).await?.into_iter().map(TryInto::try_into).collect()
}
