//! Words with a colour; never a colour alone.

use domain::{
    change_request::State,
    gate::GateStatus,
    number::{self, rings::Outcome},
};
use leptos::prelude::*;

/// What a colour means, everywhere.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Somebody's turn.
    Busy,
    /// Worth doing something about.
    Warning,
    /// Stops something.
    Bad,
    /// Merely so.
    Quiet,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Busy => "badge busy",
            Self::Warning => "badge warning",
            Self::Bad => "badge bad",
            Self::Quiet => "badge quiet",
        }
    }
}

pub(crate) fn badge(tone: Tone, word: impl Into<String>) -> AnyView {
    view! { <span class=tone.class()>{word.into()}</span> }.into_any()
}

/// Where a change request is.
pub(crate) fn state(state: &State) -> AnyView {
    let tone = match state {
        State::Draft | State::Withdrawn { .. } | State::Superseded { .. } => Tone::Quiet,
        State::Submitted { .. } | State::Approved { .. } | State::Scheduled { .. } => Tone::Busy,
        State::Applied { .. } => Tone::Good,
        State::Rejected { .. } => Tone::Bad,
        State::Stale { .. } => Tone::Warning,
    };
    badge(tone, state.word())
}

/// Where a number is in its life.
pub(crate) fn number(state: &number::State) -> AnyView {
    let tone = match state {
        number::State::Available => Tone::Quiet,
        number::State::Assigned => Tone::Good,
        number::State::Reserved { .. } | number::State::PortingIn { .. } => Tone::Busy,
        number::State::Cooling { .. } | number::State::PortingOut { .. } => Tone::Warning,
        number::State::PortedOut { .. } => Tone::Bad,
    };
    badge(tone, state.word().replace('-', " "))
}

/// What becomes of a call at a step of its way.
pub(crate) fn outcome(outcome: Outcome) -> AnyView {
    let tone = match outcome {
        Outcome::GoesOn => Tone::Quiet,
        Outcome::Rings => Tone::Good,
        Outcome::Ends => Tone::Busy,
        Outcome::Unknown => Tone::Warning,
    };
    badge(tone, outcome.word())
}

/// Where a device is in its life.
pub(crate) fn device(state: &str) -> AnyView {
    let tone = match state {
        "active" => Tone::Good,
        "quarantined" => Tone::Bad,
        _ => Tone::Quiet,
    };
    badge(tone, state)
}

/// How a gate stands.
pub(crate) fn gate(status: &GateStatus) -> AnyView {
    match status {
        GateStatus::Open { .. } => badge(Tone::Good, "open"),
        GateStatus::Expired { .. } => badge(Tone::Warning, "expired"),
        GateStatus::Shut(_) => badge(Tone::Bad, "shut"),
    }
}
