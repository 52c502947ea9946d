//! Rules: when an approval is asked for, and of whom. They are data, and versioned as a whole.

use crate::{
    Code, Finding,
    artifact::Digest,
    authz::{Action, Role},
    plan::Kind,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody wants approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// A change request of this kind, or one that does this among other things.
    Change(Kind),
    /// Another version of a layer.
    Layer,
    /// Other approval rules.
    Rules,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 15] = [
        Self::Change(Kind::Bind),
        Self::Change(Kind::Unbind),
        Self::Change(Kind::Move),
        Self::Change(Kind::Swap),
        Self::Change(Kind::Replace),
        Self::Change(Kind::NumberChange),
        Self::Change(Kind::ProfileChange),
        Self::Change(Kind::GroupChange),
        Self::Change(Kind::ClassChange),
        Self::Change(Kind::ScheduleChange),
        Self::Change(Kind::Exception),
        Self::Change(Kind::Relocation),
        Self::Change(Kind::Bulk),
        Self::Layer,
        Self::Rules,
    ];

    /// The word in forms and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Change(kind) => kind.word(),
            Self::Layer => "layer",
            Self::Rules => "approval-rules",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.word() == text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.word().to_owned()
    }
}

impl TryFrom<String> for Subject {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or(text)
    }
}

/// What a plan touches, as far as rules ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touches {
    /// What is done.
    pub subjects: BTreeSet<Subject>,
    /// Codes of the sites.
    pub sites: BTreeSet<String>,
    /// Devices that get other bytes.
    pub devices: u32,
    /// Whether a key that has a number gets another one.
    pub number_change: bool,
    /// Whether somebody may call further than before.
    pub class_raised: bool,
    /// Classes of service of the lines, such as `executive` or `emergency`.
    pub classes: BTreeSet<String>,
}

/// When a rule asks: everything that is said has to be the case; nothing said is always the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Any of these; empty is any change request, and never the rules, which have to be named.
    pub subjects: BTreeSet<Subject>,
    /// At any of these sites; empty is everywhere.
    pub sites: BTreeSet<String>,
    /// From this many devices on; 0 is any number.
    pub devices: u32,
    /// A key gets another number.
    pub number_change: bool,
    /// Somebody may call further than before.
    pub class_raised: bool,
    /// A line has one of these classes of service; empty is any.
    pub classes: BTreeSet<String>,
}

impl Condition {
    /// What makes it the case, in words; `None` when it is not the case.
    pub fn met(&self, touches: &Touches) -> Option<Vec<String>> {
        let mut facts = Vec::new();
        let subjects: Vec<_> = if self.subjects.is_empty() {
            touches.subjects.iter().filter(|s| !matches!(s, Subject::Rules)).collect()
        } else {
            touches.subjects.intersection(&self.subjects).collect()
        };
        if subjects.is_empty() {
            return None;
        }
        let words: Vec<_> = subjects.into_iter().map(|s| s.word()).collect();
        facts.push(format!("it is {}", words.join(", ")));
        if !self.sites.is_empty() {
            facts.push(format!("it is at {}", common(&self.sites, &touches.sites)?));
        }
        if self.devices > 0 {
            if touches.devices < self.devices {
                return None;
            }
            facts.push(format!("it touches {} devices (from {})", touches.devices, self.devices));
        }
        if !self.classes.is_empty() {
            facts.push(format!("a line is {}", common(&self.classes, &touches.classes)?));
        }
        for (asked, is, words) in [
            (self.number_change, touches.number_change, "a number changes"),
            (self.class_raised, touches.class_raised, "a class of service is raised"),
        ] {
            if asked && !is {
                return None;
            }
            if asked {
                facts.push(words.to_owned());
            }
        }
        Some(facts)
    }

    /// In words, for people and for the record.
    pub fn words(&self) -> String {
        let join = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        let mut parts = vec![if self.subjects.is_empty() {
            "any change request".to_owned()
        } else {
            self.subjects.iter().map(|s| s.word()).collect::<Vec<_>>().join(", ")
        }];
        if !self.sites.is_empty() {
            parts.push(format!("at {}", join(&self.sites)));
        }
        if self.devices > 0 {
            parts.push(format!("from {} devices", self.devices));
        }
        if !self.classes.is_empty() {
            parts.push(format!("lines that are {}", join(&self.classes)));
        }
        if self.number_change {
            parts.push("a number changes".to_owned());
        }
        if self.class_raised {
            parts.push("a class of service is raised".to_owned());
        }
        parts.join("; ")
    }
}

fn common(asked: &BTreeSet<String>, touched: &BTreeSet<String>) -> Option<String> {
    let both: Vec<_> = asked.intersection(touched).cloned().collect();
    (!both.is_empty()).then(|| both.join(", "))
}

/// Who may answer instead when nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// After this many hours.
    pub hours: u16,
    /// The role that may answer as well from then on.
    pub to: Role,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What people call it.
    pub name: String,
    /// When it asks.
    pub when: Condition,
    /// How many people of which roles.
    pub needs: BTreeMap<Role, u8>,
    /// Days for which an approval counts; `None` is for good.
    pub valid_days: Option<u16>,
    /// Who may answer instead when nobody does.
    pub escalation: Option<Escalation>,
    /// Whether the number of a ticket elsewhere has to be given.
    pub ticket: bool,
}

impl Rule {
    /// What it asks for, in words.
    pub fn asks(&self) -> String {
        let mut parts: Vec<_> =
            self.needs.iter().map(|(role, count)| format!("{count} × {}", role.word())).collect();
        if self.ticket {
            parts.push("a ticket".to_owned());
        }
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(" and ") }
    }

    /// All of it in one line, for the record.
    pub fn words(&self) -> String {
        let valid = self.valid_days.map_or(String::new(), |days| format!("; counts for {days} days"));
        let next = self
            .escalation
            .map_or(String::new(), |e| format!("; after {} hours also {}", e.hours, e.to.word()));
        format!("{}: {} → {}{valid}{next}", self.name, self.when.words(), self.asks())
    }
}

/// Rules that there may be; more than people can keep in mind helps nobody.
const MOST: usize = 20;
/// People of one role that a rule may ask for.
const MOST_PEOPLE: u8 = 3;
/// Days for which an approval may count: what was looked at longer ago than a year was not looked at.
const LONGEST_DAYS: u16 = 365;
/// Hours after which somebody else may answer: a month.
const LONGEST_HOURS: u16 = 720;

/// Everything that keeps these rules from being used.
pub fn check(rules: &[Rule]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    let may = Action::Approve.roles();
    for rule in rules {
        let mut wrong = |detail: &str| {
            findings.push(Finding::new(Code::RuleInvalid, &rule.name).detail(detail));
        };
        if rule.name.trim().is_empty() || rule.name.len() > 100 || rule.name.chars().any(char::is_control) {
            wrong("It needs a name of at most 100 characters.");
        }
        if !names.insert(rule.name.as_str()) {
            wrong("Another rule has its name.");
        }
        if rule.needs.values().any(|count| !(1..=MOST_PEOPLE).contains(count)) {
            wrong("It may ask for one to three people of a role.");
        }
        if rule.needs.is_empty() && !rule.ticket {
            wrong("It asks for nothing.");
        }
        if rule.needs.keys().chain(rule.escalation.as_ref().map(|e| &e.to)).any(|role| !may.contains(role)) {
            wrong("It asks for a role that approves nothing.");
        }
        if rule.valid_days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
            wrong("Approvals may count for 1 to 365 days.");
        }
        if let Some(e) = rule.escalation {
            if !(1..=LONGEST_HOURS).contains(&e.hours) {
                wrong("Somebody else may answer after 1 to 720 hours.");
            }
            if rule.needs.keys().all(|role| *role == e.to) {
                wrong("It escalates to the role that it asks for.");
            }
        }
    }
    if rules.len() > MOST {
        findings.push(Finding::new(Code::RuleInvalid, "rules").detail(format!("There may be {MOST}.")));
    }
    let subjects = BTreeSet::from([Subject::Rules]);
    if super::required(rules, &Touches { subjects, ..Touches::default() }).needs.is_empty() {
        let detail =
            "No rule without other conditions names approval-rules: they could never be changed again.";
        findings.push(Finding::new(Code::RuleInvalid, "rules").detail(detail));
    }
    findings
}

/// What whoever approves other rules signs: the rules, and the version that they replace.
pub fn digest(replaces: u32, rules: &[Rule]) -> Digest {
    let text = serde_json::to_vec(rules).unwrap_or_default();
    let hash = Sha256::new()
        .chain_update(b"ringfence approval rules 1")
        .chain_update(replaces.to_be_bytes())
        .chain_update(text);
    Digest(hash.finalize().into())
}

/// The rules of a new installation: somebody else approves; two do where much or a number changes; rules are proposed
/// by one administrator and approved by another.
pub fn initial() -> Vec<Rule> {
    let rule = |name: &str, when, needs: &[(Role, u8)]| Rule {
        name: name.to_owned(),
        when,
        needs: needs.iter().copied().collect(),
        valid_days: Some(30),
        escalation: None,
        ticket: false,
    };
    let two = [(Role::Approver, 2)];
    vec![
        rule("Somebody else", Condition::default(), &[(Role::Approver, 1)]),
        rule("Many devices", Condition { devices: 20, ..Condition::default() }, &two),
        rule("Number change", Condition { number_change: true, ..Condition::default() }, &two),
        rule(
            "Approval rules",
            Condition { subjects: BTreeSet::from([Subject::Rules]), ..Condition::default() },
            &[(Role::Administrator, 1)],
        ),
    ]
}
