//! Arbitrary facts: mostly in order, so that a bind passes often, with everything wrong now and then.

use super::{ACTIVE, bind, open_gate};
use domain::{
    Timestamp,
    account::AccountState,
    device::DeviceState,
    fence::{
        ApprovalFacts, Channel, DeviceFacts, EndpointFacts, ExtensionFacts, Facts, OwnerFacts, Proof,
        Proposal, Standing,
    },
    gate::Gate,
    policy::{Policy, Treatment, Weight},
    proof::Strength,
    site::Scope,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

fn mostly<T: Clone + std::fmt::Debug + 'static>(good: T, other: &'static [T]) -> impl Strategy<Value = T> {
    prop_oneof![9 => Just(good), 1 => select(other)]
}

pub(crate) fn moments() -> impl Strategy<Value = Timestamp> {
    prop_oneof![8 => 0i64..4_000, 1 => any::<i64>()].prop_map(Timestamp)
}

pub(crate) fn owners() -> impl Strategy<Value = OwnerFacts> {
    use AccountState::{Expected, Left, Suspended};
    use OwnerFacts::{Nobody, Person, Place};
    const OTHER: [OwnerFacts; 6] = [
        Nobody,
        Person(Expected),
        Person(Suspended),
        Person(Left),
        Place { contact: false },
        Place { contact: true },
    ];
    mostly(ACTIVE, &OTHER)
}

fn approvals() -> impl Strategy<Value = ApprovalFacts> {
    use ApprovalFacts::{Missing, Requester, Stale, Valid};
    mostly(Valid, &[Missing, Requester, Stale])
}

fn proposals() -> impl Strategy<Value = Proposal> {
    use ExtensionFacts::{Disabled, Foreign, Free, Shared, Taken, Unknown};
    let states = mostly(Free, &[Unknown, Disabled, Foreign, Taken, Shared]);
    prop_oneof![
        3 => (states, owners(), approvals()).prop_map(|(state, owner, approval)| bind(state, owner, approval)),
        1 => approvals().prop_map(|approval| Proposal::Unbind { approval }),
    ]
}

fn endpoints() -> impl Strategy<Value = EndpointFacts> {
    let standing =
        owners().prop_map(|owner| Standing { extension: "2102".into(), change: "CR-1".into(), owner });
    (1u8..=16, option::weighted(0.3, standing), option::weighted(0.7, proposals()))
        .prop_map(|(index, standing, proposal)| EndpointFacts { index, standing, proposal })
}

/// An open gate with up to two things spoilt: evidence failed, missing, replaced or shorter; the sign-off
/// shorter or missing.
fn gates() -> impl Strategy<Value = Option<Gate>> {
    let spoil = (any::<Index>(), 0u8..6, 0i64..4_000);
    let gate = vec(spoil, 0..=2).prop_map(|spoils| {
        let mut gate = open_gate();
        for (at, how, until) in spoils {
            let at = at.index(gate.evidence.len());
            match (how, &mut gate.sign_off) {
                (0, _) => gate.evidence[at].passed = false,
                (1, _) => drop(gate.evidence.remove(at)),
                (2, Some(sign_off)) => drop(sign_off.evidence.pop()),
                (3, _) => gate.evidence[at].until = Timestamp(until),
                (4, Some(sign_off)) => sign_off.until = Timestamp(until),
                _ => gate.sign_off = None,
            }
        }
        gate
    });
    option::weighted(0.95, gate)
}

fn devices() -> impl Strategy<Value = DeviceFacts> {
    use DeviceState::{Active, Quarantined, Retired};
    let states = mostly(Active, &[Quarantined(Weight::Low), Quarantined(Weight::High), Retired]);
    (states, mostly(true, &[false]), any::<bool>(), vec(endpoints(), 0..4)).prop_map(
        |(state, emergency_known, carried_line, endpoints)| DeviceFacts {
            name: "phone".into(),
            state,
            emergency_known,
            carried_line,
            endpoints,
        },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    use Treatment::{Hold, Keep};
    let demand = mostly(Strength::Credential, &Strength::DEMANDS);
    (demand, select(&[Keep, Hold][..]), select(&[Keep, Hold][..])).prop_map(|(demand, low, high)| Policy {
        demand,
        low,
        high,
        wan: vec![],
    })
}

pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    let channels = mostly(Channel::Steady, &[Channel::Onboarding]);
    let proofs = mostly(Proof::Digest, &Proof::ALL);
    let scopes = mostly(Scope::Assisted, &[Scope::Pilot, Scope::OnboardingOnly]);
    let devices = option::weighted(0.95, devices());
    (channels, proofs, devices, gates(), scopes, policies(), mostly(true, &[false])).prop_map(
        |(channel, proof, device, gate, scope, policy, registrar_known)| Facts {
            channel,
            proof,
            device,
            gate,
            scope,
            policy,
            registrar_known,
        },
    )
}
