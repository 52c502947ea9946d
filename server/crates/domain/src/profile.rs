//! Extension profiles: what becomes of calls for an extension, as far as it is the platform's business and not the
//! phone's (requirement B4): voicemail, conferencing, forwarding, caller id, opening hours.
//!
//! Ringfence keeps what was agreed, who said so and when; it does not write it to the platform.

pub mod circle;

use crate::{
    Code, Finding,
    number::{Did, Number},
    slug::Slug,
};
use serde::{Deserialize, Serialize};

/// Where a call can be sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Destination {
    /// An extension, a DID, a group's number, or a number elsewhere.
    Number(Number),
    /// A hunt group.
    Group(Slug),
    /// The voicemail box of whoever the call was for.
    Voicemail,
}

impl Destination {
    /// Parses `2101`, `+442079460123`, `group:NAME` or `voicemail`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "voicemail" => Some(Self::Voicemail),
            text => match text.strip_prefix("group:") {
                Some(code) => Slug::parse(code).map(Self::Group),
                None => Number::parse(text).ok().map(Self::Number),
            },
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Group(code) => write!(f, "group:{code}"),
            Self::Voicemail => f.write_str("voicemail"),
        }
    }
}

impl TryFrom<String> for Destination {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a destination: `{text}`"))
    }
}

impl From<Destination> for String {
    fn from(to: Destination) -> Self {
        to.to_string()
    }
}

/// For how long something rings before it counts as not answered, in seconds: below five nobody gets to the phone,
/// above three minutes no caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(u16);

impl Seconds {
    /// As most platforms have it.
    pub const USUAL: Self = Self(20);

    /// So many seconds, from 5 to 180.
    pub const fn new(seconds: u16) -> Option<Self> {
        if seconds >= 5 && seconds <= 180 { Some(Self(seconds)) } else { None }
    }

    /// How many.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// What callees see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CallerId {
    /// The extension's own DID, or what its site shows.
    #[default]
    Own,
    /// Nothing.
    Withheld,
    /// Another DID.
    As(Did),
}

impl CallerId {
    /// Parses `own`, `withheld` or a DID; empty is `own`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "own" => Some(Self::Own),
            "withheld" => Some(Self::Withheld),
            did => Did::parse(did).ok().map(Self::As),
        }
    }
}

impl std::fmt::Display for CallerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own => f.write_str("own"),
            Self::Withheld => f.write_str("withheld"),
            Self::As(did) => did.fmt(f),
        }
    }
}

impl TryFrom<String> for CallerId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a caller id: `{text}`"))
    }
}

impl From<CallerId> for String {
    fn from(id: CallerId) -> Self {
        id.to_string()
    }
}

/// Where calls go instead of to the phones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwards {
    /// Every call.
    pub always: Option<Destination>,
    /// While somebody is on the phone.
    pub busy: Option<Destination>,
    /// When nobody answers for so long.
    pub no_answer: Option<(Destination, Seconds)>,
    /// While no phone is registered.
    pub unregistered: Option<Destination>,
}

impl Forwards {
    /// All of them, with what people call each.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Destination)> {
        let no_answer = self.no_answer.as_ref().map(|(to, _)| to);
        [
            ("forward_always", self.always.as_ref()),
            ("forward_busy", self.busy.as_ref()),
            ("forward_no_answer", no_answer),
            ("forward_unregistered", self.unregistered.as_ref()),
        ]
        .into_iter()
        .filter_map(|(field, to)| Some((field, to?)))
    }
}

/// The profile of an extension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// When calls come through; `None`: always.
    pub schedule: Option<Slug>,
    /// Where they go otherwise; `None`: to voicemail, if there is one.
    pub closed: Option<Destination>,
    /// Where they go instead.
    pub forwards: Forwards,
    /// Whether a voicemail box takes what nobody answers.
    pub voicemail: bool,
    /// Whether it may open conferences.
    pub conferencing: bool,
    /// Whether more than one phone may have the line at the platform.
    pub shared: bool,
    /// What callees see.
    pub caller_id: CallerId,
}

/// A profile as typed: one text per field of a form, which is one column of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// `yes` or `no`.
    pub voicemail: String,
    /// `yes` or `no`.
    pub conferencing: String,
    /// `yes` or `no`.
    pub shared: String,
    /// `own`, `withheld` or a DID.
    pub caller_id: String,
    /// A schedule's short name, or empty.
    pub schedule: String,
    /// A destination, or empty; so are the next ones.
    pub closed: String,
    /// For every call.
    pub forward_always: String,
    /// While busy.
    pub forward_busy: String,
    /// When nobody answers.
    pub forward_no_answer: String,
    /// For how many seconds; empty for the usual.
    pub seconds: String,
    /// While no phone is registered.
    pub forward_unregistered: String,
}

/// Reads an optional field.
pub(crate) fn optional<T>(
    findings: &mut Vec<Finding>,
    field: &str,
    text: &str,
    says: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = text.trim();
    let value = if text.is_empty() { return None } else { parse(text) };
    if value.is_none() {
        let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
        findings.push(Finding::new(Code::FormInvalid, field).detail(format!("It is `{shown}`; {says}")));
    }
    value
}

pub(crate) const DESTINATION: &str = "write an extension, a DID, `group:NAME` or `voicemail`.";
pub(crate) const SLUG: &str = "write 2 to 24 lower-case letters, digits or hyphens.";
pub(crate) const SECONDS: &str = "write 5 to 180 seconds.";

pub(crate) fn seconds(text: &str) -> Option<Seconds> {
    text.parse().ok().and_then(Seconds::new)
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

impl Typed {
    /// The fields that can be given to many extensions at once, and what people call them.
    pub const FIELDS: [(&'static str, &'static str); 9] = [
        ("forward_always", "Every call to"),
        ("forward_busy", "While busy to"),
        ("forward_no_answer", "Unanswered to"),
        ("forward_unregistered", "Not registered to"),
        ("schedule", "Schedule"),
        ("closed", "Outside its hours to"),
        ("voicemail", "Voicemail"),
        ("conferencing", "Conferencing"),
        ("caller_id", "Caller id"),
    ];

    /// The text of one of these fields.
    pub fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "forward_always" => &mut self.forward_always,
            "forward_busy" => &mut self.forward_busy,
            "forward_no_answer" => &mut self.forward_no_answer,
            "forward_unregistered" => &mut self.forward_unregistered,
            "schedule" => &mut self.schedule,
            "closed" => &mut self.closed,
            "voicemail" => &mut self.voicemail,
            "conferencing" => &mut self.conferencing,
            "caller_id" => &mut self.caller_id,
            _ => return None,
        })
    }

    /// The profile, or everything that is wrong with it, by the field's name.
    pub fn read(&self) -> Result<Profile, Vec<Finding>> {
        let mut wrong = Vec::new();
        let found = &mut wrong;
        let flag = |found: &mut Vec<Finding>, field: &str, text: &str| {
            optional(found, field, text, "write yes or no.", yes_no).unwrap_or_default()
        };
        let to = |found: &mut Vec<Finding>, field: &str, text: &str| {
            optional(found, field, text, DESTINATION, Destination::parse)
        };
        let after = optional(found, "seconds", &self.seconds, SECONDS, seconds);
        let no_answer = to(found, "forward_no_answer", &self.forward_no_answer);
        if after.is_some() && self.forward_no_answer.trim().is_empty() {
            let says = "Seconds are for calls that go somewhere when nobody answers.";
            found.push(Finding::new(Code::FieldMissing, "forward_no_answer").detail(says));
        }
        let profile = Profile {
            schedule: optional(found, "schedule", &self.schedule, SLUG, Slug::parse),
            closed: to(found, "closed", &self.closed),
            forwards: Forwards {
                always: to(found, "forward_always", &self.forward_always),
                busy: to(found, "forward_busy", &self.forward_busy),
                no_answer: no_answer.map(|to| (to, after.unwrap_or(Seconds::USUAL))),
                unregistered: to(found, "forward_unregistered", &self.forward_unregistered),
            },
            voicemail: flag(found, "voicemail", &self.voicemail),
            conferencing: flag(found, "conferencing", &self.conferencing),
            shared: flag(found, "shared", &self.shared),
            caller_id: optional(
                found,
                "caller_id",
                &self.caller_id,
                "write own, withheld or a DID.",
                CallerId::parse,
            )
            .unwrap_or_default(),
        };
        if profile.schedule.is_none() && profile.closed.is_some() {
            let says = "Calls go elsewhere outside hours only where there are hours.";
            found.push(Finding::new(Code::FieldMissing, "schedule").detail(says));
        }
        let sends = |to: &Destination| *to == Destination::Voicemail;
        for (field, _) in profile
            .forwards
            .all()
            .chain(profile.closed.as_ref().map(|to| ("closed", to)))
            .filter(|(_, to)| sends(to))
        {
            if !profile.voicemail {
                found.push(Finding::new(Code::FormInvalid, field).detail("It has no voicemail box."));
            }
        }
        if wrong.is_empty() { Ok(profile) } else { Err(wrong) }
    }
}

impl From<&Profile> for Typed {
    fn from(p: &Profile) -> Self {
        let flag = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let to = |to: &Option<Destination>| to.as_ref().map(ToString::to_string).unwrap_or_default();
        let no_answer = p.forwards.no_answer.as_ref();
        Self {
            voicemail: flag(p.voicemail),
            conferencing: flag(p.conferencing),
            shared: flag(p.shared),
            caller_id: p.caller_id.to_string(),
            schedule: p.schedule.as_ref().map(ToString::to_string).unwrap_or_default(),
            closed: to(&p.closed),
            forward_always: to(&p.forwards.always),
            forward_busy: to(&p.forwards.busy),
            forward_no_answer: no_answer.map(|(to, _)| to.to_string()).unwrap_or_default(),
            seconds: no_answer.map(|(_, after)| after.get().to_string()).unwrap_or_default(),
            forward_unregistered: to(&p.forwards.unregistered),
        }
    }
}

impl Profile {
    /// In words, for the record.
    pub fn describe(&self) -> String {
        let typed = Typed::from(self);
        let pairs = [
            ("voicemail", typed.voicemail),
            ("conferencing", typed.conferencing),
            ("shared", typed.shared),
            ("caller id", typed.caller_id),
            ("schedule", typed.schedule),
            ("closed", typed.closed),
            ("always", typed.forward_always),
            ("busy", typed.forward_busy),
            ("no answer", typed.forward_no_answer),
            ("seconds", typed.seconds),
            ("not registered", typed.forward_unregistered),
        ];
        let said = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        said.map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;
