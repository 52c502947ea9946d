//! Layers: drafts, plans that name every phone, versions that follow into files, groups, exceptions that end.

use crate::halden::{EXTENSION, Halden, OTHER_PHONE, PHONE, codes, open, password, registrar};
use domain::{
    Code, Mac,
    ledger::Entry,
    time::{DAY, HOUR},
};
use services::{
    Result, jobs,
    layers::{self, DraftInput, ExceptionInput, view::ChangeView},
    organisation,
    site_facts::{self, Edited, SegmentInput},
    trace,
};

/// A site's scope, as its layer has it.
pub(crate) async fn site(halden: &Halden, code: &str) -> String {
    let view = layers::list(&halden.services, &halden.by("ada").await, false, "").await.unwrap();
    let is = |row: &layers::view::LayerRow| row.level.word() == "site" && row.name == code;
    view.layers.into_iter().find(is).unwrap().scope
}

/// What a layer says now, with one line more.
async fn with(halden: &Halden, level: &str, scope: &str, line: &str) -> DraftInput {
    let said = layers::layer(&halden.services, &halden.by("ada").await, level, scope).await.unwrap().text;
    let text = format!("{said}{line}\n");
    DraftInput { text, note: "As agreed.".to_owned(), ..DraftInput::default() }
}

pub(crate) async fn draft(halden: &Halden, level: &str, scope: &str, line: &str) -> Result<i64> {
    let input = with(halden, level, scope, line).await;
    layers::create(&halden.services, &halden.by("ada").await, level, scope, &input).await
}

pub(crate) async fn submit(halden: &Halden, number: i64) -> Result<()> {
    layers::submit(&halden.services, &halden.by("ada").await, number).await
}

pub(crate) async fn view(halden: &Halden, who: &str, number: i64) -> ChangeView {
    layers::change(&halden.services, &halden.by(who).await, number).await.unwrap()
}

pub(crate) async fn approve(halden: &Halden, who: &str, number: i64) -> Result<()> {
    let digest = view(halden, who, number).await.digest;
    layers::approve(&halden.services, &halden.by(who).await, number, &digest, &password(who)).await
}

pub(crate) async fn apply(halden: &Halden, number: i64) -> Result<()> {
    layers::apply(&halden.services, &halden.by("ada").await, number).await
}

/// Submitted, signed by as many as the rules ask for, applied, and brought into the files; how many changed.
pub(crate) async fn publish(halden: &Halden, number: i64) -> usize {
    submit(halden, number).await.unwrap();
    for who in ["grace", "hedy"] {
        if view(halden, who, number).await.row.state.word() == "submitted" {
            approve(halden, who, number).await.unwrap();
        }
    }
    apply(halden, number).await.unwrap();
    layers::publish(&halden.services).await.unwrap()
}

/// What a phone would be served: its file in one text, the change behind it, and the number of the revision.
pub(crate) async fn file(halden: &Halden, mac: &str) -> (String, String, u32) {
    let trace = trace::view(&halden.services, &halden.by("ada").await, mac).await.unwrap();
    let lines: Vec<_> = trace.files.iter().flat_map(|f| &f.lines).map(|line| line.text.clone()).collect();
    let (number, _, change) = trace.revision.unwrap();
    (lines.join("\n"), change, number)
}

pub(crate) async fn did(halden: &Halden, action: &str) -> usize {
    let is = |entry: &Entry| matches!(entry, Entry::Act(act) if act.action == action);
    halden.record().await.iter().filter(|entry| is(entry)).count()
}

#[tokio::test]
async fn a_version_is_drafted_alone_approved_by_another_and_follows_into_the_files() {
    for halden in open().await {
        halden.bind(PHONE, EXTENSION).await;
        let (lon, par) = (site(&halden, "lon").await, "80:5e:c0:20:00:01");
        let before = file(&halden, par).await;
        let number = draft(&halden, "site", &lon, "phone.language = en-GB").await.unwrap();

        let mary = halden.by("mary").await;
        let hidden = layers::change(&halden.services, &mary, number).await.unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound, "a draft is its author's alone");
        assert!(layers::list(&halden.services, &mary, false, "").await.unwrap().changes.is_empty());

        let page = view(&halden, "ada", number).await;
        let counts = page.plan.counts;
        assert!(counts.devices >= 6 && counts.devices <= counts.in_scope, "{counts:?}");
        assert_eq!((counts.lines, counts.owners), (1, 1));
        assert_eq!(page.plan.sites, ["lon".to_owned()].into());
        assert_eq!(page.plan.alike.iter().map(|a| a.devices.len()).sum::<usize>(), counts.devices as usize);
        assert!(page.plan.alike.iter().all(|a| a.differences.len() == 1), "phones that change alike are one");
        assert!(page.plan.devices().contains(&Mac::parse(PHONE).unwrap()));
        assert!(!page.plan.devices().contains(&Mac::parse(par).unwrap()));

        submit(&halden, number).await.unwrap();
        assert_eq!(approve(&halden, "ada", number).await.unwrap_err().code(), Code::Forbidden);
        assert_eq!(approve(&halden, "both", number).await.map_err(|p| p.code()), Ok(()));
        apply(&halden, number).await.unwrap();
        assert!(view(&halden, "ada", number).await.row.publishing);
        // Another node goes on where this one stopped.
        let published = layers::publish(&halden.second_node().await).await.unwrap();
        assert_eq!(published, counts.devices as usize);
        assert!(!view(&halden, "ada", number).await.row.publishing);
        assert_eq!(layers::publish(&halden.services).await.unwrap(), 0, "what is done is not done again");

        let (text, change, _) = file(&halden, PHONE).await;
        assert_eq!(change, format!("LC-{number}"));
        assert!(text.contains("lang.gui = English") && text.contains("account.1.user_name = 2103"), "{text}");
        assert_eq!(halden.lines(PHONE).await, [EXTENSION], "the same lines");
        assert_eq!(file(&halden, par).await, before, "phones that are not named keep their bytes");
        for action in ["create", "submit", "approve", "apply"] {
            assert_eq!(did(&halden, &format!("layer_change.{action}")).await, 1, "{action}");
        }
        assert_eq!(submit(&halden, number).await.unwrap_err().code(), Code::RequestState);
    }
}

#[tokio::test]
async fn a_draft_that_is_wrong_is_refused_at_the_door_with_its_place() {
    for halden in open().await {
        let lon = site(&halden, "lon").await;
        for (line, code, said) in [
            ("phone.langauge = en", Code::SettingUnknown, "phone.language"),
            ("network.vlan = 5000", Code::SettingValue, "1 to 4094"),
            ("line.2.extension = 2104", Code::LayerInvalid, "change request"),
            ("phone.ntp = {{ device.name }}", Code::LayerInvalid, "twice"),
            ("phone.dial_plan = {{ device.name }}", Code::TemplateError, "Line 1, column 4"),
            (
                "line.1.label = {% for n in range(9) %}{{ n }}{% endfor %}",
                Code::TemplateError,
                "may not loop",
            ),
            ("line.1.label = {{ line.password }}", Code::TemplateError, "no expression can read a secret"),
            ("", Code::LayerInvalid, "Nothing is changed"),
        ] {
            let line = if line.starts_with("phone.ntp") { "phone.timezone = UTC" } else { line };
            let refused = draft(&halden, "site", &lon, line).await.unwrap_err();
            assert_eq!(refused.code(), code, "{line}");
            assert!(refused.to_string().contains(said), "{line}: {refused}");
        }
        let ada = halden.by("ada").await;
        let silent =
            DraftInput { note: String::new(), ..with(&halden, "site", &lon, "phone.language = en").await };
        let refused = layers::create(&halden.services, &ada, "site", &lon, &silent).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::FieldMissing]);
        for (level, scope) in [("site", "atlantis"), ("vendor", "acme"), ("line", "x"), ("exception", "x")] {
            let input = with(&halden, "site", &lon, "phone.language = en").await;
            let refused = layers::create(&halden.services, &ada, level, scope, &input).await.unwrap_err();
            assert_eq!(refused.code(), Code::NotFound, "{level}");
        }
        let grace = halden.by("grace").await;
        let input = with(&halden, "site", &lon, "phone.language = en").await;
        let refused = layers::create(&halden.services, &grace, "site", &lon, &input).await.unwrap_err();
        assert_eq!(refused.code(), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_value_that_is_too_long_for_a_vendors_key_is_refused_by_its_setting() {
    for halden in open().await {
        halden.bind(PHONE, EXTENSION).await;
        let lon = site(&halden, "lon").await;
        let too_long = async |label: usize| {
            let label = "n".repeat(label);
            let key = format!("keys.7.type = blf\nkeys.7.value = 2104\nkeys.7.label = {label}");
            let number = draft(&halden, "site", &lon, &key).await.unwrap();
            let findings = submit(&halden, number).await.err().map(|refused| refused.findings);
            let of_key = |f: &domain::Finding| f.subject.contains("keys.7.label");
            findings.into_iter().flatten().find(of_key)
        };
        assert_eq!(too_long(99).await.map(|f| f.to_string()), None, "{}", halden.name());
        let said = too_long(100).await.unwrap();
        assert_eq!(said.code, Code::SettingInexpressible);
        assert!(said.detail.contains("`linekey.7.label` holds at most 99 characters"), "{said}");
    }
}

#[tokio::test]
async fn a_draft_from_an_old_version_is_brought_up_and_names_what_both_changed() {
    for halden in open().await {
        let lon = site(&halden, "lon").await;
        let first = draft(&halden, "site", &lon, "phone.language = en-GB\nsip.expires = 300").await.unwrap();
        let second =
            draft(&halden, "site", &lon, "phone.language = fr\nnetwork.qos_audio = 46").await.unwrap();
        publish(&halden, first).await;
        let refused = submit(&halden, second).await.unwrap_err();
        assert!(codes(&refused).contains(&Code::LayerParentStale), "{refused}");
        let ada = halden.by("ada").await;
        assert_eq!(layers::bring_up(&halden.services, &ada, second).await.unwrap(), ["phone.language"]);
        let text = view(&halden, "ada", second).await.text;
        for line in ["phone.language = fr", "network.qos_audio = 46", "sip.expires = 300"] {
            assert!(text.contains(line), "{text}");
        }
        submit(&halden, second).await.unwrap();
        assert_eq!(
            layers::bring_up(&halden.services, &ada, second).await.unwrap_err().code(),
            Code::RequestState
        );
    }
}

/// Two drafts of the same version: whoever is second has signed something that no longer follows what stands.
#[tokio::test]
async fn nothing_is_published_from_a_version_that_no_longer_stands() {
    for halden in open().await {
        let lon = site(&halden, "lon").await;
        let first = draft(&halden, "site", &lon, "phone.language = en-GB").await.unwrap();
        let second = draft(&halden, "site", &lon, "network.qos_audio = 46").await.unwrap();
        for number in [first, second] {
            submit(&halden, number).await.unwrap();
            approve(&halden, "grace", number).await.unwrap();
        }
        apply(&halden, first).await.unwrap();
        let refused = apply(&halden, second).await.unwrap_err();
        // It would take the first one's value away again, which nobody has signed.
        assert_eq!(codes(&refused), [Code::PlanStale], "{}: {refused}", halden.name());
        assert_eq!(view(&halden, "ada", second).await.row.state.word(), "stale");
        let refused = submit(&halden, second).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::LayerParentStale], "{}: {refused}", halden.name());
        let text = layers::layer(&halden.services, &halden.by("ada").await, "site", &lon).await.unwrap().text;
        assert!(text.contains("phone.language") && !text.contains("qos_audio"), "{text}");
    }
}

/// A lock above is nobody's to loosen or to tighten below; two locks of one path are the upper one's.
#[tokio::test]
async fn conflicting_locks_are_refused_below_and_named_above() {
    for halden in open().await {
        let lon = site(&halden, "lon").await;
        let lock = "phone.language = en-GB\nlock phone.language: the contract of this site";
        publish(&halden, draft(&halden, "site", &lon, lock).await.unwrap()).await;
        // Above: whom it overrules is named, and it may.
        let lock = "phone.language = fr\nlock phone.language: one language for all";
        let number = draft(&halden, "organisation", "organisation", lock).await.unwrap();
        let findings = view(&halden, "ada", number).await.plan.findings;
        assert!(
            findings.iter().any(|f| f.code == Code::LockOverrides && f.detail.contains("en-GB")),
            "{findings:?}"
        );
        publish(&halden, number).await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
        // Below: the site's next version cannot keep its own.
        let number = draft(&halden, "site", &lon, "network.qos_audio = 46").await.unwrap();
        let refused = submit(&halden, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::LockForbids], "{}: {refused}", halden.name());
        assert!(refused.to_string().contains("one language for all"), "{refused}");
    }
}

#[tokio::test]
async fn a_lock_names_whom_it_overrules_and_holds_from_then_on() {
    for halden in open().await {
        let (lon, ada) = (site(&halden, "lon").await, halden.by("ada").await);
        publish(&halden, draft(&halden, "site", &lon, "phone.language = en-GB").await.unwrap()).await;
        let lock = "phone.language = fr\nlock phone.language: one language for all";
        let number = draft(&halden, "organisation", "organisation", lock).await.unwrap();
        let page = view(&halden, "ada", number).await;
        let overruled: Vec<_> = page.plan.findings.iter().filter(|f| f.code == Code::LockOverrides).collect();
        assert_eq!(overruled.len(), 1, "{:?}", page.plan.findings);
        assert!(overruled[0].detail.contains("site lon version 2 sets it to en-GB"), "{overruled:?}");
        publish(&halden, number).await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
        let input = with(&halden, "site", &site(&halden, "par").await, "phone.language = de").await;
        let par = site(&halden, "par").await;
        let number = layers::create(&halden.services, &ada, "site", &par, &input).await.unwrap();
        let refused = submit(&halden, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::LockForbids]);
        assert!(refused.to_string().contains("one language for all"), "{refused}");
    }
}

#[tokio::test]
async fn a_plan_that_reaches_phones_otherwise_than_approved_is_stale_and_names_them() {
    for halden in open().await {
        let lon = site(&halden, "lon").await;
        let first = draft(&halden, "site", &lon, "phone.language = en-GB").await.unwrap();
        submit(&halden, first).await.unwrap();
        approve(&halden, "grace", first).await.unwrap();
        // Meanwhile one phone is made an exception of, by its own layer.
        let ada = halden.by("ada").await;
        let device = services::devices::view(&halden.services, &ada, PHONE).await.unwrap().id.to_string();
        publish(&halden, draft(&halden, "device", &device, "phone.language = de").await.unwrap()).await;
        let page = view(&halden, "ada", first).await;
        assert!(page.stale);
        assert_eq!(page.stale_devices, [Mac::parse(PHONE).unwrap()]);
        let refused = apply(&halden, first).await.unwrap_err();
        assert_eq!(refused.code(), Code::PlanStale);
        assert!(refused.to_string().contains(PHONE), "{refused}");
        assert_eq!(view(&halden, "ada", first).await.row.state.word(), "stale");
        publish(&halden, first).await;
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = German"));
        assert!(file(&halden, OTHER_PHONE).await.0.contains("lang.gui = English"));
        // A line that is bound meanwhile is another approved change and makes a plan no other.
        let last = draft(&halden, "site", &lon, "network.qos_audio = 46").await.unwrap();
        submit(&halden, last).await.unwrap();
        approve(&halden, "grace", last).await.unwrap();
        halden.bind(OTHER_PHONE, EXTENSION).await;
        apply(&halden, last).await.unwrap();
    }
}

#[tokio::test]
async fn a_group_is_the_exact_list_of_whom_its_rule_names() {
    for halden in open().await {
        let ada = halden.by("ada").await;
        let group = |tags: &str, groups: &str| DraftInput {
            text: "phone.language = fr".to_owned(),
            note: "As agreed.".to_owned(),
            rule: ["lon".to_owned(), String::new(), String::new(), tags.to_owned(), groups.to_owned()],
            ..DraftInput::default()
        };
        let nobody = DraftInput { rule: Default::default(), ..group("", "") };
        let refused = layers::create(&halden.services, &ada, "group", "quiet", &nobody).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::GroupInvalid]);
        let number =
            layers::create(&halden.services, &ada, "group", "quiet", &group("quiet", "")).await.unwrap();
        publish(&halden, number).await;
        let page = async || layers::layer(&halden.services, &ada, "group", "quiet").await.unwrap();
        assert_eq!(page().await.members, []);

        // A label that no group asks for is said at once; one that brings the phone into a group is approved first.
        let label = async |role: &str, tags: &str| {
            layers::label(&halden.services, &ada, PHONE, role, tags, "A quiet corner.").await
        };
        assert_eq!(label("lobby", "").await.unwrap(), None);
        let number = label("lobby", "quiet").await.unwrap().unwrap();
        let draft = view(&halden, "ada", number).await;
        assert_eq!(draft.plan.devices(), [Mac::parse(PHONE).unwrap()]);
        assert!(
            draft.plan.alike[0].differences.iter().any(|d| d.path == "phone.language"),
            "{:?}",
            draft.plan.alike
        );
        assert!(draft.differences.iter().any(|d| d.after.as_deref() == Some("role: lobby; tags: quiet")));
        assert_eq!(page().await.members, [], "nothing before it is approved");
        // Its text may be edited; what becomes said of the phone stays.
        let input = DraftInput {
            text: draft.text,
            note: "A quiet corner of the lobby.".to_owned(),
            ..DraftInput::default()
        };
        layers::edit(&halden.services, &ada, number, &input).await.unwrap();
        assert_eq!(publish(&halden, number).await, 1);
        assert_eq!(page().await.members, [Mac::parse(PHONE).unwrap()]);
        assert!(file(&halden, PHONE).await.0.contains("lang.gui = French"));
        assert!(!file(&halden, OTHER_PHONE).await.0.contains("lang.gui = French"));
        assert_eq!(label("The Lobby", "").await.unwrap_err().code(), Code::FormInvalid);

        // A circle is refused with its way around.
        let number =
            layers::create(&halden.services, &ada, "group", "inner", &group("", "quiet")).await.unwrap();
        publish(&halden, number).await;
        let circle = DraftInput { text: page().await.text, ..group("quiet", "inner") };
        let number = layers::create(&halden.services, &ada, "group", "quiet", &circle).await.unwrap();
        let refused = submit(&halden, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::GroupInvalid]);
        assert!(refused.to_string().contains("inner → quiet → inner"), "{refused}");

        // A group that means others reaches those who leave it too.
        let other = DraftInput { text: page().await.text, ..group("loud", "") };
        let number = layers::create(&halden.services, &ada, "group", "quiet", &other).await.unwrap();
        let plan = view(&halden, "ada", number).await.plan;
        assert_eq!(plan.devices(), [Mac::parse(PHONE).unwrap()]);
    }
}

#[tokio::test]
async fn an_exception_holds_for_its_time_and_leaves_nothing_behind() {
    for halden in open().await {
        halden.bind(PHONE, EXTENSION).await;
        let ada = halden.by("ada").await;
        let without = file(&halden, PHONE).await.0;
        let input = ExceptionInput {
            mac: PHONE.to_owned(),
            kind: "hours".to_owned(),
            line: "1".to_owned(),
            number: "2110".to_owned(),
            owner: "Carys Penrose".to_owned(),
            reason: "Stocktaking until Friday.".to_owned(),
            expires: ada.now.plus(8 * DAY).to_string(),
            ..ExceptionInput::default()
        };
        let endless = ExceptionInput { expires: String::new(), owner: String::new(), ..input.clone() };
        let refused = layers::ask(&halden.services, &ada, &endless).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::FieldMissing]);
        let number = layers::ask(&halden.services, &ada, &input).await.unwrap();
        assert_eq!(publish(&halden, number).await, 1);
        assert!(file(&halden, PHONE).await.0.contains("2110"), "calls go elsewhere");
        let standing = async || layers::list(&halden.services, &ada, false, "").await.unwrap().exceptions;
        assert_eq!(standing().await.len(), 1);
        assert!(standing().await[0].soon.is_none());

        halden.later(2 * DAY);
        let op = halden.by("ada").await;
        let soon = layers::list(&halden.services, &op, false, "").await.unwrap().exceptions;
        assert_eq!(soon[0].soon.as_ref().map(|f| f.code), Some(Code::ExceptionExpires));
        assert_eq!(layers::expire(&halden.services).await.unwrap(), 0, "not before its time");
        halden.later(6 * DAY + HOUR);
        jobs::minute(&halden.services).await;
        assert_eq!(layers::expire(&halden.services).await.unwrap(), 0, "once");
        assert!(standing().await.is_empty());
        let (text, change, _) = file(&halden, PHONE).await;
        assert_eq!(change, format!("end of LC-{number}"));
        assert!(!text.contains("2110"), "{text}");
        assert_eq!(
            settings(&text),
            settings(&without),
            "what was set is reset, and nothing else is different"
        );
        assert_eq!(did(&halden, "layer_exception.end").await, 1);
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

/// Keys that have a value.
fn settings(file: &str) -> Vec<&str> {
    file.lines().filter(|line| !line.ends_with("%NULL%")).collect()
}

#[tokio::test]
async fn what_the_configuration_says_and_what_people_published_live_together() {
    for halden in open().await {
        let organisation = ("organisation", "organisation");
        publish(
            &halden,
            draft(&halden, organisation.0, organisation.1, "phone.language = fr").await.unwrap(),
        )
        .await;
        let mut config = registrar();
        organisation::ensure(&halden.services, &config).await.unwrap();
        let ada = halden.by("ada").await;
        let said = async || {
            let page = layers::layer(&halden.services, &ada, organisation.0, organisation.1).await.unwrap();
            (page.version, page.text)
        };
        assert_eq!(said().await.0, 2, "a start without news publishes nothing");
        config.registrar_host = Some("other.halden.example".to_owned());
        organisation::ensure(&halden.services, &config).await.unwrap();
        config.transport = None;
        organisation::ensure(&halden.services, &config).await.unwrap();
        let (version, text) = said().await;
        assert_eq!(version, 4);
        assert!(text.contains("phone.language = fr") && text.contains("other.halden.example"), "{text}");
        assert!(!text.contains("sip.transport"), "what the configuration no longer says is gone: {text}");
    }
}

#[tokio::test]
async fn a_preview_shows_one_phone_and_keeps_nothing() {
    for halden in open().await {
        let (lon, ada) = (site(&halden, "lon").await, halden.by("ada").await);
        let input = with(&halden, "site", &lon, "phone.language = en-GB\nphone.ntp2 = x").await;
        let view = layers::preview(&halden.services, &ada, "site", &lon, &input, PHONE).await.unwrap();
        assert!(view.findings.iter().any(|f| f.code == Code::SettingUnknown), "{:?}", view.findings);
        let changed: Vec<_> = view.differences.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(changed, ["phone.language", "phone.ntp2"]);
        assert!(!view.same_bytes);
        let said = |line: &services::view::TracedLine| line.path.as_deref() == Some("phone.language");
        assert!(view.files[0].lines.iter().any(said));
        assert!(layers::list(&halden.services, &ada, false, "").await.unwrap().changes.is_empty());
    }
}

#[tokio::test]
async fn what_phones_get_of_their_segment_and_site_is_changed_by_a_layer_and_the_facts_follow() {
    for halden in open().await {
        let (services, name) = (&halden.services, halden.name());
        let op = halden.by("ada").await;
        let facts = async || site_facts::view(services, &op, "lon").await.unwrap();
        let voice = async || facts().await.segments.into_iter().find(|s| s.code == "voice").unwrap();
        let before = voice().await;
        let input = SegmentInput {
            code: "voice".to_owned(),
            cidr: before.cidr.to_string(),
            vlan: before.vlan.map(|vlan| vlan.to_string()).unwrap_or_default(),
            ntp: "time.example.com".to_owned(),
        };
        let asked = site_facts::put_segment(services, &op, "lon", &input, "A new switch.").await.unwrap();
        let Edited::Asked(number) = asked else { panic!("phones are there: {asked:?}") };
        assert_eq!(voice().await, before, "{name}: it is a draft");
        let plan = view(&halden, "ada", number).await;
        let changed: Vec<_> =
            plan.differences.iter().map(|d| (d.path.as_str(), d.after.as_deref())).collect();
        assert_eq!(changed, [("phone.ntp", Some("time.example.com"))], "{name}");
        assert!(publish(&halden, number).await > 0, "{name}");
        let after = voice().await;
        assert_eq!((after.vlan, after.ntp.as_deref()), (before.vlan, Some("time.example.com")), "{name}");
        assert_eq!(did(&halden, "segment.edit").await, 1, "{name}");
        let bind = halden.approved_bind(PHONE, 1, EXTENSION).await;
        assert!(halden.apply(bind).await.is_err(), "{name}: the gate is void");

        let called = facts().await.site.name;
        let zone = site_facts::rename(services, &op, "lon", &called, "Europe/Paris", "It moves.");
        let Edited::Asked(number) = zone.await.unwrap() else { panic!("phones are there") };
        publish(&halden, number).await;
        assert_eq!(facts().await.site.time_zone, "Europe/Paris", "{name}");
        // Whoever edits the layer itself moves the facts as well.
        let scope = site(&halden, "lon").await;
        let text = layers::layer(services, &op, "site", &scope).await.unwrap().text;
        let text = text.replace("Europe/Paris", "Europe/London");
        let input = DraftInput { text, note: "Back again.".to_owned(), ..DraftInput::default() };
        let number = layers::create(services, &op, "site", &scope, &input).await.unwrap();
        publish(&halden, number).await;
        assert_eq!(facts().await.site.time_zone, "Europe/London", "{name}");
    }
}

/// A form for an exception that shows another ring group on the second key.
async fn excepted(halden: &Halden, mac: &str, number: &str) {
    let input = ExceptionInput {
        mac: mac.to_owned(),
        kind: "ring-group".to_owned(),
        key: "2".to_owned(),
        number: number.to_owned(),
        label: "Sales".to_owned(),
        owner: "Carys Penrose".to_owned(),
        reason: "Helps out.".to_owned(),
        ..ExceptionInput::default()
    };
    let number = layers::ask(&halden.services, &halden.by("ada").await, &input).await.unwrap();
    publish(halden, number).await;
}

#[tokio::test]
async fn lines_come_go_and_move_and_each_phone_keeps_what_its_layers_say() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        let group = DraftInput {
            text: "phone.language = fr".to_owned(),
            note: "As agreed.".to_owned(),
            rule: ["lon".to_owned(), String::new(), String::new(), "quiet".to_owned(), String::new()],
            ..DraftInput::default()
        };
        let number = layers::create(services, &ada, "group", "quiet", &group).await.unwrap();
        publish(&halden, number).await;
        let asked = layers::label(services, &ada, PHONE, "lobby", "quiet", "A quiet corner.").await.unwrap();
        publish(&halden, asked.expect("it changes a group")).await;
        excepted(&halden, PHONE, "2110").await;
        excepted(&halden, OTHER_PHONE, "2111").await;
        // A phone without a line has no keys in its file: what an exception says of one follows with the line.
        let kept = async |when: &str, one: Option<&str>, other: Option<&str>| {
            for (mac, language, key) in [(PHONE, Some("fr"), one), (OTHER_PHONE, None, other)] {
                let said = trace::view(services, &ada, mac).await.unwrap().resolution;
                assert_eq!(said.text("phone.language").as_deref(), language, "{when}: {mac}");
                assert_eq!(said.text("keys.2.value").as_deref(), key, "{when}: {mac}");
            }
        };
        kept("before", None, None).await;
        halden.bind(PHONE, EXTENSION).await;
        kept("bound", Some("2110"), None).await;
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        kept("unbound", Some("2110"), None).await;
        halden.bind(PHONE, EXTENSION).await;
        crate::replacements::replaced(&halden).await;
        assert_eq!(halden.lines(OTHER_PHONE).await, [EXTENSION]);
        kept("replaced", Some("2110"), Some("2111")).await;
    }
}
