//! Gigaset: keeps what a file does not name, but loses every handset that a file with `DeleteNotProvisionedHS` does
//! not add. An account is a handset's, by IPUI; in tests the handset of an endpoint has its number as its serial.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take,
    lines,
    of_line: |key| key.starts_with("sipaccount.") || key.starts_with("hs."),
    before: &["value=\""],
    neutral: &[""],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file) {
        let value = element.attribute("value").unwrap_or("").to_owned();
        match (element.name(), element.attribute("name")) {
            ("oper", Some("DeleteNotProvisionedHS")) => read::once(&mut keys, super::SWEEP.to_owned(), value),
            ("param", Some("hs.RegStatus")) => {
                let outer = &element.attributes[element.attributes.len() - 2];
                let ipui = &outer.iter().find(|(name, _)| name == "value").unwrap().1;
                read::once(&mut keys, format!("hs.{ipui}.RegStatus"), value);
            }
            ("param", Some(name)) => read::once(&mut keys, name.to_owned(), value),
            ("oper", Some("add_hs")) | ("nvm" | "provisioning", _) => {}
            other => panic!("{other:?}"),
        }
    }
    keys
}

fn take(has: &mut Keys, mut said: Keys) {
    if said.remove(super::SWEEP).is_some() {
        let added: Vec<_> = said.keys().filter_map(|key| Some(ipui(key)?.to_owned())).collect();
        has.retain(|key, _| ipui(key).is_none_or(|own| added.iter().any(|added| added == own)));
    }
    has.extend(said);
}

/// Whose key it is.
fn ipui(key: &str) -> Option<&str> {
    key.strip_prefix("SipAccount.").or(key.strip_prefix("hs."))?.split('.').next()
}

fn lines(keys: &Keys) -> Vec<Registers> {
    let handsets = keys.iter().filter(|(key, value)| key.starts_with("hs.") && *value == "ToReg");
    let mut lines: Vec<_> = handsets
        .map(|(key, _)| {
            let ipui = ipui(key).unwrap();
            let own = |name: &str| at(keys, &format!("SipAccount.{ipui}.{name}")).to_owned();
            assert_eq!(own("ProviderId"), "0");
            let serial = u32::from_str_radix(ipui, 16).unwrap() % (1 << 20);
            Registers {
                index: u8::try_from(serial).unwrap(),
                user: own("UserName"),
                password: own("AuthPassword"),
                host: at(keys, "SipProvider.0.RegServerAddress").to_owned(),
            }
        })
        .collect();
    lines.sort_by_key(|line| line.index);
    lines
}
