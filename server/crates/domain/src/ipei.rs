//! The IPEI of a DECT handset: who it is on its base (ETSI EN 300 175-6, clause 10).

use crate::Code;
use serde::{Deserialize, Serialize};

/// An International Portable Equipment Identity: the maker's 16 bits and the handset's 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ipei {
    maker: u16,
    serial: u32,
}

const SERIALS: u32 = 1 << 20;

impl Ipei {
    /// Parses both forms in use: thirteen characters as on the handset (`00077 0123456 1`, the last a check digit
    /// or `*`; twelve without it), or ten hexadecimal digits as in files (`004D01E240`).
    ///
    /// # Errors
    /// `IpeiForm` when it is neither or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let text: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
        let digits = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
        let read = match text.len() {
            10 if text.is_ascii() => u64::from_str_radix(&text, 16).ok().and_then(|bits| {
                let maker = u16::try_from(bits >> 20).ok()?;
                Some(Self { maker, serial: u32::try_from(bits % u64::from(SERIALS)).ok()? })
            }),
            12 | 13 if text.is_ascii() && digits(&text[..12]) => {
                let (maker, serial) = text[..12].split_at(5);
                let own = maker.parse().ok().zip(serial.parse().ok().filter(|serial| *serial < SERIALS));
                let own = own.map(|(maker, serial)| Self { maker, serial });
                own.filter(|own| text.get(12..).is_none_or(|c| c.is_empty() || c.starts_with(own.check())))
            }
            _ => None,
        };
        read.ok_or(Code::IpeiForm)
    }

    /// Ten upper-case hexadecimal digits, as files have it.
    pub fn hex(self) -> String {
        format!("{:05X}{:05X}", self.maker, self.serial)
    }

    fn check(self) -> char {
        let digits = format!("{:05}{:07}", self.maker, self.serial);
        let sum: usize = digits.bytes().zip(1..).map(|(c, place)| usize::from(c - b'0') * place).sum();
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*'][sum % 11]
    }
}

/// As on the handset, without blanks.
impl std::fmt::Display for Ipei {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}{:07}{}", self.maker, self.serial, self.check())
    }
}

impl TryFrom<String> for Ipei {
    type Error = Code;
    fn try_from(text: String) -> Result<Self, Code> {
        Self::parse(&text)
    }
}

impl From<Ipei> for String {
    fn from(ipei: Ipei) -> Self {
        ipei.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_are_one_handset() {
        let ipei = Ipei::parse("000770123456").unwrap();
        assert_eq!(ipei.hex(), "0004D1E240");
        assert_eq!(Ipei::parse(&ipei.to_string()), Ok(ipei));
        assert_eq!(Ipei::parse("00077 0123456"), Ok(ipei));
        for bad in ["", "0007701234567", "00077 1048576", "99999 0000001", "F000000000", "000770123456é", "é"]
        {
            assert_eq!(Ipei::parse(bad), Err(Code::IpeiForm), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(maker: u16, serial in 0..SERIALS) {
            let ipei = Ipei { maker, serial };
            prop_assert_eq!(Ipei::parse(&ipei.to_string()), Ok(ipei));
            prop_assert_eq!(Ipei::parse(&ipei.hex()), Ok(ipei));
        }

        #[test]
        fn any_text_is_read_or_not_without_panic(text in ".{0,20}") {
            let _ = Ipei::parse(&text);
        }
    }
}
