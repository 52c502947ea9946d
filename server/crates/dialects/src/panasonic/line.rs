//! Keys of a line: its number stands at the end.

use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    lines::{Hop, Lookup, Registrar, Transport},
    rows::{LineRow, always, chosen},
    said,
    sheet::{About, Buttons, KEYS, Says},
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";

pub(super) const LINE: &[LineRow] = &[
    always("PHONE_NUMBER_#", "", &[EXTENSION], said::extension),
    always("SIP_URI_#", "", &[EXTENSION, "sip.domain", HOST], |line, to| {
        format!("{}@{}", line.extension, to.domain.as_ref().unwrap_or(&to.host)).into()
    }),
    always("SIP_AUTHID_#", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("SIP_PASS_#", "", &["line.#.password"], said::password),
    always("DISPLAY_NAME_#", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("SIP_SVCDOMAIN_#", "", &["sip.domain"], |_, to| said::text(to.domain.as_ref())),
    always("SIP_RGSTR_ADDR_#", "", &[HOST], |_, to| to.host.clone().into()),
    always("SIP_RGSTR_PORT_#", "5060", &[PORT], |_, to| to.port.to_string().into()),
    always("SIP_PRXY_ADDR_#", "", &[HOST], |_, to| to.host.clone().into()),
    always("SIP_PRXY_PORT_#", "5060", &[PORT], |_, to| to.port.to_string().into()),
    always("REG_EXPIRE_TIME_#", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("SIP_TRANSPORT_#", "0", &["sip.transport"], |_, to| {
        match to.transport {
            Transport::Udp => "0",
            Transport::Tcp => "1",
            Transport::Tls => "2",
        }
        .into()
    }),
    always("SIP_TLS_MODE_#", "0", &["sip.transport"], |_, to| {
        if to.transport == Transport::Tls { "1" } else { "0" }.into()
    }),
    always("VM_NUMBER_#", "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
    always("SIP_OUTPROXY_ADDR_#", "", &[PROXY], |_, to| host(to.outbound.as_ref())),
    always("SIP_OUTPROXY_PORT_#", "5060", &["sip.outbound_proxy.port", PROXY], |_, to| {
        port(to.outbound.as_ref(), to)
    }),
    always("SIP_2NDRGSTR_ADDR_#", "", &[BACKUP], |_, to| host(to.backup.as_ref())),
    always("SIP_2NDRGSTR_PORT_#", "5060", &["sip.backup.port", BACKUP], |_, to| port(to.backup.as_ref(), to)),
    always("SIP_2NDPROXY_ADDR_#", "", &[BACKUP], |_, to| host(to.backup.as_ref())),
    always("SIP_2NDPROXY_PORT_#", "5060", &["sip.backup.port", BACKUP], |_, to| port(to.backup.as_ref(), to)),
    chosen("DSCP_SIP_#", "0", &["network.qos_signalling"], |_, to| {
        to.each.qos_signalling.map_or(Content::Empty, |dscp| dscp.to_string().into())
    }),
    chosen("DSCP_RTP_#", "0", &["network.qos_audio"], |_, to| {
        to.each.qos_audio.map_or(Content::Empty, |dscp| dscp.to_string().into())
    }),
    chosen("DIAL_PLAN_#", "", &["phone.dial_plan"], |_, to| {
        to.each.dial_plan.as_deref().and_then(dial_plan).map_or(Content::Empty, Content::from)
    }),
    // NAPTR is not asked for anywhere; `write` says so.
    chosen("SIP_DNSSRV_ENA_#", "Y", &["sip.lookup"], |_, to| match to.lookup {
        Some(Lookup::Address) => "N".into(),
        Some(Lookup::Srv) => "Y".into(),
        Some(Lookup::Naptr) | None => Content::Empty,
    }),
];

/// A digit map as the phones read it (guide of the KX-UT670, "Dial Plan Settings"): `.` repeats what stands before it.
/// Timers have letters of their own there and are refused.
pub(super) fn dial_plan(map: &str) -> Option<String> {
    let map = map.trim();
    let bare = map.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(map);
    let plans: Vec<&str> = bare.split('|').map(str::trim).collect();
    (plans.len() <= 20 && plans.iter().all(|plan| known(plan))).then(|| plans.join("|"))
}

fn known(plan: &str) -> bool {
    let (mut places, mut rest, mut repeats) = (0, plan, false);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '.' if places > 0 && !repeats => {
                repeats = true;
                continue;
            }
            '0'..='9' | '*' | '#' | '+' | 'x' | 'X' => {}
            '[' => {
                let Some((class, after)) = rest.split_once(']') else { return false };
                let fits = |c: u8| c.is_ascii_digit() || c == b'-';
                if class.is_empty() || !class.bytes().all(fits) {
                    return false;
                }
                rest = after;
            }
            _ => return false,
        }
        (places, repeats) = (places + 1, false);
    }
    (1..=32).contains(&places)
}

fn host(hop: Option<&Hop>) -> Content {
    hop.map_or(Content::Empty, |hop| hop.host.clone().into())
}

fn port(hop: Option<&Hop>, to: &Registrar) -> Content {
    hop.map_or("5060".into(), |hop| hop.port.unwrap_or(to.port).to_string().into())
}

pub(super) const BUTTONS: Buttons = Buttons { patterns: KEYS, shared_with_lines: false, keys, say };

/// Words of the HDV series for what a key does, and the UT series' own.
pub(super) const UT_WORDS: [(&str, &str); 2] = [
    ("X_PANASONIC_IPTEL_LINE", "X_PANASONIC_IPTEL_DN"),
    ("X_PANASONIC_IPTEL_BLF", "X_PANASONIC_IPTEL_CONTACT"),
];

/// What a key does, of a module or not, begins so.
pub(super) const ACT: &str = "FLEX_BUTTON_FACILITY_ACT";

fn keys(place: Place) -> Vec<(String, &'static str)> {
    let number = place.number;
    match place.module {
        // Modules are counted on in ways that differ by model.
        Some(_) => vec![],
        None => [ACT, "FLEX_BUTTON_FACILITY_ARG", "FLEX_BUTTON_QUICK_DIAL", "FLEX_BUTTON_LABEL"]
            .map(|key| (format!("{key}{number}"), ""))
            .into(),
    }
}

fn say(button: &Button) -> Result<Says, &'static str> {
    if button.place.module.is_some() {
        return Err("Where the keys of a module begin is not known.");
    }
    let (act, argument, dial) = match button.does {
        Does::Nothing => (Content::Empty, Content::Empty, Content::Empty),
        Does::Line => ("X_PANASONIC_IPTEL_LINE".into(), button.line.to_string().into(), Content::Empty),
        Does::Blf => ("X_PANASONIC_IPTEL_BLF".into(), said::text(button.value.as_ref()), Content::Empty),
        Does::SpeedDial => {
            ("X_PANASONIC_IPTEL_ONETOUCH".into(), Content::Empty, said::text(button.value.as_ref()))
        }
        Does::Park | Does::Voicemail | Does::Dtmf => return Err("These phones have no key of this type."),
    };
    Ok(vec![
        (act, &["type"]),
        (argument, &["value", "line"]),
        (dial, &["value"]),
        (said::text(button.label.as_ref()), &["label"]),
    ])
}

/// What a raw key is about: a number at its end is a line's.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let key = key.to_ascii_uppercase();
    let end = key.rsplit_once('_').map(|(_, end)| end).filter(|end| end.bytes().all(|c| c.is_ascii_digit()));
    // A longer name is none.
    if key.len() > 32 {
        return None;
    }
    let about = match end.map(|end| (end, end.parse::<u8>())) {
        _ if key.starts_with("FLEX_BUTTON_") => About::Button,
        // `01` may be read as 1 by a phone, past our own `_1`.
        Some((end, Ok(number))) if number.to_string() == end => About::Line(number),
        Some(_) => About::Reserved,
        None => About::Phone,
    };
    key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_').then_some((about, key))
}

#[cfg(test)]
mod tests {
    use super::{super::SHEET, *};

    #[test]
    fn digit_maps_are_written_as_they_are_or_not_at_all() {
        let many = vec!["1x"; 21].join("|");
        let long = "x".repeat(33);
        for (map, plan) in [
            ("[2-9]xxx|0x.", Some("[2-9]xxx|0x.")),
            ("(112 | *xx | +x.)", Some("112|*xx|+x.")),
            ("0x.T", None),
            ("1x.S2", None),
            ("<101:9999>", None),
            ("[x]", None),
            ("[12", None),
            ("1..", None),
            (".", None),
            ("1||2", None),
            ("é", None),
            (many.as_str(), None),
            (long.as_str(), None),
        ] {
            assert_eq!(dial_plan(map).as_deref(), plan, "{map}");
        }
    }

    #[test]
    fn no_raw_key_can_make_a_line() {
        use super::About::{Button, Line, Phone, Reserved};
        for (key, about) in [
            ("PHONE_NUMBER_1", Reserved),
            ("sip_pass_2", Reserved),
            ("SIP_PASS_01", Reserved),
            ("SIP_PASS_", Reserved),
            ("SIP_TIMER_T1_1", Line(1)),
            ("FLEX_BUTTON_LABEL3", Button),
            ("SYSLOG_ADDR", Phone),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), Some(about), "{key}");
        }
    }
}
