//! A token from its making to its end, as people and phones go through it.

mod access;
mod ends;
mod limits;

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes},
    phone::{Phone, ask_from, text, value},
};
use domain::{
    Code::{DeviceQuarantined, EnrolmentClash, EnrolmentMismatch, EnrolmentSpent},
    enrolment::{Kind, SESSION, TypedCode},
    fence::{Channel, Proof, Serve},
    ledger::Entry,
    time::DAY,
};
use services::{
    Services,
    edge::{
        Answer, Request,
        enrol::{Token, enrol},
    },
    enrolment::{self, Handout},
    jobs,
    view::EnrolmentFilter,
};
use tokio::task::JoinSet;

/// Yealinks of London, and what they ask for.
const FILE: &str = "805ec0100003.cfg";
const OTHER_FILE: &str = "805ec0100004.cfg";
const AGENT: &str = "Yealink SIP-T46U 108.86.0.20";

/// Somebody who shows a token: a phone by its address.
#[derive(Clone, Copy)]
struct At(u8);

impl At {
    async fn asks(self, services: &Services, address: &str, file: &str) -> Answer {
        self.over(services, Channel::Steady, address, file).await
    }

    /// As the phone that this is, with the credential that it was given.
    async fn fetches(self, services: &Services, phone: &Phone) -> Answer {
        let from = ([10, 99, 0, self.0].into(), AGENT);
        let Answer::Challenge { challenges } =
            ask_from(services, Channel::Steady, &phone.file, None, from).await
        else {
            panic!("no challenge")
        };
        let header = phone.authorization("GET", &phone.file, &challenges);
        ask_from(services, Channel::Steady, &phone.file, Some(&header), from).await
    }

    async fn over(self, services: &Services, channel: Channel, address: &str, file: &str) -> Answer {
        from([10, 99, 0, self.0], services, channel, address, file).await
    }
}

/// The same from any address.
async fn from(client: [u8; 4], services: &Services, channel: Channel, address: &str, file: &str) -> Answer {
    let token = address.trim_end_matches('/').rsplit('/').next().unwrap();
    let request = Request {
        channel,
        method: "GET",
        target: "/enrol/",
        name: file,
        authorization: None,
        client: client.into(),
        encrypted: channel == Channel::Steady,
        certificate: None,
        user_agent: AGENT.as_bytes(),
    };
    enrol(services, &request, Token(token)).await
}

impl Halden {
    async fn make_codes(&self) -> usize {
        let op = self.by("ada").await;
        enrolment::make(&self.services, &op, "lon", Kind::Code, None).await.unwrap()
    }

    async fn make_addresses(&self, micros: i64) -> usize {
        let op = self.by("ada").await;
        let until = Some(op.now.plus(micros));
        enrolment::make(&self.services, &op, "lon", Kind::SignedAddress, until).await.unwrap()
    }

    async fn activate(&self, mac: &str) {
        enrolment::activate(&self.services, &self.by("linus").await, mac).await.unwrap();
    }

    async fn reopen(&self, mac: &str, kind: Kind) {
        let op = self.by("ada").await;
        let until = Some(op.now.plus(DAY));
        enrolment::reopen(&self.services, &op, mac, kind, until, "It was reset.").await.unwrap();
    }

    async fn handouts(&self, kind: Kind) -> Vec<Handout> {
        let op = self.by("ada").await;
        enrolment::export(&self.services, &op, "lon", kind, "For the technicians.").await.unwrap()
    }

    async fn handout(&self, mac: &str, kind: Kind) -> Handout {
        let found = self.handouts(kind).await.into_iter().find(|h| h.mac.to_string() == mac);
        found.unwrap_or_else(|| panic!("{mac} has no {}", kind.title()))
    }

    /// The address of an active code.
    async fn active_code(&self, mac: &str) -> String {
        self.make_codes().await;
        self.activate(mac).await;
        self.handout(mac, Kind::Code).await.address
    }

    /// States of a device's tokens, newest first.
    async fn tokens(&self, mac: &str) -> Vec<&'static str> {
        let view = enrolment::view(&self.services, &self.by("ada").await, mac).await.unwrap();
        view.tokens.iter().map(|token| token.state.word()).collect()
    }

    /// What the open cases say.
    async fn open_cases(&self) -> Vec<String> {
        self.cases(false).await.into_iter().map(|case| case.exception.detail).collect()
    }

    /// The findings of the last refusal on record.
    async fn last_findings(&self) -> Vec<domain::Code> {
        self.last_serve().await.findings.into_iter().map(|finding| finding.code).collect()
    }
}

fn refused(answer: &Answer) -> bool {
    matches!(answer, Answer::NotFound)
}

/// What a phone takes from the file that enrols it.
fn enrolled(file: &str, name: &str) -> Phone {
    Phone {
        file: name.to_owned(),
        user: value(file, "static.auto_provision.server.username").to_owned(),
        password: value(file, "static.auto_provision.server.password").to_owned(),
    }
}

#[tokio::test]
async fn a_code_from_its_making_to_the_first_use_of_what_it_delivered() {
    for halden in halden::open().await {
        let services = &halden.services;
        let made = halden.make_codes().await;
        assert!(made >= 6, "{made}");
        assert_eq!(halden.make_codes().await, 0, "each has one");
        let list = halden.handouts(Kind::Code).await;
        assert_eq!(list.len(), made);
        let one = halden.handout(PHONE, Kind::Code).await;
        assert!(one.address.starts_with("https://edge.halden.example:8443/enrol/"), "{}", one.address);
        assert_eq!(TypedCode::parse(&one.code).unwrap().grouped(), one.code);

        assert!(refused(&At(1).asks(services, &one.address, FILE).await), "not active yet");
        assert_eq!(halden.last_findings().await, [EnrolmentSpent]);
        halden.activate(PHONE).await;
        assert_eq!(halden.tokens(PHONE).await, ["waiting"]);

        // On its way it asks for what its model asks for.
        for name in ["y000000000108.boot", "805ec0100003.boot", "805ec0100003-local.cfg", "T46U.rom"] {
            assert!(refused(&At(1).asks(services, &one.address, name).await), "{name}");
        }
        let common = text(At(1).asks(services, &one.address, "y000000000108.cfg").await);
        assert!(!common.contains("server.password"), "{common}");
        assert_eq!(halden.tokens(PHONE).await, ["waiting"]);

        let file = text(At(1).asks(services, &one.address, FILE).await);
        assert!(!file.contains("account."), "{file}");
        let served = halden.last_serve().await;
        assert_eq!((served.decision, served.proof), (Serve::Baseline, Proof::EnrolmentCode));
        assert_eq!((served.file.as_str(), served.status), (FILE, 200));
        assert_eq!(halden.tokens(PHONE).await, ["in-session"]);
        jobs::tick(services).await;
        let row = &enrolment::view(services, &halden.by("ada").await, PHONE).await.unwrap().device;
        assert_eq!(row.seen, None, "to know a code is not to be seen");

        let phone = enrolled(&file, FILE);
        text(phone.fetch(services).await);
        assert_eq!(halden.tokens(PHONE).await, ["used"]);
        text(phone.fetch(services).await);
        assert!(refused(&At(1).asks(services, &one.address, FILE).await), "dead");
        assert_eq!(halden.last_findings().await, [EnrolmentSpent]);
        assert_eq!(halden.make_codes().await, 0, "it needs none any more");
        assert!(halden.handouts(Kind::Code).await.iter().all(|h| h.mac.to_string() != PHONE));
        assert!(halden.open_cases().await.is_empty());
        let acts = acts(&halden).await;
        let of_this: Vec<_> = acts.iter().filter(|(_, subject)| subject.ends_with(PHONE)).collect();
        let names: Vec<_> = of_this.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(names, ["enrolment.make", "enrolment.activate", "enrolment.begin", "enrolment.use"]);
    }
}

/// Actions and subjects of the acts about enrolment, in the order of the record.
async fn acts(halden: &Halden) -> Vec<(String, String)> {
    let act = |entry| match entry {
        Entry::Act(act) if act.action.starts_with("enrolment.") => Some((act.action, act.subject)),
        _ => None,
    };
    halden.record().await.into_iter().filter_map(act).collect()
}

/// The power goes between the answer and the phone's memory: it asks again, and gets the same.
#[tokio::test]
async fn a_phone_that_lost_power_before_it_saved_gets_the_same_bytes_for_half_an_hour() {
    for halden in halden::open().await {
        let address = halden.active_code(PHONE).await;
        let first = text(At(1).asks(&halden.services, &address, FILE).await);
        halden.later(SESSION - 1);
        // Another server has no memory of it, and the same answer.
        let node = halden.second_node().await;
        for services in [&halden.services, &node] {
            assert_eq!(text(At(1).asks(services, &address, FILE).await), first, "{}", halden.name());
        }
        halden.later(1);
        for services in [&halden.services, &node] {
            assert!(refused(&At(1).asks(services, &address, FILE).await), "{}", halden.name());
        }
        assert_eq!(halden.tokens(PHONE).await, ["expired"]);
        jobs::minute(&halden.services).await;
        assert!(acts(&halden).await.iter().any(|(action, _)| action == "enrolment.expire"));

        // It had saved it after all, and was slow to come back: its credential is good, and its token is claimed.
        text(enrolled(&first, FILE).fetch(&halden.services).await);
        assert_eq!(halden.tokens(PHONE).await, ["used"]);
        node.stop().await;
    }
}

/// What was delivered to nobody knows whom is worth nothing once another code is made.
#[tokio::test]
async fn another_code_after_a_lapsed_session_delivers_another_credential() {
    for halden in halden::open().await {
        let services = &halden.services;
        let address = halden.active_code(PHONE).await;
        let lost = enrolled(&text(At(9).asks(services, &address, FILE).await), FILE);
        halden.later(SESSION);
        assert_eq!(halden.make_codes().await, 1);
        assert_eq!(halden.tokens(PHONE).await, ["inactive", "expired"]);
        assert!(matches!(lost.fetch(services).await, Answer::Challenge { .. }), "{}", halden.name());
        halden.activate(PHONE).await;
        let address = halden.handout(PHONE, Kind::Code).await.address;
        let found = enrolled(&text(At(1).asks(services, &address, FILE).await), FILE);
        assert_ne!(found.password, lost.password);
        text(found.fetch(services).await);
        assert_eq!(halden.tokens(PHONE).await, ["used", "expired"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_use_a_code_at_once_one_wins_and_the_other_opens_a_case() {
    for halden in halden::open().await {
        let address = halden.active_code(PHONE).await;
        let node = halden.second_node().await;
        let mut crowd = JoinSet::new();
        for n in 0..16u8 {
            let services = if n % 2 == 0 { halden.services.clone() } else { node.clone() };
            let address = address.clone();
            crowd.spawn(async move { (n % 4, At(n % 4).asks(&services, &address, FILE).await) });
        }
        let answers = crowd.join_all().await;
        let winners: Vec<_> =
            answers.iter().filter(|(_, a)| matches!(a, Answer::File { .. })).map(|(n, _)| *n).collect();
        let first = *winners.first().unwrap();
        assert!(winners.iter().all(|n| *n == first), "{}: {winners:?}", halden.name());
        assert!(answers.iter().filter(|(n, _)| *n != first).all(|(_, a)| refused(a)));
        let cases = halden.open_cases().await;
        assert_eq!(cases.len(), 1, "{cases:?}");
        let winner = format!("10.99.0.{first} ");
        assert!(cases[0].contains(&winner), "{cases:?}");
        // Either server may have begun it, once.
        let trace = services::trace::view(&halden.services, &halden.by("ada").await, PHONE).await.unwrap();
        assert_eq!(trace.acts.iter().filter(|act| act.action == "enrolment.begin").count(), 1);
        let list = EnrolmentFilter { state: "clash".to_owned(), ..EnrolmentFilter::default() };
        let page = enrolment::list(&halden.services, &halden.by("ada").await, &list).await.unwrap().page;
        assert_eq!(page.rows.iter().map(|r| r.mac.to_string()).collect::<Vec<_>>(), [PHONE]);
        // The first goes on, whatever the others do.
        text(At(first).asks(&halden.services, &address, FILE).await);
        assert!(refused(&At(200).asks(&halden.services, &address, FILE).await));
        assert_eq!(halden.last_findings().await, [EnrolmentClash]);
        node.stop().await;
    }
}

/// Two lines of the list were swapped. Neither phone gets anything, and neither is taken out of service.
#[tokio::test]
async fn a_code_in_the_wrong_phone_is_a_case_and_changes_no_device() {
    for halden in halden::open().await {
        let services = &halden.services;
        let address = halden.active_code(PHONE).await;
        let seen = halden.serves().await.len();
        assert!(refused(&At(1).asks(services, &address, OTHER_FILE).await));
        while halden.open_cases().await.is_empty() {
            tokio::task::yield_now().await;
        }
        let case = halden.open_cases().await.remove(0);
        assert!(case.contains(OTHER_PHONE), "{case}");
        assert_eq!(halden.serves().await.len(), seen + 1);
        let entry = halden.last_serve().await;
        assert_eq!(entry.findings[0].code, EnrolmentMismatch);
        assert_eq!(entry.mac.unwrap().to_string(), PHONE);
        assert_eq!(halden.tokens(PHONE).await, ["waiting"]);
        let op = halden.by("ada").await;
        for mac in [PHONE, OTHER_PHONE] {
            assert_eq!(services::devices::view(services, &op, mac).await.unwrap().row.state, "active");
        }
        text(At(1).asks(services, &address, FILE).await);
    }
}

/// A line that stands is not for whoever knows a code: the phone is given its credential, and comes for it.
#[tokio::test]
async fn a_bound_phone_is_given_its_baseline_and_then_proves_itself_for_its_line() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let address = halden.active_code(PHONE).await;
        let file = text(At(1).asks(&halden.services, &address, FILE).await);
        assert!(!file.contains(EXTENSION) && !file.contains("account."), "{file}");
        let bound = enrolled(&file, FILE).configuration(&halden.services).await;
        assert_eq!(value(&bound, "account.1.user_name"), EXTENSION);
    }
}

#[tokio::test]
async fn a_device_in_quarantine_is_not_enrolled() {
    for halden in halden::open().await {
        let services = &halden.services;
        let address = halden.active_code(PHONE).await;
        Phone::of(&halden, PHONE).await.fetch_file(services, OTHER_FILE).await;
        let answer = At(1).asks(services, &address, FILE).await;
        assert!(!matches!(answer, Answer::File { .. }), "{answer:?}");
        assert!(halden.last_findings().await.contains(&DeviceQuarantined));
        let op = halden.by("ada").await;
        let reopened = enrolment::reopen(services, &op, PHONE, Kind::Code, None, "Reset.").await;
        assert_eq!(codes(&reopened.unwrap_err()), [DeviceQuarantined]);
    }
}
