//! What lines say, for the tables of both families.

use crate::{
    entries::Content,
    lines::{Hop, Line, Lookup, Registrar, Transport},
    rows::{From, LineKey, LineRow},
};

pub(crate) const EXTENSION: &str = "line.#.extension";
pub(crate) const LABEL: &[&str] = &["line.#.label", "line.#.display_name", EXTENSION];
pub(crate) const PROXY: &[&str] = &["sip.registrar.host", "sip.registrar.port", "sip.domain", "sip.lookup"];
pub(crate) const OUTBOUND: &[&str] = &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"];
pub(crate) const CODECS: &[&str] = &["sip.codecs"];
/// What the factory has.
pub(crate) const DIAL_PLAN: &str = "(*xx|[3469]11|0|00|[2-9]xxxxxx|1xxx[2-9]xxxxxxS0|xxxxxxxxxxxx.)";

/// A key that each line says and that several settings decide.
pub(crate) const fn all(
    key: &'static str,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::At(key), say, from: From::All(from), always: true, cleared }
}

/// The proxy to turn to when the other is away, said once it is chosen.
pub(crate) const BACKUP_PROXY: LineRow = LineRow {
    key: LineKey::At("Alternate_Proxy_#_"),
    say: backup,
    from: From::All(&["sip.backup.host", "sip.backup.port"]),
    always: false,
    cleared: "",
};

pub(crate) fn use_auth_user(line: &Line, _: &Registrar) -> Content {
    yes(line.auth_user.is_some())
}

/// Where the SIP domain is another name, it goes into addresses and the registrar becomes the way there. With a port
/// nothing is looked up.
pub(crate) fn proxy(_: &Line, to: &Registrar) -> Content {
    match &to.domain {
        Some(domain) => domain.clone().into(),
        None if to.lookup == Some(Lookup::Srv) => to.host.clone().into(),
        None => format!("{}:{}", to.host, to.port).into(),
    }
}

pub(crate) fn outbound(_: &Line, to: &Registrar) -> Content {
    to.way().map_or(Content::Empty, |(host, port)| format!("{host}:{port}").into())
}

pub(crate) fn use_outbound(_: &Line, to: &Registrar) -> Content {
    yes(to.way().is_some())
}

fn address(hop: &Hop, to: &Registrar) -> String {
    format!("{}:{}", hop.host, hop.port.unwrap_or(to.port))
}

pub(crate) fn transport(_: &Line, to: &Registrar) -> Content {
    match to.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    }
    .into()
}

pub(crate) fn expires(_: &Line, to: &Registrar) -> Content {
    to.expires.to_string().into()
}

fn backup(_: &Line, to: &Registrar) -> Content {
    to.backup.as_ref().map_or(Content::Empty, |hop| address(hop, to).into())
}

/// The phone turns to the other proxy only when it registers at both.
pub(crate) fn dual(_: &Line, to: &Registrar) -> Content {
    to.backup.as_ref().map_or(Content::Empty, |_| "Yes".into())
}

pub(crate) fn srv(_: &Line, to: &Registrar) -> Content {
    match to.lookup {
        Some(Lookup::Srv) => "Yes".into(),
        Some(Lookup::Address) => "No".into(),
        _ => Content::Empty,
    }
}

/// Codecs and their codes.
const CODES: [(&str, &str); 5] =
    [("g722", "G722"), ("g729", "G729a"), ("opus", "OPUS"), ("pcma", "G711a"), ("pcmu", "G711u")];

/// The code of the codec in this place, from 0, among those that the phone knows; `Unspecified` behind the last.
fn codec(to: &Registrar, place: usize, lacks: &[&str]) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    let chosen = to.codecs.iter().filter(|codec| !lacks.contains(&codec.as_str())).nth(place);
    let code = chosen.and_then(|codec| CODES.iter().find(|(own, _)| own == codec)).map(|(_, code)| *code);
    code.unwrap_or("Unspecified").into()
}

/// The codec in place `N`.
pub(crate) fn nth_codec<const N: usize>(_: &Line, to: &Registrar) -> Content {
    codec(to, N, &[])
}

/// The same where there is no Opus.
pub(crate) fn nth_older_codec<const N: usize>(_: &Line, to: &Registrar) -> Content {
    codec(to, N, &["opus"])
}

/// The same where there is narrow band alone.
pub(crate) fn nth_narrow_codec<const N: usize>(_: &Line, to: &Registrar) -> Content {
    codec(to, N, &["opus", "g722"])
}

fn enabled(to: &Registrar, codec: &str) -> Content {
    if to.codecs.is_empty() {
        return Content::Empty;
    }
    yes(to.codecs.iter().any(|chosen| chosen == codec))
}

pub(crate) fn g722(_: &Line, to: &Registrar) -> Content {
    enabled(to, "g722")
}

pub(crate) fn g729(_: &Line, to: &Registrar) -> Content {
    enabled(to, "g729")
}

pub(crate) fn opus(_: &Line, to: &Registrar) -> Content {
    enabled(to, "opus")
}

/// A digit map stands in brackets.
pub(crate) fn dial_plan(_: &Line, to: &Registrar) -> Content {
    match &to.each.dial_plan {
        None => Content::Empty,
        Some(plan) if plan.starts_with('(') && plan.ends_with(')') => plan.clone().into(),
        Some(plan) => format!("({plan})").into(),
    }
}

/// The whole byte in which DSCP is the upper six bits (RFC 2474).
fn tos(dscp: Option<i64>) -> Content {
    dscp.map_or(Content::Empty, |dscp| format!("0x{:02x}", dscp * 4).into())
}

pub(crate) fn signalling(_: &Line, to: &Registrar) -> Content {
    tos(to.each.qos_signalling)
}

pub(crate) fn audio(_: &Line, to: &Registrar) -> Content {
    tos(to.each.qos_audio)
}

pub(crate) fn priority(_: &Line, to: &Registrar) -> Content {
    to.each.vlan_priority.map_or(Content::Empty, |priority| priority.to_string().into())
}

pub(crate) fn shared(line: &Line, _: &Registrar) -> Content {
    if line.shared { "shared" } else { "private" }.into()
}

pub(crate) fn yes(flag: bool) -> Content {
    if flag { "Yes" } else { "No" }.into()
}
