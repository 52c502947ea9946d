//! Cases that people report and that open and close by themselves; who works on which; how long they took.

use crate::halden::{
    self, EXTENSION, Halden, OTHER_PHONE, PHONE, codes, owner_of_the_machine, password, upload,
};
use domain::{
    Code,
    authz::Role,
    exception::{Exception, Kind},
    time::{HOUR, MINUTE},
};
use services::{
    Operation,
    exceptions::{self, CaseView, ReportInput},
    jobs,
    people::{self, PersonInput},
    users,
    view::ExceptionFilter,
};

async fn hire_susan(halden: &Halden) -> Operation {
    let op = halden.services.operation(owner_of_the_machine());
    users::create(&halden.services, &op, "susan", &password("susan"), &[Role::Support]).await.unwrap();
    halden.by("susan").await
}

async fn case(halden: &Halden, number: i64) -> CaseView {
    exceptions::view(&halden.services, &halden.by("ada").await, number).await.unwrap()
}

fn misrouting(number: &str, rang: &str) -> ReportInput {
    ReportInput {
        kind: "misrouting".into(),
        number: number.into(),
        mac: rang.into(),
        detail: "A customer got the lobby.".into(),
        ..ReportInput::default()
    }
}

async fn minute(halden: &Halden) {
    jobs::minute(&halden.services).await;
}

#[tokio::test]
async fn a_misrouting_report_carries_both_phones_as_they_were() {
    for halden in halden::open().await {
        let services = &halden.services;
        let susan = hire_susan(&halden).await;
        halden.bind(PHONE, EXTENSION).await;
        let number =
            exceptions::report(services, &susan, &misrouting("+442079460103", OTHER_PHONE)).await.unwrap();
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        let view = case(&halden, number).await;
        let opened: &Exception = &view.listed.exception;
        assert_eq!((opened.kind, opened.subject.as_str()), (Kind::Misrouting, EXTENSION));
        let attached = exceptions::attached(&view.log[0]);
        let macs: Vec<_> = attached.iter().map(|a| a.mac.as_str()).collect();
        assert_eq!(macs, ["805ec0100003", "805ec0100004"]);
        assert!(attached[0].lines[0].contains(EXTENSION), "as it was then: {:?}", attached[0].lines);
        // What is attached never holds a secret.
        let secret = attached[0].settings.iter().find(|(path, ..)| path == "line.1.password").unwrap();
        assert!(secret.1.chars().all(|c| c == '•'), "{}", secret.1);

        // The same again joins it; its steps are walked one by one, as the page showed them.
        let again = exceptions::report(services, &susan, &misrouting(EXTENSION, "")).await.unwrap();
        assert_eq!(again, number);
        let advance = async |seen: &str| {
            exceptions::advance(services, &susan, number, seen, "The DID points to the old extension.").await
        };
        advance("reported").await.unwrap();
        let twice = advance("reported").await.unwrap_err();
        assert_eq!(codes(&twice), [Code::RequestState], "another tab was faster");
        advance("explained").await.unwrap();
        assert_eq!(codes(&advance("mending").await.unwrap_err()), [Code::RequestState]);
        exceptions::close(services, &susan, number, "The right phone rang.").await.unwrap();
        assert_eq!(codes(&advance("mending").await.unwrap_err()), [Code::RequestState]);
        assert_eq!(case(&halden, number).await.log.len(), 5, "{}", halden.name());
    }
}

#[tokio::test]
async fn an_unknown_device_closes_by_itself_when_it_is_imported() {
    for halden in halden::open().await {
        let services = &halden.services;
        let susan = hire_susan(&halden).await;
        let report = |mac: &str, prefix: &str| ReportInput {
            kind: "unknown-device".into(),
            mac: mac.into(),
            prefix: prefix.into(),
            detail: "A phone in the canteen shows no number.".into(),
            ..ReportInput::default()
        };
        for (mac, prefix, code) in [
            ("", "", Code::FieldMissing),
            ("rubbish", "", Code::MacInvalid),
            ("", "10.20.0.0/99", Code::CidrInvalid),
            (PHONE, "", Code::MacDuplicate),
        ] {
            let problem = exceptions::report(services, &susan, &report(mac, prefix)).await.unwrap_err();
            assert_eq!(codes(&problem), [code], "{mac} {prefix}");
        }
        let number =
            exceptions::report(services, &susan, &report("80:5e:c0:77:00:01", "10.20.0.0/24")).await.unwrap();
        assert_eq!(case(&halden, number).await.listed.site, "par", "its network says where it is");
        minute(&halden).await;
        assert_eq!(halden.cases(false).await.len(), 1);
        let sheet = "site,serial,mac,vendor,model,place,segment\npar,YL46U0077001,80:5e:c0:77:00:01,yealink,T46U,a-101,voice\n";
        halden.import(vec![upload("devices", sheet)]).await.unwrap();
        minute(&halden).await;
        let closed = case(&halden, number).await.listed.exception.closed.unwrap();
        assert_eq!(closed.by, "ringfence");
        assert!(closed.resolution.contains("in the inventory"), "{}", closed.resolution);
        // From a network alone it can be dismissed, with a reason.
        let number = exceptions::report(services, &susan, &report("", "10.30.0.0/24")).await.unwrap();
        let empty = exceptions::close(services, &susan, number, " ").await.unwrap_err();
        assert_eq!(codes(&empty), [Code::FieldMissing]);
        exceptions::close(services, &susan, number, "A visitor's phone.").await.unwrap();
    }
}

#[tokio::test]
async fn a_delayed_activation_opens_moves_and_closes_by_itself() {
    for halden in halden::open().await {
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let account = async |account: &str, starts: &str| {
            let input = PersonInput { account: account.into(), starts: starts.into(), ends: String::new() };
            people::change(services, &halden.by("ada").await, "P1018", &input, "The directory says so.")
                .await
                .unwrap();
        };
        let today = domain::account::Day::of(ada.now);
        let tomorrow = domain::account::Day::of(ada.now.plus(domain::time::DAY)).to_string();
        account("expected", &tomorrow).await;
        let request = halden.approved_bind(PHONE, 1, "2118").await;
        minute(&halden).await;
        assert!(halden.cases(false).await.is_empty(), "the day has not come");
        account("expected", &today.to_string()).await;
        minute(&halden).await;
        minute(&halden).await;
        let [listed] = halden.cases(false).await.try_into().unwrap();
        let opened = listed.exception;
        assert_eq!((opened.kind, opened.subject.as_str()), (Kind::DelayedActivation, "2118"));
        assert_eq!(opened.state, "waiting");
        assert_eq!(codes(&halden.apply(request).await.unwrap_err()), [Code::OwnerNotActive]);
        let moved =
            exceptions::advance(services, &ada, opened.number, "waiting", "I say so.").await.unwrap_err();
        assert_eq!(codes(&moved), [Code::RequestState], "facts move it");

        account("active", &today.to_string()).await;
        minute(&halden).await;
        assert_eq!(case(&halden, opened.number).await.listed.exception.state, "active");
        halden.apply(request).await.unwrap();
        minute(&halden).await;
        let closed = case(&halden, opened.number).await.listed.exception.closed.unwrap();
        assert_eq!((closed.by.as_str(), closed.resolution.as_str()), ("ringfence", "The line stands."));
        minute(&halden).await;
        assert!(halden.cases(false).await.is_empty(), "{}", halden.name());
    }
}

#[tokio::test]
async fn a_case_is_worked_on_by_those_who_may_and_given_to_those_who_may() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (susan, ada) = (hire_susan(&halden).await, halden.by("ada").await);
        let path = |path: &str| ReportInput {
            kind: "layer-effect".into(),
            mac: PHONE.into(),
            path: path.into(),
            detail: "The wrong language.".into(),
            ..ReportInput::default()
        };
        let wrong = exceptions::report(services, &susan, &path("NOT A PATH")).await.unwrap_err();
        assert_eq!(codes(&wrong), [Code::SettingPath]);
        let number = exceptions::report(services, &susan, &path("phone.language")).await.unwrap();
        exceptions::take(services, &susan, number).await.unwrap();
        halden.later(MINUTE);
        exceptions::assign(services, &susan, number, &ada.actor.id.to_string()).await.unwrap();
        let taken = case(&halden, number).await.listed.exception;
        assert_eq!(taken.owner.as_deref(), Some("ada"));
        assert_eq!(taken.taken_at, Some(taken.opened_at), "taken by the first one, whoever has it now");
        let grace = halden.by("grace").await;
        for problem in [
            exceptions::assign(services, &susan, number, &grace.actor.id.to_string()).await.unwrap_err(),
            exceptions::take(services, &grace, number).await.unwrap_err(),
            exceptions::report(services, &grace, &path("phone.language")).await.unwrap_err(),
        ] {
            assert_eq!(codes(&problem), [Code::Forbidden]);
        }
        assert!(case(&halden, number).await.people.iter().all(|(_, name)| name != "grace"));
    }
}

#[tokio::test]
async fn queues_say_what_is_overdue_and_handling_is_measured_against_work_by_hand() {
    for halden in halden::open().await {
        let services = &halden.services;
        let susan = hire_susan(&halden).await;
        halden.bind(PHONE, EXTENSION).await;
        let number = exceptions::report(services, &susan, &misrouting(EXTENSION, "")).await.unwrap();
        let counts = async || {
            let queues = exceptions::queues(services, &halden.by("ada").await).await.unwrap();
            queues.into_iter().find(|(kind, _)| *kind == Kind::Misrouting).unwrap().1
        };
        assert_eq!((counts().await.open, counts().await.before, counts().await.unowned), (1, 0, 1));
        halden.later(Kind::Misrouting.definition().target_hours * HOUR + MINUTE);
        assert_eq!(counts().await.before, 1);
        exceptions::take(services, &halden.by("susan").await, number).await.unwrap();
        halden.later(20 * MINUTE);
        exceptions::close(services, &halden.by("susan").await, number, "Mended.").await.unwrap();
        assert_eq!(counts().await.open, 0);

        let ada = halden.by("ada").await;
        for wrong in ["", "0", "many"] {
            let problem = exceptions::set_baseline(services, &ada, "misrouting", wrong).await.unwrap_err();
            assert_eq!(codes(&problem), [Code::FormInvalid], "{wrong}");
        }
        exceptions::set_baseline(services, &ada, "misrouting", "90").await.unwrap();
        let measured = exceptions::handling(services, &ada).await.unwrap();
        let measured = measured.into_iter().find(|h| h.kind == Kind::Misrouting).unwrap();
        assert_eq!((measured.closed, measured.late), (1, 1));
        assert_eq!((measured.median, measured.saved()), (Some(20), Some(70)), "{}", halden.name());
        let filter =
            ExceptionFilter { kind: "misrouting".into(), closed: true, ..ExceptionFilter::default() };
        assert_eq!(exceptions::list(services, &ada, &filter).await.unwrap().rows.len(), 1);
    }
}
