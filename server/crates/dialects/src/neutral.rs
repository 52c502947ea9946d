//! The neutral model: what holds for each setting whatever the vendor, and what a vendor cannot express.

use crate::{dialect, job::Job};
use domain::{
    Code, Finding,
    layer::Level,
    setting::{Path, Value, lack, schema},
    vendor::Vendor,
};

/// Findings about settings that no dialect could write, or this one cannot.
pub(crate) fn check(job: &Job<'_>) -> Vec<Finding> {
    job.resolution
        .settings
        .iter()
        .filter_map(|(path, set)| one(job, path, &set.value, set.origin.level))
        .collect()
}

fn one(job: &Job<'_>, path: &Path, value: &Value, level: Level) -> Option<Finding> {
    if let Some(vendor) = raw_vendor(path) {
        if !Vendor::ALL.iter().any(|known| known.name() == vendor) {
            return Some(
                Finding::new(Code::VendorUnknown, path.as_str()).detail("No dialect has this name."),
            );
        }
        let secret = matches!(value, Value::Secret(_)) && job.device.is_some();
        return secret.then(|| {
            Finding::new(Code::SettingInexpressible, path.as_str())
                .detail("A secret may stand only where a password belongs.")
        });
    }
    // A vendor-common file leaves secrets out whatever they are for, without a word.
    if job.device.is_none() && matches!(value, Value::Secret(_)) {
        return None;
    }
    schema::check(path, value).or_else(|| {
        let pattern = schema::rule_of(path)?.pattern;
        if let Some(model) = job.model().filter(|model| model.lacks.contains(&pattern)) {
            let detail = format!("{} {} does not have it.", job.vendor.title(), model.name);
            return Some(lack::finding(path, level, &detail));
        }
        // What this vendor's phones have no key for is said, unless leaving it out is what is meant.
        let passes = dialect::of(job.vendor).passes.contains(&pattern);
        if passes || dialect::speaks(job.vendor).contains(&pattern) {
            return None;
        }
        // Said once, of the password: the user goes with it.
        if pattern == "provisioning.password" {
            return Some(Finding::new(Code::ProvisioningKept, path.as_str()));
        }
        let detail = format!("The dialect of {} does not write it.", job.vendor.title());
        Some(lack::finding(path, level, &detail))
    })
}

fn raw_vendor(path: &Path) -> Option<&str> {
    path.as_str().strip_prefix("raw.")?.split_once(".\"").map(|(vendor, _)| vendor)
}
