//! Htek: keeps what a file does not name (nobody knows better); an account registers with the server of its profile.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| has.extend(said),
    lines,
    of_line: |key| {
        let account = ACCOUNTS.iter().flatten().any(|own| format!("p{own}") == key);
        account
            || ["p412", "p413", "p414", "p202"].iter().any(|start| key.starts_with(start) && key.len() == 6)
    },
    before: &["\">", "<P"],
    neutral: &["", "0"],
};

/// Active, profile, label, user, name for the digest, password, display name, voicemail of the first four accounts.
const ACCOUNTS: [[u16; 8]; 4] = [
    [271, 24082, 20000, 35, 36, 34, 3, 33],
    [401, 24083, 20001, 735, 736, 734, 703, 426],
    [501, 24084, 20002, 504, 505, 506, 507, 526],
    [601, 24085, 20003, 604, 605, 606, 607, 626],
];

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file).into_iter().filter(|element| element.leaf && element.path.len() > 2) {
        assert_eq!(element.path[..2], ["hl_provision", "config"]);
        read::once(&mut keys, element.name().to_owned(), element.text);
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..)
        .zip(ACCOUNTS)
        .filter(|(_, own)| at(keys, &format!("P{}", own[0])) == "1")
        .map(|(index, own)| {
            let key = |place: usize| at(keys, &format!("P{}", own[place])).to_owned();
            assert_eq!(key(1), "0");
            let host = at(keys, "P47").split(':').next().unwrap().to_owned();
            Registers { index, user: key(3), password: key(5), host }
        })
        .collect()
}
