//! SIP lines: whole, or cleared. From the factory their keys show them.

use crate::{
    entries::Content,
    lines::{Line, Registrar, Srtp, Transport},
    rows::{From, LineKey, LineRow, always, chosen},
    said,
    sheet::About,
    tree,
};

const EXTENSION: &str = "line.#.extension";
const USER: &[&str] = &["line.#.auth_user", EXTENSION];
const PASSWORD: &[&str] = &["line.#.password"];
const OUTBOUND: &[&str] =
    &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain", "sip.registrar.port"];
const BACKUP: &[&str] = &["sip.backup.host"];

/// Every key of a line that this dialect writes.
pub(super) const LINE: &[LineRow] = &[
    always("sip/line[#]/PhoneNumber", "", &[EXTENSION], said::extension),
    always("sip/line[#]/DisplayName", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("sip/line[#]/RegisterAddr", "", &["sip.domain", "sip.registrar.host"], |_, to| {
        to.domain.as_ref().unwrap_or(&to.host).clone().into()
    }),
    always("sip/line[#]/RegisterPort", "", &["sip.registrar.port"], |_, to| to.port.to_string().into()),
    always("sip/line[#]/RegisterUser", "", USER, user),
    always("sip/line[#]/RegisterPswd", "", PASSWORD, said::password),
    always("sip/line[#]/RegisterTTL", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("sip/line[#]/EnableReg", "0", &[EXTENSION], |_, _| "1".into()),
    // Others write 2 for TLS; 3 is what was seen to register.
    always("sip/line[#]/Transport", "0", &["sip.transport"], |_, to| transport(to).into()),
    always("sip/line[#]/MWINum", "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
    always("sip/line[#]/EnableSCA", "0", &["line.#.shared"], |line, _| {
        if line.shared { "1" } else { "0" }.into()
    }),
    all("sip/line[#]/ProxyAddr", OUTBOUND, |_, to| to.way().map_or(Content::Empty, |(host, _)| host.into())),
    all("sip/line[#]/ProxyPort", OUTBOUND, |_, to| {
        to.way().map_or(Content::Empty, |(_, port)| port.to_string().into())
    }),
    // The proxy's challenge has answers of its own.
    always("sip/line[#]/ProxyUser", "", USER, |line, to| {
        if to.way().is_some() { user(line, to) } else { Content::Empty }
    }),
    always("sip/line[#]/ProxyPswd", "", PASSWORD, |line, to| {
        if to.way().is_some() { Content::Secret(line.password) } else { Content::Empty }
    }),
    chosen("sip/line[#]/BackupAddr", "", BACKUP, |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
    }),
    chosen("sip/line[#]/BackupPort", "", &["sip.backup.port", "sip.backup.host"], |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |hop| hop.port.unwrap_or(to.port).to_string().into())
    }),
    chosen("sip/line[#]/BackupTransport", "0", BACKUP, |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |_| transport(to).into())
    }),
    chosen("sip/line[#]/BackupTTL", "3600", BACKUP, |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |_| to.expires.to_string().into())
    }),
    chosen("sip/line[#]/VoiceCodecMap", EVERY_CODEC, &["sip.codecs"], codecs),
    // By the order of the phone's own page, disabled, optional, compulsory; tancredi's templates say 2 where a line is
    // to be encrypted.
    chosen("sip/line[#]/MediaCrypto", "0", &["sip.srtp"], |_, to| match to.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "0".into(),
        Some(Srtp::Optional) => "1".into(),
        Some(Srtp::Required) => "2".into(),
    }),
    chosen("sip/line[#]/AlwaysFWD", "0", &["line.#.forward.always"], |line, _| {
        on(line.forward.always.as_ref())
    }),
    chosen("sip/line[#]/AlwaysFWDNum", "", &["line.#.forward.always"], |line, _| {
        said::text(line.forward.always.as_ref())
    }),
    chosen("sip/line[#]/BusyFWD", "0", &["line.#.forward.busy"], |line, _| on(line.forward.busy.as_ref())),
    chosen("sip/line[#]/BusyFWDNum", "", &["line.#.forward.busy"], |line, _| {
        said::text(line.forward.busy.as_ref())
    }),
    chosen("sip/line[#]/NoAnswerFWD", "0", &["line.#.forward.no_answer"], |line, _| {
        on(line.forward.no_answer.as_ref())
    }),
    chosen("sip/line[#]/NoAnswerFWDNum", "", &["line.#.forward.no_answer"], |line, _| {
        said::text(line.forward.no_answer.as_ref())
    }),
    chosen("sip/line[#]/FWDTimer", "5", &["line.#.forward.no_answer_seconds"], |line, _| {
        line.forward.seconds.map_or(Content::Empty, |seconds| seconds.to_string().into())
    }),
];

/// What the factory has.
const EVERY_CODEC: &str = "PCMU,PCMA,G726-32,G729,iLBC,G722";

const fn all(
    key: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::At(key), say, from: From::All(from), always: true, cleared: "" }
}

fn user(line: &Line, _: &Registrar) -> Content {
    line.auth_user.as_ref().unwrap_or(&line.extension).clone().into()
}

const fn transport(to: &Registrar) -> &'static str {
    match to.transport {
        Transport::Udp => "0",
        Transport::Tcp => "1",
        Transport::Tls => "3",
    }
}

fn codecs(_: &Line, to: &Registrar) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    to.codecs.iter().map(|codec| codec.to_ascii_uppercase()).collect::<Vec<_>>().join(",").into()
}

fn on(target: Option<&String>) -> Content {
    target.map_or(Content::Empty, |_| "1".into())
}

/// What a raw key is about: `sip.line.2.DTMFMode`, the names of the elements around it and its own; a number is the
/// index of the element before it.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let mut steps: Vec<(&str, Option<u8>)> = vec![];
    for word in key.split('.') {
        match word.parse::<u8>() {
            // Written in one way only, and never twice.
            Ok(index) if index > 0 && index.to_string() == word => {
                let last = steps.last_mut().filter(|(_, own)| own.is_none())?;
                last.1 = Some(index);
            }
            _ if tree::name(word) => steps.push((word, None)),
            _ => return None,
        }
    }
    // A group has no text of its own, and the root has only its version.
    let ((_, index), groups) = steps.split_last()?;
    if groups.is_empty() || index.is_some() {
        return None;
    }
    let is = |at: usize, name: &str| steps.get(at).is_some_and(|(own, _)| own.eq_ignore_ascii_case(name));
    let about = match () {
        () if is(0, "dsskey") => About::Button,
        () if is(0, "sip") && is(1, "line") => steps[1].1.map_or(About::Reserved, About::Line),
        () if is(0, "ap") && groups.len() == 1 => About::Reserved,
        () => About::Phone,
    };
    let spell = |(name, index): &(&str, Option<u8>)| match index {
        Some(index) => format!("{name}[{index}]"),
        None => (*name).to_owned(),
    };
    Some((about, steps.iter().map(spell).collect::<Vec<_>>().join("/")))
}

#[cfg(test)]
mod tests {
    use super::super::SHEETS;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        use super::About::{Button, Line, Phone, Reserved};
        for (key, about) in [
            ("sip.line.1.PhoneNumber", Some(Reserved)),
            ("SIP.LINE.1.phonenumber", Some(Reserved)),
            ("sip.line.PhoneNumber", Some(Reserved)),
            ("sip.line.01.PhoneNumber", None),
            ("sip.line.1.1.PhoneNumber", None),
            ("sip.line.2.DTMFMode", Some(Line(2))),
            ("ap.FlashFileName", Some(Reserved)),
            ("ap.DefaultPassword", Some(Reserved)),
            ("ap.opt.DhcpOption120", Some(Phone)),
            ("dsskey.internal.1.Fkey.1.Type", Some(Button)),
            ("web.WebPort", Some(Phone)),
            ("Version", None),
            ("sip", None),
            ("1.sip", None),
            ("sip.line.1", None),
            ("a.b><c", None),
        ] {
            assert_eq!(SHEETS[0].1.about(key).map(|(about, _)| about), about, "{key}");
        }
        let spelled = SHEETS[0].1.about("dsskey.internal.1.Fkey.2.Type").map(|(_, key)| key);
        assert_eq!(spelled.as_deref(), Some("dsskey/internal[1]/Fkey[2]/Type"));
    }
}
