//! Vendor roots, standing and withdrawn.

use crate::{Error, Tx, args::args, statements};
use domain::{Timestamp, ids::UserId, vendor::Vendor};
use uuid::Uuid;

statements! {
    STANDING = "SELECT vendor, der FROM device_root WHERE withdrawn_at IS NULL ORDER BY vendor, version";
    LIST = "SELECT r.root_id, r.vendor, r.version, r.subject, r.fingerprint, r.der, r.added_at, a.name AS added_by, r.withdrawn_at, w.name AS withdrawn_by, r.reason FROM device_root r JOIN user_account a ON a.user_id = r.added_by LEFT JOIN user_account w ON w.user_id = r.withdrawn_by ORDER BY r.vendor, r.version DESC LIMIT 1000";
    INSERT = "INSERT INTO device_root (root_id, vendor, version, subject, fingerprint, der, added_by, added_at) SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM device_root WHERE vendor = $2";
    WITHDRAW = "UPDATE device_root SET withdrawn_at = $2, withdrawn_by = $3, reason = $4 WHERE root_id = $1 AND withdrawn_at IS NULL";
}

/// A root with its history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub root_id: Uuid,
    /// The vendor's name.
    pub vendor: String,
    /// Which of the vendor's it is, from 1.
    pub version: i64,
    /// Its subject.
    pub subject: String,
    /// SHA-256 in hexadecimal digits.
    pub fingerprint: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was added, in microseconds.
    pub added_at: i64,
    /// By whom.
    pub added_by: String,
    /// When it was withdrawn.
    pub withdrawn_at: Option<i64>,
    /// By whom.
    pub withdrawn_by: Option<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
}

/// A root to be added.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub vendor: Vendor,
    /// Its subject.
    pub subject: &'a str,
    /// SHA-256 in hexadecimal digits.
    pub fingerprint: &'a str,
    /// The certificate.
    pub der: &'a [u8],
    /// Who adds it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// The roots that count: vendor and certificate.
pub async fn standing(tx: &mut Tx) -> Result<Vec<(Vendor, Vec<u8>)>, Error> {
    let rows = tx.all::<(String, Vec<u8>)>(STANDING, args![]).await?;
    Ok(rows.into_iter().filter_map(|(vendor, der)| Some((Vendor::parse(&vendor)?, der))).collect())
}

/// Every root ever added, by vendor, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Row>, Error> {
    tx.all(LIST, args![]).await
}

/// Adds a root as the vendor's next version.
pub async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<(), Error> {
    let args = args![new.id, new.vendor.name(), new.subject, new.fingerprint, new.der, new.by.0, new.at];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Withdraws a root; `false` when it does not stand.
pub async fn withdraw(tx: &mut Tx, id: Uuid, by: UserId, at: Timestamp, reason: &str) -> Result<bool, Error> {
    Ok(tx.run(WITHDRAW, args![id, at, by.0, reason]).await? > 0)
}
