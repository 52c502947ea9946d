//! Everything that decides what a change of a layer does to many phones, in a constant number of statements.

use crate::{
    Problem, Result, facts, planning,
    publish::{self, group_facts},
    rollouts::holds::FleetHolds,
};
use domain::{
    Ipei,
    group::{Facts, Groups},
    ids::{DeviceId, SegmentId, SiteId},
    layer::{Layer, Level},
    revision::LineFacts,
    vendor::Vendor,
};
use std::collections::{BTreeMap, HashMap};
use storage::{
    Tx,
    device::{self, Stored},
    fleet::{self, Member, Which},
    label::{self, Labels},
    layer, site,
};
use uuid::Uuid;

/// What is known of many devices.
pub(super) struct Fleet {
    pub(super) members: Vec<Member>,
    /// Line keys that carry a line, each with who answers for it.
    pub(super) lines: HashMap<DeviceId, Vec<(u8, Option<Uuid>)>>,
    pub(super) handsets: HashMap<DeviceId, BTreeMap<u8, Ipei>>,
    pub(super) labels: HashMap<DeviceId, Labels>,
    pub(super) sites: HashMap<SiteId, String>,
    pub(super) groups: Groups,
    pub(super) shared: HashMap<(Level, String), Layer>,
    pub(super) own: HashMap<DeviceId, Vec<Layer>>,
    /// Who has which layer at an earlier version.
    pub(super) holds: FleetHolds,
}

impl Fleet {
    /// Loads what a layer of this scope can reach.
    pub(super) async fn load(tx: &mut Tx, level: Level, scope: &str) -> Result<Self> {
        let which = which(tx, level, scope).await?;
        let members = fleet::devices(tx, which).await?;
        let mut lines: HashMap<_, Vec<_>> = HashMap::new();
        for (device, index, owner) in fleet::lines(tx, which).await? {
            lines.entry(device).or_default().push((index, owner));
        }
        for keys in lines.values_mut() {
            keys.sort_unstable();
        }
        let mut handsets: HashMap<_, BTreeMap<_, _>> = HashMap::new();
        for (device, index, ipei) in fleet::handsets(tx, which).await? {
            handsets.entry(device).or_default().insert(index, ipei);
        }
        let shared = layer::shared(tx).await?;
        let shared = shared.into_iter().map(|(scope, layer)| ((layer.origin.level, scope), layer)).collect();
        let mut own: HashMap<_, Vec<_>> = HashMap::new();
        let exceptions = layer::exceptions(tx).await?;
        for (scope, layer) in layer::own(tx).await?.into_iter().chain(exceptions) {
            // The scope of an exception begins with its device.
            let device = scope.split('/').next().and_then(|id| id.parse().ok());
            own.entry(device.ok_or_else(|| Problem::not_found("device"))?).or_default().push(layer);
        }
        let sites = site::list(tx).await?.into_iter().map(|site| (site.id, site.code)).collect();
        let groups = layer::groups(tx).await?;
        let labels = label::all(tx).await?;
        let holds = FleetHolds::load(tx).await?;
        Ok(Self { members, lines, handsets, labels, sites, groups, shared, own, holds })
    }

    /// What the rules of groups ask of a device.
    pub(super) fn facts(&self, member: &Member) -> Facts {
        let labels = self.labels.get(&member.device.id).cloned().unwrap_or_default();
        group_facts(&member.device, self.site(member).to_owned(), labels)
    }

    pub(super) fn site(&self, member: &Member) -> &str {
        self.sites.get(&member.device.site).map_or("", String::as_str)
    }

    /// A device's own layers, beside its credential.
    pub(super) fn own(&self, device: DeviceId) -> &[Layer] {
        self.own.get(&device).map_or(&[], Vec::as_slice)
    }

    /// The layers that it shares with others, as a member of these groups.
    pub(super) fn shared<'a>(
        &'a self,
        member: &Member,
        groups: impl IntoIterator<Item = &'a String>,
    ) -> Vec<&'a Layer> {
        let d = &member.device;
        let mut scopes = vec![
            (Level::Vendor, d.vendor.name().to_owned()),
            (Level::Model, publish::model_scope(d.vendor, &d.model)),
            (Level::Organisation, "organisation".to_owned()),
            (Level::Site, d.site.to_string()),
        ];
        scopes.extend(d.segment.map(|segment| (Level::Segment, segment.to_string())));
        scopes.extend(groups.into_iter().map(|code| (Level::Group, code.clone())));
        scopes.iter().filter_map(|scope| self.shared.get(scope)).collect()
    }
}

/// The devices that a layer can be a layer of.
async fn which(tx: &mut Tx, level: Level, scope: &str) -> Result<Which> {
    let nothing = || Problem::not_found("layer");
    Ok(match level {
        Level::Organisation | Level::Group => Which::All,
        Level::Vendor | Level::Model => {
            let vendor = scope.split(' ').next().and_then(Vendor::parse);
            Which::Vendor(vendor.ok_or_else(nothing)?)
        }
        Level::Site => Which::Site(scope.parse().map_err(|_| nothing())?),
        Level::Segment => {
            let id: SegmentId = scope.parse().map_err(|_| nothing())?;
            let segments = site::segments(tx).await?;
            Which::Site(segments.into_iter().find(|segment| segment.id == id).ok_or_else(nothing)?.site)
        }
        Level::Device | Level::Exception | Level::Pin => {
            let id = scope.split('/').next().and_then(|id| id.parse().ok());
            Which::One(id.ok_or_else(nothing)?)
        }
        Level::Line => return Err(nothing()),
    })
}

/// A device with the facts that only an expression can read.
pub(super) struct Real {
    pub(super) stored: Stored,
    pub(super) own: Vec<Layer>,
    pub(super) lines: Vec<LineFacts>,
}

impl Real {
    /// Some ten statements for one device.
    pub(super) async fn load(tx: &mut Tx, id: DeviceId) -> Result<Self> {
        let stored = device::by_id(tx, id).await?.ok_or_else(|| Problem::not_found("device"))?;
        let loaded = facts::load(tx, stored).await?;
        let lines = loaded.lines.iter().map(planning::standing_line).collect();
        let mut own: Vec<_> = layer::current(tx, Level::Device, &id.to_string()).await?.into_iter().collect();
        own.extend(layer::exceptions_of(tx, id).await?);
        Ok(Self { stored: loaded.stored, own, lines })
    }
}
