//! What a plan is made from: the devices and the extensions of a request, with everything around them.

use super::current;
use crate::{
    Result,
    facts::{self, Loaded, OwnerNow},
    firmware::aim::Catalogue,
    publish::{self, Prepared},
};
use domain::{
    account::Extension,
    ids::{DeviceId, EndpointId, ExtensionId},
    layer::Layer,
    revision::{LineFacts, Revision, RevisionKind},
};
use std::collections::BTreeMap;
use storage::{Tx, change_request::Request, device, firmware, line, person, revision};

/// The devices and extensions that a request is about.
pub(super) struct Basis {
    pub(super) devices: BTreeMap<DeviceId, DeviceBasis>,
    pub(super) known: BTreeMap<ExtensionId, Known>,
    pub(super) catalogue: Catalogue,
}

/// A device, and what its next revision is made from.
pub(super) struct DeviceBasis {
    pub(super) loaded: Loaded,
    pub(super) current: Option<Revision>,
    pub(super) last_number: u32,
    layers: Vec<Layer>,
    installed: String,
}

impl DeviceBasis {
    /// Computes the revision of these lines.
    pub(super) fn prepare(
        &self,
        kind: RevisionKind,
        lines: Vec<LineFacts>,
        catalogue: &Catalogue,
    ) -> Prepared {
        let mut layers = self.layers.clone();
        layers.extend(lines.iter().map(publish::line_layer));
        let handsets = publish::handsets(&self.loaded.endpoints);
        let basis =
            publish::Basis { layers: &layers, catalogue, installed: &self.installed, handsets: &handsets };
        publish::prepare_from(&self.loaded.stored, kind, lines, &basis)
    }
}

/// An extension as it is now.
pub(super) struct Known {
    pub(super) extension: Extension,
    pub(super) owner: OwnerNow,
    /// Where it stands.
    pub(super) holder: Option<(DeviceId, EndpointId)>,
}

/// Loads what a request is about.
pub(super) async fn load(tx: &mut Tx, request: &Request) -> Result<Basis> {
    let mut devices = BTreeMap::new();
    let mut known = BTreeMap::new();
    for item in request.open() {
        let wanted = &item.wanted;
        if !devices.contains_key(&wanted.device)
            && let Some(stored) = device::by_id(tx, wanted.device).await?
        {
            let loaded = facts::load(tx, stored).await?;
            let current = current(tx, &loaded).await?.map(|published| published.revision);
            let device = DeviceBasis {
                current,
                last_number: revision::last_number(tx, wanted.device).await?,
                layers: publish::stack(tx, &loaded.stored.device).await?,
                installed: firmware::installed(tx, wanted.device).await?,
                loaded,
            };
            devices.insert(wanted.device, device);
        }
        if !known.contains_key(&wanted.extension)
            && let Some(extension) = person::extension(tx, wanted.extension).await?
        {
            let owner = facts::owner(tx, &extension).await?;
            let holder = line::holder(tx, extension.id).await?;
            known.insert(wanted.extension, Known { extension, owner, holder });
        }
    }
    let wants = devices.values().any(|device| publish::wants_firmware(&device.layers));
    let catalogue = if wants { Catalogue::load(tx).await? } else { Catalogue::default() };
    Ok(Basis { devices, known, catalogue })
}
