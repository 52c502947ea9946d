//! Exceptions to the layers as small typed forms (requirement C3): each is a layer of one device with an owner, a
//! reason and, where it is temporary, an end. Nothing is forked.
//!
//! What the platform routes is not ours: an exception says what this phone shows and does with calls.

use crate::{
    Code, Finding, Timestamp,
    ids::DeviceId,
    layer::Level,
    setting::{Path, Value},
    time::DAY,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is different on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Form {
    /// One of its own lines appears on another key as well.
    ExtraAppearance {
        /// Programmable key, from 1.
        key: u8,
        /// Line, from 1.
        line: u8,
        /// What the key is called; empty for the line's own label.
        label: String,
    },
    /// A key shows another ring group, and picks its calls up.
    RingGroup {
        /// Programmable key, from 1.
        key: u8,
        /// The group's number.
        number: String,
        /// What the key is called.
        label: String,
    },
    /// Calls to a line go elsewhere while other hours hold.
    Hours {
        /// Line, from 1.
        line: u8,
        /// Where they go.
        number: String,
    },
    /// Calls that nobody takes go on to the next member.
    HuntGroup {
        /// Line, from 1.
        line: u8,
        /// The next member's number.
        number: String,
        /// Seconds until then.
        seconds: u8,
    },
    /// The phone is held to the settings of one of its earlier revisions; asked for by a form of its own.
    Return {
        /// The number of the revision.
        revision: u32,
    },
}

/// What somebody typed, before it is read.
#[derive(Clone, Debug, Default)]
pub struct Typed<'a> {
    /// Word of the kind.
    pub kind: &'a str,
    /// Key.
    pub key: &'a str,
    /// Line.
    pub line: &'a str,
    /// Number.
    pub number: &'a str,
    /// Label.
    pub label: &'a str,
    /// Seconds.
    pub seconds: &'a str,
}

impl Form {
    /// Words and titles of the kinds, and whether one must end.
    pub const KINDS: [(&'static str, &'static str, bool); 4] = [
        ("extra-appearance", "Extra line appearance", false),
        ("ring-group", "Other ring group", false),
        ("hours", "Other hours", true),
        ("hunt-group", "Temporary hunt group", true),
    ];

    /// Reads what was typed; everything that is wrong is said at once.
    pub fn read(typed: &Typed<'_>) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let index = |name: &str, text: &str, findings: &mut Vec<Finding>| {
            let read = text.trim().parse::<u8>().ok().filter(|n| *n > 0);
            if read.is_none() {
                findings.push(Finding::new(Code::FormInvalid, name).detail("A number from 1 on."));
            }
            read.unwrap_or(1)
        };
        let number = |findings: &mut Vec<Finding>| {
            let text = typed.number.trim();
            let dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#');
            if text.is_empty() || text.len() > 20 || !text.chars().all(dialled) {
                let detail = "At most 20 of 0 to 9, +, * and #.";
                findings.push(Finding::new(Code::FormInvalid, "number").detail(detail));
            }
            text.to_owned()
        };
        let label = |findings: &mut Vec<Finding>| {
            let text = typed.label.trim();
            if text.len() > 60 || text.chars().any(char::is_control) || text.contains("{{") {
                let detail = "At most 60 characters, without an expression.";
                findings.push(Finding::new(Code::FormInvalid, "label").detail(detail));
            }
            text.to_owned()
        };
        let form = match typed.kind.trim() {
            "extra-appearance" => Self::ExtraAppearance {
                key: index("key", typed.key, &mut findings),
                line: index("line", typed.line, &mut findings),
                label: label(&mut findings),
            },
            "ring-group" => Self::RingGroup {
                key: index("key", typed.key, &mut findings),
                number: number(&mut findings),
                label: label(&mut findings),
            },
            "hours" => {
                Self::Hours { line: index("line", typed.line, &mut findings), number: number(&mut findings) }
            }
            "hunt-group" => Self::HuntGroup {
                line: index("line", typed.line, &mut findings),
                number: number(&mut findings),
                seconds: {
                    let read = typed.seconds.trim().parse::<u8>().ok().filter(|n| (5..=120).contains(n));
                    if read.is_none() {
                        findings.push(Finding::new(Code::FormInvalid, "seconds").detail("5 to 120."));
                    }
                    read.unwrap_or(20)
                },
            },
            _ => return Err(vec![Finding::new(Code::StateInvalid, "kind")]),
        };
        if findings.is_empty() { Ok(form) } else { Err(findings) }
    }

    /// The word in addresses and the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::ExtraAppearance { .. } => "extra-appearance",
            Self::RingGroup { .. } => "ring-group",
            Self::Hours { .. } => "hours",
            Self::HuntGroup { .. } => "hunt-group",
            Self::Return { .. } => "return",
        }
    }

    /// The revision to which it holds the phone, when it is a return.
    pub const fn revision(&self) -> Option<u32> {
        match self {
            Self::Return { revision } => Some(*revision),
            _ => None,
        }
    }

    /// How specific the layer is that it makes.
    pub const fn level(&self) -> Level {
        if self.revision().is_some() { Level::Pin } else { Level::Exception }
    }

    /// What people read.
    pub fn title(&self) -> &'static str {
        let kind = Self::KINDS.iter().find(|(word, ..)| *word == self.word());
        kind.map_or("Return to earlier settings", |(_, title, _)| title)
    }

    /// Whether it must end.
    pub fn temporary(&self) -> bool {
        // Nobody is kept from what is published for ever.
        self.revision().is_some() || Self::KINDS.iter().any(|(word, _, ends)| *word == self.word() && *ends)
    }

    /// The settings that it makes; those of a return are its revision's, see [`super::pin::settings`].
    pub fn settings(&self) -> BTreeMap<Path, Value> {
        let text = |text: &str| Value::Text(text.to_owned());
        let small = |number: u8| Value::Number(i64::from(number));
        let (prefix, pairs) = match self {
            Self::Return { .. } => return BTreeMap::new(),
            Self::ExtraAppearance { key, line, label } => (
                format!("keys.{key}"),
                vec![("type", text("line")), ("line", small(*line)), ("label", text(label))],
            ),
            Self::RingGroup { key, number, label } => (
                format!("keys.{key}"),
                vec![("type", text("blf")), ("value", text(number)), ("label", text(label))],
            ),
            Self::Hours { line, number } => (format!("line.{line}.forward"), vec![("always", text(number))]),
            Self::HuntGroup { line, number, seconds } => (
                format!("line.{line}.forward"),
                vec![("no_answer", text(number)), ("no_answer_seconds", small(*seconds))],
            ),
        };
        pairs
            .into_iter()
            .filter(|(_, value)| *value != text(""))
            .filter_map(|(name, value)| Some((Path::parse(&format!("{prefix}.{name}")).ok()?, value)))
            .collect()
    }

    /// In one line, for people and for the record.
    pub fn says(&self) -> String {
        match self {
            Self::ExtraAppearance { key, line, .. } => format!("line {line} also on key {key}"),
            Self::RingGroup { key, number, .. } => format!("ring group {number} on key {key}"),
            Self::Hours { line, number } => format!("calls of line {line} go to {number}"),
            Self::HuntGroup { line, number, seconds } => {
                format!("calls of line {line} that nobody takes in {seconds} seconds go to {number}")
            }
            Self::Return { revision } => format!("held to the settings of revision {revision}"),
        }
    }
}

/// An exception: whose, what, who answers for it, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The phone.
    pub device: DeviceId,
    /// What is different.
    pub form: Form,
    /// Who answers for it, by name.
    pub owner: String,
    /// When it ends; `None`: not by itself.
    pub expires: Option<Timestamp>,
}

/// Within this time before its end, an exception is named.
pub const SOON: i64 = 7 * DAY;

impl Exception {
    /// All of it in words, for people, for the record and for what is signed.
    pub fn describe(&self) -> String {
        let settings: Vec<_> =
            self.form.settings().iter().map(|(path, value)| format!("{path} = {value}")).collect();
        let until =
            self.expires.map_or_else(|| "it does not end by itself".to_owned(), |at| format!("until {at}"));
        format!("{}; {until}; {} answers for it; {}", self.form.says(), self.owner, settings.join(", "))
    }

    /// Everything that keeps it from being asked for.
    pub fn check(&self, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        let owner = self.owner.trim();
        if owner.is_empty() {
            findings.push(Finding::new(Code::FieldMissing, "owner"));
        } else if owner.len() > 200 || owner.chars().any(char::is_control) {
            findings.push(Finding::new(Code::FieldTooLong, "owner"));
        }
        if self.form.temporary() && self.expires.is_none() {
            findings.push(Finding::new(Code::FieldMissing, "expires").detail("It is temporary."));
        }
        if self.expires.is_some_and(|at| at <= now) {
            findings.push(Finding::new(Code::FormInvalid, "expires").detail("It has passed."));
        }
        findings
    }
}

/// Whether its end is near, and how it is said.
pub fn expiring(subject: &str, expires: Option<Timestamp>, now: Timestamp) -> Option<Finding> {
    let at = expires.filter(|at| *at <= now.plus(SOON))?;
    Some(Finding::new(Code::ExceptionExpires, subject).detail(format!("At {at}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::schema;
    use proptest::prelude::*;

    #[test]
    fn a_form_makes_settings_that_exist() {
        let typed =
            Typed { key: "9", line: "1", number: "2110", label: "Sales", seconds: "20", ..Typed::default() };
        for (kind, _, temporary) in Form::KINDS {
            let form = Form::read(&Typed { kind, ..typed.clone() }).unwrap();
            assert_eq!((form.word(), form.temporary()), (kind, temporary));
            assert!(!form.settings().is_empty());
            for (path, value) in form.settings() {
                assert_eq!(schema::check(&path, &value), None, "{path}");
                assert_eq!(schema::reserved(&path), None, "{path}");
            }
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let typed = Typed { kind: "hunt-group", line: "0", number: "no", seconds: "200", ..Typed::default() };
        let wrong: Vec<_> = Form::read(&typed).unwrap_err().into_iter().map(|f| f.subject).collect();
        assert_eq!(wrong, ["line", "number", "seconds"]);
        assert!(Form::read(&Typed::default()).is_err());
        let form = Form::Hours { line: 1, number: "2110".to_owned() };
        let exception =
            Exception { device: DeviceId(uuid::Uuid::nil()), form, owner: String::new(), expires: None };
        let subjects: Vec<_> = exception.check(Timestamp(DAY)).into_iter().map(|f| f.subject).collect();
        assert_eq!(subjects, ["owner", "expires"]);
        let past = Exception { owner: "Ada".to_owned(), expires: Some(Timestamp(DAY)), ..exception };
        assert_eq!(past.check(Timestamp(DAY))[0].code, Code::FormInvalid);
    }

    proptest! {
        #[test]
        fn it_is_said_from_a_week_before_its_end_on(expires: i16, now: i16) {
            let (expires, now) = (Timestamp(i64::from(expires) * DAY), Timestamp(i64::from(now) * DAY));
            let said = expiring("x", Some(expires), now).is_some();
            prop_assert_eq!(said, expires.0 - now.0 <= SOON);
            prop_assert_eq!(expiring("x", None, now), None);
        }
    }
}
