//! Gigaset N610, N670 and N870: DECT bases that read `provisioning.xml`. An account belongs to a handset, and a
//! handset is known by its IPUI (ETSI EN 300 175-6): the IPEI in ten hexadecimal digits.

mod handsets;
mod names;
mod user_agent;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    rows::{Row, Say, row},
    sheet::{self, Sheet},
    writer::Writer,
};
use domain::{Code, Finding, artifact::Escaper, setting::Path};
use std::collections::BTreeSet;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    user_agent: user_agent::read,
    write,
    name: |mac| format!("{}.xml", mac.bare()),
    // "If you want that the system removes every handset that is not in the file", there is an operation for it
    // (Gigaset's wiki on removing handsets): so without it everything is kept.
    absent: Absent::Kept,
    sheets: &[&SHEET],
    also: &[],
    // Labels and languages are the handsets' own.
    passes: &[
        "firmware.version",
        "line.#.label",
        "line.#.owner",
        "phone.language",
        "provisioning.user",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "gigaset/2";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Takes every handset away, with its account, that the file does not name; must come first.
const SWEEP: &str = r#"    <oper name="DeleteNotProvisionedHS"/>"#;

const SHEET: Sheet = Sheet { phone: PHONE, line: handsets::LINE, buttons: None, raw: handsets::about };

const PHONE: &[Row] = &[
    row("phone.admin_password", &[("WebUIAccounts.1.Password", "")], Say::Own),
    row("phone.ntp", &[("DmGlobal.0.NtpServer", "")], Say::Same),
    row("phone.timezone", &[("DmGlobal.0.TimeZone", "")], Say::By(zone)),
    row("phone.tone_region", &[("Telephony.0.ToneScheme", "")], Say::Words(TONES)),
    row("provisioning.url", &[("Provisioning.global.ProvisioningServer", "")], Say::By(address)),
];

/// Tone schemes whose names are known.
const TONES: &[(&str, &str)] = &[("DE", "Germany"), ("ES", "Spain"), ("FR", "France")];

/// Zones that bases know; they call them as IANA does.
const ZONES: [&str; 34] = [
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Karachi",
    "Asia/Tokyo",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Bratislava",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Budapest",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Lisbon",
    "Europe/Ljubljana",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Honolulu",
];

fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    if ZONES.binary_search(&name.as_str()).is_err() {
        reader.refuse(path, "It is not known whether these bases have this time zone; set the raw key.");
        return None;
    }
    Some(vec![name.into()])
}

/// The folder, and the name that the base then makes: `%MACD` is its MAC.
fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![format!("{}%MACD.xml", reader.text(path)?).into()])
}

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let mut writer = Writer::new(Escaper::Xml);
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    writer.fixed(r#"<provisioning version="1.1" productID="e2">"#);
    writer.fixed("  <nvm>");
    if job.mentions_accounts() {
        writer.fixed(SWEEP);
    }
    let mut nameless = BTreeSet::new();
    let standing = standing(&entries);
    for mut entry in entries {
        // An empty value "can lead to unpredictable behaviour" (Gigaset's wiki on its provisioning flow), and what the
        // factory has nobody says: a setting of the base that is taken away stays, which is said.
        if entry.content == Content::Empty {
            if of_handset(&entry.key).is_none() {
                findings.extend(entry.paths.iter().map(kept));
            }
            continue;
        }
        let Some((before, index, after)) = of_handset(&entry.key) else {
            print(&mut writer, &entry);
            continue;
        };
        if !standing.contains(&index) {
            continue;
        }
        let Some(ipei) = job.device.and_then(|device| device.handsets.get(&index)) else {
            nameless.insert(index);
            continue;
        };
        entry.key = format!("{before}.{}.{after}", ipei.hex().to_ascii_lowercase());
        print(&mut writer, &entry);
    }
    findings.extend(nameless.into_iter().map(|index| {
        let detail = "The handset's IPEI is not in the inventory: any handset in reach could take the line.";
        Finding::new(Code::SettingInexpressible, format!("line.{index}.extension")).detail(detail.to_owned())
    }));
    writer.fixed("  </nvm>");
    writer.fixed("</provisioning>");
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

fn kept(path: &Path) -> Finding {
    Finding::new(Code::SettingKept, path.as_str())
        .detail("No document says what these bases have from the factory.")
}

/// The endpoints that have a line.
fn standing(entries: &[Entry]) -> BTreeSet<u8> {
    let with_line = |entry: &&Entry| entry.content != Content::Empty;
    entries.iter().filter(with_line).filter_map(|entry| Some(of_handset(&entry.key)?.1)).collect()
}

/// `SipAccount`, 3, `AuthName` of `SipAccount.3.AuthName`.
fn of_handset(key: &str) -> Option<(&str, u8, &str)> {
    let (before, rest) = key.split_once('.')?;
    let (index, after) = rest.split_once('.')?;
    matches!(before, "SipAccount" | "hs").then_some((before, index.parse().ok()?, after))
}

fn print(writer: &mut Writer, entry: &Entry) {
    match entry.key.strip_prefix("hs.").and_then(|rest| rest.strip_suffix(".RegStatus")) {
        Some(ipui) => {
            let before =
                format!(r#"    <oper name="add_hs" value="{ipui}"><param name="hs.RegStatus" value=""#);
            writer.entry(&before, entry, "", r#""/></oper>"#);
        }
        None => writer.entry(&format!(r#"    <param name="{}" value=""#, entry.key), entry, "", r#""/>"#),
    }
}
