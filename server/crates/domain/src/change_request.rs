//! Change requests: draft → submitted → approved / rejected → applied; or withdrawn, or stale.
//!
//! A transition consumes the old state, takes actor and time as arguments, and returns the new state,
//! or a finding that names the state it found.

use crate::{Code, Finding, Timestamp, artifact::Digest, ids::UserId};
use serde::{Deserialize, Serialize};

/// Somebody looked at a plan and signed its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Exactly what.
    pub digest: Digest,
}

/// Where a request is. Each state holds its own facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum State {
    /// Being written.
    Draft,
    /// Waiting for an approver.
    Submitted {
        /// Since when.
        at: Timestamp,
        /// What was submitted.
        digest: Digest,
    },
    /// May be applied, if it is still the same.
    Approved {
        /// By whom, when, and exactly what.
        approval: Approval,
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
        approval: Approval,
        /// Who applied it.
        by: UserId,
        /// When.
        at: Timestamp,
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
}

impl State {
    /// The word used on pages and in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted { .. } => "submitted",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Applied { .. } => "applied",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stale { .. } => "stale",
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Rejected { .. } | Self::Applied { .. } | Self::Withdrawn { .. })
    }
}

/// A request, as far as its states go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// Who made it. Never its approver.
    pub requester: UserId,
    /// Where it is.
    pub state: State,
}

type Outcome = Result<Workflow, Finding>;

impl Workflow {
    /// A new draft.
    pub const fn draft(requester: UserId) -> Self {
        Self { requester, state: State::Draft }
    }

    fn to(self, state: State) -> Self {
        Self { state, ..self }
    }

    fn not_now(&self, verb: &str) -> Outcome {
        Err(Finding::new(Code::RequestState, verb).detail(format!("The request is {}.", self.state.word())))
    }

    /// Submits the plan with this digest: a draft, or again when the plan is another one than what was submitted,
    /// approved or found stale. An approval of the old plan is gone with it.
    pub fn submit(self, digest: Digest, at: Timestamp) -> Outcome {
        let again = match &self.state {
            State::Draft | State::Stale { .. } => true,
            State::Submitted { digest: before, .. } => *before != digest,
            State::Approved { approval } => approval.digest != digest,
            State::Rejected { .. } | State::Applied { .. } | State::Withdrawn { .. } => false,
        };
        if again { Ok(self.to(State::Submitted { at, digest })) } else { self.not_now("submit") }
    }

    /// Approves exactly `digest`, by somebody other than the requester.
    pub fn approve(self, digest: Digest, by: UserId, at: Timestamp) -> Outcome {
        match self.state {
            State::Submitted { .. } if by == self.requester => {
                Err(Finding::new(Code::ApprovalSelf, "approve"))
            }
            State::Submitted { digest: submitted, .. } if submitted != digest => {
                Err(Finding::new(Code::PlanChanged, "approve"))
            }
            State::Submitted { .. } => Ok(self.to(State::Approved { approval: Approval { by, at, digest } })),
            _ => self.not_now("approve"),
        }
    }

    /// Says no, by somebody other than the requester.
    pub fn reject(self, by: UserId, at: Timestamp, reason: String) -> Outcome {
        match self.state {
            State::Submitted { .. } if by == self.requester => {
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

    /// Applies it, if `digest` of the plan recomputed now is what was approved; otherwise it is stale.
    pub fn apply(self, digest: Digest, by: UserId, at: Timestamp) -> Outcome {
        match &self.state {
            State::Approved { approval } if approval.digest == digest => {
                let approval = approval.clone();
                Ok(self.to(State::Applied { approval, by, at }))
            }
            State::Approved { .. } => Ok(self.to(State::Stale { at })),
            _ => self.not_now("apply"),
        }
    }

    /// The approval that counts, if there is one.
    pub const fn approval(&self) -> Option<&Approval> {
        match &self.state {
            State::Approved { approval } | State::Applied { approval, .. } => Some(approval),
            _ => None,
        }
    }
}
