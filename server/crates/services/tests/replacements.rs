//! A handset takes over the lines of another one: what each of the two is served at every step, what a crash leaves,
//! and who wins when many try.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes, password, upload},
    phone::{Phone, text, value},
    platform::Node,
};
use domain::{
    Code,
    exception::Kind,
    fence::Serve,
    replacement::{End, State},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use services::{
    Problem, Services, change_requests, devices,
    edge::Answer,
    exceptions, glass, jobs,
    replacements::{self, EndInput, OpenInput},
    view::RequestInput,
};
use tokio::task::JoinSet;

const OLD_SERIAL: &str = "YL31G0000003";
const NEW_SERIAL: &str = "YL43U0000004";

fn input(old: &str, new: &str) -> OpenInput {
    OpenInput { old: old.into(), new: new.into(), reason: "Its display is broken.".into() }
}

/// Where the case is, as its page says.
async fn step(halden: &Halden, number: i64) -> String {
    let op = halden.by("ada").await;
    exceptions::view(&halden.services, &op, number).await.unwrap().listed.exception.state
}

async fn order(halden: &Halden, number: i64) -> replacements::ReplacementView {
    let op = halden.by("ada").await;
    exceptions::view(&halden.services, &op, number).await.unwrap().replacement.unwrap()
}

/// Opens the replacement of `PHONE`, on which `EXTENSION` stands, by `OTHER_PHONE`; case and request.
async fn opened(halden: &Halden) -> (i64, i64) {
    halden.bind(PHONE, EXTENSION).await;
    let op = halden.by("ada").await;
    let number = replacements::open(&halden.services, &op, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap();
    let request = order(halden, number).await.order.request.unwrap();
    (number, request)
}

async fn signed(halden: &Halden, request: i64) {
    halden.approve(request).await.unwrap();
    if halden.state(request).await == "submitted" {
        halden.approve_as("hedy", request).await.unwrap();
    }
}

fn end(to: &str) -> EndInput {
    EndInput {
        to: to.into(),
        whom: "the lab".into(),
        until: "2030-01-01".into(),
        reference: "RMA 7719".into(),
        reason: "It is in its box.".into(),
    }
}

/// Replaces `PHONE`, on which a line stands, by `OTHER_PHONE`, without access to the platform; the request's number.
pub(crate) async fn replaced(halden: &Halden) -> i64 {
    let (services, op) = (&halden.services, halden.by("ada").await);
    let number = replacements::open(services, &op, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap();
    let request = order(halden, number).await.order.request.unwrap();
    signed(halden, request).await;
    replacements::rotate(services, &op, number).await.unwrap();
    replacements::dead(services, &op, number, "Rotated at the PBX, no contact is left.").await.unwrap();
    halden.apply(request).await.unwrap();
    request
}

#[tokio::test]
async fn the_lines_move_in_one_transaction_after_the_old_credential_is_dead() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (number, request) = opened(&halden).await;
        let (old, new) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        let before = old.configuration(services).await;
        assert_eq!(step(&halden, number).await, "requested");
        let op = halden.by("ada").await;
        let early = replacements::rotate(services, &op, number).await.unwrap_err();
        assert_eq!(codes(&early), [Code::ApprovalMissing]);

        signed(&halden, request).await;
        assert_eq!(step(&halden, number).await, "approved");
        // Nothing moves before the old credential is dead.
        assert_eq!(codes(&halden.apply(request).await.unwrap_err()), [Code::ReplacementAlive]);
        replacements::rotate(services, &op, number).await.unwrap();
        assert_eq!(step(&halden, number).await, "rotating");
        assert_eq!(codes(&halden.apply(request).await.unwrap_err()), [Code::ReplacementAlive]);
        // The old phone keeps its file, with the old credential: the new one is nobody's yet.
        assert_eq!(old.configuration(services).await, before);

        // Without access to the platform somebody types the new credential in there, and that is recorded.
        let shown = replacements::reveal(services, &op, number, "To type it in.").await.unwrap();
        assert_eq!(shown.len(), 1);
        let refused = replacements::reveal(services, &halden.by("grace").await, number, "Me too.").await;
        assert_eq!(codes(&refused.unwrap_err()), [Code::Forbidden]);
        replacements::dead(services, &op, number, "Rotated at the PBX, no contact is left.").await.unwrap();
        assert_eq!(step(&halden, number).await, "ready");
        halden.apply(request).await.unwrap();
        assert_eq!(step(&halden, number).await, "dead");
        assert_eq!(
            (halden.lines(PHONE).await.len(), halden.lines(OTHER_PHONE).await),
            (0, vec![EXTENSION.into()])
        );
        let given = new.configuration(services).await;
        assert_eq!(value(&given, "account.1.user_name"), EXTENSION);
        assert_eq!(value(&given, "account.1.password"), shown[0].1, "what stands at the platform");
        assert_ne!(value(&given, "account.1.password"), value(&before, "account.1.password"));

        // The old handset is served what clears it, and that is how it is known to be wiped.
        assert_eq!(
            codes(&replacements::end(services, &op, number, &end("stock")).await.unwrap_err()),
            [Code::ReplacementNotWiped]
        );
        let cleared = old.configuration(services).await;
        assert_eq!(value(&cleared, "account.1.enable"), "0");
        assert_eq!(halden.last_serve().await.decision, Serve::Clear);
        jobs::tick(services).await;
        jobs::minute(services).await;
        assert_eq!(step(&halden, number).await, "wiped", "{}", halden.name());

        replacements::end(services, &op, number, &end("stock")).await.unwrap();
        let view = devices::view(services, &op, PHONE).await.unwrap();
        assert_eq!((view.row.state.as_str(), view.row.place.as_str()), ("active", ""));
        assert!(halden.cases(false).await.is_empty());
        assert_eq!(halden.cases(true).await[0].exception.kind, Kind::Replacement);
        // Whoever read its credential knows nothing any more.
        assert!(matches!(old.fetch(services).await, Answer::Challenge { .. }), "{}", halden.name());
    }
}

#[tokio::test]
async fn an_approver_answers_for_what_may_still_be_registered_and_nobody_else_can() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (number, request) = opened(&halden).await;
        signed(&halden, request).await;
        let (ada, grace) = (halden.by("ada").await, halden.by("grace").await);
        let (why, linus) = ("It lies here without power.", halden.by("linus").await);
        for refused in [
            replacements::file(services, &linus, number).await,
            replacements::rotate(services, &linus, number).await,
            replacements::dead(services, &linus, number, why).await,
            replacements::end(services, &linus, number, &end("stock")).await,
            replacements::call_off(services, &linus, number, why).await,
            replacements::wiped(services, &grace, number, why).await,
        ] {
            assert_eq!(codes(&refused.unwrap_err()), [Code::Forbidden]);
        }
        replacements::rotate(services, &ada, number).await.unwrap();
        let answer = async |op, why, word: &str| replacements::answer(services, op, number, why, word).await;
        let hers = password("grace");
        for (refused, code) in [
            (answer(&ada, why, &password("ada")).await, Code::Forbidden),
            (answer(&grace, " ", &hers).await, Code::FieldMissing),
            (answer(&grace, why, "not hers").await, Code::SignInFailed),
        ] {
            assert_eq!(codes(&refused.unwrap_err()), [code]);
        }
        answer(&grace, why, &hers).await.unwrap();
        halden.apply(request).await.unwrap();
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        assert_eq!(step(&halden, number).await, "taken-over", "nobody knows yet that it is dead");
        let lost = replacements::end(services, &ada, number, &end("lost")).await.unwrap_err();
        assert_eq!(codes(&lost), [Code::ReplacementAlive]);
        replacements::dead(services, &ada, number, "No contact is left.").await.unwrap();
        replacements::end(services, &ada, number, &end("lost")).await.unwrap();
        // A handset that is lost is never wiped, and never assigned again.
        let view = order(&halden, number).await;
        assert!(matches!(view.order.state, State::Ended { end: End::Lost, wiped: None, .. }));
        assert_eq!(view.old.state, "retired");
        // It is found: reset, it may come back.
        replacements::wiped(services, &ada, number, "Found, and reset to factory settings.").await.unwrap();
        replacements::end(services, &ada, number, &end("stock")).await.unwrap();
        assert_eq!(order(&halden, number).await.old.state, "active");
    }
}

/// Signed, and the old credential is dead: the takeover may be applied.
async fn cut_off(halden: &Halden) -> (i64, i64) {
    let (number, request) = opened(halden).await;
    signed(halden, request).await;
    let op = halden.by("ada").await;
    replacements::rotate(&halden.services, &op, number).await.unwrap();
    replacements::dead(&halden.services, &op, number, "No contact is left.").await.unwrap();
    (number, request)
}

/// Its approvals have expired before it was applied, and somebody breaks glass: the order is the same.
#[tokio::test]
async fn under_broken_glass_the_old_handset_loses_its_proof_too() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (number, request) = cut_off(&halden).await;
        halden.later(31 * DAY);
        assert_eq!(halden.apply(request).await.unwrap_err().code(), Code::ApprovalExpired);
        let op = halden.by("ada").await;
        glass::open(services, &op, "The ward has no phone.", "", &password("ada")).await.unwrap();
        glass::apply(services, &op, request).await.unwrap();
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION], "{}", halden.name());
        assert_eq!(step(&halden, number).await, "dead");
        assert_eq!(order(&halden, number).await.old.state, "retired");
    }
}

/// The server stops after each step; another one goes on with what is in the database alone.
#[tokio::test]
async fn a_crash_between_any_two_steps_loses_nothing() {
    for halden in halden::open().await {
        let table = Node::of(&halden, None).await;
        let (number, request) = opened(&halden).await;
        jobs::drain(&table.services).await;
        halden.later(SECOND);
        signed(&halden, request).await;
        let op = halden.by("ada").await;
        let node = halden.second_node().await;
        replacements::rotate(&node, &op, number).await.unwrap();
        drop(node);
        // Told, and not done: whoever comes next does it. Contacts cannot be removed here, so they are waited for.
        halden.later(SECOND);
        assert_eq!(table.drain().await, [""; 0], "{}: nobody can register", halden.name());
        assert_eq!(step(&halden, number).await, "rotating");
        halden.later(HOUR + MINUTE);
        // The work is done, and noted in the same transaction in which the order learns of it.
        assert_eq!(table.drain().await, [EXTENSION], "the new credential counts");
        assert_eq!(step(&halden, number).await, "ready");
        change_requests::apply(&halden.services, &op, request).await.unwrap();
        halden.later(SECOND);
        assert_eq!(table.drain().await, [EXTENSION], "what is established again is the same");
        assert_eq!(step(&halden, number).await, "dead");
        // Everything of it once more: nothing is done twice.
        assert_eq!(
            codes(&replacements::rotate(&halden.services, &op, number).await.unwrap_err()),
            [Code::RequestState]
        );
        assert_eq!(halden.apply(request).await.unwrap_err().code(), Code::RequestState);
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
    }
}

/// A crash after the case was opened and before its request was noted: filing again finds what is there.
#[tokio::test]
async fn a_request_that_a_crash_has_left_is_found_again() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let op = halden.by("ada").await;
        let left = RequestInput {
            kind: "replace".into(),
            mac: PHONE.into(),
            to_mac: OTHER_PHONE.into(),
            reason: "Left by a crash.".into(),
            ..RequestInput::default()
        };
        let left = change_requests::create(&halden.services, &op, &left).await.unwrap();
        // Without an order it would never be applied.
        halden.submit(left).await.unwrap();
        signed(&halden, left).await;
        assert_eq!(codes(&halden.apply(left).await.unwrap_err()), [Code::ReplacementAlive]);
        for _ in 0..2 {
            let number = match halden.cases(false).await.first() {
                None => {
                    replacements::open(&halden.services, &op, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap()
                }
                Some(open) => open.exception.number,
            };
            replacements::file(&halden.services, &op, number).await.unwrap();
            assert_eq!(order(&halden, number).await.order.request, Some(left), "{}", halden.name());
            assert_eq!(step(&halden, number).await, "approved");
        }
    }
}

/// The desk is without a phone between rotating and the takeover: what would stop the second stops the first.
#[tokio::test]
async fn nothing_is_rotated_that_could_not_be_taken_over() {
    for halden in halden::open().await {
        let (number, request) = opened(&halden).await;
        signed(&halden, request).await;
        halden.record_checks(false).await.unwrap();
        let op = halden.by("ada").await;
        let refused = replacements::rotate(&halden.services, &op, number).await.unwrap_err();
        assert!(codes(&refused).contains(&Code::GateNotOpen), "{refused}");
        assert_eq!(step(&halden, number).await, "approved");
        halden.later(SECOND);
        halden.open_gate().await;
        replacements::rotate(&halden.services, &halden.by("ada").await, number).await.unwrap();
        assert_eq!(step(&halden, number).await, "rotating", "{}", halden.name());
    }
}

/// Inside a freeze the takeover would be refused, so nothing is rotated; by broken glass both are done.
#[tokio::test]
async fn nothing_is_rotated_inside_a_freeze_but_by_broken_glass() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (number, request) = opened(&halden).await;
        signed(&halden, request).await;
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        let op = halden.by("ada").await;
        let refused = replacements::rotate(services, &op, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::FreezeHolds], "{}", halden.name());
        assert_eq!(step(&halden, number).await, "approved");
        glass::open(services, &op, "The ward has no phone.", "", &password("ada")).await.unwrap();
        replacements::rotate(services, &op, number).await.unwrap();
        replacements::dead(services, &op, number, "Rotated at the PBX.").await.unwrap();
        glass::apply(services, &op, request).await.unwrap();
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn called_off_the_old_handset_has_its_credential_again_and_its_requests_are_withdrawn() {
    for halden in halden::open().await {
        let table = Node::of(&halden, None).await;
        let (number, request) = opened(&halden).await;
        table.drain().await;
        halden.later(SECOND);
        signed(&halden, request).await;
        let op = halden.by("ada").await;
        replacements::rotate(&halden.services, &op, number).await.unwrap();
        halden.later(SECOND);
        assert_eq!(table.drain().await, [""; 0]);
        replacements::call_off(&halden.services, &op, number, "It was the cable.").await.unwrap();
        halden.later(MINUTE);
        assert_eq!(table.drain().await, [EXTENSION], "{}", halden.name());
        assert_eq!(halden.state(request).await, "withdrawn");
        assert_eq!(
            (halden.lines(PHONE).await, halden.cases(false).await.len()),
            (vec![EXTENSION.to_owned()], 0)
        );
        // The handset is free for another attempt.
        replacements::open(&halden.services, &op, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap();
    }
}

#[tokio::test]
async fn what_does_not_fit_is_said_at_once_and_nothing_is_opened() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let op = halden.by("ada").await;
        for (old, new, code) in [
            (OLD_SERIAL, OLD_SERIAL, Code::FormInvalid),
            (OLD_SERIAL, "YL46U0000101", Code::FormInvalid),
            (OLD_SERIAL, "NOSUCH0001", Code::DeviceUnknown),
            (OLD_SERIAL, "", Code::FieldMissing),
            (NEW_SERIAL, "YL48U0000005", Code::FormInvalid),
        ] {
            let problem = replacements::open(services, &op, &input(old, new)).await.unwrap_err();
            assert_eq!(codes(&problem), [code], "{old} {new}");
        }
        // The key of a line has to be there on the new handset.
        let six = halden.approved_bind("80:5e:c0:10:00:05", 6, "2105").await;
        halden.apply(six).await.unwrap();
        let short =
            replacements::open(services, &op, &input("YL48U0000005", "YL33G0000006")).await.unwrap_err();
        assert!(short.to_string().contains("no line key 6 for 2105"), "{short}");
        let susan = halden.by("linus").await;
        let refused = replacements::open(services, &susan, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::Forbidden]);
        assert!(halden.cases(false).await.is_empty());
    }
}

#[tokio::test]
async fn a_line_that_was_bound_meanwhile_is_not_lost() {
    for halden in halden::open().await {
        let (_, request) = cut_off(&halden).await;
        let late = halden.approved_bind(PHONE, 2, "2106").await;
        halden.apply(late).await.unwrap();
        // What would be left on the old handset is not what was approved.
        let problem = halden.apply(request).await.unwrap_err();
        assert_eq!(codes(&problem), [Code::PlanStale], "{problem}");
        halden.submit(request).await.unwrap();
        signed(&halden, request).await;
        let problem = halden.apply(request).await.unwrap_err();
        assert!(problem.to_string().contains("Line key 2 was bound after"), "{problem}");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION, "2106"], "{}", halden.name());
    }
}

/// Fifty handsets are to take the place of one: one of them does.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_attempts_to_replace_a_handset_wins() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let row = |n: usize| format!("lon,YL46U00011{n:02},80:5e:c0:11:00:{n:02x},yealink,T46U,2-14,voice");
        let rows: Vec<_> = (0..50).map(row).collect();
        let sheet = format!("site,serial,mac,vendor,model,place,segment\n{}\n", rows.join("\n"));
        halden.import(vec![upload("devices", sheet)]).await.unwrap();
        let op = halden.by("ada").await;
        let mut crowd = JoinSet::new();
        for n in 0..50 {
            let (services, op): (Services, _) = (halden.services.clone(), op.clone());
            crowd.spawn(async move {
                replacements::open(&services, &op, &input(OLD_SERIAL, &format!("YL46U00011{n:02}"))).await
            });
        }
        let outcomes = crowd.join_all().await;
        let (won, lost): (Vec<_>, Vec<Result<i64, Problem>>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{}", halden.name());
        for problem in lost.into_iter().filter_map(Result::err) {
            assert_eq!(problem.code(), Code::RequestState, "{}: {problem}", halden.name());
        }
        assert_eq!(halden.cases(false).await.len(), 1);
    }
}

/// Two lines, and ten people who apply at the same time: both move at once, and once.
#[tokio::test(flavor = "multi_thread")]
async fn all_lines_of_a_handset_are_taken_over_at_once() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let second = halden.approved_bind(PHONE, 2, "2106").await;
        halden.apply(second).await.unwrap();
        let op = halden.by("ada").await;
        let number = replacements::open(&halden.services, &op, &input(OLD_SERIAL, NEW_SERIAL)).await.unwrap();
        let request = order(&halden, number).await.order.request.unwrap();
        signed(&halden, request).await;
        replacements::rotate(&halden.services, &op, number).await.unwrap();
        replacements::dead(&halden.services, &op, number, "Rotated at the PBX.").await.unwrap();
        let mut crowd = JoinSet::new();
        for _ in 0..10 {
            let (services, op) = (halden.services.clone(), op.clone());
            crowd.spawn(async move { change_requests::apply(&services, &op, request).await });
        }
        let outcomes = crowd.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{}", halden.name());
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION, "2106"]);
        assert!(halden.lines(PHONE).await.is_empty());
        let file = text(Phone::of(&halden, OTHER_PHONE).await.fetch(&halden.services).await);
        assert_eq!(value(&file, "account.2.user_name"), "2106");
    }
}
