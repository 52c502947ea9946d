//! What a look at a rollout loads: no phone that nothing can be said of.

use crate::{
    halden::{Halden, OTHER_PHONE, PHONE, open},
    rollouts::{begun, fetch, many, policy, two, view},
};
use domain::{
    Mac,
    device::DeviceState,
    policy::Weight,
    time::{HOUR, MINUTE},
};
use services::rollouts::{self, PolicyInput};

/// Phones may be touched for an hour of each day that begins in so many hours.
async fn hour(halden: &Halden, hours: u32, fleet: &str) {
    let ada = halden.by("ada").await;
    let at = ada.now.to_string();
    let (hour, minute) = (at[11..13].parse::<u32>().unwrap() + hours, &at[14..16]);
    let input = PolicyInput {
        window: format!("{:02}:{minute}-{:02}:{minute}", hour % 24, (hour + 1) % 24),
        fleet: fleet.to_owned(),
        ..rollouts::list(&halden.services, &ada, "").await.unwrap().policy
    };
    rollouts::set_policy(&halden.services, &ada, &input, "as agreed").await.unwrap();
}

async fn becomes(halden: &Halden, mac: &str, state: DeviceState) {
    let mut tx = halden.database.store.write().await.unwrap();
    let mac = Mac::parse(mac).unwrap();
    let device = storage::device::by_mac(&mut tx, mac).await.unwrap().unwrap().device.id;
    storage::device::set_state(&mut tx, device, state).await.unwrap();
    tx.commit().await.unwrap();
}

/// Statements of a turn of every rollout.
async fn cost(halden: &Halden) -> u64 {
    let before = halden.database.store.statements();
    rollouts::run(&halden.services).await.unwrap();
    halden.database.store.statements() - before
}

#[tokio::test]
async fn what_stands_or_waits_for_its_hours_loads_no_phone() {
    for halden in open().await {
        let (one, other) = two(&halden).await;
        let ada = halden.by("ada").await;
        policy(&halden, "all").await;
        hour(&halden, 3, "600").await;
        begun(&halden, "phone.language = en-GB").await;
        assert_eq!(cost(&halden).await, 5, "which rollouts, where it is, freezes, sites, how many wait");
        halden.later(3 * HOUR + MINUTE);
        fetch(&halden, &[&one, &other]).await;
        rollouts::run(&halden.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "released"), 2);
        assert_eq!(cost(&halden).await, 8, "and now its phones, who appeared, what was released");
        rollouts::pause(&halden.services, &ada, 1, "Wait.").await.unwrap();
        assert_eq!(cost(&halden).await, 2, "it stands");
    }
}

#[tokio::test]
async fn who_is_not_in_use_any_more_is_not_waited_for() {
    for halden in open().await {
        let (_one, _other) = two(&halden).await;
        policy(&halden, &format!("devices {PHONE} {OTHER_PHONE}\nall")).await;
        begun(&halden, "phone.language = en-GB").await;
        assert_eq!(many(&view(&halden).await, "released"), 2);
        becomes(&halden, OTHER_PHONE, DeviceState::Retired).await;
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((many(&page, "released"), many(&page, "unchanged")), (1, 1), "{}", halden.name());
    }
}

#[tokio::test]
async fn who_is_quarantined_while_its_site_is_shut_is_deferred() {
    for halden in open().await {
        let (_one, _other) = two(&halden).await;
        policy(&halden, &format!("devices {PHONE} {OTHER_PHONE}\nall")).await;
        hour(&halden, 0, "1").await;
        begun(&halden, "phone.language = en-GB").await;
        let page = view(&halden).await;
        assert_eq!((many(&page, "released"), page.waves[0].phones), (1, 2), "{:?}", page.phases);
        halden.later(2 * HOUR);
        assert_eq!(rollouts::run(&halden.services).await.unwrap(), 0, "the other one waits for tomorrow");
        let ada = halden.by("ada").await;
        let waiting = rollouts::show(&halden.services, &ada, 1, "waiting", "").await.unwrap();
        let next = waiting.phones.iter().find(|phone| phone.wave == 1).unwrap().mac.bare();
        becomes(&halden, &next, DeviceState::Quarantined(Weight::High)).await;
        rollouts::run(&halden.services).await.unwrap();
        let deferred = rollouts::show(&halden.services, &ada, 1, "deferred", "").await.unwrap();
        assert_eq!(deferred.phones.iter().map(|phone| phone.mac.bare()).collect::<Vec<_>>(), [next]);
    }
}
