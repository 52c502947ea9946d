//! Yealink T3x, T4x, T5x, firmware V81 and later: `key = value` text.

mod accounts;
mod general;
mod keys;
mod languages;
mod names;
pub(crate) mod numbers;
mod raw;
mod tones;
mod user_agent;
mod zones;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::Entries,
    job::Job,
    reader::Reader,
    writer::Writer,
};
use domain::artifact::Escaper;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    extension: "cfg",
    // `overwrite_mode` could change this, but only a `.boot` file can set it and we serve none.
    absent: Absent::Kept,
    speaks: &[
        "expansion.#.keys.#.label",
        "expansion.#.keys.#.line",
        "expansion.#.keys.#.type",
        "expansion.#.keys.#.value",
        "firmware.url",
        "keys.#.label",
        "keys.#.line",
        "keys.#.type",
        "keys.#.value",
        "line.#.auth_user",
        "line.#.display_name",
        "line.#.extension",
        "line.#.forward.always",
        "line.#.forward.busy",
        "line.#.forward.no_answer",
        "line.#.forward.no_answer_seconds",
        "line.#.label",
        "line.#.password",
        "network.lldp",
        "network.qos_audio",
        "network.qos_signalling",
        "network.vlan",
        "network.vlan_priority",
        "phone.admin_password",
        "phone.dial_plan",
        "phone.language",
        "phone.ntp",
        "phone.timezone",
        "phone.tone_region",
        "provisioning.dhcp_override",
        "provisioning.interval_minutes",
        "provisioning.password",
        "provisioning.url",
        "provisioning.user",
        "sip.backup.host",
        "sip.backup.port",
        "sip.codecs",
        "sip.domain",
        "sip.expires",
        "sip.outbound_proxy.host",
        "sip.outbound_proxy.port",
        "sip.registrar.host",
        "sip.registrar.port",
        "sip.srtp",
        "sip.transport",
        "sip.voicemail_number",
    ],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "yealink/3";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// Phones take a file only if it begins with exactly this line.
const HEADER: &str = "#!version:1.0.0.1";
/// Back to the factory value.
const FACTORY: &str = "%NULL%";

fn write(job: &Job<'_>) -> Written {
    let mut reader = Reader::new(job);
    let mut entries = Entries::default();
    general::put(job, &mut reader, &mut entries);
    let bound = accounts::put(job, &mut reader, &mut entries);
    keys::put(job, &bound, &mut reader, &mut entries);
    raw::put(job, &bound, &mut reader, &mut entries);
    if job.mentions_accounts() {
        (1..=job.accounts()).for_each(|index| accounts::clear(index, &mut entries));
    }
    for path in job.lingering() {
        general::reset(path, &mut entries);
        accounts::reset(path, job, &mut entries);
        keys::reset(path, job, &mut entries);
        raw::reset(path, job, &mut entries);
    }

    let mut writer = Writer::new(Escaper::KeyValue);
    writer.fixed(HEADER);
    for entry in entries.into_list() {
        writer.entry(&format!("{} = ", entry.key), &entry, FACTORY, "");
    }
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    let mut findings = reader.findings;
    findings.extend(refused);
    (artifact, findings).into()
}

/// The neutral path that writes `key`, which is in lower case: a phone's own value for it wins over ours.
pub(crate) fn path_of(key: &str) -> Option<String> {
    general::path_of(key).map(str::to_owned).or_else(|| accounts::path_of(key))
}
