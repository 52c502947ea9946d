//! 2N: keeps what a file does not name (nobody knows better); accounts are counted from 0.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| has.extend(said),
    lines,
    of_line: |key| key.starts_with("phone/sip["),
    before: &[">"],
    neutral: &["", "0"],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file).into_iter().filter(|element| element.leaf && element.path.len() > 1) {
        assert_eq!(element.path[0], "DeviceDatabase");
        let steps = element.path.iter().zip(&element.attributes).skip(1).map(|(name, own)| match &own[..] {
            [(key, value)] if key == "At" => format!("{name}[{value}]"),
            _ => name.clone(),
        });
        read::once(&mut keys, steps.collect::<Vec<_>>().join("/"), element.text);
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    let own = |at_index: u8, name: &str| at(keys, &format!("Phone/Sip[{at_index}]/{name}")).to_owned();
    (0..4)
        .filter(|index| own(*index, "Enabled") == "1" && own(*index, "Registrar/Enabled") == "1")
        .map(|index| Registers {
            index: index + 1,
            user: own(index, "User/Id"),
            password: own(index, "User/PasswordString"),
            host: own(index, "Registrar/Address"),
        })
        .collect()
}
