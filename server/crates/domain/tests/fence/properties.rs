//! What holds for all facts: the invariants of the fence, stated without looking at how it decides.
#![expect(clippy::expect_used, reason = "a test may stop where the facts that it built are not there")]

use super::{
    NOW,
    any::{facts, moments, owners},
    but, codes, good_bind, line, phone,
};
use domain::{
    Code, Timestamp,
    account::AccountState,
    device::DeviceState,
    fence::{
        ApprovalFacts, Channel, DeviceFacts, EndpointFacts, EndpointServe, ExtensionFacts, Facts, OwnerFacts,
        Proof, Proposal, Serve, decide,
    },
    gate::{Check, Gate},
    policy::{Treatment, Weight},
    proof::Strength,
    site::Scope,
};
use proptest::{collection::vec, option, prelude::*, sample::Index};
use std::collections::BTreeSet;

/// C2: every check passed, is in date and was signed off, and so is the sign-off itself.
fn gate_is_open(gate: &Gate, now: Timestamp) -> bool {
    gate.sign_off.as_ref().is_some_and(|sign_off| {
        let counts = |check| {
            let mut found = gate.evidence.iter().filter(|e| e.check == check);
            found.any(|e| e.passed && e.until > now && sign_off.evidence.contains(&e.id))
        };
        sign_off.until > now && Check::ALL.into_iter().all(counts)
    })
}

/// Invariant 1, word for word.
fn may_be_bound(facts: &Facts, device: &DeviceFacts, endpoint: &EndpointFacts, now: Timestamp) -> bool {
    let Some(Proposal::Bind { facts: extension, owner, approval, .. }) = &endpoint.proposal else {
        return false;
    };
    facts.gate.as_ref().is_some_and(|gate| gate_is_open(gate, now))
        && *approval == ApprovalFacts::Valid
        && matches!(extension, ExtensionFacts::Free | ExtensionFacts::Shared)
        && matches!(owner, OwnerFacts::Person(AccountState::Active) | OwnerFacts::Place { contact: true })
        && device.emergency_known
        && device.state == DeviceState::Active
        && facts.scope != Scope::OnboardingOnly
        && facts.registrar_known
        && endpoint.standing.is_none()
}

/// One thing that can be wrong with a bind, by kind; each kind at most once.
type Defect = (fn(&mut Facts), Code);

fn device(facts: &mut Facts) -> &mut DeviceFacts {
    facts.device.as_mut().expect("a device")
}

fn key(facts: &mut Facts) -> &mut EndpointFacts {
    &mut device(facts).endpoints[0]
}

fn gate(facts: &mut Facts) -> &mut Gate {
    facts.gate.as_mut().expect("a gate")
}

fn set(facts: &mut Facts, change: impl FnOnce(&mut ExtensionFacts, &mut OwnerFacts, &mut ApprovalFacts)) {
    if let Some(Proposal::Bind { facts, owner, approval, .. }) = &mut key(facts).proposal {
        change(facts, owner, approval);
    }
}

const DEFECTS: &[&[Defect]] = &[
    &[
        (|f| gate(f).evidence[0].passed = false, Code::GateEvidenceFailed),
        (|f| drop(gate(f).evidence.remove(0)), Code::GateEvidenceMissing),
        (|f| gate(f).evidence[0].until = NOW, Code::GateExpired),
    ],
    &[
        (|f| gate(f).evidence[3].passed = false, Code::GateEvidenceFailed),
        (|f| gate(f).evidence[3].until = NOW, Code::GateExpired),
    ],
    &[
        (|f| gate(f).sign_off = None, Code::GateNotOpen),
        (|f| gate(f).sign_off.as_mut().expect("signed").until = NOW, Code::GateExpired),
    ],
    &[
        (|f| device(f).state = DeviceState::Retired, Code::DeviceRetired),
        (|f| device(f).state = DeviceState::Quarantined(Weight::High), Code::DeviceQuarantined),
    ],
    &[(|f| device(f).emergency_known = false, Code::EmergencyMissing)],
    &[(|f| f.scope = Scope::OnboardingOnly, Code::ScopeForbids)],
    &[(|f| f.registrar_known = false, Code::RegistrarMissing)],
    &[(|f| key(f).standing = line(1).standing, Code::EndpointTaken)],
    &[
        (|f| set(f, |e, _, _| *e = ExtensionFacts::Unknown), Code::ExtensionUnknown),
        (|f| set(f, |e, _, _| *e = ExtensionFacts::Disabled), Code::ExtensionDisabled),
        (|f| set(f, |e, _, _| *e = ExtensionFacts::Foreign), Code::ExtensionForeign),
        (|f| set(f, |e, _, _| *e = ExtensionFacts::Taken), Code::ExtensionTaken),
    ],
    &[
        (|f| set(f, |_, o, _| *o = OwnerFacts::Nobody), Code::OwnerMissing),
        (|f| set(f, |_, o, _| *o = OwnerFacts::Person(AccountState::Left)), Code::OwnerNotActive),
    ],
    &[
        (|f| set(f, |_, _, a| *a = ApprovalFacts::Missing), Code::ApprovalMissing),
        (|f| set(f, |_, _, a| *a = ApprovalFacts::Requester), Code::ApprovalSelf),
        (|f| set(f, |_, _, a| *a = ApprovalFacts::Stale), Code::PlanStale),
    ],
];

/// A bind with some defects, and their codes.
fn defective() -> impl Strategy<Value = (Facts, BTreeSet<Code>)> {
    vec(option::weighted(0.3, any::<Index>()), DEFECTS.len()).prop_map(|picks| {
        let mut facts = phone([EndpointFacts { index: 1, standing: None, proposal: Some(good_bind()) }]);
        let mut codes = BTreeSet::new();
        for (kind, pick) in DEFECTS.iter().zip(picks) {
            if let Some((spoil, code)) = pick.map(|pick| kind[pick.index(kind.len())]) {
                spoil(&mut facts);
                codes.insert(code);
            }
        }
        (facts, codes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 1: everything is needed, and everything is enough.
    #[test]
    fn a_line_is_bound_exactly_when_every_fact_allows_it(facts in facts(), now in moments()) {
        let decision = decide(&facts, now);
        let Some(device) = &facts.device else { return Ok(()) };
        for (endpoint, decided) in device.endpoints.iter().zip(&decision.endpoints) {
            if matches!(endpoint.proposal, Some(Proposal::Bind { .. })) {
                let change = decided.serve == EndpointServe::Change;
                prop_assert_eq!(change, may_be_bound(&facts, device, endpoint, now), "{:?}", decided);
            }
        }
    }

    /// Every reason, not the first: exactly the codes of what was spoilt, in whatever company.
    #[test]
    fn every_defect_withholds_and_is_named((facts, expected) in defective()) {
        let decision = decide(&facts, NOW);
        let withheld = decision.endpoints[0].serve == EndpointServe::Withhold;
        prop_assert_eq!(withheld, !expected.is_empty());
        // Beside what was spoilt: that the gate is not open, which is what its defects amount to.
        let seen: BTreeSet<_> = decision.endpoints[0].findings.iter().map(|f| f.code).collect();
        let extra: BTreeSet<_> = seen.difference(&expected).copied().collect();
        prop_assert!(expected.is_subset(&seen), "{:?} lacks some of {:?}", seen, expected);
        prop_assert!(extra.iter().all(|c| *c == Code::GateNotOpen), "{:?}", extra);
    }

    /// Invariant 1: what stands is withdrawn by no fact that merely aged or was lost.
    #[test]
    fn a_standing_line_is_kept_whatever_else_changes(other in facts(), owner in owners(), now in moments()) {
        let mut endpoints = other.device.clone().map(|d| d.endpoints).unwrap_or_default();
        endpoints.insert(0, line(1));
        let emergency_known = other.device.as_ref().is_some_and(|d| d.emergency_known);
        let mut facts = Facts { channel: Channel::Steady, proof: Proof::Certificate, ..other };
        let device = facts.device.insert(DeviceFacts {
            name: "phone".into(), state: DeviceState::Active, emergency_known, carried_line: true, endpoints,
        });
        device.endpoints[0].standing.as_mut().expect("a line").owner = owner;
        let decision = decide(&facts, now);
        // Lines never begin to stand at an onboarding-only site; if one did, its phone would be left as it is.
        let kept = if facts.scope == Scope::OnboardingOnly { Serve::Hold } else { Serve::Bound };
        prop_assert_eq!(decision.serve, kept);
        prop_assert_eq!(decision.endpoints[0].serve, EndpointServe::Keep);
        prop_assert!(decision.endpoints[0].findings.iter().all(|f| !f.blocks()));
    }

    /// A line leaves only for a proof that the site accepts, to a device that is not in grave doubt.
    #[test]
    fn a_line_leaves_only_where_policy_lets_it(facts in facts(), now in moments()) {
        let decision = decide(&facts, now);
        if decision.serve == Serve::Bound {
            prop_assert!(facts.proof.strength() >= facts.policy.demand);
            prop_assert!(facts.proof.strength() >= Strength::Credential);
            let state = facts.device.as_ref().map(|d| d.state);
            let kept = state.and_then(DeviceState::weight).map(|w| facts.policy.treatment(w));
            prop_assert!(kept.is_none_or(|treatment| treatment == Treatment::Keep));
        }
        // A token never clears a phone either.
        if facts.proof.strength() == Strength::Token {
            prop_assert!(!matches!(decision.serve, Serve::Bound | Serve::Clear));
        }
    }

    /// Invariants 4 and 7: no line, and no command to clear one, for whom it may not be.
    #[test]
    fn without_proof_nothing_of_the_device_leaves(facts in facts(), now in moments()) {
        let shown = facts.proof.strength() > Strength::Nothing;
        let proven = facts.channel == Channel::Steady && shown && facts.device.is_some();
        let decision = decide(&facts, now);
        if !proven {
            prop_assert!(matches!(decision.serve, Serve::Baseline | Serve::Refuse));
            prop_assert_eq!(&decision.endpoints, &[]);
            // The answer is the same whatever is known about the device.
            let stripped = but(facts.clone(), |f| { f.device = None; f.gate = None; });
            if !shown || facts.channel == Channel::Onboarding {
                prop_assert_eq!(&decide(&stripped, now), &decision);
            }
        }
        if facts.device.as_ref().is_none_or(|d| d.state == DeviceState::Retired) {
            prop_assert_ne!(decision.serve, Serve::Bound);
        }
    }

    /// D6: at an onboarding-only site no line is written, changed or cleared, whatever else is the case.
    #[test]
    fn onboarding_only_writes_and_clears_no_line(other in facts(), now in moments()) {
        let facts = Facts { scope: Scope::OnboardingOnly, ..other };
        let decision = decide(&facts, now);
        prop_assert!(!matches!(decision.serve, Serve::Bound | Serve::Clear), "{:?}", decision);
        for endpoint in &decision.endpoints {
            prop_assert_ne!(endpoint.serve, EndpointServe::Change);
        }
    }

    /// C6: what is withheld is withheld visibly, and what is changed has nothing against it.
    #[test]
    fn nothing_is_withheld_in_silence(facts in facts(), now in moments()) {
        let decision = decide(&facts, now);
        prop_assert_eq!(&decide(&facts, now), &decision);
        if matches!(decision.serve, Serve::Refuse | Serve::Hold) {
            prop_assert!(decision.findings.iter().any(domain::Finding::blocks));
        }
        for endpoint in &decision.endpoints {
            let blocked = endpoint.findings.iter().any(domain::Finding::blocks);
            prop_assert_eq!(endpoint.serve == EndpointServe::Withhold, blocked, "{:?}", endpoint);
        }
    }

    /// `valid_until` keeps its promise: the same facts give the same answer until then.
    #[test]
    fn an_answer_stays_the_same_until_it_says(facts in facts(), now in 0i64..4_000, later in 0i64..4_000) {
        let decision = decide(&facts, Timestamp(now));
        let until = decision.valid_until.unwrap_or(Timestamp(i64::MAX));
        prop_assert!(until > Timestamp(now));
        if now < later && Timestamp(later) < until {
            prop_assert_eq!(codes(&decide(&facts, Timestamp(later))), codes(&decision));
            prop_assert_eq!(decide(&facts, Timestamp(later)), decision);
        }
    }
}
