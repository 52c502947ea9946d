//! What it means that a setting cannot be written for a phone: whether a line may still be bound there.
//!
//! A layer of an organisation or a site serves many models. What one of them has not, and nobody needs for calling,
//! for being called or for staying safe, must not keep a line from it: the phone goes without, and a finding says
//! so. On the device itself somebody meant exactly this phone: then it always blocks.

use super::{Path, schema};
use crate::{Code, Finding, layer::Level};

/// What becomes of a phone for which a setting cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Nothing is bound or changed there.
    Blocks,
    /// It goes without.
    LeftOut,
}

use Lack::{Blocks, LeftOut};

/// Settings, what becomes of a phone without them, and why. A pattern ends in `*` for everything that begins so.
pub const TABLE: &[(&[&str], Lack, &str)] = &[
    (
        &[
            "line.#.auth_user",
            "line.#.display_name",
            "line.#.extension",
            "line.#.forward.*",
            "line.#.label",
            "line.#.owner",
            "line.#.password",
            "sip.registrar.*",
            "sip.domain",
            "sip.transport",
            "sip.lookup",
            "sip.outbound_proxy.*",
        ],
        Blocks,
        "Without it the line is another line, or none.",
    ),
    (
        &["line.#.shared"],
        LeftOut,
        "It rings and calls, and does not show what the line does on other phones.",
    ),
    (&["sip.backup.*"], Blocks, "Somebody counts on calls while the registrar is away, emergency calls too."),
    (&["sip.srtp"], Blocks, "Audio would be open to everybody on the way."),
    (
        &["phone.admin_password", "provisioning.user", "provisioning.password"],
        Blocks,
        "The phone would keep a password that others know.",
    ),
    (
        &["provisioning.url", "provisioning.dhcp_override"],
        Blocks,
        "The phone could be led to another server, or never come back to this one.",
    ),
    (&["phone.dial_plan"], Blocks, "Emergency numbers must be dialled as they are meant."),
    (&["phone.forward_locked"], Blocks, "Calls could be led away where they must not be."),
    (&["paging.#.address"], Blocks, "A page may be a warning, and would not be heard."),
    (&["paging.#.label"], LeftOut, "Pages are heard all the same."),
    (&["network.vlan", "network.lldp"], LeftOut, "The switch puts the phone into its VLAN."),
    (
        &["network.vlan_priority", "network.qos_audio", "network.qos_signalling"],
        LeftOut,
        "The switch can mark what comes from its port.",
    ),
    (&["network.pc_vlan"], LeftOut, "The switch says which networks a port reaches."),
    (
        &["phone.language", "phone.ntp", "phone.timezone", "phone.tone_region", "phone.unbound_text"],
        LeftOut,
        "The phone shows and plays its own; calls are the same.",
    ),
    (
        &["keys.*", "expansion.*", "phone.pickup_code"],
        LeftOut,
        "A key is a short cut: the number can be dialled.",
    ),
    (&["sip.codecs"], LeftOut, "Phones have G.711, and agree on a codec at every call."),
    (&["sip.expires"], LeftOut, "The registrar says how long a registration holds."),
    (&["sip.voicemail_number"], LeftOut, "The mailbox can be dialled."),
    (&["fxs.*"], LeftOut, "The port rings; faxes go as audio."),
    (&["provisioning.interval_minutes"], LeftOut, "Changes arrive when the phone is told or starts."),
    (&["firmware.*"], LeftOut, "The phone is listed under those that have another firmware."),
    (&["uploads.*"], LeftOut, "It is about what is kept here, not about the phone."),
];

/// What becomes of a phone without the setting of this pattern, and why.
pub fn lack(pattern: &str) -> (Lack, &'static str) {
    let is = |own: &&str| own.strip_suffix('*').map_or(*own == pattern, |start| pattern.starts_with(start));
    let row = TABLE.iter().find(|(patterns, ..)| patterns.iter().any(is));
    // What nobody has thought about yet is needed.
    row.map_or((Blocks, ""), |(_, lack, why)| (*lack, *why))
}

/// The finding about `path`, set by a layer of this level, that cannot be written, and why not.
pub fn finding(path: &Path, level: Level, detail: &str) -> Finding {
    let (lack, why) = schema::rule_of(path).map_or((Blocks, ""), |rule| lack(rule.pattern));
    // A pin repeats what other layers said, and the phone went without it then. A line is shared whatever its phones show.
    if lack == LeftOut && (level < Level::Device || matches!(level, Level::Pin | Level::Line)) {
        return Finding::new(Code::SettingLeftOut, path.as_str()).detail(format!("{detail} {why}"));
    }
    Finding::new(Code::SettingInexpressible, path.as_str()).detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::schema::RULES;

    #[test]
    fn every_setting_is_in_one_row_and_every_row_is_about_settings() {
        let fits = |own: &str, pattern: &str| match own.strip_suffix('*') {
            Some(start) => pattern.starts_with(start),
            None => own == pattern,
        };
        for rule in RULES {
            let rows: Vec<_> =
                TABLE.iter().filter(|row| row.0.iter().any(|own| fits(own, rule.pattern))).collect();
            assert_eq!(rows.len(), 1, "{}", rule.pattern);
        }
        for (own, ..) in TABLE.iter().flat_map(|row| row.0.iter().map(move |own| (own, row))) {
            assert!(RULES.iter().any(|rule| fits(own, rule.pattern)), "{own}");
        }
    }

    #[test]
    fn only_comfort_from_above_the_device_lets_a_line_through() {
        use Level::{Device, Exception, Group, Line, Model, Organisation, Pin, Segment, Site, Vendor};
        for (path, may) in [
            ("network.vlan_priority", true),
            ("keys.3.type", true),
            ("phone.tone_region", true),
            ("sip.srtp", false),
            ("sip.registrar.host", false),
            ("line.1.extension", false),
            ("line.1.shared", true),
            ("line.1.forward.always", false),
            ("phone.dial_plan", false),
            ("phone.admin_password", false),
            ("provisioning.dhcp_override", false),
            ("raw.yealink.\"account.1.password\"", false),
            ("no.such.setting", false),
        ] {
            let path = Path::parse(path).unwrap();
            for level in [Vendor, Model, Organisation, Site, Segment, Group, Line, Pin] {
                assert_eq!(finding(&path, level, "").blocks(), !may, "{path} {level:?}");
            }
            for level in [Device, Exception] {
                assert!(finding(&path, level, "").blocks(), "{path} {level:?}");
            }
        }
    }
}
