//! What must hold for every `Authorization` header that anybody sends.

use sip::digest::{Authorization, Challenger, Credential, Verdict};

/// Nothing panics; a user name holds no control characters; nobody is proven without the secret, and the decoy never.
pub(crate) fn holds(data: &[u8]) {
    let Ok(parsed) = Authorization::parse(data) else { return };
    assert!(!parsed.username.chars().any(char::is_control));
    assert!(!parsed.response.is_empty() && parsed.response.bytes().all(|c| c.is_ascii_hexdigit()));
    let challenger = Challenger::new([7; 32], "ringfence");
    for credential in [
        Credential::decoy(&[0; 32], &parsed.username),
        Credential::new(&parsed.username, "ringfence", "unguessed"),
    ] {
        let verdict = challenger.verify(&parsed, "GET", &parsed.uri, &credential, 1_767_225_600);
        assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
    }
}
