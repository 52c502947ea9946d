//! Kamailio: lines are rows of its `subscriber` table, contacts are in its memory.

use crate::{
    CallControl, Calls, ConnectorError, Contacts, Fact, LineFacts, Registrar, Registration,
    live::{self, Contact},
    rpc::{self, Answer},
};
use async_trait::async_trait;
use hyper::Uri;
use serde::Deserialize;
use sip::digest::ha1_md5_hex;
use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const EXISTS: &str = "SELECT count(*) FROM subscriber WHERE username = $1 AND domain = $2";
// The clear password stays empty: Kamailio needs none, and its table is not ours to guard.
const ESTABLISH: &str = "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES ($1, $2, '', $3, $4) ON CONFLICT (username, domain) DO UPDATE SET password = '', ha1 = excluded.ha1, ha1b = excluded.ha1b";
const WITHDRAW: &str = "DELETE FROM subscriber WHERE username = $1 AND domain = $2";

/// How long to wait for the platform's database; longer, and the outbox tries again later.
const PATIENCE: Duration = Duration::from_secs(5);

/// A Kamailio without `dialog` logs an error for each question about calls; it is asked again after this.
const WITHOUT_CALLS: Duration = Duration::from_mins(10);

/// How to reach a Kamailio.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KamailioConfig {
    /// `sqlite:///absolute/path` of a file that exists, or `postgres://…`.
    pub database: String,
    /// The realm, which is also the domain of the subscribers.
    pub realm: String,
    /// `host:port` that phones are told.
    pub registrar: String,
    /// `udp`, `tcp` or `tls`, which phones are told.
    #[serde(default = "udp")]
    pub transport: String,
    /// `http://host:port/RPC`.
    pub rpc: Option<String>,
    /// Seconds that a registration lasts there at most: its `max_expires`, or what phones ask for.
    #[serde(default = "an_hour")]
    pub longest_registration: u32,
}

/// What phones ask for, and Kamailio gives, when nobody says anything else.
const fn an_hour() -> u32 {
    3600
}

fn udp() -> String {
    "udp".to_owned()
}

impl fmt::Debug for KamailioConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of a database may hold a password, that of the rpc too.
        f.debug_struct("KamailioConfig")
            .field("realm", &self.realm)
            .field("registrar", &self.registrar)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// A Kamailio with its subscriber table.
pub struct Kamailio {
    subscribers: Subscribers,
    registrar: Registrar,
    rpc: Option<Uri>,
    longest_registration: Duration,
    /// When it said that it does not follow calls.
    no_calls: Mutex<Option<Instant>>,
}

enum Subscribers {
    Lite(SqlitePool),
    Pg(PgPool),
}

impl fmt::Debug for Kamailio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kamailio").field("registrar", &self.registrar).finish_non_exhaustive()
    }
}

/// Runs a statement on whichever database it is.
macro_rules! on {
    ($subscribers:expr, |$pool:ident| $query:expr) => {
        match $subscribers {
            Subscribers::Lite($pool) => $query,
            Subscribers::Pg($pool) => $query,
        }
    };
}

impl Kamailio {
    /// Reads the configuration; nothing is opened until it is used. Needs a Tokio runtime.
    pub fn new(config: KamailioConfig) -> Result<Self, ConnectorError> {
        let wrong = |key, what| ConnectorError::Config { key, what };
        if config.realm.is_empty() || config.realm.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(wrong("realm", "it has to be a name without blanks"));
        }
        if !["udp", "tcp", "tls"].contains(&config.transport.as_str()) {
            return Err(wrong("transport", "it has to be `udp`, `tcp` or `tls`"));
        }
        let rpc = config.rpc.as_deref().map(plain_http).transpose()?;
        let registrar = Registrar::parse(&config.registrar, config.realm, config.transport)
            .ok_or_else(|| wrong("registrar", "it has to be `host:port`"))?;
        let longest_registration = Duration::from_secs(config.longest_registration.into());
        let subscribers = Subscribers::new(&config.database)?;
        Ok(Self { subscribers, registrar, rpc, longest_registration, no_calls: Mutex::new(None) })
    }

    fn address_of_record(&self, user: &str) -> String {
        format!("{user}@{}", self.registrar.realm)
    }

    async fn exists(&self, user: &str) -> Result<bool, sqlx::Error> {
        let realm = &self.registrar.realm;
        let rows: i64 = on!(&self.subscribers, |pool| {
            sqlx::query_scalar(EXISTS).bind(user).bind(realm).fetch_one(pool).await?
        });
        Ok(rows > 0)
    }

    async fn contacts(&self, user: &str) -> Fact<Vec<Contact>> {
        let Some(rpc) = &self.rpc else { return Fact::NotModelled };
        live::contacts(rpc, &self.address_of_record(user)).await
    }
}

#[async_trait]
impl CallControl for Kamailio {
    fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    fn longest_registration(&self) -> Duration {
        self.longest_registration
    }

    async fn lookup(&self, user: &str) -> LineFacts {
        let exists = match self.exists(user).await {
            Ok(exists) => Fact::Known(exists),
            Err(error) => Fact::Unknown(error.to_string()),
        };
        let address = |contact: Contact| contact.address;
        let contacts = self.contacts(user).await.map(|all| all.into_iter().map(address).collect());
        LineFacts { exists, contacts }
    }

    fn reaches_phones(&self) -> bool {
        self.rpc.is_some()
    }

    async fn registrations(&self, user: &str) -> Fact<Vec<Registration>> {
        let one = |contact: Contact| Registration { address: contact.address, renewed: contact.renewed };
        self.contacts(user).await.map(|all| all.into_iter().map(one).collect())
    }

    async fn calls(&self) -> Fact<Calls> {
        let Some(rpc) = &self.rpc else { return Fact::NotModelled };
        let lately = |at: Instant| at.elapsed() < WITHOUT_CALLS;
        if self.no_calls.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(lately) {
            return Fact::NotModelled;
        }
        let calls = live::calls(rpc).await;
        if calls == Fact::NotModelled {
            *self.no_calls.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        calls
    }

    async fn wake(&self, user: &str, event: &str) -> Fact<usize> {
        let (Some(rpc), contacts) = (&self.rpc, self.contacts(user).await) else { return Fact::NotModelled };
        let notify = live::Notify { registrar: &self.registrar, user, event };
        match contacts {
            Fact::Known(contacts) => notify.send(rpc, &contacts).await,
            Fact::NotModelled => Fact::NotModelled,
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }

    async fn establish(&self, user: &str, password: &str) -> Result<(), ConnectorError> {
        let realm = &self.registrar.realm;
        let ha1 = ha1_md5_hex(user, realm, password);
        // For phones that send their whole address as the user name of the digest.
        let ha1b = ha1_md5_hex(&self.address_of_record(user), realm, password);
        on!(&self.subscribers, |pool| {
            sqlx::query(ESTABLISH)
                .bind(user)
                .bind(realm)
                .bind(ha1.as_str())
                .bind(ha1b.as_str())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    async fn withdraw(&self, user: &str) -> Result<Contacts, ConnectorError> {
        let realm = &self.registrar.realm;
        // The row first: a phone whose contact is removed registers again at once.
        on!(&self.subscribers, |pool| {
            sqlx::query(WITHDRAW).bind(user).bind(realm).execute(pool).await?;
        });
        let Some(rpc) = &self.rpc else {
            return Ok(Contacts::Left("`call_control.rpc` is not set".to_owned()));
        };
        // Removing what is not there is a success.
        Ok(match rpc::call(rpc, "ul.rm", &["location", &self.address_of_record(user)]).await {
            Ok(Answer::Done { .. }) => Contacts::Removed,
            Ok(Answer::Failed { error }) => Contacts::Left(error.message),
            Err(why) => Contacts::Left(why),
        })
    }
}

impl Subscribers {
    fn new(database: &str) -> Result<Self, ConnectorError> {
        let wrong = ConnectorError::Config {
            key: "database",
            what: "it has to be `sqlite:///absolute/path` or `postgres://…`",
        };
        if database.starts_with("postgres://") || database.starts_with("postgresql://") {
            let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
            return pool.connect_lazy(database).map(Self::Pg).map_err(|_| wrong);
        }
        let path = database.strip_prefix("sqlite://").map(Path::new).filter(|path| path.is_absolute());
        let Some(path) = path else { return Err(wrong) };
        let options =
            SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(PATIENCE);
        Ok(Self::Lite(SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options)))
    }
}

fn plain_http(address: &str) -> Result<Uri, ConnectorError> {
    let uri: Option<Uri> = address.parse().ok();
    uri.filter(|uri| uri.scheme_str() == Some("http") && uri.host().is_some_and(|host| !host.is_empty()))
        .ok_or(ConnectorError::Config { key: "rpc", what: "it has to be `http://host:port/RPC`" })
}
