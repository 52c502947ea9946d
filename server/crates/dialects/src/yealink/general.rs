//! Settings of the phone as a whole: which keys each path writes. Empty is `%NULL%`, back to the factory value.

use super::{languages, tones, zones};
use crate::{
    entries::Content,
    reader::Reader,
    rows::{Row, Say, row},
};

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("firmware.url", &[("static.firmware.url", "")], Say::Same),
    row("network.lldp", &[("static.network.lldp.enable", "")], Say::Flag("0", "1")),
    row("network.qos_audio", &[("static.network.qos.audiotos", "")], Say::Same),
    row("network.qos_signalling", &[("static.network.qos.signaltos", "")], Say::Same),
    row(
        "network.vlan",
        &[("static.network.vlan.internet_port_enable", ""), ("static.network.vlan.internet_port_vid", "")],
        Say::Switched("1"),
    ),
    row("network.vlan_priority", &[("static.network.vlan.internet_port_priority", "")], Say::Same),
    row("phone.admin_password", &[("static.security.user_password", "")], Say::By(admin)),
    row(
        "phone.dial_plan",
        &[("dialplan.digitmap.enable", ""), ("dialplan.digitmap.string", "")],
        Say::Switched("1"),
    ),
    row("phone.language", &[("lang.gui", ""), ("lang.wui", "")], Say::By(language)),
    row("phone.ntp", &[("local_time.ntp_server1", "")], Say::Same),
    row(
        "phone.timezone",
        &[("local_time.time_zone", ""), ("local_time.time_zone_name", ""), ("local_time.summer_time", "")],
        Say::By(zone),
    ),
    row("phone.tone_region", &[("voice.tone.country", "")], Say::By(tone)),
    row(
        "provisioning.dhcp_override",
        &[("static.auto_provision.dhcp_option.enable", ""), ("static.auto_provision.pnp_enable", "")],
        Say::DhcpOverride("0", "1"),
    ),
    row(
        "provisioning.interval_minutes",
        &[("static.auto_provision.repeat.enable", ""), ("static.auto_provision.repeat.minutes", "")],
        Say::Switched("1"),
    ),
    row("provisioning.password", &[("static.auto_provision.server.password", "")], Say::Own),
    row("provisioning.url", &[("static.auto_provision.server.url", "")], Say::Same),
    row("provisioning.user", &[("static.auto_provision.server.username", "")], Say::Own),
];

/// The password of the phone's own administration, behind the name of its user.
fn admin(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![Content::After("admin:", reader.secret(path)?)])
}

fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let Some(name) = languages::language(&tag) else {
        reader.refuse(path, "This language has no Yealink name here yet; set the raw keys.");
        return None;
    };
    Some(vec![name.into(), name.into()])
}

fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    let Some((offset, own_name)) = zones::zone(&name) else {
        reader.refuse(path, "This time zone has no Yealink name here yet; set the raw keys.");
        return None;
    };
    // 2: the phone knows the zone's own daylight saving time.
    Some(vec![offset.into(), own_name.into(), "2".into()])
}

fn tone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let code = reader.text(path)?;
    let Some(name) = tones::country(&code) else {
        reader.refuse(path, "Yealink's phones have no tones of this country.");
        return None;
    };
    Some(vec![name.into()])
}
