//! One row per case: what is served, what becomes of each line key, and every code.

use super::{
    ACTIVE, EXPIRY, NOW, asks, bind, but, but_device, codes, empty, good_bind, line, open_gate, phone, unbind,
};
use domain::{
    account::AccountState,
    device::DeviceState,
    fence::{
        ApprovalFacts::{Missing, Requester, Stale, Valid},
        Channel, EndpointServe,
        ExtensionFacts::{Disabled, Foreign, Free, Shared, Taken, Unknown},
        Facts, OwnerFacts, Proof, Proposal, decide,
    },
    gate::Gate,
    policy::{
        Policy,
        Treatment::{Hold, Keep},
        Weight,
    },
    proof::Strength,
    site::Scope,
};

/// Checks one case against `serve / key serve, … / code code …`.
#[track_caller]
fn check(facts: &Facts, expected: &str) {
    let decision = decide(facts, NOW);
    let keys: Vec<_> = decision
        .endpoints
        .iter()
        .map(|e| match e.serve {
            EndpointServe::Keep => "keep",
            EndpointServe::Empty => "empty",
            EndpointServe::Change => "change",
            EndpointServe::Withhold => "withhold",
        })
        .collect();
    let codes: Vec<_> = codes(&decision).iter().map(|c| c.text()).collect();
    let seen = format!("{} / {} / {}", decision.serve.word(), keys.join(", "), codes.join(" "));
    assert_eq!(seen.trim_end(), expected);
}

/// Checks what withholds a bind on an otherwise perfect empty phone.
#[track_caller]
fn check_bind(proposal: Proposal, change: impl FnOnce(&mut Facts), key: &str, expected: &str) {
    let facts = but(phone([asks(empty(1), proposal)]), change);
    let codes = format!("device.no_line emergency.unbound {expected}");
    let mut codes: Vec<_> = codes.split_whitespace().collect();
    codes.sort_by_key(|text| domain::Code::ALL.iter().position(|c| c.text() == *text));
    check(&facts, &format!("baseline / {key} / {}", codes.join(" ")));
}

#[track_caller]
fn withholds(proposal: Proposal, expected: &str) {
    check_bind(proposal, |_| {}, "withhold", expected);
}

#[track_caller]
fn withholds_when(change: impl FnOnce(&mut Facts), expected: &str) {
    check_bind(good_bind(), change, "withhold", expected);
}

#[test]
fn without_proof_nothing_is_told() {
    let known = phone([line(1)]);
    check(&but(known.clone(), |f| f.proof = Proof::None), "refuse /  / proof.missing");
    check(&but(known.clone(), |f| f.proof = Proof::Disagrees), "refuse /  / proof.disagrees");
    check(&but(known, |f| f.device = None), "refuse /  / device.unknown");
}

#[test]
fn the_onboarding_address_gives_a_baseline_to_everyone() {
    let onboarding = |facts| but(facts, |f: &mut Facts| f.channel = Channel::Onboarding);
    check(&onboarding(phone([line(1)])), "baseline /  /");
    check(&onboarding(but(phone([]), |f| f.proof = Proof::Disagrees)), "baseline /  /");
    check(
        &onboarding(but_device(phone([]), |d| d.state = DeviceState::Quarantined(Weight::High))),
        "baseline /  /",
    );
}

#[test]
fn a_standing_line_is_kept_and_says_what_aged() {
    let bound = phone([line(1)]);
    let owned = |owner| {
        but_device(bound.clone(), |d| d.endpoints[0].standing.as_mut().expect("a line").owner = owner)
    };
    check(&bound, "bound / keep /");
    check(&phone([line(1), empty(2)]), "bound / keep, empty /");
    let expired =
        |f: &mut Facts| f.gate.as_mut().expect("a gate").sign_off.as_mut().expect("signed").until = NOW;
    check(&but(bound.clone(), expired), "bound / keep / gate.expired_kept");
    check(&owned(OwnerFacts::Person(AccountState::Suspended)), "bound / keep / owner.suspended_kept");
    check(&owned(OwnerFacts::Place { contact: true }), "bound / keep /");
    // A site cannot become so while lines stand there; if one did, its phone would be left as it is.
    check(&but(bound.clone(), |f| f.scope = Scope::OnboardingOnly), "hold / keep / scope.forbids");
    check(&but(bound.clone(), |f| f.registrar_known = false), "bound / keep /");
    check(&but_device(bound.clone(), |d| d.emergency_known = false), "bound / keep /");
}

#[test]
fn a_phone_without_a_line_gets_a_baseline_or_is_cleared() {
    let unbound = phone([empty(1)]);
    let carried = but_device(unbound.clone(), |d| d.carried_line = true);
    check(&unbound, "baseline / empty / device.no_line emergency.unbound");
    check(&carried, "clear / empty / device.no_line emergency.unbound");
    check(
        &but(carried, |f| f.scope = Scope::OnboardingOnly),
        "baseline / empty / device.no_line emergency.unbound",
    );
}

#[test]
fn a_device_out_of_use_gets_no_line() {
    let in_state = |state| but_device(phone([line(1)]), |d| d.state = state);
    check(&in_state(DeviceState::Retired), "clear / keep / device.retired");
    check(&in_state(DeviceState::Quarantined(Weight::High)), "hold / keep / device.quarantined");
    check(&in_state(DeviceState::Quarantined(Weight::Low)), "bound / keep / device.quarantined_kept");
    let asked = |state| but_device(phone([asks(empty(1), good_bind())]), |d| d.state = state);
    check(&asked(DeviceState::Retired), "clear / withhold / device.retired");
    for weight in [Weight::Low, Weight::High] {
        check(&asked(DeviceState::Quarantined(weight)), "hold / withhold / device.quarantined");
    }
}

#[test]
fn a_doubt_is_treated_as_the_site_says() {
    let doubted = |weight, low, high| {
        let facts = but_device(phone([line(1)]), |d| d.state = DeviceState::Quarantined(weight));
        but(facts, |f| f.policy = Policy { low, high, ..Policy::default() })
    };
    check(&doubted(Weight::Low, Hold, Keep), "hold / keep / device.quarantined");
    check(&doubted(Weight::High, Hold, Keep), "bound / keep / device.quarantined_kept");
    check(&doubted(Weight::High, Keep, Hold), "hold / keep / device.quarantined");
}

#[test]
fn a_token_gets_a_phone_its_own_baseline_and_never_a_line() {
    for token in [Proof::EnrolmentCode, Proof::SignedAddress] {
        check(&but(phone([line(1)]), |f| f.proof = token), "baseline / keep /");
        let in_state = |state| but(but_device(phone([line(1)]), |d| d.state = state), |f| f.proof = token);
        check(&in_state(DeviceState::Retired), "refuse / keep / device.retired");
        check(&in_state(DeviceState::Quarantined(Weight::Low)), "hold / keep / device.quarantined");
    }
}

#[test]
fn a_line_leaves_for_what_the_site_demands_and_a_phone_that_shows_less_keeps_what_it_has() {
    use Strength::{Certificate, Credential, ProxiedCertificate, StrongCertificate};
    for (demand, digest, proxied, old, direct) in [
        (Credential, true, true, true, true),
        (ProxiedCertificate, false, true, true, true),
        (Certificate, false, false, true, true),
        (StrongCertificate, false, false, false, true),
    ] {
        for (proof, enough) in [
            (Proof::Basic, digest),
            (Proof::Digest, digest),
            (Proof::ProxyCertificate, proxied),
            (Proof::WeakCertificate, old),
            (Proof::Certificate, direct),
        ] {
            let facts = but(phone([line(1)]), |f| {
                f.proof = proof;
                f.policy.demand = demand;
            });
            check(&facts, if enough { "bound / keep /" } else { "hold / keep / proof.too_weak" });
            // A baseline holds no line: nothing more is demanded for it.
            let unbound = but(phone([empty(1)]), |f| {
                f.proof = proof;
                f.policy.demand = demand;
            });
            check(&unbound, "baseline / empty / device.no_line emergency.unbound");
        }
    }
}

#[test]
fn a_bind_needs_a_usable_extension_an_owner_and_an_approval() {
    check_bind(good_bind(), |_| {}, "change", "");
    check_bind(bind(Free, OwnerFacts::Place { contact: true }, Valid), |_| {}, "change", "");
    withholds(bind(Unknown, ACTIVE, Valid), "extension.unknown");
    withholds(bind(Disabled, ACTIVE, Valid), "extension.disabled");
    withholds(bind(Foreign, ACTIVE, Valid), "extension.foreign");
    check_bind(bind(Shared, ACTIVE, Valid), |_| {}, "change", "");
    withholds(bind(Taken, ACTIVE, Valid), "extension.taken");
    withholds(bind(Free, OwnerFacts::Nobody, Valid), "owner.missing");
    withholds(bind(Free, OwnerFacts::Place { contact: false }, Valid), "owner.missing");
    for state in [AccountState::Expected, AccountState::Suspended, AccountState::Left] {
        withholds(bind(Free, OwnerFacts::Person(state), Valid), "owner.not_active");
    }
    withholds(bind(Free, ACTIVE, Missing), "approval.missing");
    withholds(bind(Free, ACTIVE, Requester), "approval.self");
    withholds(bind(Free, ACTIVE, Stale), "plan.stale");
}

#[test]
fn a_bind_needs_an_open_gate_and_a_site_in_order() {
    withholds_when(|f| f.gate = None, "segment.unknown");
    withholds_when(|f| f.gate = Some(Gate::default()), "gate.not_open gate.evidence_missing");
    withholds_when(|f| f.gate = Some(Gate { sign_off: None, ..open_gate() }), "gate.not_open");
    withholds_when(|f| f.gate.as_mut().expect("a gate").evidence[0].until = NOW, "gate.expired");
    withholds_when(
        |f| f.gate.as_mut().expect("a gate").evidence[0].passed = false,
        "gate.not_open gate.evidence_failed",
    );
    withholds_when(|f| f.scope = Scope::OnboardingOnly, "scope.forbids");
    withholds_when(|f| f.registrar_known = false, "registrar.missing");
    withholds_when(|f| f.device.as_mut().expect("a device").emergency_known = false, "emergency.missing");
    check_bind(good_bind(), |f| f.scope = Scope::Pilot, "change", "");
}

#[test]
fn a_key_is_never_bound_over_and_another_key_is_its_own_matter() {
    check(&phone([asks(line(1), good_bind())]), "bound / withhold / endpoint.taken");
    check(&phone([line(1), asks(empty(2), good_bind())]), "bound / keep, change /");
    check(
        &phone([line(1), asks(empty(2), bind(Taken, ACTIVE, Missing))]),
        "bound / keep, withhold / approval.missing extension.taken",
    );
}

#[test]
fn taking_a_line_away_needs_approval_and_no_gate() {
    let asked = |approval| phone([asks(line(1), unbind(approval))]);
    check(&asked(Valid), "bound / change /");
    check(&but(asked(Valid), |f| f.gate = None), "bound / change / gate.not_open_kept");
    check(&but(asked(Valid), |f| f.registrar_known = false), "bound / change /");
    check(&asked(Missing), "bound / withhold / approval.missing");
    check(&asked(Requester), "bound / withhold / approval.self");
    check(&asked(Stale), "bound / withhold / plan.stale");
    check(&but(asked(Valid), |f| f.scope = Scope::OnboardingOnly), "hold / withhold / scope.forbids");
    check(
        &phone([asks(empty(1), unbind(Valid))]),
        "baseline / withhold / device.no_line emergency.unbound endpoint.empty",
    );
}

#[test]
fn a_line_is_kept_without_an_open_gate_and_that_is_said() {
    check(&but(phone([line(1)]), |f| f.gate = None), "bound / keep / gate.not_open_kept");
    let unsigned = but(phone([line(1)]), |f| f.gate.as_mut().expect("a gate").sign_off = None);
    check(&unsigned, "bound / keep / gate.not_open_kept");
}

#[test]
fn an_answer_holds_until_the_gate_expires() {
    assert_eq!(decide(&phone([line(1)]), NOW).valid_until, Some(EXPIRY));
    assert_eq!(decide(&phone([line(1)]), EXPIRY).valid_until, None);
    // An unsigned gate blocks for one reason until its evidence expires, and for two afterwards.
    let unsigned = but(phone([]), |f| f.gate.as_mut().expect("a gate").sign_off = None);
    assert_eq!(decide(&unsigned, NOW).valid_until, Some(EXPIRY));
}
