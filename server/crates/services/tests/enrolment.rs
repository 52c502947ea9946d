//! A token from its making to its end, as people and phones go through it.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes},
    phone::{Phone, ask_from, text, value},
};
use domain::{
    Code::{
        DeviceQuarantined, EnrolmentClash, EnrolmentMismatch, EnrolmentSpent, FieldMissing, Forbidden,
        FormInvalid, RequestState,
    },
    enrolment::{CODE_LIFE, Kind, MARGIN, SESSION, State, TypedCode},
    fence::{Channel, Proof, Serve},
    ledger::Entry,
    site::step::StepKind,
    time::{DAY, MINUTE},
};
use services::{
    Services,
    cutovers::{self, TimedInput},
    edge::{
        Answer, Request,
        enrol::{Token, enrol},
    },
    enrolment::{self, Handout},
    jobs,
    steps::{self, StepInput},
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

#[tokio::test]
async fn a_code_lives_for_a_day_and_an_address_until_its_day() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        assert!(halden.make_addresses(2 * DAY).await >= 6);
        let address = halden.handout(OTHER_PHONE, Kind::SignedAddress).await.address;
        halden.later(CODE_LIFE);
        assert!(refused(&At(1).asks(services, &code, FILE).await), "{}", halden.name());
        text(At(2).asks(services, &address, OTHER_FILE).await);
        assert_eq!(halden.last_serve().await.proof, Proof::SignedAddress);
        let third = halden.handouts(Kind::SignedAddress).await;
        let third = third
            .iter()
            .find(|h| h.vendor == "yealink" && ![PHONE, OTHER_PHONE].contains(&h.mac.to_string().as_str()));
        let third = third.unwrap().clone();
        halden.later(DAY);
        let file = format!("{}.cfg", third.mac.bare());
        assert!(refused(&At(3).asks(services, &third.address, &file).await), "{}", halden.name());
        let op = halden.by("ada").await;
        for (until, code) in
            [(None, FieldMissing), (Some(op.now), FormInvalid), (Some(op.now.plus(91 * DAY)), FormInvalid)]
        {
            let made = enrolment::make(services, &op, "lon", Kind::SignedAddress, until).await;
            assert_eq!(codes(&made.unwrap_err()), [code]);
        }
    }
}

#[tokio::test]
async fn without_a_day_an_address_is_valid_for_a_margin_after_the_sites_date() {
    for halden in halden::open().await {
        let (services, op) = (&halden.services, halden.by("ada").await);
        let made = async || enrolment::make(services, &op, "lon", Kind::SignedAddress, None).await;
        let filter = EnrolmentFilter { site: "lon".to_owned(), ..EnrolmentFilter::default() };
        let date = async || enrolment::list(services, &op, &filter).await.unwrap().site.unwrap().date;
        assert_eq!((date().await, codes(&made().await.unwrap_err())), (None, vec![FieldMissing]));
        let due = op.now.plus(20 * DAY).to_string().chars().take(10).collect();
        let input = StepInput { owner: "linus".to_owned(), due, needs: vec![] };
        let linus = halden.by("linus").await;
        steps::change(services, &linus, "lon", "binding", &input).await.unwrap();
        assert_eq!(date().await.unwrap().step, Some(StepKind::Binding), "{}", halden.name());
        // Too late to say so now.
        let plan = |days: i64| TimedInput {
            title: "Switch the trunk".to_owned(),
            planned: op.now.plus(days * DAY).to_string(),
            minutes: "30".to_owned(),
            ..TimedInput::default()
        };
        cutovers::put(services, &linus, "lon", &plan(80)).await.unwrap();
        assert_eq!(codes(&made().await.unwrap_err()), [FormInvalid]);
        cutovers::remove(services, &linus, "lon", 1).await.unwrap();
        cutovers::put(services, &linus, "lon", &plan(30)).await.unwrap();
        let date = date().await.unwrap();
        assert_eq!(date.step, None, "the plan of the day counts more than the day of a step");
        assert!(made().await.unwrap() >= 6);
        let handout = halden.handout(PHONE, Kind::SignedAddress).await;
        assert_eq!(handout.state, State::Waiting { until: date.at.plus(MARGIN) }, "{}", halden.name());
    }
}

#[tokio::test]
async fn without_tls_there_is_nothing_and_the_token_is_not_burnt() {
    for halden in halden::open().await {
        let address = halden.active_code(PHONE).await;
        for file in [FILE, "y000000000108.cfg", "nothing"] {
            let answer = At(1).over(&halden.services, Channel::Onboarding, &address, file).await;
            assert!(refused(&answer), "{file}");
        }
        assert_eq!(halden.tokens(PHONE).await, ["waiting"]);
        text(At(1).asks(&halden.services, &address, FILE).await);
    }
}

/// What is not a token in force is one and the same 404; a right code under a hail of wrong ones waits.
#[tokio::test]
async fn guesses_get_nothing_and_run_out() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        assert!(halden.make_addresses(DAY).await > 0);
        let address = halden.handout(PHONE, Kind::SignedAddress).await.address;
        let nonsense = ["", "x", "1234567890", "abc def", "%00", &"a".repeat(43), &"9".repeat(500)];
        for token in nonsense {
            assert!(refused(&At(1).asks(services, token, FILE).await), "{token}");
        }
        let mut wrong = 0;
        let held = loop {
            let guess = TypedCode::from_random(wrong);
            match At(1).asks(services, guess.digits(), FILE).await {
                Answer::NotFound => wrong += 1,
                other => break other,
            }
        };
        assert!(matches!(held, Answer::Hold { .. }));
        assert_eq!(wrong, 20, "typing errors and nonsense did not count");
        assert!(matches!(At(1).asks(services, &code, FILE).await, Answer::Hold { .. }), "right or wrong");
        text(At(1).asks(services, &address, FILE).await);
        halden.later(MINUTE);
        assert!(refused(&At(1).asks(services, TypedCode::from_random(99).digits(), FILE).await));
    }
}

#[tokio::test]
async fn ten_thousand_wrong_codes_from_everywhere_do_not_delay_whoever_has_the_right_one() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        let mut looked_at = 0;
        for n in 0..10_000u32 {
            let guess = TypedCode::from_random(u64::from(n));
            let [_, a, b, _] = ((n % 300) << 8).to_be_bytes();
            let answer = from([198, a, b, 1], services, Channel::Steady, guess.digits(), FILE).await;
            looked_at += u32::from(matches!(answer, Answer::NotFound));
        }
        assert_eq!(looked_at, 60 + 240, "what everybody has, and one of each place that came later");
        let held = from([198, 0, 7, 9], services, Channel::Steady, &code, FILE).await;
        assert!(matches!(held, Answer::Hold { .. }), "a neighbour of the flood waits: {held:?}");
        text(At(1).asks(services, &code, FILE).await);
    }
}

#[tokio::test]
async fn a_factory_reset_is_opened_again_by_an_act_and_the_old_credential_is_dead_at_once() {
    for halden in halden::open().await {
        let (services, node) = (&halden.services, halden.second_node().await);
        assert!(halden.make_addresses(DAY).await > 0);
        let address = halden.handout(PHONE, Kind::SignedAddress).await.address;
        let old = enrolled(&text(At(1).asks(services, &address, FILE).await), FILE);
        // Both servers have it in their memory.
        for services in [services, &node] {
            text(old.fetch(services).await);
        }
        let op = halden.by("ada").await;
        let unreasoned = enrolment::reopen(services, &op, PHONE, Kind::Code, None, " ").await;
        assert_eq!(codes(&unreasoned.unwrap_err()), [FieldMissing]);

        // The redirect service still names the address: it is the same one.
        halden.reopen(PHONE, Kind::SignedAddress).await;
        assert_eq!(halden.handout(PHONE, Kind::SignedAddress).await.address, address);
        for services in [services, &node] {
            assert!(matches!(old.fetch(services).await, Answer::Challenge { .. }), "{}", halden.name());
        }
        let new = enrolled(&text(At(7).asks(&node, &address, FILE).await), FILE);
        assert_eq!(new.user, old.user);
        text(new.fetch(services).await);
        assert!(matches!(old.fetch(&node).await, Answer::Challenge { .. }), "{}", halden.name());

        // With a code: active at once, and the address ends with it.
        halden.reopen(PHONE, Kind::Code).await;
        let code = halden.handout(PHONE, Kind::Code).await;
        assert!(matches!(code.state, State::Waiting { .. }));
        text(At(7).asks(services, &code.address, FILE).await);
        assert!(refused(&At(7).asks(services, &address, FILE).await));
        node.stop().await;
    }
}

#[tokio::test]
async fn what_is_taken_back_delivers_nothing_and_what_it_delivered_is_dead() {
    for halden in halden::open().await {
        let services = &halden.services;
        let address = halden.active_code(PHONE).await;
        let thief = enrolled(&text(At(66).asks(services, &address, FILE).await), FILE);
        let op = halden.by("linus").await;
        enrolment::revoke(services, &op, PHONE, "The list was lost.").await.unwrap();
        assert!(refused(&At(66).asks(services, &address, FILE).await));
        assert!(matches!(thief.fetch(services).await, Answer::Challenge { .. }), "{}", halden.name());
        assert_eq!(halden.tokens(PHONE).await, ["revoked"]);
        let again = enrolment::revoke(services, &op, PHONE, "Once more.").await;
        assert_eq!(codes(&again.unwrap_err()), [RequestState]);
    }
}

#[tokio::test]
async fn a_phone_that_goes_back_to_its_vendor_leaves_the_redirect_list() {
    for halden in halden::open().await {
        let services = &halden.services;
        let all = halden.make_addresses(DAY).await;
        let address = halden.handout(PHONE, Kind::SignedAddress).await.address;
        let held = enrolled(&text(At(1).asks(services, &address, FILE).await), FILE);
        text(held.fetch(services).await);
        assert_eq!(halden.handouts(Kind::SignedAddress).await.len(), all, "used ones are still redirected");
        let op = halden.by("ada").await;
        halden.bind(PHONE, EXTENSION).await;
        let bound = enrolment::release(services, &op, PHONE, "Broken display.").await;
        assert_eq!(codes(&bound.unwrap_err()), [RequestState]);
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        enrolment::release(services, &op, PHONE, "Broken display.").await.unwrap();
        let left = halden.handouts(Kind::SignedAddress).await;
        assert_eq!(left.len(), all - 1);
        assert!(left.iter().all(|h| h.mac.to_string() != PHONE));
        assert!(matches!(held.fetch(services).await, Answer::Challenge { .. }));
        assert!(refused(&At(1).asks(services, &address, FILE).await));
        assert_eq!((halden.make_codes().await, halden.make_addresses(DAY).await), (all - 1, 0));
        assert!(enrolment::signed_address(services, &op, PHONE, "A list.").await.is_err());
        // It comes back after all: with an address that nobody has seen.
        halden.reopen(PHONE, Kind::SignedAddress).await;
        let again = enrolment::signed_address(services, &op, PHONE, "A list.").await.unwrap();
        assert_ne!(again, address);
        text(At(1).asks(services, &again, FILE).await);
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

#[tokio::test]
async fn each_act_needs_its_permission_and_codes_are_seen_by_administrators_alone() {
    for halden in halden::open().await {
        let services = &halden.services;
        let op = halden.by("grace").await;
        let refusals = [
            enrolment::make(services, &op, "lon", Kind::Code, None).await.err(),
            enrolment::activate_site(services, &op, "lon").await.err(),
            enrolment::activate(services, &op, PHONE).await.err(),
            enrolment::revoke(services, &op, PHONE, "x").await.err(),
            enrolment::reopen(services, &op, PHONE, Kind::Code, None, "x").await.err(),
            enrolment::release(services, &op, PHONE, "x").await.err(),
            enrolment::export(services, &op, "lon", Kind::Code, "x").await.err(),
            enrolment::signed_address(services, &op, PHONE, "x").await.err(),
            enrolment::export(services, &halden.by("linus").await, "lon", Kind::Code, "x").await.err(),
        ];
        for refusal in refusals {
            assert_eq!(codes(&refusal.unwrap()), [Forbidden]);
        }
        halden.make_codes().await;
        let op = halden.by("linus").await;
        assert!(enrolment::activate_site(services, &op, "lon").await.unwrap() >= 6);
        assert_eq!(enrolment::activate_site(services, &op, "lon").await.unwrap(), 0);
        let unreasoned = enrolment::export(services, &halden.by("ada").await, "lon", Kind::Code, "").await;
        assert_eq!(codes(&unreasoned.err().unwrap()), [FieldMissing]);
    }
}

/// Neither a code nor an address is in the record, in the database, or in what prints itself.
#[tokio::test]
async fn no_token_is_in_the_record_or_readable_in_the_database() {
    for halden in halden::open().await {
        halden.make_codes().await;
        halden.make_addresses(DAY).await;
        halden.activate(PHONE).await;
        let mut tokens = vec![];
        for kind in Kind::ALL {
            for handout in halden.handouts(kind).await {
                tokens.push(handout.address.trim_end_matches('/').rsplit('/').next().unwrap().to_owned());
                tokens.push(handout.code);
            }
        }
        tokens.retain(|token| !token.is_empty());
        let code = halden.handout(PHONE, Kind::Code).await.address;
        At(1).asks(&halden.services, &code, OTHER_FILE).await;
        while halden.open_cases().await.is_empty() {
            tokio::task::yield_now().await;
        }
        text(At(1).asks(&halden.services, &code, FILE).await);
        assert!(refused(&At(2).asks(&halden.services, &code, FILE).await));
        jobs::tick(&halden.services).await;
        let record = serde_json::to_string(&halden.record().await).unwrap();
        let rows = format!(
            "{:?} {:?}",
            halden.open_cases().await,
            enrolment::list(&halden.services, &halden.by("ada").await, &EnrolmentFilter::default()).await
        );
        for token in &tokens {
            assert!(!record.contains(token.as_str()) && !rows.contains(token.as_str()), "{}", halden.name());
        }
        let Some(file) = halden.database.sqlite_file() else { continue };
        for entry in file.parent().unwrap().read_dir().unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for token in &tokens {
                assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_has_ended_and_is_used_again_becomes_a_case() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.make_codes().await;
        let address = halden.handout(PHONE, Kind::Code).await.address;
        let minutes = async |minutes: i64| {
            halden.later(minutes * MINUTE);
            jobs::tick(services).await;
            jobs::minute(services).await;
        };
        assert!(refused(&At(1).asks(services, &address, FILE).await));
        minutes(5).await;
        assert!(halden.open_cases().await.is_empty(), "too early is no case");
        halden.activate(PHONE).await;
        let phone = enrolled(&text(At(1).asks(services, &address, FILE).await), FILE);
        text(phone.fetch(services).await);
        // Its redirect service sends it here once more, and it has its credential all the same.
        assert!(refused(&At(1).asks(services, &address, FILE).await));
        text(At(1).fetches(services, &phone).await);
        minutes(5).await;
        assert!(halden.open_cases().await.is_empty(), "{}", halden.name());
        // Somebody else has the paper. That the right phone proves itself meanwhile says nothing about who it is.
        assert!(refused(&At(1).asks(services, &address, FILE).await));
        assert!(refused(&At(2).asks(services, &address, FILE).await));
        text(At(1).fetches(services, &phone).await);
        minutes(5).await;
        let cases = halden.cases(false).await;
        assert_eq!((cases.len(), cases[0].exception.times), (1, 1), "{}", halden.name());
        assert!(
            cases[0].exception.detail.ends_with("Asked for from 10.99.0.2."),
            "{}",
            cases[0].exception.detail
        );
        // It was reset.
        for times in 2..=3 {
            assert!(refused(&At(1).asks(services, &address, FILE).await));
            assert!(refused(&At(1).asks(services, &address, FILE).await));
            minutes(5).await;
            let cases = halden.cases(false).await;
            assert_eq!((cases.len(), cases[0].exception.times), (1, times));
            assert_eq!(cases[0].exception.kind, domain::exception::Kind::Enrolment);
            assert!(cases[0].exception.detail.contains("It is used."), "{}", cases[0].exception.detail);
        }
    }
}
