//! What the pages about numbers show.

use domain::{
    Timestamp,
    account::Extension,
    number::{Number, NumberRange, State, rings::Step, state::Verb},
    site::Site,
};
use serde::{Deserialize, Serialize};
pub use storage::number::{Free, Holding, Listed};

/// Filter of the plan; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NumberFilter {
    /// A number to go to.
    #[serde(default)]
    pub q: String,
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// `extension`, `did`, or empty.
    #[serde(default)]
    pub kind: String,
    /// A state's word, or empty.
    #[serde(default)]
    pub state: String,
    /// The number after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// A row of the plan.
#[derive(Clone, Debug)]
pub enum NumberRow {
    /// Numbers that are available, one after the other.
    Free(Free),
    /// One that is not.
    Number(Listed),
}

impl NumberRow {
    /// Its first number.
    pub const fn first(&self) -> &Number {
        match self {
            Self::Free(run) => &run.first,
            Self::Number(row) => &row.number,
        }
    }

    /// Its last number.
    pub const fn last(&self) -> &Number {
        match self {
            Self::Free(run) => &run.last,
            Self::Number(row) => &row.number,
        }
    }
}

/// A number's page.
#[derive(Clone, Debug)]
pub struct NumberView {
    /// The number.
    pub number: Number,
    /// The site that owns it.
    pub site: Site,
    /// The ends of the range that it lies in, if it still does.
    pub range: Option<(String, String)>,
    /// Where it is in its life, now.
    pub state: State,
    /// Since when that is so.
    pub changed_at: Option<Timestamp>,
    /// Who said so.
    pub changed_by: String,
    /// The extension that it is or leads to; one that nobody has too.
    pub extension: Option<Extension>,
    /// The hunt group that it leads to: short name and name.
    pub group: Option<(String, String)>,
    /// The extension's profile, if somebody has given it one.
    pub profile: Option<storage::profile::Stored>,
    /// Who has held it, who does now first.
    pub history: Vec<Holding>,
    /// Places that emergency services call back under it: site code, place code.
    pub called_back: Vec<(String, String)>,
    /// Who rings if one dials it now.
    pub steps: Vec<Step>,
    /// What can be done with it, as far as its state goes.
    pub possible: Vec<Verb>,
}

/// A range and how full it is.
#[derive(Clone, Debug)]
pub struct RangeRow {
    /// The range.
    pub range: NumberRange,
    /// Code of its site.
    pub site: String,
    /// How many numbers are in each state that is not available: word and count.
    pub counts: Vec<(String, i64)>,
}

impl RangeRow {
    /// How many numbers are available.
    pub fn available(&self) -> i64 {
        self.range.size() - self.counts.iter().map(|(_, count)| count).sum::<i64>()
    }
}

/// A range as it was typed.
#[derive(Clone, Debug, Default)]
pub struct RangeInput {
    /// Site code.
    pub site: String,
    /// `extension` or `did`.
    pub kind: String,
    /// First number.
    pub first: String,
    /// Last number.
    pub last: String,
}
