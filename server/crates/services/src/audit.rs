//! Audit: every administrative act, and whether the record is whole.

use crate::{
    Operation, Result, Services,
    view::{Page, VerifyView, cut},
};
use domain::{
    Timestamp,
    authz::{Action, authorise},
    ledger::{ActEntry, Checkpoint, Entry, Verified, Verifier},
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Store, ledger};

/// Acts on a page.
const PAGE: usize = 100;

/// Acts, newest first; `after` is `next` of the page before. Each with its place in the ledger.
pub async fn list(services: &Services, op: &Operation, after: &str) -> Result<Page<(String, ActEntry)>> {
    authorise(&op.actor, Action::Audit)?;
    // The key is `time place`: acts of one moment may fall on both sides of a page.
    let (at, place) = after.split_once('_').unwrap_or(("", ""));
    let until = at.parse().map_or(op.now, Timestamp);
    let mut tx = services.0.store.read().await?;
    let found = ledger::acts(&mut tx, until).await?;
    let mut rows: Vec<_> = found
        .into_iter()
        .filter_map(|(place, entry)| match entry {
            Entry::Act(act) => Some((place.to_string(), *act)),
            _ => None,
        })
        .collect();
    if let Some(seen) = rows.iter().position(|(p, _)| p == place) {
        rows.drain(..=seen);
    }
    let next = cut(&mut rows, PAGE, |(place, act)| format!("{}_{place}", act.at.0));
    Ok(Page { rows, next })
}

/// Verifies every chain of the database against the checkpoints that this server has signed.
pub async fn verify(services: &Services, op: &Operation) -> Result<VerifyView> {
    authorise(&op.actor, Action::Audit)?;
    let (signed, mut faults) = services.0.checkpoints.read(&services.0.keys.checkpoint.verifying_key());
    let mut nodes = chains(&services.0.store, &signed).await?;
    if let Some(first) = nodes.first_mut() {
        first.faults.append(&mut faults);
    }
    Ok(VerifyView { nodes, checkpoints: signed.len(), at: op.now })
}

/// Walks every chain. Memory does not grow with the record; time grows with its bytes.
pub async fn chains(store: &Store, checkpoints: &[Checkpoint]) -> Result<Vec<Verified>> {
    let heads: BTreeMap<_, _> = {
        let mut tx = store.read().await?;
        ledger::heads(&mut tx).await?.into_iter().map(|h| (h.node, (h.seq, h.hash, h.count))).collect()
    };
    let mut names: BTreeSet<String> = heads.keys().cloned().collect();
    names.extend(checkpoints.iter().map(|c| c.node.clone()));
    {
        let mut tx = store.read().await?;
        names.extend(ledger::nodes(&mut tx).await?);
    }
    let mut verified = Vec::new();
    for node in names {
        let own = checkpoints.iter().filter(|c| c.node == node).cloned().collect();
        let mut verifier = Verifier::new(&node, own);
        let (mut seq, last) = (0, heads.get(&node).map(|(seq, ..)| *seq));
        'walk: loop {
            // A short transaction per stretch: a long one would keep the write-ahead log from being checkpointed.
            let mut tx = store.read().await?;
            let batches = ledger::batches(&mut tx, &node, seq).await?;
            if batches.is_empty() {
                break;
            }
            for batch in &batches {
                // What was appended after the head was read is not judged against it.
                if last.is_some_and(|last| batch.seq > last) {
                    break 'walk;
                }
                verifier.push(batch);
                seq = batch.seq;
            }
        }
        verified.push(verifier.finish(heads.get(&node).copied()));
    }
    Ok(verified)
}
