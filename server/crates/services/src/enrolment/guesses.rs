//! How often somebody may guess a code.
//!
//! A guess names a code and a device (the file that is asked for), so one guess is right with a probability of one in
//! 10⁹, however many codes are active. At 60 guesses a minute that is 1 in 11,500 for every day of an attack that
//! nobody stops; a code lives for one day. Signed addresses cannot be guessed and are never held back by this, and a
//! mistyped digit is no guess: the check digit shows it before anything is looked up.

use crate::probes::prefix;
use domain::{Timestamp, time::MINUTE};
use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};

/// Wrong codes a minute from everywhere that is no segment of a site. Per node: a node more is a budget more.
const EVERYWHERE: u32 = 60;
/// Wrong codes a minute from one source prefix: a room of technicians makes fewer mistakes.
const ONE_PREFIX: u32 = 20;
/// Prefixes remembered; a minute with more has long used up the budget of everywhere.
const REMEMBERED: usize = 4096;

#[derive(Default)]
struct Minute {
    number: i64,
    everywhere: u32,
    prefixes: BTreeMap<String, u32>,
}

/// Wrong codes of this minute. Only wrong ones count.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<Minute>);

impl Guesses {
    /// Whether another code from there is looked at. A site's own segment is not held back by what others do.
    pub(crate) fn allowed(&self, client: IpAddr, in_segment: bool, now: Timestamp) -> bool {
        let Ok(mut minute) = self.0.lock() else { return false };
        minute.turn(now);
        let here = minute.prefixes.get(&prefix(client)).copied().unwrap_or(0);
        here < ONE_PREFIX && (in_segment || minute.everywhere < EVERYWHERE)
    }

    /// A wrong one came from there.
    pub(crate) fn wrong(&self, client: IpAddr, in_segment: bool, now: Timestamp) {
        let Ok(mut minute) = self.0.lock() else { return };
        minute.turn(now);
        if !in_segment {
            minute.everywhere = minute.everywhere.saturating_add(1);
        }
        let prefix = prefix(client);
        if minute.prefixes.len() < REMEMBERED || minute.prefixes.contains_key(&prefix) {
            let here = minute.prefixes.entry(prefix).or_default();
            *here = here.saturating_add(1);
        }
    }
}

impl Minute {
    fn turn(&mut self, now: Timestamp) {
        let number = now.0 / MINUTE;
        if self.number != number {
            *self = Self { number, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(third: u8, last: u8) -> IpAddr {
        [198, 51, third, last].into()
    }

    #[test]
    fn a_prefix_and_everywhere_have_a_budget_and_a_site_is_not_held_back_by_others() {
        let (guesses, now) = (Guesses::default(), Timestamp(9 * MINUTE));
        for n in 0..ONE_PREFIX {
            assert!(guesses.allowed(from(1, 1), false, now), "{n}");
            guesses.wrong(from(1, 1), false, now);
        }
        assert!(!guesses.allowed(from(1, 200), false, now), "the same prefix");
        assert!(guesses.allowed(from(2, 1), false, now));
        for n in ONE_PREFIX..EVERYWHERE {
            guesses.wrong(from(u8::try_from(n).unwrap(), 1), false, now);
        }
        assert!(!guesses.allowed(from(2, 1), false, now), "everywhere");
        assert!(guesses.allowed(from(2, 1), true, now), "a site's own segment");
        for _ in 0..ONE_PREFIX {
            guesses.wrong(from(2, 1), true, now);
        }
        assert!(!guesses.allowed(from(2, 1), true, now), "its own mistakes count");
        assert!(guesses.allowed(from(1, 1), false, now.plus(MINUTE)));
    }
}
