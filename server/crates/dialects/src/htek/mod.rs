//! Htek UC900, firmware with profiles: XML of numbered keys.

mod keys;
mod line;
mod names;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    flat,
    job::Job,
    reader::Reader,
    rows::{Row, Say, row},
    sheet::{self, Sheet},
    writer::Writer,
};
use domain::artifact::Escaper;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("cfg{}.xml", mac.bare()),
    // Nobody says; what others write is whole each time.
    absent: Absent::Unknown,
    sheets: &[&SHEET],
    also: &[],
    passes: &["firmware.version", "line.#.owner", "uploads.keep_personal"],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "htek/3";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

const SHEET: Sheet = Sheet { phone: PHONE, line: line::LINE, buttons: Some(line::BUTTONS), raw: line::about };

const PHONE: &[Row] = &[
    row("network.lldp", &[("P5438", "0")], Say::Flag("0", "1")),
    row("network.vlan", &[("P24053", "0"), ("P51", "0")], Say::Switched("1")),
    row("network.vlan_priority", &[("P87", "0")], Say::Same),
    row("phone.admin_password", &[("P2", "")], Say::Own),
    row("phone.ntp", &[("P30", "")], Say::Same),
    row("phone.pickup_code", &[("P4701", "0"), ("P4745", "")], Say::Switched("1")),
    row("provisioning.dhcp_override", &[("P145", "1")], Say::DhcpOverride("0", "1")),
    row("provisioning.interval_minutes", &[("P194", "1"), ("P193", "10080")], Say::Switched("1")),
    row("provisioning.password", &[("P1361", "")], Say::Own),
    row("provisioning.url", &[("P237", "")], Say::Same),
    row("provisioning.user", &[("P1360", "")], Say::Own),
];

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let opus = "The number of Opus differs from phone to phone.";
    findings.extend(flat::wordless(&Reader::new(job), "sip.codecs", &["opus"], opus));
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    writer.fixed(r#"<hl_provision version="1">"#);
    writer.fixed(r#"  <config version="1">"#);
    for entry in entries {
        let key = &entry.key;
        let before = match keys::name(key) {
            name if name.is_empty() => format!("    <{key}>"),
            name => format!(r#"    <{key} para="{name}">"#),
        };
        writer.entry(&before, &entry, "", &format!("</{key}>"));
    }
    writer.fixed("  </config>");
    writer.fixed("</hl_provision>");
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}
