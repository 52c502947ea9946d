//! Plans: what an approved request would do, computed; the five answers from the same facts (requirement F).

use crate::{
    Result,
    facts::{self, Loaded, OwnerNow},
    publish::{self, Prepared},
};
use domain::{
    Finding, Timestamp,
    account::Extension,
    artifact::Digest,
    fence::{ApprovalFacts, Decision, ExtensionFacts, Proof, Proposal, decide},
    gate::GateStatus,
    ids::{LineId, SecretId},
    plan::{Answer, Difference, Item, Kind, POLICY_VERSION, Plan},
    resolution::Resolution,
    revision::{LineFacts, RevisionKind},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use storage::{Tx, change_request::Request, line, person, revision};

/// A plan with what applying it will publish.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) digest: Digest,
    pub(crate) decision: Decision,
    pub(crate) prepared: Prepared,
    pub(crate) loaded: Loaded,
    pub(crate) extension: Extension,
    pub(crate) index: u8,
    pub(crate) number_after: u32,
}

/// The line that a request makes. Its ids follow from the request's, so that the plan is the same every time.
pub(crate) fn line_id(request: &Request) -> LineId {
    LineId(request.id.0)
}

/// The secret of the line that a request makes.
pub(crate) fn secret_id(request: &Request) -> SecretId {
    let hash: [u8; 32] =
        Sha256::new().chain_update(b"sip secret of ").chain_update(request.id.0.as_bytes()).finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    SecretId(uuid::Builder::from_custom_bytes(id).into_uuid())
}

fn standing_line(line: &facts::LineNow) -> LineFacts {
    let extension = &line.extension;
    LineFacts {
        line: line.standing.line,
        index: line.standing.index,
        extension: extension.id,
        number: extension.number.to_string(),
        display_name: shown_name(extension, &line.owner),
        owner: line.owner.name.clone(),
        secret: line.standing.secret,
        change: format!("CR-{}", line.standing.number),
        approver: line.standing.approver.clone(),
    }
}

fn shown_name(extension: &Extension, owner: &OwnerNow) -> String {
    if extension.display_name.is_empty() { owner.name.clone() } else { extension.display_name.clone() }
}

/// Whether the extension can be used on this device.
async fn extension_facts(tx: &mut Tx, loaded: &Loaded, extension: &Extension) -> Result<ExtensionFacts> {
    Ok(if extension.site != loaded.site.id {
        ExtensionFacts::Foreign
    } else if !extension.enabled {
        ExtensionFacts::Disabled
    } else if line::holder(tx, extension.id).await?.is_some() {
        ExtensionFacts::Taken
    } else {
        ExtensionFacts::Free
    })
}

/// Computes what `request` would do now. Reads only.
pub(crate) async fn plan(
    tx: &mut Tx,
    loaded: Loaded,
    request: &Request,
    extension: Extension,
    approval: ApprovalFacts,
    now: Timestamp,
) -> Result<Planned> {
    let owner = facts::owner(tx, &extension).await?;
    let index = loaded.endpoints.iter().find(|e| e.id == request.endpoint).map_or(0, |e| e.index);
    let state = extension_facts(tx, &loaded, &extension).await?;
    let proposal = match request.kind {
        Kind::Bind => Proposal::Bind {
            extension: extension.number.to_string(),
            facts: state,
            owner: owner.facts,
            approval,
        },
        Kind::Unbind => Proposal::Unbind { approval },
    };
    let decision = decide(&loaded.facts(Proof::Digest, BTreeMap::from([(index, proposal)])), now);

    let mut lines: Vec<_> = loaded.lines.iter().map(standing_line).collect();
    match request.kind {
        Kind::Bind => {
            lines.retain(|l| l.index != index);
            lines.push(LineFacts {
                line: line_id(request),
                index,
                extension: extension.id,
                number: extension.number.to_string(),
                display_name: shown_name(&extension, &owner),
                owner: owner.name.clone(),
                secret: secret_id(request),
                change: format!("CR-{}", request.number),
                approver: String::new(),
            });
        }
        Kind::Unbind => lines.retain(|l| l.index != index),
    }
    lines.sort_by_key(|l| l.index);
    let kind = if lines.is_empty() { RevisionKind::Clear } else { RevisionKind::Bound };
    let prepared = publish::prepare(tx, &loaded.stored, kind, lines).await?;

    let before = current(tx, &loaded).await?;
    let number_after = revision::last_number(tx, loaded.stored.device.id).await? + 1;
    let approvals = [domain::Code::ApprovalMissing, domain::Code::ApprovalSelf, domain::Code::PlanStale];
    let own = decision.endpoints.iter().filter(|e| e.index == index).flat_map(|e| &e.findings);
    let mut findings: Vec<Finding> = own.cloned().collect();
    findings.extend(prepared.findings.iter().cloned());
    let mut blocking: Vec<_> =
        findings.iter().filter(|f| f.blocks() && !approvals.contains(&f.code)).map(|f| f.code).collect();
    blocking.sort_unstable();
    blocking.dedup();
    let before_resolution = before.as_ref().map(|p| p.revision.resolution.clone()).unwrap_or_default();
    let item = Item {
        device: loaded.stored.device.id,
        endpoint: request.endpoint,
        kind: request.kind,
        extension: extension.id,
        owner_after: if request.kind == Kind::Bind { owner.id.clone() } else { String::new() },
        revision_before: before.as_ref().map(|p| p.revision.number),
        revision_after: number_after,
        artifacts_after: prepared.digests_at_rest(&loaded.stored, &publish::handsets(&loaded.endpoints)),
        blocking,
        differences: differences(&before_resolution, &prepared.resolution),
    };
    let answers = answers(&Facts {
        loaded: &loaded,
        extension: &extension,
        owner: &owner,
        state,
        item: &item,
        number: request.number,
        kind: request.kind,
        now,
    });
    let plan = Plan { policy_version: POLICY_VERSION, items: vec![item], answers, findings };
    let digest = plan.digest();
    Ok(Planned { plan, digest, decision, prepared, loaded, extension, index, number_after })
}

/// The revision that the device would be served now.
pub(crate) async fn current(tx: &mut Tx, loaded: &Loaded) -> Result<Option<revision::Published>> {
    let kind = if !loaded.lines.is_empty() {
        RevisionKind::Bound
    } else if loaded.stored.carried_line {
        RevisionKind::Clear
    } else {
        RevisionKind::Baseline
    };
    Ok(revision::current(tx, loaded.stored.device.id, kind).await?)
}

/// The extension of a request, with a problem when it is gone.
pub(crate) async fn extension(tx: &mut Tx, request: &Request) -> Result<Extension> {
    person::extension(tx, request.extension).await?.ok_or_else(|| crate::Problem::not_found("extension"))
}

/// Every setting that is not the same before and after.
fn differences(before: &Resolution, after: &Resolution) -> Vec<Difference> {
    let paths: std::collections::BTreeSet<_> = before.settings.keys().chain(after.settings.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let (old, new) = (before.settings.get(path), after.settings.get(path));
            if old.map(|r| &r.value) == new.map(|r| &r.value) {
                return None;
            }
            let origin = new.or(old).map(|r| format!("{} {}", r.origin.name, r.origin.change));
            Some(Difference {
                path: path.to_string(),
                before: old.map(|r| r.value.to_string()),
                after: new.map(|r| r.value.to_string()),
                origin: origin.unwrap_or_default(),
            })
        })
        .collect()
}

struct Facts<'a> {
    loaded: &'a Loaded,
    extension: &'a Extension,
    owner: &'a OwnerNow,
    state: ExtensionFacts,
    item: &'a Item,
    number: i64,
    kind: Kind,
    now: Timestamp,
}

fn answers(f: &Facts<'_>) -> Vec<Answer> {
    let answer = |id: &str, question: &str, facts: Vec<String>, concern: bool| Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        facts,
        concern,
    };
    let d = &f.loaded.stored.device;
    let gate = match f.loaded.gate.as_ref().map(|g| g.status(f.now)) {
        Some(GateStatus::Open { until }) => format!("The gate of its segment is open until {until}."),
        Some(GateStatus::Expired { since }) => format!("The gate of its segment expired {since}."),
        Some(GateStatus::Shut(_)) => "The gate of its segment is shut.".to_owned(),
        None => "It belongs to no segment.".to_owned(),
    };
    let place = f.loaded.place.as_ref().map_or_else(
        || "It has no place.".to_owned(),
        |p| format!("Place {}: {}; callback {}.", p.code, p.emergency_location, p.callback_number),
    );
    let bind = f.kind == Kind::Bind;
    let data = vec![
        format!(
            "Device {} serial {} is in the inventory of {}, entered by import.",
            d.mac, d.serial, f.loaded.site.code
        ),
        format!("Extension {} is {}, entered by import.", f.extension.number, extension_word(f.state)),
        format!(
            "Owner: {} ({}).",
            if f.owner.name.is_empty() { "none" } else { &f.owner.name },
            facts::owner_word(f.owner.facts)
        ),
        place,
        gate,
    ];
    let people = u8::from(!f.owner.name.is_empty());
    let blast = vec![
        format!("1 device, 1 line, {people} person or place, {} settings.", f.item.differences.len()),
        format!("Site {}; no other device's bytes change.", f.loaded.site.code),
    ];
    let before = f.item.revision_before.map_or_else(|| "no revision".to_owned(), |n| format!("revision {n}"));
    let rollback = vec![if bind {
        format!(
            "An unbind request clears line key and credential; settings before are {before}. The device can be put back alone."
        )
    } else {
        "A new bind request puts a line back; earlier revisions never restore a line by themselves."
            .to_owned()
    }];
    let audit = vec![format!(
        "Every serve will link device, site, CR-{}, its approver, revision {}, layer versions, proof and content digest.",
        f.number, f.item.revision_after
    )];
    let others = f.loaded.lines.len();
    let impact = vec![if bind {
        format!(
            "Calls to {} ring here after the next fetch; if registration fails, nobody answers them. {others} lines stand on this device now.",
            f.extension.number
        )
    } else {
        format!(
            "Calls to {} ring nowhere after the next fetch, and the phone may be unable to call out.",
            f.extension.number
        )
    }];
    vec![
        answer("F1", "Are the inputs known to be right?", data, !f.item.blocking.is_empty()),
        answer("F2", "How many devices, lines and people change?", blast, false),
        answer("F3", "Can one device be put back?", rollback, false),
        answer("F4", "Can support explain it afterwards?", audit, false),
        answer("F5", "What happens to users if it fails?", impact, !bind),
    ]
}

const fn extension_word(state: ExtensionFacts) -> &'static str {
    match state {
        ExtensionFacts::Unknown => "unknown",
        ExtensionFacts::Disabled => "disabled",
        ExtensionFacts::Foreign => "of another site",
        ExtensionFacts::Taken => "standing on a device",
        ExtensionFacts::Free => "enabled and free",
    }
}
