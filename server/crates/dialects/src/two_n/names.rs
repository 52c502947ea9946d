//! The names that 2N intercoms ask for: `hipve-7c-1e-b3-01-02-03.xml`, by a short name of the model, with dashes or
//! without. That they ask for `hipve-common.xml` before it is said, but nothing was found that confirms it.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::TwoN;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = TwoN;
    let (model, rest) = name.split_once('-')?;
    let known = ["hip", "ip"].iter().any(|start| model.starts_with(start));
    if !known || model.len() > 12 || !model.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    if rest == "common.xml" {
        return Some(Asked::Common { vendor, file: "" });
    }
    let (mac, rest) = leading_mac(rest)?;
    (rest == ".xml").then_some(Asked::Device { vendor, mac, file: DeviceFile::Config })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_intercoms_ask_for() {
        let mac = Mac::parse("7c1eb3010203").unwrap();
        let own = Some(Asked::Device { vendor: TwoN, mac, file: DeviceFile::Config });
        let common = Some(Asked::Common { vendor: TwoN, file: "" });
        for (name, asked) in [
            ("hipve-common.xml", common),
            ("hipve-7c-1e-b3-01-02-03.xml", own),
            ("hipve-7C1EB3010203.xml", own),
            ("ipstyle-7c1eb3010203.xml", own),
            ("ipstyle-7c1eb3010203.cfg", None),
            ("snom-7c1eb3010203.xml", None),
            ("7c1eb3010203.xml", None),
            ("hipve-7c1eb301020.xml", None),
        ] {
            assert_eq!(asked_of(TwoN, name), asked, "{name}");
        }
    }
}
