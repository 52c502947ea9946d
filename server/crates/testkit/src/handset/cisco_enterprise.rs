//! Cisco enterprise: a file that says `fullConfig` is all that the phone then has.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| *has = said,
    lines,
    of_line: |key| key.contains("sipline"),
    before: &[">"],
    neutral: &[""],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file).into_iter().filter(|element| element.leaf && element.path.len() > 1) {
        assert_eq!(element.path[0], "device");
        let steps = element.path.iter().zip(&element.attributes).skip(1).map(|(name, attributes)| {
            let own: Vec<_> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
            if own.is_empty() { name.clone() } else { format!("{name}[{}]", own.join(",")) }
        });
        let key = steps.collect::<Vec<_>>().join("/");
        read::once(&mut keys, key, element.text);
    }
    assert_eq!((at(&keys, "fullConfig"), at(&keys, "deviceProtocol")), ("true", "SIP"));
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    let own = |index: u8, name: &str| {
        at(keys, &format!("sipProfile/sipLines/line[button={index},lineIndex={index}]/{name}")).to_owned()
    };
    let server = "devicePool/callManagerGroup/members/member[priority=0]/callManager/processNodeName";
    (1..=16)
        .filter(|index| own(*index, "featureID") == "9" && own(*index, "proxy") == "USECALLMANAGER")
        .map(|index| Registers {
            index,
            user: own(index, "name"),
            password: own(index, "authPassword"),
            host: at(keys, server).to_owned(),
        })
        .collect()
}
