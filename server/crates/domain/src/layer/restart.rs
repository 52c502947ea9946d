//! Whether a phone restarts when it is given other settings, as far as its vendor's documents say.

use crate::vendor::Vendor;
use serde::{Deserialize, Serialize};

/// What a phone does when it takes a setting over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// It applies it as it runs.
    No,
    /// Nobody has written it down.
    Unknown,
    /// It restarts: a call that is up ends.
    Yes,
}

impl Restart {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::No => "applied without a restart",
            Self::Unknown => "whether it restarts is not documented",
            Self::Yes => "the phone restarts",
        }
    }
}

/// What a phone of `vendor` does when `path` changes.
///
/// Yealink restarts for what its guides mark as needing it, the network's settings among them; Panasonic and Gigaset
/// apply without. Of the others no document says it setting by setting.
pub fn restart(vendor: Vendor, path: &str) -> Restart {
    match vendor {
        Vendor::Yealink if path.starts_with("network.") => Restart::Yes,
        Vendor::Yealink if path.starts_with("raw.") => Restart::Unknown,
        Vendor::Yealink | Vendor::Panasonic | Vendor::Gigaset => Restart::No,
        _ => Restart::Unknown,
    }
}
