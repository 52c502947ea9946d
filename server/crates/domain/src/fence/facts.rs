//! What the fence looks at.

use crate::{
    Code, Finding, account::AccountState, device::DeviceState, gate::Gate, policy::Policy, proof::Proof,
    site::Scope,
};
use serde::{Deserialize, Serialize};

/// How the request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The onboarding address, or plain HTTP: never a line, never a challenge.
    Onboarding,
    /// The steady address over TLS.
    Steady,
}

/// A line that stands on an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The extension's number.
    pub extension: String,
    /// The change request that bound it.
    pub change: String,
    /// Who answers for it, now.
    pub owner: OwnerFacts,
}

/// Who answers for an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerFacts {
    /// Nobody.
    Nobody,
    /// A person with this account state.
    Person(AccountState),
    /// A place, with a contact or without.
    Place {
        /// Whether somebody can be asked about it.
        contact: bool,
    },
}

impl OwnerFacts {
    pub(super) fn finding(self, subject: &str) -> Option<Finding> {
        match self {
            Self::Person(AccountState::Active) | Self::Place { contact: true } => None,
            Self::Person(state) => Some(
                Finding::new(Code::OwnerNotActive, subject)
                    .detail(format!("The account is {}.", state.word())),
            ),
            Self::Place { contact: false } | Self::Nobody => Some(Finding::new(Code::OwnerMissing, subject)),
        }
    }
}

/// Whether the extension can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionFacts {
    /// It does not exist, or nobody could say.
    Unknown,
    /// It exists and is disabled.
    Disabled,
    /// It belongs to another site.
    Foreign,
    /// It stands on another device, exclusively.
    Taken,
    /// It stands on other devices too, and its profile says that it is shared.
    Shared,
    /// It exists, is enabled and free.
    Free,
}

/// Who has approved what would be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalFacts {
    /// Nobody yet.
    Missing,
    /// The requester; that does not count.
    Requester,
    /// Somebody else, but the plan has changed since.
    Stale,
    /// Somebody else, exactly this plan.
    Valid,
}

/// A change that somebody wants on an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proposal {
    /// Put an extension there.
    Bind {
        /// The extension's number.
        extension: String,
        /// Whether it can be used.
        facts: ExtensionFacts,
        /// Who answers for it.
        owner: OwnerFacts,
        /// Who approved.
        approval: ApprovalFacts,
    },
    /// Take away what stands there.
    Unbind {
        /// Who approved.
        approval: ApprovalFacts,
    },
}

/// One endpoint: what stands there and what is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFacts {
    /// Line key, from 1.
    pub index: u8,
    /// What stands there.
    pub standing: Option<Standing>,
    /// What is asked for, if anything is.
    pub proposal: Option<Proposal>,
}

/// The device that the proof belongs to; a claim without proof is no device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceFacts {
    /// As people read it, for findings.
    pub name: String,
    /// Where it is in its life.
    pub state: DeviceState,
    /// Whether its place has an emergency location and a callback number.
    pub emergency_known: bool,
    /// Whether it has been served a line since its last factory reset.
    pub carried_line: bool,
    /// Its endpoints.
    pub endpoints: Vec<EndpointFacts>,
}

/// Everything the fence looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How the request came in; `Steady` when a page asks.
    pub channel: Channel,
    /// What it showed.
    pub proof: Proof,
    /// The device, when it is known and proven.
    pub device: Option<DeviceFacts>,
    /// The gate of the device's segment, if it has one.
    pub gate: Option<Gate>,
    /// What may happen at the site.
    pub scope: Scope,
    /// What the device's site demands.
    pub policy: Policy,
    /// Whether a registrar is set.
    pub registrar_known: bool,
}
