//! 2N intercoms: a tree of XML, `DeviceDatabase`.

mod line;
mod names;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::Content,
    job::Job,
    reader::Reader,
    rows::{Row, Say, row},
    sheet::{self, Sheet},
    tree,
    writer::Writer,
};
use domain::{Code, Finding, artifact::Escaper, revision::RevisionKind};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    // What they call themselves is not known.
    user_agent: |_| None,
    write,
    // What stands before the MAC differs by model; however it is spelled, it is this file.
    name: |mac| format!("hipve-{}.xml", mac.to_string().replace(':', "-")),
    absent: Absent::Unknown,
    sheets: &[&SHEET],
    also: &["sip.transport"],
    // Nobody listens to messages at a door.
    passes: &[
        "firmware.version",
        "line.#.label",
        "line.#.owner",
        "provisioning.user",
        "sip.voicemail_number",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "two_n/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

const SHEET: Sheet = Sheet { phone: PHONE, line: line::LINE, buttons: None, raw: line::about };

const PHONE: &[Row] = &[
    row("provisioning.interval_minutes", &[("AutoUpdate/Configuration/Period", "86400")], Say::By(interval)),
    row(
        "provisioning.url",
        &[
            ("AutoUpdate/Configuration/Enabled", ""),
            ("AutoUpdate/Configuration/ServerAddress", ""),
            ("AutoUpdate/Configuration/FilePath", ""),
        ],
        Say::By(address),
    ),
];

/// Seconds. A device offers hours, days and weeks.
fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let minutes = reader.number(path, 1..=43_200)?;
    if ![60, 1440, 10_080].contains(&minutes) {
        reader.refuse(path, "These devices fetch hourly, daily or weekly: every 60, 1440 or 10080 minutes.");
        return None;
    }
    Some(vec![(minutes * 60).to_string().into()])
}

fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let address = reader.text(path)?;
    Some(vec!["1".into(), address.trim_end_matches('/').into(), "/".into()])
}

fn write(job: &Job<'_>) -> Written {
    // How they are told another transport is not known, and calls never travel in a weaker one than was asked for.
    let fits = job.resolution.text("sip.transport").is_none_or(|word| word == "udp");
    let kind = if job.kind == RevisionKind::Bound && !fits { RevisionKind::Clear } else { job.kind };
    let job = job.as_kind(kind);
    let (entries, mut findings) = sheet::fill(&SHEET, &job);
    if !fits {
        let detail =
            "These devices get a line over UDP alone: how they are told another transport is not known.";
        findings.push(Finding::new(Code::SettingInexpressible, "sip.transport").detail(detail.to_owned()));
    }
    let mut writer = Writer::new(Escaper::Xml);
    tree::print(&mut writer, "DeviceDatabase", entries);
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

#[cfg(test)]
mod tests {
    use super::SHEET;
    use crate::sheet::About::{Phone, Reserved};

    #[test]
    fn no_raw_key_can_make_a_line() {
        for (key, about) in [
            ("Phone.Sip.Enabled", Some(Reserved)),
            ("Phone.SIP.Enabled", Some(Reserved)),
            ("AutoUpdate.Configuration.Password", Some(Reserved)),
            ("AutoUpdate.Configuration.Period", Some(Phone)),
            ("Phone.Calls.MaxCallDuration", Some(Phone)),
            ("Phone.Calls", None),
            ("DoorControl.Door.Switch", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
