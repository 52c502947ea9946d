//! Standing requests: binds that were asked for one by one are applied by themselves, as far as all of them together
//! were approved.

use super::check_common;
use crate::{Code, Finding, Severity, Timestamp, number::ExtensionNumber, time::DAY};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Binds that one standing request may make.
const MOST: u32 = 500;
/// It stands for an opening, not for good.
const LONGEST: i64 = 180 * DAY;

/// Whose lines may be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owners {
    /// Anybody's.
    Any,
    /// Those of people.
    People,
    /// Those of places.
    Places,
}

impl Owners {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Any, Self::People, Self::Places];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::People => "people",
            Self::Places => "places",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owners| owners.word() == text.trim())
    }
}

/// A request that binds by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// What people call it.
    pub name: String,
    /// Code of the site.
    pub site: String,
    /// Models as the inventory names them, in lower case; empty is any.
    pub models: BTreeSet<String>,
    /// First extension.
    pub first: ExtensionNumber,
    /// Last extension.
    pub last: ExtensionNumber,
    /// Whose lines.
    pub owners: Owners,
    /// How many binds in all.
    pub count: u32,
    /// Before this moment.
    pub until: Timestamp,
    /// The first finding of this weight stops it.
    pub stops_at: Severity,
}

/// A bind that was asked for and submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Code of the site.
    pub site: String,
    /// Model of the device.
    pub model: String,
    /// The extension.
    pub extension: ExtensionNumber,
    /// Whether a person, or else a place, answers for it; `None` for nobody.
    pub person: Option<bool>,
}

/// Why a standing request is at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It has bound as many as it may.
    Count,
    /// Its date has come.
    Date,
    /// A finding was grave enough.
    Finding(Finding),
}

impl Stop {
    /// In words, for people and for the record.
    pub fn words(&self) -> String {
        match self {
            Self::Count => "It has bound as many as it may.".to_owned(),
            Self::Date => "Its date has come.".to_owned(),
            Self::Finding(finding) => format!("{} {finding}", finding.code.text()),
        }
    }
}

impl Standing {
    pub(super) fn check(&self, now: Timestamp) -> Vec<Finding> {
        let mut findings = check_common(&self.name, self.until, LONGEST, now);
        let mut wrong = |subject: &str, detail: String| {
            findings.push(Finding::new(Code::AdvanceInvalid, subject).detail(detail));
        };
        if !within(&self.first, &self.last, &self.last) {
            wrong("numbers", format!("{} to {} is no range.", self.first, self.last));
        }
        if !(1..=MOST).contains(&self.count) {
            wrong("count", format!("It binds 1 to {MOST} devices."));
        }
        if self.stops_at == Severity::Note {
            wrong("stops at", "Notes are part of ordinary work; it would stop at once.".to_owned());
        }
        findings
    }

    pub(super) fn words(&self) -> String {
        let models = if self.models.is_empty() {
            "any model".to_owned()
        } else {
            self.models.iter().cloned().collect::<Vec<_>>().join(", ")
        };
        format!(
            "{}: binds at {} of {models}, extensions {} to {}, owners: {}, at most {}, until {}; stops at the first finding that is {}",
            self.name,
            self.site,
            self.first,
            self.last,
            self.owners.word(),
            self.count,
            self.until,
            self.stops_at.word()
        )
    }

    /// Every reason why this bind is not what was approved.
    pub fn outside(&self, candidate: &Candidate) -> Vec<Finding> {
        let mut findings = vec![];
        let mut wrong = |subject: &str, detail: String| {
            findings.push(Finding::new(Code::AdvanceOutside, subject).detail(detail));
        };
        if self.site != candidate.site {
            wrong("site", format!("It is for {}.", self.site));
        }
        if !self.models.is_empty() && !self.models.contains(&candidate.model.to_lowercase()) {
            wrong("model", format!("It is not for {}.", candidate.model));
        }
        if !within(&self.first, &self.last, &candidate.extension) {
            wrong(
                "extension",
                format!("{} is not from {} to {}.", candidate.extension, self.first, self.last),
            );
        }
        let owner = match (self.owners, candidate.person) {
            (Owners::Any, Some(_)) | (Owners::People, Some(true)) | (Owners::Places, Some(false)) => true,
            (_, _) => false,
        };
        if !owner {
            wrong("owner", format!("It is for lines of: {}.", self.owners.word()));
        }
        findings
    }

    /// Whether it is at its end before anything else is looked at.
    pub fn ended(&self, used: u32, now: Timestamp) -> Option<Stop> {
        if self.until <= now {
            Some(Stop::Date)
        } else if used >= self.count {
            Some(Stop::Count)
        } else {
            None
        }
    }

    /// What these findings about one bind mean: it can be applied, it waits for facts to turn true, or all of it stops.
    pub fn judge(&self, findings: &[Finding]) -> Result<bool, Stop> {
        let grave =
            |finding: &&Finding| !turns_true(finding.code) && finding.code.severity() >= self.stops_at;
        match findings.iter().find(grave) {
            Some(finding) => Err(Stop::Finding(finding.clone())),
            None => Ok(!findings.iter().any(Finding::blocks)),
        }
    }
}

/// Digits of one length stand in the order of their numbers.
fn within(first: &ExtensionNumber, last: &ExtensionNumber, number: &ExtensionNumber) -> bool {
    let digits = |number: &ExtensionNumber| number.to_string().len();
    first <= number && number <= last && digits(first) == digits(number) && digits(number) == digits(last)
}

/// What is merely not the case yet when a site is being opened: a standing request waits for it. Everything else is a
/// reason to look.
const fn turns_true(code: Code) -> bool {
    matches!(
        code,
        Code::ApprovalMissing
            | Code::GateNotOpen
            | Code::GateExpired
            | Code::GateEvidenceMissing
            | Code::OwnerNotActive
            | Code::ExtensionDisabled
            | Code::EmergencyMissing
            | Code::SegmentUnknown
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Change = (&'static str, fn(&mut Candidate));
    type Spoil = (&'static str, fn(&mut Standing));

    fn number(text: &str) -> ExtensionNumber {
        ExtensionNumber::parse(text).unwrap()
    }

    fn standing() -> Standing {
        Standing {
            name: "Third floor".into(),
            site: "lon".into(),
            models: ["t46u".to_owned()].into(),
            first: number("2100"),
            last: number("2199"),
            owners: Owners::People,
            count: 10,
            until: Timestamp(100),
            stops_at: Severity::Blocking,
        }
    }

    fn candidate() -> Candidate {
        Candidate { site: "lon".into(), model: "T46U".into(), extension: number("2101"), person: Some(true) }
    }

    #[test]
    fn what_is_outside_is_named() {
        assert_eq!(standing().outside(&candidate()), []);
        let changes: [Change; 6] = [
            ("site", |c| c.site = "par".into()),
            ("model", |c| c.model = "T33G".into()),
            ("extension", |c| c.extension = number("2200")),
            ("extension", |c| c.extension = number("21015")),
            ("owner", |c| c.person = Some(false)),
            ("owner", |c| c.person = None),
        ];
        for (subject, change) in changes {
            let mut other = candidate();
            change(&mut other);
            let found = standing().outside(&other);
            assert_eq!(found.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), [subject]);
        }
    }

    #[test]
    fn it_waits_for_what_turns_true_and_stops_at_what_does_not() {
        use Code::{
            DeviceQuarantined, EmergencyUnbound, ExtensionTaken, GateNotOpen, OwnerNotActive, SettingLocked,
        };
        let judge = |codes: &[Code], stops_at| {
            let findings: Vec<_> = codes.iter().map(|code| Finding::new(*code, "x")).collect();
            Standing { stops_at, ..standing() }.judge(&findings).map_err(|stop| match stop {
                Stop::Finding(finding) => finding.code,
                other => unreachable!("{other:?}"),
            })
        };
        for (codes, stops_at, expected) in [
            (&[][..], Severity::Blocking, Ok(true)),
            (&[EmergencyUnbound], Severity::Blocking, Ok(true)),
            (&[GateNotOpen, OwnerNotActive], Severity::Blocking, Ok(false)),
            (&[GateNotOpen, OwnerNotActive], Severity::Warning, Ok(false)),
            (&[GateNotOpen, ExtensionTaken], Severity::Blocking, Err(ExtensionTaken)),
            (&[DeviceQuarantined], Severity::Blocking, Err(DeviceQuarantined)),
            (&[SettingLocked], Severity::Blocking, Ok(true)),
            (&[SettingLocked], Severity::Warning, Err(SettingLocked)),
        ] {
            assert_eq!(judge(codes, stops_at), expected, "{codes:?} {stops_at:?}");
        }
    }

    #[test]
    fn it_is_checked_before_it_is_proposed() {
        assert_eq!(standing().check(Timestamp(0)), []);
        let cases: [Spoil; 6] = [
            ("name", |s| s.name = String::new()),
            ("until", |s| s.until = Timestamp(0)),
            ("numbers", |s| s.last = number("2000")),
            ("numbers", |s| s.last = number("21999")),
            ("count", |s| s.count = 0),
            ("stops at", |s| s.stops_at = Severity::Note),
        ];
        for (subject, spoil) in cases {
            let mut wrong = standing();
            spoil(&mut wrong);
            let found = wrong.check(Timestamp(0));
            assert_eq!(found.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), [subject]);
        }
    }

    proptest! {
        /// Whatever is found, nothing that blocks is ever applied, and nothing after its count or its date.
        #[test]
        fn nothing_that_blocks_is_applied(picks in proptest::collection::vec(0..Code::ALL.len(), 0..5), warning: bool, used in 0u32..20, now in 0i64..200) {
            let stops_at = if warning { Severity::Warning } else { Severity::Blocking };
            let standing = Standing { stops_at, ..standing() };
            let findings: Vec<_> = picks.into_iter().map(|n| Finding::new(Code::ALL[n], "x")).collect();
            if standing.judge(&findings) == Ok(true) {
                prop_assert!(!findings.iter().any(Finding::blocks));
            }
            prop_assert_eq!(standing.ended(used, Timestamp(now)).is_none(), used < 10 && now < 100);
        }
    }
}
