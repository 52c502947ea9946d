//! Exceptions: open operational cases, ordinary work with a defined next step (requirement E4).
//!
//! What each kind is stands in one table, `definition`: the console's pages, the help in it and the section in the
//! project's README are made from there.

mod definition;
mod handling;

pub use definition::{Definition, Step};
pub use handling::{Handling, handling};

use crate::{
    Timestamp,
    authz::Action,
    ids::{DeviceId, SiteId},
    policy::Weight,
    time::HOUR,
};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A handset takes the place of another one.
    Replacement,
    /// A line waits for an account whose first day has come.
    DelayedActivation,
    /// Something asked for a configuration that is in no inventory.
    UnknownDevice,
    /// A verified proof disagreed with the inventory or with the file that was asked for.
    Mismatch,
    /// Two phones used the same enrolment token, one used it for another phone's file, or it had ended.
    Enrolment,
    /// Somebody showed a wrong proof for a device, and the device has not proven itself since.
    Proof,
    /// Calls ring where they should not.
    Misrouting,
    /// A layer did something else than was meant.
    LayerEffect,
    /// A handset is lost or stolen, and there is none yet to take its place.
    Loss,
    /// A handset that was lent out has not come back on its day.
    Loan,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Replacement,
        Self::DelayedActivation,
        Self::UnknownDevice,
        Self::Mismatch,
        Self::Enrolment,
        Self::Proof,
        Self::Misrouting,
        Self::LayerEffect,
        Self::Loss,
        Self::Loan,
    ];

    /// The word in addresses and the database.
    pub const fn word(self) -> &'static str {
        self.definition().word
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        self.definition().title
    }

    /// What one must be allowed to do to work on it.
    pub const fn works(self) -> Action {
        self.definition().works
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }

    /// Where a case of this kind begins.
    pub const fn first(self) -> &'static Step {
        &self.definition().steps[0]
    }

    /// The step of this state.
    pub fn step(self, state: &str) -> Option<&'static Step> {
        self.definition().steps.iter().find(|step| step.state == state)
    }

    /// The step after this state, unless it is the last one.
    pub fn after(self, state: &str) -> Option<&'static Step> {
        self.definition().steps.iter().skip_while(|step| step.state != state).nth(1)
    }

    /// Until when a case that was opened at `at` should be closed.
    pub const fn due(self, at: Timestamp) -> Timestamp {
        at.plus(self.definition().target_hours * HOUR)
    }
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// By whom, as people know them.
    pub by: String,
    /// Why it is no case any more.
    pub resolution: String,
}

/// An open operational case; people see `EX-7`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its number.
    pub number: i64,
    /// What happened.
    pub kind: Kind,
    /// What it is about, among cases of its kind: a MAC without colons, a number, a name. One open case each.
    pub subject: String,
    /// Where it is: the state of a step of its kind.
    pub state: String,
    /// How grave it is.
    pub weight: Weight,
    /// The device concerned, if there is one.
    pub device: Option<DeviceId>,
    /// The site concerned, if that is known.
    pub site: Option<SiteId>,
    /// What was seen, the last time; never a secret.
    pub detail: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it happened last.
    pub last_at: Timestamp,
    /// How often it happened.
    pub times: i64,
    /// Who takes care of it, once somebody does.
    pub owner: Option<String>,
    /// Since when somebody has taken care of it.
    pub taken_at: Option<Timestamp>,
    /// How it ended, once it has.
    pub closed: Option<Closed>,
}

impl Exception {
    /// The step at which it is: its one next step, and who takes it.
    pub fn step(&self) -> &'static Step {
        self.kind.step(&self.state).unwrap_or_else(|| self.kind.first())
    }

    /// Until when it should be closed.
    pub const fn due(&self) -> Timestamp {
        self.kind.due(self.opened_at)
    }

    /// Whether it is open longer than it should be.
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.closed.is_none() && now > self.due()
    }
}

/// The documented path of every kind, as a table in Markdown.
pub fn help() -> String {
    let mut rows = vec![
        "\n| kind, and what opens it | target | state | next step | whose | until |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for kind in Kind::ALL {
        let definition = kind.definition();
        for (n, step) in definition.steps.iter().enumerate() {
            let (first, target) = if n == 0 {
                (
                    format!("**{}**: {}", definition.title, definition.opens),
                    format!("{} h", definition.target_hours),
                )
            } else {
                (String::new(), String::new())
            };
            let (state, next, whose, until) = (step.title(), step.next, step.whose(), step.until);
            rows.push(format!("| {first} | {target} | {state} | {next} | {whose} | {until} |"));
        }
    }
    rows.join("\n") + "\n\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::Role;

    #[test]
    fn every_kind_is_defined_from_its_opening_to_its_end() {
        for kind in Kind::ALL {
            let definition = kind.definition();
            assert_eq!(Kind::parse(kind.word()), Some(kind));
            assert!((1..=240).contains(&definition.target_hours), "{kind:?}");
            assert!(!definition.steps.is_empty() && definition.opens.ends_with('.'), "{kind:?}");
            let mut at = kind.first();
            let mut walked = vec![at.state];
            while let Some(next) = kind.after(at.state) {
                at = next;
                walked.push(at.state);
            }
            let states: Vec<_> = definition.steps.iter().map(|step| step.state).collect();
            assert_eq!(walked, states, "{kind:?}: each state is there once, and the way leads through all");
            for step in definition.steps {
                assert!(step.next.ends_with('.') && step.until.ends_with('.'), "{kind:?} {}", step.state);
                assert!(
                    !step.who.is_empty() && !step.who.contains(&Role::Auditor),
                    "{kind:?} {}",
                    step.state
                );
                // Whoever is named may also do it, or what opens the way to it.
                let works = definition.works.roles();
                let approves = Action::AnswerFor.roles();
                assert!(
                    step.who.iter().any(|role| works.contains(role) || approves.contains(role)),
                    "{kind:?} {}",
                    step.state
                );
            }
        }
        assert_eq!(Kind::parse("surprise"), None);
        assert_eq!(Kind::Mismatch.after("surprise"), None);
    }

    #[test]
    fn a_case_is_overdue_when_its_target_has_passed_and_nobody_has_closed_it() {
        let opened = Timestamp(7);
        let mut case = Exception {
            number: 1,
            kind: Kind::Misrouting,
            subject: "2103".into(),
            state: Kind::Misrouting.first().state.into(),
            weight: Weight::Low,
            device: None,
            site: None,
            detail: String::new(),
            opened_at: opened,
            last_at: opened,
            times: 1,
            owner: None,
            taken_at: None,
            closed: None,
        };
        let due = opened.plus(Kind::Misrouting.definition().target_hours * HOUR);
        assert_eq!(case.due(), due);
        assert!(!case.overdue(due) && case.overdue(due.plus(1)));
        case.closed = Some(Closed { at: due.plus(9), by: "ada".into(), resolution: "mended".into() });
        assert!(!case.overdue(due.plus(10)));
        case.state = "no such state".into();
        assert_eq!(case.step(), Kind::Misrouting.first());
    }

    #[test]
    fn the_help_says_every_step() {
        let help = help();
        for step in Kind::ALL.into_iter().flat_map(|kind| kind.definition().steps) {
            assert!(help.contains(step.next), "{}", step.state);
        }
    }
}
