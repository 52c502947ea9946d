//! GXP16, GXP17 and GRP260 phones: `config version="1"`, as adapters have it, with numbers of their own. The first
//! account has old numbers, each later one a hundred of its own.
//!
//! Grandstream's configuration templates (GXP16xx 1.0.4.33, GXP17xx 1.0.1.8, GRP26xx 1.0.3.6) name each number with
//! what it may say. GRP260x know the names of the larger phones too, but a GRP2602P with 1.0.7.66 was seen to take a
//! file with them and no account from it.

use super::{adapters, phones, values};
use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    lines::{Line, Registrar},
    rows::{LineKey, LineRow, Row, Say, row},
    said,
    sheet::{About, Buttons, EACH, KEYS, Says, Sheet},
};

/// Line keys alone can be programmed, and none of them watches anybody.
pub(super) const GXP16: Sheet = Sheet {
    phone: PHONE,
    line: GXP16_LINE,
    buttons: Some(Buttons { patterns: KEYS, shared_with_lines: true, keys: line_keys, say: say_line_key }),
    raw: about,
};

pub(super) const GXP17: Sheet = Sheet {
    phone: PHONE,
    line: GXP17_LINE,
    buttons: Some(Buttons {
        patterns: KEYS,
        shared_with_lines: true,
        keys: virtual_keys,
        say: say_virtual_key,
    }),
    raw: about,
};

/// The numbers of its keys are not known; from the factory they show the accounts.
pub(super) const GRP260: Sheet = Sheet { phone: PHONE, line: GRP260_LINE, buttons: None, raw: about };

/// The most accounts.
pub(super) const ACCOUNTS: u8 = 4;

/// In path order.
const PHONE: &[Row] = &[
    row(
        "firmware.url",
        &[("P6767", "1"), ("P192", "")],
        Say::By(|reader, path| values::firmware(reader, path, ["1", "2"]).map(Vec::from)),
    ),
    row("network.lldp", &[("P1684", "1")], Say::Flag("0", "1")),
    row("network.pc_vlan", &[("P229", "0")], Say::Same),
    row("network.qos_audio", &[("P1559", "46")], Say::Same),
    row("network.qos_signalling", &[("P1558", "26")], Say::Same),
    row("network.vlan", &[("P51", "0")], Say::Same),
    row("network.vlan_priority", &[("P87", "0")], Say::Same),
    row("paging.1.address", &[("P1569", "")], Say::Same),
    row("paging.1.label", &[("P1570", "")], Say::Same),
    row("paging.10.address", &[("P1587", "")], Say::Same),
    row("paging.10.label", &[("P1588", "")], Say::Same),
    row("paging.2.address", &[("P1571", "")], Say::Same),
    row("paging.2.label", &[("P1572", "")], Say::Same),
    row("paging.3.address", &[("P1573", "")], Say::Same),
    row("paging.3.label", &[("P1574", "")], Say::Same),
    row("paging.4.address", &[("P1575", "")], Say::Same),
    row("paging.4.label", &[("P1576", "")], Say::Same),
    row("paging.5.address", &[("P1577", "")], Say::Same),
    row("paging.5.label", &[("P1578", "")], Say::Same),
    row("paging.6.address", &[("P1579", "")], Say::Same),
    row("paging.6.label", &[("P1580", "")], Say::Same),
    row("paging.7.address", &[("P1581", "")], Say::Same),
    row("paging.7.label", &[("P1582", "")], Say::Same),
    row("paging.8.address", &[("P1583", "")], Say::Same),
    row("paging.8.label", &[("P1584", "")], Say::Same),
    row("paging.9.address", &[("P1585", "")], Say::Same),
    row("paging.9.label", &[("P1586", "")], Say::Same),
    row("phone.admin_password", &[("P2", "")], Say::Own),
    row("phone.language", &[("P1362", "auto")], Say::By(phones::language)),
    row("phone.ntp", &[("P30", "pool.ntp.org")], Say::Same),
    // DHCP may name a zone too, and would win.
    row(
        "phone.timezone",
        &[("P143", "1"), ("P64", "auto"), ("P246", "")],
        Say::By(|reader, path| {
            values::zone(reader, path).map(|zone| vec!["0".into(), "customize".into(), zone])
        }),
    ),
    row("provisioning.dhcp_override", &[("P145", "1"), ("P1414", "1")], Say::DhcpOverride("0", "1")),
    row(
        "provisioning.interval_minutes",
        &[("P194", "0"), ("P193", "10080")],
        Say::By(|reader, path| values::interval(reader, path).map(|minutes| vec!["1".into(), minutes])),
    ),
    row("provisioning.password", &[("P1361", "")], Say::Own),
    row(
        "provisioning.url",
        &[("P212", ""), ("P237", "")],
        Say::By(|reader, path| values::address(reader, path, ["1", "2"]).map(Vec::from)),
    ),
    row("provisioning.user", &[("P1360", "")], Say::Own),
];

const EXTENSION: &str = "line.#.extension";
const LABEL: &[&str] = &["line.#.label", "line.#.display_name", EXTENSION];
const CODECS: &[&str] = &["sip.codecs"];

pub(super) const GXP16_WORDS: &[(&str, &str)] =
    &[("g722", "9"), ("g729", "18"), ("pcma", "8"), ("pcmu", "0")];
pub(super) const GXP17_WORDS: &[(&str, &str)] =
    &[("g722", "9"), ("g729", "18"), ("opus", "125"), ("pcma", "8"), ("pcmu", "0")];
pub(super) const GRP260_WORDS: &[(&str, &str)] =
    &[("g722", "9"), ("g729", "18"), ("opus", "123"), ("pcma", "8"), ("pcmu", "0")];

/// The number of a setting on the first account; the second has it at `$later` and four hundred, the third at five
/// hundred.
macro_rules! own {
    ($first:literal, $later:literal) => {
        LineKey::By(|account| match account {
            1 => concat!("P", $first).to_owned(),
            2..=ACCOUNTS => format!("P{}", $later + 100 * (u16::from(account) + 2)),
            _ => String::new(),
        })
    };
}

/// Every number of an account that this dialect writes, the codecs by their words, and what else a family has.
macro_rules! account {
    ($words:ident, $($more:expr),* $(,)?) => {
        &[
            always(own!(271, 1), "0", &[EXTENSION], |_, _| "1".into()),
            always(own!(270, 17), "", LABEL, said::label),
            always(own!(47, 2), "", &["sip.domain", "sip.registrar.host", "sip.registrar.port"], |_, to| {
                values::server(to)
            })
            .with_all(),
            always(
                own!(48, 3),
                "",
                &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"],
                |_, to| values::proxy(to),
            )
            .with_all(),
            always(own!(35, 4), "", &[EXTENSION], said::extension),
            always(own!(36, 5), "", &["line.#.auth_user", EXTENSION], said::auth_user),
            always(own!(34, 6), "", &["line.#.password"], said::password),
            always(own!(3, 7), "", &["line.#.display_name", EXTENSION], said::display_name),
            always(own!(103, 8), "0", &["sip.lookup"], |_, to| adapters::lookup(to).into()),
            always(own!(31, 10), "0", &[EXTENSION], |_, _| "1".into()),
            always(own!(32, 12), "60", &["sip.expires"], |_, to| values::minutes(to)),
            always(own!(99, 15), "0", &["sip.voicemail_number"], |_, to| {
                if to.voicemail.is_some() { "1" } else { "0" }.into()
            }),
            always(own!(33, 26), "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
            always(own!(130, 48), "0", &["sip.transport"], |_, to| adapters::transport(to).into()),
            chosen(own!(2312, 2012), "", &["sip.backup.host", "sip.backup.port"], |_, to| values::backup(to))
                .with_all(),
            chosen(own!(290, 59), values::ANY_NUMBER, &["phone.dial_plan"], |_, to| {
                to.each.dial_plan.as_deref().and_then(values::dial_plan).map_or(Content::Empty, Content::from)
            }),
            chosen(own!(183, 43), "0", &["sip.srtp"], |_, to| adapters::srtp(to)),
            chosen(own!(1347, 81), "**", &["phone.pickup_code"], |_, to| said::text(to.pickup.as_ref())),
            chosen(own!(57, 51), "0", CODECS, |_, to| values::codec(to, $words, 0)),
            chosen(own!(58, 52), "8", CODECS, |_, to| values::codec(to, $words, 1)),
            chosen(own!(59, 53), "4", CODECS, |_, to| values::codec(to, $words, 2)),
            chosen(own!(60, 54), "18", CODECS, |_, to| values::codec(to, $words, 3)),
            chosen(own!(61, 55), "9", CODECS, |_, to| values::codec(to, $words, 4)),
            chosen(own!(62, 56), "98", CODECS, |_, to| values::codec(to, $words, 5)),
            chosen(own!(46, 57), "2", CODECS, |_, to| values::codec(to, $words, 6)),
            $($more,)*
        ]
    };
}

const GXP16_LINE: &[LineRow] = account![GXP16_WORDS, LINE_MODE, LINE_ACCOUNT, LINE_LABEL];

const GXP17_LINE: &[LineRow] = account![
    GXP17_WORDS,
    chosen(own!(98, 58), "125", CODECS, |_, to| values::codec(to, GXP17_WORDS, 7)),
    LINE_MODE,
    LINE_ACCOUNT,
    LINE_LABEL,
];

const GRP260_LINE: &[LineRow] =
    account![GRP260_WORDS, chosen(own!(98, 58), "123", CODECS, |_, to| values::codec(to, GRP260_WORDS, 7)),];

/// What a line's key does.
const LINE_MODE: LineRow = always(LineKey::By(mode), "0", &["line.#.shared", EXTENSION], |line, _| {
    if line.shared { "1" } else { "0" }.into()
});
/// Of keys the first account is 0.
const LINE_ACCOUNT: LineRow =
    always(LineKey::By(account), "0", &[EXTENSION], |line, _| (line.index - 1).to_string().into());
const LINE_LABEL: LineRow = always(LineKey::By(description), "", LABEL, said::label);

/// The number of a setting of a key that has old numbers.
fn of_key(key: u8, first: u16) -> String {
    match key {
        1..=BESIDE => format!("P{}", first + 2 * (u16::from(key) - 1)),
        _ => String::new(),
    }
}

fn mode(key: u8) -> String {
    of_key(key, 1363)
}

fn account(key: u8) -> String {
    of_key(key, 1364)
}

fn description(key: u8) -> String {
    of_key(key, 1465)
}

fn value(key: u8) -> String {
    of_key(key, 1466)
}

fn beside(key: u8) -> Vec<(String, &'static str)> {
    vec![(mode(key), "0"), (account(key), "0"), (value(key), ""), (description(key), "")]
}

/// The last of a GXP16's line keys.
const LINE_KEYS: u8 = 3;
/// The last of a GXP17's keys that have old numbers, the last that counts what it does as those do, and the last.
const BESIDE: u8 = 6;
const FIXED: u8 = 8;
const VIRTUAL_KEYS: u8 = 32;

fn line_keys(place: Place) -> Vec<(String, &'static str)> {
    match place {
        Place { module: None, number: number @ 1..=LINE_KEYS } => beside(number),
        Place { .. } => vec![],
    }
}

fn virtual_keys(place: Place) -> Vec<(String, &'static str)> {
    match place {
        Place { module: None, number: number @ 1..=BESIDE } => beside(number),
        Place { module: None, number: number @ 7..=VIRTUAL_KEYS } => {
            let first = 23_772 + 4 * u16::from(number);
            [(0, "-1"), (1, "0"), (3, ""), (2, "")]
                .map(|(at, none)| (format!("P{}", first + at), none))
                .into()
        }
        Place { .. } => vec![],
    }
}

fn say_line_key(button: &Button) -> Result<Says, &'static str> {
    if button.place.number > LINE_KEYS {
        return Err("These phones have three line keys at most; the numbers of others are not known.");
    }
    match button.does {
        Does::Blf | Does::Park => Err("A line key of these phones watches nobody and parks nothing."),
        Does::Nothing => Err("A line key of these phones is never without a use."),
        _ => Ok(said_of(button, beside_word(button.does))),
    }
}

fn say_virtual_key(button: &Button) -> Result<Says, &'static str> {
    match button.place.number {
        ..=FIXED => Ok(said_of(button, beside_word(button.does))),
        9..=VIRTUAL_KEYS => match button.does {
            Does::Line => Err("Keys from 9 on show no line."),
            does => Ok(said_of(button, later_word(does))),
        },
        _ => Err("These phones have 32 keys."),
    }
}

const fn beside_word(does: Does) -> &'static str {
    match does {
        Does::Nothing => "-1",
        Does::Line => "0",
        Does::SpeedDial => "10",
        Does::Blf => "11",
        Does::Dtmf => "15",
        Does::Voicemail => "16",
        Does::Park => "19",
    }
}

const fn later_word(does: Does) -> &'static str {
    match does {
        Does::Nothing | Does::Line => "-1",
        Does::SpeedDial => "0",
        Does::Blf => "1",
        Does::Dtmf => "5",
        Does::Voicemail => "6",
        Does::Park => "9",
    }
}

fn said_of(button: &Button, does: &'static str) -> Says {
    let account = (button.line - 1).to_string();
    let (value, label) = (said::text(button.value.as_ref()), said::text(button.label.as_ref()));
    [does.into(), account.into(), value, label].into_iter().zip(EACH).collect()
}

/// Whether a number is one of a programmable key.
pub(super) fn button(key: &str) -> bool {
    let number = key.strip_prefix('P').and_then(|number| number.parse().ok());
    number.is_some_and(|number: u32| matches!(number, 1363..=1374 | 1465..=1476 | 23_800..=23_903))
}

/// Every number of an account that some of these phones have.
pub(super) const EVERY: &[LineRow] = GXP17_LINE;

fn about(key: &str) -> Option<(About, String)> {
    adapters::about_in(EVERY, ACCOUNTS, key)
}

const fn always(
    key: LineKey,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    adapters::always(key, cleared, from, say)
}

const fn chosen(
    key: LineKey,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    adapters::chosen(key, cleared, from, say)
}

#[cfg(test)]
mod tests {
    use super::About::{Button, Line, Phone, Reserved};
    use super::*;

    #[test]
    fn each_account_has_a_hundred_of_its_own() {
        let of = |account: u8| EVERY.iter().map(|row| row.key.of(account)).take(4).collect::<Vec<_>>();
        assert_eq!(of(1), ["P271", "P270", "P47", "P48"]);
        assert_eq!(of(2), ["P401", "P417", "P402", "P403"]);
        assert_eq!(of(4), ["P601", "P617", "P602", "P603"]);
        let backup = EVERY.iter().find(|row| row.key.of(1) == "P2312").map(|row| row.key.of(3));
        assert_eq!(backup.as_deref(), Some("P2512"));
    }

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for (key, about) in [
            ("P35", Some(Reserved)),
            ("P504", Some(Reserved)),
            ("P735", Some(Reserved)),
            ("P4060", Some(Reserved)),
            ("P1361", Some(Reserved)),
            ("P1363", Some(Button)),
            ("P23808", Some(Button)),
            ("P443", Some(Line(2))),
            ("P2412", Some(Line(2))),
            ("P1311", Some(Phone)),
            ("P1411", Some(Phone)),
            ("P701", Some(Phone)),
            ("P0271", None),
        ] {
            assert_eq!(GXP17.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
