//! Freezes: what is approved waits, what would end inside one is decided beforehand, and who lifts it is on record.

use crate::halden::{self, EXTENSION, Halden, PHONE};
use domain::{
    Code, Timestamp,
    freeze::{Expiries, Freeze},
    ids::{FreezeId, SiteId},
    number::state::Act,
    time::DAY,
};
use services::{
    Result,
    freezes::{self, FreezeInput},
    jobs, numbers,
};
use uuid::Uuid;

/// Free in London.
const FREE: &str = "2150";

impl Halden {
    /// Freezes a site, or everything, so many days from now on for so many days.
    pub(crate) async fn freezes(&self, site: &str, from: i64, days: i64, expiries: &str) -> Result<()> {
        let op = self.by("ada").await;
        let at = |days: i64| op.now.plus(days * DAY).to_string();
        let input = FreezeInput {
            site: site.to_owned(),
            from: at(from),
            until: at(from + days),
            expiries: expiries.to_owned(),
        };
        freezes::define(&self.services, &op, &input, "year end").await
    }

    /// Every freeze as the calendar has it: id, word, subjects of what ends inside.
    async fn calendar(&self) -> Vec<(String, &'static str, Vec<String>)> {
        let op = self.by("linus").await;
        let rows = freezes::list(&self.services, &op).await.unwrap();
        let row = |row: freezes::FreezeRow| {
            let ending = row.ending.iter().map(|finding| finding.subject.clone()).collect();
            (row.listed.freeze.id.to_string(), row.word(op.now), ending)
        };
        rows.into_iter().map(row).collect()
    }

    async fn site(&self, code: &str) -> SiteId {
        let mut tx = self.database.store.read().await.unwrap();
        storage::site::by_code(&mut tx, code).await.unwrap().unwrap().id
    }

    async fn reserved_until(&self, number: &str) -> Option<Timestamp> {
        let op = self.by("linus").await;
        numbers::view(&self.services, &op, number).await.unwrap().state.ends()
    }
}

#[tokio::test]
async fn what_is_approved_waits_until_the_freeze_ends_and_then_is_applied() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        let before = halden.standing_of(PHONE).await;
        let held = halden.apply(number).await.unwrap_err();
        assert_eq!((held.kind, held.code()), (services::Kind::Conflict, Code::FreezeHolds));
        let until = halden.by("ada").await.now.plus(2 * DAY);
        let detail =
            format!("Until {until}, for the site: year end. May be lifted by: administrator, approver.");
        assert_eq!(held.findings[0].detail, detail, "{}", halden.name());
        assert_eq!(halden.standing_of(PHONE).await, before, "{}: nothing happened", halden.name());
        assert_eq!(halden.state(number).await, "approved");
        let blocks = halden.request(number).await.blocks;
        assert!(blocks.iter().any(|f| f.code == Code::FreezeHolds), "{blocks:?}");

        halden.later(2 * DAY);
        jobs::minute(&halden.services).await;
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "{}", halden.name());
    }
}

#[tokio::test]
async fn a_freeze_of_another_site_or_of_tomorrow_holds_nothing_and_one_of_the_organisation_does() {
    for halden in halden::open().await {
        halden.freezes("par", 0, 5, "run").await.unwrap();
        halden.freezes("lon", 1, 5, "run").await.unwrap();
        halden.bind(PHONE, EXTENSION).await;
        let unbind = halden.approved_unbind(PHONE).await;
        halden.freezes("", 0, 1, "run").await.unwrap();
        assert_eq!(halden.apply(unbind).await.unwrap_err().code(), Code::FreezeHolds, "{}", halden.name());
        let words: Vec<_> = halden.calendar().await.into_iter().map(|(_, word, _)| word).collect();
        assert_eq!(words, ["to come", "in force", "in force"], "{}", halden.name());
    }
}

#[tokio::test]
async fn it_is_lifted_by_somebody_with_a_reason_once() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        halden.freezes("", 0, 3, "wait").await.unwrap();
        let id = halden.calendar().await[0].0.clone();
        let lift = async |who: &str, why: &str| {
            freezes::lift(&halden.services, &halden.by(who).await, &id, why).await.map_err(|p| p.code())
        };
        assert_eq!(lift("linus", "why").await, Err(Code::Forbidden), "{}", halden.name());
        assert_eq!(lift("grace", " ").await, Err(Code::FieldMissing));
        lift("grace", "The phones of reception are dead.").await.unwrap();
        assert_eq!(lift("ada", "again").await, Err(Code::RequestState), "{}", halden.name());
        halden.apply(number).await.unwrap();
        assert_eq!(halden.calendar().await[0].1, "lifted");
        let op = halden.by("ada").await;
        let gone = freezes::lift(&halden.services, &op, "nothing", "why").await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);
        let input =
            FreezeInput { until: "2020-01-01T00:00".into(), expiries: "maybe".into(), ..Default::default() };
        let wrong = freezes::define(&halden.services, &op, &input, "why").await.unwrap_err();
        assert_eq!(halden::codes(&wrong), [Code::StateInvalid, Code::FormInvalid], "{}", halden.name());
        let input = FreezeInput { site: "osl".into(), ..input };
        let forbidden = freezes::define(&halden.services, &halden.by("linus").await, &input, "why").await;
        assert_eq!(forbidden.unwrap_err().code(), Code::Forbidden);
    }
}

#[tokio::test]
async fn what_is_said_later_waits_for_a_freeze_too_and_the_calendar_is_asked_again_at_its_end() {
    for halden in halden::open().await {
        let name = halden.name();
        let (start, site) = (halden.by("ada").await.now, halden.site("lon").await);
        let reserve = async |number: &str, until: Timestamp| {
            let act = Act::Reserve { until, whom: "the lab".into(), by: "ada".into() };
            numbers::carry_out(&halden.services, &halden.by("ada").await, number, act, "as agreed").await
        };
        halden.freezes("lon", 8, 5, "wait").await.unwrap();
        reserve(FREE, start.plus(10 * DAY)).await.unwrap();
        assert_eq!(halden.reserved_until(FREE).await, Some(start.plus(13 * DAY)), "{name}");

        // Of this one nothing was decided when it was made: another program wrote it.
        reserve("2151", start.plus(3 * DAY)).await.unwrap();
        let (from, until) = (start.plus(2 * DAY), start.plus(6 * DAY));
        let id = FreezeId(Uuid::from_u128(99));
        let reason = "stocktaking".to_owned();
        let other = Freeze { id, site: Some(site), from, until, reason, expiries: Expiries::Wait };
        let mut tx = halden.database.store.write().await.unwrap();
        storage::freeze::insert(&mut tx, &other, "somebody", start).await.unwrap();
        tx.commit().await.unwrap();
        halden.later(4 * DAY);
        jobs::minute(&halden.services).await;
        assert_eq!(halden.reserved_until("2151").await, Some(until), "{name}");
        let act = halden.acts().await.into_iter().find(|a| a.action == "number.prolong").unwrap();
        assert_eq!((act.subject.as_str(), act.reason.as_str()), ("2151", "It ended inside a freeze."));

        halden.later(3 * DAY);
        jobs::minute(&halden.services).await;
        assert_eq!(halden.reserved_until("2151").await, None, "{name}: it ends when the freeze has");
        assert_eq!(halden.reserved_until(FREE).await, Some(start.plus(13 * DAY)), "{name}");
    }
}

#[tokio::test]
async fn what_would_end_inside_is_decided_when_the_freeze_is_made() {
    for halden in halden::open().await {
        let end = halden.by("ada").await.now.plus(10 * DAY);
        for number in [FREE, "2151"] {
            let act = Act::Reserve { until: end, whom: "the lab".into(), by: "ada".into() };
            let op = halden.by("ada").await;
            numbers::carry_out(&halden.services, &op, number, act, "as agreed").await.unwrap();
        }
        halden.freezes("lon", 8, 5, "run").await.unwrap();
        assert_eq!(halden.reserved_until(FREE).await, Some(end), "{}: on its day", halden.name());
        let ending = halden.calendar().await[0].2.clone();
        assert_eq!(ending, ["number 2150", "number 2151"], "{}", halden.name());

        halden.freezes("par", 8, 5, "wait").await.unwrap();
        assert_eq!(halden.reserved_until(FREE).await, Some(end), "{}: another site's", halden.name());
        halden.freezes("lon", 9, 5, "wait").await.unwrap();
        let later = halden.by("ada").await.now.plus(14 * DAY);
        assert_eq!(halden.reserved_until(FREE).await, Some(later), "{}: it waits", halden.name());
        // London's gate is open for thirty days.
        halden.freezes("lon", 25, 10, "wait").await.unwrap();
        let gate = halden.calendar().await[0].2.clone();
        assert_eq!(gate, ["gate lon/voice"], "{}", halden.name());
    }
}
