//! Signed checkpoints: the end of a chain, signed every minute and at shutdown, in a file outside the database.

use crate::{Problem, Result, Services};
use domain::{
    Code,
    ledger::{Checkpoint, Fault},
};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use std::{io::Write as _, path::PathBuf, sync::atomic::Ordering};
use storage::ledger;

/// The file of checkpoints, one JSON object per line.
#[derive(Clone, Debug)]
pub struct File {
    path: PathBuf,
}

impl File {
    /// The file at `path`; it is made when the first checkpoint is signed.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn append(&self, checkpoint: &Checkpoint) -> std::io::Result<()> {
        let line = serde_json::to_string(checkpoint)?;
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.path)?;
        writeln!(file, "{line}")?;
        file.sync_data()
    }

    /// The checkpoints whose signature is `key`'s; anything else in the file is a fault.
    pub fn read(&self, key: &VerifyingKey) -> (Vec<Checkpoint>, Vec<Fault>) {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let (mut good, mut faults) = (Vec::new(), Vec::new());
        for (number, line) in (1i64..).zip(text.lines()) {
            let fault = |node: &str, seq, detail: String| Fault {
                node: node.to_owned(),
                seq,
                code: Code::CheckpointForged,
                detail,
            };
            match serde_json::from_str::<Checkpoint>(line) {
                Ok(checkpoint) if signed(&checkpoint, key) => good.push(checkpoint),
                Ok(c) => {
                    faults.push(fault(&c.node, c.seq, format!("(line {number} of the checkpoint file)")));
                }
                Err(_) => faults.push(fault(
                    "-",
                    0,
                    format!("Line {number} of the checkpoint file cannot be read."),
                )),
            }
        }
        (good, faults)
    }
}

fn signed(checkpoint: &Checkpoint, key: &VerifyingKey) -> bool {
    let mut bytes = [0; 64];
    hex::decode_to_slice(&checkpoint.signature, &mut bytes).is_ok()
        && key.verify_strict(&checkpoint.message(), &Signature::from_bytes(&bytes)).is_ok()
}

/// Signs the end of this node's chain, if it has moved since the last checkpoint.
pub async fn sign(services: &Services) -> Result<Option<Checkpoint>> {
    let file = &services.0.checkpoints;
    let own = {
        let mut tx = services.0.store.read().await?;
        ledger::heads(&mut tx).await?.into_iter().find(|h| h.node == services.0.node)
    };
    let Some(head) = own.filter(|h| h.seq > 0) else { return Ok(None) };
    // Remembered, not read: the file grows by a line a minute for years.
    if services.0.signed.swap(head.seq, Ordering::Relaxed) >= head.seq {
        return Ok(None);
    }
    let mut checkpoint = Checkpoint {
        node: head.node,
        seq: head.seq,
        hash: hex::encode(head.hash),
        count: head.count,
        at: services.now(),
        signature: String::new(),
    };
    checkpoint.signature = hex::encode(services.0.keys.checkpoint.sign(&checkpoint.message()).to_bytes());
    file.append(&checkpoint).map_err(|error| {
        tracing::error!(%error, "the checkpoint file cannot be written");
        Problem::invalid(Code::LedgerUnavailable, "checkpoint")
    })?;
    tracing::info!(
        node = checkpoint.node,
        seq = checkpoint.seq,
        count = checkpoint.count,
        hash = checkpoint.hash,
        signature = checkpoint.signature,
        "checkpoint"
    );
    Ok(Some(checkpoint))
}
