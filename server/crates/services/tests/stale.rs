//! What is applied is what was approved, or it is not applied (invariant 3).

use crate::halden::{self, EXTENSION, OTHER_EXTENSION, PHONE, codes};
use domain::{Code, ledger::Entry};

#[tokio::test]
async fn another_change_of_the_phone_makes_an_approved_request_stale() {
    for halden in halden::open().await {
        let first = halden.approved_bind(PHONE, 1, EXTENSION).await;
        let second = halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await;
        halden.apply(second).await.unwrap();
        assert!(halden.request(first).await.stale, "the page says so before anybody tries");

        assert_eq!(halden.apply(first).await.unwrap_err().code(), Code::PlanStale);
        assert_eq!(halden.state(first).await, "stale");
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
        assert_eq!(halden.apply(first).await.unwrap_err().code(), Code::RequestState);
        let recorded = halden.record().await.into_iter().filter(|entry| {
            matches!(entry, Entry::Act(act)
                if act.action == "change_request.stale" && act.subject == format!("CR-{first}"))
        });
        assert_eq!(recorded.count(), 1);

        // Looked at again, it is a plan like any other.
        halden.sign(first).await;
        halden.apply(first).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION, OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn a_fact_that_goes_missing_after_the_approval_makes_it_wait_and_it_is_named() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        let switch = format!("UPDATE extension SET enabled = NOT enabled WHERE number = '{EXTENSION}'");
        halden.database.meddle(&switch).await.unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::ExtensionDisabled]);
        assert_eq!(halden.lines(PHONE).await, [""; 0]);
        let waiting = halden.request(number).await;
        assert!(!waiting.stale && waiting.row.state.word() == "approved", "{:?}", waiting.row.state);
        assert!(waiting.blocks.iter().any(|finding| finding.code == Code::ExtensionDisabled));

        // The fact is back, and what was approved is still what is applied.
        halden.database.meddle(&switch).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn time_alone_makes_nothing_stale() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        halden.later(29 * domain::time::DAY);
        assert!(!halden.request(number).await.stale);
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn a_plan_that_changed_before_it_was_read_cannot_be_approved() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let other = halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await;
        halden.apply(other).await.unwrap();
        assert_eq!(halden.approve(number).await.unwrap_err().code(), Code::PlanChanged);
        assert_eq!(halden.state(number).await, "submitted");
    }
}
