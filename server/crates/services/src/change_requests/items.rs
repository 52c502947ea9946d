//! The items of a request as its page shows them: grouped by what happens and by what is in the way, and a page of them.

use crate::{
    Result,
    planning::{self, Planned},
    view::{ItemGroup, ItemRow, PAGE},
};
use domain::{Code, plan::Effect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use storage::{
    Tx,
    change_request::{self, Request},
};

/// Where one is among the items; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ItemPlace {
    /// Name of a group, or empty for all.
    #[serde(default)]
    pub group: String,
    /// Number of the item after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// What a page shows of the items.
pub(super) struct Shown {
    pub(super) rows: Vec<ItemRow>,
    pub(super) groups: Vec<ItemGroup>,
    pub(super) next: Option<usize>,
}

/// A page of the items, and the groups of all of them.
pub(super) async fn shown(
    tx: &mut Tx,
    request: &Request,
    planned: &Planned,
    at: &ItemPlace,
) -> Result<Shown> {
    let now: BTreeMap<_, _> = planned.rows.iter().map(|row| (row.wanted, row)).collect();
    let places = change_request::places(tx, request.id).await?;
    let after: usize = at.after.trim().parse().unwrap_or(0);
    let mut groups: BTreeMap<(Effect, &'static str, Vec<Code>), usize> = BTreeMap::new();
    let mut rows = vec![];
    let mut next = None;
    let open = !request.workflow.state.is_final();
    for (number, (item, place)) in (1..).zip(request.items.iter().zip(places)) {
        let row = now.get(&item.wanted).filter(|_| open);
        let blocks = row.map(|row| planning::codes(&row.findings)).unwrap_or_default();
        let key = (item.wanted.effect, item.state.word(), blocks);
        let wanted = at.group.is_empty() || at.group == name(&key);
        let (effect, _, blocks) = key.clone();
        *groups.entry(key).or_default() += 1;
        if !wanted || number <= after {
            continue;
        }
        if rows.len() == PAGE {
            next = next.or(rows.last().map(|row: &ItemRow| row.number));
            continue;
        }
        rows.push(ItemRow {
            number,
            device: item.wanted.device,
            mac: place.mac,
            index: place.index,
            effect,
            extension: place.extension,
            state: item.state.clone(),
            blocks,
        });
    }
    let groups = groups.into_iter().map(|(key, count)| ItemGroup {
        name: name(&key),
        effect: key.0,
        state: key.1.to_owned(),
        blocks: key.2,
        count,
    });
    Ok(Shown { rows, groups: groups.collect(), next })
}

/// `bind waiting gate.expired`, for an address.
fn name((effect, state, blocks): &(Effect, &'static str, Vec<Code>)) -> String {
    let codes = blocks.iter().map(|code| code.text());
    [effect.word(), *state].into_iter().chain(codes).collect::<Vec<_>>().join(" ")
}
