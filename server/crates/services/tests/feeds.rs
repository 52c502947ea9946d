//! Feeds of the people directory: what differs is written, too many endings are held, and somebody else releases them.

use crate::halden::{self, EXTENSION, Halden, PHONE, upload};
use domain::{Code, Timestamp, account::AccountState, feed::Limit, package::Kind};
use services::{Result, feeds, imports, people};

impl Halden {
    /// The people as they are, with some words replaced: what a directory would say.
    async fn directory(&self, changes: &[(&str, &str)]) -> String {
        let text = imports::export(&self.services, &self.by("ada").await, Kind::People).await.unwrap();
        let line = |line: &str| {
            let found = changes.iter().find(|(reference, _)| line.contains(&format!(",{reference},")));
            found
                .map_or_else(|| line.to_owned(), |(_, state)| line.replace(",active,", &format!(",{state},")))
        };
        text.lines().map(line).collect::<Vec<_>>().join("\r\n")
    }

    async fn feed(&self, text: String) -> i64 {
        let op = self.by("ada").await;
        feeds::stage(&self.services, &op, upload("directory", text), None).await.unwrap()
    }

    async fn apply_feed(&self, somebody: &str, number: i64) -> Result<Vec<i64>> {
        feeds::apply(&self.services, &self.by(somebody).await, number).await
    }

    async fn release(&self, somebody: &str, number: i64) -> Result<()> {
        let password = halden::password(somebody);
        feeds::release(&self.services, &self.by(somebody).await, number, &password, "the plant has closed")
            .await
    }

    /// Lets a feed end everybody: ada asks, grace approves.
    async fn raise_limit(&self) {
        let ada = self.by("ada").await;
        assert!(!feeds::set_limit(&self.services, &ada, "100", "100", "as agreed").await.unwrap());
        let grace = self.by("grace").await;
        let password = halden::password("grace");
        feeds::approve_raise(&self.services, &grace, "100", "100", &password).await.unwrap();
    }

    async fn feed_state(&self, number: i64) -> &'static str {
        feeds::view(&self.services, &self.by("linus").await, number).await.unwrap().row.state.word()
    }

    async fn account_of(&self, reference: &str) -> AccountState {
        people::view(&self.services, &self.by("linus").await, reference).await.unwrap().person.account
    }
}

const MANY: [&str; 8] = ["P1001", "P1002", "P1003", "P1004", "P1005", "P1006", "P1007", "P1008"];

fn left(references: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    references.iter().map(|reference| (*reference, "left")).collect()
}

#[tokio::test]
async fn what_differs_is_written_and_whoever_goes_leaves_a_request() {
    for halden in halden::open().await {
        let name = halden.name();
        halden.bind(PHONE, EXTENSION).await;
        let same = halden.feed(halden.directory(&[]).await).await;
        let before = halden.acts().await.len();
        assert_eq!(halden.apply_feed("ada", same).await.unwrap(), Vec::<i64>::new());
        let acts = halden.acts().await;
        let said: Vec<_> = acts.iter().skip(before).map(|a| a.action.as_str()).collect();
        assert_eq!(said, ["feed.apply", "feed.applied"], "what is as it was is no write: {name}");

        let mut text = halden.directory(&[("P1003", "suspended")]).await;
        text.push_str("\r\nlon,P9001,New Person,new@example.com,expected,2027-01-01,\r\n");
        let number = halden.feed(text).await;
        let asked = halden.apply_feed("ada", number).await.unwrap();
        let [request] = asked[..] else { panic!("one line stands: {asked:?}") };
        assert_eq!(halden.state(request).await, "submitted", "{name}");
        assert_eq!(halden.account_of("P1003").await, AccountState::Suspended, "{name}");
        assert_eq!(halden.account_of("P9001").await, AccountState::Expected, "{name}");
        let person = people::view(&halden.services, &halden.by("ada").await, "P1003").await.unwrap().person;
        assert_eq!(person.source, format!("feed {number}"), "{name}");
        assert_eq!(halden.apply_feed("ada", number).await.unwrap_err().code(), Code::RequestState, "{name}");
        let view = feeds::list(&halden.services, &halden.by("ada").await).await.unwrap();
        assert_eq!(view.last.map(|(number, _)| number), Some(number), "its age is a fact: {name}");
    }
}

#[tokio::test]
async fn too_many_endings_are_held_until_somebody_else_releases_them() {
    for halden in halden::open().await {
        let name = halden.name();
        let number = halden.feed(halden.directory(&left(&MANY)).await).await;
        assert_eq!(halden.feed_state(number).await, "held", "{name}");
        assert_eq!(halden.apply_feed("ada", number).await.unwrap_err().code(), Code::FeedHeld, "{name}");
        assert_eq!(halden.account_of("P1001").await, AccountState::Active, "{name}");
        assert_eq!(halden.release("ada", number).await.unwrap_err().code(), Code::ApprovalSelf, "{name}");
        assert_eq!(halden.release("linus", number).await.unwrap_err().code(), Code::Forbidden, "{name}");
        halden.release("grace", number).await.unwrap();
        assert_eq!(halden.feed_state(number).await, "released", "{name}");
        halden.apply_feed("ada", number).await.unwrap();
        assert_eq!(halden.account_of("P1001").await, AccountState::Left, "{name}");
        let act = halden.acts().await.into_iter().find(|a| a.action == "feed.release").unwrap();
        assert_eq!(
            (act.reason.as_str(), act.after.as_deref()),
            ("the plant has closed", Some("may end 8 accounts"))
        );
    }
}

#[tokio::test]
async fn a_release_is_for_what_the_feed_did_then_and_limits_are_a_setting() {
    for halden in halden::open().await {
        let name = halden.name();
        let op = halden.by("ada").await;
        let number = halden.feed(halden.directory(&left(&MANY)).await).await;
        // One of them has ended already when it is released, and works here again when it is applied.
        let set = async |account: &str| {
            let input = people::PersonInput { account: account.to_owned(), ..Default::default() };
            people::change(&halden.services, &halden.by("ada").await, "P1001", &input, "as told")
                .await
                .unwrap();
        };
        set("left").await;
        halden.release("mary", number).await.unwrap();
        set("active").await;
        assert_eq!(halden.apply_feed("ada", number).await.unwrap_err().code(), Code::FeedHeld, "{name}");
        assert_eq!(halden.feed_state(number).await, "held", "{name}");

        let wrong = feeds::set_limit(&halden.services, &op, "many", "101", "as agreed").await.unwrap_err();
        let fields: Vec<_> = wrong.findings.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(fields, ["accounts", "percent"], "{name}");
        halden.raise_limit().await;
        let after = halden.feed(halden.directory(&left(&MANY)).await).await;
        assert_eq!(halden.feed_state(after).await, "staged", "{name}");
        feeds::dismiss(&halden.services, &op, after, "the wrong file").await.unwrap();
        assert_eq!(halden.feed_state(after).await, "dismissed", "{name}");
    }
}

#[tokio::test]
async fn a_wrong_row_is_named_and_nothing_is_written() {
    for halden in halden::open().await {
        let mut text = halden.directory(&[("P1003", "left")]).await;
        text.push_str(
            "\r\nlon,P9001,New Person,new@example.com,gone,,\r\nmars,P9002,A,a@example.com,active,,\r\n",
        );
        let number = halden.feed(text).await;
        let refused = halden.apply_feed("ada", number).await.unwrap_err();
        let found: Vec<_> = refused.findings.iter().map(|f| f.code).collect();
        assert_eq!(found, [Code::StateInvalid, Code::SiteUnknown], "{}", halden.name());
        assert_eq!(halden.account_of("P1003").await, AccountState::Active, "{}", halden.name());
        let op = halden.by("ada").await;
        let late =
            feeds::stage(&halden.services, &op, upload("directory", "x"), Some(Timestamp(i64::MAX))).await;
        assert_eq!(late.unwrap_err().code(), Code::FormInvalid, "{}", halden.name());
    }
}

#[tokio::test]
async fn a_limit_is_lowered_by_one_and_raised_by_two() {
    for halden in halden::open().await {
        let (services, name) = (&halden.services, halden.name());
        let ada = halden.by("ada").await;
        let limit = async || feeds::list(services, &ada).await.unwrap().limit;
        assert!(feeds::set_limit(services, &ada, "5", "5", "fewer").await.unwrap(), "{name}");
        assert_eq!(limit().await, Limit { accounts: 5, percent: 5 }, "{name}");
        assert!(!feeds::set_limit(services, &ada, "4", "90", "more").await.unwrap(), "{name}");
        assert_eq!(limit().await, Limit { accounts: 5, percent: 5 }, "{name}: it waits");
        let second = feeds::set_limit(services, &ada, "50", "50", "more still").await.unwrap_err();
        assert_eq!(second.code(), Code::RequestState, "{name}");

        let approve = async |who: &str, percent: &str| {
            let op = halden.by(who).await;
            let done = feeds::approve_raise(services, &op, "4", percent, &halden::password(who)).await;
            done.map_err(|problem| problem.code())
        };
        assert_eq!(approve("ada", "90").await, Err(Code::ApprovalSelf), "{name}");
        assert_eq!(approve("linus", "90").await, Err(Code::Forbidden), "{name}");
        assert_eq!(approve("grace", "80").await, Err(Code::PlanChanged), "{name}");
        let refused = feeds::approve_raise(services, &halden.by("grace").await, "4", "90", "wrong").await;
        assert_eq!(refused.unwrap_err().code(), Code::SignInFailed, "{name}");
        assert_eq!(approve("grace", "90").await, Ok(()), "{name}");
        assert_eq!(limit().await, Limit { accounts: 4, percent: 90 }, "{name}");
        assert_eq!(approve("grace", "90").await, Err(Code::RequestState), "{name}");

        assert!(!feeds::set_limit(services, &ada, "50", "90", "more").await.unwrap(), "{name}");
        feeds::drop_raise(services, &ada, "not needed").await.unwrap();
        assert_eq!(limit().await, Limit { accounts: 4, percent: 90 }, "{name}");
        assert!(feeds::list(services, &ada).await.unwrap().raise.is_none(), "{name}");
        // The database holds it too.
        assert!(!feeds::set_limit(services, &ada, "50", "90", "more").await.unwrap(), "{name}");
        let alone =
            "UPDATE feed_limit_raise SET approved_by_id = asked_by_id, ended_at = 1 WHERE ended_at IS NULL";
        let refused = storage::Error::from(halden.database.meddle(alone).await.unwrap_err());
        assert_eq!(refused.constraint(), Some("feed_limit_raise_other_check"), "{name}");
    }
}
