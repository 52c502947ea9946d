//! One edge, one phone, one moment; the tests change one thing at a time.

mod headers;
mod vectors;
mod verdicts;

use super::*;

const KEY: [u8; 32] = [7; 32];
const REALM: &str = "ringfence";
const TARGET: &str = "/cfg/001565abcdef.cfg?v=1";
/// The start of a bucket.
const NOW: u64 = 1_767_225_600;

fn edge() -> Challenger {
    Challenger::new(KEY, REALM)
}

fn phone() -> Credential {
    Credential::new("phone1", REALM, "correct horse")
}

fn parsed(header: &str) -> Authorization {
    Authorization::parse(header.as_bytes()).unwrap_or_else(|error| panic!("{error}: {header}"))
}

fn challenge(edge: &Challenger, algorithm: Algorithm, now: u64) -> Challenge {
    let headers = edge.challenges(now, false, None);
    let mut challenges = headers.iter().map(|header| Challenge::parse(header.as_bytes()).unwrap());
    challenges.find(|challenge| challenge.algorithm == algorithm).unwrap()
}

/// The phone's answer to a challenge of that moment.
fn answer(algorithm: Algorithm, issued: u64) -> Authorization {
    parsed(&respond(&challenge(&edge(), algorithm, issued), "GET", TARGET, &phone(), "0a4f113b", 1))
}
