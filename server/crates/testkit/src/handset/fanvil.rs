//! Fanvil: whether it keeps what a file does not name nobody has tried; the worse case is that it does.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, ""),
    lines,
    of_line: |key| key.starts_with("sip/line[") || key.starts_with("dsskey/"),
    before: &[">"],
    neutral: &["", "0", "5", "3600", "PCMU,PCMA,G726-32,G729,iLBC,G722"],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file).into_iter().filter(|element| element.leaf && element.path.len() > 1) {
        assert_eq!(element.path[0], "sysConf");
        let steps =
            element.path.iter().zip(&element.attributes).skip(1).map(
                |(name, attributes)| match &attributes[..] {
                    [] => name.clone(),
                    [(attribute, index)] if attribute == "index" => format!("{name}[{index}]"),
                    other => panic!("{other:?}"),
                },
            );
        read::once(&mut keys, steps.collect::<Vec<_>>().join("/"), element.text);
    }
    assert!(keys.contains_key("Version"));
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=20)
        .filter(|index| at(keys, &format!("sip/line[{index}]/EnableReg")) == "1")
        .map(|index| {
            let own = |name: &str| at(keys, &format!("sip/line[{index}]/{name}")).to_owned();
            let proxy = own("ProxyAddr");
            let host = if proxy.is_empty() { own("RegisterAddr") } else { proxy };
            Registers { index, user: own("PhoneNumber"), password: own("RegisterPswd"), host }
        })
        .collect()
}
