//! Cisco SPA 300 and 500 phones, adapters SPA112, SPA122, ATA191, ATA192: `<flat-profile>` with names of their own.
//!
//! Firmware of the SPA era speaks no TLS that is safe today: it needs a front that does, or the onboarding address.

mod general;
mod lines;
mod names;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    flat,
    job::Job,
    reader::Reader,
    sheet::{self, About, Buttons, MODULES, Sheet},
    tree,
};
use domain::{device::EndpointKind, revision::RevisionKind, setting::Path};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.xml", mac.bare()),
    // A parameter that a profile does not name stays as it is (Cisco, Provisioning Guide of the SPA family).
    absent: Absent::Kept,
    sheets: &[&PHONE, &ADAPTER],
    also: &["fxs.#.caller_id", "paging.#.address", "paging.#.label"],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "cisco_spa/3";

const PHONE: Sheet = Sheet {
    phone: general::PHONE,
    line: lines::PHONE,
    buttons: Some(Buttons { patterns: MODULES, shared_with_lines: true, keys: flat::key, say: flat::say }),
    raw: about,
};
const ADAPTER: Sheet = Sheet { phone: general::ADAPTER, line: lines::PORT, buttons: None, raw: about };
const ANY: Sheet = Sheet { phone: general::ANY, line: &[], buttons: None, raw: about };

/// A raw key may also stand in the router's group of an adapter.
fn about(key: &str) -> Option<(About, String)> {
    match key.strip_prefix("router-configuration.") {
        Some(rest) => rest.split('.').all(tree::name).then(|| (About::Phone, key.replace('.', "/"))),
        None => flat::about(key),
    }
}

fn write(job: &Job<'_>) -> Written {
    let adapter = job.model().map(|model| model.endpoint == EndpointKind::FxsPort);
    let (sheet, missing): (_, &[&str]) = match adapter {
        Some(true) => (&ADAPTER, &["opus", "g722"]),
        Some(false) => (&PHONE, &["opus"]),
        None => (&ANY, &[]),
    };
    let (mut entries, mut findings) = sheet::fill(sheet, job);
    let mut reader = Reader::new(job);
    match adapter {
        Some(true) if job.mentions_accounts() => caller_id(job, &mut reader, &mut entries),
        Some(false) => {
            flat::forward(job, &mut reader, &mut entries, false);
            general::page(job, &mut reader, &mut entries);
        }
        _ => {}
    }
    findings.extend(flat::wordless(&reader, "sip.codecs", missing, "The model does not have all of them."));
    let naptr = "These phones look up addresses or SRV records.";
    findings.extend(flat::wordless(&reader, "sip.lookup", &["naptr"], naptr));
    findings.extend(reader.findings);
    flat::print(entries, findings, VERSION)
}

/// Words of the model, the method of the adapter, and the modulation.
const METHODS: [(&str, &str, &str); 4] = [
    ("bellcore", "Bellcore(N.Amer,China)", "bell 202"),
    ("etsi-fsk", "ETSI FSK", "v.23"),
    ("etsi-dtmf", "ETSI DTMF", "v.23"),
    ("bt", "ETSI FSK With PR(UK)", "v.23"),
];

/// An adapter tells callers in one way on all its ports: a port that wants another cannot have it.
fn caller_id(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Vec<Entry>) {
    let at = |port: u8| format!("fxs.{port}.caller_id");
    let mut chosen: Option<(String, Vec<Path>)> = None;
    for path in (1..=job.accounts()).map(at).filter(|_| job.kind == RevisionKind::Bound) {
        let (Some(word), Some(own)) = (reader.text(&path), reader.set(&path)) else { continue };
        match &mut chosen {
            None => chosen = Some((word, vec![own])),
            Some((first, paths)) if *first == word => paths.push(own),
            Some(_) => reader.refuse(&path, "All ports of these adapters tell who calls in the same way."),
        }
    }
    let mut put = |key: &str, content: Content, paths: Vec<Path>| {
        if entries.iter().all(|entry| !entry.key.eq_ignore_ascii_case(key)) {
            entries.push(Entry { key: key.to_owned(), content, paths });
        }
    };
    let gone = || job.lingering().filter(|path| (1..=job.accounts()).any(|port| path.as_str() == at(port)));
    let (method, paths) = match chosen {
        Some((word, paths)) => (METHODS.iter().find(|(own, ..)| *own == word), paths),
        None => (METHODS.first(), gone().cloned().collect()),
    };
    let Some((_, method, standard)) = method.filter(|_| !paths.is_empty()) else { return };
    put("Caller_ID_Method", (*method).into(), paths.clone());
    put("Caller_ID_FSK_Standard", (*standard).into(), paths);
}
