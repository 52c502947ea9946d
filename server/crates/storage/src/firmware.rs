//! Firmware: images, steps, minimums, budgets, and what each device is sent to.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Finding, Timestamp,
    artifact::Digest,
    firmware::{Budget, Image, Minimum, Step, Version},
    ids::{DeviceId, FirmwareId, SiteId},
    setting::Path,
    vendor::Vendor,
};
use uuid::Uuid;

statements! {
    IMAGES = "SELECT firmware_id, vendor, models, version, file, hash, bytes, no_downgrade, notes, uploaded_by, uploaded_at, withdrawn_at, withdrawn_reason FROM firmware ORDER BY uploaded_at DESC, firmware_id DESC";
    BY_ID = "SELECT firmware_id, vendor, models, version, file, hash, bytes, no_downgrade, notes, uploaded_by, uploaded_at, withdrawn_at, withdrawn_reason FROM firmware WHERE firmware_id = $1";
    BY_FILE = "SELECT firmware_id, vendor, models, version, file, hash, bytes, no_downgrade, notes, uploaded_by, uploaded_at, withdrawn_at, withdrawn_reason FROM firmware WHERE lower(file) = $1 AND withdrawn_at IS NULL";
    INSERT = "INSERT INTO firmware (firmware_id, vendor, models, version, file, hash, bytes, no_downgrade, notes, uploaded_by, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    WITHDRAW = "UPDATE firmware SET withdrawn_at = $2, withdrawn_reason = $3 WHERE firmware_id = $1 AND withdrawn_at IS NULL";
    STEPS = "SELECT firmware_step_id, vendor, from_version, via_version, to_version FROM firmware_step ORDER BY vendor, to_version, via_version, from_version";
    INSERT_STEP = "INSERT INTO firmware_step (firmware_step_id, vendor, from_version, via_version, to_version) VALUES ($1, $2, $3, $4, $5)";
    DELETE_STEP = "DELETE FROM firmware_step WHERE firmware_step_id = $1";
    MINIMUMS = "SELECT vendor, path, release FROM firmware_minimum ORDER BY vendor, path";
    SET_MINIMUM = "INSERT INTO firmware_minimum (vendor, path, release) VALUES ($1, $2, $3) ON CONFLICT (vendor, path) DO UPDATE SET release = excluded.release";
    DELETE_MINIMUM = "DELETE FROM firmware_minimum WHERE vendor = $1 AND path = $2";
    BUDGETS = "SELECT site_id, kbps FROM firmware_budget";
    BUDGET = "SELECT site_id, kbps FROM firmware_budget WHERE site_id = $1";
    SET_BUDGET = "INSERT INTO firmware_budget (site_id, kbps) VALUES ($1, $2) ON CONFLICT (site_id) DO UPDATE SET kbps = excluded.kbps";
    DELETE_BUDGET = "DELETE FROM firmware_budget WHERE site_id = $1";
    TARGET = "SELECT device_id, installed, wanted, file, bytes, finding FROM firmware_target WHERE device_id = $1";
    SET_TARGET = "INSERT INTO firmware_target (device_id, installed, wanted, file, bytes, finding) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO UPDATE SET installed = excluded.installed, wanted = excluded.wanted, file = excluded.file, bytes = excluded.bytes, finding = excluded.finding";
    DELETE_TARGET = "DELETE FROM firmware_target WHERE device_id = $1";
    INSTALLED = "SELECT firmware FROM observation WHERE device_id = $1";
    MOVED = "SELECT d.mac FROM firmware_target t JOIN observation o ON o.device_id = t.device_id JOIN device d ON d.device_id = t.device_id WHERE o.firmware <> t.installed AND o.firmware <> '' AND d.mac > $1 AND o.firmware_at >= $2 ORDER BY d.mac LIMIT 200";
    MACS = "SELECT mac FROM device WHERE state <> 'retired' AND mac > $1 ORDER BY mac LIMIT 200";
    MISMATCHES = "SELECT d.mac, d.vendor, d.model, s.code AS site, coalesce(o.firmware, '') AS installed, o.seen_at, t.wanted, t.file, t.finding FROM firmware_target t JOIN device d ON d.device_id = t.device_id JOIN site s ON s.site_id = d.site_id LEFT JOIN observation o ON o.device_id = d.device_id WHERE d.state <> 'retired' AND t.wanted <> coalesce(o.firmware, '') AND d.mac > $1 ORDER BY d.mac LIMIT 201";
    DEMAND = "SELECT s.site_id, s.code, s.name, b.kbps, count(t.device_id), CAST(coalesce(sum(t.bytes), 0) AS BIGINT) FROM site s LEFT JOIN firmware_budget b ON b.site_id = s.site_id LEFT JOIN device d ON d.site_id = s.site_id AND d.state <> 'retired' LEFT JOIN firmware_target t ON t.device_id = d.device_id AND t.file <> '' AND t.wanted <> coalesce((SELECT o.firmware FROM observation o WHERE o.device_id = d.device_id), '') GROUP BY s.site_id, s.code, s.name, b.kbps ORDER BY s.code";
}

/// An image with what people know of it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The image.
    pub image: Image,
    /// What the uploader said about it.
    pub notes: String,
    /// Who uploaded it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was withdrawn and why.
    pub withdrawn: Option<(Timestamp, String)>,
}

#[derive(sqlx::FromRow)]
struct ImageRow {
    firmware_id: Uuid,
    vendor: String,
    models: String,
    version: String,
    file: String,
    hash: Vec<u8>,
    bytes: i64,
    no_downgrade: bool,
    notes: String,
    uploaded_by: String,
    uploaded_at: i64,
    withdrawn_at: Option<i64>,
    withdrawn_reason: Option<String>,
}

impl TryFrom<ImageRow> for Stored {
    type Error = Error;
    fn try_from(row: ImageRow) -> Result<Self, Error> {
        let bad = |what: &dyn std::fmt::Display| Error::row("firmware", row.firmware_id, what);
        let vendor = Vendor::parse(&row.vendor).ok_or_else(|| bad(&row.vendor))?;
        let image = Image {
            id: FirmwareId(row.firmware_id),
            vendor,
            models: serde_json::from_str(&row.models).map_err(|e| bad(&e))?,
            version: Version::parse(vendor, &row.version).ok_or_else(|| bad(&row.version))?,
            file: row.file.clone(),
            hash: Digest(row.hash.as_slice().try_into().map_err(|_| bad(&"length of hash"))?),
            bytes: u64::try_from(row.bytes).map_err(|e| bad(&e))?,
            no_downgrade: row.no_downgrade,
            withdrawn: row.withdrawn_at.is_some(),
        };
        let withdrawn = row.withdrawn_at.map(|at| (Timestamp(at), row.withdrawn_reason.unwrap_or_default()));
        let at = Timestamp(row.uploaded_at);
        Ok(Self { image, notes: row.notes, by: row.uploaded_by, at, withdrawn })
    }
}

/// Every image, newest first, the withdrawn ones too. An estate has tens of them.
pub async fn images(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    tx.all::<ImageRow>(IMAGES, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The image of this id.
pub async fn by_id(tx: &mut Tx, id: FirmwareId) -> Result<Option<Stored>, Error> {
    tx.one::<ImageRow>(BY_ID, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// The image that is served under this name, in whatever case.
pub async fn by_file(tx: &mut Tx, file: &str) -> Result<Option<Stored>, Error> {
    let file = file.to_ascii_lowercase();
    tx.one::<ImageRow>(BY_FILE, args![file]).await?.map(TryInto::try_into).transpose()
}

/// Adds an image.
pub async fn insert(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let i = &stored.image;
    let models = serde_json::to_string(&i.models).map_err(|e| Error::row("firmware", i.id, e))?;
    let bytes = i64::try_from(i.bytes).map_err(|e| Error::row("firmware", i.id, e))?;
    let args = args![
        i.id.0,
        i.vendor.name(),
        models,
        i.version.to_string(),
        &i.file,
        i.hash.0.as_slice(),
        bytes,
        i.no_downgrade,
        &stored.notes,
        &stored.by,
        stored.at
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Withdraws an image; whether it was there to be withdrawn.
pub async fn withdraw(tx: &mut Tx, id: FirmwareId, now: Timestamp, reason: &str) -> Result<bool, Error> {
    Ok(tx.run(WITHDRAW, args![id.0, now, reason]).await? == 1)
}

/// Every step with its id and vendor.
pub async fn steps(tx: &mut Tx) -> Result<Vec<(Uuid, Vendor, Step)>, Error> {
    let rows = tx.all::<(Uuid, String, String, String, String)>(STEPS, vec![]).await?;
    let step = |(id, vendor, from, via, to): (Uuid, String, String, String, String)| {
        let read = || {
            let vendor = Vendor::parse(&vendor)?;
            let version = |text: &str| Version::parse(vendor, text);
            Some((id, vendor, Step { from: version(&from)?, via: version(&via)?, to: version(&to)? }))
        };
        read().ok_or_else(|| Error::row("firmware_step", id, "vendor or version"))
    };
    rows.into_iter().map(step).collect()
}

/// Adds a step.
pub async fn insert_step(tx: &mut Tx, id: Uuid, vendor: Vendor, step: &Step) -> Result<(), Error> {
    let args = args![id, vendor.name(), step.from.to_string(), step.via.to_string(), step.to.to_string()];
    tx.run(INSERT_STEP, args).await?;
    Ok(())
}

/// Removes a step; whether it was there.
pub async fn delete_step(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    Ok(tx.run(DELETE_STEP, args![id]).await? == 1)
}

/// Every minimum.
pub async fn minimums(tx: &mut Tx) -> Result<Vec<Minimum>, Error> {
    let rows = tx.all::<(String, String, String)>(MINIMUMS, vec![]).await?;
    let minimum = |(vendor, path, release): (String, String, String)| {
        let read = || {
            let (vendor, release) = (Vendor::parse(&vendor)?, Version::release(&release)?);
            Some(Minimum { path: Path::parse(&path).ok()?, vendor, release })
        };
        read().ok_or_else(|| Error::row("firmware_minimum", &path, "vendor, path or release"))
    };
    rows.into_iter().map(minimum).collect()
}

/// Sets the minimum of a setting.
pub async fn set_minimum(tx: &mut Tx, minimum: &Minimum) -> Result<(), Error> {
    let args = args![minimum.vendor.name(), minimum.path.as_str(), minimum.release.to_string()];
    tx.run(SET_MINIMUM, args).await?;
    Ok(())
}

/// Removes the minimum of a setting; whether it was there.
pub async fn delete_minimum(tx: &mut Tx, vendor: Vendor, path: &str) -> Result<bool, Error> {
    Ok(tx.run(DELETE_MINIMUM, args![vendor.name(), path]).await? == 1)
}

fn budget((site, kbps): (Uuid, i64)) -> Budget {
    Budget { site: SiteId(site), kbps: u32::try_from(kbps).unwrap_or(u32::MAX) }
}

/// Every site's budget.
pub async fn budgets(tx: &mut Tx) -> Result<Vec<Budget>, Error> {
    Ok(tx.all(BUDGETS, vec![]).await?.into_iter().map(budget).collect())
}

/// A site's budget; without one there is no limit.
pub async fn budget_of(tx: &mut Tx, site: SiteId) -> Result<Option<Budget>, Error> {
    Ok(tx.one(BUDGET, args![site.0]).await?.map(budget))
}

/// Sets or removes a site's budget, in kbit/s.
pub async fn set_budget(tx: &mut Tx, site: SiteId, kbps: Option<u32>) -> Result<(), Error> {
    match kbps {
        Some(kbps) => tx.run(SET_BUDGET, args![site.0, i64::from(kbps)]).await?,
        None => tx.run(DELETE_BUDGET, args![site.0]).await?,
    };
    Ok(())
}

/// What a device's published files make of what it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What was seen on it when they were made; empty when nothing was.
    pub installed: String,
    /// The version that it should have.
    pub wanted: String,
    /// The image that it is sent to next; empty when to none.
    pub file: String,
    /// Bytes of the wanted image; 0 when there is none.
    pub bytes: u64,
    /// Why it is sent to none.
    pub finding: Option<Finding>,
}

fn finding(
    table: &'static str,
    id: impl std::fmt::Display,
    text: Option<String>,
) -> Result<Option<Finding>, Error> {
    text.map(|text| serde_json::from_str(&text).map_err(|e| Error::row(table, id, e))).transpose()
}

/// The target of a device.
pub async fn target(tx: &mut Tx, device: DeviceId) -> Result<Option<Target>, Error> {
    type Row = (Uuid, String, String, String, i64, Option<String>);
    let row = tx.one::<Row>(TARGET, args![device.0]).await?;
    row.map(|(id, installed, wanted, file, bytes, why)| {
        let finding = finding("firmware_target", id, why)?;
        Ok(Target { installed, wanted, file, bytes: u64::try_from(bytes).unwrap_or(0), finding })
    })
    .transpose()
}

/// Sets or removes the target of a device.
pub async fn set_target(tx: &mut Tx, device: DeviceId, target: Option<&Target>) -> Result<(), Error> {
    let Some(t) = target else {
        tx.run(DELETE_TARGET, args![device.0]).await?;
        return Ok(());
    };
    let json = |finding| serde_json::to_string(finding).map_err(|e| Error::row("firmware_target", device, e));
    let finding = t.finding.as_ref().map(json).transpose()?;
    let bytes = i64::try_from(t.bytes).unwrap_or(i64::MAX);
    tx.run(SET_TARGET, args![device.0, &t.installed, &t.wanted, &t.file, bytes, finding]).await?;
    Ok(())
}

/// The firmware that was last seen on a device; empty when none was.
pub async fn installed(tx: &mut Tx, device: DeviceId) -> Result<String, Error> {
    Ok(tx.one::<(String,)>(INSTALLED, args![device.0]).await?.map(|(text,)| text).unwrap_or_default())
}

/// Bare MACs after `after` of up to 200 devices: all that are in use, or those that took another firmware since
/// `moved` and have been seen with other firmware than their published files reckon with.
pub async fn macs(tx: &mut Tx, after: &str, moved: Option<Timestamp>) -> Result<Vec<String>, Error> {
    let rows = match moved {
        Some(since) => tx.all::<(String,)>(MOVED, args![after, since]).await?,
        None => tx.all::<(String,)>(MACS, args![after]).await?,
    };
    Ok(rows.into_iter().map(|(mac,)| mac).collect())
}

/// A device that does not have, or is not known to have, what it should have.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// Bare MAC.
    pub mac: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// What was last seen; empty when nothing was.
    pub installed: String,
    /// When.
    pub seen: Option<Timestamp>,
    /// What it should have.
    pub wanted: String,
    /// The image that it is sent to next; empty when to none.
    pub file: String,
    /// Why it is sent to none.
    pub finding: Option<Finding>,
}

#[derive(sqlx::FromRow)]
struct MismatchRow {
    mac: String,
    vendor: String,
    model: String,
    site: String,
    installed: String,
    seen_at: Option<i64>,
    wanted: String,
    file: String,
    finding: Option<String>,
}

/// Up to 201 of them after `after`, so that the caller knows whether more follow.
pub async fn mismatches(tx: &mut Tx, after: &str) -> Result<Vec<Mismatch>, Error> {
    let mismatch = |row: MismatchRow| {
        Ok(Mismatch {
            finding: finding("firmware_target", &row.mac, row.finding)?,
            mac: row.mac,
            vendor: row.vendor,
            model: row.model,
            site: row.site,
            installed: row.installed,
            seen: row.seen_at.map(Timestamp),
            wanted: row.wanted,
            file: row.file,
        })
    };
    tx.all::<MismatchRow>(MISMATCHES, args![after]).await?.into_iter().map(mismatch).collect()
}

/// What a site has still to fetch.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The site.
    pub site: SiteId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its budget in kbit/s, if it has one.
    pub kbps: Option<u32>,
    /// Phones that are sent to an image and do not have what they should have.
    pub devices: i64,
    /// The bytes of what they should have, together.
    pub bytes: u64,
}

/// Every site with what it has still to fetch.
pub async fn demand(tx: &mut Tx) -> Result<Vec<Demand>, Error> {
    type Row = (Uuid, String, String, Option<i64>, i64, i64);
    let demand = |(site, code, name, kbps, devices, bytes): Row| Demand {
        site: SiteId(site),
        code,
        name,
        kbps: kbps.map(|kbps| u32::try_from(kbps).unwrap_or(u32::MAX)),
        devices,
        bytes: u64::try_from(bytes).unwrap_or(0),
    };
    Ok(tx.all::<Row>(DEMAND, vec![]).await?.into_iter().map(demand).collect())
}
