//! Effects on the world outside: rows first, carried out afterwards, idempotently.

use crate::{Error, Tx, args::args, statements};
use domain::Timestamp;
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO outbox (outbox_id, kind, payload, created_at, attempts) VALUES ($1, $2, $3, $4, 0)";
    OPEN = "SELECT outbox_id, kind, payload, created_at, attempts, error FROM outbox WHERE done_at IS NULL AND outbox_id > $1 ORDER BY outbox_id LIMIT 100";
    TRIED = "SELECT outbox_id, kind, payload, created_at, attempts, error FROM outbox WHERE done_at IS NULL AND attempts > 0 ORDER BY outbox_id LIMIT 100";
    NOTICES = "SELECT outbox_id, kind, payload, created_at, attempts, error FROM outbox WHERE done_at IS NULL AND kind LIKE 'notice.%' ORDER BY outbox_id LIMIT 100";
    DONE = "UPDATE outbox SET done_at = $2, attempts = attempts + 1, error = NULL WHERE outbox_id = $1";
    FAILED = "UPDATE outbox SET attempts = attempts + 1, payload = $2, error = $3 WHERE outbox_id = $1";
}

/// Work to do.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Work {
    /// Its id; UUIDv7, so that order of ids is order of time.
    pub outbox_id: Uuid,
    /// What kind.
    pub kind: String,
    /// JSON.
    pub payload: String,
    /// When it was added.
    pub created_at: i64,
    /// Attempts so far.
    pub attempts: i64,
    /// Why the last one did not do it.
    pub error: Option<String>,
}

/// Adds work, in the transaction that causes it.
pub async fn insert(tx: &mut Tx, id: Uuid, kind: &str, payload: &str, now: Timestamp) -> Result<(), Error> {
    tx.run(INSERT, args![id, kind, payload, now]).await?;
    Ok(())
}

/// The oldest open work after an id, at most 100 rows.
pub async fn open(tx: &mut Tx, after: Uuid) -> Result<Vec<Work>, Error> {
    tx.all(OPEN, args![after]).await
}

/// The oldest open work that was tried before, at most 100 rows.
pub async fn tried(tx: &mut Tx) -> Result<Vec<Work>, Error> {
    tx.all(TRIED, vec![]).await
}

/// The oldest open notices to people, at most 100 rows.
pub async fn notices(tx: &mut Tx) -> Result<Vec<Work>, Error> {
    tx.all(NOTICES, vec![]).await
}

/// Marks work as done.
pub async fn done(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<(), Error> {
    tx.run(DONE, args![id, now]).await?;
    Ok(())
}

/// Notes an attempt that did not do it, and the work as it stands since.
pub async fn failed(tx: &mut Tx, id: Uuid, payload: &str, error: &str) -> Result<(), Error> {
    tx.run(FAILED, args![id, payload, error]).await?;
    Ok(())
}
