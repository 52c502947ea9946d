//! What a site demands of proofs, and what becomes of a line whose device is in doubt.

use crate::{Code, Finding, proof::Strength};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How grave a doubt about a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// It proved who it is and asked for something that is not its own: an address copied wrongly, most likely.
    Low,
    /// Two proofs name two devices, or the proof contradicts the inventory: a handset swapped, or a secret out.
    High,
}

impl Weight {
    /// The word on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::High].into_iter().find(|w| w.word() == text)
    }
}

/// What becomes of standing lines while a device is in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Treatment {
    /// They are served to the proven device; nothing new is.
    Keep,
    /// Nothing is served until somebody releases it.
    Hold,
}

impl Treatment {
    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Hold => "hold",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Keep, Self::Hold].into_iter().find(|t| t.word() == text)
    }
}

/// What a site demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What a line leaves for; never less than the device's own credential.
    pub demand: Strength,
    /// Standing lines of a device in light doubt.
    pub low: Treatment,
    /// Standing lines of a device in grave doubt.
    pub high: Treatment,
    /// Where the site's requests come from when not from one of its segments; empty says nothing.
    pub wan: Vec<IpNet>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { demand: Strength::Credential, low: Treatment::Keep, high: Treatment::Hold, wan: vec![] }
    }
}

/// Ranges of addresses that a site may have.
const RANGES: usize = 64;

/// Reads networks or single addresses, separated by blanks, commas or line breaks.
pub fn parse_ranges(text: &str) -> Result<Vec<IpNet>, Vec<Finding>> {
    let mut ranges = Vec::new();
    let mut findings = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        match word.parse::<IpNet>().or_else(|_| word.parse::<IpAddr>().map(IpNet::from)) {
            Ok(range) if range == range.trunc() => ranges.push(range),
            Ok(_) | Err(_) => {
                let shown: String = word.chars().take(50).collect();
                findings.push(Finding::new(Code::CidrInvalid, "wan").detail(format!("`{shown}`.")));
            }
        }
    }
    if ranges.len() > RANGES {
        findings.push(Finding::new(Code::FieldTooLong, "wan").detail(format!("At most {RANGES} ranges.")));
    }
    if findings.is_empty() { Ok(ranges) } else { Err(findings) }
}

impl Policy {
    /// What becomes of standing lines of a device in this doubt.
    pub const fn treatment(&self, weight: Weight) -> Treatment {
        match weight {
            Weight::Low => self.low,
            Weight::High => self.high,
        }
    }

    /// Whether a line on a DECT handset needs its IPEI entered. A base proves itself, not its handsets: where no secret
    /// that could be copied is trusted, a line is not left to whichever handset subscribes first.
    pub fn names_handsets(&self) -> bool {
        self.demand > Strength::Credential
    }

    /// Whether a request from here is what the site expects, given its own segments.
    pub fn expects<'a>(&self, client: IpAddr, mut segments: impl Iterator<Item = &'a IpNet>) -> bool {
        self.wan.is_empty()
            || self.wan.iter().any(|range| range.contains(&client))
            || segments.any(|range| range.contains(&client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_networks_or_single_addresses() {
        let read =
            |text: &str| parse_ranges(text).map(|r| r.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read("").unwrap(), [""; 0]);
        assert_eq!(
            read("192.0.2.0/24, 2001:db8::1\n10.0.0.1").unwrap().join(" "),
            "192.0.2.0/24 2001:db8::1/128 10.0.0.1/32"
        );
        for bad in ["192.0.2.1/24", "here", "1.2.3.4/33"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read(&"10.0.0.1 ".repeat(65)).is_err());
    }

    #[test]
    fn without_ranges_every_source_is_expected() {
        let segment: IpNet = "10.1.0.0/16".parse().unwrap();
        let policy = |wan: &[&str]| Policy {
            wan: wan.iter().map(|range| range.parse().unwrap()).collect(),
            ..Policy::default()
        };
        for (wan, client, expected) in [
            (&[][..], "192.0.2.1", true),
            (&["192.0.2.0/24"], "192.0.2.1", true),
            (&["192.0.2.0/24"], "10.1.2.3", true),
            (&["192.0.2.0/24"], "198.51.100.1", false),
            (&["2001:db8::/48"], "2001:db8::1", true),
        ] {
            let seen = policy(wan).expects(client.parse().unwrap(), [&segment].into_iter());
            assert_eq!(seen, expected, "{wan:?} {client}");
        }
    }
}
