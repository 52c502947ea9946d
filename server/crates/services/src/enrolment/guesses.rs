//! How often somebody may guess a code.
//!
//! A guess names a code and a device (the file that is asked for), so one guess is right with a probability of one in
//! 10⁹, however many codes are active. Signed addresses cannot be guessed and are never held back by this, and a
//! mistyped digit is no guess: the check digit shows it before anything is looked up.
//!
//! A minute has a budget of wrong codes: 60 for everything that is no segment of a site, 20 for one prefix, within a
//! segment or not. Once it is used up, whoever was wrong in this hour waits, and whoever was not is looked at, so that
//! a flood delays nobody else: by prefix outside the segments, by address within them (by /64 in IPv6, where a phone
//! can have any address of it). That adds a guess an hour for each such source, up to [`REMEMBERED`] of them.
//! Everything together is 480,000 guesses a day, of which one is right with a probability of 1 in 2,085; a code
//! lives for one day. Within a segment of 254 addresses it is 1 in 28,600.
//!
//! Per node, and in memory: to write each wrong code down would hand a flood our only writer. A node more is a budget
//! more, and a restart begins anew.

use crate::probes::prefix;
use domain::{
    Timestamp,
    time::{HOUR, MINUTE},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Mutex,
};

/// Wrong codes a minute from everywhere that is no segment of a site.
const EVERYWHERE: u32 = 60;
/// Wrong codes a minute from one prefix: a room of technicians makes fewer mistakes.
const ONE_PREFIX: u32 = 20;
/// Counters of a minute, and sources of an hour within segments and outside. With more there is no telling who was
/// wrong before.
const REMEMBERED: usize = 16_384;

#[derive(Default)]
struct Wrong {
    minute: i64,
    everywhere: u32,
    prefixes: BTreeMap<String, u32>,
    hour: i64,
    inside: BTreeSet<String>,
    outside: BTreeSet<String>,
}

/// Wrong codes of the last while. Only wrong ones count.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<Wrong>);

impl Guesses {
    /// Whether another code from there is looked at.
    pub(crate) fn allowed(&self, client: IpAddr, in_segment: bool, now: Timestamp) -> bool {
        let Ok(mut wrong) = self.0.lock() else { return false };
        wrong.turn(now);
        let here = wrong.prefixes.get(&prefix(client)).copied();
        let here = here.unwrap_or(if wrong.prefixes.len() < REMEMBERED { 0 } else { ONE_PREFIX });
        let budget = here < ONE_PREFIX && (in_segment || wrong.everywhere < EVERYWHERE);
        let sources = wrong.sources(in_segment);
        budget || (sources.len() < REMEMBERED && !sources.contains(&source(client, in_segment)))
    }

    /// A wrong one came from there.
    pub(crate) fn wrong(&self, client: IpAddr, in_segment: bool, now: Timestamp) {
        let Ok(mut wrong) = self.0.lock() else { return };
        wrong.turn(now);
        if !in_segment {
            wrong.everywhere = wrong.everywhere.saturating_add(1);
        }
        let prefix = prefix(client);
        if wrong.prefixes.len() < REMEMBERED || wrong.prefixes.contains_key(&prefix) {
            let here = wrong.prefixes.entry(prefix).or_default();
            *here = here.saturating_add(1);
        }
        let sources = wrong.sources(in_segment);
        if sources.len() < REMEMBERED {
            sources.insert(source(client, in_segment));
        }
    }
}

/// Who is told apart from others once the budget is used up.
fn source(client: IpAddr, in_segment: bool) -> String {
    match client {
        IpAddr::V6(v6) if in_segment => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        IpAddr::V4(v4) if in_segment => v4.to_string(),
        _ => prefix(client),
    }
}

impl Wrong {
    /// Whoever was wrong in this hour.
    const fn sources(&mut self, in_segment: bool) -> &mut BTreeSet<String> {
        if in_segment { &mut self.inside } else { &mut self.outside }
    }

    fn turn(&mut self, now: Timestamp) {
        let (minute, hour) = (now.0 / MINUTE, now.0 / HOUR);
        if self.minute != minute {
            (self.minute, self.everywhere) = (minute, 0);
            self.prefixes.clear();
        }
        if self.hour != hour {
            self.hour = hour;
            self.inside.clear();
            self.outside.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(500 * HOUR);

    fn from(n: u32) -> IpAddr {
        (0x1400_0000 + (n << 8)).to_be_bytes().into()
    }

    /// Shows wrong codes until none is looked at any more; how many were.
    fn flood(guesses: &Guesses, client: IpAddr, in_segment: bool, now: Timestamp) -> u32 {
        let mut looked_at = 0;
        while looked_at < 10_000 && guesses.allowed(client, in_segment, now) {
            guesses.wrong(client, in_segment, now);
            looked_at += 1;
        }
        looked_at
    }

    #[test]
    fn a_flood_from_many_places_is_bounded_and_delays_nobody_who_was_not_wrong() {
        let guesses = Guesses::default();
        let all: u32 = (0..10_000).map(|n| flood(&guesses, from(n), false, NOW)).sum();
        assert_eq!(all, EVERYWHERE + 10_000 - EVERYWHERE / ONE_PREFIX, "and one of each place");
        assert!(guesses.allowed(from(20_000), false, NOW), "whoever was never wrong");
        assert!(guesses.allowed(from(20_000), false, NOW), "a right code uses nothing up");
        assert!(!guesses.allowed(from(5_000), false, NOW));
        let next = NOW.plus(MINUTE);
        let all: u32 = (0..10_000).map(|n| flood(&guesses, from(n), false, next)).sum();
        assert_eq!(all, EVERYWHERE, "the next minute they share what everybody has");
        let later = NOW.plus(HOUR);
        assert_eq!(flood(&guesses, from(5_000), false, later), ONE_PREFIX, "an hour later it is forgotten");
    }

    #[test]
    fn with_more_sources_than_can_be_remembered_only_what_everybody_has_is_left() {
        let guesses = Guesses::default();
        for n in 0..20_000 {
            guesses.wrong(from(n), false, NOW);
        }
        assert!(!guesses.allowed(from(30_000), false, NOW));
        assert!(guesses.allowed([10, 20, 0, 7].into(), true, NOW), "a site has nothing to do with it");
        assert!(guesses.allowed(from(30_000), false, NOW.plus(MINUTE)));
        for n in 0..20_000 {
            guesses.wrong(from(n), true, NOW.plus(MINUTE));
        }
        assert!(!guesses.allowed([10, 20, 0, 7].into(), true, NOW.plus(MINUTE)));
        let wrong = guesses.0.lock().unwrap();
        assert!(
            [wrong.prefixes.len(), wrong.inside.len(), wrong.outside.len()].iter().all(|n| *n <= REMEMBERED)
        );
    }

    #[test]
    fn an_address_of_a_segment_is_held_back_neither_by_its_neighbours_nor_by_the_world() {
        let guesses = Guesses::default();
        let [one, two, three] = [7, 8, 9].map(|last| IpAddr::from([10, 20, 0, last]));
        assert_eq!(flood(&guesses, one, true, NOW), ONE_PREFIX);
        assert_eq!(flood(&guesses, two, true, NOW), 1, "its own mistakes count");
        for n in 0..1_000 {
            flood(&guesses, from(n), false, NOW);
        }
        assert!(guesses.allowed(three, true, NOW));
        assert_eq!(flood(&guesses, one, true, NOW.plus(MINUTE)), ONE_PREFIX);
        let [first, same, other] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(|text| text.parse::<IpAddr>().unwrap());
        assert_eq!(flood(&guesses, first, true, NOW), ONE_PREFIX);
        assert!(!guesses.allowed(same, true, NOW), "a phone can have any address of its network");
        assert!(guesses.allowed(other, true, NOW));
    }
}
