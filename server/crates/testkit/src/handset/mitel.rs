//! Mitel: keeps what a file does not name (nobody knows better); `#` begins a comment outside quotes.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| has.extend(said),
    lines,
    of_line: |key| {
        ["sip line", "prgkey", "softkey", "topsoftkey", "expmod"].iter().any(|start| key.starts_with(start))
    },
    before: &[": "],
    neutral: &["", "0", "0.0.0.0", "none"],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for line in file.strip_suffix('\n').unwrap().split('\n').filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        let value = match value.strip_prefix('"') {
            Some(rest) => rest.split_once('"').unwrap().0,
            None => value.split('#').next().unwrap().trim(),
        };
        read::once(&mut keys, key.to_owned(), value.to_owned());
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=24)
        .filter_map(|index| {
            let own = |name: &str| at(keys, &format!("sip line{index} {name}")).to_owned();
            let (user, registrar) = (own("user name"), own("registrar ip"));
            let registers = !user.is_empty() && !["", "0.0.0.0"].contains(&registrar.as_str());
            registers.then(|| Registers { index, user, password: own("password"), host: registrar })
        })
        .collect()
}
