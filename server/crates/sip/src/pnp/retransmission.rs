//! NOTIFYs that nobody has answered yet, sent again as RFC 3261 (17.1.2) wants it over UDP: after T1, then after twice
//! as long each time up to T2, until a final response comes or 64 T1 are over.
//!
//! Pure: the time comes in, in milliseconds from anywhere. One for each source, because a phone that asks again is
//! answered anew; so a forged source gets eleven datagrams in half a minute, and no more.

use super::{Reply, message::Response};
use std::{collections::BTreeMap, net::IpAddr};

/// T1 and T2 of RFC 3261, in milliseconds.
const T1: u64 = 500;
const T2: u64 = 4000;
/// Timer F: when nobody answered by then, nobody is there.
const END: u64 = 64 * T1;
/// Sources waited for: a thousand phones after a power cut. What is more is sent once.
const MOST: usize = 2000;

/// What was sent and not answered.
#[derive(Debug, Default)]
pub struct Retransmissions(BTreeMap<IpAddr, Waiting>);

#[derive(Debug)]
struct Waiting {
    notify: Reply,
    interval: u64,
    due: u64,
    end: u64,
}

impl Retransmissions {
    /// `notify` is sent now, for the first time.
    pub fn sent(&mut self, notify: Reply, now: u64) {
        let source = notify.to.ip();
        if self.0.len() < MOST || self.0.contains_key(&source) {
            self.0.insert(source, Waiting { notify, interval: T1, due: now + T1, end: now + END });
        }
    }

    /// A datagram from `source` that may be the response.
    pub fn heard(&mut self, source: IpAddr, bytes: &[u8], now: u64) {
        let Some(waiting) = self.0.get_mut(&source) else { return };
        let Some(response) = Response::parse(bytes) else { return };
        if !response.answers(&waiting.notify.bytes) {
            return;
        }
        if response.status >= 200 {
            self.0.remove(&source);
        } else {
            // Somebody is there and thinks.
            (waiting.interval, waiting.due) = (T2, now + T2);
        }
    }

    /// What has to be sent again now.
    pub fn due(&mut self, now: u64) -> Vec<Reply> {
        self.0.retain(|_, waiting| now < waiting.end);
        let mut again = Vec::new();
        for waiting in self.0.values_mut().filter(|waiting| waiting.due <= now) {
            waiting.interval = (2 * waiting.interval).min(T2);
            waiting.due = now + waiting.interval;
            again.push(waiting.notify.clone());
        }
        again
    }

    /// When [`due`](Self::due) has something to do next.
    pub fn next(&self) -> Option<u64> {
        self.0.values().map(|waiting| waiting.due.min(waiting.end)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRANCH: &str = "z9hG4bK77";

    fn notify(last: u8) -> Reply {
        let head = format!(
            "NOTIFY sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:40000;branch={BRANCH}\r\nCSeq: 1 NOTIFY\r\n\r\n"
        );
        Reply { to: ([10, 0, 0, last], 5060).into(), bytes: head.into_bytes() }
    }

    fn response(status: &str, branch: &str, sequence: &str) -> Vec<u8> {
        format!(
            "SIP/2.0 {status}\r\nv: SIP/2.0/UDP 10.0.0.1:40000;branch={branch}\r\nCSeq: {sequence}\r\n\r\n"
        )
        .into_bytes()
    }

    /// When it is sent again, if nobody says anything.
    fn times(waiting: &mut Retransmissions) -> Vec<u64> {
        let mut times = vec![];
        while let Some(next) = waiting.next() {
            times.extend(waiting.due(next).iter().map(|_| next));
        }
        times
    }

    #[test]
    fn it_is_sent_again_at_the_times_of_the_standard_and_then_given_up() {
        let mut waiting = Retransmissions::default();
        waiting.sent(notify(7), 1000);
        let expected = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
        assert_eq!(times(&mut waiting), expected.map(|after| 1000 + after));
        assert_eq!(waiting.next(), None);
    }

    #[test]
    fn a_final_response_ends_it_whatever_it_says_and_a_provisional_one_slows_it_down() {
        let source = IpAddr::from([10, 0, 0, 7]);
        for last in ["200 OK", "481 No", "600 No"] {
            let mut waiting = Retransmissions::default();
            waiting.sent(notify(7), 0);
            waiting.heard(source, &response(last, BRANCH, "1 NOTIFY"), 100);
            assert_eq!(times(&mut waiting), [0; 0], "{last}");
        }
        let mut waiting = Retransmissions::default();
        waiting.sent(notify(7), 0);
        waiting.heard(source, &response("100 Trying", BRANCH, "1 NOTIFY"), 100);
        assert_eq!(waiting.next(), Some(4100));
    }

    #[test]
    fn what_is_no_response_to_it_changes_nothing() {
        let mut waiting = Retransmissions::default();
        waiting.sent(notify(7), 0);
        let here = IpAddr::from([10, 0, 0, 7]);
        let good = response("200 OK", BRANCH, "1 NOTIFY");
        waiting.heard([10, 0, 0, 8].into(), &good, 1);
        for bad in [
            response("200 OK", "z9hG4bK78", "1 NOTIFY"),
            response("200 OK", BRANCH, "1 SUBSCRIBE"),
            response("20 OK", BRANCH, "1 NOTIFY"),
            response("2000 OK", BRANCH, "1 NOTIFY"),
            notify(7).bytes,
            vec![],
            vec![0xff; 100],
        ] {
            waiting.heard(here, &bad, 1);
            assert_eq!(waiting.0.len(), 1, "{}", String::from_utf8_lossy(&bad));
        }
        waiting.heard(here, &good, 1);
        assert_eq!(waiting.0.len(), 0);
    }

    #[test]
    fn one_is_waited_for_from_each_source_and_all_are_bounded() {
        let mut waiting = Retransmissions::default();
        for now in 0..10 {
            waiting.sent(notify(7), now);
        }
        assert_eq!((waiting.0.len(), waiting.next()), (1, Some(509)));
        for n in 0..5000u32 {
            let to = (std::net::Ipv4Addr::from(0x0b00_0000 + n), 5060).into();
            waiting.sent(Reply { to, ..notify(1) }, 10);
        }
        assert_eq!(waiting.0.len(), MOST);
        waiting.sent(notify(7), 20);
        assert_eq!(waiting.due(520).len(), MOST);
    }
}
