//! Revisions, artifacts and the common files: what is served, by key.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    artifact::{Artifact, Digest},
    ids::{DeviceId, RevisionId, SegmentId},
    layer::Origin,
    revision::{Revision, RevisionFile, RevisionKind},
    vendor::Vendor,
};
use std::collections::{BTreeMap, btree_map::Entry};
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO revision (revision_id, device_id, number, kind, change, approver, lines, resolution, layers, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    INSERT_FILE = "INSERT INTO revision_file (revision_id, name, digest) VALUES ($1, $2, $3)";
    INSERT_ARTIFACT = "INSERT INTO artifact (digest, dialect, content_type, body, slots, origins) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest) DO NOTHING";
    ARTIFACT = "SELECT dialect, content_type, body, slots, origins FROM artifact WHERE digest = $1";
    SERVED = "SELECT dialect, content_type, body, slots FROM artifact WHERE digest = $1";
    SET_CURRENT = "INSERT INTO current_revision (device_id, kind, revision_id, interval_minutes) VALUES ($1, $2, $3, $4) ON CONFLICT (device_id, kind) DO UPDATE SET revision_id = excluded.revision_id, interval_minutes = excluded.interval_minutes";
    CURRENT = "SELECT r.revision_id, r.device_id, r.number, r.kind, r.change, r.approver, r.lines, r.resolution, r.layers, r.published_at FROM current_revision c JOIN revision r ON r.revision_id = c.revision_id WHERE c.device_id = $1 AND c.kind = $2";
    HEADS = "SELECT c.kind, r.revision_id, r.number, r.change, r.approver, r.layers, f.name, f.digest FROM current_revision c JOIN revision r ON r.revision_id = c.revision_id LEFT JOIN revision_file f ON f.revision_id = r.revision_id WHERE c.device_id = $1";
    FILES = "SELECT name, digest FROM revision_file WHERE revision_id = $1 ORDER BY name";
    BY_NUMBER = "SELECT revision_id, device_id, number, kind, change, approver, lines, resolution, layers, published_at FROM revision WHERE device_id = $1 AND number = $2";
    LIST = "SELECT number, kind, change, published_at FROM revision WHERE device_id = $1 AND number < $2 ORDER BY number DESC LIMIT 51";
    BEFORE = "SELECT max(number) FROM revision WHERE device_id = $1 AND number < (SELECT min(r.number) FROM revision r WHERE r.device_id = $1 AND r.change = $2)";
    AT = "SELECT max(number) FROM revision WHERE device_id = $1 AND published_at <= $2";
    LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM revision WHERE device_id = $1";
    SET_COMMON = "INSERT INTO common_file (vendor, segment_id, name, digest, layers) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (vendor, segment_id, name) DO UPDATE SET digest = excluded.digest, layers = excluded.layers";
    COMMON = "SELECT name, digest, layers FROM common_file WHERE vendor = $1 AND segment_id = $2 ORDER BY name";
}

/// A revision with what was published beside it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The revision.
    pub revision: Revision,
    /// Who approved the change that published it.
    pub approver: Option<String>,
    /// Layer versions of its stack.
    pub layers: Vec<Origin>,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RevisionRow {
    revision_id: Uuid,
    device_id: Uuid,
    number: i64,
    kind: String,
    change: String,
    approver: Option<String>,
    lines: String,
    resolution: String,
    layers: String,
    published_at: i64,
}

pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, Error> {
    Ok(Digest(bytes.try_into().map_err(|_| Error::row("artifact", hex::encode(bytes), "length of digest"))?))
}

pub(crate) fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Publishes an artifact; the same one twice is one row.
pub async fn insert_artifact(tx: &mut Tx, artifact: &Artifact) -> Result<Digest, Error> {
    let id = artifact.digest();
    let json = |e| Error::row("artifact", id, e);
    let slots = serde_json::to_string(&artifact.slots).map_err(json)?;
    let origins = serde_json::to_string(&artifact.origins).map_err(json)?;
    let a = artifact;
    let args = args![id.0.as_slice(), &a.dialect, &a.content_type, a.bytes.as_slice(), slots, origins];
    tx.run(INSERT_ARTIFACT, args).await?;
    Ok(id)
}

/// The artifact of this digest.
pub async fn artifact(tx: &mut Tx, id: Digest) -> Result<Option<Artifact>, Error> {
    let row = tx.one::<(String, String, Vec<u8>, String, String)>(ARTIFACT, args![id.0.as_slice()]).await?;
    row.map(|(dialect, content_type, bytes, slots, origins)| {
        let json = |e| Error::row("artifact", id, e);
        Ok(Artifact {
            dialect,
            content_type,
            bytes,
            slots: serde_json::from_str(&slots).map_err(json)?,
            origins: serde_json::from_str(&origins).map_err(json)?,
        })
    })
    .transpose()
}

/// The same without what people ask of it: the origins of its lines weigh more than the file.
pub async fn served(tx: &mut Tx, id: Digest) -> Result<Option<Artifact>, Error> {
    let row = tx.one::<(String, String, Vec<u8>, String)>(SERVED, args![id.0.as_slice()]).await?;
    row.map(|(dialect, content_type, bytes, slots)| {
        let slots = serde_json::from_str(&slots).map_err(|e| Error::row("artifact", id, e))?;
        Ok(Artifact { dialect, content_type, bytes, slots, origins: vec![] })
    })
    .transpose()
}

/// Publishes a revision and makes it the current one of its kind.
pub async fn publish(tx: &mut Tx, published: &Published) -> Result<(), Error> {
    let r = &published.revision;
    let json = |e| Error::row("revision", r.id, e);
    let lines = serde_json::to_string(&r.lines).map_err(json)?;
    let resolution = serde_json::to_string(&r.resolution).map_err(json)?;
    let layers = serde_json::to_string(&published.layers).map_err(json)?;
    let args = args![
        r.id.0,
        r.device.0,
        i64::from(r.number),
        r.kind.word(),
        &r.change,
        published.approver.clone(),
        lines,
        resolution,
        layers,
        published.at
    ];
    tx.run(INSERT, args).await?;
    for file in &r.files {
        tx.run(INSERT_FILE, args![r.id.0, &file.name, file.digest.0.as_slice()]).await?;
    }
    let interval = r.resolution.text("provisioning.interval_minutes");
    let interval = interval.and_then(|minutes| minutes.trim().parse::<i64>().ok());
    tx.run(SET_CURRENT, args![r.device.0, r.kind.word(), r.id.0, interval]).await?;
    Ok(())
}

/// The current revision of a device and kind, whole.
pub async fn current(tx: &mut Tx, device: DeviceId, kind: RevisionKind) -> Result<Option<Published>, Error> {
    let row = tx.one::<RevisionRow>(CURRENT, args![device.0, kind.word()]).await?;
    whole(tx, row).await
}

/// The revision of this number of a device, whole.
pub async fn by_number(tx: &mut Tx, device: DeviceId, n: u32) -> Result<Option<Published>, Error> {
    let row = tx.one::<RevisionRow>(BY_NUMBER, args![device.0, i64::from(n)]).await?;
    whole(tx, row).await
}

async fn whole(tx: &mut Tx, row: Option<RevisionRow>) -> Result<Option<Published>, Error> {
    let Some(row) = row else { return Ok(None) };
    let files = tx.all::<(String, Vec<u8>)>(FILES, args![row.revision_id]).await?;
    let files: Result<Vec<_>, Error> =
        files.into_iter().map(|(name, bytes)| Ok(RevisionFile { name, digest: digest(&bytes)? })).collect();
    let json = |e| Error::row("revision", row.revision_id, e);
    Ok(Some(Published {
        revision: Revision {
            id: RevisionId(row.revision_id),
            device: DeviceId(row.device_id),
            number: number(row.number),
            kind: RevisionKind::parse(&row.kind)
                .ok_or_else(|| Error::row("revision", row.revision_id, &row.kind))?,
            change: row.change,
            lines: serde_json::from_str(&row.lines).map_err(json)?,
            resolution: serde_json::from_str(&row.resolution).map_err(json)?,
            files: files?,
        },
        approver: row.approver,
        layers: serde_json::from_str(&row.layers).map_err(json)?,
        at: Timestamp(row.published_at),
    }))
}

/// A revision in a list: no settings are read.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number.
    pub number: u32,
    /// What it is for.
    pub kind: RevisionKind,
    /// What published it.
    pub change: String,
    /// When.
    pub at: Timestamp,
}

/// A device's newest revisions before a number, newest first; at most 51.
pub async fn list(tx: &mut Tx, device: DeviceId, before: i64) -> Result<Vec<Listed>, Error> {
    let rows = tx.all::<(i64, String, String, i64)>(LIST, args![device.0, before]).await?;
    let listed = |(n, kind, change, at): (i64, String, String, i64)| {
        let kind = RevisionKind::parse(&kind).ok_or_else(|| Error::row("revision", device, &kind))?;
        Ok(Listed { number: number(n), kind, change, at: Timestamp(at) })
    };
    rows.into_iter().map(listed).collect()
}

/// The number of the revision that a device had before this change published any for it.
pub async fn before(tx: &mut Tx, device: DeviceId, change: &str) -> Result<Option<u32>, Error> {
    let row = tx.one::<(Option<i64>,)>(BEFORE, args![device.0, change]).await?;
    Ok(row.and_then(|(n,)| n).map(number))
}

/// The number of the revision that a device had at a moment.
pub async fn at(tx: &mut Tx, device: DeviceId, at: Timestamp) -> Result<Option<u32>, Error> {
    let row = tx.one::<(Option<i64>,)>(AT, args![device.0, at]).await?;
    Ok(row.and_then(|(n,)| n).map(number))
}

/// What the edge needs of a revision: no settings are read.
#[derive(Clone, Debug)]
pub struct Head {
    /// The revision.
    pub id: RevisionId,
    /// Its number.
    pub number: u32,
    /// What published it.
    pub change: String,
    /// Who approved that.
    pub approver: Option<String>,
    /// Layer versions of its stack.
    pub layers: Vec<Origin>,
    /// Its files.
    pub files: Vec<RevisionFile>,
}

type HeadRow = (String, Uuid, i64, String, Option<String>, String, Option<String>, Option<Vec<u8>>);

/// The heads of the current revisions of a device, by kind; one query.
pub async fn heads(tx: &mut Tx, device: DeviceId) -> Result<BTreeMap<RevisionKind, Head>, Error> {
    let mut heads = BTreeMap::<_, Head>::new();
    for (kind, id, n, change, approver, layers, name, bytes) in
        tx.all::<HeadRow>(HEADS, args![device.0]).await?
    {
        let kind = RevisionKind::parse(&kind).ok_or_else(|| Error::row("current_revision", id, &kind))?;
        let head = match heads.entry(kind) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(new) => {
                let layers = serde_json::from_str(&layers).map_err(|e| Error::row("revision", id, e))?;
                let (id, number) = (RevisionId(id), number(n));
                new.insert(Head { id, number, change, approver, layers, files: vec![] })
            }
        };
        if let (Some(name), Some(bytes)) = (name, bytes) {
            head.files.push(RevisionFile { name, digest: digest(&bytes)? });
        }
    }
    Ok(heads)
}

/// The number of a device's newest revision; 0 for none.
pub async fn last_number(tx: &mut Tx, device: DeviceId) -> Result<u32, Error> {
    Ok(tx.one::<(i64,)>(LAST_NUMBER, args![device.0]).await?.map_or(0, |(n,)| number(n)))
}

fn segment_key(segment: Option<SegmentId>) -> Uuid {
    segment.map_or(Uuid::nil(), |s| s.0)
}

/// Sets a common file of a vendor and segment. `name` is empty for the one that phones ask for by themselves.
pub async fn set_common(
    tx: &mut Tx,
    vendor: Vendor,
    segment: Option<SegmentId>,
    name: &str,
    id: Digest,
    layers: &[Origin],
) -> Result<(), Error> {
    let layers = serde_json::to_string(layers).map_err(|e| Error::row("common_file", vendor, e))?;
    tx.run(SET_COMMON, args![vendor.name(), segment_key(segment), name, id.0.as_slice(), layers]).await?;
    Ok(())
}

/// A common file: its name, its artifact, the layers it comes from.
pub type Common = (String, Digest, Vec<Origin>);

/// The common files of a vendor and segment.
pub async fn common(tx: &mut Tx, vendor: Vendor, segment: Option<SegmentId>) -> Result<Vec<Common>, Error> {
    let rows =
        tx.all::<(String, Vec<u8>, String)>(COMMON, args![vendor.name(), segment_key(segment)]).await?;
    let read = |(name, bytes, layers): (String, Vec<u8>, String)| {
        let layers = serde_json::from_str(&layers).map_err(|e| Error::row("common_file", vendor, e))?;
        Ok((name, digest(&bytes)?, layers))
    };
    rows.into_iter().map(read).collect()
}
