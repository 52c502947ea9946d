//! Plans: exactly what an approved request will do. Approval is of content (invariant 3).
//!
//! The digest covers effects only: device, endpoint, what happens there, the line's owner, the files afterwards and the
//! policy version. Never times, ages or prose, so that nothing goes stale by waiting; never what the fence found, because
//! facts are checked again when the plan is applied; and never the number of a revision, because the phone's firmware
//! makes revisions too.

use crate::{
    Code, Finding,
    artifact::Digest,
    ids::{DeviceId, EndpointId, ExtensionId},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The version of the approval rules that stands from the first start on.
pub const POLICY_VERSION: u32 = 1;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Put an extension on a line key.
    Bind,
    /// Take the line of a key away.
    Unbind,
}

impl Kind {
    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Unbind => "unbind",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bind, Self::Unbind].into_iter().find(|k| k.word() == text)
    }
}

/// One setting that changes, as people read it. Not digested: the artifacts are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The setting.
    pub path: String,
    /// Before; `None` when it was not set.
    pub before: Option<String>,
    /// After; `None` when it is not set any more.
    pub after: Option<String>,
    /// The layer that sets it, for example `line CR-7`.
    pub origin: String,
}

/// What happens to one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The device.
    pub device: DeviceId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// What happens.
    pub kind: Kind,
    /// The extension that is bound or taken away.
    pub extension: ExtensionId,
    /// Who answers for the line afterwards, by id; empty when it is taken away.
    pub owner_after: String,
    /// For people: number of the revision that holds now; `None` for none.
    pub revision_before: Option<u32>,
    /// For people: number of the revision that this publishes.
    pub revision_after: u32,
    /// Files and their artifacts afterwards, as they are while no firmware is on its way to the phone: that comes and
    /// goes by itself and is nobody's line.
    pub artifacts_after: Vec<(String, Digest)>,
    /// For people: what blocks it at the moment, approval aside.
    pub blocking: Vec<Code>,
    /// For people: what changes.
    pub differences: Vec<Difference>,
}

impl Item {
    /// The digest of this item's effects.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(b"ringfence plan item 2");
        field(self.device.0.as_bytes());
        field(self.endpoint.0.as_bytes());
        field(self.kind.word().as_bytes());
        field(self.extension.0.as_bytes());
        field(self.owner_after.as_bytes());
        for (name, digest) in &self.artifacts_after {
            field(name.as_bytes());
            field(&digest.0);
        }
        Digest(hash.finalize().into())
    }
}

/// An answer to one of the five questions of requirement F.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `F1` to `F5`.
    pub id: String,
    /// The question, in a few words.
    pub question: String,
    /// The facts it is answered from, with age and source.
    pub facts: Vec<String>,
    /// Whether the facts give cause for concern.
    pub concern: bool,
}

/// Exactly what will be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the approval rules under which it was made.
    pub policy_version: u32,
    /// What happens, device by device.
    pub items: Vec<Item>,
    /// The five answers; not digested.
    pub answers: Vec<Answer>,
    /// Every finding at the time of planning; not digested.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// The digest that approvers sign: policy, then the items' digests in order.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"ringfence plan 1");
        hash.update(self.policy_version.to_be_bytes());
        hash.update((self.items.len() as u64).to_be_bytes());
        for item in &self.items {
            hash.update(item.digest().0);
        }
        Digest(hash.finalize().into())
    }

    /// Which items of `self` are no longer what `now` would do; the reason why a request is stale.
    pub fn stale_items(&self, now: &Self) -> Vec<DeviceId> {
        self.items
            .iter()
            .filter(|item| !now.items.iter().any(|other| other.digest() == item.digest()))
            .map(|item| item.device)
            .collect()
    }

    /// Whether something blocks it.
    pub fn blocked(&self) -> bool {
        self.items.iter().any(|item| !item.blocking.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn item() -> Item {
        Item {
            device: DeviceId(Uuid::from_u128(1)),
            endpoint: EndpointId(Uuid::from_u128(2)),
            kind: Kind::Bind,
            extension: ExtensionId(Uuid::from_u128(3)),
            owner_after: "person".into(),
            revision_before: Some(1),
            revision_after: 2,
            artifacts_after: vec![("a.cfg".into(), Digest([7; 32]))],
            blocking: vec![],
            differences: vec![],
        }
    }

    fn plan(item: Item) -> Plan {
        Plan { policy_version: POLICY_VERSION, items: vec![item], answers: vec![], findings: vec![] }
    }

    #[test]
    fn every_effect_is_in_the_digest() {
        let base = plan(item()).digest();
        let effects: [fn(&mut Item); 7] = [
            |i| i.device = DeviceId(Uuid::from_u128(9)),
            |i| i.endpoint = EndpointId(Uuid::from_u128(9)),
            |i| i.kind = Kind::Unbind,
            |i| i.extension = ExtensionId(Uuid::from_u128(9)),
            |i| i.owner_after = "place".into(),
            |i| i.artifacts_after[0].1 = Digest([8; 32]),
            |i| i.artifacts_after.clear(),
        ];
        for effect in effects {
            let mut changed = item();
            effect(&mut changed);
            let changed = plan(changed);
            assert_ne!(changed.digest(), base);
            assert_eq!(plan(item()).stale_items(&changed).len(), 1);
        }
    }

    #[test]
    fn what_the_fence_finds_and_what_a_revision_is_called_are_no_effects() {
        let facts: [fn(&mut Item); 3] = [
            |i| i.blocking.push(Code::GateExpired),
            |i| i.revision_before = Some(7),
            |i| i.revision_after = 8,
        ];
        for fact in facts {
            let mut changed = item();
            fact(&mut changed);
            assert_eq!(plan(changed.clone()).digest(), plan(item()).digest());
            assert_eq!(plan(item()).stale_items(&plan(changed)), []);
        }
    }

    proptest! {
        /// Prose, ages and times never make a plan stale.
        #[test]
        fn prose_is_not_in_the_digest(text in ".*") {
            let mut worded = plan(item());
            worded.items[0].differences.push(Difference {
                path: text.clone(), before: None, after: Some(text.clone()), origin: text.clone(),
            });
            worded.answers.push(Answer { id: "F1".into(), question: text.clone(), facts: vec![text.clone()], concern: true });
            worded.findings.push(Finding::new(Code::GateExpiredKept, text.clone()).detail(text));
            prop_assert_eq!(worded.digest(), plan(item()).digest());
        }
    }
}
