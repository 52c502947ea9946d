//! Keys of a line. `0.0.0.0` is how these phones write that there is no server.

use crate::{
    entries::Content,
    lines::{Registrar, Srtp, Transport},
    rows::{LineRow, always, chosen},
    said,
    sheet::About,
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";
const VOICEMAIL: &str = "sip.voicemail_number";
pub(super) const NOWHERE: &str = "0.0.0.0";

pub(super) const LINE: &[LineRow] = &[
    always("sip line# user name", "", &[EXTENSION], said::extension),
    always("sip line# auth name", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("sip line# password", "", &["line.#.password"], said::password),
    always("sip line# display name", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("sip line# screen name", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    // What stands after the @ of the address.
    always("sip line# proxy ip", NOWHERE, &["sip.domain", HOST], |_, to| domain(to)),
    always("sip line# proxy port", "0", &[PORT], |_, to| to.port.to_string().into()),
    always("sip line# registrar ip", NOWHERE, &["sip.domain", HOST], |_, to| domain(to)),
    always("sip line# registrar port", "0", &[PORT], |_, to| to.port.to_string().into()),
    always("sip line# registration period", "0", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("sip line# backup proxy ip", NOWHERE, &[BACKUP], |_, to| backup(to)),
    always("sip line# backup proxy port", "0", &["sip.backup.port", BACKUP], |_, to| backup_port(to)),
    always("sip line# backup registrar ip", NOWHERE, &[BACKUP], |_, to| backup(to)),
    always("sip line# backup registrar port", "0", &["sip.backup.port", BACKUP], |_, to| backup_port(to)),
    always("sip line# vmail", "", &[VOICEMAIL], |_, to| {
        to.voicemail.as_ref().map_or(Content::Empty, |number| number.clone().into())
    }),
    chosen("sip line# srtp mode", "0", &["sip.srtp"], |_, to| match to.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "0".into(),
        Some(Srtp::Optional) => "1".into(),
        Some(Srtp::Required) => "2".into(),
    }),
    // Said once for all lines.
    always("sip transport protocol", "1", &["sip.transport"], |_, to| {
        match to.transport {
            Transport::Udp => "1",
            Transport::Tcp => "2",
            Transport::Tls => "4",
        }
        .into()
    }),
    always("sip outbound proxy", NOWHERE, &[PROXY, "sip.domain"], |_, to| match to.way() {
        Some((host, _)) => host.into(),
        None => NOWHERE.into(),
    }),
    always("sip outbound proxy port", "0", &["sip.outbound_proxy.port", PROXY], |_, to| match to.way() {
        Some((_, port)) => port.to_string().into(),
        None => "0".into(),
    }),
    always("sip explicit mwi subscription", "0", &[VOICEMAIL], |_, to| {
        if to.voicemail.is_some() { "1" } else { "0" }.into()
    }),
];

fn domain(to: &Registrar) -> Content {
    to.domain.as_ref().unwrap_or(&to.host).clone().into()
}

fn backup(to: &Registrar) -> Content {
    to.backup.as_ref().map_or(NOWHERE.into(), |hop| hop.host.clone().into())
}

fn backup_port(to: &Registrar) -> Content {
    to.backup.as_ref().map_or("0".into(), |hop| hop.port.unwrap_or(to.port).to_string().into())
}

/// What a raw key is about. Keys of these phones hold blanks: a raw path has `_` in their place.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let key = key.to_ascii_lowercase().replace('_', " ");
    let mut words = key.split(' ');
    let about = match (words.next(), words.next()) {
        (Some("sip"), Some(second)) if second.starts_with("line") => match second[4..].parse::<u8>() {
            // `01` may be read as 1 by a phone, past our own `line1`.
            Ok(number) if number.to_string() == second[4..] => About::Line(number),
            _ => About::Reserved,
        },
        // Said without a number they hold for every line that says nothing else.
        (Some("sip"), _) if OF_LINE.iter().any(|word| key.contains(word)) => About::Reserved,
        // Their names differ by model: `keys.K` finds the right one.
        (Some(first), _) if KEYS.iter().any(|word| first.starts_with(word)) => About::Reserved,
        _ => About::Phone,
    };
    key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b' ' | b'-' | b'.')).then_some((about, key))
}

const OF_LINE: [&str; 6] = ["user name", "auth name", "password", "proxy", "registrar", "screen name"];
const KEYS: [&str; 5] = ["prgkey", "softkey", "topsoftkey", "hardkey", "expmod"];

#[cfg(test)]
mod tests {
    use super::super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line() {
        use super::About::{Line, Phone, Reserved};
        for (key, about) in [
            ("sip_line1_user_name", Reserved),
            ("SIP_Line1_Password", Reserved),
            ("sip_line01_password", Reserved),
            ("sip_line_password", Reserved),
            ("sip_password", Reserved),
            ("sip_registrar_ip", Reserved),
            ("topsoftkey1_type", Reserved),
            ("sip_line2_dtmf_method", Line(2)),
            ("time_format", Phone),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), Some(about), "{key}");
        }
    }
}
