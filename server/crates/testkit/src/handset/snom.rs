//! Snom: keeps what a file does not name; an empty element is an empty value. Function keys are free as `line`.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, ""),
    lines,
    of_line: |key| {
        ["user_", "fkey.", "fwd_", "codec_priority_list", "subscr_", "srv_"]
            .iter()
            .any(|start| key.starts_with(start))
    },
    before: &["perm=\"R\">", "perm=\"RW\">", "context=\"", "label=\""],
    neutral: &[
        "",
        "on",
        "off",
        "none",
        "active",
        "line",
        "3600",
        "1",
        "udp",
        "0xFFFFFFFFFF",
        "pcma,pcmu,g722,g729,telephone-event",
        "g722,pcmu,pcma,gsm,g723,g726-32,aal2-g726-32,g729,telephone-event",
    ],
};

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file) {
        let [_, group, name] = &element.path[..] else {
            continue;
        };
        assert!(matches!(element.attribute("perm"), Some("R" | "RW")), "{name}");
        let index = element.attribute("idx").map(|index| format!(".{index}")).unwrap_or_default();
        match group.as_str() {
            "phone-settings" => {
                assert_ne!(name, "phone_type", "the phone would ask for a file without a name");
            }
            "functionKeys" => {
                assert_eq!(name, "fkey");
                for attribute in ["context", "label"] {
                    let value = element.attribute(attribute).unwrap().to_owned();
                    read::once(&mut keys, format!("fkey{index}.{attribute}"), value);
                }
            }
            other => panic!("{other}"),
        }
        read::once(&mut keys, format!("{name}{index}"), element.text);
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    let active = |index: &u8| at(keys, &format!("user_active.{index}")) == "on";
    // What stands in for a line elsewhere is that line again, and nobody else's.
    let second = |index: &u8| {
        let first = (1..=20).find(|own| {
            active(own) && at(keys, &format!("user_failover_identity.{own}")) == index.to_string()
        });
        first.is_some_and(|first| {
            let user = |index: u8| at(keys, &format!("user_name.{index}"));
            assert_eq!(user(first), user(*index), "another's line stands in");
            true
        })
    };
    (1..=20)
        .filter(|index| active(index) && !second(index))
        .map(|index| {
            let own = |name: &str| at(keys, &format!("{name}.{index}")).to_owned();
            // Bases have one server for all lines.
            let server = at(keys, &format!("subscr_sip_ua_data_server_id.{index}"));
            let server = if server.is_empty() { index.to_string() } else { server.to_owned() };
            let to = at(keys, &format!("user_outbound.{server}"));
            let host = to.split([':', ';']).next().unwrap_or_default().to_owned();
            Registers { index, user: own("user_name"), password: own("user_pass"), host }
        })
        .collect()
}
