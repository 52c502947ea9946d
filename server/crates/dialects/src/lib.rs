#![doc = include_str!("../README.md")]

mod algo;
mod asked;
mod buttons;
mod cisco_enterprise;
mod cisco_mpp;
mod cisco_spa;
mod dialect;
pub mod discovery;
mod entries;
pub mod expression;
mod fanvil;
mod flat;
mod gigaset;
mod grandstream;
mod htek;
mod job;
mod lines;
mod linphone;
pub mod look;
mod mitel;
mod neutral;
pub mod notify;
mod oui;
mod panasonic;
mod poly;
mod reader;
mod rows;
mod said;
mod sheet;
mod snom;
mod support;
mod template;
pub mod templates;
mod tree;
mod two_n;
pub mod uploads;
mod user_agent;
mod writer;
mod yealink;
mod zones;

#[cfg(test)]
mod tests;

pub use asked::{Asked, DeviceFile, asked_of, recognise};
pub use dialect::Absent;
pub use support::{Support, support};
pub use user_agent::{UserAgent, user_agent};
pub use yealink::numbers::model_hint;

use buttons::Place;
use dialect::Written;
use domain::{
    Code, Finding, Ipei, Mac, artifact::Artifact, resolution::Resolution, revision::RevisionKind,
    setting::Path, vendor::Vendor,
};
use job::Job;
use std::collections::{BTreeMap, BTreeSet};

/// What a file needs to know about its device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceContext<'a> {
    /// Its MAC, from the inventory.
    pub mac: Mac,
    /// Its serial, from the inventory.
    pub serial: &'a str,
    /// Its model, from the inventory.
    pub model: &'a str,
    /// How many accounts the model has: `Vendor::accounts`.
    pub accounts: u8,
    /// Which handset is which endpoint of a DECT base, as far as the inventory knows.
    pub handsets: &'a BTreeMap<u8, Ipei>,
}

/// A file of a revision: which name, which artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The steady name under which the device asks for it.
    pub name: String,
    /// Its artifact.
    pub artifact: Artifact,
}

/// A device's files for a revision of this kind, and everything that could not be written as it was set.
///
/// `served` holds every path that the device has been served since its factory reset; those that are no
/// longer set are reset explicitly, so that nothing lingers.
pub fn device_files(
    vendor: Vendor,
    device: &DeviceContext<'_>,
    kind: RevisionKind,
    resolution: &Resolution,
    served: &BTreeSet<Path>,
) -> (Vec<File>, Vec<Finding>) {
    let Written { artifact, more, findings } =
        write(&Job::new(vendor, Some(device), kind, resolution, served));
    let first = File { name: steady_name(vendor, device.mac), artifact };
    (std::iter::once(first).chain(more).collect(), findings)
}

/// The baseline that the onboarding address and the vendor-common names give: to anybody who asks, so it
/// holds no secret, no credential and no line, whatever the resolution holds. The first file has no name.
pub fn common_files(vendor: Vendor, resolution: &Resolution) -> (Vec<File>, Vec<Finding>) {
    let served = BTreeSet::new();
    let job = Job::new(vendor, None, RevisionKind::Baseline, resolution, &served);
    let Written { artifact, more, findings } = write(&job);
    (std::iter::once(File { name: String::new(), artifact }).chain(more).collect(), findings)
}

/// What an absent key means to this vendor's phones.
pub fn absent_means(vendor: Vendor) -> Absent {
    dialect::of(vendor).absent
}

/// Patterns of the settings that this vendor's dialect writes, in path order.
pub fn speaks(vendor: Vendor) -> &'static [&'static str] {
    dialect::speaks(vendor)
}

/// The steady file name of a device, the one that it asks for: `805ec0123456.cfg`, `cfg805ec0123456.xml`.
pub fn steady_name(vendor: Vendor, mac: Mac) -> String {
    (dialect::of(vendor).name)(mac)
}

/// The name of the device's file that a phone asks for as `name`, however it spells it; the steady name when it is
/// no file of this device.
pub fn own_name(vendor: Vendor, mac: Mac, name: &str) -> String {
    match asked_of(vendor, name) {
        Some(Asked::Device { mac: own, file: DeviceFile::More(part), .. }) if own == mac => {
            format!("{}{part}", mac.bare())
        }
        _ => steady_name(vendor, mac),
    }
}

/// What blocks makes no revision, and the phone keeps its last one whole. What is left out counts as not set: a phone
/// that keeps what a file does not name would else go on with an earlier value, although it is said to go without.
fn write(job: &Job<'_>) -> Written {
    let first = once(job);
    let Some(resolution) = without_left_out(job, &first) else { return first };
    let Written { artifact, more, findings: new } = once(&job.on(&resolution));
    let mut findings = first.findings;
    for finding in new {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    Written { artifact, more, findings }
}

/// The settings without those that the device has been served and that are left out whole; `None` when there are none.
fn without_left_out(job: &Job<'_>, written: &Written) -> Option<Resolution> {
    let more = written.more.iter().map(|file| &file.artifact);
    let files: Vec<_> = std::iter::once(&written.artifact).chain(more).collect();
    let says = |path: &Path| files.iter().any(|file| file.origins.iter().any(|origin| origin.path == *path));
    let left_out = written.findings.iter().filter(|finding| finding.code == Code::SettingLeftOut);
    let gone: Vec<_> = left_out
        .filter_map(|finding| Path::parse(&finding.subject).ok())
        .filter(|path| job.served.contains(path) && !says(path))
        .collect();
    if gone.is_empty() {
        return None;
    }
    // A programmable key is there with all of its fields, or not at all.
    let keys: BTreeSet<_> = gone.iter().filter_map(Place::of).collect();
    let mut resolution = job.resolution.clone();
    resolution
        .settings
        .retain(|path, _| !gone.contains(path) && Place::of(path).is_none_or(|place| !keys.contains(&place)));
    Some(resolution)
}

fn once(job: &Job<'_>) -> Written {
    let mut written = (dialect::of(job.vendor).write)(job);
    let mut findings = neutral::check(job);
    for finding in written.findings {
        // A setting that several lines need, or that has been refused already, is reported once.
        let said = findings.iter().any(|f| *f == finding || refused(f) && f.subject == finding.subject);
        if !said {
            findings.push(finding);
        }
    }
    written.findings = findings;
    written
}

/// Whether the neutral model itself has refused the setting.
fn refused(finding: &Finding) -> bool {
    matches!(finding.code, Code::SettingUnknown | Code::SettingValue)
}
