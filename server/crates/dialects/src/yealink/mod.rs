//! Yealink T3x, T4x, T5x, T7x, T8x and W DECT bases, firmware V81 and later: `key = value` text.

mod accounts;
mod general;
mod languages;
mod names;
pub(crate) mod numbers;
mod tones;
mod user_agent;
mod zones;

use crate::{
    buttons::{Button, Does, Place},
    dialect::{Absent, Dialect, Written},
    entries::Content,
    job::Job,
    reader::Reader,
    sheet::{self, Buttons, EACH, MODULES, Says, Sheet},
    writer::{Lengths, Writer},
};
use domain::{artifact::Escaper, device::EndpointKind};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.cfg", mac.bare()),
    // `overwrite_mode` could change this, but only a `.boot` file can set it and we serve none.
    absent: Absent::Kept,
    sheets: &[&SHEET, &BASE, &MANAGER],
    also: &[],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "yealink/6";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// Phones take a file only if it begins with exactly this line.
const HEADER: &str = "#!version:1.0.0.1";
/// Back to the factory value.
const FACTORY: &str = "%NULL%";

pub(crate) const SHEET: Sheet = Sheet {
    phone: general::PHONE,
    line: accounts::LINE,
    buttons: Some(Buttons { patterns: MODULES, shared_with_lines: true, keys: key, say }),
    raw: accounts::about,
};

/// A base has handsets where a phone has keys.
const BASE: Sheet =
    Sheet { phone: general::PHONE, line: accounts::HANDSET, buttons: None, raw: accounts::about };

/// A manager has the handsets of several bases.
const MANAGER: Sheet =
    Sheet { phone: general::PHONE, line: accounts::MANAGER, buttons: None, raw: accounts::about };

fn sheet_of(job: &Job<'_>) -> &'static Sheet {
    match job.model() {
        Some(model) if model.name.ends_with("DM") => &MANAGER,
        Some(model) if model.endpoint == EndpointKind::DectHandset => &BASE,
        Some(_) | None => &SHEET,
    }
}

fn key(place: Place) -> Vec<(String, &'static str)> {
    let Place { module, number } = place;
    let start = match module {
        Some(module) => format!("expansion_module.{module}.key.{number}"),
        None => format!("linekey.{number}"),
    };
    ["type", "line", "value", "label"]
        .map(|field| (format!("{start}.{field}"), if field == "type" { "0" } else { "" }))
        .into()
}

#[expect(clippy::unnecessary_wraps, reason = "other families have keys that they cannot write")]
fn say(button: &Button) -> Result<Says, &'static str> {
    let does = match button.does {
        Does::Nothing => "0",
        Does::Park => "10",
        Does::Dtmf => "11",
        Does::Voicemail => "12",
        Does::SpeedDial => "13",
        Does::Line => "15",
        Does::Blf => "16",
    };
    let text = |value: &Option<String>| value.clone().map_or(Content::Empty, Content::from);
    let contents = [does.into(), button.line.to_string().into(), text(&button.value), text(&button.label)];
    Ok(contents.into_iter().zip(EACH).collect())
}

/// Administrator guide of T2, T4, T5 and CP920, V84: "string within 99 characters".
const LENGTHS: Lengths =
    &[(".label", 99), (".display_name", 99), (".user_name", 99), (".auth_name", 99), (".value", 99)];

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(sheet_of(job), job);
    let mut reader = Reader::new(job);
    reader.groups(general::PAGING);
    findings.extend(reader.findings);
    let mut writer = Writer::new(Escaper::KeyValue).each_within(LENGTHS);
    writer.fixed(HEADER);
    let mut before = String::new();
    for entry in entries {
        before.clear();
        before.push_str(&entry.key);
        before.push_str(" = ");
        writer.entry(&before, &entry, FACTORY, "");
    }
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}
