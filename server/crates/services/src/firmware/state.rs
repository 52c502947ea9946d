//! What the server keeps of firmware beside the database: the folder, and how far each site's line is spent.

use super::{Folder, view::DeviceFirmware};
use crate::{Result, facts::Loaded, planning};
use domain::{
    Timestamp,
    firmware::{Admission, Version, admit, give_back, too_old},
    ids::SiteId,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, atomic::AtomicI64},
};
use storage::Tx;
use tokio::sync::Notify;

/// Folder and budgets of this node. Budgets are per node: a site's phones come to one node, or each node grants its own.
pub(crate) struct Firmware {
    pub(crate) folder: Folder,
    pub(crate) wake: Notify,
    /// When phones that took another firmware were last looked for.
    pub(super) looked: AtomicI64,
    busy: Mutex<BTreeMap<SiteId, Timestamp>>,
}

impl Firmware {
    pub(crate) fn new(folder: Folder) -> Self {
        Self { folder, wake: Notify::new(), looked: AtomicI64::new(0), busy: Mutex::new(BTreeMap::new()) }
    }

    /// Whether a phone of this site may fetch `bytes` now.
    pub(crate) fn admit(&self, site: SiteId, now: Timestamp, bytes: u64, kbps: u32) -> Admission {
        let Ok(mut busy) = self.busy.lock() else { return Admission::Granted { busy_until: now } };
        let until = busy.entry(site).or_default();
        let admission = admit(*until, now, bytes, kbps);
        if let Admission::Granted { busy_until } = admission {
            *until = busy_until;
        }
        admission
    }

    /// A download that was let in until `granted` ended with `unsent` bytes of it not sent.
    pub(crate) fn give_back(&self, site: SiteId, granted: Timestamp, unsent: u64, kbps: u32) {
        if let Some(until) = self.busy.lock().ok().as_mut().and_then(|busy| busy.get_mut(&site)) {
            *until = give_back(*until, granted, unsent, kbps);
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
