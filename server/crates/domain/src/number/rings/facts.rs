//! What the way of a call is found from.

use super::Group;
use crate::{
    Timestamp,
    number::{Number, State},
    profile::{Destination, Forwards},
    schedule::Status,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that an authority says, or why it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It said so: what, who said it, and when that was so.
    Known(T, Source),
    /// Nobody can say: why.
    Unknown(String),
}

/// Who says something, and as of when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Who says it, as people call it: `numbering plan`, `CR-7`, `call control`.
    pub name: String,
    /// As of when; `None` when nobody has recorded that.
    pub at: Option<Timestamp>,
}

/// Where an extension stands, as far as ringing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `yealink T46U 80:5e:c0:10:00:01, line key 1`.
    pub name: String,
    /// MAC of the device, bare.
    pub mac: String,
    /// Who put it there.
    pub source: Source,
    /// What the phone was set to by itself, such as a forwarding: what, and when it said so.
    pub own: Vec<(String, Timestamp)>,
}

/// What is known of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Who has it; `None`: nobody.
    pub holder: Option<String>,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Who says both.
    pub source: Source,
    /// Its schedule and how that stands now; `None`: it has none and is always open.
    pub hours: Fact<Option<Hours>>,
    /// Which hunt groups it is a member of.
    pub groups: Fact<Vec<String>>,
    /// Where its calls go instead.
    pub forwards: Fact<Forwards>,
    /// Where it stands.
    pub endpoints: Vec<Endpoint>,
    /// From where it is registered now.
    pub contacts: Fact<Vec<String>>,
    /// Whether a voicemail box takes what nobody answers.
    pub voicemail: Fact<bool>,
}

/// A schedule, how it stands now, and where calls go while it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Its short name.
    pub schedule: String,
    /// How it stands.
    pub status: Status,
    /// Where calls go while it is closed; `None`: to voicemail, if there is one.
    pub closed: Option<Destination>,
}

/// What a number leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An extension, by its number.
    Extension(String),
    /// A hunt group, by its short name.
    Group(String),
}

/// What is known of a number and of what a call to it can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What is dialled.
    pub number: Number,
    /// Where it is in its life, and who says so.
    pub state: State,
    /// Who says that.
    pub source: Source,
    /// The code of the site that owns it, if one does.
    pub site: Option<String>,
    /// What a call to a number is for: of every DID, extension and group's number that the call can come to.
    pub targets: BTreeMap<Number, Target>,
    /// Those extensions, and the members of those groups.
    pub extensions: BTreeMap<String, Extension>,
    /// Those groups.
    pub groups: BTreeMap<String, Group>,
}
