//! What a version of a layer is called by people: major, minor, patch (Semantic Versioning 2.0.0, the core of it).

use serde::{Deserialize, Serialize};

/// `2.1.0`. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Release {
    /// Something that stood before means something else.
    pub major: u32,
    /// Something is added.
    pub minor: u32,
    /// Something is mended.
    pub patch: u32,
}

impl Release {
    /// The first one of a layer.
    pub const FIRST: Self = Self { major: 1, minor: 0, patch: 0 };

    /// Parses three whole numbers, each without leading zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.').map(|part| {
            let number: u32 = part.parse().ok()?;
            (number.to_string() == part).then_some(number)
        });
        let release = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(release)
    }

    /// The next one that only mends.
    #[must_use]
    pub const fn next_patch(self) -> Self {
        Self { patch: self.patch.saturating_add(1), ..self }
    }

    /// The next one that adds.
    #[must_use]
    pub const fn next_minor(self) -> Self {
        Self { minor: self.minor.saturating_add(1), patch: 0, ..self }
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

impl TryFrom<String> for Release {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_numbers_are_a_release_and_nothing_else_is() {
        for bad in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.-1", "1.0.x", "v1.0.0", "1..0"] {
            assert_eq!(Release::parse(bad), None, "{bad}");
        }
        assert_eq!(Release::parse(" 1.20.3 "), Some(Release { major: 1, minor: 20, patch: 3 }));
        assert!(Release::parse("1.9.0") < Release::parse("1.10.0"));
    }

    proptest! {
        #[test]
        fn a_release_reads_back_and_grows(major: u32, minor in 0..u32::MAX, patch in 0..u32::MAX) {
            let release = Release { major, minor, patch };
            prop_assert_eq!(Release::parse(&release.to_string()), Some(release));
            prop_assert!(release < release.next_patch() && release.next_patch() < release.next_minor());
        }
    }
}
