//! Registrations: whole, or cleared. What a file does not name is gone by itself; the keys that make a line are
//! cleared in so many words all the same.

use crate::{
    entries::Content,
    lines::{Hop, Registrar, Srtp, Transport},
    rows::{LineRow, always, chosen},
    said,
    sheet::About,
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const TRANSPORT: &str = "sip.transport";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";
const VOICEMAIL: &[&str] = &["sip.voicemail_number"];
const CODECS: &[&str] = &["sip.codecs"];
const SRTP: &[&str] = &["sip.srtp"];

pub(super) const LINE: &[LineRow] = &[
    always("reg.#.address", "", &[EXTENSION], |line, to| match &to.domain {
        Some(domain) => format!("{}@{domain}", line.extension).into(),
        None => line.extension.clone().into(),
    }),
    always("reg.#.auth.userId", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("reg.#.auth.password", "", &["line.#.password"], said::password),
    always("reg.#.displayName", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("reg.#.label", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    always("reg.#.type", "private", &["line.#.shared"], |line, _| {
        if line.shared { "shared" } else { "private" }.into()
    }),
    always("reg.#.server.1.address", "", &[HOST], |_, to| to.host.clone().into()),
    always("reg.#.server.1.port", "0", &["sip.registrar.port"], |_, to| port(to).into()),
    always("reg.#.server.1.transport", "DNSnaptr", &[TRANSPORT, "sip.lookup"], |_, to| transport(to).into()),
    always("reg.#.server.1.expires", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    chosen("reg.#.server.2.address", "", &[BACKUP], |_, to| {
        said::text(to.backup.as_ref().map(|hop| &hop.host))
    }),
    chosen("reg.#.server.2.port", "0", &["sip.backup.port", BACKUP], |_, to| {
        said::text(to.backup.as_ref().map(|hop| hop.port.unwrap_or(to.port).to_string()).as_ref())
    }),
    chosen("reg.#.server.2.transport", "DNSnaptr", &[TRANSPORT, BACKUP], |_, to| {
        to.backup.as_ref().map_or(Content::Empty, |_| explicit(to).into())
    }),
    chosen("reg.#.server.2.expires", "3600", &["sip.expires", BACKUP], |_, to| {
        said::text(to.backup.as_ref().map(|_| to.expires.to_string()).as_ref())
    }),
    chosen("reg.#.outboundProxy.address", "", &[PROXY], |_, to| {
        said::text(to.outbound.as_ref().map(|hop| &hop.host))
    }),
    chosen("reg.#.outboundProxy.port", "0", &["sip.outbound_proxy.port", PROXY], |_, to| {
        let port = |Hop { port, .. }: &Hop| port.unwrap_or(to.port).to_string();
        said::text(to.outbound.as_ref().map(port).as_ref())
    }),
    chosen("reg.#.outboundProxy.transport", "DNSnaptr", &[TRANSPORT, PROXY], |_, to| {
        to.outbound.as_ref().map_or(Content::Empty, |_| explicit(to).into())
    }),
    chosen("msg.mwi.#.subscribe", "", VOICEMAIL, |line, to| {
        said::text(to.voicemail.as_ref().map(|_| &line.extension))
    }),
    chosen("msg.mwi.#.callBackMode", "registration", VOICEMAIL, |_, to| {
        to.voicemail.as_ref().map_or(Content::Empty, |_| "contact".into())
    }),
    chosen("msg.mwi.#.callBack", "", VOICEMAIL, |_, to| said::text(to.voicemail.as_ref())),
    chosen("divert.busy.#.enabled", "1", &["line.#.forward.busy"], |line, _| on(line.forward.busy.as_ref())),
    chosen("divert.busy.#.contact", "", &["line.#.forward.busy"], |line, _| {
        said::text(line.forward.busy.as_ref())
    }),
    chosen("divert.noanswer.#.enabled", "1", &["line.#.forward.no_answer"], |line, _| {
        on(line.forward.no_answer.as_ref())
    }),
    chosen("divert.noanswer.#.contact", "", &["line.#.forward.no_answer"], |line, _| {
        said::text(line.forward.no_answer.as_ref())
    }),
    chosen("divert.noanswer.#.timeout", "55", &["line.#.forward.no_answer_seconds"], |line, _| {
        said::text(line.forward.seconds.map(|seconds| seconds.to_string()).as_ref())
    }),
    // Of the phone as a whole, but nobody's business while it has no line of ours.
    chosen("sec.srtp.enable", "", SRTP, |_, to| srtp(to, "0", "1", "1")),
    chosen("sec.srtp.offer", "", SRTP, |_, to| srtp(to, "0", "1", "1")),
    chosen("sec.srtp.require", "", SRTP, |_, to| srtp(to, "0", "0", "1")),
    chosen("voice.codecPref.Opus", "", CODECS, |_, to| place(to, "opus")),
    chosen("voice.codecPref.G722", "", CODECS, |_, to| place(to, "g722")),
    chosen("voice.codecPref.G711_A", "", CODECS, |_, to| place(to, "pcma")),
    chosen("voice.codecPref.G711_Mu", "", CODECS, |_, to| place(to, "pcmu")),
    chosen("voice.codecPref.G729_AB", "", CODECS, |_, to| place(to, "g729")),
    // The phones' own wideband codecs, which are on by default.
    chosen("voice.codecPref.G7221.24kbps", "", CODECS, |_, to| place(to, "")),
    chosen("voice.codecPref.G7221.32kbps", "", CODECS, |_, to| place(to, "")),
    chosen("voice.codecPref.G7221_C.48kbps", "", CODECS, |_, to| place(to, "")),
    chosen("voice.codecPref.Siren14.48kbps", "", CODECS, |_, to| place(to, "")),
    chosen("voice.codecPref.Siren22.64kbps", "", CODECS, |_, to| place(to, "")),
];

/// What a raw key is about; none where it is no name of a parameter.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'))
    };
    let named = key.starts_with(|c: char| c.is_ascii_alphabetic());
    let lower = key.to_ascii_lowercase();
    let words: Vec<&str> = lower.split('.').collect();
    if !named || words.len() < 2 || !words.iter().all(|word| plain(word)) {
        return None;
    }
    let about = match words[..] {
        // The switch of a parameter that is kept in flash is written with it.
        ["device", .., "set"] => return None,
        ["device", "prov", ..] if lower != "device.prov.tagserialno" => About::Reserved,
        ["reg" | "divert", index, ..] | ["divert" | "msg", _, index, ..] if number(index).is_some() => {
            number(index).map_or(About::Reserved, About::Line)
        }
        ["reg" | "divert" | "msg", ..] => About::Reserved,
        ["attendant" | "linekey" | "efk" | "softkey", ..] => About::Button,
        _ => About::Phone,
    };
    Some((about, key.to_owned()))
}

/// `01` may be read as 1 by a phone, past our own `reg.1`.
fn number(word: &str) -> Option<u8> {
    word.parse::<u8>().ok().filter(|number| number.to_string() == word)
}

fn on(target: Option<&String>) -> Content {
    target.map_or(Content::Empty, |_| "1".into())
}

/// A port that is not 0 would switch the lookup off.
fn port(to: &Registrar) -> String {
    if to.by_naptr() { "0".to_owned() } else { to.port.to_string() }
}

fn transport(to: &Registrar) -> &'static str {
    if to.by_naptr() { "DNSnaptr" } else { explicit(to) }
}

const fn explicit(to: &Registrar) -> &'static str {
    match to.transport {
        Transport::Udp => "UDPOnly",
        Transport::Tcp => "TCPOnly",
        Transport::Tls => "TLS",
    }
}

fn srtp(to: &Registrar, off: &str, optional: &str, required: &str) -> Content {
    to.srtp.map_or(Content::Empty, |srtp| {
        match srtp {
            Srtp::Off => off,
            Srtp::Optional => optional,
            Srtp::Required => required,
        }
        .into()
    })
}

/// From 1; once codecs are chosen, 0 switches the others off.
fn place(to: &Registrar, codec: &str) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    let place = to.codecs.iter().position(|chosen| chosen == codec).map_or(0, |place| place + 1);
    place.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::super::SHEET;
    use super::About::{Button, Line, Phone, Reserved};

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for (key, about) in [
            ("reg.1.address", Some(Reserved)),
            ("REG.1.Auth.Password", Some(Reserved)),
            ("reg.01.address", Some(Reserved)),
            ("reg.1.thirdPartyName", Some(Line(1))),
            ("divert.fwd.2.enabled", Some(Line(2))),
            ("msg.mwi.1.callBack", Some(Line(1))),
            ("msg.bypassInstantMessage", Some(Reserved)),
            ("attendant.uri", Some(Button)),
            ("device.prov.user", Some(Reserved)),
            ("device.prov.password", Some(Reserved)),
            ("device.prov.redunAttemptLimit", Some(Reserved)),
            ("device.prov.tagSerialNo", Some(Phone)),
            ("device.net.vlanId.set", None),
            ("device.set", None),
            ("up.backlight.idleIntensity", Some(Phone)),
            ("CONFIG_FILES", None),
            ("APP_FILE_PATH", None),
            ("a.b\" c=\"", None),
            ("1.a", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
