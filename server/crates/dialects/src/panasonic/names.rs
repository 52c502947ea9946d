//! The names that Panasonic phones ask for: `KX-HDV130.cfg` by themselves, then what that file names for them,
//! `Config<MAC>.cfg`.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::Panasonic;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Panasonic;
    if let Some(rest) = name.strip_prefix("config") {
        let (mac, rest) = leading_mac(rest.strip_prefix('-').unwrap_or(rest))?;
        return (rest == ".cfg").then_some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    let (model, extension) = name.strip_prefix("kx-")?.rsplit_once('.')?;
    match extension {
        "cfg" if plain(model) => Some(Asked::Common { vendor, file: "" }),
        "fw" => Some(Asked::Absent { vendor }),
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
        let mac = Mac::parse("0080f0c8c381").unwrap();
        let own = Some(Asked::Device { vendor: Panasonic, mac, file: DeviceFile::Config });
        let common = Some(Asked::Common { vendor: Panasonic, file: "" });
        for (name, asked) in [
            ("KX-HDV130.cfg", common),
            ("KX-UT113.cfg", common),
            ("KX-UT136N.cfg", common),
            ("Config0080F0C8C381.cfg", own),
            ("config0080f0c8c381.cfg", own),
            ("Config-0080F0C8C381.cfg", own),
            ("KX-HDV130-02.100.fw", Some(Asked::Absent { vendor: Panasonic })),
            ("KX-HDV130.xml", None),
            ("ConfigCom.cfg", None),
            ("0080f0c8c381.cfg", None),
        ] {
            assert_eq!(asked_of(Panasonic, name), asked, "{name}");
        }
    }
}
