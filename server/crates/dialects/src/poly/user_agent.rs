//! `FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 (SN:0004f282e824) Type/Application`. The MAC is there only where
//! `device.prov.tagSerialNo` is set.

use crate::user_agent::{LONGEST_WORD, UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let product = if first.eq_ignore_ascii_case("filetransport") { words.next()? } else { first };
    let (phone, number) = product.split_once("-UA/")?;
    let (family, model) = phone.split_once('-')?;
    if !family.get(..4)?.eq_ignore_ascii_case("poly") {
        return None;
    }
    let rest: Vec<_> = words.collect();
    // An updater's version is its own, and who says nothing may be one.
    let application = rest.iter().any(|word| word.eq_ignore_ascii_case("type/application"));
    let tag = rest.iter().find_map(|word| word.strip_prefix("(SN:")?.strip_suffix(')')).unwrap_or("");
    let mac = Mac::parse(tag).ok();
    let serial = mac.is_none() && (1..=LONGEST_WORD).contains(&tag.len()) && tag.is_ascii();
    Some(UserAgent {
        vendor: Some(Vendor::Poly),
        model: word(&model.replace('_', "").to_ascii_uppercase()).map(str::to_owned),
        firmware: version(number).filter(|_| application).map(str::to_owned),
        mac,
        serial: serial.then(|| tag.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    fn check(text: &str, model: &str, firmware: &str, mac: &str, serial: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = UserAgent {
            vendor: Some(Vendor::Poly),
            model: some(model),
            firmware: some(firmware),
            mac: Mac::parse(mac).ok(),
            serial: some(serial),
        };
        assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn what_poly_phones_send() {
        check("FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater", "VVX500", "", "", "");
        check(
            "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application",
            "VVX500",
            "5.9.7.4477",
            "",
            "",
        );
        check(
            "FileTransport PolycomVVX-VVX_101-UA/5.4.3.1014 Type/Application",
            "VVX101",
            "5.4.3.1014",
            "",
            "",
        );
        check("FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078", "SPIP335", "", "", "");
        check("FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.1.0275", "SPIP335", "", "", "");
        check(
            "FileTransport PolycomRealPresenceTrio-Trio_8800-UA/7.2.2.1094 (SN:12345) Type/Application",
            "TRIO8800",
            "7.2.2.1094",
            "",
            "12345",
        );
        check(
            "FileTransport PolyCCX-CCX_600-UA/8.0.2.3267 (SN:482567b5313f) Type/Application",
            "CCX600",
            "8.0.2.3267",
            "482567b5313f",
            "",
        );
        for text in
            ["FileTransport", "FileTransport Acme-A_1-UA/1.2", "Poly", "PolycomVVX-VVX_500", "é-é-UA/1"]
        {
            assert_eq!(user_agent(text.as_bytes()).vendor, None, "{text}");
        }
    }
}
