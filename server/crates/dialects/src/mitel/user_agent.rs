//! `Mitel6940 MAC:14-00-E9-29-4C-6B V:6.4.0.4006-SIP`, and `Aastra…` before 2015.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    let first = words.next()?.to_ascii_lowercase();
    let model = first.strip_prefix("aastra").or(first.strip_prefix("mitel"))?;
    let (mut mac, mut firmware) = (None, None);
    for part in words {
        match part.split_once(':') {
            Some(("MAC", own)) => mac = Mac::parse(own).ok(),
            Some(("V", own)) => firmware = version(own.strip_suffix("-SIP").unwrap_or(own)),
            _ => {}
        }
    }
    // The oldest leave the first two digits out.
    let model = if model.starts_with('5') { format!("67{model}") } else { model.to_owned() };
    Some(UserAgent {
        vendor: Some(Vendor::Mitel),
        model: word(&model).map(str::to_ascii_uppercase),
        firmware: firmware.map(str::to_owned),
        mac,
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
            ("Mitel6940 MAC:14-00-E9-29-4C-6B V:6.4.0.4006-SIP", "6940", "6.4.0.4006", "1400e9294c6b"),
            ("Aastra6731i MAC:00-08-5D-23-74-29 V:3.2.0.70-SIP", "6731I", "3.2.0.70", "00085d237429"),
            ("Aastra57i MAC:00-08-5D-19-E4-01 V:3.2.1.39-SIP", "6757I", "3.2.1.39", "00085d19e401"),
        ] {
            let read = user_agent(text.as_bytes());
            assert_eq!(read.vendor, Some(Vendor::Mitel), "{text}");
            assert_eq!((read.model.as_deref(), read.firmware.as_deref()), (Some(model), Some(firmware)));
            assert_eq!(read.mac, Mac::parse(mac).ok(), "{text}");
        }
    }
}
