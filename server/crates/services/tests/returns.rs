//! Returns: earlier settings of one phone, and never an earlier line; pins that hold it there, and end.

use crate::{
    halden::{EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, open},
    layers::{apply, approve, did, draft, file, publish, site, submit, view},
    phone::{Phone, text, value},
};
use domain::{
    Code, Mac,
    device::DeviceState,
    time::{DAY, HOUR},
};
use services::{
    Result, devices, firmware, jobs, layers,
    returns::{self, Because, ReturnInput, ReturnManyInput},
    view::DeviceFilter,
};

async fn input(halden: &Halden, mac: &str, revision: u32) -> ReturnInput {
    ReturnInput {
        mac: mac.to_owned(),
        revision: revision.to_string(),
        owner: "Carys Penrose".to_owned(),
        reason: "The display stays dark.".to_owned(),
        expires: halden.by("ada").await.now.plus(8 * DAY).to_string(),
        ..ReturnInput::default()
    }
}

async fn ask(halden: &Halden, mac: &str, revision: u32) -> Result<i64> {
    returns::ask(&halden.services, &halden.by("ada").await, &input(halden, mac, revision).await).await
}

/// Publishes a line of London's layer.
async fn london(halden: &Halden, line: &str) -> i64 {
    let lon = site(halden, "lon").await;
    let number = draft(halden, "site", &lon, line).await.unwrap();
    publish(halden, number).await;
    number
}

async fn pin(halden: &Halden, mac: &str) -> Option<u32> {
    let view = devices::view(&halden.services, &halden.by("ada").await, mac).await.unwrap();
    view.pin.map(|pin| pin.revision)
}

fn mac(text: &str) -> Mac {
    Mac::parse(text).unwrap()
}

#[tokio::test]
async fn a_phone_is_returned_alone_is_held_there_and_is_let_go() {
    for halden in open().await {
        halden.bind(PHONE, EXTENSION).await;
        let (_, _, revision) = file(&halden, PHONE).await;
        let without = file(&halden, PHONE).await.0;
        london(&halden, "phone.language = fr\nnetwork.qos_audio = 46").await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
        let other = file(&halden, OTHER_PHONE).await;

        let ada = halden.by("ada").await;
        let page = returns::view(&halden.services, &ada, PHONE, &revision.to_string(), "").await.unwrap();
        let changed: Vec<_> = page.differences.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(changed, ["network.qos_audio", "phone.language"]);
        let number = ask(&halden, PHONE, revision).await.unwrap();
        let page = view(&halden, "ada", number).await;
        assert_eq!(page.plan.devices(), [mac(PHONE)], "no other phone");
        let back = page.plan.answers.iter().find(|answer| answer.id == "F3").unwrap();
        assert!(back.facts[0].contains("The pin ends at"), "{back:?}");
        submit(&halden, number).await.unwrap();
        assert_eq!(apply(&halden, number).await.unwrap_err().code(), Code::RequestState);
        assert_eq!(approve(&halden, "ada", number).await.unwrap_err().code(), Code::Forbidden);
        approve(&halden, "grace", number).await.unwrap();
        apply(&halden, number).await.unwrap();
        assert_eq!(layers::publish(&halden.services).await.unwrap(), 1);

        let (now, change, _) = file(&halden, PHONE).await;
        assert_eq!(change, format!("LC-{number}"));
        assert_eq!(set(&now), set(&without), "what was set is, and what was not is not");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(file(&halden, OTHER_PHONE).await, other);
        assert_eq!(pin(&halden, PHONE).await, Some(revision));
        assert_eq!(returns::count(&halden.services, &ada).await.unwrap(), (1, Some(ada.now.plus(8 * DAY))));

        // What is published meanwhile does not reach it, and says so.
        let lon = site(&halden, "lon").await;
        let next = draft(&halden, "site", &lon, "network.vlan_priority = 5").await.unwrap();
        let plan = view(&halden, "ada", next).await.plan;
        assert!(!plan.devices().contains(&mac(PHONE)) && plan.devices().contains(&mac(OTHER_PHONE)));
        let excluded = plan.excluded.iter().find(|excluded| excluded.mac == mac(PHONE)).unwrap();
        assert_eq!(excluded.finding.code, Code::DevicePinned);
        assert_eq!(excluded.finding.detail, format!("By LC-{number}."));
        publish(&halden, next).await;
        assert_eq!(file(&halden, PHONE).await.0, now);

        // Its end is an act with a record of its own.
        halden.later(8 * DAY + HOUR);
        jobs::minute(&halden.services).await;
        jobs::minute(&halden.services).await;
        assert_eq!(did(&halden, "return.end").await, 1);
        let (after, change, _) = file(&halden, PHONE).await;
        assert_eq!(change, format!("end of LC-{number}"));
        assert!(after.contains("lang.gui = French"), "{after}");
        assert_eq!(pin(&halden, PHONE).await, None);
        let ada = halden.by("ada").await;
        assert!(returns::pins(&halden.services, &ada, "").await.unwrap().rows.is_empty());
    }
}

/// Keys that have a value.
fn set(file: &str) -> Vec<&str> {
    file.lines().filter(|line| !line.ends_with("%NULL%")).collect()
}

#[tokio::test]
async fn an_automatic_return_after_a_reassignment_keeps_the_line_its_owner_and_its_secret() {
    for halden in open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let old = phone.configuration(services).await;
        let (_, _, revision) = file(&halden, PHONE).await;
        let change = london(&halden, "phone.language = fr").await;
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        halden.bind(PHONE, OTHER_EXTENSION).await;
        let new = phone.configuration(services).await;

        let ada = halden.by("ada").await;
        let [pinned, retired] = [PHONE, OTHER_PHONE];
        let ids = [
            devices::view(services, &ada, pinned).await.unwrap().id,
            devices::view(services, &ada, retired).await.unwrap().id,
        ];
        let before = returns::before(services, &ids, change).await.unwrap();
        assert_eq!(before[0], (ids[0], revision), "what it had before the change");
        let mut tx = halden.database.store.write().await.unwrap();
        storage::device::set_state(&mut tx, ids[1], DeviceState::Retired).await.unwrap();
        tx.commit().await.unwrap();
        let expires = ada.now.plus(DAY);
        let because =
            Because { number: change, owner: "ringfence", reason: "Two phones fell silent.", expires };
        let returned = returns::to(services, &before, &because).await.unwrap();
        assert_eq!(returned[0], (ids[0], Ok(true)));
        assert_eq!(returned[1].1.as_ref().map_err(|finding| finding.code), Err(Code::DeviceRetired));
        assert_eq!(returns::to(services, &before[..1], &because).await.unwrap()[0].1, Ok(false), "once");

        let given = phone.configuration(services).await;
        assert!(!given.contains("lang.gui = French"), "the settings are the earlier ones");
        for key in ["account.1.user_name", "account.1.label", "account.1.password", "account.1.display_name"]
        {
            assert_eq!(value(&given, key), value(&new, key), "{key}");
        }
        assert_eq!(value(&given, "account.1.user_name"), OTHER_EXTENSION);
        assert_ne!(value(&given, "account.1.password"), value(&old, "account.1.password"));
        assert!(!given.contains(value(&old, "account.1.password")));
        assert_eq!(halden.lines(PHONE).await, [OTHER_EXTENSION]);
        // A line that goes while it is held is gone.
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        let cleared = phone.configuration(services).await;
        assert_eq!(value(&cleared, "account.1.enable"), "0");
        assert!(!cleared.contains("lang.gui = French"), "and the pin holds");
        assert_eq!(did(&halden, "return.apply").await, 1);
    }
}

#[tokio::test]
async fn settings_that_the_firmware_cannot_load_are_refused() {
    for halden in open().await {
        let services = &halden.services;
        let (_, _, revision) = file(&halden, PHONE).await;
        let ada = halden.by("ada").await;
        let minimum =
            async |release| firmware::minimum(services, &ada, "yealink", "phone.timezone", release).await;
        minimum("87.0").await.unwrap();
        let number = ask(&halden, PHONE, revision).await.unwrap();
        let refused = submit(&halden, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::ReturnFirmware], "nobody knows what it has");
        let phone = Phone::of(&halden, PHONE).await;
        text(phone.fetch_with(services, "Yealink SIP-T31G 124.86.0.75").await);
        jobs::tick(services).await;
        let refused = submit(&halden, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::ReturnFirmware]);
        assert!(refused.to_string().contains("124.86.0.75"), "{refused}");
        let page = returns::view(services, &ada, PHONE, &revision.to_string(), "").await.unwrap();
        assert_eq!(page.findings[0].code, Code::ReturnFirmware, "said before it is asked for");
        minimum("86.0").await.unwrap();
        submit(&halden, number).await.unwrap();
        // Approved, and then the demand rises: what cannot be loaded is not applied.
        approve(&halden, "grace", number).await.unwrap();
        minimum("87.0").await.unwrap();
        assert_eq!(codes(&apply(&halden, number).await.unwrap_err()), [Code::ReturnFirmware]);
        assert_eq!(pin(&halden, PHONE).await, None);
    }
}

#[tokio::test]
async fn a_return_needs_an_owner_and_an_end_and_a_revision_of_the_phone() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        let (_, _, revision) = file(&halden, PHONE).await;
        let good = input(&halden, PHONE, revision).await;
        let empty = ReturnInput { mac: PHONE.to_owned(), ..ReturnInput::default() };
        let wrong = returns::ask(services, &ada, &empty).await.unwrap_err();
        let subjects: Vec<_> = wrong.findings.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(subjects, ["revision", "reason", "owner", "expires"], "all at once");
        for (bad, code) in [
            (ReturnInput { revision: "99".into(), ..good.clone() }, Code::FormInvalid),
            (ReturnInput { expires: "2001-01-01T00:00:00Z".into(), ..good.clone() }, Code::FormInvalid),
            (ReturnInput { expires: "soon".into(), ..good.clone() }, Code::FormInvalid),
            (ReturnInput { mac: "00:00:00:00:00:00".into(), ..good.clone() }, Code::NotFound),
        ] {
            assert_eq!(returns::ask(services, &ada, &bad).await.unwrap_err().code(), code, "{bad:?}");
        }
        let grace = halden.by("grace").await;
        assert_eq!(returns::ask(services, &grace, &good).await.unwrap_err().code(), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_later_return_takes_the_place_of_an_earlier_and_a_lock_is_named_and_lifted() {
    for halden in open().await {
        let services = &halden.services;
        let (_, _, first) = file(&halden, PHONE).await;
        london(&halden, "phone.language = de").await;
        let (_, _, second) = file(&halden, PHONE).await;
        london(&halden, "sip.expires = 300").await;
        let org = "phone.language = fr\nlock phone.language: one language for all";
        let lock = draft(&halden, "organisation", "organisation", org).await.unwrap();
        publish(&halden, lock).await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));

        let number = ask(&halden, PHONE, second).await.unwrap();
        let findings = view(&halden, "ada", number).await.plan.findings;
        assert!(
            findings.iter().any(|f| f.code == Code::PinUnlocks && f.subject == "phone.language"),
            "{findings:?}"
        );
        publish(&halden, number).await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = German"));
        let number = ask(&halden, PHONE, first).await.unwrap();
        publish(&halden, number).await;
        assert!(!file(&halden, PHONE).await.0.contains("lang.gui = German"));
        assert_eq!((pin(&halden, PHONE).await, did(&halden, "return.end").await), (Some(first), 1));
        let ada = halden.by("ada").await;
        let rows = returns::pins(services, &ada, "").await.unwrap().rows;
        let by: Vec<_> = rows.iter().map(|row| row.change.clone()).collect();
        assert_eq!(by, [format!("LC-{number}")]);

        // Let go before its time, with a reason, by whoever may apply.
        let grace = halden.by("grace").await;
        assert_eq!(returns::release(services, &grace, PHONE, "x").await.unwrap_err().code(), Code::Forbidden);
        let silent = returns::release(services, &ada, PHONE, " ").await.unwrap_err();
        assert_eq!(silent.code(), Code::FieldMissing);
        returns::release(services, &ada, PHONE, "The display is mended.").await.unwrap();
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
        let again = returns::release(services, &ada, PHONE, "Again.").await.unwrap_err();
        assert_eq!(again.code(), Code::NotFound);
    }
}

fn many(macs: &str, change: &str, expires: domain::Timestamp) -> ReturnManyInput {
    ReturnManyInput {
        macs: macs.to_owned(),
        change: change.to_owned(),
        owner: "Carys Penrose".to_owned(),
        reason: "Screens went dark.".to_owned(),
        expires: expires.to_string(),
        ..ReturnManyInput::default()
    }
}

/// C4: one request, one plan, phones grouped by what changes; who has nothing to go back to is named.
#[tokio::test]
async fn many_phones_go_back_by_one_request_each_to_what_it_had() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        let lobby = "80:5e:c0:10:00:05";
        halden.bind(PHONE, EXTENSION).await;
        let before = (file(&halden, PHONE).await.0, file(&halden, OTHER_PHONE).await.0);
        let change = london(&halden, "phone.language = fr").await;
        let moment = halden.by("ada").await.now;
        halden.later(HOUR);
        london(&halden, "network.qos_audio = 46").await;
        let third = file(&halden, lobby).await;

        let until = ada.now.plus(8 * DAY);
        let paris = "80:5e:c0:20:00:01";
        let macs = format!("{PHONE}, {OTHER_PHONE}\n{paris}");
        let number =
            returns::ask_many(services, &ada, &many(&macs, &format!("LC-{change}"), until)).await.unwrap();
        let page = view(&halden, "ada", number).await;
        let mut devices = [mac(PHONE), mac(OTHER_PHONE)];
        devices.sort_unstable();
        assert_eq!(page.plan.devices(), devices, "{}", halden.name());
        assert_eq!(page.plan.alike.len(), 1, "they go back alike: {:?}", page.plan.alike);
        let paths: Vec<_> = page.plan.alike[0].differences.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["network.qos_audio", "phone.language"]);
        let left: Vec<_> = page.plan.excluded.iter().map(|left| left.mac).collect();
        assert_eq!(left, [mac(paris)], "the change never reached it");
        assert_eq!(page.plan.counts.lines, 1);

        submit(&halden, number).await.unwrap();
        assert_eq!(approve(&halden, "ada", number).await.unwrap_err().code(), Code::Forbidden);
        approve(&halden, "grace", number).await.unwrap();
        apply(&halden, number).await.unwrap();
        assert_eq!(layers::publish(services).await.unwrap(), 2);
        assert_eq!(layers::publish(&halden.second_node().await).await.unwrap(), 0, "nothing is done twice");
        let (now, by, _) = file(&halden, PHONE).await;
        assert_eq!((set(&now), by), (set(&before.0), format!("LC-{number}")));
        assert_eq!(set(&file(&halden, OTHER_PHONE).await.0), set(&before.1));
        assert_eq!(file(&halden, lobby).await, third, "no other phone");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(did(&halden, "return.apply").await, 2);
        assert_eq!(returns::count(services, &ada).await.unwrap(), (2, Some(until)));

        // Who is pinned is left out of the next one; a moment does as well as a change, and a filter as a list.
        let next = ReturnManyInput {
            filter: DeviceFilter { site: "lon".to_owned(), ..DeviceFilter::default() },
            at: moment.to_string(),
            ..many("", "", until)
        };
        let number = returns::ask_many(services, &ada, &next).await.unwrap();
        let plan = view(&halden, "ada", number).await.plan;
        let pinned: Vec<_> = plan.excluded.iter().filter(|l| l.finding.code == Code::DevicePinned).collect();
        assert_eq!(pinned.len(), 2, "{:?}", plan.excluded);
        let alike = plan.alike.iter().find(|alike| alike.devices.contains(&mac(lobby))).unwrap();
        let paths: Vec<_> = alike.differences.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["network.qos_audio"], "{}", halden.name());

        // Each pin ends by itself.
        halden.later(9 * DAY);
        jobs::minute(services).await;
        assert_eq!(did(&halden, "return.end").await, 2);
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
    }
}

#[tokio::test]
async fn a_return_of_many_is_asked_for_whole_or_refused_with_everything_that_is_wrong() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        let change = london(&halden, "phone.language = fr").await;
        let (lc, until) = (format!("LC-{change}"), ada.now.plus(DAY));
        let good = || many(PHONE, &lc, until);
        for (case, input, code) in [
            (
                "an empty list and an empty filter",
                ReturnManyInput { macs: " ".into(), ..good() },
                Code::FieldMissing,
            ),
            ("no MAC", ReturnManyInput { macs: "desk 7".into(), ..good() }, Code::MacInvalid),
            (
                "nobody's MAC",
                ReturnManyInput { macs: "80:5e:c0:ff:ff:ff".into(), ..good() },
                Code::DeviceUnknown,
            ),
            ("to nothing", ReturnManyInput { change: String::new(), ..good() }, Code::FormInvalid),
            ("to two things", ReturnManyInput { at: ada.now.to_string(), ..good() }, Code::FormInvalid),
            (
                "to what none of them had",
                ReturnManyInput { change: "LC-99".into(), ..good() },
                Code::FormInvalid,
            ),
            ("nobody answers", ReturnManyInput { owner: String::new(), ..good() }, Code::FieldMissing),
            ("for ever", ReturnManyInput { expires: String::new(), ..good() }, Code::FieldMissing),
            ("without a reason", ReturnManyInput { reason: " ".into(), ..good() }, Code::FieldMissing),
        ] {
            let refused = returns::ask_many(services, &ada, &input).await.unwrap_err();
            assert!(codes(&refused).contains(&code), "{}: {case}: {refused}", halden.name());
        }
        let grace = halden.by("grace").await;
        let refused = returns::ask_many(services, &grace, &good()).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::Forbidden]);
        assert!(layers::list(services, &ada, false, "").await.unwrap().changes.is_empty());
    }
}

/// A pin is of a handset: its plan says that it ends when another one takes the lines over.
#[tokio::test]
async fn a_pin_ends_with_its_handset_and_the_plan_says_so() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        halden.bind(PHONE, EXTENSION).await;
        let (.., revision) = file(&halden, PHONE).await;
        london(&halden, "phone.language = fr").await;
        let number = ask(&halden, PHONE, revision).await.unwrap();
        publish(&halden, number).await;
        assert_eq!(pin(&halden, PHONE).await, Some(revision));
        let request = crate::replacements::replaced(&halden).await;
        let plan = halden.request(request).await.plan;
        let back = plan.answers.iter().find(|answer| answer.id == "F3").unwrap();
        let ends = format!("held to earlier settings by LC-{number}. That ends with the takeover");
        assert!(back.facts.iter().any(|fact| fact.contains(&ends)), "{:?}", back.facts);
        assert_eq!((pin(&halden, PHONE).await, pin(&halden, OTHER_PHONE).await), (None, None));
        assert!(returns::pins(services, &ada, "").await.unwrap().rows.is_empty());
        assert_eq!(did(&halden, "return.end").await, 1, "{}", halden.name());
        assert!(file(&halden, OTHER_PHONE).await.0.contains("lang.gui = French"));
    }
}
