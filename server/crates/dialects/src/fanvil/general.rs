//! Settings of the phone as a whole.

use crate::{
    entries::Content,
    reader::Reader,
    rows::{Key, Row, Say, row},
    zones::{self, Turn},
};

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("network.lldp", &[("qos/LLDPTransmit", "0"), ("qos/LLDPLearnPolicy", "0")], Say::Flag("0", "1")),
    row("network.pc_vlan", &[("qos/EnablePVID", "1"), ("qos/PVIDValue", "254")], Say::Switched("2")),
    row("network.qos_audio", &[("qos/VoiceDSCP", "46")], Say::Same),
    // The vendor's own spelling.
    row("network.qos_signalling", &[("qos/SingallingDSCP", "46")], Say::Same),
    row("network.vlan", &[("qos/EnableVLAN", "0"), ("qos/VLANID", "256")], Say::Switched("1")),
    row("network.vlan_priority", &[("qos/SignallingPriority", "0"), ("qos/VoicePriority", "0")], Say::Same),
    address("paging.1.address", &[("mcast/addr[1]/Host", ""), ("mcast/addr[1]/Port", "0")]),
    address("paging.2.address", &[("mcast/addr[2]/Host", ""), ("mcast/addr[2]/Port", "0")]),
    address("paging.3.address", &[("mcast/addr[3]/Host", ""), ("mcast/addr[3]/Port", "0")]),
    address("paging.4.address", &[("mcast/addr[4]/Host", ""), ("mcast/addr[4]/Port", "0")]),
    address("paging.5.address", &[("mcast/addr[5]/Host", ""), ("mcast/addr[5]/Port", "0")]),
    address("paging.6.address", &[("mcast/addr[6]/Host", ""), ("mcast/addr[6]/Port", "0")]),
    address("paging.7.address", &[("mcast/addr[7]/Host", ""), ("mcast/addr[7]/Port", "0")]),
    address("paging.8.address", &[("mcast/addr[8]/Host", ""), ("mcast/addr[8]/Port", "0")]),
    address("paging.9.address", &[("mcast/addr[9]/Host", ""), ("mcast/addr[9]/Port", "0")]),
    address("paging.10.address", &[("mcast/addr[10]/Host", ""), ("mcast/addr[10]/Port", "0")]),
    row("paging.1.label", &[("mcast/addr[1]/Name", "")], Say::Same),
    row("paging.2.label", &[("mcast/addr[2]/Name", "")], Say::Same),
    row("paging.3.label", &[("mcast/addr[3]/Name", "")], Say::Same),
    row("paging.4.label", &[("mcast/addr[4]/Name", "")], Say::Same),
    row("paging.5.label", &[("mcast/addr[5]/Name", "")], Say::Same),
    row("paging.6.label", &[("mcast/addr[6]/Name", "")], Say::Same),
    row("paging.7.label", &[("mcast/addr[7]/Name", "")], Say::Same),
    row("paging.8.label", &[("mcast/addr[8]/Name", "")], Say::Same),
    row("paging.9.label", &[("mcast/addr[9]/Name", "")], Say::Same),
    row("paging.10.label", &[("mcast/addr[10]/Name", "")], Say::Same),
    // The first account is the administrator's, level 10.
    row(
        "phone.admin_password",
        &[("web/account[1]/Name", ""), ("web/account[1]/Password", ""), ("web/account[1]/Level", "")],
        Say::By(admin),
    ),
    row("phone.language", &[("phone/display/DefaultLanguage", "en")], Say::By(language)),
    row("phone.ntp", &[("phone/date/EnableSNTP", "1"), ("phone/date/SNTPServer", "")], Say::Switched("1")),
    row("phone.timezone", CLOCK, Say::By(zone)),
    row("phone.tone_region", &[("mm/SelectYourTone", "11")], Say::Words(TONES)),
    // What stands at the top of the screen (FusionPBX's templates: a dozen characters are shown).
    row("phone.unbound_text", &[("phone/display/LCDTitle", "")], Say::Unbound),
    row("provisioning.dhcp_override", &[("ap/opt/DHCPOption", "66")], Say::DhcpOverride("0", "66")),
    row("provisioning.dhcp_override", &[("ap/pnp/PNPEnable", "1")], Say::DhcpOverride("0", "1")),
    row("provisioning.interval_minutes", &[("ap/FlashMode", "1"), ("ap/FlashInterval", "1")], Say::By(hours)),
    row("provisioning.password", &[("ap/DefaultPassword", "")], Say::Own),
    row(
        "provisioning.url",
        &[
            ("ap/SaveProvisionInfo", "1"),
            ("ap/FlashServerIP", ""),
            ("ap/FlashFileName", ""),
            ("ap/FlashProtocol", ""),
        ],
        Say::By(server),
    ),
    row("provisioning.user", &[("ap/DefaultUsername", "")], Say::Own),
];

/// As many groups as the phone listens to.
pub(super) const PAGING: u8 = 10;

const CLOCK: &[Key] = &[
    ("phone/date/TimeZone", "32"),
    ("phone/date/TimeZoneName", "UTC+8"),
    ("phone/date/EnableDST", "0"),
    ("phone/date/DSTFixedType", "0"),
    ("phone/date/DSTMinOffset", "60"),
    ("phone/date/DSTStartMon", "3"),
    ("phone/date/DSTStartWeek", "5"),
    ("phone/date/DSTStartWday", "0"),
    ("phone/date/DSTStartHour", "2"),
    ("phone/date/DSTEndMon", "10"),
    ("phone/date/DSTEndWeek", "5"),
    ("phone/date/DSTEndWday", "0"),
    ("phone/date/DSTEndHour", "2"),
];

/// Languages by the first word of their tag; regions have no words of their own.
const LANGUAGES: &[(&str, &str)] = &[
    ("de", "de"),
    ("en", "en"),
    ("es", "es"),
    ("fr", "fr"),
    ("it", "it"),
    ("nl", "nl"),
    ("pl", "pl"),
    ("pt", "pt"),
    ("ru", "ru"),
    ("tr", "tr"),
    ("zh", "cn"),
];

/// Numbers of countries in the phones' list.
const TONES: &[(&str, &str)] = &[
    ("CA", "18"),
    ("DE", "2"),
    ("ES", "33"),
    ("FR", "25"),
    ("GB", "13"),
    ("IT", "21"),
    ("NL", "5"),
    ("US", "11"),
];

const fn address(path: &'static str, keys: &'static [Key]) -> Row {
    row(path, keys, Say::By(multicast))
}

fn multicast(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let text = reader.text(path)?;
    let parts = text.rsplit_once(':');
    let fits = |host: &str, port: &str| {
        let plain = |c: u8| c.is_ascii_digit() || c == b'.';
        !host.is_empty() && host.bytes().all(plain) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let Some((host, port)) = parts.filter(|(host, port)| fits(host, port)) else {
        reader.refuse(path, "Expected an address and a port, such as 239.1.1.1:5001.");
        return None;
    };
    Some(vec![host.into(), port.into()])
}

fn admin(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec!["admin".into(), Content::Secret(reader.secret(path)?), "10".into()])
}

fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let bare = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let found = LANGUAGES.iter().find(|(own, _)| own.eq_ignore_ascii_case(bare));
    if found.is_none() {
        reader.refuse(path, "These phones have no word for it.");
    }
    Some(vec![found?.1.into()])
}

/// Mode 2 asks at intervals of whole hours.
fn hours(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let minutes = reader.number(path, 1..=43_200)?;
    Some(vec!["2".into(), ((minutes + 59) / 60).to_string().into()])
}

/// The folder without its slash, the file, and the number of the protocol.
fn server(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let text = reader.text(path)?;
    let protocol = match text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
        Some("ftp") => "1",
        Some("tftp") => "2",
        Some("http") => "4",
        Some("https") => "5",
        _ => {
            reader.refuse(path, "Expected an address that begins with `https://`, `http://` or `tftp://`.");
            return None;
        }
    };
    let (folder, file) = text.rsplit_once('/').unwrap_or((&text, ""));
    let file = if file.is_empty() { "$mac.cfg" } else { file };
    Some(vec!["1".into(), folder.into(), file.into(), protocol.into()])
}

/// Quarters of an hour, then the rule of the zone: week 5 is the last, weekday 0 is Sunday, hours are whole.
fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    let clock = clock(&name);
    if clock.is_none() {
        reader.refuse(path, "These phones have no rule for this time zone; set the raw keys.");
    }
    clock
}

fn clock(iana: &str) -> Option<Vec<Content>> {
    let zone = zones::zone(iana)?;
    let (hours, minutes) = (zone.standard / 60, zone.standard.abs() % 60);
    let name = match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) if hours < 0 => format!("UTC-{:02}", -hours),
        (_, 0) => format!("UTC+{hours}"),
        _ => format!("UTC{}{}:{minutes:02}", if zone.standard < 0 { '-' } else { '+' }, hours.abs()),
    };
    let mut said: Vec<Content> = vec![(zone.standard / 15).to_string().into(), name.into()];
    let Some(summer) = zone.summer else {
        said.push("0".into());
        said.extend(CLOCK[3..].iter().map(|(_, factory)| Content::from(*factory)));
        return Some(said);
    };
    said.extend(["2".into(), "2".into(), summer.save.to_string().into()]);
    said.extend(turn(summer.start)?);
    said.extend(turn(summer.end)?);
    Some(said)
}

/// Month, week, weekday, hour.
fn turn(turn: Turn) -> Option<[Content; 4]> {
    let whole = (0..1440).contains(&turn.minute) && turn.minute % 60 == 0;
    let number = |number: i32| Content::from(number.to_string());
    whole.then(|| {
        [
            number(turn.month.into()),
            number(turn.week.into()),
            number(turn.weekday.into()),
            number(turn.minute / 60),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_both_hemispheres() {
        let said = |iana: &str| {
            let words = |content: Content| match content {
                Content::Text(text) => text,
                other => format!("{other:?}"),
            };
            clock(iana).map(|all| all.into_iter().map(words).collect::<Vec<_>>().join(" "))
        };
        for (iana, expected) in [
            ("Europe/Berlin", Some("4 UTC+1 2 2 60 3 5 0 2 10 5 0 3")),
            ("Europe/London", Some("0 UTC 2 2 60 3 5 0 1 10 5 0 2")),
            ("America/New_York", Some("-20 UTC-05 2 2 60 3 2 0 2 11 1 0 2")),
            ("Australia/Sydney", Some("40 UTC+10 2 2 60 10 1 0 2 4 1 0 3")),
            ("Australia/Adelaide", Some("38 UTC+9:30 2 2 60 10 1 0 2 4 1 0 3")),
            ("Asia/Kolkata", Some("22 UTC+5:30 0 0 60 3 5 0 2 10 5 0 2")),
            // On Friday after the fourth Thursday: no such rule here.
            ("Asia/Jerusalem", None),
            ("Mars/Olympus", None),
        ] {
            assert_eq!(said(iana).as_deref(), expected, "{iana}");
        }
    }
}
