//! What was last seen of proven devices. Kept in memory and written every few seconds: the newest is enough,
//! and the ledger has them all.

use crate::{Result, Services};
use domain::{Timestamp, ids::DeviceId};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use storage::device::{self, Observation};

#[derive(Default)]
pub(crate) struct Observations(Mutex<BTreeMap<DeviceId, (Arc<Observation>, Timestamp)>>);

impl Observations {
    /// The same may be seen again, at another time.
    pub(crate) fn put(&self, seen: &Arc<Observation>, at: Timestamp) {
        if let Ok(mut newest) = self.0.lock() {
            newest.insert(seen.device, (Arc::clone(seen), at));
        }
    }

    fn take(&self) -> Vec<Observation> {
        let newest = self.0.lock().map(|mut newest| std::mem::take(&mut *newest)).unwrap_or_default();
        newest.into_values().map(|(seen, at)| Observation { at, ..Observation::clone(&seen) }).collect()
    }
}

/// Writes what was seen since the last time.
pub(crate) async fn write(services: &Services) {
    let seen = services.0.observations.take();
    if seen.is_empty() {
        return;
    }
    let written: Result<()> = async {
        let mut tx = services.0.store.derived().await?;
        device::observe(&mut tx, &seen).await?;
        Ok(tx.commit().await?)
    }
    .await;
    if let Err(problem) = written {
        tracing::error!(error = %problem, devices = seen.len(), "observations could not be written");
    }
}
