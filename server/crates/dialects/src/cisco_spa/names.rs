//! The names that SPA phones and adapters ask for: `/spa$PSN.cfg` from the factory, then what their rules say.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::CiscoSpa;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = CiscoSpa;
    if let Some((mac, ".xml" | ".cfg")) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let series = stem.strip_prefix("spa").or_else(|| stem.strip_prefix("ata"))?;
    let model = series.bytes().all(|c| c.is_ascii_alphanumeric());
    match extension {
        "cfg" if model && series.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(Asked::Common { vendor, file: "" })
        }
        "bin" => Some(Asked::Absent { vendor }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        let own = Asked::Device {
            vendor: CiscoSpa,
            mac: Mac::parse("8843e157ddcc").unwrap(),
            file: DeviceFile::Config,
        };
        let common = Asked::Common { vendor: CiscoSpa, file: "" };
        for (name, asked) in [
            ("spa504G.cfg", Some(common)),
            ("spa112.cfg", Some(common)),
            ("spa525G2.cfg", Some(common)),
            ("ata191.cfg", Some(common)),
            ("ata192.cfg", Some(common)),
            ("8843e157ddcc.xml", Some(own)),
            ("8843E157DDCC.xml", Some(own)),
            ("8843e157ddcc.cfg", Some(own)),
            ("spa112-1.4.1.bin", Some(Asked::Absent { vendor: CiscoSpa })),
            ("spare.cfg", None),
            ("spa.cfg", None),
            ("SEP8843E157DDCC.cnf.xml", None),
            // An older adapter's, which is not written.
            ("init.cfg", None),
        ] {
            assert_eq!(asked_of(CiscoSpa, name), asked, "{name}");
        }
    }
}
