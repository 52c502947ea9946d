//! The names that Yealink phones ask for, in the order `<mac>.boot`, common `.boot`, common, `<mac>.cfg`.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::Yealink;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Yealink;
    if let Some((mac, rest)) = leading_mac(name) {
        return Some(Asked::Device { vendor, mac, file: own(rest)? });
    }
    if let Some(rest) = common(name) {
        return match rest {
            ".cfg" => Some(Asked::Common { vendor, file: "" }),
            ".boot" | ".enc" | "_security.enc" => Some(Asked::Absent { vendor }),
            _ => None,
        };
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let firmware = !stem.is_empty() && matches!(extension, "rom" | "lang");
    firmware.then_some(Asked::Absent { vendor })
}

fn own(rest: &str) -> Option<DeviceFile> {
    match rest {
        ".cfg" => Some(DeviceFile::Config),
        ".boot" => Some(DeviceFile::Boot),
        ".enc" | "_security.enc" => Some(DeviceFile::Other),
        // `-local.cfg`, `-contact.xml`, `-calllog.xml`, `-all.tgz` …
        _ => {
            let (word, extension) = rest.strip_prefix('-')?.split_once('.')?;
            (plain(word) && plain(extension)).then_some(DeviceFile::Other)
        }
    }
}

/// What follows `y` and twelve digits.
fn common(name: &str) -> Option<&str> {
    let digits = name.strip_prefix('y')?;
    let (number, rest) = digits.split_at_checked(12)?;
    number.bytes().all(|c| c.is_ascii_digit()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use Asked::{Absent, Common};
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        use DeviceFile::{Boot, Config, Other};
        let own = |file| Asked::Device { vendor: Yealink, mac: Mac::parse("805ec0123456").unwrap(), file };
        for (name, asked) in [
            ("805ec0123456.boot", own(Boot)),
            ("y000000000000.boot", Absent { vendor: Yealink }),
            ("y000000000028.cfg", Common { vendor: Yealink, file: "" }),
            ("y000000000108.cfg", Common { vendor: Yealink, file: "" }),
            ("Y000000000028.CFG", Common { vendor: Yealink, file: "" }),
            ("805ec0123456.cfg", own(Config)),
            ("805EC0123456.cfg", own(Config)),
            ("80:5e:c0:12:34:56.cfg", own(Config)),
            ("80-5e-c0-12-34-56.cfg", own(Config)),
            ("805ec0123456-local.cfg", own(Other)),
            ("80-5e-c0-12-34-56-local.cfg", own(Other)),
            ("805ec0123456-contact.xml", own(Other)),
            ("805ec0123456-calllog.xml", own(Other)),
            ("805ec0123456_Security.enc", own(Other)),
            ("y000000000028_Security.enc", Absent { vendor: Yealink }),
            ("T46U-108.86.0.45.rom", Absent { vendor: Yealink }),
            ("000.GUI.English.lang", Absent { vendor: Yealink }),
        ] {
            assert_eq!(asked_of(Yealink, name), Some(asked), "{name}");
        }
    }
}
