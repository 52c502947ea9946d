//! GXP21 and GRP26 phones, but for GRP260: `config version="2"`, whose items have names.

use super::{adapters, values};
use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    lines::{Lookup, Registrar, Srtp},
    reader::Reader,
    rows::{LineRow, Row, Say, always, chosen, row},
    said,
    sheet::{About, Buttons, EACH, MODULES, Says, Sheet},
};

pub(super) const SHEET: Sheet = Sheet {
    phone: PHONE,
    line: LINE,
    buttons: Some(Buttons { patterns: MODULES, shared_with_lines: true, keys: key, say }),
    raw: about,
};

/// Addresses that a phone listens to for pages.
pub(super) const PAGING: u8 = 10;

/// In path order.
const PHONE: &[Row] = &[
    row(
        "firmware.url",
        &[("provisioning.firmware.protocol", "HTTP"), ("provisioning.firmware.serverPath", "")],
        Say::By(|reader, path| values::firmware(reader, path, ["HTTP", "HTTPS"]).map(Vec::from)),
    ),
    row("network.lldp", &[("network.lldp.enable", "Yes")], Say::Flag("No", "Yes")),
    row("network.pc_vlan", &[("network.port.pc.vlan.tag", "0")], Say::Same),
    row("network.qos_audio", &[("network.qos.forRtp", "46")], Say::Same),
    row("network.qos_signalling", &[("network.qos.forSip", "26")], Say::Same),
    row(
        "network.vlan",
        &[("network.port.eth.1.vlan.enable", "Yes"), ("network.port.eth.1.vlan.tag", "0")],
        Say::Switched("Yes"),
    ),
    row("network.vlan_priority", &[("network.port.eth.1.vlan.priority", "0")], Say::Same),
    page("paging.1.address", &[("multicast.listening.1.address", "")]),
    page("paging.1.label", &[("multicast.listening.1.label", "")]),
    page("paging.10.address", &[("multicast.listening.10.address", "")]),
    page("paging.10.label", &[("multicast.listening.10.label", "")]),
    page("paging.2.address", &[("multicast.listening.2.address", "")]),
    page("paging.2.label", &[("multicast.listening.2.label", "")]),
    page("paging.3.address", &[("multicast.listening.3.address", "")]),
    page("paging.3.label", &[("multicast.listening.3.label", "")]),
    page("paging.4.address", &[("multicast.listening.4.address", "")]),
    page("paging.4.label", &[("multicast.listening.4.label", "")]),
    page("paging.5.address", &[("multicast.listening.5.address", "")]),
    page("paging.5.label", &[("multicast.listening.5.label", "")]),
    page("paging.6.address", &[("multicast.listening.6.address", "")]),
    page("paging.6.label", &[("multicast.listening.6.label", "")]),
    page("paging.7.address", &[("multicast.listening.7.address", "")]),
    page("paging.7.label", &[("multicast.listening.7.label", "")]),
    page("paging.8.address", &[("multicast.listening.8.address", "")]),
    page("paging.8.label", &[("multicast.listening.8.label", "")]),
    page("paging.9.address", &[("multicast.listening.9.address", "")]),
    page("paging.9.label", &[("multicast.listening.9.label", "")]),
    row("phone.admin_password", &[("users.admin.password", "")], Say::Own),
    row("phone.language", &[("language.gui", "Automatic")], Say::By(language)),
    row("phone.ntp", &[("dateTime.ntp.server.1", "pool.ntp.org")], Say::Same),
    // DHCP may name a zone too, and would win.
    row(
        "phone.timezone",
        &[
            ("dateTime.override.dhcp.allowOption2", "Yes"),
            ("dateTime.timezone", "auto"),
            ("dateTime.timezone.custom", ""),
        ],
        Say::By(|reader, path| {
            values::zone(reader, path).map(|zone| vec!["No".into(), "customize".into(), zone])
        }),
    ),
    row(
        "provisioning.dhcp_override",
        &[("provisioning.override.dhcp.allowCommonOptions", "Yes"), ("provisioning.3cxAutoProvision", "Yes")],
        Say::DhcpOverride("No", "Yes"),
    ),
    row(
        "provisioning.interval_minutes",
        &[("provisioning.auto.mode", "No"), ("provisioning.auto.minute", "10080")],
        Say::By(|reader, path| {
            values::interval(reader, path).map(|minutes| vec!["YesUpgradeMin".into(), minutes])
        }),
    ),
    row("provisioning.password", &[("provisioning.config.password", "")], Say::Own),
    row(
        "provisioning.url",
        &[("provisioning.config.protocol", ""), ("provisioning.config.serverPath", "")],
        Say::By(|reader, path| values::address(reader, path, ["HTTP", "HTTPS"]).map(Vec::from)),
    ),
    row("provisioning.user", &[("provisioning.config.username", "")], Say::Own),
];

const fn page(path: &'static str, keys: &'static [(&'static str, &'static str)]) -> Row {
    row(path, keys, Say::Same)
}

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const CODECS: &[&str] = &["sip.codecs"];
const WORDS: [(&str, &str); 5] =
    [("g722", "G.722"), ("g729", "G.729A/B"), ("opus", "OPUS"), ("pcma", "PCMA"), ("pcmu", "PCMU")];

const LINE: &[LineRow] = &[
    always("account.#.enable", "No", &[EXTENSION], |_, _| "Yes".into()),
    always("account.#.name", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    always("account.#.sip.server.1.address", "", &["sip.domain", HOST, PORT], |_, to| values::server(to))
        .with_all(),
    always(
        "account.#.sip.outboundProxy.1.address",
        "",
        &["sip.outbound_proxy.host", "sip.outbound_proxy.port", "sip.domain"],
        |_, to| values::proxy(to),
    )
    .with_all(),
    always("account.#.sip.userid", "", &[EXTENSION], said::extension),
    always("account.#.sip.subscriber.userid", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("account.#.sip.subscriber.password", "", &["line.#.password"], said::password),
    always("account.#.sip.subscriber.name", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("account.#.sip.registration", "No", &[EXTENSION], |_, _| "Yes".into()),
    // In words `Tls Or Tcp` or `TlsOrTcp`, as the firmware likes it; the number is the same everywhere.
    always("account.#.sip.transport", "0", &["sip.transport"], |_, to| adapters::transport(to).into()),
    always("account.#.sip.registerExpiration", "60", &["sip.expires"], |_, to| values::minutes(to)),
    always("account.#.network.dnsMode", "ARecord", &["sip.lookup"], |_, to| {
        match to.lookup {
            Some(Lookup::Srv) => "SRV",
            Some(Lookup::Naptr) => "NaptrOrSrv",
            Some(Lookup::Address) | None => "ARecord",
        }
        .into()
    }),
    chosen("account.#.call.dialplan", values::ANY_NUMBER, &["phone.dial_plan"], |_, to| {
        to.each.dial_plan.as_deref().and_then(values::dial_plan).map_or(Content::Empty, Content::from)
    }),
    always("account.#.sip.voicemail.number", "", &["sip.voicemail_number"], |_, to| {
        said::text(to.voicemail.as_ref())
    }),
    always("account.#.sip.subscribe.forMwi", "No", &["sip.voicemail_number"], |_, to| {
        if to.voicemail.is_some() { "Yes" } else { "No" }.into()
    }),
    always("pks.vpk.#.keyMode", "None", &["line.#.shared", EXTENSION], |line, _| {
        if line.shared { "SharedLine" } else { "Line" }.into()
    }),
    // Of keys the first account is 0.
    always("pks.vpk.#.account", "0", &[EXTENSION], |line, _| (line.index - 1).to_string().into()),
    always("pks.vpk.#.description", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    chosen("account.#.sip.server.2.address", "", &["sip.backup.host", "sip.backup.port"], |_, to| {
        values::backup(to)
    })
    .with_all(),
    chosen("account.#.audio.srtpMode", "Disabled", &["sip.srtp"], |_, to| match to.srtp {
        None => Content::Empty,
        Some(Srtp::Off) => "Disabled".into(),
        Some(Srtp::Optional) => "EnabledButNotForced".into(),
        Some(Srtp::Required) => "EnabledAndForced".into(),
    }),
    chosen("account.#.sip.blf.callPickup.prefix", "**", &["phone.pickup_code"], |_, to| {
        said::text(to.pickup.as_ref())
    }),
    chosen("account.#.codec.choice.1", "PCMU", CODECS, |_, to| codec(to, 0)),
    chosen("account.#.codec.choice.2", "PCMA", CODECS, |_, to| codec(to, 1)),
    chosen("account.#.codec.choice.3", "G.723.1", CODECS, |_, to| codec(to, 2)),
    chosen("account.#.codec.choice.4", "G.729A/B", CODECS, |_, to| codec(to, 3)),
    chosen("account.#.codec.choice.5", "G.722", CODECS, |_, to| codec(to, 4)),
    chosen("account.#.codec.choice.6", "iLBC", CODECS, |_, to| codec(to, 5)),
    chosen("account.#.codec.choice.7", "G.726-32", CODECS, |_, to| codec(to, 6)),
    chosen("account.#.codec.choice.8", "OPUS", CODECS, |_, to| codec(to, 7)),
];

fn codec(to: &Registrar, place: usize) -> Content {
    values::codec(to, &WORDS, place)
}

/// The codes of the phones' own list.
pub(super) fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?.trim().to_ascii_lowercase().replace('_', "-");
    let bare = tag.split('-').next().unwrap_or_default();
    let code = match (tag.as_str(), bare) {
        ("zh-tw" | "zh-hk", _) => "zh-tw",
        (_, "cs") => "cz",
        (_, "sv") => "se",
        (
            _,
            bare @ ("ar" | "de" | "en" | "es" | "fr" | "he" | "hr" | "hu" | "it" | "ja" | "ko" | "lv" | "nl"
            | "pl" | "pt" | "ru" | "sl" | "tr" | "zh"),
        ) => bare,
        _ => {
            reader.refuse(path, "Grandstream's phones have no such language.");
            return None;
        }
    };
    Some(vec![code.to_owned().into()])
}

/// The keys of the first module; how those of a second one count is written nowhere.
const EXTENSION_KEYS: u8 = 40;

fn key(place: Place) -> Vec<(String, &'static str)> {
    let (start, account) = match place.module {
        None => (format!("pks.vpk.{}", place.number), "0"),
        Some(1) => (format!("pks.ext.{}", place.number), "Account1"),
        Some(_) => return vec![],
    };
    [("keyMode", "None"), ("account", account), ("value", ""), ("description", "")]
        .map(|(field, cleared)| (format!("{start}.{field}"), cleared))
        .into()
}

fn say(button: &Button) -> Result<Says, &'static str> {
    let does = match button.does {
        Does::Nothing => "None",
        Does::Park => "CallPark",
        Does::Dtmf => "DialDTMF",
        Does::Voicemail => "VoiceMail",
        Does::SpeedDial => "SpeedDial",
        Does::Line => "Line",
        Does::Blf => "BLF",
    };
    let account = match (button.place.module, button.place.number) {
        // On the phone the first account is 0.
        (None, _) => (button.line - 1).to_string(),
        (Some(1), ..=EXTENSION_KEYS) if button.does == Does::Line => return Err("A module shows no line."),
        (Some(1), ..=EXTENSION_KEYS) => format!("Account{}", button.line),
        (Some(_), _) => return Err("Of modules the first one's 40 keys can be written."),
    };
    let (value, label) = (said::text(button.value.as_ref()), said::text(button.label.as_ref()));
    Ok([does.into(), account.into(), value, label].into_iter().zip(EACH).collect())
}

/// What a raw key is about; none where it is no name of an item.
fn about(key: &str) -> Option<(About, String)> {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'))
    };
    let lower = key.to_ascii_lowercase();
    let words: Vec<&str> = lower.split('.').collect();
    if words.len() < 2 || !words.iter().all(|word| plain(word)) {
        return None;
    }
    let about = match words[..] {
        ["account", index, ..] => match index.parse::<u8>() {
            // `01` may be read as 1 by a phone, past our own `account.1`.
            Ok(number) if number.to_string() == index => About::Line(number),
            _ => About::Reserved,
        },
        ["account", ..] | ["provisioning", "config", ..] => About::Reserved,
        ["pks", ..] => About::Button,
        _ => About::Phone,
    };
    Some((about, key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::About::{Button, Line, Phone, Reserved};
    use super::SHEET;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for (key, about) in [
            ("account.1.sip.userid", Some(Reserved)),
            ("Account.1.Enable", Some(Reserved)),
            ("account.01.enable", Some(Reserved)),
            ("account.2.call.dialplan", Some(Line(2))),
            ("provisioning.config.password", Some(Reserved)),
            ("provisioning.config.filePassword", Some(Reserved)),
            ("pks.vpk.1.keyMode", Some(Button)),
            ("pks.mpk.3.value", Some(Button)),
            ("lcd.backlight.brightness.idle", Some(Phone)),
            ("P271", None),
            ("a.b\">x", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
    }
}
