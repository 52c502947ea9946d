//! Right answers that were given before: an answer that is sent once more is somebody else's, or a phone's that lost
//! ours on the way.
//!
//! RFC 7616 (section 3.4) lets a server demand that `nc` rises. Clients are not like that: some always send 00000001
//! (AsyncHttpClient #295, jain-sip #181), some send their counts out of order on several connections (go-http-auth
//! #21, http-auth #16). What no client has a reason to do is to give one answer twice to a nonce that nobody else was
//! given. So whole answers are remembered, and one that comes again is not wrong but *stale*: who knows the secret
//! answers a fresh nonce and is served, and whoever only holds a copy is not.

use super::Authorization;
use std::collections::{HashSet, VecDeque};

/// Bytes of an answer that are remembered: a whole MD5.
type Answer = [u8; 16];

/// The last answers that were right. Only those who know a secret can add to it.
#[derive(Debug)]
pub struct Seen {
    most: usize,
    known: HashSet<Answer>,
    order: VecDeque<Answer>,
}

impl Seen {
    /// Remembers `most` answers at most, some 50 bytes each; the oldest is forgotten first.
    pub fn of(most: usize) -> Self {
        Self { most, known: HashSet::new(), order: VecDeque::new() }
    }

    /// Whether this right answer is here for the first time.
    ///
    /// Its `response` stands for all of it: it is a hash over secret, nonce, count, `cnonce`, method and target.
    pub fn first(&mut self, authorization: &Authorization) -> bool {
        let mut answer = Answer::default();
        let Some(digits) = authorization.response.get(..2 * answer.len()) else { return true };
        if hex::decode_to_slice(digits, &mut answer).is_err() || !self.known.insert(answer) {
            return false;
        }
        self.order.push_back(answer);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}
