//! The edge's group commit: one thread, one transaction for everything that waits, no artificial delay.
//!
//! The thread has a runtime of its own. Among the connections of a storm each step of a commit would wait until
//! dozens of them have had their turn, and everybody waits for the commit.
//!
//! Nothing is answered before its entry is durable (invariant 5). A full queue or a failed commit is an error
//! to the caller, who then serves nothing.

use domain::{Code, ledger::Entry};
use std::{
    io,
    sync::{Arc, Mutex},
    thread,
};
use storage::{
    Store,
    ledger::{Chain, Expects, Pending, Recent, Written},
};
use tokio::{
    runtime::{self, Handle},
    sync::{mpsc, oneshot},
};

/// Entries that may wait. A boot storm of a few thousand phones fits; past that, phones are told to retry.
const QUEUE: usize = 8192;
/// Entries in one commit. More gains nothing: the cost of a commit is spread thin enough.
const BATCH: usize = 512;

type Answer = oneshot::Sender<Result<bool, Code>>;
type Job = (Pending, Answer);

/// Hands entries to the thread that commits them.
#[derive(Clone)]
pub struct LedgerWriter(Arc<Inner>);

struct Inner {
    /// Taken away by `stop`, which ends the thread once what waits is committed.
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    /// Says that the thread has ended, by being closed.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
    recent: Recent,
}

impl LedgerWriter {
    /// Starts the thread. Where it cannot be started nothing is served, and the log says why.
    pub fn start(store: Store, node: String) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (running, ended) = oneshot::channel();
        let chain = Chain::new(store, node);
        let recent = chain.recent();
        if let Err(error) = start(chain, receiver, running) {
            tracing::error!(%error, "the ledger writer cannot start");
        }
        Self(Arc::new(Inner { queue: Mutex::new(Some(sender)), ended: Mutex::new(Some(ended)), recent }))
    }

    /// What was appended last, for the index.
    pub(crate) fn recent(&self) -> &Recent {
        &self.0.recent
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

    /// Commits what waits, then ends the thread. Later commits fail, so nothing is served any more.
    pub async fn stop(&self) {
        let queue = self.0.queue.lock().ok().and_then(|mut queue| queue.take());
        drop(queue);
        let ended = self.0.ended.lock().ok().and_then(|mut ended| ended.take());
        if let Some(ended) = ended {
            ended.await.ok();
        }
    }
}

fn start(chain: Chain, receiver: mpsc::Receiver<Job>, running: oneshot::Sender<()>) -> io::Result<()> {
    let askers = Handle::try_current().map_err(io::Error::other)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("ledger".to_owned()).spawn(move || {
        runtime.block_on(run(chain, receiver, askers));
        drop(running);
    })?;
    Ok(())
}

/// Takes those along who are being answered at this moment: what is spawned has its turn after them, and at once where
/// nobody is. Nobody waits for time to pass, and a storm needs half the commits.
async fn join(waiting: &mut Vec<Job>, receiver: &mut mpsc::Receiver<Job>, askers: &Handle) {
    askers.spawn(async {}).await.ok();
    while waiting.len() < BATCH
        && let Ok(job) = receiver.try_recv()
    {
        waiting.push(job);
    }
}

async fn run(mut chain: Chain, mut receiver: mpsc::Receiver<Job>, askers: Handle) {
    let mut waiting = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut waiting, BATCH).await > 0 {
        join(&mut waiting, &mut receiver, &askers).await;
        let (pending, answers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        match chain.commit(&pending).await {
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
