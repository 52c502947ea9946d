//! The neutral model: which paths there are, and what holds for each whatever the vendor.

use crate::job::Job;
use domain::{
    Code, Finding,
    setting::{Path, Value},
    vendor::Vendor,
};

/// Paths that are not a line's.
const GENERAL: [&str; 19] = [
    "network.lldp",
    "network.qos_audio",
    "network.qos_signalling",
    "network.vlan",
    "network.vlan_priority",
    "phone.language",
    "phone.ntp",
    "phone.timezone",
    "provisioning.dhcp_override",
    "provisioning.interval_minutes",
    "provisioning.password",
    "provisioning.url",
    "provisioning.user",
    "sip.domain",
    "sip.expires",
    "sip.registrar.host",
    "sip.registrar.port",
    "sip.transport",
    "sip.voicemail_number",
];

/// What a line has, behind `line.N.`.
const LINE: [&str; 6] = ["auth_user", "display_name", "extension", "label", "owner", "password"];

/// Findings about settings that no dialect could write: unknown paths, and secrets out of place.
pub(crate) fn check(job: &Job<'_>) -> Vec<Finding> {
    let mut findings = vec![];
    for (path, resolved) in &job.resolution.settings {
        if !known(path) {
            let code =
                if raw_vendor(path).is_some() { Code::VendorUnknown } else { Code::SettingInexpressible };
            findings
                .push(Finding::new(code, path.as_str()).detail("No dialect knows this setting.".to_owned()));
        }
        let is_secret = matches!(resolved.value, Value::Secret(_));
        // A vendor-common file leaves secrets out whatever they are for, without a word.
        if is_secret && !takes_secret(path) && job.device.is_some() {
            findings.push(
                Finding::new(Code::SettingInexpressible, path.as_str())
                    .detail("A secret may stand only where a password belongs.".to_owned()),
            );
        }
    }
    findings
}

fn known(path: &Path) -> bool {
    match raw_vendor(path) {
        Some(vendor) => Vendor::ALL.iter().any(|known| known.name() == vendor),
        None => GENERAL.contains(&path.as_str()) || known_line(path),
    }
}

fn known_line(path: &Path) -> bool {
    path.line_index().is_some_and(|index| LINE.iter().any(|name| Path::line(index, name) == *path))
}

fn takes_secret(path: &Path) -> bool {
    path.as_str() == "provisioning.password" || (known_line(path) && path.as_str().ends_with(".password"))
}

fn raw_vendor(path: &Path) -> Option<&str> {
    path.as_str().strip_prefix("raw.")?.split_once(".\"").map(|(vendor, _)| vendor)
}
