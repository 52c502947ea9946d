//! Classes of service: how far somebody may call.

use crate::{Code, Finding};
use serde::{Deserialize, Serialize};

/// Classes that say how far calls may go, each further than the one before.
pub const LADDER: [&str; 4] = ["internal", "local", "national", "international"];
/// Characters of a class.
const LONGEST: usize = 40;

/// A class of service, as the platform calls it; empty where nobody has said any.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassOfService(String);

impl ClassOfService {
    /// Reads a class; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Finding> {
        let text = text.trim();
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            let detail = format!("At most {LONGEST} characters.");
            return Err(Finding::new(Code::FieldTooLong, "class").detail(detail));
        }
        Ok(Self(text.to_owned()))
    }

    /// How far it stands up the ladder; `None` for a class that says nothing about it.
    fn step(&self) -> Option<usize> {
        LADDER.iter().position(|word| self.0.eq_ignore_ascii_case(word))
    }

    /// Whether somebody may call further with the class `after` than with this one. What is not known to be as near is
    /// taken for further: a name outside the ladder says nothing that could be compared.
    pub fn raised_by(&self, after: &Self) -> bool {
        match (self.step(), after.step()) {
            (Some(before), Some(after)) => after > before,
            _ => self != after,
        }
    }

    /// In words, for people and for the record.
    pub fn describe(&self) -> String {
        if self.0.is_empty() {
            "no class of service".to_owned()
        } else {
            format!("class of service {}", self.0)
        }
    }
}

impl AsRef<str> for ClassOfService {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClassOfService {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|finding| finding.to_string())
    }
}

impl From<ClassOfService> for String {
    fn from(class: ClassOfService) -> Self {
        class.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(text: &str) -> ClassOfService {
        ClassOfService::parse(text).unwrap()
    }

    #[test]
    fn further_is_further_and_what_nobody_can_compare_is_taken_for_it() {
        let table = [
            ("internal", "national", true),
            ("national", "International", true),
            ("international", "national", false),
            ("national", "national", false),
            ("national", "National", false),
            ("", "internal", true),
            ("national", "", true),
            ("national", "executive", true),
            ("executive", "internal", true),
            ("executive", "executive", false),
            ("", "", false),
        ];
        for (before, after, raised) in table {
            assert_eq!(class(before).raised_by(&class(after)), raised, "{before} to {after}");
        }
        assert!(ClassOfService::parse(&"x".repeat(LONGEST + 1)).is_err());
        assert!(ClassOfService::parse("national\ninternal").is_err());
    }

    proptest! {
        #[test]
        fn no_way_round_gets_further_without_being_raised(steps in prop::collection::vec(0..LADDER.len(), 2..6)) {
            let classes: Vec<_> = steps.iter().map(|step| class(LADDER[*step])).collect();
            let raised = classes.windows(2).any(|pair| pair[0].raised_by(&pair[1]));
            let further = steps.windows(2).any(|pair| pair[1] > pair[0]);
            prop_assert_eq!(raised, further);
            prop_assert!(raised || steps.last() <= steps.first());
        }
    }
}
