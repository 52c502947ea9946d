//! Sites, segments, number ranges and places.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    ids::{PlaceId, RangeId, SegmentId, SiteId},
    number::{NumberRange, RangeKind},
    scope::Pilot,
    site::{Place, Scope, Segment, Site},
};
use uuid::Uuid;

statements! {
    LIST = "SELECT site_id, code, name, time_zone, scope FROM site ORDER BY code";
    BY_CODE = "SELECT site_id, code, name, time_zone, scope FROM site WHERE code = $1";
    BY_ID = "SELECT site_id, code, name, time_zone, scope FROM site WHERE site_id = $1";
    INSERT = "INSERT INTO site (site_id, code, name, time_zone, scope) VALUES ($1, $2, $3, $4, $5)";
    PILOT = "SELECT pilot_devices, pilot_until FROM site WHERE site_id = $1";
    SET_SCOPE = "UPDATE site SET scope = $2, pilot_devices = $3, pilot_until = $4 WHERE site_id = $1";
    LINES = "SELECT count(*), count(DISTINCT e.device_id) FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE d.site_id = $1 AND l.ended_at IS NULL";
    SEGMENTS = "SELECT segment_id, site_id, code, cidr, vlan, ntp FROM segment ORDER BY site_id, code";
    INSERT_SEGMENT = "INSERT INTO segment (segment_id, site_id, code, cidr, vlan, ntp) VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE = "UPDATE site SET name = $2, time_zone = $3 WHERE site_id = $1";
    UPDATE_SEGMENT = "UPDATE segment SET cidr = $2, vlan = $3, ntp = $4, changed_at = $5 WHERE segment_id = $1";
    UPDATE_PLACE = "UPDATE place SET building = $2, floor = $3, room = $4, emergency_location = $5, callback_number = $6, contact = $7 WHERE place_id = $1";
    PHONES_IN_SEGMENT = "SELECT count(*) FROM device WHERE segment_id = $1 AND state <> 'retired'";
    PHONES_AT_SITE = "SELECT count(*) FROM device WHERE site_id = $1 AND state <> 'retired'";
    RANGES = "SELECT range_id, site_id, kind, first_number, last_number FROM number_range ORDER BY kind, first_number";
    INSERT_RANGE = "INSERT INTO number_range (range_id, site_id, kind, first_number, last_number) VALUES ($1, $2, $3, $4, $5)";
    UPDATE_RANGE = "UPDATE number_range SET first_number = $2, last_number = $3 WHERE range_id = $1";
    REMOVE_RANGE = "DELETE FROM number_range WHERE range_id = $1";
    RANGES_WITH_SITE = "SELECT r.range_id, r.site_id, r.kind, r.first_number, r.last_number, s.code FROM number_range r JOIN site s ON s.site_id = r.site_id ORDER BY r.first_key";
    CALLED_BACK = "SELECT s.code, p.code FROM place p JOIN site s ON s.site_id = p.site_id WHERE p.callback_number = $1 ORDER BY s.code, p.code LIMIT 50";
    PLACES = "SELECT place_id, site_id, code, building, floor, room, emergency_location, callback_number, contact FROM place ORDER BY site_id, code";
    PLACE = "SELECT place_id, site_id, code, building, floor, room, emergency_location, callback_number, contact FROM place WHERE place_id = $1";
    PLACE_NAMED = "SELECT place_id, site_id, code, building, floor, room, emergency_location, callback_number, contact FROM place WHERE site_id = $1 AND code = $2";
    INSERT_PLACE = "INSERT INTO place (place_id, site_id, code, building, floor, room, emergency_location, callback_number, contact) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    COUNTS = "SELECT d.site_id, count(*), count(o.device_id), count(b.device_id) FROM device d LEFT JOIN observation o ON o.device_id = d.device_id LEFT JOIN (SELECT DISTINCT e.device_id FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE l.ended_at IS NULL) b ON b.device_id = d.device_id GROUP BY d.site_id";
    WAITING = "SELECT d.site_id, count(DISTINCT r.change_request_id) FROM change_request r JOIN change_request_item i ON i.change_request_id = r.change_request_id JOIN device d ON d.device_id = i.device_id WHERE r.state_word = 'submitted' GROUP BY d.site_id";
}

#[derive(sqlx::FromRow)]
struct SiteRow {
    site_id: Uuid,
    code: String,
    name: String,
    time_zone: String,
    scope: String,
}

impl TryFrom<SiteRow> for Site {
    type Error = Error;
    fn try_from(row: SiteRow) -> Result<Self, Error> {
        let scope = Scope::parse(&row.scope).ok_or_else(|| Error::row("site", row.site_id, &row.scope))?;
        Ok(Self { id: SiteId(row.site_id), code: row.code, name: row.name, time_zone: row.time_zone, scope })
    }
}

#[derive(sqlx::FromRow)]
struct SegmentRow {
    segment_id: Uuid,
    site_id: Uuid,
    code: String,
    cidr: String,
    vlan: Option<i64>,
    ntp: Option<String>,
}

impl TryFrom<SegmentRow> for Segment {
    type Error = Error;
    fn try_from(row: SegmentRow) -> Result<Self, Error> {
        let cidr = row.cidr.parse().map_err(|e| Error::row("segment", row.segment_id, e))?;
        let vlan = row
            .vlan
            .map(|v| u16::try_from(v).map_err(|e| Error::row("segment", row.segment_id, e)))
            .transpose()?;
        Ok(Self {
            id: SegmentId(row.segment_id),
            site: SiteId(row.site_id),
            code: row.code,
            cidr,
            vlan,
            ntp: row.ntp,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct PlaceRow {
    place_id: Uuid,
    site_id: Uuid,
    code: String,
    building: String,
    floor: String,
    room: String,
    emergency_location: String,
    callback_number: String,
    contact: String,
}

impl From<PlaceRow> for Place {
    fn from(row: PlaceRow) -> Self {
        Self {
            id: PlaceId(row.place_id),
            site: SiteId(row.site_id),
            code: row.code,
            building: row.building,
            floor: row.floor,
            room: row.room,
            emergency_location: row.emergency_location,
            callback_number: row.callback_number,
            contact: row.contact,
        }
    }
}

/// All sites by code.
pub async fn list(tx: &mut Tx) -> Result<Vec<Site>, Error> {
    tx.all::<SiteRow>(LIST, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The site of this code.
pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Site>, Error> {
    tx.one::<SiteRow>(BY_CODE, args![code]).await?.map(TryInto::try_into).transpose()
}

/// The site of this id.
pub async fn by_id(tx: &mut Tx, id: SiteId) -> Result<Option<Site>, Error> {
    tx.one::<SiteRow>(BY_ID, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// Adds a site.
pub async fn insert(tx: &mut Tx, site: &Site) -> Result<(), Error> {
    tx.run(INSERT, args![site.id.0, &site.code, &site.name, &site.time_zone, site.scope.word()]).await?;
    Ok(())
}

/// Changes a site's name and time zone.
pub async fn update(tx: &mut Tx, site: &Site) -> Result<(), Error> {
    tx.run(UPDATE, args![site.id.0, &site.name, &site.time_zone]).await?;
    Ok(())
}

/// Changes a segment's network. Evidence and sign-offs from before `at` count no more.
pub async fn update_segment(tx: &mut Tx, segment: &Segment, at: Timestamp) -> Result<(), Error> {
    let (vlan, cidr) = (segment.vlan.map(i64::from), segment.cidr.to_string());
    tx.run(UPDATE_SEGMENT, args![segment.id.0, cidr, vlan, segment.ntp.clone(), at]).await?;
    Ok(())
}

/// Changes everything about a place but its site and code.
pub async fn update_place(tx: &mut Tx, place: &Place) -> Result<(), Error> {
    let p = place;
    let (location, callback) = (&p.emergency_location, &p.callback_number);
    let args = args![p.id.0, &p.building, &p.floor, &p.room, location, callback, &p.contact];
    tx.run(UPDATE_PLACE, args).await?;
    Ok(())
}

/// Phones in a segment that are not retired.
pub async fn phones_in_segment(tx: &mut Tx, segment: SegmentId) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(PHONES_IN_SEGMENT, args![segment.0]).await?.map_or(0, |(count,)| count))
}

/// Phones at a site that are not retired.
pub async fn phones_at(tx: &mut Tx, site: SiteId) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(PHONES_AT_SITE, args![site.0]).await?.map_or(0, |(count,)| count))
}

/// The limits of a pilot at this site, if any are set.
pub async fn pilot(tx: &mut Tx, id: SiteId) -> Result<Option<Pilot>, Error> {
    let Some((Some(devices), Some(until))) = tx.one::<(Option<i64>, Option<i64>)>(PILOT, args![id.0]).await?
    else {
        return Ok(None);
    };
    let devices = u32::try_from(devices).map_err(|e| Error::row("site", id, e))?;
    Ok(Some(Pilot { devices, until: Timestamp(until) }))
}

/// Sets what happens by itself at a site, and its limits.
pub async fn set_scope(tx: &mut Tx, id: SiteId, scope: Scope, pilot: Option<Pilot>) -> Result<(), Error> {
    let (devices, until) = (pilot.map(|p| i64::from(p.devices)), pilot.map(|p| p.until));
    tx.run(SET_SCOPE, args![id.0, scope.word(), devices, until]).await?;
    Ok(())
}

/// How many lines stand at a site, and on how many devices.
pub async fn lines(tx: &mut Tx, id: SiteId) -> Result<(u32, u32), Error> {
    let (lines, devices) = tx.one::<(i64, i64)>(LINES, args![id.0]).await?.unwrap_or_default();
    let number = |n: i64| u32::try_from(n).map_err(|e| Error::row("site", id, e));
    Ok((number(lines)?, number(devices)?))
}

/// All segments of all sites; a few per site.
pub async fn segments(tx: &mut Tx) -> Result<Vec<Segment>, Error> {
    tx.all::<SegmentRow>(SEGMENTS, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Adds a segment.
pub async fn insert_segment(tx: &mut Tx, segment: &Segment) -> Result<(), Error> {
    let vlan = segment.vlan.map(i64::from);
    let cidr = segment.cidr.to_string();
    tx.run(
        INSERT_SEGMENT,
        args![segment.id.0, segment.site.0, &segment.code, cidr, vlan, segment.ntp.clone()],
    )
    .await?;
    Ok(())
}

/// All number ranges.
pub async fn ranges(tx: &mut Tx) -> Result<Vec<NumberRange>, Error> {
    let rows = tx.all::<(Uuid, Uuid, String, String, String)>(RANGES, vec![]).await?;
    let range = |(id, site, kind, first, last): (Uuid, Uuid, String, String, String)| NumberRange {
        id: RangeId(id),
        site: SiteId(site),
        kind: RangeKind::parse(&kind).unwrap_or(RangeKind::Extension),
        first,
        last,
    };
    Ok(rows.into_iter().map(range).collect())
}

/// All number ranges in the order of the plan, each with the code of its site.
pub async fn ranges_with_site(tx: &mut Tx) -> Result<Vec<(NumberRange, String)>, Error> {
    let rows = tx.all::<(Uuid, Uuid, String, String, String, String)>(RANGES_WITH_SITE, vec![]).await?;
    let range = |(id, site, kind, first, last, code): (Uuid, Uuid, String, String, String, String)| {
        let kind = RangeKind::parse(&kind).ok_or_else(|| Error::row("number_range", id, &kind))?;
        Ok((NumberRange { id: RangeId(id), site: SiteId(site), kind, first, last }, code))
    };
    rows.into_iter().map(range).collect()
}

/// Changes the ends of a number range.
pub async fn update_range(tx: &mut Tx, range: &NumberRange) -> Result<(), Error> {
    tx.run(UPDATE_RANGE, args![range.id.0, &range.first, &range.last]).await?;
    Ok(())
}

/// Removes a number range.
pub async fn remove_range(tx: &mut Tx, id: RangeId) -> Result<(), Error> {
    tx.run(REMOVE_RANGE, args![id.0]).await?;
    Ok(())
}

/// The first 50 places that emergency services would call back under a number: code of the site, code of the place.
pub async fn called_back(tx: &mut Tx, number: &str) -> Result<Vec<(String, String)>, Error> {
    tx.all(CALLED_BACK, args![number]).await
}

/// Adds a number range.
pub async fn insert_range(tx: &mut Tx, range: &NumberRange) -> Result<(), Error> {
    tx.run(INSERT_RANGE, args![range.id.0, range.site.0, range.kind.word(), &range.first, &range.last])
        .await?;
    Ok(())
}

/// All places.
pub async fn places(tx: &mut Tx) -> Result<Vec<Place>, Error> {
    Ok(tx.all::<PlaceRow>(PLACES, vec![]).await?.into_iter().map(Into::into).collect())
}

/// The place of this id.
pub async fn place(tx: &mut Tx, id: PlaceId) -> Result<Option<Place>, Error> {
    Ok(tx.one::<PlaceRow>(PLACE, args![id.0]).await?.map(Into::into))
}

/// The place of a site with this code.
pub async fn place_named(tx: &mut Tx, site: SiteId, code: &str) -> Result<Option<Place>, Error> {
    Ok(tx.one::<PlaceRow>(PLACE_NAMED, args![site.0, code]).await?.map(Into::into))
}

/// Adds a place.
pub async fn insert_place(tx: &mut Tx, place: &Place) -> Result<(), Error> {
    let p = place;
    let args = args![
        p.id.0,
        p.site.0,
        &p.code,
        &p.building,
        &p.floor,
        &p.room,
        &p.emergency_location,
        &p.callback_number,
        &p.contact
    ];
    tx.run(INSERT_PLACE, args).await?;
    Ok(())
}

/// Figures of a site on the overview.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Devices in inventory.
    pub devices: i64,
    /// Devices seen at the edge.
    pub seen: i64,
    /// Devices with a standing line.
    pub bound: i64,
    /// Requests waiting for an approver.
    pub waiting: i64,
}

/// Figures of every site that has devices. Two queries; cost grows with devices.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(SiteId, Counts)>, Error> {
    let waiting = tx.all::<(Uuid, i64)>(WAITING, vec![]).await?;
    let rows = tx.all::<(Uuid, i64, i64, i64)>(COUNTS, vec![]).await?;
    let counts = |(site, devices, seen, bound)| {
        let waiting = waiting.iter().find(|(id, _)| *id == site).map_or(0, |(_, n)| *n);
        (SiteId(site), Counts { devices, seen, bound, waiting })
    };
    Ok(rows.into_iter().map(counts).collect())
}
