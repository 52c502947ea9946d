//! Layers: immutable, versioned sets of settings with an owner. Nothing is ever forked to make an exception.

pub mod check;
pub mod content;
pub mod exception;
pub mod form;
pub mod pin;
pub mod plan;
pub mod release;
pub mod restart;
pub mod returning;
pub mod text;

pub use content::{Content, merge};
pub use release::Release;

use crate::{
    ids::LayerId,
    setting::{Path, Value},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Paths that lower layers may not set, each with the reason.
pub type Locks = BTreeMap<Path, String>;

/// How specific a layer is. A later level wins over an earlier one, unless the path is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Of a vendor.
    Vendor,
    /// Of a model.
    Model,
    /// Of the organisation.
    Organisation,
    /// Of a site.
    Site,
    /// Of a network segment of a site.
    Segment,
    /// Of a group of devices.
    Group,
    /// Of one device.
    Device,
    /// A typed exception that may expire.
    Exception,
    /// Earlier settings of a device, to which it is held.
    Pin,
    /// The facts of a line: written by an applied change request alone.
    Line,
}

impl Level {
    /// Every level, the most general first.
    pub const ALL: [Self; 10] = [
        Self::Vendor,
        Self::Model,
        Self::Organisation,
        Self::Site,
        Self::Segment,
        Self::Group,
        Self::Device,
        Self::Exception,
        Self::Pin,
        Self::Line,
    ];

    /// The word that people see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Model => "model",
            Self::Organisation => "organisation",
            Self::Site => "site",
            Self::Segment => "segment",
            Self::Group => "group",
            Self::Device => "device",
            Self::Exception => "exception",
            Self::Pin => "pin",
            Self::Line => "line",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == text)
    }
}

/// Which layer version set a value, and by which change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The layer.
    pub layer: LayerId,
    /// Its level.
    pub level: Level,
    /// Its name, for example `site lon`.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The change that published this version: `CR-7`, `import 3` or `built in`.
    pub change: String,
}

/// `site lon v1 (import 1)`; a name that says its level is not said twice.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = self.level.word();
        if !self.name.starts_with(level) {
            write!(f, "{level} ")?;
        }
        write!(f, "{} v{} ({})", self.name, self.version, self.change)
    }
}

/// One version of a layer. Immutable once published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// What it is and where it came from.
    pub origin: Origin,
    /// Its settings.
    pub settings: BTreeMap<Path, Value>,
    /// Paths that lower layers may not set.
    pub locks: Locks,
}
