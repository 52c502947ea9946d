//! `Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;7C2F80E0D605`, sometimes in quotes, sometimes without the MAC.

use crate::user_agent::{LONGEST_WORD, UserAgent, version};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let text = text.trim_matches('"');
    let (name, rest) = text.split_once('/')?;
    let model = match name.split_once(' ') {
        Some((maker, model)) if maker.eq_ignore_ascii_case("gigaset") => model,
        // Old firmware leaves the vendor's name out.
        _ if ["N510", "N720", "N610", "N670", "N870"].iter().any(|own| name.starts_with(own)) => name,
        _ => return None,
    };
    let mut parts = rest.split(';');
    let firmware = parts.next().and_then(version);
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b' ' | b'-');
    let fits = model.bytes().all(plain) && (1..=LONGEST_WORD).contains(&model.len());
    Some(UserAgent {
        vendor: Some(Vendor::Gigaset),
        model: fits.then(|| model.replace([' ', '-'], "_").to_ascii_uppercase()),
        firmware: firmware.map(str::to_owned),
        mac: parts.next().and_then(|mac| Mac::parse(mac).ok()),
        serial: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_bases_send() {
        for (text, model, firmware, mac) in [
            (
                "Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;7C2F80E0D605",
                "N870_IP_PRO",
                "83.V2.11.0+build.a546b91",
                "7c2f80e0d605",
            ),
            ("\"Gigaset N670 IP PRO/83.V2.49.1;7C2F80E0D605\"", "N670_IP_PRO", "83.V2.49.1", "7c2f80e0d605"),
            (
                "Gigaset N720 DM PRO/70.089.00.000.000;7C2F80CA21E4",
                "N720_DM_PRO",
                "70.089.00.000.000",
                "7c2f80ca21e4",
            ),
            ("Gigaset N720 DM PRO/70.108.00.000.000", "N720_DM_PRO", "70.108.00.000.000", ""),
            ("N720-DM-PRO/70.040.00.000.000", "N720_DM_PRO", "70.040.00.000.000", ""),
        ] {
            let read = user_agent(text.as_bytes());
            assert_eq!(read.vendor, Some(Vendor::Gigaset), "{text}");
            assert_eq!((read.model.as_deref(), read.firmware.as_deref()), (Some(model), Some(firmware)));
            assert_eq!(read.mac, Mac::parse(mac).ok(), "{text}");
        }
    }
}
