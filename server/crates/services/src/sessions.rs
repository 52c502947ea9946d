//! Sessions of the console, by the hash of their id.

use crate::{Result, Services};
use domain::Timestamp;

/// A session's body and expiry.
pub async fn load(services: &Services, hash: &[u8]) -> Result<Option<(String, Timestamp)>> {
    let mut tx = services.0.store.read().await?;
    let now = services.now();
    Ok(storage::session::load(&mut tx, hash).await?.filter(|(_, expires)| *expires > now))
}

/// Saves a session.
pub async fn save(services: &Services, hash: &[u8], body: &str, expires: Timestamp) -> Result<()> {
    let mut tx = services.0.store.write().await?;
    storage::session::save(&mut tx, hash, body, expires).await?;
    Ok(tx.commit().await?)
}

/// Ends a session.
pub async fn delete(services: &Services, hash: &[u8]) -> Result<()> {
    let mut tx = services.0.store.write().await?;
    storage::session::delete(&mut tx, hash).await?;
    Ok(tx.commit().await?)
}
