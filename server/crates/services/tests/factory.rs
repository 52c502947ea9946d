//! Phones that show the certificate of their vendor.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes},
    maker::{Authority, phone as certificate_of, phone_params, root, sign},
    phone::{Phone, certified, onboarding, text, unproven, value},
};
use domain::{
    Code,
    exception::Kind,
    fence::{Channel, Proof, Serve},
    policy::Weight,
    time::{DAY, MINUTE},
};
use rcgen::DnType;
use services::{Services, certificate::Presented, devices, edge::Answer, jobs, roots};

const LINPHONE: &str = "02:00:00:00:21:01";
const STRANGER: &str = "80:5e:c0:ff:ff:ff";

async fn trust(halden: &Halden, vendor: &str, authority: &Authority) {
    let op = halden.by("ada").await;
    assert_eq!(roots::add(&halden.services, &op, vendor, &authority.pem()).await.unwrap(), 1);
}

fn shows(authority: &Authority, mac: &str) -> Presented {
    Presented::in_handshake(vec![certificate_of(authority, &mac.replace(':', ""))])
}

async fn steady(services: &Services, file: &str, certificate: &Presented) -> Answer {
    certified(services, Channel::Steady, file, None, certificate).await
}

async fn state(halden: &Halden, mac: &str) -> String {
    devices::view(&halden.services, &halden.by("ada").await, mac).await.unwrap().row.state
}

/// The codes of the newest entry's findings that are about certificates.
async fn said(halden: &Halden) -> Vec<Code> {
    let entry = halden.last_serve().await;
    let about = [Code::CertificateUnknownIssuer, Code::CertificateBad, Code::CertificateWeak];
    entry.findings.iter().map(|f| f.code).filter(|code| about.contains(code)).collect()
}

#[tokio::test]
async fn a_certificate_of_the_device_gets_its_file_without_a_challenge() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        let shown = shows(&authority, PHONE);
        assert!(matches!(steady(services, &phone.file, &shown).await, Answer::Challenge { .. }));
        trust(&halden, "yealink", &authority).await;
        let file = text(steady(services, &phone.file, &shown).await);
        assert_eq!(value(&file, "account.1.user_name"), EXTENSION);
        let entry = halden.last_serve().await;
        assert_eq!((entry.decision, entry.proof, entry.status), (Serve::Bound, Proof::Certificate, 200));
        assert_eq!(said(&halden).await, []);
        // A wrong credential beside it weighs nothing.
        let wrong = Phone { password: "guessed".to_owned(), ..phone.clone() };
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        let header = wrong.authorization("GET", &phone.file, &challenges);
        text(certified(services, Channel::Steady, &phone.file, Some(&header), &shown).await);
    }
}

#[tokio::test]
async fn what_proves_nothing_is_no_error_and_is_on_record_beside_the_credential() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        let unknown = shows(&root("Fanvil CA"), PHONE);
        let copy = shows(&root("Yealink Root CA"), PHONE);
        let rubbish = Presented::in_handshake(vec![b"rubbish".to_vec()]);
        for (shown, code) in [
            (unknown, Code::CertificateUnknownIssuer),
            (copy, Code::CertificateBad),
            (rubbish, Code::CertificateBad),
        ] {
            let Answer::Challenge { challenges } = steady(services, &phone.file, &shown).await else {
                panic!("{code}")
            };
            let header = phone.authorization("GET", &phone.file, &challenges);
            text(certified(services, Channel::Steady, &phone.file, Some(&header), &shown).await);
            assert_eq!(halden.last_serve().await.proof, Proof::Digest);
            assert_eq!(said(&halden).await, [code]);
        }
        assert_eq!(state(&halden, PHONE).await, "active");
    }
}

#[tokio::test]
async fn a_certificate_that_asks_for_anothers_file_quarantines_its_own_device_alone() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        // Any phone of the vendor could do this: it is none of ours, so nothing changes for ours.
        let stranger = shows(&authority, STRANGER);
        assert!(matches!(steady(services, &phone.file, &stranger).await, Answer::Challenge { .. }));
        assert_eq!(state(&halden, PHONE).await, "active");

        let other = shows(&authority, OTHER_PHONE);
        assert!(matches!(steady(services, &phone.file, &other).await, Answer::Forbidden));
        assert_eq!(halden.last_serve().await.proof, Proof::Disagrees);
        assert_eq!(state(&halden, OTHER_PHONE).await, "quarantined");
        assert_eq!(state(&halden, PHONE).await, "active");
    }
}

#[tokio::test]
async fn certificate_credential_and_inventory_have_to_agree() {
    for halden in halden::open().await {
        let services = &halden.services;
        let authority = root("Yealink Root CA");
        trust(&halden, "yealink", &authority).await;
        let phone = Phone::of(&halden, PHONE).await;
        for named in [OTHER_PHONE, STRANGER] {
            let shown = shows(&authority, named);
            let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
            let header = phone.authorization("GET", &phone.file, &challenges);
            let answer = certified(services, Channel::Steady, &phone.file, Some(&header), &shown).await;
            assert!(matches!(answer, Answer::Forbidden), "{named}: {answer:?}");
            assert_eq!(state(&halden, PHONE).await, "quarantined", "{named}");
            assert_eq!(state(&halden, OTHER_PHONE).await, "active", "{named}");
            let op = halden.by("ada").await;
            devices::release(services, &op, PHONE, "looked at it").await.unwrap();
        }
        // Yealink's authority speaks for a device that the inventory calls a Linphone.
        let linphone = Phone::of(&halden, LINPHONE).await;
        let answer = steady(services, &linphone.file, &shows(&authority, LINPHONE)).await;
        assert!(matches!(answer, Answer::Forbidden), "{answer:?}");
        assert_eq!(state(&halden, LINPHONE).await, "quarantined");
    }
}

#[tokio::test]
async fn a_serial_number_that_is_not_the_inventorys_is_a_grave_doubt() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        let with = |serial: &str| {
            let mut params = phone_params(&PHONE.replace(':', ""));
            params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), serial);
            Presented::in_handshake(vec![sign(&authority, &params)])
        };
        text(steady(services, &phone.file, &with("YL31G0000003")).await);
        assert!(matches!(steady(services, &phone.file, &with("YL31G9999999")).await, Answer::Forbidden));
        assert_eq!(state(&halden, PHONE).await, "quarantined");
        let case = halden.cases(false).await.remove(0).exception;
        assert_eq!(case.weight, Weight::High);
        assert!(case.detail.contains("YL31G9999999"), "{}", case.detail);
        assert!(matches!(phone.fetch(services).await, Answer::Hold { .. }));
    }
}

#[tokio::test]
async fn a_withdrawn_root_proves_nothing_from_then_on_at_any_node() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        let (shown, other) = (shows(&authority, PHONE), halden.second_node().await);
        for node in [&halden.services, &other] {
            text(steady(node, &phone.file, &shown).await);
        }
        let op = halden.by("ada").await;
        let list = roots::list(&halden.services, &op).await.unwrap();
        assert_eq!((list.len(), list[0].version, list[0].subject.as_str()), (1, 1, "CN=Yealink Root CA"));
        let nothing = roots::withdraw(&halden.services, &op, &list[0].id, " ").await.unwrap_err();
        assert_eq!(codes(&nothing), [Code::FieldMissing]);
        roots::withdraw(&halden.services, &op, &list[0].id, "its key is out").await.unwrap();
        for node in [&halden.services, &other] {
            let answer = steady(node, &phone.file, &shown).await;
            assert!(matches!(answer, Answer::Challenge { .. }), "{}: {answer:?}", halden.name());
        }
        assert_eq!(
            codes(&roots::withdraw(&halden.services, &op, &list[0].id, "again").await.unwrap_err()),
            [Code::RequestState]
        );
        // The same one may stand again, as another version; its history stays.
        trust(&halden, "yealink", &authority).await;
        let list = roots::list(&halden.services, &op).await.unwrap();
        let versions: Vec<_> = list.iter().map(|r| (r.version, r.withdrawn.is_some())).collect();
        assert_eq!(versions, [(2, false), (1, true)]);
        let (_, by, why) = list[1].withdrawn.clone().unwrap();
        assert_eq!((by.as_str(), why.as_str()), ("ada", "its key is out"));
        // It stands for one vendor at a time.
        let twice = roots::add(&halden.services, &op, "linphone", &authority.pem()).await.unwrap_err();
        assert_eq!(codes(&twice), [Code::CertificateRoot]);
        text(steady(&halden.services, &phone.file, &shown).await);
    }
}

#[tokio::test]
async fn a_key_that_was_pasted_is_refused_and_stands_nowhere() {
    for halden in halden::open().await {
        let authority = root("Yealink Root CA");
        let pasted = format!("{}{}", authority.pem(), authority.key().serialize_pem());
        let op = halden.by("ada").await;
        let problem = roots::add(&halden.services, &op, "yealink", &pasted).await.unwrap_err();
        assert_eq!(codes(&problem), [Code::CertificateRoot]);
        let secret: String = authority.key().serialize_pem().lines().nth(1).unwrap().to_owned();
        assert!(!format!("{problem:?}").contains(&secret));
        assert!(roots::list(&halden.services, &op).await.unwrap().is_empty());
        let grace = halden.by("grace").await;
        let refused = roots::add(&halden.services, &grace, "yealink", &authority.pem()).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::Forbidden]);
    }
}

#[tokio::test]
async fn a_certificate_at_the_onboarding_address_brings_the_credential_and_never_a_line() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        let ask = async |certificate: &Presented, file: &str| {
            text(certified(services, Channel::Onboarding, file, None, certificate).await)
        };
        let common = text(onboarding(services, &phone.file).await);
        let own = ask(&shows(&authority, PHONE), &phone.file).await;
        assert_eq!(value(&own, "static.auto_provision.server.username"), phone.user);
        assert_eq!(value(&own, "static.auto_provision.server.password"), phone.password);
        assert!(!own.contains("account.") && !own.contains(EXTENSION), "{own}");
        let entry = halden.last_serve().await;
        assert_eq!((entry.decision, entry.proof), (Serve::Baseline, Proof::Certificate));
        assert!(entry.device.is_some());

        // Whoever else asks gets what everybody gets.
        for (shown, file) in [
            (shows(&authority, OTHER_PHONE), &phone.file),
            (shows(&authority, STRANGER), &phone.file),
            (shows(&root("Fanvil CA"), PHONE), &phone.file),
        ] {
            assert_eq!(ask(&shown, file).await, common);
        }
        assert_eq!(state(&halden, OTHER_PHONE).await, "active");
        assert!(matches!(
            steady(services, &phone.file, &shows(&authority, OTHER_PHONE)).await,
            Answer::Forbidden
        ));
        let other = Phone::of(&halden, OTHER_PHONE).await;
        assert_eq!(ask(&shows(&authority, OTHER_PHONE), &other.file).await, common, "in quarantine");
    }
}

#[tokio::test]
async fn a_certificate_by_a_proxy_is_worth_less_and_policy_sees_it() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let (phone, authority) = (Phone::of(&halden, PHONE).await, root("Yealink Root CA"));
        trust(&halden, "yealink", &authority).await;
        let der = certificate_of(&authority, "805EC0100003");
        let (direct, proxied) = (Presented::in_handshake(vec![der.clone()]), Presented::by_proxy(vec![der]));
        text(steady(services, &phone.file, &proxied).await);
        assert_eq!(halden.last_serve().await.proof, Proof::ProxyCertificate);
        halden.policy("lon", "certificate", "keep", "hold", "").await;
        assert!(matches!(steady(services, &phone.file, &proxied).await, Answer::Hold { .. }));
        text(steady(services, &phone.file, &direct).await);
        assert_eq!(halden.last_serve().await.proof, Proof::Certificate);
    }
}

#[tokio::test]
async fn a_certificate_that_is_old_in_its_making_is_worth_less_and_a_site_may_refuse_it() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let authority = root("Yealink Root CA");
        trust(&halden, "yealink", &authority).await;
        // Certificates of this very phone below another root of the vendor, made in three old ways, and not long ago.
        halden.later(365 * DAY);
        let old_root = include_bytes!("certificates/root.der");
        let pem = pem_of(old_root);
        roots::add(services, &halden.by("ada").await, "yealink", &pem).await.unwrap();
        let old = [
            include_bytes!("certificates/version_one.der").to_vec(),
            include_bytes!("certificates/sha1.der").to_vec(),
            include_bytes!("certificates/rsa_1024.der").to_vec(),
        ]
        .map(|der| Presented::in_handshake(vec![der]));
        let mut params = phone_params("805EC0100003");
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        let expired = Presented::in_handshake(vec![sign(&authority, &params)]);
        let today = shows(&authority, PHONE);

        halden.policy("lon", "certificate", "keep", "hold", "").await;
        for shown in &old {
            text(steady(services, &phone.file, shown).await);
            assert_eq!(halden.last_serve().await.proof, Proof::WeakCertificate);
            assert_eq!(said(&halden).await, [Code::CertificateWeak]);
        }
        halden.policy("lon", "strong-certificate", "keep", "hold", "").await;
        for shown in &old {
            let answer = steady(services, &phone.file, shown).await;
            assert!(matches!(answer, Answer::Hold { .. }), "{}: {answer:?}", halden.name());
            let entry = halden.last_serve().await;
            assert!(entry.findings.iter().any(|finding| finding.code == Code::ProofTooWeak), "{entry:?}");
        }
        for shown in [&today, &expired] {
            text(steady(services, &phone.file, shown).await);
            assert_eq!(halden.last_serve().await.proof, Proof::Certificate);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_a_case_unless_the_phone_proves_itself_otherwise() {
    for halden in halden::open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        let unknown = shows(&root("Yealink Root CA"), PHONE);
        let minutes = async |minutes: i64| {
            halden.later(minutes * MINUTE);
            jobs::tick(services).await;
            jobs::minute(services).await;
        };
        // Every phone whose root nobody has added begins like this.
        let Answer::Challenge { challenges } = steady(services, &phone.file, &unknown).await else {
            panic!()
        };
        let header = phone.authorization("GET", &phone.file, &challenges);
        text(certified(services, Channel::Steady, &phone.file, Some(&header), &unknown).await);
        minutes(5).await;
        assert!(halden.cases(false).await.is_empty(), "{}", halden.name());

        steady(services, &phone.file, &unknown).await;
        minutes(5).await;
        let case = halden.cases(false).await.remove(0);
        assert_eq!((case.exception.kind, case.exception.weight), (Kind::Proof, Weight::Low));
        assert_eq!(case.mac.unwrap().to_string(), PHONE);
        assert!(case.exception.detail.contains("Issuer: CN=Yealink Root CA."), "{}", case.exception.detail);
        assert_eq!(state(&halden, PHONE).await, "active");
    }
}

fn pem_of(der: &[u8]) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64_STANDARD.encode(der))
}
