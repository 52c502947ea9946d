//! How often this node looks at a rollout: the more phones there are to look at, the less often.

use domain::Timestamp;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Looks at so many phones are taken every few seconds, and several in a row.
pub(super) const FEW: usize = 2_000;
/// Microseconds until the next look, for each phone: 30 seconds for 100,000.
const REST: i64 = 300;

/// When the rollouts are looked at again that are large; by their number, with how often each was written then.
#[derive(Default)]
pub(crate) struct Looks(Mutex<HashMap<i64, (i64, Timestamp)>>);

impl Looks {
    /// Whether a rollout rests, because it was looked at just now. Not if anybody else wrote it since.
    pub(super) fn rests(&self, number: i64, turn: i64, now: Timestamp) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&number).is_some_and(|(then, until)| *then == turn && now < *until)
    }

    /// This many phones were looked at.
    pub(super) fn took(&self, number: i64, turn: i64, phones: usize, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, until)| *until > now);
        if phones > FEW {
            let rest = i64::try_from(phones).unwrap_or(i64::MAX).saturating_mul(REST);
            all.insert(number, (turn, now.plus(rest)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::SECOND;

    #[test]
    fn a_look_at_many_phones_rests_unless_somebody_acts() {
        let (looks, now) = (Looks::default(), Timestamp(1_795_000_000_000_000));
        looks.took(1, 7, FEW, now);
        assert!(!looks.rests(1, 7, now), "few");
        looks.took(1, 7, 100_000, now);
        looks.took(2, 3, 10_000, now);
        let at = |seconds: i64| now.plus(seconds * SECOND);
        assert!(looks.rests(1, 7, at(29)) && !looks.rests(1, 7, at(30)));
        assert!(looks.rests(2, 3, at(2)) && !looks.rests(2, 3, at(3)));
        assert!(!looks.rests(1, 8, at(1)), "somebody wrote it");
        assert!(!looks.rests(4, 1, at(1)), "another one");
    }
}
