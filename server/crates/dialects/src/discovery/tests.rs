//! Exact values, whole snippets as a reviewer reads them, and what must hold for hostile text.

use super::{Address, FAMILIES, Family, Match, Redirect, Service, dnsmasq, kea, redirect_list, windows};
use domain::{Mac, vendor::Vendor};
use proptest::prelude::*;
use std::net::Ipv4Addr;

const EDGE: &str = "https://phones.example.com:8443/";

fn edge() -> Address {
    Address::parse(EDGE).unwrap()
}

fn all() -> Vec<&'static Family> {
    FAMILIES.iter().collect()
}

fn families(names: &[&str]) -> Vec<&'static Family> {
    names.iter().map(|name| Family::find(name).unwrap()).collect()
}

#[test]
fn each_family_gets_the_address_in_its_own_spelling() {
    let table = [
        ("yealink", Some(66), "https://phones.example.com:8443/"),
        ("poly", Some(160), "https://phones.example.com:8443/"),
        ("grandstream", Some(66), "https://phones.example.com:8443"),
        ("snom", Some(66), "https://phones.example.com:8443/"),
        ("cisco-mpp", Some(66), "https://phones.example.com:8443/$MA.xml"),
        ("fanvil", Some(66), "https://phones.example.com:8443/$mac.cfg"),
        ("gigaset", Some(114), "https://phones.example.com:8443/"),
        ("mitel", Some(66), "https://phones.example.com:8443"),
        ("panasonic", Some(160), "https://phones.example.com:8443/{MODEL}.cfg"),
        ("htek", Some(66), "https://phones.example.com:8443/"),
        ("algo", Some(66), "https://phones.example.com:8443/"),
        ("two-n", Some(66), "https://phones.example.com:8443/"),
        ("cisco-spa", Some(66), "https://phones.example.com:8443/spa$PSN.cfg"),
        ("cisco-enterprise", None, "https://phones.example.com:8443/"),
        ("linphone", None, "https://phones.example.com:8443/"),
    ];
    assert_eq!(FAMILIES.len(), table.len());
    for (name, option, value) in table {
        let family = Family::find(name).unwrap();
        assert_eq!((family.option, family.value(&edge()).as_str()), (option, value), "{name}");
        // An address without a slash at its end is the same folder.
        let bare = Address::parse(EDGE.trim_end_matches('/')).unwrap();
        assert_eq!(family.value(&bare), value, "{name}");
    }
}

#[test]
fn every_vendor_of_the_inventory_has_a_row() {
    let rows: Vec<_> = FAMILIES.iter().filter_map(Family::vendor).collect();
    for vendor in Vendor::ALL {
        assert_eq!(rows.iter().filter(|own| **own == vendor).count(), 1, "{vendor}");
    }
}

#[test]
fn the_rows_of_the_table_are_well_formed_and_no_prefix_belongs_to_two() {
    let mut seen: Vec<&str> = vec![];
    for family in &FAMILIES {
        assert!(family.wins.ends_with('.') && family.known.says().ends_with('.'), "{}", family.name);
        assert!(!family.also.iter().any(|also| Some(*also) == family.option), "{}", family.name);
        match family.by {
            Match::Oui(prefixes) => seen.extend(prefixes),
            Match::Class(class) => assert!(class.len() >= 4 && !class.contains('\''), "{class}"),
        }
        assert!(family.option.is_none() || family.by != Match::Oui(&[]), "{} is never matched", family.name);
    }
    for (n, prefix) in seen.iter().enumerate() {
        let digit = |c: u8| c.is_ascii_digit() || (b'A'..=b'F').contains(&c);
        assert!(prefix.len() == 6 && prefix.bytes().all(digit), "{prefix}");
        assert!(!seen[..n].contains(prefix), "{prefix}");
    }
}

#[test]
fn only_an_address_is_an_address() {
    for good in [
        EDGE,
        "http://10.0.0.1",
        "https://[2001:db8::1]:8443/a/",
        "https://a/e/Zm9v-_%20~/x.cfg",
        "http://host:1/",
        "https://phones.example.com./",
    ] {
        assert_eq!(Address::parse(good).map(|a| a.to_string()).as_deref(), Some(good));
    }
    for bad in [
        "",
        "https://",
        "ftp://a/",
        "HTTPS://a/",
        "https://a b/",
        "https://a/\"",
        "https://a/'",
        "https://a/\\",
        "https://a/,b",
        "https://a/\n",
        "https://a\u{2019}/",
        "https://user@a/",
        "https://a:0/",
        "https://a:65536/",
        "https://a:/",
        "https://a..b/",
        "https://-a/",
        "https://[::1/",
        "https://[phones]/",
        "https://a/;`$(reboot)",
    ] {
        assert_eq!(Address::parse(bad), None, "{bad:?}");
    }
    let long = format!("https://a/{}", "x".repeat(Address::LONGEST));
    assert_eq!(Address::parse(&long), None);
}

#[test]
fn kea_is_given_classes_and_the_definitions_they_need() {
    insta::assert_snapshot!(kea(&families(&["yealink", "poly", "snom", "gigaset"]), &edge()));
}

#[test]
fn dnsmasq_is_given_tags_and_options() {
    insta::assert_snapshot!(dnsmasq(&all(), &edge()));
}

#[test]
fn windows_is_given_policies_of_the_scope() {
    let scope = Ipv4Addr::new(10, 20, 0, 0);
    insta::assert_snapshot!(windows(&families(&["poly", "snom"]), &edge(), scope));
}

#[test]
fn a_family_that_reads_no_option_is_in_no_snippet() {
    let linphone = families(&["linphone"]);
    assert_eq!(dnsmasq(&linphone, &edge()), "");
    assert!(!kea(&linphone, &edge()).contains("linphone"));
}

fn redirect(name: &str, url: &str) -> Redirect {
    Redirect {
        mac: Mac::parse("80:5e:c0:12:34:ab").unwrap(),
        serial: "3146019091637071".to_owned(),
        model: "T46U".to_owned(),
        url: Address::parse(url).unwrap(),
        name: name.to_owned(),
    }
}

#[test]
fn each_service_gets_its_own_columns() {
    let table = [
        (
            Service::YealinkRps,
            "mac,sn,uniqueServerUrl,remark",
            "805ec01234ab,3146019091637071,https://phones.example.com:8443/e/t0k3n/,lon 2-14",
        ),
        (
            Service::PolyZtp,
            "mac_address,serial_number,device_model,room_name,site_name,device.prov.serverType,device.prov.serverName",
            "805ec01234ab,3146019091637071,T46U,,,HTTPS,https://phones.example.com:8443/e/t0k3n/",
        ),
        (
            Service::GrandstreamGdms,
            "MAC Address,Serial Number,Device Name,P212,P237",
            "805EC01234AB,3146019091637071,lon 2-14,2,phones.example.com:8443/e/t0k3n",
        ),
        (
            Service::SnomSraps,
            "mac,setting_server,name",
            "805EC01234AB,https://phones.example.com:8443/e/t0k3n/,lon 2-14",
        ),
        (
            Service::FanvilFdps,
            "mac,name,cfgPfProt,cfgPfSrv,cfgPfName",
            "805ec01234ab,lon 2-14,5,phones.example.com:8443/e/t0k3n,$mac.cfg",
        ),
    ];
    assert_eq!(table.len(), Service::ALL.len());
    for (service, heading, row) in table {
        let list = redirect_list(service, &[redirect("lon 2-14", &format!("{EDGE}e/t0k3n/"))]);
        assert_eq!(list, format!("{heading}\r\n{row}\r\n"), "{service:?}");
        assert_eq!(Service::parse(service.word()), Some(service));
        assert!(Family::find(service.family()).is_some() && service.hint().ends_with('.'), "{service:?}");
    }
    let plain = redirect_list(Service::FanvilFdps, &[redirect("x", "http://10.0.0.1")]);
    assert!(plain.ends_with("x,4,10.0.0.1,$mac.cfg\r\n"), "{plain}");
}

#[test]
fn no_cell_is_calculated_by_a_spreadsheet() {
    for name in ["=1+1", "+1", "-2", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\n=cmd|'/c calc'!A1", "\u{ff1d}1"] {
        let list = redirect_list(Service::YealinkRps, &[redirect(name, EDGE)]);
        let cells = parsed(&list);
        assert!(cells[1][3].starts_with('\''), "{name:?} became {:?}", cells[1][3]);
        assert!(cells[1][3].ends_with(name.trim()), "{name:?} became {:?}", cells[1][3]);
    }
    let mut row = redirect("x", EDGE);
    row.serial = "-1234".to_owned();
    assert_eq!(parsed(&redirect_list(Service::PolyZtp, &[row]))[1][1], "'-1234");
}

fn parsed(list: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What Kea makes of the data of a string option: fields cut at commas, a backslash keeps the next character.
fn kea_fields(data: &str) -> Vec<String> {
    let (mut fields, mut kept) = (vec![String::new()], data.chars());
    while let Some(c) = kept.next() {
        match c {
            '\\' => fields.last_mut().unwrap().extend(kept.next()),
            ',' => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// What dnsmasq makes of a quoted word, and what follows it.
fn dnsmasq_word(line: &str) -> (String, &str) {
    let inner = line.strip_prefix('"').unwrap();
    let (mut word, mut chars) = (String::new(), inner.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => word.extend(chars.next().map(|(_, c)| c)),
            '"' => return (word, &inner[at + 1..]),
            c => word.push(c),
        }
    }
    panic!("the quote is open: {line:?}");
}

/// What PowerShell makes of a single-quoted word, and what follows it.
fn powershell_word(line: &str) -> (String, String) {
    let quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let mut chars = line.chars().peekable();
    assert!(chars.next().is_some_and(quote));
    let mut word = String::new();
    while let Some(c) = chars.next() {
        if quote(c) && chars.next_if(|next| quote(*next)).is_none() {
            return (word, chars.collect());
        }
        word.push(c);
    }
    panic!("the quote is open: {line:?}");
}

/// Text with everything that any of the three syntaxes gives a meaning.
fn hostile() -> impl Strategy<Value = String> {
    let meaning = proptest::sample::select(vec![
        "'", "\"", "\\", ",", "`", "$(x)", "\u{2019}", "{{", "}", "#", ";", "|", "$mac", "=", "é", " ", "//",
        ":",
    ]);
    let any = prop_oneof![meaning.prop_map(str::to_owned), "[a-z0-9./:-]{1,8}"];
    proptest::collection::vec(any, 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_an_address_or_not_and_an_address_needs_no_quoting(text in ".*", tail in hostile()) {
        for text in [text.clone(), format!("https://{text}"), format!("https://{tail}"), format!("{EDGE}{tail}")] {
            let Some(address) = Address::parse(&text) else { continue };
            prop_assert_eq!(address.as_str(), &text);
            let scheme = if address.secure() { "https://" } else { "http://" };
            prop_assert_eq!(format!("{}{}{}", scheme, address.authority(), address.path()), text);
            prop_assert!(!address.as_str().contains(['\'', '"', '\\', ',', ' ', '`', '$', '<', '>', '\n', '\r']));
            for family in &FAMILIES {
                prop_assert!(family.value(&address).len() <= 255);
            }
        }
    }

    #[test]
    fn every_syntax_gives_back_exactly_the_text(text in hostile()) {
        prop_assert_eq!(kea_fields(&super::kea::text(&text)), vec![text.clone()]);
        let line = super::dnsmasq::text(&text);
        let (word, rest) = dnsmasq_word(&line);
        prop_assert_eq!((word.as_str(), rest), (text.as_str(), ""));
        let (word, rest) = powershell_word(&super::windows::text(&text));
        prop_assert_eq!((word.as_str(), rest.as_str()), (text.as_str(), ""));
    }

    #[test]
    fn a_snippet_says_what_the_table_says(host in "[a-z]{1,9}(\\.[a-z0-9]{1,9}){0,3}", port in 1u16.., path in "(/[A-Za-z0-9_~%+=@-]{0,9}){0,4}") {
        let address = Address::parse(&format!("https://{host}:{port}{path}")).unwrap();
        let config: serde_json::Value = serde_json::from_str(&kea(&all(), &address)).unwrap();
        let classes = config["Dhcp4"]["client-classes"].as_array().unwrap();
        let given: Vec<_> = FAMILIES.iter().filter(|family| family.option.is_some()).collect();
        prop_assert_eq!(classes.len(), given.len());
        let lines = dnsmasq(&all(), &address);
        let script = windows(&all(), &address, Ipv4Addr::new(10, 0, 0, 0));
        for (class, family) in classes.iter().zip(given) {
            let value = family.value(&address);
            let option = &class["option-data"][0];
            let code = family.option.unwrap();
            prop_assert_eq!(option["code"].as_u64(), Some(u64::from(code)));
            let data = option["data"].as_str().unwrap();
            if option["csv-format"] == serde_json::Value::Bool(false) {
                let octets = |text: &str| text.bytes().fold(String::new(), |out, byte| out + &format!("{byte:02X}"));
                prop_assert_eq!(data, octets(&value));
            } else {
                prop_assert_eq!(kea_fields(data), vec![value.clone()]);
            }
            let tagged = format!("dhcp-option=tag:ringfence-{},{code},", family.name);
            let line = lines.lines().find_map(|line| line.strip_prefix(&tagged)).unwrap();
            prop_assert_eq!(dnsmasq_word(line), (value.clone(), ""));
            let set = format!("-PolicyName 'Ringfence {}' -OptionId {code} -Value ", family.title);
            let (_, line) = script.split_once(&set).unwrap();
            let (word, rest) = powershell_word(line);
            prop_assert_eq!(word, value);
            prop_assert!(rest.starts_with('\n'));
        }
    }

    #[test]
    fn a_list_gives_back_its_rows_whatever_the_names_are(names in proptest::collection::vec(".{0,40}", 0..5)) {
        for service in Service::ALL {
            let rows: Vec<_> = names.iter().map(|name| redirect(name, EDGE)).collect();
            let cells = parsed(&redirect_list(service, &rows));
            prop_assert_eq!(cells.len(), rows.len() + 1);
            for row in &cells {
                prop_assert_eq!(row.len(), cells[0].len());
                for cell in row {
                    prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{}", cell);
                    prop_assert!(!cell.contains(['\r', '\n', '\t']));
                }
            }
        }
    }
}
