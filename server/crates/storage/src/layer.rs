//! Layers and their immutable versions, groups, and exceptions to the layers.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    group::{Groups, Rule},
    ids::{ChangeRequestId, DeviceId, LayerChangeId, LayerId},
    layer::{
        Layer, Level, Origin, Release,
        exception::{Exception, Form},
    },
};
use uuid::Uuid;

/// Newest versions; what follows says of which layers.
macro_rules! newest {
    ($after:literal) => {
        concat!(
            "SELECT l.scope, l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id) AND ",
            $after
        )
    };
}

/// Versions with what is said about them; what follows says which.
macro_rules! versions_of {
    ($($after:literal),+) => {
        concat!(
            "SELECT l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change, v.release, v.note, v.parent, v.rule, v.published_at FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id ",
            $($after),+
        )
    };
}

/// The same of the layer of a level and scope.
macro_rules! versions {
    ($after:literal) => {
        versions_of!("WHERE l.level = $1 AND l.scope = $2 ", $after)
    };
}

/// Exceptions with what made them; what follows says which.
macro_rules! excepted {
    ($after:literal) => {
        concat!(
            "SELECT x.layer_id, x.device_id, d.mac, s.code AS site, coalesce('LC-' || c.number, 'CR-' || r.number) AS change, x.form, x.owner, x.reason, x.expires_at, x.ended_at FROM layer_exception x JOIN device d ON d.device_id = x.device_id JOIN site s ON s.site_id = d.site_id LEFT JOIN layer_change c ON c.layer_change_id = x.layer_change_id LEFT JOIN change_request r ON r.change_request_id = x.change_request_id ",
            $after
        )
    };
}

statements! {
    CURRENT = "SELECT l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.level = $1 AND l.scope = $2 ORDER BY v.version DESC LIMIT 1";
    SETTING = newest!("v.settings LIKE $1 ORDER BY l.level, l.name LIMIT 200");
    SHARED = newest!("l.level IN ('vendor', 'model', 'organisation', 'site', 'segment', 'group')");
    // A device's first version holds its credential alone: its import writes it so. Later ones may say more.
    OWN = newest!("l.level = 'device' AND v.version > 1");
    EXCEPTIONS = newest!("l.level IN ('exception', 'pin') AND l.layer_id IN (SELECT layer_id FROM layer_exception WHERE ended_at IS NULL)");
    OF_DEVICE = newest!("l.level IN ('exception', 'pin') AND l.layer_id IN (SELECT layer_id FROM layer_exception WHERE ended_at IS NULL AND device_id = $1)");
    VERSIONS = versions!("ORDER BY v.version DESC LIMIT 50");
    VERSION = versions!("AND v.version = $3");
    LAST = versions!("ORDER BY v.version DESC LIMIT 1");
    MADE_BY = versions!("AND v.change = $3 ORDER BY v.version DESC LIMIT 1");
    LIST = "SELECT l.level, l.scope, l.name, v.version, v.release, v.change, v.published_at FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id) AND l.level IN ('vendor', 'model', 'organisation', 'site', 'segment', 'group') ORDER BY l.level, l.name LIMIT 1000";
    GROUPS = "SELECT l.scope, v.rule FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.level = 'group' AND v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id)";
    INSERT = "INSERT INTO layer (layer_id, level, scope, name) VALUES ($1, $2, $3, $4)";
    RELEASE = "SELECT release, rule FROM layer_version WHERE layer_id = $1 AND version = $2";
    PUBLISH = "INSERT INTO layer_version (layer_id, version, settings, locks, change, published_at, release, note, parent, rule) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    EXCEPT = "INSERT INTO layer_exception (layer_id, device_id, layer_change_id, form, owner, reason, expires_at, revision, change_request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LAST_OF = versions_of!("WHERE l.layer_id = $1 ORDER BY v.version DESC LIMIT 1");
    SCOPE = "SELECT scope FROM layer WHERE layer_id = $1";
    PINS = excepted!("WHERE x.ended_at IS NULL AND x.revision IS NOT NULL AND d.mac > $1 ORDER BY d.mac LIMIT 201");
    PIN = excepted!("WHERE x.ended_at IS NULL AND x.revision IS NOT NULL AND x.device_id = $1");
    PINNED = "SELECT count(*), min(expires_at) FROM layer_exception WHERE ended_at IS NULL AND revision IS NOT NULL";
    END = "UPDATE layer_exception SET ended_at = $2 WHERE layer_id = $1 AND ended_at IS NULL";
    EXPIRED = "SELECT layer_id, device_id FROM layer_exception WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT 100";
    STANDING = excepted!("WHERE x.ended_at IS NULL ORDER BY coalesce(x.expires_at, 9223372036854775807), x.layer_id LIMIT 200");
    STANDING_ON = excepted!("WHERE x.device_id = $1 ORDER BY x.layer_id DESC LIMIT 50");
}

#[derive(sqlx::FromRow)]
pub(crate) struct LayerRow {
    layer_id: Uuid,
    level: String,
    name: String,
    version: i64,
    settings: String,
    locks: String,
    change: String,
}

impl TryFrom<LayerRow> for Layer {
    type Error = Error;
    fn try_from(row: LayerRow) -> Result<Self, Error> {
        let bad = |e: &dyn std::fmt::Display| Error::row("layer_version", row.layer_id, e);
        let origin = Origin {
            layer: LayerId(row.layer_id),
            level: Level::parse(&row.level).ok_or_else(|| bad(&row.level))?,
            name: row.name.clone(),
            version: u32::try_from(row.version).map_err(|e| bad(&e))?,
            change: row.change.clone(),
        };
        Ok(Self {
            origin,
            settings: serde_json::from_str(&row.settings).map_err(|e| bad(&e))?,
            locks: serde_json::from_str(&row.locks).map_err(|e| bad(&e))?,
        })
    }
}

/// The newest version of the layer of `level` and `scope`.
pub async fn current(tx: &mut Tx, level: Level, scope: &str) -> Result<Option<Layer>, Error> {
    tx.one::<LayerRow>(CURRENT, args![level.word(), scope]).await?.map(TryInto::try_into).transpose()
}

#[derive(sqlx::FromRow)]
struct ScopedRow {
    scope: String,
    #[sqlx(flatten)]
    layer: LayerRow,
}

fn scoped(rows: Vec<ScopedRow>) -> Result<Vec<(String, Layer)>, Error> {
    rows.into_iter().map(|row| Ok((row.scope, row.layer.try_into()?))).collect()
}

/// The newest versions that set `path`, each with its scope; at most 200. Reads every layer, so it is for pages alone.
pub async fn setting(tx: &mut Tx, path: &str) -> Result<Vec<(String, Layer)>, Error> {
    scoped(tx.all(SETTING, args![format!("%\"{path}\"%")]).await?)
}

/// Every layer that several devices have, in its newest version, with its scope.
pub async fn shared(tx: &mut Tx) -> Result<Vec<(String, Layer)>, Error> {
    scoped(tx.all(SHARED, vec![]).await?)
}

/// The newest versions of devices' own layers that say more than the device's credential.
pub async fn own(tx: &mut Tx) -> Result<Vec<(String, Layer)>, Error> {
    scoped(tx.all(OWN, vec![]).await?)
}

/// Every exception that stands.
pub async fn exceptions(tx: &mut Tx) -> Result<Vec<(String, Layer)>, Error> {
    scoped(tx.all(EXCEPTIONS, vec![]).await?)
}

/// The exceptions that stand on a device.
pub async fn exceptions_of(tx: &mut Tx, device: DeviceId) -> Result<Vec<Layer>, Error> {
    Ok(scoped(tx.all(OF_DEVICE, args![device.0]).await?)?.into_iter().map(|(_, layer)| layer).collect())
}

/// A version with what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The layer in this version.
    pub layer: Layer,
    /// What people call it.
    pub release: Release,
    /// What changed and why.
    pub note: String,
    /// The version that it follows; 0 for none.
    pub parent: u32,
    /// Who belongs to it, when it is a group's.
    pub rule: Option<Rule>,
    /// Since when.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    #[sqlx(flatten)]
    layer: LayerRow,
    release: String,
    note: String,
    parent: i64,
    rule: Option<String>,
    published_at: i64,
}

fn rule(text: Option<&str>, of: impl std::fmt::Display) -> Result<Option<Rule>, Error> {
    text.map(serde_json::from_str).transpose().map_err(|e| Error::row("layer_version", of, e))
}

impl TryFrom<VersionRow> for Version {
    type Error = Error;
    fn try_from(row: VersionRow) -> Result<Self, Error> {
        let id = row.layer.layer_id;
        let bad = |e: &dyn std::fmt::Display| Error::row("layer_version", id, e);
        Ok(Self {
            release: Release::parse(&row.release).ok_or_else(|| bad(&row.release))?,
            note: row.note,
            parent: u32::try_from(row.parent).map_err(|e| bad(&e))?,
            rule: rule(row.rule.as_deref(), id)?,
            at: Timestamp(row.published_at),
            layer: row.layer.try_into()?,
        })
    }
}

/// The newest fifty versions of a layer, newest first.
pub async fn versions(tx: &mut Tx, level: Level, scope: &str) -> Result<Vec<Version>, Error> {
    let rows = tx.all::<VersionRow>(VERSIONS, args![level.word(), scope]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One version of a layer.
pub async fn version(tx: &mut Tx, level: Level, scope: &str, n: u32) -> Result<Option<Version>, Error> {
    let row = tx.one::<VersionRow>(VERSION, args![level.word(), scope, i64::from(n)]).await?;
    row.map(TryInto::try_into).transpose()
}

/// The newest version of a layer, with what is said about it.
pub async fn last(tx: &mut Tx, level: Level, scope: &str) -> Result<Option<Version>, Error> {
    tx.one::<VersionRow>(LAST, args![level.word(), scope]).await?.map(TryInto::try_into).transpose()
}

/// The newest version of a layer that this change made.
pub async fn made_by(tx: &mut Tx, level: Level, scope: &str, change: &str) -> Result<Option<Version>, Error> {
    let row = tx.one::<VersionRow>(MADE_BY, args![level.word(), scope, change]).await?;
    row.map(TryInto::try_into).transpose()
}

/// A row of the list of layers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Word of its level.
    pub level: String,
    /// What it is of.
    pub scope: String,
    /// Its name.
    pub name: String,
    /// Its newest version.
    pub version: i64,
    /// What people call that.
    pub release: String,
    /// What published it.
    pub change: String,
    /// When, in microseconds UTC.
    pub published_at: i64,
}

/// Layers of more than one device, at most 1,000.
pub async fn list(tx: &mut Tx) -> Result<Vec<Listed>, Error> {
    tx.all(LIST, vec![]).await
}

/// The rule of every group.
pub async fn groups(tx: &mut Tx) -> Result<Groups, Error> {
    let rows = tx.all::<(String, Option<String>)>(GROUPS, vec![]).await?;
    rows.into_iter()
        .map(|(code, text)| Ok((code.clone(), rule(text.as_deref(), code)?.unwrap_or_default())))
        .collect()
}

/// The newest version of a layer, by its id, with its scope.
pub async fn last_of(tx: &mut Tx, layer: LayerId) -> Result<Option<(String, Version)>, Error> {
    let Some((scope,)) = tx.one::<(String,)>(SCOPE, args![layer.0]).await? else { return Ok(None) };
    let row = tx.one::<VersionRow>(LAST_OF, args![layer.0]).await?;
    row.map(|row| Ok((scope, row.try_into()?))).transpose()
}

/// What is said about a version that people publish.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// What they call it.
    pub release: Release,
    /// What changed and why.
    pub note: &'a str,
    /// Who belongs to it, when it is a group's.
    pub rule: Option<&'a Rule>,
}

/// Publishes a version that the program makes; adds the layer when the version is the first. People read it as one that
/// mends, and a group keeps its rule.
pub async fn publish(tx: &mut Tx, layer: &Layer, scope: &str, now: Timestamp) -> Result<(), Error> {
    let parent = layer.origin.version.saturating_sub(1);
    let before = match parent {
        0 => None,
        parent => {
            let id = layer.origin.layer.0;
            tx.one::<(String, Option<String>)>(RELEASE, args![id, i64::from(parent)]).await?
        }
    };
    let (release, kept) = match before {
        Some((text, kept)) => (Release::parse(&text).map_or(Release::FIRST, Release::next_patch), kept),
        None => (Release::FIRST, None),
    };
    let kept = rule(kept.as_deref(), layer.origin.layer)?;
    publish_as(tx, layer, scope, &Said { release, note: "", rule: kept.as_ref() }, now).await
}

/// Publishes a version; adds the layer when the version is the first.
pub async fn publish_as(
    tx: &mut Tx,
    layer: &Layer,
    scope: &str,
    said: &Said<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let o = &layer.origin;
    let json = |e| Error::row("layer_version", o.layer, e);
    let settings = serde_json::to_string(&layer.settings).map_err(json)?;
    let locks = serde_json::to_string(&layer.locks).map_err(json)?;
    let rule = said.rule.map(serde_json::to_string).transpose().map_err(json)?;
    if o.version == 1 {
        tx.run(INSERT, args![o.layer.0, o.level.word(), scope, &o.name]).await?;
    }
    let args = args![
        o.layer.0,
        i64::from(o.version),
        settings,
        locks,
        &o.change,
        now,
        said.release.to_string(),
        said.note,
        i64::from(o.version) - 1,
        rule
    ];
    tx.run(PUBLISH, args).await?;
    Ok(())
}

/// What makes an exception.
#[derive(Clone, Copy, Debug)]
pub enum MadeBy {
    /// A change of a layer.
    Change(LayerChangeId),
    /// A change request.
    Request(ChangeRequestId),
}

/// Notes whose exception a layer is, and until when.
pub async fn except(
    tx: &mut Tx,
    layer: LayerId,
    by: MadeBy,
    exception: &Exception,
    reason: &str,
) -> Result<(), Error> {
    let x = exception;
    let (change, request) = match by {
        MadeBy::Change(id) => (Some(id.0), None),
        MadeBy::Request(id) => (None, Some(id.0)),
    };
    let form = serde_json::to_string(&x.form).map_err(|e| Error::row("layer_exception", layer, e))?;
    let held = x.form.revision().map(i64::from);
    let args = args![layer.0, x.device.0, change, form, &x.owner, reason, x.expires, held, request];
    tx.run(EXCEPT, args).await?;
    Ok(())
}

/// Ends an exception; whether it stood.
pub async fn end(tx: &mut Tx, layer: LayerId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(END, args![layer.0, now]).await? == 1)
}

/// Exceptions whose time is over, and their devices; at most 100.
pub async fn expired(tx: &mut Tx, now: Timestamp) -> Result<Vec<(LayerId, DeviceId)>, Error> {
    let rows = tx.all::<(Uuid, Uuid)>(EXPIRED, args![now]).await?;
    Ok(rows.into_iter().map(|(layer, device)| (LayerId(layer), DeviceId(device))).collect())
}

/// An exception as pages list it.
#[derive(Clone, Debug)]
pub struct Excepted {
    /// Its layer.
    pub layer: LayerId,
    /// What it is.
    pub exception: Exception,
    /// The phone, bare.
    pub mac: String,
    /// Code of the phone's site.
    pub site: String,
    /// What made it: `LC-7`, `CR-7`.
    pub change: String,
    /// Why.
    pub reason: String,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ExceptedRow {
    layer_id: Uuid,
    device_id: Uuid,
    mac: String,
    site: String,
    change: String,
    form: String,
    owner: String,
    reason: String,
    expires_at: Option<i64>,
    ended_at: Option<i64>,
}

impl TryFrom<ExceptedRow> for Excepted {
    type Error = Error;
    fn try_from(row: ExceptedRow) -> Result<Self, Error> {
        let form: Form =
            serde_json::from_str(&row.form).map_err(|e| Error::row("layer_exception", row.layer_id, e))?;
        let expires = row.expires_at.map(Timestamp);
        Ok(Self {
            layer: LayerId(row.layer_id),
            exception: Exception { device: DeviceId(row.device_id), form, owner: row.owner, expires },
            mac: row.mac,
            site: row.site,
            change: row.change,
            reason: row.reason,
            ended: row.ended_at.map(Timestamp),
        })
    }
}

/// Exceptions that stand, those that end first before the others; at most 200.
pub async fn standing(tx: &mut Tx) -> Result<Vec<Excepted>, Error> {
    tx.all::<ExceptedRow>(STANDING, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// A device's exceptions, the newest first, those that have ended among them; at most 50.
pub async fn standing_on(tx: &mut Tx, device: DeviceId) -> Result<Vec<Excepted>, Error> {
    tx.all::<ExceptedRow>(STANDING_ON, args![device.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The pins that stand, after this bare MAC; at most 201.
pub async fn pins(tx: &mut Tx, after: &str) -> Result<Vec<Excepted>, Error> {
    tx.all::<ExceptedRow>(PINS, args![after]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The pin that stands on a device.
pub async fn pin(tx: &mut Tx, device: DeviceId) -> Result<Option<Excepted>, Error> {
    tx.one::<ExceptedRow>(PIN, args![device.0]).await?.map(TryInto::try_into).transpose()
}

/// How many devices are pinned, and when the first of them no longer is.
pub async fn pinned(tx: &mut Tx) -> Result<(i64, Option<Timestamp>), Error> {
    let row = tx.one::<(i64, Option<i64>)>(PINNED, vec![]).await?;
    Ok(row.map_or((0, None), |(many, first)| (many, first.map(Timestamp))))
}
