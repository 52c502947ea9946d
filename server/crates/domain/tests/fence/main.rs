//! The fence, seen from outside: a table of cases a person can read, and what holds for all facts.

mod any;
mod properties;
mod table;

use domain::{
    Code, Timestamp,
    account::AccountState,
    device::DeviceState,
    fence::{
        ApprovalFacts, Channel, Decision, DeviceFacts, EndpointFacts, ExtensionFacts, Facts, OwnerFacts,
        Proof, Proposal, Standing,
    },
    gate::{Check, Evidence, Gate, SignOff},
    ids::{EvidenceId, UserId},
    policy::Policy,
    site::Scope,
};
use uuid::Uuid;

/// The moment at which pages ask; gates built here run until `EXPIRY`.
const NOW: Timestamp = Timestamp(1_000);
const EXPIRY: Timestamp = Timestamp(2_000);

const ACTIVE: OwnerFacts = OwnerFacts::Person(AccountState::Active);

/// All evidence passed and signed off, until `EXPIRY`.
fn open_gate() -> Gate {
    let evidence: Vec<_> = (1..)
        .zip(Check::ALL)
        .map(|(id, check)| Evidence {
            id: EvidenceId(Uuid::from_u128(id)),
            check,
            passed: true,
            note: String::new(),
            by: UserId(Uuid::nil()),
            at: Timestamp(0),
            until: EXPIRY,
        })
        .collect();
    let signed = evidence.iter().map(|e| e.id).collect();
    let sign_off = SignOff { by: UserId(Uuid::nil()), at: Timestamp(0), until: EXPIRY, evidence: signed };
    Gate { evidence, sign_off: Some(sign_off) }
}

/// A proven, active phone at a site where everything is in order.
fn phone(endpoints: impl IntoIterator<Item = EndpointFacts>) -> Facts {
    Facts {
        channel: Channel::Steady,
        proof: Proof::Digest,
        device: Some(DeviceFacts {
            name: "phone".into(),
            state: DeviceState::Active,
            emergency_known: true,
            carried_line: false,
            endpoints: endpoints.into_iter().collect(),
        }),
        gate: Some(open_gate()),
        scope: Scope::Assisted,
        policy: Policy::default(),
        registrar_known: true,
    }
}

fn empty(index: u8) -> EndpointFacts {
    EndpointFacts { index, standing: None, proposal: None }
}

fn line(index: u8) -> EndpointFacts {
    let standing = Standing { extension: "2101".into(), change: "CR-1".into(), owner: ACTIVE };
    EndpointFacts { standing: Some(standing), ..empty(index) }
}

fn asks(endpoint: EndpointFacts, proposal: Proposal) -> EndpointFacts {
    EndpointFacts { proposal: Some(proposal), ..endpoint }
}

fn bind(facts: ExtensionFacts, owner: OwnerFacts, approval: ApprovalFacts) -> Proposal {
    Proposal::Bind { extension: "2101".into(), facts, owner, approval }
}

fn good_bind() -> Proposal {
    bind(ExtensionFacts::Free, ACTIVE, ApprovalFacts::Valid)
}

const fn unbind(approval: ApprovalFacts) -> Proposal {
    Proposal::Unbind { approval }
}

/// The same facts with one thing changed.
fn but(mut facts: Facts, change: impl FnOnce(&mut Facts)) -> Facts {
    change(&mut facts);
    facts
}

/// The same facts with one thing about the device changed.
fn but_device(facts: Facts, change: impl FnOnce(&mut DeviceFacts)) -> Facts {
    but(facts, |f| {
        if let Some(device) = &mut f.device {
            change(device);
        }
    })
}

/// Every code of a decision, once, in the order of the table of codes.
fn codes(decision: &Decision) -> Vec<Code> {
    let mut codes: Vec<_> = decision.all_findings().map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
