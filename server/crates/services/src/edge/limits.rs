//! How much attention failures get. Only failures count, by claim and source; a valid proof is always evaluated,
//! so nothing here can delay or lock out a phone that is who it says. No address is ever banned.
//!
//! A failure that gets attention is recorded by itself and reads its device anew (the password may have been
//! rotated); one that does not is counted with the probes of its minute. That bounds what failures cost.

use crate::probes;
use domain::{Timestamp, time::MINUTE};
use std::{collections::HashMap, net::IpAddr, sync::Mutex};

/// Failures of one claim from one source that get attention in a minute.
const EACH: u8 = 5;
/// Failures of all claims and sources that get attention in a minute; also bounds the memory of this.
const ALL: usize = 600;

#[derive(Default)]
pub(crate) struct Failures(Mutex<State>);

#[derive(Default)]
struct State {
    minute: i64,
    all: usize,
    each: HashMap<(String, String), u8>,
}

impl Failures {
    /// Counts a failure of `claim` from `client`; whether it gets attention.
    pub(crate) fn attend(&self, claim: &str, client: IpAddr, now: Timestamp) -> bool {
        let Ok(mut state) = self.0.lock() else { return false };
        let minute = now.0 / MINUTE;
        if state.minute != minute {
            *state = State { minute, ..State::default() };
        }
        if state.all >= ALL {
            return false;
        }
        let each = state.each.entry((claim.to_owned(), probes::prefix(client))).or_default();
        let attended = *each < EACH;
        *each = each.saturating_add(1);
        state.all += usize::from(attended);
        attended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

    fn attended(failures: &Failures, claim: &str, client: IpAddr, minute: i64) -> usize {
        (0..100).filter(|_| failures.attend(claim, client, Timestamp(minute * MINUTE))).count()
    }

    #[test]
    fn each_claim_and_source_has_its_own_budget_every_minute() {
        let failures = Failures::default();
        assert_eq!(attended(&failures, "rf1", THERE, 1), 5);
        assert_eq!(attended(&failures, "rf1", HERE, 1), 5);
        assert_eq!(attended(&failures, "rf2", THERE, 1), 5);
        assert_eq!(attended(&failures, "rf1", THERE, 1), 0);
        assert_eq!(attended(&failures, "rf1", THERE, 2), 5);
    }

    #[test]
    fn all_of_them_together_have_a_budget() {
        let failures = Failures::default();
        let all: usize = (0..1_000).map(|n| attended(&failures, &format!("rf{n}"), THERE, 1)).sum();
        assert_eq!(all, ALL);
        assert!(failures.0.lock().unwrap().each.len() <= ALL);
    }
}
