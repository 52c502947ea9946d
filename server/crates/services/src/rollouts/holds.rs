//! Layers at an earlier version than the newest: for phones that a rollout has not reached, and for those that somebody
//! took out of one.

use crate::Result;
use domain::{
    group::{Groups, Rule},
    ids::{ChangeRequestId, DeviceId, LayerId},
    layer::{Layer, Level},
};
use std::collections::{BTreeMap, HashMap};
use storage::{
    Tx,
    layer::{self, Version},
    rollout::{self, Held, Hold},
};

/// A layer as it was; `None` before its first version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earlier {
    scope: String,
    layer: Option<Layer>,
    rule: Option<Rule>,
}

/// Layers at an earlier version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds(BTreeMap<LayerId, Earlier>);

impl Holds {
    /// Those of a device. One statement while nothing is held.
    pub(crate) async fn of(tx: &mut Tx, device: DeviceId) -> Result<Self> {
        let held = rollout::held_by(tx, device).await?;
        Self::load(tx, held).await
    }

    /// Those of whatever is no device: the common files.
    pub(crate) async fn of_all(tx: &mut Tx) -> Result<Self> {
        let held = rollout::held_by_all(tx).await?;
        Self::load(tx, held).await
    }

    async fn load(tx: &mut Tx, held: Vec<Held>) -> Result<Self> {
        let mut holds = Self::default();
        for held in held {
            let earlier = earlier(tx, &held).await?;
            holds.0.insert(held.layer, earlier);
        }
        Ok(holds)
    }

    /// The layers as they are for whoever is held.
    pub(crate) fn apply(&self, layers: &mut Vec<Layer>) {
        if self.0.is_empty() {
            return;
        }
        let kept =
            std::mem::take(layers).into_iter().filter_map(|layer| match self.0.get(&layer.origin.layer) {
                Some(earlier) => earlier.layer.clone(),
                None => Some(layer),
            });
        *layers = kept.collect();
    }

    /// The rules of groups as they are for whoever is held.
    pub(crate) fn rules(&self, groups: &mut Groups) {
        for earlier in self.0.values() {
            if !groups.contains_key(&earlier.scope) {
                continue;
            }
            match &earlier.rule {
                Some(rule) => groups.insert(earlier.scope.clone(), rule.clone()),
                None => groups.remove(&earlier.scope),
            };
        }
    }
}

async fn earlier(tx: &mut Tx, held: &Held) -> Result<Earlier> {
    let version = layer::version(tx, held.level, &held.scope, held.version).await?;
    // A rule belongs to a group alone; the scope of another layer may read like one.
    let scope = if held.level == Level::Group { held.scope.clone() } else { String::new() };
    let (layer, rule) = version.map_or((None, None), |Version { layer, rule, .. }| (Some(layer), rule));
    Ok(Earlier { scope, layer, rule })
}

/// The same for a whole fleet: who is held at what, in a constant number of statements and one per held version.
#[derive(Default)]
pub(crate) struct FleetHolds {
    /// Distinct sets of holds; the first is empty.
    sets: Vec<Holds>,
    which: HashMap<DeviceId, usize>,
}

impl FleetHolds {
    /// Of every device.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        let all = rollout::holds(tx).await?;
        Self::of(tx, all).await
    }

    /// Of the devices of a change request.
    pub(crate) async fn of_request(tx: &mut Tx, id: ChangeRequestId) -> Result<Self> {
        let all = rollout::holds_of_request(tx, id).await?;
        Self::of(tx, all).await
    }

    async fn of(tx: &mut Tx, all: Vec<Hold>) -> Result<Self> {
        let mut at: HashMap<DeviceId, BTreeMap<LayerId, u32>> = HashMap::new();
        for (device, layer, version) in all {
            let of = at.entry(device).or_default().entry(layer).or_insert(version);
            *of = version.min(*of);
        }
        let scopes: BTreeMap<_, _> = if at.is_empty() {
            BTreeMap::new()
        } else {
            layer::shared(tx)
                .await?
                .into_iter()
                .map(|(scope, l)| (l.origin.layer, (l.origin.level, scope)))
                .collect()
        };
        let (mut sets, mut known) = (vec![Holds::default()], BTreeMap::new());
        let mut which = HashMap::new();
        for (device, held) in at {
            let index = if let Some(index) = known.get(&held) {
                *index
            } else {
                let all = held.iter().filter_map(|(layer, version)| {
                    let (level, scope) = scopes.get(layer)?.clone();
                    Some(Held { layer: *layer, level, scope, version: *version })
                });
                sets.push(Holds::load(tx, all.collect()).await?);
                known.insert(held, sets.len() - 1);
                sets.len() - 1
            };
            which.insert(device, index);
        }
        Ok(Self { sets, which })
    }

    /// Which set a device has; the same number, the same holds.
    pub(crate) fn which(&self, device: DeviceId) -> usize {
        self.which.get(&device).copied().unwrap_or(0)
    }

    /// A set.
    pub(crate) fn set(&self, which: usize) -> Option<&Holds> {
        self.sets.get(which).filter(|holds| !holds.0.is_empty())
    }
}
