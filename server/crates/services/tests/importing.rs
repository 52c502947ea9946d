//! An import is written in many transactions, and still it is all or nothing.

use crate::halden::{self, Halden, upload};
use domain::{
    Code::{ApprovalMissing, ImportBusy},
    ledger::Entry,
    package::Upload,
};
use services::imports;
use storage::import;

const ROWS: usize = 60;

fn floor() -> Vec<Upload> {
    let head = "site,serial,mac,vendor,model,place,segment".to_owned();
    let row = |n| format!("lon,FLOOR{n:04},24:9a:d8:00:00:{n:02x},yealink,T31G,2-14,voice");
    let rows: Vec<_> = std::iter::once(head).chain((0..ROWS).map(row)).collect();
    vec![upload("devices", rows.join("\n"))]
}

async fn actions(halden: &Halden) -> Vec<String> {
    let acts = halden.record().await.into_iter().filter_map(|entry| match entry {
        Entry::Act(act) => Some(act.action),
        _ => None,
    });
    acts.filter(|action| action.starts_with("import.")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_import_leaves_the_writer_to_others_in_between() {
    for halden in halden::open().await {
        let before = actions(&halden).await.len();
        halden.import(floor()).await.unwrap();
        let acts = actions(&halden).await.split_off(before);
        let parts = acts.iter().filter(|action| *action == "import.create").count();
        assert!(parts > 2, "{}: {acts:?}", halden.name());
        assert_eq!(acts.last().unwrap(), "import.commit", "{}", halden.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_import_is_finished_and_nobody_else_writes_one_meanwhile() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let whole = imports::stage(&halden.services, &op, floor()).await.unwrap();
        // Part of it is there, as if the program had been interrupted in the middle.
        let text = String::from_utf8(floor()[0].bytes.clone()).unwrap();
        let part: Vec<_> = text.lines().take(ROWS / 2).collect();
        halden.import(vec![upload("devices", part.join("\n"))]).await.unwrap();
        let mut tx = halden.database.store.write().await.unwrap();
        assert!(import::begin(&mut tx, whole.parse().unwrap(), "a").await.unwrap());
        tx.commit().await.unwrap();

        let one = "site,serial,mac,vendor,model,place,segment\nlon,OTHER1,24:9a:d8:00:01:00,yealink,T31G,2-14,voice\n";
        let other = imports::stage(&halden.services, &op, vec![upload("devices", one)]).await.unwrap();
        let busy = imports::commit(&halden.services, &op, &other).await.unwrap_err();
        assert_eq!(busy.code(), ImportBusy, "{}", halden.name());

        imports::resume(&halden.second_node().await).await.unwrap();
        assert!(imports::view(&halden.services, &op, &whole).await.unwrap().committed.is_none());
        imports::resume(&halden.services).await.unwrap();
        assert!(imports::view(&halden.services, &op, &whole).await.unwrap().committed.is_some());
        assert_eq!(actions(&halden).await.last().unwrap(), "import.commit", "{}", halden.name());
        halden.lines(&format!("24:9a:d8:00:00:{:02x}", ROWS - 1)).await;
    }
}

/// What a person imports of who rings is one draft; what leads no call anywhere, and the rest of the package, is there.
#[tokio::test]
async fn groups_and_forwardings_of_a_package_are_asked_for_by_whoever_imports_it() {
    for halden in halden::open().await {
        let ada = halden.by("ada").await;
        let sheets = [
            (
                "schedules",
                "site,schedule,name,time_zone,hours,holidays\nlon,office,Office,Europe/London,mon-fri 09:00-17:00,\n",
            ),
            (
                "hunt-groups",
                "site,hunt_group,name,members\nlon,desk,Desk,group:sales 2104\nlon,sales,Sales,2103\n",
            ),
            ("profiles", "extension,voicemail,forward_no_answer\n2103,yes,\n2104,yes,group:sales\n"),
        ];
        let files = sheets.map(|(name, text)| upload(name, text)).into();
        let id = imports::stage(&halden.services, &ada, files).await.unwrap();
        let number = imports::commit(&halden.services, &ada, &id).await.unwrap().expect("a draft");
        let groups = async || services::hunt_groups::list(&halden.services, &ada).await.unwrap().len();
        let profile = async |extension: &str| {
            let stored = services::profiles::view(&halden.services, &ada, extension).await.unwrap();
            stored.map(|stored| stored.profile.forwards.no_answer.is_some())
        };
        assert_eq!((groups().await, profile("2103").await), (0, Some(false)), "{}", halden.name());
        assert_eq!(profile("2104").await, None);
        let view = halden.request(number).await;
        let subjects: Vec<_> = view.plan.routes.iter().map(|route| route.subject.as_str()).collect();
        assert_eq!(subjects, ["hunt group sales", "hunt group desk", "extension 2104"]);
        let blocks: Vec<_> = view.blocks.iter().map(|finding| finding.code).collect();
        assert_eq!(blocks, [ApprovalMissing], "each is seen with the others");
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!((groups().await, profile("2104").await), (2, Some(true)));
        let desk = services::hunt_groups::view(&halden.services, &ada, "desk").await.unwrap();
        assert_eq!(desk.stored.group.members.len(), 2, "the inner group was there first");
    }
}
