//! Day-one acceptance of a line: what somebody tried at the phone, and what came of it (requirement E5).

use crate::{Code, Finding, Timestamp, ids::LineId};
use serde::{Deserialize, Serialize};

/// What is tried at the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// A call out, dialled at the phone, with audio both ways.
    CallsOut,
    /// A call in reaches the right person or group.
    Inbound,
    /// Voicemail is reached from the extension.
    Voicemail,
    /// The other side sees the right number.
    CallerId,
}

impl Test {
    /// Every test that a line passes before it is accepted.
    pub const ALL: [Self; 4] = [Self::CallsOut, Self::Inbound, Self::Voicemail, Self::CallerId];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CallsOut => "calls-out",
            Self::Inbound => "inbound",
            Self::Voicemail => "voicemail",
            Self::CallerId => "caller-id",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CallsOut => "Calls out, audio both ways",
            Self::Inbound => "Calls in reach the right person or group",
            Self::Voicemail => "Voicemail is reached",
            Self::CallerId => "Others see the right number",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.word() == text.trim())
    }
}

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not as it should be; the note says how.
    Failed,
    /// This line has none of that; the note says why.
    NotApplicable,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::NotApplicable];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == text.trim())
    }
}

/// One test of one line, by somebody. Never edited: trying again is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The line. One that is bound again is another line, and is accepted anew.
    pub line: LineId,
    /// What was tried.
    pub test: Test,
    /// What came of it.
    pub outcome: Outcome,
    /// What was seen.
    pub note: String,
    /// Who tried it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why a line is not accepted; empty when it is. `tried` holds the newest of each test of this line.
pub fn missing(subject: &str, tried: &[Tried]) -> Option<Finding> {
    let of = |test: &Test| tried.iter().find(|t| t.test == *test);
    let untried: Vec<_> = Test::ALL.iter().filter(|test| of(test).is_none()).map(|t| t.title()).collect();
    let failed = tried.iter().filter(|t| t.outcome == Outcome::Failed);
    let mut said: Vec<_> = failed.map(|t| format!("Failed: {} ({}).", t.test.title(), t.note)).collect();
    if !untried.is_empty() {
        said.push(format!("Not tried: {}.", untried.join("; ")));
    }
    (!said.is_empty()).then(|| Finding::new(Code::LineUnaccepted, subject).detail(said.join(" ")))
}

/// What is wrong with a test as entered: what did not pass says why.
pub fn check(outcome: Outcome, note: &str) -> Option<Finding> {
    (outcome != Outcome::Passed && note.trim().is_empty()).then(|| {
        Finding::new(Code::FieldMissing, "note").detail("Say what happened, or why there is none of that.")
    })
}

/// Accepted lines in percent of those that stand, rounded down so that 100 means all of them; 0 without lines.
pub const fn share(accepted: usize, standing: usize) -> usize {
    match (accepted * 100).checked_div(standing) {
        Some(percent) => percent,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn tried(test: Test, outcome: Outcome) -> Tried {
        Tried {
            line: LineId(Uuid::nil()),
            test,
            outcome,
            note: "as seen".to_owned(),
            by: "linus".to_owned(),
            at: Timestamp(0),
        }
    }

    #[test]
    fn a_line_is_accepted_when_nothing_failed_and_nothing_was_left_out() {
        let mut all: Vec<_> = Test::ALL.into_iter().map(|t| tried(t, Outcome::Passed)).collect();
        assert_eq!(missing("2101", &all), None);
        all[2].outcome = Outcome::NotApplicable;
        assert_eq!(missing("2101", &all), None);
        all[1].outcome = Outcome::Failed;
        all.pop();
        let found = missing("2101", &all).unwrap();
        assert_eq!(
            found.detail,
            "Failed: Calls in reach the right person or group (as seen). Not tried: Others see the right number."
        );
    }

    #[test]
    fn what_did_not_pass_says_why() {
        for (outcome, note, wrong) in [
            (Outcome::Passed, "", false),
            (Outcome::Failed, " ", true),
            (Outcome::Failed, "one-way audio", false),
            (Outcome::NotApplicable, "", true),
        ] {
            assert_eq!(check(outcome, note).is_some(), wrong, "{outcome:?} {note}");
        }
    }

    #[test]
    fn a_share_is_never_rounded_up() {
        for (accepted, standing, percent) in [(0, 0, 0), (199, 200, 99), (200, 200, 100), (1, 3, 33)] {
            assert_eq!(share(accepted, standing), percent);
        }
    }
}
