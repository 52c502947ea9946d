//! HT814 and HT818: the numbers of a single port's adapter, but for a profile that all ports share; each port has its
//! user, its secret and its name. Their number of an outbound proxy is in dispute and is not written.

use super::{adapters, values};
use crate::{
    entries::Content,
    lines::{Line, Registrar},
    rows::{LineKey, LineRow},
    said,
    sheet::{About, Sheet},
};

pub(super) const SHEET: Sheet = Sheet { phone: adapters::PHONE, line: LINE, buttons: None, raw: about };

pub(super) const WORDS: [(&str, &str); 5] =
    [("g722", "9"), ("g729", "18"), ("opus", "123"), ("pcma", "8"), ("pcmu", "0")];

const EXTENSION: &str = "line.#.extension";
const CODECS: &[&str] = &["sip.codecs"];

/// The number of a setting on the first port; the next port has the next.
macro_rules! port {
    ($first:literal) => {
        LineKey::By(|port| format!("P{}", $first - 1 + u16::from(port)))
    };
}

/// The most ports.
pub(super) const PORTS: u8 = 8;

pub(super) const LINE: &[LineRow] = &[
    always(LineKey::At("P271"), "0", &[EXTENSION], |_, _| "1".into()),
    always(LineKey::At("P47"), "", &["sip.registrar.host", "sip.registrar.port"], |_, to| {
        values::place(to, &to.host, to.port)
    })
    .with_all(),
    always(LineKey::At("P130"), "0", &["sip.transport"], |_, to| adapters::transport(to).into()),
    always(LineKey::At("P103"), "0", &["sip.lookup"], |_, to| adapters::lookup(to).into()),
    always(LineKey::At("P31"), "0", &[EXTENSION], |_, _| "1".into()),
    always(LineKey::At("P32"), "60", &["sip.expires"], |_, to| values::minutes(to)),
    always(LineKey::At("P99"), "0", &["sip.voicemail_number"], |_, to| {
        if to.voicemail.is_some() { "1" } else { "0" }.into()
    }),
    always(port!(4595), "0", &[EXTENSION], |_, _| "1".into()),
    always(port!(4060), "", &[EXTENSION], said::extension),
    always(port!(4090), "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always(port!(4120), "", &["line.#.password"], said::password),
    always(port!(4180), "", &["line.#.display_name", EXTENSION], said::display_name),
    // The first profile.
    always(port!(4150), "0", &[EXTENSION], |_, _| "0".into()),
    chosen("P967", "", &["sip.backup.host", "sip.backup.port"], |_, to| values::backup(to)).with_all(),
    chosen("P183", "0", &["sip.srtp"], |_, to| adapters::srtp(to)),
    chosen("P57", "0", CODECS, |_, to| codec(to, 0)),
    chosen("P58", "8", CODECS, |_, to| codec(to, 1)),
    chosen("P59", "4", CODECS, |_, to| codec(to, 2)),
    chosen("P60", "18", CODECS, |_, to| codec(to, 3)),
    chosen("P61", "2", CODECS, |_, to| codec(to, 4)),
    chosen("P62", "97", CODECS, |_, to| codec(to, 5)),
    chosen("P46", "123", CODECS, |_, to| codec(to, 6)),
];

const fn always(
    key: LineKey,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    adapters::always(key, cleared, from, say)
}

const fn chosen(
    key: &'static str,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    adapters::chosen(LineKey::At(key), cleared, from, say)
}

fn codec(to: &Registrar, place: usize) -> Content {
    values::codec(to, &WORDS, place)
}

fn about(key: &str) -> Option<(About, String)> {
    adapters::about_in(LINE, PORTS, key)
}

#[cfg(test)]
mod tests {
    use super::About::{Line, Phone, Reserved};
    use super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for (key, about) in [
            ("P4060", Some(Reserved)),
            ("P4127", Some(Reserved)),
            ("P47", Some(Reserved)),
            ("P183", Some(Line(1))),
            ("P35", Some(Reserved)),
            ("P401", Some(Reserved)),
            ("P4000", Some(Phone)),
            ("P04060", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
