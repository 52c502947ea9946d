//! The database holds what it can, and says by which constraint.

use domain::{
    authz::Role,
    gate::{Check, Evidence, SignOff},
    ids::{EvidenceId, RangeId},
    number::{NumberRange, RangeKind},
    time::DAY,
};
use storage::{change_request, gate, site};
use testkit::{
    TestStore,
    sample::{self, NOW, id},
    stores,
};

fn evidence(n: u128, check: Check, passed: bool, seconds: i64) -> Evidence {
    let at = NOW.plus(seconds);
    let by = sample::user(1, Role::SiteLead).actor.id;
    Evidence { id: EvidenceId(id(n)), check, passed, note: "tried".into(), by, at, until: at.plus(DAY) }
}

/// Which constraint refuses what `sql` says.
async fn refusal(test: &TestStore, sql: &str) -> String {
    match test.meddle(sql).await {
        Ok(changed) => format!("{changed} rows changed"),
        Err(error) => storage::Error::from(error).constraint().unwrap_or("not a constraint").to_owned(),
    }
}

#[tokio::test]
async fn rows_that_may_not_exist_are_refused_by_name() {
    let cases = [
        // Invariant 1: somebody other than the requester.
        ("UPDATE change_request SET approver_id = requester_id", "change_request_approver_check"),
        (
            "INSERT INTO approval SELECT change_request_id, requester_id, requester_id, 0 FROM change_request",
            "approval_other_check",
        ),
        ("UPDATE change_request SET state_word = 'approved', plan = '{}'", "change_request_approved_check"),
        ("UPDATE change_request SET state_word = 'applied', plan = '{}'", "change_request_approved_check"),
        ("UPDATE change_request SET state_word = 'submitted'", "change_request_plan_check"),
        ("UPDATE change_request SET state_word = 'done', plan = '{}'", "change_request_state_check"),
        ("UPDATE change_request SET kind = 'break'", "change_request_kind_check"),
        ("UPDATE device SET state = 'lost'", "device_state_check"),
        ("UPDATE endpoint SET position = 0 WHERE position = 1", "endpoint_position_check"),
        ("UPDATE extension SET owner_place_id = (SELECT place_id FROM place)", "extension_one_owner_check"),
        ("UPDATE person SET account = 'gone'", "person_account_check"),
        ("UPDATE segment SET vlan = 4095", "segment_vlan_check"),
        ("UPDATE site SET scope = 'full'", "site_scope_check"),
        ("UPDATE gate_evidence SET valid_until = entered_at", "gate_evidence_order_check"),
        ("UPDATE gate_evidence SET check_name = 'luck'", "gate_evidence_check_name_check"),
        ("UPDATE gate_sign_off SET valid_until = signed_at", "gate_sign_off_order_check"),
        ("UPDATE number_range SET first_number = '2100'", "number_range_order_check"),
        ("UPDATE number_range SET first_number = '200'", "number_range_order_check"),
    ];
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        change_request::insert(&mut tx, &office.request(1, 0, 0)).await.unwrap();
        gate::insert(&mut tx, office.segment.id, &evidence(1, Check::Dns, true, 0)).await.unwrap();
        let by = office.approver.actor.id;
        let signed = SignOff { by, at: NOW, until: NOW.plus(DAY), evidence: vec![] };
        gate::sign(&mut tx, office.segment.id, &signed).await.unwrap();
        let (first, last) = ("2000".into(), "2099".into());
        let range =
            NumberRange { id: RangeId(id(1)), site: office.site.id, kind: RangeKind::Extension, first, last };
        site::insert_range(&mut tx, &range).await.unwrap();
        tx.commit().await.unwrap();
        for (sql, name) in cases {
            assert_eq!(refusal(&test, sql).await, name, "{}: {sql}", test.database);
        }
    }
}

/// What `services` has to know to say what a clash means: PostgreSQL gives the name, SQLite the columns.
#[tokio::test]
async fn clashes_have_one_name_on_each_database() {
    let cases = [
        ("UPDATE device SET mac = '805ec0000001'", "device_mac_key", "device.mac"),
        ("UPDATE device SET serial = 'SN000001'", "device_serial_key", "device.serial"),
        ("UPDATE device SET digest_user = 'phone1'", "device_digest_user_key", "device.digest_user"),
        ("UPDATE extension SET number = '2001'", "extension_number_key", "extension.number"),
        ("UPDATE extension SET did = '+4420'", "extension_did_key", "extension.did"),
        ("UPDATE user_account SET name = 'user1'", "user_account_name_key", "user_account.name"),
        (
            "UPDATE endpoint SET position = 1",
            "endpoint_position_key",
            "endpoint.device_id, endpoint.kind, endpoint.position",
        ),
        ("UPDATE change_request SET number = 1", "change_request_number_key", "change_request.number"),
        (
            "UPDATE endpoint SET device_id = endpoint_id",
            "endpoint_device_id_fkey",
            "FOREIGN KEY constraint failed",
        ),
    ];
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        for n in 1..=2 {
            change_request::insert(&mut tx, &office.request(n, 0, 0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (sql, name, columns) in cases {
            let refusal = refusal(&test, sql).await;
            let expected = if test.database == "SQLite" { columns } else { name };
            assert_eq!(refusal, expected, "{}: {sql}", test.database);
        }
    }
}
