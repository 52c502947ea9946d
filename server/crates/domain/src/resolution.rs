//! `resolve`: one pass over the stack gives every value together with where it came from.
//!
//! Value and origin are computed by the same step, so they cannot disagree.

use crate::{
    Code, Finding,
    layer::{Layer, Level, Origin, pin},
    plan::Difference,
    setting::{Path, Value},
};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

/// One setting after resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The value that holds.
    pub value: Value,
    /// Which layer version set it.
    pub origin: Origin,
    /// What it overrode, nearest first.
    pub overrode: Vec<(Origin, Value)>,
    /// The layer that locks the path, if one does.
    pub locked_by: Option<String>,
}

/// Every setting of a device, with its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// By path, in path order.
    pub settings: BTreeMap<Path, Resolved>,
}

impl Resolution {
    /// The value at `path`.
    pub fn value(&self, path: &str) -> Option<&Value> {
        self.get(path).map(|resolved| &resolved.value)
    }

    /// The resolved setting at `path`.
    pub fn get(&self, path: &str) -> Option<&Resolved> {
        self.settings.get(path)
    }

    /// The text at `path`, unless absent or a secret.
    pub fn text(&self, path: &str) -> Option<String> {
        self.value(path)?.text()
    }

    /// Line keys that have any setting, in order.
    pub fn lines(&self) -> Vec<u8> {
        let mut lines: Vec<u8> = self.settings.keys().filter_map(Path::line_index).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// Every setting that is not the same before and after.
pub fn differences(before: &Resolution, after: &Resolution) -> Vec<Difference> {
    let paths: BTreeSet<_> = before.settings.keys().chain(after.settings.keys()).collect();
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

/// Merges the stack. Order of the argument does not matter: the level decides, then the name. A pin says everything
/// but what it spares, and holds against locks.
///
/// Cost grows with the number of settings in the stack, not with devices.
pub fn resolve<L: Borrow<Layer>>(stack: &[L]) -> (Resolution, Vec<Finding>) {
    let mut order: Vec<&Layer> = stack.iter().map(Borrow::borrow).collect();
    order.sort_by(|a, b| {
        (a.origin.level, &a.origin.name, a.origin.version).cmp(&(
            b.origin.level,
            &b.origin.name,
            b.origin.version,
        ))
    });
    let mut settings: BTreeMap<Path, Resolved> = BTreeMap::new();
    let mut locks: BTreeMap<&Path, &Origin> = BTreeMap::new();
    let mut findings = Vec::new();
    for layer in order {
        let held = layer.origin.level == Level::Pin;
        if held {
            // What was not set then is not set now.
            settings.retain(|path, now| layer.settings.contains_key(path) || pin::spares(path, &now.value));
        }
        for (path, value) in &layer.settings {
            if held && pin::spares(path, value) {
                continue;
            }
            if let (Some(owner), false) = (locks.get(path), held) {
                findings.push(Finding::new(Code::SettingLocked, path.as_str()).detail(format!(
                    "Set in {} {}, locked by {}.",
                    layer.origin.level.word(),
                    layer.origin.name,
                    owner.name
                )));
                continue;
            }
            let overrode = settings
                .remove(path)
                .map(|before| {
                    let mut chain = vec![(before.origin, before.value)];
                    chain.extend(before.overrode);
                    chain
                })
                .unwrap_or_default();
            let resolved =
                Resolved { value: value.clone(), origin: layer.origin.clone(), overrode, locked_by: None };
            settings.insert(path.clone(), resolved);
        }
        for path in layer.locks.keys() {
            locks.entry(path).or_insert(&layer.origin);
        }
    }
    for (path, owner) in locks {
        if let Some(resolved) = settings.get_mut(path) {
            resolved.locked_by = Some(owner.name.clone());
        }
    }
    (Resolution { settings }, findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LayerId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn layer(level: Level, settings: &[(&str, &str)], locks: &[&str]) -> Layer {
        Layer {
            origin: Origin {
                layer: LayerId(Uuid::from_u128(level as u128)),
                level,
                name: level.word().to_owned(),
                version: 1,
                change: "built in".to_owned(),
            },
            settings: settings
                .iter()
                .map(|(p, v)| (Path::parse(p).unwrap(), Value::Text((*v).to_owned())))
                .collect(),
            locks: locks.iter().map(|p| (Path::parse(p).unwrap(), "so agreed".to_owned())).collect(),
        }
    }

    #[test]
    fn the_most_specific_layer_wins_and_says_what_it_overrode() {
        let stack = [
            layer(Level::Device, &[("phone.timezone", "Europe/Paris")], &[]),
            layer(Level::Organisation, &[("phone.timezone", "UTC"), ("phone.ntp", "ntp")], &[]),
            layer(Level::Site, &[("phone.timezone", "Europe/London")], &[]),
        ];
        let (resolution, findings) = resolve(&stack);
        let zone = resolution.get("phone.timezone").unwrap();
        assert_eq!(zone.value, Value::Text("Europe/Paris".into()));
        let chain: Vec<_> = zone.overrode.iter().map(|(o, _)| o.level).collect();
        assert_eq!(chain, [Level::Site, Level::Organisation]);
        assert_eq!(resolution.get("phone.ntp").unwrap().overrode, []);
        assert_eq!(findings, []);
    }

    #[test]
    fn a_lock_holds_against_every_lower_layer() {
        let stack = [
            layer(Level::Organisation, &[("network.vlan", "20")], &["network.vlan"]),
            layer(Level::Device, &[("network.vlan", "99")], &[]),
        ];
        let (resolution, findings) = resolve(&stack);
        assert_eq!(resolution.text("network.vlan").as_deref(), Some("20"));
        assert_eq!(resolution.get("network.vlan").unwrap().locked_by.as_deref(), Some("organisation"));
        assert_eq!(findings[0].code, Code::SettingLocked);
    }

    fn stacks() -> impl Strategy<Value = Vec<Layer>> {
        let levels = [Level::Vendor, Level::Organisation, Level::Site, Level::Device, Level::Line];
        let settings = proptest::collection::btree_map("[a-c]\\.[a-c]", "[x-z]", 0..6);
        let locks = proptest::collection::vec("[a-c]\\.[a-c]", 0..2);
        proptest::collection::vec((settings, locks), 1..=5).prop_map(move |rows| {
            rows.into_iter()
                .zip(levels)
                .map(|((settings, locks), level)| {
                    let settings: Vec<_> = settings.iter().map(|(p, v)| (p.as_str(), v.as_str())).collect();
                    let locks: Vec<_> = locks.iter().map(String::as_str).collect();
                    layer(level, &settings, &locks)
                })
                .collect()
        })
    }

    proptest! {
        /// G2: every value names a layer of the stack that really sets it to that value.
        #[test]
        fn every_value_is_what_its_origin_says(stack in stacks()) {
            let (resolution, _) = resolve(&stack);
            for (path, resolved) in &resolution.settings {
                let layer = stack.iter().find(|l| l.origin == resolved.origin).unwrap();
                prop_assert_eq!(layer.settings.get(path), Some(&resolved.value));
                for (origin, value) in &resolved.overrode {
                    prop_assert!(origin.level < resolved.origin.level);
                    let below = stack.iter().find(|l| l.origin == *origin).unwrap();
                    prop_assert_eq!(below.settings.get(path), Some(value));
                }
            }
        }

        #[test]
        fn the_order_in_which_layers_are_given_does_not_matter(stack in stacks()) {
            let mut backwards = stack.clone();
            backwards.reverse();
            prop_assert_eq!(resolve(&stack).0, resolve(&backwards).0);
        }

        #[test]
        fn resolving_loses_no_path(stack in stacks()) {
            let (resolution, _) = resolve(&stack);
            for layer in &stack {
                for path in layer.settings.keys() {
                    prop_assert!(resolution.settings.contains_key(path) ||
                        stack.iter().any(|l| l.locks.contains_key(path)));
                }
            }
        }
    }
}
