//! Drift: what phones say they run, beside what they should, on the board and on their pages.

use crate::{
    halden::{EXTENSION, Halden, OTHER_PHONE, PHONE, open},
    layers::{draft, publish, site},
    phone::{Phone, text},
};
use domain::{
    Mac,
    device::DeviceState,
    drift::{Applied, Drift, Fetched, Reason},
    time::{DAY, HOUR},
};
use services::{devices, drift, jobs};

async fn counts(halden: &Halden) -> Vec<(Reason, i64)> {
    drift::sweep(&halden.services).await.unwrap();
    let view = drift::view(&halden.services, &halden.by("ada").await, "", "").await.unwrap();
    view.counts.into_iter().filter(|(_, many)| *many > 0).collect()
}

async fn listed(halden: &Halden, reason: Reason) -> Vec<Mac> {
    let ada = halden.by("ada").await;
    let view = drift::view(&halden.services, &ada, reason.word(), "").await.unwrap();
    view.rows.into_iter().map(|row| row.mac).collect()
}

async fn of(halden: &Halden, mac: &str) -> Drift {
    let ada = halden.by("ada").await;
    devices::view(&halden.services, &ada, mac).await.unwrap().drift.unwrap()
}

#[tokio::test]
async fn a_phone_is_on_the_board_for_as_long_as_there_is_a_reason() {
    for halden in open().await {
        let services = &halden.services;
        let phones = counts(&halden).await;
        let [(Reason::Never, all)] = phones.as_slice() else { panic!("{phones:?}") };
        assert_eq!(drift::sweep(services).await.unwrap(), 0, "what is so already is no write");

        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        text(phone.fetch(services).await);
        jobs::tick(services).await;
        assert_eq!(counts(&halden).await, [(Reason::Never, all - 1)]);
        let now = halden.by("ada").await.now;
        let stands = of(&halden, PHONE).await;
        assert_eq!((stands.fetched, stands.applied), (Fetched::Current(now), Applied::NotKnown));
        // Halden says once a day.
        assert_eq!(stands.expected, Some(now.plus(DAY)));

        // Another file holds, and it has a day to come for it.
        halden.later(HOUR);
        let lon = site(&halden, "lon").await;
        publish(&halden, draft(&halden, "site", &lon, "phone.language = fr").await.unwrap()).await;
        assert_eq!(of(&halden, PHONE).await.fetched, Fetched::Earlier(now));
        assert_eq!(counts(&halden).await, [(Reason::Never, all - 1)]);
        halden.later(DAY + HOUR);
        assert_eq!(counts(&halden).await, [(Reason::Behind, 1), (Reason::Never, all - 1)]);
        assert_eq!(listed(&halden, Reason::Behind).await, [Mac::parse(PHONE).unwrap()]);
        halden.later(DAY);
        let behind = counts(&halden).await;
        assert_eq!(behind, [(Reason::Silent, 1), (Reason::Behind, 1), (Reason::Never, all - 1)]);
        text(phone.fetch(services).await);
        jobs::tick(services).await;
        assert_eq!(counts(&halden).await, [(Reason::Never, all - 1)], "{}", halden.name());

        // A phone that is not in use is expected nowhere.
        let ada = halden.by("ada").await;
        let other = devices::view(services, &ada, OTHER_PHONE).await.unwrap().id;
        let mut tx = halden.database.store.write().await.unwrap();
        storage::device::set_state(&mut tx, other, DeviceState::Retired).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts(&halden).await, [(Reason::Never, all - 2)]);
        assert!(devices::view(services, &ada, OTHER_PHONE).await.unwrap().drift.is_none());
    }
}
