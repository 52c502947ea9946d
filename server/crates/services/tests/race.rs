//! Many at once: exactly one wins, and nobody is served a line after it was taken away (invariants 1 and 2).

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, password, upload},
    phone::{Phone, text, value},
};
use domain::{
    Code::{ApprovalUnasked, ExtensionTaken, PlanStale, RequestState},
    authz::Role,
    fence::Serve,
    ledger::Entry,
};
use services::{Operation, Problem, Services, approvals::RuleInput, change_requests, edge::Answer};
use tokio::task::JoinSet;

/// People, or phones, that do the same thing at the same time.
pub(crate) const CROWD: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn one_approved_request_is_applied_once() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        let outcomes = apply_at_once(&halden, &[number; CROWD]).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            assert_eq!(problem.code(), RequestState, "{}: {problem}", halden.name());
        }
        let applied = acts(&halden, "change_request.apply").await;
        assert_eq!(applied, [format!("CR-{number}")]);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

/// One approval is asked for, and fifty are given at once, by three people; some say no. There is one verdict.
#[tokio::test(flavor = "multi_thread")]
async fn one_request_gets_one_verdict() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let outcomes = decide_at_once(&halden, number, &["grace", "hedy", "both"], 10).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, CROWD - 1), "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            assert_eq!(problem.code(), RequestState, "{}: {problem}", halden.name());
        }
        let approved = acts(&halden, "change_request.approve").await.len();
        let rejected = acts(&halden, "change_request.reject").await.len();
        assert_eq!(approved + rejected, 1);
        let word = if approved == 1 { "approved" } else { "rejected" };
        assert_eq!(halden.state(number).await, word);
    }
}

/// Two are asked for: each of two people counts once, however often they press the button.
#[tokio::test(flavor = "multi_thread")]
async fn two_approvals_come_from_two_people_however_many_are_given() {
    for halden in halden::open().await {
        let two = vec![(Role::Approver, "2".to_owned())];
        let rule = RuleInput { name: "Two".to_owned(), needs: two, ..RuleInput::default() };
        let subjects = vec!["approval-rules".to_owned()];
        let needs = vec![(Role::Administrator, "1".to_owned())];
        let of_rules = RuleInput { name: "Rules".to_owned(), subjects, needs, ..RuleInput::default() };
        halden.rules(&[rule, of_rules]).await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let outcomes = decide_at_once(&halden, number, &["grace", "hedy", "both"], 0).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 2, "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            let code = problem.code();
            assert!([RequestState, ApprovalUnasked].contains(&code), "{}: {problem}", halden.name());
        }
        let given = halden.request(number).await.approvals.given;
        assert_eq!(halden.state(number).await, "approved");
        assert!(given.len() == 2 && given[0].by != given[1].by, "{given:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_extension_goes_to_one_of_many_phones() {
    for halden in halden::open().await {
        let macs = a_floor_of_phones(&halden).await;
        let mut numbers = vec![];
        for mac in &macs {
            numbers.push(halden.approved_bind(mac, 1, EXTENSION).await);
        }
        let outcomes = apply_at_once(&halden, &numbers).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            let code = problem.code();
            assert!([ExtensionTaken, PlanStale].contains(&code), "{}: {problem}", halden.name());
        }
        let mut holders = 0;
        for mac in &macs {
            holders += halden.lines(mac).await.len();
        }
        assert_eq!(holders, 1, "{}", halden.name());
        assert_eq!(acts(&halden, "change_request.apply").await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_is_served_after_the_act_that_takes_it_away() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let unbind = halden.approved_unbind(PHONE).await;
        let phone = Phone::of(&halden, PHONE).await;
        let mut crowd = JoinSet::new();
        let (served, mut seen) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..8 {
            let (phone, services, served) = (phone.clone(), halden.services.clone(), served.clone());
            crowd.spawn(async move { until_cleared(&phone, &services, &served).await });
        }
        drop(served);
        for _ in 0..40 {
            seen.recv().await.unwrap();
        }
        halden.apply(unbind).await.unwrap();
        crowd.join_all().await;

        let record = halden.record().await;
        let taken = record.iter().position(|entry| is_apply(entry, unbind)).unwrap();
        let bound = |entries: &[Entry]| entries.iter().filter(|entry| is_serve(entry, Serve::Bound)).count();
        assert!(bound(&record[..taken]) >= 40, "{}", halden.name());
        assert_eq!(bound(&record[taken..]), 0, "{}", halden.name());
        assert!(record[taken..].iter().any(|entry| is_serve(entry, Serve::Clear)));
    }
}

/// The other server has the phone in its memory, bound; what it remembers must not be served.
#[tokio::test]
async fn another_node_with_an_old_memory_serves_nothing_old() {
    for halden in halden::open().await {
        let node = halden.second_node().await;
        let (phone, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        halden.bind(PHONE, EXTENSION).await;
        let bound = phone.configuration(&node).await;
        assert_eq!(value(&bound, "account.1.user_name"), EXTENSION);
        assert!(!other.configuration(&node).await.contains("account."));

        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        halden.bind(OTHER_PHONE, EXTENSION).await;
        let (taken, given) = (phone.configuration(&node).await, other.configuration(&node).await);
        assert_eq!(value(&taken, "account.1.user_name"), "%NULL%", "{}", halden.name());
        assert_eq!(value(&given, "account.1.user_name"), EXTENSION, "{}", halden.name());
        assert_ne!(value(&given, "account.1.password"), value(&bound, "account.1.password"));
        node.stop().await;
    }
}

/// Fetches again and again, until the line is gone; a phone that is told to wait asks again.
async fn until_cleared(phone: &Phone, services: &Services, served: &tokio::sync::mpsc::UnboundedSender<()>) {
    loop {
        match phone.fetch(services).await {
            Answer::Hold { .. } => {}
            answer => {
                let file = text(answer);
                if value(&file, "account.1.enable") == "0" {
                    return;
                }
                // Nobody listens any more once the line is being taken away.
                served.send(()).ok();
            }
        }
    }
}

pub(crate) async fn apply_at_once(halden: &Halden, numbers: &[i64]) -> Vec<Result<(), Problem>> {
    let op = halden.by("ada").await;
    let mut crowd = JoinSet::new();
    for number in numbers {
        let (services, op, number): (Services, Operation, i64) =
            (halden.services.clone(), op.clone(), *number);
        crowd.spawn(async move { change_requests::apply(&services, &op, number).await });
    }
    crowd.join_all().await
}

/// Fifty people at once, `against` of whom say no. Everybody has read the same page.
async fn decide_at_once(
    halden: &Halden,
    number: i64,
    people: &[&str],
    against: usize,
) -> Vec<Result<(), Problem>> {
    let digest = halden.request(number).await.digest;
    let mut crowd = JoinSet::new();
    for n in 0..CROWD {
        let name = people[n % people.len()];
        let (services, op, digest) = (halden.services.clone(), halden.by(name).await, digest.clone());
        crowd.spawn(async move {
            if n < against {
                change_requests::reject(&services, &op, number, "No.").await
            } else {
                change_requests::approve(&services, &op, number, &digest, &password(&op.actor.name)).await
            }
        });
    }
    crowd.join_all().await
}

/// One phone per desk of a floor that was delivered later.
pub(crate) async fn a_floor_of_phones(halden: &Halden) -> Vec<String> {
    let mac = |n: usize| format!("80:5e:c0:11:00:{n:02x}");
    let row = |n| format!("lon,YL46U00011{n:02},{},yealink,T46U,2-14,voice", mac(n));
    let rows: Vec<_> = (0..CROWD).map(row).collect();
    let sheet = format!("site,serial,mac,vendor,model,place,segment\n{}\n", rows.join("\n"));
    halden.import(vec![upload("devices", sheet)]).await.unwrap();
    (0..CROWD).map(mac).collect()
}

pub(crate) async fn acts(halden: &Halden, action: &str) -> Vec<String> {
    let subject = |entry| match entry {
        Entry::Act(act) if act.action == action => Some(act.subject),
        _ => None,
    };
    halden.record().await.into_iter().filter_map(subject).collect()
}

fn is_apply(entry: &Entry, number: i64) -> bool {
    matches!(entry, Entry::Act(act)
        if act.action == "change_request.apply" && act.subject == format!("CR-{number}"))
}

fn is_serve(entry: &Entry, decision: Serve) -> bool {
    matches!(entry, Entry::Serve(serve) if serve.decision == decision && serve.device.is_some())
}

/// What a phone asks that nobody remembers, after a restart or a minute of silence: as few statements as are needed, and
/// what it has in common with its neighbours is read once.
#[tokio::test]
async fn a_phone_that_is_not_in_memory_costs_eight_reads_whatever_stands_on_it() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phones = [Phone::of(&halden, OTHER_PHONE).await, Phone::of(&halden, PHONE).await];
        let store = &halden.database.store;
        let mut costs = vec![];
        for phone in &phones {
            // The first of a phone ends its enrolment, and the first of all finds the end of the chain.
            for services in [&halden.services, &halden.second_node().await] {
                text(phone.fetch(services).await);
            }
            let services = halden.second_node().await;
            let neighbour = &phones[usize::from(phone.file == phones[0].file)];
            text(neighbour.fetch(&services).await);
            let before = store.statements();
            text(phone.fetch(&services).await);
            costs.push(store.statements() - before);
        }
        assert_eq!(costs, [8, 8], "{}", halden.name());
    }
}
