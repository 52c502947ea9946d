#![doc = include_str!("../README.md")]

mod error;
mod fact;
mod kamailio;
mod live;
mod rpc;

pub use error::ConnectorError;
pub use fact::{Calls, Contacts, Fact, LineFacts, Registrar, Registration};
pub use kamailio::{Kamailio, KamailioConfig};

use async_trait::async_trait;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// A platform that registers phones and connects calls.
#[async_trait]
pub trait CallControl: std::fmt::Debug + Send + Sync {
    /// What phones are told about it.
    fn registrar(&self) -> &Registrar;

    /// What it knows of a line. Never fails: what could not be asked is `Unknown`.
    async fn lookup(&self, user: &str) -> LineFacts;

    /// Whether everything that registers as a user shares one credential, as with most platforms; otherwise each
    /// appearance of a line has its own.
    fn credential_is_shared(&self) -> bool {
        true
    }

    /// Makes `user` able to register with `password`, and with no other.
    async fn establish(&self, user: &str, password: &str) -> Result<(), ConnectorError>;

    /// After this nobody is registered any more who could not register again.
    fn longest_registration(&self) -> Duration;

    /// Makes `user` unable to register, then removes its contacts as well as it can.
    async fn withdraw(&self, user: &str) -> Result<Contacts, ConnectorError>;

    /// Whether it can be asked for registrations and told to wake phones, as it is configured.
    fn reaches_phones(&self) -> bool;

    /// Where a line is registered now. One call of the platform.
    async fn registrations(&self, user: &str) -> Fact<Vec<Registration>>;

    /// Who is in a call now. One call of the platform, whose answer grows with the calls.
    async fn calls(&self) -> Fact<Calls>;

    /// Sends a NOTIFY of this event (RFC 6665), which nobody subscribed to, to every contact of a line; to how many.
    /// Whether they heed it, nobody says. One call of the platform, and one for each contact.
    async fn wake(&self, user: &str, event: &str) -> Fact<usize>;
}

/// The `call_control` table of the configuration: `kind` and the keys of that kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Config {
    /// `kind = "kamailio"`
    Kamailio(KamailioConfig),
}

impl Config {
    /// Makes the connector. Nothing is opened until it is used. Needs a Tokio runtime.
    pub fn connector(self) -> Result<Arc<dyn CallControl>, ConnectorError> {
        match self {
            Self::Kamailio(config) => Ok(Arc::new(Kamailio::new(config)?)),
        }
    }
}
