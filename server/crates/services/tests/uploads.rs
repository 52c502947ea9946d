//! What phones send of themselves: taken from a proven phone for itself, given back to it alone, sealed when its lines
//! get another owner.

use crate::{
    halden::{Halden, OTHER_PHONE, PHONE, open, registrar},
    phone::{Phone, text, unproven},
};
use domain::{
    Code,
    fence::Channel,
    ledger::Entry,
    time::{DAY, HOUR},
};
use services::{
    Services,
    edge::{self, Answer, Request, upload},
    jobs,
    organisation::{self, Organisation},
    trace,
    view::TraceView,
};

const OWN: &str = "805ec0100003-local.cfg";
const LOG: &str = "805ec0100003-boot.log";
const CALLS: &str = "805ec0100003-calllog.xml";
const FORWARDING: &[u8] = b"#!version:1.0.0.1\nforward.always.enable = 1\nforward.always.target = 1234\n";

fn request<'a>(
    method: &'a str,
    target: &'a str,
    name: &'a str,
    authorization: Option<&'a str>,
) -> Request<'a> {
    Request {
        channel: Channel::Steady,
        method,
        target,
        name,
        authorization: authorization.map(str::as_bytes),
        client: [127, 0, 0, 7].into(),
        encrypted: true,
        certificate: None,
        user_agent: b"Yealink SIP-T31G 124.86.0.40",
    }
}

/// Sends a file with the proof of `phone`; `None` for a body that was too large to be read.
pub(crate) async fn put(
    services: &Services,
    phone: &Phone,
    method: &str,
    name: &str,
    body: Option<&[u8]>,
) -> Answer {
    let target = format!("/steady/{name}");
    let Answer::Challenge { challenges } =
        edge::answer(services, &request(method, &target, name, None)).await
    else {
        panic!("{name} was not challenged")
    };
    let authorization = phone.authorization(method, name, &challenges);
    let request = request(method, &target, name, Some(&authorization));
    match edge::answer(services, &request).await {
        Answer::Take(ticket) => upload::take(services, &request, ticket, body).await,
        other => other,
    }
}

async fn trace_of(halden: &Halden, by: &str) -> TraceView {
    trace::view(&halden.services, &halden.by(by).await, PHONE).await.unwrap()
}

async fn acts(halden: &Halden, action: &str) -> usize {
    let is = |entry: &Entry| matches!(entry, Entry::Act(act) if act.action == action);
    halden.record().await.iter().filter(|entry| is(entry)).count()
}

#[tokio::test]
async fn a_phone_has_its_own_file_back_and_nobody_else_has() {
    for halden in open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        assert!(matches!(phone.fetch_file(services, OWN).await, Answer::NotFound));
        let first = put(services, &phone, "PUT", OWN, Some(FORWARDING)).await;
        assert!(matches!(first, Answer::Stored { created: true }), "{first:?}");
        assert_eq!(text(phone.fetch_file(services, "805EC0100003-LOCAL.cfg").await).as_bytes(), FORWARDING);
        let again = put(services, &phone, "POST", OWN, Some(b"forward.always.enable = 0\n")).await;
        assert!(matches!(again, Answer::Stored { created: false }), "{again:?}");
        assert_eq!(text(phone.fetch_file(services, OWN).await), "forward.always.enable = 0\n");
        assert!(matches!(unproven(services, OWN).await, Answer::Challenge { .. }));
        assert_eq!(acts(&halden, "upload.accept").await, 2, "{}", halden.name());
        let serve = halden.last_serve().await;
        assert_eq!((serve.status, serve.file.as_str(), serve.bytes), (200, OWN, 26));

        // Nothing of it is readable in the database.
        put(services, &phone, "PUT", OWN, Some(FORWARDING)).await;
        if let Some(file) = halden.database.sqlite_file() {
            let bytes = [
                std::fs::read(&file).unwrap(),
                std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default(),
            ];
            assert!(!bytes.concat().windows(21).any(|w| w == b"forward.always.target"));
        }

        let other = Phone::of(&halden, OTHER_PHONE).await;
        let theft = other.fetch_file(services, OWN).await;
        assert!(matches!(theft, Answer::Forbidden), "{theft:?}");
    }
}

#[tokio::test]
async fn another_phone_cannot_leave_anything_here() {
    for halden in open().await {
        let services = &halden.services;
        let (phone, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        assert!(matches!(put(services, &other, "PUT", OWN, Some(FORWARDING)).await, Answer::Forbidden));
        assert!(matches!(phone.fetch_file(services, OWN).await, Answer::NotFound));
        // In quarantine since, it cannot send anything of its own either.
        let own = "805ec0100004-local.cfg";
        let refused = put(services, &other, "PUT", own, Some(FORWARDING)).await;
        assert!(matches!(refused, Answer::Forbidden), "{refused:?}");
        assert_eq!(acts(&halden, "upload.accept").await, 0);
    }
}

#[tokio::test]
async fn only_files_that_phones_send_are_taken_and_only_at_the_steady_address() {
    for halden in open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        for name in [phone.file.as_str(), "805ec0100003.boot", "805ec0100003-other.cfg"] {
            let answer = put(services, &phone, "PUT", name, Some(b"x")).await;
            assert!(matches!(answer, Answer::NotFound), "{name}: {answer:?}");
        }
        for (name, channel) in [("y000000000123.cfg", Channel::Steady), (OWN, Channel::Onboarding)] {
            let request = Request { channel, ..request("PUT", "/x", name, None) };
            assert!(matches!(edge::answer(services, &request).await, Answer::NotFound), "{name}");
        }
    }
}

#[tokio::test]
async fn a_phone_sends_no_more_than_its_share() {
    for halden in open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        assert!(matches!(put(services, &phone, "PUT", OWN, None).await, Answer::TooLarge));
        let serve = halden.last_serve().await;
        assert_eq!((serve.status, serve.findings[0].code), (413, Code::UploadRefused));
        assert!(matches!(put(services, &phone, "PUT", OWN, Some(FORWARDING)).await, Answer::Stored { .. }));
        // As if it had sent much before.
        halden
            .database
            .meddle(&format!("UPDATE upload SET bytes = {}", 16 * 1024 * 1024 - 10))
            .await
            .unwrap();
        assert!(matches!(put(services, &phone, "PUT", LOG, Some(b"elevenbytes")).await, Answer::TooLarge));
        assert!(matches!(
            put(services, &phone, "PUT", LOG, Some(b"ten bytes!")).await,
            Answer::Stored { .. }
        ));
        let replaced = put(services, &phone, "PUT", OWN, Some(b"small")).await;
        assert!(
            matches!(replaced, Answer::Stored { created: false }),
            "the same name is replaced: {replaced:?}"
        );
    }
}

#[tokio::test]
async fn the_same_again_is_not_written_again_and_a_log_is_on_record_once_an_hour() {
    for halden in open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        for _ in 0..3 {
            put(services, &phone, "PUT", OWN, Some(FORWARDING)).await;
        }
        assert_eq!(acts(&halden, "upload.accept").await, 1);
        for line in 0..5 {
            put(services, &phone, "PUT", LOG, Some(format!("line {line}").as_bytes())).await;
        }
        assert_eq!(acts(&halden, "upload.accept").await, 2);
        assert_eq!(text(phone.fetch_file(services, LOG).await), "line 4");
        halden.later(HOUR);
        put(services, &phone, "PUT", LOG, Some(b"later")).await;
        assert_eq!(acts(&halden, "upload.accept").await, 3, "{}", halden.name());
    }
}

#[tokio::test]
async fn another_owner_neither_sees_nor_gets_what_the_former_one_left() {
    for halden in open().await {
        let services = &halden.services;
        halden.bind(PHONE, "2103").await;
        let phone = Phone::of(&halden, PHONE).await;
        put(services, &phone, "PUT", OWN, Some(FORWARDING)).await;
        put(services, &phone, "PUT", LOG, Some(b"a log")).await;
        let seen = trace_of(&halden, "grace").await;
        assert_eq!(seen.uploads.len(), 2);
        let said: Vec<_> =
            seen.overrides.iter().map(|f| (f.code, f.subject.as_str(), f.detail.as_str())).collect();
        assert_eq!(said[1], (Code::OverrideWins, "forward.always", "forward.always.target = 1234"));

        let number = halden.approved_unbind(PHONE).await;
        assert_eq!(
            text(phone.fetch_file(services, OWN).await).as_bytes(),
            FORWARDING,
            "nothing is applied yet"
        );
        halden.apply(number).await.unwrap();
        assert!(matches!(phone.fetch_file(services, OWN).await, Answer::NotFound), "{}", halden.name());
        let seen = trace_of(&halden, "grace").await;
        assert_eq!((seen.uploads.len(), seen.overrides.len()), (0, 0));
        let audited = trace_of(&halden, "ada").await.uploads;
        assert!(audited.len() == 2 && audited.iter().all(|row| row.sealed), "an administrator may audit");
        assert_eq!(acts(&halden, "upload.seal").await, 1);

        // The next owner's are their own, and a request that changes no owner seals nothing.
        put(services, &phone, "PUT", OWN, Some(b"screensaver.wait = 60\n")).await;
        assert_eq!(text(phone.fetch_file(services, OWN).await), "screensaver.wait = 60\n");
        assert_eq!(trace_of(&halden, "grace").await.uploads.len(), 1);
    }
}

#[tokio::test]
async fn calls_and_contacts_are_dropped_unless_policy_keeps_them() {
    for halden in open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        let taken = put(services, &phone, "PUT", CALLS, Some(b"<calls/>")).await;
        assert!(matches!(taken, Answer::Stored { .. }), "{taken:?}");
        assert!(matches!(phone.fetch_file(services, CALLS).await, Answer::NotFound));
        assert_eq!(acts(&halden, "upload.accept").await, 0);
        let keeps = Organisation { keep_personal: true, ..registrar() };
        organisation::ensure(services, &keeps).await.unwrap();
        put(services, &phone, "PUT", CALLS, Some(b"<calls/>")).await;
        assert_eq!(text(phone.fetch_file(services, CALLS).await), "<calls/>", "{}", halden.name());
    }
}

#[tokio::test]
async fn what_was_put_away_is_deleted_after_ninety_days_and_nothing_else() {
    for halden in open().await {
        let services = &halden.services;
        halden.bind(PHONE, "2103").await;
        let phone = Phone::of(&halden, PHONE).await;
        put(services, &phone, "PUT", OWN, Some(FORWARDING)).await;
        put(services, &phone, "PUT", LOG, Some(b"a log")).await;
        let number = halden.approved_unbind(PHONE).await;
        halden.apply(number).await.unwrap();
        put(services, &phone, "PUT", LOG, Some(b"of nobody")).await;

        halden.later(90 * DAY - 1);
        jobs::minute(services).await;
        assert_eq!(trace_of(&halden, "ada").await.uploads.len(), 3, "{}", halden.name());
        halden.later(1);
        jobs::minute(services).await;
        let left = trace_of(&halden, "ada").await.uploads;
        assert!(left.len() == 1 && !left[0].sealed, "{left:?}");
        assert_eq!(text(phone.fetch_file(services, LOG).await), "of nobody");
        let record = halden.record().await;
        let said: Vec<_> = record
            .iter()
            .filter_map(|entry| match entry {
                Entry::Act(act) if act.action == "upload.expire" => act.before.as_deref(),
                _ => None,
            })
            .collect();
        assert_eq!(said, ["2 files of a former owner, 78 bytes"]);
        jobs::minute(services).await;
        assert_eq!(acts(&halden, "upload.expire").await, 1, "once");
    }
}
