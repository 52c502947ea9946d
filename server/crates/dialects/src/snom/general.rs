//! Settings of the phone as a whole.

use super::words;
use crate::{
    entries::Content,
    lines::naptr_alone,
    reader::Reader,
    rows::{Row, Say, row},
};

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("firmware.url", &[("update_policy", "auto_update"), ("firmware", "")], Say::Switched("auto_update")),
    row("network.lldp", &[("lldp_enable", "on")], Say::Flag("off", "on")),
    row("network.pc_vlan", &[("vlan_pc_id", "")], Say::Same),
    row("network.qos_audio", &[("codec_tos", "160")], Say::By(tos)),
    row("network.qos_signalling", &[("signaling_tos", "160")], Say::By(tos)),
    row("network.vlan", &[("vlan_id", "")], Say::Same),
    row("network.vlan_priority", &[("vlan_qos", "")], Say::Same),
    paging("paging.1.address", &[("mc_address.1", "")]),
    paging("paging.2.address", &[("mc_address.2", "")]),
    paging("paging.3.address", &[("mc_address.3", "")]),
    paging("paging.4.address", &[("mc_address.4", "")]),
    paging("paging.5.address", &[("mc_address.5", "")]),
    paging("paging.6.address", &[("mc_address.6", "")]),
    paging("paging.7.address", &[("mc_address.7", "")]),
    paging("paging.8.address", &[("mc_address.8", "")]),
    paging("paging.9.address", &[("mc_address.9", "")]),
    paging("paging.10.address", &[("mc_address.10", "")]),
    // Firmware before 10 reads the names without `webserver`.
    row(
        "phone.admin_password",
        &[
            ("admin_mode_password", ""),
            ("http_user", ""),
            ("http_pass", ""),
            ("webserver_admin_name", ""),
            ("webserver_admin_password", ""),
        ],
        Say::By(admin),
    ),
    row("phone.language", &[("language", "English"), ("web_language", "English")], Say::By(language)),
    row("phone.ntp", &[("ntp_server", "")], Say::Same),
    row("phone.timezone", &[("timezone", "")], Say::By(zone)),
    row("phone.tone_region", &[("tone_scheme", "USA")], Say::By(tone)),
    // What the factory has is all four, PnP and DHCP among them.
    row(
        "provisioning.dhcp_override",
        &[("provisioning_order", EVERY_WAY)],
        Say::DhcpOverride("redirection:stop", EVERY_WAY),
    ),
    row("provisioning.interval_minutes", &[("settings_refresh_timer", "0")], Say::By(seconds)),
    row("provisioning.password", &[("http_client_pass", "")], Say::Own),
    row("provisioning.url", &[("setting_server", "")], Say::By(address)),
    row("provisioning.user", &[("http_client_user", "")], Say::Own),
    row("sip.lookup", &[], Say::By(lookup)),
];

const EVERY_WAY: &str = "redirection:stop pnp:stop dhcp:stop tr69:stop";

/// As many multicast addresses as the phone listens to.
pub(super) const PAGING: u8 = 10;

const fn paging(path: &'static str, keys: &'static [(&'static str, &'static str)]) -> Row {
    row(path, keys, Say::By(multicast))
}

/// An address and a port; what follows a comma would be options.
fn multicast(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let text = reader.text(path)?;
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b':')) {
        reader.refuse(path, "Expected an address and a port, such as 239.1.1.1:5001.");
        return None;
    }
    Some(vec![text.into()])
}

/// The phone takes the whole byte in which DSCP is the upper six bits (RFC 2474).
pub(super) fn tos(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![(reader.number(path, 0..=63)? * 4).to_string().into()])
}

fn seconds(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![(reader.number(path, 1..=43_200)? * 60).to_string().into()])
}

/// With `{mac}` in the address the phone asks for that file alone. Without a slash at the end it is an address that
/// somebody has written to its end.
pub(super) fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let text = reader.text(path)?;
    Some(vec![if text.ends_with('/') { format!("{text}snom-{{mac}}.htm") } else { text }.into()])
}

/// An identity that names its registrar and no way there asks DNS for both (Snom, SIP Failover and Load balancing via DNS
/// SRV and NAPTR).
fn lookup(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let named = ["sip.domain", "sip.outbound_proxy.host"].iter().any(|way| reader.set(way).is_some());
    if named && reader.text(path)? == "naptr" {
        reader.refuse(
            path,
            "These phones look up a registrar that is the SIP domain itself, with no proxy before it.",
        );
        return None;
    }
    naptr_alone(reader, path)
}

fn admin(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let secret = Content::Secret(reader.secret(path)?);
    Some(vec![secret.clone(), "admin".into(), secret.clone(), "admin".into(), secret])
}

pub(super) fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let Some(name) = words::language(&tag) else {
        reader.refuse(path, "This language has no Snom name here yet; set the raw keys.");
        return None;
    };
    Some(vec![name.into(), name.into()])
}

pub(super) fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let iana = reader.text(path)?;
    let Some(name) = words::zone(&iana) else {
        reader.refuse(path, "This time zone has no Snom name here yet; set the raw keys.");
        return None;
    };
    Some(vec![name.into()])
}

pub(super) fn tone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let code = reader.text(path)?;
    let Some(name) = words::tones(&code) else {
        reader.refuse(path, "Snom's phones have no tones of this country.");
        return None;
    };
    Some(vec![name.into()])
}
