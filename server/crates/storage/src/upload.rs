//! What phones have sent of themselves, sealed.

use crate::{Error, Tx, args::args, statements};
use domain::{Timestamp, ids::DeviceId};
use uuid::Uuid;

statements! {
    CURRENT = "SELECT upload_id, name, kind, owner, received_at, recorded_at, bytes, sealed_at FROM upload WHERE device_id = $1 AND name = $2 AND sealed_at IS NULL";
    LIST = "SELECT upload_id, name, kind, owner, received_at, recorded_at, bytes, sealed_at FROM upload WHERE device_id = $1 ORDER BY sealed_at IS NOT NULL, received_at DESC LIMIT 200";
    BODY = "SELECT body FROM upload WHERE upload_id = $1";
    USED = "SELECT count(*), CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM upload WHERE device_id = $1 AND name <> $2 AND sealed_at IS NULL";
    DELETE = "DELETE FROM upload WHERE device_id = $1 AND name = $2 AND sealed_at IS NULL";
    INSERT = "INSERT INTO upload (upload_id, device_id, name, kind, owner, received_at, recorded_at, bytes, body, wins) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    EXPIRED = "SELECT device_id, count(*) AS files, CAST(sum(bytes) AS BIGINT) AS bytes FROM upload WHERE sealed_at <= $1 GROUP BY device_id ORDER BY device_id LIMIT 50";
    EXPIRE = "DELETE FROM upload WHERE device_id = $1 AND sealed_at <= $2";
    SEAL = "UPDATE upload SET sealed_at = $2 WHERE device_id = $1 AND sealed_at IS NULL";
}

/// A file that a phone has sent, without its bytes.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id; the sealed bytes are bound to it.
    pub id: Uuid,
    /// Its name, in lower case.
    pub name: String,
    /// `log`, `override` or `personal`.
    pub kind: String,
    /// Over whoever answered for the device's lines at that moment.
    pub owner: String,
    /// When it came.
    pub at: Timestamp,
    /// When the last entry about it was put on record.
    pub recorded: Timestamp,
    /// Bytes.
    pub bytes: i64,
    /// When the lines got another owner.
    pub sealed: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct UploadRow {
    upload_id: Uuid,
    name: String,
    kind: String,
    owner: String,
    received_at: i64,
    recorded_at: i64,
    bytes: i64,
    sealed_at: Option<i64>,
}

impl From<UploadRow> for Upload {
    fn from(row: UploadRow) -> Self {
        Self {
            id: row.upload_id,
            name: row.name,
            kind: row.kind,
            owner: row.owner,
            at: Timestamp(row.received_at),
            recorded: Timestamp(row.recorded_at),
            bytes: row.bytes,
            sealed: row.sealed_at.map(Timestamp),
        }
    }
}

/// The file of this name that the device can have back.
pub async fn current(tx: &mut Tx, device: DeviceId, name: &str) -> Result<Option<Upload>, Error> {
    Ok(tx.one::<UploadRow>(CURRENT, args![device.0, name]).await?.map(Into::into))
}

/// Every file of a device, the sealed ones last; at most 200.
pub async fn list(tx: &mut Tx, device: DeviceId) -> Result<Vec<Upload>, Error> {
    Ok(tx.all::<UploadRow>(LIST, args![device.0]).await?.into_iter().map(Into::into).collect())
}

/// The sealed bytes of a file.
pub async fn body(tx: &mut Tx, id: Uuid) -> Result<Option<Vec<u8>>, Error> {
    Ok(tx.one::<(Vec<u8>,)>(BODY, args![id]).await?.map(|(body,)| body))
}

/// How many files and bytes a device has here, beside the one of this name.
pub async fn used(tx: &mut Tx, device: DeviceId, beside: &str) -> Result<(i64, i64), Error> {
    Ok(tx.one::<(i64, i64)>(USED, args![device.0, beside]).await?.unwrap_or_default())
}

/// Keeps a file in place of the one of the same name. `wins` is how many settings in it win over ours.
pub async fn put(
    tx: &mut Tx,
    device: DeviceId,
    upload: &Upload,
    body: Vec<u8>,
    wins: usize,
) -> Result<(), Error> {
    tx.run(DELETE, args![device.0, &upload.name]).await?;
    let u = upload;
    let args = args![
        u.id,
        device.0,
        &u.name,
        &u.kind,
        &u.owner,
        u.at,
        u.recorded,
        u.bytes,
        body,
        i64::try_from(wins).unwrap_or(i64::MAX)
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Seals every file of a device; returns how many.
pub async fn seal(tx: &mut Tx, device: DeviceId, now: Timestamp) -> Result<u64, Error> {
    tx.run(SEAL, args![device.0, now]).await
}

/// What a device has here that was put away long ago.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Expired {
    device_id: Uuid,
    /// How many files.
    pub files: i64,
    /// Bytes of all of them.
    pub bytes: i64,
}

impl Expired {
    /// The device that sent them.
    pub fn device(&self) -> DeviceId {
        DeviceId(self.device_id)
    }
}

/// What was put away at `until` or before, of at most 50 devices: a turn must not hold the writer for long.
pub async fn expired(tx: &mut Tx, until: Timestamp) -> Result<Vec<Expired>, Error> {
    tx.all(EXPIRED, args![until]).await
}

/// Deletes what a device sent and was put away at `until` or before.
pub async fn expire(tx: &mut Tx, device: DeviceId, until: Timestamp) -> Result<(), Error> {
    tx.run(EXPIRE, args![device.0, until]).await?;
    Ok(())
}
