//! `Linphonec/5.1.65`, `Linphone-Desktop/5.0.2 …`, `Linphone Desktop/5.0.2`.

use crate::user_agent::{UserAgent, version};
use domain::vendor::Vendor;

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    if !first.to_ascii_lowercase().starts_with("linphone") {
        return None;
    }
    let product = if first.contains('/') { first } else { words.next().unwrap_or("") };
    let (name, firmware) = product.split_once('/').unwrap_or((product, ""));
    Some(UserAgent {
        vendor: Some(Vendor::Linphone),
        model: name.to_ascii_lowercase().ends_with("desktop").then(|| "DESKTOP".to_owned()),
        firmware: version(firmware).map(str::to_owned),
        mac: None,
        serial: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    #[test]
    fn what_linphone_sends() {
        let linphone = |model: Option<&str>, firmware: Option<&str>| UserAgent {
            vendor: Some(Vendor::Linphone),
            model: model.map(str::to_owned),
            firmware: firmware.map(str::to_owned),
            mac: None,
            serial: None,
        };
        assert_eq!(user_agent(b"Linphonec/5.1.65"), linphone(None, Some("5.1.65")));
        assert_eq!(user_agent(b"Linphonec/5.1.65 (belle-sip/5.1.64)"), linphone(None, Some("5.1.65")));
        assert_eq!(user_agent(b"Linphone-Desktop/5.0.2"), linphone(Some("DESKTOP"), Some("5.0.2")));
        assert_eq!(user_agent(b"Linphone Desktop/5.0.2 (Debian)"), linphone(Some("DESKTOP"), Some("5.0.2")));
        assert_eq!(user_agent(b"Linphone"), linphone(None, None));
    }
}
