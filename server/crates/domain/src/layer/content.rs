//! What a version of a layer says, and how two people's changes to it come together.

use super::{Layer, Locks, returning::Returns};
use crate::{
    group::{Labels, Rule},
    setting::{Path, Value},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a version of a layer says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Values by path.
    pub settings: BTreeMap<Path, Value>,
    /// Paths that lower layers may not set.
    pub locks: Locks,
    /// Whom it is for, when it is a group's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What becomes said of the phone, when it is one phone's: publishing it says so, and no version keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Which phones go back to what they had, when that is all it does: no version says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Returns>,
}

impl Content {
    /// What a layer says; a group's rule is kept beside it.
    pub fn of(layer: &Layer, rule: Option<Rule>) -> Self {
        Self {
            settings: layer.settings.clone(),
            locks: layer.locks.clone(),
            rule,
            labels: None,
            returns: None,
        }
    }

    /// Paths of which value or lock is not the same.
    pub fn changed(&self, other: &Self) -> BTreeSet<Path> {
        let all = self.settings.keys().chain(other.settings.keys());
        let all = all.chain(self.locks.keys()).chain(other.locks.keys());
        let differs = |path: &&Path| {
            self.settings.get(*path) != other.settings.get(*path)
                || self.locks.contains_key(*path) != other.locks.contains_key(*path)
        };
        all.filter(differs).cloned().collect()
    }
}

/// What `ours` makes of `base`, made of `theirs` instead. Where both changed the same thing, ours is kept and named.
pub fn merge(base: &Content, ours: &Content, theirs: &Content) -> (Content, Vec<String>) {
    let mut both = Vec::new();
    let settings = maps(&base.settings, &ours.settings, &theirs.settings, &mut both);
    let locks = maps(&base.locks, &ours.locks, &theirs.locks, &mut both);
    let rule = one(base.rule.as_ref(), ours.rule.as_ref(), theirs.rule.as_ref());
    if rule.1 {
        both.push("the rule of the group".to_owned());
    }
    let labels = one(base.labels.as_ref(), ours.labels.as_ref(), theirs.labels.as_ref());
    both.dedup();
    let returns = ours.returns.clone();
    (Content { settings, locks, rule: rule.0.cloned(), labels: labels.0.cloned(), returns }, both)
}

fn maps<T: Clone + PartialEq>(
    base: &BTreeMap<Path, T>,
    ours: &BTreeMap<Path, T>,
    theirs: &BTreeMap<Path, T>,
    both: &mut Vec<String>,
) -> BTreeMap<Path, T> {
    let paths: BTreeSet<_> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
    let mut merged = BTreeMap::new();
    for path in paths {
        let (value, clash) = one(base.get(path), ours.get(path), theirs.get(path));
        if clash {
            both.push(path.to_string());
        }
        if let Some(value) = value {
            merged.insert(path.clone(), value.clone());
        }
    }
    merged
}

/// The value that holds, and whether both changed it to something else.
fn one<'a, T: PartialEq>(
    base: Option<&'a T>,
    ours: Option<&'a T>,
    theirs: Option<&'a T>,
) -> (Option<&'a T>, bool) {
    if ours == base { (theirs, false) } else { (ours, theirs != base && theirs != ours) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(settings: &[(&str, &str)]) -> Content {
        let setting =
            |(path, value): &(&str, &str)| (Path::parse(path).unwrap(), Value::Text((*value).to_owned()));
        Content { settings: settings.iter().map(setting).collect(), ..Content::default() }
    }

    #[test]
    fn what_only_one_changed_is_kept_and_what_both_changed_is_named() {
        let base = content(&[("a.a", "1"), ("b.b", "1"), ("c.c", "1"), ("d.d", "1")]);
        let ours = content(&[("a.a", "2"), ("b.b", "1"), ("c.c", "2")]);
        let theirs = content(&[("a.a", "1"), ("b.b", "3"), ("c.c", "3"), ("d.d", "1"), ("e.e", "3")]);
        let (merged, both) = merge(&base, &ours, &theirs);
        assert_eq!(merged, content(&[("a.a", "2"), ("b.b", "3"), ("c.c", "2"), ("e.e", "3")]));
        assert_eq!(both, ["c.c"]);
    }

    fn any() -> impl Strategy<Value = Content> {
        proptest::collection::btree_map("[a-c]\\.[a-c]", "[x-z]", 0..6).prop_map(|map| {
            let pairs: Vec<_> = map.iter().map(|(p, v)| (p.as_str(), v.as_str())).collect();
            content(&pairs)
        })
    }

    proptest! {
        #[test]
        fn merging_with_somebody_who_changed_nothing_changes_nothing(base in any(), other in any()) {
            prop_assert_eq!(merge(&base, &other, &base), (other.clone(), vec![]));
            prop_assert_eq!(merge(&base, &base, &other), (other.clone(), vec![]));
            prop_assert_eq!(merge(&base, &other, &other), (other, vec![]));
        }

        #[test]
        fn nothing_is_named_as_changed_that_is_the_same(one in any(), other in any()) {
            prop_assert_eq!(one.changed(&one).len(), 0);
            prop_assert_eq!(one.changed(&other), other.changed(&one));
        }
    }
}
