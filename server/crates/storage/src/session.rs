//! Sessions of the console, and form tokens.

use crate::{Error, Tx, args::args, statements};
use domain::Timestamp;

statements! {
    LOAD = "SELECT body, expires_at FROM session WHERE session_hash = $1";
    SAVE = "INSERT INTO session (session_hash, body, expires_at) VALUES ($1, $2, $3) ON CONFLICT (session_hash) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at";
    DELETE = "DELETE FROM session WHERE session_hash = $1";
    SWEEP = "DELETE FROM session WHERE expires_at <= $1";
    USE_TOKEN = "INSERT INTO form_token (token_hash, used_at) VALUES ($1, $2) ON CONFLICT (token_hash) DO NOTHING";
    SWEEP_TOKENS = "DELETE FROM form_token WHERE used_at <= $1";
}

/// A session's body and expiry, by the hash of its id.
pub async fn load(tx: &mut Tx, hash: &[u8]) -> Result<Option<(String, Timestamp)>, Error> {
    let row = tx.one::<(String, i64)>(LOAD, args![hash]).await?;
    Ok(row.map(|(body, expires)| (body, Timestamp(expires))))
}

/// Saves a session.
pub async fn save(tx: &mut Tx, hash: &[u8], body: &str, expires: Timestamp) -> Result<(), Error> {
    tx.run(SAVE, args![hash, body, expires]).await?;
    Ok(())
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, hash: &[u8]) -> Result<(), Error> {
    tx.run(DELETE, args![hash]).await?;
    Ok(())
}

/// Takes a form token; false when it was used before.
pub async fn use_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(USE_TOKEN, args![hash, now]).await? == 1)
}

/// Removes what has expired: sessions at `now`, tokens used before `tokens`.
pub async fn sweep(tx: &mut Tx, now: Timestamp, tokens: Timestamp) -> Result<(), Error> {
    tx.run(SWEEP, args![now]).await?;
    tx.run(SWEEP_TOKENS, args![tokens]).await?;
    Ok(())
}
