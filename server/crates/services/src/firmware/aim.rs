//! From `firmware.version` to `firmware.url`: which image a device is sent to next.

use crate::Result;
use domain::{
    Code, Finding,
    device::Device,
    firmware::{self, Image, Next, Step, Version},
    resolution::{Resolution, Resolved},
    setting::{Path, Value},
    vendor::Vendor,
};
use storage::{Tx, firmware::Target};

/// Images and steps: what has to be known to send any device anywhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    images: Vec<Image>,
    steps: Vec<(Vendor, Step)>,
}

impl Catalogue {
    /// Two queries, a few dozen rows.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        let images = storage::firmware::images(tx).await?.into_iter().map(|s| s.image).collect();
        let steps = storage::firmware::steps(tx).await?.into_iter().map(|(_, v, step)| (v, step)).collect();
        Ok(Self { images, steps })
    }

    /// Where `device`, last seen with `installed`, is sent; `None` when no firmware is wanted for it.
    pub(crate) fn aim(&self, device: &Device, installed: &str, resolution: &Resolution) -> Option<Aim<'_>> {
        let resolved = resolution.get(firmware::VERSION)?;
        let vendor = device.vendor;
        let has = Version::parse(vendor, installed);
        let values: Vec<_> = std::iter::once((&resolved.origin, &resolved.value))
            .chain(resolved.overrode.iter().map(|(origin, value)| (origin, value)))
            .filter_map(|(origin, value)| Some((origin, value.text()?)))
            .collect();
        let found = values.iter().find_map(|(origin, value)| {
            let image = firmware::wanted(&self.images, vendor, &device.model, [value.as_str()])?;
            Some(((*origin).clone(), image))
        });
        let Some((origin, image)) = found else {
            // Nothing names an image for this model. Whether something was meant for it, only its hardware's number says.
            let has = has?;
            let meant = values.iter().flat_map(|(_, value)| firmware::named(vendor, value));
            let version = meant.into_iter().find(|version| version.order(&has).is_some())?;
            let finding = (version.order(&has) != Some(std::cmp::Ordering::Equal)).then(|| missing(&version));
            return Some(Aim { wanted: version, bytes: 0, next: None, finding, origin: None });
        };
        let steps: Vec<_> = self.steps.iter().filter(|(v, _)| *v == vendor).map(|(_, s)| s.clone()).collect();
        let mut aim = Aim {
            wanted: image.version.clone(),
            bytes: image.bytes,
            next: None,
            finding: None,
            origin: Some(origin),
        };
        match firmware::next_step(has.as_ref(), &image.version, &steps, &self.marks(device)) {
            Next::AlreadyThere => {}
            Next::Refused(finding) => aim.finding = Some(finding),
            Next::Install(version) => match self.image(device, &version) {
                Some(next) => aim.next = Some(next),
                None => aim.finding = Some(missing(&version)),
            },
        }
        Some(aim)
    }

    fn image(&self, device: &Device, version: &Version) -> Option<&Image> {
        let is = |image: &&Image| {
            !image.withdrawn
                && image.fits(device.vendor, &device.model)
                && image.version.order(version) == Some(std::cmp::Ordering::Equal)
        };
        self.images.iter().find(is)
    }

    /// A mark outlives its image: withdrawing an image makes no way back.
    fn marks(&self, device: &Device) -> Vec<Version> {
        let marked = |image: &&Image| image.no_downgrade && image.fits(device.vendor, &device.model);
        self.images.iter().filter(marked).map(|image| image.version.clone()).collect()
    }
}

fn missing(version: &Version) -> Finding {
    Finding::new(Code::FirmwareMissing, version.to_string())
}

/// Where a device is sent.
#[derive(Clone, Debug)]
pub(crate) struct Aim<'a> {
    wanted: Version,
    bytes: u64,
    next: Option<&'a Image>,
    finding: Option<Finding>,
    origin: Option<domain::layer::Origin>,
}

impl Aim<'_> {
    /// As it is kept beside the revision.
    pub(crate) fn target(&self, installed: &str) -> Target {
        Target {
            installed: installed.to_owned(),
            wanted: self.wanted.to_string(),
            file: self.next.map(|image| image.file.clone()).unwrap_or_default(),
            bytes: self.bytes,
            finding: self.finding.clone(),
        }
    }

    /// Writes `firmware.url`, from the same layer that set the version. Without a next step the phone is sent
    /// nowhere: it would fetch its whole image again with every check.
    pub(crate) fn write(&self, resolution: &mut Resolution) {
        let (Some(image), Some(origin)) = (self.next, &self.origin) else { return };
        let Some(base) = resolution.text("provisioning.url") else { return };
        let Ok(path) = Path::parse(firmware::URL) else { return };
        let base = base.strip_suffix("steady/").unwrap_or(&base);
        let value = Value::Text(format!("{base}firmware/{}", image.file));
        let before = resolution.settings.remove(&path);
        let overrode = before
            .map(|b| std::iter::once((b.origin, b.value)).chain(b.overrode).collect())
            .unwrap_or_default();
        let resolved = Resolved { value, origin: origin.clone(), overrode, locked_by: None };
        resolution.settings.insert(path, resolved);
    }
}
