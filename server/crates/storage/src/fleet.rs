//! Many devices at once, for what a layer reaches: a constant number of statements, whatever the inventory.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Ipei, Mac,
    device::{Device, DeviceState, Serial},
    ids::{DeviceId, SegmentId, SiteId},
    policy::Weight,
    vendor::Vendor,
};
use uuid::Uuid;

/// Devices; what follows says which.
macro_rules! devices {
    ($after:literal) => {
        concat!(
            "SELECT d.device_id, d.site_id, d.serial, d.mac, d.vendor, d.model, d.segment_id, d.state, d.quarantine_weight, d.carried_line, d.published_paths FROM device d ",
            $after,
            " ORDER BY d.mac"
        )
    };
}

/// Lines that stand; what follows says on which devices.
macro_rules! lines {
    ($after:literal) => {
        concat!(
            "SELECT e.device_id, e.position, coalesce(x.owner_person_id, x.owner_place_id) FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN extension x ON x.extension_id = l.extension_id JOIN device d ON d.device_id = e.device_id WHERE l.ended_at IS NULL",
            $after
        )
    };
}

/// DECT handsets; what follows says of which devices.
macro_rules! handsets {
    ($after:literal) => {
        concat!(
            "SELECT e.device_id, e.position, e.ipei FROM endpoint e JOIN device d ON d.device_id = e.device_id WHERE e.ipei IS NOT NULL",
            $after
        )
    };
}

statements! {
    DEVICES = devices!("");
    DEVICES_OF_VENDOR = devices!("WHERE d.vendor = $1");
    DEVICES_OF_SITE = devices!("WHERE d.site_id = $1");
    DEVICES_OF_ONE = devices!("WHERE d.device_id = $1");
    LINES = lines!("");
    LINES_OF_VENDOR = lines!(" AND d.vendor = $1");
    LINES_OF_SITE = lines!(" AND d.site_id = $1");
    LINES_OF_ONE = lines!(" AND d.device_id = $1");
    HANDSETS = handsets!("");
    HANDSETS_OF_VENDOR = handsets!(" AND d.vendor = $1");
    HANDSETS_OF_SITE = handsets!(" AND d.site_id = $1");
    HANDSETS_OF_ONE = handsets!(" AND d.device_id = $1");
}

/// Which devices are looked at.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// All.
    All,
    /// Of a vendor.
    Vendor(Vendor),
    /// Of a site.
    Site(SiteId),
    /// One.
    One(DeviceId),
}

/// A device, as far as its files depend on it.
#[derive(Clone, Debug)]
pub struct Member {
    /// The device; its place is left out.
    pub device: Device,
    /// Whether a line has been published to it since its factory reset.
    pub carried_line: bool,
    /// Every setting path published to it since its factory reset, as JSON.
    pub published_paths: String,
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    device_id: Uuid,
    site_id: Uuid,
    serial: String,
    mac: String,
    vendor: String,
    model: String,
    segment_id: Option<Uuid>,
    state: String,
    quarantine_weight: Option<String>,
    carried_line: bool,
    published_paths: String,
}

impl TryFrom<MemberRow> for Member {
    type Error = Error;
    fn try_from(row: MemberRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("device", row.device_id, what);
        let weight = row.quarantine_weight.as_deref().and_then(Weight::parse);
        let device = Device {
            id: DeviceId(row.device_id),
            site: SiteId(row.site_id),
            serial: Serial::parse(&row.serial).ok_or_else(|| bad("serial"))?,
            mac: Mac::parse(&row.mac).map_err(|_| bad("mac"))?,
            vendor: Vendor::parse(&row.vendor).ok_or_else(|| bad("vendor"))?,
            model: row.model,
            place: None,
            segment: row.segment_id.map(SegmentId),
            state: DeviceState::parse(&row.state, weight).ok_or_else(|| bad("state"))?,
        };
        Ok(Self { device, carried_line: row.carried_line, published_paths: row.published_paths })
    }
}

/// The devices, in order of their MAC.
pub async fn devices(tx: &mut Tx, which: Which) -> Result<Vec<Member>, Error> {
    let rows = match which {
        Which::All => tx.all::<MemberRow>(DEVICES, vec![]).await?,
        Which::Vendor(vendor) => tx.all(DEVICES_OF_VENDOR, args![vendor.name()]).await?,
        Which::Site(site) => tx.all(DEVICES_OF_SITE, args![site.0]).await?,
        Which::One(device) => tx.all(DEVICES_OF_ONE, args![device.0]).await?,
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A line that stands: on which device and line key, and who answers for it, by id.
pub type Standing = (DeviceId, u8, Option<Uuid>);

/// The lines that stand on these devices, in no order.
pub async fn lines(tx: &mut Tx, which: Which) -> Result<Vec<Standing>, Error> {
    let rows = match which {
        Which::All => tx.all::<(Uuid, i64, Option<Uuid>)>(LINES, vec![]).await?,
        Which::Vendor(vendor) => tx.all(LINES_OF_VENDOR, args![vendor.name()]).await?,
        Which::Site(site) => tx.all(LINES_OF_SITE, args![site.0]).await?,
        Which::One(device) => tx.all(LINES_OF_ONE, args![device.0]).await?,
    };
    let line = |(device, index, owner)| (DeviceId(device), u8::try_from(index).unwrap_or(u8::MAX), owner);
    Ok(rows.into_iter().map(line).collect())
}

/// The DECT handsets of these devices, in no order.
pub async fn handsets(tx: &mut Tx, which: Which) -> Result<Vec<(DeviceId, u8, Ipei)>, Error> {
    let rows = match which {
        Which::All => tx.all::<(Uuid, i64, String)>(HANDSETS, vec![]).await?,
        Which::Vendor(vendor) => tx.all(HANDSETS_OF_VENDOR, args![vendor.name()]).await?,
        Which::Site(site) => tx.all(HANDSETS_OF_SITE, args![site.0]).await?,
        Which::One(device) => tx.all(HANDSETS_OF_ONE, args![device.0]).await?,
    };
    let handset = |(device, index, ipei): (Uuid, i64, String)| {
        let ipei = Ipei::parse(&ipei).map_err(|_| Error::row("endpoint", device, "ipei"))?;
        Ok((DeviceId(device), u8::try_from(index).unwrap_or(u8::MAX), ipei))
    };
    rows.into_iter().map(handset).collect()
}
