//! What the fence says of the items of a plan. What is taken away is decided first; what is put somewhere is decided as
//! things stand once it is gone, because that is the order in which they are applied.

use super::{Row, basis::Known};
use crate::facts::Loaded;
use domain::{
    Code, Finding, Timestamp,
    change_request::Wanted,
    device::Endpoint,
    fence::{ApprovalFacts, EndpointServe, ExtensionFacts, Facts, OwnerFacts, Proof, Proposal, decide},
    fitness,
    ids::{DeviceId, EndpointId, ExtensionId},
    plan::Effect,
    shared_line::may_stand,
};
use std::collections::{BTreeMap, BTreeSet};

/// Decides every row, with the approval that it has.
pub(super) fn decide_rows(
    devices: &BTreeMap<DeviceId, &Loaded>,
    known: &BTreeMap<ExtensionId, Known>,
    rows: &mut [Row],
    approval: impl Fn(&Wanted) -> ApprovalFacts,
    now: Timestamp,
) {
    let takes = rows.iter().filter(|row| row.wanted.effect == Effect::Unbind);
    let taken: BTreeSet<_> = takes.map(|row| (row.wanted.endpoint, row.wanted.extension)).collect();
    let mut of_device: BTreeMap<DeviceId, Vec<&mut Row>> = BTreeMap::new();
    for row in rows {
        of_device.entry(row.wanted.device).or_default().push(row);
    }
    for (id, mut rows) in of_device {
        let Some(loaded) = devices.get(&id) else {
            for row in rows {
                withhold(row, Finding::new(Code::DeviceUnknown, "device"));
            }
            continue;
        };
        for effect in [Effect::Unbind, Effect::Bind] {
            let own = rows.iter().filter(|row| row.wanted.effect == effect);
            let proposals: BTreeMap<_, _> = own
                .map(|row| (row.index, proposal(loaded, known, row, &taken, approval(&row.wanted))))
                .collect();
            if proposals.is_empty() {
                continue;
            }
            let mut facts = loaded.facts(Proof::Digest, proposals);
            if effect == Effect::Bind {
                forget(&mut facts, loaded, &taken);
            }
            let decision = decide(&facts, now);
            for row in rows.iter_mut().filter(|row| row.wanted.effect == effect) {
                match decision.endpoints.iter().find(|decided| decided.index == row.index) {
                    Some(decided) => {
                        row.serve = decided.serve;
                        row.findings.clone_from(&decided.findings);
                        row.findings.extend(unfit(loaded, row));
                    }
                    None => {
                        withhold(row, Finding::new(Code::EndpointEmpty, format!("line key {}", row.index)));
                    }
                }
            }
        }
        for row in rows.iter_mut().filter(|row| row.wanted.effect == Effect::Unbind) {
            another_stands(row, loaded, known);
        }
    }
}

fn withhold(row: &mut Row, finding: Finding) {
    row.serve = EndpointServe::Withhold;
    row.findings = vec![finding];
}

/// What speaks against any line there. One that stands can always be taken away.
fn unfit(loaded: &Loaded, row: &Row) -> Vec<Finding> {
    let own = |endpoint: &&Endpoint| endpoint.id == row.wanted.endpoint;
    let endpoint = loaded.endpoints.iter().find(own).filter(|_| row.wanted.effect == Effect::Bind);
    let said = |endpoint| fitness::findings(&loaded.stored.device, endpoint, &loaded.policy);
    endpoint.map(said).unwrap_or_default()
}

/// The lines that are taken away first are not in the way of what follows.
fn forget(facts: &mut Facts, loaded: &Loaded, taken: &BTreeSet<(EndpointId, ExtensionId)>) {
    let Some(device) = &mut facts.device else { return };
    for line in &loaded.lines {
        if taken.contains(&(line.standing.endpoint, line.extension.id)) {
            let index = line.standing.index;
            device.endpoints.iter_mut().filter(|e| e.index == index).for_each(|e| e.standing = None);
        }
    }
}

/// Only the line that was asked for is taken away, not one that came to its place since.
fn another_stands(row: &mut Row, loaded: &Loaded, known: &BTreeMap<ExtensionId, Known>) {
    let Some(line) = loaded.line_on(row.wanted.endpoint) else { return };
    if line.extension.id != row.wanted.extension {
        let asked = known.get(&row.wanted.extension).map(|k| k.extension.number.to_string());
        let detail = format!("{} does not stand there.", asked.unwrap_or_default());
        row.serve = EndpointServe::Withhold;
        row.findings
            .push(Finding::new(Code::EndpointEmpty, format!("line key {}", row.index)).detail(detail));
    }
}

fn proposal(
    loaded: &Loaded,
    known: &BTreeMap<ExtensionId, Known>,
    row: &Row,
    taken: &BTreeSet<(EndpointId, ExtensionId)>,
    approval: ApprovalFacts,
) -> Proposal {
    if row.wanted.effect == Effect::Unbind {
        return Proposal::Unbind { approval };
    }
    let Some(known) = known.get(&row.wanted.extension) else {
        let (facts, owner) = (ExtensionFacts::Unknown, OwnerFacts::Nobody);
        return Proposal::Bind { extension: String::new(), facts, owner, approval };
    };
    Proposal::Bind {
        extension: known.extension.number.to_string(),
        facts: extension_facts(loaded, known, taken),
        owner: known.owner.facts,
        approval,
    }
}

/// Whether the extension can be used on this device.
pub(super) fn extension_facts(
    loaded: &Loaded,
    known: &Known,
    taken: &BTreeSet<(EndpointId, ExtensionId)>,
) -> ExtensionFacts {
    let extension = &known.extension;
    if extension.site != loaded.site.id {
        ExtensionFacts::Foreign
    } else if !extension.enabled {
        ExtensionFacts::Disabled
    } else {
        let others = known.holders.iter().filter(|holder| !taken.contains(&(holder.endpoint, extension.id)));
        let others: Vec<_> = others.map(|holder| holder.device).collect();
        may_stand(known.shared, loaded.stored.device.id, &others)
    }
}
