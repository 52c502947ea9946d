//! How much of a site's line firmware may take.
//!
//! A download is let in whole or told to come back; it is never slowed down. A slow download keeps a phone in its
//! updater for hours, ends when the phone's patience does, and then begins again: the line has carried it for
//! nothing. A phone that is told 503 goes on working.

use crate::{Timestamp, time::SECOND};

/// Whether a download may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may; the site's budget is spent until then.
    Granted {
        /// Until when.
        busy_until: Timestamp,
    },
    /// Not before this many seconds have passed.
    Wait {
        /// Seconds, at least 1.
        seconds: u32,
    },
}

/// Bytes at `kbps` kilobits a second, in microseconds.
fn duration(bytes: u64, kbps: u32) -> i64 {
    let micros = u128::from(bytes) * 8 * 1000 / u128::from(kbps.max(1));
    i64::try_from(micros).unwrap_or(i64::MAX)
}

/// A bucket with room for one download: the next one is let in when the budget has paid for the last.
///
/// Over any time, what is let in is at most the budget of that time and one download more.
pub fn admit(busy_until: Timestamp, now: Timestamp, bytes: u64, kbps: u32) -> Admission {
    if busy_until > now {
        let wait = (busy_until.0 - now.0).div_euclid(SECOND).saturating_add(1);
        return Admission::Wait { seconds: u32::try_from(wait).unwrap_or(u32::MAX) };
    }
    Admission::Granted { busy_until: now.plus(duration(bytes, kbps)) }
}

/// Until when the site's budget is spent once a download that was let in until `granted` has ended early, with `unsent`
/// bytes of it not sent. When another one was let in after it, its time has passed already.
pub fn give_back(busy_until: Timestamp, granted: Timestamp, unsent: u64, kbps: u32) -> Timestamp {
    if busy_until == granted { granted.plus(-duration(unsent, kbps)) } else { busy_until }
}

/// When `bytes` will have passed at `kbps`, if every phone asks as soon as it may.
pub fn finish(now: Timestamp, bytes: u64, kbps: u32) -> Timestamp {
    now.plus(duration(bytes, kbps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_megabyte_at_eight_megabit_takes_a_second() {
        let now = Timestamp(1_000_000);
        assert_eq!(finish(now, 1_000_000, 8_000), now.plus(SECOND));
        let Admission::Granted { busy_until } = admit(Timestamp(0), now, 1_000_000, 8_000) else { panic!() };
        assert_eq!(admit(busy_until, now, 1, 8_000), Admission::Wait { seconds: 2 });
        assert!(matches!(admit(busy_until, busy_until, 1, 8_000), Admission::Granted { .. }));
    }

    #[test]
    fn what_was_not_sent_is_given_back_once() {
        let now = Timestamp(1_000_000);
        let Admission::Granted { busy_until } = admit(Timestamp(0), now, 4_000_000, 8_000) else { panic!() };
        let quarter = give_back(busy_until, busy_until, 3_000_000, 8_000);
        assert_eq!(quarter, now.plus(SECOND), "a quarter was sent");
        assert_eq!(
            give_back(quarter, busy_until, 3_000_000, 8_000),
            quarter,
            "not twice, and of no other download"
        );
    }

    proptest! {
        /// Downloads that break off are charged what they carried, and the budget holds all the same.
        #[test]
        fn the_budget_holds_when_downloads_break_off(asks in proptest::collection::vec((0i64..10_000_000, 0u64..5_000_000, 0u64..5_000_000), 1..60), kbps in 1u32..100_000) {
            let (mut now, mut busy, mut sent, mut last) = (Timestamp(0), Timestamp(0), 0u64, 0);
            for (later, bytes, carried) in asks {
                now = now.plus(later);
                if let Admission::Granted { busy_until } = admit(busy, now, bytes, kbps) {
                    let carried = carried.min(bytes);
                    busy = give_back(busy_until, busy_until, bytes - carried, kbps);
                    (sent, last) = (sent + carried, carried);
                }
            }
            let allowed = u128::from(kbps) * u128::try_from(now.0).unwrap() / 8_000 + u128::from(last) + 60;
            prop_assert!(u128::from(sent) <= allowed, "{sent} > {allowed}");
        }

        /// However phones ask, the site's line carries at most its budget and one download more.
        #[test]
        fn the_budget_holds(asks in proptest::collection::vec((0i64..10_000_000, 0u64..5_000_000), 1..60), kbps in 1u32..100_000) {
            let (mut now, mut busy, mut sent, mut last) = (Timestamp(0), Timestamp(0), 0u64, 0);
            for (later, bytes) in asks {
                now = now.plus(later);
                if let Admission::Granted { busy_until } = admit(busy, now, bytes, kbps) {
                    (busy, sent, last) = (busy_until, sent + bytes, bytes);
                }
            }
            let allowed = u128::from(kbps) * u128::try_from(now.0).unwrap() / 8_000 + u128::from(last) + 60;
            prop_assert!(u128::from(sent) <= allowed, "{sent} > {allowed}");
        }
    }
}
