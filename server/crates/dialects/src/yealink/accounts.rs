//! Account and line keys: whole, or cleared. No account is left as it happened to be.

use crate::{
    entries::{Content, Entries},
    job::Job,
    lines::{self, Line, Registrar, Transport},
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
        for ((key, _), (content, paths)) in keys(line.index).into_iter().zip(contents(line, &registrar)) {
            let paths = reader.origins(&content, paths);
            // Lines have different accounts, so their keys differ.
            let _free = entries.put(key, content, paths);
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

/// What the keys of a line say, in the order of `keys`, with the settings that decide each.
fn contents(line: &Line, registrar: &Registrar) -> [(Content, Vec<Path>); 18] {
    let own = |name: &str| vec![line.path(name)];
    let sip = |name: &str| Path::parse(name).into_iter().collect::<Vec<_>>();
    // What is not set is taken from the extension, and its line says so.
    let or_extension = |value: &Option<String>, name: &str| match value {
        Some(text) => (Content::from(text.clone()), own(name)),
        None => (Content::from(line.extension.clone()), own("extension")),
    };
    let text = |value: Option<&String>| value.map_or(Content::Empty, |text| text.clone().into());
    let transport = match registrar.transport {
        Transport::Udp => "0",
        Transport::Tcp => "1",
        Transport::Tls => "2",
    };
    let port = registrar.port.to_string();
    // Where the SIP domain is another name, it goes into addresses and the registrar becomes the way there.
    let proxy = registrar.domain.as_ref().map(|_| &registrar.host);
    let domain_path = if proxy.is_some() { "sip.domain" } else { "sip.registrar.host" };
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
        (transport.into(), sip("sip.transport")),
        (registrar.expires.to_string().into(), sip("sip.expires")),
        (if proxy.is_some() { "1" } else { "0" }.into(), sip("sip.domain")),
        (text(proxy), sip("sip.registrar.host")),
        (text(proxy.map(|_| &port)), sip("sip.registrar.port")),
        (if registrar.voicemail.is_some() { "1" } else { "0" }.into(), sip("sip.voicemail_number")),
        (text(registrar.voicemail.as_ref()), sip("sip.voicemail_number")),
        (LINE_KEY.into(), own("extension")),
        (line.index.to_string().into(), own("extension")),
        label,
    ]
}
