//! Requests of several items: what hangs together happens together, taken away first, and what cannot happen waits and
//! is named.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes},
    phone::{Phone, value},
};
use domain::{
    Code::{EndpointEmpty, EndpointTaken, ExtensionTaken, FormInvalid, OwnerNotActive, PlanStale},
    authz::Role,
};
use services::{Result, change_requests, view::RequestInput};

/// What somebody types, besides the reason.
fn asked(kind: &str, from: (&str, u8), to: (&str, u8), extension: &str) -> RequestInput {
    RequestInput {
        kind: kind.to_owned(),
        mac: from.0.to_owned(),
        index: from.1.to_string(),
        extension: extension.to_owned(),
        to_mac: to.0.to_owned(),
        to_index: to.1.to_string(),
        reason: "They change desks.".to_owned(),
        ..RequestInput::default()
    }
}

async fn draft(halden: &Halden, input: &RequestInput) -> Result<i64> {
    change_requests::create(&halden.services, &halden.by("ada").await, input).await
}

async fn apply(halden: &Halden, input: &RequestInput) -> i64 {
    let number = draft(halden, input).await.unwrap();
    halden.sign(number).await;
    halden.apply(number).await.unwrap();
    assert_eq!(halden.state(number).await, "applied");
    number
}

#[tokio::test]
async fn a_line_moves_to_another_phone_with_another_credential() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (phone, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        halden.bind(PHONE, EXTENSION).await;
        let before = value(&phone.configuration(services).await, "account.1.password").to_owned();
        let number = apply(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await;
        assert_eq!(halden.lines(PHONE).await, Vec::<String>::new());
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        assert_eq!(value(&phone.configuration(services).await, "account.1.password"), "%NULL%");
        let after = other.configuration(services).await;
        assert_eq!(value(&after, "account.1.user_name"), EXTENSION);
        assert_ne!(value(&after, "account.1.password"), before);
        let acts: Vec<_> = halden.request(number).await.history.into_iter().map(|act| act.action).collect();
        assert!(acts.contains(&"change_request.apply".to_owned()), "{acts:?}");
    }
}

#[tokio::test]
async fn two_line_keys_exchange_their_lines_in_one_breath() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        apply(&halden, &asked("swap", (PHONE, 1), (OTHER_PHONE, 1), "")).await;
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        // Two keys of one phone, and back.
        halden.apply(halden.approved_bind(PHONE, 2, "2105").await).await.unwrap();
        apply(&halden, &asked("swap", (PHONE, 1), (PHONE, 2), "")).await;
        assert_eq!(halden.lines(PHONE).await, ["2105", OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn every_line_of_a_phone_goes_to_the_phone_that_replaces_it() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.apply(halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await).await.unwrap();
        let number = apply(&halden, &asked("replace", (PHONE, 1), (OTHER_PHONE, 0), "")).await;
        assert_eq!(halden.lines(PHONE).await, Vec::<String>::new());
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION, OTHER_EXTENSION]);
        assert_eq!(halden.request(number).await.rows.len(), 4);
    }
}

#[tokio::test]
async fn a_number_is_changed_only_as_the_rule_on_numbers_says() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number =
            draft(&halden, &asked("number-change", (PHONE, 1), ("", 0), OTHER_EXTENSION)).await.unwrap();
        halden.submit(number).await.unwrap();
        halden.approve(number).await.unwrap();
        let request = halden.request(number).await;
        let missing: Vec<_> = request.row.missing.iter().map(|m| (m.role, m.count)).collect();
        assert_eq!(missing, [(Role::Approver, 1)], "one is not enough");
        halden.approve_as("hedy", number).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn what_is_asked_for_is_there_and_is_not_there_already() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let cases = [
            (asked("move", (OTHER_PHONE, 1), (PHONE, 1), ""), EndpointEmpty),
            (asked("move", (PHONE, 1), (PHONE, 1), ""), FormInvalid),
            (asked("move", (PHONE, 1), (PHONE, 200), ""), FormInvalid),
            (asked("swap", (PHONE, 1), (OTHER_PHONE, 1), ""), EndpointEmpty),
            (asked("replace", (PHONE, 1), (PHONE, 0), ""), FormInvalid),
            (asked("replace", (OTHER_PHONE, 1), (PHONE, 0), ""), EndpointEmpty),
            (asked("number-change", (PHONE, 1), ("", 0), EXTENSION), FormInvalid),
        ];
        for (input, code) in cases {
            let refused = draft(&halden, &input).await.unwrap_err();
            assert_eq!(codes(&refused), [code], "{input:?}");
        }
    }
}

#[tokio::test]
async fn a_move_that_is_blocked_at_one_end_happens_at_neither() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        let refused = halden.apply(number).await.unwrap_err();
        assert_eq!(codes(&refused), [EndpointTaken]);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(halden.state(number).await, "approved");
    }
}

#[tokio::test]
async fn a_line_that_came_to_the_key_since_is_not_taken_away_for_another() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let revoke = halden.approved_unbind(PHONE).await;
        apply(&halden, &asked("number-change", (PHONE, 1), ("", 0), OTHER_EXTENSION)).await;
        let refused = halden.apply(revoke).await.unwrap_err();
        assert_eq!(codes(&refused), [EndpointEmpty]);
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn a_move_is_stale_once_either_phone_is_another() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        halden.apply(halden.approved_bind(OTHER_PHONE, 2, "2105").await).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), PlanStale);
        assert_eq!(halden.state(number).await, "stale");
        let request = halden.request(number).await;
        assert!(request.rows.iter().all(|row| row.state.word() == "stale"), "{:?}", request.rows);
        // Looked at again, it is applied as it is now.
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION, "2105"]);
    }
}

#[tokio::test]
async fn of_many_who_move_one_line_one_does() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let mut numbers = vec![];
        for index in 1..=2 {
            let input = asked("move", (PHONE, 1), (OTHER_PHONE, index), "");
            let number = draft(&halden, &input).await.unwrap();
            numbers.push(halden.sign(number).await);
        }
        let (one, other) = tokio::join!(halden.apply(numbers[0]), halden.apply(numbers[1]));
        assert_eq!([&one, &other].iter().filter(|tried| tried.is_ok()).count(), 1, "{one:?} {other:?}");
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn an_owner_who_left_keeps_the_line_from_being_moved() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        let sql = "UPDATE person SET account = 'left' WHERE reference = 'P1003'";
        halden.database.meddle(sql).await.unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [OwnerNotActive]);
        let again = draft(&halden, &asked("bind", (OTHER_PHONE, 1), ("", 0), EXTENSION)).await.unwrap();
        let blocks: Vec<_> = halden.request(again).await.blocks.iter().map(|f| f.code).collect();
        assert!(blocks.contains(&ExtensionTaken), "{blocks:?}");
    }
}
