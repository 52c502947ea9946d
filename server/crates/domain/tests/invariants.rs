//! The invariants that are about content: 3, approval is of content, and 6, the same artifact is the same bytes.
//!
//! Invariant 1 and the reading side of 4 and 7 are in `fence`, 1, 2 and 3 together in `workflow`. Invariants 5
//! (the record first) and 8 (restoring a revision) have no rule in this crate yet: they live where things are written.

use domain::{
    Code, Finding, Timestamp,
    approval::{Approval, Required, Subject, Touches, initial, required},
    artifact::{Artifact, Digest, Escaper, Slot},
    authz::Role,
    change_request::{Workflow, groups},
    ids::{DeviceId, EndpointId, ExtensionId, SecretId, UserId},
    plan::{Answer, Difference, Effect, Item, Kind, POLICY_VERSION, Plan},
};
use proptest::{collection::vec, option, prelude::*, sample::Index, sample::select};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const REQUESTER: UserId = UserId(Uuid::from_u128(1));
const APPROVER: UserId = UserId(Uuid::from_u128(2));
const NOW: Timestamp = Timestamp(0);

fn digests() -> impl Strategy<Value = Digest> {
    prop_oneof![(0u8..3).prop_map(|n| Digest([n; 32])), any::<[u8; 32]>().prop_map(Digest)]
}

fn items() -> impl Strategy<Value = Item> {
    let ids = (0u128..4, 0u128..4, 0u128..4);
    let revisions = (option::of(1u32..4), 1u32..4);
    let artifacts = vec(("[a-c]{0,2}", digests()), 0..3);
    let codes = vec(select(Code::ALL), 0..3);
    (ids, any::<bool>(), "[a-c]{0,2}", revisions, artifacts, codes).prop_map(
        |((device, endpoint, extension), bind, owner_after, (before, after), artifacts_after, blocking)| {
            Item {
                device: DeviceId(Uuid::from_u128(device)),
                endpoint: EndpointId(Uuid::from_u128(endpoint)),
                effect: if bind { Effect::Bind } else { Effect::Unbind },
                extension: ExtensionId(Uuid::from_u128(extension)),
                owner_after,
                revision_before: before,
                revision_after: after,
                artifacts_after,
                blocking,
                differences: vec![],
            }
        },
    )
}

/// A plan of up to six items at endpoints of their own.
fn several() -> impl Strategy<Value = Plan> {
    vec(items(), 1..=6).prop_map(|mut items| {
        for (at, item) in (1u128..).zip(&mut items) {
            item.endpoint = EndpointId(Uuid::from_u128(at));
        }
        Plan { policy_version: POLICY_VERSION, items, routes: vec![], answers: vec![], findings: vec![] }
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    (select(&[POLICY_VERSION, POLICY_VERSION + 1][..]), vec(items(), 0..4)).prop_map(
        |(policy_version, items)| Plan {
            policy_version,
            items,
            routes: vec![],
            answers: vec![],
            findings: vec![],
        },
    )
}

/// A plan and another that differs in one place, or perhaps not at all.
fn plan_pairs() -> impl Strategy<Value = (Plan, Plan)> {
    (plans(), any::<Index>(), items(), 0u8..10).prop_map(|(plan, at, other, how)| {
        let mut changed = plan.clone();
        let count = changed.items.len();
        match how {
            0 => changed.policy_version += 1,
            1 => changed.items.push(other),
            2 if count > 0 => drop(changed.items.remove(at.index(count))),
            3 if count > 1 => changed.items.swap(0, at.index(count)),
            _ if count > 0 => {
                let item = &mut changed.items[at.index(count)];
                match how {
                    4 => item.device = other.device,
                    5 => item.endpoint = other.endpoint,
                    6 => item.effect = other.effect,
                    7 => item.extension = other.extension,
                    8 => item.owner_after = other.owner_after,
                    _ => item.artifacts_after = other.artifacts_after,
                }
            }
            _ => {}
        }
        (plan, changed)
    })
}

fn one_approver() -> Required {
    let subjects = BTreeSet::from([Subject::Change(Kind::Bind)]);
    required(&initial(), &Touches { subjects, ..Touches::default() })
}

fn signed(plan: &Plan) -> Approval {
    Approval { by: APPROVER, at: NOW, digest: plan.digest(), roles: vec![Role::Approver] }
}

fn approved(plan: &Plan) -> Result<Workflow, Finding> {
    let submitted = Workflow::draft(REQUESTER).submit(plan.digest(), REQUESTER, NOW)?;
    submitted.approve(signed(plan), &one_approver(), &[])
}

/// Any file with up to four secrets in it, and the secrets.
fn artifacts() -> impl Strategy<Value = (Artifact, BTreeMap<SecretId, String>)> {
    let slots = vec((any::<Index>(), 0u128..3, any::<bool>()), 0..4);
    (vec(any::<u8>(), 0..80), slots, vec("[!-~]{1,12}", 3)).prop_map(|(bytes, slots, values)| {
        let mut slots: Vec<_> = slots
            .into_iter()
            .map(|(at, id, xml)| Slot {
                offset: at.index(bytes.len() + 1),
                secret: SecretId(Uuid::from_u128(id)),
                escaper: if xml { Escaper::Xml } else { Escaper::KeyValue },
            })
            .collect();
        slots.sort_by_key(|slot| slot.offset);
        let artifact = Artifact {
            dialect: "test/1".into(),
            content_type: "text/plain".into(),
            bytes,
            slots,
            origins: vec![],
        };
        let secrets = (0u128..).map(|id| SecretId(Uuid::from_u128(id))).zip(values).collect();
        (artifact, secrets)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 3: what is applied is what was approved; any other effect makes the request stale.
    #[test]
    fn a_changed_effect_is_never_applied((plan, now) in plan_pairs(), by in (1u128..4).prop_map(Uuid::from_u128)) {
        let workflow = approved(&plan).expect("the requester is not the approver");
        let needs = one_approver();
        let outcome = workflow.apply(now.digest(), &needs, &[], UserId(by), NOW).expect("an approved request can be tried");
        if plan == now {
            prop_assert_eq!(outcome.state.word(), "applied");
        } else {
            prop_assert_eq!(outcome.state.word(), "stale");
            prop_assert_eq!(outcome.approvals(), []);
            // It needs a new approval, of the new content.
            prop_assert!(outcome.clone().apply(plan.digest(), &needs, &[], APPROVER, NOW).is_err());
            let again = outcome.submit(now.digest(), REQUESTER, NOW).expect("a stale request is submitted again");
            prop_assert!(again.approve(signed(&plan), &needs, &[]).is_err());
        }
    }

    /// Invariant 3: nothing goes stale by waiting or by other words.
    #[test]
    fn words_and_ages_change_no_digest(plan in plans(), text in ".{0,20}") {
        let mut worded = plan.clone();
        let (question, facts) = (text.clone(), vec![text.clone()]);
        worded.answers.push(Answer { id: "F1".into(), question, facts, concern: true });
        worded.findings.push(Finding::new(Code::GateExpired, text.clone()));
        for item in &mut worded.items {
            let (path, origin) = (text.clone(), text.clone());
            item.differences.push(Difference { path, before: None, after: None, origin });
        }
        prop_assert_eq!(worded.digest(), plan.digest());
        prop_assert_eq!(plan.stale_items(&worded), vec![]);
    }

    /// Invariant 3: staleness names exactly the items that are no longer what was approved.
    #[test]
    fn staleness_names_the_items((plan, now) in plan_pairs()) {
        let stale = plan.stale_items(&now);
        // Which revision it is, is no effect.
        let effect = |item: &Item| Item { revision_before: None, revision_after: 0, ..item.clone() };
        let kept: Vec<_> = now.items.iter().map(effect).collect();
        let gone = plan.items.iter().filter(|item| !kept.contains(&effect(item)));
        prop_assert_eq!(stale, gone.map(|item| item.device).collect::<Vec<_>>());
    }

    /// Invariant 3: as long as a part of what was signed holds, that part alone may be applied, and what hangs together
    /// with something that changed is not of it. When nothing holds, what was signed may not be applied.
    #[test]
    fn of_a_plan_that_changed_in_part_only_what_holds_is_applied(
        plan in several(),
        changed in vec(any::<bool>(), 6),
        done in vec(any::<bool>(), 6),
        policy in any::<bool>(),
        one in any::<bool>(),
    ) {
        let wanted: Vec<_> = plan.items.iter().map(Item::wanted).collect();
        let groups = groups(&wanted);
        // What hangs together is carried out together.
        let done: BTreeSet<_> = (0..groups.len()).filter(|at| done[groups[*at]]).collect();
        let mut now = plan.clone();
        now.policy_version += u32::from(policy);
        for (at, item) in now.items.iter_mut().enumerate().filter(|(at, _)| changed[*at] && !done.contains(at)) {
            item.owner_after = format!("somebody else than {at}");
        }
        now.items = now.items.into_iter().enumerate().filter(|(at, _)| !done.contains(at)).map(|(_, i)| i).collect();
        let is_done = |item: &Item| wanted.iter().position(|w| *w == item.wanted()).is_some_and(|at| done.contains(&at));
        let standing = plan.against(&now, is_done, one);
        let open: BTreeSet<_> = (0..groups.len()).filter(|at| !done.contains(at)).collect();
        let broken = |at: usize| open.iter().any(|other| groups[*other] == groups[at] && changed[*other]);
        let any = open.iter().any(|at| changed[*at]);
        let stale: BTreeSet<_> =
            open.iter().copied().filter(|at| policy || (one && any) || broken(*at)).collect();
        prop_assert_eq!(&standing.stale, &stale);
        let nothing_holds = policy || (!open.is_empty() && stale == open);
        prop_assert_eq!(standing.digest == plan.digest(), !nothing_holds);
    }

    /// Invariant 6: the same artifact and the same secrets give the same bytes, also after a round trip through
    /// the database, and the digest names everything but the secrets.
    #[test]
    fn the_same_artifact_and_secrets_give_the_same_bytes((artifact, secrets) in artifacts()) {
        let bytes = artifact.splice(&secrets);
        prop_assert_eq!(&artifact.splice(&secrets), &bytes);
        let json = serde_json::to_vec(&artifact).expect("it serialises");
        let stored: Artifact = serde_json::from_slice(&json).expect("it is read back");
        prop_assert_eq!(stored.digest(), artifact.digest());
        prop_assert_eq!(&stored.splice(&secrets), &bytes);
        let length: usize = artifact
            .slots
            .iter()
            .map(|slot| slot.escaper.escape(&secrets[&slot.secret]).map_or(0, |text| text.len()))
            .sum();
        prop_assert_eq!(bytes.map(|b| b.len()), Ok(artifact.bytes.len() + length));
    }

    /// Invariant 6: a digest never names two different files.
    #[test]
    fn a_moved_or_other_secret_is_another_artifact((artifact, _) in artifacts(), at in any::<Index>(), how in 0u8..4) {
        let mut changed = artifact.clone();
        if let Some(count) = std::num::NonZeroUsize::new(changed.slots.len()) {
            let at = at.index(count.get());
            match how {
                0 => changed.slots[at].offset += 1,
                1 => changed.slots[at].secret = SecretId(Uuid::from_u128(99)),
                2 => drop(changed.slots.remove(at)),
                _ => changed.slots[at].escaper = match changed.slots[at].escaper {
                    Escaper::Xml => Escaper::KeyValue,
                    _ => Escaper::Xml,
                },
            }
            prop_assert_ne!(changed.digest(), artifact.digest());
        }
    }
}
