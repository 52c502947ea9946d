//! Panasonic KX-HDV and KX-UT: `NAME="value"` text.

mod line;
mod names;
mod phone;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    sheet::{self, Sheet},
    writer::{Longest, Writer},
};
use domain::{Code, Finding, artifact::Escaper};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("Config{}.cfg", mac.bare().to_ascii_uppercase()),
    // "Only change parameters as necessary" (guide of the KX-UT670, 5.2.1): others stay.
    absent: Absent::Kept,
    sheets: &[&SHEET],
    also: &[],
    // The phone shows its number.
    passes: &[
        "firmware.version",
        "line.#.label",
        "line.#.owner",
        "provisioning.user",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "panasonic/4";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// What is longer they skip, and say nothing (guides of KX-UT123, 2.4, and KX-UT670, 5.2.1).
const LONGEST: Longest = Longest { line: 537, value: 500 };
/// Phones take a file only if it begins with exactly these bytes.
const HEADER: &str = "# Panasonic SIP Phone Standard Format File #";

const SHEET: Sheet =
    Sheet { phone: phone::PHONE, line: line::LINE, buttons: Some(line::BUTTONS), raw: line::about };

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let mut reader = Reader::new(job);
    let plan = reader.text("phone.dial_plan").filter(|plan| !plan.is_empty());
    if plan.is_some_and(|plan| line::dial_plan(&plan).is_none()) {
        reader.refuse(
            "phone.dial_plan",
            "These phones know up to 20 plans of up to 32 digits, x, classes, points and +.",
        );
        findings.extend(reader.findings);
    }
    if job.resolution.text("sip.lookup").as_deref() == Some("naptr") {
        let detail = "These phones look up addresses and SRV records.".to_owned();
        findings.push(Finding::new(Code::SettingInexpressible, "sip.lookup").detail(detail));
    }
    let mut writer = Writer::new(Escaper::Quoted).crlf().no_longer_than(LONGEST);
    writer.fixed(HEADER);
    let ut = job.model().is_some_and(|model| model.name.starts_with("KX-UT"));
    for mut entry in entries {
        if ut {
            in_words_of_ut(&mut entry);
        }
        writer.entry(&format!("{}=\"", entry.key), &entry, "", "\"");
    }
    // A file has to end with an empty line.
    writer.fixed("");
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

fn in_words_of_ut(entry: &mut Entry) {
    let Content::Text(act) = &mut entry.content else { return };
    if let Some((_, own)) = line::UT_WORDS.iter().find(|(word, _)| act == word)
        && entry.key.starts_with(line::ACT)
    {
        (*own).clone_into(act);
    }
}
