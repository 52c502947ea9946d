//! Change requests: which step leads where, and what no order of steps can bring about.

use domain::{
    Code, Finding, Timestamp,
    approval::{Approval, Condition, Required, Rule, Subject, Touches, required},
    artifact::Digest,
    authority::Authority,
    authz::Role,
    change_request::{State, Workflow},
    ids::UserId,
    plan::Kind,
};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeSet;
use uuid::Uuid;

const REQUESTER: UserId = UserId(Uuid::from_u128(1));
const APPROVER: UserId = UserId(Uuid::from_u128(2));
const OTHER_APPROVER: UserId = UserId(Uuid::from_u128(3));
/// Who approved something in advance.
const FORMER: UserId = UserId(Uuid::from_u128(4));
const NOW: Timestamp = Timestamp(0);
const PLAN: Digest = Digest([0; 32]);
const OTHER_PLAN: Digest = Digest([1; 32]);

/// So many approvers.
fn needs(count: u8) -> Required {
    let rule = Rule {
        name: "rule".into(),
        when: Condition::default(),
        needs: [(Role::Approver, count)].into(),
        valid_days: None,
        escalation: None,
        ticket: false,
    };
    let subjects = BTreeSet::from([Subject::Change(Kind::Bind)]);
    required(&[rule], &Touches { subjects, ..Touches::default() })
}

fn signed(digest: Digest, by: UserId, at: Timestamp) -> Approval {
    Approval { by, at, digest, roles: vec![Role::Approver] }
}

/// One thing that one of four people tries.
#[derive(Clone, Debug)]
enum Try {
    Edit(UserId),
    Submit(Digest, UserId),
    Approve(Digest, UserId),
    Reject(UserId),
    Withdraw(UserId),
    Supersede,
    Schedule(UserId),
    Unschedule,
    Apply(Digest, UserId),
    /// By something that `FORMER` approved in advance.
    Stand(Digest, UserId),
}

impl Try {
    const fn word(&self) -> &'static str {
        match self {
            Self::Edit(_) => "edit",
            Self::Submit(..) => "submit",
            Self::Approve(..) => "approve",
            Self::Reject(_) => "reject",
            Self::Withdraw(_) => "withdraw",
            Self::Supersede => "supersede",
            Self::Schedule(_) => "schedule",
            Self::Unschedule => "unschedule",
            Self::Apply(..) | Self::Stand(..) => "apply",
        }
    }

    fn on(self, workflow: Workflow, at: Timestamp) -> Result<Workflow, Finding> {
        self.under(&needs(1), workflow, at)
    }

    fn under(self, needs: &Required, workflow: Workflow, at: Timestamp) -> Result<Workflow, Finding> {
        match self {
            Self::Edit(by) => workflow.edit(by),
            Self::Submit(digest, by) => workflow.submit(digest, by, at),
            Self::Approve(digest, by) => workflow.approve(signed(digest, by, at), needs, &[]),
            Self::Supersede => workflow.supersede(9, at),
            Self::Reject(by) => workflow.reject(by, at, String::new()),
            Self::Withdraw(by) => workflow.withdraw(by, at),
            Self::Schedule(by) => workflow.schedule(at.plus(1), by, at),
            Self::Unschedule => workflow.unschedule(),
            Self::Apply(digest, by) => workflow.apply(digest, needs, &[], by, at),
            Self::Stand(digest, by) => {
                let authority = Authority::Standing { advance: 1, approvers: vec![FORMER] };
                workflow.apply_by(authority, digest, by, at)
            }
        }
    }
}

/// Two contents, so that approvals match by chance half of the time.
fn tries() -> impl Strategy<Value = Vec<Try>> {
    let digest = (0u8..2).prop_map(|n| Digest([n; 32]));
    let user = (1u128..=4).prop_map(|n| UserId(Uuid::from_u128(n)));
    let one = (0u8..32, digest, user).prop_map(|(what, digest, by)| match what {
        0..=1 => Try::Edit(by),
        2..=7 => Try::Submit(digest, REQUESTER),
        8 => Try::Submit(digest, by),
        9..=20 => Try::Approve(digest, by),
        21 => Try::Reject(by),
        22 => Try::Withdraw(by),
        23 => Try::Supersede,
        24 => Try::Schedule(by),
        25 => Try::Unschedule,
        26 => Try::Stand(digest, by),
        _ => Try::Apply(digest, by),
    });
    vec(one, 0..32)
}

/// Every state, each reached by the shortest way.
fn every_state() -> Result<[Workflow; 9], Finding> {
    let draft = Workflow::draft(REQUESTER);
    let submitted = Try::Submit(PLAN, REQUESTER).on(draft.clone(), NOW)?;
    let approved = Try::Approve(PLAN, APPROVER).on(submitted.clone(), NOW)?;
    let scheduled = Try::Schedule(REQUESTER).on(approved.clone(), NOW)?;
    let rejected = Try::Reject(APPROVER).on(submitted.clone(), NOW)?;
    let applied = Try::Apply(PLAN, REQUESTER).on(approved.clone(), NOW)?;
    let withdrawn = Try::Withdraw(REQUESTER).on(draft.clone(), NOW)?;
    let stale = Try::Apply(OTHER_PLAN, REQUESTER).on(approved.clone(), NOW)?;
    let superseded = Try::Supersede.on(submitted.clone(), NOW)?;
    Ok([draft, submitted, approved, scheduled, rejected, applied, withdrawn, stale, superseded])
}

#[test]
fn a_plan_that_changed_can_be_submitted_again_and_loses_its_approval() {
    let submitted = Try::Submit(PLAN, REQUESTER).on(Workflow::draft(REQUESTER), NOW).unwrap();
    let approved = Try::Approve(PLAN, APPROVER).on(submitted.clone(), NOW).unwrap();
    for before in [submitted, approved] {
        let again = Try::Submit(OTHER_PLAN, REQUESTER).on(before, NOW).unwrap();
        assert_eq!(again.state, State::Submitted { at: NOW, digest: OTHER_PLAN, approvals: vec![] });
    }
}

#[test]
fn two_approvals_are_given_by_two_people() {
    let two = needs(2);
    let submitted = Try::Submit(PLAN, REQUESTER).on(Workflow::draft(REQUESTER), NOW).unwrap();
    let once = Try::Approve(PLAN, APPROVER).under(&two, submitted, NOW).unwrap();
    assert_eq!(once.state.word(), "submitted");
    let again = Try::Approve(PLAN, APPROVER).under(&two, once.clone(), NOW).unwrap_err();
    assert_eq!(again.code, Code::ApprovalUnasked);
    let twice = Try::Approve(PLAN, OTHER_APPROVER).under(&two, once, NOW).unwrap();
    assert_eq!(twice.state.word(), "approved");
    let by: Vec<_> = twice.approvals().iter().map(|a| a.by).collect();
    assert_eq!(by, [APPROVER, OTHER_APPROVER]);
}

#[test]
fn what_has_expired_has_to_be_given_again() {
    let day = Required { valid_days: Some(1), ..needs(1) };
    let tomorrow = NOW.plus(domain::time::DAY);
    let submitted = Try::Submit(PLAN, REQUESTER).on(Workflow::draft(REQUESTER), NOW).unwrap();
    let approved = Try::Approve(PLAN, APPROVER).under(&day, submitted, NOW).unwrap();
    let lapsed = Try::Apply(PLAN, REQUESTER).under(&day, approved.clone(), tomorrow).unwrap();
    assert_eq!(lapsed.state, State::Submitted { at: tomorrow, digest: PLAN, approvals: vec![] });
    let again = Try::Approve(PLAN, APPROVER).under(&day, lapsed, tomorrow).unwrap();
    let applied = Try::Apply(PLAN, REQUESTER).under(&day, again, tomorrow).unwrap();
    assert_eq!(applied.state.word(), "applied");
    // When more is asked for than was given, what was given stays.
    let more = Try::Apply(PLAN, REQUESTER).under(&needs(2), approved, NOW).unwrap();
    assert_eq!((more.state.word(), more.approvals().len()), ("submitted", 1));
}

/// Every step that is possible; all others are refused with the state that they met.
#[test]
fn the_steps_that_are_possible() {
    let mut possible = vec![];
    for workflow in every_state().expect("every state can be reached") {
        for step in [
            Try::Edit(REQUESTER),
            Try::Submit(PLAN, REQUESTER),
            Try::Approve(PLAN, APPROVER),
            Try::Reject(APPROVER),
            Try::Withdraw(REQUESTER),
            Try::Supersede,
            Try::Apply(PLAN, REQUESTER),
            Try::Schedule(REQUESTER),
            Try::Unschedule,
            Try::Stand(PLAN, REQUESTER),
        ] {
            let (from, word) = (workflow.state.word(), step.word());
            match step.on(workflow.clone(), NOW) {
                Ok(next) => possible.push(format!("{from}: {word} → {}", next.state.word())),
                Err(finding) => {
                    assert_eq!((finding.code, finding.subject.as_str()), (Code::RequestState, word));
                    assert_eq!(finding.detail, format!("The request is {from}."));
                }
            }
        }
    }
    insta::assert_snapshot!(possible.join("\n"), @"
    draft: edit → draft
    draft: submit → submitted
    draft: withdraw → withdrawn
    draft: supersede → superseded
    submitted: approve → approved
    submitted: reject → rejected
    submitted: withdraw → withdrawn
    submitted: supersede → superseded
    submitted: apply → applied
    approved: withdraw → withdrawn
    approved: supersede → superseded
    approved: apply → applied
    approved: schedule → scheduled
    approved: apply → applied
    scheduled: withdraw → withdrawn
    scheduled: supersede → superseded
    scheduled: apply → applied
    scheduled: schedule → scheduled
    scheduled: unschedule → approved
    stale: edit → stale
    stale: submit → submitted
    stale: withdraw → withdrawn
    stale: supersede → superseded
    ");
}

#[test]
fn whoever_had_a_hand_in_it_decides_nothing_and_an_approver_nothing_unseen() {
    let draft = Try::Edit(OTHER_APPROVER).on(Workflow::draft(REQUESTER), NOW).expect("a draft");
    let submitted = Try::Submit(PLAN, APPROVER).on(draft, NOW).expect("a draft");
    let refused = |step: Try| step.on(submitted.clone(), NOW).map_err(|finding| finding.code);
    for involved in [REQUESTER, APPROVER, OTHER_APPROVER] {
        assert_eq!(refused(Try::Approve(PLAN, involved)), Err(Code::ApprovalSelf));
        assert_eq!(refused(Try::Reject(involved)), Err(Code::ApprovalSelf));
    }
    assert_eq!(refused(Try::Approve(OTHER_PLAN, UserId(Uuid::from_u128(9)))), Err(Code::PlanChanged));
}

/// What is left of a request that was applied in part stays approved, and is not applied by itself again.
#[test]
fn a_part_is_applied_as_the_whole_would_be() {
    let [_, submitted, approved, scheduled, ..] = every_state().expect("every state can be reached");
    let part = |workflow: Workflow, digest, needs| workflow.apply_part(digest, needs, &[], REQUESTER, NOW);
    let needs = (needs(1), needs(2));
    for workflow in [approved.clone(), scheduled] {
        assert_eq!(part(workflow.clone(), PLAN, &needs.0), Ok(approved.clone()));
        assert_eq!(part(workflow.clone(), OTHER_PLAN, &needs.0).unwrap().state.word(), "stale");
        assert_eq!(part(workflow, PLAN, &needs.1).unwrap().state.word(), "submitted");
    }
    assert_eq!(part(submitted, PLAN, &needs.0).unwrap_err().code, Code::RequestState);
}

#[test]
fn a_slice_is_applied_as_the_whole_would_be_and_stays_where_it_is() {
    let [_, submitted, approved, scheduled, ..] = every_state().expect("every state can be reached");
    let slice = |workflow: Workflow, digest, needs| workflow.apply_slice(digest, needs, &[], REQUESTER, NOW);
    let needs = (needs(1), needs(2));
    for workflow in [approved, scheduled] {
        assert_eq!(slice(workflow.clone(), PLAN, &needs.0), Ok(workflow.clone()));
        assert_eq!(slice(workflow.clone(), OTHER_PLAN, &needs.0).unwrap().state.word(), "stale");
        assert_eq!(slice(workflow, PLAN, &needs.1).unwrap().state.word(), "submitted");
    }
    assert_eq!(slice(submitted, PLAN, &needs.0).unwrap_err().code, Code::RequestState);
}

#[test]
fn a_time_in_the_past_is_no_schedule() {
    let [_, _, approved, ..] = every_state().expect("every state can be reached");
    let refused = approved.clone().schedule(NOW, REQUESTER, NOW).unwrap_err();
    assert_eq!((refused.code, refused.subject.as_str()), (Code::FormInvalid, "due"));
    assert_eq!(approved.schedule(NOW.plus(1), REQUESTER, NOW).unwrap().due(), Some(NOW.plus(1)));
}

#[test]
fn a_state_is_read_as_it_was_written() {
    for workflow in every_state().expect("every state can be reached") {
        let text = serde_json::to_string(&workflow.state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), workflow.state, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever four people try in whatever order: only the approvals of enough others, of exactly this content,
    /// apply it, and a final state is final.
    #[test]
    fn no_order_of_steps_breaks_the_workflow(tries in tries(), count in 1u8..3) {
        let needs = needs(count);
        let mut workflow = Workflow::draft(REQUESTER);
        let mut submitted = None;
        let mut hands = BTreeSet::from([REQUESTER]);
        let mut signed: Vec<(Digest, UserId)> = vec![];
        for (at, step) in (1..).map(Timestamp).zip(tries) {
            let Ok(next) = step.clone().under(&needs, workflow.clone(), at) else { continue };
            prop_assert!(!workflow.state.is_final(), "{:?} left {:?}", step, workflow.state);
            prop_assert_eq!(next.requester, REQUESTER);
            let by: Vec<_> = next.approvals().iter().map(|a| (a.digest, a.by)).collect();
            match (&next.state, step) {
                (State::Draft | State::Stale { .. }, Try::Edit(by)) => drop(hands.insert(by)),
                (State::Submitted { digest, approvals, .. }, Try::Submit(asked, who)) => {
                    prop_assert!(*digest == asked && approvals.is_empty());
                    hands.insert(who);
                    (submitted, signed) = (Some(asked), vec![]);
                }
                (state, Try::Approve(digest, who)) => {
                    prop_assert!(!hands.contains(&who) && submitted == Some(digest));
                    signed.push((digest, who));
                    prop_assert_eq!(&by, &signed);
                    let enough = signed.len() == usize::from(count);
                    prop_assert_eq!(matches!(state, State::Approved { .. }), enough);
                }
                (State::Rejected { by, .. }, Try::Reject(who)) => {
                    prop_assert!(*by == who && !hands.contains(&who));
                }
                // Not by whoever approved in advance, nor what they had a hand in, and no other content either.
                (State::Applied { authority: Some(_), .. }, Try::Stand(digest, who)) => {
                    prop_assert!(submitted == Some(digest) && who != FORMER && !hands.contains(&FORMER));
                }
                (State::Stale { .. }, Try::Stand(digest, _)) => {
                    prop_assert!(submitted.is_some_and(|asked| asked != digest));
                    signed = vec![];
                }
                (State::Applied { authority: None, .. }, Try::Apply(digest, _)) => {
                    prop_assert_eq!(&by, &signed);
                    prop_assert!(signed.iter().all(|(approved, _)| *approved == digest));
                    prop_assert_eq!(signed.iter().map(|(_, by)| by).collect::<BTreeSet<_>>().len(), usize::from(count));
                }
                (State::Stale { .. }, Try::Apply(digest, _)) => {
                    prop_assert!(submitted.is_some_and(|approved| approved != digest));
                    signed = vec![];
                }
                (State::Scheduled { digest, .. }, Try::Schedule(_))
                | (State::Approved { digest, .. }, Try::Unschedule) => {
                    prop_assert!(submitted == Some(*digest) && by == signed);
                }
                (State::Withdrawn { .. }, Try::Withdraw(_)) | (State::Superseded { .. }, Try::Supersede) => {}
                (state, step) => prop_assert!(false, "{:?} led to {:?}", step, state),
            }
            workflow = next;
        }
    }
}
