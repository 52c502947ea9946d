//! How a server reads the office: as facts for the fence, and as a plan with its digest.

use super::{
    model::Model,
    office::{Ask, BOB, Office, user},
};
use domain::{
    Code, Finding, Timestamp,
    account::AccountState,
    artifact::{Artifact, Digest},
    device::DeviceState,
    fence::{
        ApprovalFacts, Channel, Decision, DeviceFacts, EndpointFacts, EndpointServe, ExtensionFacts, Facts,
        OwnerFacts, Proof, Proposal, Standing, decide,
    },
    gate::{Check, Evidence, Gate, SignOff},
    ids::{DeviceId, EndpointId, EvidenceId, ExtensionId},
    plan::{Effect, Item, POLICY_VERSION, Plan},
    policy::Policy,
    site::Scope,
};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Model {
    /// What the fence looks at, with or without a request.
    pub(crate) fn facts(&self, office: &Office, device: u8, asks: Option<(Ask, ApprovalFacts)>) -> Facts {
        let account = if office.owner_active { AccountState::Active } else { AccountState::Suspended };
        let owner = OwnerFacts::Person(account);
        let endpoints = self.keys.iter().filter(|key| key.device == device).map(|key| EndpointFacts {
            index: key.index,
            standing: office.lines.get(key).map(|line| Standing {
                extension: line.extension.to_string(),
                change: line.request.to_string(),
                owner,
            }),
            proposal: asks.filter(|(ask, _)| ask.key() == *key).map(|(ask, approval)| match ask {
                Ask::Unbind(_) => Proposal::Unbind { approval },
                Ask::Bind(_, extension) => {
                    let taken = office.lines.values().any(|line| line.extension == extension);
                    let facts = if taken { ExtensionFacts::Taken } else { ExtensionFacts::Free };
                    Proposal::Bind { extension: extension.to_string(), facts, owner, approval }
                }
            }),
        });
        Facts {
            channel: Channel::Steady,
            proof: Proof::Digest,
            device: Some(DeviceFacts {
                name: "phone".into(),
                state: DeviceState::Active,
                emergency_known: true,
                carried_line: office.revisions.contains_key(&device),
                endpoints: endpoints.collect(),
            }),
            gate: Some(gate(Timestamp(office.open_until.into()))),
            scope: Scope::Assisted,
            policy: Policy::default(),
            registrar_known: true,
        }
    }

    pub(crate) fn decided(
        &self,
        office: &Office,
        ask: Ask,
        approval: ApprovalFacts,
    ) -> (EndpointServe, Vec<Finding>) {
        let facts = self.facts(office, ask.key().device, Some((ask, approval)));
        let Decision { endpoints, .. } = decide(&facts, office.now());
        let found = endpoints.into_iter().find(|e| e.index == ask.key().index);
        found.map_or((EndpointServe::Withhold, vec![]), |e| (e.serve, e.findings))
    }

    /// Exactly what applying would do now.
    pub(crate) fn plan(&self, office: &Office, ask: Ask) -> Digest {
        let key = ask.key();
        let mut after: BTreeMap<_, _> =
            office.lines.iter().map(|(key, line)| (*key, line.extension)).collect();
        let before = after.remove(&key);
        let (effect, extension) = match ask {
            Ask::Bind(_, extension) => {
                after.insert(key, extension);
                (Effect::Bind, extension)
            }
            Ask::Unbind(_) => (Effect::Unbind, before.unwrap_or_default()),
        };
        let text: Vec<_> = after.iter().filter(|(k, _)| k.device == key.device).collect();
        let file = Artifact {
            dialect: "model/1".into(),
            content_type: "text/plain".into(),
            bytes: format!("{text:?}").into_bytes(),
            slots: vec![],
            origins: vec![],
        };
        let revision = office.revisions.get(&key.device).map(|n| u32::from(*n));
        let (_, findings) = self.decided(office, ask, ApprovalFacts::Valid);
        let blocking: Vec<Code> = findings.iter().map(|f| f.code).collect();
        let item = Item {
            device: DeviceId(Uuid::from_u128(key.device.into())),
            endpoint: EndpointId(Uuid::from_u128(key.index.into())),
            effect,
            extension: ExtensionId(Uuid::from_u128(extension.into())),
            owner_after: if effect == Effect::Bind { "person 1".into() } else { String::new() },
            revision_before: revision,
            revision_after: revision.unwrap_or(0) + 1,
            artifacts_after: vec![("phone.cfg".into(), file.digest())],
            blocking,
            differences: vec![],
        };
        Plan {
            policy_version: POLICY_VERSION,
            items: vec![item],
            routes: vec![],
            answers: vec![],
            findings: vec![],
        }
        .digest()
    }
}

/// A gate with all evidence passed and signed off.
fn gate(until: Timestamp) -> Gate {
    let (by, at) = (user(BOB), Timestamp(0));
    let evidence: Vec<_> = (1..)
        .zip(Check::ALL)
        .map(|(id, check)| {
            let id = EvidenceId(Uuid::from_u128(id));
            Evidence { id, check, passed: true, note: String::new(), by, at, until }
        })
        .collect();
    let sign_off = SignOff { by, at, until, evidence: evidence.iter().map(|e| e.id).collect() };
    Gate { evidence, sign_off: Some(sign_off) }
}
