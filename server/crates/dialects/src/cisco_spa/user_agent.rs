//! `Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)`: in brackets the MAC, then the serial number, or that alone.

use crate::user_agent::{LONGEST_WORD, UserAgent, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let (maker, rest) = text.split_once('/')?;
    if !["cisco", "linksys"].iter().any(|own| maker.eq_ignore_ascii_case(own)) {
        return None;
    }
    let (product, brackets) = rest.split_once(' ').unwrap_or((rest, ""));
    let upper = product.to_ascii_uppercase();
    if !["SPA", "ATA", "PAP"].iter().any(|start| upper.starts_with(start)) {
        return None;
    }
    let (model, firmware) = split(&upper, product);
    let mut inside: Vec<&str> = brackets.split(['(', ')']).filter(|text| !text.trim().is_empty()).collect();
    let serial = inside.pop().and_then(word);
    Some(UserAgent {
        vendor: Some(Vendor::CiscoSpa),
        model: word(&model.replace('-', "")).map(str::to_owned),
        firmware: firmware.map(str::to_owned),
        mac: inside.pop().and_then(|mac| Mac::parse(mac).ok()),
        serial: serial.map(str::to_owned),
    })
}

/// `SPA-942-6.1.5(a)`, `ATA191-MPP-11-1-0-MSR4`: the version begins behind `-MPP`, or at the first digit behind a
/// dash that does not belong to the series.
fn split<'a>(upper: &'a str, product: &'a str) -> (&'a str, Option<&'a str>) {
    let at = upper.find("-MPP-").map(|at| (at, at + 5)).or_else(|| {
        let mut dashes = upper.rmatch_indices('-').map(|(at, _)| at);
        let version = |at: &usize| {
            let rest = &upper[at + 1..];
            rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('.')
        };
        dashes.find(version).map(|at| (at, at + 1))
    });
    let Some((end, start)) = at else { return (upper, None) };
    let firmware = &product[start..];
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'(' | b')');
    let fits = firmware.len() <= LONGEST_WORD && firmware.bytes().all(plain);
    (&upper[..end], Some(firmware).filter(|_| fits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_phones_and_adapters_send() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (text, model, firmware, mac, serial) in [
            (
                "Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)",
                "SPA501G",
                "7.4.4",
                "8843e157ddcc",
                "CBT141100HR",
            ),
            (
                "Cisco/SPA508G-7.4.8a (0002FDFF2103)(CBT141400UK)",
                "SPA508G",
                "7.4.8a",
                "0002fdff2103",
                "CBT141400UK",
            ),
            ("Cisco/SPA525G-7.4.7 (CBT141900G7)", "SPA525G", "7.4.7", "", "CBT141900G7"),
            ("Linksys/SPA-942-6.1.5(a) (88019FA42805)", "SPA942", "6.1.5(a)", "", "88019FA42805"),
            ("Linksys/SPA-962-6.1.5(a) (4MM00F903042)", "SPA962", "6.1.5(a)", "", "4MM00F903042"),
            ("Cisco/ATA191-MPP-11-1-0-MSR4 (FCH2443D9R4)", "ATA191", "11-1-0-MSR4", "", "FCH2443D9R4"),
            ("Cisco/SPA112", "SPA112", "", "", ""),
        ] {
            let expected = UserAgent {
                vendor: Some(Vendor::CiscoSpa),
                model: some(model),
                firmware: some(firmware),
                mac: Mac::parse(mac).ok(),
                serial: some(serial),
            };
            assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(read("Cisco/IOS"), None);
        assert_eq!(read("AVAYA/SPA"), None);
    }
}
