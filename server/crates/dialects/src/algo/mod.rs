//! Algo speakers, horns and intercoms: `key = value` text. A device has one account here, the one that calls and pages.

mod names;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    lines::Registrar,
    reader::Reader,
    rows::{LineRow, Row, Say, always, row},
    said,
    sheet::{self, About, Sheet},
    writer::Writer,
};
use domain::{Finding, artifact::Escaper};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    // What they call themselves is not known.
    user_agent: |_| None,
    write,
    name: |mac| format!("algom{}.conf", mac.bare().to_ascii_uppercase()),
    absent: Absent::Unknown,
    sheets: &[&SHEET],
    also: &[DHCP],
    // Nothing is shown, and nobody listens to messages.
    passes: &[
        "firmware.version",
        "line.#.label",
        "line.#.owner",
        "phone.language",
        "sip.voicemail_number",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "algo/2";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";

const SHEET: Sheet = Sheet { phone: PHONE, line: LINE, buttons: None, raw: about };

const PHONE: &[Row] = &[
    row("network.lldp", &[("net.ll.lldp", "1")], Say::Flag("0", "1")),
    row("network.qos_audio", &[("net.dscp.rtp", "0")], Say::Same),
    row("network.qos_signalling", &[("net.dscp.sip", "0")], Say::Same),
    row("network.vlan", &[("net.vlan.use", "auto"), ("net.vlan.id", "0")], Say::Switched("1")),
    row("network.vlan_priority", &[("net.vlan.priority", "0")], Say::Same),
    row("phone.admin_password", &[("admin.pwd", "")], Say::Own),
    row("phone.ntp", &[("net.time1", "")], Say::Same),
    // The zone's own name.
    row("phone.timezone", &[("admin.timezone", "")], Say::By(zone)),
    row("provisioning.interval_minutes", &[("prov.sync.frequency", "")], Say::By(interval)),
    row("provisioning.password", &[("prov.auth.pwd", "")], Say::Own),
    row(
        "provisioning.url",
        &[
            ("prov.use", ""),
            (METHOD, ""),
            ("prov.server.static", ""),
            ("prov.download.method", ""),
            ("prov.download.cfgpath", ""),
        ],
        Say::By(address),
    ),
    row("provisioning.user", &[("prov.auth.user", "")], Say::Own),
];

const DHCP: &str = "provisioning.dhcp_override";
/// `static`: nobody else is asked.
const METHOD: &str = "prov.server.method";

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";

const LINE: &[LineRow] = &[
    always("sip.u#.user", "", &[EXTENSION], said::extension),
    always("sip.u#.auth", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("sip.u#.pwd", "", &["line.#.password"], said::password),
    always("sip.u#.dname", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("sip.proxy", "", &["sip.domain", HOST, "sip.registrar.port"], |_, to| {
        at(to.domain.as_ref().unwrap_or(&to.host), to.port)
    })
    .with_all(),
    always(
        "sip.obproxy",
        "",
        &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"],
        |_, to| to.way().map_or(Content::Empty, |(host, port)| at(host, port)),
    )
    .with_all(),
    always("sip.bkproxy1", "", &["sip.backup.host", "sip.backup.port"], |_, to: &Registrar| {
        to.backup.as_ref().map_or(Content::Empty, |hop| at(&hop.host, hop.port.unwrap_or(to.port)))
    })
    .with_all(),
    always("sip.regexp", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("sip.transp", "auto", &["sip.transport"], |_, to| to.transport.word().into()),
];

fn at(host: &str, port: i64) -> Content {
    format!("{host}:{port}").into()
}

fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    if crate::zones::zone(&name).is_none() {
        reader.refuse(path, "There is no time zone of this name.");
        return None;
    }
    Some(vec![name.into()])
}

/// Of the words for how often, one is known.
fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    if reader.number(path, 1..=43_200)? != 1440 {
        reader.refuse(path, "These devices are told to fetch once a day, every 1440 minutes, or not at all.");
        return None;
    }
    Some(vec!["daily".into()])
}

/// A device with a server of its own asks no DHCP: then the key that says so comes from both. What was asked for is said
/// where it is not so.
fn dhcp(job: &Job<'_>, entries: &mut [Entry]) -> Option<Finding> {
    let mut reader = Reader::new(job);
    let path = reader.set(DHCP)?;
    let allowed = reader.flag(DHCP)?;
    let method = entries.iter_mut().find(|entry| entry.key == METHOD);
    let detail = match (allowed, method) {
        (true, Some(_)) => "With a server of its own, from provisioning.url, the device asks no DHCP.",
        (false, None) => "Without a server of its own, from provisioning.url, the device asks DHCP.",
        (false, Some(method)) => {
            method.paths.push(path);
            return None;
        }
        (true, None) => return None,
    };
    Some(reader.refusal(DHCP, detail))
}

/// Scheme, server and folder. With a server of its own the device asks no DHCP, so there is always one.
fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let address = reader.text(path)?;
    let split = address.split_once("://").and_then(|(scheme, rest)| {
        let (server, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = ["http", "https"].contains(&scheme) && !server.is_empty() && !server.contains('@');
        fits.then_some((scheme, server, folder))
    });
    let Some((scheme, server, folder)) = split else {
        reader.refuse(path, "It is not an address of HTTP or HTTPS, or it holds a credential.");
        return None;
    };
    let folder = folder.trim_matches('/');
    Some(vec!["1".into(), "static".into(), server.into(), scheme.into(), folder.into()])
}

/// What a raw key is about: every extension registers by itself, so none is written from here.
fn about(key: &str) -> Option<(About, String)> {
    let lower = key.to_ascii_lowercase();
    let words: Vec<_> = lower.split('.').collect();
    let about = match words[..] {
        ["sip", first, _] if first.starts_with('u') || first.starts_with("alert") => About::Reserved,
        ["sip", "registrar"] | ["mcast" | "cancel", _, "user" | "pwd" | "auth"] => About::Reserved,
        ["cancel" | "prov", ..] if lower.ends_with("pwd") || lower.ends_with("auth") => About::Reserved,
        // Whatever else is about calls is about the only line.
        ["sip", ..] => About::Line(1),
        _ => About::Phone,
    };
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    (words.len() > 1 && key.bytes().all(plain)).then(|| (about, key.to_owned()))
}

fn write(job: &Job<'_>) -> Written {
    let (mut entries, mut findings) = sheet::fill(&SHEET, job);
    findings.extend(dhcp(job, &mut entries));
    let mut writer = Writer::new(Escaper::KeyValue);
    writer.fixed("# Ringfence");
    for entry in entries {
        writer.entry(&format!("{} = ", entry.key), &entry, "", "");
    }
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_raw_key_can_make_a_line() {
        use About::{Line, Phone, Reserved};
        for (key, about) in [
            ("sip.u1.user", Some(Reserved)),
            ("SIP.U2.pwd", Some(Reserved)),
            ("sip.alert1.user", Some(Reserved)),
            ("sip.proxy", Some(Reserved)),
            ("sip.registrar", Some(Reserved)),
            ("sip.obdtmf", Some(Line(1))),
            ("prov.auth.pwd", Some(Reserved)),
            ("audio.page.tone", Some(Phone)),
            ("audio", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
