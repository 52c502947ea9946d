//! The names that we have Linphone ask for; it asks for whatever address it was set up with.

use crate::asked::{Asked, DeviceFile, leading_mac};
use domain::vendor::Vendor::Linphone;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    if name == "linphone.xml" {
        return Some(Asked::Common { vendor: Linphone, file: "" });
    }
    let (mac, rest) = leading_mac(name)?;
    (rest == ".xml").then_some(Asked::Device { vendor: Linphone, mac, file: DeviceFile::Config })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_it_is_given() {
        let own = Asked::Device {
            vendor: Linphone,
            mac: Mac::parse("805ec0123456").unwrap(),
            file: DeviceFile::Config,
        };
        for name in ["805ec0123456.xml", "805EC0123456.XML"] {
            assert_eq!(asked_of(Linphone, name), Some(own), "{name}");
        }
        assert_eq!(asked_of(Linphone, "linphone.xml"), Some(Asked::Common { vendor: Linphone, file: "" }));
        assert_eq!(asked_of(Linphone, "805ec0123456.cfg"), None);
    }
}
