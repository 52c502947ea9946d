//! One extension on several phones: who may have it, what each is served, and what becomes of the others when one of
//! them loses it.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes},
    machine::{crash_after, same_stories},
    phone::{Phone, value},
    platform::Node,
    race::{CROWD, a_floor_of_phones, acts, apply_at_once},
};
use domain::{
    Code,
    profile::Typed,
    time::{HOUR, MINUTE, SECOND},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use services::{
    change_requests, exceptions, losses, numbers,
    people::{self, PersonInput},
    profiles,
    replacements::{self, OpenInput},
    view::{BulkInput, RequestInput},
};
use sip::digest::ha1_md5_hex;

const THIRD_PHONE: &str = "80:5e:c0:10:00:05";
const SPARE: &str = "80:5e:c0:10:00:06";
/// It has a line of its own.
const OWN_PHONE: &str = "80:5e:c0:10:00:01";
const PHONES: [&str; 3] = [PHONE, OTHER_PHONE, THIRD_PHONE];

fn sharing(yes: bool) -> Typed {
    let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    Typed { voicemail: "yes".into(), shared: word(yes), ..Typed::default() }
}

/// A request that the extension is shared, or not any more; not applied.
async fn asks(halden: &Halden, yes: bool) -> i64 {
    let op = halden.by("ada").await;
    let number = profiles::set(&halden.services, &op, EXTENSION, &sharing(yes), "Reception.").await.unwrap();
    halden.sign(number.unwrap()).await
}

async fn shared(halden: &Halden) {
    let number = asks(halden, true).await;
    halden.apply(number).await.unwrap();
}

/// The extension stands on three phones, and the platform knows it.
async fn three(halden: &Halden, node: &Node) -> Vec<Phone> {
    shared(halden).await;
    let mut phones = vec![];
    for mac in PHONES {
        halden.bind(mac, EXTENSION).await;
        halden.later(SECOND);
        node.drain().await;
        phones.push(Phone::of(halden, mac).await);
    }
    phones
}

/// Opens the replacement of the first phone by the spare one, and has it approved; case and request.
async fn replacement(halden: &Halden) -> (i64, i64) {
    let (services, op) = (&halden.services, halden.by("ada").await);
    let open = OpenInput { old: PHONE.into(), new: SPARE.into(), reason: "Its display is broken.".into() };
    let case = replacements::open(services, &op, &open).await.unwrap();
    let view = exceptions::view(services, &op, case).await.unwrap().replacement.unwrap();
    let request = view.order.request.unwrap();
    halden.approve(request).await.unwrap();
    if halden.state(request).await == "submitted" {
        halden.approve_as("hedy", request).await.unwrap();
    }
    (case, request)
}

/// What a phone would register with.
async fn password(halden: &Halden, phone: &Phone) -> String {
    value(&phone.configuration(&halden.services).await, "account.1.password").to_owned()
}

/// What the platform accepts.
fn accepts(password: &str) -> Vec<(String, String)> {
    vec![(EXTENSION.to_owned(), ha1_md5_hex(EXTENSION, "pbx.example", password).to_string())]
}

#[tokio::test]
async fn an_exclusive_line_stands_once_and_a_shared_one_on_each_phone_that_was_approved() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let before = phone.configuration(&halden.services).await;
        assert_eq!(value(&before, "account.1.shared_line"), "0");
        let draft = halden.draft_bind(OTHER_PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(draft).await.unwrap();
        assert!(halden.request(draft).await.plan.items[0].blocking.contains(&Code::ExtensionTaken));

        // It becomes shared: the phone that has it is told, by the request that says so.
        let number = asks(&halden, true).await;
        let plan = halden.request(number).await.plan;
        let said =
            |plan: &domain::plan::Plan| plan.answers.iter().flat_map(|a| a.facts.clone()).collect::<String>();
        assert!(said(&plan).contains("80:5e:c0:10:00:03 say whether the line is shared"), "{}", said(&plan));
        halden.apply(number).await.unwrap();
        let after = phone.configuration(&halden.services).await;
        assert_eq!(value(&after, "account.1.shared_line"), "1", "{}", halden.name());
        assert_eq!(value(&after, "account.1.password"), value(&before, "account.1.password"));

        let second = halden.approved_bind(OTHER_PHONE, 1, EXTENSION).await;
        let plan = halden.request(second).await.plan;
        assert!(said(&plan).contains("2103 also rings on yealink"), "{}", said(&plan));
        halden.apply(second).await.unwrap();
        let other = Phone::of(&halden, OTHER_PHONE).await;
        let file = other.configuration(&halden.services).await;
        assert_eq!(value(&file, "account.1.user_name"), EXTENSION);
        assert_eq!(value(&file, "account.1.shared_line"), "1");
        assert_eq!(value(&file, "account.1.password"), value(&after, "account.1.password"));

        // Once on each phone; and it cannot be exclusive again while it stands on two.
        let twice = halden.draft_bind(OTHER_PHONE, 2, EXTENSION).await.unwrap();
        halden.submit(twice).await.unwrap();
        assert!(halden.request(twice).await.plan.items[0].blocking.contains(&Code::ExtensionTaken));
        let op = halden.by("ada").await;
        let refused = profiles::set(&halden.services, &op, EXTENSION, &sharing(false), "No.").await;
        assert_eq!(codes(&refused.unwrap_err()), [Code::ExtensionTaken]);
        let held = halden.database.meddle("UPDATE profile SET shared = FALSE").await.unwrap_err();
        assert!(held.to_string().to_lowercase().contains("unique"), "{held}");

        let view = numbers::view(&halden.services, &op, EXTENSION).await.unwrap();
        let steps = format!("{:?}", view.steps);
        assert!(steps.contains("80:5e:c0:10:00:03") && steps.contains("80:5e:c0:10:00:04"), "{steps}");
    }
}

#[tokio::test]
async fn when_one_of_three_loses_the_line_the_others_get_another_credential_once_it_counts() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let old = password(&halden, &phones[0]).await;
        for phone in &phones {
            assert_eq!(password(&halden, phone).await, old);
        }
        let number = halden.approved_unbind(PHONE).await;
        let facts: String =
            halden.request(number).await.plan.answers.into_iter().flat_map(|a| a.facts).collect();
        assert!(facts.contains("The credential of 2103 is renewed"), "{facts}");
        assert!(!facts.contains("ring nowhere"), "{facts}");
        halden.apply(number).await.unwrap();
        halden.later(SECOND);
        // Not before the platform has it: whoever fetches now goes on registering.
        assert_eq!(password(&halden, &phones[1]).await, old);
        assert_eq!(node.drain().await, [EXTENSION]);
        let new = password(&halden, &phones[1]).await;
        assert_ne!(new, old, "{}", halden.name());
        assert_eq!(password(&halden, &phones[2]).await, new);
        assert_eq!(node.accepts().await, accepts(&new));
        assert_eq!(value(&phones[0].configuration(&halden.services).await, "account.1.enable"), "0");

        // The last one but one, and the last: then nobody registers.
        for (mac, left) in [(OTHER_PHONE, 1), (THIRD_PHONE, 0)] {
            let number = halden.approved_unbind(mac).await;
            halden.apply(number).await.unwrap();
            halden.later(SECOND);
            assert_eq!(node.drain().await.len(), left);
        }
    }
}

#[tokio::test]
async fn a_lost_phone_of_three_is_shut_out_and_the_others_go_on() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let old = password(&halden, &phones[2]).await;
        let case = losses::report(&halden.services, &halden.by("linus").await, THIRD_PHONE, "Stolen.").await;
        halden.later(SECOND);
        node.drain().await;
        let new = password(&halden, &phones[0]).await;
        assert_ne!(new, old);
        assert_eq!((password(&halden, &phones[1]).await, node.accepts().await), (new.clone(), accepts(&new)));
        let view = exceptions::view(&halden.services, &halden.by("ada").await, case.unwrap()).await.unwrap();
        assert!(format!("{view:?}").contains("80:5e:c0:10:00:03"), "{view:?}");
        for mac in [PHONE, OTHER_PHONE] {
            assert_eq!(halden.lines(mac).await, [EXTENSION], "{}", halden.name());
        }
    }
}

/// The replacement of one of three, step by step. The stories below tell it with the server dying while it tells the platform
/// and gives the others the credential.
#[tokio::test]
async fn one_of_three_is_replaced_and_its_siblings_are_given_what_counts() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let old = password(&halden, &phones[0]).await;
        let (services, op) = (&halden.services, halden.by("ada").await);
        let (case, request) = replacement(&halden).await;
        let view = exceptions::view(services, &op, case).await.unwrap().replacement.unwrap();
        assert!(view.outages.iter().any(|outage| outage.to_string().contains("805ec0100004")), "{view:?}");
        replacements::rotate(services, &op, case).await.unwrap();
        halden.later(SECOND);
        assert_eq!(password(&halden, &phones[1]).await, old, "it still counts");
        node.drain().await;
        let new = password(&halden, &phones[1]).await;
        assert_ne!(new, old, "{}", halden.name());
        assert_eq!(password(&halden, &phones[2]).await, new);
        assert_eq!(node.accepts().await, accepts(&new), "in place: it never was without one");
        assert_eq!(password(&halden, &phones[0]).await, old, "what goes gets nothing new");

        // Nobody can tell its contacts from the others'; after as long as one lasts it is dead.
        let state = || async { exceptions::view(services, &op, case).await.unwrap().listed.exception.state };
        assert_eq!(state().await, "rotating");
        assert_eq!(codes(&halden.apply(request).await.unwrap_err()), [Code::ReplacementAlive]);

        // Meanwhile another one is lost: neither it nor the old handset can register, whatever they know.
        losses::report(services, &halden.by("linus").await, THIRD_PHONE, "Stolen.").await.unwrap();
        halden.later(SECOND);
        node.drain().await;
        let last = password(&halden, &phones[1]).await;
        assert!(last != new && last != old, "{}", halden.name());
        assert_eq!(node.accepts().await, accepts(&last), "at once, whatever the old handset is waited for");
        for _ in 0..4 {
            halden.later(HOUR + MINUTE);
            node.drain().await;
        }
        assert_eq!(state().await, "ready");
        halden.apply(request).await.unwrap();
        halden.later(HOUR);
        node.drain().await;
        assert_eq!(password(&halden, &phones[1]).await, last);
        let spare = Phone::of(&halden, SPARE).await;
        assert_eq!(password(&halden, &spare).await, last);
        assert_eq!(node.accepts().await, accepts(&last));
        assert_eq!(value(&phones[0].configuration(services).await, "account.1.enable"), "0");
    }
}

#[tokio::test]
async fn called_off_the_old_handset_is_given_what_its_siblings_have() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let old = password(&halden, &phones[0]).await;
        let (services, op) = (&halden.services, halden.by("ada").await);
        let (case, _) = replacement(&halden).await;
        replacements::rotate(services, &op, case).await.unwrap();
        halden.later(SECOND);
        node.drain().await;
        replacements::call_off(services, &op, case, "It was the cable.").await.unwrap();
        for _ in 0..4 {
            halden.later(HOUR);
            node.drain().await;
        }
        let now = password(&halden, &phones[1]).await;
        assert_ne!(now, old, "{}", halden.name());
        assert_eq!(password(&halden, &phones[0]).await, now);
        assert_eq!(node.accepts().await, accepts(&now));
    }
}

/// Moved, and swapped with a line of one's own: the third phone keeps it, and everybody has what counts.
#[tokio::test]
async fn a_shared_line_moves_and_swaps_and_its_siblings_keep_it() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let old = password(&halden, &phones[1]).await;
        let input = RequestInput {
            kind: "move".into(),
            mac: PHONE.into(),
            index: "1".into(),
            to_mac: SPARE.into(),
            to_index: "1".into(),
            reason: "Another desk.".into(),
            ..RequestInput::default()
        };
        let op = halden.by("ada").await;
        let number = change_requests::create(&halden.services, &op, &input).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        halden.later(SECOND);
        node.drain().await;
        halden.later(SECOND);
        node.drain().await;
        let new = password(&halden, &phones[1]).await;
        assert_ne!(new, old);
        let spare = Phone::of(&halden, SPARE).await;
        assert_eq!((password(&halden, &spare).await, node.accepts().await), (new.clone(), accepts(&new)));
        assert_eq!(halden.lines(PHONE).await, [""; 0], "{}", halden.name());

        halden.bind(OWN_PHONE, OTHER_EXTENSION).await;
        let swap = RequestInput {
            kind: "swap".into(),
            mac: SPARE.into(),
            to_mac: OWN_PHONE.into(),
            reason: "They change desks.".into(),
            ..input
        };
        let op = halden.by("ada").await;
        let number = change_requests::create(&halden.services, &op, &swap).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        for _ in 0..3 {
            halden.later(SECOND);
            node.drain().await;
        }
        assert_eq!(halden.lines(SPARE).await, [OTHER_EXTENSION], "{}", halden.name());
        assert_eq!(halden.lines(OWN_PHONE).await, [EXTENSION]);
        let last = password(&halden, &phones[1]).await;
        assert_ne!(last, new, "whoever lost it knows nothing that counts");
        assert_eq!(password(&halden, &Phone::of(&halden, OWN_PHONE).await).await, last);
        assert!(node.accepts().await.contains(&accepts(&last)[0]));
    }
}

/// Fifty requests for the same appearance: on two line keys of one phone, of which each could have the line.
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_line_comes_to_one_phone_once_however_many_ask_at_once() {
    for halden in halden::open().await {
        shared(&halden).await;
        halden.bind(OTHER_PHONE, EXTENSION).await;
        let mut numbers = vec![];
        for at in 0..CROWD {
            let key = if at % 2 == 0 { 1 } else { 2 };
            numbers.push(halden.approved_bind(PHONE, key, EXTENSION).await);
        }
        let before = acts(&halden, "change_request.apply").await.len();
        let outcomes = apply_at_once(&halden, &numbers).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            let code = problem.code();
            let clear = [Code::ExtensionTaken, Code::EndpointTaken, Code::PlanStale].contains(&code);
            assert!(clear, "{}: {problem}", halden.name());
        }
        assert_eq!(acts(&halden, "change_request.apply").await.len(), before + 1);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "{}", halden.name());
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION], "and its sibling keeps it");
    }
}

/// It is to be exclusive again, while fifty phones are to have it too: whoever wins, it is never exclusive on two.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_becomes_exclusive_meanwhile_stands_on_one_phone() {
    for halden in halden::open().await {
        shared(&halden).await;
        halden.bind(PHONE, EXTENSION).await;
        let exclusive = asks(&halden, false).await;
        let floor = a_floor_of_phones(&halden).await;
        let mut numbers = vec![exclusive];
        for mac in &floor {
            numbers.push(halden.approved_bind(mac, 1, EXTENSION).await);
        }
        let outcomes = apply_at_once(&halden, &numbers).await;
        let became = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(became >= 1, "{}", halden.name());
        let mut holders = halden.lines(PHONE).await.len();
        for mac in &floor {
            holders += halden.lines(mac).await.len();
        }
        let op = halden.by("ada").await;
        let profile = profiles::view(&halden.services, &op, EXTENSION).await.unwrap().unwrap().profile;
        assert!(profile.shared || holders == 1, "{}: exclusive, on {holders} phones", halden.name());
        assert!(holders >= 1, "{}", halden.name());
        for problem in outcomes.into_iter().filter_map(Result::err) {
            let code = problem.code();
            assert!([Code::ExtensionTaken, Code::PlanStale].contains(&code), "{}: {problem}", halden.name());
        }
    }
}

/// In one file: a shared extension goes to two phones, and an exclusive one does not.
#[tokio::test]
async fn a_file_may_put_a_shared_line_on_many_phones() {
    for halden in halden::open().await {
        shared(&halden).await;
        let sheet = |extension: &str| {
            let rows = [PHONE, OTHER_PHONE].map(|mac| format!("bind,{mac},1,{extension},,\n"));
            format!("kind,mac,line_key,extension,to_mac,to_line_key\n{}", rows.concat()).into_bytes()
        };
        let op = halden.by("ada").await;
        let bulk = |extension: &str| BulkInput {
            file: sheet(extension),
            reason: "Reception opens.".into(),
            external_ref: String::new(),
            all_or_nothing: false,
        };
        let refused = change_requests::create_bulk(&halden.services, &op, &bulk("2104")).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::RowDuplicate]);
        let number = change_requests::create_bulk(&halden.services, &op, &bulk(EXTENSION)).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        for mac in [PHONE, OTHER_PHONE] {
            assert_eq!(halden.lines(mac).await, [EXTENSION], "{}", halden.name());
        }
    }
}

/// Somebody leaves: each of their phones is revoked by a request of its own, and the last one shuts the line.
#[tokio::test]
async fn whoever_leaves_loses_every_phone_of_a_shared_line_one_by_one() {
    for halden in halden::open().await {
        let node = Node::of(&halden, None).await;
        let phones = three(&halden, &node).await;
        let input = PersonInput { account: "left".to_owned(), ..PersonInput::default() };
        let op = halden.by("ada").await;
        let asked = people::change(&halden.services, &op, "P1003", &input, "so says the feed").await.unwrap();
        assert_eq!(asked.len(), 3, "{}", halden.name());
        let mut known = vec![];
        for (done, number) in (1..).zip(asked) {
            known.push(password(&halden, &phones[2]).await);
            halden.approve(number).await.unwrap();
            halden.apply(number).await.unwrap();
            halden.later(SECOND);
            assert_eq!(node.drain().await.len(), usize::from(done < 3));
            for old in &known {
                assert_ne!(node.accepts().await, accepts(old), "{done}");
            }
        }
    }
}

/// Without access to the platform somebody types the new credential in there: from then on its siblings have it.
#[tokio::test]
async fn rotated_by_hand_the_siblings_get_what_was_typed_in() {
    for halden in halden::open().await {
        shared(&halden).await;
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, EXTENSION).await;
        let sibling = Phone::of(&halden, OTHER_PHONE).await;
        let old = password(&halden, &sibling).await;
        let (case, request) = replacement(&halden).await;
        let (services, op) = (&halden.services, halden.by("ada").await);
        replacements::rotate(services, &op, case).await.unwrap();
        let shown = replacements::reveal(services, &op, case, "To type it in.").await.unwrap();
        assert_eq!(password(&halden, &sibling).await, old);
        replacements::dead(services, &op, case, "Rotated at the PBX.").await.unwrap();
        assert_eq!(password(&halden, &sibling).await, shown[0].1, "{}", halden.name());
        halden.apply(request).await.unwrap();
        assert_eq!(password(&halden, &Phone::of(&halden, SPARE).await).await, shown[0].1);
    }
}

/// What happens to a shared line, to its platform and to the server, in any order.
#[derive(Clone, Debug)]
enum Step {
    Bind(usize),
    Revoke(usize),
    Replace,
    CallOff,
    TakeOver,
    Tell,
    /// The server dies after so many waits.
    TellAndCrash(u8),
    Fetch(usize),
}

fn steps() -> impl Strategy<Value = Step> {
    let phone = || 0..PHONES.len();
    prop_oneof![
        5 => phone().prop_map(Step::Bind),
        3 => phone().prop_map(Step::Revoke),
        2 => Just(Step::Replace),
        1 => Just(Step::CallOff),
        1 => Just(Step::TakeOver),
        2 => Just(Step::Tell),
        2 => (0u8..40).prop_map(Step::TellAndCrash),
        3 => phone().prop_map(Step::Fetch),
    ]
}

/// The phones, and what each has fetched.
struct World<'a> {
    halden: &'a Halden,
    node: Node,
    phones: Vec<Phone>,
    holds: Vec<Option<String>>,
    /// Case and request of the replacement of the first phone that is under way.
    order: Option<(i64, i64)>,
}

impl World<'_> {
    async fn stands(&self, phone: usize) -> bool {
        !self.halden.lines(PHONES[phone]).await.is_empty()
    }

    async fn step(&mut self, step: &Step) {
        let (services, op) = (&self.halden.services, self.halden.by("ada").await);
        match step {
            Step::Bind(phone) if !self.stands(*phone).await => {
                if let Ok(draft) = self.halden.draft_bind(PHONES[*phone], 1, EXTENSION).await {
                    self.halden.sign(draft).await;
                    drop(self.halden.apply(draft).await);
                }
            }
            Step::Revoke(phone) if self.stands(*phone).await && (*phone > 0 || self.order.is_none()) => {
                let number = self.halden.approved_unbind(PHONES[*phone]).await;
                self.halden.apply(number).await.unwrap();
            }
            Step::Replace if self.order.is_none() && self.stands(0).await => {
                let order = replacement(self.halden).await;
                replacements::rotate(services, &op, order.0).await.unwrap();
                self.order = Some(order);
            }
            Step::CallOff => {
                if let Some((case, _)) = self.order.take() {
                    replacements::call_off(services, &op, case, "It was the cable.").await.unwrap();
                }
            }
            Step::TakeOver => {
                if let Some((_, request)) = self.order {
                    self.quiet().await;
                    self.halden.apply(request).await.unwrap();
                    self.order = None;
                }
            }
            Step::Tell => drop(self.node.drain().await),
            Step::TellAndCrash(waits) => crash_after(*waits, self.node.drain()).await,
            Step::Fetch(phone) if self.stands(*phone).await => {
                self.holds[*phone] = Some(password(self.halden, &self.phones[*phone]).await);
            }
            Step::Bind(_) | Step::Revoke(_) | Step::Replace | Step::Fetch(_) => {}
        }
    }

    /// Whatever the platform is still to be told, and whatever registration may still last.
    async fn quiet(&self) {
        for _ in 0..6 {
            self.halden.later(HOUR + MINUTE);
            self.node.drain().await;
        }
    }

    async fn check(&self) {
        self.quiet().await;
        let accepted = self.node.accepts().await;
        for (phone, mac) in PHONES.into_iter().enumerate() {
            let replaced = phone == 0 && self.order.is_some();
            if self.stands(phone).await && !replaced {
                let now = password(self.halden, &self.phones[phone]).await;
                assert_eq!(accepted, accepts(&now), "{mac} has what counts");
            } else if let Some(held) = &self.holds[phone] {
                assert_ne!(accepted, accepts(held), "{mac} has lost the line and registers");
            }
        }
    }
}

async fn tell(story: &[Step]) {
    for halden in halden::open().await {
        shared(&halden).await;
        let node = Node::of(&halden, None).await;
        let mut phones = vec![];
        for mac in PHONES {
            phones.push(Phone::of(&halden, mac).await);
        }
        let holds = vec![None; PHONES.len()];
        let mut world = World { halden: &halden, node, phones, holds, order: None };
        for step in story {
            halden.later(SECOND);
            world.step(step).await;
        }
        world.check().await;
    }
}

#[test]
fn in_every_story_whoever_has_the_line_registers_and_nobody_else() {
    let full = std::env::var_os("RINGFENCE_FULL").is_some();
    let (cases, length) = if full { (60, 30) } else { (6, 16) };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = if full { TestRunner::new(config) } else { same_stories(config) };
    runner
        .run(&vec(steps(), length / 2..=length), |story| {
            runtime.block_on(Box::pin(tell(&story)));
            Ok(())
        })
        .unwrap();
}
