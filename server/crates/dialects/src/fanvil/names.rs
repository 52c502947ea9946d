//! The names that Fanvil phones ask for: a common file by hardware (`F0V00X400000.cfg`, `f0X4hw1.100.cfg`), then
//! what the address given to them says, usually `$mac.cfg`.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::Fanvil;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Fanvil;
    if let Some((mac, ".cfg")) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "cfg" if common(stem) => Some(Asked::Common { vendor, file: "" }),
        // `fanvil_x210_v2_hwv2_0.txt` names the newest firmware, a `.z` file.
        "txt" if stem.starts_with("fanvil_") && stem.contains("_hwv") && plain(stem) => {
            Some(Asked::Absent { vendor })
        }
        "z" if !stem.is_empty() => Some(Asked::Absent { vendor }),
        _ => None,
    }
}

/// Twelve characters that begin with `f0`, or a hardware version at the end.
fn common(stem: &str) -> bool {
    let Some(rest) = stem.strip_prefix("f0") else { return false };
    let word = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric());
    match rest.split_once("hw") {
        Some((model, version)) => word(model) && version.bytes().all(|c| c.is_ascii_digit() || c == b'.'),
        None => word(rest) && (9..=10).contains(&rest.len()),
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
            vendor: Fanvil,
            mac: Mac::parse("0c383e07e16c").unwrap(),
            file: DeviceFile::Config,
        };
        let common = Asked::Common { vendor: Fanvil, file: "" };
        for (name, asked) in [
            ("F0V00X200000.cfg", Some(common)),
            ("F0V5UV200000.cfg", Some(common)),
            ("F0Vi51W00000.cfg", Some(common)),
            ("F0V10S00000.cfg", Some(common)),
            ("F0000X600000.cfg", Some(common)),
            ("f0X2hw1.100.cfg", Some(common)),
            ("f0X3sghw1.100.cfg", Some(common)),
            ("0c383e07e16c.cfg", Some(own)),
            ("0C383E07E16C.cfg", Some(own)),
            ("fanvil_x210_v2_hwv2_0.txt", Some(Asked::Absent { vendor: Fanvil })),
            ("x31.4.0.2090T20180403152509.z", Some(Asked::Absent { vendor: Fanvil })),
            ("f0.cfg", None),
            ("f0000000.cfg", None),
            ("features.cfg", None),
            ("y000000000028.cfg", None),
            ("0c383e07e16c.xml", None),
        ] {
            assert_eq!(asked_of(Fanvil, name), asked, "{name}");
        }
    }
}
