//! Standard changes: like for like, by somebody who has the handset in their hands.

use super::check_common;
use crate::{Code, Finding, Timestamp, device::Serial, plan::Kind, time::DAY};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is approved as a kind is looked at again once a year.
const LONGEST: i64 = 366 * DAY;

/// A kind of change that a technician may carry out at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// What people call it.
    pub name: String,
    /// What is done.
    pub change: Kind,
    /// At these sites; empty is everywhere.
    pub sites: BTreeSet<String>,
    /// Before this moment.
    pub until: Timestamp,
}

/// A handset as it is, or as it last was, with one line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handset {
    /// What the inventory says that its label says.
    pub serial: Serial,
    /// Line keys, DECT handsets or ports.
    pub endpoints: u8,
    /// The number of the line.
    pub line: String,
    /// Who answers for the line, by id; empty for nobody.
    pub owner: String,
    /// Where it stands, by id; `None`: nobody knows.
    pub place: Option<String>,
}

/// A line that leaves one handset and begins on another, or on the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// What is done.
    pub change: Kind,
    /// Code of the site.
    pub site: String,
    /// The handset that had the line; `None`: this line never stood there.
    pub old: Option<Handset>,
    /// The handset that gets it.
    pub new: Handset,
    /// What the technician read on the old handset.
    pub old_serial: Option<Serial>,
    /// What the technician read on the new one.
    pub new_serial: Option<Serial>,
}

impl Standard {
    pub(super) fn check(&self, now: Timestamp) -> Vec<Finding> {
        let mut findings = check_common(&self.name, self.until, LONGEST, now);
        if !matches!(self.change, Kind::Bind | Kind::Replace) {
            let detail = "Only the same line again, and one phone for another, have a like to compare with.";
            findings.push(Finding::new(Code::AdvanceInvalid, "kind").detail(detail));
        }
        findings
    }

    pub(super) fn words(&self) -> String {
        let sites = if self.sites.is_empty() {
            "every site".to_owned()
        } else {
            self.sites.iter().cloned().collect::<Vec<_>>().join(", ")
        };
        format!("{}: like-for-like {} at {sites}, until {}", self.name, self.change.word(), self.until)
    }

    /// Every reason why this is not what was approved in advance.
    pub fn outside(&self, swap: &Swap, now: Timestamp) -> Vec<Finding> {
        let mut findings = vec![];
        let mut wrong = |subject: &str, detail: String| {
            findings.push(Finding::new(Code::AdvanceOutside, subject).detail(detail));
        };
        if self.change != swap.change {
            wrong("kind", format!("It is for {}.", self.change.word()));
        }
        if !self.sites.is_empty() && !self.sites.contains(&swap.site) {
            wrong("site", format!("It does not hold at {}.", swap.site));
        }
        for (field, typed, known) in [
            ("old serial", &swap.old_serial, swap.old.as_ref().map(|old| &old.serial)),
            ("new serial", &swap.new_serial, Some(&swap.new.serial)),
        ] {
            // The inventory's serial is not said: it is what the technician has to have read on the handset.
            if typed.is_none() || typed.as_ref() != known {
                wrong(field, "It is not the serial that the inventory has for this handset.".to_owned());
            }
        }
        if let Some(old) = &swap.old {
            let new = &swap.new;
            if old.endpoints != new.endpoints {
                wrong("line keys", format!("{} before, {} afterwards.", old.endpoints, new.endpoints));
            }
            if old.line != new.line {
                wrong("line", format!("{} before, {} afterwards.", old.line, new.line));
            }
            if old.owner != new.owner || new.owner.is_empty() {
                wrong("owner", "The line has another owner than before, or none.".to_owned());
            }
            if old.place != new.place || new.place.is_none() {
                wrong(
                    "place",
                    "The handset is at another place than before, or nobody knows where.".to_owned(),
                );
            }
        } else {
            wrong("line", "This line never stood on this line key.".to_owned());
        }
        if self.until <= now {
            findings.push(
                Finding::new(Code::AdvanceEnded, &self.name).detail(format!("It ended {}.", self.until)),
            );
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = (&'static str, fn(&mut Swap));

    fn handset() -> Handset {
        Handset {
            serial: Serial::parse("SN000001").unwrap(),
            endpoints: 16,
            line: "2101".into(),
            owner: "p1".into(),
            place: Some("2-14".into()),
        }
    }

    fn swap() -> Swap {
        Swap {
            change: Kind::Bind,
            site: "lon".into(),
            old: Some(handset()),
            new: handset(),
            old_serial: Serial::parse("SN000001"),
            new_serial: Serial::parse("sn000001"),
        }
    }

    fn standard() -> Standard {
        Standard {
            name: "Same line again".into(),
            change: Kind::Bind,
            sites: ["lon".to_owned()].into(),
            until: Timestamp(100),
        }
    }

    #[test]
    fn like_for_like_fits_and_everything_else_is_named() {
        assert_eq!(standard().outside(&swap(), Timestamp(99)), []);
        let changes: [Change; 9] = [
            ("kind", |s| s.change = Kind::Unbind),
            ("site", |s| s.site = "par".into()),
            ("old serial", |s| s.old_serial = None),
            ("new serial", |s| s.new_serial = Serial::parse("SN000009")),
            ("line keys", |s| s.new.endpoints = 2),
            ("line", |s| s.new.line = "2102".into()),
            ("owner", |s| s.new.owner = "p2".into()),
            ("place", |s| s.new.place = Some("3-1".into())),
            ("line", |s| (s.old, s.old_serial) = (None, None)),
        ];
        for (subject, change) in changes {
            let mut other = swap();
            change(&mut other);
            let found = standard().outside(&other, Timestamp(99));
            assert!(found.iter().any(|f| f.subject == subject), "{subject}: {found:?}");
            assert!(found.iter().all(|f| f.code == Code::AdvanceOutside && f.blocks()), "{subject}");
        }
        let mut nobody = swap();
        (nobody.new.owner, nobody.new.place) = (String::new(), None);
        nobody.old = Some(nobody.new.clone());
        assert_eq!(standard().outside(&nobody, Timestamp(99)).len(), 2, "the same nothing is nothing");
        let late = standard().outside(&swap(), Timestamp(100));
        assert_eq!(late.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::AdvanceEnded]);
    }

    #[test]
    fn a_serial_that_is_wrong_gives_the_right_one_away_to_nobody() {
        let mut guessed = swap();
        guessed.new_serial = Serial::parse("GUESSED");
        let said = format!("{:?}", standard().outside(&guessed, Timestamp(0)));
        assert!(!said.contains("SN000001"), "{said}");
    }

    #[test]
    fn a_standard_change_has_a_name_and_an_end_and_takes_nothing_away() {
        assert_eq!(standard().check(Timestamp(0)), []);
        let cases: [fn(&mut Standard); 4] = [
            |s| s.name = " ".into(),
            |s| s.until = Timestamp(0),
            |s| s.until = Timestamp(LONGEST + 1),
            |s| s.change = Kind::Unbind,
        ];
        for spoil in cases {
            let mut wrong = standard();
            spoil(&mut wrong);
            let found = wrong.check(Timestamp(0));
            assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::AdvanceInvalid], "{wrong:?}");
        }
    }
}
