//! Panasonic: keeps what a file does not name. A file begins with 44 given bytes, its lines end with CRLF, none is
//! longer than 537 bytes, the last is empty, and nothing stands around `=`.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| has.extend(said),
    lines,
    of_line: |key| {
        let line = [
            "phone_number_",
            "dscp_sip_",
            "sip_",
            "display_name_",
            "reg_expire_time_",
            "vm_number_",
            "dial_plan_",
        ];
        line.iter().any(|start| key.starts_with(start)) || key.starts_with("flex_button_")
    },
    before: &["=\""],
    neutral: &["", "0", "5060", "3600", "Y"],
};

fn keys(file: &str) -> Keys {
    assert!(file.starts_with("# Panasonic SIP Phone Standard Format File #"));
    assert!(file.ends_with("\r\n\r\n"));
    let mut keys = Keys::new();
    for line in file.split("\r\n").filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(line.len() + 2 <= 537 && !line.contains('\n'));
        let (key, value) = line.split_once('=').unwrap();
        assert!(
            key.len() <= 32 && key.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
        );
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap();
        assert!(!value.contains('"'));
        read::once(&mut keys, key.to_owned(), value.to_owned());
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=16)
        .filter_map(|index| {
            let own = |name: &str| at(keys, &format!("{name}_{index}")).to_owned();
            let (user, host) = (own("PHONE_NUMBER"), own("SIP_RGSTR_ADDR"));
            let registers = !user.is_empty() && !host.is_empty();
            registers.then(|| Registers { index, user, password: own("SIP_PASS"), host })
        })
        .collect()
}
