//! The day on which a site moves over: timed steps with owners, a decision, and a point up to which one can go back.

use crate::{Code, Finding, Timestamp, time::MINUTE};
use serde::{Deserialize, Serialize};

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Pace {
    /// Not begun.
    Waiting,
    /// Being done.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// Done.
    Ended {
        /// When it began.
        began: Timestamp,
        /// When it ended.
        ended: Timestamp,
    },
}

/// A timed step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timed {
    /// Its number at the site; never used again.
    pub number: i64,
    /// What is done.
    pub title: String,
    /// Who does it.
    pub owner: String,
    /// When it is planned to begin.
    pub planned: Timestamp,
    /// How many minutes it is planned to last.
    pub minutes: u16,
    /// Whether one can go back until this one has ended, and not after.
    pub back_out: bool,
    /// How far it is.
    pub pace: Pace,
}

/// The most steps of a plan: more are not followed by anybody on the day.
pub const MOST: usize = 100;

/// What somebody types about a timed step, in a form or in a row of a sheet.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Its number, to change it; empty for a new one.
    pub number: String,
    /// What is done.
    pub title: String,
    /// Who does it.
    pub owner: String,
    /// When it begins, in UTC.
    pub planned: String,
    /// How many minutes it lasts.
    pub minutes: String,
    /// Whether it is the back-out point.
    pub back_out: bool,
}

impl Typed {
    /// Title, owner, beginning and minutes, or everything that is wrong, by the field's name.
    pub fn read(&self) -> Result<(String, String, Timestamp, u16), Vec<Finding>> {
        let mut findings = Vec::new();
        let mut text = |field: &str, text: &str, most: usize| {
            let text = text.trim().to_owned();
            if text.chars().count() > most || text.chars().any(char::is_control) {
                let detail = format!("At most {most} characters.");
                findings.push(Finding::new(Code::FieldTooLong, field).detail(detail));
            }
            text
        };
        let title = text("title", &self.title, 200);
        let owner = text("owner", &self.owner, 100);
        if title.is_empty() {
            findings.push(Finding::new(Code::FieldMissing, "title"));
        }
        let planned = Timestamp::parse(self.planned.trim());
        if planned.is_none() {
            let detail = "Write the time in UTC, as 2026-11-23T04:20.";
            findings.push(Finding::new(Code::FormInvalid, "planned").detail(detail));
        }
        let minutes = self.minutes.trim().parse().ok().filter(|minutes| (1..=1440).contains(minutes));
        if minutes.is_none() {
            findings.push(Finding::new(Code::FormInvalid, "minutes").detail("It is 1 to 1440 minutes."));
        }
        match (planned, minutes) {
            (Some(planned), Some(minutes)) if findings.is_empty() => Ok((title, owner, planned, minutes)),
            _ => Err(findings),
        }
    }
}

impl Timed {
    /// When it is planned to end.
    pub const fn planned_end(&self) -> Timestamp {
        self.planned.plus(self.minutes as i64 * MINUTE)
    }

    /// By how many whole minutes it is late now, or was when it ended.
    pub const fn late(&self, now: Timestamp) -> i64 {
        let (planned, actual) = match self.pace {
            Pace::Waiting => (self.planned, now),
            Pace::Running { .. } => (self.planned_end(), now),
            Pace::Ended { ended, .. } => (self.planned_end(), ended),
        };
        let late = (actual.0 - planned.0) / MINUTE;
        if late > 0 { late } else { 0 }
    }
}

/// Go or no-go, by name and with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether it goes.
    pub go: bool,
    /// Who says so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// The plan of a cutover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cutover {
    /// Its steps, as they are planned to begin.
    pub steps: Vec<Timed>,
    /// The approver who can be reached during it; empty while nobody is named.
    pub on_call: String,
    /// What was decided about the plan as it is. Changing the plan takes it back.
    pub decision: Option<Decision>,
}

fn not_ready(detail: impl Into<String>) -> Finding {
    Finding::new(Code::SiteNotReady, "cutover").detail(detail)
}

impl Cutover {
    /// What the plan lacks before anybody can decide about it.
    pub fn lacks(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.steps.is_empty() {
            findings.push(not_ready("The cutover has no steps."));
        } else if !self.steps.iter().any(|step| step.back_out) {
            findings.push(not_ready("No step is the back-out point."));
        }
        if self.on_call.is_empty() {
            findings.push(not_ready("No approver is on call."));
        }
        let unowned = self.steps.iter().filter(|step| step.owner.is_empty());
        findings.extend(unowned.map(|step| not_ready(format!("Nobody does `{}`.", step.title))));
        findings
    }

    /// What stands against beginning: what the plan lacks, and that nobody has said go.
    pub fn against_going(&self) -> Vec<Finding> {
        let mut findings = self.lacks();
        match &self.decision {
            Some(decision) if decision.go => {}
            Some(no) => findings.push(not_ready(format!("{} said no-go: {}", no.by, no.reason))),
            None => findings.push(not_ready("Nobody has decided go or no-go.")),
        }
        findings
    }

    /// When the last of its steps is planned to end.
    pub fn planned_end(&self) -> Option<Timestamp> {
        self.steps.iter().map(Timed::planned_end).max()
    }

    /// The steps that have not ended.
    pub fn unfinished(&self) -> impl Iterator<Item = &Timed> {
        self.steps.iter().filter(|step| !matches!(step.pace, Pace::Ended { .. }))
    }

    /// Why one cannot go back any more, if one cannot.
    pub fn against_going_back(&self) -> Option<Finding> {
        let point = self.steps.iter().find(|step| step.back_out)?;
        matches!(point.pace, Pace::Ended { .. }).then(|| {
            let detail = format!("`{}` was the back-out point, and it has ended.", point.title);
            Finding::new(Code::RequestState, "cutover").detail(detail)
        })
    }

    /// The step as it begins, or why it does not.
    pub fn begin(&self, number: i64, now: Timestamp) -> Result<Timed, Finding> {
        let step = self.step(number)?;
        if self.decision.as_ref().is_none_or(|decision| !decision.go) {
            return Err(state(step, "nobody has said go"));
        }
        match step.pace {
            Pace::Waiting => Ok(Timed { pace: Pace::Running { since: now }, ..step.clone() }),
            Pace::Running { .. } => Err(state(step, "it has begun")),
            Pace::Ended { .. } => Err(state(step, "it has ended")),
        }
    }

    /// The step as it ends, or why it does not.
    pub fn end(&self, number: i64, now: Timestamp) -> Result<Timed, Finding> {
        let step = self.step(number)?;
        match step.pace {
            Pace::Running { since } => {
                // A clock that was set back makes no step end before it began.
                let ended = now.max(since);
                Ok(Timed { pace: Pace::Ended { began: since, ended }, ..step.clone() })
            }
            Pace::Waiting => Err(state(step, "it has not begun")),
            Pace::Ended { .. } => Err(state(step, "it has ended")),
        }
    }

    fn step(&self, number: i64) -> Result<&Timed, Finding> {
        let found = self.steps.iter().find(|step| step.number == number);
        found.ok_or_else(|| Finding::new(Code::NotFound, "step"))
    }
}

fn state(step: &Timed, why: &str) -> Finding {
    Finding::new(Code::RequestState, "step").detail(format!("`{}`: {why}.", step.title))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: i64, back_out: bool, pace: Pace) -> Timed {
        let (title, owner) = (format!("step {number}"), "linus".to_owned());
        Timed { number, title, owner, planned: Timestamp(number * 60 * MINUTE), minutes: 30, back_out, pace }
    }

    fn go() -> Decision {
        Decision { go: true, by: "ada".into(), at: Timestamp(0), reason: "all there".into() }
    }

    fn plan(decision: Option<Decision>) -> Cutover {
        let steps = vec![step(1, false, Pace::Waiting), step(2, true, Pace::Waiting)];
        Cutover { steps, on_call: "grace".to_owned(), decision }
    }

    #[test]
    fn a_plan_lacks_everything_that_it_lacks() {
        let said = |plan: &Cutover| plan.against_going().into_iter().map(|f| f.detail).collect::<Vec<_>>();
        assert_eq!(said(&plan(Some(go()))), [""; 0]);
        assert_eq!(
            said(&Cutover::default()),
            ["The cutover has no steps.", "No approver is on call.", "Nobody has decided go or no-go."]
        );
        let mut bad = plan(Some(Decision { go: false, reason: "no power".into(), ..go() }));
        bad.steps[1].back_out = false;
        bad.steps[0].owner.clear();
        assert_eq!(
            said(&bad),
            ["No step is the back-out point.", "Nobody does `step 1`.", "ada said no-go: no power"]
        );
    }

    #[test]
    fn steps_begin_after_go_and_end_after_they_have_begun() {
        let now = Timestamp(90 * MINUTE);
        assert!(plan(None).begin(1, now).is_err());
        let mut plan = plan(Some(go()));
        assert!(plan.end(1, now).is_err(), "it has not begun");
        assert_eq!(plan.begin(9, now).unwrap_err().code, Code::NotFound);
        plan.steps[0] = plan.begin(1, now).unwrap();
        assert!(plan.begin(1, now).is_err());
        plan.steps[0] = plan.end(1, now.plus(MINUTE)).unwrap();
        assert!(plan.end(1, now).is_err() && plan.begin(1, now).is_err());
        assert_eq!(plan.unfinished().count(), 1);
    }

    #[test]
    fn one_can_go_back_until_the_back_out_point_has_ended() {
        let mut plan = plan(Some(go()));
        assert_eq!(plan.against_going_back(), None);
        plan.steps[1].pace = Pace::Running { since: Timestamp(0) };
        assert_eq!(plan.against_going_back(), None);
        plan.steps[1].pace = Pace::Ended { began: Timestamp(0), ended: Timestamp(1) };
        assert_eq!(plan.against_going_back().unwrap().code, Code::RequestState);
    }

    #[test]
    fn a_step_is_late_by_its_plan() {
        let at = |minutes: i64| Timestamp(minutes * MINUTE);
        for (pace, now, late) in [
            (Pace::Waiting, 59, 0),
            (Pace::Waiting, 75, 15),
            (Pace::Running { since: at(70) }, 90, 0),
            (Pace::Running { since: at(70) }, 95, 5),
            (Pace::Ended { began: at(70), ended: at(100) }, 500, 10),
            (Pace::Ended { began: at(50), ended: at(60) }, 500, 0),
        ] {
            assert_eq!(step(1, false, pace).late(at(now)), late, "{pace:?} at {now}");
        }
    }
}
