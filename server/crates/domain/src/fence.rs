//! The fence: one pure function decides what a device may load, and gives every reason.
//!
//! *Establishing or changing* a binding needs everything (invariant 1). *Keeping* one needs only proof
//! and a standing binding: an expired gate, a stale fact or an outage never strips a working phone.
//! The edge, the pages "what blocks this?" and trace, and the tests call `decide` and nothing else.

mod facts;

pub use crate::proof::Proof;
pub use facts::{
    ApprovalFacts, Channel, DeviceFacts, EndpointFacts, ExtensionFacts, Facts, OwnerFacts, Proposal, Standing,
};

use crate::{
    Code, Finding, Timestamp, device::DeviceState, gate::GateStatus, policy::Treatment, proof::Strength,
    site::Scope,
};
use serde::{Deserialize, Serialize};

/// What to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Serve {
    /// The bound revision, with lines and secrets.
    Bound,
    /// Network and provisioning, without any line.
    Baseline,
    /// A configuration that writes every account key empty.
    Clear,
    /// Nothing now; ask again later (503).
    Hold,
    /// Nothing without proof (401).
    Refuse,
}

impl Serve {
    /// The word in the ledger and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Baseline => "baseline",
            Self::Clear => "clear",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }
}

/// What becomes of one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointServe {
    /// The standing line is served.
    Keep,
    /// There is no line.
    Empty,
    /// The proposal may be applied.
    Change,
    /// The proposal is withheld; what stands, stays.
    Withhold,
}

/// What becomes of one endpoint, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointDecision {
    /// Line key, from 1.
    pub index: u8,
    /// What becomes of it.
    pub serve: EndpointServe,
    /// Every reason.
    pub findings: Vec<Finding>,
}

/// What to serve and every reason for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What to serve.
    pub serve: Serve,
    /// Every reason that concerns the device.
    pub findings: Vec<Finding>,
    /// Per endpoint.
    pub endpoints: Vec<EndpointDecision>,
    /// Until when the same facts give the same answer; `None` is for good.
    pub valid_until: Option<Timestamp>,
}

impl Decision {
    /// Every finding, the device's first.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.endpoints.iter().flat_map(|e| &e.findings))
    }
}

/// Decides what a device may load now.
pub fn decide(facts: &Facts, now: Timestamp) -> Decision {
    if facts.channel == Channel::Onboarding {
        return Decision { serve: Serve::Baseline, findings: vec![], endpoints: vec![], valid_until: None };
    }
    let refuse = |finding| Decision {
        serve: Serve::Refuse,
        findings: vec![finding],
        endpoints: vec![],
        valid_until: None,
    };
    match facts.proof {
        Proof::None => return refuse(Finding::new(Code::ProofMissing, "request")),
        Proof::Disagrees => return refuse(Finding::new(Code::ProofDisagrees, "request")),
        _ => {}
    }
    let Some(device) = &facts.device else {
        return refuse(Finding::new(Code::DeviceUnknown, "request"));
    };

    let gate = facts.gate.as_ref().map(|gate| gate.status(now));
    let mut findings = Vec::new();
    let endpoints: Vec<_> = device
        .endpoints
        .iter()
        .map(|endpoint| decide_endpoint(facts, device, gate.as_ref(), endpoint))
        .collect();
    let standing = device.endpoints.iter().any(|e| e.standing.is_some());

    let serve = match device.state {
        DeviceState::Retired => {
            findings.push(Finding::new(Code::DeviceRetired, &device.name));
            if facts.proof.strength() == Strength::Token { Serve::Refuse } else { Serve::Clear }
        }
        // A token gets a phone its own credential, and nothing that a line could be in.
        DeviceState::Active if facts.proof.strength() == Strength::Token => Serve::Baseline,
        DeviceState::Quarantined(weight)
            if !standing
                || facts.policy.treatment(weight) == Treatment::Hold
                || facts.proof.strength() == Strength::Token =>
        {
            findings.push(Finding::new(Code::DeviceQuarantined, &device.name));
            Serve::Hold
        }
        // Withholding removes nothing: a phone that the site now asks more of keeps what it has.
        DeviceState::Active | DeviceState::Quarantined(_)
            if standing && facts.proof.strength() < facts.policy.demand =>
        {
            findings.push(
                Finding::new(Code::ProofTooWeak, &device.name)
                    .detail(format!("The site demands {}.", facts.policy.demand.title())),
            );
            Serve::Hold
        }
        DeviceState::Quarantined(_) => {
            findings.push(Finding::new(Code::DeviceQuarantinedKept, &device.name));
            findings.extend(gate_kept(gate.as_ref(), &device.name));
            Serve::Bound
        }
        DeviceState::Active if standing => {
            findings.extend(gate_kept(gate.as_ref(), &device.name));
            Serve::Bound
        }
        DeviceState::Active => {
            findings.push(Finding::new(Code::DeviceNoLine, &device.name));
            findings.push(Finding::new(Code::EmergencyUnbound, &device.name));
            if device.carried_line && facts.scope != Scope::OnboardingOnly {
                Serve::Clear
            } else {
                Serve::Baseline
            }
        }
    };
    // Where a line is never written or cleared, a phone keeps whatever it has: withholding removes nothing.
    let serve = match serve {
        Serve::Bound | Serve::Clear if facts.scope == Scope::OnboardingOnly => {
            findings.push(Finding::new(Code::ScopeForbids, &device.name));
            Serve::Hold
        }
        serve => serve,
    };
    let valid_until = match gate {
        Some(GateStatus::Open { until }) => Some(until),
        // What keeps it shut is named, and evidence that expires meanwhile joins it.
        Some(GateStatus::Shut(_)) => facts.gate.as_ref().and_then(|gate| gate.next_expiry(now)),
        Some(GateStatus::Expired { .. }) | None => None,
    };
    Decision { serve, findings, endpoints, valid_until }
}

fn decide_endpoint(
    facts: &Facts,
    device: &DeviceFacts,
    gate: Option<&GateStatus>,
    endpoint: &EndpointFacts,
) -> EndpointDecision {
    let subject = format!("line key {}", endpoint.index);
    let mut findings = Vec::new();
    let serve = match &endpoint.proposal {
        None => {
            if let Some(standing) = &endpoint.standing
                && let Some(finding) = standing.owner.finding(&subject)
            {
                findings.push(Finding::new(Code::OwnerSuspendedKept, &subject).detail(finding.detail));
            }
            if endpoint.standing.is_some() { EndpointServe::Keep } else { EndpointServe::Empty }
        }
        Some(Proposal::Bind { extension, facts: state, owner, approval }) => {
            let line = format!("extension {extension}");
            findings.extend(device_blocks(facts, device));
            findings.extend(gate_blocks(gate, &subject));
            if endpoint.standing.is_some() {
                findings.push(Finding::new(Code::EndpointTaken, &subject));
            }
            if !facts.registrar_known {
                findings.push(Finding::new(Code::RegistrarMissing, &line));
            }
            findings.extend(match state {
                ExtensionFacts::Free | ExtensionFacts::Shared => None,
                ExtensionFacts::Unknown => Some(Finding::new(Code::ExtensionUnknown, &line)),
                ExtensionFacts::Disabled => Some(Finding::new(Code::ExtensionDisabled, &line)),
                ExtensionFacts::Foreign => Some(Finding::new(Code::ExtensionForeign, &line)),
                ExtensionFacts::Taken => Some(Finding::new(Code::ExtensionTaken, &line)),
            });
            findings.extend(owner.finding(&line));
            findings.extend(approval_blocks(*approval));
            if findings.is_empty() { EndpointServe::Change } else { EndpointServe::Withhold }
        }
        // Taking a line away needs approval and nothing else: a closed gate must not keep a wrong line alive.
        Some(Proposal::Unbind { approval }) => {
            if endpoint.standing.is_none() {
                findings.push(Finding::new(Code::EndpointEmpty, &subject));
            }
            if facts.scope == Scope::OnboardingOnly {
                findings.push(Finding::new(Code::ScopeForbids, "site"));
            }
            findings.extend(approval_blocks(*approval));
            if findings.is_empty() { EndpointServe::Change } else { EndpointServe::Withhold }
        }
    };
    EndpointDecision { index: endpoint.index, serve, findings }
}

fn device_blocks(facts: &Facts, device: &DeviceFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    match device.state {
        DeviceState::Active => {}
        DeviceState::Quarantined(_) => findings.push(Finding::new(Code::DeviceQuarantined, &device.name)),
        DeviceState::Retired => findings.push(Finding::new(Code::DeviceRetired, &device.name)),
    }
    if !device.emergency_known {
        findings.push(Finding::new(Code::EmergencyMissing, &device.name));
    }
    if facts.scope == Scope::OnboardingOnly {
        findings.push(Finding::new(Code::ScopeForbids, "site"));
    }
    findings
}

fn gate_blocks(gate: Option<&GateStatus>, subject: &str) -> Vec<Finding> {
    match gate {
        Some(GateStatus::Open { .. }) => vec![],
        Some(GateStatus::Expired { since }) => {
            vec![Finding::new(Code::GateExpired, "gate").detail(format!("Expired {since}."))]
        }
        Some(GateStatus::Shut(findings)) => {
            let mut all = vec![Finding::new(Code::GateNotOpen, "gate")];
            all.extend(findings.iter().filter(|f| f.code != Code::GateNotOpen).cloned());
            all
        }
        None => vec![Finding::new(Code::SegmentUnknown, subject)],
    }
}

/// What is said of a line that is kept although its gate is not open (requirement C2).
fn gate_kept(gate: Option<&GateStatus>, subject: &str) -> Option<Finding> {
    match gate {
        Some(GateStatus::Open { .. }) => None,
        Some(GateStatus::Expired { since }) => {
            Some(Finding::new(Code::GateExpiredKept, subject).detail(format!("Expired {since}.")))
        }
        Some(GateStatus::Shut(findings)) => {
            let why = findings.first().map(ToString::to_string).unwrap_or_default();
            Some(Finding::new(Code::GateNotOpenKept, subject).detail(why))
        }
        None => Some(Finding::new(Code::GateNotOpenKept, subject).detail("It belongs to no segment.")),
    }
}

/// What an approval that is missing or no longer good says.
pub fn approval_blocks(approval: ApprovalFacts) -> Option<Finding> {
    match approval {
        ApprovalFacts::Valid => None,
        ApprovalFacts::Missing => Some(Finding::new(Code::ApprovalMissing, "request")),
        ApprovalFacts::Requester => Some(Finding::new(Code::ApprovalSelf, "request")),
        ApprovalFacts::Stale => Some(Finding::new(Code::PlanStale, "request")),
    }
}
