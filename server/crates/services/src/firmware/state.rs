//! What the server keeps of firmware beside the database: the folder, and how far each site's line is spent.

use super::{Folder, view::DeviceFirmware};
use crate::{Result, facts::Loaded, planning};
use domain::{
    Timestamp,
    firmware::{Admission, Version, admit, too_old},
    ids::SiteId,
};
use std::{collections::BTreeMap, sync::Mutex};
use storage::Tx;
use tokio::sync::Notify;

/// Folder and budgets of this node. Budgets are per node: a site's phones come to one node, or each node grants its own.
pub(crate) struct Firmware {
    pub(crate) folder: Folder,
    pub(crate) wake: Notify,
    busy: Mutex<BTreeMap<SiteId, Timestamp>>,
}

impl Firmware {
    pub(crate) fn new(folder: Folder) -> Self {
        Self { folder, wake: Notify::new(), busy: Mutex::new(BTreeMap::new()) }
    }

    /// Whether a phone of this site may fetch `bytes` now; else after how many seconds it may ask again.
    pub(crate) fn admit(&self, site: SiteId, now: Timestamp, bytes: u64, kbps: u32) -> Option<u32> {
        let Ok(mut busy) = self.busy.lock() else { return None };
        let until = busy.entry(site).or_default();
        match admit(*until, now, bytes, kbps) {
            Admission::Granted { busy_until } => {
                *until = busy_until;
                None
            }
            Admission::Wait { seconds } => Some(seconds),
        }
    }
}

/// A device's firmware, for its page.
pub(crate) async fn of_device(tx: &mut Tx, loaded: &Loaded) -> Result<DeviceFirmware> {
    let device = &loaded.stored.device;
    let installed = storage::firmware::installed(tx, device.id).await?;
    let mut view = DeviceFirmware { installed, ..DeviceFirmware::default() };
    if let Some(target) = storage::firmware::target(tx, device.id).await? {
        view.findings.extend(target.finding);
        (view.wanted, view.file) = (target.wanted, target.file);
    }
    let minimums = storage::firmware::minimums(tx).await?;
    if let (false, Some(version)) = (minimums.is_empty(), Version::parse(device.vendor, &view.installed))
        && let Some(published) = planning::current(tx, loaded).await?
    {
        let paths = published.revision.resolution.settings.keys();
        view.findings.extend(too_old(&version, &minimums, device.vendor, paths));
    }
    Ok(view)
}
