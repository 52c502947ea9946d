//! MAC addresses: parsed once, at the door. A MAC is a claim, never a proof.

use serde::{Deserialize, Serialize};

/// A 48-bit hardware address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mac([u8; 6]);

/// The text is not twelve hexadecimal digits in one of the usual groupings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a MAC address: expected twelve hexadecimal digits, such as 80:5e:c0:12:34:56")]
pub struct NotAMac;

impl Mac {
    /// Accepts either case, and `:`, `-` or `.` or nothing between the digits.
    pub fn parse(text: &str) -> Result<Self, NotAMac> {
        let mut digits = [0u8; 12];
        let mut n = 0;
        for c in text.trim().bytes() {
            if matches!(c, b':' | b'-' | b'.') {
                continue;
            }
            if n == 12 || !c.is_ascii_hexdigit() {
                return Err(NotAMac);
            }
            digits[n] = c;
            n += 1;
        }
        let mut octets = [0u8; 6];
        if n != 12 || hex::decode_to_slice(digits, &mut octets).is_err() {
            return Err(NotAMac);
        }
        // A multicast or all-zero address never identifies a handset.
        if octets[0] & 1 == 1 || octets == [0; 6] {
            return Err(NotAMac);
        }
        Ok(Self(octets))
    }

    /// The first three octets, which the IEEE gives to makers (MA-L).
    pub const fn prefix(self) -> [u8; 3] {
        let [a, b, c, ..] = self.0;
        [a, b, c]
    }

    /// Twelve lower-case digits without separators, as phones write it in file names.
    pub fn bare(self) -> String {
        hex::encode(self.0)
    }
}

/// Lower case with colons, as people read it.
impl std::fmt::Display for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bare = self.bare();
        let pairs: Vec<&str> = (0..6).filter_map(|i| bare.get(2 * i..2 * i + 2)).collect();
        f.write_str(&pairs.join(":"))
    }
}

impl std::fmt::Debug for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for Mac {
    type Error = NotAMac;
    fn try_from(text: String) -> Result<Self, NotAMac> {
        Self::parse(&text)
    }
}

impl From<Mac> for String {
    fn from(mac: Mac) -> Self {
        mac.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_usual_spelling_is_the_same_address() {
        for text in ["80:5e:c0:12:34:56", "805EC0123456", "80-5E-C0-12-34-56", " 805e.c012.3456 "] {
            assert_eq!(Mac::parse(text).unwrap().bare(), "805ec0123456");
        }
    }

    #[test]
    fn what_cannot_be_a_handset_is_refused() {
        for text in ["", "805ec012345", "805ec01234567", "80:5e:c0:12:34:5g", "000000000000", "01005e000001"]
        {
            assert_eq!(Mac::parse(text), Err(NotAMac), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_not_without_panic(text in ".*") {
            if let Ok(mac) = Mac::parse(&text) {
                prop_assert_eq!(Mac::parse(&mac.to_string()), Ok(mac));
                prop_assert_eq!(Mac::parse(&mac.bare()), Ok(mac));
            }
        }
    }
}
