//! A handset that is lost loses its lines at once, and one that was lent and does not come back is somebody's case.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes},
    phone::{Phone, value},
    platform::Node,
};
use domain::{
    Code,
    exception::Kind,
    fence::Serve,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use services::{
    Problem, Services, devices, exceptions, jobs, losses, numbers,
    replacements::{self, EndInput, OpenInput},
    reviews,
};
use tokio::task::JoinSet;

const WHY: &str = "Stolen from the desk overnight.";

async fn lost(halden: &Halden, by: &str, mac: &str) -> Result<i64, Problem> {
    losses::report(&halden.services, &halden.by(by).await, mac, WHY).await
}

async fn step(halden: &Halden, number: i64) -> String {
    let op = halden.by("ada").await;
    exceptions::view(&halden.services, &op, number).await.unwrap().listed.exception.state
}

#[tokio::test]
async fn a_lost_handset_loses_its_lines_at_once_and_its_person_keeps_the_number() {
    for halden in halden::open().await {
        let table = Node::of(&halden, None).await;
        halden.bind(PHONE, EXTENSION).await;
        assert_eq!(table.drain().await, [EXTENSION]);
        let phone = Phone::of(&halden, PHONE).await;
        halden.later(SECOND);
        let before = numbers::view(&halden.services, &halden.by("ada").await, EXTENSION).await.unwrap();
        let case = lost(&halden, "linus", PHONE).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [""; 0], "{}", halden.name());
        halden.later(SECOND);
        assert_eq!(table.drain().await, [""; 0], "nobody can register with its credential");
        let ada = halden.by("ada").await;
        assert_eq!(devices::view(&halden.services, &ada, PHONE).await.unwrap().row.state, "retired");
        let file = phone.configuration(&halden.services).await;
        assert_eq!(value(&file, "account.1.enable"), "0");
        assert_eq!(halden.last_serve().await.decision, Serve::Clear);
        assert_eq!(step(&halden, case).await, "reported");
        let after = numbers::view(&halden.services, &ada, EXTENSION).await.unwrap();
        assert_eq!(after.state, before.state, "it is still whose it was");

        // Nobody approved it, so somebody else looks at it.
        let queue = reviews::list(&halden.services, &ada).await.unwrap();
        let used = queue.open[0].0.clone();
        assert_eq!((used.by, used.name), (format!("EX-{case}"), "linus".to_owned()));
        assert_eq!(halden.state(used.number).await, "applied");
        reviews::review(&halden.services, &ada, used.number, "in-order", "It was stolen.").await.unwrap();

        // Another handset gets the number by a request like any other, once the old contact has ended.
        halden.bind(OTHER_PHONE, EXTENSION).await;
        halden.later(HOUR + MINUTE);
        assert_eq!(table.drain().await, [EXTENSION]);

        // Found and reset: it may be assigned again, and whoever read its credential knows nothing.
        let ada = halden.by("ada").await;
        let refused = losses::found(&halden.services, &halden.by("linus").await, case, "Here.").await;
        assert_eq!(codes(&refused.unwrap_err()), [Code::Forbidden]);
        losses::found(&halden.services, &ada, case, "In the cellar; reset.").await.unwrap();
        let view = devices::view(&halden.services, &ada, PHONE).await.unwrap();
        assert_eq!((view.row.state.as_str(), view.row.place.as_str()), ("active", ""));
        assert!(halden.cases(false).await.is_empty());
        let twice = losses::found(&halden.services, &ada, case, "Again.").await.unwrap_err();
        assert_eq!(codes(&twice), [Code::RequestState]);
    }
}

#[tokio::test]
async fn what_cannot_be_lost_is_refused_and_nothing_else_waits() {
    for halden in halden::open().await {
        for (who, mac, code) in [
            ("hedy", PHONE, Code::Forbidden),
            ("grace", PHONE, Code::Forbidden),
            ("ada", "80:5e:c0:99:99:99", Code::DeviceUnknown),
            ("ada", "no such thing", Code::DeviceUnknown),
        ] {
            assert_eq!(codes(&lost(&halden, who, mac).await.unwrap_err()), [code], "{who} {mac}");
        }
        // Without a line there is nothing to take away; the handset is retired all the same.
        lost(&halden, "linus", OTHER_PHONE).await.unwrap();
        assert_eq!(codes(&lost(&halden, "linus", OTHER_PHONE).await.unwrap_err()), [Code::DeviceRetired]);
        assert!(reviews::list(&halden.services, &halden.by("ada").await).await.unwrap().open.is_empty());
        // A handset that is being replaced is lost at the end of that.
        halden.bind(PHONE, EXTENSION).await;
        let ada = halden.by("ada").await;
        let spare = OpenInput { old: PHONE.into(), new: "80:5e:c0:10:00:05".into(), reason: "Lost.".into() };
        let order = replacements::open(&halden.services, &ada, &spare).await.unwrap();
        let part = lost(&halden, "ada", PHONE).await.unwrap_err();
        assert!(part.to_string().contains(&format!("EX-{order}")), "{part}");
        replacements::call_off(&halden.services, &ada, order, "No spare.").await.unwrap();
        // A freeze keeps nothing with a thief.
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        lost(&halden, "ada", PHONE).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [""; 0], "{}", halden.name());
    }
}

/// Ten people report the same handset: one case, one request, one withdrawal.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_reports_of_a_handset_counts() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let op = halden.by("ada").await;
        let mut crowd = JoinSet::new();
        for _ in 0..10 {
            let (services, op): (Services, _) = (halden.services.clone(), op.clone());
            crowd.spawn(async move { losses::report(&services, &op, PHONE, WHY).await });
        }
        let outcomes = crowd.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{}", halden.name());
        for problem in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(problem.code(), Code::DeviceRetired, "{problem}");
        }
        assert_eq!(halden.cases(false).await.len(), 1);
    }
}

#[tokio::test]
async fn a_loan_that_is_over_opens_a_case_until_somebody_says_where_the_handset_is() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let ada = halden.by("ada").await;
        let open = OpenInput { old: PHONE.into(), new: OTHER_PHONE.into(), reason: "A better one.".into() };
        let order = replacements::open(services, &ada, &open).await.unwrap();
        let view = exceptions::view(services, &ada, order).await.unwrap();
        let request = view.replacement.unwrap().order.request.unwrap();
        halden.approve(request).await.unwrap();
        if halden.state(request).await == "submitted" {
            halden.approve_as("hedy", request).await.unwrap();
        }
        replacements::rotate(services, &ada, order).await.unwrap();
        replacements::dead(services, &ada, order, "Rotated at the PBX.").await.unwrap();
        halden.apply(request).await.unwrap();
        replacements::wiped(services, &ada, order, "Reset.").await.unwrap();
        let lend = |op: &services::Operation, days: i64| EndInput {
            to: "loan".into(),
            whom: "the fair".into(),
            until: op.now.plus(days * DAY).to_string()[..10].to_owned(),
            reason: "For the stand.".into(),
            ..EndInput::default()
        };
        let loan = lend(&ada, 3);
        replacements::end(services, &ada, order, &loan).await.unwrap();
        halden.later(3 * DAY);
        jobs::minute(services).await;
        assert!(halden.cases(false).await.is_empty(), "it is due back today");
        halden.later(DAY);
        jobs::minute(services).await;
        jobs::minute(services).await;
        let cases = halden.cases(false).await;
        assert_eq!(cases.len(), 1, "{}", halden.name());
        assert_eq!(cases[0].exception.kind, Kind::Loan);
        assert!(
            cases[0].exception.detail.contains(&format!("the fair until {}, EX-{order}", loan.until)),
            "{cases:?}"
        );

        // Lent for longer, overdue once more, and back.
        let ada = halden.by("ada").await;
        replacements::end(services, &ada, order, &lend(&ada, 2)).await.unwrap();
        assert!(halden.cases(false).await.is_empty());
        halden.later(3 * DAY);
        jobs::minute(services).await;
        assert_eq!(halden.cases(false).await.len(), 1);
        let back = EndInput { to: "stock".into(), reason: "In its box.".into(), ..EndInput::default() };
        replacements::end(services, &halden.by("ada").await, order, &back).await.unwrap();
        assert!(halden.cases(false).await.is_empty());
        jobs::minute(services).await;
        assert!(halden.cases(false).await.is_empty(), "it is no loan any more");
    }
}
