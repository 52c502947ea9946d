//! The names that MPP phones ask for: `/$PSN.xml` from the factory, then what their rules say.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::CiscoMpp;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = CiscoMpp;
    if let Some((mac, ".xml" | ".cfg")) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "xml" | "cfg" => {
            let own = stem.strip_suffix("-3pcc");
            let model = own.unwrap_or(stem);
            let model = ["cp-", "dp-"].iter().find_map(|start| model.strip_prefix(start)).unwrap_or(model);
            let digits = model.len() == 4 && model.bytes().all(|c| c.is_ascii_digit());
            // What 9800 phones put for the macro is not known: with and without its beginning and end.
            let known = digits && (own.is_some() || model.starts_with("98"));
            known.then_some(Asked::Common { vendor, file: "" })
        }
        // `sip88xx.11-2-3MSR1-1.loads`
        "loads" if stem.starts_with("sip") => Some(Asked::Absent { vendor }),
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
            vendor: CiscoMpp,
            mac: Mac::parse("00562b043615").unwrap(),
            file: DeviceFile::Config,
        };
        let common = Asked::Common { vendor: CiscoMpp, file: "" };
        for (name, asked) in [
            ("8841-3PCC.xml", Some(common)),
            ("CP-8841-3PCC.xml", Some(common)),
            ("CP-8841-3PCC.cfg", Some(common)),
            ("DP-9851.xml", Some(common)),
            ("9851.xml", Some(common)),
            ("9851-3PCC.xml", Some(common)),
            ("00562b043615.xml", Some(own)),
            ("00562B043615.xml", Some(own)),
            ("00562b043615.cfg", Some(own)),
            ("sip88xx.11-2-3MSR1-1.loads", Some(Asked::Absent { vendor: CiscoMpp })),
            ("SEP00562B043615.cnf.xml", None),
            ("8841.xml", None),
            ("spa504G.cfg", None),
        ] {
            assert_eq!(asked_of(CiscoMpp, name), asked, "{name}");
        }
    }
}
