//! Replacement: a new handset takes over the lines of an old one (requirement C5), as one order of steps.
//!
//! First the credentials are rotated at the platform, so that the old handset can register no more. Then, in one
//! transaction, the old handset loses its lines and every proof but for being cleared, and the new one gets them.
//! What is left is the old handset's own life: *dead at platform*, then *wiped*, and only then assignable again.
//!
//! Each step is a pure function from one state to the next, and each is stored before anything outside happens: whoever
//! finds an order after a crash finds out from it alone what comes next. What a step says twice changes nothing.

mod scope;

pub use scope::{CredentialScope, Outage, outages};

use crate::{
    Code, Finding, Timestamp,
    account::Day,
    authority::Authority,
    ids::{DeviceId, ExtensionId, PlaceId, SegmentId, UserId},
    time::DAY,
};
use serde::{Deserialize, Serialize};

/// What somebody says in writing, and answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Who, as people know them.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What; never a secret.
    pub text: String,
}

/// How it is known that nobody registers with an old credential any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dead {
    /// The platform did it: rotated, and no contact is left.
    Platform(Timestamp),
    /// Somebody did it by hand and says how that was seen.
    Said(Statement),
}

/// How it is known that a handset holds no line any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wiped {
    /// It proved itself after the takeover and fetched the configuration that clears it.
    Cleared(Timestamp),
    /// Somebody did it by hand, for example by a reset to factory settings.
    Said(Statement),
}

/// Where an old handset goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum End {
    /// Back to stock: it may be assigned again.
    Stock,
    /// Lost or stolen: nobody can wipe it.
    Lost,
    /// Lent out until a day, to somebody.
    Loan {
        /// To whom.
        whom: String,
        /// The day on which it is due back.
        until: Day,
    },
    /// Back to its vendor, under their number.
    Rma {
        /// The vendor's number for it.
        reference: String,
    },
}

impl End {
    /// The word in forms and records.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Lost => "lost",
            Self::Loan { .. } => "loan",
            Self::Rma { .. } => "rma",
        }
    }

    /// As people read it.
    pub fn title(&self) -> String {
        match self {
            Self::Stock => "back to stock".to_owned(),
            Self::Lost => "lost or stolen".to_owned(),
            Self::Loan { whom, until } => format!("lent to {whom} until {until}"),
            Self::Rma { reference } => format!("back to the vendor, {reference}"),
        }
    }
}

/// A line that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line key, the same on both handsets.
    pub index: u8,
    /// The extension.
    pub extension: ExtensionId,
    /// Its number, which is its user at the platform.
    pub number: String,
    /// How it is known that the old credential is dead.
    pub dead: Option<Dead>,
}

/// Where an order is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Nothing has happened; its request is made and approved.
    Planned,
    /// The platform has been told to rotate; the old handset stands and cannot register.
    Rotating {
        /// Who told it, and when.
        begun: Statement,
        /// Who answers for the takeover although the old handset may still be registered.
        answered: Option<Statement>,
    },
    /// The new handset has the lines.
    TakenOver {
        /// When.
        at: Timestamp,
        /// Who had answered for it, if somebody had to.
        answered: Option<Statement>,
        /// How it is known that the old handset holds no line any more.
        wiped: Option<Wiped>,
    },
    /// The old handset has gone somewhere.
    Ended {
        /// When the lines were taken over.
        taken_over: Timestamp,
        /// Where it went.
        end: End,
        /// Who says so.
        said: Statement,
        /// How it is known that it holds no line any more; nobody knows of one that is lost.
        wiped: Option<Wiped>,
    },
    /// Given up before the takeover.
    CalledOff {
        /// By whom, and why.
        said: Statement,
    },
}

impl State {
    /// The word in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Rotating { .. } => "rotating",
            Self::TakenOver { .. } => "taken-over",
            Self::Ended { .. } => "ended",
            Self::CalledOff { .. } => "called-off",
        }
    }
}

/// What stands in for a signature on the plan of a replacement: its kind was approved in advance, and a technician who
/// has both handsets in their hands carries it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InAdvance {
    /// Number of what was approved: 3 of `AP-3`.
    pub advance: i64,
    /// Who approved it then.
    pub approvers: Vec<UserId>,
    /// The technician.
    pub by: UserId,
    /// The technician, as people know them.
    pub name: String,
    /// What was compared; the record keeps it.
    pub said: String,
}

impl InAdvance {
    /// By what its request is applied.
    pub fn authority(&self) -> Authority {
        Authority::Standard { advance: self.advance, approvers: self.approvers.clone() }
    }
}

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The handset that goes.
    pub old: DeviceId,
    /// The handset that comes.
    pub new: DeviceId,
    /// What moves; never empty.
    pub lines: Vec<Line>,
    /// The change request that moves it, once it is made: 7 of `CR-7`.
    pub request: Option<i64>,
    /// Where the new handset stood before, for when this is called off.
    pub came_from: (Option<PlaceId>, Option<SegmentId>),
    /// What stands in for a signature; `None`: people sign its request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_advance: Option<InAdvance>,
    /// Where it is.
    pub state: State,
}

type Outcome = Result<Order, Finding>;

impl Order {
    fn to(self, state: State) -> Self {
        Self { state, ..self }
    }

    fn not_now(&self, verb: &str) -> Finding {
        let detail = format!("The replacement is {}.", self.state.word().replace('-', " "));
        Finding::new(Code::RequestState, verb).detail(detail)
    }

    /// Whether every old credential is dead at the platform.
    pub fn dead(&self) -> bool {
        self.lines.iter().all(|line| line.dead.is_some())
    }

    /// What still stands between the old handset and its lines.
    fn alive(&self) -> Finding {
        let numbers: Vec<_> =
            self.lines.iter().filter(|line| line.dead.is_none()).map(|line| line.number.as_str()).collect();
        Finding::new(Code::ReplacementAlive, format!("extension {}", numbers.join(", ")))
    }

    /// Whether the old handset holds no line any more.
    pub const fn wiped(&self) -> Option<&Wiped> {
        match &self.state {
            State::TakenOver { wiped, .. } | State::Ended { wiped, .. } => wiped.as_ref(),
            State::Planned | State::Rotating { .. } | State::CalledOff { .. } => None,
        }
    }

    /// From when on the old handset is overdue: the day after the one on which it was due back.
    pub fn overdue_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Ended { end: End::Loan { until, .. }, .. } => Some(until.begins().plus(DAY)),
            _ => None,
        }
    }

    /// Whether the old handset may be assigned again.
    pub const fn assignable(&self) -> bool {
        matches!(self.state, State::Ended { end: End::Stock, .. })
    }

    /// The state of the case that it is, as the table of steps has it. `approved`: whether its request is.
    pub fn step(&self, approved: bool) -> &'static str {
        match &self.state {
            State::Planned if approved => "approved",
            State::Planned => "requested",
            State::Rotating { answered, .. } if self.dead() || answered.is_some() => "ready",
            State::Rotating { .. } => "rotating",
            State::TakenOver { .. } if !self.dead() => "taken-over",
            State::TakenOver { wiped: None, .. } => "dead",
            State::TakenOver { .. } | State::Ended { .. } | State::CalledOff { .. } => "wiped",
        }
    }

    /// Notes the request that was made for it; there is one.
    pub fn requested(self, request: i64) -> Outcome {
        match (&self.state, self.request) {
            (State::Planned, None) => Ok(Self { request: Some(request), ..self }),
            (State::Planned, Some(known)) if known == request => Ok(self),
            _ => Err(self.not_now("request")),
        }
    }

    /// The platform is told to rotate, now that the request is approved.
    pub fn rotate(self, approved: bool, by: &str, at: Timestamp) -> Outcome {
        match self.state {
            State::Planned if approved => {
                let begun = Statement { by: by.to_owned(), at, text: String::new() };
                Ok(self.to(State::Rotating { begun, answered: None }))
            }
            State::Planned => Err(Finding::new(Code::ApprovalMissing, "rotate")),
            _ => Err(self.not_now("rotate")),
        }
    }

    /// The old credential of a number is dead at the platform. What is known already stays as it was known.
    pub fn is_dead(mut self, number: &str, dead: &Dead) -> Outcome {
        if matches!(self.state, State::Planned | State::CalledOff { .. }) {
            return Err(self.not_now("dead"));
        }
        for line in self.lines.iter_mut().filter(|line| line.number == number) {
            line.dead.get_or_insert_with(|| dead.clone());
        }
        Ok(self)
    }

    /// Somebody answers for a takeover although the old handset may still be registered.
    pub fn answer(self, said: Statement) -> Outcome {
        match &self.state {
            State::Rotating { begun, answered: None } if !self.dead() => {
                let begun = begun.clone();
                Ok(self.to(State::Rotating { begun, answered: Some(said) }))
            }
            _ => Err(self.not_now("answer")),
        }
    }

    /// Whether the new handset may have the lines now.
    pub fn may_take_over(&self) -> Result<(), Finding> {
        match &self.state {
            State::Rotating { answered, .. } if self.dead() || answered.is_some() => Ok(()),
            State::Rotating { .. } => Err(self.alive()),
            _ => Err(self.not_now("take over")),
        }
    }

    /// The lines move, in the transaction in which this is stored.
    pub fn take_over(self, at: Timestamp) -> Outcome {
        self.may_take_over()?;
        let answered = match &self.state {
            State::Rotating { answered, .. } => answered.clone(),
            _ => None,
        };
        Ok(self.to(State::TakenOver { at, answered, wiped: None }))
    }

    /// The old handset holds no line any more. What is known already stays as it was known.
    pub fn is_wiped(mut self, how: Wiped) -> Outcome {
        let (State::TakenOver { at: since, wiped, .. } | State::Ended { taken_over: since, wiped, .. }) =
            &mut self.state
        else {
            return Err(self.not_now("wiped"));
        };
        // What it fetched before the takeover held the lines.
        if matches!(how, Wiped::Cleared(at) if at < *since) {
            return Err(self.not_now("wiped"));
        }
        wiped.get_or_insert(how);
        Ok(self)
    }

    /// The old handset goes somewhere; one that was lost, lent or sent away may come back to stock.
    pub fn end(self, end: End, said: Statement) -> Outcome {
        let (taken_over, wiped) = match &self.state {
            State::TakenOver { at, wiped, .. } => (*at, wiped.clone()),
            State::Ended { taken_over, end: before, wiped, .. }
                if end == End::Stock && *before != End::Stock =>
            {
                (*taken_over, wiped.clone())
            }
            // What was lent may be lent for longer, or not come back.
            State::Ended { taken_over, end: End::Loan { .. }, wiped, .. }
                if matches!(end, End::Loan { .. } | End::Lost) =>
            {
                (*taken_over, wiped.clone())
            }
            _ => return Err(self.not_now("end")),
        };
        // Nobody can wipe what is lost; everything else leaves the hands of its owner empty.
        if end != End::Lost && wiped.is_none() {
            return Err(Finding::new(Code::ReplacementNotWiped, "old handset"));
        }
        if !self.dead() {
            return Err(self.alive());
        }
        Ok(self.to(State::Ended { taken_over, end, said, wiped }))
    }

    /// Given up; what was rotated is given back to the old handset by whoever carries this out.
    pub fn call_off(self, said: Statement) -> Outcome {
        match self.state {
            State::Planned | State::Rotating { .. } => Ok(self.to(State::CalledOff { said })),
            _ => Err(self.not_now("call off")),
        }
    }
}

#[cfg(test)]
mod tests;
