//! Snom D desk phones: XML settings, `<name idx="N" perm="R">value</name>`, then function keys. M DECT bases read the
//! same format with names of their own.

mod backup;
mod bases;
mod general;
mod lines;
mod names;
mod plan;
mod user_agent;
mod words;

use crate::{
    buttons::{Button, Does, PICKUP, Place},
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    sheet::{self, Buttons, KEYS, Says, Sheet},
    writer::Writer,
};
use domain::{artifact::Escaper, device::EndpointKind, setting::Path};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("snom-{}.htm", mac.bare()),
    // Settings are name and value in the phone's flash, each for itself (Snom, Mass Deployment).
    absent: Absent::Kept,
    sheets: &[&SHEET, &BASE],
    also: &["phone.pickup_code"],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "snom/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

pub(crate) const SHEET: Sheet = Sheet {
    phone: general::PHONE,
    line: lines::LINE,
    buttons: Some(Buttons { patterns: KEYS, shared_with_lines: true, keys, say }),
    raw: lines::about,
};

const BASE: Sheet = Sheet { phone: bases::PHONE, line: bases::LINE, buttons: None, raw: lines::about };

fn keys(place: Place) -> Vec<(String, &'static str)> {
    // Where the keys of a module begin depends on the model and on the modules before it.
    if place.module.is_some() {
        return vec![];
    }
    let number = place.number;
    vec![
        (lines::context(number), "active"),
        (lines::title(number), ""),
        (lines::argument(number), lines::FREE),
    ]
}

fn say(button: &Button) -> Result<Says, &'static str> {
    let value = button.value.as_deref();
    // The argument's own separators.
    if value.is_some_and(|value| value.contains(['|', '<', '>', ';'])) {
        return Err("The number holds a character that means something else to these phones.");
    }
    let number = value.ok_or("The key needs a number in `value`.");
    let argument = match button.does {
        Does::Blf => match &button.pickup {
            Some(code) => format!("blf {}|{code}", number?),
            None => format!("blf {}", number?),
        },
        Does::SpeedDial => format!("speed {}", number?),
        Does::Park => format!("orbit {}", number?),
        Does::Dtmf => format!("dtmf {}", number?),
        Does::Voicemail => value.map_or("keyevent F_RETRIEVE".to_owned(), |number| format!("speed {number}")),
        Does::Line => "line".to_owned(),
        Does::Nothing => "none".to_owned(),
    };
    let label = button.label.clone().unwrap_or_default();
    // The three stand in one element: all of them, or none.
    if Escaper::Xml.escape(&label).is_err() || Escaper::Xml.escape(&argument).is_err() {
        return Err("It holds a character that XML cannot hold.");
    }
    Ok(vec![
        (button.line.to_string().into(), &["line"]),
        (if label.is_empty() { Content::Empty } else { label.into() }, &["label"]),
        (argument.into(), &["type", "value", PICKUP]),
    ])
}

fn write(job: &Job<'_>) -> Written {
    let base = job.model().is_some_and(|model| model.endpoint == EndpointKind::DectHandset);
    let (mut entries, mut findings) = sheet::fill(if base { &BASE } else { &SHEET }, job);
    let mut reader = Reader::new(job);
    if base {
        let codecs = reader.text("sip.codecs").unwrap_or_default();
        if codecs.split(',').any(|codec| codec.trim() == "opus") {
            reader.refuse("sip.codecs", "These bases have no Opus.");
        }
    } else {
        listen(&mut entries);
        backup::stand_in(job, &mut reader, &mut entries);
        backup::stand_down(job, &mut entries);
        let plan = reader.text("phone.dial_plan").filter(|plan| !plan.is_empty());
        if plan.is_some_and(|plan| plan::dial_plan(&plan).is_none()) {
            let why = "These phones get expressions made of digits, *, +, x, classes and points.";
            reader.refuse("phone.dial_plan", why);
        }
        reader.groups(general::PAGING);
        // No group has a label here, and that has been said.
        reader.findings.retain(|finding| !finding.subject.ends_with("label"));
    }
    findings.extend(reader.findings);
    let (keys, settings): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.key.starts_with("fkey."));
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    writer.fixed("<settings>");
    writer.fixed(r#"  <phone-settings e="2">"#);
    for entry in settings {
        let (name, index) = entry.key.split_once('.').unwrap_or((&entry.key, ""));
        let index = if index.is_empty() { String::new() } else { format!(r#" idx="{index}""#) };
        let perm = perm(name);
        writer.entry(&format!(r#"    <{name}{index} perm="{perm}">"#), &entry, "", &format!("</{name}>"));
    }
    writer.fixed("  </phone-settings>");
    if !keys.is_empty() {
        writer.fixed(r#"  <functionKeys e="2">"#);
        for entry in &keys {
            function_key(&mut writer, entry);
        }
        writer.fixed("  </functionKeys>");
    }
    writer.fixed("</settings>");
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

/// What a user may change: forwarding. The phone's own address stays writable, so that it can be led elsewhere.
fn perm(name: &str) -> &'static str {
    if name.starts_with("fwd_") || name == "setting_server" { "RW" } else { "R" }
}

/// One element over three lines, so that each has its origin.
fn function_key(writer: &mut Writer, entry: &Entry) {
    let mut words = entry.key.split('.').skip(1);
    let number = words.next().unwrap_or_default();
    match words.next() {
        Some("context") => writer.entry(&format!(r#"    <fkey idx="{number}" context=""#), entry, "", "\""),
        Some(_) => {
            // A label that XML cannot hold has its finding from the identity's own text; the element stays whole.
            let holds = |text: &String| Escaper::Xml.escape(text).is_ok();
            let fits = !matches!(&entry.content, Content::Text(text) if !holds(text));
            let blank = Entry { key: entry.key.clone(), content: Content::Empty, paths: vec![] };
            writer.entry(r#"      label=""#, if fits { entry } else { &blank }, "", "\"");
        }
        None => writer.entry(r#"      perm="R">"#, entry, "", "</fkey>"),
    }
}

/// A phone listens to its groups only once it is told to listen at all, and no more when the last of them is gone.
fn listen(entries: &mut Vec<Entry>) {
    let groups = || entries.iter().filter(|entry| entry.key.starts_with("mc_address."));
    let any = groups().any(|entry| entry.content != Content::Empty);
    let those = groups().filter(|entry| !any || entry.content != Content::Empty);
    let paths: Vec<Path> = those.flat_map(|entry| entry.paths.clone()).collect();
    if !paths.is_empty() && entries.iter().all(|entry| entry.key != "multicast_listen") {
        let content = if any { "on" } else { "off" }.into();
        entries.push(Entry { key: "multicast_listen".to_owned(), content, paths });
    }
}
