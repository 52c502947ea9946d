//! Yealink: keeps what a file does not name, unless a `.boot` says otherwise; `%NULL%` is the factory's value.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, "%NULL%"),
    lines,
    of_line: |key| {
        ["account.", "handset.", "linekey.", "expansion_module.", "voice_mail.", "template."]
            .iter()
            .any(|start| key.starts_with(start))
    },
    before: &[" = "],
    neutral: &["0", "%NULL%"],
};

fn keys(file: &str) -> Keys {
    let mut lines = file.strip_suffix('\n').unwrap().split('\n');
    assert_eq!(lines.next(), Some("#!version:1.0.0.1"));
    read::lines(lines, " = ")
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=32)
        .filter(|index| at(keys, &format!("account.{index}.enable")) == "1")
        .map(|index| {
            let own = |name: &str| at(keys, &format!("account.{index}.{name}")).to_owned();
            // A manager of several bases has servers in a template.
            let template = own("sip_server.template");
            let host = if !template.is_empty() {
                let of = |name: &str| at(keys, &format!("template.{template}.{name}")).to_owned();
                let proxy = of("outbound.enable") == "1";
                of(if proxy { "outbound.1.address" } else { "sip_server.1.address" })
            } else if own("outbound_proxy_enable") == "1" {
                own("outbound_proxy.1.address")
            } else {
                own("sip_server.1.address")
            };
            Registers { index, user: own("user_name"), password: own("password"), host }
        })
        .collect()
}
