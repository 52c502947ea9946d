//! Linphone, provisioned remotely: XML in the `lpconfig` schema.
//!
//! Every entry says `overwrite="true"`, because Linphone leaves alone what it has otherwise. An empty entry
//! deletes the key. The phone keeps the address and the credential that it was set up with: this dialect
//! never writes `misc/config-uri`, nor an `auth_info` that is not a line's.

mod names;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entries, Entry},
    job::Job,
    lines::{self, Line, Registrar},
    reader::Reader,
    writer::Writer,
};
use domain::{
    Finding,
    artifact::{Artifact, Escaper},
    revision::RevisionKind,
    setting::Path,
    vendor::Vendor,
};
use std::collections::BTreeMap;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.xml", mac.bare()),
    absent: Absent::Kept,
    sheets: &[],
    also: &[
        "line.#.auth_user",
        "line.#.display_name",
        "line.#.extension",
        "line.#.password",
        "network.qos_audio",
        "network.qos_signalling",
        "sip.domain",
        "sip.expires",
        "sip.registrar.host",
        "sip.registrar.port",
        "sip.transport",
    ],
    // The program runs on a computer: network, clock and language are the computer's. It keeps the address and
    // the credential that it was set up with.
    passes: &[
        "firmware.url",
        "firmware.version",
        "line.#.label",
        "line.#.owner",
        "network.lldp",
        "network.vlan",
        "network.vlan_priority",
        "phone.language",
        "phone.ntp",
        "phone.timezone",
        "provisioning.dhcp_override",
        "provisioning.interval_minutes",
        "provisioning.password",
        "provisioning.url",
        "provisioning.user",
        "sip.voicemail_number",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "linphone/1";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Neutral paths and the `section/key` that each writes: DSCP values.
const GENERAL: [(&str, &str); 2] =
    [("network.qos_audio", "rtp/audio_dscp"), ("network.qos_signalling", "sip/dscp")];

fn write(job: &Job<'_>) -> Written {
    let mut reader = Reader::new(job);
    let mut entries = Entries::default();
    for (ours, key) in GENERAL {
        let (Some(path), Some(number)) = (reader.set(ours), reader.number(ours, 0..=63)) else { continue };
        let _free = entries.put(key, number.to_string(), vec![path]);
    }
    if job.mentions_accounts() {
        put_lines(job, &mut reader, &mut entries);
        clear(job.accounts(), &mut entries);
    }
    put_raw(&mut reader, &mut entries);
    for path in job.lingering() {
        if let Some((_, key)) = GENERAL.iter().find(|(ours, _)| *ours == path.as_str()) {
            entries.clear(*key, vec![path.clone()]);
        }
        if let Some(key) = raw_key(path) {
            entries.clear(key, vec![path.clone()]);
        }
    }
    let (artifact, refused) = print(entries);
    let mut findings = reader.findings;
    findings.extend(refused);
    (artifact, findings).into()
}

fn put_lines(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Entries) {
    let bound = match job.kind {
        RevisionKind::Bound => lines::read(reader, job),
        RevisionKind::Baseline | RevisionKind::Clear => None,
    };
    let Some((registrar, lines)) = bound else {
        let _free = entries.put("sip/default_proxy", "-1", vec![]);
        return;
    };
    if let Some(first) = lines.first() {
        let path = vec![first.path("extension")];
        let _free = entries.put("sip/default_proxy", (first.index - 1).to_string(), path);
    }
    for line in &lines {
        for ((key, _), (content, paths)) in keys(line.index).into_iter().zip(contents(line, &registrar)) {
            let paths = reader.origins(&content, paths);
            let _free = entries.put(key, content, paths);
        }
    }
}

/// What the phone itself keeps beside a credential. Never written, always emptied: with an old `ha1` it would
/// ignore a new password, and keep a usable credential after its line is gone.
const KEPT_BY_PHONE: [&str; 3] = ["ha1", "algorithm", "available_algorithms"];
/// Credentials behind those of the lines. The phone puts a copy of its own there when a challenge's realm is
/// not the one it was given; several are emptied, because nothing says that it stops at one.
const SPARE: u8 = 3;

/// Every key of line `index`, with its cleared content, in the order of `contents`.
fn keys(index: u8) -> [(String, Content); 10] {
    let number = index.saturating_sub(1);
    let proxy = |name: &str| (format!("proxy_{number}/{name}"), Content::Empty);
    let [username, userid, passwd, realm, domain] = credential(number);
    [
        username,
        userid,
        passwd,
        realm,
        domain,
        proxy("reg_proxy"),
        proxy("reg_route"),
        proxy("reg_identity"),
        (format!("proxy_{number}/reg_sendregister"), "0".into()),
        (format!("proxy_{number}/reg_expires"), "0".into()),
    ]
}

fn credential(number: u8) -> [(String, Content); 5] {
    ["username", "userid", "passwd", "realm", "domain"]
        .map(|name| (format!("auth_info_{number}/{name}"), Content::Empty))
}

/// Takes away whatever the file does not say: cleared lines, and what the phone made of its credentials.
fn clear(accounts: u8, entries: &mut Entries) {
    for (key, content) in (1..=accounts).flat_map(keys) {
        let _taken = entries.put(key, content, vec![]);
    }
    for number in 0..accounts.saturating_add(SPARE) {
        for (key, _) in credential(number) {
            entries.clear(key, vec![]);
        }
        for name in KEPT_BY_PHONE {
            entries.clear(format!("auth_info_{number}/{name}"), vec![]);
        }
    }
}

fn contents(line: &Line, registrar: &Registrar) -> [(Content, Vec<Path>); 10] {
    let extension = &line.extension;
    let domain = registrar.domain.as_ref().unwrap_or(&registrar.host);
    let paths = |names: &[&str]| names.iter().filter_map(|name| Path::parse(name).ok()).collect::<Vec<_>>();
    let own = |name: &str| vec![line.path(name)];
    let domain_path = paths(&[if registrar.domain.is_some() { "sip.domain" } else { "sip.registrar.host" }]);
    let way = paths(&["sip.registrar.host", "sip.registrar.port", "sip.transport"]);
    let to = format!("{}:{};transport={}", registrar.host, registrar.port, registrar.transport.word());
    let address = format!("<sip:{extension}@{domain}>");
    let identity = match &line.display_name {
        // A quoted string of SIP: only these two characters could end it.
        Some(name) => format!("\"{}\" {address}", name.replace('\\', "\\\\").replace('"', "\\\"")),
        None => address,
    };
    let named = [own("extension"), own("display_name"), domain_path.clone()].concat();
    let text = |value: Option<&String>| value.map_or(Content::Empty, |text| text.clone().into());
    [
        (extension.clone().into(), own("extension")),
        (text(line.auth_user.as_ref()), own("auth_user")),
        (Content::Secret(line.password), own("password")),
        // Another realm is answered too, but the phone then keeps a copy of the credential for it.
        (domain.clone().into(), domain_path.clone()),
        (domain.clone().into(), domain_path),
        (format!("<sip:{to}>").into(), way.clone()),
        // Without a route an INVITE would look the domain up in DNS.
        (format!("<sip:{to};lr>").into(), way),
        (identity.into(), named),
        ("1".into(), own("extension")),
        (registrar.expires.to_string().into(), paths(&["sip.expires"])),
    ]
}

/// `raw.linphone."section.key"`: written as it is, but never a line, nor where the phone asks.
fn put_raw(reader: &mut Reader<'_>, entries: &mut Entries) {
    for (path, resolved) in &reader.resolution().settings {
        let (Some(_), Some(_)) = (path.raw(Vendor::Linphone.name()), resolved.value.text()) else { continue };
        let Some(key) = raw_key(path) else {
            reader.refuse(
                path.as_str(),
                "Expected `section.key`, and neither a line's section nor the phone's own address.",
            );
            continue;
        };
        let Some(text) = reader.text(path.as_str()) else { continue };
        if let Err(other) = entries.put(key, text, vec![path.clone()]) {
            let from = other.paths.first().map_or("the dialect itself", |path| path.as_str()).to_owned();
            reader.refuse(path.as_str(), &format!("The key is written from {from} already."));
        }
    }
}

/// The `section/key` of a raw path, unless it is not one or belongs to lines and credentials.
fn raw_key(path: &Path) -> Option<String> {
    let (section, name) = path.raw(Vendor::Linphone.name())?.split_once('.')?;
    let lower = section.to_ascii_lowercase();
    let reserved = ["proxy", "auth_info"].iter().any(|word| lower.starts_with(word))
        || (lower == "sip" && name.eq_ignore_ascii_case("default_proxy"))
        || (lower == "misc" && name.to_ascii_lowercase().starts_with("config-uri"));
    // The phone would follow an empty name into nothing and crash.
    (!section.is_empty() && !name.is_empty() && !reserved).then(|| format!("{section}/{name}"))
}

fn print(entries: Entries) -> (Artifact, Vec<Finding>) {
    let mut sections: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries.into_list() {
        let section = entry.key.split('/').next().unwrap_or_default().to_owned();
        sections.entry(section).or_default().push(entry);
    }
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    writer.fixed(r#"<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">"#);
    for (section, list) in sections {
        writer.fixed(&format!(r#"  <section name="{section}">"#));
        for entry in list {
            let name = entry.key.split_once('/').map_or("", |(_, name)| name);
            writer.entry(&format!(r#"    <entry name="{name}" overwrite="true">"#), &entry, "", "</entry>");
        }
        writer.fixed("  </section>");
    }
    writer.fixed("</config>");
    writer.finish(VERSION, CONTENT_TYPE)
}
