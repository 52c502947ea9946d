//! The grammar, both headers, and what must not be in any text that we print.

use proptest::prelude::*;

use super::*;

const GOOD: &str =
    r#"Digest username="u", realm="r", nonce="n", uri="/", response="0f", qop=auth, nc=00000001, cnonce="c""#;

#[test]
fn sloppy_phones_are_understood() {
    let check = |header: &str| assert_eq!(parsed(header), parsed(GOOD), "{header}");
    check(
        r#"digest USERNAME="u",realm="r",nonce="n",uri="/",response="0F",qop="auth",nc="00000001",cnonce="c""#,
    );
    check(
        "DIGEST\tusername = u , realm\t=r, nonce=n, uri=\"/\", response=0f, qop=auth, nc=00000001, cnonce=c ",
    );
    check(&GOOD.replace(", ", ",\r\n "));
    check(&GOOD.replace(", ", ", , ").replace("Digest ", "  Digest ,"));
    check(&format!("{GOOD},"));
    check(&format!("{GOOD}, algorithm=md5, userhash=false, x-vendor=\"a,b=c\""));
    check(&GOOD.replace(r#""u""#, r#""\u""#));
    check(&GOOD.replace(r#"username="u""#, "username*=UTF-8''u"));
    check(&GOOD.replace(r#"username="u""#, "Username*=utf-8'en'%75"));
}

#[test]
fn a_user_name_can_have_any_letters() {
    let check = |sent: &str, name: &str| {
        assert_eq!(parsed(&GOOD.replace(r#"username="u""#, sent)).username, name);
    };
    check(r#"username="Jäsøn, \"J\" \\ Doe""#, r#"Jäsøn, "J" \ Doe"#);
    check("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", "Jäsøn Doe");
    check(r#"username="""#, "");
}

#[test]
fn malformed_answers_are_refused() {
    let check = |header: &str, error| {
        assert_eq!(Authorization::parse(header.as_bytes()), Err(error), "{header}");
    };
    let without = |field: &str| {
        let kept: Vec<_> = GOOD[7..].split(", ").filter(|one| !one.starts_with(field)).collect();
        format!("Digest {}", kept.join(", "))
    };
    check("", ParseError::Scheme);
    check("Basic dTpw", ParseError::Scheme);
    check(&GOOD.replace("Digest ", "Digest"), ParseError::Scheme);
    check(&GOOD.replace("Digest ", "Digest,"), ParseError::Scheme);
    check("Digest", ParseError::Missing("username"));
    for field in ["username", "realm", "nonce", "uri", "response", "nc", "cnonce"] {
        check(&without(&format!("{field}=")), ParseError::Missing(field));
    }
    check(&format!("{GOOD}, REALM=x"), ParseError::Repeated);
    check(&format!("{GOOD}, x=1, X=2"), ParseError::Repeated);
    check(&format!("{GOOD}, username*=UTF-8''u"), ParseError::Repeated);
    check(&format!("{GOOD} x=1"), ParseError::Syntax);
    check(&format!("{GOOD}, x"), ParseError::Syntax);
    check(&format!("{GOOD}, x="), ParseError::Syntax);
    check(&format!("{GOOD}, =x"), ParseError::Syntax);
    check(&format!("{GOOD}, x=\"1"), ParseError::Syntax);
    check(&format!("{GOOD}, x=\"1\\"), ParseError::Syntax);
    check(&format!("{GOOD}, x=\"1\r\n 2\""), ParseError::Syntax);
    check(&format!("{GOOD}, x=\"1\\\r2\""), ParseError::Syntax);
    check(&format!("{GOOD},\r\nx=1"), ParseError::Syntax);
    check(&format!("{GOOD}, x=\"\0\""), ParseError::NotText);
    check(&format!("{GOOD}, x=\"{}\"", "x".repeat(MAX_HEADER_BYTES)), ParseError::TooLong);
    let many: Vec<_> = (0..40).map(|n| format!("x{n}=1")).collect();
    check(&format!("{GOOD}, {}", many.join(", ")), ParseError::TooMany);
    for nc in ["1", "000000001", "0000000g", "+0000001"] {
        check(&GOOD.replace("00000001", nc), ParseError::Malformed("nc"));
    }
    for response in ["", "xx", "0 f"] {
        check(&GOOD.replace("\"0f\"", &format!("\"{response}\"")), ParseError::Malformed("response"));
    }
    for name in ["u", "UTF-8'u", "ISO-8859-1''u", "UTF-8''%", "UTF-8''%+1", "UTF-8''%ff", "UTF-8''a%0d%0ab"] {
        let extended = GOOD.replace(r#"username="u""#, &format!("username*={name}"));
        check(&extended, ParseError::Malformed("username*"));
    }
    assert_eq!(Authorization::parse(b"Digest username=\"\xff\""), Err(ParseError::NotText));
}

#[test]
fn challenges_that_we_cannot_answer_are_refused() {
    let check = |header: &str, error| {
        assert_eq!(Challenge::parse(header.as_bytes()), Err(error), "{header}");
    };
    check("Digest nonce=n", ParseError::Missing("realm"));
    check("Digest realm=r", ParseError::Missing("nonce"));
    check("Digest realm=r, nonce=n, algorithm=SHA-512-256", ParseError::Unsupported("algorithm"));
    check("Digest realm=r, nonce=n, algorithm=MD5-sess", ParseError::Unsupported("algorithm"));
    check("Digest realm=r, nonce=n, qop=\"auth-int\"", ParseError::Unsupported("qop"));
}

#[test]
fn the_client_prefers_sha_256() {
    let check = |algorithms: &[Algorithm], chosen: Option<usize>| {
        let challenges: Vec<_> =
            algorithms.iter().map(|&algorithm| challenge(&edge(), algorithm, NOW)).collect();
        assert_eq!(choose(&challenges), chosen.map(|index| &challenges[index]));
    };
    check(&[], None);
    check(&[Algorithm::Md5], Some(0));
    check(&[Algorithm::Md5, Algorithm::Sha256], Some(1));
    check(&[Algorithm::Sha256, Algorithm::Md5], Some(0));
}

#[test]
fn a_header_stays_one_header() {
    let credential = Credential::new("u\r\nX: 1", REALM, "p");
    let challenge = challenge(&edge(), Algorithm::Md5, NOW);
    let header = respond(&challenge, "GET", "/\r\nX: 2", &credential, "c\n\"", 1);
    assert!(!header.contains(['\r', '\n']), "{header}");
    let verdict = edge().verify(&parsed(&header), "GET", "/\r\nX: 2", &credential, NOW);
    assert!(matches!(verdict, Verdict::Wrong(_)));
}

#[test]
fn nothing_printed_holds_a_secret() {
    let right = answer(Algorithm::Sha256, NOW);
    let printed = format!("{right:?} {:?} {:?}", phone(), edge());
    let ha1 = ha1_md5_hex("phone1", REALM, "correct horse");
    for secret in [&right.response, &right.nonce, "correct horse", &ha1, "7, 7"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("phone1") && printed.contains(REALM), "{printed}");

    let broken = format!("{GOOD}, sesame=open sesame");
    let error = Authorization::parse(broken.as_bytes()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("sesame"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Authorization::parse(&bytes);
        let _ = Challenge::parse(&bytes);
        let _ = Authorization::parse(&[b"Digest ", bytes.as_slice()].concat());
    }

    /// Nearer to the grammar, so that it gets further in.
    #[test]
    fn any_header_like_text_is_read_without_panic(text in r#"Digest ([a-z*]{0,3}[=, "\\\r\n%'é]{0,3}){0,40}"#) {
        let _ = Authorization::parse(text.as_bytes());
        let _ = Challenge::parse(text.as_bytes());
    }

    #[test]
    fn one_byte_replaced_is_read_and_judged_without_panic(at in 0..GOOD.len(), byte: u8) {
        let mut header = GOOD.as_bytes().to_vec();
        header[at] = byte;
        if let Ok(read) = Authorization::parse(&header) {
            let verdict = edge().verify(&read, "GET", "/", &phone(), NOW);
            prop_assert!(matches!(verdict, Verdict::Wrong(_)));
        }
    }

    #[test]
    fn challenges_round_trip(
        realm in "\\PC*", nonce in "\\PC*", opaque in prop::option::of("\\PC*"), protected: bool, stale: bool,
    ) {
        let algorithm = Algorithm::Sha256;
        let sent = Challenge { realm, nonce, opaque, algorithm, protected, stale };
        prop_assert_eq!(Challenge::parse(sent.to_string().as_bytes()), Ok(sent));
    }
}
