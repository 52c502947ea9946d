//! The workflow's small model, explored exhaustively: every order in which people, phones, servers and the
//! clock can act, with the real transitions, the real fence and the real plan digest.
//!
//! `RINGFENCE_FULL=1` adds a wide office (three requesters, two extensions, three line keys) and a long story
//! (three requests: a line moves from one phone to another).

mod model;
mod office;
mod reading;

use domain::{
    change_request::State as RequestState,
    fence::{Channel, Proof, Serve, decide},
};
use model::Model;
use office::Office;
use stateright::{Checker, HasDiscoveries, Model as _, Property};
use std::collections::BTreeSet;

const EXCLUSIVE: &str = "an exclusive extension stands on one key";

fn properties(model: &Model) -> Vec<Property<Model>> {
    let mut properties = vec![
        Property::always(EXCLUSIVE, |_, office: &Office| {
            let mut seen = BTreeSet::new();
            office.lines.values().all(|line| seen.insert(line.extension))
        }),
        Property::always("nobody's own approval counts", |_, office: &Office| {
            let workflows = office.requests.iter().map(|request| &request.workflow);
            workflows.into_iter().all(|w| w.approvals().iter().all(|approval| !w.involves(approval.by)))
        }),
        Property::always("what stands is what was approved", |_, office: &Office| {
            office.lines.values().all(|line| match &office.requests[line.request].workflow.state {
                RequestState::Applied { authority: Some(authority), .. } => {
                    let workflow = &office.requests[line.request].workflow;
                    !authority.approvers().is_empty()
                        && !authority.approvers().iter().any(|approver| workflow.involves(*approver))
                }
                RequestState::Applied { approvals, .. } => {
                    !approvals.is_empty() && approvals.iter().all(|approval| approval.digest == line.digest)
                }
                _ => false,
            })
        }),
        Property::always("what stands is what applied requests put there", |_, office: &Office| {
            office.replay() == office.lines.iter().map(|(key, line)| (*key, line.extension)).collect()
        }),
        Property::always("no step breaks a rule", |_, office: &Office| office.broken.is_none()),
        Property::always(
            "a proven phone gets exactly what stands, others nothing",
            |model: &Model, office: &Office| {
                model.devices().all(|device| {
                    let mut facts = model.facts(office, device, None);
                    let bound = decide(&facts, office.now()).serve == Serve::Bound;
                    facts.proof = Proof::None;
                    let unproven = decide(&facts, office.now()).serve;
                    facts.channel = Channel::Onboarding;
                    let onboarding = decide(&facts, office.now()).serve;
                    bound == office.lines.keys().any(|key| key.device == device)
                        && (unproven, onboarding) == (Serve::Refuse, Serve::Baseline)
                })
            },
        ),
        Property::sometimes("a phone is bound", |model: &Model, office: &Office| {
            model.serves(office, Serve::Bound)
        }),
        Property::sometimes("a phone is cleared", |model: &Model, office: &Office| {
            model.serves(office, Serve::Clear)
        }),
        Property::sometimes("a request goes stale", |_, office: &Office| {
            office.requests.iter().any(|r| matches!(r.workflow.state, RequestState::Stale { .. }))
        }),
        Property::sometimes(
            "a line outlives its gate and its owner's account",
            |model: &Model, office: &Office| {
                !office.gate_open() && !office.owner_active && model.serves(office, Serve::Bound)
            },
        ),
    ];
    if model.standing {
        properties.push(Property::sometimes("a standing request binds a phone", |_, office: &Office| {
            office.lines.values().any(|line| office.requests[line.request].workflow.authority().is_some())
        }));
    }
    if model.requests > 2 {
        properties.push(Property::sometimes("a line moves to another phone", |_, office: &Office| {
            office.applied.len() == 3 && !office.lines.is_empty()
        }));
    }
    properties
}

#[test]
fn every_order_of_events_keeps_the_rules() {
    let full = std::env::var_os("RINGFENCE_FULL").is_some();
    let models = if full { vec![Model::small(), Model::wide(), Model::long()] } else { vec![Model::small()] };
    for model in models {
        let checker = model.checker().threads(2).spawn_bfs().join();
        println!("{} states, depth {}", checker.unique_state_count(), checker.max_depth());
        checker.assert_properties();
    }
}

/// The model can fail: this is the mistake that generations are there to prevent.
#[test]
fn without_comparing_generations_one_extension_would_stand_twice() {
    let mut model = Model::small();
    model.compare_generations = false;
    let checker = model.checker().finish_when(HasDiscoveries::AllOf([EXCLUSIVE].into())).spawn_bfs().join();
    checker.assert_any_discovery(EXCLUSIVE);
}
