//! Drift: what a phone says it runs, beside what it should.
//!
//! That a file was fetched does not mean that it was applied. What shows the latter is told apart from what is merely
//! not contradicted: few phones say which settings they run.

use crate::{
    Timestamp,
    artifact::Digest,
    firmware::Version,
    time::{DAY, MINUTE},
    vendor::Vendor,
};
use serde::Serialize;
use std::{cmp::Ordering, collections::BTreeSet};

/// What a phone should have.
#[derive(Clone, Debug)]
pub struct Should<'a> {
    /// Whose phone it is: firmware is compared by the vendor's scheme.
    pub vendor: Vendor,
    /// The files of the revision that holds.
    pub files: &'a [Digest],
    /// Since when it holds.
    pub since: Timestamp,
    /// The firmware that is wanted; empty for none.
    pub firmware: &'a str,
    /// Minutes between fetches, where a setting says so.
    pub interval: Option<u32>,
}

/// What a phone has shown.
#[derive(Clone, Debug, Default)]
pub struct Says<'a> {
    /// When it last proved itself and was served, and which file.
    pub fetch: Option<(Timestamp, Option<Digest>)>,
    /// The firmware in its User-Agent; empty for none.
    pub firmware: &'a str,
    /// When it last sent settings of its own.
    pub reported: Option<Timestamp>,
    /// How many of these win over ours.
    pub wins: u32,
}

/// How far the revision that holds has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Fetched {
    /// Nothing was ever fetched with proof.
    Never,
    /// The last fetch was of what held before.
    Earlier(Timestamp),
    /// The last fetch was of what holds.
    Current(Timestamp),
}

/// Whether it runs what it has fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Applied {
    /// Nothing shows it, and nothing speaks against it.
    NotKnown,
    /// It has sent its own settings since, and none wins over ours.
    Shown(Timestamp),
    /// Settings of its own win over ours.
    Contradicted,
}

/// Why a phone is on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Reason {
    /// It has never fetched anything with proof.
    Never,
    /// It had its time and has not fetched what holds.
    Behind,
    /// It has not come back in twice its time.
    Silent,
    /// Settings made at the phone win over ours.
    Override,
    /// It says that it runs another firmware than is wanted.
    Firmware,
}

impl Reason {
    /// Every reason, the worst first.
    pub const ALL: [Self; 5] = [Self::Silent, Self::Behind, Self::Override, Self::Firmware, Self::Never];

    /// The word in addresses and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Behind => "behind",
            Self::Silent => "silent",
            Self::Override => "override",
            Self::Firmware => "firmware",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == text)
    }

    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Never => "never fetched with proof",
            Self::Behind => "has not fetched what holds now",
            Self::Silent => "has not come back in twice its time",
            Self::Override => "settings made at the phone win",
            Self::Firmware => "runs another firmware than is wanted",
        }
    }

    /// What to do about it.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Never => "Connect it, and see that it is enrolled.",
            Self::Behind => "Look at its trace: what it asked for, and what it was answered.",
            Self::Silent => "See whether it has power and network; restart it.",
            Self::Override => "Take them back at the phone, or make them settings here.",
            Self::Firmware => "Look at the page of firmware: whether it is sent there, and what keeps it.",
        }
    }
}

/// How a phone stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// What it has fetched.
    pub fetched: Fetched,
    /// Whether it runs that.
    pub applied: Applied,
    /// When it is expected next; `None` when nothing says how often it comes.
    pub expected: Option<Timestamp>,
    /// Why it is on the board; empty when it is not.
    pub reasons: BTreeSet<Reason>,
}

/// Phones to which no setting says how often to come have this long, in microseconds: most come once a day.
const PATIENCE: i64 = DAY;

/// How a phone stands against what it should have. Pure.
pub fn drift(should: &Should<'_>, says: &Says<'_>, now: Timestamp) -> Drift {
    let interval = should.interval.map(|minutes| i64::from(minutes) * MINUTE);
    let fetched = match says.fetch {
        None => Fetched::Never,
        // What it fetched before may be one of several files, the others of which have changed since.
        Some((at, Some(digest))) if at >= should.since && should.files.contains(&digest) => {
            Fetched::Current(at)
        }
        Some((at, _)) => Fetched::Earlier(at),
    };
    let applied = match (fetched, says.reported) {
        _ if says.wins > 0 => Applied::Contradicted,
        (Fetched::Current(at), Some(reported)) if reported >= at => Applied::Shown(reported),
        _ => Applied::NotKnown,
    };
    let expected = says.fetch.and_then(|(at, _)| Some(at.plus(interval?)));
    let mut reasons = BTreeSet::new();
    let late = now > should.since.plus(interval.unwrap_or(PATIENCE));
    match fetched {
        Fetched::Never => {
            reasons.insert(Reason::Never);
        }
        Fetched::Earlier(_) if late => {
            reasons.insert(Reason::Behind);
        }
        Fetched::Earlier(_) | Fetched::Current(_) => {}
    }
    // One fetch may be missed for reasons of its own.
    if let (Some(expected), Some(interval)) = (expected, interval)
        && now > expected.plus(interval)
    {
        reasons.insert(Reason::Silent);
    }
    if says.wins > 0 {
        reasons.insert(Reason::Override);
    }
    if other_firmware(should, says) {
        reasons.insert(Reason::Firmware);
    }
    Drift { fetched, applied, expected, reasons }
}

fn other_firmware(should: &Should<'_>, says: &Says<'_>) -> bool {
    if should.firmware.is_empty() || says.firmware.is_empty() {
        return false;
    }
    let version = |text: &str| Version::parse(should.vendor, text);
    match (version(should.firmware), version(says.firmware)) {
        (Some(wanted), Some(runs)) => wanted.order(&runs) != Some(Ordering::Equal),
        _ => should.firmware != says.firmware,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEW: Digest = Digest([1; 32]);
    const OLD: Digest = Digest([2; 32]);
    /// Since when the revision holds.
    const SINCE: Timestamp = Timestamp(100 * DAY);
    const HOUR: u32 = 60;

    fn after(minutes: i64) -> Timestamp {
        SINCE.plus(minutes * MINUTE)
    }

    fn should() -> Should<'static> {
        Should { vendor: Vendor::Yealink, files: &[NEW], since: SINCE, firmware: "", interval: Some(HOUR) }
    }

    fn says(minutes: i64, digest: Digest) -> Says<'static> {
        Says { fetch: Some((after(minutes), Some(digest))), ..Says::default() }
    }

    #[test]
    fn what_a_phone_says_beside_what_it_should_have() {
        use Reason::{Behind, Firmware, Never, Override, Silent};
        type Row<'a> = (&'a str, Should<'a>, Says<'a>, i64, Fetched, Applied, &'a [Reason]);
        let firmware = |text| Says { firmware: text, ..says(5, NEW) };
        let own = |wins, minutes| Says { wins, reported: Some(after(minutes)), ..says(5, NEW) };
        let unsaid = Should { interval: None, ..should() };
        let wants = Should { firmware: "108.86.0.20", ..should() };
        let day = 24 * 60;
        let (current, earlier) = (Fetched::Current(after(5)), |m| Fetched::Earlier(after(m)));
        let unknown = Applied::NotKnown;
        let table: [Row<'_>; 15] = [
            ("in order", should(), says(5, NEW), 10, current, unknown, &[]),
            ("never", should(), Says::default(), 10, Fetched::Never, unknown, &[Never]),
            ("has time left", should(), says(-5, OLD), 10, earlier(-5), unknown, &[]),
            ("had its time", should(), says(-5, OLD), 61, earlier(-5), unknown, &[Behind]),
            ("came and fetched the old", should(), says(5, OLD), 61, earlier(5), unknown, &[Behind]),
            ("the same file, before", should(), says(-5, NEW), 61, earlier(-5), unknown, &[Behind]),
            ("missed one", should(), says(5, NEW), 120, current, unknown, &[]),
            ("missed two", should(), says(5, NEW), 126, current, unknown, &[Silent]),
            ("both", should(), says(-5, OLD), 126, earlier(-5), unknown, &[Behind, Silent]),
            ("nothing says how often", unsaid.clone(), says(5, NEW), 9 * day, current, unknown, &[]),
            ("and it is behind", unsaid, says(-5, OLD), day + 1, earlier(-5), unknown, &[Behind]),
            ("shown", should(), own(0, 6), 10, current, Applied::Shown(after(6)), &[]),
            ("sent before", should(), own(0, 4), 10, current, unknown, &[]),
            ("its own wins", should(), own(2, 6), 10, current, Applied::Contradicted, &[Override]),
            ("other firmware", wants.clone(), firmware("108.86.0.9"), 10, current, unknown, &[Firmware]),
        ];
        for (name, should, says, minutes, fetched, applied, reasons) in table {
            let drift = drift(&should, &says, after(minutes));
            assert_eq!((drift.fetched, drift.applied), (fetched, applied), "{name}");
            assert_eq!(drift.reasons, reasons.iter().copied().collect(), "{name}");
        }
        for same in ["108.86.0.20", "108.86.0.20.0", ""] {
            assert!(drift(&wants, &firmware(same), after(10)).reasons.is_empty(), "{same}");
        }
        assert_eq!(drift(&should(), &says(5, NEW), after(10)).expected, Some(after(65)));
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.word()), Some(reason));
        }
        assert_eq!(Reason::parse("x"), None);
    }

    proptest! {
        /// A phone that fetched what holds is never behind, one that never fetched is never silent, and one that says
        /// its own settings win has not applied ours.
        #[test]
        fn reasons_follow_from_what_is_said(
            at in -200i64..200, old: bool, never: bool, wins in 0u32..2, now in -200i64..400, interval in proptest::option::of(1u32..300)
        ) {
            let should = Should { interval, ..should() };
            let fetch = (!never).then(|| (after(at), Some(if old { OLD } else { NEW })));
            let says = Says { fetch, wins, ..Says::default() };
            let drift = drift(&should, &says, after(now));
            let has = |reason| drift.reasons.contains(&reason);
            prop_assert!(!(matches!(drift.fetched, Fetched::Current(_)) && has(Reason::Behind)));
            prop_assert!(!(never && (has(Reason::Silent) || has(Reason::Behind))));
            prop_assert_eq!(never, has(Reason::Never));
            prop_assert_eq!(wins > 0, drift.applied == Applied::Contradicted);
            prop_assert!(!has(Reason::Silent) || interval.is_some());
            prop_assert_eq!(drift.expected.is_some(), !never && interval.is_some());
        }
    }
}
