//! Phones of a selection are put at another place of their site, by a request that somebody else approves.

use crate::{
    halden::{self, EXTENSION, Halden, PHONE, codes},
    layers::file,
};
use domain::{Code, plan::Rerouting};
use services::{
    Result,
    change_requests::{self, About, SelectionInput},
    devices,
    site_facts::{self, PlaceInput},
    view::{DeviceFilter, DeviceView},
};

/// It has no line, and stands elsewhere.
const BARE: &str = "80:5e:c0:10:00:06";
const LINE: &str = "805ec0100003-1";
const NO_LINE: &str = "805ec0100006-0";

async fn ask(halden: &Halden, place: &str, ticked: &[&str]) -> Result<i64> {
    let ada = halden.by("ada").await;
    let filter = DeviceFilter { site: "lon".into(), ..DeviceFilter::default() };
    let found = change_requests::select(&halden.services, &ada, &filter).await?;
    let ticked = ticked.iter().map(|name| (*name).to_owned()).collect();
    let (about, reason) = (About::Place(place.to_owned()), "The desk moves.".to_owned());
    let input =
        SelectionInput { filter, seen: found.digest, about, ticked, reason, ..SelectionInput::default() };
    change_requests::ask_selected(&halden.services, &ada, &input).await
}

async fn device(halden: &Halden, mac: &str) -> DeviceView {
    devices::view(&halden.services, &halden.by("ada").await, mac).await.unwrap()
}

#[tokio::test]
async fn phones_with_and_without_a_line_stand_elsewhere_once_it_is_approved_and_applied() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let had = file(&halden, PHONE).await;
        let number = ask(&halden, "2-15", &[LINE, NO_LINE]).await.unwrap();
        let view = halden.request(number).await;
        assert_eq!((view.row.kind.word(), view.row.items), ("relocation", 2), "{}", halden.name());
        let Rerouting { subject, before, after, differences, .. } = &view.plan.routes[0];
        assert_eq!(subject, "phone 80:5e:c0:10:00:03");
        assert!(before.as_ref().unwrap().starts_with("lobby: Halden House, 0, Lobby; emergency location: "));
        assert!(
            after.as_ref().unwrap().contains("2nd floor, room 2.15; callback: +442079460100"),
            "{after:?}"
        );
        assert!(differences.is_empty() && view.blocks.iter().all(|f| f.code == Code::ApprovalMissing));
        assert_eq!(device(&halden, PHONE).await.row.place, "lobby", "a draft changes nothing");

        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        for mac in [PHONE, BARE] {
            let view = device(&halden, mac).await;
            assert_eq!(view.row.place, "2-15", "{}: {mac}", halden.name());
            assert!(view.emergency.contains("room 2.15"), "{}", view.emergency);
        }
        assert_eq!(file(&halden, PHONE).await, had, "its files stay");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        let acts = halden.acts().await.into_iter().filter(|act| act.action == "device.set_place");
        let by: Vec<_> = acts.map(|act| act.reason).collect();
        let why = format!("CR-{number}: The desk moves.");
        assert_eq!(by, [why.clone(), why]);

        let again = ask(&halden, "2-15", &[LINE, NO_LINE]).await.unwrap_err();
        assert!(again.to_string().contains("so already"), "{again}");
        // London is assisted: what nobody ticked stays; and a place of Paris is none here.
        assert!(ask(&halden, "1-01", &[]).await.unwrap_err().to_string().contains("is ticked"));
        for place in ["a-101", "nowhere"] {
            assert_eq!(codes(&ask(&halden, place, &[LINE]).await.unwrap_err()), [Code::PlaceUnknown]);
        }
        assert_eq!(codes(&ask(&halden, " ", &[LINE]).await.unwrap_err()), [Code::FieldMissing]);
    }
}

/// What was signed is where an emergency call from it would be located.
#[tokio::test]
async fn another_emergency_location_meanwhile_makes_it_stale() {
    for halden in halden::open().await {
        let number = ask(&halden, "2-15", &[NO_LINE]).await.unwrap();
        halden.sign(number).await;
        let place = PlaceInput {
            code: "2-15".to_owned(),
            building: "Halden House".to_owned(),
            floor: "3".to_owned(),
            room: "3.15".to_owned(),
            emergency_location: "14 Larkspur Wharf, 3rd floor".to_owned(),
            callback_number: "+442079460100".to_owned(),
            contact: String::new(),
        };
        let ada = halden.by("ada").await;
        site_facts::put_place(&halden.services, &ada, "lon", &place, "The rooms were renumbered.")
            .await
            .unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::PlanStale], "{}", halden.name());
        assert_eq!(device(&halden, BARE).await.row.place, "1-03");
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!(device(&halden, BARE).await.emergency, "14 Larkspur Wharf, 3rd floor");
    }
}
