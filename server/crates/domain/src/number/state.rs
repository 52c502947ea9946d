//! Where a number is in its life (requirement B1): one state machine, its rules and their explanation in one function.
//!
//! A number that nobody has said anything about is available. Reservation and cooling end by themselves; a porting
//! date does not: only the carrier knows whether it was kept, so somebody confirms it.

use super::{Did, Number, RangeKind};
use crate::{Code, Finding, Timestamp, time::DAY};
use serde::{Deserialize, Serialize};

/// A reservation lasts at most half a year: longer ones are forgotten, and the range runs dry.
pub const LONGEST_RESERVATION: i64 = 183 * DAY;
/// How long a number cools unless somebody says otherwise: former callers have learnt by then.
pub const USUAL_COOLING: i64 = 90 * DAY;
/// The longest cooling.
pub const LONGEST_COOLING: i64 = 731 * DAY;

/// Where a number is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Free to be reserved or assigned.
    Available,
    /// Kept for somebody for a time.
    Reserved {
        /// When it is free again by itself.
        until: Timestamp,
        /// For whom or what, in the words of who reserved it.
        whom: String,
        /// Who reserved it.
        by: String,
    },
    /// Somebody has it: who, and since when, is in its history.
    Assigned,
    /// Given back; nobody gets it for a time, because calls for the former holder still come.
    Cooling {
        /// When it is free by itself.
        until: Timestamp,
    },
    /// On its way to us: not to be used before somebody says that it has come.
    PortingIn {
        /// The carrier's date.
        on: Timestamp,
        /// The number used until then.
        temporary: Option<Did>,
    },
    /// On its way to another carrier. It works until it has gone.
    PortingOut {
        /// The carrier's date.
        on: Timestamp,
        /// Whether somebody has it.
        held: bool,
    },
    /// With another carrier.
    PortedOut {
        /// Since when.
        at: Timestamp,
    },
}

/// What somebody wants to do with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Keep it for somebody, or prolong or shorten that.
    Reserve {
        /// Until when.
        until: Timestamp,
        /// For whom or what.
        whom: String,
        /// Who says so.
        by: String,
    },
    /// Give it to somebody.
    Assign,
    /// Give it back: from its holder it goes to cool; a reservation or a cooling ends.
    Release {
        /// Until when a number that was in use cools.
        until: Timestamp,
    },
    /// A carrier has been told to bring it here; or its date has moved.
    PortIn {
        /// The carrier's date.
        on: Timestamp,
        /// The number used until then.
        temporary: Option<Did>,
    },
    /// A carrier has been told to take it; or its date has moved.
    PortOut {
        /// The carrier's date.
        on: Timestamp,
    },
    /// The porting has happened.
    Complete,
    /// The porting will not happen.
    CallOff,
}

impl State {
    /// The words of all states, as in the database, in files and in addresses.
    pub const WORDS: [&str; 7] =
        ["available", "reserved", "assigned", "cooling", "porting-in", "porting-out", "ported-out"];

    /// The word of this one.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Reserved { .. } => "reserved",
            Self::Assigned => "assigned",
            Self::Cooling { .. } => "cooling",
            Self::PortingIn { .. } => "porting-in",
            Self::PortingOut { .. } => "porting-out",
            Self::PortedOut { .. } => "ported-out",
        }
    }

    /// When it ends by itself.
    pub const fn ends(&self) -> Option<Timestamp> {
        match self {
            Self::Reserved { until, .. } | Self::Cooling { until } => Some(*until),
            _ => None,
        }
    }

    /// The same, if it ends by itself, with another end.
    #[must_use]
    pub fn ending(self, until: Timestamp) -> Self {
        match self {
            Self::Reserved { whom, by, .. } => Self::Reserved { until, whom, by },
            Self::Cooling { .. } => Self::Cooling { until },
            other => other,
        }
    }

    /// Whether somebody has the number.
    pub const fn held(&self) -> bool {
        matches!(self, Self::Assigned | Self::PortingOut { held: true, .. })
    }

    /// Where it is now: what ends by itself has ended.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        if self.ends().is_some_and(|end| end <= now) { Self::Available } else { self }
    }

    /// In words, with its dates, for the record.
    pub fn describe(&self) -> String {
        match self {
            Self::Available | Self::Assigned => self.word().to_owned(),
            Self::Reserved { until, whom, .. } => format!("reserved for {whom} until {until}"),
            Self::Cooling { until } => format!("cooling until {until}"),
            Self::PortingIn { on, temporary: None } => format!("porting in on {on}"),
            Self::PortingIn { on, temporary: Some(did) } => format!("porting in on {on}, until then {did}"),
            Self::PortingOut { on, held: false } => format!("porting out on {on}"),
            Self::PortingOut { on, held: true } => format!("porting out on {on}, in use until then"),
            Self::PortedOut { at } => format!("ported out {at}"),
        }
    }
}

/// The kinds of acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Verb {
    /// [`Act::Assign`]
    Assign,
    /// [`Act::Reserve`]
    Reserve,
    /// [`Act::Release`]
    Release,
    /// [`Act::PortIn`]
    PortIn,
    /// [`Act::PortOut`]
    PortOut,
    /// [`Act::Complete`]
    Complete,
    /// [`Act::CallOff`]
    CallOff,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 7] = [
        Self::Assign,
        Self::Reserve,
        Self::Release,
        Self::PortIn,
        Self::PortOut,
        Self::Complete,
        Self::CallOff,
    ];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::PortIn => "port-in",
            Self::PortOut => "port-out",
            Self::Complete => "ported",
            Self::CallOff => "call-off",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word() == text)
    }

    /// As people say it: `you cannot … it now`.
    const fn says(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::PortIn => "port in",
            Self::PortOut => "port out",
            Self::Complete => "say that it was ported",
            Self::CallOff => "call the porting off",
        }
    }

    /// An act of this kind that has nothing wrong in itself.
    fn sample(self, now: Timestamp) -> Act {
        let day = now.plus(DAY);
        match self {
            Self::Assign => Act::Assign,
            Self::Reserve => Act::Reserve { until: day, whom: "somebody".to_owned(), by: String::new() },
            Self::Release => Act::Release { until: day },
            Self::PortIn => Act::PortIn { on: day, temporary: None },
            Self::PortOut => Act::PortOut { on: day },
            Self::Complete => Act::Complete,
            Self::CallOff => Act::CallOff,
        }
    }
}

impl Act {
    /// Its kind.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Reserve { .. } => Verb::Reserve,
            Self::Assign => Verb::Assign,
            Self::Release { .. } => Verb::Release,
            Self::PortIn { .. } => Verb::PortIn,
            Self::PortOut { .. } => Verb::PortOut,
            Self::Complete => Verb::Complete,
            Self::CallOff => Verb::CallOff,
        }
    }
}

/// What can be done with a number in this state: whatever [`step`] would allow.
pub fn possible(number: &Number, state: &State, now: Timestamp) -> Vec<Verb> {
    let may = |verb: &Verb| step(number, state.clone(), verb.sample(now), now).is_ok();
    Verb::ALL.into_iter().filter(may).collect()
}

/// The state after `act`, or why there is none.
pub fn step(number: &Number, state: State, act: Act, now: Timestamp) -> Result<State, Finding> {
    use State::{Assigned, Available, Cooling, PortedOut, PortingIn, PortingOut, Reserved};
    let state = state.at(now);
    check(number, &act, now)?;
    match (state, act) {
        (Available | Reserved { .. }, Act::Reserve { until, whom, by }) => Ok(Reserved { until, whom, by }),
        (Available | Reserved { .. }, Act::Assign) | (PortingOut { held: true, .. }, Act::CallOff) => {
            Ok(Assigned)
        }
        (Assigned, Act::Release { until }) => Ok(Cooling { until }),
        (PortingOut { on, held: true }, Act::Release { .. }) => Ok(PortingOut { on, held: false }),
        (Reserved { .. } | Cooling { .. }, Act::Release { .. })
        | (PortingIn { .. }, Act::Complete)
        | (PortingOut { held: false, .. }, Act::CallOff) => Ok(Available),
        (Available | PortingIn { .. } | PortedOut { .. }, Act::PortIn { on, temporary }) => {
            Ok(PortingIn { on, temporary })
        }
        (Available | Reserved { .. } | Cooling { .. }, Act::PortOut { on }) => {
            Ok(PortingOut { on, held: false })
        }
        (Assigned, Act::PortOut { on }) => Ok(PortingOut { on, held: true }),
        (PortingOut { held, .. }, Act::PortOut { on }) => Ok(PortingOut { on, held }),
        (PortingOut { .. }, Act::Complete) | (PortingIn { .. }, Act::CallOff) => Ok(PortedOut { at: now }),
        (state, act) => Err(Finding::new(Code::NumberState, number.to_string()).detail(format!(
            "It is {}; you cannot {} it now.",
            state.describe(),
            act.verb().says()
        ))),
    }
}

/// What is wrong with the act itself, whatever the state.
fn check(number: &Number, act: &Act, now: Timestamp) -> Result<(), Finding> {
    let wrong = |field: &str, says: String| Err(Finding::new(Code::FormInvalid, field).detail(says));
    let within = |at: Timestamp, longest: i64| at > now && at <= now.plus(longest);
    match act {
        Act::Reserve { whom, .. } if whom.trim().is_empty() => {
            Err(Finding::new(Code::FieldMissing, "whom").detail("Say for whom or what it is kept."))
        }
        Act::Reserve { until, .. } if !within(*until, LONGEST_RESERVATION) => {
            wrong("until", "A reservation ends in the future, within half a year.".to_owned())
        }
        Act::Release { until } if !within(*until, LONGEST_COOLING) => {
            wrong("until", "Cooling ends in the future, within two years.".to_owned())
        }
        Act::PortIn { .. } | Act::PortOut { .. } if number.kind() == RangeKind::Extension => {
            Err(Finding::new(Code::NumberState, number.to_string())
                .detail("Only DIDs are ported; an extension is nobody's but ours."))
        }
        Act::PortIn { on, .. } | Act::PortOut { on } if *on <= now => wrong(
            "on",
            "The carrier's date is in the future; what has happened is said when it has.".to_owned(),
        ),
        Act::PortIn { temporary: Some(did), .. } if did.as_ref() == number.as_ref() => {
            wrong("temporary", "The temporary number is another one.".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
