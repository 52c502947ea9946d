//! What a node has just appended, for the index, which need not read and unpack what was in memory a second ago.

use super::written::About;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// Entries that are kept at most, of 48 bytes each: some seconds of a storm. What is older is read from the chain.
const MOST: usize = 131_072;

/// The newest batches of a node's chain. Gaps are no harm: what is missing is read. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Recent(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    batches: VecDeque<(i64, Vec<About>)>,
    entries: usize,
}

impl Kept {
    fn pop(&mut self) {
        if let Some((_, about)) = self.batches.pop_front() {
            self.entries -= about.len();
        }
    }
}

impl Recent {
    /// Keeps a batch that is in the chain.
    pub(super) fn push(&self, seq: i64, about: Vec<About>) {
        let Ok(mut kept) = self.0.lock() else { return };
        kept.entries += about.len();
        kept.batches.push_back((seq, about));
        while kept.entries > MOST {
            kept.pop();
        }
    }

    /// Takes the batch that follows `seq`, if it is here.
    pub(super) fn following(&self, seq: i64) -> Option<Vec<About>> {
        let mut kept = self.0.lock().ok()?;
        while kept.batches.front().is_some_and(|(own, _)| *own <= seq) {
            kept.pop();
        }
        if kept.batches.front()?.0 != seq + 1 {
            return None;
        }
        let (_, about) = kept.batches.pop_front()?;
        kept.entries -= about.len();
        Some(about)
    }
}
