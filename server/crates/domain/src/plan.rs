//! Plans: exactly what an approved request will do. Approval is of content (invariant 3).
//!
//! The digest covers effects only: device, endpoint, what happens there, the line's owner, the files afterwards and the
//! policy version. Never times, ages or prose, so that nothing goes stale by waiting; never what the fence found, because
//! facts are checked again when the plan is applied; and never the number of a revision, because the phone's firmware
//! makes revisions too.

use crate::{
    Code, Finding,
    artifact::Digest,
    change_request::{Wanted, groups},
    ids::{DeviceId, EndpointId, ExtensionId},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the approval rules that stands from the first start on.
pub const POLICY_VERSION: u32 = 1;

/// What a request asks for, as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Put an extension on a line key.
    Bind,
    /// Take the line of a key away.
    Unbind,
    /// Take a line from one endpoint to another, perhaps of another device.
    Move,
    /// Two endpoints exchange their lines.
    Swap,
    /// Every line of one device goes to another.
    Replace,
    /// An endpoint gets another extension in place of the one it has.
    NumberChange,
    /// The calls of an extension are led otherwise.
    ProfileChange,
    /// A hunt group begins, ends, or rings otherwise.
    GroupChange,
    /// An extension may call further, or less far.
    ClassChange,
    /// A schedule that somebody keeps has other hours.
    ScheduleChange,
    /// Phones are otherwise than their layers say, perhaps for a time.
    Exception,
    /// Phones stand at another place of their site.
    Relocation,
    /// Any of these, many times.
    Bulk,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Bind,
        Self::Unbind,
        Self::Move,
        Self::Swap,
        Self::Replace,
        Self::NumberChange,
        Self::ProfileChange,
        Self::GroupChange,
        Self::ClassChange,
        Self::ScheduleChange,
        Self::Exception,
        Self::Relocation,
        Self::Bulk,
    ];

    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Unbind => "unbind",
            Self::Move => "move",
            Self::Swap => "swap",
            Self::Replace => "replace",
            Self::NumberChange => "number-change",
            Self::ProfileChange => "profile-change",
            Self::GroupChange => "group-change",
            Self::ClassChange => "class-change",
            Self::ScheduleChange => "schedule-change",
            Self::Exception => "exception",
            Self::Relocation => "relocation",
            Self::Bulk => "bulk",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == text)
    }

    /// Whether it stands on no line: what it changes is not an item of its plan.
    pub const fn no_line(self) -> bool {
        matches!(
            self,
            Self::ProfileChange
                | Self::GroupChange
                | Self::ClassChange
                | Self::ScheduleChange
                | Self::Exception
                | Self::Relocation
        )
    }
}

/// What happens at one endpoint. Every kind of request is made of these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// An extension begins to stand there.
    Bind,
    /// What stands there is taken away.
    Unbind,
}

impl Effect {
    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Unbind => "unbind",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bind, Self::Unbind].into_iter().find(|effect| effect.word() == text)
    }

    /// The kind of a request that does nothing but this.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Bind => Kind::Bind,
            Self::Unbind => Kind::Unbind,
        }
    }
}

/// One setting that changes, as people read it. Not digested: the artifacts are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What happens at one endpoint, and what its device has afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The device.
    pub device: DeviceId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// What happens.
    #[serde(rename = "kind")]
    pub effect: Effect,
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
    /// For people: what changes on the device. The first item of a device says it for all of them.
    pub differences: Vec<Difference>,
}

impl Item {
    /// What was asked for.
    pub const fn wanted(&self) -> Wanted {
        Wanted {
            device: self.device,
            endpoint: self.endpoint,
            effect: self.effect,
            extension: self.extension,
        }
    }

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
        field(self.effect.word().as_bytes());
        field(self.extension.0.as_bytes());
        field(self.owner_after.as_bytes());
        for (name, digest) in &self.artifacts_after {
            field(name.as_bytes());
            field(&digest.0);
        }
        Digest(hash.finalize().into())
    }
}

/// What becomes another without a line being put or taken: a profile, a hunt group, a class, a schedule, a phone that is
/// an exception. In words that say all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerouting {
    /// `extension 2103`, `hunt group sales`.
    pub subject: String,
    /// Code of its site.
    pub site: String,
    /// Before; `None` where nothing was.
    pub before: Option<String>,
    /// After; `None` where nothing is left.
    pub after: Option<String>,
    /// Files of the phone and their artifacts afterwards, where it changes one; at rest, as those of an item are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts_after: Vec<(String, Digest)>,
    /// For people: the settings that change on the phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

impl Rerouting {
    /// The digest of its effects: what is there before is one, because it is what ends.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        let mut field = |text: Option<&str>| {
            hash.update([u8::from(text.is_some())]);
            let text = text.unwrap_or_default();
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        field(Some("ringfence plan route 1"));
        field(Some(&self.subject));
        field(Some(&self.site));
        field(self.before.as_deref());
        field(self.after.as_deref());
        for (name, digest) in &self.artifacts_after {
            field(Some(name));
            field(Some(&digest.to_string()));
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
    /// Who rings otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Rerouting>,
    /// The five answers; not digested.
    pub answers: Vec<Answer>,
    /// Every finding at the time of planning; not digested.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// The digest that approvers sign: policy, then the items' digests in order.
    pub fn digest(&self) -> Digest {
        let routes = self.routes.iter().map(Rerouting::digest);
        whole(self.policy_version, self.items.iter().map(Item::digest).chain(routes).collect())
    }

    /// How this plan, which was approved, stands against what would be done `now`. `done` says what of it has been
    /// carried out; `one` that all of it has to hold for any of it to hold.
    ///
    /// What hangs together, by a device or by an extension, holds together: the files of a device are what was
    /// approved only when everything that was approved for that device is done.
    pub fn against(&self, now: &Self, done: impl Fn(&Item) -> bool, one: bool) -> Standing {
        let places: BTreeMap<_, _> = now.items.iter().map(|item| (item.wanted(), item.digest())).collect();
        let wanted: Vec<_> = self.items.iter().map(Item::wanted).collect();
        let groups = groups(&wanted);
        let own: Vec<_> = self.items.iter().map(Item::digest).collect();
        let mut broken = BTreeSet::new();
        let mut open = BTreeSet::new();
        for (at, _) in self.items.iter().enumerate().filter(|(_, item)| !done(item)) {
            open.insert(groups[at]);
            if places.get(&wanted[at]) != Some(&own[at]) {
                broken.insert(groups[at]);
            }
        }
        let known: BTreeSet<_> = wanted.iter().collect();
        let more: Vec<_> = places.iter().filter(|(place, _)| !known.contains(place)).collect();
        if !more.is_empty() || self.policy_version != now.policy_version || (one && !broken.is_empty()) {
            broken.clone_from(&open);
        }
        let nothing = !open.is_empty() && broken.len() == open.len();
        let mut digests: Vec<_> = (0..own.len())
            .map(|at| {
                let replaced = nothing && broken.contains(&groups[at]);
                if replaced { places.get(&wanted[at]).copied().unwrap_or(Digest([0; 32])) } else { own[at] }
            })
            .collect();
        digests.extend(more.into_iter().map(|(_, digest)| *digest));
        // These stand or fall as a whole: another one is another digest.
        digests.extend(now.routes.iter().map(Rerouting::digest));
        let stale = (0..own.len()).filter(|at| broken.contains(&groups[*at])).collect();
        Standing { digest: whole(now.policy_version, digests), stale }
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

/// How an approved plan stands against what would be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What may be applied: the digest that was signed as long as some of it holds, another when nothing does.
    pub digest: Digest,
    /// Positions in the approved plan of what is no longer what was approved.
    pub stale: BTreeSet<usize>,
}

fn whole(policy_version: u32, items: Vec<Digest>) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"ringfence plan 1");
    hash.update(policy_version.to_be_bytes());
    hash.update((items.len() as u64).to_be_bytes());
    for item in items {
        hash.update(item.0);
    }
    Digest(hash.finalize().into())
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
            effect: Effect::Bind,
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
        Plan {
            policy_version: POLICY_VERSION,
            items: vec![item],
            routes: vec![],
            answers: vec![],
            findings: vec![],
        }
    }

    #[test]
    fn every_effect_is_in_the_digest() {
        let base = plan(item()).digest();
        let effects: [fn(&mut Item); 7] = [
            |i| i.device = DeviceId(Uuid::from_u128(9)),
            |i| i.endpoint = EndpointId(Uuid::from_u128(9)),
            |i| i.effect = Effect::Unbind,
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
    fn who_rings_is_in_the_digest_and_makes_a_plan_stale() {
        let route = Rerouting {
            subject: "extension 2103".into(),
            site: "lon".into(),
            before: None,
            after: Some("always 2104".into()),
            artifacts_after: vec![],
            differences: vec![],
        };
        let rerouting = Plan { items: vec![], routes: vec![route], ..plan(item()) };
        let same = rerouting.against(&rerouting, |_| false, true);
        assert_eq!((same.digest, same.stale.len()), (rerouting.digest(), 0));
        let effects: [fn(&mut Rerouting); 6] = [
            |r| r.subject = "extension 2104".into(),
            |r| r.site = "par".into(),
            |r| r.before = Some(String::new()),
            |r| r.after = None,
            |r| r.artifacts_after = vec![("a.cfg".into(), Digest([7; 32]))],
            |r| (r.before, r.after) = (r.after.clone(), r.before.clone()),
        ];
        for effect in effects {
            let mut changed = rerouting.clone();
            effect(&mut changed.routes[0]);
            assert_ne!(changed.digest(), rerouting.digest());
            assert_ne!(rerouting.against(&changed, |_| false, true).digest, rerouting.digest());
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
