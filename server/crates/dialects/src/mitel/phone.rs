//! Settings of the phone as a whole, each with the factory's own value for when it is gone.

use super::line::NOWHERE;
use crate::{
    entries::Content,
    reader::Reader,
    rows::{Key, Row, Say, row},
    zones::{self, Turn},
};

pub(super) const PHONE: &[Row] = &[
    row("network.lldp", &[("lldp", "1")], Say::Flag("0", "1")),
    // 4095: frames of the computer have no tag.
    row("network.pc_vlan", &[("vlan id port 1", "4095")], Say::Same),
    row("network.qos_audio", &[("tos rtp", "46")], Say::Same),
    row("network.qos_signalling", &[("tos sip", "26")], Say::Same),
    row("network.vlan", &[("tagging enabled", "0"), ("vlan id", "1")], Say::Switched("1")),
    row("network.vlan_priority", &[("priority non-ip", "5")], Say::Same),
    row("phone.admin_password", &[("admin password", "")], Say::Own),
    row("phone.dial_plan", &[("sip dial plan", "x+#|xx+*")], Say::Same),
    row("phone.ntp", &[("time server disabled", "0"), ("time server1", NOWHERE)], Say::Switched("0")),
    row(
        "phone.pickup_code",
        &[("directed call pickup", "0"), ("directed call pickup prefix", "")],
        Say::Switched("1"),
    ),
    row("phone.timezone", CLOCK, Say::By(zone)),
    row("phone.tone_region", &[("tone set", "US")], Say::Words(TONES)),
    row(
        "provisioning.interval_minutes",
        &[("auto resync mode", "0"), ("auto resync days", "0")],
        Say::By(interval),
    ),
    row("provisioning.password", &[("http digest password", "")], Say::Own),
    row(
        "provisioning.url",
        &[("download protocol", ""), ("http server", ""), ("http port", ""), ("http path", "")],
        Say::By(http),
    ),
    row(
        "provisioning.url",
        &[("download protocol", ""), ("https server", ""), ("https port", ""), ("https path", "")],
        Say::By(https),
    ),
    row("provisioning.user", &[("http digest username", "")], Say::Own),
    row("sip.codecs", &[("sip customized codec", "")], Say::By(codecs)),
];

/// Countries whose tones have a name that is known.
const TONES: &[(&str, &str)] =
    &[("DE", "Germany"), ("ES", "Europe"), ("FR", "France"), ("GB", "UK"), ("IT", "Italy"), ("US", "US")];

const CLOCK: &[Key] = &[
    ("time zone name", "Custom"),
    ("time zone minutes", "0"),
    ("dst config", "0"),
    ("dst minutes", "60"),
    ("dst [start|end] relative date", "1"),
    ("dst start month", "3"),
    ("dst start week", "-1"),
    ("dst start day", "1"),
    ("dst start hour", "1"),
    ("dst end month", "10"),
    ("dst end week", "-1"),
    ("dst end day", "1"),
    ("dst end hour", "2"),
];

/// Minutes west of UTC, and when clocks change: the phone counts weekdays from 1, and the last week of a month is -1.
fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let Some(zone) = zones::zone(&reader.text(path)?) else {
        reader.refuse(path, "There is no time zone of this name.");
        return None;
    };
    let mut said: Vec<Content> = vec!["Custom".into(), (-zone.standard).to_string().into()];
    let Some(summer) = zone.summer else {
        // Another zone's rule must not stay behind the switch.
        said.extend(CLOCK[said.len()..].iter().map(|(_, factory)| Content::from(*factory)));
        return Some(said);
    };
    let turn = |turn: Turn| {
        let hour = turn.minute / 60;
        let whole = turn.minute % 60 == 0 && (0..24).contains(&hour);
        let week = if turn.week == 5 { "-1".to_owned() } else { turn.week.to_string() };
        let said = [turn.month.to_string(), week, (turn.weekday + 1).to_string(), hour.to_string()];
        whole.then_some(said.map(Content::from))
    };
    let (Some(start), Some(end), true) = (turn(summer.start), turn(summer.end), summer.save <= 60) else {
        reader.refuse(path, "These phones cannot say when its clocks change; set the raw keys.");
        return None;
    };
    said.extend(["3".into(), summer.save.to_string().into(), "1".into()]);
    Some(said.into_iter().chain(start).chain(end).collect())
}

fn http(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    address(reader, path, "HTTP", "80")
}

fn https(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    address(reader, path, "HTTPS", "443")
}

/// Server, port and folder, if the address is of this scheme.
fn address(reader: &mut Reader<'_>, path: &'static str, scheme: &str, usual: &str) -> Option<Vec<Content>> {
    let address = reader.text(path)?;
    let (own, rest) = address.split_once("://").unwrap_or(("", &address));
    if !["http", "https"].contains(&own) || rest.contains('@') {
        if scheme == "HTTPS" {
            reader.refuse(path, "It is not an address of HTTP or HTTPS, or it holds a credential.");
        }
        return None;
    }
    let (server, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = server.rsplit_once(':').unwrap_or((server, usual));
    let contents = [scheme, host, port, folder.trim_matches('/')];
    own.eq_ignore_ascii_case(scheme).then(|| contents.map(Content::from).into())
}

/// Phones fetch at a time of day, once in so many days; up to a quarter of an hour later, each at its own time (Aastra,
/// Release Note 2.4, "Improved Auto-Resync Functionality").
fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let minutes = reader.number(path, 1..=43_200)?;
    if minutes % 1440 != 0 {
        reader.refuse(path, "These phones count whole days, 1440 minutes each.");
        return None;
    }
    // 1: configuration files.
    Some(vec!["1".into(), (minutes / 1440).to_string().into()])
}

/// RTP payload types (RFC 3551) in the order of preference.
fn codecs(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let mut said = vec![];
    for codec in reader.text(path)?.split(',').map(str::trim) {
        let payload = match codec {
            "pcmu" => 0,
            "pcma" => 8,
            "g722" => 9,
            "g729" => 18,
            // The others' numbers are not fixed.
            _ => continue,
        };
        said.push(format!("payload={payload};ptime=20;silsupp=off"));
    }
    if said.is_empty() {
        reader.refuse(path, "None of these has a fixed payload type.");
        return None;
    }
    Some(vec![said.join(",").into()])
}
