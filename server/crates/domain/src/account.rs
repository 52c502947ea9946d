//! People and the extensions that belong to them or to a place.

use crate::{
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

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Expected, Self::Active, Self::Suspended, Self::Left]
            .into_iter()
            .find(|s| s.word() == text.trim())
    }
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
