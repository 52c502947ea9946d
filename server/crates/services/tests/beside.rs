//! What a request changes beside lines: how far somebody may call, the hours that somebody keeps, what is different on
//! phones; one by one and for a selection.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes},
    layers::{apply as publish_layer, approve, did, draft, file, site, submit},
};
use domain::{
    Code, Timestamp,
    authz::Role,
    time::{DAY, HOUR},
};
use services::{
    Result,
    approvals::RuleInput,
    change_requests::{self, About, SelectionInput},
    classes, hunt_groups, jobs,
    layers::{self, ExceptionInput},
    numbers, profiles,
    schedules::{self, ScheduleInput},
    view::DeviceFilter,
};

const WHY: &str = "as agreed";

async fn class(halden: &Halden, extension: &str) -> String {
    let view = numbers::view(&halden.services, &halden.by("ada").await, extension).await.unwrap();
    view.extension.unwrap().class_of_service
}

async fn ask_class(halden: &Halden, extension: &str, class: &str) -> Result<Option<i64>> {
    classes::set(&halden.services, &halden.by("ada").await, extension, class, WHY).await
}

#[tokio::test]
async fn a_raised_class_of_service_asks_what_the_rules_ask_for_it() {
    for halden in halden::open().await {
        let rule = |name: &str, count: &str| RuleInput {
            name: name.to_owned(),
            needs: vec![(Role::Approver, count.to_owned())],
            ..RuleInput::default()
        };
        let rules = [
            rule("Somebody else", "1"),
            RuleInput { class_raised: true, ..rule("Calls further", "2") },
            RuleInput {
                subjects: vec!["approval-rules".to_owned()],
                needs: vec![(Role::Administrator, "1".to_owned())],
                ..rule("Rules", "0")
            },
        ];
        halden.rules(&rules).await;
        assert_eq!(class(&halden, EXTENSION).await, "national", "{}", halden.name());
        let number = ask_class(&halden, EXTENSION, "international").await.unwrap().unwrap();
        assert_eq!(class(&halden, EXTENSION).await, "national", "a draft changes nothing");
        let view = halden.request(number).await;
        let route = &view.plan.routes[0];
        assert_eq!(route.before.as_deref(), Some("class of service national"));
        assert_eq!(route.after.as_deref(), Some("class of service international"));
        assert!(view.approvals.because.iter().any(|f| f.detail.contains("a class of service is raised")));
        halden.submit(number).await.unwrap();
        halden.approve(number).await.unwrap();
        assert_eq!(halden.state(number).await, "submitted", "one is not enough");
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::RequestState]);
        halden.approve_as("hedy", number).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(class(&halden, EXTENSION).await, "international");
        assert_eq!(did(&halden, "class.set").await, 1);

        // Less far takes one; a name that cannot be compared counts as further.
        let lower = ask_class(&halden, EXTENSION, "internal").await.unwrap().unwrap();
        halden.submit(lower).await.unwrap();
        halden.approve(lower).await.unwrap();
        halden.apply(lower).await.unwrap();
        assert_eq!(class(&halden, EXTENSION).await, "internal");
        let other = ask_class(&halden, EXTENSION, "executive").await.unwrap().unwrap();
        halden.submit(other).await.unwrap();
        halden.approve(other).await.unwrap();
        assert_eq!(halden.state(other).await, "submitted");

        assert_eq!(ask_class(&halden, EXTENSION, "internal").await.unwrap(), None, "it is so already");
        let refused = classes::set(&halden.services, &halden.by("grace").await, EXTENSION, "x", WHY).await;
        assert_eq!(codes(&refused.unwrap_err()), [Code::Forbidden]);
        assert_eq!(codes(&ask_class(&halden, "2999", "x").await.unwrap_err()), [Code::NotFound]);
    }
}

#[tokio::test]
async fn hours_that_somebody_keeps_are_asked_for_and_those_that_nobody_keeps_are_not() {
    for halden in halden::open().await {
        let ada = halden.by("ada").await;
        let office = |name: &str, hours: &str| ScheduleInput {
            site: "lon".to_owned(),
            code: "office".to_owned(),
            name: name.to_owned(),
            time_zone: "Europe/London".to_owned(),
            hours: hours.to_owned(),
            holidays: String::new(),
        };
        let hours = async || {
            let view = schedules::view(&halden.services, &ada, "office").await.unwrap();
            (view.stored.name, view.stored.schedule.hours())
        };
        let alter = async |input: ScheduleInput| {
            schedules::alter(&halden.services, &ada, "office", &input, WHY).await.unwrap()
        };
        schedules::define(&halden.services, &ada, &office("Office", "mon-fri 09:00-17:00"), WHY)
            .await
            .unwrap();
        assert_eq!(alter(office("Office", "mon-fri 08:00-17:00")).await, None, "nobody keeps it");
        assert_eq!(hours().await.1, "mon-fri 08:00-17:00");
        let group = domain::hunt_group::Typed {
            code: "sales".to_owned(),
            name: "Sales".to_owned(),
            members: EXTENSION.to_owned(),
            schedule: "office".to_owned(),
            ..domain::hunt_group::Typed::default()
        };
        let number = hunt_groups::define(&halden.services, &ada, "lon", &group, WHY).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();

        assert_eq!(alter(office("The office", "mon-fri 08:00-17:00")).await, None, "a name rings nobody");
        let number = alter(office("The office", "mon-sat 08:00-20:00")).await.unwrap();
        assert_eq!(hours().await, ("The office".to_owned(), "mon-fri 08:00-17:00".to_owned()));
        let view = halden.request(number).await;
        assert_eq!((view.row.site.as_str(), view.row.extension.as_str()), ("lon", "office"));
        assert!(view.plan.findings.iter().any(|f| f.code == Code::GroupUncovered), "nobody is bound yet");
        halden.sign(number).await;
        // Another tab changes what stands there before it is applied.
        assert_eq!(alter(office("Offices", "mon-fri 08:00-17:00")).await, None);
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::PlanStale], "{}", halden.name());
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!(hours().await, ("The office".to_owned(), "mon-sat 08:00-20:00".to_owned()));
    }
}

/// Other hours for every phone of London, until a time.
fn away(until: Timestamp) -> About {
    About::Exception(Box::new(ExceptionInput {
        kind: "hours".to_owned(),
        line: "1".to_owned(),
        number: "2110".to_owned(),
        owner: "Carys Penrose".to_owned(),
        expires: until.to_string(),
        ..ExceptionInput::default()
    }))
}

async fn ask(halden: &Halden, about: About, ticked: &[&str]) -> Result<i64> {
    let ada = halden.by("ada").await;
    let filter = DeviceFilter { site: "lon".into(), ..DeviceFilter::default() };
    let seen = change_requests::select(&halden.services, &ada, &filter).await?.digest;
    let ticked = ticked.iter().map(|name| (*name).to_owned()).collect();
    let reason = "Stocktaking.".to_owned();
    let input = SelectionInput { filter, seen, about, ticked, reason, ..SelectionInput::default() };
    change_requests::ask_selected(&halden.services, &ada, &input).await
}

#[tokio::test]
async fn an_exception_for_phones_is_one_request_with_one_plan_and_ends_by_itself() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        let before = file(&halden, PHONE).await.0;
        let until = halden.by("ada").await.now.plus(8 * DAY);
        // London is assisted: nobody ticked nothing.
        let none = ask(&halden, away(until), &[]).await.unwrap_err();
        assert!(none.to_string().contains("No line is ticked"), "{none}");
        let both = ["805ec0100003-1", "805ec0100004-1"];
        let endless = About::Exception(Box::new(ExceptionInput {
            expires: String::new(),
            ..match away(until) {
                About::Exception(input) => *input,
                _ => ExceptionInput::default(),
            }
        }));
        assert_eq!(codes(&ask(&halden, endless, &both).await.unwrap_err()), [Code::FieldMissing]);
        let number = ask(&halden, away(until), &both).await.unwrap();
        let view = halden.request(number).await;
        assert_eq!((view.row.kind.word(), view.row.items), ("exception", 2), "{}", halden.name());
        assert_eq!(view.plan.routes.len(), 2);
        for route in &view.plan.routes {
            assert!(!route.artifacts_after.is_empty());
            let changed: Vec<_> = route.differences.iter().map(|d| d.path.as_str()).collect();
            assert_eq!(changed, ["line.1.forward.always"]);
        }
        assert_eq!(file(&halden, PHONE).await.0, before, "a draft changes nothing");
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        for mac in [PHONE, OTHER_PHONE] {
            let (text, change, _) = file(&halden, mac).await;
            assert!(text.contains("2110"), "{text}");
            assert_eq!(change, format!("CR-{number}"));
        }
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "lines stay");
        let ada = halden.by("ada").await;
        let standing = async || layers::list(&halden.services, &ada, false, "").await.unwrap().exceptions;
        let by: Vec<_> = standing().await.into_iter().map(|row| row.change).collect();
        assert_eq!(by, [format!("CR-{number}"), format!("CR-{number}")]);
        assert_eq!(did(&halden, "layer_exception.begin").await, 2);

        halden.later(8 * DAY + HOUR);
        jobs::minute(&halden.services).await;
        assert!(standing().await.is_empty());
        assert_eq!(did(&halden, "layer_exception.end").await, 2);
        let (text, change, _) = file(&halden, PHONE).await;
        assert_eq!(change, format!("end of CR-{number}"));
        assert!(!text.contains("2110"), "{text}");
    }
}

/// What was signed are the phone's files: another layer makes others, and a lock above forbids it.
#[tokio::test]
async fn an_exception_is_stale_when_the_phones_files_would_be_others() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let until = halden.by("ada").await.now.plus(8 * DAY);
        let number = ask(&halden, away(until), &["805ec0100003-1"]).await.unwrap();
        halden.sign(number).await;
        let london = site(&halden, "lon").await;
        let layer = draft(&halden, "site", &london, "phone.language = fr").await.unwrap();
        submit(&halden, layer).await.unwrap();
        approve(&halden, "grace", layer).await.unwrap();
        publish_layer(&halden, layer).await.unwrap();
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::PlanStale], "{}", halden.name());
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        layers::publish(&halden.services).await.unwrap();
        assert!(file(&halden, PHONE).await.0.contains("2110"));

        // Its end has passed before anybody applied it.
        let late = ask(&halden, away(until), &["805ec0100003-1"]).await.unwrap();
        halden.sign(late).await;
        halden.later(9 * DAY);
        let refused = halden.apply(late).await.unwrap_err();
        assert!(codes(&refused).contains(&Code::FormInvalid), "{refused}");
        assert_eq!(halden.state(late).await, "approved");
    }
}

#[tokio::test]
async fn profiles_and_classes_of_a_selection_change_in_one_request() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        let both = ["805ec0100003-1", "805ec0100004-1"];
        let always = |to: &str| About::Profile("forward_always".to_owned(), to.to_owned());
        let number = ask(&halden, always("2110"), &both).await.unwrap();
        assert_eq!(halden.request(number).await.row.items, 2, "{}", halden.name());
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        let ada = halden.by("ada").await;
        for extension in [EXTENSION, OTHER_EXTENSION] {
            let stored = profiles::view(&halden.services, &ada, extension).await.unwrap().unwrap();
            assert_eq!(stored.profile.forwards.always.map(|to| to.to_string()).as_deref(), Some("2110"));
        }
        let again = ask(&halden, always("2110"), &both).await.unwrap_err();
        assert!(again.to_string().contains("so already"), "{again}");
        let wrong = ask(&halden, always("nowhere"), &both).await.unwrap_err();
        let subjects: Vec<_> = wrong.findings.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(subjects, ["extension 2103: forward_always", "extension 2104: forward_always"]);
        let unknown = About::Profile("password".to_owned(), "x".to_owned());
        assert_eq!(codes(&ask(&halden, unknown, &both).await.unwrap_err()), [Code::StateInvalid]);
        // What closes a circle among those that change together is seen in the plan.
        let circle = ask(&halden, always(EXTENSION), &both).await.unwrap();
        assert!(halden.request(circle).await.blocks.iter().any(|f| f.code == Code::RouteCircle));

        let number = ask(&halden, About::Class("international".to_owned()), &both[..1]).await.unwrap();
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        assert_eq!(class(&halden, EXTENSION).await, "international");
        assert_ne!(class(&halden, OTHER_EXTENSION).await, "international");

        // An empty filter selects nothing, whatever is asked for.
        for about in [About::Revoke, away(ada.now.plus(DAY)), always("2110"), About::Class("x".to_owned())] {
            let input = SelectionInput { about, reason: "All.".into(), ..SelectionInput::default() };
            let refused = change_requests::ask_selected(&halden.services, &ada, &input).await.unwrap_err();
            assert_eq!(codes(&refused), [Code::FieldMissing]);
        }
    }
}
