//! Poly with UCS: what files do not name has its default again; `device.` parameters stay in flash until a file that
//! has `device.set` sets one, with a switch of its own.

use super::{Family, Keys, Registers, at, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| {
        has.retain(|key, _| key.starts_with("device."));
        // A master alone, or settings that no master names, are no configuration.
        assert!(!at(&said, "CONFIG_FILES").is_empty());
        // An empty value is none: of a parameter in flash it takes away the one that is there.
        super::keep(has, said, "");
    },
    lines,
    of_line: |key| {
        ["reg.", "msg.mwi.", "divert.", "attendant.", "efk.", "linekey.", "sec.srtp.", "voice.codecpref."]
            .iter()
            .any(|start| key.starts_with(start))
    },
    before: &["=\""],
    neutral: &["", "0", "1", "55", "3600", "DNSnaptr", "private", "registration"],
};

fn keys(file: &str) -> Keys {
    let elements = read::xml(file);
    let [root] = &elements[..] else { panic!("one element expected") };
    assert!(["APPLICATION", "polycomConfig"].contains(&root.name()));
    let switched = root.attribute("device.set") == Some("1");
    let mut keys = Keys::new();
    for (key, value) in &root.attributes[0] {
        let flash = key.starts_with("device.");
        if flash && key.rsplit('.').next() == Some("set") {
            continue;
        }
        // What has no switch is not taken.
        assert!(!flash || switched && root.attribute(&format!("{key}.set")) == Some("1"), "{key}");
        read::once(&mut keys, key.clone(), value.clone());
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    (1..=34)
        .filter(|index| !at(keys, &format!("reg.{index}.address")).is_empty())
        .map(|index| {
            let own = |name: &str| at(keys, &format!("reg.{index}.{name}")).to_owned();
            let address = own("address");
            Registers {
                index,
                user: address.split('@').next().unwrap_or("").to_owned(),
                password: own("auth.password"),
                host: own("server.1.address"),
            }
        })
        .collect()
}
