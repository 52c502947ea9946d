//! Sealed secrets and their versions. Nothing here can open them.

use crate::{
    Error, Tx,
    args::{Arg, args},
    many::many,
    statements,
};
use domain::{Timestamp, ids::SecretId};
use uuid::Uuid;

statements! {
    CURRENT = "SELECT version, sealed FROM secret WHERE secret_id = $1 ORDER BY version DESC LIMIT 1";
    CURRENTS = many!("SELECT s.secret_id, s.version, s.sealed FROM secret s WHERE s.version = (SELECT max(n.version) FROM secret n WHERE n.secret_id = s.secret_id) AND s.secret_id IN (", 0 columns, 4 rows, ")");
    INSERT = "INSERT INTO secret (secret_id, version, sealed, created_at) SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM secret WHERE secret_id = $1";
}

/// The current version of a secret, sealed.
pub async fn current(tx: &mut Tx, id: SecretId) -> Result<Option<(u32, Vec<u8>)>, Error> {
    let row = tx.one::<(i64, Vec<u8>)>(CURRENT, args![id.0]).await?;
    Ok(row.map(|(version, sealed)| (u32::try_from(version).unwrap_or(u32::MAX), sealed)))
}

/// The current versions of secrets, sealed; four with each statement. Those that do not exist are left out.
pub async fn currents(tx: &mut Tx, ids: &[SecretId]) -> Result<Vec<(SecretId, u32, Vec<u8>)>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(4) {
        let filled = ids.iter().chain(std::iter::repeat(&ids[ids.len() - 1])).take(4);
        let args = filled.map(|id| Arg::from(id.0)).collect();
        let rows = tx.all::<(Uuid, i64, Vec<u8>)>(CURRENTS, args).await?;
        let secret =
            |(id, version, sealed)| (SecretId(id), u32::try_from(version).unwrap_or(u32::MAX), sealed);
        found.extend(rows.into_iter().map(secret));
    }
    Ok(found)
}

/// Adds the next version of a secret.
pub async fn insert(tx: &mut Tx, id: SecretId, sealed: Vec<u8>, now: Timestamp) -> Result<(), Error> {
    tx.run(INSERT, args![id.0, sealed, now]).await?;
    Ok(())
}
