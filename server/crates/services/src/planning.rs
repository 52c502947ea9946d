//! Plans: what an approved request would do, computed. Reads only.

mod answers;
mod basis;
mod cover;
mod decision;
mod device;

use crate::{
    Result,
    facts::{self, Loaded, OwnerNow},
    publish::Prepared,
    rerouting::{self, Rerouted},
};
use basis::{Known, Stacks};
pub(crate) use device::DevicePlan;
pub(crate) use domain::resolution::differences;
use domain::{
    Code, Finding, Timestamp,
    account::Extension,
    artifact::Digest,
    change_request::Wanted,
    fence::{ApprovalFacts, EndpointServe, approval_blocks},
    ids::{DeviceId, ExtensionId, ItemId, LineId, SecretId, SiteId},
    plan::{Effect, Item, Kind, POLICY_VERSION, Plan},
    revision::{LineFacts, RevisionKind},
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx,
    change_request::{Holder, Request},
    feed, layer, revision,
};

/// What a finding about approvals is about.
const REQUEST: &str = "request";
/// Findings that a plan says one by one.
const MOST_FINDINGS: usize = 50;

/// A plan with what applying it will publish.
pub(crate) struct Planned {
    pub(crate) kind: Kind,
    pub(crate) plan: Plan,
    pub(crate) digest: Digest,
    /// In the order of the plan's items.
    pub(crate) rows: Vec<Row>,
    pub(crate) devices: BTreeMap<DeviceId, DevicePlan>,
    /// Who rings otherwise.
    pub(crate) rerouted: Vec<Rerouted>,
    known: BTreeMap<ExtensionId, Known>,
    stacks: Stacks,
}

/// An item of a request, and what the fence says of it.
pub(crate) struct Row {
    pub(crate) id: ItemId,
    pub(crate) wanted: Wanted,
    /// Line key, from 1.
    pub(crate) index: u8,
    pub(crate) serve: EndpointServe,
    pub(crate) findings: Vec<Finding>,
}

impl Row {
    /// Whether it may be carried out.
    pub(crate) fn ready(&self) -> bool {
        self.serve == EndpointServe::Change && !self.findings.iter().any(Finding::blocks)
    }
}

impl Planned {
    /// A device's next revision, with its files.
    pub(crate) fn prepare(&self, device: &DevicePlan) -> Prepared {
        device.prepare(&self.stacks)
    }

    /// The extension of a row.
    pub(crate) fn extension(&self, row: &Row) -> Option<&Extension> {
        self.known.get(&row.wanted.extension).map(|known| &known.extension)
    }

    /// The number of a row's extension.
    pub(crate) fn number(&self, row: &Row) -> String {
        self.extension(row).map(|x| x.number.to_string()).unwrap_or_default()
    }

    /// Whether a row's extension may stand on several devices.
    pub(crate) fn shared(&self, row: &Row) -> bool {
        self.known.get(&row.wanted.extension).is_some_and(|known| known.shared)
    }

    /// The devices on which a shared extension stands now and that this does not take it from.
    fn kept(&self, extension: ExtensionId) -> Vec<&Holder> {
        let Some(known) = self.known.get(&extension).filter(|known| known.shared) else { return vec![] };
        let taken: BTreeSet<_> = self
            .rows
            .iter()
            .filter(|row| row.wanted.effect == Effect::Unbind && row.wanted.extension == extension)
            .map(|row| row.wanted.endpoint)
            .collect();
        let holders = known.holders.iter();
        holders.filter(|holder| !taken.contains(&holder.endpoint)).collect()
    }

    /// Id of whoever answers for a row's line.
    pub(crate) fn owner(&self, row: &Row) -> Option<&str> {
        self.known.get(&row.wanted.extension).map(|known| known.owner.id.as_str())
    }

    /// Everything that is said of it, item by item.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        let routes = self.rerouted.iter().flat_map(|one| &one.findings);
        self.rows.iter().flat_map(|row| &row.findings).chain(routes)
    }

    /// Whether something of it may be carried out: some of its items, or all that it says about who rings.
    pub(crate) fn some_ready(&self, ready: &BTreeSet<usize>) -> bool {
        let blocked = self.rerouted.iter().flat_map(|one| &one.findings).any(Finding::blocks);
        !ready.is_empty() || (!self.rerouted.is_empty() && !blocked)
    }

    /// Codes of the sites.
    pub(crate) fn sites(&self) -> BTreeSet<String> {
        let devices = self.devices.values().map(|device| device.loaded.site.code.clone());
        devices.chain(self.rerouted.iter().map(|one| one.change.site.clone())).collect()
    }

    /// Ids of the sites.
    pub(crate) fn site_ids(&self) -> BTreeSet<SiteId> {
        let devices = self.devices.values().map(|device| device.loaded.site.id);
        devices.chain(self.rerouted.iter().filter_map(|one| one.site)).collect()
    }

    /// Classes of service of the lines.
    pub(crate) fn classes(&self) -> BTreeSet<String> {
        let lines = self.known.values().map(|known| known.extension.class_of_service.clone());
        lines.chain(self.rerouted.iter().flat_map(|one| one.classes.iter().cloned())).collect()
    }

    /// Asks the fence again, with the approval that each row has.
    pub(crate) fn decide(
        &mut self,
        approval: impl Fn(&Wanted) -> ApprovalFacts,
        whole: ApprovalFacts,
        now: Timestamp,
    ) {
        let unsigned = approval_blocks(whole);
        for one in &mut self.rerouted {
            one.findings.retain(|finding| finding.subject != REQUEST);
            one.findings.extend(unsigned.clone());
        }
        let loaded = self.devices.iter().map(|(id, device)| (*id, &device.loaded)).collect();
        decision::decide_rows(&loaded, &self.known, &mut self.rows, approval, now);
        for row in &mut self.rows {
            if let Some(device) = self.devices.get(&row.wanted.device) {
                row.findings.extend(device.findings.iter().cloned());
            }
        }
    }

    /// The same under another version of the approval rules, which makes it another plan.
    pub(crate) fn under(mut self, version: u32) -> Self {
        self.plan.policy_version = version;
        self.digest = self.plan.digest();
        self
    }
}

/// The line that an item makes. Its ids follow from the item's, so that the plan is the same every time.
pub(crate) const fn line_id(item: ItemId) -> LineId {
    LineId(item.0)
}

/// The secret of the line that an item makes.
pub(crate) fn secret_id(item: ItemId) -> SecretId {
    let hash: [u8; 32] =
        Sha256::new().chain_update(b"sip secret of ").chain_update(item.0.as_bytes()).finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    SecretId(uuid::Builder::from_custom_bytes(id).into_uuid())
}

pub(crate) fn standing_line(line: &facts::LineNow) -> LineFacts {
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
        shared: line.standing.shared,
    }
}

fn shown_name(extension: &Extension, owner: &OwnerNow) -> String {
    if extension.display_name.is_empty() { owner.name.clone() } else { extension.display_name.clone() }
}

fn new_line(row: &Row, known: &Known, number: i64) -> LineFacts {
    let Known { extension, owner, .. } = known;
    LineFacts {
        line: line_id(row.id),
        index: row.index,
        extension: extension.id,
        number: extension.number.to_string(),
        display_name: shown_name(extension, owner),
        owner: owner.name.clone(),
        secret: secret_id(row.id),
        change: format!("CR-{number}"),
        approver: String::new(),
        shared: known.shared,
    }
}

/// The lines of a device once its rows are carried out.
fn lines_after<'a>(
    loaded: &Loaded,
    rows: impl Iterator<Item = &'a Row> + Clone,
    known: &BTreeMap<ExtensionId, Known>,
    number: i64,
) -> Vec<LineFacts> {
    let changed: BTreeSet<_> = rows.clone().map(|row| row.wanted.endpoint).collect();
    let kept = loaded.lines.iter().filter(|line| !changed.contains(&line.standing.endpoint));
    let mut lines: Vec<_> = kept.map(standing_line).collect();
    let bound = rows.filter(|row| row.wanted.effect == Effect::Bind);
    lines.extend(bound.filter_map(|row| Some(new_line(row, known.get(&row.wanted.extension)?, number))));
    lines.sort_by_key(|line| line.index);
    lines
}

/// Computes what is left of `request` would do now.
pub(crate) async fn plan(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Planned> {
    let mut basis = basis::load(tx, request).await?;
    let mut devices = std::mem::take(&mut basis.devices);
    let places: BTreeMap<_, _> = devices
        .values()
        .flat_map(|device| device.loaded.endpoints.iter().map(|endpoint| (endpoint.id, endpoint.index)))
        .collect();
    let index = |wanted: &Wanted| places.get(&wanted.endpoint).copied().unwrap_or(0);
    let row = |item: &storage::change_request::Item| Row {
        id: item.id,
        index: index(&item.wanted),
        wanted: item.wanted,
        serve: EndpointServe::Withhold,
        findings: vec![],
    };
    let rows: Vec<_> = request.open().map(row).collect();
    let mut of_device: BTreeMap<DeviceId, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        of_device.entry(row.wanted.device).or_default().push(row);
    }
    let mut work = Vec::with_capacity(of_device.len());
    for (id, own) in of_device {
        let Some(device) = devices.remove(&id) else { continue };
        let lines = lines_after(&device.loaded, own.iter().copied(), &basis.known, request.number);
        work.push((device, lines));
    }
    let computed = device::compute(&basis.stacks, &work);
    let mut afterwards = BTreeMap::new();
    let mut plans = BTreeMap::new();
    for (work, mut computed) in work.into_iter().zip(computed) {
        let id = work.0.loaded.stored.device.id;
        plans.insert(id, DevicePlan::new(work, &mut computed));
        afterwards.insert(id, (computed.digests, computed.differences.unwrap_or_default()));
    }
    let rerouted = rerouting::look(tx, request, now).await?;
    let plan = Plan {
        policy_version: POLICY_VERSION,
        items: vec![],
        routes: rerouted.iter().map(|one| one.change.clone()).collect(),
        answers: vec![],
        findings: vec![],
    };
    let (kind, digest) = (request.kind, plan.digest());
    let basis::Basis { known, stacks, .. } = basis;
    let mut planned = Planned { kind, digest, plan, rows, devices: plans, rerouted, known, stacks };
    planned.decide(|_| ApprovalFacts::Valid, ApprovalFacts::Valid, now);
    let mut items = Vec::with_capacity(planned.rows.len());
    for row in &planned.rows {
        let device = planned.devices.get(&row.wanted.device);
        let (artifacts_after, differences) = afterwards
            .get_mut(&row.wanted.device)
            .map(|(digests, differences)| (digests.clone(), std::mem::take(differences)))
            .unwrap_or_default();
        let owner = planned.known.get(&row.wanted.extension).map(|known| known.owner.id.clone());
        items.push(Item {
            device: row.wanted.device,
            endpoint: row.wanted.endpoint,
            effect: row.wanted.effect,
            extension: row.wanted.extension,
            owner_after: owner.filter(|_| row.wanted.effect == Effect::Bind).unwrap_or_default(),
            revision_before: device.and_then(|d| d.number_before),
            revision_after: device.map_or(1, |d| d.number_after),
            artifacts_after,
            blocking: codes(&row.findings),
            differences,
        });
    }
    planned.plan.items = items;
    let uncovered = planned.rerouted.iter().flat_map(|one| &one.uncovered);
    planned.plan.findings = distinct(planned.findings().chain(uncovered));
    if !planned.rerouted.is_empty() {
        planned.plan.answers = rerouting::answers(&planned.rerouted, request.number);
        planned.digest = planned.plan.digest();
        return Ok(planned);
    }
    planned.plan.answers = answers::answers(&planned, request.number, now);
    if let (Kind::Replace, Some(old)) = (request.kind, request.device())
        && let Some(pin) = layer::pin(tx, old).await?
    {
        let ends = format!(
            "The old handset is held to earlier settings by {}. That ends with the takeover: the new handset has what its layers say.",
            pin.change
        );
        let back = planned.plan.answers.iter_mut().filter(|answer| answer.id == "F3");
        back.for_each(|answer| answer.facts.push(ends.clone()));
    }
    let fed = feed::last(tx).await?;
    let known = planned.plan.answers.iter_mut().filter(|answer| answer.id == "F1");
    known.for_each(|answer| answer.facts.push(directory(fed)));
    cover::look(tx, &mut planned, now).await?;
    planned.digest = planned.plan.digest();
    Ok(planned)
}

/// How old what the directory says is.
fn directory(fed: Option<(i64, Timestamp)>) -> String {
    match fed {
        Some((number, at)) => format!("The people directory is as of {at}, by feed {number}."),
        None => "No feed of the people directory has been applied.".to_owned(),
    }
}

/// Findings, each once; of many, those that come first.
pub(crate) fn distinct<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = vec![];
    for finding in findings {
        if all.len() < MOST_FINDINGS && !all.contains(finding) {
            all.push(finding.clone());
        }
    }
    all
}

/// The codes of what blocks, each once.
pub(crate) fn codes(findings: &[Finding]) -> Vec<Code> {
    let codes: BTreeSet<_> = findings.iter().filter(|f| f.blocks()).map(|f| f.code).collect();
    codes.into_iter().collect()
}

/// The revision that the device would be served now.
pub(crate) async fn current(tx: &mut Tx, loaded: &Loaded) -> Result<Option<revision::Published>> {
    Ok(revision::current(tx, loaded.stored.device.id, current_kind(loaded)).await?)
}

const fn current_kind(loaded: &Loaded) -> RevisionKind {
    if !loaded.lines.is_empty() {
        RevisionKind::Bound
    } else if loaded.stored.carried_line {
        RevisionKind::Clear
    } else {
        RevisionKind::Baseline
    }
}
