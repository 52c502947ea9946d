//! The names that Htek phones ask for: `cfg0010.xml` by the number of the hardware, then `cfg<mac>.xml`.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Htek;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Htek;
    let rest = name.strip_prefix("cfg")?;
    if let Some((mac, rest)) = leading_mac(rest) {
        return (rest == ".xml").then_some(Asked::Device { vendor, mac, file: DeviceFile::Config });
    }
    let number = rest.strip_suffix(".xml")?;
    let known = number.len() == 4 && number.bytes().all(|c| c.is_ascii_digit());
    known.then_some(Asked::Common { vendor, file: "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        let mac = Mac::parse("001fc11c22a9").unwrap();
        let own = Some(Asked::Device { vendor: Htek, mac, file: DeviceFile::Config });
        let common = Some(Asked::Common { vendor: Htek, file: "" });
        for (name, asked) in [
            ("cfg0010.xml", common),
            ("cfg0019.xml", common),
            ("cfg001fc11c22a9.xml", own),
            ("CFG001FC11C22A9.XML", own),
            ("cfg001fc11c22a9", None),
            ("cfg001fc11c22a9.bin", None),
            ("cfg10.xml", None),
            ("cfg.xml", None),
        ] {
            assert_eq!(asked_of(Htek, name), asked, "{name}");
        }
    }
}
