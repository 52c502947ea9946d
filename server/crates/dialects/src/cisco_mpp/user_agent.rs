//! `Cisco-CP-8841-3PCC/11.0 (00562b043615)`; operators can change it.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let (product, rest) = text.split_once('/')?;
    let model = product.to_ascii_uppercase();
    let model = match model.strip_prefix("CISCO-CP-") {
        Some(model) => model.strip_suffix("-3PCC")?,
        // What 9800 phones call themselves is not known: as their product, with or without the end.
        None => model.strip_prefix("CISCO-DP-")?.trim_end_matches("-3PCC"),
    };
    let (firmware, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    // Cisco calls the bracket a serial number; what stands there is a MAC, or a serial number.
    let inside = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    let mac = Mac::parse(inside).ok();
    Some(UserAgent {
        vendor: Some(Vendor::CiscoMpp),
        model: word(model).map(str::to_owned),
        firmware: version(firmware).map(str::to_owned),
        mac,
        serial: word(inside).filter(|_| mac.is_none()).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_phones_send() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (text, model, firmware, mac, serial) in [
            ("Cisco-CP-8841-3PCC/11.0 (00562b043615)", "8841", "11.0", "00562b043615", ""),
            ("Cisco-CP-7832-3PCC/11.0.1 (00562b043615)", "7832", "11.0.1", "00562b043615", ""),
            ("Cisco-CP-8851-3PCC/12.0.7 (FCH2443D9R4)", "8851", "12.0.7", "", "FCH2443D9R4"),
            ("Cisco-CP-8851-3PCC/12.0.7", "8851", "12.0.7", "", ""),
            ("Cisco-DP-9851/3.1.1 (00562b043615)", "9851", "3.1.1", "00562b043615", ""),
        ] {
            let expected = UserAgent {
                vendor: Some(Vendor::CiscoMpp),
                model: some(model),
                firmware: some(firmware),
                mac: Mac::parse(mac).ok(),
                serial: some(serial),
            };
            assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(read("Cisco-CP-7841G/11.0"), None);
    }
}
