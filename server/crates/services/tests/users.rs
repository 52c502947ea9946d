//! Accounts of the console: a new one vouches for nothing before a second administrator knows whose it is.

use crate::halden::{self, EXTENSION, PHONE, password};
use domain::{Code, authz::Role, ids::UserId, ledger::Entry};
use services::{approvals, users};

/// Somebody who was made by another chooses a password; then they have the one that follows from the name again.
async fn own_password(halden: &halden::Halden, name: &str) {
    for (present, new) in
        [(password(name), "between the two".to_owned()), ("between the two".to_owned(), password(name))]
    {
        let op = halden.by(name).await;
        users::change_password(&halden.services, &op, &present, &new, &new).await.unwrap();
    }
}

async fn id(halden: &halden::Halden, name: &str) -> UserId {
    halden.by(name).await.actor.id
}

#[tokio::test]
async fn a_second_account_of_ones_own_approves_nothing() {
    for halden in halden::open().await {
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let roles = [Role::Administrator, Role::Approver];
        users::create(services, &ada, "adas-other", &password("adas-other"), &roles).await.unwrap();
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let refused = halden.approve_as("adas-other", number).await.unwrap_err();
        assert_eq!(refused.code(), Code::AccountUnconfirmed, "{}", halden.name());
        let page = halden.request(number).await.approvals;
        assert!(!page.waiting[0].who.contains(&"adas-other".to_owned()), "it is not offered either");

        let new = id(&halden, "adas-other").await;
        let confirm = async |op, word: &str| {
            users::confirm(services, op, new, word).await.map_err(|problem| problem.code())
        };
        assert_eq!(confirm(&ada, &password("ada")).await, Err(Code::ApprovalSelf));
        let itself = halden.by("adas-other").await;
        assert_eq!(confirm(&itself, &password("adas-other")).await, Err(Code::AccountUnconfirmed));
        let third = users::create(services, &itself, "third", &password("third"), &roles).await;
        assert_eq!(third.unwrap_err().code(), Code::AccountUnconfirmed);
        let grace = halden.by("grace").await;
        assert_eq!(confirm(&grace, &password("grace")).await, Err(Code::Forbidden));

        let mary = halden.by("mary").await;
        let waiting = users::unconfirmed(services, &mary).await.unwrap();
        assert_eq!(waiting.iter().map(|w| (w.id, w.name.as_str())).collect::<Vec<_>>(), [(new, "ada")]);
        assert_eq!(confirm(&mary, "not hers").await, Err(Code::SignInFailed));
        confirm(&mary, &password("mary")).await.unwrap();
        assert_eq!(confirm(&mary, &password("mary")).await, Err(Code::NotFound));
        own_password(&halden, "adas-other").await;
        halden.approve_as("adas-other", number).await.unwrap();
        let acts = halden.record().await.into_iter().filter_map(|entry| match entry {
            Entry::Act(act) if act.action == "user.confirm" => Some((act.subject, act.before, act.after)),
            _ => None,
        });
        let made = Some("made by ada".to_owned());
        let confirmed = Some("confirmed by mary".to_owned());
        assert_eq!(acts.collect::<Vec<_>>(), [("adas-other".to_owned(), made, confirmed)]);
    }
}

#[tokio::test]
async fn a_single_administrator_makes_no_account_that_vouches() {
    for halden in halden::empty().await {
        let services = &halden.services;
        let code = users::issue_setup_code(services).await.unwrap().unwrap();
        let first = users::create_first(services, &code, "ada", &password("ada")).await.unwrap();
        let op = services.operation(first);
        let roles = [Role::Administrator];
        users::create(services, &op, "mary", &password("mary"), &roles).await.unwrap();
        let mary = halden.by("mary").await;
        assert!(!mary.actor.confirmed, "{}", halden.name());
        let own = users::confirm(services, &op, mary.actor.id, &password("ada")).await;
        assert_eq!(own.unwrap_err().code(), Code::ApprovalSelf);
        // She approves nothing of what ada proposes, and makes no accounts that could.
        let approved = approvals::approve(services, &mary, 2, "", &password("mary")).await;
        assert_eq!(approved.unwrap_err().code(), Code::AccountUnconfirmed, "{}", halden.name());
        let third = users::create(services, &mary, "third", &password("third"), &roles).await;
        assert_eq!(third.unwrap_err().code(), Code::AccountUnconfirmed, "{}", halden.name());

        let machine = services.operation(halden::owner_of_the_machine());
        users::confirm_unasked(services, &machine, mary.actor.id).await.unwrap();
        assert!(halden.by("mary").await.actor.confirmed, "{}", halden.name());
        let said = halden.acts().await.into_iter().find(|act| act.action == "user.confirm");
        assert_eq!(said.and_then(|act| act.after), Some("confirmed by command line".to_owned()));
    }
}
