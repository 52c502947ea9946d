//! Right answers that were given before: an answer that is sent once more is somebody else's, or a phone's that lost
//! ours on the way.
//!
//! RFC 7616 (section 3.4) lets a server demand that `nc` rises. Clients are not like that: some always send 00000001
//! (AsyncHttpClient #295, jain-sip #181), some send their counts out of order on several connections (go-http-auth
//! #21, http-auth #16). What no client has a reason to do is to give one answer twice to a nonce that nobody else was
//! given. So whole answers are remembered, and one that comes again is not wrong but *stale*: who knows the secret
//! answers a fresh nonce and is served, and whoever only holds a copy is not.

use super::Authorization;
use std::collections::HashSet;

/// Bytes of an answer that are remembered: a whole MD5.
type Answer = [u8; 16];

/// The last answers that were right. Only those who know a secret can add to it.
///
/// Two tables that only grow and are emptied whole: one from which the oldest was taken each time would be full of
/// graves, and doubles when it is cleared of them.
#[derive(Debug)]
pub struct Seen {
    most: usize,
    young: HashSet<Answer>,
    old: HashSet<Answer>,
}

impl Seen {
    /// Remembers the last `most` answers at least, and never more than twice as many. Where `most` is seven eighths of a
    /// power of two, which is how full a table gets, that takes 40 bytes for each of `most`.
    pub fn of(most: usize) -> Self {
        Self { most, young: HashSet::new(), old: HashSet::new() }
    }

    /// Whether this right answer is here for the first time.
    ///
    /// Its `response` stands for all of it: it is a hash over secret, nonce, count, `cnonce`, method and target.
    pub fn first(&mut self, authorization: &Authorization) -> bool {
        let mut answer = Answer::default();
        let Some(digits) = authorization.response.get(..2 * answer.len()) else { return true };
        if hex::decode_to_slice(digits, &mut answer).is_err()
            || self.old.contains(&answer)
            || !self.young.insert(answer)
        {
            return false;
        }
        if self.young.len() >= self.most {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(n: u32) -> Authorization {
        let header = format!(r#"Digest username="u", realm="r", nonce="n", uri="/", response="{n:032x}""#);
        Authorization::parse(header.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_remembered_weighs_forty_bytes_an_answer_however_long_it_goes_on() {
        const MOST: u32 = 3584;
        let mut seen = Seen::of(MOST as usize);
        assert!((0..50_000).all(|n| seen.first(&answer(n))));
        // A table has a power of two of places, each with a byte beside it, and fills seven of eight.
        let places = ((seen.young.capacity() + seen.old.capacity()) * 8).div_ceil(7);
        let bytes = places * (size_of::<Answer>() + 1);
        assert!(bytes <= 40 * MOST as usize, "{} bytes an answer", bytes / MOST as usize);
        assert!((50_000 - MOST..50_000).all(|n| !seen.first(&answer(n))), "the last are known");
        assert!((0..50_000 - 2 * MOST).all(|n| seen.first(&answer(n))), "the oldest are forgotten");
    }
}
