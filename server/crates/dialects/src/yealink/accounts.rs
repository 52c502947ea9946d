//! Accounts, and the line key or the handset that shows them: whole, or cleared. No account is left as it happened to
//! be.

use crate::{
    entries::Content,
    lines::{Forward, Line, Registrar, Srtp, Transport},
    rows::{From, LineKey, LineRow, always, chosen},
    said,
    sheet::About,
};

/// A line key that shows an account.
const LINE_KEY: &str = "15";

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";

/// Every key of an account that this dialect writes, those of its servers, and what else a kind of phone has.
macro_rules! account {
    ([$($server:expr),* $(,)?], [$($row:expr),* $(,)?]) => {
        &[
            always("account.#.enable", "0", &[EXTENSION], |_, _| "1".into()),
            always("account.#.label", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
            always("account.#.display_name", "", &["line.#.display_name", EXTENSION], said::display_name),
            always("account.#.user_name", "", &[EXTENSION], said::extension),
            always("account.#.auth_name", "", &["line.#.auth_user", EXTENSION], said::auth_user),
            always("account.#.password", "", &["line.#.password"], said::password),
            $($server,)*
            always("account.#.subscribe_mwi", "", &["sip.voicemail_number"], |_, to| {
                if to.voicemail.is_some() { "1" } else { "0" }.into()
            }),
            always("voice_mail.number.#", "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
            // Guides since V83 say 1 for optional and 2 for compulsory SRTP; older ones say it the other way round.
            chosen("account.#.srtp_encryption", "", &["sip.srtp"], |_, to| match to.srtp {
                None => Content::Empty,
                Some(Srtp::Off) => "0".into(),
                Some(Srtp::Optional) => "1".into(),
                Some(Srtp::Required) => "2".into(),
            }),
            chosen("account.#.always_fwd.enable", "", &["line.#.forward.always"], |line, _| on(line.forward.always.as_ref())),
            chosen("account.#.always_fwd.target", "", &["line.#.forward.always"], |line, _| {
                said::text(line.forward.always.as_ref())
            }),
            chosen("account.#.busy_fwd.enable", "", &["line.#.forward.busy"], |line, _| on(line.forward.busy.as_ref())),
            chosen("account.#.busy_fwd.target", "", &["line.#.forward.busy"], |line, _| {
                said::text(line.forward.busy.as_ref())
            }),
            chosen("account.#.timeout_fwd.enable", "", &["line.#.forward.no_answer"], |line, _| {
                on(line.forward.no_answer.as_ref())
            }),
            chosen("account.#.timeout_fwd.target", "", &["line.#.forward.no_answer"], |line, _| {
                said::text(line.forward.no_answer.as_ref())
            }),
            chosen("account.#.timeout_fwd.timeout", "", &["line.#.forward.no_answer_seconds"], |line, _| {
                let rings =
                    line.forward.seconds.map(|seconds| ((seconds + RING / 2) / RING).clamp(1, 20).to_string());
                said::text(rings.as_ref())
            }),
            // Once codecs are chosen, those that are not among them are off.
            chosen("account.#.codec.g722.enable", "", CODECS, |_, to| enabled(to, "g722")),
            chosen("account.#.codec.g722.priority", "", CODECS, |_, to| priority(to, "g722")),
            chosen("account.#.codec.g729.enable", "", CODECS, |_, to| enabled(to, "g729")),
            chosen("account.#.codec.g729.priority", "", CODECS, |_, to| priority(to, "g729")),
            chosen("account.#.codec.opus.enable", "", CODECS, |_, to| enabled(to, "opus")),
            chosen("account.#.codec.opus.priority", "", CODECS, |_, to| priority(to, "opus")),
            chosen("account.#.codec.pcma.enable", "", CODECS, |_, to| enabled(to, "pcma")),
            chosen("account.#.codec.pcma.priority", "", CODECS, |_, to| priority(to, "pcma")),
            chosen("account.#.codec.pcmu.enable", "", CODECS, |_, to| enabled(to, "pcmu")),
            chosen("account.#.codec.pcmu.priority", "", CODECS, |_, to| priority(to, "pcmu")),
            $($row,)*
        ]
    };
}

/// An account with servers of its own.
macro_rules! with_servers {
    [$($row:expr),* $(,)?] => {
        account!([
            // Where the SIP domain is another name, it goes into addresses and the registrar becomes the way there.
            always("account.#.sip_server.1.address", "", &["sip.domain", HOST], |_, to| {
                to.domain.as_ref().unwrap_or(&to.host).clone().into()
            }),
            // A port that is not 0 would switch a lookup off.
            always("account.#.sip_server.1.port", "", &[PORT], |_, to| {
                if to.by_naptr() { "0".into() } else { to.port.to_string().into() }
            }),
            always("account.#.sip_server.1.transport_type", "", &["sip.transport", "sip.lookup"], |_, to| {
                if to.by_naptr() { "3" } else { transport(to) }.into()
            }),
            always("account.#.sip_server.1.expires", "", &["sip.expires"], |_, to| to.expires.to_string().into()),
            always("account.#.outbound_proxy_enable", "", &[PROXY, "sip.domain"], |_, to| {
                if to.proxy().is_some() { "1" } else { "0" }.into()
            }),
            always("account.#.outbound_proxy.1.address", "", &[PROXY, HOST], |_, to| {
                to.proxy().map_or(Content::Empty, |(host, _)| host.into())
            }),
            always("account.#.outbound_proxy.1.port", "", &["sip.outbound_proxy.port", PORT], |_, to| {
                match to.proxy() {
                    Some(_) if to.by_naptr() => "0".into(),
                    Some((_, Some(port))) => port.to_string().into(),
                    Some((_, None)) | None => Content::Empty,
                }
            }),
            chosen("account.#.sip_server.2.address", "", &[BACKUP], |_, to| {
                to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
            }),
            of_backup("account.#.sip_server.2.port", &[BACKUP, "sip.backup.port"], |_, to| {
                let port = to.backup.as_ref().map(|hop| hop.port.unwrap_or(to.port).to_string());
                said::text(port.as_ref())
            }),
            of_backup("account.#.sip_server.2.transport_type", &[BACKUP, "sip.transport"], |_, to| {
                to.backup.as_ref().map_or(Content::Empty, |_| transport(to).into())
            }),
            of_backup("account.#.sip_server.2.expires", &[BACKUP, "sip.expires"], |_, to| {
                to.backup.as_ref().map_or(Content::Empty, |_| to.expires.to_string().into())
            }),
        ], [$($row),*])
    };
}

/// A desk phone's.
pub(super) const LINE: &[LineRow] = with_servers![
    // As Broadsoft shares one; the other kind needs a number of its own.
    always("account.#.shared_line", "0", &["line.#.shared"], |line, _| {
        if line.shared { "1" } else { "0" }.into()
    }),
    always("linekey.#.type", "", &[EXTENSION], |_, _| LINE_KEY.into()),
    always("linekey.#.line", "", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("linekey.#.label", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    chosen("account.#.direct_pickup_code", "", &["phone.pickup_code"], |_, to| said::text(
        to.pickup.as_ref()
    )),
    // Without it forwarding is a matter of the phone, not of its lines.
    chosen("features.fwd_mode", "", FORWARDS, |line, _| {
        let Forward { always, busy, no_answer, .. } = &line.forward;
        always.as_ref().or(busy.as_ref()).or(no_answer.as_ref()).map_or(Content::Empty, |_| "1".into())
    }),
];

/// A DECT base's.
pub(super) const HANDSET: &[LineRow] = with_servers![
    // Of the base's handsets, the one with the number of the account.
    always("handset.#.name", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    always("handset.#.incoming_lines", "", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("handset.#.dial_out_lines", "", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("handset.#.dial_out_default_line", "", &[EXTENSION], |line, _| line.index.to_string().into()),
];

/// Of a manager of several bases: the servers of all accounts are those of one template (Wazo's and FusionPBX's
/// templates of W75, W80 and W90). Handset N has account N.
pub(super) const MANAGER: &[LineRow] = account!(
    [
        always("account.#.sip_server.template", "", &[HOST], |_, _| "1".into()),
        always("template.1.sip_server.1.address", "", &["sip.domain", HOST], |_, to| {
            to.domain.as_ref().unwrap_or(&to.host).clone().into()
        }),
        always("template.1.sip_server.1.port", "", &[PORT], |_, to| {
            if to.by_naptr() { "0".into() } else { to.port.to_string().into() }
        }),
        always("template.1.sip_server.1.transport_type", "", &["sip.transport", "sip.lookup"], |_, to| {
            if to.by_naptr() { "3" } else { transport(to) }.into()
        }),
        always("template.1.sip_server.1.expires", "", &["sip.expires"], |_, to| to
            .expires
            .to_string()
            .into()),
        always("template.1.outbound.enable", "", &[PROXY, "sip.domain"], |_, to| {
            if to.proxy().is_some() { "1" } else { "0" }.into()
        }),
        always("template.1.outbound.1.address", "", &[PROXY, HOST], |_, to| {
            to.proxy().map_or(Content::Empty, |(host, _)| host.into())
        }),
        always("template.1.outbound.1.port", "", &["sip.outbound_proxy.port", PORT], |_, to| {
            to.way().map_or(Content::Empty, |(_, port)| port.to_string().into())
        }),
        chosen("template.1.sip_server.2.address", "", &[BACKUP], |_, to| {
            to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
        }),
        of_backup("template.1.sip_server.2.port", &[BACKUP, "sip.backup.port"], |_, to| {
            let port = to.backup.as_ref().map(|hop| hop.port.unwrap_or(to.port).to_string());
            said::text(port.as_ref())
        }),
        of_backup("template.1.sip_server.2.transport_type", &[BACKUP, "sip.transport"], |_, to| {
            to.backup.as_ref().map_or(Content::Empty, |_| transport(to).into())
        }),
        of_backup("template.1.sip_server.2.expires", &[BACKUP, "sip.expires"], |_, to| {
            to.backup.as_ref().map_or(Content::Empty, |_| to.expires.to_string().into())
        }),
    ],
    []
);

const FORWARDS: &[&str] = &["line.#.forward.always", "line.#.forward.busy", "line.#.forward.no_answer"];
const CODECS: &[&str] = &["sip.codecs"];

/// A ring takes six seconds; unanswered is counted in rings, 0 to 20.
const RING: i64 = 6;

const fn of_backup(
    key: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::At(key), say, from: From::All(from), always: false, cleared: "" }
}

/// What a raw key of an account, of a line key or of the phone is about.
#[expect(clippy::unnecessary_wraps, reason = "other families know what is no key of theirs")]
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let lower = key.to_ascii_lowercase();
    let words: Vec<&str> = lower.split('.').collect();
    let about = match words[..] {
        ["account" | "handset", index, ..] => match index.parse::<u8>() {
            // `01` may be read as 1 by a phone, past our own `account.1`.
            Ok(number) if number.to_string() == index => About::Line(number),
            _ => About::Reserved,
        },
        ["linekey" | "expansion_module", ..] => About::Button,
        ["account" | "handset" | "voice_mail" | "template", ..] => About::Reserved,
        ["auto_provision", "server", name] | ["static", "auto_provision", "server", name]
            if name != "url" =>
        {
            About::Reserved
        }
        _ => About::Phone,
    };
    Some((about, key.to_owned()))
}

fn on(target: Option<&String>) -> Content {
    target.map_or(Content::Empty, |_| "1".into())
}

const fn transport(to: &Registrar) -> &'static str {
    match to.transport {
        Transport::Udp => "0",
        Transport::Tcp => "1",
        Transport::Tls => "2",
    }
}

fn place(to: &Registrar, codec: &str) -> Option<usize> {
    to.codecs.iter().position(|chosen| chosen == codec)
}

fn enabled(to: &Registrar, codec: &str) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    if place(to, codec).is_some() { "1" } else { "0" }.into()
}

/// 0 is the rank of a codec that is off from the factory.
fn priority(to: &Registrar, codec: &str) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    place(to, codec).map_or(0, |place| place + 1).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        use super::About::{Button, Line, Phone, Reserved};
        for (key, about) in [
            ("account.1.user_name", Reserved),
            ("Account.1.PASSWORD", Reserved),
            ("account.01.user_name", Reserved),
            ("account.x.user_name", Reserved),
            ("account.300.user_name", Reserved),
            ("account", Reserved),
            ("voice_mail.number.1", Reserved),
            ("template.1.sip_server.1.address", Reserved),
            ("template.2.name", Reserved),
            ("static.auto_provision.server.password", Reserved),
            ("auto_provision.server.username", Reserved),
            ("account.2.codec.g722.enable", Line(2)),
            ("handset.2.dial_out_lines", Line(2)),
            ("handset.02.name", Reserved),
            ("linekey.3.value", Button),
            ("linekey.1.type", Button),
            ("features.dnd.enable", Phone),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), Some(about), "{key}");
        }
    }
}
