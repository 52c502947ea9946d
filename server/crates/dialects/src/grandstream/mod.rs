//! Grandstream: GXP21 and GRP26 phones, HT80 and HT81 adapters. The root is the same; what is in it is not.

mod adapters;
mod names;
mod phones;
mod profiles;
mod user_agent;
mod values;

use crate::{
    File,
    dialect::{Absent, Dialect, Written},
    job::Job,
    reader::Reader,
    sheet,
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
    sheets: &[&phones::SHEET, &adapters::SHEET, &profiles::SHEET],
    also: &[],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "grandstream/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

fn write(job: &Job<'_>) -> Written {
    if job.device.is_some() {
        let adapter = job.model().is_some_and(|model| model.endpoint == EndpointKind::FxsPort);
        return if adapter { adapter_file(job) } else { phone_file(job) }.into();
    }
    // What a phone asks for by its MAC or as `cfg.xml` is a phone's; adapters find theirs by their model.
    let (artifact, mut findings) = phone_file(job);
    let (adapters, more) = adapter_file(job);
    findings.extend(more);
    Written { artifact, more: vec![File { name: names::ADAPTERS.to_owned(), artifact: adapters }], findings }
}

fn phone_file(job: &Job<'_>) -> (Artifact, Vec<Finding>) {
    let (entries, mut findings) = sheet::fill(&phones::SHEET, job);
    let mut reader = Reader::new(job);
    reader.groups(phones::PAGING);
    let plan = reader.text("phone.dial_plan").filter(|plan| !plan.is_empty());
    if plan.is_some_and(|plan| values::dial_plan(&plan).is_none()) {
        reader.refuse("phone.dial_plan", "These phones know digits, x, classes, and a point at the end.");
    }
    findings.extend(reader.findings);
    let mut writer = begin("2");
    for entry in entries {
        writer.entry(&format!("    <item name=\"{}\">", entry.key), &entry, "", "</item>");
    }
    end(writer, findings)
}

fn adapter_file(job: &Job<'_>) -> (Artifact, Vec<Finding>) {
    // Those with more ports than two have a profile for all of them.
    let ports = job.model().map_or(0, |model| model.accounts);
    let (sheet, codecs): (_, &[_]) = match ports {
        0..=2 => (&adapters::SHEET, &adapters::WORDS),
        _ => (&profiles::SHEET, &profiles::WORDS),
    };
    let (entries, mut findings) = sheet::fill(sheet, job);
    let mut reader = Reader::new(job);
    let chosen = reader.text("sip.codecs").filter(|_| job.device.is_some()).unwrap_or_default();
    let lost = |codec: &str| !codec.is_empty() && !codecs.iter().any(|(ours, _)| *ours == codec);
    if let Some(codec) = chosen.split(',').map(str::trim).find(|codec| lost(codec)) {
        reader.refuse("sip.codecs", &format!("This adapter has no {codec}."));
    }
    findings.extend(reader.findings);
    let mut writer = begin("1");
    for entry in entries {
        writer.entry(&format!("    <{}>", entry.key), &entry, "", &format!("</{}>", entry.key));
    }
    end(writer, findings)
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
