//! People and the extensions that belong to them or to a place.

use crate::{
    Code, Finding, Timestamp,
    ids::{ExtensionId, PersonId, PlaceId, SiteId},
    number::{Did, ExtensionNumber},
};
use serde::{Deserialize, Serialize};

/// The state of a person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Announced, not active yet.
    Expected,
    /// Works here.
    Active,
    /// Suspended for a time.
    Suspended,
    /// Gone.
    Left,
}

impl AccountState {
    /// The word used in files and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Left => "left",
        }
    }

    /// Every state.
    pub const ALL: [Self; 4] = [Self::Expected, Self::Active, Self::Suspended, Self::Left];

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == text.trim())
    }

    /// Whether lines of somebody in this state are to be withdrawn.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Suspended | Self::Left)
    }
}

/// A day, as files and forms have it: `2026-11-23`, from midnight UTC on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Timestamp);

impl Day {
    /// Parses `2026-11-23`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == 10).then(|| Timestamp::parse(&format!("{text}T00:00")))?.map(Self)
    }

    /// The day that begins at or before this instant.
    pub fn of(at: Timestamp) -> Self {
        Self(Timestamp(at.0.div_euclid(crate::time::DAY) * crate::time::DAY))
    }

    /// Its first instant.
    pub const fn begins(self) -> Timestamp {
        self.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.to_string().get(..10).unwrap_or_default())
    }
}

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a day: `{text}`"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// What is wrong with a first and a last day; the last one is a day on which they do not work here any more.
pub fn dates(starts: Option<Day>, ends: Option<Day>) -> Option<Finding> {
    let (starts, ends) = starts.zip(ends)?;
    (ends <= starts).then(|| {
        let detail = format!("It starts on {starts} and ends on {ends}.");
        Finding::new(Code::DatesOrder, "ends").detail(detail)
    })
}

/// A person from the directory. Not a user of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The site they belong to.
    pub site: SiteId,
    /// The directory's reference, unique in the organisation.
    pub reference: String,
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
    /// Who said so: `import 3`, or a name.
    pub source: String,
    /// When; `None`: before anybody kept a record.
    pub changed_at: Option<Timestamp>,
}

/// Who answers for a line: a person or a named place, never nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// A person.
    Person(PersonId),
    /// A place: lobby, lift, fax.
    Place(PlaceId),
}

/// An extension of the numbering plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its id.
    pub id: ExtensionId,
    /// The site that owns the number.
    pub site: SiteId,
    /// What is dialled inside.
    pub number: ExtensionNumber,
    /// What is dialled from outside, if anything.
    pub did: Option<Did>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// Enabled at the platform.
    pub enabled: bool,
    /// Permissions.
    pub class_of_service: String,
    /// Caller name shown to others.
    pub display_name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written_and_ends_after_it_starts() {
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(day("2026-11-23").to_string(), "2026-11-23");
        assert_eq!(Day::of(Timestamp::parse("2026-11-23T23:59").unwrap()), day("2026-11-23"));
        for wrong in ["", "23.11.2026", "2026-11-23T00:00", "2026-02-30", "2026-1-1"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        for (starts, ends, wrong) in [
            (None, None, false),
            (Some("2026-11-23"), None, false),
            (None, Some("2026-11-23"), false),
            (Some("2026-11-23"), Some("2026-11-24"), false),
            (Some("2026-11-23"), Some("2026-11-23"), true),
            (Some("2026-11-24"), Some("2026-11-23"), true),
        ] {
            let found = dates(starts.map(day), ends.map(day));
            assert_eq!(found.is_some(), wrong, "{starts:?} {ends:?}");
        }
    }
}
