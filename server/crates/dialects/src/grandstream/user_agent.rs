//! `Grandstream Model HW GXP2135 SW 1.0.7.97 DevId 000b828aa872`, and what came before it.

use crate::user_agent::{UserAgent, version, word};
use domain::{Mac, vendor::Vendor};

pub(super) fn read(text: &str) -> Option<UserAgent> {
    let mut words = text.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("grandstream") {
        return None;
    }
    let rest: Vec<&str> = words.collect();
    let after = |name: &str| {
        let at = rest.iter().position(|word| word.eq_ignore_ascii_case(name))?;
        rest.get(at + 1).copied()
    };
    // Without `HW` the model is the first word, and the program's version stands in brackets.
    let bracket = rest.iter().find_map(|word| word.strip_prefix('(')?.split(':').nth(1)?.split('/').next());
    let model =
        after("HW").or_else(|| rest.first().copied().filter(|word| !word.eq_ignore_ascii_case("model")));
    Some(UserAgent {
        vendor: Some(Vendor::Grandstream),
        model: model.and_then(|model| word(model).map(str::to_ascii_uppercase)),
        firmware: after("SW").or(bracket).and_then(version).map(str::to_owned),
        mac: after("DevId").and_then(|mac| Mac::parse(mac).ok()),
        serial: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent;

    fn check(text: &str, model: &str, firmware: &str, mac: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = UserAgent {
            vendor: Some(Vendor::Grandstream),
            model: some(model),
            firmware: some(firmware),
            mac: Mac::parse(mac).ok(),
            serial: None,
        };
        assert_eq!(user_agent(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn what_grandstreams_send() {
        check(
            "Grandstream Model HW GXP2135 SW 1.0.7.97 DevId 000b828aa872",
            "GXP2135",
            "1.0.7.97",
            "000b828aa872",
        );
        check(
            "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad0b63ee",
            "GRP2614",
            "1.0.5.15",
            "c074ad0b63ee",
        );
        check(
            "Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad273a10",
            "HT801",
            "1.0.17.5",
            "c074ad273a10",
        );
        check(
            "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId 000b822726c8",
            "GXP2000",
            "1.2.5.3",
            "000b822726c8",
        );
        check("Grandstream", "", "", "");
        check("Grandstream Model HW", "", "", "");
    }
}
