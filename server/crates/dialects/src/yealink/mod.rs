//! Yealink T3x, T4x, T5x, firmware V81 and later: `key = value` text.

mod accounts;
mod general;
mod languages;
mod names;
pub(crate) mod numbers;
mod raw;
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
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "yealink/1";
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
    raw::put(job, &bound, &mut reader, &mut entries);
    if job.mentions_accounts() {
        (1..=job.accounts()).for_each(|index| accounts::clear(index, &mut entries));
    }
    for path in job.lingering() {
        general::reset(path, &mut entries);
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
