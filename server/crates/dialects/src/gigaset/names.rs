//! The names that Gigaset's DECT bases ask for: `provisioning.xml`, else `<MAC>.xml`; older bases also `master.bin`.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Gigaset;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Gigaset;
    match name {
        "provisioning.xml" => return Some(Asked::Common { vendor, file: "" }),
        // Firmware of the N510 and N720, which look for it by themselves.
        "master.bin" | "baselines.bin" | "sifsroot.bin" => return Some(Asked::Absent { vendor }),
        _ => {}
    }
    let (mac, rest) = leading_mac(name)?;
    (rest == ".xml").then_some(Asked::Device { vendor, mac, file: DeviceFile::Config })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_bases_ask_for() {
        let mac = Mac::parse("7c2f80e0d605").unwrap();
        let own = Asked::Device { vendor: Gigaset, mac, file: DeviceFile::Config };
        for (name, asked) in [
            ("provisioning.xml", Some(Asked::Common { vendor: Gigaset, file: "" })),
            ("7C2F80E0D605.xml", Some(own)),
            ("7c2f80e0d605.xml", Some(own)),
            ("master.bin", Some(Asked::Absent { vendor: Gigaset })),
            ("baselines.bin", Some(Asked::Absent { vendor: Gigaset })),
            ("7c2f80e0d605.cfg", None),
            ("provisioning.cfg", None),
        ] {
            assert_eq!(asked_of(Gigaset, name), asked, "{name}");
        }
    }
}
