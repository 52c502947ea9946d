//! What the edge thinks of an answer.

use proptest::prelude::*;

use super::*;

const BOTH: [Algorithm; 2] = [Algorithm::Md5, Algorithm::Sha256];

#[test]
fn one_bucket_gives_the_same_bytes() {
    let edge = edge();
    let first = edge.challenges(NOW, false, None);
    for later in 1..BUCKET_SECONDS {
        assert_eq!(edge.challenges(NOW + later, false, None), first);
    }
    assert_ne!(edge.challenges(NOW + BUCKET_SECONDS, false, None), first);
    assert_ne!(edge.challenges(NOW - 1, false, None), first);
    assert_eq!(edge.clone().challenges(NOW, false, None), first);
}

#[test]
fn a_salt_makes_a_nonce_of_its_own_that_lives_as_long() {
    let salted = |salt| Challenge::parse(edge().challenges(NOW, true, Some(salt))[0].as_bytes()).unwrap();
    let (one, other) = (salted([1; 8]), salted([2; 8]));
    assert_ne!(one.nonce, other.nonce);
    for challenge in [one, other] {
        let answer = parsed(&respond(&challenge, "GET", TARGET, &phone(), "0a4f113b", 1));
        let at = |now| edge().verify(&answer, "GET", TARGET, &phone(), now);
        assert_eq!(at(NOW + LIFETIME_SECONDS - 1), Verdict::Proven { algorithm: Algorithm::Sha256 });
        assert_eq!(at(NOW + LIFETIME_SECONDS), Verdict::Stale);
        for at in 0..challenge.nonce.len() {
            let mut nonce = challenge.nonce.clone().into_bytes();
            nonce[at] = if nonce[at] == b'A' { b'B' } else { b'A' };
            let forged = Challenge { nonce: String::from_utf8(nonce).unwrap(), ..challenge.clone() };
            let answer = parsed(&respond(&forged, "GET", TARGET, &phone(), "0a4f113b", 1));
            let verdict = edge().verify(&answer, "GET", TARGET, &phone(), NOW);
            // The last character may hold bits that stand for nothing.
            assert_eq!(verdict, Verdict::Wrong(Reason::NonceForged), "{at}");
        }
    }
}

#[test]
fn challenges_read_as_written() {
    let nonce = challenge(&edge(), Algorithm::Md5, NOW).nonce;
    let md5 = format!(r#"Digest realm="ringfence", qop="auth", algorithm=MD5, nonce="{nonce}""#);
    let sha256 = md5.replace("MD5", "SHA-256");
    let stale = |header: &String| format!("{header}, stale=true");
    assert_eq!(edge().challenges(NOW, false, None), [sha256.clone(), md5.clone()]);
    assert_eq!(edge().challenges(NOW, true, None), [stale(&sha256), stale(&md5)]);
    assert_eq!(edge().with_order(Order::Md5First).challenges(NOW, false, None), [md5, sha256]);
}

#[test]
fn a_nonce_lives_as_long_as_it_should() {
    // Asked late in a bucket, the nonce is that of the bucket's start.
    let asked = NOW + BUCKET_SECONDS - 1;
    let check = |now: u64, verdict: fn(Algorithm) -> Verdict| {
        for algorithm in BOTH {
            let judged = edge().verify(&answer(algorithm, asked), "GET", TARGET, &phone(), now);
            assert_eq!(
                judged,
                verdict(algorithm),
                "{algorithm}, at {}",
                now.cast_signed() - NOW.cast_signed()
            );
        }
    };
    let proven: fn(_) -> _ = |algorithm| Verdict::Proven { algorithm };
    check(asked, proven);
    check(NOW + LIFETIME_SECONDS - 1, proven);
    check(NOW + LIFETIME_SECONDS, |_| Verdict::Stale);
    check(NOW + 86_400 * 365, |_| Verdict::Stale);
    check(u64::MAX, |_| Verdict::Stale);
    // Another node's clock may be one bucket ahead of ours, not two.
    check(NOW - BUCKET_SECONDS, proven);
    check(NOW - BUCKET_SECONDS - 1, |_| Verdict::Wrong(Reason::NonceForged));
    check(0, |_| Verdict::Wrong(Reason::NonceForged));
}

#[test]
fn only_a_right_answer_can_be_stale() {
    let late = NOW + LIFETIME_SECONDS;
    let other = Credential::new("phone1", REALM, "wrong horse");
    for credential in [other, Credential::decoy(&KEY, "phone1")] {
        let verdict = edge().verify(&answer(Algorithm::Sha256, NOW), "GET", TARGET, &credential, late);
        assert_eq!(verdict, Verdict::Wrong(Reason::Response));
    }
}

#[test]
fn forged_nonces_are_refused() {
    // Right answers all, had the nonce been ours.
    let check = |nonce: &str, verdict: Verdict| {
        let forged = Challenge { nonce: nonce.to_owned(), ..challenge(&edge(), Algorithm::Sha256, NOW) };
        let header = respond(&forged, "GET", TARGET, &phone(), "0a4f113b", 1);
        assert_eq!(edge().verify(&parsed(&header), "GET", TARGET, &phone(), NOW), verdict, "{nonce}");
    };
    let forged = Verdict::Wrong(Reason::NonceForged);
    let ours = challenge(&edge(), Algorithm::Sha256, NOW).nonce;
    check(&ours, Verdict::Proven { algorithm: Algorithm::Sha256 });
    for at in 0..ours.len() {
        let other = if &ours[at..=at] == "A" { "B" } else { "A" };
        check(&format!("{}{other}{}", &ours[..at], &ours[at + 1..]), forged);
        check(&ours[..at], forged);
    }
    check(&format!("{ours}AAAA"), forged);
    check(&format!("{ours}="), forged);
    check("é", forged);
    check(&challenge(&Challenger::new([8; 32], REALM), Algorithm::Md5, NOW).nonce, forged);
    check(&challenge(&Challenger::new(KEY, "other"), Algorithm::Md5, NOW).nonce, forged);
}

#[test]
fn each_fault_has_its_reason() {
    let check = |change: fn(&mut Authorization), reason: Reason| {
        for algorithm in BOTH {
            let mut changed = answer(algorithm, NOW);
            change(&mut changed);
            let verdict = edge().verify(&changed, "GET", TARGET, &phone(), NOW);
            assert_eq!(verdict, Verdict::Wrong(reason), "{algorithm}");
        }
    };
    check(|it| it.username.push('x'), Reason::Username);
    check(|it| it.username = "PHONE1".into(), Reason::Username);
    check(|it| it.realm.push('x'), Reason::Realm);
    check(|it| it.nonce.push('x'), Reason::NonceForged);
    check(|it| it.uri.push('x'), Reason::Uri);
    check(|it| it.uri = "/cfg/001565abcdef.cfg".into(), Reason::Uri);
    check(|it| it.uri = format!("https://edge:8443{TARGET}"), Reason::Response);
    check(|it| it.algorithm = None, Reason::Algorithm);
    check(|it| it.algorithm = BOTH.into_iter().find(|&other| Some(other) != it.algorithm), Reason::Response);
    check(|it| it.qop = None, Reason::QopMissing);
    check(|it| it.nc = None, Reason::QopMissing);
    check(|it| it.cnonce = None, Reason::QopMissing);
    check(|it| it.qop = Some("auth-int".into()), Reason::QopUnsupported);
    check(|it| it.qop = Some("AUTH".into()), Reason::Response);
    check(|it| it.nc = Some("00000002".into()), Reason::Response);
    check(|it| it.cnonce = Some(String::new()), Reason::Response);
    check(|it| it.response = String::new(), Reason::Response);
    check(|it| it.response.truncate(31), Reason::Response);
    check(|it| it.response = "0".repeat(it.response.len()), Reason::Response);
}

#[test]
fn unsupported_algorithms_are_named_as_such() {
    for token in ["MD5-sess", "SHA-256-sess", "SHA-512-256", "SHA256"] {
        let header = format!(
            r#"Digest username="phone1", realm="ringfence", nonce="n", uri="/", response="00", algorithm={token}"#
        );
        let verdict = edge().verify(&parsed(&header), "GET", "/", &phone(), NOW);
        assert_eq!(verdict, Verdict::Wrong(Reason::Algorithm), "{token}");
    }
}

#[test]
fn an_rfc_2069_answer_is_refused_though_right() {
    let bare = Challenge { protected: false, ..challenge(&edge(), Algorithm::Md5, NOW) };
    let header = respond(&bare, "GET", TARGET, &phone(), "", 1);
    let verdict = edge().verify(&parsed(&header), "GET", TARGET, &phone(), NOW);
    assert_eq!(verdict, Verdict::Wrong(Reason::QopMissing));
}

#[test]
fn the_uri_must_be_the_request() {
    let check = |uri: &str, target: &str, matches: bool| {
        let challenge = challenge(&edge(), Algorithm::Md5, NOW);
        let header = respond(&challenge, "GET", uri, &phone(), "0a4f113b", 1);
        let verdict = edge().verify(&parsed(&header), "GET", target, &phone(), NOW);
        let wanted =
            if matches { Verdict::Proven { algorithm: Algorithm::Md5 } } else { Verdict::Wrong(Reason::Uri) };
        assert_eq!(verdict, wanted, "{uri} for {target}");
    };
    check("/a?b=c", "/a?b=c", true);
    check("https://phone1@edge:8443/a?b=c", "/a?b=c", true);
    check("HTTP://edge/a", "/a", true);
    check("https://edge", "/", true);
    check("/a", "https://edge/a", true);
    check("/a", "/a?b=c", false);
    check("/a?b=c", "/a", false);
    check("/a", "/A", false);
    check("/%61", "/a", false);
    check("https://edge/a", "/b", false);
    check("https://edge/b?https://edge/a", "/a", false);
    check("https://edge?b=/a", "/a", false);
    check("ftp://edge/a", "/a", false);
    check("", "/", false);
    check("sip:edge.example", "sip:edge.example", true);
    check("sip:edge.example", "sip:other.example", false);
}

#[test]
fn an_answer_is_for_one_method_and_one_secret() {
    let check = |method: &str, credential: &Credential| {
        let right = answer(Algorithm::Sha256, NOW);
        let verdict = edge().verify(&right, method, TARGET, credential, NOW);
        assert_eq!(verdict, Verdict::Wrong(Reason::Response));
    };
    check("PUT", &phone());
    check("get", &phone());
    check("GET", &Credential::new("phone1", REALM, "correct horse "));
    check("GET", &Credential::new("phone1", "other", "correct horse"));
    check("GET", &Credential::decoy(&KEY, "phone1"));
}

#[test]
fn a_decoy_is_never_proven() {
    let decoy = Credential::decoy(&KEY, "phone1");
    for algorithm in BOTH {
        // Even by someone who has the decoy itself.
        let header = respond(&challenge(&edge(), algorithm, NOW), "GET", TARGET, &decoy, "0a4f113b", 1);
        for now in [NOW, NOW + LIFETIME_SECONDS] {
            let verdict = edge().verify(&parsed(&header), "GET", TARGET, &decoy, now);
            assert_eq!(verdict, Verdict::Wrong(Reason::Response));
        }
    }
}

proptest! {
    #[test]
    fn what_we_answer_is_proven(
        username in "\\PC{0,40}", password in any::<String>(), realm in "\\PC{1,20}", uri in "/[!-~]{0,60}",
        cnonce in "\\PC{0,40}", nc: u32, method in "[A-Z]{3,8}", sha256: bool, now in 0..u64::MAX / 2,
        later in 0..=LIFETIME_SECONDS - BUCKET_SECONDS,
    ) {
        let algorithm = if sha256 { Algorithm::Sha256 } else { Algorithm::Md5 };
        let edge = Challenger::new(KEY, &realm);
        let credential = Credential::new(&username, &realm, &password);
        let header = respond(&challenge(&edge, algorithm, now), &method, &uri, &credential, &cnonce, nc);
        let verdict = edge.verify(&parsed(&header), &method, &uri, &credential, now + later);
        prop_assert_eq!(verdict, Verdict::Proven { algorithm });
    }

    #[test]
    fn an_answer_with_anything_changed_is_not_proven(
        field in 0..7_usize, text in "[ -~]{0,40}", sha256: bool,
    ) {
        let right = answer(if sha256 { Algorithm::Sha256 } else { Algorithm::Md5 }, NOW);
        let mut changed = right.clone();
        match field {
            0 => changed.username = text,
            1 => changed.realm = text,
            2 => changed.nonce = text,
            3 => changed.uri = text,
            4 => changed.response = text,
            5 => changed.nc = Some(text),
            _ => changed.cnonce = Some(text),
        }
        prop_assume!(changed != right);
        let verdict = edge().verify(&changed, "GET", TARGET, &phone(), NOW);
        prop_assert!(matches!(verdict, Verdict::Wrong(_)));
    }
}

#[test]
fn an_answer_is_here_for_the_first_time_once() {
    let given = |nc| {
        let challenge = challenge(&edge(), Algorithm::Sha256, NOW);
        parsed(&respond(&challenge, "GET", TARGET, &phone(), "0a4f113b", nc))
    };
    let mut seen = Seen::of(3);
    // Whatever the order of its counts.
    for nc in [1, 3, 2] {
        assert!(seen.first(&given(nc)), "{nc}");
    }
    for nc in [1, 3, 2] {
        assert!(!seen.first(&given(nc)), "{nc}");
    }
    for nc in [4, 5, 6] {
        assert!(seen.first(&given(nc)), "{nc}");
    }
    assert!(!seen.first(&given(6)) && !seen.first(&given(4)));
    assert!(seen.first(&given(1)), "the oldest were forgotten for them");
}
