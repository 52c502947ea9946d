//! `Yealink SIP-T46U 108.86.0.20 80:5e:c0:12:34:56`, with the variations of fifteen years.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let lower = first.to_ascii_lowercase();
    match lower.as_str() {
        // Old models leave the vendor's name out.
        "vp530" | "vp530p" | "w52p" => Some(phone(first, words)),
        "yealink" => Some(match words.next() {
            Some(model) if model.eq_ignore_ascii_case("sip") => phone(words.next().unwrap_or(""), words),
            Some(model) => phone(model, words),
            None => phone("", words),
        }),
        _ => lower.strip_prefix("yealink-").map(|model| phone(model, words)),
    }
}

fn phone<'a>(model: &str, mut rest: impl Iterator<Item = &'a str>) -> UserAgent {
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
        serial: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    fn check(text: &str, model: &str, firmware: &str, mac: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = UserAgent {
            vendor: Some(Vendor::Yealink),
            model: some(model),
            firmware: some(firmware),
            mac: Mac::parse(mac).ok(),
            serial: None,
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
}
