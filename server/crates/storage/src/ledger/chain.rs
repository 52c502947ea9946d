//! A node's chain as the edge appends to it: one statement for each batch, as long as nobody else has appended and
//! nothing has changed.

use super::{APPEND, EPOCH, Head, Pending, Recent, Space, Written, commit_and_end, linked};
use crate::{Error, Store, args::args, db::Own};

/// The constraint by which PostgreSQL says that the place in the chain is taken.
const TAKEN: &str = "ledger_batch_pkey";

/// The end of a node's chain, kept by whoever commits to it, with a connection of its own. To be used on one runtime.
#[derive(Debug)]
pub struct Chain {
    store: Store,
    node: String,
    own: Option<Own>,
    /// Where it ended when we looked last, and the epoch.
    end: Option<(Head, i64)>,
    recent: Recent,
    space: Space,
}

impl Chain {
    /// The chain of `node`.
    pub fn new(store: Store, node: String) -> Self {
        Self { store, node, own: None, end: None, recent: Recent::default(), space: Space::default() }
    }

    /// What it has appended last, for the index.
    pub fn recent(&self) -> Recent {
        self.recent.clone()
    }

    /// Commits a batch of the edge: compares generations, appends the winners, makes them durable.
    ///
    /// Returns, per entry, whether it was committed; a loser must be decided again (design, "The record is the act").
    pub async fn commit(&mut self, pending: &[Pending]) -> Result<Vec<bool>, Error> {
        if let Some(end) = self.end.take()
            && let Some(end) = self.append(end, pending).await?
        {
            self.end = Some(end);
            return Ok(vec![true; pending.len()]);
        }
        let (won, end) = commit_and_end(&self.store, &self.node, pending).await?;
        self.end = Some(end);
        Ok(won)
    }

    /// Appends everything after `end`; `None` when that is not the end any more, or something has changed.
    async fn append(
        &mut self,
        (head, epoch): (Head, i64),
        pending: &[Pending],
    ) -> Result<Option<(Head, i64)>, Error> {
        let unchanged = |item: &Pending| item.expects.epoch == epoch || item.expects.scopes.is_empty();
        if pending.is_empty() || !pending.iter().all(unchanged) {
            return Ok(None);
        }
        let entries: Vec<&Written> = pending.iter().map(|item| &item.entry).collect();
        let batch = linked(&head, &entries, &mut self.space)?;
        let args = args![
            &self.node,
            batch.seq,
            batch.count,
            batch.prev_hash.as_slice(),
            batch.hash.as_slice(),
            batch.body,
            EPOCH,
            epoch
        ];
        // An error leaves it open whether it is written: the connection and the end are found anew.
        let mut own = match self.own.take() {
            Some(own) => own,
            None => self.store.own().await?,
        };
        let appended = match own.append(APPEND, args).await {
            Ok(appended) => appended,
            // An act's batch was not committed yet when the end was compared, and is now.
            Err(Error::Constraint(name)) if name == TAKEN => 0,
            Err(error) => return Err(error),
        };
        self.own = Some(own);
        if appended == 1 {
            self.recent.push(batch.seq, entries.iter().map(|entry| entry.about.clone()).collect());
        }
        let count = head.count + batch.count;
        Ok((appended == 1).then_some((Head { seq: batch.seq, hash: batch.hash, count, ..head }, epoch)))
    }
}
