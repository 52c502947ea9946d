//! The names that Snom phones ask for: `snomD785.htm`, then `snomD785-000413A11FA7.htm`; with `{mac}` in the address
//! that alone.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::Snom;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Snom;
    if let Some((mac, ".htm" | ".xml")) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    if matches!(name, "gui_lang.xml" | "web_lang.xml" | "snom-general.xml") {
        return Some(Asked::Absent { vendor });
    }
    let rest = name.strip_prefix("snom")?;
    let (stem, extension) = rest.rsplit_once('.')?;
    if extension == "bin" && !stem.is_empty() {
        return Some(Asked::Absent { vendor });
    }
    if !matches!(extension, "htm" | "xml") {
        return None;
    }
    let (model, own) = stem.split_once('-').unwrap_or((stem, ""));
    match own {
        "" if plain(model) && !stem.contains('-') => Some(Asked::Common { vendor, file: "" }),
        "firmware" if plain(model) => Some(Asked::Absent { vendor }),
        _ => match leading_mac(own)? {
            (mac, "") if model.is_empty() || plain(model) => {
                Some(Asked::Device { vendor, mac, file: DeviceFile::Config })
            }
            _ => None,
        },
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
            vendor: Snom,
            mac: Mac::parse("000413A11FA7").unwrap(),
            file: DeviceFile::Config,
        };
        let common = Asked::Common { vendor: Snom, file: "" };
        for (name, asked) in [
            ("snomD345.htm", Some(common)),
            ("snom320.htm", Some(common)),
            ("snomD785.xml", Some(common)),
            ("snomD345-000413A11FA7.htm", Some(own)),
            ("snomd345-000413a11fa7.HTM", Some(own)),
            ("snom-000413A11FA7.htm", Some(own)),
            ("snom320-000413A11FA7.xml", Some(own)),
            ("000413A11FA7.xml", Some(own)),
            ("000413A11FA7.htm", Some(own)),
            ("snomD785-firmware.xml", Some(Asked::Absent { vendor: Snom })),
            ("snomD785-10.1.169.16-SIP-r.bin", Some(Asked::Absent { vendor: Snom })),
            ("gui_lang.xml", Some(Asked::Absent { vendor: Snom })),
            (".htm", None),
            ("snom.htm", None),
            ("snomD345-.htm", None),
            // What a phone asks for after an empty `phone_type`.
            (".htm-000413A11FA7", None),
            ("snomD345-000413A11FA7.cfg", None),
            ("snomD345-000413A11FA7-x.htm", None),
        ] {
            assert_eq!(asked_of(Snom, name), asked, "{name}");
        }
    }
}
