//! Settings of the phone as a whole: which keys each path writes. Empty is `%NULL%`, back to the factory value.

use super::{languages, tones, zones};
use crate::{
    entries::Content,
    lines::naptr_alone,
    reader::Reader,
    rows::{Row, Say, row},
};

/// Addresses that a phone listens to for pages; newer ones have 31.
pub(super) const PAGING: u8 = 10;

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("firmware.url", &[("static.firmware.url", "")], Say::Same),
    row("network.lldp", &[("static.network.lldp.enable", "")], Say::Flag("0", "1")),
    row(
        "network.pc_vlan",
        &[("static.network.vlan.pc_port_enable", ""), ("static.network.vlan.pc_port_vid", "")],
        Say::Switched("1"),
    ),
    row("network.qos_audio", &[("static.network.qos.audiotos", "")], Say::Same),
    row("network.qos_signalling", &[("static.network.qos.signaltos", "")], Say::Same),
    row(
        "network.vlan",
        &[("static.network.vlan.internet_port_enable", ""), ("static.network.vlan.internet_port_vid", "")],
        Say::Switched("1"),
    ),
    row("network.vlan_priority", &[("static.network.vlan.internet_port_priority", "")], Say::Same),
    page("paging.1.address", &[("multicast.listen_address.1.ip_address", "")]),
    page("paging.1.label", &[("multicast.listen_address.1.label", "")]),
    page("paging.10.address", &[("multicast.listen_address.10.ip_address", "")]),
    page("paging.10.label", &[("multicast.listen_address.10.label", "")]),
    page("paging.2.address", &[("multicast.listen_address.2.ip_address", "")]),
    page("paging.2.label", &[("multicast.listen_address.2.label", "")]),
    page("paging.3.address", &[("multicast.listen_address.3.ip_address", "")]),
    page("paging.3.label", &[("multicast.listen_address.3.label", "")]),
    page("paging.4.address", &[("multicast.listen_address.4.ip_address", "")]),
    page("paging.4.label", &[("multicast.listen_address.4.label", "")]),
    page("paging.5.address", &[("multicast.listen_address.5.ip_address", "")]),
    page("paging.5.label", &[("multicast.listen_address.5.label", "")]),
    page("paging.6.address", &[("multicast.listen_address.6.ip_address", "")]),
    page("paging.6.label", &[("multicast.listen_address.6.label", "")]),
    page("paging.7.address", &[("multicast.listen_address.7.ip_address", "")]),
    page("paging.7.label", &[("multicast.listen_address.7.label", "")]),
    page("paging.8.address", &[("multicast.listen_address.8.ip_address", "")]),
    page("paging.8.label", &[("multicast.listen_address.8.label", "")]),
    page("paging.9.address", &[("multicast.listen_address.9.ip_address", "")]),
    page("paging.9.label", &[("multicast.listen_address.9.label", "")]),
    row("phone.admin_password", &[("static.security.user_password", "")], Say::By(admin)),
    row(
        "phone.dial_plan",
        &[("dialplan.digitmap.enable", ""), ("dialplan.digitmap.string", "")],
        Say::Switched("1"),
    ),
    row("phone.forward_locked", &[("features.fwd.allow", "")], Say::By(forwarding)),
    row("phone.language", &[("lang.gui", ""), ("lang.wui", "")], Say::By(language)),
    row("phone.ntp", &[("local_time.ntp_server1", "")], Say::Same),
    row(
        "phone.timezone",
        &[("local_time.time_zone", ""), ("local_time.time_zone_name", ""), ("local_time.summer_time", "")],
        Say::By(zone),
    ),
    row("phone.tone_region", &[("voice.tone.country", "")], Say::By(tone)),
    // The name of the station, which the idle screen shows; since V83.
    row("phone.unbound_text", &[("features.station_name.value", "")], Say::Unbound),
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
    row("sip.lookup", &[], Say::By(naptr_alone)),
];

const fn page(path: &'static str, keys: &'static [(&'static str, &'static str)]) -> Row {
    row(path, keys, Say::Same)
}

/// What the user may not do the phone does not do at all: it cannot be locked where a forwarding is set.
fn forwarding(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let locked = reader.flag(path)?;
    let set = reader.resolution().settings.keys().any(|path| path.as_str().contains(".forward."));
    if locked && set {
        reader.refuse(path, "It would switch off the forwarding that is set for a line.");
        return None;
    }
    Some(vec![if locked { "0" } else { "1" }.into()])
}

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
