//! Firmware: which version a phone should have, how it gets there, and how fast a site may fetch.
//!
//! Versions are compared by the vendor's scheme. A phone goes from one version to another in *steps*: some
//! versions have to be passed through, and below some nothing leads back.

mod budget;
mod version;

pub use budget::{Admission, admit, finish, give_back};
pub use version::Version;

use crate::{
    Code, Finding,
    artifact::Digest,
    ids::{FirmwareId, SiteId},
    setting::Path,
    vendor::Vendor,
};
use std::{cmp::Ordering, collections::BTreeSet};

/// Bytes of an image that are accepted unless the configuration says otherwise.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The setting that says which version a phone should have. It may name several, for several models.
pub const VERSION: &str = "firmware.version";
/// The setting that is derived from it: where the phone finds its next image.
pub const URL: &str = "firmware.url";

/// An image that was uploaded. It never changes; it can be withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: FirmwareId,
    /// Whose phones it is for.
    pub vendor: Vendor,
    /// Models, in upper case without `SIP-`, as `model` writes them.
    pub models: BTreeSet<String>,
    /// Its version.
    pub version: Version,
    /// The name under which phones fetch it.
    pub file: String,
    /// SHA-256 of its bytes, under which they are kept.
    pub hash: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether a phone that has this version, or a later one, must never go below it.
    pub no_downgrade: bool,
    /// Whether it was withdrawn: no phone is sent to it any more.
    pub withdrawn: bool,
}

impl Image {
    /// Whether the image is for this model.
    pub fn fits(&self, vendor: Vendor, model_name: &str) -> bool {
        self.vendor == vendor && self.models.contains(&model(model_name))
    }
}

/// A model as images name it: `SIP-T46U` and `t46u` are `T46U`.
pub fn model(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    upper.strip_prefix("SIP-").unwrap_or(&upper).to_owned()
}

/// A rule of the vendor: whoever has `from` or older gets to `to` or newer by way of `via`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The newest version that cannot go directly.
    pub from: Version,
    /// What has to be installed in between.
    pub via: Version,
    /// The oldest version that cannot be reached directly.
    pub to: Version,
}

impl Step {
    /// Whether `from < via < to`, all for the same hardware.
    pub fn rises(&self) -> bool {
        self.from.order(&self.via) == Some(Ordering::Less) && self.via.order(&self.to) == Some(Ordering::Less)
    }

    /// Whether going from `installed` to `target` has to pass through `via`.
    fn between(&self, installed: &Version, target: &Version) -> bool {
        let at_most = |a: &Version, b: &Version| a.order(b).is_some_and(Ordering::is_le);
        let less = |a: &Version, b: &Version| a.order(b) == Some(Ordering::Less);
        at_most(installed, &self.from)
            && at_most(&self.to, target)
            && less(installed, &self.via)
            && less(&self.via, target)
    }
}

/// What a phone should do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Install this version, which may be the one that is wanted or one on the way.
    Install(Version),
    /// Nothing: it has what is wanted.
    AlreadyThere,
    /// Nothing, because that is not allowed or cannot be judged.
    Refused(Finding),
}

/// The next step from `installed` to `wanted`. `marks` are the versions below which phones that have them, or
/// later ones, must not go. Cost grows with the square of the steps, of which a vendor has a handful.
pub fn next_step(installed: Option<&Version>, wanted: &Version, steps: &[Step], marks: &[Version]) -> Next {
    let above = |version: &Version| version.order(wanted) == Some(Ordering::Greater);
    let Some(installed) = installed else {
        // It may be anywhere, so only a way that is open from everywhere can be taken.
        let guarded = marks.iter().any(above)
            || steps.iter().any(|step| step.to.order(wanted).is_some_and(Ordering::is_le));
        return if guarded {
            Next::Refused(Finding::new(Code::FirmwareUnknown, wanted.to_string()))
        } else {
            Next::Install(wanted.clone())
        };
    };
    match installed.order(wanted) {
        None => {
            let detail = format!("{wanted} is for other hardware than {installed}.");
            Next::Refused(Finding::new(Code::FirmwareRefused, wanted.to_string()).detail(detail))
        }
        Some(Ordering::Equal) => Next::AlreadyThere,
        Some(Ordering::Greater) => {
            let passed = |mark: &&Version| above(mark) && mark.order(installed).is_some_and(Ordering::is_le);
            match marks.iter().find(passed) {
                None => Next::Install(wanted.clone()),
                Some(mark) => {
                    let detail = format!("It has {installed}; nothing leads back below {mark}.");
                    Next::Refused(Finding::new(Code::FirmwareRefused, wanted.to_string()).detail(detail))
                }
            }
        }
        Some(Ordering::Less) => {
            let mut target = wanted;
            // The target falls with every turn and stays above what is installed, so this ends.
            while let Some(step) = steps.iter().find(|step| step.between(installed, target)) {
                target = &step.via;
            }
            Next::Install(target.clone())
        }
    }
}

/// The versions that a setting names, in its order: separated by blanks or commas.
pub fn named(vendor: Vendor, text: &str) -> impl Iterator<Item = Version> {
    text.split([' ', ',', '\n', '\t']).filter_map(move |word| Version::parse(vendor, word))
}

/// The image that a phone of this model should have: of the first value that names a version for the model.
/// `values` are the values of `firmware.version`, the one that holds first, then what it overrode.
///
/// So a site that wants another version for one model says nothing about the others.
pub fn wanted<'a>(
    images: &'a [Image],
    vendor: Vendor,
    model_name: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Option<&'a Image> {
    values.into_iter().find_map(|value| {
        let versions: Vec<_> = named(vendor, value).collect();
        let mut fitting = images.iter().filter(|image| image.fits(vendor, model_name));
        fitting.find(|image| versions.iter().any(|v| image.version.order(v) == Some(Ordering::Equal)))
    })
}

/// A setting that older firmware does not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// Which setting.
    pub path: Path,
    /// Whose phones.
    pub vendor: Vendor,
    /// The oldest release that knows it, without the hardware's number: `86.0`.
    pub release: Version,
}

/// Settings among `paths` for which `installed` is too old.
pub fn too_old<'a>(
    installed: &Version,
    minimums: &[Minimum],
    vendor: Vendor,
    paths: impl IntoIterator<Item = &'a Path>,
) -> Vec<Finding> {
    let set: BTreeSet<_> = paths.into_iter().collect();
    minimums
        .iter()
        .filter(|m| m.vendor == vendor && set.contains(&m.path) && installed.release_below(&m.release))
        .map(|m| {
            let detail = format!("It has {installed}; the setting needs {} or later.", m.release);
            Finding::new(Code::FirmwareOld, m.path.as_str()).detail(detail)
        })
        .collect()
}

/// A site's share of its line for firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Which site.
    pub site: SiteId,
    /// Kilobits per second, at least 1.
    pub kbps: u32,
}
