//! Identities and the function key of each: whole, or cleared.

use super::{backup::BACKUP, plan::dial_plan};
use crate::{
    entries::Content,
    lines::{Line, Registrar, Srtp},
    rows::{From, LineKey, LineRow, always, chosen},
    said,
    sheet::About,
};

const EXTENSION: &str = "line.#.extension";
const LABEL: &[&str] = &["line.#.label", "line.#.display_name", EXTENSION];
const CODECS: &[&str] = &["sip.codecs"];
/// What the factory has.
const EVERY_CODEC: &str = "g722,pcmu,pcma,gsm,g723,g726-32,aal2-g726-32,g729,telephone-event";

/// Every key of an identity that this dialect writes.
pub(super) const LINE: &[LineRow] = &[
    always("user_active.#", "off", &[EXTENSION], |_, _| "on".into()),
    always("user_realname.#", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("user_idle_text.#", "", LABEL, said::label),
    always("user_name.#", "", &[EXTENSION], said::extension),
    always("user_pname.#", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("user_pass.#", "", &["line.#.password"], said::password),
    always("user_host.#", "", &["sip.domain", "sip.registrar.host", "sip.lookup"], |_, to| {
        to.domain.as_ref().unwrap_or(&to.host).clone().into()
    })
    .with_all(),
    LineRow {
        key: LineKey::At("user_outbound.#"),
        say: outbound,
        from: From::All(&[
            "sip.registrar.host",
            "sip.registrar.port",
            "sip.transport",
            "sip.outbound_proxy.host",
            "sip.outbound_proxy.port",
        ]),
        always: true,
        cleared: "",
    },
    always("user_expiry.#", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("user_mailbox.#", "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
    always("user_shared_line.#", "off", &["line.#.shared"], |line, _| on(line.shared).into()),
    // `stand_in` chooses the identity. One of earlier could be another owner's line by now.
    always("user_failover_identity.#", "none", BACKUP, |_, _| "none".into()),
    of_key(context, "active", &[EXTENSION], |line, _| line.index.to_string().into()),
    of_key(title, "", LABEL, said::label),
    of_key(argument, FREE, &[EXTENSION], |_, _| "line".into()),
    chosen("user_srtp.#", "on", &["sip.srtp"], |_, to| {
        to.srtp.map_or(Content::Empty, |srtp| on(srtp != Srtp::Off).into())
    }),
    chosen("user_savp.#", "off", &["sip.srtp"], |_, to| match to.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "off".into(),
        Some(Srtp::Optional) => "optional".into(),
        Some(Srtp::Required) => "mandatory".into(),
    }),
    chosen("codec_priority_list.#", EVERY_CODEC, CODECS, |_, to| {
        if to.codecs.is_empty() {
            return Content::Empty;
        }
        format!("{},telephone-event", to.codecs.join(",")).into()
    }),
    chosen("user_dp_str.#", "", &["phone.dial_plan"], |_, to| {
        to.each.dial_plan.as_deref().and_then(dial_plan).map_or(Content::Empty, Content::from)
    }),
    chosen("fwd_all_enabled.#", "off", &["line.#.forward.always"], |line, _| {
        switch(line.forward.always.as_ref())
    }),
    chosen("fwd_all_target.#", "", &["line.#.forward.always"], |line, _| {
        said::text(line.forward.always.as_ref())
    }),
    chosen("fwd_busy_enabled.#", "off", &["line.#.forward.busy"], |line, _| {
        switch(line.forward.busy.as_ref())
    }),
    chosen("fwd_busy_target.#", "", &["line.#.forward.busy"], |line, _| {
        said::text(line.forward.busy.as_ref())
    }),
    chosen("fwd_time_enabled.#", "off", &["line.#.forward.no_answer"], |line, _| {
        switch(line.forward.no_answer.as_ref())
    }),
    chosen("fwd_time_target.#", "", &["line.#.forward.no_answer"], |line, _| {
        said::text(line.forward.no_answer.as_ref())
    }),
    chosen("fwd_time_secs.#", "", &["line.#.forward.no_answer_seconds"], |line, _| {
        line.forward.seconds.map_or(Content::Empty, |seconds| seconds.to_string().into())
    }),
];

/// A function key without a use, as the factory has it.
pub(super) const FREE: &str = "line";

const fn of_key(
    key: fn(u8) -> String,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::By(key), say, from: From::First(from), always: true, cleared }
}

/// Function keys are counted from 0 in the file.
pub(super) fn context(number: u8) -> String {
    format!("fkey.{}.context", number.saturating_sub(1))
}

pub(super) fn title(number: u8) -> String {
    format!("fkey.{}.label", number.saturating_sub(1))
}

pub(super) fn argument(number: u8) -> String {
    format!("fkey.{}", number.saturating_sub(1))
}

/// What a raw key is about: `name`, or `name.N` for what each identity has.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let (name, index) = key.split_once('.').map_or((key, None), |(name, index)| (name, Some(index)));
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    let named = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(plain);
    // An empty type would make the phone ask for a file without a name; function keys are elements of another form.
    if !named || matches!(name, "phone_type" | "fkey") {
        return None;
    }
    let about = match index {
        None if name.starts_with("user_") => About::Reserved,
        None => About::Phone,
        Some(index) => match index.parse::<u8>() {
            Ok(number) if number > 0 && number.to_string() == index => {
                if name == "mc_address" {
                    About::Phone
                } else {
                    About::Line(number)
                }
            }
            _ => return None,
        },
    };
    Some((about, key.to_owned()))
}

/// The way to the registrar, or the proxy in front of it: with a port, so that nothing is looked up. None where DNS says.
fn outbound(_: &Line, to: &Registrar) -> Content {
    if to.by_naptr() && to.domain.is_none() && to.outbound.is_none() {
        return Content::Empty;
    }
    let (host, port) = to.first_hop();
    format!("{host}:{port};transport={}", to.transport.word()).into()
}

const fn on(flag: bool) -> &'static str {
    if flag { "on" } else { "off" }
}

pub(super) fn switch(target: Option<&String>) -> Content {
    target.map_or(Content::Empty, |_| "on".into())
}

#[cfg(test)]
mod tests {
    use super::super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        use super::About::{Line, Phone, Reserved};
        for (key, about) in [
            ("user_name.1", Some(Reserved)),
            ("user_pass.300", None),
            ("user_name.01", None),
            ("user_name", Some(Reserved)),
            ("http_client_pass", Some(Reserved)),
            ("user_dtmf_info.2", Some(Line(2))),
            ("stun_server.2", Some(Line(2))),
            ("mc_address.1", Some(Phone)),
            ("time_24_format", Some(Phone)),
            ("phone_type", None),
            ("fkey.1", None),
            ("a b", None),
            ("a><b", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
