//! HT801 and HT802: `config version="1"`, whose settings have numbers. They are not those of the phones, and each port
//! has its own.

use super::{numbers, profiles, values};
use crate::{
    entries::Content,
    lines::{Line, Lookup, Registrar, Srtp, Transport},
    reader::Reader,
    rows::{From, LineKey, LineRow, Row, Say, row},
    said,
    sheet::{About, Sheet},
};

pub(super) const SHEET: Sheet = Sheet { phone: PHONE, line: LINE, buttons: None, raw: about };

/// In path order.
pub(super) const PHONE: &[Row] = &[
    // The protocol is that of `provisioning.url`.
    row(
        "firmware.url",
        &[("P192", "")],
        Say::By(|reader, path| values::firmware(reader, path, ["1", "2"]).map(|[_, folder]| vec![folder])),
    ),
    row("network.qos_audio", &[("P5050", "46"), ("P5051", "46")], Say::Same),
    row("network.qos_signalling", &[("P5046", "24"), ("P5047", "24")], Say::Same),
    row("network.vlan", &[("P51", "0")], Say::Same),
    row("network.vlan_priority", &[("P5038", "0"), ("P5042", "0")], Say::Same),
    row("phone.admin_password", &[("P2", "")], Say::Own),
    row("phone.language", &[("P342", "0")], Say::By(language)),
    row("phone.ntp", &[("P30", "pool.ntp.org")], Say::Same),
    // DHCP may name a zone too, and would win.
    row(
        "phone.timezone",
        &[("P143", "0"), ("P64", "TZN+0"), ("P246", "")],
        Say::By(|reader, path| {
            values::zone(reader, path).map(|zone| vec!["0".into(), "customize".into(), zone])
        }),
    ),
    row("provisioning.dhcp_override", &[("P145", "1"), ("P1414", "1")], Say::DhcpOverride("0", "1")),
    row(
        "provisioning.interval_minutes",
        &[("P194", "0"), ("P193", "10080")],
        Say::By(|reader, path| values::interval(reader, path).map(|minutes| vec!["3".into(), minutes])),
    ),
    row("provisioning.password", &[("P1361", "")], Say::Own),
    row(
        "provisioning.url",
        &[("P212", ""), ("P237", "")],
        Say::By(|reader, path| values::address(reader, path, ["1", "2"]).map(Vec::from)),
    ),
    row("provisioning.user", &[("P1360", "")], Say::Own),
];

/// The prompts that the adapter speaks.
fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let number = match tag.trim().to_ascii_lowercase().split(['-', '_']).next() {
        Some("en") => "0",
        Some("zh") => "4",
        Some("ru") => "6",
        Some("es") => "10",
        _ => {
            reader.refuse(path, "Adapters speak English, Chinese, Russian and Spanish alone.");
            return None;
        }
    };
    Some(vec![number.into()])
}

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const CODECS: &[&str] = &["sip.codecs"];
/// G.722 is not among them.
pub(super) const WORDS: [(&str, &str); 4] = [("g729", "18"), ("opus", "123"), ("pcma", "8"), ("pcmu", "0")];

/// The number of a setting on the first port and on the second.
macro_rules! port {
    ($one:literal, $two:literal) => {
        LineKey::By(|port| {
            match port {
                1 => concat!("P", $one),
                _ => concat!("P", $two),
            }
            .to_owned()
        })
    };
}

/// The most ports.
const PORTS: u8 = 2;

const LINE: &[LineRow] = &[
    always(port!(271, 401), "0", &[EXTENSION], |_, _| "1".into()),
    always(port!(47, 747), "", &["sip.domain", HOST, PORT], |_, to| values::server(to)).with_all(),
    always(
        port!(48, 748),
        "",
        &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"],
        |_, to| values::proxy(to),
    )
    .with_all(),
    always(port!(130, 830), "0", &["sip.transport"], |_, to| transport(to).into()),
    always(port!(35, 735), "", &[EXTENSION], said::extension),
    always(port!(36, 736), "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always(port!(34, 734), "", &["line.#.password"], said::password),
    always(port!(3, 703), "", &["line.#.display_name", EXTENSION], said::display_name),
    always(port!(103, 702), "0", &["sip.lookup"], |_, to| lookup(to).into()),
    always(port!(31, 731), "0", &[EXTENSION], |_, _| "1".into()),
    always(port!(32, 732), "60", &["sip.expires"], |_, to| values::minutes(to)),
    always(port!(99, 709), "0", &["sip.voicemail_number"], |_, to| {
        if to.voicemail.is_some() { "1" } else { "0" }.into()
    }),
    chosen(port!(967, 987), "", &["sip.backup.host", "sip.backup.port"], |_, to| values::backup(to))
        .with_all(),
    // Faxes as they are, or by T.38.
    chosen(port!(228, 710), "0", &["fxs.#.t38"], |line, _| match line.t38 {
        None => Content::Empty,
        Some(true) => "0".into(),
        Some(false) => "1".into(),
    }),
    chosen(port!(853, 863), "0", &["fxs.#.caller_id"], |line, _| match line.caller_id.as_deref() {
        Some("bellcore") => "0".into(),
        Some("etsi-fsk") => "1".into(),
        Some("etsi-dtmf") => "5".into(),
        Some("bt") => "9".into(),
        _ => Content::Empty,
    }),
    chosen(port!(183, 443), "0", &["sip.srtp"], |_, to| srtp(to)),
    chosen(port!(57, 757), "0", CODECS, |_, to| codec(to, 0)),
    chosen(port!(58, 758), "8", CODECS, |_, to| codec(to, 1)),
    chosen(port!(59, 759), "4", CODECS, |_, to| codec(to, 2)),
    chosen(port!(60, 760), "18", CODECS, |_, to| codec(to, 3)),
    chosen(port!(61, 761), "2", CODECS, |_, to| codec(to, 4)),
    chosen(port!(62, 762), "97", CODECS, |_, to| codec(to, 5)),
    chosen(port!(46, 814), "123", CODECS, |_, to| codec(to, 6)),
];

pub(super) const fn always(
    key: LineKey,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key, say, from: From::First(from), always: true, cleared }
}

pub(super) const fn chosen(
    key: LineKey,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key, say, from: From::First(from), always: false, cleared }
}

pub(super) const fn transport(to: &Registrar) -> &'static str {
    match to.transport {
        Transport::Udp => "0",
        Transport::Tcp => "1",
        Transport::Tls => "2",
    }
}

pub(super) const fn lookup(to: &Registrar) -> &'static str {
    match to.lookup {
        Some(Lookup::Srv) => "1",
        Some(Lookup::Naptr) => "2",
        Some(Lookup::Address) | None => "0",
    }
}

pub(super) fn srtp(to: &Registrar) -> Content {
    match to.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "0".into(),
        Some(Srtp::Optional) => "1".into(),
        Some(Srtp::Required) => "2".into(),
    }
}

fn codec(to: &Registrar, place: usize) -> Content {
    values::codec(to, &WORDS, place)
}

fn about(key: &str) -> Option<(About, String)> {
    about_in(LINE, PORTS, key)
}

/// What a raw key is about, where `lines` are those of so many ports; none where it is no number of a setting.
pub(super) fn about_in(lines: &[LineRow], ports: u8, key: &str) -> Option<(About, String)> {
    let number = key.strip_prefix(['P', 'p'])?;
    let plain = (1..=6).contains(&number.len())
        && number.bytes().all(|c| c.is_ascii_digit())
        && !number.starts_with('0');
    let key = format!("P{number}");
    let of = |lines: &[LineRow], ports: u8| {
        (1..=ports).find(|port| lines.iter().any(|row| row.key.of(*port) == key))
    };
    // Those of a port are written for its line, or reserved; so are those that are another model's.
    let elsewhere =
        || of(LINE, PORTS).or(of(profiles::LINE, profiles::PORTS)).or(of(numbers::EVERY, numbers::ACCOUNTS));
    let about = match of(lines, ports) {
        _ if numbers::button(&key) => About::Button,
        Some(port) => About::Line(port),
        None if elsewhere().is_some() => About::Reserved,
        None => About::Phone,
    };
    plain.then_some((about, key))
}

#[cfg(test)]
mod tests {
    use super::About::{Line, Phone, Reserved};
    use super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for (key, about) in [
            ("P35", Some(Reserved)),
            ("p735", Some(Reserved)),
            ("P1361", Some(Reserved)),
            ("P710", Some(Line(2))),
            ("P4060", Some(Reserved)),
            ("P4000", Some(Phone)),
            ("P035", None),
            ("P", None),
            ("P3x", None),
            ("account.1.enable", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
