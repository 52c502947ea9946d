//! Devices, endpoints, what was seen of them, and the inventory list.

use crate::{Error, Tx, args::args, many::many, statements};
use domain::{
    Ipei, Mac, Timestamp,
    artifact::Digest,
    device::{Device, DeviceState, Endpoint, EndpointKind, Serial},
    ids::{DeviceId, EndpointId, PlaceId, SecretId, SegmentId, SiteId},
    policy::Weight,
    site::Place,
    vendor::Vendor,
};
use uuid::Uuid;

statements! {
    BY_ID = "SELECT device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, quarantine_weight, carried_line, published_paths, digest_user, digest_secret_id FROM device WHERE device_id = $1";
    BY_MAC = "SELECT device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, quarantine_weight, carried_line, published_paths, digest_user, digest_secret_id FROM device WHERE mac = $1";
    BY_SERIAL = "SELECT device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, quarantine_weight, carried_line, published_paths, digest_user, digest_secret_id FROM device WHERE serial = $1";
    BY_DIGEST_USER = "SELECT d.device_id, d.site_id, d.serial, d.mac, d.vendor, d.model, d.place_id, d.segment_id, d.state, d.quarantine_weight, d.carried_line, d.published_paths, d.digest_user, d.digest_secret_id, p.site_id AS at_site, p.code AS at_code, p.building AS at_building, p.floor AS at_floor, p.room AS at_room, p.emergency_location AS at_location, p.callback_number AS at_callback, p.contact AS at_contact, (SELECT count(*) FROM enrolment n WHERE n.device_id = d.device_id AND (n.delivered OR n.state_word IN ('inactive', 'waiting', 'in-session'))) AS enrolling FROM device d LEFT JOIN place p ON p.place_id = d.place_id WHERE d.digest_user = $1";
    ALL = "SELECT device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, quarantine_weight, carried_line, published_paths, digest_user, digest_secret_id FROM device ORDER BY mac";
    OF_SITE = "SELECT device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, quarantine_weight, carried_line, published_paths, digest_user, digest_secret_id FROM device WHERE site_id = $1 ORDER BY mac";
    VENDORS = "SELECT vendor, count(*) FROM device WHERE site_id = $1 AND state = 'active' GROUP BY vendor ORDER BY vendor";
    INSERT = "INSERT INTO device (device_id, site_id, serial, mac, vendor, model, place_id, segment_id, state, carried_line, published_paths, digest_user, digest_secret_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    SET_PUBLISHED = "UPDATE device SET carried_line = $2, published_paths = $3 WHERE device_id = $1";
    SET_STATE = "UPDATE device SET state = $2, quarantine_weight = $3 WHERE device_id = $1 AND (state <> $2 OR coalesce(quarantine_weight, '') <> coalesce($3, ''))";
    SET_PLACE = "UPDATE device SET place_id = $2, segment_id = $3 WHERE device_id = $1";
    ENDPOINTS = "SELECT endpoint_id, kind, position, ipei FROM endpoint WHERE device_id = $1 ORDER BY position";
    INSERT_ENDPOINT = "INSERT INTO endpoint (endpoint_id, device_id, kind, position, ipei) VALUES ($1, $2, $3, $4, $5)";
    HANDSETS = "SELECT d.serial, e.position, e.ipei, (SELECT count(*) FROM line l WHERE l.endpoint_id = e.endpoint_id AND l.ended_at IS NULL) AS lines FROM endpoint e JOIN device d ON d.device_id = e.device_id WHERE e.kind = 'dect-handset' AND (e.ipei IS NOT NULL OR EXISTS (SELECT 1 FROM line l WHERE l.endpoint_id = e.endpoint_id AND l.ended_at IS NULL)) ORDER BY d.serial, e.position";
    SET_IPEI = "UPDATE endpoint SET ipei = $2 WHERE endpoint_id = $1 AND NOT EXISTS (SELECT 1 FROM line l WHERE l.endpoint_id = endpoint.endpoint_id AND l.ended_at IS NULL)";
    FIRST_IPEI = "UPDATE endpoint SET ipei = $3 WHERE device_id = (SELECT d.device_id FROM device d WHERE d.serial = $1) AND position = $2 AND kind = 'dect-handset' AND ipei IS NULL AND NOT EXISTS (SELECT 1 FROM line l WHERE l.endpoint_id = endpoint.endpoint_id AND l.ended_at IS NULL)";
    SEEN = "SELECT seen_at, client, user_agent FROM observation WHERE device_id = $1";
    OBSERVE = "INSERT INTO observation (device_id, seen_at, client, user_agent, firmware, digest, firmware_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (device_id) DO UPDATE SET seen_at = excluded.seen_at, client = excluded.client, user_agent = excluded.user_agent, firmware = excluded.firmware, digest = excluded.digest, firmware_at = CASE WHEN observation.firmware = excluded.firmware THEN observation.firmware_at ELSE excluded.seen_at END";
    OBSERVE_MANY = many!("INSERT INTO observation (device_id, seen_at, client, user_agent, firmware, digest, firmware_at) VALUES ", 7 columns, 32 rows, " ON CONFLICT (device_id) DO UPDATE SET seen_at = excluded.seen_at, client = excluded.client, user_agent = excluded.user_agent, firmware = excluded.firmware, digest = excluded.digest, firmware_at = CASE WHEN observation.firmware = excluded.firmware THEN observation.firmware_at ELSE excluded.seen_at END");
    ROWS = "SELECT d.mac, d.serial, d.vendor, d.model, s.code AS site, coalesce(p.code, '') AS place, d.state, o.seen_at FROM device d JOIN site s ON s.site_id = d.site_id LEFT JOIN place p ON p.place_id = d.place_id LEFT JOIN observation o ON o.device_id = d.device_id WHERE d.mac > $1 AND ($2 = '' OR s.code = $2) AND ($3 = '' OR ($3 = 'bound' AND EXISTS (SELECT 1 FROM endpoint e JOIN line l ON l.endpoint_id = e.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL)) OR ($3 = 'unbound' AND NOT EXISTS (SELECT 1 FROM endpoint e JOIN line l ON l.endpoint_id = e.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL)) OR d.state = $3) ORDER BY d.mac LIMIT 201";
    // CROSS JOIN keeps SQLite to the order in which little is left after each table.
    FOUND = "WITH found (device_id) AS (SELECT w.device_id FROM device w WHERE ($5 <> '' AND w.mac LIKE $5) OR w.serial LIKE $7 OR lower(w.model) LIKE $4 UNION SELECT w.device_id FROM place q CROSS JOIN device w WHERE w.place_id = q.place_id AND (lower(q.code) LIKE $4 OR lower(q.room) LIKE $4) UNION SELECT e.device_id FROM extension x CROSS JOIN line l CROSS JOIN endpoint e WHERE l.extension_id = x.extension_id AND e.endpoint_id = l.endpoint_id AND l.ended_at IS NULL AND $6 <> '' AND (x.number LIKE $6 OR x.did LIKE $6) UNION SELECT e.device_id FROM person h CROSS JOIN extension x CROSS JOIN line l CROSS JOIN endpoint e WHERE l.extension_id = x.extension_id AND e.endpoint_id = l.endpoint_id AND l.ended_at IS NULL AND x.owner_person_id = h.person_id AND $8 <> '' AND lower(h.name) LIKE $8) SELECT d.mac, d.serial, d.vendor, d.model, s.code AS site, coalesce(p.code, '') AS place, d.state, o.seen_at FROM found f CROSS JOIN device d CROSS JOIN site s LEFT JOIN place p ON p.place_id = d.place_id LEFT JOIN observation o ON o.device_id = d.device_id WHERE d.device_id = f.device_id AND s.site_id = d.site_id AND d.mac > $1 AND ($2 = '' OR s.code = $2) AND ($3 = '' OR ($3 = 'bound' AND EXISTS (SELECT 1 FROM endpoint e JOIN line l ON l.endpoint_id = e.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL)) OR ($3 = 'unbound' AND NOT EXISTS (SELECT 1 FROM endpoint e JOIN line l ON l.endpoint_id = e.endpoint_id WHERE e.device_id = d.device_id AND l.ended_at IS NULL)) OR d.state = $3) ORDER BY d.mac LIMIT 201";
    KEYS_BETWEEN = "SELECT d.mac, e.position, x.number FROM device d JOIN endpoint e ON e.device_id = d.device_id JOIN line l ON l.endpoint_id = e.endpoint_id JOIN extension x ON x.extension_id = l.extension_id WHERE l.ended_at IS NULL AND d.mac >= $1 AND d.mac <= $2 ORDER BY d.mac, e.position";
}

/// A device with what only storage and services need to know.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The device.
    pub device: Device,
    /// Whether a line has been published to it since its factory reset.
    pub carried_line: bool,
    /// Every setting path published to it since its factory reset, as JSON.
    pub published_paths: String,
    /// Its user name for HTTP Digest.
    pub digest_user: String,
    /// Its secret for HTTP Digest.
    pub digest_secret: SecretId,
}

impl Stored {
    /// As people read it: `yealink T46U 80:5e:c0:12:34:56`.
    pub fn name(&self) -> String {
        let d = &self.device;
        format!("{} {} {}", d.vendor, d.model, d.mac)
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct DeviceRow {
    device_id: Uuid,
    site_id: Uuid,
    serial: String,
    mac: String,
    vendor: String,
    model: String,
    place_id: Option<Uuid>,
    segment_id: Option<Uuid>,
    state: String,
    quarantine_weight: Option<String>,
    carried_line: bool,
    published_paths: String,
    digest_user: String,
    digest_secret_id: Uuid,
}

impl TryFrom<DeviceRow> for Stored {
    type Error = Error;
    fn try_from(row: DeviceRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("device", row.device_id, what);
        let weight = row.quarantine_weight.as_deref().and_then(Weight::parse);
        let device = Device {
            id: DeviceId(row.device_id),
            site: SiteId(row.site_id),
            serial: Serial::parse(&row.serial).ok_or_else(|| bad("serial"))?,
            mac: Mac::parse(&row.mac).map_err(|_| bad("mac"))?,
            vendor: Vendor::parse(&row.vendor).ok_or_else(|| bad("vendor"))?,
            model: row.model,
            place: row.place_id.map(PlaceId),
            segment: row.segment_id.map(SegmentId),
            state: DeviceState::parse(&row.state, weight).ok_or_else(|| bad("state"))?,
        };
        Ok(Self {
            device,
            carried_line: row.carried_line,
            published_paths: row.published_paths,
            digest_user: row.digest_user,
            digest_secret: SecretId(row.digest_secret_id),
        })
    }
}

/// The device of this id.
pub async fn by_id(tx: &mut Tx, id: DeviceId) -> Result<Option<Stored>, Error> {
    tx.one::<DeviceRow>(BY_ID, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// The device of this MAC.
pub async fn by_mac(tx: &mut Tx, mac: Mac) -> Result<Option<Stored>, Error> {
    tx.one::<DeviceRow>(BY_MAC, args![mac.bare()]).await?.map(TryInto::try_into).transpose()
}

/// The device of this serial.
pub async fn by_serial(tx: &mut Tx, serial: &str) -> Result<Option<Stored>, Error> {
    tx.one::<DeviceRow>(BY_SERIAL, args![serial]).await?.map(TryInto::try_into).transpose()
}

/// A device with what the edge asks of it first.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The device.
    pub stored: Stored,
    /// Where it stands.
    pub place: Option<Place>,
    /// Whether the next use of its credential would change one of its enrolment tokens.
    pub enrolling: bool,
}

#[derive(sqlx::FromRow)]
struct ShownRow {
    #[sqlx(flatten)]
    device: DeviceRow,
    at_site: Option<Uuid>,
    at_code: Option<String>,
    at_building: Option<String>,
    at_floor: Option<String>,
    at_room: Option<String>,
    at_location: Option<String>,
    at_callback: Option<String>,
    at_contact: Option<String>,
    enrolling: i64,
}

impl TryFrom<ShownRow> for Shown {
    type Error = Error;
    fn try_from(row: ShownRow) -> Result<Self, Error> {
        let place = row.device.place_id.zip(row.at_site).map(|(id, site)| Place {
            id: PlaceId(id),
            site: SiteId(site),
            code: row.at_code.unwrap_or_default(),
            building: row.at_building.unwrap_or_default(),
            floor: row.at_floor.unwrap_or_default(),
            room: row.at_room.unwrap_or_default(),
            emergency_location: row.at_location.unwrap_or_default(),
            callback_number: row.at_callback.unwrap_or_default(),
            contact: row.at_contact.unwrap_or_default(),
        });
        Ok(Self { stored: row.device.try_into()?, place, enrolling: row.enrolling > 0 })
    }
}

/// The device whose digest user name this is; one query.
pub async fn by_digest_user(tx: &mut Tx, user: &str) -> Result<Option<Shown>, Error> {
    tx.one::<ShownRow>(BY_DIGEST_USER, args![user]).await?.map(TryInto::try_into).transpose()
}

/// Every device; for imports, which compare whole inventories.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    tx.all::<DeviceRow>(ALL, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// A site's devices, by MAC.
pub async fn of_site(tx: &mut Tx, site: SiteId) -> Result<Vec<Stored>, Error> {
    tx.all::<DeviceRow>(OF_SITE, args![site.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// How many active devices of each vendor a site has.
pub async fn vendors(tx: &mut Tx, site: SiteId) -> Result<Vec<(String, i64)>, Error> {
    tx.all(VENDORS, args![site.0]).await
}

/// Adds a device.
pub async fn insert(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let d = &stored.device;
    let args = args![
        d.id.0,
        d.site.0,
        d.serial.to_string(),
        d.mac.bare(),
        d.vendor.name(),
        &d.model,
        d.place.map(|p| p.0),
        d.segment.map(|s| s.0),
        d.state.word(),
        stored.carried_line,
        &stored.published_paths,
        &stored.digest_user,
        stored.digest_secret.0
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Notes what has been published to a device since its factory reset.
pub async fn set_published(tx: &mut Tx, id: DeviceId, carried_line: bool, paths: &str) -> Result<(), Error> {
    tx.run(SET_PUBLISHED, args![id.0, carried_line, paths]).await?;
    Ok(())
}

/// Sets a device's state, and the weight of a quarantine; whether it changed.
pub async fn set_state(tx: &mut Tx, id: DeviceId, state: DeviceState) -> Result<bool, Error> {
    Ok(tx.run(SET_STATE, args![id.0, state.word(), state.weight().map(Weight::word)]).await? == 1)
}

/// Says where a device stands: its place, and the segment that it belongs to.
pub async fn set_place(
    tx: &mut Tx,
    id: DeviceId,
    place: Option<PlaceId>,
    segment: Option<SegmentId>,
) -> Result<(), Error> {
    tx.run(SET_PLACE, args![id.0, place.map(|p| p.0), segment.map(|s| s.0)]).await?;
    Ok(())
}

/// A device's endpoints by index.
pub async fn endpoints(tx: &mut Tx, id: DeviceId) -> Result<Vec<Endpoint>, Error> {
    let rows = tx.all::<(Uuid, String, i64, Option<String>)>(ENDPOINTS, args![id.0]).await?;
    let endpoint = |(endpoint, kind, index, ipei): (Uuid, String, i64, Option<String>)| {
        let wrong = |what: &str| Error::row("endpoint", endpoint, what);
        Ok(Endpoint {
            id: EndpointId(endpoint),
            device: id,
            kind: EndpointKind::parse(&kind).ok_or_else(|| wrong("kind"))?,
            index: u8::try_from(index).map_err(|_| wrong("position"))?,
            ipei: ipei.map(|text| Ipei::parse(&text).map_err(|_| wrong("ipei"))).transpose()?,
        })
    };
    rows.into_iter().map(endpoint).collect()
}

/// Adds an endpoint.
pub async fn insert_endpoint(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), Error> {
    let ipei = endpoint.ipei.map(|ipei| ipei.to_string());
    let args = args![endpoint.id.0, endpoint.device.0, endpoint.kind.word(), i64::from(endpoint.index), ipei];
    tx.run(INSERT_ENDPOINT, args).await?;
    Ok(())
}

/// A handset of a base whose IPEI is known, or that has a line.
#[derive(Clone, Debug)]
pub struct Handset {
    /// The base's serial number.
    pub serial: Serial,
    /// Which of its handsets.
    pub index: u8,
    /// Who it is, if that is known.
    pub ipei: Option<Ipei>,
    /// Whether a line stands on it.
    pub bound: bool,
}

/// Every handset whose IPEI is known, or that has a line.
pub async fn handsets(tx: &mut Tx) -> Result<Vec<Handset>, Error> {
    let rows = tx.all::<(String, i64, Option<String>, i64)>(HANDSETS, vec![]).await?;
    let handset = |(serial, index, ipei, lines): (String, i64, Option<String>, i64)| {
        let wrong = |what: &str| Error::row("endpoint", Uuid::nil(), what);
        Ok(Handset {
            serial: Serial::parse(&serial).ok_or_else(|| wrong("serial"))?,
            index: u8::try_from(index).map_err(|_| wrong("position"))?,
            ipei: ipei.map(|text| Ipei::parse(&text).map_err(|_| wrong("ipei"))).transpose()?,
            bound: lines > 0,
        })
    };
    rows.into_iter().map(handset).collect()
}

/// Says which handset an endpoint is, or that nobody knows; not while a line stands there. Whether it did.
pub async fn set_ipei(tx: &mut Tx, endpoint: EndpointId, ipei: Option<Ipei>) -> Result<bool, Error> {
    let ipei = ipei.map(|ipei| ipei.to_string());
    Ok(tx.run(SET_IPEI, args![endpoint.0, ipei]).await? == 1)
}

/// The same by the base's serial number, where nobody has said it yet.
pub async fn first_ipei(tx: &mut Tx, serial: &Serial, index: u8, ipei: Ipei) -> Result<bool, Error> {
    let args = args![serial.to_string(), i64::from(index), ipei.to_string()];
    Ok(tx.run(FIRST_IPEI, args).await? == 1)
}

/// What the edge saw of a proven device.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The device.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
    /// From where.
    pub client: String,
    /// What it says it is.
    pub user_agent: String,
    /// The firmware in there.
    pub firmware: String,
    /// What it was served.
    pub digest: Option<Digest>,
}

/// A device's newest serve after it had proven itself.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// Source address.
    pub client: String,
    /// What it said it was.
    pub user_agent: String,
}

/// When a device was last served after it had proven itself, and where it came from.
pub async fn seen(tx: &mut Tx, id: DeviceId) -> Result<Option<Seen>, Error> {
    let row = tx.one::<(i64, String, String)>(SEEN, args![id.0]).await?;
    Ok(row.map(|(at, client, user_agent)| Seen { at: Timestamp(at), client, user_agent }))
}

/// Notes the newest observations, one of each device.
pub async fn observe(tx: &mut Tx, seen: &[Observation]) -> Result<(), Error> {
    let row = |o: &Observation| {
        let digest = o.digest.map(|d| d.0.to_vec());
        args![o.device.0, o.at, &o.client, &o.user_agent, &o.firmware, digest, o.at]
    };
    let (many, rest) = seen.as_chunks::<32>();
    for chunk in many {
        tx.run(OBSERVE_MANY, chunk.iter().flat_map(row).collect()).await?;
    }
    for one in rest {
        tx.run(OBSERVE, row(one)).await?;
    }
    Ok(())
}

/// A row of the inventory list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListRow {
    /// Bare MAC.
    pub mac: String,
    /// Serial.
    pub serial: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
    /// State word.
    pub state: String,
    /// Last proven fetch.
    pub seen_at: Option<i64>,
}

/// What is looked for, as patterns of `LIKE`; empty where it can be nothing of the kind.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// In model and place, in lower case; empty: every device.
    pub text: String,
    /// In the serial, in upper case.
    pub serial: String,
    /// In the name of who has a line there, in lower case.
    pub name: String,
    /// In the MAC.
    pub mac: String,
    /// In extension and DID.
    pub number: String,
}

/// Up to 201 rows after `after`, so that the caller knows whether more follow.
///
/// A search reads an index of the devices, the extensions, the people and the places, each once, however much it finds.
pub async fn rows(
    tx: &mut Tx,
    after: &str,
    site: &str,
    state: &str,
    words: &Words,
) -> Result<Vec<ListRow>, Error> {
    if words.text.is_empty() {
        return tx.all(ROWS, args![after, site, state]).await;
    }
    let Words { text, serial, name, mac, number } = words;
    tx.all(FOUND, args![after, site, state, text, mac, number, serial, name]).await
}

/// Bare MAC, line key and extension of every standing line of the devices from `first` to `last`.
pub async fn keys_between(tx: &mut Tx, first: &str, last: &str) -> Result<Vec<(String, i64, String)>, Error> {
    tx.all(KEYS_BETWEEN, args![first, last]).await
}
