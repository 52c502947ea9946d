//! What a User-Agent says. Operators can change it and anybody can send it: a finding, never an identity.

use crate::dialect::of;
use domain::{Mac, vendor::Vendor};

/// What a User-Agent says; only ever a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// The vendor, if its words are there.
    pub vendor: Option<Vendor>,
    /// The model, in upper case without `SIP-`: `T46U`.
    pub model: Option<String>,
    /// The firmware's version, as sent.
    pub firmware: Option<String>,
    /// The MAC, a claim like any other.
    pub mac: Option<Mac>,
    /// The serial number, likewise.
    pub serial: Option<String>,
}

/// Longer ones are cut before they are looked at.
const LONGEST: usize = 256;
/// Longer than any model or version met.
pub(crate) const LONGEST_WORD: usize = 32;

/// Reads a User-Agent. Phones send control bytes and worse, so it is bytes.
pub fn user_agent(bytes: &[u8]) -> UserAgent {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let text = text.trim();
    Vendor::ALL.into_iter().find_map(|vendor| (of(vendor).user_agent)(text)).unwrap_or_default()
}

/// A model's name: letters, digits, `-` and `_`.
pub(crate) fn word(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    (plain && (1..=LONGEST_WORD).contains(&text.len())).then_some(text)
}

/// Digits and dots first, as `124.85.257.55`; a suffix such as `-beta` may follow.
pub(crate) fn version(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'+'));
    let dotted = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.');
    (plain && dotted && text.len() <= LONGEST_WORD).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_says_nothing() {
        for bytes in
            [&b""[..], b"Unknown", b"curl/8.5", b"AVAYA/SIP12x0\x17/04.00.04.00", b"\xff\xfe Yealink"]
        {
            assert_eq!(user_agent(bytes), UserAgent::default());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = user_agent(&bytes);
            let mut ours = b"Yealink SIP-".to_vec();
            ours.extend_from_slice(&bytes);
            let read = user_agent(&ours);
            prop_assert_eq!(read.vendor, Some(Vendor::Yealink));
            for text in [read.model, read.firmware].into_iter().flatten() {
                prop_assert!(text.is_ascii() && !text.is_empty() && text.len() <= LONGEST_WORD);
            }
        }
    }
}
