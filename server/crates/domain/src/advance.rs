//! What is approved in advance: kinds of change that a technician may carry out at once (requirement E7), and standing
//! requests that bind by themselves as facts turn true (requirements E3, D6).
//!
//! What is approved is exactly the definition, by its digest; it is never altered, only ended. Which plans fit it, this
//! module says, with every reason why one does not.

mod standard;
mod standing;

pub use standard::{Handset, Standard, Swap};
pub use standing::{Candidate, Owners, Standing, Stop};

use crate::{Finding, Timestamp, artifact::Digest};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What is approved in advance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Definition {
    /// A kind of change that a technician may carry out at once.
    Standard(Standard),
    /// A request that binds by itself.
    Standing(Standing),
}

impl Definition {
    /// The word in addresses and in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Standard(_) => "standard",
            Self::Standing(_) => "standing",
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Standard(standard) => &standard.name,
            Self::Standing(standing) => &standing.name,
        }
    }

    /// From this moment on it is good for nothing.
    pub const fn until(&self) -> Timestamp {
        match self {
            Self::Standard(standard) => standard.until,
            Self::Standing(standing) => standing.until,
        }
    }

    /// All of it in one line, for people and for the record.
    pub fn words(&self) -> String {
        match self {
            Self::Standard(standard) => standard.words(),
            Self::Standing(standing) => standing.words(),
        }
    }

    /// Everything that keeps it from being proposed.
    pub fn check(&self, now: Timestamp) -> Vec<Finding> {
        match self {
            Self::Standard(standard) => standard.check(now),
            Self::Standing(standing) => standing.check(now),
        }
    }

    /// What approvers sign: all of it, and its number, so that one signature is good for one of them.
    pub fn digest(&self, number: i64) -> Digest {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let hash = Sha256::new()
            .chain_update(b"ringfence advance approval 1")
            .chain_update(number.to_be_bytes())
            .chain_update(text);
        Digest(hash.finalize().into())
    }
}

/// What is wrong with a name and an end.
fn check_common(name: &str, until: Timestamp, longest: i64, now: Timestamp) -> Vec<Finding> {
    use crate::Code::AdvanceInvalid;
    let mut findings = vec![];
    if name.trim().is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
        findings
            .push(Finding::new(AdvanceInvalid, "name").detail("It needs a name of at most 100 characters."));
    }
    if until <= now || until > now.plus(longest) {
        let days = longest / crate::time::DAY;
        let detail = format!("It ends after now, and at most {days} days later.");
        findings.push(Finding::new(AdvanceInvalid, "until").detail(detail));
    }
    findings
}
