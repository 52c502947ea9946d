//! The numbering plan: ranges, the life of a number, who held it, and who rings if one dials it.

use crate::halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, upload};
use domain::{
    Code, Timestamp,
    ledger::Entry,
    number::{
        Did,
        rings::{Outcome, Stage},
        state::Act,
    },
    time::DAY,
};
use services::{
    Problem, Result, jobs,
    numbers::{
        self, ranges,
        view::{NumberFilter, NumberRow, NumberView, RangeInput},
    },
};

const FREE: &str = "2150";
const FREE_DID: &str = "+442079460150";

impl Halden {
    async fn number(&self, text: &str) -> NumberView {
        numbers::view(&self.services, &self.by("linus").await, text).await.unwrap()
    }

    async fn word(&self, text: &str) -> &'static str {
        self.number(text).await.state.word()
    }

    async fn does(&self, text: &str, act: Act) -> Result<()> {
        numbers::carry_out(&self.services, &self.by("ada").await, text, act, "as agreed").await
    }

    async fn gives(&self, text: &str, to: &str) -> Result<()> {
        numbers::assign(&self.services, &self.by("ada").await, text, to, "as agreed").await
    }

    async fn days(&self, days: i64) -> Timestamp {
        self.by("ada").await.now.plus(days * DAY)
    }

    async fn defines(&self, site: &str, kind: &str, first: &str, last: &str) -> Result<()> {
        let [site, kind, first, last] = [site, kind, first, last].map(str::to_owned);
        let input = RangeInput { site, kind, first, last };
        ranges::define(&self.services, &self.by("ada").await, &input, "more desks").await
    }

    async fn plan(&self, filter: NumberFilter) -> Vec<String> {
        let page = numbers::list(&self.services, &self.by("linus").await, &filter).await.unwrap();
        let row = |row: NumberRow| match row {
            NumberRow::Free(run) => format!("{} to {} free", run.first, run.last),
            NumberRow::Number(row) => format!("{} {} {}", row.number, row.state.word(), row.holder),
        };
        page.rows.into_iter().map(row).collect()
    }

    /// What the record says of acts on numbers and ranges: action, subject, before, after.
    async fn number_acts(&self) -> Vec<String> {
        let acts = self.record().await.into_iter().filter_map(|entry| match entry {
            Entry::Act(act) => Some(act),
            _ => None,
        });
        let own = acts.filter(|act| act.action.starts_with("number.") || act.action.starts_with("range."));
        own.map(|act| {
            let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            format!("{} {}: {} -> {}", act.action, act.subject, text(act.before), text(act.after))
        })
        .collect()
    }
}

fn reserve(until: Timestamp) -> Act {
    Act::Reserve { until, whom: "the new lab".to_owned(), by: "ada".to_owned() }
}

fn says(problem: &Problem) -> Vec<(Code, String)> {
    problem.findings.iter().map(|f| (f.code, f.detail.clone())).collect()
}

#[tokio::test]
async fn what_a_package_brings_is_somebodys_and_what_lies_between_is_free() {
    for halden in halden::open().await {
        let filter =
            NumberFilter { site: "lon".to_owned(), kind: "extension".to_owned(), ..Default::default() };
        let plan = halden.plan(filter.clone()).await;
        assert_eq!(plan[0], "2100 to 2100 free", "{}", halden.name());
        assert_eq!(plan[1], "2101 assigned Ada Marlowe");
        assert_eq!(plan.last().unwrap(), "2121 to 2199 free");
        let free = halden.plan(NumberFilter { state: "available".to_owned(), ..filter.clone() }).await;
        assert_eq!(free, ["2100 to 2100 free", "2121 to 2199 free"], "{}", halden.name());
        let after = halden.plan(NumberFilter { after: "2119".to_owned(), ..filter }).await;
        assert_eq!(after[1..], ["2121 to 2199 free"], "{}", halden.name());
        let everywhere = NumberFilter { state: "assigned".to_owned(), ..Default::default() };
        assert!(halden.plan(everywhere).await.contains(&"+33199000101 assigned Amélie Durance".to_owned()));

        let view = halden.number("+442079460101").await;
        assert_eq!(view.extension.unwrap().number.as_ref(), "2101");
        let [holding] = &view.history[..] else { panic!("one holder") };
        assert_eq!((holding.person.as_deref(), holding.until_at), (Some("P1001"), None));
    }
}

#[tokio::test]
async fn a_range_that_overlaps_is_refused_and_named() {
    for halden in halden::open().await {
        let refused = halden.defines("par", "extension", "2199", "3100").await.unwrap_err();
        let overlap = |detail: &str| (Code::RangeOverlap, detail.to_owned());
        assert_eq!(
            says(&refused),
            [
                overlap("It overlaps `2100` to `2199` of site `lon`."),
                overlap("It overlaps `3100` to `3199` of site `par`.")
            ],
            "{}",
            halden.name()
        );
        let country = halden.defines("lon", "did", "02079460200", "02079460299").await.unwrap_err();
        assert!(country.findings[0].detail.contains("without its country code"), "{country}");
        let nowhere = halden.defines("osl", "extension", "5100", "5199").await.unwrap_err();
        assert_eq!(nowhere.code(), Code::SiteUnknown);
        halden.defines("par", "extension", "2200", "2299").await.unwrap();
        assert_eq!(halden.word("2250").await, "available");
        let acts = halden.number_acts().await;
        assert_eq!(acts, ["range.define extension range 2200: - -> 2200 to 2299"], "{}", halden.name());
    }
}

#[tokio::test]
async fn a_range_is_altered_around_its_numbers_and_given_up_when_all_are_free() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let all = ranges::list(&halden.services, &op).await.unwrap();
        let row = all.into_iter().find(|row| row.range.first == "2100").unwrap();
        assert_eq!((row.range.size(), row.available()), (100, 80), "{}", halden.name());
        let id = row.range.id.to_string();
        let alter = async |first: &str, last: &str| {
            ranges::alter(&halden.services, &op, &id, first, last, "smaller").await
        };
        let lost = alter("2105", "2110").await.unwrap_err();
        let in_use = |detail: &str| (Code::RangeInUse, detail.to_owned());
        assert_eq!(
            says(&lost),
            [in_use("4 of them, the first is `2101`."), in_use("10 of them, the first is `2111`.")],
            "{}",
            halden.name()
        );
        assert_eq!(alter("3000", "3100").await.unwrap_err().code(), Code::RangeOverlap);
        alter("2101", "2130").await.unwrap();
        assert_eq!(ranges::view(&halden.services, &op, &id).await.unwrap().available(), 10);
        let kept = ranges::remove(&halden.services, &op, &id, "gone").await.unwrap_err();
        assert_eq!(kept.code(), Code::RangeInUse);

        halden.defines("lon", "extension", "5100", "5199").await.unwrap();
        let all = ranges::list(&halden.services, &op).await.unwrap();
        let row = all.into_iter().find(|row| row.range.first == "5100").unwrap();
        ranges::remove(&halden.services, &op, &row.range.id.to_string(), "not needed").await.unwrap();
        let gone = numbers::view(&halden.services, &op, "5150").await.unwrap_err();
        assert_eq!(gone.code(), Code::NumberOutside, "{}", halden.name());
        let dids = ranges::list(&halden.services, &op).await.unwrap();
        let dids = dids.into_iter().find(|row| row.range.first == "+442079460100").unwrap();
        let id = dids.range.id.to_string();
        let (first, last) = ("+442079460101", "+442079460199");
        let shorter = ranges::alter(&halden.services, &op, &id, first, last, "shorter");
        let callback = shorter.await.unwrap_err();
        assert!(callback.findings[0].detail.contains("Emergency services"), "{callback}");
    }
}

#[tokio::test]
async fn a_reservation_ends_by_itself_and_a_given_back_number_cools() {
    for halden in halden::open().await {
        halden.does(FREE, reserve(halden.days(10).await)).await.unwrap();
        assert_eq!(halden.word(FREE).await, "reserved");
        let row = "lon,2150,person:P1001,yes,,national,Somebody";
        let package = format!("site,extension,owner,enabled,did,class_of_service,display_name\n{row}\n");
        let refused = halden.import(vec![upload("extensions", package)]).await.unwrap_err();
        assert_eq!(refused.code(), Code::NumberState, "{}", halden.name());
        halden.later(10 * DAY);
        assert_eq!(halden.word(FREE).await, "available", "at once, whatever the sweep does");
        jobs::minute(&halden.services).await;

        halden.gives(FREE, "person:P1001").await.unwrap();
        assert_eq!(halden.word(FREE).await, "assigned");
        let cools = halden.days(90).await;
        halden.does(FREE, Act::Release { until: cools }).await.unwrap();
        let cooling = halden.number(FREE).await;
        assert_eq!(cooling.state.word(), "cooling");
        assert!(cooling.extension.is_some_and(|x| x.owner.is_none() && !x.enabled), "{}", halden.name());
        let early = halden.gives(FREE, "person:P1002").await.unwrap_err();
        assert_eq!(early.code(), Code::NumberState, "{}", halden.name());
        halden.later(90 * DAY);
        halden.gives(FREE, "place:lobby").await.unwrap();
        let history = halden.number(FREE).await.history;
        let who: Vec<_> = history.iter().map(|h| (h.person.as_deref(), h.place.as_deref())).collect();
        assert_eq!(who, [(None, Some("lobby")), (Some("P1001"), None)], "{}", halden.name());
        assert!(history[1].until_at <= history[0].since_at);

        let acts: Vec<_> = halden.number_acts().await;
        let actions: Vec<_> = acts.iter().map(|act| act.split_once(' ').unwrap().0).collect();
        let expected =
            ["reserve", "lapse", "assign", "release", "assign"].map(|verb| format!("number.{verb}"));
        assert_eq!(actions, expected, "{}", halden.name());
        assert_eq!(
            acts[4].split_once(": ").unwrap().1,
            "available -> assigned to Lobby (place:lobby)",
            "{}",
            halden.name()
        );
    }
}

#[tokio::test]
async fn a_number_in_service_is_not_released() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let until = halden.days(30).await;
        for number in [EXTENSION, "+442079460103"] {
            let refused = halden.does(number, Act::Release { until }).await.unwrap_err();
            assert_eq!(refused.code(), Code::NumberInService, "{}", halden.name());
            assert!(refused.findings[0].detail.contains("line key 1"), "{refused}");
        }
        let callback = halden.does("+442079460100", Act::PortOut { on: until }).await.unwrap_err();
        assert_eq!(callback.code(), Code::NumberInService, "{}", halden.name());
        assert!(callback.findings[0].detail.contains("Emergency services"), "{callback}");

        let request = halden.approved_unbind(PHONE).await;
        halden.apply(request).await.unwrap();
        halden.does("+442079460103", Act::Release { until }).await.unwrap();
        halden.does(EXTENSION, Act::Release { until }).await.unwrap();
        let view = halden.number(EXTENSION).await;
        assert_eq!(view.state.word(), "cooling", "{}", halden.name());
        // Nobody gets a line with it: it has no owner.
        let bind = halden.draft_bind(OTHER_PHONE, 1, EXTENSION).await.unwrap();
        let blocks = halden.request(bind).await.blocks;
        assert!(blocks.iter().any(|f| f.code == Code::OwnerMissing), "{blocks:?}");
    }
}

#[tokio::test]
async fn a_did_is_given_to_an_extension_of_its_site_that_is_not_in_service() {
    for halden in halden::open().await {
        halden.gives(FREE, "person:P1001").await.unwrap();
        for (to, code) in [
            ("2999", Code::ExtensionUnknown),
            ("3101", Code::ExtensionForeign),
            ("2101", Code::NumberDuplicate),
        ] {
            assert_eq!(halden.gives(FREE_DID, to).await.unwrap_err().code(), code, "{}: {to}", halden.name());
        }
        let foreign = halden.gives("2151", "person:P2001").await.unwrap_err();
        assert_eq!(foreign.code(), Code::OwnerUnknown, "{}", halden.name());
        halden.bind(PHONE, FREE).await;
        let in_service = halden.gives(FREE_DID, FREE).await.unwrap_err();
        assert_eq!(in_service.code(), Code::NumberInService, "{}", halden.name());
        let request = halden.approved_unbind(PHONE).await;
        halden.apply(request).await.unwrap();
        halden.gives(FREE_DID, FREE).await.unwrap();
        assert_eq!(halden.number(FREE).await.extension.unwrap().did.unwrap().as_ref(), FREE_DID);
        assert_eq!(halden.word(FREE_DID).await, "assigned");
    }
}

#[tokio::test]
async fn a_number_is_ported_when_somebody_says_so_and_not_by_its_date() {
    for halden in halden::open().await {
        let on = halden.days(20).await;
        let temporary = Some(Did::parse("+442079460151").unwrap());
        let foreign = Some(Did::parse("+33199000150").unwrap());
        let wrong = halden.does(FREE_DID, Act::PortIn { on, temporary: foreign }).await.unwrap_err();
        assert_eq!(wrong.code(), Code::NumberForeign, "{}", halden.name());
        halden.does(FREE_DID, Act::PortIn { on, temporary }).await.unwrap();
        let steps = halden.number(FREE_DID).await.steps;
        assert_eq!((steps.len(), steps[0].outcome), (1, Outcome::Unknown), "{}", halden.name());
        halden.later(30 * DAY);
        jobs::minute(&halden.services).await;
        assert_eq!(halden.word(FREE_DID).await, "porting-in", "{}", halden.name());
        assert!(halden.gives(FREE_DID, "2101").await.is_err());
        halden.does(FREE_DID, Act::Complete).await.unwrap();
        assert_eq!(halden.word(FREE_DID).await, "available", "{}", halden.name());

        let on = halden.days(5).await;
        let did = "+442079460104";
        halden.does(did, Act::PortOut { on }).await.unwrap();
        assert_eq!(halden.number(did).await.steps[0].outcome, Outcome::GoesOn, "it works until then");
        halden.does(did, Act::Complete).await.unwrap();
        let gone = halden.number(did).await;
        assert_eq!((gone.state.word(), gone.extension), ("ported-out", None), "{}", halden.name());
        assert!(gone.history[0].until_at.is_some(), "{}", halden.name());
        assert_eq!(halden.number("2104").await.extension.unwrap().did, None);
    }
}

#[tokio::test]
async fn the_way_of_a_call_says_what_is_known_and_what_is_not() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let steps = halden.number("+442079460103").await.steps;
        let way: Vec<_> = steps.iter().map(|step| (step.stage, step.outcome)).collect();
        assert_eq!(
            way,
            [
                (Stage::Number, Outcome::GoesOn),
                (Stage::Extension, Outcome::GoesOn),
                (Stage::Schedule, Outcome::Unknown),
                (Stage::Group, Outcome::Unknown),
                (Stage::Forward, Outcome::Unknown),
                (Stage::Endpoint, Outcome::Unknown),
                (Stage::Voicemail, Outcome::Unknown),
            ],
            "{}",
            halden.name()
        );
        assert!(steps[1].says.contains("2103 of Carys Penrose"), "{}", steps[1].says);
        assert_eq!(steps[5].mac.as_deref(), Some("805ec0100003"));
        assert!(steps[5].says.contains("no call control is configured"), "{}", steps[5].says);
        assert!(steps.iter().filter(|s| s.outcome != Outcome::Unknown).all(|s| s.source.is_some()));
    }
}

#[tokio::test]
async fn of_many_who_want_a_number_one_gets_it() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let people = ["P1001", "P1002", "P1003", "P1004", "P1005", "P1006", "P1007", "P1008"];
        let tries = people.map(|person| {
            let (services, op) = (halden.services.clone(), op.clone());
            tokio::spawn(async move {
                numbers::assign(&services, &op, FREE, &format!("person:{person}"), "mine").await
            })
        });
        let mut won = 0;
        for outcome in tries {
            match outcome.await.unwrap() {
                Ok(()) => won += 1,
                Err(problem) => assert_eq!(problem.code(), Code::NumberState, "{}", halden.name()),
            }
        }
        assert_eq!((won, halden.number(FREE).await.history.len()), (1, 1), "{}", halden.name());
    }
}

#[tokio::test]
async fn only_an_administrator_changes_numbers_and_always_with_a_reason() {
    for halden in halden::open().await {
        let until = halden.days(10).await;
        for name in ["grace", "linus"] {
            let op = halden.by(name).await;
            let refused = numbers::carry_out(&halden.services, &op, FREE, reserve(until), "why").await;
            assert_eq!(refused.unwrap_err().code(), Code::Forbidden, "{}: {name}", halden.name());
            let refused = numbers::assign(&halden.services, &op, FREE, "person:P1001", "why").await;
            assert_eq!(refused.unwrap_err().code(), Code::Forbidden, "{}: {name}", halden.name());
            let input = RangeInput::default();
            let refused = ranges::define(&halden.services, &op, &input, "why").await;
            assert_eq!(refused.unwrap_err().code(), Code::Forbidden, "{}: {name}", halden.name());
        }
        let op = halden.by("ada").await;
        let refused = numbers::carry_out(&halden.services, &op, FREE, reserve(until), " ").await.unwrap_err();
        assert_eq!(refused.code(), Code::FieldMissing, "{}", halden.name());
        assert_eq!(halden.word(FREE).await, "available", "{}", halden.name());
    }
}
