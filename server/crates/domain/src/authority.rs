//! By what a request is applied when nobody signed its plan itself, and what that makes up for.
//!
//! An approval of the plan is the rule. Four things stand in for it, each for less than a signature would: a kind of
//! change that was approved in advance, a standing request, broken glass, and the report that a handset is lost.

use crate::{
    Code, Finding,
    ids::{ExceptionId, GlassId, UserId},
};
use serde::{Deserialize, Serialize};

/// What stands in for approvals of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Authority {
    /// A kind of change that was approved in advance: `AP-3`.
    Standard {
        /// Its number.
        advance: i64,
        /// Who approved it then.
        approvers: Vec<UserId>,
    },
    /// A standing request that was approved: `AP-4`.
    Standing {
        /// Its number.
        advance: i64,
        /// Who approved it then.
        approvers: Vec<UserId>,
    },
    /// Broken glass: `BG-2`. Nobody has approved anything.
    BreakGlass {
        /// Its id.
        id: GlassId,
        /// Its number.
        glass: i64,
        /// What would have blocked it, and was lifted.
        lifted: Vec<Finding>,
    },
    /// A handset was reported lost: `EX-7`. It takes lines away and gives none.
    Loss {
        /// Id of its case.
        id: ExceptionId,
        /// Its number.
        case: i64,
    },
}

impl Authority {
    /// The word in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Standard { .. } => "standard",
            Self::Standing { .. } => "standing",
            Self::BreakGlass { .. } => "break-glass",
            Self::Loss { .. } => "loss",
        }
    }

    /// As people cite it: `AP-3`, `BG-2`.
    pub fn name(&self) -> String {
        match self {
            Self::Standard { advance, .. } | Self::Standing { advance, .. } => format!("AP-{advance}"),
            Self::BreakGlass { glass, .. } => format!("BG-{glass}"),
            Self::Loss { case, .. } => format!("EX-{case}"),
        }
    }

    /// Who approved in advance. None of them may have a hand in what is applied by it.
    pub fn approvers(&self) -> &[UserId] {
        match self {
            Self::Standard { approvers, .. } | Self::Standing { approvers, .. } => approvers,
            Self::BreakGlass { .. } | Self::Loss { .. } => &[],
        }
    }

    /// Whether somebody else has to look at it afterwards.
    pub const fn reviewed(&self) -> bool {
        matches!(self, Self::Standard { .. } | Self::BreakGlass { .. } | Self::Loss { .. })
    }

    /// Whether it makes up for this. An approval in advance makes up for a missing one and for nothing else. Broken
    /// glass also opens a gate and a freeze; never a line that stands elsewhere (invariant 2), nor anything that a secret would
    /// leave by (invariant 4): not the device's state, its proof, its place, or the site's scope. A lost handset does not
    /// wait for a freeze to end.
    pub const fn lifts(&self, code: Code) -> bool {
        match self {
            Self::Standard { .. } | Self::Standing { .. } => matches!(code, Code::ApprovalMissing),
            Self::Loss { .. } => matches!(code, Code::ApprovalMissing | Code::FreezeHolds),
            Self::BreakGlass { .. } => matches!(
                code,
                Code::ApprovalMissing
                    | Code::GateNotOpen
                    | Code::GateExpired
                    | Code::GateEvidenceMissing
                    | Code::GateEvidenceFailed
                    | Code::FreezeHolds
            ),
        }
    }

    /// Divides findings into those that still stop it and those that it lifts.
    pub fn lift(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        findings.into_iter().partition(|finding| !self.lifts(finding.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Authority; 4] {
        [
            Authority::Standard { advance: 1, approvers: vec![] },
            Authority::Standing { advance: 1, approvers: vec![] },
            Authority::BreakGlass { id: GlassId(uuid::Uuid::nil()), glass: 1, lifted: vec![] },
            Authority::Loss { id: ExceptionId(uuid::Uuid::nil()), case: 1 },
        ]
    }

    #[test]
    fn what_each_lifts_is_reviewed_when_it_changes() {
        let said = |authority: &Authority| {
            let lifted: Vec<_> =
                Code::ALL.iter().filter(|code| authority.lifts(**code)).map(|code| code.text()).collect();
            format!("{}: {}", authority.word(), lifted.join(" "))
        };
        insta::assert_snapshot!(all().iter().map(said).collect::<Vec<_>>().join("\n"), @r"
        standard: approval.missing
        standing: approval.missing
        break-glass: gate.not_open gate.expired gate.evidence_missing gate.evidence_failed approval.missing freeze.holds
        loss: approval.missing freeze.holds
        ");
    }

    #[test]
    fn nothing_lifts_that_a_line_stands_elsewhere_or_that_a_phone_is_in_doubt() {
        for authority in all() {
            for code in [
                Code::ExtensionTaken,
                Code::EndpointTaken,
                Code::ProofMissing,
                Code::ProofTooWeak,
                Code::ProofDisagrees,
                Code::TransportPlain,
                Code::DeviceQuarantined,
                Code::DeviceRetired,
                Code::EmergencyMissing,
                Code::ScopeForbids,
                Code::ApprovalSelf,
                Code::PlanStale,
            ] {
                assert!(!authority.lifts(code), "{} {code}", authority.word());
            }
        }
    }
}
