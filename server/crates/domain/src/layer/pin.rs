//! Pins: a phone is held to the settings of one of its earlier revisions, whatever its layers say meanwhile.
//!
//! Lines, owners and secrets are always those of the standing binding (invariant 8), and what a phone needs to find its
//! way back here is always today's: a pin says nothing about either. What it does say holds against locks, because
//! what was locked may be what has to be taken back; the plan names it.

use super::Level;
use crate::{
    Code, Finding,
    plan::Difference,
    resolution::Resolution,
    setting::{
        Path, Value,
        schema::{Shape, rule_of},
    },
};
use std::collections::BTreeMap;

/// What no pin is about: firmware has its own way back, an uploaded file is no setting of the phone, and the others
/// are the binding's or the way to this server.
const SPARED: [&str; 4] = ["firmware.", "line.", "provisioning.", "uploads."];

/// Whether a setting stays as it is today, pin or none.
pub fn spares(path: &Path, value: &Value) -> bool {
    matches!(value, Value::Secret(_))
        || SPARED.iter().any(|start| path.as_str().starts_with(start))
        || rule_of(path).is_some_and(|rule| rule.shape == Shape::Secret)
}

/// What a pin to these settings says.
pub fn settings(earlier: &Resolution) -> BTreeMap<Path, Value> {
    let held = earlier.settings.iter().filter(|(path, resolved)| !spares(path, &resolved.value));
    held.map(|(path, resolved)| (path.clone(), resolved.value.clone())).collect()
}

/// Locks that a pin holds against: they are named, because whoever locked it meant every phone.
pub fn against_locks(before: &Resolution, differences: &[Difference]) -> Vec<Finding> {
    let locked = |difference: &Difference| {
        let resolved = before.get(&difference.path)?;
        let by = resolved.locked_by.as_ref()?;
        let detail = format!("Locked by {by}; the earlier value holds all the same.");
        (resolved.origin.level < Level::Pin)
            .then(|| Finding::new(Code::PinUnlocks, &difference.path).detail(detail))
    };
    differences.iter().filter_map(locked).collect()
}

/// Why a change of a layer does not reach a pinned phone.
pub fn excluded(subject: impl Into<String>, change: &str) -> Finding {
    Finding::new(Code::DevicePinned, subject).detail(format!("By {change}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{LayerId, SecretId},
        layer::{Layer, Locks, Origin},
        resolution::resolve,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    fn layer(level: Level, settings: BTreeMap<Path, Value>, locks: &[&str]) -> Layer {
        let origin = Origin {
            layer: LayerId(Uuid::from_u128(level as u128)),
            level,
            name: level.word().to_owned(),
            version: 1,
            change: "x".to_owned(),
        };
        let locks: Locks = locks.iter().map(|p| (Path::parse(p).unwrap(), "so agreed".to_owned())).collect();
        Layer { origin, settings, locks }
    }

    fn says(pairs: &[(&str, &str)]) -> BTreeMap<Path, Value> {
        pairs.iter().map(|(p, v)| (Path::parse(p).unwrap(), Value::Text((*v).to_owned()))).collect()
    }

    #[test]
    fn the_binding_its_secrets_and_the_way_back_are_spared() {
        let text = Value::Text("x".to_owned());
        for (path, spared) in [
            ("line.1.extension", true),
            ("line.1.forward.always", true),
            ("provisioning.url", true),
            ("firmware.version", true),
            ("uploads.keep_personal", true),
            ("phone.admin_password", true),
            ("phone.language", false),
            ("network.vlan", false),
            ("keys.1.value", false),
            ("raw.yealink.features.dnd.enable", false),
        ] {
            assert_eq!(spares(&Path::parse(path).unwrap(), &text), spared, "{path}");
        }
        let secret = Value::Secret(SecretId(Uuid::nil()));
        assert!(spares(&Path::parse("raw.yealink.x").unwrap(), &secret), "wherever a secret stands");
    }

    #[test]
    fn what_was_set_holds_against_locks_and_what_was_not_is_gone() {
        let site = layer(
            Level::Site,
            says(&[("phone.language", "fr"), ("phone.ntp", "a"), ("line.1.forward.busy", "2110")]),
            &["phone.language"],
        );
        let pin = layer(Level::Pin, says(&[("phone.language", "en"), ("line.1.extension", "9999")]), &[]);
        let line = layer(Level::Line, says(&[("line.1.extension", "2103")]), &[]);
        let (before, _) = resolve(&[site.clone(), line.clone()]);
        let (after, findings) = resolve(&[site, pin, line]);
        assert_eq!(findings, []);
        let paths: Vec<_> = after.settings.iter().map(|(p, r)| (p.as_str(), r.value.to_string())).collect();
        let expected =
            [("line.1.extension", "2103"), ("line.1.forward.busy", "2110"), ("phone.language", "en")];
        assert_eq!(paths, expected.map(|(path, value)| (path, value.to_owned())));
        let language = Difference {
            path: "phone.language".to_owned(),
            before: Some("fr".to_owned()),
            after: Some("en".to_owned()),
            origin: String::new(),
        };
        let named = against_locks(&before, &[language]);
        assert_eq!(named.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::PinUnlocks]);
    }

    fn any() -> impl Strategy<Value = BTreeMap<Path, Value>> {
        let paths = prop_oneof!["(phone|raw)\\.[a-c]", "(line|provisioning|firmware)\\.[a-c]"];
        proptest::collection::btree_map(paths, "[x-z]", 0..6).prop_map(|map| {
            let pairs: Vec<_> = map.iter().map(|(p, v)| (p.as_str(), v.as_str())).collect();
            says(&pairs)
        })
    }

    proptest! {
        /// C4: exactly the earlier settings, and exactly today's binding, whatever was published in between.
        #[test]
        fn a_pin_gives_back_exactly_what_was_and_spares_exactly_what_is(
            then in any(), now in any(), line_then in any(), line_now in any()
        ) {
            let stack = |site: &BTreeMap<_, _>, line: &BTreeMap<Path, Value>| {
                let mut line = line.clone();
                line.retain(|path, value| spares(path, value));
                vec![layer(Level::Site, site.clone(), &[]), layer(Level::Line, line, &[])]
            };
            let (earlier, _) = resolve(&stack(&then, &line_then));
            let (today, _) = resolve(&stack(&now, &line_now));
            let mut pinned = stack(&now, &line_now);
            pinned.push(layer(Level::Pin, settings(&earlier), &[]));
            let (after, _) = resolve(&pinned);
            let held = |resolution: &Resolution, spared: bool| -> BTreeMap<Path, Value> {
                let all = resolution.settings.iter().filter(|(path, r)| spares(path, &r.value) == spared);
                all.map(|(path, resolved)| (path.clone(), resolved.value.clone())).collect()
            };
            prop_assert_eq!(held(&after, false), held(&earlier, false));
            prop_assert_eq!(held(&after, true), held(&today, true));
        }
    }
}
