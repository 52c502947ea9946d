//! What a proof is worth as time goes by.

use crate::{
    halden::{self, PHONE},
    phone::{Phone, shown, text, unproven},
};
use domain::{ledger::Entry, time::SECOND};
use services::{Services, edge::Answer};
use sip::digest::LIFETIME_SECONDS;

/// Whether a challenge that was not what the phone hoped for says that only the nonce was too old.
async fn challenged_as_stale(phone: &Phone, services: &Services, challenges: &[String]) -> bool {
    let Answer::Challenge { challenges } = phone.answer(services, &phone.file, challenges).await else {
        panic!("it was not challenged again")
    };
    let stale = challenges.iter().filter(|challenge| challenge.contains("stale=true")).count();
    assert!(stale == 0 || stale == challenges.len(), "{challenges:?}");
    stale > 0
}

#[tokio::test]
async fn an_old_nonce_is_called_stale_to_the_phone_that_knows_its_password_and_to_nobody_else() {
    for halden in halden::open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        text(phone.answer(services, &phone.file, &challenges).await);
        halden.later(i64::try_from(LIFETIME_SECONDS).unwrap() * SECOND);
        assert!(challenged_as_stale(&phone, services, &challenges).await);
        let wrong = Phone { password: "guessed".to_owned(), ..phone.clone() };
        let stranger = Phone { user: "rf000000000000".to_owned(), ..phone.clone() };
        for other in [wrong, stranger] {
            assert!(!challenged_as_stale(&other, services, &challenges).await, "{}", other.user);
        }
        text(phone.fetch(services).await);
    }
}

/// The key of the nonces is the installation's: another node, or the same one after a restart, knows them.
#[tokio::test]
async fn a_challenge_of_one_node_can_be_answered_at_another() {
    for halden in halden::open().await {
        let phone = Phone::of(&halden, PHONE).await;
        let node = halden.second_node().await;
        let Answer::Challenge { challenges } = unproven(&halden.services, &phone.file).await else {
            panic!()
        };
        text(phone.answer(&node, &phone.file, &challenges).await);
    }
}

#[tokio::test]
async fn an_answer_is_good_once_and_whoever_knows_the_password_gives_another_one() {
    for halden in halden::open().await {
        let services = &halden.services;
        let phone = Phone::of(&halden, PHONE).await;
        let Answer::Challenge { challenges } = unproven(services, &phone.file).await else { panic!() };
        let overheard = phone.authorization("GET", &phone.file, &challenges);
        text(shown(services, &phone.file, &overheard).await);
        for _ in 0..3 {
            let Answer::Challenge { challenges } = shown(services, &phone.file, &overheard).await else {
                panic!("{}: it was served twice", halden.name())
            };
            assert!(challenges.iter().all(|challenge| challenge.contains("stale=true")), "{challenges:?}");
            // The phone itself lost our answer on the way, and counts from 1 again with the same `cnonce`.
            text(phone.answer(services, &phone.file, &challenges).await);
        }
        // It counts as no failure of anybody: nothing was recorded, and nobody is in doubt.
        let refused = |entry: &Entry| matches!(entry, Entry::Serve(serve) if serve.status != 200);
        assert_eq!(halden.record().await.iter().filter(|entry| refused(entry)).count(), 0);
        // Two requests at once may each be challenged, and answered in any order.
        let Answer::Challenge { challenges: one } = unproven(services, &phone.file).await else { panic!() };
        let Answer::Challenge { challenges: two } = unproven(services, &phone.file).await else { panic!() };
        text(phone.answer(services, &phone.file, &two).await);
        text(phone.answer(services, &phone.file, &one).await);
    }
}
