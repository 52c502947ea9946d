//! What the rules ask for, who may give it, and how the rules themselves are changed.

use crate::halden::{self, EXTENSION, Halden, OTHER_EXTENSION, PHONE, codes, password};
use domain::{
    Code,
    authz::Role,
    ids::DelegationId,
    ledger::Entry,
    time::{DAY, HOUR},
};
use services::{
    Problem,
    approvals::{self, DelegationInput, RuleInput},
    change_requests,
    view::RequestInput,
};

/// The rules of the first start, in a form.
fn rules() -> Vec<RuleInput> {
    let rule = |name: &str, role, count: &str| RuleInput {
        name: name.to_owned(),
        needs: vec![(role, count.to_owned())],
        valid_days: "30".to_owned(),
        ..RuleInput::default()
    };
    vec![
        rule("Somebody else", Role::Approver, "1"),
        RuleInput { devices: "20".to_owned(), ..rule("Many devices", Role::Approver, "2") },
        RuleInput { number_change: true, ..rule("Number change", Role::Approver, "2") },
        RuleInput {
            subjects: vec!["approval-rules".to_owned()],
            ..rule("Approval rules", Role::Administrator, "1")
        },
    ]
}

fn with(change: impl FnOnce(&mut RuleInput)) -> Vec<RuleInput> {
    let mut rules = rules();
    change(&mut rules[0]);
    rules
}

fn two_approvers() -> Vec<RuleInput> {
    with(|rule| rule.needs = vec![(Role::Approver, "2".to_owned())])
}

async fn acts(halden: &Halden, prefix: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let act = |entry| match entry {
        Entry::Act(act) if act.action.starts_with(prefix) => Some((act.action, act.before, act.after)),
        _ => None,
    };
    halden.record().await.into_iter().filter_map(act).collect()
}

async fn propose(halden: &Halden, by: &str, rules: &[RuleInput]) -> Result<u32, Problem> {
    approvals::propose(&halden.services, &halden.by(by).await, rules, "as agreed").await
}

async fn approve_rules(halden: &Halden, by: &str, version: u32) -> Result<(), Problem> {
    let op = halden.by(by).await;
    let proposal = approvals::view(&halden.services, &op).await.unwrap().proposal;
    let digest = proposal.map_or_else(|| "00".repeat(32), |proposal| proposal.digest);
    approvals::approve(&halden.services, &op, version, &digest, &password(by)).await
}

#[tokio::test]
async fn the_first_rules_are_made_once_and_are_what_held_before() {
    for halden in halden::open().await {
        services::organisation::ensure(&halden.services, &halden::registrar()).await.unwrap();
        let page = approvals::view(&halden.services, &halden.by("ada").await).await.unwrap();
        assert_eq!((page.version, page.rules, page.versions.len()), (1, domain::approval::initial(), 1));
        assert_eq!(acts(&halden, "approval_rules").await.len(), 1);
        halden.bind(PHONE, EXTENSION).await;
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn two_people_sign_where_the_rules_ask_for_two() {
    for halden in halden::open().await {
        halden.rules(&two_approvers()).await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let asked = halden.request(number).await.approvals;
        assert_eq!(asked.because.len(), 1);
        assert_eq!(
            (asked.waiting[0].missing.count, asked.waiting[0].who.join(" ")),
            (2, "both grace hedy".into())
        );
        assert!(asked.may_approve);

        halden.approve(number).await.unwrap();
        assert_eq!(halden.state(number).await, "submitted");
        assert_eq!(halden.apply(number).await.unwrap_err().code(), Code::RequestState);
        assert_eq!(halden.approve(number).await.unwrap_err().code(), Code::ApprovalUnasked);
        let half = halden.request(number).await.approvals;
        assert_eq!((half.given[0].by.as_str(), half.given[0].role), ("grace", Some(Role::Approver)));
        assert_eq!((half.waiting[0].missing.count, half.waiting[0].who.join(" ")), (1, "both hedy".into()));
        assert!(!half.may_approve);

        halden.approve_as("hedy", number).await.unwrap();
        assert_eq!(halden.state(number).await, "approved");
        halden.apply(number).await.unwrap();
        let op = halden.by("ada").await;
        let device = services::devices::view(&halden.services, &op, PHONE).await.unwrap();
        assert_eq!(device.endpoints[0].approver.as_deref(), Some("grace, hedy"), "{}", halden.name());
        let signed = acts(&halden, "change_request.approve").await;
        assert!(signed[0].2.as_ref().unwrap().ends_with(", as approver; 1 more to give"), "{signed:?}");
    }
}

#[tokio::test]
async fn who_had_a_hand_in_it_is_no_approver() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        let both = halden.by("both").await;
        let services = &halden.services;
        change_requests::edit(services, &both, number, "The desk by the window.", "INC-7").await.unwrap();
        halden.submit(number).await.unwrap();
        assert_eq!(halden.approve_as("both", number).await.unwrap_err().code(), Code::ApprovalSelf);
        let late = change_requests::edit(services, &both, number, "Another desk.", "").await;
        assert_eq!(late.unwrap_err().code(), Code::RequestState);
        let page = halden.request(number).await;
        assert_eq!((page.editors.join(" "), page.external_ref.as_deref()), ("both".into(), Some("INC-7")));
        assert_eq!(page.approvals.waiting[0].who, ["grace", "hedy"]);
        // Nobody who is not asked: an administrator, a site lead.
        for name in ["mary", "linus"] {
            assert_eq!(halden.approve_as(name, number).await.unwrap_err().code(), Code::Forbidden, "{name}");
            let no = change_requests::reject(services, &halden.by(name).await, number, "No.").await;
            assert_eq!(no.unwrap_err().code(), Code::Forbidden, "{name}");
        }
        let edits = acts(&halden, "change_request.edit").await;
        assert_eq!(edits[0].1.as_deref(), Some("New starter at this desk.; ticket: none"));
        assert_eq!(edits[0].2.as_deref(), Some("The desk by the window.; ticket: INC-7"));
        halden.approve(number).await.unwrap();
        halden.apply(number).await.unwrap();
    }
}

#[tokio::test]
async fn approvals_expire_and_are_given_again() {
    for halden in halden::open().await {
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        halden.later(30 * DAY);
        halden.open_gate().await;
        let page = halden.request(number).await;
        assert!(page.approvals.findings.iter().any(|f| f.code == Code::ApprovalExpired));
        assert!(
            page.blocks.iter().any(|f| f.code == Code::ApprovalMissing),
            "it is said before anybody tries"
        );
        assert_eq!(halden.apply(number).await.unwrap_err().code(), Code::ApprovalExpired);
        assert_eq!(halden.state(number).await, "submitted");
        assert_eq!(acts(&halden, "change_request.lapse").await.len(), 1);
        assert_eq!(halden.lines(PHONE).await, [""; 0]);
        halden.approve(number).await.unwrap();
        halden.apply(number).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [EXTENSION]);
    }
}

#[tokio::test]
async fn what_nobody_answers_goes_to_the_next_role_but_not_to_the_requester() {
    for halden in halden::open().await {
        let next = with(|rule| (rule.hours, rule.to) = ("24".to_owned(), "administrator".to_owned()));
        halden.rules(&next).await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        assert_eq!(halden.approve_as("mary", number).await.unwrap_err().code(), Code::ApprovalUnasked);
        halden.later(24 * HOUR);
        let page = halden.request(number).await.approvals;
        assert!(page.findings.iter().any(|f| f.code == Code::ApprovalEscalated));
        assert_eq!(page.waiting[0].who, ["both", "grace", "hedy", "mary"]);
        assert_eq!(halden.approve_as("ada", number).await.unwrap_err().code(), Code::ApprovalSelf);
        halden.approve_as("mary", number).await.unwrap();
        assert_eq!(halden.request(number).await.approvals.given[0].instead, Some(Role::Administrator));
        halden.apply(number).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_is_named_where_the_rules_ask_for_one() {
    for halden in halden::open().await {
        halden.rules(&with(|rule| rule.ticket = true)).await;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        assert_eq!(halden.submit(number).await.unwrap_err().code(), Code::TicketMissing);
        let ada = halden.by("ada").await;
        change_requests::edit(&halden.services, &ada, number, "New starter.", " CHG-12 ").await.unwrap();
        halden.submit(number).await.unwrap();
        assert_eq!(halden.request(number).await.external_ref.as_deref(), Some("CHG-12"));
        let long = "x".repeat(101);
        let refused = change_requests::edit(&halden.services, &ada, number, "", &long).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::FieldMissing, Code::FieldTooLong]);
    }
}

#[tokio::test]
async fn without_a_rule_nothing_is_submitted() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.rules(&rules()[1..]).await;
        assert_eq!(halden.submit(number).await.unwrap_err().code(), Code::ApprovalNoRule);
        assert_eq!(halden.state(number).await, "draft");
        halden.database.meddle("UPDATE approval_rules SET standing = 0").await.unwrap();
        assert_eq!(halden.submit(number).await.unwrap_err().code(), Code::ApprovalNoRule);
        propose(&halden, "ada", &rules()).await.unwrap();
        assert_eq!(approve_rules(&halden, "mary", 3).await.unwrap_err().code(), Code::ApprovalNoRule);
    }
}

#[tokio::test]
async fn rules_are_proposed_by_one_administrator_and_approved_by_another() {
    for halden in halden::open().await {
        for name in ["grace", "linus"] {
            let refused = propose(&halden, name, &two_approvers()).await.unwrap_err();
            assert_eq!(refused.code(), Code::Forbidden, "{name}");
        }
        let same = propose(&halden, "ada", &rules()).await.unwrap_err();
        assert_eq!(codes(&same), [Code::RuleInvalid], "they hold already");
        let approved = halden.approved_bind(PHONE, 1, EXTENSION).await;

        let version = propose(&halden, "ada", &two_approvers()).await.unwrap();
        let page = approvals::view(&halden.services, &halden.by("mary").await).await.unwrap();
        let proposal = page.proposal.unwrap();
        assert_eq!((page.version, proposal.row.version, proposal.own), (1, 2, false));
        assert_eq!(proposal.approvals.waiting[0].who, ["both", "mary"]);
        assert_eq!(propose(&halden, "mary", &two_approvers()).await.unwrap_err().code(), Code::RequestState);
        assert_eq!(approve_rules(&halden, "ada", version).await.unwrap_err().code(), Code::ApprovalSelf);
        assert_eq!(approve_rules(&halden, "grace", version).await.unwrap_err().code(), Code::Forbidden);
        let mary = halden.by("mary").await;
        let other = "00".repeat(32);
        let unseen = approvals::approve(&halden.services, &mary, version, &other, &password("mary")).await;
        assert_eq!(unseen.unwrap_err().code(), Code::PlanChanged);
        let wrong = approvals::approve(&halden.services, &mary, version, &proposal.digest, "guess").await;
        assert_eq!(wrong.unwrap_err().code(), Code::SignInFailed);
        approve_rules(&halden, "mary", version).await.unwrap();

        let page = approvals::view(&halden.services, &mary).await.unwrap();
        assert_eq!((page.version, page.proposal.is_none()), (2, true));
        assert_eq!(page.rules[0].needs[&Role::Approver], 2);
        let adopted = acts(&halden, "approval_rules.adopt").await;
        let (before, after) = (adopted[0].1.as_ref().unwrap(), adopted[0].2.as_ref().unwrap());
        assert!(before.starts_with("Somebody else: any change request → 1 × approver"), "{before}");
        assert!(after.starts_with("Somebody else: any change request → 2 × approver"), "{after}");

        // What was approved under other rules has to be looked at again.
        assert!(halden.request(approved).await.stale);
        assert_eq!(halden.apply(approved).await.unwrap_err().code(), Code::PlanStale);
        assert_eq!(approve_rules(&halden, "mary", version).await.unwrap_err().code(), Code::RequestState);
    }
}

#[tokio::test]
async fn proposed_rules_are_rejected_or_withdrawn_and_change_nothing() {
    for halden in halden::open().await {
        let services = &halden.services;
        let version = propose(&halden, "ada", &two_approvers()).await.unwrap();
        let mary = halden.by("mary").await;
        let own = approvals::reject(services, &halden.by("ada").await, version, "No.").await;
        assert_eq!(own.unwrap_err().code(), Code::ApprovalSelf);
        approvals::reject(services, &mary, version, "Too slow.").await.unwrap();
        let version = propose(&halden, "ada", &two_approvers()).await.unwrap();
        approvals::withdraw(services, &halden.by("ada").await, version).await.unwrap();
        let page = approvals::view(services, &mary).await.unwrap();
        let words: Vec<_> =
            page.versions.iter().map(|v| v.state.as_ref().map_or("first", |s| s.word())).collect();
        assert_eq!((page.version, words), (1, vec!["withdrawn", "rejected", "first"]));
    }
}

#[tokio::test]
async fn rules_that_would_lock_everybody_out_or_mean_nothing_are_refused() {
    for halden in halden::open().await {
        let three = |rules: &mut Vec<RuleInput>| rules[3].needs = vec![(Role::Administrator, "3".into())];
        let mut out_of_reach = rules();
        three(&mut out_of_reach);
        for (case, wrong) in [
            ("nobody could change them", rules()[..3].to_vec()),
            ("too few administrators", out_of_reach),
            ("an unknown site", with(|rule| rule.sites = "lon, atlantis".into())),
            ("no number", with(|rule| rule.devices = "many".into())),
            ("escalates to nobody", with(|rule| rule.hours = "4".into())),
            ("no name", with(|rule| rule.name = " ".into())),
        ] {
            let refused = propose(&halden, "ada", &wrong).await.unwrap_err();
            assert!(codes(&refused).iter().all(|code| *code == Code::RuleInvalid), "{case}: {refused}");
        }
        let silent =
            approvals::propose(&halden.services, &halden.by("ada").await, &two_approvers(), " ").await;
        assert_eq!(silent.unwrap_err().code(), Code::FieldMissing);
    }
}

async fn lend(halden: &Halden, from: &str, to: &str, days: i64) -> Result<(), Problem> {
    let op = halden.by(from).await;
    let input = DelegationInput {
        to: halden.by(to).await.actor.id.to_string(),
        since: String::new(),
        until: op.now.plus(days * DAY).to_string(),
        reason: "On holiday.".to_owned(),
    };
    approvals::delegate(&halden.services, &op, &input).await
}

async fn lent(halden: &Halden) -> Vec<(DelegationId, String, String)> {
    let page = approvals::view(&halden.services, &halden.by("ada").await).await.unwrap();
    page.delegations.into_iter().map(|d| (d.id, d.from, d.to)).collect()
}

#[tokio::test]
async fn a_delegate_signs_for_somebody_else_until_it_ends() {
    for halden in halden::open().await {
        lend(&halden, "grace", "linus", 7).await.unwrap();
        let first = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(first).await.unwrap();
        halden.approve_as("linus", first).await.unwrap();
        let given = halden.request(first).await.approvals.given;
        assert_eq!((given[0].by.as_str(), given[0].for_.as_deref()), ("linus", Some("grace")));
        let signed = acts(&halden, "change_request.approve").await;
        assert!(signed[0].2.as_ref().unwrap().ends_with(", as approver for grace"), "{signed:?}");

        let id = lent(&halden).await[0].0;
        let services = &halden.services;
        let stranger = approvals::end_delegation(services, &halden.by("hedy").await, id).await;
        assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
        halden.later(HOUR);
        approvals::end_delegation(services, &halden.by("grace").await, id).await.unwrap();
        assert!(lent(&halden).await.is_empty());
        let second = halden.draft_bind(PHONE, 2, OTHER_EXTENSION).await.unwrap();
        halden.submit(second).await.unwrap();
        assert_eq!(halden.approve_as("linus", second).await.unwrap_err().code(), Code::Forbidden);
        // What was signed while it held counts.
        halden.apply(first).await.unwrap();
    }
}

#[tokio::test]
async fn authority_is_lent_to_others_who_may_approve_and_not_for_long() {
    for halden in halden::open().await {
        for (from, to, days) in [("grace", "grace", 1), ("grace", "linus", 91), ("grace", "linus", 0)] {
            assert_eq!(
                lend(&halden, from, to, days).await.unwrap_err().code(),
                Code::FormInvalid,
                "{to} {days}"
            );
        }
        // Who asks cannot have it approved by their own delegate.
        lend(&halden, "both", "linus", 7).await.unwrap();
        let number = halden.draft("both", "bind", PHONE, 1, EXTENSION).await.unwrap();
        let both = halden.by("both").await;
        change_requests::submit(&halden.services, &both, number).await.unwrap();
        assert_eq!(halden.approve_as("linus", number).await.unwrap_err().code(), Code::ApprovalUnasked);
        assert_eq!(halden.state(number).await, "submitted");
    }
}

#[tokio::test]
async fn people_talk_about_a_request_and_one_makes_room_for_another() {
    for halden in halden::open().await {
        let services = &halden.services;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        let grace = halden.by("grace").await;
        change_requests::comment(services, &grace, number, " Why this desk?\r\nIt is taken. ").await.unwrap();
        for (bad, code) in [(" ", Code::FieldMissing), ("\u{7}", Code::FieldTooLong)] {
            let refused = change_requests::comment(services, &grace, number, bad).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        let said = halden.request(number).await.comments;
        assert_eq!(
            (said.len(), said[0].by.as_str(), said[0].body.as_str()),
            (1, "grace", "Why this desk?\r\nIt is taken.")
        );
        assert_eq!(acts(&halden, "change_request.comment").await.len(), 1);

        let again = |extension: &str, index: &str| RequestInput {
            kind: "bind".into(),
            mac: PHONE.into(),
            index: index.into(),
            extension: extension.into(),
            reason: "The other one.".into(),
            instead_of: number.to_string(),
            ..RequestInput::default()
        };
        let ada = halden.by("ada").await;
        let elsewhere = change_requests::create(services, &ada, &again(OTHER_EXTENSION, "2")).await;
        assert_eq!(elsewhere.unwrap_err().code(), Code::FormInvalid);
        let new = change_requests::create(services, &ada, &again(OTHER_EXTENSION, "1")).await.unwrap();
        assert_eq!(halden.state(number).await, "superseded");
        assert_eq!(acts(&halden, "change_request.supersede").await[0].2, Some(format!("CR-{new}")));
        let twice = change_requests::create(services, &ada, &again(EXTENSION, "1")).await;
        assert_eq!(twice.unwrap_err().code(), Code::RequestState);
    }
}
