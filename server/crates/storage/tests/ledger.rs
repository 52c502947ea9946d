//! The record: what is acknowledged is in it, in one order with what people do, and stays as it was.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Code, Timestamp,
    ids::DeviceId,
    ledger::{Checkpoint, Entry, Verified, Verifier},
};
use std::{sync::Arc, time::Duration};
use storage::{
    Store,
    ledger::{self, Chain, Expects, Pending, Place, Written},
};
use testkit::{
    sample::{NOW, act, id, probe, serve},
    stores,
};
use tokio::sync::Mutex;

const NODE: &str = "a";

fn free(entry: Entry) -> Pending {
    Pending { entry: Written::new(&entry).unwrap(), expects: Expects::default() }
}

/// Whoever commits for the first time has to look where the chain ends.
async fn commit_to(store: &Store, node: &str, pending: &[Pending]) -> Result<Vec<bool>, storage::Error> {
    Chain::new(store.clone(), node.to_owned()).commit(pending).await
}

async fn commit(store: &Store, entries: Vec<Entry>) {
    let pending: Vec<_> = entries.into_iter().map(free).collect();
    let won = commit_to(store, NODE, &pending).await.unwrap();
    assert!(won.iter().all(|won| *won));
}

/// The chain of a node as it is in the database.
async fn entries(store: &Store, node: &str) -> Vec<Entry> {
    let mut tx = store.read().await.unwrap();
    let (mut entries, mut from) = (vec![], 0);
    loop {
        let batches = ledger::batches(&mut tx, node, from).await.unwrap();
        let Some(last) = batches.last() else { return entries };
        from = last.seq;
        entries.extend(batches.iter().flat_map(|batch| batch.entries().unwrap()));
    }
}

async fn verify(store: &Store, node: &str, checkpoints: Vec<Checkpoint>) -> Verified {
    let mut tx = store.read().await.unwrap();
    let mut verifier = Verifier::new(node, checkpoints);
    let mut from = 0;
    loop {
        let batches = ledger::batches(&mut tx, node, from).await.unwrap();
        let Some(last) = batches.last() else { break };
        from = last.seq;
        for batch in &batches {
            verifier.push(batch);
        }
    }
    let heads = ledger::heads(&mut tx).await.unwrap();
    let head = heads.iter().find(|head| head.node == node).map(|head| (head.seq, head.hash, head.count));
    verifier.finish(head)
}

#[tokio::test]
async fn what_is_appended_and_committed_is_read_back_and_verifies() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        assert_eq!(ledger::append(&mut tx, NODE, &[act(1, 0)]).await.unwrap(), 1);
        assert_eq!(ledger::append(&mut tx, NODE, &[]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        commit(&test.store, vec![serve(1, 1), probe(3, 2)]).await;
        commit_to(&test.store, "b", &[free(serve(2, 3))]).await.unwrap();

        assert_eq!(entries(&test.store, NODE).await, [act(1, 0), serve(1, 1), probe(3, 2)]);
        assert_eq!(entries(&test.store, "b").await, [serve(2, 3)]);
        let verified = verify(&test.store, NODE, vec![]).await;
        assert_eq!((verified.batches, verified.entries, verified.faults), (2, 3, vec![]));

        let mut tx = test.store.read().await.unwrap();
        assert_eq!(ledger::nodes(&mut tx).await.unwrap(), ["a", "b"]);
        let heads = ledger::heads(&mut tx).await.unwrap();
        let heads: Vec<_> = heads.iter().map(|h| (h.node.as_str(), h.seq, h.count)).collect();
        assert_eq!(heads, [("a", 2, 3), ("b", 1, 1)]);
    }
}

/// Whoever keeps the end of a chain finds out when it is not the end any more, and when something has changed.
#[tokio::test]
async fn a_chain_that_is_kept_goes_on_after_what_others_did() {
    for test in stores().await {
        let mut chain = Chain::new(test.store.clone(), NODE.to_owned());
        let free = |n| [free(serve(1, n))];
        for n in 1..=3 {
            assert_eq!(chain.commit(&free(n)).await.unwrap(), [true]);
        }
        assert_eq!(chain.commit(&[]).await.unwrap(), [false; 0]);
        let mut tx = test.store.read().await.unwrap();
        let expects = Expects::read(&mut tx, &[id(1)]).await.unwrap();
        drop(tx);
        let resting = |n| [Pending { expects: expects.clone(), ..free(n)[0].clone() }];
        assert_eq!(chain.commit(&resting(4)).await.unwrap(), [true]);
        // An act that changes nothing that is read, one that does, and another edge.
        let mut tx = test.store.write().await.unwrap();
        ledger::append(&mut tx, NODE, &[act(1, 5)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(chain.commit(&resting(6)).await.unwrap(), [true], "{}", test.database);
        let mut tx = test.store.write().await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(chain.commit(&resting(7)).await.unwrap(), [false], "{}", test.database);
        commit_to(&test.store, NODE, &free(8)).await.unwrap();
        assert_eq!(chain.commit(&free(9)).await.unwrap(), [true]);
        assert_eq!(chain.commit(&free(10)).await.unwrap(), [true]);
        let seconds: Vec<_> = entries(&test.store, NODE).await.iter().map(Entry::at).collect();
        assert_eq!(seconds, [1, 2, 3, 4, 5, 6, 8, 9, 10].map(|n| serve(1, n).at()), "{}", test.database);
        assert_eq!(verify(&test.store, NODE, vec![]).await.faults, vec![]);
    }
}

#[tokio::test]
async fn what_is_rolled_back_leaves_no_trace() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        ledger::append(&mut tx, NODE, &[act(1, 0)]).await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        drop(tx);
        commit(&test.store, vec![serve(1, 1)]).await;
        assert_eq!(entries(&test.store, NODE).await, [serve(1, 1)]);
        let mut tx = test.store.read().await.unwrap();
        assert_eq!(ledger::generation(&mut tx, id(1)).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_entry_that_rests_on_old_facts_is_not_written_and_the_others_are() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = async |scopes: &[u128]| {
            let mut tx = test.store.read().await.unwrap();
            Expects::read(&mut tx, &scopes.iter().map(|scope| id(*scope)).collect::<Vec<_>>()).await.unwrap()
        };
        let (one, other, both) = (read(&[1]).await, read(&[2]).await, read(&[1, 2]).await);
        let mut tx = test.store.write().await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        tx.commit().await.unwrap();
        let resting = |second, expects: &Expects| Pending {
            entry: Written::new(&serve(1, second)).unwrap(),
            expects: expects.clone(),
        };
        let pending = [
            // Something else has changed, but not this.
            resting(1, &other),
            resting(2, &one),
            // Nothing has changed at all.
            resting(3, &read(&[1, 2]).await),
            resting(4, &both),
            resting(5, &Expects::default()),
        ];
        let won = commit_to(&test.store, NODE, &pending).await.unwrap();
        assert_eq!(won, [true, false, true, false, true], "{}", test.database);
        assert_eq!(entries(&test.store, NODE).await, [serve(1, 1), serve(1, 3), serve(1, 5)]);

        let won = commit_to(&test.store, NODE, &pending[1..2]).await.unwrap();
        assert_eq!(won, [false]);
        assert_eq!(verify(&test.store, NODE, vec![]).await.batches, 1, "a batch of losers is no batch");
    }
}

/// Invariant: replacement and serving have one order. A serve that arrives while an act commits waits, and loses.
#[tokio::test]
async fn a_serve_waits_for_an_act_that_changes_its_facts_and_loses() {
    for test in stores().await {
        let mut tx = test.store.read().await.unwrap();
        let expects = Expects::read(&mut tx, &[id(1)]).await.unwrap();
        drop(tx);
        let mut chain = Chain::new(test.store.clone(), NODE.to_owned());
        chain.commit(&[]).await.unwrap();
        let mut tx = test.store.write().await.unwrap();
        tx.lock_fence().await.unwrap();
        ledger::bump(&mut tx, [id(1)]).await.unwrap();
        ledger::append(&mut tx, NODE, &[act(1, 1)]).await.unwrap();
        let serving = tokio::spawn(async move {
            let pending = Pending { entry: Written::new(&serve(1, 2)).unwrap(), expects };
            chain.commit(&[pending]).await
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!serving.is_finished(), "{}", test.database);
        tx.commit().await.unwrap();
        assert_eq!(serving.await.unwrap().unwrap(), [false], "{}", test.database);
        assert_eq!(entries(&test.store, NODE).await, [act(1, 1)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_committers_at_once_make_one_chain_that_holds_all_of_them() {
    for test in stores().await {
        let committing: Vec<_> = (0..50)
            .map(|n| {
                let store = test.store.clone();
                tokio::spawn(
                    async move { commit_to(&store, NODE, &[free(serve(1, n)), free(probe(1, n))]).await },
                )
            })
            .collect();
        for committed in committing {
            assert_eq!(committed.await.unwrap().unwrap(), [true, true], "{}", test.database);
        }
        let verified = verify(&test.store, NODE, vec![]).await;
        assert_eq!((verified.batches, verified.entries, verified.faults), (50, 100, vec![]));
        let mut seconds: Vec<_> = entries(&test.store, NODE).await.iter().map(Entry::at).collect();
        seconds.sort_unstable();
        seconds.dedup();
        assert_eq!(seconds.len(), 50);
    }
}

/// Acts that bump and serves that rest on what they read, all at once: in the chain, no serve follows an act
/// that it did not know of.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_serve_follows_an_act_that_it_did_not_know_of() {
    for test in stores().await {
        let mut working = vec![];
        let chain = Arc::new(Mutex::new(Chain::new(test.store.clone(), NODE.to_owned())));
        for n in 0..10 {
            let store = test.store.clone();
            working.push(tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                tx.lock_fence().await.unwrap();
                ledger::bump(&mut tx, [id(1)]).await.unwrap();
                ledger::append(&mut tx, NODE, &[act(1, n)]).await.unwrap();
                tx.commit().await.unwrap();
            }));
            for _ in 0..5 {
                let (store, chain) = (test.store.clone(), Arc::clone(&chain));
                working.push(tokio::spawn(async move {
                    let mut tx = store.read().await.unwrap();
                    let expects = Expects::read(&mut tx, &[id(1)]).await.unwrap();
                    let generation = expects.of(id(1)).unwrap();
                    drop(tx);
                    // The second says how many acts this serve knew of.
                    let entry = Written::new(&serve(1, generation)).unwrap();
                    let pending = Pending { entry, expects };
                    chain.lock().await.commit(&[pending]).await.unwrap();
                }));
            }
        }
        for work in working {
            work.await.unwrap();
        }
        let mut acts = 0;
        for entry in entries(&test.store, NODE).await {
            match entry {
                Entry::Act(_) => acts += 1,
                entry => assert_eq!(entry.at(), serve(1, acts).at(), "{}", test.database),
            }
        }
        assert_eq!(acts, 10);
    }
}

async fn seen(store: &Store) -> (Vec<(Place, Entry)>, Vec<(Place, Entry)>, usize) {
    let mut tx = store.read().await.unwrap();
    let of_device = ledger::of_device(&mut tx, DeviceId(id(1))).await.unwrap();
    let acts = ledger::acts(&mut tx, Timestamp(i64::MAX)).await.unwrap();
    let probes = ledger::probes(&mut tx, Timestamp(i64::MAX)).await.unwrap();
    (of_device, acts, probes.len())
}

/// Projects what is read from the chain.
async fn project(store: &Store, node: &str) -> Result<usize, storage::Error> {
    ledger::project(store, node, &ledger::Recent::default()).await
}

#[tokio::test]
async fn what_is_remembered_is_projected_as_what_is_read() {
    for test in stores().await {
        let mut chain = Chain::new(test.store.clone(), NODE.to_owned());
        let recent = chain.recent();
        // The first finds the end, and an act of somebody else comes between: neither is remembered.
        for entries in [vec![serve(1, 1)], vec![serve(1, 2), serve(2, 3)], vec![probe(1, 4), act(2, 5)]] {
            chain.commit(&entries.into_iter().map(free).collect::<Vec<_>>()).await.unwrap();
        }
        commit(&test.store, vec![act(1, 6)]).await;
        for second in [7, 8] {
            chain.commit(&[free(serve(1, second))]).await.unwrap();
        }
        let before = seen(&test.store).await;
        let mut projected = 0;
        loop {
            match ledger::project(&test.store, NODE, &recent).await.unwrap() {
                0 => break,
                batches => projected += batches,
            }
            assert_eq!(seen(&test.store).await, before, "{}", test.database);
        }
        assert_eq!(projected, 6);
        chain.commit(&[free(serve(1, 9))]).await.unwrap();
        // What is remembered needs no chain: the batch is not read.
        test.meddle("DELETE FROM ledger_batch WHERE seq = 7").await.unwrap();
        assert_eq!(ledger::project(&test.store, NODE, &recent).await.unwrap(), 1);
        assert_eq!(ledger::project(&test.store, NODE, &recent).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_batch_that_meets_an_act_comes_after_it() {
    for test in stores().await {
        let mut chain = Chain::new(test.store.clone(), NODE.to_owned());
        for round in 0..40 {
            chain.commit(&[free(serve(1, round))]).await.unwrap();
            let mut tx = test.store.write().await.unwrap();
            ledger::append(&mut tx, NODE, &[act(1, round)]).await.unwrap();
            let batch = [free(serve(2, round))];
            let (committed, ended) = tokio::join!(chain.commit(&batch), tx.commit());
            ended.unwrap();
            assert_eq!(committed.unwrap(), [true], "{} {round}", test.database);
        }
        assert_eq!(entries(&test.store, NODE).await.len(), 120);
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_invisible_before_after_or_during_projection() {
    for test in stores().await {
        commit(&test.store, vec![serve(1, 1), serve(2, 2), probe(1, 3)]).await;
        commit(&test.store, vec![act(1, 4)]).await;
        let before = seen(&test.store).await;
        let of_device: Vec<_> = before.0.iter().map(|(_, entry)| entry.clone()).collect();
        assert_eq!(of_device, [act(1, 4), serve(1, 1)], "newest first");
        assert_eq!((before.1.len(), before.2), (1, 1));
        assert_eq!(before.1[0].0.to_string(), "a/2/0");

        assert_eq!(project(&test.store, NODE).await.unwrap(), 2);
        assert_eq!(project(&test.store, NODE).await.unwrap(), 0);
        assert_eq!(seen(&test.store).await, before, "{}", test.database);

        commit(&test.store, vec![serve(1, 5)]).await;
        commit_to(&test.store, "b", &[free(serve(1, 6))]).await.unwrap();
        let halfway = seen(&test.store).await;
        assert_eq!(halfway.0.len(), 4);
        for node in ["a", "b"] {
            assert_eq!(project(&test.store, node).await.unwrap(), 1);
        }
        assert_eq!(seen(&test.store).await, halfway, "{}", test.database);
    }
}

#[tokio::test]
async fn the_projection_can_be_thrown_away() {
    for test in stores().await {
        commit(&test.store, vec![serve(1, 1), act(1, 2)]).await;
        project(&test.store, NODE).await.unwrap();
        let before = seen(&test.store).await;
        for table in ["ledger_places", "ledger_of_kind", "ledger_watermark"] {
            test.meddle(&format!("DELETE FROM {table}")).await.unwrap();
        }
        assert_eq!(seen(&test.store).await, before);
        project(&test.store, NODE).await.unwrap();
        assert_eq!(seen(&test.store).await, before);
    }
}

#[tokio::test]
async fn every_edit_of_the_record_is_found() {
    // What to do to the batches or the head of a chain of three; NODE stands for its node.
    let cases = [
        (
            // What stands there then can be read, and says something else.
            "UPDATE ledger_batch SET body = (SELECT body FROM ledger_batch WHERE node = NODE AND seq = 1) WHERE node = NODE AND seq = 2",
            (Code::LedgerAltered, 2),
        ),
        ("UPDATE ledger_batch SET count = 2 WHERE node = NODE AND seq = 2", (Code::LedgerAltered, 2)),
        ("UPDATE ledger_batch SET hash = prev_hash WHERE node = NODE AND seq = 2", (Code::LedgerAltered, 2)),
        ("UPDATE ledger_batch SET prev_hash = hash WHERE node = NODE AND seq = 2", (Code::LedgerAltered, 2)),
        ("UPDATE ledger_batch SET seq = 9 WHERE node = NODE AND seq = 3", (Code::LedgerAltered, 9)),
        ("UPDATE ledger_batch SET node = 'x' WHERE node = NODE AND seq = 2", (Code::LedgerMissing, 2)),
        ("DELETE FROM ledger_batch WHERE node = NODE AND seq = 1", (Code::LedgerMissing, 1)),
        ("DELETE FROM ledger_batch WHERE node = NODE AND seq = 2", (Code::LedgerMissing, 2)),
        ("DELETE FROM ledger_batch WHERE node = NODE AND seq = 3", (Code::LedgerTruncated, 3)),
        ("UPDATE ledger_head SET seq = 4 WHERE node = NODE", (Code::LedgerTruncated, 4)),
        (
            "UPDATE ledger_head SET hash = (SELECT hash FROM ledger_batch WHERE node = NODE AND seq = 2) WHERE node = NODE",
            (Code::LedgerTruncated, 4),
        ),
    ];
    for test in stores().await {
        for (n, (sql, expected)) in cases.iter().enumerate() {
            let node = format!("node{n}");
            for second in 1..=3 {
                commit_to(&test.store, &node, &[free(serve(1, second))]).await.unwrap();
            }
            assert_eq!(verify(&test.store, &node, vec![]).await.faults, []);
            let sql = sql.replace("NODE", &format!("'{node}'"));
            assert_eq!(test.meddle(&sql).await.unwrap(), 1, "{sql}");
            let faults = verify(&test.store, &node, vec![]).await.faults;
            let found = faults.iter().any(|fault| (fault.code, fault.seq) == *expected);
            assert!(found, "{}: {sql}: {faults:?}", test.database);
        }
    }
}

async fn signed(store: &Store) -> Checkpoint {
    let mut tx = store.read().await.unwrap();
    let head = ledger::heads(&mut tx).await.unwrap().remove(0);
    let hash = domain::artifact::Digest(head.hash).to_string();
    Checkpoint { node: head.node, seq: head.seq, hash, count: head.count, at: NOW, signature: String::new() }
}

#[tokio::test]
async fn an_end_cut_off_with_its_head_is_found_by_a_checkpoint() {
    for test in stores().await {
        for second in 1..=3 {
            commit(&test.store, vec![serve(1, second)]).await;
        }
        let checkpoint = signed(&test.store).await;
        test.meddle("DELETE FROM ledger_batch WHERE seq = 3").await.unwrap();
        let head =
            "UPDATE ledger_head SET seq = 2, count = 2, hash = (SELECT hash FROM ledger_batch WHERE seq = 2)";
        test.meddle(head).await.unwrap();
        let faults = verify(&test.store, NODE, vec![checkpoint.clone()]).await.faults;
        assert_eq!((faults.len(), faults[0].code, faults[0].seq), (1, Code::LedgerTruncated, 3));
        assert_eq!(verify(&test.store, NODE, vec![]).await.faults, [], "which is why checkpoints are signed");

        // And going on from there does not hide it.
        commit(&test.store, vec![serve(1, 4)]).await;
        let faults = verify(&test.store, NODE, vec![checkpoint]).await.faults;
        assert_eq!((faults.len(), faults[0].code, faults[0].seq), (1, Code::LedgerAltered, 3));
    }
}

proptest::proptest! {
    /// An entry that is written again, but for its time, is the entry that it would have been.
    #[test]
    fn a_template_writes_what_the_entry_would(before: i64, at: i64) {
        let entry = |at| match serve(1, 0) {
            Entry::Serve(entry) => Entry::Serve(Box::new(domain::ledger::ServeEntry { at: Timestamp(at), ..*entry })),
            other => other,
        };
        let template = ledger::Template::new(&entry(before)).unwrap();
        let text = |written: Written| {
            let mut text = Vec::new();
            written.write(&mut text).unwrap();
            text
        };
        let again = text(Written::at(&template, Timestamp(at)));
        proptest::prop_assert_eq!(again, text(Written::new(&entry(at)).unwrap()));
    }
}

#[test]
fn only_a_serve_is_written_again() {
    assert!(ledger::Template::new(&act(1, 0)).is_none());
    assert!(ledger::Template::new(&probe(1, 0)).is_none());
}
