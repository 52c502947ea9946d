//! "Who rings if I dial this now": the way of a call, step by step, each with where that is known from and how old it is.
//!
//! What is not known is a step too, and says so: it never counts as a way on, and never as the end of one.

mod extension;
mod facts;
mod group;
mod number;

pub use facts::{Endpoint, Extension, Fact, Facts, Hours, Source, Target};
pub use group::Group;

use crate::{Timestamp, profile::Destination};
use serde::Serialize;

/// What a step is about, in the order in which a call comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The number itself.
    Number,
    /// The extension that it leads to.
    Extension,
    /// Opening hours and holidays.
    Schedule,
    /// Hunt groups.
    Group,
    /// Forwarding.
    Forward,
    /// Phones.
    Endpoint,
    /// Voicemail.
    Voicemail,
}

impl Stage {
    /// The word on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Number => "Number",
            Self::Extension => "Extension",
            Self::Schedule => "Schedule",
            Self::Group => "Group",
            Self::Forward => "Forward",
            Self::Endpoint => "Phone",
            Self::Voicemail => "Voicemail",
        }
    }
}

/// What becomes of the call at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It goes on to the next step.
    GoesOn,
    /// Something rings.
    Rings,
    /// It ends here.
    Ends,
    /// Nobody can say.
    Unknown,
}

impl Outcome {
    /// The word beside the colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GoesOn => "goes on",
            Self::Rings => "rings",
            Self::Ends => "ends here",
            Self::Unknown => "unknown",
        }
    }
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is about.
    pub stage: Stage,
    /// What becomes of the call.
    pub outcome: Outcome,
    /// In a sentence.
    pub says: String,
    /// Who says so; `None` when nobody does.
    pub source: Option<Source>,
    /// The device it is about: bare MAC.
    pub mac: Option<String>,
}

fn step(stage: Stage, outcome: Outcome, says: impl Into<String>, source: Option<&Source>) -> Step {
    Step { stage, outcome, says: says.into(), source: source.cloned(), mac: None }
}

fn unknown(stage: Stage, why: &str) -> Step {
    step(stage, Outcome::Unknown, why, None)
}

/// The way of a call to a number, as it would be now. Never empty; total over whatever the facts are.
pub fn rings(facts: &Facts, now: Timestamp) -> Vec<Step> {
    let mut steps = Vec::new();
    if !number::number(facts, now, &mut steps) {
        return steps;
    }
    let mut here = facts.targets.get(&facts.number).cloned();
    let mut been = Vec::new();
    let mut dialled = Destination::Number(facts.number.clone());
    loop {
        let Some(target) = here else {
            let says = format!(
                "{} leads to no extension of ours; who rings there is not known here.",
                said(&dialled)
            );
            steps.push(unknown(Stage::Extension, &says));
            return steps;
        };
        been.push(target.clone());
        let way = match &target {
            Target::Extension(name) => extension::extension(facts, name, &mut steps),
            Target::Group(code) => group::group(facts, code, &mut steps),
        };
        let Way::To { to, says, source } = way else { return steps };
        steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(&source)));
        here = target_of(facts, &to);
        dialled = to;
        if let Some(again) = here.as_ref().filter(|next| been.contains(next)) {
            let way: Vec<_> = been.iter().chain([again]).map(name).collect();
            let says = format!("The forwarding goes round in a circle: {}.", way.join(" to "));
            steps.push(step(Stage::Forward, Outcome::Ends, says, Some(&source)));
            return steps;
        }
    }
}

fn name(target: &Target) -> String {
    match target {
        Target::Extension(number) => number.clone(),
        Target::Group(code) => format!("group {code}"),
    }
}

/// A destination in a sentence.
fn said(to: &Destination) -> String {
    match to {
        Destination::Number(number) => number.to_string(),
        Destination::Group(code) => format!("group {code}"),
        Destination::Voicemail => "voicemail".to_owned(),
    }
}

fn target_of(facts: &Facts, to: &Destination) -> Option<Target> {
    match to {
        Destination::Number(number) => facts.targets.get(number).cloned(),
        Destination::Group(code) => Some(Target::Group(code.to_string())),
        Destination::Voicemail => None,
    }
}

/// All of it in one sentence. What is unknown on the way is never left out of it.
pub fn verdict(steps: &[Step]) -> (Outcome, &'static str) {
    let any = |outcome: Outcome| steps.iter().any(|step| step.outcome == outcome);
    match (any(Outcome::Rings), any(Outcome::Unknown)) {
        (true, false) => (Outcome::Rings, "A phone rings."),
        (true, true) => (Outcome::Rings, "A phone rings, unless what is unknown leads the call elsewhere."),
        (false, true) => (Outcome::Unknown, "Nobody can say who rings; the steps say why."),
        (false, false) => (Outcome::Ends, "No phone rings."),
    }
}

/// An instant in a sentence.
fn when(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

enum Way {
    Done,
    To { to: Destination, says: String, source: Source },
}

/// How a schedule stands, in a sentence.
fn hours(hours: &Hours) -> String {
    let word = if hours.status.open { "open" } else { "closed" };
    let until = hours.status.until.map(|at| format!(" until {}", when(at))).unwrap_or_default();
    let holiday = hours.status.holiday.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("By schedule {} it is {word} now{holiday}{until}.", hours.schedule)
}

#[cfg(test)]
mod tests;
