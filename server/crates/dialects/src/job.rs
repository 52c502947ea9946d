//! One file to write.

use crate::DeviceContext;
use domain::{
    resolution::Resolution,
    revision::RevisionKind,
    setting::Path,
    vendor::{Model, Vendor},
};
use std::collections::BTreeSet;

#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) vendor: Vendor,
    model: Option<&'static Model>,
    /// `None` for a vendor-common file, which anybody may fetch.
    pub(crate) device: Option<&'a DeviceContext<'a>>,
    pub(crate) kind: RevisionKind,
    pub(crate) resolution: &'a Resolution,
    pub(crate) served: &'a BTreeSet<Path>,
}

impl<'a> Job<'a> {
    pub(crate) fn new(
        vendor: Vendor,
        device: Option<&'a DeviceContext<'a>>,
        kind: RevisionKind,
        resolution: &'a Resolution,
        served: &'a BTreeSet<Path>,
    ) -> Self {
        let model = device.and_then(|device| vendor.model(device.model));
        Self { vendor, model, device, kind, resolution, served }
    }

    /// The same for another kind of revision.
    pub(crate) const fn as_kind(self, kind: RevisionKind) -> Self {
        Self { kind, ..self }
    }

    /// The same of other settings.
    pub(crate) const fn on<'b>(self, resolution: &'b Resolution) -> Job<'b>
    where
        'a: 'b,
    {
        Job { resolution, ..self }
    }

    /// The device's model, if it is known.
    pub(crate) const fn model(&self) -> Option<&'static Model> {
        self.model
    }

    pub(crate) fn accounts(&self) -> u8 {
        self.device.map_or(0, |device| device.accounts)
    }

    /// A baseline never mentions accounts: at onboarding-only sites lines belong to somebody else.
    pub(crate) fn mentions_accounts(&self) -> bool {
        self.kind != RevisionKind::Baseline
    }

    /// Paths that the device has been served and that are no longer set, in path order.
    pub(crate) fn lingering(&self) -> impl Iterator<Item = &Path> {
        self.served.iter().filter(|path| !self.resolution.settings.contains_key(*path))
    }
}
