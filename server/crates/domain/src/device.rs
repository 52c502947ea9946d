//! Devices: one handset or ATA, and the endpoints on it.

use crate::{
    Ipei, Mac,
    ids::{DeviceId, EndpointId, PlaceId, SegmentId, SiteId},
    policy::Weight,
    vendor::Vendor,
};
use serde::{Deserialize, Serialize};

/// A serial number: 4 to 40 letters, digits or hyphens, upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Serial(String);

impl Serial {
    /// Parses and upper-cases a serial number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        ((4..=40).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-'))
            .then_some(Self(text))
    }
}

impl std::fmt::Display for Serial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a device is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceState {
    /// In the inventory of a site, free to be bound.
    Active,
    /// A verified proof disagreed; nothing new is served, and what stands is the site's policy.
    Quarantined(Weight),
    /// Out of use: retired, replaced, lost. Its proof is good for `Clear` alone.
    Retired,
}

impl DeviceState {
    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Quarantined(_) => "quarantined",
            Self::Retired => "retired",
        }
    }

    /// How grave the doubt is, in quarantine.
    pub const fn weight(self) -> Option<Weight> {
        match self {
            Self::Quarantined(weight) => Some(weight),
            Self::Active | Self::Retired => None,
        }
    }

    /// Parses the word; a quarantine needs its weight.
    pub fn parse(text: &str, weight: Option<Weight>) -> Option<Self> {
        match (text, weight) {
            ("active", None) => Some(Self::Active),
            ("quarantined", Some(weight)) => Some(Self::Quarantined(weight)),
            ("retired", None) => Some(Self::Retired),
            _ => None,
        }
    }
}

/// One handset or ATA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Where it belongs.
    pub site: SiteId,
    /// Serial number: part of its identity.
    pub serial: Serial,
    /// MAC address: what it claims in file names.
    pub mac: Mac,
    /// Vendor.
    pub vendor: Vendor,
    /// Model, as the vendor writes it.
    pub model: String,
    /// Where it stands.
    pub place: Option<PlaceId>,
    /// The voice segment that it belongs to.
    pub segment: Option<SegmentId>,
    /// Where it is in its life.
    pub state: DeviceState,
}

/// What kind of endpoint it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointKind {
    /// A line key of a desk phone.
    LineKey,
    /// A DECT handset, known by its IPEI.
    DectHandset,
    /// A port of an adapter, for an analogue phone or a fax.
    FxsPort,
}

impl EndpointKind {
    /// The word used in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LineKey => "line-key",
            Self::DectHandset => "dect-handset",
            Self::FxsPort => "fxs-port",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LineKey, Self::DectHandset, Self::FxsPort].into_iter().find(|kind| kind.word() == text)
    }

    /// What people read before its number: `line key 3`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LineKey => "line key",
            Self::DectHandset => "handset",
            Self::FxsPort => "port",
        }
    }
}

/// Where a line can appear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose it is.
    pub device: DeviceId,
    /// What kind.
    pub kind: EndpointKind,
    /// Which one, from 1.
    pub index: u8,
    /// Which handset, if it is one and has been told.
    pub ipei: Option<Ipei>,
}
