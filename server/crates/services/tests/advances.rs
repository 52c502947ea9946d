//! What is approved in advance: standard changes by a technician, standing requests by themselves.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, password},
    platform::Node,
    scopes,
};
use domain::{
    Code, Mac,
    ledger::Entry,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use services::{
    Problem,
    advances::{self, AdvanceInput, Carried, StandardInput},
    devices, exceptions, jobs, replacements, reviews,
};

async fn serial(halden: &Halden, mac: &str) -> String {
    let mut tx = halden.database.store.read().await.unwrap();
    let stored = storage::device::by_mac(&mut tx, Mac::parse(mac).unwrap()).await.unwrap().unwrap();
    stored.device.serial.to_string()
}

fn until(halden: &services::Operation, days: i64) -> String {
    halden.now.plus(days * DAY).to_string()
}

async fn standard(halden: &Halden, days: i64) -> AdvanceInput {
    AdvanceInput {
        kind: "standard".into(),
        name: "The same line again".into(),
        change: "bind".into(),
        sites: "lon".into(),
        until: until(&halden.by("ada").await, days),
        reason: "Sockets come loose.".into(),
        ..AdvanceInput::default()
    }
}

async fn standing(halden: &Halden, count: &str, stops_at: &str) -> AdvanceInput {
    AdvanceInput {
        kind: "standing".into(),
        name: "London opens".into(),
        sites: "lon".into(),
        first: "2100".into(),
        last: "2199".into(),
        owners: "any".into(),
        count: count.into(),
        until: until(&halden.by("ada").await, 20),
        stops_at: stops_at.into(),
        reason: "The opening.".into(),
        ..AdvanceInput::default()
    }
}

async fn propose(halden: &Halden, by: &str, input: &AdvanceInput) -> Result<i64, Problem> {
    advances::propose(&halden.services, &halden.by(by).await, input).await
}

async fn approve(halden: &Halden, by: &str, number: i64) -> Result<(), Problem> {
    let op = halden.by(by).await;
    let digest = advances::view(&halden.services, &op, number).await.unwrap().digest;
    advances::approve(&halden.services, &op, number, &digest, &password(by)).await
}

/// Proposed by Ada, approved by whoever it takes.
async fn holding(halden: &Halden, by: &str, input: &AdvanceInput) -> i64 {
    let number = propose(halden, "ada", input).await.unwrap();
    approve(halden, by, number).await.unwrap();
    number
}

/// The phone has had the line, and has it no more.
async fn had(halden: &Halden, mac: &str, extension: &str) {
    halden.bind(mac, extension).await;
    let number = halden.approved_unbind(mac).await;
    halden.apply(number).await.unwrap();
}

async fn by_linus(halden: &Halden, advance: i64, mac: &str, serial: &str) -> Result<i64, Problem> {
    let input = StandardInput {
        advance: advance.to_string(),
        mac: mac.into(),
        index: "1".into(),
        old_serial: serial.into(),
        new_serial: serial.into(),
        reason: "The cleaner reset it.".into(),
        ..StandardInput::default()
    };
    advances::carry_out(&halden.services, &halden.by("linus").await, &input).await.map(|c| c.request)
}

#[tokio::test]
async fn a_standard_change_is_applied_at_once_and_reviewed_by_somebody_else() {
    for halden in halden::open().await {
        let serial = serial(&halden, PHONE).await;
        let input = standard(&halden, 100).await;
        let advance = propose(&halden, "ada", &input).await.unwrap();
        assert_eq!(approve(&halden, "ada", advance).await.unwrap_err().code(), Code::ApprovalSelf);
        assert_eq!(approve(&halden, "grace", advance).await.unwrap_err().code(), Code::Forbidden);
        let early = by_linus(&halden, advance, PHONE, &serial).await.unwrap_err();
        assert_eq!(early.code(), Code::AdvanceEnded, "it does not hold yet");
        approve(&halden, "mary", advance).await.unwrap();

        let never = by_linus(&halden, advance, PHONE, &serial).await.unwrap_err();
        assert_eq!(never.code(), Code::AdvanceOutside, "no line ever stood there");
        had(&halden, PHONE, EXTENSION).await;
        let guessed = by_linus(&halden, advance, PHONE, "GUESSED-1").await.unwrap_err();
        assert_eq!(codes(&guessed), [Code::AdvanceOutside]);
        assert!(!guessed.to_string().contains(&serial));

        let number = by_linus(&halden, advance, PHONE, &serial).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "{}", halden.name());
        assert_eq!(halden.state(number).await, "applied");
        let ada = halden.by("ada").await;
        let device = devices::view(&halden.services, &ada, PHONE).await.unwrap();
        assert_eq!(device.endpoints[0].approver.as_deref(), Some("mary (AP-1)"));
        let queue = reviews::list(&halden.services, &ada).await.unwrap();
        assert_eq!(
            (queue.open[0].0.number, queue.open[0].0.by.as_str()),
            (number, format!("AP-{advance}").as_str())
        );
        let linus = halden.by("linus").await;
        let own = reviews::review(&halden.services, &linus, number, "in-order", "Mine.").await;
        assert_eq!(own.unwrap_err().code(), Code::Forbidden);
        reviews::review(&halden.services, &ada, number, "in-order", "Seen.").await.unwrap();

        // What stands is not taken away to be put back, and no request stays behind.
        let again = by_linus(&halden, advance, PHONE, &serial).await.unwrap_err();
        assert_eq!(codes(&again), [Code::ExtensionTaken, Code::EndpointTaken]);
        let op = halden.by("linus").await;
        let open = services::change_requests::list(&halden.services, &op, "open", "").await.unwrap();
        assert!(open.rows.is_empty(), "{:?}", open.rows);
    }
}

#[tokio::test]
async fn whoever_approved_a_standard_change_does_not_use_it_and_an_ended_one_is_used_by_nobody() {
    for halden in halden::open().await {
        had(&halden, PHONE, EXTENSION).await;
        let serial = serial(&halden, PHONE).await;
        let advance = holding(&halden, "mary", &standard(&halden, 100).await).await;
        let input = StandardInput {
            advance: advance.to_string(),
            mac: PHONE.into(),
            index: "1".into(),
            old_serial: serial.clone(),
            new_serial: serial.clone(),
            reason: "Reset.".into(),
            ..StandardInput::default()
        };
        for (who, code) in
            [("mary", Code::ApprovalSelf), ("grace", Code::Forbidden), ("hedy", Code::Forbidden)]
        {
            let refused = advances::carry_out(&halden.services, &halden.by(who).await, &input).await;
            assert_eq!(refused.unwrap_err().code(), code, "{who}");
        }
        let op = halden.by("ada").await;
        assert_eq!(advances::standard_changes(&halden.services, &op).await.unwrap().len(), 1);
        halden.later(101 * DAY);
        let op = halden.by("ada").await;
        assert!(advances::standard_changes(&halden.services, &op).await.unwrap().is_empty());
        let late = by_linus(&halden, advance, PHONE, &serial).await.unwrap_err();
        assert_eq!(codes(&late), [Code::AdvanceEnded]);

        let other = holding(&halden, "mary", &standard(&halden, 100).await).await;
        advances::end(&halden.services, &op, other, "Misused.").await.unwrap();
        assert_eq!(by_linus(&halden, other, PHONE, &serial).await.unwrap_err().code(), Code::AdvanceEnded);
        let twice = advances::end(&halden.services, &op, other, "Again.").await.unwrap_err();
        assert_eq!(twice.code(), Code::RequestState);
    }
}

const FALLEN: &str = "02:00:00:00:21:01";
const SPARE: &str = "02:00:00:00:21:02";

/// An approval in advance to replace like for like, and a line on the handset that has fallen.
async fn fallen(halden: &Halden) -> i64 {
    let kind = AdvanceInput { change: "replace".into(), ..standard(halden, 100).await };
    let advance = holding(halden, "mary", &kind).await;
    halden.bind(FALLEN, EXTENSION).await;
    advance
}

/// Linus, who has both handsets in his hands, puts `to` in the place of the one that has fallen.
async fn replaced(halden: &Halden, advance: i64, to: &str, read: &str) -> Result<Carried, Problem> {
    let input = StandardInput {
        advance: advance.to_string(),
        mac: FALLEN.into(),
        new_mac: to.into(),
        old_serial: serial(halden, FALLEN).await,
        new_serial: read.to_owned(),
        reason: "It fell down.".into(),
        ..StandardInput::default()
    };
    advances::carry_out(&halden.services, &halden.by("linus").await, &input).await
}

#[tokio::test]
async fn one_phone_takes_the_place_of_a_like_one_at_once_and_is_reviewed() {
    for halden in halden::open().await {
        let table = Node::of(&halden, None).await;
        let advance = fallen(&halden).await;
        jobs::drain(&table.services).await;
        halden.later(SECOND);
        let carried = replaced(&halden, advance, SPARE, &serial(&halden, SPARE).await).await.unwrap();
        let case = carried.case.unwrap();
        assert_eq!(halden.state(carried.request).await, "submitted", "the old one may be registered");
        // Whoever approved the kind ends it: what has begun is carried through.
        advances::end(&halden.services, &halden.by("ada").await, advance, "No more of these.").await.unwrap();
        halden.later(SECOND);
        assert_eq!(table.drain().await, [""; 0]);
        assert_eq!(halden.lines(FALLEN).await, [EXTENSION], "contacts are waited for");
        halden.later(HOUR + MINUTE);
        assert_eq!(table.drain().await, [EXTENSION], "{}: the new credential counts", halden.name());
        assert_eq!(halden.lines(SPARE).await, [EXTENSION], "and the lines have moved by themselves");
        assert_eq!(halden.state(carried.request).await, "applied");
        let ada = halden.by("ada").await;
        let view = exceptions::view(&halden.services, &ada, case).await.unwrap();
        assert_eq!(
            (view.listed.exception.state.as_str(), view.replacement.unwrap().old.state),
            ("dead", "retired".into())
        );
        let device = devices::view(&halden.services, &ada, SPARE).await.unwrap();
        assert_eq!(device.endpoints[0].approver.as_deref(), Some("mary (AP-1)"));
        let queue = reviews::list(&halden.services, &ada).await.unwrap();
        let (used, name) = (&queue.open[0].0, format!("AP-{advance}"));
        assert_eq!(
            (used.number, used.by.as_str(), used.name.as_str()),
            (carried.request, name.as_str(), "linus")
        );
        assert!(used.said.contains("read on the handsets"), "{}", used.said);
        reviews::review(&halden.services, &ada, carried.request, "in-order", "Seen.").await.unwrap();
    }
}

#[tokio::test]
async fn without_a_platform_the_lines_move_when_somebody_says_that_the_old_one_is_dead() {
    for halden in halden::open().await {
        let advance = fallen(&halden).await;
        let carried = replaced(&halden, advance, SPARE, &serial(&halden, SPARE).await).await.unwrap();
        let (case, linus) = (carried.case.unwrap(), halden.by("linus").await);
        let own = replacements::dead(&halden.services, &linus, case, "I pulled its plug.").await.unwrap_err();
        assert_eq!(own.code(), Code::Forbidden);
        jobs::minute(&halden.services).await;
        assert_eq!(halden.lines(FALLEN).await, [EXTENSION]);
        let ada = halden.by("ada").await;
        replacements::dead(&halden.services, &ada, case, "Rotated at the PBX.").await.unwrap();
        assert_eq!(halden.lines(SPARE).await, [EXTENSION], "{}", halden.name());
        assert_eq!(halden.lines(FALLEN).await, [""; 0]);
    }
}

#[tokio::test]
async fn what_stops_a_like_for_like_replacement_leaves_both_handsets_as_they_were() {
    for halden in halden::open().await {
        let advance = fallen(&halden).await;
        let read = serial(&halden, SPARE).await;
        halden.record_checks(false).await.unwrap();
        let shut = replaced(&halden, advance, SPARE, &read).await.unwrap_err();
        assert!(codes(&shut).contains(&Code::GateNotOpen), "{shut}");
        halden.later(SECOND);
        halden.open_gate().await;
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        let cold = replaced(&halden, advance, SPARE, &read).await.unwrap_err();
        assert!(codes(&cold).contains(&Code::FreezeHolds), "{cold}");
        halden.later(2 * DAY);
        assert_eq!(halden.lines(FALLEN).await, [EXTENSION]);
        assert!(halden.cases(false).await.is_empty(), "nothing is left open");
        let op = halden.by("linus").await;
        let open = services::change_requests::list(&halden.services, &op, "open", "").await.unwrap();
        assert!(open.rows.is_empty(), "{:?}", open.rows);
        // The last attempt is as good as the first.
        replaced(&halden, advance, SPARE, &read).await.unwrap();
    }
}

/// The server stops after the order was opened and before anything was rotated.
#[tokio::test]
async fn a_like_for_like_replacement_that_a_crash_has_left_goes_on() {
    for halden in halden::open().await {
        let advance = fallen(&halden).await;
        let case =
            replaced(&halden, advance, SPARE, &serial(&halden, SPARE).await).await.unwrap().case.unwrap();
        let crash = format!(
            r#"UPDATE replacement SET state_word = 'planned', body = replace(body, '{}', '"state":"planned","was":') WHERE number = {case}"#,
            r#""state":"rotating","begun":"#
        );
        assert_eq!(halden.database.meddle(&crash).await.unwrap(), 1);
        jobs::minute(&halden.services).await;
        let step = async |case| {
            let op = halden.by("ada").await;
            exceptions::view(&halden.services, &op, case).await.unwrap().listed.exception.state
        };
        assert_eq!(step(case).await, "requested", "somebody may still be at it");
        halden.later(MINUTE);
        jobs::minute(&halden.services).await;
        assert_eq!(step(case).await, "rotating", "{}", halden.name());
    }
}

#[tokio::test]
async fn one_phone_is_replaced_by_a_like_one_alone() {
    for halden in halden::open().await {
        let advance = fallen(&halden).await;
        let (other, fallen, spare) = (OTHER_PHONE, FALLEN, SPARE);
        let carry_out = async |to: &str, read: &str| replaced(&halden, advance, to, read).await;
        let unlike = carry_out(other, &serial(&halden, other).await).await.unwrap_err();
        let subjects: Vec<_> = unlike.findings.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(subjects, ["line keys", "place"], "{}", halden.name());
        let unseen = carry_out(spare, &serial(&halden, fallen).await).await.unwrap_err();
        assert_eq!(unseen.findings[0].subject, "new serial");
        assert_eq!(halden.lines(fallen).await, [EXTENSION]);
        assert_eq!(halden.lines(spare).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_change_of_owner_is_no_standard_change() {
    for halden in halden::open().await {
        had(&halden, PHONE, EXTENSION).await;
        let serial = serial(&halden, PHONE).await;
        let advance = holding(&halden, "mary", &standard(&halden, 100).await).await;
        let sql = format!(
            "UPDATE extension SET owner_person_id = (SELECT owner_person_id FROM extension WHERE number = '{OTHER_EXTENSION}') WHERE number = '{EXTENSION}'"
        );
        assert_eq!(halden.database.meddle(&sql).await.unwrap(), 1);
        let refused = by_linus(&halden, advance, PHONE, &serial).await.unwrap_err();
        assert_eq!(refused.findings.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["owner"]);
    }
}

async fn submitted(halden: &Halden, by: &str, mac: &str, extension: &str) -> i64 {
    let number = halden.draft(by, "bind", mac, 1, extension).await.unwrap();
    services::change_requests::submit(&halden.services, &halden.by(by).await, number).await.unwrap();
    number
}

async fn ended(halden: &Halden, number: i64) -> Option<String> {
    let view = advances::view(&halden.services, &halden.by("ada").await, number).await.unwrap();
    view.advance.ended.map(|(_, why)| why)
}

#[tokio::test]
async fn a_standing_request_binds_as_facts_turn_true_and_stops_at_its_count() {
    for halden in halden::open().await {
        scopes::set(&halden, "lon", "pilot", "10", 60).await.unwrap();
        let advance = propose(&halden, "ada", &standing(&halden, "2", "blocks").await).await.unwrap();
        let number = submitted(&halden, "ada", PHONE, EXTENSION).await;
        jobs::minute(&halden.services).await;
        assert_eq!(halden.state(number).await, "submitted", "nobody has approved it yet");
        approve(&halden, "grace", advance).await.unwrap();

        // The extension is not enabled yet: it waits, and does not stop.
        let enable = async |word: &str| {
            let sql = format!("UPDATE extension SET enabled = ({word}) WHERE number = '{EXTENSION}'");
            assert_eq!(halden.database.meddle(&sql).await.unwrap(), 1);
        };
        enable("1 = 0").await;
        jobs::minute(&halden.services).await;
        assert_eq!((halden.state(number).await, ended(&halden, advance).await), ("submitted", None));
        enable("1 = 1").await;
        jobs::minute(&halden.services).await;
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "{}", halden.name());
        let ada = halden.by("ada").await;
        let device = devices::view(&halden.services, &ada, PHONE).await.unwrap();
        assert_eq!(device.endpoints[0].approver.as_deref(), Some("grace (AP-1)"));
        let applied = halden.record().await.into_iter().find_map(|entry| match entry {
            Entry::Act(act) if act.action == "standing.apply" => act.actor.map(|(_, name)| name),
            _ => None,
        });
        assert_eq!(applied, Some(format!("AP-{advance} of ada")));
        assert!(reviews::list(&halden.services, &ada).await.unwrap().open.is_empty(), "it was approved");

        let second = submitted(&halden, "mary", OTHER_PHONE, OTHER_EXTENSION).await;
        let third = submitted(&halden, "mary", "80:5e:c0:10:00:05", "2105").await;
        let foreign = submitted(&halden, "mary", "80:5e:c0:30:00:01", "4101").await;
        jobs::minute(&halden.services).await;
        assert_eq!(halden.state(second).await, "applied");
        assert_eq!(halden.state(third).await, "submitted", "two were approved");
        assert_eq!(halden.state(foreign).await, "submitted", "London was approved");
        assert_eq!(ended(&halden, advance).await.as_deref(), Some("It has bound as many as it may."));
    }
}

#[tokio::test]
async fn a_standing_request_stops_at_its_date_at_a_grave_finding_and_at_the_limits_of_the_pilot() {
    for halden in halden::open().await {
        let number = submitted(&halden, "ada", PHONE, EXTENSION).await;
        // London is no pilot.
        let first = holding(&halden, "grace", &standing(&halden, "2", "blocks").await).await;
        jobs::minute(&halden.services).await;
        assert!(ended(&halden, first).await.unwrap().starts_with("scope.pilot"), "{}", halden.name());

        scopes::set(&halden, "lon", "pilot", "1", 60).await.unwrap();
        let second = holding(&halden, "grace", &standing(&halden, "9", "blocks").await).await;
        jobs::minute(&halden.services).await;
        assert_eq!(halden.state(number).await, "applied");
        assert_eq!(ended(&halden, second).await, None);
        let more = submitted(&halden, "ada", OTHER_PHONE, OTHER_EXTENSION).await;
        jobs::minute(&halden.services).await;
        assert_eq!(halden.state(more).await, "submitted", "one device was agreed");
        assert!(ended(&halden, second).await.unwrap().contains("1 of 1 devices"));

        scopes::set(&halden, "lon", "pilot", "9", 60).await.unwrap();
        let third = holding(&halden, "grace", &standing(&halden, "9", "blocks").await).await;
        let clash = submitted(&halden, "mary", "80:5e:c0:10:00:05", EXTENSION).await;
        halden.database.meddle(&format!("UPDATE change_request SET state_word = 'withdrawn', state = '{{\"state\":\"withdrawn\",\"by\":\"00000000-0000-0000-0000-000000000000\",\"at\":0}}' WHERE number = {more}")).await.unwrap();
        jobs::minute(&halden.services).await;
        assert!(ended(&halden, third).await.unwrap().starts_with("extension.taken"));
        assert_eq!(halden.state(clash).await, "submitted");

        let fourth = holding(&halden, "grace", &standing(&halden, "9", "blocks").await).await;
        halden.later(20 * DAY);
        jobs::minute(&halden.services).await;
        assert_eq!(ended(&halden, fourth).await.as_deref(), Some("Its date has come."));
    }
}

#[tokio::test]
async fn a_standing_request_binds_nothing_that_its_approver_asked_for() {
    for halden in halden::open().await {
        scopes::set(&halden, "lon", "pilot", "10", 60).await.unwrap();
        let advance = holding(&halden, "both", &standing(&halden, "5", "blocks").await).await;
        let own = submitted(&halden, "both", PHONE, EXTENSION).await;
        let other = submitted(&halden, "ada", OTHER_PHONE, OTHER_EXTENSION).await;
        jobs::minute(&halden.services).await;
        assert_eq!((halden.state(own).await, halden.state(other).await), ("submitted", "applied"));
        assert_eq!(ended(&halden, advance).await, None);
    }
}

#[tokio::test]
async fn what_is_proposed_is_checked_approved_as_its_binds_would_be_or_rejected() {
    for halden in halden::open().await {
        let services = &halden.services;
        let many = propose(&halden, "ada", &standing(&halden, "20", "warning").await).await.unwrap();
        approve(&halden, "grace", many).await.unwrap();
        let view = advances::view(services, &halden.by("ada").await, many).await.unwrap();
        assert!(!view.advance.holds(), "twenty devices take two approvers");
        approve(&halden, "hedy", many).await.unwrap();
        assert!(advances::view(services, &halden.by("ada").await, many).await.unwrap().advance.holds());

        let no = propose(&halden, "ada", &standing(&halden, "5", "blocks").await).await.unwrap();
        let own = advances::reject(services, &halden.by("ada").await, no, "No.").await;
        assert_eq!(own.unwrap_err().code(), Code::Forbidden);
        advances::reject(services, &halden.by("grace").await, no, "Too early.").await.unwrap();
        assert_eq!(approve(&halden, "grace", no).await.unwrap_err().code(), Code::RequestState);
        let back = propose(&halden, "ada", &standing(&halden, "5", "blocks").await).await.unwrap();
        advances::withdraw(services, &halden.by("ada").await, back).await.unwrap();

        let good = standing(&halden, "5", "blocks").await;
        for (case, wrong, code) in [
            ("no kind", AdvanceInput { kind: String::new(), ..good.clone() }, Code::FieldMissing),
            ("no count", AdvanceInput { count: "many".into(), ..good.clone() }, Code::FieldMissing),
            ("a site", AdvanceInput { sites: "atlantis".into(), ..good.clone() }, Code::AdvanceInvalid),
            ("a range", AdvanceInput { last: "2000".into(), ..good.clone() }, Code::AdvanceInvalid),
            ("no name", AdvanceInput { name: " ".into(), ..good.clone() }, Code::AdvanceInvalid),
        ] {
            assert_eq!(codes(&propose(&halden, "ada", &wrong).await.unwrap_err()), [code], "{case}");
        }
        assert_eq!(propose(&halden, "linus", &good).await.unwrap_err().code(), Code::Forbidden);
        let standard = standard(&halden, 1).await;
        assert_eq!(propose(&halden, "grace", &standard).await.unwrap_err().code(), Code::Forbidden);
        let list = advances::list(services, &halden.by("grace").await, "").await.unwrap();
        assert_eq!(list.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 2, 1]);
    }
}
