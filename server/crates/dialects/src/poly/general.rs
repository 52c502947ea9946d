//! Settings of the phone as a whole. Every `device.` parameter is kept in flash, so those that are reset say to what;
//! of the others an empty one is left out, and the phone has its default again.

use super::languages;
use crate::{
    entries::Content,
    lines::naptr_alone,
    reader::Reader,
    rows::{Row, Say, row},
    zones::{self, Turn},
};

/// In the master, not among the settings.
pub(super) const FIRMWARE: &str = "APP_FILE_PATH";

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("firmware.url", &[(FIRMWARE, "")], Say::Same),
    row("network.lldp", &[("device.net.lldpEnabled", "1")], Say::Flag("0", "1")),
    row("network.qos_audio", &[("qos.ip.rtp.dscp", "")], Say::Same),
    row("network.qos_signalling", &[("qos.ip.callControl.dscp", "")], Say::Same),
    row("network.vlan", &[("device.net.vlanId", "")], Say::Same),
    row(
        "network.vlan_priority",
        &[("qos.ethernet.callControl.user_priority", ""), ("qos.ethernet.rtp.user_priority", "")],
        Say::Same,
    ),
    row("phone.admin_password", &[("device.auth.localAdminPassword", "")], Say::Own),
    row("phone.dial_plan", &[("dialplan.digitmap", "")], Say::Same),
    row("phone.language", &[("lcl.ml.lang", "")], Say::By(language)),
    row(
        "phone.ntp",
        &[("tcpIpApp.sntp.address.overrideDHCP", ""), ("tcpIpApp.sntp.address", "")],
        Say::Switched("1"),
    ),
    row(
        "phone.pickup_code",
        &[("call.directedCallPickupMethod", ""), ("call.directedCallPickupString", "")],
        Say::Switched("legacy"),
    ),
    row(
        "phone.timezone",
        &[
            ("tcpIpApp.sntp.gmtOffset.overrideDHCP", ""),
            ("tcpIpApp.sntp.gmtOffset", ""),
            ("tcpIpApp.sntp.daylightSavings.enable", ""),
            ("tcpIpApp.sntp.daylightSavings.fixedDayEnable", ""),
            ("tcpIpApp.sntp.daylightSavings.start.month", ""),
            ("tcpIpApp.sntp.daylightSavings.start.date", ""),
            ("tcpIpApp.sntp.daylightSavings.start.time", ""),
            ("tcpIpApp.sntp.daylightSavings.start.dayOfWeek", ""),
            ("tcpIpApp.sntp.daylightSavings.start.dayOfWeek.lastInMonth", ""),
            ("tcpIpApp.sntp.daylightSavings.stop.month", ""),
            ("tcpIpApp.sntp.daylightSavings.stop.date", ""),
            ("tcpIpApp.sntp.daylightSavings.stop.time", ""),
            ("tcpIpApp.sntp.daylightSavings.stop.dayOfWeek", ""),
            ("tcpIpApp.sntp.daylightSavings.stop.dayOfWeek.lastInMonth", ""),
        ],
        Say::By(zone),
    ),
    // What phones export says `Static`; for a custom option of DHCP or else 66 there is only the number in the vendor's
    // guides. Should a phone not take it, it stays with the address that it has.
    row(
        "provisioning.dhcp_override",
        &[("device.dhcp.bootSrvUseOpt", "3")],
        Say::DhcpOverride("Static", "3"),
    ),
    row(
        "provisioning.interval_minutes",
        &[("prov.polling.enabled", ""), ("prov.polling.mode", ""), ("prov.polling.period", "")],
        Say::By(interval),
    ),
    row("provisioning.password", &[("device.prov.password", "")], Say::Own),
    row(
        "provisioning.url",
        &[("device.prov.serverType", ""), ("device.prov.serverName", "")],
        Say::By(server),
    ),
    row("provisioning.user", &[("device.prov.user", "")], Say::Own),
    row("sip.lookup", &[], Say::By(naptr_alone)),
];

fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let Some(name) = languages::language(&tag) else {
        reader.refuse(path, "Poly's phones have no dictionary of this language.");
        return None;
    };
    Some(vec![name.into()])
}

fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    let said = zones::zone(&name).and_then(|zone| {
        let mut said = vec!["1".into(), (zone.standard * 60).to_string().into()];
        match zone.summer {
            None => said.extend(["0".into()].into_iter().chain(std::iter::repeat_n(Content::Empty, 11))),
            // Clocks go forward by an hour, never by less.
            Some(summer) if summer.save == 60 => {
                said.extend(["1".into(), "0".into()]);
                said.extend(turn(summer.start)?.into_iter().chain(turn(summer.end)?));
            }
            Some(_) => return None,
        }
        Some(said)
    });
    if said.is_none() {
        reader.refuse(path, "These phones cannot be told when its clocks change; set the raw keys.");
    }
    said
}

/// Month, day, hour, weekday from 1, and whether it is the month's last. A day is the first on which it may be.
fn turn(turn: Turn) -> Option<[Content; 5]> {
    let whole = turn.minute % 60 == 0 && (0..24 * 60).contains(&turn.minute);
    let last = turn.week == 5;
    let day = if last { Content::Empty } else { (7 * (turn.week - 1) + 1).to_string().into() };
    whole.then(|| {
        [
            turn.month.to_string().into(),
            day,
            (turn.minute / 60).to_string().into(),
            (turn.weekday + 1).to_string().into(),
            if last { "1" } else { "0" }.into(),
        ]
    })
}

/// Seconds; an hour is the least.
fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let minutes = reader.number(path, 1..=43_200)?;
    if minutes < 60 {
        reader.refuse(path, "These phones fetch once an hour at most.");
        return None;
    }
    Some(vec!["1".into(), "rel".into(), (minutes * 60).to_string().into()])
}

/// The scheme stands apart from the rest of the address.
fn server(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let url = reader.text(path)?;
    let (scheme, rest) = match url.split_once("://") {
        Some(("https", rest)) => ("HTTPS", rest),
        Some(("http", rest)) => ("HTTP", rest),
        _ => {
            reader.refuse(path, "Expected an address that begins with `https://` or `http://`.");
            return None;
        }
    };
    Some(vec![scheme.into(), rest.to_owned().into()])
}
