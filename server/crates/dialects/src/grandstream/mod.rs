//! Grandstream: GXP and GRP phones, HT80 and HT81 adapters. The root is the same; what is in it is not.

mod adapters;
mod names;
mod numbers;
mod phones;
mod profiles;
mod user_agent;
mod values;

use crate::{
    File,
    dialect::{Absent, Dialect, Written},
    entries::Entry,
    job::Job,
    reader::Reader,
    sheet::{self, Sheet},
    writer::Writer,
};
use domain::{
    Finding,
    artifact::{Artifact, Escaper},
    device::EndpointKind,
};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("cfg{}.xml", mac.bare()),
    // The XML Provisioning Guide (2011) has files applied one on top of the other: a first one may hold nothing but the
    // address of the next.
    absent: Absent::Kept,
    sheets: &[
        &phones::SHEET,
        &adapters::SHEET,
        &profiles::SHEET,
        &numbers::GXP16,
        &numbers::GXP17,
        &numbers::GRP260,
    ],
    also: &[],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "grandstream/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

fn write(job: &Job<'_>) -> Written {
    if job.device.is_some() {
        let adapter = job.model().is_some_and(|model| model.endpoint == EndpointKind::FxsPort);
        return if adapter {
            adapter_file(job)
        } else if let Some((sheet, codecs)) = numbered(job) {
            numbered_file(job, sheet, codecs)
        } else {
            phone_file(job)
        }
        .into();
    }
    // What a phone asks for by its MAC or as `cfg.xml` is one with names; others find theirs by their model.
    let (artifact, mut findings) = phone_file(job);
    let (adapters, of_adapters) = adapter_file(job);
    let (numbers, of_numbers) = numbered_file(job, &numbers::GXP17, numbers::GXP17_WORDS);
    findings.extend(of_adapters);
    findings.extend(of_numbers);
    let file = |name: &str, artifact| File { name: name.to_owned(), artifact };
    let more = vec![file(names::ADAPTERS, adapters), file(names::NUMBERS, numbers)];
    Written { artifact, more, findings }
}

type Words = &'static [(&'static str, &'static str)];

/// The table and the codecs of a phone whose settings have numbers.
fn numbered(job: &Job<'_>) -> Option<(&'static Sheet, Words)> {
    match job.model()?.name.get(..5)? {
        "GXP16" => Some((&numbers::GXP16, numbers::GXP16_WORDS)),
        "GXP17" => Some((&numbers::GXP17, numbers::GXP17_WORDS)),
        "GRP26" if job.model()?.name.starts_with("GRP260") => Some((&numbers::GRP260, numbers::GRP260_WORDS)),
        _ => None,
    }
}

fn phone_file(job: &Job<'_>) -> (Artifact, Vec<Finding>) {
    let (entries, mut findings) = sheet::fill(&phones::SHEET, job);
    findings.extend(unsaid(job));
    let mut writer = begin("2");
    for entry in entries {
        writer.entry(&format!("    <item name=\"{}\">", entry.key), &entry, "", "</item>");
    }
    end(writer, findings)
}

fn numbered_file(job: &Job<'_>, sheet: &Sheet, codecs: Words) -> (Artifact, Vec<Finding>) {
    let (entries, mut findings) = sheet::fill(sheet, job);
    findings.extend(unsaid(job));
    findings.extend(lost_codec(job, codecs));
    with_numbers(entries, findings)
}

fn adapter_file(job: &Job<'_>) -> (Artifact, Vec<Finding>) {
    // Those with more ports than two have a profile for all of them.
    let ports = job.model().map_or(0, |model| model.accounts);
    let (sheet, codecs): (_, Words) = match ports {
        0..=2 => (&adapters::SHEET, &adapters::WORDS),
        _ => (&profiles::SHEET, &profiles::WORDS),
    };
    let (entries, mut findings) = sheet::fill(sheet, job);
    findings.extend(lost_codec(job, codecs));
    with_numbers(entries, findings)
}

fn with_numbers(entries: Vec<Entry>, findings: Vec<Finding>) -> (Artifact, Vec<Finding>) {
    let mut writer = begin("1");
    for entry in entries {
        writer.entry(&format!("    <{}>", entry.key), &entry, "", &format!("</{}>", entry.key));
    }
    end(writer, findings)
}

/// What no phone can say: groups beyond the last, and a dial plan that its grammar has no words for.
fn unsaid(job: &Job<'_>) -> Vec<Finding> {
    let mut reader = Reader::new(job);
    reader.groups(phones::PAGING);
    let plan = reader.text("phone.dial_plan").filter(|plan| !plan.is_empty());
    if plan.is_some_and(|plan| values::dial_plan(&plan).is_none()) {
        reader.refuse("phone.dial_plan", "These phones know digits, x, classes, and a point at the end.");
    }
    reader.findings
}

fn lost_codec(job: &Job<'_>, codecs: Words) -> Vec<Finding> {
    let mut reader = Reader::new(job);
    let chosen = reader.text("sip.codecs").filter(|_| job.device.is_some()).unwrap_or_default();
    let lost = |codec: &str| !codec.is_empty() && !codecs.iter().any(|(ours, _)| *ours == codec);
    if let Some(codec) = chosen.split(',').map(str::trim).find(|codec| lost(codec)) {
        reader.refuse("sip.codecs", &format!("This model has no {codec}."));
    }
    reader.findings
}

/// Which spelling the settings have is said by the version.
fn begin(version: &str) -> Writer {
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    writer.fixed(r#"<gs_provision version="1">"#);
    writer.fixed(&format!("  <config version=\"{version}\">"));
    writer
}

fn end(mut writer: Writer, mut findings: Vec<Finding>) -> (Artifact, Vec<Finding>) {
    writer.fixed("  </config>");
    writer.fixed("</gs_provision>");
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings)
}
