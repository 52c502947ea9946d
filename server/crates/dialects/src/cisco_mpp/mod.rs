//! Cisco 6800, 7800, 8800 and 9800 with multiplatform firmware: `<flat-profile>`.

mod general;
mod lines;
mod names;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    flat,
    job::Job,
    reader::Reader,
    sheet::{self, Buttons, MODULES, Sheet},
};

pub(crate) use general::paging;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.xml", mac.bare()),
    // A parameter that a profile does not name stays as it is (Cisco, Multiplatform Provisioning Guide).
    absent: Absent::Kept,
    sheets: &[&SHEET],
    also: &[
        flat::FORWARD[0],
        flat::FORWARD[1],
        flat::FORWARD[2],
        flat::FORWARD[3],
        "paging.#.address",
        "paging.#.label",
    ],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "cisco_mpp/2";

pub(crate) const SHEET: Sheet = Sheet {
    phone: general::PHONE,
    line: lines::LINE,
    buttons: Some(Buttons { patterns: MODULES, shared_with_lines: true, keys: flat::key, say: flat::say }),
    raw: flat::about,
};

fn write(job: &Job<'_>) -> Written {
    let (mut entries, mut findings) = sheet::fill(&SHEET, job);
    let mut reader = Reader::new(job);
    flat::groups(job, &mut reader, &mut entries, general::paging);
    flat::forward(job, &mut reader, &mut entries, true);
    let off = "These phones can require encryption or allow it, not turn it off.";
    findings.extend(flat::wordless(&reader, "sip.srtp", &["off"], off));
    let naptr = "These phones look up addresses or SRV records.";
    findings.extend(flat::wordless(&reader, "sip.lookup", &["naptr"], naptr));
    findings.extend(reader.findings);
    flat::print(entries, findings, VERSION)
}
