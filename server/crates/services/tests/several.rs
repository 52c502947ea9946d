//! Requests of several items: what hangs together happens together, taken away first, and what cannot happen waits and
//! is named.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, upload},
    phone::{Phone, value},
    race::a_floor_of_phones,
};
use domain::{
    Code::{
        DeviceUnknown, EndpointEmpty, EndpointTaken, ExtensionTaken, ExtensionUnknown, FieldMissing,
        Forbidden, FormInvalid, OwnerNotActive, PlanChanged, PlanStale, ReplacementAlive, RequestState,
        RowDuplicate, StateInvalid,
    },
    authz::Role,
    time::HOUR,
};
use services::{
    Result,
    change_requests::{self, ItemPlace, SelectionInput},
    devices, jobs,
    view::{BulkInput, DeviceFilter, RequestInput},
};

/// What somebody types, besides the reason.
fn asked(kind: &str, from: (&str, u8), to: (&str, u8), extension: &str) -> RequestInput {
    RequestInput {
        kind: kind.to_owned(),
        mac: from.0.to_owned(),
        index: from.1.to_string(),
        extension: extension.to_owned(),
        to_mac: to.0.to_owned(),
        to_index: to.1.to_string(),
        reason: "They change desks.".to_owned(),
        ..RequestInput::default()
    }
}

async fn draft(halden: &Halden, input: &RequestInput) -> Result<i64> {
    change_requests::create(&halden.services, &halden.by("ada").await, input).await
}

async fn apply(halden: &Halden, input: &RequestInput) -> i64 {
    let number = draft(halden, input).await.unwrap();
    halden.sign(number).await;
    halden.apply(number).await.unwrap();
    assert_eq!(halden.state(number).await, "applied");
    number
}

#[tokio::test]
async fn a_line_moves_to_another_phone_with_another_credential() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (phone, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        halden.bind(PHONE, EXTENSION).await;
        let before = value(&phone.configuration(services).await, "account.1.password").to_owned();
        let number = apply(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await;
        assert_eq!(halden.lines(PHONE).await, Vec::<String>::new());
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        assert_eq!(value(&phone.configuration(services).await, "account.1.password"), "%NULL%");
        let after = other.configuration(services).await;
        assert_eq!(value(&after, "account.1.user_name"), EXTENSION);
        assert_ne!(value(&after, "account.1.password"), before);
        let acts: Vec<_> = halden.request(number).await.history.into_iter().map(|act| act.action).collect();
        assert!(acts.contains(&"change_request.apply".to_owned()), "{acts:?}");
    }
}

#[tokio::test]
async fn two_line_keys_exchange_their_lines_in_one_breath() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        apply(&halden, &asked("swap", (PHONE, 1), (OTHER_PHONE, 1), "")).await;
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        // Two keys of one phone, and back.
        halden.apply(halden.approved_bind(PHONE, 2, "2105").await).await.unwrap();
        apply(&halden, &asked("swap", (PHONE, 1), (PHONE, 2), "")).await;
        assert_eq!(halden.lines(PHONE).await, ["2105", OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn a_replacement_takes_every_line_and_waits_for_the_order_that_rotates_the_credentials() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.apply(halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await).await.unwrap();
        let number = draft(&halden, &asked("replace", (PHONE, 1), (OTHER_PHONE, 0), "")).await.unwrap();
        halden.sign(number).await;
        assert_eq!(halden.request(number).await.rows.len(), 4);
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [ReplacementAlive]);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION, OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn a_number_is_changed_only_as_the_rule_on_numbers_says() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number =
            draft(&halden, &asked("number-change", (PHONE, 1), ("", 0), OTHER_EXTENSION)).await.unwrap();
        halden.submit(number).await.unwrap();
        halden.approve(number).await.unwrap();
        let request = halden.request(number).await;
        let missing: Vec<_> = request.row.missing.iter().map(|m| (m.role, m.count)).collect();
        assert_eq!(missing, [(Role::Approver, 1)], "one is not enough");
        halden.approve_as("hedy", number).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn what_is_asked_for_is_there_and_is_not_there_already() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let cases = [
            (asked("move", (OTHER_PHONE, 1), (PHONE, 1), ""), EndpointEmpty),
            (asked("move", (PHONE, 1), (PHONE, 1), ""), FormInvalid),
            (asked("move", (PHONE, 1), (PHONE, 200), ""), FormInvalid),
            (asked("swap", (PHONE, 1), (OTHER_PHONE, 1), ""), EndpointEmpty),
            (asked("replace", (PHONE, 1), (PHONE, 0), ""), FormInvalid),
            (asked("replace", (OTHER_PHONE, 1), (PHONE, 0), ""), EndpointEmpty),
            (asked("number-change", (PHONE, 1), ("", 0), EXTENSION), FormInvalid),
        ];
        for (input, code) in cases {
            let refused = draft(&halden, &input).await.unwrap_err();
            assert_eq!(codes(&refused), [code], "{input:?}");
        }
    }
}

#[tokio::test]
async fn a_move_that_is_blocked_at_one_end_happens_at_neither() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        let refused = halden.apply(number).await.unwrap_err();
        assert_eq!(codes(&refused), [EndpointTaken]);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(halden.state(number).await, "approved");
    }
}

#[tokio::test]
async fn a_line_that_came_to_the_key_since_is_not_taken_away_for_another() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let revoke = halden.approved_unbind(PHONE).await;
        apply(&halden, &asked("number-change", (PHONE, 1), ("", 0), OTHER_EXTENSION)).await;
        let refused = halden.apply(revoke).await.unwrap_err();
        assert_eq!(codes(&refused), [EndpointEmpty]);
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
    }
}

#[tokio::test]
async fn a_move_is_stale_once_either_phone_is_another() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        halden.apply(halden.approved_bind(OTHER_PHONE, 2, "2105").await).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), PlanStale);
        assert_eq!(halden.state(number).await, "stale");
        let request = halden.request(number).await;
        assert!(request.rows.iter().all(|row| row.state.word() == "stale"), "{:?}", request.rows);
        // Looked at again, it is applied as it is now.
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION, "2105"]);
    }
}

#[tokio::test]
async fn of_many_who_move_one_line_one_does() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let mut numbers = vec![];
        for index in 1..=2 {
            let input = asked("move", (PHONE, 1), (OTHER_PHONE, index), "");
            let number = draft(&halden, &input).await.unwrap();
            numbers.push(halden.sign(number).await);
        }
        let (one, other) = tokio::join!(halden.apply(numbers[0]), halden.apply(numbers[1]));
        assert_eq!([&one, &other].iter().filter(|tried| tried.is_ok()).count(), 1, "{one:?} {other:?}");
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn an_owner_who_left_keeps_the_line_from_being_moved() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let number = draft(&halden, &asked("move", (PHONE, 1), (OTHER_PHONE, 1), "")).await.unwrap();
        halden.sign(number).await;
        let sql = "UPDATE person SET account = 'left' WHERE reference = 'P1003'";
        halden.database.meddle(sql).await.unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [OwnerNotActive]);
        let again = draft(&halden, &asked("bind", (OTHER_PHONE, 1), ("", 0), EXTENSION)).await.unwrap();
        let blocks: Vec<_> = halden.request(again).await.blocks.iter().map(|f| f.code).collect();
        assert!(blocks.contains(&ExtensionTaken), "{blocks:?}");
    }
}

const HEADER: &str = "kind,mac,line_key,extension,to_mac,to_line_key\n";

async fn bulk(halden: &Halden, rows: &str, all_or_nothing: bool) -> Result<i64> {
    let input = BulkInput {
        file: format!("{HEADER}{rows}").into_bytes(),
        reason: "The floor moves in.".to_owned(),
        external_ref: String::new(),
        all_or_nothing,
    };
    change_requests::create_bulk(&halden.services, &halden.by("ada").await, &input).await
}

/// Phones of London, and an extension for each.
const FLOOR: [(&str, &str); 6] = [
    ("80:5e:c0:10:00:01", "2101"),
    ("80:5e:c0:10:00:02", "2102"),
    ("80:5e:c0:10:00:03", "2103"),
    ("80:5e:c0:10:00:04", "2104"),
    ("80:5e:c0:10:00:05", "2105"),
    ("80:5e:c0:10:00:06", "2106"),
];

fn binds(phones: &[(&str, &str)]) -> String {
    let row = |(mac, extension): &(&str, &str)| format!("bind,{mac},1,{extension},,\n");
    phones.iter().map(row).collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn one_wrong_row_makes_nothing_of_any_and_is_named() {
    for halden in halden::open().await {
        let good = binds(&FLOOR);
        let cases = [
            ("bind,80:5e:c0:10:ff:ff,1,2107,,\n", DeviceUnknown, "row 8: mac"),
            ("bind,80:5e:c0:10:00:01,200,2107,,\n", FormInvalid, "row 8: line key"),
            ("bind,80:5e:c0:10:00:01,2,9999,,\n", ExtensionUnknown, "row 8: extension"),
            ("unbind,80:5e:c0:10:00:01,1,,,\n", EndpointEmpty, "row 8: line key"),
            ("bind,80:5e:c0:10:00:01,1,2107,,\n", RowDuplicate, "row 8"),
            ("bind,80:5e:c0:10:00:01,2,2106,,\n", RowDuplicate, "row 8"),
            ("break,80:5e:c0:10:00:01,2,2107,,\n", StateInvalid, "row 8: kind"),
        ];
        for (row, code, subject) in cases {
            let refused = bulk(&halden, &format!("{good}{row}"), false).await.unwrap_err();
            let found: Vec<_> = refused.findings.iter().map(|f| (f.code, f.subject.as_str())).collect();
            assert_eq!(found, [(code, subject)], "{row}");
        }
        let op = halden.by("ada").await;
        let made = change_requests::list(&halden.services, &op, "mine", "").await.unwrap();
        assert!(made.rows.is_empty(), "{:?}", made.rows);
    }
}

/// A node that applies two items at a time.
async fn in_slices(halden: &Halden) -> services::Services {
    let limits = services::limits::Limits { apply_slice: 2, ..services::limits::Limits::default() };
    halden.node_within(limits).await
}

#[tokio::test]
async fn a_long_request_is_applied_in_slices_and_what_is_blocked_waits() {
    for halden in halden::open().await {
        let node = in_slices(&halden).await;
        let ada = halden.by("ada").await;
        let number = bulk(&halden, &binds(&FLOOR), false).await.unwrap();
        halden.sign(number).await;
        // One extension is not enabled: its row waits, and the others go on around it.
        halden.database.meddle("UPDATE extension SET enabled = FALSE WHERE number = '2103'").await.unwrap();
        change_requests::apply(&node, &ada, number).await.unwrap();
        let acts = halden.request(number).await.history;
        let slices = acts.iter().filter(|act| act.action == "change_request.apply_part").count();
        assert_eq!(slices, 3, "{}", halden.name());
        assert_eq!(halden.state(number).await, "approved", "one row waits");
        let states = async || -> Vec<String> {
            let items = halden.request(number).await.rows;
            items.iter().map(|row| row.state.word().to_owned()).collect()
        };
        assert_eq!(states().await, ["applied", "applied", "blocked", "applied", "applied", "applied"]);
        halden.database.meddle("UPDATE extension SET enabled = TRUE WHERE number = '2103'").await.unwrap();
        change_requests::apply(&node, &ada, number).await.unwrap();
        assert_eq!(halden.state(number).await, "applied");
        for (mac, extension) in &FLOOR {
            assert_eq!(halden.lines(mac).await, [*extension]);
        }
    }
}

/// What makes the third line that begins an error of the database.
fn third_line_fails(halden: &Halden) -> &'static [&'static str] {
    if halden.name() == "SQLite" {
        return &[
            "CREATE TRIGGER dead BEFORE INSERT ON line WHEN (SELECT count(*) FROM line) >= 2 BEGIN SELECT RAISE(ABORT, 'dead'); END",
        ];
    }
    &[
        "CREATE FUNCTION dead() RETURNS trigger AS $$ BEGIN IF (SELECT count(*) FROM line) >= 2 THEN RAISE EXCEPTION 'dead'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER dead BEFORE INSERT ON line FOR EACH ROW EXECUTE FUNCTION dead()",
    ]
}

#[tokio::test]
async fn an_interruption_between_two_slices_loses_nothing_and_doubles_nothing() {
    for halden in halden::open().await {
        let node = in_slices(&halden).await;
        let number = bulk(&halden, &binds(&FLOOR), false).await.unwrap();
        halden.sign(number).await;
        let ada = halden.by("ada").await;
        // From the second slice on nothing can be written any more, as if the program had died there.
        for statement in third_line_fails(&halden) {
            halden.database.meddle(statement).await.unwrap();
        }
        let stopped = change_requests::apply(&node, &ada, number).await;
        assert!(stopped.is_err(), "{}", halden.name());
        let well_again =
            if halden.name() == "SQLite" { "DROP TRIGGER dead" } else { "DROP TRIGGER dead ON line" };
        halden.database.meddle(well_again).await.unwrap();
        let applied = |rows: &[services::view::ItemRow]| rows.iter().filter(|r| r.state.applied()).count();
        let view = halden.request(number).await;
        assert_eq!((view.row.state.word(), applied(&view.rows)), ("approved", 2));
        change_requests::apply(&node, &ada, number).await.unwrap();
        let view = halden.request(number).await;
        assert_eq!((view.row.state.word(), applied(&view.rows)), ("applied", 6));
        for (mac, extension) in &FLOOR {
            assert_eq!(halden.lines(mac).await, [*extension]);
        }
    }
}

/// A floor of 313 phones with sixteen keys each, and a line for every key.
#[tokio::test]
async fn of_five_thousand_rows_one_that_is_wrong_makes_nothing_of_any_and_all_are_one_draft_once_it_is_right()
{
    for halden in halden::open().await {
        let phones: Vec<_> =
            (0..313).map(|n| format!("80:5e:c0:12:{:02x}:{:02x}", n / 256, n % 256)).collect();
        let device = |(n, mac): (usize, &String)| format!("lon,YL46U9{n:06},{mac},yealink,T46U,2-14,voice\n");
        let devices: String = phones.iter().enumerate().map(device).collect();
        let keys = phones.iter().flat_map(|mac| (1..=16).map(move |key| (mac, key)));
        let rows: Vec<_> =
            keys.zip(30_000..).map(|((mac, key), number)| (mac, key, number)).take(5_000).collect();
        let extension = |(_, _, n): &(&String, u8, u32)| format!("lon,{n},place:lobby,yes,,internal,\n");
        let extensions: String = rows.iter().map(extension).collect();
        let sheets = [
            ("ranges", "site,kind,first,last\nlon,extension,30000,34999\n".to_owned()),
            ("devices", format!("site,serial,mac,vendor,model,place,segment\n{devices}")),
            (
                "extensions",
                format!("site,extension,owner,enabled,did,class_of_service,display_name\n{extensions}"),
            ),
        ];
        halden.import(sheets.map(|(name, text)| upload(name, text)).into()).await.unwrap();
        let row = |(mac, key, number): &(&String, u8, u32)| format!("bind,{mac},{key},{number},,\n");
        let good: Vec<String> = rows.iter().map(row).collect();
        let mut wrong = good.clone();
        wrong[4_321] = format!("bind,{},17,34321,,\n", rows[4_321].0);
        let before = halden.heads().await;
        let refused = bulk(&halden, &wrong.concat(), false).await.unwrap_err();
        assert_eq!(refused.findings.len(), 1, "{}: {refused}", halden.name());
        assert!(refused.to_string().contains("row 4323"), "{refused}");
        assert_eq!(halden.heads().await, before, "nothing happened");
        let number = bulk(&halden, &good.concat(), false).await.unwrap();
        assert_eq!(halden.request(number).await.row.items, 5_000);
    }
}

#[tokio::test]
async fn rows_that_are_blocked_wait_and_are_named_while_the_others_are_applied() {
    for halden in halden::open().await {
        let number = bulk(&halden, &binds(&FLOOR), false).await.unwrap();
        halden.submit(number).await.unwrap();
        halden.approve_as("hedy", number).await.unwrap();
        let suspend = "UPDATE person SET account = 'suspended' WHERE reference = 'P1002'";
        halden.database.meddle(suspend).await.unwrap();
        // The plan of one phone changes after it was approved.
        halden.apply(halden.approved_bind(FLOOR[4].0, 2, "2107").await).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.state(number).await, "approved", "two rows wait");
        let request = halden.request(number).await;
        let states: Vec<_> = request.rows.iter().map(|row| row.state.word()).collect();
        assert_eq!(states, ["applied", "blocked", "applied", "applied", "stale", "applied"]);
        assert_eq!(request.rows[1].blocks, [OwnerNotActive]);
        assert_eq!(halden.lines(FLOOR[0].0).await, ["2101"]);
        assert_eq!(halden.lines(FLOOR[1].0).await, Vec::<String>::new());
        assert_eq!(halden.lines(FLOOR[4].0).await, ["2107"]);

        // What was in the way is gone: that row is applied on the approval that stands. The stale one is not.
        let back = "UPDATE person SET account = 'active' WHERE reference = 'P1002'";
        halden.database.meddle(back).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(FLOOR[1].0).await, ["2102"]);
        assert_eq!(halden.lines(FLOOR[4].0).await, ["2107"]);

        // Alone, it makes the request stale, is looked at again, and completes it.
        assert_eq!(halden.apply(number).await.unwrap_err().code(), PlanStale);
        halden.sign(number).await;
        let left = halden.request(number).await;
        assert_eq!(left.plan.items.len(), 1, "what is left is signed alone");
        let first = devices::view(&halden.services, &halden.by("ada").await, FLOOR[0].0).await.unwrap();
        assert_eq!(first.endpoints[0].approver.as_deref(), Some("hedy"), "what stands keeps its approver");
        halden.apply(number).await.unwrap();
        assert_eq!(halden.state(number).await, "applied");
        assert_eq!(halden.lines(FLOOR[4].0).await, ["2105", "2107"]);
    }
}

#[tokio::test]
async fn all_or_nothing_is_that() {
    for halden in halden::open().await {
        let number = bulk(&halden, &binds(&FLOOR), true).await.unwrap();
        halden.sign(number).await;
        let suspend = "UPDATE person SET account = 'suspended' WHERE reference = 'P1002'";
        halden.database.meddle(suspend).await.unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [OwnerNotActive]);
        for (mac, _) in FLOOR {
            assert_eq!(halden.lines(mac).await, Vec::<String>::new());
        }
        let back = "UPDATE person SET account = 'active' WHERE reference = 'P1002'";
        halden.database.meddle(back).await.unwrap();
        halden.apply(halden.approved_bind(FLOOR[4].0, 2, "2107").await).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), PlanStale);
        assert_eq!(halden.state(number).await, "stale");
        for (mac, _) in &FLOOR[..4] {
            assert_eq!(halden.lines(mac).await, Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn a_page_costs_the_same_however_many_items_there_are() {
    for halden in halden::open().await {
        let store = &halden.database.store;
        let mut costs = vec![];
        for phones in [&FLOOR[..2], &FLOOR[2..]] {
            let number = bulk(&halden, &binds(phones), false).await.unwrap();
            let op = halden.by("grace").await;
            let before = store.statements();
            let view = change_requests::view(&halden.services, &op, number).await.unwrap();
            costs.push(store.statements() - before);
            assert_eq!(view.rows.len(), phones.len());
        }
        // The settings of the first devices are compared one by one: two statements each.
        let each = |n: u64| costs[0] + 2 * n;
        assert!(costs[1] <= each(2), "{costs:?}");
    }
}

/// Which phones of many were compared setting by setting, and that this is not known of the others.
#[tokio::test]
async fn the_second_answer_says_on_which_phones_settings_were_compared() {
    for halden in halden::open().await {
        let floor = a_floor_of_phones(&halden).await;
        let extensions: Vec<_> = (2101..2113).map(|number| number.to_string()).collect();
        let phones: Vec<_> =
            floor.iter().map(String::as_str).zip(extensions.iter().map(String::as_str)).collect();
        let number = bulk(&halden, &binds(&phones), false).await.unwrap();
        let plan = halden.request(number).await.plan;
        let answer = plan.answers.iter().find(|answer| answer.id == "F2").unwrap();
        let said = |start: &str| answer.facts.iter().find(|fact| fact.starts_with(start)).cloned();
        let compared = said("Settings were compared one by one on 10 devices").unwrap();
        let named = floor.iter().filter(|mac| compared.contains(mac.as_str())).count();
        let with = plan.items.iter().filter(|item| !item.differences.is_empty()).count();
        assert_eq!((named, with), (10, 10), "{}: {compared}", halden.name());
        let others = said("Of the other 2 devices, the plan holds every file that they would get").unwrap();
        assert!(others.contains("and not which settings change"), "{others}");
        assert!(plan.items.iter().all(|item| !item.artifacts_after.is_empty()), "every file is signed");
    }
}

#[tokio::test]
async fn items_are_grouped_by_what_is_in_the_way() {
    for halden in halden::open().await {
        let mut phones = FLOOR.to_vec();
        phones[5].1 = "2118";
        let number = bulk(&halden, &binds(&phones), false).await.unwrap();
        let request = halden.request(number).await;
        let groups: Vec<_> =
            request.groups.iter().map(|g| (g.blocks.contains(&OwnerNotActive), g.count)).collect();
        assert_eq!(groups, [(false, 5), (true, 1)]);
        let group = request.groups[1].name.clone();
        let op = halden.by("grace").await;
        let place = ItemPlace { group, after: String::new() };
        let view = change_requests::view_at(&halden.services, &op, number, &place).await.unwrap();
        assert_eq!(view.rows.iter().map(|row| row.extension.as_str()).collect::<Vec<_>>(), ["2118"]);
        let place = ItemPlace { group: String::new(), after: "4".to_owned() };
        let view = change_requests::view_at(&halden.services, &op, number, &place).await.unwrap();
        assert_eq!(view.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [5, 6]);
    }
}

#[tokio::test]
async fn a_request_is_applied_by_itself_when_its_time_comes() {
    for halden in halden::open().await {
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        let past = change_requests::schedule(services, &ada, number, ada.now).await.unwrap_err();
        assert_eq!(codes(&past), [FormInvalid]);
        change_requests::schedule(services, &ada, number, ada.now.plus(HOUR)).await.unwrap();
        assert_eq!(halden.state(number).await, "scheduled");
        jobs::minute(services).await;
        assert_eq!(halden.lines(PHONE).await, Vec::<String>::new(), "it is not due");
        halden.later(HOUR);
        jobs::minute(services).await;
        assert_eq!(halden.state(number).await, "applied");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        let acts: Vec<_> = halden.request(number).await.history;
        let applied = acts.iter().find(|act| act.action == "change_request.apply").unwrap();
        assert_eq!(applied.actor, None, "the program did it: {applied:?}");
    }
}

#[tokio::test]
async fn what_is_in_the_way_at_its_time_is_on_record_and_waits_for_a_person() {
    for halden in halden::open().await {
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let (one, two) = (FLOOR[0], FLOOR[1]);
        let blocked = halden.approved_bind(one.0, 1, one.1).await;
        let stale = halden.approved_bind(two.0, 1, two.1).await;
        let held = halden.approved_bind(FLOOR[2].0, 1, FLOOR[2].1).await;
        for number in [blocked, stale, held] {
            change_requests::schedule(services, &ada, number, ada.now.plus(HOUR)).await.unwrap();
        }
        change_requests::unschedule(services, &ada, held).await.unwrap();
        assert_eq!(change_requests::unschedule(services, &ada, held).await.unwrap_err().code(), RequestState);
        let suspend = "UPDATE person SET account = 'suspended' WHERE reference = 'P1001'";
        halden.database.meddle(suspend).await.unwrap();
        halden.apply(halden.approved_bind(two.0, 2, "2107").await).await.unwrap();
        halden.later(HOUR);
        jobs::minute(services).await;
        assert_eq!(halden.state(blocked).await, "approved");
        assert_eq!(halden.state(stale).await, "stale");
        assert_eq!(halden.state(held).await, "approved");
        let acts = halden.request(blocked).await.history;
        let why = acts.iter().find(|act| act.action == "change_request.unschedule").unwrap();
        assert!(why.reason.contains("suspended"), "{why:?}");
        for (mac, lines) in [(one.0, vec![]), (two.0, vec!["2107".to_owned()])] {
            assert_eq!(halden.lines(mac).await, lines);
        }
    }
}

/// A selection as its page shows it, sent back with what was ticked.
async fn revoke_selected(halden: &Halden, filter: &DeviceFilter, ticked: &[&str]) -> Result<i64> {
    let ada = halden.by("ada").await;
    let seen = change_requests::select(&halden.services, &ada, filter).await?.digest;
    let ticked = ticked.iter().map(|name| (*name).to_owned()).collect();
    let reason = "The floor moves out.".to_owned();
    let input = SelectionInput { filter: filter.clone(), seen, ticked, reason, ..SelectionInput::default() };
    change_requests::ask_selected(&halden.services, &ada, &input).await
}

#[tokio::test]
async fn a_selection_of_devices_is_one_request_and_an_empty_filter_selects_nothing() {
    for halden in halden::open().await {
        for (phone, extension) in &FLOOR[..3] {
            halden.bind(phone, extension).await;
        }
        let ada = halden.by("ada").await;
        let empty = change_requests::select(&halden.services, &ada, &DeviceFilter::default()).await.unwrap();
        assert_eq!((empty.devices, empty.lines.len()), (0, 0));
        let nothing = revoke_selected(&halden, &DeviceFilter::default(), &["805ec0100001-1"]).await;
        assert!(nothing.unwrap_err().to_string().contains("An empty filter selects nothing"));
        let blank = DeviceFilter { q: "  ".into(), ..DeviceFilter::default() };
        assert_eq!(codes(&revoke_selected(&halden, &blank, &[]).await.unwrap_err()), [FieldMissing]);

        // London is assisted: each line is ticked, and what is not stays.
        let london = DeviceFilter { site: "lon".into(), ..DeviceFilter::default() };
        let shown = change_requests::select(&halden.services, &ada, &london).await.unwrap();
        let lines: Vec<_> = shown.lines.iter().map(|line| (line.name(), line.each)).collect();
        let name = |n: usize| format!("805ec010000{n}-1");
        assert_eq!(lines, [(name(1), true), (name(2), true), (name(3), true)], "{}", halden.name());
        let untouched = revoke_selected(&halden, &london, &[]).await.unwrap_err();
        assert!(untouched.to_string().contains("No line is ticked"), "{untouched}");
        let number = revoke_selected(&halden, &london, &["805ec0100001-1", "805ec0100003-1"]).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        let left: Vec<_> =
            [&halden.lines(FLOOR[0].0).await, &halden.lines(FLOOR[1].0).await].map(Vec::len).into();
        assert_eq!(left, [0, 1]);

        // At a pilot all of them are taken, whatever is ticked.
        crate::scopes::set(&halden, "lon", "pilot", "10", 60).await.unwrap();
        let bound = DeviceFilter { state: "bound".into(), ..DeviceFilter::default() };
        let number = revoke_selected(&halden, &bound, &[]).await.unwrap();
        assert_eq!(halden.request(number).await.row.items, 1);
    }
}

/// Two tabs: what the first one showed is no longer what the filter selects.
#[tokio::test]
async fn a_selection_that_has_changed_since_it_was_shown_makes_nothing() {
    for halden in halden::open().await {
        crate::scopes::set(&halden, "lon", "pilot", "10", 60).await.unwrap();
        halden.bind(FLOOR[0].0, FLOOR[0].1).await;
        let ada = halden.by("ada").await;
        let filter = DeviceFilter { site: "lon".into(), ..DeviceFilter::default() };
        let seen = change_requests::select(&halden.services, &ada, &filter).await.unwrap().digest;
        halden.bind(FLOOR[1].0, FLOOR[1].1).await;
        let input = SelectionInput { filter, seen, reason: "Old.".into(), ..SelectionInput::default() };
        let stale = change_requests::ask_selected(&halden.services, &ada, &input).await.unwrap_err();
        assert_eq!(codes(&stale), [PlanChanged], "{}", halden.name());
        let refused =
            change_requests::select(&halden.services, &halden.by("grace").await, &input.filter).await;
        assert_eq!(codes(&refused.unwrap_err()), [Forbidden]);
    }
}

/// Two tabs, and the back button: the same request is submitted, approved and withdrawn from pages that are old.
#[tokio::test]
async fn an_old_page_of_a_request_does_nothing_a_second_time() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        let old = halden.request(number).await.digest;
        halden.submit(number).await.unwrap();
        assert_eq!(codes(&halden.submit(number).await.unwrap_err()), [RequestState], "{}", halden.name());
        // Meanwhile the phone gets another place, so the plan is another one.
        let moved = halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await;
        halden.apply(moved).await.unwrap();
        let grace = halden.by("grace").await;
        let secret = halden::password("grace");
        let stale = change_requests::approve(&halden.services, &grace, number, &old, &secret).await;
        assert_eq!(codes(&stale.unwrap_err()), [PlanChanged]);
        let none = change_requests::approve(&halden.services, &grace, number, "", &secret).await;
        assert_eq!(codes(&none.unwrap_err()), [PlanChanged]);
        halden.submit(number).await.unwrap();
        halden.approve(number).await.unwrap();
        halden.apply(number).await.unwrap();
        for again in [halden.submit(number).await, halden.apply(number).await] {
            assert_eq!(codes(&again.unwrap_err()), [RequestState]);
        }
        let back = change_requests::withdraw(&halden.services, &halden.by("ada").await, number).await;
        assert_eq!(codes(&back.unwrap_err()), [RequestState]);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION, OTHER_EXTENSION]);
    }
}
