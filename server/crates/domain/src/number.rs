//! The numbering plan: extensions, DIDs in E.164, and the ranges that sites own.

use crate::ids::{RangeId, SiteId};
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

/// An inclusive range of numbers that one site owns. Both ends have the same length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    /// Its id.
    pub id: RangeId,
    /// Its owner.
    pub site: SiteId,
    /// Extensions or DIDs.
    pub kind: RangeKind,
    /// First number, as people write it.
    pub first: String,
    /// Last number, as people write it.
    pub last: String,
}

impl NumberRange {
    /// Whether `number` lies inside: same length, so that digit order is number order.
    pub fn contains(&self, number: &str) -> bool {
        number.len() == self.first.len() && *self.first <= *number && *number <= *self.last
    }

    /// Whether two ranges share a number.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.first.len() == other.first.len()
            && self.first <= other.last
            && other.first <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parsed_at_the_door() {
        assert_eq!(Did::parse("+44 20 7946-0123").unwrap().as_ref(), "+442079460123");
        for text in ["442079460123", "+0123456789", "+44", "+44207946012345678", "+44x"] {
            assert_eq!(Did::parse(text), Err(NotANumber::Did), "{text}");
        }
        assert_eq!(ExtensionNumber::parse(" 2101 ").unwrap().as_ref(), "2101");
        for text in ["", "2", "21o1", "123456789"] {
            assert_eq!(ExtensionNumber::parse(text), Err(NotANumber::Extension), "{text}");
        }
    }
}
