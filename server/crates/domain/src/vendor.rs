//! Vendors and models, as far as identity and endpoints need them.

use serde::{Deserialize, Serialize};

/// A vendor family whose dialect we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Yealink T3x, T4x, T5x.
    Yealink,
    /// Linphone, provisioned remotely; the real SIP phone of our lab.
    Linphone,
}

impl Vendor {
    /// Every vendor.
    pub const ALL: [Self; 2] = [Self::Yealink, Self::Linphone];

    /// The lower-case name used in files, addresses and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yealink => "yealink",
            Self::Linphone => "linphone",
        }
    }

    /// Parses the name in either case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name().eq_ignore_ascii_case(text.trim()))
    }

    /// Every model that may be bound. A phone nobody looked into is refused loudly rather than almost configured.
    pub const fn models(self) -> &'static [Model] {
        match self {
            Self::Yealink => &YEALINK,
            Self::Linphone => &LINPHONE,
        }
    }

    /// The model of this name, which may begin with `SIP-` and be in either case.
    pub fn model(self, name: &str) -> Option<&'static Model> {
        let name = name.trim();
        let bare =
            name.get(..4).filter(|head| head.eq_ignore_ascii_case("SIP-")).map_or(name, |_| &name[4..]);
        self.models().iter().find(|model| model.name.eq_ignore_ascii_case(bare))
    }

    /// How many accounts (line keys) `model` has, or `None` when the model is not known.
    pub fn accounts(self, model: &str) -> Option<u8> {
        self.model(model).map(|model| model.accounts)
    }
}

/// How we know what a model does with its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// It was tried on the real thing.
    Verified,
    /// A record of the requests of a real one.
    Trace,
    /// The vendor's documents, and what others publish.
    Documents,
}

impl Known {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Verified => "verified on the real thing",
            Self::Trace => "from a recorded trace",
            Self::Documents => "from documents",
        }
    }
}

/// A model that may be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// As the vendor writes it, without `SIP-`.
    pub name: &'static str,
    /// Lines at most, each on a key of its own.
    pub accounts: u8,
    /// The oldest firmware that takes what is written here; empty when nothing is known.
    pub firmware: &'static str,
    /// How we know.
    pub known: Known,
}

impl std::fmt::Display for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Counts of accounts are the vendor's published ones; keys are written as since V81.
const fn yealink(name: &'static str, accounts: u8) -> Model {
    Model { name, accounts, firmware: "V81", known: Known::Documents }
}

const YEALINK: [Model; 25] = [
    yealink("T31G", 2),
    yealink("T31P", 2),
    yealink("T31W", 2),
    yealink("T33G", 4),
    yealink("T34W", 4),
    yealink("T40G", 3),
    yealink("T40P", 3),
    yealink("T41S", 6),
    yealink("T41U", 6),
    yealink("T42G", 12),
    yealink("T42S", 12),
    yealink("T42U", 12),
    yealink("T43U", 12),
    yealink("T44U", 12),
    yealink("T44W", 12),
    yealink("T46G", 16),
    yealink("T46S", 16),
    yealink("T46U", 16),
    yealink("T48S", 16),
    yealink("T48U", 16),
    yealink("T53", 12),
    yealink("T53W", 12),
    yealink("T54W", 16),
    yealink("T57W", 16),
    yealink("T58W", 16),
];

const fn linphone(name: &'static str, known: Known) -> Model {
    Model { name, accounts: 1, firmware: "5.1", known }
}

const LINPHONE: [Model; 2] = [linphone("DAEMON", Known::Verified), linphone("DESKTOP", Known::Documents)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untested_model_is_not_guessed() {
        assert_eq!(Vendor::Yealink.accounts("SIP-T46U"), Some(16));
        assert_eq!(Vendor::Yealink.accounts("t31g"), Some(2));
        assert_eq!(Vendor::Yealink.accounts("T99X"), None);
        assert_eq!(Vendor::Yealink.accounts("SIP-"), None);
        assert_eq!(Vendor::Yealink.accounts("é"), None);
        assert_eq!(Vendor::Linphone.accounts("daemon"), Some(1));
    }
}
