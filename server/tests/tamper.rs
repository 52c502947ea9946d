//! The record is tamper-evident: whatever was done to it behind the program's back, `ledger verify` says where.

use crate::{
    phone::fetch,
    program::{Data, Demo, Ended},
    wire::Wire,
};
use domain::ledger::{Batch, GENESIS, Packer};
use storage::{Store, ledger};
use testkit::{TestStore, stores};

/// A record of a whole demonstration, with what it was before anybody touched it.
struct Record {
    data: Data,
    database: TestStore,
    last: i64,
}

impl Record {
    async fn of_a_day(database: TestStore) -> Self {
        database.store.close().await;
        let demo = Demo::start_on(Data::with_database(&database.address));
        let mut wire = Wire::https(&demo).await;
        for _ in 0..5 {
            assert_eq!(fetch(&mut wire, demo.bound()).await.status(), 200);
        }
        let data = demo.stop();
        for table in ["ledger_batch", "ledger_head"] {
            meddle(&database, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        let store = Store::open(&database.address).await.unwrap();
        let last = ledger::heads(&mut store.read().await.unwrap()).await.unwrap()[0].seq;
        store.close().await;
        Self { data, database, last }
    }

    async fn restore(&self) {
        for table in ["ledger_batch", "ledger_head"] {
            meddle(&self.database, &format!("DELETE FROM {table}")).await;
            meddle(&self.database, &format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        self.verify().succeeded();
    }

    fn verify(&self) -> Ended {
        self.data.run(&["ledger", "verify", "--json"])
    }

    /// Asserts that it is found, and which batch is named first.
    fn found(&self, how: &str, seq: i64, code: &str) {
        let ended = self.verify();
        ended.failed(1, &format!("node a batch {seq}: "));
        let said = ended.json();
        let fault = &said["faults"][0];
        let named = (fault["node"].as_str(), fault["seq"].as_i64(), fault["code"].as_str());
        assert_eq!(named, (Some("a"), Some(seq), Some(code)), "{}: {how}", self.database.database);
        assert_eq!(said["ok"], false);
    }

    /// Changes a batch and computes the rest of the chain anew, as somebody who knows how would.
    async fn forge_from(&self, seq: i64) {
        let store = Store::open(&self.database.address).await.unwrap();
        let batches = ledger::batches(&mut store.read().await.unwrap(), "a", 0).await.unwrap();
        store.close().await;
        let mut prev = GENESIS;
        for batch in batches {
            let mut json = batch.json().unwrap().into_owned();
            if batch.seq == seq {
                json.push(b' ');
            }
            let forged = Batch::link("a", batch.seq, batch.count, prev, &json, &mut Packer::default());
            prev = forged.hash;
            let (body, hash, before) =
                (self.blob(&forged.body), self.blob(&prev), self.blob(&forged.prev_hash));
            let set = format!("SET body = {body}, hash = {hash}, prev_hash = {before}");
            meddle(&self.database, &format!("UPDATE ledger_batch {set} WHERE seq = {}", batch.seq)).await;
        }
        meddle(&self.database, &format!("UPDATE ledger_head SET hash = {}", self.blob(&prev))).await;
    }

    fn blob(&self, bytes: &[u8]) -> String {
        let digits = hex::encode(bytes);
        if self.database.sqlite_file().is_some() { format!("X'{digits}'") } else { format!("'\\x{digits}'") }
    }
}

async fn meddle(database: &TestStore, sql: &str) {
    database.meddle(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

#[tokio::test]
async fn whatever_was_done_to_the_record_is_found_and_placed() {
    for database in stores().await {
        let record = Record::of_a_day(database).await;
        let ended = record.verify();
        ended.succeeded();
        assert_eq!(ended.json()["nodes"][0]["last_signed"], record.last, "signed to the end when it stopped");
        let (last, cut) = (record.last, record.last - 1);
        let head = format!(
            "UPDATE ledger_head SET seq = {cut}, hash = (SELECT hash FROM ledger_batch WHERE seq = {cut}), \
             count = count - (SELECT count FROM ledger_batch WHERE seq = {last})"
        );
        let truncate = format!("DELETE FROM ledger_batch WHERE seq = {last}");
        let body = record.blob(b"[]");
        let swap = "UPDATE ledger_batch SET seq = CASE seq WHEN 7 THEN -8 ELSE -7 END WHERE seq IN (7, 8)";
        for (how, seq, code, steps) in [
            (
                "a body is edited",
                5,
                "ledger.altered",
                &[&format!("UPDATE ledger_batch SET body = {body} WHERE seq = 5")[..]][..],
            ),
            (
                "a count is edited",
                5,
                "ledger.altered",
                &["UPDATE ledger_batch SET count = count + 1 WHERE seq = 5"],
            ),
            ("a batch is dropped", 6, "ledger.missing", &["DELETE FROM ledger_batch WHERE seq = 6"]),
            ("the first is dropped", 1, "ledger.missing", &["DELETE FROM ledger_batch WHERE seq = 1"]),
            (
                "two are swapped",
                7,
                "ledger.missing",
                &[swap, "UPDATE ledger_batch SET seq = -seq WHERE seq < 0"],
            ),
            ("the end is cut off", last, "ledger.truncated", &[&truncate]),
            ("the end is cut off and the head with it", last, "ledger.truncated", &[&head, &truncate]),
            ("all is gone", 1, "ledger.truncated", &["DELETE FROM ledger_batch", "DELETE FROM ledger_head"]),
        ] {
            for step in steps {
                meddle(&record.database, step).await;
            }
            record.found(how, seq, code);
            record.restore().await;
        }
        record.forge_from(5).await;
        let signed = ended.json()["checkpoints"].as_u64().unwrap();
        assert!(signed > 0);
        // What was signed is not what is there: named where the first signature no longer fits.
        let said = record.verify();
        assert_eq!((said.status, said.json()["faults"][0]["code"].as_str()), (1, Some("ledger.altered")));
        record.restore().await;
    }
}

#[tokio::test]
async fn a_checkpoint_file_that_was_edited_or_is_not_there_is_found() {
    let database = stores().await.swap_remove(0);
    let record = Record::of_a_day(database).await;
    let file = record.data.path().join("checkpoints.jsonl");
    let signed = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, signed.replacen("\"count\":", "\"count\":1", 1)).unwrap();
    let said = record.verify();
    assert_eq!(
        (said.status, said.json()["faults"][0]["code"].as_str()),
        (1, Some("ledger.checkpoint_forged"))
    );
    std::fs::write(&file, "nonsense\n").unwrap();
    assert_eq!(record.verify().status, 1);
    std::fs::remove_file(&file).unwrap();
    let missing = file.display().to_string();
    record.data.run(&["ledger", "verify", "--checkpoint", &missing]).failed(3, &missing);

    // A copy that was kept elsewhere is as good.
    let copy = record.data.folder.path().join("copy.jsonl");
    std::fs::write(&copy, signed).unwrap();
    let copy = copy.display().to_string();
    record.data.run(&["ledger", "verify", "--checkpoint", &copy]).succeeded();
}
