//! Settings of the phone as a whole.

use crate::{
    entries::Content,
    flat::{NORTH_AMERICA, address, language, seconds, tones, zone},
    reader::Reader,
    rows::{Row, Say, row},
};

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("firmware.url", &[("Upgrade_Enable", "Yes"), ("Upgrade_Rule", "")], Say::Switched("Yes")),
    row("network.lldp", &[("Enable_LLDP-MED", "Yes")], Say::Flag("No", "Yes")),
    row(
        "network.pc_vlan",
        &[("Enable_PC_Port_VLAN_Tagging", "No"), ("PC_Port_VLAN_ID", "1")],
        Say::Switched("Yes"),
    ),
    row("network.vlan", &[("Enable_VLAN", "No"), ("VLAN_ID", "1")], Say::Switched("Yes")),
    row("phone.admin_password", &[("Admin_Password", "")], Say::Own),
    row("phone.language", &[("Language_Selection", "English-US")], Say::By(language)),
    row("phone.ntp", &[("Primary_NTP_Server", "")], Say::Same),
    row("phone.pickup_code", &[("Call_Pickup_Code", "")], Say::Same),
    row(
        "phone.timezone",
        &[
            ("Time_Zone", "GMT-08:00"),
            ("Daylight_Saving_Time_Enable", "No"),
            ("Daylight_Saving_Time_Rule", ""),
        ],
        Say::By(zone),
    ),
    row(
        "phone.tone_region",
        &[
            ("Dial_Tone", NORTH_AMERICA[0]),
            ("Busy_Tone", NORTH_AMERICA[1]),
            ("Reorder_Tone", NORTH_AMERICA[2]),
            ("Ring_Back_Tone", NORTH_AMERICA[3]),
        ],
        Say::By(tones),
    ),
    row(
        "provisioning.dhcp_override",
        &[("DHCP_Option_To_Use", EVERY_OPTION)],
        Say::DhcpOverride("", EVERY_OPTION),
    ),
    row("provisioning.interval_minutes", &[("Resync_Periodic", "3600")], Say::By(seconds)),
    row("provisioning.password", &[("GPP_B", "")], Say::Own),
    row("provisioning.url", &[("Profile_Rule", "")], Say::By(address)),
    row("provisioning.user", &[("GPP_A", "")], Say::Own),
    row("sip.voicemail_number", &[("Voice_Mail_Number", "")], Say::Same),
];

const EVERY_OPTION: &str = "66,160,159,150,60,43,125";

/// A group to page: the phone listens to it, and calls it as 801 to 810.
pub(crate) fn paging(reader: &mut Reader<'_>, group: u8) -> Option<Content> {
    let path = format!("paging.{group}.address");
    let address = reader.text(&path)?;
    let fits = |c: u8| c.is_ascii_digit() || matches!(c, b'.' | b':');
    if address.is_empty() || !address.bytes().all(fits) {
        reader.refuse(&path, "Expected an address and a port, such as 239.1.1.1:5001.");
        return None;
    }
    let path = format!("paging.{group}.label");
    let label = reader.text(&path).unwrap_or_else(|| format!("Group {group}"));
    if label.contains([';', '=']) {
        reader.refuse(&path, "`;` and `=` mean something else to these phones.");
        return None;
    }
    Some(format!("pggrp={address};name={label};num={};listen=yes;", 800 + u16::from(group)).into())
}
