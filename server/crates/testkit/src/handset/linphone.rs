//! Linphone: keeps what a file does not name; an empty entry deletes its key.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, ""),
    lines,
    of_line: |key| ["proxy", "auth_info", "sip/default_proxy"].iter().any(|start| key.starts_with(start)),
    before: &["overwrite=\"true\">"],
    neutral: &["", "0", "-1"],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file).into_iter().filter(|element| element.name() == "entry") {
        assert_eq!(element.attribute("overwrite"), Some("true"));
        let section = &element.attributes[element.attributes.len() - 2];
        let section = section.iter().find(|(name, _)| name == "name").map(|(_, value)| value).unwrap();
        let key = format!("{section}/{}", element.attribute("name").unwrap());
        read::once(&mut keys, key, element.text);
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (0..32)
        .filter(|number| at(keys, &format!("proxy_{number}/reg_sendregister")) == "1")
        .map(|number: u8| {
            let own = |name: &str| at(keys, &format!("auth_info_{number}/{name}")).to_owned();
            let to = at(keys, &format!("proxy_{number}/reg_proxy"));
            let host = to.trim_start_matches("<sip:").split([':', ';', '>']).next().unwrap_or("");
            Registers {
                index: number + 1,
                user: own("username"),
                password: own("passwd"),
                host: host.to_owned(),
            }
        })
        .collect()
}
