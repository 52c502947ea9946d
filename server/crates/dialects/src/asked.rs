//! What a request's path asks for, by the last path segment alone.
//!
//! The MAC in a name is a claim; no vendor prefix is looked at, because none is certain.

use domain::{Mac, vendor::Vendor};

/// What a request's path asks for, without looking at who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A vendor-common file (`y000000000028.cfg`, `linphone.xml`): a baseline by vendor and source segment,
    /// never by MAC.
    Common {
        /// Whose dialect.
        vendor: Vendor,
    },
    /// A per-device file; the MAC is a claim.
    Device {
        /// Whose dialect.
        vendor: Vendor,
        /// Who it says it is.
        mac: Mac,
        /// Which of the device's files.
        file: DeviceFile,
    },
    /// Something this vendor asks for and normally does not find (a common `.boot`, firmware, a language):
    /// 404, quickly, and no reason to be suspicious.
    Absent {
        /// Whose dialect.
        vendor: Vendor,
    },
}

/// Which of a device's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFile {
    /// Its configuration.
    Config,
    /// `<mac>.boot`, which would replace the configuration: 404 once the device is proven.
    Boot,
    /// `<mac>-local.cfg`, contacts, call log, keys: 404 for now.
    Other,
}

/// Longer names are nobody's.
const LONGEST: usize = 128;

/// Recognises the last path segment, percent-decoded; `None` when no dialect knows the name.
pub fn recognise(name: &str) -> Option<Asked> {
    if name.len() > LONGEST || !name.is_ascii() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if let Some((mac, rest)) = leading_mac(&name) {
        return device(mac, rest);
    }
    if name == "linphone.xml" {
        return Some(Asked::Common { vendor: Vendor::Linphone });
    }
    let vendor = Vendor::Yealink;
    if let Some(rest) = yealink_common(&name) {
        return match rest {
            ".cfg" => Some(Asked::Common { vendor }),
            ".boot" | ".enc" | "_security.enc" => Some(Asked::Absent { vendor }),
            _ => None,
        };
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let firmware = !stem.is_empty() && matches!(extension, "rom" | "lang");
    firmware.then_some(Asked::Absent { vendor })
}

fn device(mac: Mac, rest: &str) -> Option<Asked> {
    let file = match rest {
        ".cfg" => DeviceFile::Config,
        ".boot" => DeviceFile::Boot,
        ".enc" | "_security.enc" => DeviceFile::Other,
        ".xml" => {
            return Some(Asked::Device { vendor: Vendor::Linphone, mac, file: DeviceFile::Config });
        }
        // `-local.cfg`, `-contact.xml`, `-calllog.xml`, `-all.tgz` …
        _ => {
            let (word, extension) = rest.strip_prefix('-')?.split_once('.')?;
            let plain = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
            };
            (plain(word) && plain(extension)).then_some(DeviceFile::Other)?
        }
    };
    Some(Asked::Device { vendor: Vendor::Yealink, mac, file })
}

/// What follows `y` and twelve digits.
fn yealink_common(name: &str) -> Option<&str> {
    let digits = name.strip_prefix('y')?;
    let (number, rest) = digits.split_at_checked(12)?;
    number.bytes().all(|c| c.is_ascii_digit()).then_some(rest)
}

/// The MAC at the start of `name`, with `:`, `-` or nothing between its octets, and what follows it.
fn leading_mac(name: &str) -> Option<(Mac, &str)> {
    let bytes = name.as_bytes();
    let (mut at, mut digits) = (0, 0);
    while digits < 12 {
        match bytes.get(at)? {
            c if c.is_ascii_hexdigit() => digits += 1,
            b':' | b'-' if digits > 0 && digits % 2 == 0 && bytes[at - 1].is_ascii_hexdigit() => {}
            _ => return None,
        }
        at += 1;
    }
    let (mac, rest) = name.split_at_checked(at)?;
    Some((Mac::parse(mac).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Asked::{Absent, Common};
    use Vendor::{Linphone, Yealink};
    use proptest::prelude::*;

    fn own(vendor: Vendor, file: DeviceFile) -> Asked {
        Asked::Device { vendor, mac: Mac::parse("805ec0123456").unwrap(), file }
    }

    #[test]
    fn names_that_phones_ask_for() {
        use DeviceFile::{Boot, Config, Other};
        let table = [
            ("805ec0123456.boot", Some(own(Yealink, Boot))),
            ("y000000000000.boot", Some(Absent { vendor: Yealink })),
            ("y000000000028.cfg", Some(Common { vendor: Yealink })),
            ("y000000000108.cfg", Some(Common { vendor: Yealink })),
            ("Y000000000028.CFG", Some(Common { vendor: Yealink })),
            ("805ec0123456.cfg", Some(own(Yealink, Config))),
            ("805EC0123456.cfg", Some(own(Yealink, Config))),
            ("80:5e:c0:12:34:56.cfg", Some(own(Yealink, Config))),
            ("80-5e-c0-12-34-56.cfg", Some(own(Yealink, Config))),
            ("805ec0123456-local.cfg", Some(own(Yealink, Other))),
            ("80-5e-c0-12-34-56-local.cfg", Some(own(Yealink, Other))),
            ("805ec0123456-contact.xml", Some(own(Yealink, Other))),
            ("805ec0123456-calllog.xml", Some(own(Yealink, Other))),
            ("805ec0123456_Security.enc", Some(own(Yealink, Other))),
            ("y000000000028_Security.enc", Some(Absent { vendor: Yealink })),
            ("T46U-108.86.0.45.rom", Some(Absent { vendor: Yealink })),
            ("000.GUI.English.lang", Some(Absent { vendor: Yealink })),
            ("linphone.xml", Some(Common { vendor: Linphone })),
            ("805ec0123456.xml", Some(own(Linphone, Config))),
            ("805EC0123456.XML", Some(own(Linphone, Config))),
        ];
        for (name, asked) in table {
            assert_eq!(recognise(name), asked, "{name}");
        }
    }

    #[test]
    fn names_that_no_dialect_knows() {
        for name in [
            "",
            "favicon.ico",
            "000000000000.cfg", // Poly's common file; also no handset's MAC.
            "01005e000001.cfg", // Multicast.
            "805ec012345.cfg",
            "805ec01234567.cfg",
            "805ec0123456",
            "805ec0123456.cfg.bak",
            "805ec0123456-.cfg",
            "805ec0123456-local",
            "80--5ec0123456.cfg",
            "-805ec0123456.cfg",
            "y00000000028.cfg",
            "y0000000000028.cfg",
            "y00000000002a.cfg",
            ".rom",
            "SEP805EC0123456.cnf.xml",
            "805ec0123456\u{0661}.cfg",
            "../805ec0123456.cfg",
        ] {
            assert_eq!(recognise(name), None, "{name}");
        }
        assert_eq!(recognise(&format!("{}.rom", "a".repeat(LONGEST))), None);
    }

    proptest! {
        #[test]
        fn any_name_is_recognised_or_not_without_panic(name in ".{0,140}") {
            let _ = recognise(&name);
        }

        #[test]
        fn names_like_ours_do_not_panic_either(name in "[y0-9a-fA-F:._-]{10,20}(cfg|boot|xml|rom|enc)?") {
            if let Some(Asked::Device { mac, .. }) = recognise(&name) {
                prop_assert!(name.to_ascii_lowercase().replace([':', '-'], "").starts_with(&mac.bare()));
            }
        }
    }
}
