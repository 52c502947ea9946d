//! What was acknowledged is in the record, whenever the power goes (invariant 5).

use crate::{
    phone,
    program::{Data, Demo},
    wire::Wire,
};
use domain::ledger::Entry;
use sip::digest::Credential;
use std::collections::{BTreeMap, BTreeSet};
use storage::{Store, ledger};
use testkit::stores;
use tokio::{sync::mpsc, task::JoinSet};

/// Phones that ask at once, each over a connection of its own, as fast as they are answered.
const STORM: usize = 64;
/// Fetches that are answered before the power goes.
const BEFORE: usize = 600;

/// Tells one fetch from every other in the record.
type Name = String;

#[tokio::test(flavor = "multi_thread")]
async fn every_file_that_was_received_is_in_the_record_after_a_kill() {
    let rounds = if std::env::var_os("RINGFENCE_FULL").is_some() { 20 } else { 3 };
    for database in stores().await {
        database.store.close().await;
        let mut data = Data::with_database(&database.address);
        let mut received = BTreeSet::new();
        for round in 0..rounds {
            let (after, names) = killed_while_serving(data, round).await;
            data = after;
            received.extend(names);
            data.run(&["ledger", "verify"]).succeeded();
        }
        let recorded = recorded(&database.address).await;
        let lost: Vec<_> = received.iter().filter(|name| recorded.get(*name) != Some(&1)).collect();
        assert_eq!(lost, [&""; 0], "{}: {} were received", database.database, received.len());
        assert!(received.len() >= rounds * BEFORE);
        Demo::start_on(data).stop();
    }
}

/// Serves a stream of fetches and kills the server in the middle; returns the names of what was received.
async fn killed_while_serving(data: Data, round: usize) -> (Data, Vec<Name>) {
    let demo = Demo::start_on(data);
    let (acknowledged, mut seen) = mpsc::unbounded_channel();
    let mut crowd = JoinSet::new();
    for client in 0..STORM {
        let (mut wire, device) = (Wire::https(&demo).await, demo.bound().clone());
        let acknowledged = acknowledged.clone();
        let challenge = phone::md5(&phone::challenged(&mut wire, &device.steady_path).await);
        let credential = Credential::new(&device.digest_user, phone::REALM, &device.digest_password);
        crowd.spawn(async move {
            for n in 0.. {
                let name = format!("crash-{round}-{client}-{n}");
                let proof = phone::counted(&challenge, &device.steady_path, &credential, n + 1);
                let headers = [("User-Agent", name.as_str()), ("Authorization", proof.as_str())];
                let (path, headers) = if n % 2 == 0 {
                    (device.steady_path.as_str(), &headers[..])
                } else {
                    ("/y000000000123.cfg", &headers[..1])
                };
                let Ok(answer) = wire.try_ask("GET", path, headers).await else { return };
                assert_eq!(answer.status(), 200);
                acknowledged.send(name).unwrap();
            }
        });
    }
    drop(acknowledged);
    let mut names = vec![];
    while names.len() < BEFORE {
        names.push(seen.recv().await.unwrap());
    }
    // What is still being appended is no fault.
    demo.data.run(&["ledger", "verify"]).succeeded();
    let data = demo.kill();
    while let Some(name) = seen.recv().await {
        names.push(name);
    }
    crowd.join_all().await;
    (data, names)
}

/// How often each fetch is in the record.
async fn recorded(address: &str) -> BTreeMap<Name, usize> {
    let store = Store::open(address).await.unwrap();
    let (mut found, mut from) = (BTreeMap::new(), 0);
    loop {
        let batches = ledger::batches(&mut store.read().await.unwrap(), "a", from).await.unwrap();
        let Some(last) = batches.last() else { break };
        from = last.seq;
        for entry in batches.iter().flat_map(|batch| batch.entries().unwrap()) {
            if let Entry::Serve(serve) = entry {
                *found.entry(serve.user_agent).or_default() += 1;
            }
        }
    }
    store.close().await;
    found
}
