//! Settings of the phone as a whole: which keys each path writes.

use super::{languages, tones, zones};
use crate::{
    entries::{Content, Entries},
    job::Job,
    reader::Reader,
};
use domain::{revision::RevisionKind, setting::Path};

/// A neutral path and the keys it writes.
struct Row {
    path: &'static str,
    keys: &'static [&'static str],
    shape: Shape,
}

/// How the value becomes the contents of the keys.
#[derive(Clone, Copy)]
enum Shape {
    /// IANA name → offset and Yealink's own name.
    Zone,
    /// Language tag → Yealink's own name, twice.
    Language,
    /// As it is.
    Text,
    /// One number.
    Number(i64, i64),
    /// A switch, then the number that it switches on.
    SwitchedNumber(i64, i64),
    /// `0` or `1`.
    Flag,
    /// Whether DHCP or SIP PnP may name another server: nobody proves anything in either. A phone with a line
    /// follows what was set; one without a line must always be able to find its way here.
    DhcpOverride,
    /// The credential, in a device's own file alone.
    User,
    /// Its secret half.
    Password,
    /// A switch, then the text that it switches on.
    SwitchedText,
    /// ISO 3166 → Yealink's own name.
    Tones,
    /// The password of the phone's own administration, behind the name of its user.
    Admin,
}

const fn row(path: &'static str, keys: &'static [&'static str], shape: Shape) -> Row {
    Row { path, keys, shape }
}

/// In path order. VLANs and DSCP have the ranges of their fields; repeat is at most 30 days.
const GENERAL: [Row; 17] = [
    row("firmware.url", &["static.firmware.url"], Shape::Text),
    row("network.lldp", &["static.network.lldp.enable"], Shape::Flag),
    row("network.qos_audio", &["static.network.qos.audiotos"], Shape::Number(0, 63)),
    row("network.qos_signalling", &["static.network.qos.signaltos"], Shape::Number(0, 63)),
    row(
        "network.vlan",
        &["static.network.vlan.internet_port_enable", "static.network.vlan.internet_port_vid"],
        Shape::SwitchedNumber(1, 4094),
    ),
    row("network.vlan_priority", &["static.network.vlan.internet_port_priority"], Shape::Number(0, 7)),
    row("phone.admin_password", &["static.security.user_password"], Shape::Admin),
    row("phone.dial_plan", &["dialplan.digitmap.enable", "dialplan.digitmap.string"], Shape::SwitchedText),
    row("phone.language", &["lang.gui", "lang.wui"], Shape::Language),
    row("phone.ntp", &["local_time.ntp_server1"], Shape::Text),
    row(
        "phone.timezone",
        &["local_time.time_zone", "local_time.time_zone_name", "local_time.summer_time"],
        Shape::Zone,
    ),
    row("phone.tone_region", &["voice.tone.country"], Shape::Tones),
    row(
        "provisioning.dhcp_override",
        &["static.auto_provision.dhcp_option.enable", "static.auto_provision.pnp_enable"],
        Shape::DhcpOverride,
    ),
    row(
        "provisioning.interval_minutes",
        &["static.auto_provision.repeat.enable", "static.auto_provision.repeat.minutes"],
        Shape::SwitchedNumber(1, 43_200),
    ),
    row("provisioning.password", &["static.auto_provision.server.password"], Shape::Password),
    row("provisioning.url", &["static.auto_provision.server.url"], Shape::Text),
    row("provisioning.user", &["static.auto_provision.server.username"], Shape::User),
];

pub(super) fn put(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Entries) {
    for row in &GENERAL {
        let Some(path) = reader.set(row.path) else { continue };
        let Some(contents) = contents(row, job, reader) else { continue };
        for (key, content) in row.keys.iter().zip(contents) {
            // No two rows share a key, and nothing was put before them.
            let _free = entries.put(*key, content, vec![path.clone()]);
        }
    }
}

/// Back to factory, for a path that was served and is no longer set. The way back to this server is never
/// taken from a phone: it could not be reached again.
pub(super) fn reset(path: &Path, entries: &mut Entries) {
    // Nor is its door left open: without a value the factory's own password would be back.
    let lasting = ["phone.admin_password", "provisioning.url", "provisioning.user", "provisioning.password"];
    if let Some(row) = GENERAL.iter().find(|row| row.path == path.as_str() && !lasting.contains(&row.path)) {
        for key in row.keys {
            entries.clear(*key, vec![path.clone()]);
        }
    }
}

/// The neutral path that writes `key`, which is in lower case.
pub(super) fn path_of(key: &str) -> Option<&'static str> {
    GENERAL.iter().find(|row| row.keys.contains(&key)).map(|row| row.path)
}

fn contents(row: &Row, job: &Job<'_>, reader: &mut Reader<'_>) -> Option<Vec<Content>> {
    let own = job.device.is_some();
    Some(match row.shape {
        Shape::Zone => {
            let name = reader.text(row.path)?;
            let Some((offset, own_name)) = zones::zone(&name) else {
                reader.refuse(row.path, "This time zone has no Yealink name here yet; set the raw keys.");
                return None;
            };
            // 2: the phone knows the zone's own daylight saving time.
            vec![offset.into(), own_name.into(), "2".into()]
        }
        Shape::Language => {
            let tag = reader.text(row.path)?;
            let Some(name) = languages::language(&tag) else {
                reader.refuse(row.path, "This language has no Yealink name here yet; set the raw keys.");
                return None;
            };
            vec![name.into(), name.into()]
        }
        Shape::Text => vec![reader.text(row.path)?.into()],
        Shape::Number(from, to) => vec![reader.number(row.path, from..=to)?.to_string().into()],
        Shape::SwitchedNumber(from, to) => {
            vec!["1".into(), reader.number(row.path, from..=to)?.to_string().into()]
        }
        Shape::Flag => vec![bit(reader.flag(row.path)?)],
        Shape::DhcpOverride => {
            let allowed = reader.flag(row.path)? || job.kind != RevisionKind::Bound;
            vec![bit(allowed), bit(allowed)]
        }
        Shape::User if own => vec![reader.text(row.path)?.into()],
        Shape::Password if own => vec![Content::Secret(reader.secret(row.path)?)],
        Shape::SwitchedText => vec!["1".into(), reader.text(row.path)?.into()],
        Shape::Tones => {
            let code = reader.text(row.path)?;
            let Some(name) = tones::country(&code) else {
                reader.refuse(row.path, "Yealink's phones have no tones of this country.");
                return None;
            };
            vec![name.into()]
        }
        Shape::Admin if own => vec![Content::After("admin:", reader.secret(row.path)?)],
        Shape::User | Shape::Password | Shape::Admin => return None,
    })
}

fn bit(flag: bool) -> Content {
    if flag { "1" } else { "0" }.into()
}
