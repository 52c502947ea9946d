//! `Fanvil X6U Pro 0.0.10 0c383e2cd782`: the model may be two words.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    words.next().filter(|first| first.eq_ignore_ascii_case("fanvil"))?;
    let rest: Vec<&str> = words.collect();
    let at = rest.iter().position(|word| version(word).is_some()).unwrap_or(rest.len());
    let model = rest[..at].join("-").to_ascii_uppercase();
    Some(UserAgent {
        vendor: Some(Vendor::Fanvil),
        model: word(&model).map(str::to_owned),
        firmware: rest.get(at).map(|&firmware| firmware.to_owned()),
        mac: rest.get(at + 1).and_then(|mac| Mac::parse(mac).ok()),
        serial: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_phones_send() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (text, model, firmware, mac) in [
            ("Fanvil X4 2.10.2.6887 0c383e07e16c", "X4", "2.10.2.6887", "0c383e07e16c"),
            ("Fanvil X6U Pro 0.0.10 0c383e2cd782", "X6U-PRO", "0.0.10", "0c383e2cd782"),
            ("Fanvil W620W 2.16.10 0c383e7dd216", "W620W", "2.16.10", "0c383e7dd216"),
            ("Fanvil X5U-V2 2.12.16.17 0c383e557eb1", "X5U-V2", "2.12.16.17", "0c383e557eb1"),
            ("Fanvil i10SV 2.12.10.1 0c383e2397f4", "I10SV", "2.12.10.1", "0c383e2397f4"),
            ("Fanvil V67", "V67", "", ""),
            ("Fanvil", "", "", ""),
        ] {
            let expected = UserAgent {
                vendor: Some(Vendor::Fanvil),
                model: some(model),
                firmware: some(firmware),
                mac: Mac::parse(mac).ok(),
                serial: None,
            };
            assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
        }
    }
}
