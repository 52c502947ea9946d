//! The numbering plan: extensions, DIDs in E.164, the ranges that sites own, and where a number is in its life.

pub mod range;
pub mod rings;
pub mod state;

pub use range::NumberRange;
pub use state::State;

use serde::{Deserialize, Serialize};

/// An extension: two to eight digits, dialled inside the organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExtensionNumber(String);

/// A number in E.164: `+`, country code, up to fifteen digits in all (ITU-T E.164, 6.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Did(String);

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// Not two to eight digits.
    #[error("not an extension: expected two to eight digits, such as 2101")]
    Extension,
    /// Not E.164.
    #[error("not a DID in E.164: expected + and country code, such as +442079460123")]
    Did,
    /// A DID as it is dialled inside its country: the same digits are another number elsewhere.
    #[error("a DID without its country code: write + and the country code first, such as +442079460123")]
    Country,
}

impl ExtensionNumber {
    /// Parses two to eight digits.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        if (2..=8).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotANumber::Extension)
        }
    }
}

impl Did {
    /// Parses `+` and seven to fifteen digits, the first not zero; spaces, dots and hyphens are dropped.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        match compact.strip_prefix('+') {
            Some(digits)
                if (7..=15).contains(&digits.len())
                    && digits.bytes().all(|c| c.is_ascii_digit())
                    && !digits.starts_with('0') =>
            {
                Ok(Self(compact))
            }
            // Shorter ones are more likely extensions.
            None if compact.len() >= 6 && compact.bytes().all(|c| c.is_ascii_digit()) => {
                Err(NotANumber::Country)
            }
            _ => Err(NotANumber::Did),
        }
    }
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}
text!(ExtensionNumber, Did);

/// What a range holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RangeKind {
    /// Extensions.
    Extension,
    /// DIDs.
    Did,
}

impl RangeKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Extension, Self::Did];

    /// The word used in files, on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Did => "did",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text.trim())
    }
}

/// A number of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// Dialled inside.
    Extension(ExtensionNumber),
    /// Dialled from outside.
    Did(Did),
}

/// Larger than every number's digits.
const GROUP: i64 = 10_000_000_000_000_000;
/// Added to the length of a DID, so that the keys of DIDs come after those of extensions.
const DIDS: i64 = 16;

impl Number {
    /// Parses what a person typed: with `+` or more than eight digits it is meant to be a DID.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        match ExtensionNumber::parse(text) {
            Ok(extension) => Ok(Self::Extension(extension)),
            Err(wrong) => match Did::parse(text) {
                Ok(did) => Ok(Self::Did(did)),
                Err(NotANumber::Did) if !text.trim().starts_with('+') => Err(wrong),
                Err(wrong) => Err(wrong),
            },
        }
    }

    /// Parses a number of a kind.
    pub fn of(kind: RangeKind, text: &str) -> Result<Self, NotANumber> {
        match kind {
            RangeKind::Extension => ExtensionNumber::parse(text).map(Self::Extension),
            RangeKind::Did => Did::parse(text).map(Self::Did),
        }
    }

    /// What it is.
    pub const fn kind(&self) -> RangeKind {
        match self {
            Self::Extension(_) => RangeKind::Extension,
            Self::Did(_) => RangeKind::Did,
        }
    }

    /// Its place in the plan: extensions before DIDs, short before long, then in order. Numbers that can stand in one
    /// range follow each other without a gap. The database computes the same from the text of a range's ends.
    pub fn key(&self) -> i64 {
        let (group, digits) = match self {
            Self::Extension(n) => (n.0.len(), n.0.as_str()),
            Self::Did(n) => (n.0.len(), n.0.trim_start_matches('+')),
        };
        let group = i64::try_from(group).unwrap_or(DIDS);
        let offset = if self.kind() == RangeKind::Did { DIDS } else { 0 };
        (group + offset) * GROUP + digits.parse().unwrap_or(0)
    }

    /// The number at this place, if there can be one.
    pub fn at(key: i64) -> Option<Self> {
        let (group, value) = (usize::try_from(key / GROUP).ok()?, key % GROUP);
        match group.checked_sub(17) {
            Some(digits) => Did::parse(&format!("+{value:0digits$}")).ok().map(Self::Did),
            None => ExtensionNumber::parse(&format!("{value:0group$}")).ok().map(Self::Extension),
        }
        .filter(|number| number.key() == key)
    }

    /// The first and the last key of a kind.
    pub const fn keys(kind: RangeKind) -> (i64, i64) {
        match kind {
            RangeKind::Extension => (0, (DIDS + 1) * GROUP - 1),
            RangeKind::Did => ((DIDS + 1) * GROUP, i64::MAX),
        }
    }
}

impl AsRef<str> for Number {
    fn as_ref(&self) -> &str {
        match self {
            Self::Extension(n) => n.as_ref(),
            Self::Did(n) => n.as_ref(),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_parsed_at_the_door() {
        assert_eq!(Did::parse("+44 20 7946-0123").unwrap().as_ref(), "+442079460123");
        for text in ["+0123456789", "+44", "+44207946012345678", "+44x"] {
            assert_eq!(Did::parse(text), Err(NotANumber::Did), "{text}");
        }
        assert_eq!(ExtensionNumber::parse(" 2101 ").unwrap().as_ref(), "2101");
        for text in ["", "2", "21o1", "123456789"] {
            assert_eq!(ExtensionNumber::parse(text), Err(NotANumber::Extension), "{text}");
        }
    }

    #[test]
    fn a_did_without_its_country_is_told_so() {
        for text in ["442079460123", "020 7946 0123", "00442079460123", "(020) 7946-0123"] {
            assert_eq!(Did::parse(text), Err(NotANumber::Country), "{text}");
            assert_eq!(Number::parse(text), Err(NotANumber::Country), "{text}");
        }
        assert_eq!(Number::parse("lobby"), Err(NotANumber::Extension));
        assert_eq!(Number::parse("+44"), Err(NotANumber::Did));
        assert_eq!(Number::parse("2101").unwrap().kind(), RangeKind::Extension);
    }

    proptest! {
        #[test]
        fn the_key_says_the_number_and_its_order(a in "[0-9]{2,8}|\\+[1-9][0-9]{6,14}", b in "[0-9]{2,8}|\\+[1-9][0-9]{6,14}") {
            let (a, b) = (Number::parse(&a).unwrap(), Number::parse(&b).unwrap());
            prop_assert_eq!(Number::at(a.key()), Some(a.clone()));
            prop_assert_eq!(a.key() == b.key(), a == b);
            let (first, last) = Number::keys(a.kind());
            prop_assert!((first..=last).contains(&a.key()));
            if a.kind() == b.kind() && a.as_ref().len() == b.as_ref().len() {
                prop_assert_eq!(a.key().cmp(&b.key()), a.as_ref().cmp(b.as_ref()));
            }
        }

        #[test]
        fn every_key_is_read_without_a_panic(key: i64) {
            if let Some(number) = Number::at(key) {
                prop_assert_eq!(number.key(), key);
            }
        }
    }
}
