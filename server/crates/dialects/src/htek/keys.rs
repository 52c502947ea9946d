//! What the numbers are called. A phone reads the number; the name beside it is for people.

/// Names of an account's keys, and their numbers on accounts 1 to 4.
const ACCOUNT: [(&str, [u16; 4]); 8] = [
    ("Active", [271, 401, 501, 601]),
    ("Profile", [24082, 24083, 24084, 24085]),
    ("Label", [20000, 20001, 20002, 20003]),
    ("SipUserId", [35, 735, 504, 604]),
    ("AuthenticateID", [36, 736, 505, 605]),
    ("AuthenticatePassword", [34, 734, 506, 606]),
    // Spelled so by the phones themselves.
    ("DispalyName", [3, 703, 507, 607]),
    ("VoiceMailId", [33, 426, 526, 626]),
];

/// Other keys.
const NAMES: [(u16, &str); 27] = [
    (2, "AdminPassword"),
    (30, "UrlOrIpAddress"),
    (31, "Profile1_SipRegistration"),
    (32, "Profile1_RegisterExpiration"),
    (47, "Profile1_Sipserver"),
    (48, "Profile1_OutboundProxy"),
    (51, "Layer2QoS_802_1Q_VLANTag"),
    (57, "Profile1_Choice1"),
    (58, "Profile1_Choice2"),
    (59, "Profile1_Choice3"),
    (60, "Profile1_Choice4"),
    (61, "Profile1_Choice5"),
    (62, "Profile1_Choice6"),
    (87, "Layer2QoS_802_1pPriorityValue"),
    (99, "Profile1_SubscribeForMWI"),
    (130, "Profile1_SipTransport"),
    (145, "FirmwareUpGrade_ToOverrideServer"),
    (193, "FirmwareUpGrade_CheckUpgradeTimes"),
    (194, "FirmwareUpGrade_AutoUpgrade"),
    (237, "FirmwareUpGrade_ConfigServerPath"),
    (967, "Profile1_FailoverSipserver"),
    (1360, "FirmwareUpGrade_UserName"),
    (1361, "FirmwareUpGrade_Password"),
    (4701, "CallPickup_DirectCallPickup"),
    (4745, "CallPickup_DirectCallPickupCode"),
    (5438, "Active"),
    (24053, "Network_Advanced_Vlan_WANVlan"),
];

/// The key of an account, from 1; `P0` is none that a phone has.
pub(super) fn of_account(name: &str, index: u8) -> String {
    let numbers = ACCOUNT.iter().find(|(own, _)| *own == name).map(|(_, numbers)| numbers);
    let number = numbers.and_then(|numbers| numbers.get(usize::from(index).checked_sub(1)?).copied());
    format!("P{}", number.unwrap_or(0))
}

/// Type, value and label of a line key, from 1: the first four have numbers of their own.
pub(super) fn of_line_key(number: u8) -> [String; 3] {
    let place = u16::from(number.saturating_sub(1));
    let numbers = match place {
        0..4 => [41_200 + place, 41_300 + place, 41_400 + place],
        _ => [0, 1, 2].map(|offset| 20_200 + offset + 5 * (place - 4)),
    };
    numbers.map(|number| format!("P{number}"))
}

/// The most line keys whose numbers are known.
pub(super) const LINE_KEYS: u8 = 36;

/// What a key is called; empty where nobody says.
pub(super) fn name(key: &str) -> String {
    let Some(number) = key.strip_prefix('P').and_then(|number| number.parse::<u16>().ok()) else {
        return String::new();
    };
    if let Some((_, name)) = NAMES.iter().find(|(own, _)| *own == number) {
        return (*name).to_owned();
    }
    let of_account = ACCOUNT.iter().find_map(|(name, numbers)| {
        let index = numbers.iter().position(|own| *own == number)?;
        Some(format!("Account{}_{name}", index + 1))
    });
    of_account.or_else(|| of_button(key)).unwrap_or_default()
}

fn of_button(key: &str) -> Option<String> {
    (1..=LINE_KEYS).find_map(|number| {
        let field = of_line_key(number).iter().position(|own| own == key)?;
        Some(format!("LineKey{number}_{}", ["Type", "Value", "Label"][field]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_belong_together() {
        assert_eq!(
            (of_account("SipUserId", 3).as_str(), name("P504").as_str()),
            ("P504", "Account3_SipUserId")
        );
        assert_eq!(of_line_key(4), ["P41203", "P41303", "P41403"]);
        assert_eq!(of_line_key(6), ["P20205", "P20206", "P20207"]);
        assert_eq!(name("P20205"), "LineKey6_Type");
        assert_eq!((name("P9"), name("Pé")), (String::new(), String::new()));
        assert_eq!(of_account("SipUserId", 9), "P0");
    }
}
