//! Settings as a whole: those of phones, those of adapters, and both for whoever asks before it is known.

use crate::{
    cisco_mpp::paging,
    entries::{Content, Entry},
    flat::{NORTH_AMERICA, address, language, seconds, tones, zone},
    job::Job,
    reader::Reader,
    rows::{Row, Say, row},
};
use domain::setting::Path;

/// What both have, between what each has.
macro_rules! rows {
    ($($own:expr),* $(,)?) => {
        &[
            row("firmware.url", &[("Upgrade_Enable", "Yes"), ("Upgrade_Rule", "")], Say::Switched("Yes")),
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
            $($own),*
        ]
    };
}

const EVERY_OPTION: &str = "66,160,159,150";

const PC_VLAN: Row = row(
    "network.pc_vlan",
    &[("Enable_PC_Port_VLAN_Tagging", "No"), ("PC_Port_VLAN_ID", "1")],
    Say::Switched("Yes"),
);
const VLAN: Row = row("network.vlan", &[("Enable_VLAN", "No"), ("VLAN_ID", "1")], Say::Switched("Yes"));
const ADMIN: Row = row("phone.admin_password", &[("Admin_Passwd", "")], Say::Own);
/// The guide of the SPA300 and SPA500 series describes LLDP-MED; its switch is called so in public templates.
const LLDP: Row = row("network.lldp", &[("Enable_LLDP-MED", "Yes")], Say::Flag("No", "Yes"));
const LANGUAGE: Row = row("phone.language", &[("Language_Selection", "English-US")], Say::By(language));
const NTP: Row = row("phone.ntp", &[("Primary_NTP_Server", "")], Say::Same);
const PICKUP: Row = row(
    "phone.pickup_code",
    &[("Call_Pickup_Code", ""), ("Attendant_Console_Call_Pickup_Code", "")],
    Say::Same,
);
const CLOCK: Row = row(
    "phone.timezone",
    &[("Time_Zone", "GMT-08:00"), ("Daylight_Saving_Time_Enable", "No"), ("Daylight_Saving_Time_Rule", "")],
    Say::By(zone),
);
const SRTP: Row =
    row("sip.srtp", &[("Secure_Call_Setting", "No"), ("SRTP_Method", "x-sipura")], Say::By(srtp));

/// An adapter is a router too: what it has of one stands in a group of its own.
const ROUTER_VLAN: Row = row(
    "network.vlan",
    &[
        ("router-configuration/WAN_VLAN_Setting/WAN_VLAN_Enable", "0"),
        ("router-configuration/WAN_VLAN_Setting/WAN_VLAN_ID", "1"),
    ],
    Say::Switched("1"),
);
const ROUTER_ADMIN: Row = row(
    "phone.admin_password",
    &[
        ("router-configuration/Web_Login_Admin_Name", ""),
        ("router-configuration/Web_Login_Admin_Password", ""),
    ],
    Say::By(admin),
);
const ROUTER_NTP: Row = row(
    "phone.ntp",
    &[
        ("router-configuration/Time_Setup/Time_Server_Mode", "auto"),
        ("router-configuration/Time_Setup/Time_Server", ""),
    ],
    Say::Switched("manual"),
);

pub(super) const PHONE: &[Row] = rows![LLDP, PC_VLAN, VLAN, ADMIN, LANGUAGE, NTP, PICKUP, CLOCK, SRTP];
pub(super) const ADAPTER: &[Row] = rows![ROUTER_VLAN, ROUTER_ADMIN, ROUTER_NTP];
/// What an element says that a model does not know, it ignores.
pub(super) const ANY: &[Row] =
    rows![LLDP, PC_VLAN, VLAN, LANGUAGE, NTP, PICKUP, CLOCK, SRTP, ROUTER_VLAN, ROUTER_NTP];

fn admin(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec!["admin".into(), Content::Secret(reader.secret(path)?)])
}

/// The one script of these phones: it lists groups, and public templates agree on how the first is written.
const SCRIPT: &str = "Group_Paging_Script";

/// Writes the first paging group, and takes it back; says that there is no other.
pub(super) fn page(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Vec<Entry>) {
    let own = ["paging.1.address", "paging.1.label"];
    let said = paging(reader, 1);
    let gone = |path: &&Path| path.as_str() == own[0];
    let (content, paths) = match said {
        Some(content) => (content, own.iter().filter_map(|path| reader.set(path)).collect()),
        None => (Content::Empty, job.lingering().filter(gone).cloned().collect::<Vec<_>>()),
    };
    if !paths.is_empty() && entries.iter().all(|entry| !entry.key.eq_ignore_ascii_case(SCRIPT)) {
        entries.push(Entry { key: SCRIPT.to_owned(), content, paths });
    }
    reader.groups(1);
}

/// The phone asks for encryption and goes on without: it cannot require it. Keys go in the description of the call
/// (RFC 4568), not in the vendor's own way.
fn srtp(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    match reader.text(path)?.as_str() {
        "off" => Some(vec!["No".into(), "x-sipura".into()]),
        "optional" => Some(vec!["Yes".into(), "s-descriptor".into()]),
        _ => {
            reader.refuse(path, "These phones can ask for encryption, not require it.");
            None
        }
    }
}
