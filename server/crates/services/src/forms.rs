//! Form tokens: a form that is sent twice does its work once.

use crate::{Result, Services};
use sha2::{Digest as _, Sha256};

/// Takes a form token; false when it was used before (double submit).
pub async fn first_use(services: &Services, token: &str) -> Result<bool> {
    let hash = Sha256::digest(token.as_bytes());
    let mut tx = services.0.store.write().await?;
    let first = storage::session::use_token(&mut tx, &hash, services.now()).await?;
    tx.commit().await?;
    Ok(first)
}
