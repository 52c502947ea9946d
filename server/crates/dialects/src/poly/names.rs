//! The names that UCS phones ask for: logs they send, then `<mac>.cfg`, then the common master, then what the master
//! names, then overrides, licences and directories.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Poly;

/// What follows the MAC in the name of a device's settings. Phones never take such a name for their own use.
pub(super) const SETTINGS: &str = "-settings.cfg";
/// The settings that the common master names.
pub(super) const COMMON: &str = "000000000000-settings.cfg";

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Poly;
    if let Some((mac, rest)) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: own(rest)? });
    }
    if let Some(rest) = name.strip_prefix("000000000000") {
        return match rest {
            ".cfg" => Some(Asked::Common { vendor, file: "" }),
            SETTINGS => Some(Asked::Common { vendor, file: COMMON }),
            "-license.cfg" | "-directory.xml" => Some(Asked::Absent { vendor }),
            _ => None,
        };
    }
    // `sip.ld`, `3111-44500-001.sip.ld`, `bootblock.ld`.
    let stem = name.strip_suffix(".ld")?;
    let firmware = matches!(stem.rsplit('.').next(), Some("sip" | "bootrom" | "bootblock"));
    firmware.then_some(Asked::Absent { vendor })
}

fn own(rest: &str) -> Option<DeviceFile> {
    match rest {
        ".cfg" => Some(DeviceFile::Config),
        SETTINGS => Some(DeviceFile::More(SETTINGS)),
        "-phone.cfg" | "-web.cfg" | "-license.cfg" | "-directory.xml" | "-calls.xml" | "-boot.log"
        | "-app.log" => Some(DeviceFile::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{asked_of, recognise};
    use Asked::{Absent, Common};
    use DeviceFile::{Config, More, Other};
    use domain::{Mac, vendor::Vendor};

    fn own(file: DeviceFile) -> Asked {
        Asked::Device { vendor: Poly, mac: Mac::parse("0004f282e824").unwrap(), file }
    }

    /// The requests of a VVX 500 with UCS 5.9.7, in their order, and those of other phones.
    #[test]
    fn names_that_phones_ask_for() {
        for (name, asked) in [
            ("0004f282e824-boot.log", Some(own(Other))),
            ("0004f282e824.cfg", Some(own(Config))),
            ("3111-44500-001.3111-44500-001.sip.ld", Some(Absent { vendor: Poly })),
            ("0004f282e824-settings.cfg", Some(own(More("-settings.cfg")))),
            ("0004f282e824-phone.cfg", Some(own(Other))),
            ("0004f282e824-web.cfg", Some(own(Other))),
            ("000000000000-license.cfg", Some(Absent { vendor: Poly })),
            ("0004f282e824-license.cfg", Some(own(Other))),
            ("0004f282e824-calls.xml", Some(own(Other))),
            ("0004f282e824-directory.xml", Some(own(Other))),
            ("000000000000-directory.xml", Some(Absent { vendor: Poly })),
            ("0004f282e824-app.log", Some(own(Other))),
            ("0004F282E824.CFG", Some(own(Config))),
            ("00:04:f2:82:e8:24.cfg", Some(own(Config))),
            ("000000000000.cfg", Some(Common { vendor: Poly, file: "" })),
            ("000000000000-settings.cfg", Some(Common { vendor: Poly, file: COMMON })),
            ("sip.ld", Some(Absent { vendor: Poly })),
            ("2345-12600-001.sip.ld", Some(Absent { vendor: Poly })),
            ("bootblock.ld", Some(Absent { vendor: Poly })),
            ("libc.ld", None),
            ("0004f282e824-local.cfg", None),
            ("0004f282e824.boot", None),
            ("000000000000-phone.cfg", None),
        ] {
            assert_eq!(asked_of(Poly, name), asked, "{name}");
        }
        // Another family writes the same name for its own files; who asks decides.
        assert_eq!(recognise("0004f282e824.cfg", Some(Vendor::Poly)), Some(own(Config)));
    }
}
