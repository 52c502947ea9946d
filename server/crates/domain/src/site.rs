//! Sites, their network segments and their places.

pub mod acceptance;
pub mod cutover;
pub mod expected;
pub mod stage;
pub mod step;

use crate::{
    Code, Finding,
    ids::{PlaceId, SegmentId, SiteId},
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What Ringfence may do by itself at a site (requirement D6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Baseline only; a line is never written or cleared here.
    OnboardingOnly,
    /// People bind, one request each.
    Assisted,
    /// Automatic binding behind the fence, small and time-limited.
    Pilot,
}

impl Scope {
    /// The word used in files and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnboardingOnly => "onboarding-only",
            Self::Assisted => "assisted",
            Self::Pilot => "pilot",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OnboardingOnly, Self::Assisted, Self::Pilot].into_iter().find(|s| s.word() == text.trim())
    }
}

/// An office being opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Short code, as in file names and addresses: `lon`.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// What may happen automatically.
    pub scope: Scope,
}

/// Whether a code can be a site's: 2 to 12 lower-case letters, digits or hyphens. It stands in addresses and file names.
pub fn well_formed(code: &str) -> bool {
    (2..=12).contains(&code.len())
        && code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

/// A voice segment of a site's network. Its gate is opened by evidence and sign-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// Whose it is.
    pub site: SiteId,
    /// Short code within the site: `voice`.
    pub code: String,
    /// Its addresses.
    pub cidr: IpNet,
    /// Voice VLAN, 1 to 4094.
    pub vlan: Option<u16>,
    /// Time server of the segment.
    pub ntp: Option<String>,
}

/// Reads a network in CIDR notation, without host bits.
pub fn network(text: &str) -> Option<IpNet> {
    text.trim().parse::<IpNet>().ok().filter(|net| *net == net.trunc())
}

/// What stands against a new or changed segment beside those that exist: each other one whose network it shares an
/// address with. `others` is every segment with the code of its site.
pub fn overlaps(new: &Segment, others: &[(Segment, String)]) -> Vec<Finding> {
    let shared = |other: &IpNet| new.cidr.contains(other) || other.contains(&new.cidr);
    others
        .iter()
        .filter(|(other, _)| other.id != new.id && shared(&other.cidr))
        .map(|(other, site)| {
            let detail = format!("It overlaps `{}`, segment `{}` of site `{site}`.", other.cidr, other.code);
            Finding::new(Code::CidrOverlap, "cidr").detail(detail)
        })
        .collect()
}

/// A named place: where a phone stands, and what an ambulance needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// Whose it is.
    pub site: SiteId,
    /// Short code within the site: `2-14`.
    pub code: String,
    /// Building.
    pub building: String,
    /// Floor.
    pub floor: String,
    /// Room or area.
    pub room: String,
    /// Emergency location: the dispatchable address.
    pub emergency_location: String,
    /// Callback number in E.164.
    pub callback_number: String,
    /// Who answers for the place, when it owns a line.
    pub contact: String,
}

impl Place {
    /// All of it in words: `2-14: Main, 2, north; emergency location: …; callback: …`.
    pub fn describe(&self) -> String {
        let room: Vec<_> =
            [&self.building, &self.floor, &self.room].into_iter().filter(|part| !part.is_empty()).collect();
        let room: Vec<_> = room.into_iter().map(String::as_str).collect();
        let said = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        format!(
            "{}: {}; emergency location: {}; callback: {}",
            self.code,
            said(&room.join(", ")),
            said(&self.emergency_location),
            said(&self.callback_number)
        )
    }

    /// Whether emergency calls from here can be located and called back (requirement B6).
    pub fn emergency_known(&self) -> bool {
        !self.emergency_location.is_empty() && !self.callback_number.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_network_that_overlaps_names_the_other_and_its_site() {
        let segment = |id: u128, cidr: &str| Segment {
            id: SegmentId(Uuid::from_u128(id)),
            site: SiteId(Uuid::from_u128(1)),
            code: "voice".to_owned(),
            cidr: network(cidr).unwrap(),
            vlan: None,
            ntp: None,
        };
        let others =
            [(segment(1, "10.20.0.0/24"), "lon".to_owned()), (segment(2, "2001:db8::/64"), "par".to_owned())];
        let say = |new: &Segment| overlaps(new, &others).into_iter().map(|f| f.detail).collect::<Vec<_>>();
        assert_eq!(
            say(&segment(3, "10.20.0.128/25")),
            ["It overlaps `10.20.0.0/24`, segment `voice` of site `lon`."]
        );
        assert_eq!(say(&segment(3, "10.0.0.0/8")).len(), 1);
        assert_eq!(say(&segment(3, "10.20.1.0/24")), [""; 0]);
        assert_eq!(say(&segment(1, "10.20.0.0/23")), [""; 0], "it may grow where it is");
        assert_eq!(network("10.20.0.1/24"), None, "host bits");
    }
}
