//! Account and line keys: whole, or cleared. No account is left as it happened to be.

use crate::{
    entries::{Content, Entries},
    job::Job,
    lines::{self, Hop, Line, Registrar, Srtp, Transport},
    reader::Reader,
};
use domain::{revision::RevisionKind, setting::Path};
use std::collections::BTreeSet;

/// A line key that shows an account.
const LINE_KEY: &str = "15";

/// Writes the lines of a bound revision and says which accounts they are on.
pub(super) fn put(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Entries) -> BTreeSet<u8> {
    if job.kind != RevisionKind::Bound {
        return BTreeSet::new();
    }
    let Some((registrar, lines)) = lines::read(reader, job.accounts()) else { return BTreeSet::new() };
    for line in &lines {
        // Lines have different accounts, so their keys differ.
        for ((key, _), (content, paths)) in keys(line.index).into_iter().zip(contents(line, &registrar)) {
            let paths = reader.origins(&content, paths);
            let _free = entries.put(key, content, paths);
        }
        for (key, (content, paths)) in options(line.index).zip(chosen(line, &registrar)) {
            // What nobody chose may still come from a raw key.
            if content != Content::Empty {
                let paths = reader.origins(&content, paths);
                let _free = entries.put(key, content, paths);
            }
        }
    }
    lines.iter().map(|line| line.index).collect()
}

/// Disables account `index` and takes everything from it, where the file does not say otherwise.
pub(super) fn clear(index: u8, entries: &mut Entries) {
    for (key, content) in keys(index) {
        let _taken = entries.put(key, content, vec![]);
    }
}

/// Every key of an account that this dialect writes, with its cleared content.
///
/// The order is that of `contents`. Because both use this one list, what a bound file can write a clear file
/// takes away.
pub(super) fn keys(index: u8) -> [(String, Content); 18] {
    let account = |name: &str| (format!("account.{index}.{name}"), Content::Empty);
    let line_key = |name: &str| (format!("linekey.{index}.{name}"), Content::Empty);
    [
        (format!("account.{index}.enable"), "0".into()),
        account("label"),
        account("display_name"),
        account("user_name"),
        account("auth_name"),
        account("password"),
        account("sip_server.1.address"),
        account("sip_server.1.port"),
        account("sip_server.1.transport_type"),
        account("sip_server.1.expires"),
        account("outbound_proxy_enable"),
        account("outbound_proxy.1.address"),
        account("outbound_proxy.1.port"),
        account("subscribe_mwi"),
        (format!("voice_mail.number.{index}"), Content::Empty),
        line_key("type"),
        line_key("line"),
        line_key("label"),
    ]
}

/// Back to factory, for what was chosen about lines and no longer is. What nobody chose is left to the phone's user.
pub(super) fn reset(path: &Path, job: &Job<'_>, entries: &mut Entries) {
    if !job.mentions_accounts() {
        return;
    }
    let part = match path.as_str() {
        "sip.backup.host" => "sip_server.2.",
        "sip.srtp" => "srtp_encryption",
        "sip.codecs" => "codec.",
        text if text.ends_with(".forward.always") => "always_fwd.",
        text if text.ends_with(".forward.busy") => "busy_fwd.",
        text if text.ends_with(".forward.no_answer") => "timeout_fwd.",
        _ => return,
    };
    for index in 1..=job.accounts() {
        if path.line_index().is_some_and(|own| own != index) {
            continue;
        }
        let account = format!("account.{index}.");
        for key in
            options(index).filter(|key| key.strip_prefix(&account).is_some_and(|k| k.starts_with(part)))
        {
            entries.clear(key, vec![path.clone()]);
        }
    }
}

/// Keys of an account beyond the line itself, in the order of `chosen`.
fn options(index: u8) -> impl Iterator<Item = String> {
    const FIXED: [&str; 12] = [
        "sip_server.2.address",
        "sip_server.2.port",
        "sip_server.2.transport_type",
        "sip_server.2.expires",
        "srtp_encryption",
        "always_fwd.enable",
        "always_fwd.target",
        "busy_fwd.enable",
        "busy_fwd.target",
        "timeout_fwd.enable",
        "timeout_fwd.target",
        "timeout_fwd.timeout",
    ];
    let codecs =
        CODECS.iter().flat_map(|codec| ["enable", "priority"].map(|name| format!("codec.{codec}.{name}")));
    let names = FIXED.iter().map(|name| (*name).to_owned()).chain(codecs);
    names.map(move |name| format!("account.{index}.{name}"))
}

/// The codecs of the neutral model, all of which are said once one is.
const CODECS: [&str; 5] = ["g722", "g729", "opus", "pcma", "pcmu"];

/// A ring takes six seconds; unanswered is counted in rings, 0 to 20.
const RING: i64 = 6;

/// The neutral path that writes `key`, which is in lower case.
pub(super) fn path_of(key: &str) -> Option<String> {
    let rest = key.strip_prefix("account.")?;
    let (index, name) = rest.split_once('.')?;
    let index: u8 = index.parse().ok()?;
    let path = match name {
        "enable" | "user_name" => format!("line.{index}.extension"),
        "label" | "display_name" | "password" => format!("line.{index}.{name}"),
        "auth_name" => format!("line.{index}.auth_user"),
        "sip_server.1.address" | "outbound_proxy_enable" | "outbound_proxy.1.address" => {
            "sip.registrar.host".to_owned()
        }
        "sip_server.1.port" | "outbound_proxy.1.port" => "sip.registrar.port".to_owned(),
        "sip_server.1.transport_type" => "sip.transport".to_owned(),
        "sip_server.1.expires" => "sip.expires".to_owned(),
        "subscribe_mwi" => "sip.voicemail_number".to_owned(),
        _ => return None,
    };
    Some(path)
}

/// What the keys of a line say, in the order of `keys`, with the settings that decide each.
fn contents(line: &Line, registrar: &Registrar) -> [Said; 18] {
    let own = |name: &str| vec![line.path(name)];
    let sip = |name: &str| Path::parse(name).into_iter().collect::<Vec<_>>();
    // What is not set is taken from the extension, and its line says so.
    let or_extension = |value: &Option<String>, name: &str| match value {
        Some(text) => (Content::from(text.clone()), own(name)),
        None => (Content::from(line.extension.clone()), own("extension")),
    };
    let text = |value: Option<&String>| value.map_or(Content::Empty, |text| text.clone().into());
    let port = registrar.port.to_string();
    // Where the SIP domain is another name, it goes into addresses and the registrar becomes the way there.
    let by_domain = registrar.domain.as_ref().map(|_| &registrar.host);
    let domain_path = if by_domain.is_some() { "sip.domain" } else { "sip.registrar.host" };
    // A proxy that was named goes before one that a domain of its own would need.
    let (proxy, proxy_port, proxy_paths) = match &registrar.outbound {
        Some(Hop { host, port }) => {
            let port = port.map(|port| port.to_string());
            (Some(host), port, ["sip.outbound_proxy.host", "sip.outbound_proxy.port"])
        }
        None => (by_domain, by_domain.map(|_| port.clone()), ["sip.registrar.host", "sip.registrar.port"]),
    };
    let enable_path = if registrar.outbound.is_some() { "sip.outbound_proxy.host" } else { "sip.domain" };
    let label = match &line.label {
        Some(text) => (Content::from(text.clone()), own("label")),
        None => or_extension(&line.display_name, "display_name"),
    };
    [
        ("1".into(), own("extension")),
        label.clone(),
        or_extension(&line.display_name, "display_name"),
        (line.extension.clone().into(), own("extension")),
        or_extension(&line.auth_user, "auth_user"),
        (Content::Secret(line.password), own("password")),
        (registrar.domain.as_ref().unwrap_or(&registrar.host).clone().into(), sip(domain_path)),
        (port.clone().into(), sip("sip.registrar.port")),
        (transport(registrar).into(), sip("sip.transport")),
        (registrar.expires.to_string().into(), sip("sip.expires")),
        (if proxy.is_some() { "1" } else { "0" }.into(), sip(enable_path)),
        (text(proxy), sip(proxy_paths[0])),
        (text(proxy_port.as_ref()), sip(proxy_paths[1])),
        (if registrar.voicemail.is_some() { "1" } else { "0" }.into(), sip("sip.voicemail_number")),
        (text(registrar.voicemail.as_ref()), sip("sip.voicemail_number")),
        (LINE_KEY.into(), own("extension")),
        (line.index.to_string().into(), own("extension")),
        label,
    ]
}

/// What the options of a line say, with the settings that decide each; empty where nobody chose.
fn chosen(line: &Line, registrar: &Registrar) -> impl Iterator<Item = Said> {
    backup(registrar).into_iter().chain(forward(line)).chain(codecs(registrar))
}

const fn transport(registrar: &Registrar) -> &'static str {
    match registrar.transport {
        Transport::Udp => "0",
        Transport::Tcp => "1",
        Transport::Tls => "2",
    }
}

type Said = (Content, Vec<Path>);

fn at(name: &str) -> Vec<Path> {
    Path::parse(name).into_iter().collect()
}

/// The second server and how audio is encrypted. Guides since V83 say 1 for optional and 2 for compulsory SRTP;
/// older ones say it the other way round.
fn backup(registrar: &Registrar) -> [Said; 5] {
    let srtp = match registrar.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "0".into(),
        Some(Srtp::Optional) => "1".into(),
        Some(Srtp::Required) => "2".into(),
    };
    let srtp = (srtp, at("sip.srtp"));
    let Some(Hop { host, port }) = &registrar.backup else {
        let none = || (Content::Empty, vec![]);
        return [none(), none(), none(), none(), srtp];
    };
    [
        (host.clone().into(), at("sip.backup.host")),
        (port.unwrap_or(registrar.port).to_string().into(), at("sip.backup.port")),
        (transport(registrar).into(), at("sip.transport")),
        (registrar.expires.to_string().into(), at("sip.expires")),
        srtp,
    ]
}

/// Forwarding as it is set, or as the user leaves it when nothing is.
fn forward(line: &Line) -> [Said; 7] {
    let own = |name: &str| vec![line.path(&format!("forward.{name}"))];
    let to = |target: &Option<String>, name: &str| match target {
        Some(number) => [("1".into(), own(name)), (number.clone().into(), own(name))],
        None => [(Content::Empty, vec![]), (Content::Empty, vec![])],
    };
    let forward = &line.forward;
    let rings = forward
        .seconds
        .map_or(Content::Empty, |seconds| ((seconds + RING / 2) / RING).clamp(1, 20).to_string().into());
    let [always, always_to] = to(&forward.always, "always");
    let [busy, busy_to] = to(&forward.busy, "busy");
    let [no_answer, no_answer_to] = to(&forward.no_answer, "no_answer");
    let rings = (rings, own("no_answer_seconds"));
    [always, always_to, busy, busy_to, no_answer, no_answer_to, rings]
}

/// Once codecs are chosen, those that are not among them are off.
fn codecs(registrar: &Registrar) -> Vec<Said> {
    let chosen = &registrar.codecs;
    let one = |codec: &str| match chosen.iter().position(|c| c == codec) {
        _ if chosen.is_empty() => [Content::Empty, Content::Empty],
        Some(place) => ["1".into(), (place + 1).to_string().into()],
        None => ["0".into(), Content::Empty],
    };
    CODECS.iter().flat_map(|codec| one(codec)).map(|content| (content, at("sip.codecs"))).collect()
}
