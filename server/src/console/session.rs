//! Sessions on our own tables. The database holds the hash of an id, so that reading it signs nobody in.

use async_trait::async_trait;
use domain::Timestamp;
use services::{Problem, Services, sessions};
use sha2::{Digest as _, Sha256};
use std::fmt;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// A shift and its hand-over: whoever has not clicked for so long signs in again.
const IDLE: Duration = Duration::hours(12);

/// The session layer: one cookie that scripts cannot read and other sites cannot send.
pub(crate) fn layer(services: Services, tls: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions(services))
        .with_name("ringfence_session")
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_secure(tls)
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Sessions in the database.
#[derive(Clone)]
pub(crate) struct Sessions(Services);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

fn hash(id: &Id) -> [u8; 32] {
    Sha256::digest(id.0.to_le_bytes()).into()
}

fn backend(problem: Problem) -> Error {
    Error::Backend(problem.to_string())
}

fn micros(at: OffsetDateTime) -> Timestamp {
    Timestamp(i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX))
}

impl Sessions {
    async fn write(&self, record: &Record) -> Result<()> {
        let body = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        sessions::save(&self.0, &hash(&record.id), &body, micros(record.expiry_date)).await.map_err(backend)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    /// Ids have 128 random bits, so that two are never the same.
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.write(record).await
    }

    /// Writes what is still there: a request that was under way must not bring back a session that has ended.
    async fn save(&self, record: &Record) -> Result<()> {
        match sessions::load(&self.0, &hash(&record.id)).await.map_err(backend)? {
            Some(_) => self.write(record).await,
            None => Ok(()),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((body, expires)) = sessions::load(&self.0, &hash(id)).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&body).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires.0) * 1_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0, &hash(id)).await.map_err(backend)
    }
}
