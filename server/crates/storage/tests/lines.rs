//! Invariant 2, held by the database: an exclusive extension stands once, a key carries one line.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Timestamp,
    ids::{ExtensionId, LineId},
    profile::Profile,
};
use std::sync::Arc;
use storage::{Error, Store, change_request, line, person, profile};
use testkit::{
    TestStore,
    sample::{self, NOW, Office, id},
    stores,
};

/// An office with request 1 saved.
async fn office(test: &TestStore) -> Office {
    let office = test.office().await;
    let mut tx = test.store.write().await.unwrap();
    change_request::insert(&mut tx, &office.request(1, 0, 0)).await.unwrap();
    tx.commit().await.unwrap();
    office
}

/// Begins line `n` of `extension` at `endpoint`, by request 1.
async fn begin(
    store: &Store,
    office: &Office,
    n: u128,
    endpoint: usize,
    extension: usize,
) -> Result<(), Error> {
    let mut tx = store.write().await?;
    line::begin(&mut tx, sample::line(n, &office.request(1, endpoint, extension)), NOW).await?;
    tx.commit().await
}

/// PostgreSQL names the index, SQLite the column; whoever translates knows both.
fn is(error: &Error, name: &str, column: &str) -> bool {
    [name, column].contains(&error.constraint().unwrap_or_default())
}

#[tokio::test]
async fn a_second_line_for_an_extension_or_a_key_is_refused() {
    for test in stores().await {
        let office = office(&test).await;
        begin(&test.store, &office, 1, 0, 0).await.unwrap();
        let extension = begin(&test.store, &office, 2, 2, 0).await.unwrap_err();
        assert!(is(&extension, "line_standing_extension_key", "line.extension_id"), "{extension:?}");
        let endpoint = begin(&test.store, &office, 3, 0, 1).await.unwrap_err();
        assert!(is(&endpoint, "line_standing_endpoint_key", "line.endpoint_id"), "{endpoint:?}");
        begin(&test.store, &office, 4, 1, 1).await.unwrap();
    }
}

/// Says whether an extension is shared.
async fn shared(test: &TestStore, office: &Office, extension: usize, shared: bool) -> Result<(), Error> {
    let stored = profile::Stored {
        extension: office.extensions[extension].id,
        number: office.extensions[extension].number.clone(),
        profile: Profile { shared, ..Profile::default() },
        changed_at: NOW,
        changed_by: "ada".to_owned(),
    };
    let mut tx = test.store.write().await?;
    profile::save(&mut tx, &stored).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_shared_extension_stands_on_many_keys_while_its_profile_says_so() {
    for test in stores().await {
        let office = office(&test).await;
        begin(&test.store, &office, 1, 0, 0).await.unwrap();
        shared(&test, &office, 0, true).await.unwrap();
        // What stood becomes shared with it; what says otherwise than the profile does not begin.
        begin(&test.store, &office, 2, 2, 0).await.unwrap_err();
        let line = sample::line(2, &office.request(1, 2, 0));
        let mut tx = test.store.write().await.unwrap();
        line::begin(&mut tx, line::Beginning { shared: true, ..line }, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let line = sample::line(3, &office.request(1, 1, 1));
        let mut tx = test.store.write().await.unwrap();
        line::begin(&mut tx, line::Beginning { shared: true, ..line }, NOW).await.unwrap_err();
        drop(tx);

        let mut tx = test.store.read().await.unwrap();
        let number = office.extensions[0].number.as_ref();
        let holders = line::of_number(&mut tx, number).await.unwrap();
        let lines: Vec<_> = holders.iter().map(|holder| holder.line).collect();
        assert_eq!(lines, [LineId(id(1)), LineId(id(2))], "{}", test.database);
        for device in &office.devices {
            assert!(line::standing(&mut tx, device.device.id).await.unwrap()[0].shared);
        }
        drop(tx);
        let twice = shared(&test, &office, 0, false).await.unwrap_err();
        assert!(is(&twice, "line_standing_extension_key", "line.extension_id"), "{twice:?}");
        let mut tx = test.store.write().await.unwrap();
        assert!(!line::has_ended(&mut tx, number, holders[0].secret).await.unwrap());
        line::end(&mut tx, LineId(id(1)), office.request(1, 0, 0).id, NOW).await.unwrap();
        assert!(line::has_ended(&mut tx, number, holders[0].secret).await.unwrap());
        tx.commit().await.unwrap();
        shared(&test, &office, 0, false).await.unwrap();
        let mut tx = test.store.read().await.unwrap();
        assert!(!line::standing(&mut tx, office.devices[1].device.id).await.unwrap()[0].shared);
    }
}

#[tokio::test]
async fn a_line_that_ended_makes_room_and_ends_once() {
    for test in stores().await {
        let office = office(&test).await;
        begin(&test.store, &office, 1, 0, 0).await.unwrap();
        let mut tx = test.store.write().await.unwrap();
        let by = office.request(1, 0, 0).id;
        assert!(line::end(&mut tx, LineId(id(1)), by, NOW).await.unwrap());
        assert!(!line::end(&mut tx, LineId(id(1)), by, NOW).await.unwrap());
        tx.commit().await.unwrap();
        begin(&test.store, &office, 2, 2, 0).await.unwrap();

        let mut tx = test.store.read().await.unwrap();
        let [first, second] = &office.devices;
        assert!(line::standing(&mut tx, first.device.id).await.unwrap().is_empty());
        let standing = line::standing(&mut tx, second.device.id).await.unwrap();
        let [standing] = standing.as_slice() else { panic!("{standing:?}") };
        assert_eq!((standing.line, standing.index, standing.number), (LineId(id(2)), 1, 1));
        let extension = office.extensions[0].id;
        assert_eq!(standing.extension, extension);
        let held = line::holder(&mut tx, extension).await.unwrap();
        assert_eq!(held.map(|(device, _)| device), Some(second.device.id));
        assert_eq!(line::holder(&mut tx, ExtensionId(id(2))).await.unwrap(), None);
        let free = person::free_extensions(&mut tx, office.site.id).await.unwrap();
        let numbers: Vec<_> = office.extensions[1..].iter().map(|x| x.number.to_string()).collect();
        assert_eq!(free.into_iter().map(|(number, _)| number).collect::<Vec<_>>(), numbers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_attempts_to_begin_one_line_exactly_one_wins() {
    for test in stores().await {
        let office = office(&test).await;
        let mut tx = test.store.write().await.unwrap();
        let keys: Vec<_> = (3..53).map(|index| sample::endpoint(&office.devices[0], index)).collect();
        for key in &keys {
            storage::device::insert_endpoint(&mut tx, key).await.unwrap();
        }
        tx.commit().await.unwrap();
        let attempts: Vec<_> = (100u128..)
            .zip(keys)
            .map(|(n, key)| {
                let store = test.store.clone();
                let line =
                    sample::line(n, &sample::request(1, &office.requester, &key, &office.extensions[0]));
                tokio::spawn(async move {
                    let mut tx = store.write().await?;
                    line::begin(&mut tx, line, NOW).await?;
                    tx.commit().await
                })
            })
            .collect();
        let mut winners = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(()) => winners += 1,
                Err(error) => {
                    assert!(is(&error, "line_standing_extension_key", "line.extension_id"), "{error:?}");
                }
            }
        }
        assert_eq!(winners, 1, "{}", test.database);
        let mut tx = test.store.read().await.unwrap();
        assert_eq!(line::standing(&mut tx, office.devices[0].device.id).await.unwrap().len(), 1);
    }
}

/// The acts' lock already gives acts one order on PostgreSQL. The index holds without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_index_holds_against_writers_that_take_no_lock() {
    for test in stores().await {
        let office = office(&test).await;
        let mut tx = test.store.write().await.unwrap();
        for n in 1..=20u8 {
            let request = office.request(1, usize::from(n % 4), 0);
            let line = sample::line(n.into(), &request);
            line::begin(&mut tx, line, Timestamp(n.into())).await.unwrap();
            line::end(&mut tx, line.line, request.id, NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let test = Arc::new(test);
        let reviving: Vec<_> = (1..=20)
            .map(|n| {
                let test = Arc::clone(&test);
                let sql = format!("UPDATE line SET ended_at = NULL WHERE bound_at = {n}");
                tokio::spawn(async move { test.meddle(&sql).await })
            })
            .collect();
        let mut revived = 0;
        for one in reviving {
            revived += one.await.unwrap().unwrap_or(0);
        }
        assert_eq!(revived, 1, "{}", test.database);
    }
}
