//! The names that Mitel and Aastra phones ask for: `security.tuz`, `startup.cfg` (once `aastra.cfg`), `6867i.cfg`,
//! `<MAC>.cfg`, each also encrypted as `.tuz`; firmware is `6867i.st`.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Mitel;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Mitel;
    if let Some((mac, rest)) = leading_mac(name) {
        let file = match rest {
            ".cfg" => DeviceFile::Config,
            ".tuz" => DeviceFile::Other,
            _ => return None,
        };
        return Some(Asked::Device { vendor, mac, file });
    }
    match name {
        "startup.cfg" | "aastra.cfg" => return Some(Asked::Common { vendor, file: "" }),
        "startup.tuz" | "aastra.tuz" | "security.tuz" => return Some(Asked::Absent { vendor }),
        _ => {}
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let own = match extension {
        "cfg" | "tuz" | "st" => model(stem),
        "txt" => stem
            .strip_prefix("lang_")
            .is_some_and(|tag| tag.bytes().all(|c| c.is_ascii_lowercase() || c == b'_')),
        _ => false,
    };
    own.then_some(Asked::Absent { vendor })
}

/// `6867i`, `6930w`, `57i`, `9143i`: a model by which phones ask for their file.
fn model(stem: &str) -> bool {
    let digits = stem.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let known = match digits.len() {
        2 => digits.starts_with('5'),
        4 => ["67", "68", "69", "91", "94"].iter().any(|start| digits.starts_with(start)),
        _ => false,
    };
    known && digits.bytes().all(|c| c.is_ascii_digit()) && stem.len() - digits.len() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        let mac = Mac::parse("00085d237429").unwrap();
        let own = |file| Some(Asked::Device { vendor: Mitel, mac, file });
        let (common, absent) =
            (Some(Asked::Common { vendor: Mitel, file: "" }), Some(Asked::Absent { vendor: Mitel }));
        for (name, asked) in [
            ("security.tuz", absent),
            ("startup.cfg", common),
            ("startup.tuz", absent),
            ("aastra.cfg", common),
            ("aastra.tuz", absent),
            ("6867i.cfg", absent),
            ("6867i.tuz", absent),
            ("6930w.st", absent),
            ("57iCT.st", absent),
            ("lang_fr_ca.txt", absent),
            ("00085D237429.cfg", own(DeviceFile::Config)),
            ("00085d237429.cfg", own(DeviceFile::Config)),
            ("00085D237429.tuz", own(DeviceFile::Other)),
            ("MN_00085D237429.cfg", None),
            ("features.cfg", None),
            ("1234.cfg", None),
            ("spa112.cfg", None),
        ] {
            assert_eq!(asked_of(Mitel, name), asked, "{name}");
        }
    }
}
