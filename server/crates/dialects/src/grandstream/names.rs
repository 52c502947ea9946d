//! The names that Grandstream's phones and adapters ask for. Each of `cfg<mac>`, `cfg<mac>.bin`, `cfg<mac>.xml`,
//! `cfg<model>.xml` and `cfg.xml` only where those before it are not there; which of the first two, and in which order,
//! changed with the years.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Grandstream;

/// What adapters get that ask by their model: their numbers are not those of the phones.
pub(super) const ADAPTERS: &str = "cfght8.xml";

/// What phones get that ask by their model and know settings by number.
pub(super) const NUMBERS: &str = "cfggxp1.xml";

/// Phones whose files have numbers, and those whose files have names.
const NUMBERED: [&str; 3] = ["gxp16", "gxp17", "grp260"];
const NAMED: [&str; 2] = ["gxp21", "grp26"];

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Grandstream;
    if let Some(rest) = name.strip_prefix("cfg") {
        if let Some((mac, rest)) = leading_mac(rest) {
            return match rest {
                ".xml" => Some(Asked::Device { vendor, mac, file: DeviceFile::Config }),
                // In a format that is older; without it the phone asks for the next.
                "" | ".bin" => Some(Asked::Absent { vendor }),
                _ => None,
            };
        }
        let model = rest.strip_suffix(".xml")?;
        if name == NUMBERS || NUMBERED.iter().any(|start| model.starts_with(start)) {
            return Some(Asked::Common { vendor, file: NUMBERS });
        }
        if model.is_empty() || NAMED.iter().any(|start| model.starts_with(start)) {
            return Some(Asked::Common { vendor, file: "" });
        }
        return matches!(model, "ht801" | "ht802" | "ht814" | "ht818" | "ht8")
            .then_some(Asked::Common { vendor, file: ADAPTERS });
    }
    // `grp2600fw.bin`, `ht802fw.bin`.
    let model = name.strip_suffix("fw.bin").unwrap_or_default();
    let firmware = ["gxp", "grp", "ht"].iter().any(|start| model.starts_with(start));
    (firmware || name == "gs_phonebook.xml").then_some(Asked::Absent { vendor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{asked_of, recognise};
    use Asked::{Absent, Common};
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        let vendor = Grandstream;
        let own = || {
            let mac = Mac::parse("000b828aa872").unwrap();
            Some(Asked::Device { vendor, mac, file: DeviceFile::Config })
        };
        for (name, asked) in [
            ("cfg000b828aa872.bin", Some(Absent { vendor })),
            ("cfg000b828aa872", Some(Absent { vendor })),
            ("cfg000b828aa872.xml", own()),
            ("CFG000B828AA872.XML", own()),
            ("cfg00:0b:82:8a:a8:72.xml", own()),
            ("cfggxp2130.xml", Some(Common { vendor, file: "" })),
            ("cfggrp2614.xml", Some(Common { vendor, file: "" })),
            ("cfggrp2602.xml", Some(Common { vendor, file: NUMBERS })),
            ("cfggxp1625.xml", Some(Common { vendor, file: NUMBERS })),
            ("cfggxp1782.xml", Some(Common { vendor, file: NUMBERS })),
            ("cfggxp1.xml", Some(Common { vendor, file: NUMBERS })),
            ("cfght802.xml", Some(Common { vendor, file: ADAPTERS })),
            ("cfght818.xml", Some(Common { vendor, file: ADAPTERS })),
            ("cfght8.xml", Some(Common { vendor, file: ADAPTERS })),
            ("cfght503.xml", None),
            ("cfg.xml", Some(Common { vendor, file: "" })),
            ("grp2600fw.bin", Some(Absent { vendor })),
            ("ht802fw.bin", Some(Absent { vendor })),
            ("gs_phonebook.xml", Some(Absent { vendor })),
            // Another family's numbers of models.
            ("cfg0010.xml", None),
            ("cfggxv3240.xml", None),
            ("cfg000b828aa872.txt", None),
            ("fw.bin", None),
        ] {
            assert_eq!(asked_of(vendor, name), asked, "{name}");
        }
        assert_eq!(recognise("cfg000b828aa872.xml", None), own());
    }
}
