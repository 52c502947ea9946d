//! Feeds of the people directory: what one would change, and whether it may do so without another look.
//!
//! A directory that is broken says that everybody has left. A feed that would end more accounts at once than is
//! allowed is held, and somebody other than who brought it decides.

use crate::{Code, Finding, Timestamp, ids::UserId, package::PersonRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many accounts one feed may end. Beyond either, it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// So many.
    pub accounts: u32,
    /// So many of a hundred that have not ended.
    pub percent: u8,
}

impl Limit {
    /// Whether it lets anything pass that `other` would hold.
    pub const fn raises(self, other: Self) -> bool {
        self.accounts > other.accounts || self.percent > other.percent
    }

    /// In words.
    pub fn describe(self) -> String {
        format!("{} accounts, {} %", self.accounts, self.percent)
    }

    /// Why so many of `standing` accounts are too many; `None`: they are not.
    pub fn beyond(self, ending: usize, standing: usize) -> Option<Finding> {
        let many = ending > usize::try_from(self.accounts).unwrap_or(usize::MAX);
        let share = ending.saturating_mul(100) > standing.saturating_mul(usize::from(self.percent));
        // The share of a few people says nothing: ending one of three is no accident.
        let share = share && ending > SMALL;
        (many || share).then(|| {
            let detail = format!(
                "It would end {ending} of {standing} accounts; allowed are {} and {} %.",
                self.accounts, self.percent
            );
            Finding::new(Code::FeedHeld, "feed").detail(detail)
        })
    }
}

/// Limits that somebody asks for and somebody else lets hold, because they let more pass than those that hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raise {
    /// What is asked for.
    pub limit: Limit,
    /// Who asks.
    pub by: UserId,
    /// Who, as people know them.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Raise {
    /// Somebody other than who asked lets it hold, as it was shown to them.
    pub fn approve(&self, by: UserId, seen: Limit) -> Result<Limit, Finding> {
        if by == self.by {
            return Err(
                Finding::new(Code::ApprovalSelf, "limit").detail("Who asks for it does not approve it.")
            );
        }
        if seen != self.limit {
            return Err(Finding::new(Code::PlanChanged, "limit").detail("Another limit is asked for now."));
        }
        Ok(self.limit)
    }
}

/// So few endings are never held by their share alone.
const SMALL: usize = 3;

/// Somebody of whom the directory says something else now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As they are.
    pub before: PersonRow,
    /// As the directory says. They stay at their site: whoever moves has lines that move with them.
    pub after: PersonRow,
}

impl Change {
    /// Whether their account ends by it.
    pub fn ends(&self) -> bool {
        self.after.account.ended() && !self.before.account.ended()
    }
}

/// What a feed would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// People who are new.
    pub hired: Vec<PersonRow>,
    /// People of whom something else is said.
    pub changed: Vec<Change>,
    /// How many are as they are.
    pub unchanged: usize,
    /// References of those whom the directory has at another site; nothing but that is left as it is.
    pub elsewhere: Vec<String>,
    /// References of those who have not ended and of whom the directory says nothing. They stay as they are: a feed
    /// that was cut short says nothing of many.
    pub absent: Vec<String>,
    /// How many accounts have not ended.
    pub standing: usize,
}

impl Changes {
    /// How many accounts would end.
    pub fn ending(&self) -> usize {
        self.changed.iter().filter(|change| change.ends()).count()
    }

    /// Whether anything would change.
    pub fn none(&self) -> bool {
        self.hired.is_empty() && self.changed.is_empty()
    }
}

/// Compares what a directory says with who is known. Each reference is there once.
pub fn compare(rows: Vec<PersonRow>, people: &BTreeMap<String, PersonRow>) -> Changes {
    let mut changes = Changes::default();
    let mut absent: BTreeMap<_, _> = people.iter().filter(|(_, p)| !p.account.ended()).collect();
    changes.standing = absent.len();
    for row in rows {
        absent.remove(&row.person);
        let Some(before) = people.get(&row.person) else {
            changes.hired.push(row);
            continue;
        };
        if before.site != row.site {
            changes.elsewhere.push(row.person.clone());
        }
        let after = PersonRow { site: before.site.clone(), ..row };
        if *before == after {
            changes.unchanged += 1;
        } else {
            changes.changed.push(Change { before: before.clone(), after });
        }
    }
    changes.absent = absent.into_keys().cloned().collect();
    changes
}

/// Where a feed is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Looked at, not applied.
    Staged,
    /// Would end too many accounts.
    Held,
    /// Somebody other than who brought it has let it pass.
    Released {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// How many accounts may end by it.
        ending: usize,
    },
    /// Being written.
    Applying {
        /// Who applied it.
        by: UserId,
        /// Where.
        node: String,
    },
    /// Written.
    Applied {
        /// Who applied it.
        by: String,
        /// When.
        at: Timestamp,
        /// In words, what came of it.
        did: String,
    },
    /// Thrown away.
    Dismissed {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The word on pages and in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Held => "held",
            Self::Released { .. } => "released",
            Self::Applying { .. } => "applying",
            Self::Applied { .. } => "applied",
            Self::Dismissed { .. } => "dismissed",
        }
    }

    /// Whether nothing comes of it any more.
    pub const fn over(&self) -> bool {
        matches!(self, Self::Applied { .. } | Self::Dismissed { .. })
    }

    fn refuse<T>(&self, what: &str) -> Result<T, Finding> {
        let detail = format!("The feed is {}; it cannot be {what} now.", self.word());
        Err(Finding::new(Code::RequestState, "feed").detail(detail))
    }

    /// Where it is now that it was compared with who is known.
    #[must_use]
    pub fn looked_at(self, changes: &Changes, limit: Limit) -> Self {
        let beyond = limit.beyond(changes.ending(), changes.standing).is_some();
        match self {
            Self::Staged | Self::Held => {
                if beyond {
                    Self::Held
                } else {
                    Self::Staged
                }
            }
            // It was released for what it did then.
            Self::Released { ending, .. } if beyond && changes.ending() > ending => Self::Held,
            other => other,
        }
    }

    /// Somebody lets it pass; never who brought it.
    pub fn release(
        self,
        brought_by: UserId,
        by: (UserId, &str),
        at: Timestamp,
        reason: &str,
        ending: usize,
    ) -> Result<Self, Finding> {
        if self != Self::Held {
            return self.refuse("released");
        }
        if brought_by == by.0 {
            return Err(
                Finding::new(Code::ApprovalSelf, "feed").detail("Who brought a feed does not release it.")
            );
        }
        Ok(Self::Released { by: by.1.to_owned(), at, reason: reason.to_owned(), ending })
    }

    /// Somebody begins to write it.
    pub fn begin(self, by: UserId, node: &str) -> Result<Self, Finding> {
        match self {
            Self::Staged | Self::Released { .. } => Ok(Self::Applying { by, node: node.to_owned() }),
            Self::Held => Err(Finding::new(Code::FeedHeld, "feed")),
            other => other.refuse("applied"),
        }
    }

    /// It is written.
    pub fn finish(self, by: &str, at: Timestamp, did: String) -> Result<Self, Finding> {
        match self {
            Self::Applying { .. } => Ok(Self::Applied { by: by.to_owned(), at, did }),
            other => other.refuse("finished"),
        }
    }

    /// Somebody throws it away.
    pub fn dismiss(self, by: &str, at: Timestamp, reason: &str) -> Result<Self, Finding> {
        match self {
            Self::Staged | Self::Held | Self::Released { .. } => {
                Ok(Self::Dismissed { by: by.to_owned(), at, reason: reason.to_owned() })
            }
            other => other.refuse("dismissed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountState;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn person(reference: &str, account: AccountState) -> PersonRow {
        PersonRow {
            site: "lon".to_owned(),
            person: reference.to_owned(),
            name: reference.to_owned(),
            email: format!("{reference}@example.com"),
            account,
            starts: None,
            ends: None,
        }
    }

    fn people(rows: &[PersonRow]) -> BTreeMap<String, PersonRow> {
        rows.iter().map(|row| (row.person.clone(), row.clone())).collect()
    }

    #[test]
    fn a_limit_is_raised_by_either_number_and_by_two_people() {
        let of = |accounts, percent| Limit { accounts, percent };
        for (to, raises) in [((10, 5), false), ((9, 0), false), ((11, 5), true), ((0, 6), true)] {
            assert_eq!(of(to.0, to.1).raises(of(10, 5)), raises, "{to:?}");
        }
        let user = |n| UserId(Uuid::from_u128(n));
        let (name, reason) = ("ada".to_owned(), "The plant closes.".to_owned());
        let asked = Raise { limit: of(90, 50), by: user(1), name, at: Timestamp(0), reason };
        assert_eq!(asked.approve(user(1), of(90, 50)).unwrap_err().code, Code::ApprovalSelf);
        assert_eq!(asked.approve(user(2), of(80, 50)).unwrap_err().code, Code::PlanChanged);
        assert_eq!(asked.approve(user(2), of(90, 50)), Ok(of(90, 50)));
    }

    #[test]
    fn a_feed_is_compared_with_who_is_known() {
        use AccountState::{Active, Left, Suspended};
        let known =
            people(&[person("a", Active), person("b", Active), person("c", Left), person("d", Active)]);
        let moved = PersonRow { site: "par".to_owned(), ..person("b", Suspended) };
        let changes =
            compare(vec![person("a", Active), moved, person("c", Left), person("e", Active)], &known);
        assert_eq!((changes.unchanged, changes.standing, changes.ending()), (2, 3, 1));
        assert_eq!(changes.changed[0].after, person("b", Suspended), "they stay at their site");
        assert_eq!((changes.elsewhere, changes.absent), (vec!["b".to_owned()], vec!["d".to_owned()]));
        assert_eq!(changes.hired, [person("e", Active)]);
    }

    #[test]
    fn too_many_endings_are_held() {
        let limit = Limit { accounts: 10, percent: 5 };
        for (ending, standing, held) in [
            (0, 0, false),
            (1, 3, false),
            (3, 3, false),
            (4, 20, true),
            (4, 80, false),
            (5, 80, true),
            (10, 1000, false),
            (11, 1000, true),
        ] {
            assert_eq!(limit.beyond(ending, standing).is_some(), held, "{ending} of {standing}");
        }
        assert!(Limit { accounts: 0, percent: 100 }.beyond(1, 100).is_some());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Look(usize),
        Release(u128),
        Begin,
        Finish,
        Dismiss,
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0usize..9).prop_map(Step::Look),
            (1u128..3).prop_map(Step::Release),
            Just(Step::Begin),
            Just(Step::Finish),
            Just(Step::Dismiss),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_was_allowed_or_released_by_somebody_else(steps in proptest::collection::vec(any_step(), 0..12)) {
            let (limit, user) = (Limit { accounts: 3, percent: 100 }, |n| UserId(Uuid::from_u128(n)));
            let (mut state, mut seen, mut released) = (State::Staged, 0, None);
            for step in steps {
                let before = state.clone();
                let next = match step {
                    Step::Look(ending) if !before.over() && before.word() != "applying" => {
                        seen = ending;
                        let change = Change { before: person("a", AccountState::Active), after: person("a", AccountState::Left) };
                        Ok(before.clone().looked_at(&Changes { changed: vec![change; ending], standing: 100, ..Changes::default() }, limit))
                    }
                    Step::Look(_) => Ok(before.clone()),
                    Step::Release(by) => before.clone().release(user(1), (user(by), "b"), Timestamp(0), "why", seen),
                    Step::Begin => before.clone().begin(user(1), "a"),
                    Step::Finish => before.clone().finish("a", Timestamp(0), String::new()),
                    Step::Dismiss => before.clone().dismiss("a", Timestamp(0), "why"),
                };
                prop_assert!(!before.over() || next.as_ref().is_ok_and(|n| *n == before) || next.is_err());
                let Ok(next) = next else { continue };
                if let (Step::Release(by), State::Released { ending, .. }) = (&step, &next) {
                    prop_assert_ne!(*by, 1);
                    released = Some(*ending);
                }
                if matches!((&step, &next), (Step::Begin, State::Applying { .. })) {
                    prop_assert!(seen <= 3 || released.is_some_and(|most| seen <= most), "{} of {:?}", seen, released);
                }
                state = next;
            }
        }
    }
}
