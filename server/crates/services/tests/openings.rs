//! Openings of sites: stage by stage, with what each demands; steps, package, cutover, acceptance, and a site's own facts.

use crate::halden::{self, EXTENSION, Halden, PHONE, password};
use domain::{
    Code, Finding,
    account::Day,
    gate::GateStatus,
    ledger::Entry,
    number::state::Act,
    site::{
        acceptance::{Outcome, Test},
        stage::Stage,
        step::StepKind,
    },
    time::{DAY, HOUR, MINUTE},
};
use services::{
    Problem, Result,
    acceptances::{self, TriedInput},
    cutovers::{self, TimedInput},
    numbers,
    opening_sheets::{self, Sheet},
    openings::{self, OpeningView},
    site_facts::{self, Edited, PlaceInput, SegmentInput, SiteInput},
    site_packages, sites,
    steps::{self, StepInput, Verb},
};

impl Halden {
    async fn opening(&self) -> OpeningView {
        openings::view(&self.services, &self.by("grace").await, "lon").await.unwrap()
    }

    async fn step(&self, kind: &str, owner: &str, due: &str, needs: &[&str]) -> Result<()> {
        let needs = needs.iter().map(|need| (*need).to_owned()).collect();
        let input = StepInput { owner: owner.to_owned(), due: due.to_owned(), needs };
        steps::change(&self.services, &self.by("linus").await, "lon", kind, &input).await
    }

    async fn says(&self, kind: &str, verb: Verb) -> Result<()> {
        steps::say(&self.services, &self.by("linus").await, "lon", kind, verb, "as seen").await
    }

    async fn advance(&self) -> Result<Stage> {
        openings::advance(&self.services, &self.by("linus").await, "lon", "as agreed").await
    }

    async fn timed(&self, number: &str, title: &str, in_hours: i64, back_out: bool) -> Result<()> {
        let op = self.by("linus").await;
        let input = TimedInput {
            number: number.to_owned(),
            title: title.to_owned(),
            owner: "linus".to_owned(),
            planned: op.now.plus(in_hours * HOUR).to_string(),
            minutes: "30".to_owned(),
            back_out,
        };
        cutovers::put(&self.services, &op, "lon", &input).await
    }

    async fn decides(&self, go: bool) -> Result<()> {
        self.decides_with(go, &password("ada")).await
    }

    async fn decides_with(&self, go: bool, password: &str) -> Result<()> {
        cutovers::decide(&self.services, &self.by("ada").await, "lon", go, "all there", password).await
    }

    async fn tries(&self, outcome: Outcome, note: &str) -> Result<()> {
        let op = self.by("linus").await;
        let view = acceptances::view(&self.services, &op, "lon", "").await.unwrap();
        let line = view.page.rows[0].line.id().to_string();
        let one = |test| TriedInput { test, outcome, note: note.to_owned() };
        acceptances::record(&self.services, &op, "lon", &line, Test::ALL.map(one).into()).await
    }

    /// What the record says of acts of these kinds: action, subject, before, after.
    async fn acts_of(&self, kind: &str) -> Vec<String> {
        let acts = self.record().await.into_iter().filter_map(|entry| match entry {
            Entry::Act(act) if act.action.starts_with(kind) => Some(act),
            _ => None,
        });
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        acts.map(|a| format!("{} {}: {} -> {}", a.action, a.subject, text(a.before), text(a.after))).collect()
    }

    /// Everything up to the day of the cutover.
    async fn prepared(&self) {
        for kind in ["isp", "power", "cabling", "network"] {
            self.says(kind, Verb::Done).await.unwrap();
        }
        self.advance().await.unwrap();
        self.advance().await.unwrap();
        for kind in ["delivery", "hiring", "accounts"] {
            self.says(kind, Verb::Done).await.unwrap();
        }
        self.says("porting", Verb::Drop).await.unwrap();
        self.timed("", "Switch the trunk", 1, false).await.unwrap();
        self.timed("", "Bind the phones", 2, true).await.unwrap();
        let op = self.by("linus").await;
        cutovers::on_call(&self.services, &op, "lon", "grace").await.unwrap();
    }
}

fn details(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.detail.as_str()).collect()
}

fn one_code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code()
}

#[tokio::test]
async fn a_site_goes_live_when_it_has_what_each_stage_demands_and_not_before() {
    for halden in halden::open().await {
        let early = halden.advance().await.unwrap_err();
        assert_eq!((early.code(), early.findings.len()), (Code::SiteNotReady, 4), "{}", halden.name());
        halden.prepared().await;
        assert_eq!(halden.opening().await.opening.stage, Stage::Validated);
        let undecided = halden.advance().await.unwrap_err();
        assert_eq!(details(&undecided.findings), ["Nobody has decided go or no-go."], "{}", halden.name());
        assert_eq!(one_code(halden.decides_with(true, "not hers").await), Code::SignInFailed);
        halden.decides(true).await.unwrap();
        assert_eq!(halden.advance().await.unwrap(), Stage::Cutover);

        halden.bind(PHONE, EXTENSION).await;
        let op = halden.by("linus").await;
        for number in [1, 2] {
            assert_eq!(
                one_code(cutovers::end(&halden.services, &op, "lon", number).await),
                Code::RequestState
            );
            cutovers::begin(&halden.services, &op, "lon", number).await.unwrap();
            halden.later(10 * MINUTE);
            let op = halden.by("linus").await;
            cutovers::end(&halden.services, &op, "lon", number).await.unwrap();
        }
        assert_eq!(halden.advance().await.unwrap(), Stage::Hypercare, "{}", halden.name());

        let early = halden.advance().await.unwrap_err();
        assert_eq!(
            details(&early.findings),
            ["0 of 1 lines are accepted, 0 %; 95 % are asked for.", "Nobody is named."],
            "{}",
            halden.name()
        );
        assert_eq!(one_code(halden.tries(Outcome::Failed, "").await), Code::FieldMissing);
        halden.tries(Outcome::Failed, "one-way audio").await.unwrap();
        assert_eq!(halden.opening().await.facts.accepted, 0);
        halden.tries(Outcome::Passed, "").await.unwrap();
        let grace = halden.by("grace").await;
        let owner = openings::answer_for(&halden.services, &op, "lon", "grace", "100", "as agreed");
        owner.await.unwrap();
        let sign = async |op, password: &str| openings::sign_off(&halden.services, op, "lon", password).await;
        assert_eq!(one_code(sign(&op, &password("linus")).await), Code::Forbidden);
        assert_eq!(one_code(sign(&grace, "not hers").await), Code::SignInFailed);
        let unsigned = halden.advance().await.unwrap_err();
        assert_eq!(details(&unsigned.findings), ["grace has not signed off."], "{}", halden.name());
        sign(&grace, &password("grace")).await.unwrap();
        assert_eq!(halden.advance().await.unwrap(), Stage::Live, "{}", halden.name());
        assert_eq!(details(&halden.advance().await.unwrap_err().findings), ["1 lines stand."]);

        let acts = halden.acts_of("site.").await;
        assert_eq!(
            acts,
            [
                "site.advance lon: planned -> network ready",
                "site.advance lon: network ready -> validated",
                "site.advance lon: validated -> cutover",
                "site.advance lon: cutover -> hypercare",
                "site.answer_for lon: service owner: nobody; 95 % accepted -> service owner: grace; 100 % accepted",
                &format!("site.sign_off lon: not signed off -> signed off {}", grace.now),
                "site.advance lon: hypercare -> live",
            ],
            "{}",
            halden.name()
        );
    }
}

#[tokio::test]
async fn another_service_owner_signs_off_anew_and_a_line_bound_again_is_accepted_anew() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.tries(Outcome::Passed, "").await.unwrap();
        assert_eq!(halden.opening().await.facts.accepted, 1, "{}", halden.name());
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        halden.bind(PHONE, EXTENSION).await;
        let facts = halden.opening().await.facts;
        assert_eq!((facts.lines, facts.accepted), (1, 0), "{}", halden.name());

        let (ada, grace) = (halden.by("ada").await, halden.by("grace").await);
        let name = async |owner: &str, share: &str| {
            openings::answer_for(&halden.services, &ada, "lon", owner, share, "as agreed").await
        };
        name("grace", "90").await.unwrap();
        openings::sign_off(&halden.services, &grace, "lon", &password("grace")).await.unwrap();
        name("grace", "95").await.unwrap();
        assert!(halden.opening().await.facts.signed.is_some(), "{}: the same owner", halden.name());
        name("linus", "95").await.unwrap();
        assert_eq!(halden.opening().await.facts.signed, None, "{}", halden.name());
        assert_eq!(one_code(name("nobody", "95").await), Code::FormInvalid);
        assert_eq!(one_code(name("linus", "0").await), Code::FormInvalid);
        let forbidden = openings::answer_for(&halden.services, &grace, "lon", "grace", "1", "why").await;
        assert_eq!(one_code(forbidden), Code::Forbidden, "{}", halden.name());
    }
}

#[tokio::test]
async fn a_cutover_is_backed_out_before_its_point_of_no_return() {
    for halden in halden::open().await {
        halden.prepared().await;
        halden.decides(true).await.unwrap();
        // A plan that is changed has to be decided about again.
        halden.timed("1", "Switch both trunks", 1, false).await.unwrap();
        assert_eq!(halden.opening().await.facts.cutover.decision, None, "{}", halden.name());
        halden.decides(false).await.unwrap();
        assert_eq!(details(&halden.advance().await.unwrap_err().findings), ["ada said no-go: all there"]);
        halden.decides(true).await.unwrap();
        halden.advance().await.unwrap();
        assert_eq!(one_code(halden.timed("", "One more", 3, false).await), Code::RequestState);

        let op = halden.by("linus").await;
        cutovers::begin(&halden.services, &op, "lon", 1).await.unwrap();
        openings::back(&halden.services, &op, "lon", "no dial tone").await.unwrap();
        let view = halden.opening().await;
        assert_eq!(view.opening.stage, Stage::Validated, "{}", halden.name());
        assert_eq!((view.facts.cutover.decision.clone(), view.facts.cutover.unfinished().count()), (None, 2));
        let acts = halden.acts_of("cutover.back_out").await;
        assert!(acts[0].contains("running since") && acts[0].ends_with("waiting"), "{acts:?}");

        halden.decides(true).await.unwrap();
        halden.advance().await.unwrap();
        for number in [1, 2] {
            cutovers::begin(&halden.services, &op, "lon", number).await.unwrap();
            cutovers::end(&halden.services, &op, "lon", number).await.unwrap();
        }
        let late = openings::back(&halden.services, &op, "lon", "no dial tone").await.unwrap_err();
        assert!(late.findings[0].detail.contains("back-out point"), "{late}");
        let wrong = TimedInput { minutes: "0".to_owned(), ..TimedInput::default() };
        let wrong = cutovers::put(&halden.services, &op, "lon", &wrong).await.unwrap_err();
        assert_eq!(wrong.findings.len(), 3, "{}: {wrong}", halden.name());
        let susan = cutovers::on_call(&halden.services, &op, "lon", "susan").await;
        assert_eq!(one_code(susan), Code::RequestState, "{}", halden.name());
    }
}

#[tokio::test]
async fn steps_wait_for_each_other_and_move_with_a_porting_date() {
    for halden in halden::open().await {
        let today = Day::of(halden.by("ada").await.now);
        let day = |n: i64| Day::of(today.begins().plus(n * DAY)).to_string();
        halden.step("porting", "BT", &day(10), &[]).await.unwrap();
        halden.step("binding", "ada", &day(12), &["gate", "porting"]).await.unwrap();
        halden.step("power", "the landlord", &day(-1), &[]).await.unwrap();
        halden.step("isp", "BT", "", &[]).await.unwrap();
        halden.step("gate", "linus", "", &["isp"]).await.unwrap();
        for (need, code) in
            [("binding", Code::StepCircular), ("isp", Code::StepCircular), ("luck", Code::StateInvalid)]
        {
            assert_eq!(one_code(halden.step("isp", "BT", "", &[need]).await), code, "{}", halden.name());
        }
        let on = halden.by("ada").await.now.plus(14 * DAY);
        let act = Act::PortIn { on, temporary: None };
        let op = halden.by("ada").await;
        numbers::carry_out(&halden.services, &op, "+442079460150", act, "order 7719").await.unwrap();
        let view = halden.opening().await;
        let expected = view.expected[&StepKind::Binding].clone();
        assert_eq!(expected.day.map(|day| day.to_string()), Some(day(16)), "{}", halden.name());
        assert_eq!(expected.because, "Porting of numbers has moved by 4 days");
        let count = |code| view.findings.iter().filter(|finding| finding.code == code).count();
        assert_eq!((count(Code::StepOverdue), count(Code::StepMoved)), (1, 2), "{}", halden.name());

        let waits = halden.says("gate", Verb::Done).await.unwrap_err();
        assert_eq!(details(&waits.findings), ["It waits for Internet line, which is open; its owner is BT."]);
        halden.says("isp", Verb::Done).await.unwrap();
        halden.says("gate", Verb::Done).await.unwrap();
        assert_eq!(one_code(halden.says("gate", Verb::Drop).await), Code::RequestState);
        halden.says("gate", Verb::Reopen).await.unwrap();

        let cards = sites::list(&halden.services, &op).await.unwrap();
        let london = cards.iter().find(|card| card.site.code == "lon").unwrap();
        assert_eq!((london.opening.open, london.opening.unowned), (10, 6), "{}", halden.name());
        let paris = cards.iter().find(|card| card.site.code == "par").unwrap();
        assert_eq!((paris.opening.open, paris.opening.unowned), (11, 11), "{}", halden.name());
        let grace = halden.by("grace").await;
        let forbidden = steps::say(&halden.services, &grace, "lon", "isp", Verb::Reopen, "why").await;
        assert_eq!(one_code(forbidden), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_package_is_compared_with_what_is_there_by_name() {
    for halden in halden::open().await {
        let op = halden.by("linus").await;
        let propose = async |models: &str| {
            site_packages::propose(&halden.services, &op, "lon", models, "as ordered").await
        };
        let wrong = propose("many phones\n0 yealink T46U").await.unwrap_err();
        assert_eq!(wrong.findings.len(), 2, "{}: {wrong}", halden.name());
        let before = site_packages::view(&halden.services, &op, "lon").await.unwrap();
        let there: Vec<_> = before
            .comparison
            .figures
            .iter()
            .map(|f| format!("{} {} {}", f.inventory, f.vendor, f.model))
            .collect();
        assert_eq!((before.comparison.differences.len(), before.comparison.accuracy), (0, Some(100)));
        assert_eq!(propose(&there.join("\n")).await.unwrap(), 1);
        let same = propose(&there.join("\n")).await.map(|_| ());
        assert_eq!(one_code(same), Code::FormInvalid, "{}: nothing changes", halden.name());
        let fits = site_packages::view(&halden.services, &op, "lon").await.unwrap();
        assert_eq!((fits.comparison.differences.len(), fits.comparison.accuracy), (0, Some(100)));

        let more = format!("{}\n3 snom D785", there.join("\n"));
        assert_eq!(propose(&more).await.unwrap(), 2);
        let ship =
            async |serials: &str| site_packages::ship(&halden.services, &op, "lon", serials, "DN 42").await;
        assert_eq!(one_code(ship("!!").await.map(|_| ())), Code::SerialInvalid);
        assert_eq!(ship("ZZ99990001, ZZ99990002").await.unwrap(), 2);
        assert_eq!(ship("ZZ99990001").await.unwrap(), 0, "{}: twice is once", halden.name());
        halden.bind(PHONE, EXTENSION).await;
        let view = site_packages::view(&halden.services, &op, "lon").await.unwrap();
        assert_eq!(view.versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        let named: Vec<_> = view.comparison.differences.iter().map(|f| f.subject.as_str()).collect();
        assert!(named.contains(&"snom D785") && named.contains(&"serial ZZ99990001"), "{named:?}");
        let bound: u32 = view.comparison.figures.iter().map(|f| f.bound).sum();
        assert_eq!(bound, 1, "{}", halden.name());
    }
}

fn segment(code: &str, cidr: &str, vlan: &str) -> SegmentInput {
    let [code, cidr, vlan] = [code, cidr, vlan].map(str::to_owned);
    SegmentInput { code, cidr, vlan, ntp: String::new() }
}

#[tokio::test]
async fn a_changed_network_voids_the_gate_and_what_phones_get_is_not_changed_here() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let put = async |input: SegmentInput| {
            site_facts::put_segment(&halden.services, &op, "lon", &input, "as agreed").await
        };
        let facts = site_facts::view(&halden.services, &op, "lon").await.unwrap();
        let voice = facts.segments.iter().find(|s| s.code == "voice").unwrap().clone();
        let vlan = voice.vlan.map(|vlan| vlan.to_string()).unwrap_or_default();
        let same_ntp =
            |input: SegmentInput| SegmentInput { ntp: voice.ntp.clone().unwrap_or_default(), ..input };
        let all = site_facts::view(&halden.services, &op, "par").await.unwrap();
        let theirs = all.segments[0].cidr.to_string();
        for (input, code) in [
            (segment("new", "10.99.0.1/24", ""), Code::CidrInvalid),
            (segment("new", "10.99.0.0/24", "5000"), Code::VlanInvalid),
            (segment("new", &theirs, ""), Code::CidrOverlap),
            (segment("", "10.99.0.0/24", ""), Code::FieldMissing),
            (same_ntp(segment("voice", "10.99.0.0/24", "77")), Code::SegmentInUse),
            (same_ntp(segment("voice", &voice.cidr.to_string(), &vlan)), Code::FormInvalid),
        ] {
            assert_eq!(one_code(put(input.clone()).await), code, "{}: {input:?}", halden.name());
        }
        assert_eq!(put(segment("lab", "10.99.0.0/24", "77")).await.unwrap(), Edited::Saved);
        put(segment("lab", "10.98.0.0/24", "78")).await.unwrap();
        let acts = halden.acts_of("segment.edit").await;
        assert_eq!(
            acts,
            [
                "segment.edit lon/lab: - -> 10.99.0.0/24, VLAN 77, time server none",
                "segment.edit lon/lab: 10.99.0.0/24, VLAN 77, time server none -> 10.98.0.0/24, VLAN 78, time server none",
            ],
            "{}",
            halden.name()
        );
        let gate = async || {
            let gates = halden.opening().await.facts.gates;
            gates.into_iter().find(|(code, _)| code == "voice").unwrap().1
        };
        assert!(matches!(gate().await, GateStatus::Open { .. }), "{}", halden.name());
        put(same_ntp(segment("voice", "10.99.0.0/24", &vlan))).await.unwrap();
        assert!(matches!(gate().await, GateStatus::Shut(_)), "{}", halden.name());
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        assert!(halden.apply(number).await.is_err(), "{}", halden.name());
        halden.later(1);
        halden.open_gate().await;
        halden.apply(number).await.unwrap();
    }
}

#[tokio::test]
async fn a_place_never_loses_its_emergency_location_and_a_zone_is_a_known_one() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let place = |location: &str, callback: &str| PlaceInput {
            code: "9-01".into(),
            building: "Main".into(),
            floor: "9".into(),
            room: "Roof".into(),
            emergency_location: location.into(),
            callback_number: callback.into(),
            contact: String::new(),
        };
        let put = async |input: PlaceInput| {
            site_facts::put_place(&halden.services, &op, "lon", &input, "as agreed").await
        };
        let all = |problem: &Problem| halden::codes(problem);
        let missing = put(place("", "")).await.unwrap_err();
        assert_eq!((all(&missing), missing.findings.len()), (vec![Code::EmergencyMissing], 2));
        let number = put(place("1 High Street", "02079460100")).await.unwrap_err();
        assert_eq!(all(&number), [Code::NumberInvalid], "{}", halden.name());
        put(place("1 High Street", "+44 20 7946 0100")).await.unwrap();
        put(place("2 High Street", "+442079460100")).await.unwrap();
        let acts = halden.acts_of("place.edit").await;
        assert!(
            acts[1].contains("1 High Street")
                && acts[1]
                    .contains("-> Main, 9, Roof; emergency location: 2 High Street; callback: +442079460100"),
            "{acts:?}"
        );

        let rename = async |name: &str, zone: &str| {
            site_facts::rename(&halden.services, &op, "lon", name, zone, "as agreed").await
        };
        assert_eq!(one_code(rename("London", "Mars/Olympus").await), Code::ZoneUnknown, "{}", halden.name());
        assert_eq!(one_code(rename("Another", "Europe/Paris").await), Code::SegmentInUse);
        rename("London City", "Europe/London").await.unwrap();
        assert_eq!(halden.opening().await.site.name, "London City", "{}", halden.name());
        let linus = halden.by("linus").await;
        let forbidden = site_facts::rename(&halden.services, &linus, "lon", "x", "UTC", "why").await;
        assert_eq!(one_code(forbidden), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_site_is_added_with_a_zone_and_without_anything_else() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let site = |code: &str, zone: &str, scope: &str| {
            let [code, time_zone, scope] = [code, zone, scope].map(str::to_owned);
            SiteInput { code, name: "Oslo".to_owned(), time_zone, scope }
        };
        let add =
            async |input: &SiteInput| site_facts::create(&halden.services, &op, input, "it opens").await;
        for (input, code) in [
            (site("o", "Europe/Oslo", "assisted"), Code::SiteInvalid),
            (site("new", "Europe/Oslo", "assisted"), Code::SiteInvalid),
            (site("lon", "Europe/Oslo", "assisted"), Code::SiteInvalid),
            (site("osl", "Mars/Olympus", "assisted"), Code::ZoneUnknown),
            (site("osl", "Europe/Oslo", "pilot"), Code::StateInvalid),
        ] {
            assert_eq!(one_code(add(&input).await), code, "{}: {input:?}", halden.name());
        }
        let linus = halden.by("linus").await;
        let new = site("osl", "Europe/Oslo", "assisted");
        assert_eq!(one_code(site_facts::create(&halden.services, &linus, &new, "x").await), Code::Forbidden);
        add(&new).await.unwrap();
        assert_eq!(
            halden.acts_of("site.create").await,
            ["site.create osl: - -> Oslo, Europe/Oslo, assisted"]
        );
        let input = segment("voice", "10.77.0.0/24", "77");
        site_facts::put_segment(&halden.services, &op, "osl", &input, "as agreed").await.unwrap();
        let view = site_facts::view(&halden.services, &op, "osl").await.unwrap();
        assert_eq!((view.site.time_zone.as_str(), view.segments.len()), ("Europe/Oslo", 1));
    }
}

#[tokio::test]
async fn steps_and_a_cutover_come_and_go_as_sheets() {
    for halden in halden::open().await {
        let (services, name) = (&halden.services, halden.name());
        let linus = halden.by("linus").await;
        let file = |text: &str| halden::upload("plan", text.to_owned());
        let look = async |sheet, text: &str| {
            opening_sheets::look(services, &linus, "lon", sheet, &file(text)).await.unwrap()
        };
        let apply = async |sheet, text: &str| {
            opening_sheets::apply(services, &linus, "lon", sheet, &file(text)).await
        };
        let there = opening_sheets::csv(services, &linus, "lon", Sheet::Steps).await.unwrap();
        assert_eq!(look(Sheet::Steps, &there).await.unchanged, 11, "{name}");
        assert_eq!(one_code(apply(Sheet::Steps, &there).await), Code::ImportEmpty, "{name}");

        let rows = "step,owner,due,needs\npower,Grid Ltd,2026-12-01,\ngate,linus,,roof\n";
        let bad = look(Sheet::Steps, rows).await;
        assert_eq!((bad.rows.len(), bad.findings[0].row), (1, 3), "{name}");
        assert_eq!(one_code(apply(Sheet::Steps, rows).await), Code::StateInvalid, "{name}");
        assert_eq!(halden.acts_of("step.change").await, [""; 0], "{name}: all or nothing");
        let good = rows.replace("roof", "network");
        assert_eq!(apply(Sheet::Steps, &good).await.unwrap(), 2, "{name}");
        assert_eq!(halden.acts_of("step.change").await.len(), 2, "{name}");

        halden.timed("", "Switch the trunk", 1, false).await.unwrap();
        halden.timed("", "Bind the phones", 2, true).await.unwrap();
        cutovers::on_call(services, &linus, "lon", "grace").await.unwrap();
        halden.decides(true).await.unwrap();
        let text = opening_sheets::csv(services, &linus, "lon", Sheet::Cutover).await.unwrap();
        let more = format!("{text},Sweep the floor,,2026-12-24T08:00,15,\r\n");
        assert_eq!(look(Sheet::Cutover, &more).await.rows[0].before, None, "{name}");
        assert_eq!(apply(Sheet::Cutover, &more).await.unwrap(), 1, "{name}");
        assert_eq!(halden.opening().await.facts.cutover.decision, None, "{name}: it was about another plan");
        let grace = halden.by("grace").await;
        let refused = opening_sheets::apply(services, &grace, "lon", Sheet::Steps, &file(&good)).await;
        assert_eq!(one_code(refused), Code::Forbidden, "{name}");
    }
}
