//! Keeping a line needs proof and a standing binding, nothing else: what merely ages never strips a phone.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, PHONE, codes},
    phone::{Phone, value},
};
use domain::{
    Code::{self, ExtensionDisabled, GateExpired, GateExpiredKept, GateNotOpenKept, OwnerSuspendedKept},
    account::{AccountState, Owner},
    fence::Serve,
    time::DAY,
};
use storage::{device, ledger, person};

#[tokio::test]
async fn an_expired_gate_keeps_the_line_and_stops_the_next_one() {
    for halden in halden::open().await {
        let phone = bound(&halden).await;
        halden.later(40 * DAY);
        kept(&halden, &phone, &[GateExpiredKept]).await;
        let another = halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await;
        assert_eq!(codes(&halden.apply(another).await.unwrap_err()), [GateExpired]);
        kept(&halden, &phone, &[GateExpiredKept]).await;
    }
}

#[tokio::test]
async fn a_gate_that_fails_keeps_the_line() {
    for halden in halden::open().await {
        let phone = bound(&halden).await;
        halden.record_checks(false).await.unwrap();
        kept(&halden, &phone, &[GateNotOpenKept]).await;
    }
}

#[tokio::test]
async fn an_owner_who_is_suspended_or_has_left_keeps_the_line_until_somebody_decides() {
    for halden in halden::open().await {
        let phone = bound(&halden).await;
        for account in [AccountState::Suspended, AccountState::Left] {
            owner_becomes(&halden, account).await;
            kept(&halden, &phone, &[OwnerSuspendedKept]).await;
        }
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        phone.fetch(&halden.services).await;
        assert_eq!(halden.last_serve().await.decision, Serve::Clear);
    }
}

#[tokio::test]
async fn everything_at_once_keeps_the_line_and_each_reason_is_in_the_record() {
    for halden in halden::open().await {
        let phone = bound(&halden).await;
        owner_becomes(&halden, AccountState::Left).await;
        let disable = format!("UPDATE extension SET enabled = NOT enabled WHERE number = '{EXTENSION}'");
        halden.database.meddle(&disable).await.unwrap();
        bump_site(&halden).await;
        halden.later(40 * DAY);
        kept(&halden, &phone, &[GateExpiredKept, OwnerSuspendedKept]).await;
        let elsewhere = halden.approved_bind("80:5e:c0:10:00:04", 1, EXTENSION).await;
        let refused = codes(&halden.apply(elsewhere).await.unwrap_err());
        // It is taken as well as disabled; the fence names what it finds first of the extension.
        assert!(refused.contains(&ExtensionDisabled) && refused.contains(&GateExpired), "{refused:?}");

        // Taking it away needs an approval and nothing else: a closed gate keeps no wrong line alive.
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        phone.fetch(&halden.services).await;
        assert_eq!(halden.last_serve().await.decision, Serve::Clear);
    }
}

async fn bound(halden: &Halden) -> Phone {
    halden.bind(PHONE, EXTENSION).await;
    let phone = Phone::of(halden, PHONE).await;
    kept(halden, &phone, &[]).await;
    phone
}

/// The phone is served its line, and the record says with which findings.
async fn kept(halden: &Halden, phone: &Phone, findings: &[Code]) {
    let file = phone.configuration(&halden.services).await;
    assert_eq!(value(&file, "account.1.user_name"), EXTENSION, "{}", halden.name());
    let entry = halden.last_serve().await;
    assert_eq!(entry.decision, Serve::Bound);
    let found: Vec<_> = entry.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(found, findings, "{}", halden.name());
}

/// The directory says so; there is no use case for it yet.
async fn owner_becomes(halden: &Halden, account: AccountState) {
    let mut tx = halden.database.store.write().await.unwrap();
    let extension = person::extension_by_number(&mut tx, EXTENSION).await.unwrap().unwrap();
    let Some(Owner::Person(owner)) = extension.owner else { panic!("a person owns {EXTENSION}") };
    person::set_account(&mut tx, owner, account).await.unwrap();
    tx.lock_fence().await.unwrap();
    ledger::bump(&mut tx, [extension.site.0]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn bump_site(halden: &Halden) {
    let mut tx = halden.database.store.write().await.unwrap();
    let mac = domain::Mac::parse(PHONE).unwrap();
    let stored = device::by_mac(&mut tx, mac).await.unwrap().unwrap();
    tx.lock_fence().await.unwrap();
    ledger::bump(&mut tx, [stored.device.site.0]).await.unwrap();
    tx.commit().await.unwrap();
}
