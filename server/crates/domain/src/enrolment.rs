//! Enrolment: how a phone that holds nothing yet is given the credential that it proves itself with from then on.
//!
//! A *token* is a code that somebody types at the phone, or a signed address that a redirect service hands out.
//! Its first use opens a *session* for whoever used it: within 30 minutes the same phone may fetch again, because
//! the power may have gone before it had saved anything; nobody else may. The session ends when the credential
//! that it delivered is first used at the steady address, and the token with it.
//!
//! A token is knowledge, written on paper or kept by a vendor. It proves less than a credential does, so nothing
//! here ever changes what a device is: two that use one token are a case for people.

mod site_date;
mod typed_code;

pub use site_date::{MARGIN, SiteDate};
pub use typed_code::{CODES, DIGITS, Misread, TypedCode};

use crate::{
    Code, Finding, Timestamp,
    ids::{DeviceId, EnrolmentId},
    time::{DAY, MINUTE},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How long a code can be used after it was activated.
pub const CODE_LIFE: i64 = DAY;
/// How long a session lasts when the credential that it delivered is not used.
pub const SESSION: i64 = 30 * MINUTE;
/// The furthest day until which a signed address can be made valid.
pub const LONGEST_ADDRESS: i64 = 90 * DAY;
/// How long a signed address is valid when nobody says otherwise.
pub const USUAL_ADDRESS: i64 = 14 * DAY;

/// How the token reaches the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Digits, typed at the phone.
    Code,
    /// An address that a redirect service hands to the phone.
    SignedAddress,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Code, Self::SignedAddress];

    /// The word in the database and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::SignedAddress => "signed-address",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::SignedAddress => "signed address",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

/// What tells one user of a token from another. Two handsets of one model behind one address look alike here; they
/// ask for files of different names, and that is told apart before anybody looks at this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Source address.
    pub client: IpAddr,
    /// The `User-Agent` as it was sent, capped.
    pub user_agent: String,
    /// SHA-256 of the client certificate, as hex, if one was shown.
    pub certificate: Option<String>,
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ({})",
            self.client,
            if self.user_agent.is_empty() { "unnamed" } else { &self.user_agent }
        )
    }
}

/// Where a token is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum State {
    /// Made and printed; of no use until somebody activates it.
    Inactive,
    /// It can be used until then.
    Waiting {
        /// When it expires.
        until: Timestamp,
    },
    /// It has been used, and the credential that it delivered has not.
    InSession {
        /// First use.
        since: Timestamp,
        /// By whom; nobody else can use it.
        by: Fingerprint,
    },
    /// The credential that it delivered has been used: the phone is enrolled.
    Used {
        /// When.
        at: Timestamp,
    },
    /// Nobody used it in time, or whoever did never used what was delivered.
    Expired {
        /// When.
        at: Timestamp,
        /// Whether it delivered a credential that may still turn up.
        delivered: bool,
    },
    /// Taken back, or not needed any more.
    Revoked {
        /// When.
        at: Timestamp,
    },
    /// The phone went back to its vendor; a redirect service must not point at us any more.
    Released {
        /// When.
        at: Timestamp,
    },
}

impl State {
    /// Every word, in the order of a life.
    pub const WORDS: [&'static str; 7] =
        ["inactive", "waiting", "in-session", "used", "expired", "revoked", "released"];

    /// The word in the database and in addresses.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Waiting { .. } => "waiting",
            Self::InSession { .. } => "in-session",
            Self::Used { .. } => "used",
            Self::Expired { .. } => "expired",
            Self::Revoked { .. } => "revoked",
            Self::Released { .. } => "released",
        }
    }

    /// When it ends by itself.
    pub const fn ends(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { until } => Some(*until),
            Self::InSession { since, .. } => Some(since.plus(SESSION)),
            _ => None,
        }
    }

    /// The state with the time that has passed taken into account.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self.ends() {
            Some(at) if at <= now => Self::Expired { at, delivered: self.delivered() },
            _ => self,
        }
    }

    /// Whether it can still come to something.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Inactive | Self::Waiting { .. } | Self::InSession { .. })
    }

    /// Whether it delivered a credential that has not been used since: then nobody knows who holds it, and the
    /// next token delivers another one.
    pub const fn delivered(&self) -> bool {
        matches!(self, Self::InSession { .. } | Self::Expired { delivered: true, .. })
    }

    /// The same once what it delivered is worth nothing any more.
    #[must_use]
    pub fn disarmed(self) -> Self {
        match self {
            Self::Expired { at, .. } => Self::Expired { at, delivered: false },
            other => other,
        }
    }

    /// What follows when the device's credential is used at the steady address: the phone has what it needs, so
    /// every token that is still open dies. `None` when there is nothing to end.
    #[must_use]
    pub const fn credential_used(&self, now: Timestamp) -> Option<Self> {
        match self {
            // A phone that took longer than the session to come back has what it was given all the same.
            Self::InSession { .. } | Self::Expired { delivered: true, .. } => Some(Self::Used { at: now }),
            Self::Inactive | Self::Waiting { .. } => Some(Self::Revoked { at: now }),
            _ => None,
        }
    }

    /// From now on it can be used; a code for [`CODE_LIFE`].
    pub fn activate(&self, subject: &str, now: Timestamp) -> Result<Self, Finding> {
        match self {
            Self::Inactive => Ok(Self::Waiting { until: now.plus(CODE_LIFE) }),
            other => Err(other.not_now(subject)),
        }
    }

    /// It is taken back; what it [`delivered`](Self::delivered) has to be made worthless with it.
    pub fn revoke(&self, subject: &str, now: Timestamp) -> Result<Self, Finding> {
        match self.clone().at(now) {
            state if state.is_open() => Ok(Self::Revoked { at: now }),
            other => Err(other.not_now(subject)),
        }
    }

    /// A signed address that has ended can be used once more: the redirect service still hands it out.
    pub fn rearm(&self, subject: &str, until: Timestamp, now: Timestamp) -> Result<Self, Finding> {
        match self {
            Self::Released { .. } => Err(self.not_now(subject)),
            _ => valid_until(until, now).map(|until| Self::Waiting { until }),
        }
    }

    fn not_now(&self, subject: &str) -> Finding {
        Finding::new(Code::RequestState, subject).detail(format!("It is {}.", self.word().replace('-', " ")))
    }
}

/// Until when a signed address may be valid.
pub fn valid_until(until: Timestamp, now: Timestamp) -> Result<Timestamp, Finding> {
    if until <= now {
        return Err(Finding::new(Code::FormInvalid, "until").detail("It must lie in the future."));
    }
    if until > now.plus(LONGEST_ADDRESS) {
        return Err(Finding::new(Code::FormInvalid, "until").detail("At most 90 days from now."));
    }
    Ok(until)
}

/// A token of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Whose it is.
    pub device: DeviceId,
    /// How it reaches the phone.
    pub kind: Kind,
    /// Where it is in its life.
    pub state: State,
    /// When somebody else last tried to use it in the middle of a session.
    pub clashed: Option<Timestamp>,
    /// When it was made.
    pub made: Timestamp,
}

/// What becomes of a use of a token by a phone that asks for the right device's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// Deliver: this is the first use, and the state is this one from now on.
    Deliver(State),
    /// Deliver the same once more.
    DeliverAgain,
    /// Deliver nothing: the token is not in force.
    Refuse(Finding),
    /// Deliver nothing, and let people know: somebody else has the session.
    Clash(Finding),
}

/// Decides a use of a token. `subject` is the device, as people read it.
pub fn use_token(state: &State, subject: &str, by: &Fingerprint, now: Timestamp) -> Use {
    match state.clone().at(now) {
        State::Waiting { .. } => Use::Deliver(State::InSession { since: now, by: by.clone() }),
        State::InSession { by: first, .. } if first == *by => Use::DeliverAgain,
        State::InSession { by: first, since } => Use::Clash(
            Finding::new(Code::EnrolmentClash, subject)
                .detail(format!("Begun by {first} at {since}; then asked for by {by}.")),
        ),
        ended => Use::Refuse(
            Finding::new(Code::EnrolmentSpent, subject)
                .detail(format!("It is {}.", ended.word().replace('-', " "))),
        ),
    }
}
