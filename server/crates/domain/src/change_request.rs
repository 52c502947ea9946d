//! Change requests: draft → submitted → approved / rejected → (scheduled) → applied; or withdrawn, stale, superseded.
//!
//! A transition consumes the old state, takes actor and time as arguments, and returns the new state,
//! or a finding that names the state it found. Whether approvals are enough is `approval`'s to say.

mod ask;
pub mod bulk;
mod item;
mod route;
mod unblock;

pub use ask::{Ask, Asked, At};
pub use item::{ItemState, Wanted, groups};
pub use route::{Route, group_reroutes, profile_reroutes};
pub use unblock::{unblocked_by, unblocked_by_roles};

use crate::{
    Code, Finding, Timestamp,
    approval::{Approval, Case, Delegation, Required, Verdict, judge},
    artifact::Digest,
    authority::Authority,
    ids::UserId,
};
use serde::{Deserialize, Serialize};

/// Where a request is. Each state holds its own facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum State {
    /// Being written.
    Draft,
    /// Waiting for approvers.
    Submitted {
        /// Since when.
        at: Timestamp,
        /// What was submitted.
        digest: Digest,
        /// What was given so far, all of this digest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
    /// May be applied, if it is still the same.
    Approved {
        /// Since when it had waited.
        asked: Timestamp,
        /// What was approved.
        digest: Digest,
        /// By whom and when.
        approvals: Vec<Approval>,
    },
    /// It is applied by itself when its time comes, if it is still the same and nothing is in its way.
    Scheduled {
        /// Since when it had waited for approvals.
        asked: Timestamp,
        /// What was approved.
        digest: Digest,
        /// By whom and when.
        approvals: Vec<Approval>,
        /// When it is applied.
        due: Timestamp,
        /// Who said so; it is applied in their name.
        by: UserId,
    },
    /// An approver said no.
    Rejected {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Done.
    Applied {
        /// What it rested on.
        approvals: Vec<Approval>,
        /// Who applied it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// By what it was applied, when nobody signed the plan itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority: Option<Authority>,
    },
    /// Taken back, by its requester or another administrator.
    Withdrawn {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// What would be applied is no longer what was approved; it must be looked at again.
    Stale {
        /// Since when.
        at: Timestamp,
    },
    /// Another request stands in its place.
    Superseded {
        /// That request's number.
        with: i64,
        /// Since when.
        at: Timestamp,
    },
}

impl State {
    /// The word used on pages and in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted { .. } => "submitted",
            Self::Approved { .. } => "approved",
            Self::Scheduled { .. } => "scheduled",
            Self::Rejected { .. } => "rejected",
            Self::Applied { .. } => "applied",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stale { .. } => "stale",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Rejected { .. } | Self::Applied { .. } | Self::Withdrawn { .. } | Self::Superseded { .. }
        )
    }
}

/// A request, as far as its states go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// Who made it. Never its approver.
    pub requester: UserId,
    /// Who else wrote or submitted it. Never its approvers either.
    pub editors: Vec<UserId>,
    /// Where it is.
    pub state: State,
}

type Outcome = Result<Workflow, Finding>;

impl Workflow {
    /// A new draft.
    pub const fn draft(requester: UserId) -> Self {
        Self { requester, editors: vec![], state: State::Draft }
    }

    fn to(self, state: State) -> Self {
        Self { state, ..self }
    }

    fn not_now(&self, verb: &str) -> Outcome {
        Err(Finding::new(Code::RequestState, verb).detail(format!("The request is {}.", self.state.word())))
    }

    /// Whether somebody had a hand in it.
    pub fn involves(&self, who: UserId) -> bool {
        self.requester == who || self.editors.contains(&who)
    }

    fn with_hand_of(mut self, who: UserId) -> Self {
        if !self.involves(who) {
            self.editors.push(who);
        }
        self
    }

    /// Changes its words, before it is submitted or when it has to be looked at again.
    pub fn edit(self, by: UserId) -> Outcome {
        match self.state {
            State::Draft | State::Stale { .. } => Ok(self.with_hand_of(by)),
            _ => self.not_now("edit"),
        }
    }

    /// Submits the plan with this digest: a draft, or again when the plan is another one than what was submitted,
    /// approved or found stale. Approvals of the old plan are gone with it. Who submits has had a hand in it.
    pub fn submit(self, digest: Digest, by: UserId, at: Timestamp) -> Outcome {
        let again = match &self.state {
            State::Draft | State::Stale { .. } => true,
            State::Submitted { digest: before, .. }
            | State::Approved { digest: before, .. }
            | State::Scheduled { digest: before, .. } => *before != digest,
            State::Rejected { .. }
            | State::Applied { .. }
            | State::Withdrawn { .. }
            | State::Superseded { .. } => false,
        };
        if again {
            Ok(self.with_hand_of(by).to(State::Submitted { at, digest, approvals: vec![] }))
        } else {
            self.not_now("submit")
        }
    }

    /// Adds an approval, by somebody who had no hand in it, of exactly what was submitted. It is approved once that
    /// is enough; an approval that fills no open place is refused.
    pub fn approve(self, approval: Approval, required: &Required, delegations: &[Delegation]) -> Outcome {
        let State::Submitted { at: asked, digest, approvals } = &self.state else {
            return self.not_now("approve");
        };
        if self.involves(approval.by) {
            return Err(Finding::new(Code::ApprovalSelf, "approve"));
        }
        if *digest != approval.digest {
            return Err(Finding::new(Code::PlanChanged, "approve"));
        }
        let (now, by, digest, asked) = (approval.at, approval.by, *digest, *asked);
        let before = self.verdict(required, delegations, now);
        if required.needs.is_empty() {
            return Err(Finding::new(Code::ApprovalNoRule, "approve"));
        }
        // What has expired counts no more, so whoever gave it may give it again.
        let mut approvals: Vec<_> =
            approvals.iter().filter(|a| !before.expired.contains(&a.by)).cloned().collect();
        approvals.push(approval);
        let waiting = self.to(State::Submitted { at: asked, digest, approvals });
        let after = waiting.verdict(required, delegations, now);
        if after.filled.len() <= before.filled.len() {
            let given = before.filled.iter().any(|filled| filled.by == by);
            let detail = if given { "You have approved it." } else { "" };
            return Err(Finding::new(Code::ApprovalUnasked, "approve").detail(detail));
        }
        Ok(match waiting.state {
            State::Submitted { approvals, .. } if after.approved() => {
                Self { state: State::Approved { asked, digest, approvals }, ..waiting }
            }
            _ => waiting,
        })
    }

    /// Says no, by somebody who had no hand in it.
    pub fn reject(self, by: UserId, at: Timestamp, reason: String) -> Outcome {
        match self.state {
            State::Submitted { .. } if self.involves(by) => {
                Err(Finding::new(Code::ApprovalSelf, "reject").detail("Withdraw it instead."))
            }
            State::Submitted { .. } => Ok(self.to(State::Rejected { by, at, reason })),
            _ => self.not_now("reject"),
        }
    }

    /// Takes it back, before it is applied.
    pub fn withdraw(self, by: UserId, at: Timestamp) -> Outcome {
        if self.state.is_final() {
            self.not_now("withdraw")
        } else {
            Ok(self.to(State::Withdrawn { by, at }))
        }
    }

    /// Request `with` is made in its place.
    pub fn supersede(self, with: i64, at: Timestamp) -> Outcome {
        if self.state.is_final() {
            self.not_now("supersede")
        } else {
            Ok(self.to(State::Superseded { with, at }))
        }
    }

    /// Applies it, if `digest` of the plan recomputed now is what was approved; otherwise it is stale. When its
    /// approvals are not enough any more, it waits for new ones.
    pub fn apply(
        self,
        digest: Digest,
        required: &Required,
        delegations: &[Delegation],
        by: UserId,
        at: Timestamp,
    ) -> Outcome {
        let (State::Approved { digest: approved, approvals, .. }
        | State::Scheduled { digest: approved, approvals, .. }) = &self.state
        else {
            return self.not_now("apply");
        };
        if *approved != digest {
            return Ok(self.to(State::Stale { at }));
        }
        let verdict = self.verdict(required, delegations, at);
        let mut approvals = approvals.clone();
        Ok(if verdict.approved() {
            approvals.retain(|a| verdict.filled.iter().any(|filled| filled.by == a.by));
            self.to(State::Applied { approvals, by, at, authority: None })
        } else {
            approvals.retain(|a| !verdict.expired.contains(&a.by));
            self.to(State::Submitted { at, digest, approvals })
        })
    }

    /// Says when it is applied by itself, or at another time than was said before.
    pub fn schedule(self, due: Timestamp, by: UserId, now: Timestamp) -> Outcome {
        match &self.state {
            State::Approved { .. } | State::Scheduled { .. } if due <= now => {
                Err(Finding::new(Code::FormInvalid, "due").detail("It is in the past."))
            }
            State::Approved { asked, digest, approvals }
            | State::Scheduled { asked, digest, approvals, .. } => {
                let (asked, digest, approvals) = (*asked, *digest, approvals.clone());
                Ok(self.to(State::Scheduled { asked, digest, approvals, due, by }))
            }
            _ => self.not_now("schedule"),
        }
    }

    /// It is not applied by itself any more; it stays approved.
    pub fn unschedule(self) -> Outcome {
        match &self.state {
            State::Scheduled { asked, digest, approvals, .. } => {
                let (asked, digest, approvals) = (*asked, *digest, approvals.clone());
                Ok(self.to(State::Approved { asked, digest, approvals }))
            }
            _ => self.not_now("unschedule"),
        }
    }

    /// Applies a part of it. Everything has to be as for the whole; it stays approved, for the rest, and is not applied
    /// by itself again.
    pub fn apply_part(
        self,
        digest: Digest,
        required: &Required,
        delegations: &[Delegation],
        by: UserId,
        at: Timestamp,
    ) -> Outcome {
        let after = self.apply_slice(digest, required, delegations, by, at)?;
        if matches!(after.state, State::Scheduled { .. }) { after.unschedule() } else { Ok(after) }
    }

    /// Applies a slice of it, with more to follow at once. Everything has to be as for the whole, and it stays where it
    /// is: interrupted, it is gone on with by whatever began it.
    pub fn apply_slice(
        self,
        digest: Digest,
        required: &Required,
        delegations: &[Delegation],
        by: UserId,
        at: Timestamp,
    ) -> Outcome {
        let applied = self.clone().apply(digest, required, delegations, by, at)?;
        Ok(if matches!(applied.state, State::Applied { .. }) { self } else { applied })
    }

    /// Applies what was submitted by an authority other than approvals of this plan. It is no more than what was
    /// submitted either: another plan makes it stale.
    pub fn apply_by(self, authority: Authority, digest: Digest, by: UserId, at: Timestamp) -> Outcome {
        let (State::Submitted { digest: submitted, .. } | State::Approved { digest: submitted, .. }) =
            &self.state
        else {
            return self.not_now("apply");
        };
        if authority.approvers().iter().any(|approver| self.involves(*approver) || *approver == by) {
            return Err(Finding::new(Code::ApprovalSelf, "apply"));
        }
        if *submitted != digest {
            return Ok(self.to(State::Stale { at }));
        }
        let approvals = self.approvals().to_vec();
        Ok(self.to(State::Applied { approvals, by, at, authority: Some(authority) }))
    }

    /// By what it was applied, when nobody signed the plan itself.
    pub const fn authority(&self) -> Option<&Authority> {
        match &self.state {
            State::Applied { authority, .. } => authority.as_ref(),
            _ => None,
        }
    }

    /// How its approvals stand; nothing in states that wait for none.
    pub fn verdict(&self, required: &Required, delegations: &[Delegation], now: Timestamp) -> Verdict {
        let (State::Submitted { at: asked, approvals, .. }
        | State::Approved { asked, approvals, .. }
        | State::Scheduled { asked, approvals, .. }) = &self.state
        else {
            return Verdict::default();
        };
        let (requester, editors, asked) = (self.requester, self.editors.as_slice(), *asked);
        judge(required, &Case { requester, editors, asked, approvals, delegations }, now)
    }

    /// What was signed, in the order in which it was.
    pub fn approvals(&self) -> &[Approval] {
        match &self.state {
            State::Submitted { approvals, .. }
            | State::Approved { approvals, .. }
            | State::Scheduled { approvals, .. }
            | State::Applied { approvals, .. } => approvals,
            _ => &[],
        }
    }

    /// When it is applied by itself.
    pub const fn due(&self) -> Option<Timestamp> {
        match &self.state {
            State::Scheduled { due, .. } => Some(*due),
            _ => None,
        }
    }

    /// The digest that may be applied, or was.
    pub fn approved_digest(&self) -> Option<Digest> {
        match &self.state {
            State::Approved { digest, .. } | State::Scheduled { digest, .. } => Some(*digest),
            State::Applied { approvals, .. } => approvals.first().map(|approval| approval.digest),
            _ => None,
        }
    }
}
