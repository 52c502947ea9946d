//! How long cases take, beside how long the same work took by hand before.

use super::Kind;
use crate::{Timestamp, time::MINUTE};
use serde::{Deserialize, Serialize};

/// How long closed cases of a kind took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// The kind.
    pub kind: Kind,
    /// Closed cases that were measured.
    pub closed: usize,
    /// Minutes in the middle, from when somebody took a case to its end; nothing was measured: `None`.
    pub median: Option<i64>,
    /// How many were closed after their target.
    pub late: usize,
    /// Minutes that the organisation says such a case took by hand.
    pub baseline: Option<i64>,
}

impl Handling {
    /// Minutes saved by each case; negative when it takes longer than by hand.
    pub fn saved(&self) -> Option<i64> {
        Some(self.baseline? - self.median?)
    }
}

/// What closed cases of a kind say: when each was opened, taken by somebody and closed. What nobody took is measured
/// from its opening on.
pub fn handling(
    kind: Kind,
    cases: &[(Timestamp, Option<Timestamp>, Timestamp)],
    baseline: Option<i64>,
) -> Handling {
    let mut minutes: Vec<_> = cases
        .iter()
        .map(|(opened, taken, closed)| (closed.0 - taken.unwrap_or(*opened).0).max(0) / MINUTE)
        .collect();
    minutes.sort_unstable();
    let late = cases.iter().filter(|(opened, _, closed)| *closed > kind.due(*opened)).count();
    // Of two in the middle the longer one: what is said to be saved is never more than what was.
    let median = minutes.get(minutes.len() / 2).copied();
    Handling { kind, closed: cases.len(), median, late, baseline }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;
    use proptest::prelude::*;

    #[test]
    fn the_middle_is_measured_from_when_somebody_took_it() {
        let at = |minutes: i64| Timestamp(minutes * MINUTE);
        let cases = [
            (at(0), Some(at(50)), at(60)),
            (at(0), None, at(30)),
            (at(0), Some(at(10)), at(30)),
            // Handed to somebody else after it was closed elsewhere: nothing is negative.
            (at(0), Some(at(90)), at(80)),
        ];
        let of = |cases: &[_], baseline| handling(Kind::Misrouting, cases, baseline);
        assert_eq!(of(&cases, Some(45)).median, Some(20));
        assert_eq!(of(&cases, Some(45)).saved(), Some(25));
        assert_eq!(of(&cases[1..2], Some(10)).saved(), Some(-20));
        assert_eq!((of(&[], Some(45)).median, of(&[], Some(45)).saved()), (None, None));
        assert_eq!(of(&cases, None).saved(), None);
        let target = Kind::Misrouting.definition().target_hours * HOUR;
        let late = [(Timestamp(0), None, Timestamp(target)), (Timestamp(0), None, Timestamp(target + 1))];
        assert_eq!(of(&late, None).late, 1);
    }

    proptest! {
        #[test]
        fn the_middle_lies_among_the_cases(cases in prop::collection::vec((0i64..1000, 0i64..1000), 1..40)) {
            let cases: Vec<_> = cases
                .into_iter()
                .map(|(open, took)| (Timestamp(open), None, Timestamp(open + took * MINUTE)))
                .collect();
            let found = handling(Kind::Proof, &cases, None).median.unwrap();
            let longest = cases.iter().map(|(o, _, c)| (c.0 - o.0) / MINUTE).max().unwrap();
            let shorter = cases.iter().filter(|(o, _, c)| (c.0 - o.0) / MINUTE <= found).count();
            prop_assert!(found <= longest && shorter * 2 > cases.len());
        }
    }
}
