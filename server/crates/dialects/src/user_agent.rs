//! What a User-Agent says. Operators can change it and anybody can send it: a finding, never an identity.

use domain::{Mac, vendor::Vendor};

/// What a User-Agent says; only ever a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// The vendor, if its words are there.
    pub vendor: Option<Vendor>,
    /// The model, in upper case without `SIP-`: `T46U`.
    pub model: Option<String>,
    /// The firmware's version, as sent.
    pub firmware: Option<String>,
    /// The MAC, a claim like any other.
    pub mac: Option<Mac>,
}

/// Longer ones are cut before they are looked at.
const LONGEST: usize = 256;
/// Longer than any model or version met.
const LONGEST_WORD: usize = 32;

/// Reads a User-Agent. Phones send control bytes and worse, so it is bytes.
pub fn user_agent(bytes: &[u8]) -> UserAgent {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let mut words = text.split_whitespace();
    let Some(first) = words.next() else { return UserAgent::default() };
    let lower = first.to_ascii_lowercase();
    if lower.starts_with("linphone") {
        return linphone(&lower, words.next());
    }
    match lower.as_str() {
        // Old models leave the vendor's name out.
        "vp530" | "vp530p" | "w52p" => yealink(first, words),
        "yealink" => match words.next() {
            Some(model) if model.eq_ignore_ascii_case("sip") => yealink(words.next().unwrap_or(""), words),
            Some(model) => yealink(model, words),
            None => yealink("", words),
        },
        _ => match lower.strip_prefix("yealink-") {
            Some(model) => yealink(model, words),
            None => UserAgent::default(),
        },
    }
}

fn yealink<'a>(model: &str, mut rest: impl Iterator<Item = &'a str>) -> UserAgent {
    let model = model.to_ascii_uppercase();
    let model = model.strip_prefix("SIP-").unwrap_or(&model);
    let model = model.strip_prefix("VP-").unwrap_or(model);
    let next = rest.next();
    let firmware = next.and_then(version);
    // Without a version the MAC stands in its place.
    let mac = if firmware.is_none() { next } else { rest.next() };
    UserAgent {
        vendor: Some(Vendor::Yealink),
        model: word(model).map(str::to_owned),
        firmware: firmware.map(str::to_owned),
        mac: mac.and_then(|mac| Mac::parse(mac).ok()),
    }
}

/// `Linphonec/5.1.65`, `Linphone-Desktop/5.0.2 …`, `Linphone Desktop/5.0.2`.
fn linphone(first: &str, second: Option<&str>) -> UserAgent {
    let product = if first.contains('/') { first } else { second.unwrap_or("") };
    let (name, firmware) = product.split_once('/').unwrap_or((product, ""));
    UserAgent {
        vendor: Some(Vendor::Linphone),
        model: name.to_ascii_lowercase().ends_with("desktop").then(|| "DESKTOP".to_owned()),
        firmware: version(firmware).map(str::to_owned),
        mac: None,
    }
}

fn word(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    (plain && (1..=LONGEST_WORD).contains(&text.len())).then_some(text)
}

/// Digits and dots first, as `124.85.257.55`; a suffix such as `-beta` may follow.
fn version(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'+'));
    let dotted = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.');
    (plain && dotted && text.len() <= LONGEST_WORD).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, model: &str, firmware: &str, mac: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = UserAgent {
            vendor: Some(Vendor::Yealink),
            model: some(model),
            firmware: some(firmware),
            mac: Mac::parse(mac).ok(),
        };
        assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn what_yealink_phones_send() {
        check("Yealink SIP-T31G 124.85.257.55 80:5e:c0:d5:7d:72", "T31G", "124.85.257.55", "805ec0d57d72");
        check("Yealink SIP-T34W 124.86.0.75 24:9a:d8:88:d0:f4", "T34W", "124.86.0.75", "249ad888d0f4");
        check("Yealink SIP-T46G 28.83.0.120 00:15:65:4a:a9:37", "T46G", "28.83.0.120", "0015654aa937");
        check("Yealink SIP-T38G  38.70.0.125 00:15:65:2f:c3:5e", "T38G", "38.70.0.125", "0015652fc35e");
        check("yealink SIP-T28P 2.70.0.140 00:15:65:13:ae:0b", "T28P", "2.70.0.140", "00156513ae0b");
        check("Yealink SIP-T56A  58.80.0.25 001565f429a4", "T56A", "58.80.0.25", "001565f429a4");
        check("Yealink SIP-T21P_E2 52.80.0.3", "T21P_E2", "52.80.0.3", "");
        check("Yealink W60B 77.81.0.35 80:5e:c0:09:ab:dc", "W60B", "77.81.0.35", "805ec009abdc");
        check("Yealink W70B 146.85.0.5 80:5e:0c:1d:65:4e", "W70B", "146.85.0.5", "805e0c1d654e");
        check("Yealink W80B 103.83.0.122 24:9a:d8:d1:a6:31", "W80B", "103.83.0.122", "249ad8d1a631");
        check("Yealink SIP-W52P 25.73.0.20 00:15:65:31:4b:c1", "W52P", "25.73.0.20", "001565314bc1");
        check("VP530P 23.70.0.40 00:15:65:31:4b:c0", "VP530P", "23.70.0.40", "001565314bc0");
        check("Yealink CP960 73.83.0.30", "CP960", "73.83.0.30", "");
        check("Yealink SIP VP-T49G 51.80.0.100", "T49G", "51.80.0.100", "");
        check("Yealink-SIP-T46S 66.84.0.15", "T46S", "66.84.0.15", "");
        check("Yealink", "", "", "");
        check("Yealink SIP-T46U nonsense", "T46U", "", "");
    }

    #[test]
    fn what_linphone_sends() {
        let linphone = |model: Option<&str>, firmware: Option<&str>| UserAgent {
            vendor: Some(Vendor::Linphone),
            model: model.map(str::to_owned),
            firmware: firmware.map(str::to_owned),
            mac: None,
        };
        assert_eq!(user_agent(b"Linphonec/5.1.65"), linphone(None, Some("5.1.65")));
        assert_eq!(user_agent(b"Linphonec/5.1.65 (belle-sip/5.1.64)"), linphone(None, Some("5.1.65")));
        assert_eq!(user_agent(b"Linphone-Desktop/5.0.2"), linphone(Some("DESKTOP"), Some("5.0.2")));
        assert_eq!(user_agent(b"Linphone Desktop/5.0.2 (Debian)"), linphone(Some("DESKTOP"), Some("5.0.2")));
        assert_eq!(user_agent(b"Linphone"), linphone(None, None));
    }

    #[test]
    fn what_says_nothing() {
        for bytes in
            [&b""[..], b"Unknown", b"curl/8.5", b"AVAYA/SIP12x0\x17/04.00.04.00", b"\xff\xfe Yealink"]
        {
            assert_eq!(user_agent(bytes), UserAgent::default());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = user_agent(&bytes);
            let mut ours = b"Yealink SIP-".to_vec();
            ours.extend_from_slice(&bytes);
            let read = user_agent(&ours);
            prop_assert_eq!(read.vendor, Some(Vendor::Yealink));
            for text in [read.model, read.firmware].into_iter().flatten() {
                prop_assert!(text.is_ascii() && !text.is_empty() && text.len() <= LONGEST_WORD);
            }
        }
    }
}
