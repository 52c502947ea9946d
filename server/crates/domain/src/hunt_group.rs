//! Hunt groups: a number that rings several people, and whether anybody is there to answer it.

pub mod cover;

use crate::{
    Code, Finding,
    number::{Did, ExtensionNumber, Number},
    profile::{DESTINATION, Destination, SECONDS, SLUG, Seconds, optional, seconds},
    slug::Slug,
};
use serde::{Deserialize, Serialize};

/// More members than this are a queue, which is another thing.
pub const MOST_MEMBERS: usize = 100;

/// Who is rung, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ring {
    /// All members at once.
    All,
    /// One after the other, always from the first.
    InOrder,
    /// One after the other, each call from the next one on.
    Rotating,
}

impl Ring {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::All, Self::InOrder, Self::Rotating];

    /// The word used in files, on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::InOrder => "in-order",
            Self::Rotating => "rotating",
        }
    }

    /// In a sentence: `it rings its members …`.
    pub const fn says(self) -> &'static str {
        match self {
            Self::All => "at once",
            Self::InOrder => "one after the other",
            Self::Rotating => "in turn",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ring| ring.word() == text.trim())
    }
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Member {
    /// An extension.
    Extension(ExtensionNumber),
    /// Every member of another group.
    Group(Slug),
}

impl Member {
    /// Parses `2101` or `group:NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().strip_prefix("group:") {
            Some(code) => Slug::parse(code).map(Self::Group),
            None => ExtensionNumber::parse(text).ok().map(Self::Extension),
        }
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Extension(number) => number.fmt(f),
            Self::Group(code) => write!(f, "group:{code}"),
        }
    }
}

impl TryFrom<String> for Member {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a member: `{text}`"))
    }
}

impl From<Member> for String {
    fn from(member: Member) -> Self {
        member.to_string()
    }
}

/// A hunt group. It always has a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HuntGroup {
    /// Its short name, unique in the organisation.
    pub code: Slug,
    /// What people call it.
    pub name: String,
    /// What is dialled inside, if anything.
    pub number: Option<ExtensionNumber>,
    /// What is dialled from outside, if anything.
    pub did: Option<Did>,
    /// Who is rung.
    pub ring: Ring,
    /// For how long, each.
    pub seconds: Seconds,
    /// In order.
    pub members: Vec<Member>,
    /// When it is there; `None`: always.
    pub schedule: Option<Slug>,
    /// Where calls go otherwise.
    pub closed: Option<Destination>,
    /// Where calls go that no member answers.
    pub otherwise: Option<Destination>,
}

impl HuntGroup {
    /// Whether a number leads to it.
    pub fn answers(&self, number: &Number) -> bool {
        match number {
            Number::Extension(n) => self.number.as_ref() == Some(n),
            Number::Did(did) => self.did.as_ref() == Some(did),
        }
    }

    /// Its numbers.
    pub fn numbers(&self) -> impl Iterator<Item = Number> {
        let own = self.number.clone().map(Number::Extension);
        own.into_iter().chain(self.did.clone().map(Number::Did))
    }

    /// Where calls go from it other than to its members, with the field's name.
    pub fn destinations(&self) -> impl Iterator<Item = (&'static str, &Destination)> {
        let both = [("closed", &self.closed), ("otherwise", &self.otherwise)];
        both.into_iter().filter_map(|(field, to)| Some((field, to.as_ref()?)))
    }
}

/// A group as typed: one text per field of a form, which is one column of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Short name.
    pub code: String,
    /// Name.
    pub name: String,
    /// Extension, or empty.
    pub number: String,
    /// DID, or empty.
    pub did: String,
    /// A word of [`Ring`]; empty for all at once.
    pub ring: String,
    /// Seconds; empty for the usual.
    pub seconds: String,
    /// Members in order, with blanks, commas or line breaks between.
    pub members: String,
    /// A schedule's short name, or empty.
    pub schedule: String,
    /// A destination, or empty.
    pub closed: String,
    /// A destination, or empty.
    pub otherwise: String,
}

impl Typed {
    /// The group, or everything that is wrong with it, by the field's name.
    pub fn read(&self) -> Result<HuntGroup, Vec<Finding>> {
        let mut wrong = Vec::new();
        let found = &mut wrong;
        let code = Slug::parse(&self.code);
        if code.is_none() {
            found.push(
                Finding::new(Code::FormInvalid, "hunt_group").detail(format!("For the short name, {SLUG}")),
            );
        }
        let name = self.name.trim();
        if name.is_empty() {
            found.push(Finding::new(Code::FieldMissing, "name"));
        } else if name.chars().count() > 100 || name.chars().any(char::is_control) {
            found.push(Finding::new(Code::FieldTooLong, "name"));
        }
        let number = optional(found, "number", &self.number, "write an extension.", |text| {
            ExtensionNumber::parse(text).ok()
        });
        let did = optional(found, "did", &self.did, "write a DID in E.164.", |text| Did::parse(text).ok());
        let ring = optional(found, "ring", &self.ring, "write all, in-order or rotating.", Ring::parse);
        let seconds = optional(found, "seconds", &self.seconds, SECONDS, seconds);
        let members = members(found, &self.members, code.as_ref());
        let schedule = optional(found, "schedule", &self.schedule, SLUG, Slug::parse);
        let closed = optional(found, "closed", &self.closed, DESTINATION, Destination::parse);
        let otherwise = optional(found, "otherwise", &self.otherwise, DESTINATION, Destination::parse);
        if schedule.is_none() && closed.is_some() {
            let says = "Calls go elsewhere outside hours only where there are hours.";
            found.push(Finding::new(Code::FieldMissing, "schedule").detail(says));
        }
        let Some(code) = code.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        Ok(HuntGroup {
            code,
            name: name.to_owned(),
            number,
            did,
            ring: ring.unwrap_or(Ring::All),
            seconds: seconds.unwrap_or(Seconds::USUAL),
            members,
            schedule,
            closed,
            otherwise,
        })
    }
}

fn members(found: &mut Vec<Finding>, text: &str, own: Option<&Slug>) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    let mut wrong = |code: Code, says: String| found.push(Finding::new(code, "members").detail(says));
    let words =
        text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty());
    for word in words {
        let shown: String = word.chars().take(40).collect();
        match Member::parse(word) {
            None => wrong(
                Code::FormInvalid,
                format!("`{shown}` is no member; write an extension or `group:NAME`."),
            ),
            Some(member) if members.contains(&member) => {
                wrong(Code::FormInvalid, format!("`{shown}` is there twice."));
            }
            Some(Member::Group(code)) if Some(&code) == own => {
                wrong(Code::RouteCircle, format!("group {code} to group {code}."));
            }
            Some(member) => members.push(member),
        }
    }
    if text.trim().is_empty() {
        wrong(Code::GroupEmpty, String::new());
    }
    if members.len() > MOST_MEMBERS {
        wrong(Code::FormInvalid, format!("It has {} members; at most {MOST_MEMBERS}.", members.len()));
    }
    members
}

impl From<&HuntGroup> for Typed {
    fn from(g: &HuntGroup) -> Self {
        let text = |value: Option<String>| value.unwrap_or_default();
        Self {
            code: g.code.to_string(),
            name: g.name.clone(),
            number: text(g.number.as_ref().map(ToString::to_string)),
            did: text(g.did.as_ref().map(ToString::to_string)),
            ring: g.ring.word().to_owned(),
            seconds: g.seconds.get().to_string(),
            members: g.members.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            schedule: text(g.schedule.as_ref().map(ToString::to_string)),
            closed: text(g.closed.as_ref().map(ToString::to_string)),
            otherwise: text(g.otherwise.as_ref().map(ToString::to_string)),
        }
    }
}

impl HuntGroup {
    /// In words, for the record.
    pub fn describe(&self) -> String {
        let typed = Typed::from(self);
        let pairs = [
            ("name", typed.name),
            ("number", typed.number),
            ("DID", typed.did),
            ("rings", typed.ring),
            ("seconds", typed.seconds),
            ("members", typed.members),
            ("schedule", typed.schedule),
            ("closed", typed.closed),
            ("otherwise", typed.otherwise),
        ];
        let said = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        said.map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join(", ")
    }
}
