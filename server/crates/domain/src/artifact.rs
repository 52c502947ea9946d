//! Artifacts: the bytes of a file without its secrets, the places where secrets go, and the origin of each line.
//!
//! The same artifact and the same secret versions give the same bytes, always (invariant 6).

use crate::{Code, ids::SecretId, setting::Path};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, ops::Range};

/// SHA-256 of an artifact; the content digest of the ledger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for Digest {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// How a secret is written into its file, so that no secret can inject a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Escaper {
    /// As a value after `key = `: one line, no control characters.
    KeyValue,
    /// As the text of an XML element.
    Xml,
    /// As a value after `key: `, where `#` begins a comment unless the value is in quotes.
    Commented,
    /// As a value between the quotes of `KEY=""`.
    Quoted,
}

impl Escaper {
    /// Writes `value`, or refuses what the format cannot express.
    pub fn escape(self, value: &str) -> Result<String, Code> {
        // XML 1.0 cannot hold U+FFFE and U+FFFF in any form.
        if value.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            return Err(Code::SettingInexpressible);
        }
        let quote = value.contains('"');
        match self {
            // Blanks at the ends would be trimmed by the phone, and an empty value means another thing.
            Self::KeyValue | Self::Commented if value.trim() != value => Err(Code::SettingInexpressible),
            // No way is known to write a quote inside quotes.
            Self::Commented if value.starts_with('"') || quote && value.contains('#') => {
                Err(Code::SettingInexpressible)
            }
            Self::Quoted if quote => Err(Code::SettingInexpressible),
            Self::Commented if value.contains('#') => Ok(format!("\"{value}\"")),
            Self::KeyValue | Self::Commented | Self::Quoted => Ok(value.to_owned()),
            Self::Xml => Ok(value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&apos;")),
        }
    }
}

/// Where a secret goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Byte offset in the secret-free bytes.
    pub offset: usize,
    /// Which secret.
    pub secret: SecretId,
    /// How it is written.
    pub escaper: Escaper,
}

/// Where one line of the file came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineOrigin {
    /// Line number, from 1.
    pub line: u32,
    /// The setting that it writes.
    pub path: Path,
}

/// A part of a file as it is served.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of the artifact.
    Fixed(Range<usize>),
    /// A secret, written as the format wants it.
    Secret(String),
}

/// A published file. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The dialect and its version, for example `yealink/1`.
    pub dialect: String,
    /// Media type.
    pub content_type: String,
    /// The file without its secrets.
    pub bytes: Vec<u8>,
    /// Where the secrets go, by rising offset.
    pub slots: Vec<Slot>,
    /// Which setting each line writes.
    pub origins: Vec<LineOrigin>,
}

impl Artifact {
    /// The content digest: over everything that decides the bytes a phone gets, secrets by name only.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(b"ringfence artifact 1");
        field(self.dialect.as_bytes());
        field(self.content_type.as_bytes());
        field(&self.bytes);
        for slot in &self.slots {
            field(&(slot.offset as u64).to_be_bytes());
            field(slot.secret.0.as_bytes());
            field(&[slot.escaper as u8]);
        }
        Digest(hash.finalize().into())
    }

    /// The bytes to serve, with the secrets in their places.
    ///
    /// # Errors
    /// `SecretUnreadable` when a secret is not in `secrets`, `SettingInexpressible` when the format cannot hold it.
    pub fn splice(&self, secrets: &BTreeMap<SecretId, String>) -> Result<Vec<u8>, Code> {
        let pieces = self.pieces(|secret| secrets.get(&secret).map(String::as_str))?;
        let bytes = pieces.iter().flat_map(|piece| match piece {
            Piece::Fixed(range) => &self.bytes[range.clone()],
            Piece::Secret(text) => text.as_bytes(),
        });
        Ok(bytes.copied().collect())
    }

    /// The file in the order in which it is served, nothing of it copied but the secrets, wherever they are kept.
    ///
    /// # Errors
    /// As `splice`.
    pub fn pieces<'a>(&self, secrets: impl Fn(SecretId) -> Option<&'a str>) -> Result<Vec<Piece>, Code> {
        let mut pieces = Vec::with_capacity(2 * self.slots.len() + 1);
        let mut from = 0;
        for slot in &self.slots {
            let fixed = from..slot.offset;
            self.bytes.get(fixed.clone()).ok_or(Code::SecretUnreadable)?;
            let secret = secrets(slot.secret).ok_or(Code::SecretUnreadable)?;
            pieces.extend([Piece::Fixed(fixed), Piece::Secret(slot.escaper.escape(secret)?)]);
            from = slot.offset;
        }
        pieces.push(Piece::Fixed(from..self.bytes.len()));
        Ok(pieces)
    }

    /// The file as people may see it: secrets as dots.
    pub fn redacted(&self) -> String {
        let mut out = Vec::with_capacity(self.bytes.len());
        let mut from = 0;
        for slot in &self.slots {
            out.extend_from_slice(self.bytes.get(from..slot.offset).unwrap_or_default());
            out.extend_from_slice("••••••••".as_bytes());
            from = slot.offset;
        }
        out.extend_from_slice(self.bytes.get(from..).unwrap_or_default());
        String::from_utf8_lossy(&out).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn artifact(text: &str, slots: &[(usize, u128, Escaper)]) -> Artifact {
        Artifact {
            dialect: "test/1".into(),
            content_type: "text/plain".into(),
            bytes: text.as_bytes().to_vec(),
            slots: slots
                .iter()
                .map(|&(offset, id, escaper)| Slot { offset, secret: SecretId(Uuid::from_u128(id)), escaper })
                .collect(),
            origins: vec![],
        }
    }

    #[test]
    fn secrets_go_into_their_places_and_nowhere_else() {
        let file = artifact("a = \nb = \n", &[(4, 1, Escaper::KeyValue), (9, 2, Escaper::KeyValue)]);
        let secrets = [
            (SecretId(Uuid::from_u128(1)), "one".to_owned()),
            (SecretId(Uuid::from_u128(2)), "two".to_owned()),
        ];
        assert_eq!(file.splice(&secrets.into()).unwrap(), b"a = one\nb = two\n");
        assert_eq!(file.splice(&BTreeMap::new()), Err(Code::SecretUnreadable));
        assert!(file.redacted().starts_with("a = ••••••••\n"));
    }

    proptest! {
        /// No secret can inject a line or an element.
        #[test]
        fn a_secret_stays_inside_its_value(secret in ".*") {
            let id = SecretId(Uuid::from_u128(1));
            let text = artifact("a = \nb = 1\n", &[(4, 1, Escaper::KeyValue)]).splice(&[(id, secret.clone())].into());
            if let Ok(bytes) = text {
                let text = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(text.split('\n').count(), 3);
            }
            if let Ok(quoted) = Escaper::Quoted.escape(&secret) {
                prop_assert!(quoted == secret && !quoted.contains(['"', '\n']));
            }
            if let Ok(value) = Escaper::Commented.escape(&secret) {
                let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                prop_assert_eq!(quoted.unwrap_or(&value), secret.as_str());
                prop_assert!(!value.contains('\n') && !quoted.unwrap_or("").contains('"'));
                prop_assert!(quoted.is_some() || !value.contains('#'));
            }
            let xml = artifact("<a></a>", &[(3, 1, Escaper::Xml)]).splice(&[(id, secret)].into());
            if let Ok(bytes) = xml {
                let text = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(text.matches('<').count(), 2);
            }
        }

        /// Invariant 6: the digest names the bytes.
        #[test]
        fn different_bytes_have_different_digests(a in "[ -~]{0,20}", b in "[ -~]{0,20}") {
            prop_assert_eq!(a == b, artifact(&a, &[]).digest() == artifact(&b, &[]).digest());
        }
    }
}
