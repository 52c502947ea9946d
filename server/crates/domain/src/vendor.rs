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

    /// How many accounts (line keys) `model` has, or `None` when the model is not known.
    ///
    /// A phone nobody tested is refused loudly rather than almost configured. Counts of accounts
    /// are the vendors' published ones.
    pub fn accounts(self, model: &str) -> Option<u8> {
        let model = model.trim().to_ascii_uppercase();
        match self {
            Self::Yealink => {
                let bare = model.strip_prefix("SIP-").unwrap_or(&model);
                YEALINK.iter().find(|(name, _)| *name == bare).map(|(_, n)| *n)
            }
            Self::Linphone => ["DAEMON", "DESKTOP"].contains(&model.as_str()).then_some(1),
        }
    }
}

impl std::fmt::Display for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

const YEALINK: [(&str, u8); 25] = [
    ("T31G", 2),
    ("T31P", 2),
    ("T31W", 2),
    ("T33G", 4),
    ("T34W", 4),
    ("T40G", 3),
    ("T40P", 3),
    ("T41S", 6),
    ("T41U", 6),
    ("T42G", 12),
    ("T42S", 12),
    ("T42U", 12),
    ("T43U", 12),
    ("T44U", 12),
    ("T44W", 12),
    ("T46G", 16),
    ("T46S", 16),
    ("T46U", 16),
    ("T48S", 16),
    ("T48U", 16),
    ("T53", 12),
    ("T53W", 12),
    ("T54W", 16),
    ("T57W", 16),
    ("T58W", 16),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untested_model_is_not_guessed() {
        assert_eq!(Vendor::Yealink.accounts("SIP-T46U"), Some(16));
        assert_eq!(Vendor::Yealink.accounts("t31g"), Some(2));
        assert_eq!(Vendor::Yealink.accounts("T99X"), None);
        assert_eq!(Vendor::Linphone.accounts("daemon"), Some(1));
    }
}
