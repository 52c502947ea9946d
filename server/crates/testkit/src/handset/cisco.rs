//! Cisco MPP and SPA: keeps what a profile does not name; an empty element empties.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, ""),
    lines,
    of_line,
    before: &[">"],
    neutral: &[
        "",
        "Yes",
        "No",
        "Disabled",
        "UDP",
        "3600",
        "private",
        "Optional",
        "G711u",
        "Unspecified",
        "0x68",
        "0xb8",
        "20",
        "3",
        "6",
        "(*xx|[3469]11|0|00|[2-9]xxxxxx|1xxx[2-9]xxxxxxS0|xxxxxxxxxxxx.)",
    ],
};

/// `password_1_`, `extension_12_`, `unit_1_key_2_`.
fn of_line(key: &str) -> bool {
    let number = key.strip_suffix('_').and_then(|rest| rest.rsplit_once('_')).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
}

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file) {
        assert_eq!(element.path[0], "flat-profile");
        assert!(element.attributes.iter().all(Vec::is_empty));
        let nested = element.path.get(1).is_some_and(|name| name == "router-configuration");
        assert!(nested || element.path.len() <= 2, "{:?}", element.path);
        if element.leaf && element.path.len() > 1 {
            read::once(&mut keys, element.path[1..].join("/"), element.text);
        }
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=16)
        .filter(|index| at(keys, &format!("Line_Enable_{index}_")) == "Yes")
        .map(|index| {
            let own = |name: &str| at(keys, &format!("{name}_{index}_")).to_owned();
            let proxy = own("Use_Outbound_Proxy") == "Yes";
            let to = own(if proxy { "Outbound_Proxy" } else { "Proxy" });
            let host = to.split(':').next().unwrap_or_default().to_owned();
            Registers { index, user: own("User_ID"), password: own("Password"), host }
        })
        .collect()
}
