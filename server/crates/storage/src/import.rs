//! Imports: staged for a preview, committed once.

use crate::{Error, Tx, args::args, statements};
use domain::Timestamp;
use uuid::Uuid;

statements! {
    STAGE = "INSERT INTO import (import_id, number, digest, files, body, staged_by, staged_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LOAD = "SELECT import_id, number, digest, files, body, staged_by, staged_at, committed_at FROM import WHERE import_id = $1";
    RECENT = "SELECT import_id, number, digest, files, NULL AS body, staged_by, staged_at, committed_at FROM import ORDER BY number DESC LIMIT 20";
    COMMITTED = "SELECT number FROM import WHERE digest = $1 AND committed_at IS NOT NULL";
    BEGIN = "UPDATE import SET writer = $2 WHERE import_id = $1 AND committed_at IS NULL AND NOT EXISTS (SELECT 1 FROM import other WHERE other.writer IS NOT NULL AND other.committed_at IS NULL)";
    RELEASE = "UPDATE import SET writer = NULL WHERE import_id = $1 AND committed_at IS NULL";
    INTERRUPTED = "SELECT import_id FROM import WHERE writer = $1 AND committed_at IS NULL ORDER BY number";
    COMMIT = "UPDATE import SET committed_at = $2, body = NULL WHERE import_id = $1 AND committed_at IS NULL";
}

/// A staged or committed import.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Import {
    /// Its id.
    pub import_id: Uuid,
    /// The number that people see.
    pub number: i64,
    /// Digest of its files.
    pub digest: String,
    /// JSON array of file names.
    pub files: String,
    /// JSON of the uploads, until committed.
    pub body: Option<Vec<u8>>,
    /// Who uploaded it.
    pub staged_by: String,
    /// When.
    pub staged_at: i64,
    /// When it was committed.
    pub committed_at: Option<i64>,
}

/// Keeps uploads for a preview.
pub async fn stage(tx: &mut Tx, import: &Import) -> Result<(), Error> {
    let i = import;
    let args = args![i.import_id, i.number, &i.digest, &i.files, i.body.clone(), &i.staged_by, i.staged_at];
    tx.run(STAGE, args).await?;
    Ok(())
}

/// The import of this id.
pub async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Import>, Error> {
    tx.one(LOAD, args![id]).await
}

/// The newest 20 imports, without their bodies.
pub async fn recent(tx: &mut Tx) -> Result<Vec<Import>, Error> {
    tx.all(RECENT, vec![]).await
}

/// The number of a committed import of exactly these files.
pub async fn committed(tx: &mut Tx, digest: &str) -> Result<Option<i64>, Error> {
    Ok(tx.one::<(i64,)>(COMMITTED, args![digest]).await?.map(|(n,)| n))
}

/// Marks an import as committed; false when it was already.
pub async fn commit(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(COMMIT, args![id, now]).await? == 1)
}

/// Claims an import for `node` to write; whether nobody has committed it or is writing one.
pub async fn begin(tx: &mut Tx, id: Uuid, node: &str) -> Result<bool, Error> {
    Ok(tx.run(BEGIN, args![id, node]).await? == 1)
}

/// Gives an import back that could not be written to its end.
pub async fn release(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    tx.run(RELEASE, args![id]).await?;
    Ok(())
}

/// Imports that `node` began to write.
pub async fn interrupted(tx: &mut Tx, node: &str) -> Result<Vec<Uuid>, Error> {
    Ok(tx.all::<(Uuid,)>(INTERRUPTED, args![node]).await?.into_iter().map(|(id,)| id).collect())
}
