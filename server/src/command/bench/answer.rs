//! Proofs that are made again for every request: an answer that is given twice is stale.

use super::fleet::PASSWORD;
use services::REALM;
use sip::digest::{Algorithm, Authorization, Challenge, Credential, respond};

const HEADER: &str = "Authorization: ";

/// A request with a Digest answer in it, taken apart.
pub(super) struct Answered {
    before: String,
    after: String,
    path: String,
    credential: Credential,
    challenge: Challenge,
}

impl Answered {
    /// `None` for a request without an answer.
    pub(super) fn of(request: &str) -> Option<Self> {
        let (before, rest) = request.split_once(HEADER)?;
        let (header, after) = rest.split_once("\r\n")?;
        let given = Authorization::parse(header.as_bytes()).ok()?;
        let challenge = Challenge {
            realm: given.realm,
            nonce: given.nonce,
            opaque: None,
            algorithm: given.algorithm.unwrap_or(Algorithm::Md5),
            protected: true,
            stale: false,
        };
        Some(Self {
            before: before.to_owned(),
            after: after.to_owned(),
            path: given.uri,
            credential: Credential::new(&given.username, REALM, PASSWORD),
            challenge,
        })
    }

    /// The same request with an answer that was never given: `turn` is another number each time.
    pub(super) fn again(&self, turn: u64) -> String {
        let Self { before, after, path, credential, challenge } = self;
        let cnonce = format!("{:x}-{turn:x}", std::process::id());
        let answer = respond(challenge, "GET", path, credential, &cnonce, 1);
        format!("{before}{HEADER}{answer}\r\n{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip::digest::{Challenger, Verdict};

    #[test]
    fn a_request_is_proven_again_and_differs_in_nothing_but_its_answer() {
        let edge = Challenger::new([7; 32], REALM);
        let offered = edge.challenges(1_000, false, None);
        let challenge = Challenge::parse(offered[0].as_bytes()).unwrap();
        let credential = Credential::new("fleet1", REALM, PASSWORD);
        let first = respond(&challenge, "GET", "/x.cfg", &credential, "5ad9c83b", 1);
        let request = format!("GET /x.cfg HTTP/1.1\r\nHost: x\r\n{HEADER}{first}\r\nUser-Agent: y\r\n\r\n");
        let answered = Answered::of(&request).unwrap();
        let (one, two) = (answered.again(1), answered.again(2));
        assert_ne!(one, two);
        for again in [one, two] {
            let (before, rest) = again.split_once(HEADER).unwrap();
            let (header, after) = rest.split_once("\r\n").unwrap();
            assert_eq!((before, after), ("GET /x.cfg HTTP/1.1\r\nHost: x\r\n", "User-Agent: y\r\n\r\n"));
            let verdict = edge.verify(
                &Authorization::parse(header.as_bytes()).unwrap(),
                "GET",
                "/x.cfg",
                &credential,
                1_000,
            );
            assert!(matches!(verdict, Verdict::Proven { .. }), "{verdict:?}");
        }
        assert!(Answered::of("GET / HTTP/1.1\r\n\r\n").is_none());
    }
}
