//! Exceptions: open operational cases, ordinary work with a defined next step (requirement E4).

use crate::{
    Timestamp,
    ids::{DeviceId, SiteId},
    policy::Weight,
};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A verified proof disagreed with the inventory or with the file that was asked for.
    Mismatch,
    /// Two phones used the same enrolment token, one used it for another phone's file, or it had ended.
    Enrolment,
    /// Somebody showed a wrong proof for a device, and the device has not proven itself since.
    Proof,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Mismatch, Self::Enrolment, Self::Proof];

    /// The word in addresses and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::Enrolment => "enrolment",
            Self::Proof => "proof",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mismatch => "Identity mismatch",
            Self::Enrolment => "Enrolment token used twice",
            Self::Proof => "Wrong proof",
        }
    }

    /// The one next step.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Mismatch => {
                "Compare serial and MAC on the handset with the inventory; then release the device with a reason."
            }
            Self::Enrolment => {
                "Find out which handset is the right one; reopen its enrolment with a new code, then close the case."
            }
            Self::Proof => {
                "Look at the handset: if it is the device, reopen its enrolment or add its vendor's root; then close the case."
            }
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// By whom, as people know them.
    pub by: String,
    /// Why it is no case any more.
    pub resolution: String,
}

/// An open operational case; people see `EX-7`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its number.
    pub number: i64,
    /// What happened.
    pub kind: Kind,
    /// How grave it is.
    pub weight: Weight,
    /// The device concerned.
    pub device: DeviceId,
    /// The site concerned.
    pub site: SiteId,
    /// What was seen, the last time; never a secret.
    pub detail: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it happened last.
    pub last_at: Timestamp,
    /// How often it happened.
    pub times: i64,
    /// Who takes care of it, once somebody does.
    pub owner: Option<String>,
    /// How it ended, once it has.
    pub closed: Option<Closed>,
}
