//! How often is answered, so that a forged source gets no more than a trickle.

use std::{collections::HashMap, net::IpAddr};

/// Seconds of a window.
const WINDOW: u64 = 10;
/// Answers to one source in a window: a phone asks once or twice at boot.
const PER_SOURCE: u8 = 4;
/// Answers in a window: a thousand phones after a power cut, each asking twice.
const OVERALL: u32 = 2000;

/// Counts answers in windows of ten seconds. Its memory is bounded by what it allows.
#[derive(Debug, Default)]
pub struct Limit {
    window: u64,
    answers: u32,
    sources: HashMap<IpAddr, u8>,
}

impl Limit {
    /// Whether a question from `source` may be answered at `second`, counted from anywhere.
    pub fn allow(&mut self, source: IpAddr, second: u64) -> bool {
        if second / WINDOW != self.window {
            *self = Self { window: second / WINDOW, ..Self::default() };
        }
        if self.answers >= OVERALL {
            return false;
        }
        let count = self.sources.entry(source).or_default();
        if *count >= PER_SOURCE {
            return false;
        }
        *count += 1;
        self.answers += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_is_answered_four_times_in_a_window_and_others_meanwhile() {
        let mut limit = Limit::default();
        let [one, other] = [IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2])];
        let answered = (0..50).filter(|_| limit.allow(one, 105)).count();
        assert_eq!(answered, 4);
        assert!(limit.allow(other, 105));
        assert!(limit.allow(one, 110), "the next window");
    }

    #[test]
    fn all_together_are_answered_two_thousand_times_in_a_window() {
        let mut limit = Limit::default();
        let from = |n: u32| IpAddr::from(n.to_be_bytes());
        let answered = (0..100_000).filter(|n| limit.allow(from(0x0a00_0000 + n), 5)).count();
        assert_eq!(answered, 2000);
        assert!(limit.sources.len() <= 2000, "memory is bounded by what is allowed");
        assert!(limit.allow(from(1), 10));
    }
}
