//! What factory certificates are worth, case by case.

use crate::maker::{Authority, authority_params, below, phone, phone_params, root, sign};
use domain::{Mac, Timestamp, vendor::Vendor};
use proptest::prelude::*;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SanType,
    date_time_ymd,
};
use services::certificate::{
    Bad, Malformed, Presented, Root, Roots, Verdict,
    Weakness::{self, Expired, IssuerExpired, Sha1, ShortKey, VersionOne},
    fingerprint, from_pem, judge,
};
use std::sync::Arc;

const MAC: &str = "80:5e:c0:10:00:03";

fn now() -> Timestamp {
    Timestamp::parse("2027-01-01T00:00:00Z").unwrap()
}

fn trust(authorities: &[&Authority]) -> Roots {
    Roots::new(1, authorities.iter().map(|a| (Vendor::Yealink, a.der().to_vec())))
}

fn weak_of(verdict: &Verdict) -> Vec<Weakness> {
    let identity = verdict.identity().unwrap_or_else(|| panic!("{verdict:?}"));
    assert_eq!((identity.vendor, identity.mac), (Vendor::Yealink, Mac::parse(MAC).unwrap()));
    identity.weak.clone()
}

/// A phone's certificate with something about it, directly below a root that is trusted.
fn judged(change: impl Fn(&mut CertificateParams)) -> Verdict {
    let authority = root("Yealink Root CA");
    let mut params = phone_params("805EC0100003");
    change(&mut params);
    judge(&[sign(&authority, &params)], &trust(&[&authority]), now())
}

#[test]
fn a_certificate_of_a_vendor_names_its_device() {
    let authority = root("Yealink Root CA");
    let verdict = judge(&[phone(&authority, "805EC0100003")], &trust(&[&authority]), now());
    assert_eq!(weak_of(&verdict), []);
    let identity = verdict.identity().unwrap();
    assert_eq!((&identity.root, &identity.serial), (&fingerprint(authority.der()), &None));
    assert_eq!(judge::<Vec<u8>>(&[], &trust(&[&authority]), now()), Verdict::None);
}

#[test]
fn every_place_where_a_vendor_writes_the_mac_is_read() {
    let subject = |pairs: &[(DnType, &str)]| {
        judged(|params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            for (kind, text) in pairs {
                params.distinguished_name.push(kind.clone(), *text);
            }
        })
    };
    let (serial, state) = (DnType::from_oid(&[2, 5, 4, 5]), DnType::StateOrProvinceName);
    let unit = DnType::OrganizationalUnitName;
    for (pairs, expected) in [
        (&[(DnType::CommonName, "80:5e:c0:10:00:03")][..], None),
        (
            &[
                (DnType::CommonName, "CP-8841-SEP805EC0100003"),
                (serial.clone(), "PID:CP-8841 SN:FCH2047DRKV"),
            ],
            Some("FCH2047DRKV"),
        ),
        (
            &[(unit.clone(), "CP-8841-3PCC"), (DnType::LocalityName, "FCH2047DRKV"), (state, "805ec0100003")],
            Some("FCH2047DRKV"),
        ),
        (&[(DnType::CommonName, "D717"), (serial.clone(), "805EC0100003")], Some("805EC0100003")),
    ] {
        let verdict = subject(pairs);
        assert_eq!(weak_of(&verdict), [], "{pairs:?}");
        assert_eq!(verdict.identity().unwrap().serial.as_deref(), expected, "{pairs:?}");
    }
    let named = judged(|params| {
        params.distinguished_name.push(DnType::CommonName, "phone");
        params.subject_alt_names = vec![SanType::DnsName("805ec0100003.phones.example".try_into().unwrap())];
    });
    assert_eq!(weak_of(&named), []);
    assert_eq!(subject(&[(unit, "ciscogeneric")]), Verdict::Bad(Bad::NoDevice));
    assert_eq!(subject(&[(DnType::CommonName, "805ec0100003 805ec0100004")]), Verdict::Bad(Bad::Ambiguous));
}

#[test]
fn what_is_old_is_tolerated_and_marked() {
    let roots = Roots::new(1, [(Vendor::Yealink, include_bytes!("certificates/root.der").to_vec())]);
    let old = |der: &[u8]| weak_of(&judge(&[der], &roots, now()));
    assert_eq!(old(include_bytes!("certificates/version_one.der")), [VersionOne]);
    assert_eq!(old(include_bytes!("certificates/sha1.der")), [Sha1]);
    assert_eq!(old(include_bytes!("certificates/rsa_1024.der")), [ShortKey]);
    assert_eq!(old(include_bytes!("certificates/everything_old.der")), [Sha1, ShortKey, VersionOne]);
    let bad = |der: &[u8]| judge(&[der], &roots, now());
    assert_eq!(bad(include_bytes!("certificates/rsa_512.der")), Verdict::Bad(Bad::Key));
    assert_eq!(bad(include_bytes!("certificates/md5.der")), Verdict::Bad(Bad::Algorithm));
    // An authority that is trusted is none the less no phone.
    assert_eq!(bad(include_bytes!("certificates/root.der")), Verdict::Bad(Bad::Authority));
    assert_eq!(weak_of(&judged(|p| p.not_after = date_time_ymd(2020, 1, 1))), [Expired]);
    assert_eq!(weak_of(&judged(|p| p.extended_key_usages = vec![])), []);
}

#[test]
fn what_is_wrong_is_refused_with_its_reason() {
    let bad = |change: &dyn Fn(&mut CertificateParams)| match judged(change) {
        Verdict::Bad(bad) => bad,
        other => panic!("{other:?}"),
    };
    assert_eq!(bad(&|p| p.not_before = date_time_ymd(2028, 1, 1)), Bad::NotYetValid);
    assert_eq!(bad(&|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]), Bad::Usage);
    assert_eq!(bad(&|p| p.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained)), Bad::Authority);
    assert_eq!(bad(&|p| p.distinguished_name.push(DnType::CommonName, "Yealink")), Bad::NoDevice);
    let critical = |p: &mut CertificateParams| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        p.custom_extensions = vec![extension];
    };
    assert_eq!(bad(&critical), Bad::Critical);
    let both = judged(|p| {
        p.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    });
    assert_eq!(weak_of(&both), []);
    let authority = root("Yealink Root CA");
    let (leaf, roots) = (phone(&authority, "805EC0100003"), trust(&[&authority]));
    assert_eq!(judge(&vec![leaf.clone(); 5], &roots, now()), Verdict::Bad(Bad::TooLong));
    let large = vec![0x30; 20_000];
    for malformed in [&leaf[..leaf.len() - 1], &[&leaf[..], &[0]].concat(), b"", b"\x30\x80", &large] {
        assert_eq!(judge(&[malformed], &roots, now()), Verdict::Bad(Bad::Malformed));
    }
}

#[test]
fn an_issuer_is_known_by_its_signature_and_not_by_its_name() {
    let (ours, namesake, other) = (root("Yealink Root CA"), root("Yealink Root CA"), root("Fanvil CA"));
    let leaf = phone(&ours, "805EC0100003");
    assert_eq!(judge(&[&leaf], &trust(&[&namesake]), now()), Verdict::Bad(Bad::Signature));
    assert_eq!(weak_of(&judge(&[&leaf], &trust(&[&namesake, &other, &ours]), now())), []);
    assert_eq!(
        judge(&[&leaf], &trust(&[&other]), now()),
        Verdict::UnknownIssuer("CN=Yealink Root CA".into())
    );
    assert_eq!(
        judge(&[&leaf], &Roots::default(), now()),
        Verdict::UnknownIssuer("CN=Yealink Root CA".into())
    );
    // To send the root along proves nothing.
    let sent = [leaf, ours.der().to_vec()];
    assert!(matches!(judge(&sent, &trust(&[&other]), now()), Verdict::UnknownIssuer(_)));
}

#[test]
fn issuers_between_the_phone_and_the_root_have_to_be_authorities_of_that_reach() {
    let top = root("Yealink Root CA");
    let issuing = below(&top, authority_params("Yealink Equipment Issuing CA", Some(0)));
    let leaf = phone(&issuing, "805EC0100003");
    let sent = |leaf: &[u8], chain: &[&Authority]| {
        let mut sent = vec![leaf.to_vec()];
        sent.extend(chain.iter().map(|a| a.der().to_vec()));
        sent
    };
    // Sent along, whatever its order, or trusted itself.
    assert_eq!(weak_of(&judge(&sent(&leaf, &[&issuing]), &trust(&[&top]), now())), []);
    assert_eq!(weak_of(&judge(&sent(&leaf, &[&top, &issuing]), &trust(&[&top]), now())), []);
    assert_eq!(weak_of(&judge(&[&leaf], &trust(&[&issuing]), now())), []);
    assert!(matches!(judge(&[&leaf], &trust(&[&top]), now()), Verdict::UnknownIssuer(_)));

    let bad = |chain: &[&Authority]| {
        let last = chain.last().unwrap();
        let chain_up: Vec<_> = chain.iter().rev().copied().collect();
        judge(&sent(&phone(last, "805EC0100003"), &chain_up), &trust(&[&top]), now())
    };
    let deeper = below(&issuing, authority_params("One too many", None));
    assert_eq!(bad(&[&issuing, &deeper]), Verdict::Bad(Bad::Issuer));
    let no_authority = below(&top, phone_params("No authority"));
    assert_eq!(bad(&[&no_authority]), Verdict::Bad(Bad::Issuer));
    let mut signs_nothing = authority_params("Signs nothing", None);
    signs_nothing.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    assert_eq!(bad(&[&below(&top, signs_nothing)]), Verdict::Bad(Bad::Issuer));
    // A phone that its vendor marked as an authority cannot speak for other phones.
    let phone_as_authority = below(&top, authority_params("805ec0ffffff", None));
    assert_eq!(bad(&[&phone_as_authority]), Verdict::Bad(Bad::Issuer));
    let mut old = authority_params("Expired CA", None);
    old.not_after = date_time_ymd(2020, 1, 1);
    assert_eq!(weak_of(&bad(&[&below(&top, old)])), [IssuerExpired]);
    let mut constrained = authority_params("Constrained", None);
    constrained.name_constraints = Some(rcgen::NameConstraints {
        permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("x".into())],
        excluded_subtrees: vec![],
    });
    assert_eq!(bad(&[&below(&top, constrained)]), Verdict::Bad(Bad::Critical));
}

#[test]
fn a_verdict_is_kept_until_the_roots_change() {
    let authority = root("Yealink Root CA");
    let presented = Presented::in_handshake(vec![phone(&authority, "805EC0100003")]);
    let roots = trust(&[&authority]);
    let first = presented.verdict(&roots, now());
    assert!(Arc::ptr_eq(&first, &presented.verdict(&roots, now())));
    let withdrawn = Roots::new(2, []);
    assert!(matches!(*presented.verdict(&withdrawn, now()), Verdict::UnknownIssuer(_)));
}

#[test]
fn an_upload_is_authorities_alone_and_never_a_key() {
    let (one, two) = (root("One"), root("Two"));
    let pem = format!("Bag attributes\n{}\r\n{}{}", one.pem(), two.pem(), one.pem());
    let roots = from_pem(Vendor::Yealink, &pem).unwrap();
    let subjects: Vec<_> = roots.iter().map(|r| r.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=One", "CN=Two"]);
    assert_eq!(roots[0].fingerprint, fingerprint(one.der()));
    let old = include_bytes!("certificates/version_one.der").to_vec();
    let leaf = CertificateParams::default().self_signed(one.key()).unwrap().pem();
    for (text, why) in [
        ("", Malformed::NotPem),
        ("hello", Malformed::NotPem),
        ("-----BEGIN CERTIFICATE-----\nzz", Malformed::NotPem),
        ("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----", Malformed::Unreadable),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", Malformed::Unreadable),
        ("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----", Malformed::NotPem),
        (&format!("{pem}{}", one.key().serialize_pem()), Malformed::PrivateKey),
        ("-----BEGIN RSA PRIVATE KEY-----", Malformed::PrivateKey),
        (&leaf, Malformed::NotAuthority),
        (&"x".repeat(300_000), Malformed::TooLarge),
    ] {
        assert_eq!(from_pem(Vendor::Yealink, text), Err(why), "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(Root::read(Vendor::Yealink, old), Err(Malformed::NotAuthority));
}

/// Every bit of the phone's certificate and of the issuer sent with it: whichever is turned, nothing is verified.
#[test]
fn no_turned_bit_is_ever_verified() {
    let top = root("Yealink Root CA");
    let issuing = below(&top, authority_params("Issuing", Some(0)));
    let chain = [phone(&issuing, "805EC0100003"), issuing.der().to_vec()];
    let roots = trust(&[&top]);
    assert_eq!(weak_of(&judge(&chain, &roots, now())), []);
    for (which, der) in chain.iter().enumerate() {
        for bit in 0..der.len() * 8 {
            let mut turned = chain.clone();
            turned[which][bit / 8] ^= 1 << (bit % 8);
            let verdict = judge(&turned, &roots, now());
            assert_eq!(verdict.identity(), None, "certificate {which}, bit {bit}: {verdict:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged_without_panic(chain in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6)) {
        let roots = Roots::new(1, [(Vendor::Yealink, include_bytes!("certificates/root.der").to_vec())]);
        prop_assert!(judge(&chain, &roots, now()).identity().is_none());
    }

    #[test]
    fn any_damage_is_judged_without_panic(at in 0usize..593, with in prop::collection::vec(any::<u8>(), 1..8)) {
        let roots = Roots::new(1, [(Vendor::Yealink, include_bytes!("certificates/root.der").to_vec())]);
        let mut der = include_bytes!("certificates/everything_old.der").to_vec();
        let end = (at + with.len()).min(der.len());
        let damaged = der[at..end] != with[..end - at];
        der[at..end].copy_from_slice(&with[..end - at]);
        prop_assert_eq!(judge(&[der], &roots, now()).identity().is_none(), damaged);
    }
}
