//! Mitel and Aastra 6700, 6800, 6900 with SIP firmware: `key: value` text.

mod keys;
mod line;
mod names;
mod phone;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    job::Job,
    sheet::{self, Sheet},
    writer::{Lengths, Writer},
};
use domain::{Code, Finding, artifact::Escaper};
use std::collections::BTreeSet;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.cfg", mac.bare().to_ascii_uppercase()),
    // The guide deletes ring tones by leaving their keys out; for other keys nobody says.
    absent: Absent::Unknown,
    sheets: &[&SHEET],
    also: &[],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "mitel/4";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";

/// Administrator guide of the 6700i, 9143i and 9480i, 41-001343, basic SIP authentication settings. It says so of names
/// that are shown too, and that the display cuts what is longer; so these are written as they are.
const LENGTHS: Lengths = &[(" user name", 20), (" auth name", 20)];

pub(crate) const SHEET: Sheet =
    Sheet { phone: phone::PHONE, line: line::LINE, buttons: Some(keys::BUTTONS), raw: line::about };

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let mut writer = Writer::new(Escaper::Commented).each_within(LENGTHS);
    // A file without a line would not count as one.
    writer.fixed("# Ringfence");
    let model = job.model().map_or("", |model| model.name);
    let mut missing = BTreeSet::new();
    for mut entry in entries {
        match keys::own(&entry.key, model) {
            Some(Ok(own)) => entry.key = own,
            Some(Err(place)) => {
                missing.insert(place);
                continue;
            }
            None => {}
        }
        writer.entry(&format!("{}: ", entry.key), &entry, "", "");
    }
    findings.extend(missing.into_iter().map(|place| {
        let detail = "The model has no such key.".to_owned();
        Finding::new(Code::SettingInexpressible, place.path("type")).detail(detail)
    }));
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}
