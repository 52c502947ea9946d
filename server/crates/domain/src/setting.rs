//! Settings: a typed path with a value.

pub mod lack;
pub mod schema;

use crate::{Code, ids::SecretId};
use serde::{Deserialize, Serialize};

/// A path such as `line.1.label`, `network.vlan` or `raw.yealink."features.dnd.enable"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path(String);

impl Path {
    /// Parses a path: lower-case words of letters, digits and `_` joined by dots; a `raw.VENDOR.` path ends
    /// in the vendor's own key, in quotes.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let word = |w: &str| {
            !w.is_empty() && w.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        };
        let ok = match text.split_once('"') {
            Some((head, key)) => {
                let vendor = head.strip_prefix("raw.").and_then(|h| h.strip_suffix('.'));
                let key = key.strip_suffix('"').unwrap_or("");
                vendor.is_some_and(word)
                    && !key.is_empty()
                    && key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-'))
            }
            None => text.split('.').count() >= 2 && text.split('.').all(word),
        };
        if ok && text.len() <= 200 { Ok(Self(text.to_owned())) } else { Err(Code::SettingPath) }
    }

    /// The path of a setting of line key `index`, counted from 1.
    pub fn line(index: u8, name: &str) -> Self {
        Self(format!("line.{index}.{name}"))
    }

    /// The line key that the path belongs to, if it is a line's.
    pub fn line_index(&self) -> Option<u8> {
        self.0.strip_prefix("line.")?.split('.').next()?.parse().ok()
    }

    /// The vendor's own key, when this is a raw path of `vendor`.
    pub fn raw(&self, vendor: &str) -> Option<&str> {
        self.0.strip_prefix("raw.")?.strip_prefix(vendor)?.strip_prefix(".\"")?.strip_suffix('"')
    }

    /// The text of the path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares and hashes as its text does, so that a map of paths can be asked by text.
impl std::borrow::Borrow<str> for Path {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Path {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|code| format!("{code}: `{text}`"))
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.0
    }
}

/// A value. A secret is named here, never held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// On or off.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text; may hold `{{ … }}` expressions.
    Text(String),
    /// A secret, spliced in when the file is served.
    Secret(SecretId),
}

impl Value {
    /// The text of the value, unless it is a secret.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Flag(flag) => Some(if *flag { "1" } else { "0" }.to_owned()),
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Secret(_) => None,
        }
    }
}

/// As people read it; a secret shows as dots.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(true) => f.write_str("on"),
            Self::Flag(false) => f.write_str("off"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Secret(_) => f.write_str("••••••••"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_checked_at_the_door() {
        for good in ["line.1.label", "network.vlan", "raw.yealink.\"features.dnd.enable\""] {
            assert_eq!(Path::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "line",
            "Line.1",
            "a..b",
            "a.b\n",
            "raw.yealink.\"\"",
            "raw.\"x\"",
            "raw.yealink.\"a b\"",
            "raw.yealink.\"a\nb\"",
        ] {
            assert_eq!(Path::parse(bad), Err(Code::SettingPath), "{bad:?}");
        }
        assert_eq!(Path::parse("line.12.label").unwrap().line_index(), Some(12));
        assert_eq!(Path::parse("raw.yealink.\"a.b\"").unwrap().raw("yealink"), Some("a.b"));
    }
}
