//! Revisions: immutable, numbered per device. What a device has, had, and why.

use crate::{
    artifact::Digest,
    ids::{DeviceId, ExtensionId, LineId, RevisionId, SecretId},
    resolution::Resolution,
};
use serde::{Deserialize, Serialize};

/// What a revision is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevisionKind {
    /// Network and provisioning, no line; accounts are not mentioned.
    Baseline,
    /// With the lines of the standing binding.
    Bound,
    /// Every account key written empty.
    Clear,
}

impl RevisionKind {
    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Bound => "bound",
            Self::Clear => "clear",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Baseline, Self::Bound, Self::Clear].into_iter().find(|k| k.word() == text)
    }
}

/// The facts of a line, as a revision froze them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFacts {
    /// The line.
    pub line: LineId,
    /// Line key, from 1.
    pub index: u8,
    /// The extension.
    pub extension: ExtensionId,
    /// Its number.
    pub number: String,
    /// Caller name and label.
    pub display_name: String,
    /// Who answers for it, as people read it.
    pub owner: String,
    /// The SIP credential.
    pub secret: SecretId,
    /// The change request that bound it: `CR-7`.
    pub change: String,
    /// Who approved it.
    pub approver: String,
    /// Whether other devices may have it too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// A file of a revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionFile {
    /// The name under which phones ask for it.
    pub name: String,
    /// Its artifact.
    pub digest: Digest,
}

/// An immutable revision of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// Whose it is.
    pub device: DeviceId,
    /// Number per device, from 1.
    pub number: u32,
    /// What it is for.
    pub kind: RevisionKind,
    /// What published it: `CR-7` or `import 3`.
    pub change: String,
    /// Lines, by index.
    pub lines: Vec<LineFacts>,
    /// Every setting and its origin.
    pub resolution: Resolution,
    /// Its files.
    pub files: Vec<RevisionFile>,
}
