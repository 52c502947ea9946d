//! The edge's group commit: one task, one transaction for everything that waits, no artificial delay.
//!
//! Nothing is answered before its entry is durable (invariant 5). A full queue or a failed commit is an error
//! to the caller, who then serves nothing.

use domain::{Code, ledger::Entry};
use std::sync::{Arc, Mutex};
use storage::{
    Store,
    ledger::{self, Expects, Pending, Written},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// Entries that may wait. A boot storm of a few thousand phones fits; past that, phones are told to retry.
const QUEUE: usize = 8192;
/// Entries in one commit. More gains nothing: the cost of a commit is spread thin enough.
const BATCH: usize = 512;

type Answer = oneshot::Sender<Result<bool, Code>>;
type Job = (Pending, Answer);

/// Hands entries to the task that commits them.
#[derive(Clone)]
pub struct LedgerWriter(Arc<Inner>);

struct Inner {
    /// Taken away by `stop`, which ends the task once what waits is committed.
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl LedgerWriter {
    /// Starts the task.
    pub fn start(store: Store, node: String) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(store, node, receiver));
        Self(Arc::new(Inner { queue: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) }))
    }

    /// Commits an entry; `Ok(false)` when the facts that it rests on have changed.
    pub async fn commit(&self, entry: &Entry, expects: Expects) -> Result<bool, Code> {
        // Written here, where many run at once, and not where all wait for one.
        let entry = Written::new(entry).map_err(|_| Code::LedgerUnavailable)?;
        self.commit_written(entry, expects).await
    }

    /// The same, of an entry that is written already.
    pub async fn commit_written(&self, entry: Written, expects: Expects) -> Result<bool, Code> {
        let queue =
            self.0.queue.lock().ok().and_then(|queue| queue.clone()).ok_or(Code::LedgerUnavailable)?;
        let (answer, committed) = oneshot::channel();
        queue.try_send((Pending { entry, expects }, answer)).map_err(|_| Code::LedgerUnavailable)?;
        drop(queue);
        committed.await.map_err(|_| Code::LedgerUnavailable)?
    }

    /// Commits what waits, then ends the task. Later commits fail, so nothing is served any more.
    pub async fn stop(&self) {
        let queue = self.0.queue.lock().ok().and_then(|mut queue| queue.take());
        drop(queue);
        let task = self.0.task.lock().ok().and_then(|mut task| task.take());
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the ledger writer ended badly");
        }
    }
}

async fn run(store: Store, node: String, mut receiver: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut waiting, BATCH).await > 0 {
        let (pending, answers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        match ledger::commit(&store, &node, &pending).await {
            Ok(won) => {
                for (answer, won) in answers.into_iter().zip(won) {
                    // A caller that has gone away is not an error: its entry stands.
                    answer.send(Ok(won)).ok();
                }
            }
            Err(error) => {
                tracing::error!(error = ?error, entries = pending.len(), "the ledger cannot be written");
                for answer in answers {
                    answer.send(Err(Code::LedgerUnavailable)).ok();
                }
            }
        }
    }
}
