//! Accounts, the one profile with which all of them register, and line keys.

use super::keys;
use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    lines::{Line, Registrar, Transport},
    rows::{From, LineKey, LineRow, always, chosen},
    said,
    sheet::{About, Buttons, Says},
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const VOICEMAIL: &str = "sip.voicemail_number";

pub(super) const LINE: &[LineRow] = &[
    by(|n| keys::of_account("Active", n), "0", &[EXTENSION], |_, _| "1".into()),
    by(|n| keys::of_account("Profile", n), "0", &[EXTENSION], |_, _| "0".into()),
    by(|n| keys::of_account("Label", n), "", LABEL, said::label),
    by(|n| keys::of_account("SipUserId", n), "", &[EXTENSION], said::extension),
    by(|n| keys::of_account("AuthenticateID", n), "", &["line.#.auth_user", EXTENSION], said::auth_user),
    by(|n| keys::of_account("AuthenticatePassword", n), "", &["line.#.password"], said::password),
    by(|n| keys::of_account("DispalyName", n), "", &["line.#.display_name", EXTENSION], said::display_name),
    by(
        |n| keys::of_account("VoiceMailId", n),
        "",
        &[VOICEMAIL],
        |_, to| to.voicemail.as_ref().map_or(Content::Empty, |number| number.clone().into()),
    ),
    by(|n| key(n, 0), "0", &[EXTENSION], |_, _| "1".into()),
    by(|n| key(n, 1), "", &[EXTENSION], |_, _| Content::Empty),
    by(|n| key(n, 2), "", LABEL, said::label),
    // Said once for all accounts.
    always("P47", "", &["sip.domain", HOST, PORT], |_, to| {
        at(to.domain.as_ref().unwrap_or(&to.host), to.port)
    })
    .with_all(),
    always("P48", "", &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"], |_, to| {
        to.way().map_or(Content::Empty, |(host, port)| at(host, port))
    })
    .with_all(),
    always("P967", "", &["sip.backup.host", "sip.backup.port"], |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |hop| at(&hop.host, hop.port.unwrap_or(to.port)))
    })
    .with_all(),
    always("P130", "0", &["sip.transport"], |_, to| {
        match to.transport {
            Transport::Udp => "0",
            Transport::Tcp => "1",
            Transport::Tls => "2",
        }
        .into()
    }),
    // In whole minutes.
    always("P32", "60", &["sip.expires"], |_, to| ((to.expires + 59) / 60).to_string().into()),
    always("P31", "1", &[EXTENSION], |_, _| "1".into()),
    // RTP's own numbers, of the first profile; what the factory has where nothing is chosen.
    chosen("P57", "0", CODECS, |_, to| codec(to, 0)),
    chosen("P58", "8", CODECS, |_, to| codec(to, 1)),
    chosen("P59", "9", CODECS, |_, to| codec(to, 2)),
    chosen("P60", "20", CODECS, |_, to| codec(to, 3)),
    chosen("P61", "120", CODECS, |_, to| codec(to, 4)),
    chosen("P62", "2", CODECS, |_, to| codec(to, 5)),
    always("P99", "0", &[VOICEMAIL], |_, to| if to.voicemail.is_some() { "1" } else { "0" }.into()),
];

const CODECS: &[&str] = &["sip.codecs"];

/// Numbers that RFC 3551 gives and that templates of two others agree on. Opus has one that each phone chooses.
const CODES: [(&str, &str); 4] = [("g722", "9"), ("g729", "18"), ("pcma", "8"), ("pcmu", "0")];

/// The codec in this place, from 0; what is left repeats the last, so that no other is offered.
fn codec(to: &Registrar, place: usize) -> Content {
    let code = |codec: &String| CODES.iter().find(|(own, _)| own == codec).map(|(_, code)| *code);
    let chosen: Vec<_> = to.codecs.iter().filter_map(code).collect();
    chosen.get(place).or(chosen.last()).map_or(Content::Empty, |code| (*code).into())
}

const LABEL: &[&str] = &["line.#.label", "line.#.display_name", EXTENSION];

const fn by(
    key: fn(u8) -> String,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::By(key), say, from: From::First(from), always: true, cleared }
}

fn key(number: u8, field: usize) -> String {
    keys::of_line_key(number)[field].clone()
}

fn at(host: &str, port: i64) -> Content {
    format!("{host}:{port}").into()
}

pub(super) const BUTTONS: Buttons = Buttons {
    patterns: &["keys.#.label", "keys.#.type", "keys.#.value"],
    shared_with_lines: true,
    keys: |place: Place| match place.module {
        None if place.number <= keys::LINE_KEYS => {
            keys::of_line_key(place.number).into_iter().zip(["0", "", ""]).collect()
        }
        _ => vec![],
    },
    say,
};

fn say(button: &Button) -> Result<Says, &'static str> {
    if button.place.module.is_some() || button.place.number > keys::LINE_KEYS {
        return Err("The number of this key is not known.");
    }
    let does = match button.does {
        Does::Nothing => "0",
        Does::Line => "1",
        Does::SpeedDial => "2",
        Does::Blf => "3",
        Does::Park => "8",
        Does::Voicemail | Does::Dtmf => return Err("The number of this type is not known."),
    };
    let text = |value: &Option<String>| value.clone().map_or(Content::Empty, Content::from);
    Ok(vec![(does.into(), &["type"]), (text(&button.value), &["value"]), (text(&button.label), &["label"])])
}

/// A raw key is its number, `P75`. Those of further accounts and profiles could make a line of their own.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let number: u16 = key.strip_prefix(['P', 'p'])?.parse().ok()?;
    let key = format!("P{number}");
    let others = keys::name(&key).starts_with("Account") || OTHER_ACCOUNTS.contains(&number);
    let about = match number {
        _ if others => About::Reserved,
        24_084..=24_239 | 20_360..=20_399 | 1700..=1899 => About::Reserved,
        20_200..=20_399 | 20_600..=20_635 | 41_200..=41_699 => About::Button,
        _ => About::Phone,
    };
    Some((about, key))
}

/// Servers of the accounts on old firmware.
const OTHER_ACCOUNTS: [u16; 6] = [747, 748, 502, 503, 602, 603];

#[cfg(test)]
mod tests {
    use super::super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line() {
        use super::About::{Button, Phone, Reserved};
        for (key, about) in [
            ("P35", Some(Reserved)),
            ("p735", Some(Reserved)),
            ("P47", Some(Reserved)),
            ("P747", Some(Reserved)),
            ("P1704", Some(Reserved)),
            ("P24110", Some(Reserved)),
            ("P035", Some(Reserved)),
            ("P41500", Some(Button)),
            ("P75", Some(Phone)),
            ("P", None),
            ("P99999", None),
            ("Account1_SipUserId", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
