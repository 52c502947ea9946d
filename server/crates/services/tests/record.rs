//! No configuration is served without its record being durable first (invariant 5), and who proves nothing
//! changes nothing (invariant 7).

use crate::{
    halden::{self, EXTENSION, Halden, PHONE},
    phone::{Phone, onboarding, text, unproven},
};
use domain::{Code, fence::Serve, ledger::Entry, policy::Weight, time::MINUTE};
use services::{
    edge::Answer,
    jobs, trace,
    view::{DeviceFilter, Found},
};

#[tokio::test]
async fn nothing_is_served_once_the_record_cannot_be_written() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let services = &halden.services;
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        // Everything is in memory: only the record is missing afterwards.
        text(phone.answer(services, &phone.file, &challenges).await);
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        text(onboarding(services, "y000000000123.cfg").await);
        services.stop().await;

        let answer = phone.answer(services, &phone.file, &challenges).await;
        assert!(matches!(answer, Answer::Hold { .. }), "{}: {answer:?}", halden.name());
        for file in ["y000000000123.cfg", "linphone.xml", "805ec0ffffff.cfg"] {
            let answer = onboarding(services, file).await;
            assert!(matches!(answer, Answer::Hold { .. }), "{}: {file}: {answer:?}", halden.name());
        }
    }
}

#[tokio::test]
async fn every_file_that_was_served_is_in_the_record_with_its_size_and_digest() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let mut sizes = vec![];
        for turn in 0..30 {
            let answer = match turn % 3 {
                0 => phone.fetch(&halden.services).await,
                1 => onboarding(&halden.services, "y000000000123.cfg").await,
                _ => onboarding(&halden.services, "linphone.xml").await,
            };
            sizes.push(text(answer).len() as u64);
        }
        let serves = halden.serves().await;
        assert!(serves.iter().all(|serve| serve.status == 200 && serve.digest.is_some()));
        let recorded: Vec<_> = serves.iter().map(|serve| serve.bytes).collect();
        assert_eq!(recorded, sizes, "{}", halden.name());
        let bound: Vec<_> = serves.iter().filter(|serve| serve.decision == Serve::Bound).collect();
        assert_eq!(bound.len(), 10);
        assert!(bound.iter().all(|serve| serve.file == phone.file && serve.mac.is_some()));
    }
}

/// Trace reads what is beyond the projection, so nothing acknowledged is ever invisible.
#[tokio::test]
async fn trace_shows_a_serve_before_and_after_it_is_projected() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        phone.fetch(&halden.services).await;
        let op = halden.by("grace").await;
        let serves = async || trace::view(&halden.services, &op, PHONE).await.unwrap().serves;
        let before = serves().await;
        assert_eq!(before.len(), 1);
        jobs::tick(&halden.services).await;
        assert_eq!(serves().await, before);
        phone.fetch(&halden.services).await;
        assert_eq!(serves().await.len(), 2);
    }
}

#[tokio::test]
async fn who_proves_nothing_changes_nothing_and_is_counted() {
    for halden in halden::open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        let stranger = Phone { user: "rf000000000000".to_owned(), ..phone.clone() };
        let before = (inventory(&halden).await, halden.standing_of(PHONE).await);
        for file in ["805ec0100003.cfg", "805ec0ffffff.cfg", "020000002101.xml", "0200000fffff.xml"] {
            for _ in 0..5 {
                assert!(matches!(unproven(services, file).await, Answer::Challenge { .. }));
            }
            assert!(matches!(stranger.fetch_file(services, file).await, Answer::Challenge { .. }));
        }
        assert_eq!((inventory(&halden).await, halden.standing_of(PHONE).await), before, "{}", halden.name());

        halden.later(2 * MINUTE);
        jobs::tick(services).await;
        let probe = |entry| match entry {
            Entry::Probe(probe) => Some((probe.prefix, probe.count)),
            _ => None,
        };
        let counted: Vec<_> = halden.record().await.into_iter().filter_map(probe).collect();
        // Five without proof, and two of the stranger: the challenge and the answer, per file and vendor.
        let (prefix, count) = ("127.0.0.0/24".to_owned(), 2 * (5 + 2));
        assert_eq!(counted, [(prefix.clone(), count), (prefix, count)]);
        let op = halden.by("ada").await;
        let Found::Nothing(probes) = trace::find(services, &op, "805ec0ffffff").await.unwrap() else {
            panic!("it is not in the inventory")
        };
        assert_eq!(probes.iter().map(|probe| probe.count).sum::<u64>(), 2 * count);
        jobs::tick(services).await;
        assert_eq!(halden.record().await.iter().filter(|e| matches!(e, Entry::Probe(_))).count(), 2);
    }
}

#[tokio::test]
async fn a_wrong_password_of_a_known_phone_is_recorded_and_changes_nothing() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let wrong = Phone { password: "guessed".to_owned(), ..phone.clone() };
        for _ in 0..20 {
            assert!(matches!(wrong.fetch(&halden.services).await, Answer::Challenge { .. }));
        }
        // A valid proof is never delayed by others' failures.
        text(phone.fetch(&halden.services).await);
        assert!(inventory(&halden).await.contains("active"));
        halden.services.stop().await;
        let halden = halden.reopened().await;
        let refused = halden.serves().await;
        let refused: Vec<_> = refused.iter().filter(|serve| serve.status == 401).collect();
        // Five of a minute are recorded one by one, the others counted with the probes.
        assert_eq!(refused.len(), 5, "{}", halden.name());
        for serve in refused {
            assert_eq!((serve.decision, serve.digest), (Serve::Refuse, None));
            assert_eq!(serve.findings[0].code, Code::ProofWrong);
        }
    }
}

#[tokio::test]
async fn a_proof_that_disagrees_quarantines_its_phone_and_its_line_is_kept_or_held_as_the_site_says() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let answer = phone.fetch_file(services, "805ec0100004.cfg").await;
        assert!(matches!(answer, Answer::Forbidden));
        let entry = halden.last_serve().await;
        assert_eq!((entry.status, entry.findings[0].code), (403, Code::ProofDisagrees));
        let page = async |mac| {
            services::devices::view(services, &halden.by("ada").await, mac).await.unwrap().row.state
        };
        assert_eq!(
            (page(PHONE).await.as_str(), page("80:5e:c0:10:00:04").await.as_str()),
            ("quarantined", "active")
        );
        // It proves who it is and asked for what is not its own: a light doubt, and a case.
        text(phone.fetch(services).await);
        let kept = halden.last_serve().await;
        assert_eq!(kept.decision, Serve::Bound);
        assert!(kept.findings.iter().any(|f| f.code == Code::DeviceQuarantinedKept));
        halden.policy("lon", "credential", "hold", "hold", "").await;
        assert!(matches!(phone.fetch(services).await, Answer::Hold { .. }));
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "what stands, stands");
        phone.fetch_file(services, "805ec0100004.cfg").await;
        let cases = halden.cases(false).await;
        assert_eq!((cases.len(), cases[0].exception.times, cases[0].exception.weight), (1, 2, Weight::Low));

        let op = halden.by("ada").await;
        let silent = services::devices::release(services, &op, PHONE, " ").await.unwrap_err();
        assert_eq!(silent.code(), Code::FieldMissing);
        services::devices::release(services, &op, PHONE, "The labels were swapped.").await.unwrap();
        text(phone.fetch(services).await);
        assert_eq!(halden.last_serve().await.decision, Serve::Bound);
        assert!(halden.cases(false).await.is_empty(), "the release closes the case");
        let closed = halden.cases(true).await[0].exception.closed.clone().unwrap();
        assert_eq!((closed.by.as_str(), closed.resolution.as_str()), ("ada", "The labels were swapped."));
    }
}

async fn inventory(halden: &Halden) -> String {
    let op = halden.by("ada").await;
    let filter = DeviceFilter::default();
    format!("{:#?}", services::devices::list(&halden.services, &op, &filter).await.unwrap().rows)
}

#[tokio::test]
async fn an_extension_that_no_phone_has_is_found_as_what_it_is() {
    for halden in halden::open().await {
        let (services, op) = (&halden.services, halden.by("ada").await);
        let unbound = async |q: &str| match trace::find(services, &op, q).await.unwrap() {
            Found::Unbound(view) => view,
            other => panic!("{}: {q}: {other:?}", halden.name()),
        };
        // 1000 is in the MAC of every phone; nobody means that.
        let extension = "UPDATE extension SET number = '1000' WHERE number = '2118'";
        halden.database.meddle(extension).await.unwrap();
        let found = unbound("1000").await;
        assert_eq!((found.owner.as_str(), found.account.as_str()), ("Rhys Calloway", "account expected"));
        assert_eq!(
            found.why,
            [
                "Its owner: account expected.",
                "It has never stood on a phone.",
                "No open request asks for it."
            ]
        );
        assert_eq!(unbound("+44 20 7946 0118").await.number, "1000");
        assert!(!unbound("2117").await.enabled);

        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        let asked = unbound(EXTENSION).await;
        assert_eq!(asked.requests.iter().map(|r| r.number).collect::<Vec<_>>(), [number]);
        halden.apply(number).await.unwrap();
        let Found::Device(mac) = trace::find(services, &op, EXTENSION).await.unwrap() else { panic!() };
        assert_eq!(mac.to_string(), PHONE);
        let number = halden.approved_unbind(PHONE).await;
        halden.apply(number).await.unwrap();
        let held = unbound(EXTENSION).await.held.unwrap();
        assert_eq!((held.mac, held.change, held.until), (mac, format!("CR-{number}"), services.now()));
    }
}
