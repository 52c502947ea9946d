//! Rows, parsed: domain newtypes inside, natural keys between them.

use crate::{
    Ipei, Mac,
    account::{AccountState, Day},
    device::Serial,
    hunt_group::{self, HuntGroup},
    number::{Did, ExtensionNumber, RangeKind},
    profile::{self, Profile},
    site::Scope,
    slug::Slug,
    vendor::Vendor,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A site to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRow {
    /// Its code: the key.
    pub site: String,
    /// What people call it.
    pub name: String,
    /// IANA time zone, one of [`ZONES`](super::ZONES).
    pub time_zone: String,
    /// What may happen automatically.
    pub scope: Scope,
}

/// A voice segment to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// The code of its site.
    pub site: String,
    /// Its code within the site: the key together with `site`.
    pub segment: String,
    /// Its addresses, without host bits.
    pub cidr: IpNet,
    /// Voice VLAN, 1 to 4094.
    pub vlan: Option<u16>,
    /// Time server.
    pub ntp: Option<String>,
}

/// A number range to create; all its fields are the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RangeRow {
    /// The code of the site that owns it.
    pub site: String,
    /// Extensions or DIDs.
    pub kind: RangeKind,
    /// First number, parsed and written without spaces.
    pub first: String,
    /// Last number, of the same length.
    pub last: String,
}

/// A place to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// The code of its site.
    pub site: String,
    /// Its code within the site: the key together with `site`.
    pub place: String,
    /// Building.
    pub building: String,
    /// Floor.
    pub floor: String,
    /// Room or area.
    pub room: String,
    /// The dispatchable address; never empty in a package.
    pub emergency_location: String,
    /// Callback number in E.164, parsed; never empty in a package.
    pub callback_number: String,
    /// Who answers for the place; may be empty.
    pub contact: String,
}

/// A person to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The code of the site that they belong to.
    pub site: String,
    /// The directory's reference: the key, in the whole organisation.
    pub person: String,
    /// Name.
    pub name: String,
    /// Contact.
    pub email: String,
    /// Account state.
    pub account: AccountState,
    /// From which day on they work here, if that is known.
    pub starts: Option<Day>,
    /// From which day on they do not, if that is known.
    pub ends: Option<Day>,
}

/// Who answers for an extension, by natural key. A place is one of the extension's own site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OwnerKey {
    /// A person's reference.
    Person(String),
    /// A place's code.
    Place(String),
}

impl OwnerKey {
    /// Parses `person:REF` or `place:CODE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, key) = text.split_once(':')?;
        let key = key.trim();
        match kind.trim() {
            "person" if !key.is_empty() => Some(Self::Person(key.to_owned())),
            "place" if !key.is_empty() => Some(Self::Place(key.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for OwnerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(reference) => write!(f, "person:{reference}"),
            Self::Place(code) => write!(f, "place:{code}"),
        }
    }
}

impl TryFrom<String> for OwnerKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not an owner: `{text}`"))
    }
}

impl From<OwnerKey> for String {
    fn from(owner: OwnerKey) -> Self {
        owner.to_string()
    }
}

/// An extension to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionRow {
    /// The code of the site that owns the number.
    pub site: String,
    /// What is dialled inside: the key.
    pub extension: ExtensionNumber,
    /// What is dialled from outside, if anything.
    pub did: Option<Did>,
    /// Who answers for it.
    pub owner: OwnerKey,
    /// Enabled at the platform.
    pub enabled: bool,
    /// Permissions; may be empty.
    pub class_of_service: String,
    /// Caller name shown to others; may be empty.
    pub display_name: String,
}

/// A schedule to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// The code of the site that it belongs to.
    pub site: String,
    /// Its short name: the key, in the whole organisation.
    pub schedule: Slug,
    /// What people call it.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// As they are written out.
    pub hours: String,
    /// As they are written out; may be empty.
    pub holidays: String,
}

/// A hunt group to create: each cell as it is written out, possibly empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns of the sheet, which `hunt_group::Typed` explains")]
pub struct GroupRow {
    pub site: String,
    pub hunt_group: Slug,
    pub name: String,
    pub members: String,
    pub number: String,
    pub did: String,
    pub ring: String,
    pub seconds: String,
    pub schedule: String,
    pub closed: String,
    pub otherwise: String,
}

impl GroupRow {
    /// The row that creates this group.
    pub fn new(site: &str, group: &HuntGroup) -> Self {
        let t = hunt_group::Typed::from(group);
        Self {
            site: site.to_owned(),
            hunt_group: group.code.clone(),
            name: t.name,
            members: t.members,
            number: t.number,
            did: t.did,
            ring: t.ring,
            seconds: t.seconds,
            schedule: t.schedule,
            closed: t.closed,
            otherwise: t.otherwise,
        }
    }

    /// The same as it would be typed.
    pub fn typed(&self) -> hunt_group::Typed {
        hunt_group::Typed {
            code: self.hunt_group.to_string(),
            name: self.name.clone(),
            number: self.number.clone(),
            did: self.did.clone(),
            ring: self.ring.clone(),
            seconds: self.seconds.clone(),
            members: self.members.clone(),
            schedule: self.schedule.clone(),
            closed: self.closed.clone(),
            otherwise: self.otherwise.clone(),
        }
    }
}

/// A profile to create: each cell as it is written out, possibly empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns of the sheet, which `profile::Typed` explains")]
pub struct ProfileRow {
    pub extension: ExtensionNumber,
    pub voicemail: String,
    pub conferencing: String,
    pub shared: String,
    pub caller_id: String,
    pub schedule: String,
    pub closed: String,
    pub forward_always: String,
    pub forward_busy: String,
    pub forward_no_answer: String,
    pub seconds: String,
    pub forward_unregistered: String,
}

impl ProfileRow {
    /// The row that creates this profile.
    pub fn new(extension: &ExtensionNumber, of: &Profile) -> Self {
        let t = profile::Typed::from(of);
        Self {
            extension: extension.clone(),
            voicemail: t.voicemail,
            conferencing: t.conferencing,
            shared: t.shared,
            caller_id: t.caller_id,
            schedule: t.schedule,
            closed: t.closed,
            forward_always: t.forward_always,
            forward_busy: t.forward_busy,
            forward_no_answer: t.forward_no_answer,
            seconds: t.seconds,
            forward_unregistered: t.forward_unregistered,
        }
    }

    /// The same as it would be typed.
    pub fn typed(&self) -> profile::Typed {
        profile::Typed {
            voicemail: self.voicemail.clone(),
            conferencing: self.conferencing.clone(),
            shared: self.shared.clone(),
            caller_id: self.caller_id.clone(),
            schedule: self.schedule.clone(),
            closed: self.closed.clone(),
            forward_always: self.forward_always.clone(),
            forward_busy: self.forward_busy.clone(),
            forward_no_answer: self.forward_no_answer.clone(),
            seconds: self.seconds.clone(),
            forward_unregistered: self.forward_unregistered.clone(),
        }
    }
}

/// A device to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The code of its site.
    pub site: String,
    /// Serial number: the key.
    pub serial: Serial,
    /// MAC address.
    pub mac: Mac,
    /// Vendor.
    pub vendor: Vendor,
    /// Model, as written; the vendor knows it.
    pub model: String,
    /// Code of its place, of the same site.
    pub place: String,
    /// Code of its segment, of the same site.
    pub segment: String,
}

/// Which DECT handset is which of a base's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandsetRow {
    /// Serial number of the base: the key together with `handset`.
    pub serial: Serial,
    /// Which of its handsets, from 1.
    pub handset: u8,
    /// Who it is on the radio.
    pub ipei: Ipei,
}
