//! Algo: keeps what a file does not name (nobody knows better); `#` begins a comment at the start of a line alone.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: |file| {
        let lines = file.strip_suffix('\n').unwrap().split('\n');
        read::lines(lines.filter(|line| !line.starts_with('#')), " = ")
    },
    take: |has, said| has.extend(said),
    lines,
    of_line: |key| key.starts_with("sip."),
    before: &[" = "],
    neutral: &["", "3600", "auto"],
};

fn lines(keys: &Keys) -> Vec<Registers> {
    let own = |name: &str| at(keys, &format!("sip.u1.{name}")).to_owned();
    let host = at(keys, "sip.proxy").split(':').next().unwrap().to_owned();
    let registers = !own("user").is_empty() && !host.is_empty();
    registers
        .then(|| Registers { index: 1, user: own("user"), password: own("pwd"), host })
        .into_iter()
        .collect()
}
