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
            || NUMBERED
                .iter()
                .any(|pair| (1..=4).any(|account| key == format!("p{}", number(*pair, account))))
            || KEYS.iter().any(|keys| (keys.0..=keys.1).any(|own| key == format!("p{own}")))
    },
    before: &[">"],
    neutral: &[
        "",
        "0",
        "-1",
        "60",
        "2",
        "4",
        "8",
        "9",
        "18",
        "97",
        "98",
        "123",
        "125",
        "Account1",
        "{ x+ | \\+x+ | *x+ | *xx*x+ }",
        "No",
        "None",
        "ARecord",
        "Disabled",
        "**",
        "PCMU",
        "PCMA",
        "G.723.1",
        "G.729A/B",
        "G.722",
        "iLBC",
        "G.726-32",
        "OPUS",
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

/// Of phones with numbers, on the first account and, without their hundreds, on the next: active, registration, user,
/// password, server, proxy, name, second server, authentication, display name, lookup, minutes, message waiting,
/// voicemail, transport, dial plan, SRTP, pickup, codecs.
const NUMBERED: [(u16, u16); 26] = [
    (271, 1),
    (31, 10),
    (35, 4),
    (34, 6),
    (47, 2),
    (48, 3),
    (270, 17),
    (2312, 2012),
    (36, 5),
    (3, 7),
    (103, 8),
    (32, 12),
    (99, 15),
    (33, 26),
    (130, 48),
    (290, 59),
    (183, 43),
    (1347, 81),
    (57, 51),
    (58, 52),
    (59, 53),
    (60, 54),
    (61, 55),
    (62, 56),
    (46, 57),
    (98, 58),
];

/// Numbers of programmable keys: what they do and for whom, then what they show and call, then all of later keys.
const KEYS: [(u16, u16); 3] = [(1363, 1374), (1465, 1476), (23_800, 23_903)];

fn number((first, later): (u16, u16), account: u16) -> u16 {
    if account == 1 { first } else { later + 100 * (account + 2) }
}

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
    // The first account has the numbers of an adapter's first port.
    let numbered = (2..=4).filter_map(|index: u8| {
        let own = |place: usize| at(keys, &format!("P{}", number(NUMBERED[place], index.into()))).to_owned();
        (own(0) == "1" && own(1) == "1").then(|| Registers {
            index,
            user: own(2),
            password: own(3),
            host: host(&own(4), &own(5)),
        })
    });
    let users = |line: &Registers| !line.user.is_empty();
    phone.chain(adapter).chain(numbered).filter(users).chain(profiled).collect()
}
