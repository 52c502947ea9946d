//! Reviews: somebody else looks afterwards at what was applied without an approval of its own.

use crate::{Code, Finding, Timestamp, ids::UserId, time::DAY};
use serde::{Deserialize, Serialize};

/// A review is due a day after what it looks at: the next working shift sees it.
pub const DUE: i64 = DAY;

/// What the reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was what it should be.
    InOrder,
    /// It should not have been done so; what follows stands in the note.
    NotInOrder,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 2] = [Self::InOrder, Self::NotInOrder];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InOrder => "in-order",
            Self::NotInOrder => "not-in-order",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InOrder => "in order",
            Self::NotInOrder => "not in order",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == text.trim())
    }
}

/// Whether somebody may review this: nobody reviews what they had a hand in.
pub fn may(reviewer: UserId, hands: &[UserId]) -> Result<(), Finding> {
    if hands.contains(&reviewer) { Err(Finding::new(Code::ApprovalSelf, "review")) } else { Ok(()) }
}

/// What is the matter with a review that is open.
pub fn overdue(subject: &str, due: Timestamp, now: Timestamp) -> Option<Finding> {
    (due <= now).then(|| Finding::new(Code::ReviewOverdue, subject).detail(format!("It was due {due}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_review_is_overdue_from_the_moment_it_is_due() {
        let due = Timestamp(DUE);
        for (now, late) in [(DUE - 1, false), (DUE, true), (DUE + 1, true)] {
            assert_eq!(overdue("CR-1", due, Timestamp(now)).is_some(), late, "{now}");
        }
    }

    #[test]
    fn nobody_reviews_what_they_had_a_hand_in() {
        let user = |n| UserId(Uuid::from_u128(n));
        assert_eq!(may(user(1), &[user(2), user(1)]).unwrap_err().code, Code::ApprovalSelf);
        assert!(may(user(3), &[user(2), user(1)]).is_ok());
    }
}
