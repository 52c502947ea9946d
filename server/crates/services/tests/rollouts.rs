//! Rollouts: waves that wait for phones, stop by themselves, and are taken back.

use crate::{
    halden::{EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, open, password},
    phone::Phone,
    uploads::put,
};
use domain::{
    Code,
    time::{DAY, HOUR, MINUTE},
};
use services::{
    change_requests,
    edge::Answer,
    jobs,
    layers::{self, DraftInput},
    rollouts::{self, PolicyInput, view::RolloutView},
    site_facts, trace,
};

/// What a change under test says in the file of a Yealink.
const NEW: &str = "lang.gui = English";

pub(crate) async fn policy(halden: &Halden, waves: &str) {
    let ada = halden.by("ada").await;
    let now = rollouts::list(&halden.services, &ada, "").await.unwrap().policy;
    let input =
        PolicyInput { at_once: "0".to_owned(), waves: waves.to_owned(), jitter: "0".to_owned(), ..now };
    rollouts::set_policy(&halden.services, &ada, &input, "as agreed").await.unwrap();
}

/// A version of London's layer with these lines more, submitted and signed; its number.
pub(crate) async fn approved(halden: &Halden, lines: &str) -> i64 {
    signed(halden, drafted(halden, lines).await).await
}

async fn signed(halden: &Halden, number: i64) -> i64 {
    let ada = halden.by("ada").await;
    layers::submit(&halden.services, &ada, number).await.unwrap();
    for who in ["grace", "hedy"] {
        let op = halden.by(who).await;
        let view = layers::change(&halden.services, &op, number).await.unwrap();
        if view.row.state.word() == "submitted" {
            layers::approve(&halden.services, &op, number, &view.digest, &password(who)).await.unwrap();
        }
    }
    number
}

async fn drafted(halden: &Halden, lines: &str) -> i64 {
    let (scope, text) = london(halden).await;
    draft(halden, &scope, format!("{text}{lines}\n")).await
}

async fn draft(halden: &Halden, scope: &str, text: String) -> i64 {
    let ada = halden.by("ada").await;
    let input = DraftInput { text, note: "As agreed.".to_owned(), ..DraftInput::default() };
    layers::create(&halden.services, &ada, "site", scope, &input).await.unwrap()
}

/// The scope of London's layer, and what it says.
async fn london(halden: &Halden) -> (String, String) {
    let ada = halden.by("ada").await;
    let all = layers::list(&halden.services, &ada, false, "").await.unwrap().layers;
    let scope = all.into_iter().find(|l| l.level.word() == "site" && l.name == "lon").unwrap().scope;
    let text = layers::layer(&halden.services, &ada, "site", &scope).await.unwrap().text;
    (scope, text)
}

/// Applied, and taken as far as it goes at once.
pub(crate) async fn begun(halden: &Halden, lines: &str) -> i64 {
    let number = approved(halden, lines).await;
    begin(halden, number).await;
    number
}

async fn begin(halden: &Halden, number: i64) {
    layers::apply(&halden.services, &halden.by("ada").await, number).await.unwrap();
    assert_eq!(layers::publish(&halden.services).await.unwrap(), 0, "nothing goes at once");
    rollouts::run(&halden.services).await.unwrap();
}

pub(crate) async fn view(halden: &Halden) -> RolloutView {
    rollouts::show(&halden.services, &halden.by("ada").await, 1, "", "").await.unwrap()
}

async fn says(halden: &Halden) -> (&'static str, u32) {
    let view = view(halden).await;
    (view.row.status.word(), view.row.wave)
}

pub(crate) fn many(view: &RolloutView, word: &str) -> u32 {
    view.phases.iter().find(|(w, _)| *w == word).unwrap().1
}

/// What a phone would be served now.
async fn file(halden: &Halden, mac: &str) -> String {
    let trace = trace::view(&halden.services, &halden.by("ada").await, mac).await.unwrap();
    let lines = trace.files.iter().flat_map(|file| &file.lines).map(|line| line.text.clone());
    lines.collect::<Vec<_>>().join("\n")
}

/// Phones that have been set up and ask for their files.
pub(crate) async fn fetch(halden: &Halden, phones: &[&Phone]) {
    for phone in phones {
        phone.fetch(&halden.services).await;
    }
    jobs::tick(&halden.services).await;
}

/// Both of London's bound phones, seen today.
pub(crate) async fn two(halden: &Halden) -> (Phone, Phone) {
    halden.bind(PHONE, EXTENSION).await;
    halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
    let phones = (Phone::of(halden, PHONE).await, Phone::of(halden, OTHER_PHONE).await);
    fetch(halden, &[&phones.0, &phones.1]).await;
    halden.later(MINUTE);
    phones
}

#[tokio::test]
async fn a_wave_waits_for_its_phones_and_the_others_keep_what_they_had() {
    for halden in open().await {
        let (one, other) = two(&halden).await;
        policy(&halden, &format!("devices {PHONE}\nall")).await;
        let before = (file(&halden, PHONE).await, file(&halden, OTHER_PHONE).await);
        let number = begun(&halden, "phone.language = en-GB").await;

        assert_eq!(says(&halden).await, ("running", 1));
        assert!(file(&halden, PHONE).await.contains(NEW));
        assert_eq!(file(&halden, OTHER_PHONE).await, before.1, "not reached: it has what it had");
        // Whatever else is published for a phone that is not reached is made of what it had.
        let unbind = halden.approved_unbind(OTHER_PHONE).await;
        halden.apply(unbind).await.unwrap();
        assert!(!file(&halden, OTHER_PHONE).await.contains(NEW));
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        assert!(!file(&halden, OTHER_PHONE).await.contains(NEW));

        // Nobody has asked for anything: another node finds nothing to do.
        assert_eq!(rollouts::run(&halden.second_node().await).await.unwrap(), 0);
        let another = drafted(&halden, "phone.ntp = ntp.halden.example").await;
        let refused = layers::submit(&halden.services, &halden.by("ada").await, another).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::RolloutRunning], "one at a time");

        halden.later(HOUR);
        fetch(&halden, &[&one]).await;
        rollouts::run(&halden.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "fetched"), 1, "a fetch alone is no success");
        halden.later(HOUR);
        fetch(&halden, &[&one, &other]).await;
        // The node was stopped meanwhile; another one goes on.
        rollouts::run(&halden.second_node().await).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.status.word(), page.row.wave), ("running", 2), "{:?}", page.waves);
        assert_eq!((many(&page, "applied"), many(&page, "released")), (1, 1));
        assert!(many(&page, "deferred") > 3, "who was never seen is not waited for");
        assert!(file(&halden, OTHER_PHONE).await.contains(NEW));

        halden.later(HOUR);
        fetch(&halden, &[&other]).await;
        rollouts::run(&halden.services).await.unwrap();
        halden.later(HOUR);
        fetch(&halden, &[&other]).await;
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!(page.row.status.word(), "finished", "{:?}", page.waves);
        assert_eq!((many(&page, "applied"), many(&page, "deferred"), many(&page, "failed")), (2, 0, 0));
        let view = layers::change(&halden.services, &halden.by("ada").await, number).await.unwrap();
        assert_eq!(view.plan.counts.devices, page.phases.iter().map(|(_, n)| n).sum::<u32>());
        for mac in view.plan.devices() {
            let file = file(&halden, &mac.bare()).await;
            assert!(file.contains("en-GB") || file.contains("nglish"), "{mac}: {file}");
        }
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_ne!(before.0, file(&halden, PHONE).await);
        assert_eq!(rollouts::run(&halden.services).await.unwrap(), 0);
    }
}

/// A site's time zone is a fact about the site as well: it is the new one when all have it.
#[tokio::test]
async fn what_is_known_of_a_site_follows_when_the_rollout_is_over() {
    for halden in open().await {
        let (one, other) = two(&halden).await;
        policy(&halden, "all").await;
        let (scope, text) = london(&halden).await;
        let text = text.replace("Europe/London", "Europe/Paris");
        let number = draft(&halden, &scope, text).await;
        begin(&halden, signed(&halden, number).await).await;
        let ada = halden.by("ada").await;
        let zone = async || site_facts::view(&halden.services, &ada, "lon").await.unwrap().site.time_zone;
        assert_eq!(zone().await, "Europe/London", "{}", halden.name());
        for _ in 0..3 {
            halden.later(HOUR);
            fetch(&halden, &[&one, &other]).await;
            rollouts::run(&halden.services).await.unwrap();
        }
        assert_eq!(says(&halden).await.0, "finished");
        assert_eq!(zone().await, "Europe/Paris", "{}", halden.name());
    }
}

#[tokio::test]
async fn silence_stops_a_wave_and_the_whole_change_is_taken_back() {
    for halden in open().await {
        let (one, other) = two(&halden).await;
        policy(&halden, &format!("devices {PHONE} {OTHER_PHONE}; failures 0 %\nall")).await;
        let before = (file(&halden, PHONE).await, london(&halden).await.1);
        begun(&halden, "phone.language = en-GB").await;
        halden.later(HOUR);
        fetch(&halden, &[&one]).await;
        rollouts::run(&halden.services).await.unwrap();
        halden.later(HOUR);
        fetch(&halden, &[&one]).await;
        rollouts::run(&halden.services).await.unwrap();
        assert_eq!(says(&halden).await, ("running", 1), "the other one has time");
        halden.later(DAY + HOUR);
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!(page.row.status.word(), "paused");
        assert_eq!(page.stopped.as_ref().map(|finding| finding.code), Some(Code::RolloutStopped));
        assert_eq!((many(&page, "failed"), many(&page, "applied")), (1, 1));
        assert_eq!(page.phones[0].says, "failed: did not fetch");
        halden.later(DAY);
        assert_eq!(rollouts::run(&halden.services).await.unwrap(), 0, "it waits for somebody");

        let (ada, grace) = (halden.by("ada").await, halden.by("grace").await);
        let forbidden = rollouts::retry(&halden.services, &grace, 1, "once more").await.unwrap_err();
        assert_eq!(forbidden.code(), Code::Forbidden);
        let without = rollouts::abort(&halden.services, &ada, 1, " ").await.unwrap_err();
        assert_eq!(codes(&without), [Code::FieldMissing]);
        rollouts::retry(&halden.services, &ada, 1, "It was switched off.").await.unwrap();
        assert_eq!(many(&view(&halden).await, "released"), 1);
        rollouts::resume(&halden.services, &ada, 1, "It is on again.").await.unwrap();
        rollouts::abort(&halden.services, &ada, 1, "Screens went dark.").await.unwrap();
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.status.word(), many(&page, "returned")), ("aborted", 2), "{:?}", page.phases);
        assert_eq!(london(&halden).await.1, before.1, "the layer says what it said");
        assert_eq!(settings(&file(&halden, PHONE).await), settings(&before.0));
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(halden.lines(OTHER_PHONE).await, [OTHER_EXTENSION]);
        fetch(&halden, &[&one, &other]).await;
        let again = rollouts::abort(&halden.services, &ada, 1, "again").await.unwrap_err();
        assert_eq!(codes(&again), [Code::RequestState]);
        let acts: Vec<_> = halden.acts().await.into_iter().map(|act| act.action).collect();
        for action in ["rollout.start", "rollout.retry", "rollout.resume", "rollout.abort", "rollout.turn"] {
            assert!(acts.iter().any(|a| a == action), "{action}");
        }
    }
}

/// Keys that have a value.
fn settings(file: &str) -> Vec<&str> {
    file.lines().filter(|line| !line.ends_with("%NULL%")).collect()
}

#[tokio::test]
async fn a_wave_returns_by_itself_and_who_is_skipped_keeps_what_it_had() {
    for halden in open().await {
        let (one, other) = two(&halden).await;
        policy(&halden, &format!("devices {PHONE}; failures 0 %; return\nall")).await;
        let before = (file(&halden, PHONE).await, file(&halden, OTHER_PHONE).await);
        begun(&halden, "phone.language = en-GB").await;
        halden.later(27 * HOUR);
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.status.word(), many(&page, "returned")), ("paused", 1), "{:?}", page.phases);
        assert_eq!(settings(&file(&halden, PHONE).await), settings(&before.0));

        let ada = halden.by("ada").await;
        rollouts::skip(&halden.services, &ada, 1, PHONE, "It is being repaired.").await.unwrap();
        rollouts::skip(&halden.services, &ada, 1, OTHER_PHONE, "Its user is on stage.").await.unwrap();
        rollouts::resume(&halden.services, &ada, 1, "Without those two.").await.unwrap();
        fetch(&halden, &[&one, &other]).await;
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.status.word(), many(&page, "skipped")), ("finished", 2), "{:?}", page.phases);
        // Whatever is published for them later is made of what they had.
        for (mac, extension, before) in
            [(PHONE, EXTENSION, &before.0), (OTHER_PHONE, OTHER_EXTENSION, &before.1)]
        {
            let unbind = halden.approved_unbind(mac).await;
            halden.apply(unbind).await.unwrap();
            halden.bind(mac, extension).await;
            assert!(!file(&halden, mac).await.contains(NEW), "{mac}");
            assert_eq!(settings(&file(&halden, mac).await), settings(before));
        }
        // Until the layer's next version, whose plan says what becomes of them.
        policy(&halden, "all").await;
        let number = approved(&halden, "phone.tone_region = GB").await;
        let plan = layers::change(&halden.services, &ada, number).await.unwrap().plan;
        let of = |mac: &str| {
            let mac = domain::Mac::parse(mac).unwrap();
            plan.alike.iter().find(|a| a.devices.contains(&mac)).unwrap().differences.len()
        };
        assert_eq!(of(PHONE), 2, "both changes are news to it");
    }
}

#[tokio::test]
async fn freezes_and_windows_hold_a_rollout_and_small_changes_go_at_once() {
    for halden in open().await {
        let (one, _) = two(&halden).await;
        let ada = halden.by("ada").await;
        // Built in: up to twenty phones at once; what can cut them off begins with one of each segment.
        let number = approved(&halden, "network.lldp = off").await;
        layers::apply(&halden.services, &ada, number).await.unwrap();
        rollouts::run(&halden.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!(page.waves[0].rule, "one of each segment");
        assert_eq!(page.waves[0].threshold, "0 %, then pause");
        rollouts::abort(&halden.services, &ada, 1, "Not yet.").await.unwrap();
        rollouts::run(&halden.services).await.unwrap();
        let number = approved(&halden, "phone.language = en-GB").await;
        layers::apply(&halden.services, &ada, number).await.unwrap();
        assert!(layers::publish(&halden.services).await.unwrap() > 5);
        assert_eq!(rollouts::list(&halden.services, &ada, "").await.unwrap().rows.len(), 1);

        // A window that opens in an hour: the clock of the tests stands in the middle of a minute of the day.
        let at = ada.now.to_string();
        let (hour, minute) = (at[11..13].parse::<u32>().unwrap(), &at[14..16]);
        let window = format!("{:02}:{minute}-{:02}:{minute}", (hour + 2) % 24, (hour + 3) % 24);
        let input = PolicyInput {
            at_once: "0".to_owned(),
            waves: "all".to_owned(),
            jitter: "0".to_owned(),
            window,
            ..rollouts::list(&halden.services, &ada, "").await.unwrap().policy
        };
        rollouts::set_policy(&halden.services, &ada, &input, "at night").await.unwrap();
        let number = approved(&halden, "phone.tone_region = GB").await;
        layers::apply(&halden.services, &ada, number).await.unwrap();
        rollouts::run(&halden.services).await.unwrap();
        let second = async || rollouts::show(&halden.services, &ada, 2, "", "").await.unwrap();
        assert_eq!(second().await.waves[0].word, "now");
        assert_eq!(
            many(&second().await, "waiting"),
            second().await.waves[0].phones,
            "nothing before it opens"
        );
        halden.later(2 * HOUR + MINUTE);
        fetch(&halden, &[&one]).await;
        rollouts::run(&halden.services).await.unwrap();
        assert!(many(&second().await, "released") > 0);

        let bad = PolicyInput {
            waves: "5 %".to_owned(),
            fleet: "none".to_owned(),
            window: "never".to_owned(),
            ..input
        };
        let refused = rollouts::set_policy(&halden.services, &ada, &bad, "x").await.unwrap_err();
        let fields: Vec<_> = refused.findings.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(fields, ["waves", "fleet", "window"]);
    }
}

/// What approvers sign says how many may fail before it stops.
#[tokio::test]
async fn how_a_change_goes_out_is_approved_with_it() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        policy(&halden, "5 %; failures 1 %; return\nall").await;
        let number = approved(&halden, "phone.language = en-GB").await;
        let page = async || layers::change(services, &ada, number).await.unwrap();
        let signed = page().await;
        let waves = |page: &layers::view::ChangeView| -> Vec<String> {
            page.plan.waves.iter().flat_map(|settings| &settings.waves).map(ToString::to_string).collect()
        };
        assert_eq!(waves(&signed), ["5 %; failures 1 %; return", "all; failures 2 %; pause"]);
        assert!(!signed.stale);

        for other in ["5 %; failures 50 %; return\nall", "5 %; failures 1 %; pause\nall", "all"] {
            policy(&halden, other).await;
            let page = page().await;
            assert!(page.stale && page.stale_waves && page.stale_devices.is_empty(), "{other}");
        }
        let refused = layers::apply(services, &ada, number).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::PlanStale]);
        assert!(refused.to_string().contains("go out otherwise"), "{refused}");
        assert_eq!(page().await.row.state.word(), "stale");
        assert!(rollouts::list(services, &ada, "").await.unwrap().rows.is_empty());

        // Whoever signs it now signs what holds now; what was on the page before is refused.
        layers::submit(services, &ada, number).await.unwrap();
        let grace = halden.by("grace").await;
        let before = layers::approve(services, &grace, number, &signed.digest, &password("grace")).await;
        assert_eq!(codes(&before.unwrap_err()), [Code::PlanChanged]);
        let seen = page().await.digest;
        layers::approve(services, &grace, number, &seen, &password("grace")).await.unwrap();
        begin(&halden, number).await;
        let rules: Vec<_> = view(&halden).await.waves.into_iter().map(|wave| wave.rule).collect();
        assert_eq!(rules, ["all"], "it runs as it was signed");
    }
}

/// Where the registrar is, whether personal files are kept, and of which groups a phone is: the phone's own version of a
/// layer says it, and not the newest one.
#[tokio::test]
async fn who_is_not_reached_is_judged_by_the_version_that_it_has() {
    for halden in open().await {
        let (services, ada) = (&halden.services, halden.by("ada").await);
        let (one, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        fetch(&halden, &[&one, &other]).await;
        halden.later(MINUTE);
        policy(&halden, &format!("devices {PHONE}\nall")).await;
        let organisation = "organisation";
        let said = layers::layer(services, &ada, organisation, organisation).await.unwrap().text;
        let kept = said.lines().filter(|line| !line.starts_with("sip.registrar.host"));
        let text = kept
            .chain(["phone.language = en-GB", "uploads.keep_personal = on"])
            .fold(String::new(), |text, line| text + line + "\n");
        let input = DraftInput { text, note: "As agreed.".to_owned(), ..DraftInput::default() };
        let number = layers::create(services, &ada, organisation, organisation, &input).await.unwrap();
        begin(&halden, signed(&halden, number).await).await;
        assert_eq!((many(&view(&halden).await, "released"), says(&halden).await), (1, ("running", 1)));

        for (mac, extension, missing) in [(PHONE, EXTENSION, true), (OTHER_PHONE, OTHER_EXTENSION, false)] {
            let number = halden.draft_bind(mac, 1, extension).await.unwrap();
            let blocks = change_requests::view(services, &ada, number).await.unwrap().blocks;
            let found = blocks.iter().any(|finding| finding.code == Code::RegistrarMissing);
            assert_eq!(found, missing, "{}: {mac}", halden.name());
        }

        for (phone, kept) in [(&one, true), (&other, false)] {
            let name = phone.file.replace(".cfg", "-calllog.xml");
            put(services, phone, "PUT", &name, Some(b"<calls/>")).await;
            let found = !matches!(phone.fetch_file(services, &name).await, Answer::NotFound);
            assert_eq!(found, kept, "{name}");
        }

        rollouts::abort(services, &ada, 1, "Not yet.").await.unwrap();
        rollouts::run(services).await.unwrap();
        let rule = ["lon", "", "", "", ""].map(str::to_owned);
        let input = DraftInput {
            text: "phone.language = fr".to_owned(),
            note: "As agreed.".to_owned(),
            rule,
            ..DraftInput::default()
        };
        let number = layers::create(services, &ada, "group", "quiet", &input).await.unwrap();
        begin(&halden, signed(&halden, number).await).await;
        let groups = async |mac: &str| layers::on_device(services, &ada, mac).await.unwrap().groups;
        assert_eq!(groups(PHONE).await, ["quiet"]);
        assert!(groups(OTHER_PHONE).await.is_empty(), "{}", halden.name());
    }
}
