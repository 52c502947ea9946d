//! Poly and Polycom with UCS: VVX, Trio, CCX, Edge E. `<mac>.cfg` is a master that names a second file; the settings
//! stand there, each as an attribute.

mod accounts;
mod general;
mod keys;
mod languages;
mod names;
mod user_agent;

use crate::{
    File,
    buttons::{Button, Does, Place},
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    sheet::{self, Buttons, Says, Sheet},
    writer::Writer,
};
use domain::artifact::Escaper;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.cfg", mac.bare()),
    // The phone reads its files anew at every start, over the defaults of its software; `device.` parameters are the
    // exception, they stay in flash until a file sets them (UCS administrator's guide, device parameters). The guide
    // nowhere says what becomes of a line that is named no more; the keys that make one are cleared as well.
    absent: Absent::Default,
    sheets: &[&SHEET],
    also: &["sip.domain"],
    // A watched number is of no line in particular.
    passes: &["firmware.version", "keys.#.line", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "poly/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

pub(crate) const SHEET: Sheet = Sheet {
    phone: general::PHONE,
    line: accounts::LINE,
    buttons: Some(Buttons {
        patterns: &["keys.#.label", "keys.#.type", "keys.#.value"],
        shared_with_lines: true,
        keys: key,
        say,
    }),
    raw: accounts::about,
};

fn key(place: Place) -> Vec<(String, &'static str)> {
    if place.module.is_some() {
        return vec![];
    }
    let (watched, macros) = (watched(place.number), keys::of(place.number));
    let watched = ["address", "label", "type"].map(|field| (format!("{watched}.{field}"), ""));
    let macros = keys::FIELDS.map(|field| (format!("{macros}.{field}"), ""));
    watched.into_iter().chain(macros).collect()
}

/// Whom the key of this number watches.
fn watched(number: u8) -> String {
    format!("attendant.resourceList.{number}")
}

/// The phone shows whom it watches after its own lines, in the order of their numbers; once a key dials, each stands
/// where its number says.
fn say(button: &Button) -> Result<Says, &'static str> {
    let kind = match button.does {
        Does::Nothing => return Ok(vec![]),
        Does::Blf => "normal",
        // A key of this kind parks the call of the moment, or fetches the one that is parked.
        Does::Park => "automata",
        Does::SpeedDial | Does::Voicemail => return keys::dials(button),
        Does::Line | Does::Dtmf => return Err("Poly's phones have no such key."),
    };
    let Some(value) = &button.value else { return Err("It needs a `value`: whom it watches.") };
    let label = button.label.clone().map_or(Content::Empty, Content::from);
    Ok(vec![(value.clone().into(), &["value"]), (label, &["label"]), (kind.into(), &["type"])])
}

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let entries = keys::placed(entries);
    let (firmware, entries): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.key == general::FIRMWARE);
    let name = job.device.map_or_else(
        || names::COMMON.to_owned(),
        |device| format!("{}{}", device.mac.bare(), names::SETTINGS),
    );
    let (artifact, refused) = master(&firmware, &name).finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    let (settings, refused) = settings(&entries).finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    Written { artifact, more: vec![File { name, artifact: settings }], findings }
}

fn master(firmware: &[Entry], settings: &str) -> Writer {
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(XML);
    writer.fixed("<APPLICATION");
    // `sip.ld` is the default, by which a phone finds nothing here and keeps what it has.
    match firmware.first().filter(|entry| entry.content != Content::Empty) {
        Some(entry) => writer.entry("  APP_FILE_PATH=\"", entry, "", "\""),
        None => writer.fixed("  APP_FILE_PATH=\"sip.ld\""),
    }
    writer.fixed(&format!("  CONFIG_FILES=\"{settings}\""));
    writer.fixed("/>");
    writer
}

fn settings(entries: &[Entry]) -> Writer {
    let flash = |entry: &Entry| entry.key.to_ascii_lowercase().starts_with("device.");
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(XML);
    writer.fixed("<polycomConfig");
    if entries.iter().any(flash) {
        writer.fixed("  device.set=\"1\"");
    }
    for entry in entries {
        let key = &entry.key;
        if flash(entry) {
            writer.entry(&format!("  {key}.set=\"1\" {key}=\""), entry, "", "\"");
        } else if entry.content != Content::Empty || null(key) {
            writer.entry(&format!("  {key}=\""), entry, "", "\"");
        }
    }
    writer.fixed("/>");
    writer
}

/// Parameters whose default is the empty text; others are best left out.
fn null(key: &str) -> bool {
    ["reg.", "msg.mwi.", "divert.", "attendant."].iter().any(|start| key.starts_with(start))
}
