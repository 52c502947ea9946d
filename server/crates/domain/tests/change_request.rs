//! Change requests: which step leads where, and what no order of steps can bring about.

use domain::{
    Code, Finding, Timestamp,
    artifact::Digest,
    change_request::{State, Workflow},
    ids::UserId,
};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

const REQUESTER: UserId = UserId(Uuid::from_u128(1));
const APPROVER: UserId = UserId(Uuid::from_u128(2));
const NOW: Timestamp = Timestamp(0);
const PLAN: Digest = Digest([0; 32]);
const OTHER_PLAN: Digest = Digest([1; 32]);

/// One thing that one of three people tries.
#[derive(Clone, Debug)]
enum Try {
    Submit(Digest),
    Approve(Digest, UserId),
    Reject(UserId),
    Withdraw(UserId),
    Apply(Digest, UserId),
}

impl Try {
    const fn word(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submit",
            Self::Approve(..) => "approve",
            Self::Reject(_) => "reject",
            Self::Withdraw(_) => "withdraw",
            Self::Apply(..) => "apply",
        }
    }

    fn on(self, workflow: Workflow, at: Timestamp) -> Result<Workflow, Finding> {
        match self {
            Self::Submit(digest) => workflow.submit(digest, at),
            Self::Approve(digest, by) => workflow.approve(digest, by, at),
            Self::Reject(by) => workflow.reject(by, at, String::new()),
            Self::Withdraw(by) => workflow.withdraw(by, at),
            Self::Apply(digest, by) => workflow.apply(digest, by, at),
        }
    }
}

/// Two contents, so that approvals match by chance half of the time.
fn tries() -> impl Strategy<Value = Vec<Try>> {
    let digest = (0u8..2).prop_map(|n| Digest([n; 32]));
    let user = (1u128..=3).prop_map(|n| UserId(Uuid::from_u128(n)));
    let one = (0u8..12, digest, user).prop_map(|(what, digest, by)| match what {
        0..=2 => Try::Submit(digest),
        3..=6 => Try::Approve(digest, by),
        7 => Try::Reject(by),
        8 => Try::Withdraw(by),
        _ => Try::Apply(digest, by),
    });
    vec(one, 0..24)
}

/// Every state, each reached by the shortest way.
fn every_state() -> Result<[Workflow; 7], Finding> {
    let draft = Workflow::draft(REQUESTER);
    let submitted = draft.clone().submit(PLAN, NOW)?;
    let approved = submitted.clone().approve(PLAN, APPROVER, NOW)?;
    let rejected = submitted.clone().reject(APPROVER, NOW, "No.".into())?;
    let applied = approved.clone().apply(PLAN, REQUESTER, NOW)?;
    let withdrawn = draft.clone().withdraw(REQUESTER, NOW)?;
    let stale = approved.clone().apply(OTHER_PLAN, REQUESTER, NOW)?;
    Ok([draft, submitted, approved, rejected, applied, withdrawn, stale])
}

#[test]
fn a_plan_that_changed_can_be_submitted_again_and_loses_its_approval() {
    let submitted = Workflow::draft(REQUESTER).submit(PLAN, NOW).unwrap();
    let approved = submitted.clone().approve(PLAN, APPROVER, NOW).unwrap();
    for before in [submitted, approved] {
        let again = before.submit(OTHER_PLAN, NOW).unwrap();
        assert_eq!(again.state, State::Submitted { at: NOW, digest: OTHER_PLAN });
        assert!(again.approval().is_none());
    }
}

/// Every step that is possible; all others are refused with the state that they met.
#[test]
fn the_steps_that_are_possible() {
    let mut possible = vec![];
    for workflow in every_state().expect("every state can be reached") {
        for step in [
            Try::Submit(PLAN),
            Try::Approve(PLAN, APPROVER),
            Try::Reject(APPROVER),
            Try::Withdraw(REQUESTER),
            Try::Apply(PLAN, REQUESTER),
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
    draft: submit → submitted
    draft: withdraw → withdrawn
    submitted: approve → approved
    submitted: reject → rejected
    submitted: withdraw → withdrawn
    approved: withdraw → withdrawn
    approved: apply → applied
    stale: submit → submitted
    stale: withdraw → withdrawn
    ");
}

#[test]
fn the_requester_decides_nothing_and_the_approver_nothing_unseen() {
    let submitted = Workflow::draft(REQUESTER).submit(PLAN, NOW).expect("a draft");
    let refused = |step: Try| step.on(submitted.clone(), NOW).map_err(|finding| finding.code);
    assert_eq!(refused(Try::Approve(PLAN, REQUESTER)), Err(Code::ApprovalSelf));
    assert_eq!(refused(Try::Reject(REQUESTER)), Err(Code::ApprovalSelf));
    assert_eq!(refused(Try::Approve(OTHER_PLAN, APPROVER)), Err(Code::PlanChanged));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever three people try in whatever order: only somebody else's approval of exactly this content applies
    /// it, and a final state is final.
    #[test]
    fn no_order_of_steps_breaks_the_workflow(tries in tries()) {
        let mut workflow = Workflow::draft(REQUESTER);
        let (mut submitted, mut signed) = (None, None);
        for (at, step) in (1..).map(Timestamp).zip(tries) {
            let Ok(next) = step.clone().on(workflow.clone(), at) else { continue };
            prop_assert!(!workflow.state.is_final(), "{:?} left {:?}", step, workflow.state);
            prop_assert_eq!(next.requester, REQUESTER);
            match (&next.state, step) {
                (State::Submitted { digest, .. }, Try::Submit(asked)) => {
                    prop_assert_eq!(*digest, asked);
                    (submitted, signed) = (Some(asked), None);
                }
                (State::Approved { approval }, Try::Approve(digest, by)) => {
                    prop_assert!(by != REQUESTER && submitted == Some(digest));
                    prop_assert_eq!((approval.by, approval.at, approval.digest), (by, at, digest));
                    signed = Some((digest, by));
                }
                (State::Rejected { by, .. }, Try::Reject(who)) => {
                    prop_assert!(*by == who && who != REQUESTER);
                }
                (State::Applied { approval, .. }, Try::Apply(digest, _)) => {
                    prop_assert_eq!(signed, Some((digest, approval.by)));
                    prop_assert_eq!(approval.digest, digest);
                }
                (State::Stale { .. }, Try::Apply(digest, _)) => {
                    prop_assert!(signed.take().is_some_and(|(approved, _)| approved != digest));
                }
                (State::Withdrawn { .. }, Try::Withdraw(_)) => {}
                (state, step) => prop_assert!(false, "{:?} led to {:?}", step, state),
            }
            workflow = next;
        }
    }
}
