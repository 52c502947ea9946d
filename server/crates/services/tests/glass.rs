//! Broken glass: what it lifts and what it never does, who hears of it, and who looks at it afterwards.

use crate::halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, password};
use domain::{
    Code,
    ledger::{ActEntry, Entry},
    review::Verdict,
    time::{DAY, MINUTE},
};
use services::{Problem, glass, reviews};

async fn break_glass(halden: &Halden, who: &str, minutes: &str) -> Result<i64, Problem> {
    let op = halden.by(who).await;
    glass::open(&halden.services, &op, "The ward has no phone.", minutes, &password(who)).await
}

async fn apply(halden: &Halden, who: &str, number: i64) -> Result<(), Problem> {
    glass::apply(&halden.services, &halden.by(who).await, number).await
}

async fn acts(halden: &Halden, prefix: &str) -> Vec<ActEntry> {
    let act = |entry| match entry {
        Entry::Act(act) if act.action.starts_with(prefix) => Some(*act),
        _ => None,
    };
    halden.record().await.into_iter().filter_map(act).collect()
}

async fn submitted(halden: &Halden, mac: &str, extension: &str) -> i64 {
    let number = halden.draft_bind(mac, 1, extension).await.unwrap();
    halden.submit(number).await.unwrap();
    number
}

#[tokio::test]
async fn broken_glass_applies_what_nobody_approved_and_says_what_it_lifted() {
    for halden in halden::open().await {
        let number = submitted(&halden, PHONE, EXTENSION).await;
        assert_eq!(apply(&halden, "ada", number).await.unwrap_err().code(), Code::GlassClosed);
        assert_eq!(break_glass(&halden, "grace", "").await.unwrap_err().code(), Code::Forbidden);
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let wrong = glass::open(services, &ada, "The ward has no phone.", "", "guess").await;
        assert_eq!(wrong.unwrap_err().code(), Code::SignInFailed);
        let silent = glass::open(services, &ada, " ", "", &password("ada")).await;
        assert_eq!(silent.unwrap_err().code(), Code::FieldMissing);
        for minutes in ["0", "241", "soon"] {
            assert_eq!(break_glass(&halden, "ada", minutes).await.unwrap_err().code(), Code::FormInvalid);
        }
        // The gate has expired, and nobody has approved.
        halden.later(31 * DAY);
        assert_eq!(break_glass(&halden, "ada", "").await.unwrap(), 1);
        assert_eq!(break_glass(&halden, "ada", "").await.unwrap_err().code(), Code::RequestState);
        let broken = glass::broken(services).await.unwrap();
        assert_eq!(
            (broken[0].name.as_str(), broken[0].until),
            ("ada", halden.by("ada").await.now.plus(60 * MINUTE))
        );
        apply(&halden, "ada", number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "{}", halden.name());
        assert_eq!(apply(&halden, "ada", number).await.unwrap_err().code(), Code::RequestState);

        let marked = acts(&halden, "break-glass.apply").await;
        let after = marked[0].after.as_ref().unwrap();
        assert!(after.starts_with("BG-1. The ward has no phone. Lifted: "), "{after}");
        assert!(after.contains("gate.expired") && after.contains("approval.missing"), "{after}");
        let told: Vec<_> =
            acts(&halden, "break_glass.notify").await.into_iter().map(|act| act.subject).collect();
        assert_eq!(told, ["both", "mary"]);

        // Its time passes, and it opens nothing any more.
        let other = submitted(&halden, OTHER_PHONE, OTHER_EXTENSION).await;
        halden.later(60 * MINUTE);
        assert_eq!(apply(&halden, "ada", other).await.unwrap_err().code(), Code::GlassClosed);
        assert_eq!(glass::broken(services).await.unwrap(), []);
        assert_eq!(break_glass(&halden, "ada", "5").await.unwrap(), 2);
        glass::close(services, &halden.by("ada").await).await.unwrap();
        assert_eq!(apply(&halden, "ada", other).await.unwrap_err().code(), Code::GlassClosed);
    }
}

#[tokio::test]
async fn broken_glass_never_takes_a_line_from_somebody_nor_trusts_a_phone_in_doubt() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        break_glass(&halden, "ada", "").await.unwrap();
        let taken = submitted(&halden, OTHER_PHONE, EXTENSION).await;
        assert_eq!(codes(&apply(&halden, "ada", taken).await.unwrap_err()), [Code::ExtensionTaken]);
        assert_eq!(halden.state(taken).await, "submitted");
        let mac = OTHER_PHONE.replace(':', "");
        let quarantine =
            format!("UPDATE device SET state = 'quarantined', quarantine_weight = 'low' WHERE mac = '{mac}'");
        assert_eq!(halden.database.meddle(&quarantine).await.unwrap(), 1);
        let doubted = submitted(&halden, OTHER_PHONE, OTHER_EXTENSION).await;
        assert_eq!(codes(&apply(&halden, "ada", doubted).await.unwrap_err()), [Code::DeviceQuarantined]);
        assert_eq!(halden.lines(OTHER_PHONE).await, [""; 0]);
    }
}

#[tokio::test]
async fn somebody_else_reviews_it_in_time() {
    for halden in halden::open().await {
        let services = &halden.services;
        let number = submitted(&halden, PHONE, EXTENSION).await;
        break_glass(&halden, "mary", "").await.unwrap();
        apply(&halden, "mary", number).await.unwrap();
        let queue = reviews::list(services, &halden.by("grace").await).await.unwrap();
        assert_eq!(
            queue.open.iter().map(|(used, mine)| (used.number, used.by.as_str(), *mine)).collect::<Vec<_>>(),
            [(number, "BG-1", true)]
        );
        assert_eq!(queue.findings, []);
        let say = async |who: &str, verdict: &str, note: &str| {
            reviews::review(services, &halden.by(who).await, number, verdict, note).await
        };
        // Ada asked for it, Mary applied it; Linus is no reviewer.
        assert_eq!(say("ada", "in-order", "Fine.").await.unwrap_err().code(), Code::ApprovalSelf);
        assert_eq!(say("mary", "in-order", "Fine.").await.unwrap_err().code(), Code::ApprovalSelf);
        assert_eq!(say("linus", "in-order", "Fine.").await.unwrap_err().code(), Code::Forbidden);
        assert_eq!(say("grace", "fine", "Fine.").await.unwrap_err().code(), Code::FieldMissing);
        assert_eq!(say("grace", "in-order", " ").await.unwrap_err().code(), Code::FieldMissing);
        halden.later(DAY);
        let late = reviews::late_ones(services, &halden.by("grace").await).await.unwrap();
        assert_eq!(late.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::ReviewOverdue]);
        say("grace", "not-in-order", "The approver was at her desk.").await.unwrap();
        assert_eq!(say("hedy", "in-order", "Fine.").await.unwrap_err().code(), Code::RequestState);
        let queue = reviews::list(services, &halden.by("grace").await).await.unwrap();
        assert_eq!((queue.open.len(), queue.findings.len()), (0, 0));
        let said = queue.done[0].reviewed.clone().unwrap();
        assert_eq!((said.by.as_str(), said.verdict), ("grace", Verdict::NotInOrder));
        assert_eq!(acts(&halden, "review").await[0].subject, format!("CR-{number}"));
    }
}

#[tokio::test]
async fn the_notice_is_given_once_and_keeps_no_work_waiting() {
    for halden in halden::open().await {
        break_glass(&halden, "ada", "").await.unwrap();
        services::jobs::drain(&halden.services).await;
        let mut tx = halden.database.store.read().await.unwrap();
        assert!(storage::outbox::notices(&mut tx).await.unwrap().is_empty(), "{}", halden.name());
    }
}
