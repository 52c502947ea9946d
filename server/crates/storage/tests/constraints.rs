//! The database holds what it can, and says by which constraint.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    authz::Role,
    freeze::{Expiries, Freeze},
    gate::{Check, Evidence, SignOff},
    ids::{EvidenceId, FreezeId, RangeId, SiteId},
    number::{Number, NumberRange, RangeKind, State},
    site::{
        cutover::{Pace, Timed},
        step::{Step, StepKind},
    },
    time::DAY,
};
use storage::{Tx, change_request, freeze, gate, number, site, site_opening};
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

/// A freeze, and an opening with a step of each kind.
async fn opening(tx: &mut Tx, site: SiteId) {
    let (until, reason) = (NOW.plus(DAY), "year end".to_owned());
    let (from, expiries) = (NOW, Expiries::Wait);
    let year_end = Freeze { id: FreezeId(id(1)), site: Some(site), from, until, reason, expiries };
    freeze::insert(tx, &year_end, "ada", NOW).await.unwrap();
    site_opening::save(tx, site, &site_opening::Opening::default()).await.unwrap();
    site_opening::save_step(tx, site, &Step::usual(StepKind::Isp)).await.unwrap();
    let (title, owner) = ("Switch the trunk".to_owned(), "linus".to_owned());
    let (planned, pace) = (NOW, Pace::Waiting);
    let timed = Timed { number: 1, title, owner, planned, minutes: 30, back_out: true, pace };
    site_opening::save_timed(tx, site, &timed).await.unwrap();
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
        (
            "UPDATE change_request SET state_word = 'approved', plan = '{}', round = 1",
            "change_request_approved_check",
        ),
        (
            "UPDATE change_request SET state_word = 'applied', plan = '{}', round = 1",
            "change_request_approved_check",
        ),
        ("UPDATE change_request SET state_word = 'submitted'", "change_request_plan_check"),
        (
            "UPDATE change_request SET state_word = 'done', plan = '{}', round = 1",
            "change_request_state_check",
        ),
        ("UPDATE change_request SET kind = 'break'", "change_request_kind_check"),
        ("UPDATE change_request SET round = 1", "change_request_round_check"),
        ("UPDATE change_request SET items = 0", "change_request_items_check"),
        ("UPDATE change_request SET apply_at = 1", "change_request_schedule_check"),
        ("UPDATE change_request_item SET effect = 'break'", "change_request_item_effect_check"),
        ("UPDATE change_request_item SET state_word = 'done'", "change_request_item_state_check"),
        ("UPDATE change_request_item SET state_word = 'applied'", "change_request_item_applied_check"),
        ("UPDATE change_request_item SET state_word = 'blocked'", "change_request_item_blocked_check"),
        ("UPDATE device SET state = 'lost'", "device_state_check"),
        (
            "INSERT INTO replacement SELECT 1, device_id, device_id, 'planned', '{}', 1, NULL FROM device",
            "replacement_other_check",
        ),
        ("INSERT INTO exception_baseline VALUES ('mismatch', 0, 'ada', 1)", "exception_baseline_check"),
        ("UPDATE endpoint SET position = 0 WHERE position = 1", "endpoint_position_check"),
        ("UPDATE extension SET owner_place_id = (SELECT place_id FROM place)", "extension_one_owner_check"),
        ("UPDATE person SET account = 'gone'", "person_account_check"),
        ("UPDATE segment SET vlan = 4095", "segment_vlan_check"),
        ("UPDATE site SET scope = 'full'", "site_scope_check"),
        (
            "INSERT INTO user_site_role SELECT user_id, 'boss', site_id FROM user_account, site",
            "user_site_role_role_check",
        ),
        ("UPDATE gate_evidence SET valid_until = entered_at", "gate_evidence_order_check"),
        ("UPDATE gate_evidence SET check_name = 'luck'", "gate_evidence_check_name_check"),
        ("UPDATE gate_sign_off SET valid_until = signed_at", "gate_sign_off_order_check"),
        ("UPDATE freeze_period SET until_at = from_at", "freeze_period_order_check"),
        ("UPDATE freeze_period SET expiries = 'maybe'", "freeze_period_expiries_check"),
        ("UPDATE freeze_period SET lifted_at = 1", "freeze_period_lifted_check"),
        ("UPDATE site_opening SET stage = 'open'", "site_opening_stage_check"),
        ("UPDATE site_opening SET share = 0", "site_opening_share_check"),
        // Nobody but the service owner signs off.
        (
            "UPDATE site_opening SET signed_at = 1, signed_by_id = (SELECT user_id FROM user_account ORDER BY name LIMIT 1)",
            "site_opening_signed_check",
        ),
        ("UPDATE site_opening SET decision = 'go'", "site_opening_decided_check"),
        ("UPDATE site_step SET state = 'done'", "site_step_ended_check"),
        ("UPDATE site_step SET kind = 'luck'", "site_step_kind_check"),
        ("UPDATE cutover_step SET minutes = 0", "cutover_step_minutes_check"),
        ("UPDATE cutover_step SET ended_at = 1", "cutover_step_order_check"),
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
        opening(&mut tx, office.site.id).await;
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

#[tokio::test]
async fn overlapping_ranges_are_refused_by_one_name_on_each_database() {
    for test in stores().await {
        let office = test.office().await;
        let range = |n, kind, first: &str, last: &str| NumberRange {
            id: RangeId(id(n)),
            site: office.site.id,
            kind,
            first: first.into(),
            last: last.into(),
        };
        let mut tx = test.store.write().await.unwrap();
        for (n, kind, first, last) in [
            (1, RangeKind::Extension, "2000", "2099"),
            (2, RangeKind::Extension, "2100", "2199"),
            (3, RangeKind::Extension, "20000", "20999"),
            (4, RangeKind::Did, "+442079460000", "+442079460099"),
        ] {
            site::insert_range(&mut tx, &range(n, kind, first, last)).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (kind, first, last) in [
            (RangeKind::Extension, "2000", "2000"),
            (RangeKind::Extension, "1990", "2000"),
            (RangeKind::Extension, "1000", "9999"),
            (RangeKind::Extension, "2050", "2060"),
            (RangeKind::Did, "+442079460099", "+442079460100"),
        ] {
            let mut tx = test.store.write().await.unwrap();
            let refused = site::insert_range(&mut tx, &range(5, kind, first, last)).await.unwrap_err();
            assert_eq!(refused.constraint(), Some("number_range_overlap"), "{}: {first}", test.database);
        }
        let mut tx = test.store.write().await.unwrap();
        site::update_range(&mut tx, &range(2, RangeKind::Extension, "2101", "2150")).await.unwrap();
        let wider = range(2, RangeKind::Extension, "2099", "2150");
        let refused = site::update_range(&mut tx, &wider).await.unwrap_err();
        assert_eq!(refused.constraint(), Some("number_range_overlap"), "{}", test.database);
    }
}

#[tokio::test]
async fn a_number_has_one_holder_and_its_history_is_kept() {
    for test in stores().await {
        let office = test.office().await;
        let number = Number::parse("2001").unwrap();
        let [extension, other] = &office.extensions;
        let mut tx = test.store.write().await.unwrap();
        number::hold(&mut tx, id(1), &number, extension.id, extension.owner, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.store.write().await.unwrap();
        let twice = number::hold(&mut tx, id(2), &number, other.id, other.owner, NOW).await.unwrap_err();
        let name = twice.constraint().unwrap().to_owned();
        assert!(["number_holding_standing_key", "number_holding.key"].contains(&name.as_str()), "{name}");
        drop(tx);
        let mut tx = test.store.write().await.unwrap();
        assert!(number::let_go(&mut tx, &number, NOW.plus(DAY)).await.unwrap(), "{}", test.database);
        assert!(!number::let_go(&mut tx, &number, NOW.plus(DAY)).await.unwrap(), "{}", test.database);
        number::hold(&mut tx, id(2), &number, other.id, other.owner, NOW.plus(DAY)).await.unwrap();
        tx.commit().await.unwrap();
        for sql in [
            "DELETE FROM number_holding",
            "UPDATE number_holding SET until_at = 9223372036854775807 WHERE until_at IS NOT NULL",
            "UPDATE number_holding SET since_at = 0, until_at = 1 WHERE until_at IS NULL",
        ] {
            assert_eq!(refusal(&test, sql).await, "number_holding_kept", "{}: {sql}", test.database);
        }
        let mut tx = test.store.read().await.unwrap();
        let history = number::history(&mut tx, &number).await.unwrap();
        let stays: Vec<_> = history.iter().map(|h| (h.extension.as_str(), h.until_at.is_none())).collect();
        assert_eq!(stays, [("2002", true), ("2001", false)], "{}", test.database);
    }
}

#[tokio::test]
async fn the_database_computes_the_key_as_we_do() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        for text in ["10", "00", "0100", "2101", "99999999", "+1234567", "+442079460123", "+999999999999999"]
        {
            let number = Number::parse(text).unwrap();
            let state = State::Cooling { until: NOW.plus(DAY) };
            let (site, changed_at, changed_by) = (office.site.id, Some(NOW), "ada".to_owned());
            let record = number::Record { number: number.clone(), site, state, changed_at, changed_by };
            // The constraint `number_key_check` would say no.
            number::save(&mut tx, &record).await.unwrap();
            test.same(number::record(&mut tx, &number).await.unwrap(), Some(record));
        }
        assert_eq!(number::lapsed(&mut tx, NOW).await.unwrap().len(), 0, "{}", test.database);
        assert_eq!(number::lapsed(&mut tx, NOW.plus(DAY)).await.unwrap().len(), 8, "{}", test.database);
    }
}
