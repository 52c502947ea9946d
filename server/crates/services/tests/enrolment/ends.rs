//! What ends a token, and what is dead with it.

use super::{At, FILE, enrolled, refused};
use crate::{
    halden::{self, EXTENSION, PHONE, codes},
    phone::text,
};
use domain::{
    Code::{FieldMissing, RequestState},
    enrolment::{Kind, State},
    time::{DAY, MINUTE},
};
use services::{edge::Answer, enrolment, jobs};

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
