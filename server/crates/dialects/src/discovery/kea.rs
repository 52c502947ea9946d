//! ISC Kea: client classes, as JSON.

use super::{Address, Family, Match, given, unusual};
use serde_json::{Value, json};

/// What belongs into `Dhcp4` of `kea-dhcp4.conf`: definitions of unusual options, and one class per family.
pub fn kea(families: &[&Family], onboarding: &Address) -> String {
    let given = given(families, onboarding);
    let definitions: Vec<Value> = unusual(&given)
        .into_iter()
        // Kea knows 114 by itself (RFC 8910), and refuses a second definition.
        .filter(|option| *option != 114)
        .map(|code| json!({ "name": definition(code), "code": code, "type": "string", "space": "dhcp4" }))
        .collect();
    let classes: Vec<Value> = given
        .iter()
        .map(|g| {
            let mut data = json!({ "code": g.option, "space": "dhcp4", "data": text(&g.value) });
            // Its name has changed between versions; as octets it needs none.
            if g.option == 114 {
                data["csv-format"] = Value::Bool(false);
                data["data"] = Value::String(octets(&g.value));
            }
            json!({
                "name": format!("ringfence-{}", g.family.name),
                "test": test(&g.family.by),
                "option-data": [data],
            })
        })
        .collect();
    let mut dhcp = json!({ "client-classes": classes });
    if !definitions.is_empty() {
        dhcp["option-def"] = Value::Array(definitions);
    }
    serde_json::to_string_pretty(&json!({ "Dhcp4": dhcp })).unwrap_or_default() + "\n"
}

fn definition(code: u8) -> String {
    format!("ringfence-{code}")
}

/// Kea cuts the data of an option into fields at commas; a backslash keeps one. JSON then doubles the backslash.
pub(super) fn text(value: &str) -> String {
    value.replace('\\', "\\\\").replace(',', "\\,")
}

fn octets(value: &str) -> String {
    value.bytes().fold(String::new(), |out, byte| out + &format!("{byte:02X}"))
}

fn test(by: &Match) -> String {
    match by {
        Match::Oui(prefixes) => {
            let one = |prefix: &&str| format!("substring(pkt4.mac,0,3) == 0x{prefix}");
            prefixes.iter().map(one).collect::<Vec<_>>().join(" or ")
        }
        Match::Class(class) => format!("substring(option[60].hex,0,{}) == '{class}'", class.len()),
    }
}
