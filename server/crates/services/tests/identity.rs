//! What a request proves, what each proof is good for, and what failures cost.

use crate::{
    halden::{self, EXTENSION, PHONE},
    phone::{Phone, USER_AGENT, ask_from, certified, shown, text, unproven},
};
use domain::{
    Code,
    exception::Kind,
    fence::{Channel, Proof, Serve},
    ledger::Entry,
};
use services::{certificate::Presented, edge::Answer, exceptions, jobs};

/// `Basic` with the credentials of a phone. Base64 by hand: the test must not share the product's decoder.
fn basic(user: &str, password: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{user}:{password}");
    let mut out = String::from("Basic ");
    for chunk in text.as_bytes().chunks(3) {
        let word =
            chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[usize::try_from(word >> (18 - 6 * place) & 63).unwrap()];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[tokio::test]
async fn basic_is_as_good_as_digest_and_a_wrong_password_is_nothing() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        text(shown(services, &phone.file, &basic(&phone.user, &phone.password)).await);
        let entry = halden.last_serve().await;
        assert_eq!((entry.decision, entry.proof), (Serve::Bound, Proof::Basic));
        for (user, password) in [
            (phone.user.as_str(), "guessed"),
            (&phone.user, ""),
            (&phone.user, &phone.password[1..]),
            ("rf000000000000", &phone.password),
        ] {
            let answer = shown(services, &phone.file, &basic(user, password)).await;
            assert!(matches!(answer, Answer::Challenge { .. }), "{user}");
        }
        for header in ["Basic", "Basic ", "Basic ====", "Basic Og==", "basic !!!"] {
            assert!(
                matches!(shown(services, &phone.file, header).await, Answer::Challenge { .. }),
                "{header}"
            );
        }
    }
}

#[tokio::test]
async fn a_site_that_demands_a_certificate_holds_a_line_and_never_takes_it_away() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        for demand in ["proxied-certificate", "certificate"] {
            halden.policy("lon", demand, "keep", "hold", "").await;
            assert!(matches!(phone.fetch(services).await, Answer::Hold { .. }), "{demand}");
            let entry = halden.last_serve().await;
            assert!(entry.findings.iter().any(|f| f.code == Code::ProofTooWeak));
        }
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        halden.policy("lon", "credential", "keep", "hold", "").await;
        text(phone.fetch(services).await);
    }
}

#[tokio::test]
async fn what_anybody_can_say_is_a_finding_and_nothing_more() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        halden.policy("lon", "credential", "keep", "hold", "192.0.2.0/24").await;
        let proof = basic(&phone.user, &phone.password);
        let lie = "Yealink SIP-T46U 108.86.0.20 80:5e:c0:99:99:99";
        let ask = async |client: [u8; 4], said| {
            text(ask_from(services, Channel::Steady, &phone.file, Some(&proof), (client.into(), said)).await)
        };
        ask([198, 51, 100, 9], lie).await;
        let entry = halden.last_serve().await;
        assert_eq!(entry.decision, Serve::Bound);
        for code in [Code::UserAgentDisagrees, Code::SourceUnexpected] {
            let found = entry.findings.iter().find(|f| f.code == code);
            assert!(found.is_some_and(|f| !f.blocks()), "{code}");
        }
        assert!(halden.cases(false).await.is_empty());
        ask([192, 0, 2, 9], USER_AGENT).await;
        let codes: Vec<_> = halden.last_serve().await.findings.iter().map(|f| f.code).collect();
        assert!(
            !codes.contains(&Code::SourceUnexpected) && !codes.contains(&Code::UserAgentDisagrees),
            "{codes:?}"
        );
    }
}

#[tokio::test]
async fn ten_thousand_bad_attempts_do_not_delay_the_owner_and_cost_a_few_entries() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        let wrong = basic(&phone.user, "guessed");
        for _ in 0..10_000 {
            assert!(matches!(shown(services, &phone.file, &wrong).await, Answer::Challenge { .. }));
        }
        text(phone.answer(services, &phone.file, &challenges).await);
        assert_eq!(halden.last_serve().await.decision, Serve::Bound);
        halden.later(2 * domain::time::MINUTE);
        jobs::tick(services).await;
        let record = halden.record().await;
        let alone = record.iter().filter(|e| matches!(e, Entry::Serve(s) if s.status == 401)).count();
        let counted: u64 = record.iter().map(|e| if let Entry::Probe(p) = e { p.count } else { 0 }).sum();
        assert!(alone <= 5, "{alone}");
        assert_eq!(counted, 10_001, "{}", halden.name());
        assert!(halden.cases(false).await.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_credential_becomes_a_case_unless_the_device_proves_itself_within_minutes() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let wrong = basic(&phone.user, "guessed");
        let minutes = async |minutes: i64| {
            halden.later(minutes * domain::time::MINUTE);
            jobs::tick(services).await;
            jobs::minute(services).await;
        };
        // An old password first, and then the new one: nobody has to look.
        shown(services, &phone.file, &wrong).await;
        text(phone.fetch(services).await);
        minutes(5).await;
        assert!(halden.cases(false).await.is_empty(), "{}", halden.name());

        for times in 1..=2 {
            shown(services, &phone.file, &wrong).await;
            shown(services, &phone.file, &wrong).await;
            minutes(4).await;
            assert_eq!(halden.cases(false).await.len(), times - 1);
            minutes(1).await;
            if times == 1 {
                let case = halden.cases(false).await.remove(0);
                assert_eq!(
                    (case.exception.kind, case.mac.unwrap().to_string().as_str()),
                    (Kind::Proof, PHONE)
                );
                assert!(case.exception.detail.contains("the password is wrong"), "{}", case.exception.detail);
                assert!(case.exception.detail.contains("127.0.0.7"), "{}", case.exception.detail);
            }
        }
        let case = halden.cases(false).await.remove(0).exception;
        assert_eq!(case.times, 2, "it joined the case");
        // It is a case and nothing more: the phone is served as ever (invariant 7).
        text(phone.fetch(services).await);
        let op = halden.by("ada").await;
        exceptions::close(services, &op, case.number, "An old handset on a desk.").await.unwrap();
    }
}

#[tokio::test]
async fn wrong_proofs_for_every_name_open_no_case_of_anybody_we_know() {
    for halden in halden::open().await {
        let services = &halden.services;
        let certificate = Presented::in_handshake(vec![b"rubbish".to_vec()]);
        for n in 0..5_000u32 {
            let file = format!("805ec2{n:06x}.cfg");
            let answer = certified(services, Channel::Steady, &file, None, &certificate).await;
            assert!(matches!(answer, Answer::Challenge { .. }));
        }
        halden.later(5 * domain::time::MINUTE);
        jobs::minute(services).await;
        assert!(halden.cases(false).await.is_empty(), "{}", halden.name());
    }
}
