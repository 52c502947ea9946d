//! Schedules, hunt groups and profiles: what is refused at the door, what a number's page says by them, and who is
//! missed when a member goes.

use crate::halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE};
use domain::{
    Code,
    authz::Role,
    hunt_group,
    number::rings::{Outcome, Stage},
    profile,
};
use services::{
    Result,
    approvals::RuleInput,
    hunt_groups, numbers, profiles,
    schedules::{self, ScheduleInput},
};

/// What the page of a DID says, step by step: what is known, and who says so.
const WAY: [&str; 14] = [
    "Number | goes on | It is assigned, at site lon. | numbering plan, by import 1",
    "Extension | goes on | Extension 2104 of Dev Raman. | numbering plan, by import 1",
    "Schedule | goes on | By schedule always it is open now. | profile, by ada",
    "Group | goes on | It is in sales; a call to the group can ring here too. | hunt groups",
    "Forward | goes on | Calls are not forwarded at once. | profile, by ada",
    "Phone | ends here | It stands on no phone. | inventory",
    "Forward | goes on | What nobody answers within 20 s goes to group sales. | profile, by ada",
    "Group | goes on | Hunt group sales, sales. | ada",
    "Group | goes on | Group sales rings its 2 members at once, for 20 s. | ada",
    "Extension | goes on | Member 2103 of Carys Penrose. | ada",
    "Phone | unknown | yealink T31G 80:5e:c0:10:00:03, line key 1 has it. Whether it is registered is not known: no call control is configured. | CR-1",
    "Extension | goes on | Member 2104 of Dev Raman. | ada",
    "Phone | ends here | It stands on no phone. | inventory",
    "Group | ends here | What no member answers rings until the caller gives up. | ada",
];
/// What the record says of edits: action, subject, before, after.
const RECORD: [&str; 4] = [
    "schedule.define schedule office |  | Hours of office, Europe/London, mon-fri 09:00-17:30",
    "hunt_group.define hunt group sales |  | name sales, rings all, seconds 20, members 2103",
    "hunt_group.alter hunt group sales | name sales, rings all, seconds 20, members 2103 | name sales, rings all, seconds 20, members 2104",
    "profile.set extension 2103 |  | voicemail yes, conferencing no, shared no, caller id own, always group:sales",
];
const WHY: &str = "as agreed";

impl Halden {
    async fn schedule(&self, code: &str, hours: &str, holidays: &str) -> Result<()> {
        let [code, hours, holidays] = [code, hours, holidays].map(str::to_owned);
        let input = ScheduleInput {
            site: "lon".to_owned(),
            name: format!("Hours of {code}"),
            time_zone: "Europe/London".to_owned(),
            code,
            hours,
            holidays,
        };
        schedules::define(&self.services, &self.by("ada").await, &input, WHY).await
    }

    async fn group(&self, code: &str, members: &str, more: hunt_group::Typed) -> Result<()> {
        let input = hunt_group::Typed {
            code: code.to_owned(),
            name: code.to_owned(),
            members: members.to_owned(),
            ..more
        };
        let op = self.by("ada").await;
        let asked = match hunt_groups::view(&self.services, &op, code).await {
            Ok(_) => hunt_groups::alter(&self.services, &op, code, &input, WHY).await?,
            Err(_) => Some(hunt_groups::define(&self.services, &op, "lon", &input, WHY).await?),
        };
        self.agreed(asked).await
    }

    async fn profile(&self, extension: &str, typed: profile::Typed) -> Result<()> {
        let asked = self.asks(extension, typed).await?;
        self.agreed(asked).await
    }

    /// The number of the draft, where it needs one.
    async fn asks(&self, extension: &str, typed: profile::Typed) -> Result<Option<i64>> {
        profiles::set(&self.services, &self.by("ada").await, extension, &typed, WHY).await
    }

    /// What was asked for is approved by somebody else, and applied.
    async fn agreed(&self, asked: Option<i64>) -> Result<()> {
        match asked {
            Some(number) => self.apply(self.sign(number).await).await,
            None => Ok(()),
        }
    }

    async fn forwards(&self, extension: &str) -> Option<String> {
        let stored = profiles::view(&self.services, &self.by("ada").await, extension).await.unwrap();
        Some(stored?.profile.forwards.always?.to_string())
    }

    async fn way(&self, number: &str) -> Vec<String> {
        let view = numbers::view(&self.services, &self.by("linus").await, number).await.unwrap();
        let line = |s: &domain::number::rings::Step| {
            let from = s.source.as_ref().map_or("nobody", |source| source.name.as_str());
            format!("{} | {} | {} | {from}", s.stage.title(), s.outcome.word(), s.says)
        };
        view.steps.iter().map(line).collect()
    }
}

fn codes<T: std::fmt::Debug>(outcome: Result<T>) -> Vec<(Code, String)> {
    outcome.unwrap_err().findings.into_iter().map(|f| (f.code, f.subject)).collect()
}

fn always(to: &str) -> profile::Typed {
    profile::Typed { voicemail: "yes".to_owned(), forward_always: to.to_owned(), ..profile::Typed::default() }
}

fn numbered(number: &str) -> hunt_group::Typed {
    hunt_group::Typed { number: number.to_owned(), ..hunt_group::Typed::default() }
}

fn otherwise(to: &str) -> hunt_group::Typed {
    hunt_group::Typed { otherwise: to.to_owned(), ..hunt_group::Typed::default() }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_the_door_and_named() {
    for halden in halden::open().await {
        let name = halden.name();
        assert_eq!(
            codes(halden.schedule("night", "mon 22:00-06:00", "").await),
            [(Code::ScheduleInvalid, "hours".to_owned())]
        );
        assert_eq!(
            codes(halden.schedule("turn", "sun 01:30-04:00", "").await),
            [(Code::ScheduleGap, "hours".to_owned())]
        );
        halden.schedule("office", "mon-fri 09:00-17:30", "2026-12-25 Christmas Day").await.unwrap();
        assert_eq!(
            codes(halden.schedule("office", "mon 09:00-10:00", "").await),
            [(Code::RowConflict, "code".to_owned())]
        );

        let keeps = hunt_group::Typed { schedule: "none".to_owned(), ..otherwise("group:lab") };
        assert_eq!(
            codes(halden.group("sales", "2101 2999 group:desk", keeps).await),
            [
                (Code::ExtensionUnknown, "members".to_owned()),
                (Code::GroupUnknown, "members".to_owned()),
                (Code::ScheduleUnknown, "schedule".to_owned()),
                (Code::GroupUnknown, "otherwise".to_owned()),
            ],
            "{name}"
        );
        assert_eq!(
            codes(halden.group("sales", "", numbered("")).await),
            [(Code::GroupEmpty, "members".to_owned())]
        );
        halden.group("sales", "2101 2102", numbered("")).await.unwrap();
        halden.group("desk", "group:sales", numbered("")).await.unwrap();
        let circle = halden.group("sales", "2101 group:desk", numbered("")).await.unwrap_err();
        assert_eq!(circle.findings[0].detail, "group sales to group desk to group sales.", "{name}");
        assert_eq!(circle.code(), Code::RouteCircle);

        halden.profile(EXTENSION, always(OTHER_EXTENSION)).await.unwrap();
        let circle = halden.profile(OTHER_EXTENSION, always("+442079460103")).await.unwrap_err();
        assert_eq!(circle.findings[0].detail, "2104 to 2103 to 2104.", "{name}");
        assert_eq!(
            codes(halden.profile(EXTENSION, always("2999")).await),
            [(Code::ExtensionUnknown, "forward_always".to_owned())]
        );
        halden.profile("2101", always("group:sales")).await.unwrap_err();

        // What is in use is not removed; who uses it is named.
        let op = halden.by("ada").await;
        let removed = hunt_groups::remove(&halden.services, &op, "sales", WHY).await.unwrap_err();
        assert_eq!(
            (removed.code(), removed.findings[0].detail.as_str()),
            (Code::RouteInUse, "By group desk.")
        );
        let keeps = hunt_group::Typed { schedule: "office".to_owned(), ..numbered("") };
        halden.group("sales", "2101", keeps).await.unwrap();
        let removed = schedules::remove(&halden.services, &op, "office", WHY).await.unwrap_err();
        assert_eq!(
            (removed.code(), removed.findings[0].detail.as_str()),
            (Code::RouteInUse, "By group sales.")
        );
        let forbidden = schedules::remove(&halden.services, &halden.by("linus").await, "office", WHY).await;
        assert_eq!(forbidden.unwrap_err().code(), Code::Forbidden, "{name}");
    }
}

#[tokio::test]
async fn a_groups_number_is_its_own_and_cools_afterwards() {
    for halden in halden::open().await {
        let name = halden.name();
        assert_eq!(
            codes(halden.group("sales", "2101", numbered("2102")).await),
            [(Code::NumberDuplicate, "number".to_owned())]
        );
        let wrong = codes(halden.group("sales", "2101", numbered("3150")).await);
        assert_eq!(wrong, [(Code::NumberForeign, "number".to_owned())], "{name}");
        halden.group("sales", "2101", numbered("2150")).await.unwrap();
        let op = halden.by("ada").await;
        let view = numbers::view(&halden.services, &op, "2150").await.unwrap();
        assert_eq!((view.state.word(), view.group.unwrap().0.as_str()), ("assigned", "sales"), "{name}");
        let given = numbers::assign(&halden.services, &op, "2150", "person:P1001", WHY).await;
        assert_eq!(given.unwrap_err().code(), Code::NumberState, "{name}");
        let until = op.now.plus(domain::time::DAY);
        let act = domain::number::state::Act::Release { until };
        let released = numbers::carry_out(&halden.services, &op, "2150", act, WHY).await;
        assert_eq!(released.unwrap_err().code(), Code::NumberInService, "{name}");
        let removal = hunt_groups::remove(&halden.services, &op, "sales", WHY).await.unwrap();
        let view = numbers::view(&halden.services, &op, "2150").await.unwrap();
        assert_eq!(view.state.word(), "assigned", "{name}: nobody has approved it yet");
        halden.agreed(Some(removal)).await.unwrap();
        let view = numbers::view(&halden.services, &op, "2150").await.unwrap();
        assert_eq!((view.state.word(), view.group), ("cooling", None), "{name}");
    }
}

#[tokio::test]
async fn a_numbers_page_follows_schedule_group_and_forwarding_and_says_who_says_so() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        halden.schedule("always", "mon-sun 00:00-24:00", "").await.unwrap();
        halden.group("sales", "2103 2104", numbered("2150")).await.unwrap();
        let typed = profile::Typed { schedule: "always".to_owned(), ..profile::Typed::default() };
        let typed = profile::Typed {
            voicemail: "yes".to_owned(),
            forward_no_answer: "group:sales".to_owned(),
            ..typed
        };
        halden.profile(OTHER_EXTENSION, typed).await.unwrap();
        assert_eq!(halden.way("+442079460104").await, WAY, "{}", halden.name());
        let view = numbers::view(&halden.services, &halden.by("linus").await, "2150").await.unwrap();
        assert_eq!(view.steps[1].stage, Stage::Group, "{}", halden.name());
        assert!(
            view.steps.iter().any(|s| s.outcome == Outcome::Unknown && s.mac.is_some()),
            "no call control is asked"
        );
    }
}

#[tokio::test]
async fn whoever_takes_a_member_away_is_told_which_group_is_alone_then() {
    for halden in halden::open().await {
        let name = halden.name();
        halden.bind(PHONE, EXTENSION).await;
        halden.group("sales", "2103", numbered("")).await.unwrap();
        halden.group("desk", "group:sales", numbered("")).await.unwrap();
        let op = halden.by("linus").await;
        let cover = async || {
            let groups = hunt_groups::list(&halden.services, &op).await.unwrap();
            groups.into_iter().filter(|g| g.uncovered.is_some()).count()
        };
        assert_eq!(cover().await, 0, "{name}");
        let number = halden.draft("ada", "unbind", PHONE, 1, "").await.unwrap();
        let plan = halden.request(number).await.plan;
        let fifth = plan.answers.iter().find(|a| a.id == "F5").unwrap();
        let said: Vec<_> = fifth.facts.iter().filter(|f| f.contains("uncovered")).collect();
        assert_eq!(said.len(), 2, "{name}: {:?}", fifth.facts);
        assert!(
            fifth.concern && said[0].contains("group desk is open and uncovered: No member can be reached."),
            "{said:?}"
        );
        assert!(plan.findings.iter().any(|f| f.code == Code::GroupUncovered && !f.blocks()), "{name}");

        // With somebody else there, nobody is missed.
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        halden.group("sales", "2103 2104", numbered("")).await.unwrap();
        let plan = halden.request(number).await.plan;
        assert!(plan.answers.iter().flat_map(|a| &a.facts).all(|f| !f.contains("uncovered")), "{name}");
    }
}

#[tokio::test]
async fn every_edit_is_in_the_record_with_before_and_after_and_none_is_no_write() {
    for halden in halden::open().await {
        halden.schedule("office", "mon-fri 09:00-17:30", "").await.unwrap();
        halden.group("sales", "2103", numbered("")).await.unwrap();
        for _ in 0..2 {
            halden.group("sales", "2104", numbered("")).await.unwrap();
            halden.profile(EXTENSION, always("group:sales")).await.unwrap();
        }
        let acts = halden.acts().await;
        let said: Vec<_> = acts
            .iter()
            .filter(|a| {
                ["schedule.", "hunt_group.", "profile."].iter().any(|kind| a.action.starts_with(kind))
            })
            .map(|a| {
                format!(
                    "{} {} | {} | {}",
                    a.action,
                    a.subject,
                    a.before.clone().unwrap_or_default(),
                    a.after.clone().unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(said, RECORD, "{}", halden.name());
    }
}

#[tokio::test]
async fn who_rings_is_changed_by_a_request_and_what_is_no_call_s_way_at_once() {
    for halden in halden::open().await {
        let name = halden.name();
        let plain = profile::Typed { voicemail: "yes".to_owned(), ..profile::Typed::default() };
        assert_eq!(halden.asks(EXTENSION, plain).await.unwrap(), None, "{name}: voicemail rings nobody");
        let number = halden.asks(EXTENSION, always(OTHER_EXTENSION)).await.unwrap().unwrap();
        assert_eq!(halden.forwards(EXTENSION).await, None, "{name}: a draft changes nothing");
        let view = halden.request(number).await;
        assert_eq!(
            (view.row.mac, view.row.site.as_str(), view.row.extension.as_str()),
            (None, "lon", EXTENSION)
        );
        let route = &view.plan.routes[0];
        assert!(route.before.as_ref().is_some_and(|before| !before.contains("always")), "{route:?}");
        assert!(route.after.as_ref().is_some_and(|after| after.contains("always 2104")), "{route:?}");
        assert_eq!(view.plan.answers.len(), 5);
        halden.submit(number).await.unwrap();
        assert!(halden.request(number).await.blocks.iter().any(|f| f.code == Code::ApprovalMissing));
        assert_eq!(halden.apply(number).await.unwrap_err().code(), Code::RequestState);
        assert_eq!(halden.approve_as("ada", number).await.unwrap_err().code(), Code::Forbidden);
        assert_eq!(halden.approve_as("both", number).await.map_err(|p| p.code()), Ok(()));
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), Code::FreezeHolds, "{name}");
        halden.later(2 * domain::time::DAY);
        halden.apply(number).await.unwrap();
        assert_eq!(halden.forwards(EXTENSION).await.as_deref(), Some(OTHER_EXTENSION), "{name}");
        let view = halden.request(number).await;
        assert_eq!((view.row.state.word(), view.ready), ("applied", false));
        let acts: Vec<_> = view.history.iter().map(|act| act.action.as_str()).collect();
        assert!(
            acts.contains(&"change_request.approve") && acts.contains(&"change_request.apply"),
            "{acts:?}"
        );
        assert_eq!(halden.apply(number).await.unwrap_err().code(), Code::RequestState);
    }
}

/// Two tabs: each asks for a forwarding of the same extension.
#[tokio::test]
async fn what_was_approved_for_a_profile_that_is_another_now_is_stale() {
    for halden in halden::open().await {
        let name = halden.name();
        let first = halden.asks(EXTENSION, always(OTHER_EXTENSION)).await.unwrap().unwrap();
        let second = halden.asks(EXTENSION, always("2105")).await.unwrap().unwrap();
        halden.sign(first).await;
        halden.sign(second).await;
        halden.apply(first).await.unwrap();
        assert_eq!(halden.apply(second).await.unwrap_err().code(), Code::PlanStale, "{name}");
        assert_eq!(halden.state(second).await, "stale");
        assert_eq!(halden.forwards(EXTENSION).await.as_deref(), Some(OTHER_EXTENSION));
        // Looked at again, it is what it is now.
        halden.sign(second).await;
        // Meanwhile somebody closes the circle from the other side: that is refused, and waits.
        let back = halden.asks("2105", always(OTHER_EXTENSION)).await.unwrap().unwrap();
        halden.sign(back).await;
        halden.apply(back).await.unwrap();
        let round = halden.asks(OTHER_EXTENSION, always("2105")).await.unwrap_err();
        assert_eq!(round.code(), Code::RouteCircle, "{name}");
        halden.apply(second).await.unwrap();
        assert_eq!(halden.forwards(EXTENSION).await.as_deref(), Some("2105"), "{name}");
    }
}

#[tokio::test]
async fn a_circle_that_closes_after_the_approval_is_refused_when_it_is_applied() {
    for halden in halden::open().await {
        let there = halden.asks(EXTENSION, always(OTHER_EXTENSION)).await.unwrap().unwrap();
        let back = halden.asks(OTHER_EXTENSION, always(EXTENSION)).await.unwrap().unwrap();
        halden.sign(there).await;
        halden.sign(back).await;
        halden.apply(there).await.unwrap();
        let refused = halden.apply(back).await.unwrap_err();
        assert_eq!(refused.code(), Code::RouteCircle, "{}: {refused}", halden.name());
        assert_eq!(halden.forwards(OTHER_EXTENSION).await, None);
        let kept = numbers::view(&halden.services, &halden.by("ada").await, EXTENSION).await.unwrap();
        assert!(kept.steps.iter().all(|step| !step.says.contains("circle")), "{:?}", kept.steps);
    }
}

#[tokio::test]
async fn the_rules_decide_who_approves_a_change_of_who_rings() {
    for halden in halden::open().await {
        let rule = |name: &str, subject: &str, role: Role, count: &str| RuleInput {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            needs: vec![(role, count.to_owned())],
            ..RuleInput::default()
        };
        let rules = [
            rule("Forwarding", "profile-change", Role::SiteLead, "1"),
            rule("Rules", "approval-rules", Role::Administrator, "1"),
        ];
        halden.rules(&rules).await;
        let number = halden.asks(EXTENSION, always(OTHER_EXTENSION)).await.unwrap().unwrap();
        halden.submit(number).await.unwrap();
        assert_eq!(halden.approve(number).await.unwrap_err().code(), Code::Forbidden, "{}", halden.name());
        halden.approve_as("linus", number).await.unwrap();
        halden.apply(number).await.unwrap();
        // No rule speaks of groups any more, so nobody could approve one.
        let typed = hunt_group::Typed {
            code: "sales".into(),
            name: "Sales".into(),
            members: "2101".into(),
            ..numbered("")
        };
        let ada = halden.by("ada").await;
        let group = hunt_groups::define(&halden.services, &ada, "lon", &typed, WHY).await.unwrap();
        assert_eq!(halden.submit(group).await.unwrap_err().code(), Code::ApprovalNoRule);
    }
}
