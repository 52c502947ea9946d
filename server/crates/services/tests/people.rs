//! People and their accounts: days in order, and what becomes of the lines of somebody who has gone.

use crate::halden::{self, EXTENSION, Halden, PHONE, upload};
use domain::{
    Code,
    account::{AccountState, Day},
    package::Kind,
};
use services::{
    Result, change_requests, imports,
    people::{self, PersonFilter, PersonInput, PersonView},
};

/// Who has [`EXTENSION`].
const WHO: &str = "P1003";

impl Halden {
    async fn person(&self, reference: &str) -> PersonView {
        people::view(&self.services, &self.by("linus").await, reference).await.unwrap()
    }

    async fn account(&self, account: &str, starts: &str, ends: &str) -> Result<Vec<i64>> {
        let [account, starts, ends] = [account, starts, ends].map(str::to_owned);
        let input = PersonInput { account, starts, ends };
        people::change(&self.services, &self.by("ada").await, WHO, &input, "told by the directory").await
    }

    async fn today(&self) -> Day {
        Day::of(self.by("ada").await.now)
    }
}

#[tokio::test]
async fn an_account_changes_with_days_in_order_and_its_source() {
    for halden in halden::open().await {
        assert_eq!(halden.person(WHO).await.person.source, "import 1", "{}", halden.name());
        for (account, starts, ends, codes) in [
            ("gone", "", "", vec![Code::StateInvalid]),
            ("active", "23.11.2026", "2026-02-30", vec![Code::FormInvalid, Code::FormInvalid]),
            ("active", "2026-11-23", "2026-11-23", vec![Code::DatesOrder]),
            ("active", "2026-11-23", "2026-11-22", vec![Code::DatesOrder]),
        ] {
            let refused = halden.account(account, starts, ends).await.unwrap_err();
            let found: Vec<_> = refused.findings.iter().map(|f| f.code).collect();
            assert_eq!(found, codes, "{}: {account} {starts} {ends}", halden.name());
        }
        halden.account("active", "2020-01-01", "2020-02-01").await.unwrap();
        let view = halden.person(WHO).await;
        assert_eq!((view.person.source.as_str(), view.person.account), ("ada", AccountState::Active));
        assert_eq!(view.person.ends, Day::parse("2020-02-01"), "{}", halden.name());
        let found = view.findings(halden.today().await);
        assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::AccountOverdue]);
        let op = halden.by("grace").await;
        let forbidden = people::change(&halden.services, &op, WHO, &PersonInput::default(), "why").await;
        assert_eq!(forbidden.unwrap_err().code(), Code::Forbidden, "{}", halden.name());
    }
}

#[tokio::test]
async fn whoever_goes_leaves_a_request_for_each_line_and_it_is_asked_once() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let asked = halden.account("suspended", "", "").await.unwrap();
        let [number] = asked[..] else { panic!("one line stands: {asked:?}") };
        assert_eq!(halden.state(number).await, "submitted", "{}", halden.name());
        let request = halden.request(number).await;
        assert!(request.reason.contains("Carys Penrose is suspended"), "{}", request.reason);
        assert_eq!(halden.account("left", "", "").await.unwrap(), Vec::<i64>::new(), "{}", halden.name());

        let found = halden.person(WHO).await.findings(halden.today().await);
        assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::OwnerSuspendedKept]);
        let filter = PersonFilter { account: "left".to_owned(), ..Default::default() };
        let op = halden.by("linus").await;
        let rows = people::list(&halden.services, &op, &filter).await.unwrap().rows;
        assert_eq!(rows.iter().map(|r| (r.reference.as_str(), r.lines)).collect::<Vec<_>>(), [(WHO, 1)]);
        // Whoever asked does not approve; somebody else does, and the line ends.
        let (ada, password) = (halden.by("ada").await, halden::password("ada"));
        let own = change_requests::approve(&halden.services, &ada, number, &request.digest, &password);
        assert_eq!(own.await.unwrap_err().code(), Code::Forbidden, "{}", halden.name());
        halden.approve(number).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, Vec::<String>::new(), "{}", halden.name());
        assert!(halden.person(WHO).await.findings(halden.today().await).is_empty());
    }
}

#[tokio::test]
async fn what_is_exported_is_imported_as_it_was() {
    for halden in halden::open().await {
        halden.account("active", "2026-01-01", "").await.unwrap();
        let op = halden.by("ada").await;
        let mut files = vec![];
        for kind in Kind::ALL {
            let text = imports::export(&halden.services, &op, kind).await.unwrap();
            files.push(upload(kind.name(), text));
        }
        let (package, findings) = imports::check(&halden.services, &op, &files).await.unwrap();
        assert_eq!(findings, [], "{}", halden.name());
        assert_eq!(package.created(), 0, "{}", halden.name());
        let (original, _) = imports::check(&halden.services, &op, &halden::package()).await.unwrap();
        assert_eq!(original.unchanged + 1, package.unchanged, "one has a first day now: {}", halden.name());
        let forbidden = imports::export(&halden.services, &halden.by("linus").await, Kind::People).await;
        assert_eq!(forbidden.unwrap_err().code(), Code::Forbidden, "{}", halden.name());
    }
}
