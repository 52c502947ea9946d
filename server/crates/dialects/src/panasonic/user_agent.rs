//! `Panasonic_KX-UT113/01.133 (0080f0c8c381)`.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let (maker, rest) = text.split_at_checked("Panasonic".len())?;
    if !maker.eq_ignore_ascii_case("Panasonic") {
        return None;
    }
    let (model, rest) = rest.trim_start_matches(['_', '-', ' ']).split_once('/').unwrap_or((rest, ""));
    let (firmware, mac) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(UserAgent {
        vendor: Some(Vendor::Panasonic),
        model: word(model).map(str::to_ascii_uppercase),
        firmware: version(firmware).map(str::to_owned),
        mac: Mac::parse(mac.trim_matches(['(', ')'])).ok(),
        serial: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_phones_send() {
        for (text, model, firmware, mac) in [
            ("Panasonic_KX-UT113/01.133 (0080f0c8c381)", Some("KX-UT113"), Some("01.133"), "0080f0c8c381"),
            ("Panasonic_KX-HDV230/07.141", Some("KX-HDV230"), Some("07.141"), ""),
            ("Panasonic", None, None, ""),
        ] {
            let read = user_agent(text.as_bytes());
            assert_eq!(read.vendor, Some(Vendor::Panasonic), "{text}");
            assert_eq!((read.model.as_deref(), read.firmware.as_deref()), (model, firmware), "{text}");
            assert_eq!(read.mac, Mac::parse(mac).ok(), "{text}");
        }
        assert_eq!(read("Panasonié"), None);
    }
}
