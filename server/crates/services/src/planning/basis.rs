//! What a plan is made from: the devices and the extensions of a request, with everything around them, loaded in a
//! number of statements that does not grow with the request.

use super::current_kind;
use crate::{
    Result,
    facts::{LineNow, Loaded, OwnerNow, owner_of, registrar_known, registrar_scopes},
    firmware::aim::Catalogue,
    publish::{self, Prepared},
    rollouts::holds::{FleetHolds, Holds},
};
use domain::{
    account::Extension,
    group,
    ids::{DeviceId, ExtensionId, SegmentId},
    layer::{Layer, Level},
    revision::{LineFacts, Revision, RevisionKind},
    site::{Scope, Site},
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx,
    change_request::{self, About, Holder, Request},
    device::Stored,
    ledger::Expects,
    revision,
};

/// Devices whose settings are compared one by one: as many as people read, and the second answer says which. The digest
/// does not depend on it.
const COMPARED: usize = 10;

/// The devices and extensions that a request is about.
pub(super) struct Basis {
    pub(super) devices: BTreeMap<DeviceId, DeviceBasis>,
    pub(super) known: BTreeMap<ExtensionId, Known>,
    pub(super) stacks: Stacks,
}

/// What the stacks of the devices are made from.
pub(super) struct Stacks {
    catalogue: Catalogue,
    layers: BTreeMap<(Level, String), Layer>,
}

/// A device, and what its next revision is made from.
pub(super) struct DeviceBasis {
    pub(super) loaded: Loaded,
    /// The revision that holds now, of the devices that are compared.
    pub(super) current: Option<Revision>,
    pub(super) number_before: Option<u32>,
    pub(super) last_number: u32,
    pub(super) own: Own,
}

/// What decides a device's stack, beside what it shares with others.
pub(super) struct Own {
    installed: String,
    groups: BTreeSet<String>,
    exceptions: Vec<Layer>,
    /// Layers as far as rollouts have reached it; `None`: in their newest versions.
    holds: Option<Holds>,
}

/// An extension as it is now.
pub(super) struct Known {
    pub(super) extension: Extension,
    pub(super) owner: OwnerNow,
    /// Where it stands.
    pub(super) holders: Vec<Holder>,
    /// Whether it may stand on several devices.
    pub(super) shared: bool,
}

impl Stacks {
    /// Computes the revision of these lines of a device.
    pub(super) fn prepare(
        &self,
        loaded: &Loaded,
        device: &Own,
        kind: RevisionKind,
        lines: Vec<LineFacts>,
    ) -> Prepared {
        let own: Vec<_> = lines.iter().map(publish::line_layer).collect();
        let scopes = publish::scopes(&loaded.stored.device, device.groups.iter().cloned());
        let stored = scopes.iter().filter_map(|scope| self.layers.get(scope));
        let mut held;
        let layers: Vec<_> = match &device.holds {
            None => stored.chain(&device.exceptions).chain(&own).collect(),
            Some(holds) => {
                held = stored.chain(&device.exceptions).cloned().collect();
                holds.apply(&mut held);
                held.iter().chain(&own).collect()
            }
        };
        let handsets = publish::handsets(&loaded.endpoints);
        let (catalogue, installed) = (&self.catalogue, device.installed.as_str());
        let basis = publish::Basis { layers: &layers, catalogue, installed, handsets: &handsets };
        publish::prepare_from(&loaded.stored, kind, lines, &basis)
    }
}

/// Loads what a request is about.
pub(super) async fn load(tx: &mut Tx, request: &Request) -> Result<Basis> {
    let mut about = change_request::about(tx, request.id).await?;
    let layers: Vec<_> = about.layers.values().collect();
    let catalogue =
        if publish::wants_firmware(&layers) { Catalogue::load(tx).await? } else { Catalogue::default() };
    let holds = FleetHolds::of_request(tx, request.id).await?;
    let mut devices = BTreeMap::new();
    for stored in std::mem::take(&mut about.devices) {
        let id = stored.device.id;
        let labels = about.labels.remove(&id).unwrap_or_default();
        let code = about.sites.get(&stored.device.site).map(|site| site.code.clone()).unwrap_or_default();
        let holds = holds.set(holds.which(id)).cloned();
        let facts = publish::group_facts(&stored.device, code, labels);
        let groups = match &holds {
            None => group::of(&about.groups, &facts),
            Some(holds) => {
                let mut groups = about.groups.clone();
                holds.rules(&mut groups);
                group::of(&groups, &facts)
            }
        };
        let exceptions = about.exceptions.remove(&id).unwrap_or_default();
        let loaded = surround(stored, &mut about, holds.as_ref());
        let number_before = about.current.get(&(id, current_kind(&loaded))).copied();
        let device = DeviceBasis {
            loaded,
            current: None,
            number_before,
            last_number: about.last_numbers.get(&id).copied().unwrap_or(0),
            own: Own {
                installed: about.installed.remove(&id).unwrap_or_default(),
                groups,
                exceptions,
                holds,
            },
        };
        devices.insert(id, device);
    }
    for id in compared(request, &devices) {
        let Some(device) = devices.get_mut(&id) else { continue };
        let kind = current_kind(&device.loaded);
        let published = revision::current(tx, id, kind).await?;
        device.current = published.map(|published| published.revision);
    }
    let known = request
        .open()
        .filter_map(|item| {
            let extension = about.extensions.get(&item.wanted.extension)?.clone();
            let owner = owner_of(&extension, &about.people, &about.places);
            let holders = about.holders.get(&extension.id).cloned().unwrap_or_default();
            let shared = about.shared.contains(&extension.id);
            Some((extension.id, Known { extension, owner, holders, shared }))
        })
        .collect();
    Ok(Basis { devices, known, stacks: Stacks { catalogue, layers: about.layers } })
}

impl DeviceBasis {
    /// What decides which layers it has, beside those of its own.
    fn stack(&self) -> (String, &str, Option<SegmentId>, &BTreeSet<String>, usize) {
        let device = &self.loaded.stored.device;
        let model = publish::model_scope(device.vendor, &device.model);
        (model, &self.loaded.site.code, device.segment, &self.own.groups, self.own.exceptions.len())
    }
}

/// The devices to compare: one of each combination of layers before a second one of any.
fn compared(request: &Request, devices: &BTreeMap<DeviceId, DeviceBasis>) -> Vec<DeviceId> {
    let (mut met, mut stacks) = (BTreeSet::new(), BTreeSet::new());
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for item in request.open() {
        let id = item.wanted.device;
        let Some(device) = devices.get(&id).filter(|_| met.insert(id)) else { continue };
        if stacks.insert(device.stack()) { first.push(id) } else { others.push(id) }
    }
    first.extend(others);
    first.truncate(COMPARED);
    first
}

/// A device with what was loaded around it.
fn surround(stored: Stored, about: &mut About, holds: Option<&Holds>) -> Loaded {
    let device = &stored.device;
    let lines = about.standing.remove(&device.id).unwrap_or_default();
    let lines = lines.into_iter().filter_map(|standing| {
        let extension = about.extensions.get(&standing.extension)?.clone();
        let owner = owner_of(&extension, &about.people, &about.places);
        Some(LineNow { standing, extension, owner })
    });
    let site = about.sites.get(&device.site).cloned().unwrap_or_else(|| Site {
        id: device.site,
        code: String::new(),
        name: String::new(),
        time_zone: "UTC".to_owned(),
        scope: Scope::OnboardingOnly,
    });
    let scopes = registrar_scopes(&site);
    let layers = scopes.iter().filter_map(|scope| about.layers.get(scope));
    let registrar_known = match holds {
        None => registrar_known(layers),
        Some(holds) => {
            let mut held: Vec<_> = layers.cloned().collect();
            holds.apply(&mut held);
            registrar_known(&held)
        }
    };
    Loaded {
        lines: lines.collect(),
        segment: device.segment.and_then(|id| about.segments.get(&id).cloned()),
        place: device.place.and_then(|id| about.places.get(&id).cloned()),
        gate: device.segment.and_then(|id| about.gates.get(&id).cloned()),
        endpoints: about.endpoints.remove(&device.id).unwrap_or_default(),
        policy: about.policies.get(&site.id).cloned().unwrap_or_default(),
        registrar_known,
        // Nothing is served on this: the act that applies it bumps what it changes.
        generations: Expects::default(),
        site,
        stored,
    }
}
