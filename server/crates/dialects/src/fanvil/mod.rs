//! Fanvil X and V, and i intercoms, from the firmware that reads `sysConf` (2.2.10): nested XML.
//!
//! Older firmware reads `VOIP_CONFIG_FILE` and ignores this in silence; its models are not here.

mod general;
mod lines;
mod names;
mod user_agent;

use crate::{
    buttons::{Button, Does, PICKUP, Place},
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    sheet::{self, Buttons, KEYS, Says, Sheet},
    tree,
    writer::Writer,
};
use domain::{artifact::Escaper, setting::Path};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.cfg", mac.bare()),
    absent: Absent::Unknown,
    sheets: &[&SHEETS[0].1],
    also: &["phone.pickup_code"],
    // A key shows the display name.
    passes: &["firmware.version", "line.#.label", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "fanvil/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Sheets by how many function keys a page holds; none where keys are on no page.
pub(crate) const SHEETS: [(u8, Sheet); 5] = [
    (6, sheet_of(keys::<6>)),
    (12, sheet_of(keys::<12>)),
    (29, sheet_of(keys::<29>)),
    (32, sheet_of(keys::<32>)),
    (0, sheet_of(buttons)),
];

const fn sheet_of(keys: fn(Place) -> Vec<(String, &'static str)>) -> Sheet {
    Sheet {
        phone: general::PHONE,
        line: lines::LINE,
        buttons: Some(Buttons { patterns: KEYS, shared_with_lines: false, keys, say }),
        raw: lines::about,
    }
}

/// Models whose keys were found nowhere, or whose sources contradict each other, lack them.
fn page(model: &str) -> u8 {
    match model {
        "X6U" => 12,
        "X7" => 29,
        _ if model.starts_with("X210") => 32,
        _ if model.starts_with('i') => 0,
        _ => 6,
    }
}

fn keys<const PAGE: u8>(place: Place) -> Vec<(String, &'static str)> {
    if place.module.is_some() {
        return vec![];
    }
    let from_zero = place.number.saturating_sub(1);
    key_at(&format!("dsskey/internal[{}]/Fkey[{}]", from_zero / PAGE + 1, from_zero % PAGE + 1))
}

/// Of an intercom.
fn buttons(place: Place) -> Vec<(String, &'static str)> {
    if place.module.is_some() {
        return vec![];
    }
    key_at(&format!("dsskey/dssSoft[{}]", place.number))
}

fn key_at(at: &str) -> Vec<(String, &'static str)> {
    vec![(format!("{at}/Type"), "0"), (format!("{at}/Value"), ""), (format!("{at}/Title"), "")]
}

fn say(button: &Button) -> Result<Says, &'static str> {
    let value = button.value.as_deref();
    let parts = [value, button.pickup.as_deref()];
    if parts.into_iter().flatten().any(|text| text.contains(['@', '/'])) {
        return Err("`@` and `/` mean something else to these phones.");
    }
    let number = value.ok_or("The key needs a number in `value`.");
    let line = button.line;
    let (kind, value) = match button.does {
        // The code goes before the number; one source shows it alone.
        Does::Blf => {
            let number = number?;
            let pickup = button.pickup.as_ref().map(|code| format!("{code}{number}")).unwrap_or_default();
            ("1", format!("{number}@{line}/ba{pickup}"))
        }
        Does::SpeedDial | Does::Voicemail => ("1", format!("{}@{line}/f", number?)),
        Does::Park => ("1", format!("{}@{line}/c", number?)),
        Does::Line => ("2", format!("SIP{line}")),
        Does::Nothing => ("0", String::new()),
        Does::Dtmf => return Err("How these phones write a key that sends digits was found nowhere."),
    };
    let text = |text: String| if text.is_empty() { Content::Empty } else { text.into() };
    Ok(vec![
        (kind.into(), &["type"]),
        (text(value), &["value", "line", PICKUP]),
        (text(button.label.clone().unwrap_or_default()), &["label"]),
    ])
}

fn write(job: &Job<'_>) -> Written {
    let page = job.model().map_or(6, |model| page(model.name));
    let sheet = SHEETS.iter().find(|(own, _)| *own == page).map_or(&SHEETS[0].1, |(_, sheet)| sheet);
    let (entries, mut findings) = sheet::fill(sheet, job);
    let mut reader = Reader::new(job);
    reader.groups(general::PAGING);
    findings.extend(reader.findings);
    // The phone takes a file only when its version is not lower; what changes is found by digest.
    let version = Entry { key: "Version".to_owned(), content: "2.0000000000".into(), paths: vec![] };
    let mut all = vec![version];
    all.extend(entries);
    switch(&mut all, "qos/EnablediffServ", &["qos/VoiceDSCP", "qos/SingallingDSCP"]);
    switch(&mut all, "ap/FlashMode", &["ap/FlashServerIP"]);
    let mut writer = Writer::new(Escaper::Xml);
    tree::print(&mut writer, "sysConf", all);
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

/// What one of several settings switches on, once.
fn switch(entries: &mut Vec<Entry>, key: &str, by: &[&str]) {
    let said = entries.iter().filter(|entry| by.contains(&entry.key.as_str()) && !entry.paths.is_empty());
    let paths: Vec<Path> = said.flat_map(|entry| entry.paths.clone()).collect();
    if !paths.is_empty() && entries.iter().all(|entry| !entry.key.eq_ignore_ascii_case(key)) {
        entries.push(Entry { key: key.to_owned(), content: "1".into(), paths });
    }
}
