//! `ringfence ledger verify`: anybody with the files can run it.

use super::{needs_database, print_json};
use crate::{config::Config, exit::Failure};
use ed25519_dalek::SigningKey;
use serde_json::json;
use services::{audit, checkpoint, env::Env, keys::Keys};
use std::path::{Path, PathBuf};
use storage::Store;

fn present(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    Err(Failure::environment(format!("there is no file `{}`, which the verification needs", path.display())))
}

pub(crate) async fn verify(config: &Config, file: Option<PathBuf>, json: bool) -> Result<(), Failure> {
    needs_database(config)?;
    // A key made now would call every true checkpoint forged; a file that is not there would hide what was cut off.
    present(&config.keys().join("checkpoint.key"))?;
    if let Some(file) = &file {
        present(file)?;
    }
    let keys = Keys::open(&config.keys(), &Env::system()).map_err(Failure::environment)?;
    let key: &SigningKey = &keys.checkpoint;
    let path = file.unwrap_or_else(|| config.checkpoints());
    let (checkpoints, mut faults) = checkpoint::File::new(path).read(&key.verifying_key());
    let store = Store::open(&config.database).await.map_err(Failure::database)?;
    let nodes = audit::chains(&store, &checkpoints).await.map_err(Failure::environment)?;
    store.close().await;
    faults.extend(nodes.iter().flat_map(|n| n.faults.clone()));
    let good = faults.is_empty();
    if json {
        print_json(
            &json!({ "ok": good, "checkpoints": checkpoints.len(), "nodes": nodes, "faults": faults }),
        )?;
    } else {
        for node in &nodes {
            println!(
                "node {}: {} batches, {} entries, signed up to batch {}",
                node.node, node.batches, node.entries, node.last_signed
            );
        }
        for fault in &faults {
            println!("{fault} [{}]", fault.code);
        }
        println!("{}", if good { "The record is whole." } else { "The record is NOT whole." });
    }
    match faults.first() {
        None => Ok(()),
        Some(first) => Err(Failure::wrong(format!("the record is not whole: {first}"))),
    }
}
