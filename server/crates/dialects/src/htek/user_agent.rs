//! `Htek UC903 2.0.4.2 00:1f:c1:1c:22:a9`.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    words.next().filter(|first| first.eq_ignore_ascii_case("htek"))?;
    Some(UserAgent {
        vendor: Some(Vendor::Htek),
        model: words.next().and_then(word).map(str::to_ascii_uppercase),
        firmware: words.next().and_then(version).map(str::to_owned),
        mac: words.next().and_then(|mac| Mac::parse(mac).ok()),
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
            ("Htek UC903 2.0.4.2 00:1f:c1:1c:22:a9", Some("UC903"), Some("2.0.4.2"), "001fc11c22a9"),
            ("Htek UC926E 2.0.4.4.58", Some("UC926E"), Some("2.0.4.4.58"), ""),
            ("htek", None, None, ""),
        ] {
            let read = user_agent(text.as_bytes());
            assert_eq!(read.vendor, Some(Vendor::Htek), "{text}");
            assert_eq!((read.model.as_deref(), read.firmware.as_deref()), (model, firmware), "{text}");
            assert_eq!(read.mac, Mac::parse(mac).ok(), "{text}");
        }
    }
}
