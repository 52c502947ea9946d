//! Roles that are held at a site: what one may do there, nowhere else; and passwords of one's own.

use crate::halden::{self, EXTENSION, Halden, OTHER_PHONE, PHONE, password};
use domain::{
    Code,
    approval::Subject,
    authz::{Role, Roles},
    enrolment::Kind,
    time::{DAY, HOUR},
};
use services::{
    Operation, Result, acceptances,
    approvals::{self, DelegationInput, RuleInput},
    change_requests, cutovers, devices, enrolment,
    exceptions::{self, ReportInput},
    freezes::{self, FreezeInput},
    gates, glass,
    layers::{
        self, DraftInput, ExceptionInput,
        returns::{ReturnInput, ReturnManyInput},
    },
    losses, openings,
    policies::{self, PolicyInput},
    replacements::{self, OpenInput},
    scopes::{self, ScopeInput},
    site_facts::{self, PlaceInput, SegmentInput, SiteInput},
    site_packages, steps, users,
    view::RequestInput,
};
use std::collections::BTreeSet;

/// A phone of London and one of Paris are known to `halden`; this is the Paris one.
const PARIS_PHONE: &str = "80:5e:c0:20:00:01";

/// Makes somebody on the command line, with these roles at these sites (codes, with blanks between; none: everywhere).
async fn hire(halden: &Halden, name: &str, roles: &[(Role, &str)]) -> Operation {
    let machine = halden.services.operation(halden::owner_of_the_machine());
    let typed: Vec<_> = roles.iter().map(|(role, sites)| (*role, (*sites).to_owned())).collect();
    let roles = users::read_roles(&halden.services, &machine, &typed).await.unwrap();
    users::create(&halden.services, &machine, name, &password(name), roles).await.unwrap();
    halden.by(name).await
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code()
}

#[tokio::test]
async fn whoever_leads_one_site_opens_its_gate_and_no_others() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.later(HOUR);
        let op = hire(&halden, "oskar", &[(Role::SiteLead, "lon")]).await;
        assert_eq!(op.actor.roles.words(), ["site lead at lon"], "{}", halden.name());
        let until = op.now.plus(DAY);
        let sign = async |site, word: &str| gates::sign_off(services, &op, site, "voice", until, word).await;
        assert_eq!(refused(sign("lon", "not his").await), Code::SignInFailed);
        sign("lon", &password("oskar")).await.unwrap();
        assert_eq!(refused(sign("par", &password("oskar")).await), Code::Forbidden);
        enrolment::activate_site(services, &op, "lon").await.unwrap();
        assert_eq!(refused(enrolment::activate_site(services, &op, "par").await), Code::Forbidden);
        assert_eq!(refused(openings::advance(services, &op, "par", "on we go").await), Code::Forbidden);
        assert_eq!(refused(losses::report(services, &op, PARIS_PHONE, "gone").await), Code::Forbidden);
        losses::report(services, &op, PHONE, "It was left on a train.").await.unwrap();
        assert!(devices::view(services, &op, PARIS_PHONE).await.is_ok(), "reading is as wide as ever");
    }
}

#[tokio::test]
async fn an_administrator_of_one_site_requests_and_applies_there_and_changes_nothing_central() {
    for halden in halden::open().await {
        let services = &halden.services;
        let op = hire(&halden, "oskar", &[(Role::Administrator, "lon")]).await;
        let ask = |mac: &str| RequestInput {
            kind: "bind".to_owned(),
            mac: mac.to_owned(),
            index: "1".to_owned(),
            extension: EXTENSION.to_owned(),
            reason: "New starter at this desk.".to_owned(),
            ..RequestInput::default()
        };
        let elsewhere = change_requests::create(services, &op, &ask(PARIS_PHONE)).await;
        assert_eq!(refused(elsewhere), Code::Forbidden, "{}", halden.name());
        let number = change_requests::create(services, &op, &ask(PHONE)).await.unwrap();
        change_requests::submit(services, &op, number).await.unwrap();
        halden.approve(number).await.unwrap();
        let other = hire(&halden, "olga", &[(Role::Administrator, "par ber")]).await;
        for result in [
            change_requests::apply(services, &other, number).await,
            change_requests::schedule(services, &other, number, other.now.plus(HOUR)).await,
            change_requests::withdraw(services, &other, number).await,
        ] {
            assert_eq!(refused(result), Code::Forbidden);
        }
        change_requests::apply(services, &op, number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
        assert_eq!(refused(users::list(services, &op).await), Code::Forbidden);
        let roles = [Role::Approver];
        let made = users::create(services, &op, "eve", &password("eve"), &roles).await;
        assert_eq!(refused(made), Code::Forbidden);
        assert_eq!(refused(approvals::propose(services, &op, &[], "why").await), Code::Forbidden);
    }
}

#[tokio::test]
async fn an_approver_of_another_site_is_neither_asked_nor_heard() {
    for halden in halden::open().await {
        let services = &halden.services;
        hire(&halden, "paula", &[(Role::Approver, "par")]).await;
        hire(&halden, "lena", &[(Role::Approver, "lon")]).await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let who = halden.request(number).await.approvals.waiting[0].who.clone();
        assert!(who.contains(&"lena".to_owned()) && !who.contains(&"paula".to_owned()), "{who:?}");
        let no = halden.approve_as("paula", number).await;
        assert_eq!(refused(no), Code::Forbidden, "{}", halden.name());
        let paula = halden.by("paula").await;
        let no = change_requests::reject(services, &paula, number, "not mine").await;
        assert_eq!(refused(no), Code::Forbidden);
        halden.approve_as("lena", number).await.unwrap();
        assert_eq!(halden.state(number).await, "approved");
        halden.apply(number).await.unwrap();
    }
}

/// What is lent reaches as far as it does in its owner's hands; and who answers when nobody does holds the role here.
#[tokio::test]
async fn delegation_and_escalation_stay_at_their_site() {
    for halden in halden::open().await {
        let services = &halden.services;
        for (name, role, site) in [
            ("paula", Role::Approver, "par"),
            ("lena", Role::Approver, "lon"),
            ("pia", Role::SiteLead, "par"),
            ("leo", Role::SiteLead, "lon"),
        ] {
            hire(&halden, name, &[(role, site)]).await;
        }
        let lend = async |from: &str, to: &str| {
            let op = halden.by(from).await;
            let to = halden.by(to).await.actor.id.to_string();
            let until = op.now.plus(7 * DAY).to_string();
            let input = DelegationInput { to, until, reason: "A holiday.".to_owned(), ..Default::default() };
            approvals::delegate(services, &op, &input).await.unwrap();
        };
        lend("paula", "pia").await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let no = halden.approve_as("pia", number).await;
        assert_eq!(refused(no), Code::Forbidden, "{}: what Paris lends is good for Paris", halden.name());
        lend("lena", "pia").await;
        halden.approve_as("pia", number).await.unwrap();
        assert_eq!(halden.state(number).await, "approved", "what London lends is good for London");

        let first = RuleInput {
            name: "Somebody else".to_owned(),
            needs: vec![(Role::Approver, "1".to_owned())],
            hours: "1".to_owned(),
            to: "site-lead".to_owned(),
            ..RuleInput::default()
        };
        let rules = RuleInput {
            name: "Rules".to_owned(),
            subjects: vec![Subject::Rules.word().to_owned()],
            needs: vec![(Role::Administrator, "1".to_owned())],
            ..RuleInput::default()
        };
        halden.rules(&[first, rules]).await;
        let number = halden.draft_bind(OTHER_PHONE, 1, "2104").await.unwrap();
        halden.submit(number).await.unwrap();
        halden.later(2 * HOUR);
        let who = halden.request(number).await.approvals.waiting[0].who.clone();
        let who: BTreeSet<_> = who.iter().map(String::as_str).collect();
        assert!(who.contains("leo") && !who.contains("paula"), "{who:?}");
        halden.approve_as("leo", number).await.unwrap();
        assert_eq!(halden.state(number).await, "approved", "the site's lead answers when nobody does");
    }
}

#[tokio::test]
async fn roles_are_given_and_taken_with_before_and_after() {
    for halden in halden::open().await {
        let services = &halden.services;
        let ada = halden.by("ada").await;
        let linus = halden.by("linus").await.actor.id;
        let unknown = users::read_roles(services, &ada, &[(Role::SiteLead, "lon xyz".to_owned())]).await;
        assert_eq!(refused(unknown), Code::SiteUnknown);
        let typed = [(Role::SiteLead, "lon, par".to_owned()), (Role::Support, String::new())];
        let roles = users::read_roles(services, &ada, &typed).await.unwrap();
        users::grant(services, &ada, linus, roles.clone(), "He leads two sites.").await.unwrap();
        assert_eq!(halden.by("linus").await.actor.roles.words(), ["site lead at lon, par", "support"]);
        let again = users::grant(services, &ada, linus, roles, "Once more.").await;
        assert_eq!(refused(again), Code::FormInvalid, "{}", halden.name());
        let all: Roles = Role::ALL.into_iter().collect();
        let own = users::grant(services, &ada, ada.actor.id, all, "All of it.").await;
        assert_eq!(refused(own), Code::ApprovalSelf);
        let none = users::grant(services, &ada, linus, Roles::default(), "Nothing.").await;
        assert_eq!(refused(none), Code::FieldMissing);
        let back: Roles = vec![Role::SiteLead].into();
        users::grant(services, &ada, linus, back, "Everywhere again.").await.unwrap();
        let acts = halden.acts().await.into_iter().filter(|act| act.action == "user.grant");
        let acts: Vec<_> = acts.map(|act| (act.before.unwrap(), act.after.unwrap())).collect();
        let two = "site lead at lon, par; support";
        let expected = [("site lead", two), (two, "site lead")];
        assert_eq!(acts, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}

#[tokio::test]
async fn a_password_that_another_chose_is_good_for_nothing_but_choosing_one() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (ada, mary) = (halden.by("ada").await, halden.by("mary").await);
        let roles = [Role::Approver];
        users::create(services, &ada, "nora", &password("nora"), &roles).await.unwrap();
        let nora = halden.by("nora").await;
        users::confirm(services, &mary, nora.actor.id, &password("mary")).await.unwrap();
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let no = halden.approve_as("nora", number).await;
        assert_eq!(refused(no), Code::PasswordFirst, "{}", halden.name());
        let page = halden.request(number).await.approvals;
        assert!(!page.waiting[0].who.contains(&"nora".to_owned()), "nor is she offered");

        let (old, own) = (password("nora"), "a password of her own");
        let nora = halden.by("nora").await;
        let change = async |op: &Operation, present: &str, new: &str, again: &str| {
            users::change_password(services, op, present, new, again).await
        };
        assert_eq!(refused(change(&nora, "a wrong guess", own, own).await), Code::SignInFailed);
        assert_eq!(refused(change(&nora, &old, "short", "short").await), Code::PasswordWeak);
        assert_eq!(refused(change(&nora, &old, &old, &old).await), Code::FormInvalid);
        assert_eq!(refused(change(&nora, &old, own, "another one").await), Code::FormInvalid);
        let both = tokio::join!(change(&nora, &old, own, own), change(&nora, &old, own, own));
        let won = [&both.0, &both.1].into_iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "of two at once one wins: {both:?}");
        let nora = halden.by("nora").await;
        assert_eq!(nora.actor.password_since, Some(nora.now));
        assert_eq!(refused(users::sign_in(services, "nora", &old, "here").await), Code::SignInFailed);
        users::sign_in(services, "nora", own, "here").await.unwrap();
        let digest = halden.request(number).await.digest;
        change_requests::approve(services, &nora, number, &digest, own).await.unwrap();
        let said = halden.acts().await.into_iter().filter(|act| act.action == "user.change_password");
        let said: Vec<_> = said.map(|act| (act.subject, act.before.unwrap(), act.after.unwrap())).collect();
        let (maker, her) = ("chosen by whoever made the account", "their own");
        assert_eq!(said, [("nora".to_owned(), maker.to_owned(), her.to_owned())]);
        assert!(!format!("{:?}", halden.record().await).contains(own), "no password is in the record");
    }
}

/// What came of every act that a role at a site can give, tried upon London; `number` is a request there that waits.
async fn at_london(halden: &Halden, op: &Operation, number: i64) -> Vec<(&'static str, Option<Code>)> {
    let services = &halden.services;
    let (until, why, code) = (op.now.plus(DAY), "As agreed.", Kind::Code);
    let word = &password(&op.actor.name);
    let asks = RequestInput {
        kind: "bind".to_owned(),
        mac: OTHER_PHONE.to_owned(),
        index: "1".to_owned(),
        extension: "2104".to_owned(),
        reason: why.to_owned(),
        ..RequestInput::default()
    };
    let freeze = FreezeInput { site: "lon".to_owned(), ..FreezeInput::default() };
    let swap = OpenInput { old: PHONE.to_owned(), new: OTHER_PHONE.to_owned(), reason: why.to_owned() };
    let report = ReportInput {
        kind: "misrouting".to_owned(),
        mac: PHONE.to_owned(),
        number: EXTENSION.to_owned(),
        detail: why.to_owned(),
        ..ReportInput::default()
    };
    let back = ReturnInput { mac: PHONE.to_owned(), revision: "1".to_owned(), ..ReturnInput::default() };
    let excepted =
        ExceptionInput { mac: PHONE.to_owned(), kind: "hours".to_owned(), ..ExceptionInput::default() };
    let own = devices::view(services, op, PHONE).await.unwrap().id.to_string();
    macro_rules! tried {
        ($($name:literal: $act:expr),* $(,)?) => {
            vec![$(($name, Box::pin($act).await.err().map(|problem| problem.code()))),*]
        };
    }
    tried![
        "gate evidence": gates::record(services, op, "lon", "voice", vec![], until),
        "gate sign-off": gates::sign_off(services, op, "lon", "voice", until, word),
        "policy": policies::set(services, op, "lon", &PolicyInput::default(), why),
        "scope": scopes::set(services, op, "lon", &ScopeInput::default(), why),
        "rename": site_facts::rename(services, op, "lon", "", "", why),
        "place": site_facts::put_place(services, op, "lon", &PlaceInput::default(), why),
        "segment": site_facts::put_segment(services, op, "lon", &SegmentInput::default(), why),
        "stage on": openings::advance(services, op, "lon", why),
        "stage back": openings::back(services, op, "lon", why),
        "service owner": openings::answer_for(services, op, "lon", "", "", why),
        "step": steps::say(services, op, "lon", "gate", steps::Verb::Reopen, why),
        "package": site_packages::propose(services, op, "lon", "", why),
        "delivery": site_packages::ship(services, op, "lon", "", ""),
        "cutover plan": cutovers::remove(services, op, "lon", 99),
        "approver on call": cutovers::on_call(services, op, "lon", "nobody"),
        "go": cutovers::decide(services, op, "lon", true, why, word),
        "acceptance": acceptances::record(services, op, "lon", "", vec![]),
        "freeze": freezes::define(services, op, &freeze, why),
        "make codes": enrolment::make(services, op, "lon", code, None),
        "activate codes": enrolment::activate_site(services, op, "lon"),
        "activate a code": enrolment::activate(services, op, PHONE),
        "revoke a code": enrolment::revoke(services, op, PHONE, why),
        "reopen": enrolment::reopen(services, op, PHONE, code, None, why),
        "give back": enrolment::release(services, op, PHONE, why),
        "hand codes out": enrolment::export(services, op, "lon", code, why),
        "address": enrolment::signed_address(services, op, PHONE, why),
        "credential": devices::reveal(services, op, PHONE, why),
        "release": devices::release(services, op, PHONE, why),
        "request": change_requests::create(services, op, &asks),
        "edit": change_requests::edit(services, op, number, why, ""),
        "submit": change_requests::submit(services, op, number),
        "approve": change_requests::approve(services, op, number, "", word),
        "reject": change_requests::reject(services, op, number, ""),
        "schedule": change_requests::schedule(services, op, number, until),
        "unschedule": change_requests::unschedule(services, op, number),
        "apply": change_requests::apply(services, op, number),
        "withdraw": change_requests::withdraw(services, op, number),
        "replacement": replacements::open(services, op, &swap),
        "report a case": exceptions::report(services, op, &report),
        "report a loss": losses::report(services, op, PHONE, why),
        "return a phone": layers::returns::ask(services, op, &back),
        "let a phone go": layers::returns::release(services, op, PHONE, why),
        "exception for a phone": layers::ask(services, op, &excepted),
        "label a phone": layers::label(services, op, PHONE, "desk", "", why),
        "a phone's own layer": layers::create(services, op, "device", &own, &DraftInput::default()),
    ]
}

/// The matrix through the use cases, with every role: what may be done at one's own site is refused at another, and what
/// belongs to no site is refused at both.
#[tokio::test]
async fn every_act_at_another_site_is_refused() {
    for halden in halden::open().await {
        let all = |site| Role::ALL.map(|role| (role, site));
        let (away, here) =
            (hire(&halden, "away", &all("par ber")).await, hire(&halden, "here", &all("lon")).await);
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let before = halden.standing_of(PHONE).await;
        for (act, code) in at_london(&halden, &away, number).await {
            assert_eq!(code, Some(Code::Forbidden), "{}: {act} at another site", halden.name());
        }
        assert_eq!(halden.standing_of(PHONE).await, before, "nothing was done, and nothing noted");
        for (act, code) in at_london(&halden, &here, number).await {
            assert_ne!(code, Some(Code::Forbidden), "{}: {act} at one's own site", halden.name());
        }
        for op in [&away, &here] {
            let services = &halden.services;
            assert_eq!(
                refused(site_facts::create(services, op, &SiteInput::default(), "x").await),
                Code::Forbidden
            );
            assert_eq!(
                refused(freezes::define(services, op, &FreezeInput::default(), "x").await),
                Code::Forbidden
            );
            assert_eq!(refused(glass::open(services, op, "x", "", "x").await), Code::Forbidden);
        }
    }
}

/// One phone of one's own site; its settings come from layers that belong to everybody, and stay as they are.
#[tokio::test]
async fn whoever_leads_one_site_asks_for_earlier_settings_of_its_phones_and_of_no_others() {
    for halden in halden::open().await {
        let services = &halden.services;
        halden.bind(PHONE, EXTENSION).await;
        halden.later(HOUR);
        let oskar = hire(&halden, "oskar", &[(Role::SiteLead, "lon")]).await;
        let until = oskar.now.plus(DAY).to_string();
        let back = |mac: &str| ReturnInput {
            mac: mac.to_owned(),
            revision: "1".to_owned(),
            owner: "oskar".to_owned(),
            reason: "It cannot be heard.".to_owned(),
            expires: until.clone(),
            ..ReturnInput::default()
        };
        let paris = layers::returns::ask(services, &oskar, &back(PARIS_PHONE)).await;
        assert_eq!(refused(paris), Code::Forbidden, "{}", halden.name());
        let number = layers::returns::ask(services, &oskar, &back(PHONE)).await.unwrap();
        layers::submit(services, &oskar, number).await.unwrap();
        let digest = layers::change(services, &oskar, number).await.unwrap().digest;
        let own = layers::approve(services, &oskar, number, &digest, &password("oskar")).await;
        assert!(own.is_err(), "nobody approves what they asked for");
        let grace = halden.by("grace").await;
        layers::approve(services, &grace, number, &digest, &password("grace")).await.unwrap();
        assert_eq!(refused(layers::apply(services, &oskar, number).await), Code::Forbidden);
        // Whoever administers London alone publishes it, and lets the phone go again.
        let lena = hire(&halden, "lena", &[(Role::Administrator, "lon")]).await;
        let paula = hire(&halden, "paula", &[(Role::Administrator, "par")]).await;
        assert_eq!(refused(layers::apply(services, &paula, number).await), Code::Forbidden);
        layers::apply(services, &lena, number).await.unwrap();
        layers::publish(services).await.unwrap();
        let pins = layers::returns::pins(services, &oskar, "").await.unwrap().rows;
        assert_eq!(pins.len(), 1, "{}", halden.name());
        let why = "It was the cable.";
        for op in [&oskar, &paula] {
            let release = layers::returns::release(services, op, PHONE, why).await;
            assert_eq!(refused(release), Code::Forbidden);
        }
        layers::returns::release(services, &lena, PHONE, why).await.unwrap();

        // What reaches other phones is no site's to ask for.
        for op in [&oskar, &lena] {
            let draft = DraftInput::default();
            let shared = layers::create(services, op, "organisation", "organisation", &draft).await;
            assert_eq!(refused(shared), Code::Forbidden);
            let many = layers::returns::ask_many(services, op, &ReturnManyInput::default()).await;
            assert_eq!(refused(many), Code::Forbidden);
        }
    }
}
