//! Grandstream: keeps what a file does not name; an empty setting is empty. Phones have names, adapters numbers.

use super::{Family, Keys, Registers, at, keep, read};

pub(super) const FAMILY: Family = Family {
    read: keys,
    take: |has, said| keep(has, said, ""),
    lines,
    of_line: |key| {
        key.starts_with("account.")
            || key.starts_with("pks.")
            || PORTS.iter().flatten().any(|number| key == format!("p{number}"))
            || PROFILED.iter().any(|first| (0..8).any(|port| key == format!("p{}", first + port)))
    },
    before: &[">"],
    neutral: &[
        "", "0", "60", "2", "4", "8", "18", "97", "123", "No", "None", "ARecord", "Disabled", "**", "PCMU",
        "PCMA", "G.723.1", "G.729A/B", "G.722", "iLBC", "G.726-32", "OPUS",
    ],
};

/// What a port has, in the order of the vendor's list: active, server, second server, proxy, transport, user,
/// authentication, password, name, lookup, registration, minutes, message waiting, fax, caller id, SRTP, codecs.
const PORTS: [[u16; 23]; 2] = [
    [271, 47, 967, 48, 130, 35, 36, 34, 3, 103, 31, 32, 99, 228, 853, 183, 57, 58, 59, 60, 61, 62, 46],
    [
        401, 747, 987, 748, 830, 735, 736, 734, 703, 702, 731, 732, 709, 710, 863, 443, 757, 758, 759, 760,
        761, 762, 814,
    ],
];

/// Of larger adapters, on the first of eight ports: enabled, user, authentication, password, name, profile.
const PROFILED: [u16; 6] = [4595, 4060, 4090, 4120, 4180, 4150];

fn keys(file: &str) -> Keys {
    let mut keys = Keys::new();
    for element in read::xml(file) {
        let path: Vec<_> = element.path.iter().map(String::as_str).collect();
        let version =
            element.attributes.get(1).and_then(|config| config.first()).map(|(_, value)| value.as_str());
        match (&path[..], version) {
            (["gs_provision"] | ["gs_provision", "config"], _) => {}
            (["gs_provision", "config", "item"], Some("2")) => {
                let name = element.attribute("name").unwrap().to_owned();
                read::once(&mut keys, name, element.text);
            }
            (["gs_provision", "config", number], Some("1")) => {
                assert!(number.strip_prefix('P').unwrap().parse::<u32>().is_ok());
                read::once(&mut keys, (*number).to_owned(), element.text.clone());
            }
            other => panic!("{other:?}"),
        }
    }
    keys
}

fn lines(keys: &Keys) -> Vec<Registers> {
    let host = |server: &str, proxy: &str| {
        let place = if proxy.is_empty() { server } else { proxy };
        place.split(':').next().unwrap_or("").to_owned()
    };
    let phone = (1..=16).filter_map(|index: u8| {
        let own = |name: &str| at(keys, &format!("account.{index}.{name}"));
        (own("enable") == "Yes" && own("sip.registration") == "Yes").then(|| Registers {
            index,
            user: own("sip.userid").to_owned(),
            password: own("sip.subscriber.password").to_owned(),
            host: host(own("sip.server.1.address"), own("sip.outboundProxy.1.address")),
        })
    });
    let adapter = PORTS.iter().zip(1..).filter_map(|(numbers, index)| {
        let own = |place: usize| at(keys, &format!("P{}", numbers[place])).to_owned();
        (own(0) == "1" && own(10) == "1").then(|| Registers {
            index,
            user: own(5),
            password: own(7),
            host: host(&own(1), &own(3)),
        })
    });
    // Larger ones register each enabled port at the profile's server.
    let profiled = (1..=8).filter_map(|index: u8| {
        let own = |place: usize| at(keys, &format!("P{}", PROFILED[place] + u16::from(index) - 1)).to_owned();
        let active = at(keys, "P271") == "1" && at(keys, "P31") == "1" && own(0) == "1" && own(5) == "0";
        active.then(|| Registers { index, user: own(1), password: own(3), host: host(at(keys, "P47"), "") })
    });
    let users = |line: &Registers| !line.user.is_empty();
    phone.chain(adapter).filter(users).chain(profiled).collect()
}
