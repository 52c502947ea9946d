//! `Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)`: after the
//! version whatever the years brought, with a MAC somewhere or without.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let inside = text.split_once("(compatible; ")?.1;
    let start = inside.get(..4)?;
    if !start.eq_ignore_ascii_case("snom") {
        return None;
    }
    let mut words = inside[4..].split([' ', ';', ')']).filter(|word| !word.is_empty());
    let vendor = Some(Vendor::Snom);
    // The oldest say `snom lid 3605`.
    let first = words.next().filter(|_| !inside[4..].starts_with(' '));
    let model = first.and_then(|first| first.to_ascii_uppercase().strip_suffix("-SIP").map(str::to_owned));
    let Some(model) = model else { return Some(UserAgent { vendor, ..UserAgent::default() }) };
    let firmware = words.next().and_then(version).map(str::to_owned);
    let mac = words.filter(|word| word.len() == 12).find_map(|word| Mac::parse(word).ok());
    Some(UserAgent { vendor, model: word(&model).map(str::to_owned), firmware, mac, serial: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    fn check(text: &str, model: &str, firmware: &str, mac: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = UserAgent {
            vendor: Some(Vendor::Snom),
            model: some(model),
            firmware: some(firmware),
            mac: Mac::parse(mac).ok(),
            serial: None,
        };
        let text = format!("Mozilla/4.0 (compatible; {text})");
        assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn what_snom_phones_send() {
        check(
            "snomD785-SIP 10.1.169.16 2010.12-00001-gd311851f1 (Feb 25 2019 - 14:19:43) 00041396D9B4 SXM:0 \
             UXM:0 UXMC:0",
            "D785",
            "10.1.169.16",
            "00041396d9b4",
        );
        check(
            "snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0",
            "D785",
            "10.1.33.33",
            "000413922d24",
        );
        check("snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767", "710", "8.7.5.35", "000413741767");
        check("snom320-SIP 6.5.20; snom320 jffs2 v3.36; snom320 linux 3.38", "320", "6.5.20", "");
        check("snom870-SIP 8.4.35 SPEAr300 SNOM 1.4", "870", "8.4.35", "");
        check("snomPA1-SIP 8.4.35 1.1.3-s", "PA1", "8.4.35", "");
        check("snom lid 3605", "", "", "");
        let avaya = b"Mozilla/4.0 (compatible; MSIE 6.0) AVAYA/J179-4.1.3.0.6 (MAC:c81fea83e85a)";
        assert_eq!(user_agent(avaya).vendor, None);
    }
}
