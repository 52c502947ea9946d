//! Where a site is on its way from a plan to service, and what each stage demands (requirement E6).
//!
//! Whether a site may be somewhere, and why not, comes from one function; the board asks it of where the site is,
//! the button asks it of where it would go.

use super::{
    acceptance,
    cutover::Cutover,
    step::{Step, StepKind},
};
use crate::{Code, Finding, Timestamp, gate::GateStatus};
use serde::{Deserialize, Serialize};

/// Where a site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Somebody wants it.
    #[default]
    Planned,
    /// Line, power, cables and network are there.
    NetworkReady,
    /// Every voice segment's gate is open.
    Validated,
    /// It moves over.
    Cutover,
    /// In service, closely watched.
    Hypercare,
    /// In service.
    Live,
    /// Given up.
    Closed,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::NetworkReady,
        Self::Validated,
        Self::Cutover,
        Self::Hypercare,
        Self::Live,
        Self::Closed,
    ];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::NetworkReady => "network-ready",
            Self::Validated => "validated",
            Self::Cutover => "cutover",
            Self::Hypercare => "hypercare",
            Self::Live => "live",
            Self::Closed => "closed",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NetworkReady => "network ready",
            other => other.word(),
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == text.trim())
    }

    /// The one after it.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Planned => Some(Self::NetworkReady),
            Self::NetworkReady => Some(Self::Validated),
            Self::Validated => Some(Self::Cutover),
            Self::Cutover => Some(Self::Hypercare),
            Self::Hypercare => Some(Self::Live),
            Self::Live => Some(Self::Closed),
            Self::Closed => None,
        }
    }

    /// The one to which it can be taken back: what is in service is not planned again.
    pub const fn previous(self) -> Option<Self> {
        match self {
            Self::NetworkReady => Some(Self::Planned),
            Self::Validated => Some(Self::NetworkReady),
            Self::Cutover => Some(Self::Validated),
            Self::Planned | Self::Hypercare | Self::Live | Self::Closed => None,
        }
    }
}

/// Somebody answers for the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Everything that a stage is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// All steps of the opening.
    pub steps: Vec<Step>,
    /// Voice segments and how their gates stand.
    pub gates: Vec<(String, GateStatus)>,
    /// The plan of the cutover.
    pub cutover: Cutover,
    /// Lines that stand.
    pub lines: usize,
    /// Those of them that are accepted.
    pub accepted: usize,
    /// The share of accepted lines that `live` takes, in percent.
    pub share: u8,
    /// Open cases that nobody has taken.
    pub unowned_cases: i64,
    /// Who answers for the service; empty while nobody is named.
    pub service_owner: String,
    /// That they have said yes.
    pub signed: Option<SignOff>,
}

fn lacks(subject: &str, detail: impl Into<String>) -> Finding {
    Finding::new(Code::SiteNotReady, subject).detail(detail)
}

/// What stands against a site being in this stage; nothing when it may.
pub fn can(stage: Stage, facts: &Facts) -> Vec<Finding> {
    match stage {
        Stage::NetworkReady => {
            open_steps(facts, &[StepKind::Isp, StepKind::Power, StepKind::Cabling, StepKind::Network])
        }
        Stage::Validated => gates(facts),
        Stage::Cutover => {
            let mut findings = gates(facts);
            findings.extend(open_steps(facts, &[StepKind::Delivery, StepKind::Accounts, StepKind::Porting]));
            findings.extend(facts.cutover.against_going());
            findings
        }
        Stage::Hypercare => {
            let unfinished = facts.cutover.unfinished();
            unfinished.map(|step| lacks("cutover", format!("`{}` has not ended.", step.title))).collect()
        }
        Stage::Live => live(facts),
        Stage::Closed if facts.lines > 0 => {
            vec![lacks("lines", format!("{} lines stand.", facts.lines))]
        }
        Stage::Planned | Stage::Closed => vec![],
    }
}

fn open_steps(facts: &Facts, needed: &[StepKind]) -> Vec<Finding> {
    let open = facts.steps.iter().filter(|step| needed.contains(&step.kind) && step.is_open());
    open.map(|step| {
        let owner = if step.owner.is_empty() { "nobody" } else { &step.owner };
        lacks(step.kind.title(), format!("The step is open; its owner is {owner}."))
    })
    .collect()
}

fn gates(facts: &Facts) -> Vec<Finding> {
    if facts.gates.is_empty() {
        return vec![lacks("segments", "The site has no voice segment.")];
    }
    let shut = facts.gates.iter().filter(|(_, status)| !matches!(status, GateStatus::Open { .. }));
    shut.map(|(segment, status)| {
        let how = match status {
            GateStatus::Expired { since } => format!("expired {since}"),
            _ => "shut".to_owned(),
        };
        lacks(&format!("segment {segment}"), format!("Its gate is {how}."))
    })
    .collect()
}

fn live(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let share = acceptance::share(facts.accepted, facts.lines);
    if facts.lines == 0 {
        findings.push(lacks("acceptance", "No line stands."));
    } else if share < usize::from(facts.share) {
        let detail = format!(
            "{} of {} lines are accepted, {share} %; {} % are asked for.",
            facts.accepted, facts.lines, facts.share
        );
        findings.push(lacks("acceptance", detail));
    }
    if facts.unowned_cases > 0 {
        let detail = format!("{} open cases have no owner.", facts.unowned_cases);
        findings.push(lacks("exceptions", detail));
    }
    match (&facts.signed, facts.service_owner.as_str()) {
        (_, "") => findings.push(lacks("service owner", "Nobody is named.")),
        (Some(signed), owner) if signed.by == owner => {}
        (_, owner) => findings.push(lacks("service owner", format!("{owner} has not signed off."))),
    }
    findings
}

/// The next stage, or everything that stands against it.
pub fn advance(stage: Stage, facts: &Facts) -> Result<Stage, Vec<Finding>> {
    let next = stage.next().ok_or_else(|| {
        vec![
            Finding::new(Code::RequestState, "stage").detail("The site is closed; nothing comes after that."),
        ]
    })?;
    let findings = can(next, facts);
    if findings.is_empty() { Ok(next) } else { Err(findings) }
}

/// The stage before, or why the site cannot go back.
pub fn back(stage: Stage, facts: &Facts) -> Result<Stage, Finding> {
    let refuse = |detail: String| Finding::new(Code::RequestState, "stage").detail(detail);
    let previous = stage
        .previous()
        .ok_or_else(|| refuse(format!("A site that is {} is not taken back.", stage.title())))?;
    match facts.cutover.against_going_back().filter(|_| stage == Stage::Cutover) {
        Some(finding) => Err(finding),
        None => Ok(previous),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{
        cutover::{Decision, Pace, Timed},
        step::{Progress, all},
    };
    use proptest::prelude::*;

    fn ready() -> Facts {
        let done = Progress::Done { at: Timestamp(0), by: "ada".to_owned() };
        let pace = Pace::Ended { began: Timestamp(0), ended: Timestamp(1) };
        let step = Timed {
            number: 1,
            title: "switch the trunk".to_owned(),
            owner: "linus".to_owned(),
            planned: Timestamp(0),
            minutes: 10,
            back_out: true,
            pace,
        };
        let go = Decision { go: true, by: "ada".into(), at: Timestamp(0), reason: "ready".into() };
        Facts {
            steps: all(vec![]).into_iter().map(|s| Step { progress: done.clone(), ..s }).collect(),
            gates: vec![("voice".to_owned(), GateStatus::Open { until: Timestamp(9) })],
            cutover: Cutover { steps: vec![step], on_call: "grace".to_owned(), decision: Some(go) },
            lines: 20,
            accepted: 19,
            share: 95,
            unowned_cases: 0,
            service_owner: "susan".to_owned(),
            signed: Some(SignOff { by: "susan".to_owned(), at: Timestamp(0) }),
        }
    }

    fn reopen(facts: &mut Facts, kind: StepKind) {
        let step = facts.steps.iter_mut().find(|s| s.kind == kind).unwrap();
        step.progress = Progress::Open;
    }

    #[test]
    fn a_site_that_has_everything_goes_from_stage_to_stage() {
        let (facts, mut stage, mut seen) = (ready(), Stage::Planned, vec![]);
        while let Ok(next) = advance(stage, &facts) {
            seen.push(next.title());
            stage = next;
        }
        assert_eq!(seen, ["network ready", "validated", "cutover", "hypercare", "live"]);
        assert_eq!(can(Stage::Closed, &facts)[0].detail, "20 lines stand.");
        assert_eq!(advance(Stage::Live, &Facts { lines: 0, ..facts.clone() }), Ok(Stage::Closed));
        assert_eq!(advance(Stage::Closed, &facts).unwrap_err()[0].code, Code::RequestState);
    }

    #[test]
    fn each_stage_names_what_it_lacks() {
        type Break = fn(&mut Facts);
        let cases: [(Stage, Break, &str, &str); 13] = [
            (
                Stage::NetworkReady,
                |f| reopen(f, StepKind::Power),
                "Power",
                "The step is open; its owner is nobody.",
            ),
            (Stage::Validated, |f| f.gates.clear(), "segments", "The site has no voice segment."),
            (
                Stage::Validated,
                |f| f.gates[0].1 = GateStatus::Shut(vec![]),
                "segment voice",
                "Its gate is shut.",
            ),
            (
                Stage::Validated,
                |f| f.gates[0].1 = GateStatus::Expired { since: Timestamp(0) },
                "segment voice",
                "Its gate is expired 1970-01-01T00:00:00Z.",
            ),
            (
                Stage::Cutover,
                |f| reopen(f, StepKind::Porting),
                "Porting of numbers",
                "The step is open; its owner is nobody.",
            ),
            (Stage::Cutover, |f| f.cutover.decision = None, "cutover", "Nobody has decided go or no-go."),
            (Stage::Cutover, |f| f.cutover.on_call.clear(), "cutover", "No approver is on call."),
            (
                Stage::Hypercare,
                |f| f.cutover.steps[0].pace = Pace::Waiting,
                "cutover",
                "`switch the trunk` has not ended.",
            ),
            (
                Stage::Live,
                |f| f.accepted = 18,
                "acceptance",
                "18 of 20 lines are accepted, 90 %; 95 % are asked for.",
            ),
            (Stage::Live, |f| (f.lines, f.accepted) = (0, 0), "acceptance", "No line stands."),
            (Stage::Live, |f| f.unowned_cases = 2, "exceptions", "2 open cases have no owner."),
            (Stage::Live, |f| f.service_owner.clear(), "service owner", "Nobody is named."),
            (
                Stage::Live,
                |f| f.service_owner = "alan".to_owned(),
                "service owner",
                "alan has not signed off.",
            ),
        ];
        for (stage, spoil, subject, detail) in cases {
            let mut facts = ready();
            assert_eq!(can(stage, &facts), [], "{stage:?}");
            spoil(&mut facts);
            assert_eq!(can(stage, &facts), [lacks(subject, detail)], "{stage:?}");
        }
    }

    #[test]
    fn a_site_goes_back_before_its_back_out_point_and_never_out_of_service() {
        let mut facts = ready();
        assert_eq!(back(Stage::Validated, &facts), Ok(Stage::NetworkReady));
        assert!(back(Stage::Cutover, &facts).unwrap_err().detail.contains("back-out point"));
        facts.cutover.steps[0].pace = Pace::Waiting;
        assert_eq!(back(Stage::Cutover, &facts), Ok(Stage::Validated));
        for stage in [Stage::Planned, Stage::Hypercare, Stage::Live, Stage::Closed] {
            assert_eq!(back(stage, &facts).unwrap_err().code, Code::RequestState, "{stage:?}");
        }
    }

    proptest! {
        #[test]
        fn a_site_never_comes_where_it_may_not_be(
            lines in 0usize..30, accepted in 0usize..30, share in 0u8..=100, cases in 0i64..3, signed: bool, gate: bool,
        ) {
            let mut facts = Facts { lines, accepted: accepted.min(lines), share, unowned_cases: cases, ..ready() };
            if !signed { facts.signed = None; }
            if !gate { facts.gates[0].1 = GateStatus::Shut(vec![]); }
            for stage in Stage::ALL {
                if let Ok(next) = advance(stage, &facts) {
                    prop_assert!(can(next, &facts).is_empty());
                    prop_assert_eq!(Some(next), stage.next());
                }
            }
            let reached = advance(Stage::Hypercare, &facts).is_ok();
            let enough = lines > 0 && facts.accepted * 100 / lines.max(1) >= usize::from(share);
            prop_assert_eq!(reached, enough && cases == 0 && signed);
        }
    }
}
