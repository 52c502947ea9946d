//! The items of a request: what is asked for at each endpoint, how far each one has come, and which hang together.

use crate::{
    Code,
    ids::{DeviceId, EndpointId, ExtensionId},
    plan::Effect,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is asked for at one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The device.
    pub device: DeviceId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// What happens there.
    pub effect: Effect,
    /// The extension that is bound or taken away.
    pub extension: ExtensionId,
}

/// How far an item has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ItemState {
    /// Nothing has been tried yet.
    Waiting,
    /// It was carried out.
    Applied {
        /// Number of the device's revision that carried it out.
        revision: u32,
    },
    /// It waits, because it is no longer what was approved.
    Stale,
    /// It waits, because something was in its way when the others were applied.
    Blocked {
        /// What.
        by: Vec<Code>,
    },
}

impl ItemState {
    /// The word used on pages and in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied { .. } => "applied",
            Self::Stale => "stale",
            Self::Blocked { .. } => "blocked",
        }
    }

    /// Whether it was carried out.
    pub const fn applied(&self) -> bool {
        matches!(self, Self::Applied { .. })
    }
}

/// Which items hang together: those of one device, because its files carry all of its lines, and those of one
/// extension, because it has to be taken away before it is put elsewhere. They are applied together or not at all.
///
/// The answer names, for each item, the first one that it hangs together with.
pub fn groups(items: &[Wanted]) -> Vec<usize> {
    let mut first: Vec<usize> = (0..items.len()).collect();
    let (mut devices, mut extensions) = (BTreeMap::new(), BTreeMap::new());
    for (at, item) in items.iter().enumerate() {
        for other in
            [*devices.entry(item.device).or_insert(at), *extensions.entry(item.extension).or_insert(at)]
        {
            let (a, b) = (root(&mut first, at), root(&mut first, other));
            first[a.max(b)] = a.min(b);
        }
    }
    (0..items.len()).map(|at| root(&mut first, at)).collect()
}

/// The first item of the group of `at`; ways that were walked become shorter.
fn root(first: &mut [usize], mut at: usize) -> usize {
    while first[at] != at {
        first[at] = first[first[at]];
        at = first[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};
    use uuid::Uuid;

    fn wanted(device: u128, extension: u128) -> Wanted {
        Wanted {
            device: DeviceId(Uuid::from_u128(device)),
            endpoint: EndpointId(Uuid::from_u128(device)),
            effect: Effect::Bind,
            extension: ExtensionId(Uuid::from_u128(extension)),
        }
    }

    #[test]
    fn what_shares_a_device_or_an_extension_hangs_together() {
        type Pairs = [(u128, u128)];
        let cases: [(&Pairs, &[usize]); 5] = [
            (&[], &[]),
            (&[(1, 1), (2, 2)], &[0, 1]),
            (&[(1, 1), (2, 1)], &[0, 0]),
            (&[(1, 1), (1, 2), (3, 3)], &[0, 0, 2]),
            (&[(1, 1), (2, 2), (3, 3), (3, 2), (2, 1)], &[0, 0, 0, 0, 0]),
        ];
        for (items, expected) in cases {
            let items: Vec<_> = items.iter().map(|(device, extension)| wanted(*device, *extension)).collect();
            assert_eq!(groups(&items), expected, "{items:?}");
        }
    }

    proptest! {
        /// Groups are the finest partition in which neither a device nor an extension is in two of them.
        #[test]
        fn groups_neither_share_anything_nor_fall_apart(pairs in vec((0u128..8, 0u128..8), 0..12)) {
            let items: Vec<_> = pairs.iter().map(|(d, x)| wanted(*d, *x)).collect();
            let groups = groups(&items);
            let linked = |a: &Wanted, b: &Wanted| a.device == b.device || a.extension == b.extension;
            for (a, one) in items.iter().enumerate() {
                prop_assert!(groups[a] <= a && groups[groups[a]] == groups[a]);
                for (b, other) in items.iter().enumerate() {
                    prop_assert!(!linked(one, other) || groups[a] == groups[b]);
                }
            }
            // Everything is reached from the first of its group by steps from one to the next.
            for (at, group) in groups.iter().enumerate() {
                let mut reached = vec![*group];
                let mut next = 0;
                while let Some(from) = reached.get(next).copied() {
                    let more: Vec<_> = (0..items.len())
                        .filter(|to| !reached.contains(to) && linked(&items[from], &items[*to]))
                        .collect();
                    reached.extend(more);
                    next += 1;
                }
                prop_assert!(reached.contains(&at));
            }
        }
    }
}
