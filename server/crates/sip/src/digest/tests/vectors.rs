//! Answers computed by others: the RFCs, and programs of which we recorded what they sent.

use super::*;

fn check(challenge: &str, password: &str, cnonce: &str, response: &str) {
    let challenge = Challenge::parse(challenge.as_bytes()).unwrap();
    let mufasa = Credential::new("Mufasa", &challenge.realm, password);
    let header = respond(&challenge, "GET", "/dir/index.html", &mufasa, cnonce, 1);
    let answer = parsed(&header);
    assert_eq!(answer.response, response, "{header}");
    assert_eq!(answer.nonce, challenge.nonce);
    assert_eq!(answer.opaque, challenge.opaque);
    assert_eq!(answer.nc.as_deref(), challenge.protected.then_some("00000001"));
}

#[test]
fn the_examples_of_the_rfcs_come_out() {
    // RFC 7616, section 3.9.1.
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    check(
        r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256,
 nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
            .replace('\n', "\r\n")
            .as_str(),
        "Circle of Life",
        cnonce,
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    );
    check(
        r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
        "Circle of Life",
        cnonce,
        "8ca523f5e9506fed4657c9700eebdbec",
    );
    // RFC 2617, section 3.5.
    check(
        r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        "Circle Of Life",
        "0a4f113b",
        "6629fae49393a05397450978507c4ef1",
    );
    // RFC 2069, section 2.4, with its erratum 749.
    check(
        r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        "CircleOfLife",
        "",
        "1949323746fe6a43ef61f9606e7febea",
    );
}

#[test]
fn ha1_is_that_of_rfc_2617() {
    let ha1 = ha1_md5_hex("Mufasa", "testrealm@host.com", "Circle Of Life");
    assert_eq!(*ha1, "939e7578ed9e3c518a452acee763bce9");
}

#[test]
fn hashes_made_before_prove_as_the_password_does() {
    // `printf 'phone1:ringfence:correct horse' | md5sum`, and `sha256sum`.
    let md5 = hex::decode(MD5_OF_PHONE).unwrap().try_into().unwrap();
    let sha256 = hex::decode(SHA256_OF_PHONE).unwrap().try_into().unwrap();
    let stored = Credential::from_ha1("phone1", &md5, &sha256);
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let verdict = edge().verify(&answer(algorithm, NOW), "GET", TARGET, &stored, NOW);
        assert_eq!(verdict, Verdict::Proven { algorithm });
    }
}

/// Sent in answer to `edge().challenges(NOW, false, None)`.
#[test]
fn what_other_programs_sent_is_proven() {
    let check = |user: &str, algorithm, header: &str| {
        let credential = Credential::new(user, REALM, "correct horse");
        let verdict = edge().verify(&parsed(header), "GET", TARGET, &credential, NOW + 5);
        assert_eq!(verdict, Verdict::Proven { algorithm }, "{header}");
    };
    // curl 7.88.1, SHA-256 first.
    check(
        r#"phone"1\é"#,
        Algorithm::Sha256,
        r#"Digest username="phone\"1\\é", realm="ringfence", nonce="AAAAAAOC24A-pua-yVi0S09si92XaQjU", uri="/cfg/001565abcdef.cfg?v=1", cnonce="YTBkOTI1Yzc5NzBkZWUxNzkzMzIwNDM5ZWRiNjM0MWQ=", nc=00000001, qop=auth, response="df5a3a7f2bee4dffe7fb02d9f74ce217a466ed4100d203cc3dad43744b521cae", algorithm=SHA-256"#,
    );
    // curl 7.88.1, MD5 first: it takes the first that it knows.
    check(
        r#"phone"1\é"#,
        Algorithm::Md5,
        r#"Digest username="phone\"1\\é", realm="ringfence", nonce="AAAAAAOC24A-pua-yVi0S09si92XaQjU", uri="/cfg/001565abcdef.cfg?v=1", cnonce="OGZjNzgyYzZkOWUyODcxZGFlNmE1OGViYTU5ZjhmOTA=", nc=00000001, qop=auth, response="b0d80cf0941e5faed9b213babee3bac6", algorithm=MD5"#,
    );
    // wget 1.21: no SHA-256, quotes the algorithm.
    check(
        "phone1",
        Algorithm::Md5,
        r#"Digest username="phone1", realm="ringfence", nonce="AAAAAAOC24A-pua-yVi0S09si92XaQjU", uri="/cfg/001565abcdef.cfg?v=1", response="975dfcc71135ec5e3441d6c260334821", qop=auth, nc=00000001, cnonce="392bc3fc", algorithm="MD5""#,
    );
    // wget 1.21, MD5 first: names no algorithm.
    check(
        "phone1",
        Algorithm::Md5,
        r#"Digest username="phone1", realm="ringfence", nonce="AAAAAAOC24A-pua-yVi0S09si92XaQjU", uri="/cfg/001565abcdef.cfg?v=1", response="a08b872fe808de5dac2c4a8196af8a20", qop=auth, nc=00000001, cnonce="0c6de532""#,
    );
    // Python requests 2.34, MD5 first: takes the last, quotes `qop`.
    check(
        "phone1",
        Algorithm::Sha256,
        r#"Digest username="phone1", realm="ringfence", nonce="AAAAAAOC24A-pua-yVi0S09si92XaQjU", uri="/cfg/001565abcdef.cfg?v=1", response="1e3cbe52953c6a738f8c9b2c4a9b069bc1fa788032fc356805a0cd10220c7475", algorithm="SHA-256", qop="auth", nc=00000001, cnonce="3cde60eaecced74e""#,
    );
}

const MD5_OF_PHONE: &str = "fda0990c6e63757842132bfb53c658cc";
const SHA256_OF_PHONE: &str = "027e9cee6c8a3b507f7016c2d746cb31e629eea7f51fcecfa84fec3c2cd77486";
