//! Which settings there are, and what may stand behind each: one table for every vendor, page and import.

use super::{Path, Value};
use crate::{Code, Finding};

/// What may stand behind a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text without control characters; may hold expressions.
    Text,
    /// A host name or an address.
    Host,
    /// On or off.
    Flag,
    /// A whole number, both ends included.
    Number(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words, the preferred first, separated by commas.
    SomeOf(&'static [&'static str]),
    /// A sealed secret; text is refused, because it would stay readable for ever.
    Secret,
}

/// One row of the table. `#` in the pattern stands for a number counted from 1.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The path, or the paths.
    pub pattern: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// What it is, with its unit.
    pub says: &'static str,
}

const fn rule(pattern: &'static str, shape: Shape, says: &'static str) -> Rule {
    Rule { pattern, shape, says }
}

const CODECS: &[&str] = &["opus", "g722", "pcma", "pcmu", "g729"];
const CALLER_IDS: &[&str] = &["bellcore", "etsi-fsk", "etsi-dtmf", "bt"];
const KEYS: &[&str] = &["blf", "speed-dial", "line", "park", "voicemail", "dtmf", "none"];

/// Every neutral setting, in path order.
pub const RULES: &[Rule] = &[
    rule("expansion.#.keys.#.label", Shape::Text, "label of a key on an expansion module"),
    rule("expansion.#.keys.#.line", Shape::Number(1, 255), "line that a key on an expansion module uses"),
    rule("expansion.#.keys.#.type", Shape::OneOf(KEYS), "what a key on an expansion module does"),
    rule("expansion.#.keys.#.value", Shape::Text, "number that a key on an expansion module is about"),
    rule(
        "firmware.url",
        Shape::Text,
        "where the phone finds its next firmware; made from `firmware.version`",
    ),
    rule("firmware.version", Shape::Text, "versions that phones should have, each for its own models"),
    rule("fxs.#.caller_id", Shape::OneOf(CALLER_IDS), "how a port tells an analogue phone who calls"),
    rule("fxs.#.t38", Shape::Flag, "whether a port sends faxes by T.38"),
    rule("keys.#.label", Shape::Text, "label of a programmable key"),
    rule("keys.#.line", Shape::Number(1, 255), "line that a programmable key uses"),
    rule("keys.#.type", Shape::OneOf(KEYS), "what a programmable key does"),
    rule("keys.#.value", Shape::Text, "number that a programmable key is about"),
    rule("line.#.auth_user", Shape::Text, "user name of the SIP digest, if not the extension"),
    rule("line.#.display_name", Shape::Text, "name that called parties see, if not the extension"),
    rule("line.#.extension", Shape::Text, "extension; makes the line"),
    rule("line.#.forward.always", Shape::Text, "number to which every call is forwarded"),
    rule("line.#.forward.busy", Shape::Text, "number to which calls are forwarded when busy"),
    rule("line.#.forward.no_answer", Shape::Text, "number to which unanswered calls are forwarded"),
    rule(
        "line.#.forward.no_answer_seconds",
        Shape::Number(5, 120),
        "seconds until a call counts as unanswered",
    ),
    rule("line.#.label", Shape::Text, "label of the line, if not the display name"),
    rule("line.#.owner", Shape::Text, "who answers for the line; `person.name` in expressions"),
    rule("line.#.password", Shape::Secret, "secret of the SIP digest"),
    rule("line.#.shared", Shape::Flag, "whether the line appears on several devices"),
    rule("network.lldp", Shape::Flag, "learn the voice VLAN by LLDP-MED"),
    rule("network.pc_vlan", Shape::Number(1, 4094), "VLAN of the port for a computer"),
    rule("network.qos_audio", Shape::Number(0, 63), "DSCP of audio"),
    rule("network.qos_signalling", Shape::Number(0, 63), "DSCP of signalling"),
    rule("network.vlan", Shape::Number(1, 4094), "voice VLAN"),
    rule("network.vlan_priority", Shape::Number(0, 7), "802.1p priority of the voice VLAN"),
    rule(
        "paging.#.address",
        Shape::Text,
        "multicast address and port of a paging group, such as 239.1.1.1:5001",
    ),
    rule("paging.#.label", Shape::Text, "what a page of the group is called"),
    rule("phone.admin_password", Shape::Secret, "password of the phone's own administration"),
    rule("phone.dial_plan", Shape::Text, "digit map"),
    rule("phone.forward_locked", Shape::Flag, "whether the user may not change forwarding at the phone"),
    rule("phone.language", Shape::Text, "language tag (BCP 47)"),
    rule("phone.ntp", Shape::Host, "time server"),
    rule("phone.pickup_code", Shape::Text, "code that picks up the call of a watched line"),
    rule("phone.timezone", Shape::Text, "IANA name of the time zone"),
    rule("phone.tone_region", Shape::Text, "country whose tones are played, ISO 3166 alpha-2"),
    rule(
        "phone.unbound_text",
        Shape::Text,
        "what a phone without a line shows, such as whom to call and that it makes no emergency calls",
    ),
    rule("provisioning.dhcp_override", Shape::Flag, "whether DHCP may name another server to a bound phone"),
    rule("provisioning.interval_minutes", Shape::Number(1, 43_200), "minutes between fetches"),
    rule("provisioning.password", Shape::Secret, "secret half of the provisioning credential"),
    rule("provisioning.url", Shape::Text, "steady address"),
    rule("provisioning.user", Shape::Text, "user half of the provisioning credential"),
    rule("sip.backup.host", Shape::Host, "backup registrar"),
    rule("sip.backup.port", Shape::Number(1, 65_535), "port of the backup registrar"),
    rule("sip.codecs", Shape::SomeOf(CODECS), "codecs, the preferred first"),
    rule("sip.domain", Shape::Host, "SIP domain and realm, if not the registrar's host"),
    rule("sip.expires", Shape::Number(30, 86_400), "seconds that a registration holds"),
    rule("sip.lookup", Shape::OneOf(&["address", "srv", "naptr"]), "how the registrar's host is looked up"),
    rule("sip.outbound_proxy.host", Shape::Host, "outbound proxy"),
    rule("sip.outbound_proxy.port", Shape::Number(1, 65_535), "port of the outbound proxy"),
    rule("sip.registrar.host", Shape::Host, "registrar"),
    rule("sip.registrar.port", Shape::Number(1, 65_535), "port of the registrar; 5060, or 5061 with TLS"),
    rule("sip.srtp", Shape::OneOf(&["off", "optional", "required"]), "encryption of audio"),
    rule("sip.transport", Shape::OneOf(&["udp", "tcp", "tls"]), "transport of signalling"),
    rule("sip.voicemail_number", Shape::Text, "number that the message key calls"),
    rule("uploads.keep_personal", Shape::Flag, "whether calls and contacts that phones send are kept"),
];

/// Patterns that no layer sets by hand: the facts of a line, a device's own credential, and what firmware makes.
const RESERVED: &[(&str, &str)] = &[
    ("firmware.url", "It is made from `firmware.version`."),
    ("firmware.version", "It is said on the page of firmware."),
    ("line.#.auth_user", "It comes with the line, by an applied change request."),
    ("line.#.extension", "It comes with the line, by an applied change request."),
    ("line.#.owner", "It comes with the line, by an applied change request."),
    ("line.#.password", "It comes with the line, by an applied change request."),
    ("line.#.shared", "It comes with the line, by an applied change request."),
    ("provisioning.password", "It is the device's own credential."),
    ("provisioning.user", "It is the device's own credential."),
];

/// Patterns with which a wrong value can cut a phone off from its server.
const STRANDING: &[&str] = &[
    "network.lldp",
    "network.vlan",
    "provisioning.dhcp_override",
    "provisioning.password",
    "provisioning.url",
    "provisioning.user",
];

/// What stands in the names of raw keys that can do the same: VLAN, address, 802.1X, trust, TLS, provisioning.
const STRANDING_WORDS: &[&str] = &[
    "802",
    "autoprov",
    "cacert",
    "ca_cert",
    "cdp",
    "cert",
    "cfg_",
    "configuration_server",
    "dhcp",
    "dot1x",
    "eap",
    "gateway",
    "ip_addr",
    "ipaddr",
    "lldp",
    "netmask",
    "profile_rule",
    "prov",
    "redirect",
    "subnet",
    "tls",
    "trust",
    "vlan",
];

/// Why nobody sets this path by hand, if nobody does.
pub fn reserved(path: &Path) -> Option<&'static str> {
    RESERVED.iter().find(|(pattern, _)| matches(pattern, path.as_str())).map(|(_, why)| *why)
}

/// Whether every line brings this path with it: a lock above would take it from the line.
pub fn of_line(path: &Path) -> bool {
    ["line.#.display_name", "line.#.label"].iter().any(|pattern| matches(pattern, path.as_str()))
}

/// Whether a wrong value can cut a phone off, so that it needs hands on site.
pub fn strands(path: &Path) -> bool {
    let Some(raw) = path.as_str().strip_prefix("raw.") else {
        return STRANDING.iter().any(|pattern| matches(pattern, path.as_str()));
    };
    // `raw.yealink."static.network.vlan.internet_port_vid"`: the vendor's name says nothing.
    let key = raw.split_once('.').map_or(raw, |(_, key)| key).trim_matches('"').to_ascii_lowercase();
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit());
    // A number says nothing of what it is, so it is taken for the worst.
    STRANDING_WORDS.iter().any(|word| key.contains(word)) || key.strip_prefix('p').is_some_and(number)
}

/// A value as typed, in the kind that its path asks for. Whether it fits, [`check`] says.
pub fn typed(path: &Path, text: &str) -> Value {
    let own = |text: &str| Value::Text(text.to_owned());
    match rule_of(path).map(|rule| rule.shape) {
        Some(Shape::Flag) => match text.to_ascii_lowercase().as_str() {
            "1" | "on" | "yes" | "true" => Value::Flag(true),
            "0" | "off" | "no" | "false" => Value::Flag(false),
            _ => own(text),
        },
        Some(Shape::Number(..)) => text.parse().map_or_else(|_| own(text), Value::Number),
        _ => own(text),
    }
}

/// The rule of a path; `None` for a raw path and for one that does not exist.
pub fn rule_of(path: &Path) -> Option<&'static Rule> {
    rule_at(path.as_str())
}

/// The rule of a path, or of the pattern itself.
pub fn rule_at(path: &str) -> Option<&'static Rule> {
    // In path order, so that a path without a number is found by halves.
    match RULES.binary_search_by(|rule| rule.pattern.cmp(path)) {
        Ok(at) => Some(&RULES[at]),
        Err(_) => RULES.iter().find(|rule| matches(rule.pattern, path)),
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    // Nearly all differ in their first letter.
    if pattern.as_bytes().first() != path.as_bytes().first() {
        return false;
    }
    let Some((before, after)) = pattern.split_once('#') else { return pattern == path };
    let Some(rest) = path.strip_prefix(before) else { return false };
    let (word, rest) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    index(word) && if after.is_empty() { rest.is_empty() } else { matches(after, rest) }
}

/// 1 to 255, written in one way only.
fn index(word: &str) -> bool {
    word.parse::<u8>().is_ok_and(|number| number > 0 && number.to_string() == word)
}

/// What is wrong with `value` at `path`, as far as that can be said before expressions are rendered.
pub fn check(path: &Path, value: &Value) -> Option<Finding> {
    if path.as_str().starts_with("raw.") {
        return None;
    }
    let Some(rule) = rule_of(path) else {
        let finding = Finding::new(Code::SettingUnknown, path.as_str());
        let nearest = nearest(path.as_str()).map(|near| format!("The nearest is `{near}`."));
        return Some(finding.detail(nearest.unwrap_or_default()));
    };
    let wrong = wrong(rule.shape, value)?;
    Some(Finding::new(Code::SettingValue, path.as_str()).detail(wrong))
}

fn wrong(shape: Shape, value: &Value) -> Option<String> {
    match (shape, value) {
        (Shape::Secret, Value::Secret(_)) | (Shape::Flag, Value::Flag(_)) => None,
        (Shape::Secret, _) => Some("It must be a sealed secret, not text.".to_owned()),
        (_, Value::Secret(_)) => Some("A secret may stand only where a password belongs.".to_owned()),
        // An expression says what it says once it is rendered.
        (_, Value::Text(text)) if text.contains("{{") || text.contains("{%") => None,
        (Shape::Number(from, to), _) => {
            let number = match value {
                Value::Number(number) => Some(*number),
                Value::Text(text) => text.trim().parse().ok(),
                Value::Flag(_) | Value::Secret(_) => None,
            };
            let fits = number.is_some_and(|number| (from..=to).contains(&number));
            (!fits).then(|| format!("Expected a whole number from {from} to {to}."))
        }
        (Shape::Flag, _) => {
            let text = value.text().unwrap_or_default().to_ascii_lowercase();
            let known = ["1", "on", "yes", "true", "0", "off", "no", "false"].contains(&text.trim());
            (!known).then(|| "Expected `on` or `off`.".to_owned())
        }
        (Shape::OneOf(words), _) => {
            let text = value.text().unwrap_or_default();
            (!words.contains(&text.as_str())).then(|| format!("Expected one of {}.", words.join(", ")))
        }
        (Shape::SomeOf(words), _) => {
            let text = value.text().unwrap_or_default();
            let known = text.split(',').all(|word| words.contains(&word.trim()));
            (!known).then(|| format!("Expected some of {}.", words.join(", ")))
        }
        (Shape::Host, _) => {
            let text = value.text().unwrap_or_default();
            let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
            (text.is_empty() || !text.bytes().all(fits))
                .then(|| "It is not a host name or an address.".to_owned())
        }
        (Shape::Text, _) => {
            let text = value.text().unwrap_or_default();
            text.chars().any(char::is_control).then(|| "It holds a control character.".to_owned())
        }
    }
}

/// The pattern that is most like `text`, if one is like it at all.
pub fn nearest(text: &str) -> Option<&'static str> {
    let text: String = text.chars().take(60).collect();
    let near = |pattern: &str| distance(pattern, &text);
    let best = RULES.iter().min_by_key(|rule| near(rule.pattern))?;
    (near(best.pattern) <= 2 + text.len() / 4).then_some(best.pattern)
}

/// Levenshtein's distance; a number costs nothing where the pattern has `#`.
fn distance(pattern: &str, text: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let same = x == y || (*x == '#' && y.is_ascii_digit());
            let next = (diagonal + usize::from(!same)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SecretId;
    use proptest::prelude::*;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    fn said(at: &str, value: Value) -> Option<Code> {
        check(&path(at), &value).map(|finding| finding.code)
    }

    #[test]
    fn the_table_is_in_order_and_every_pattern_is_a_path() {
        assert!(RULES.is_sorted_by(|a, b| a.pattern < b.pattern));
        for rule in RULES {
            let found = rule_of(&path(&rule.pattern.replace('#', "7")));
            assert_eq!(found.map(|r| r.pattern), Some(rule.pattern));
        }
    }

    #[test]
    fn a_value_has_the_shape_of_its_path() {
        let text = |text: &str| Value::Text(text.to_owned());
        let secret = || Value::Secret(SecretId(uuid::Uuid::nil()));
        for (at, value, wrong) in [
            ("network.vlan", Value::Number(20), None),
            ("network.vlan", text("20"), None),
            ("network.vlan", Value::Number(4095), Some(Code::SettingValue)),
            ("network.vlan", Value::Flag(true), Some(Code::SettingValue)),
            ("network.lldp", text("on"), None),
            ("network.lldp", text("perhaps"), Some(Code::SettingValue)),
            ("sip.transport", text("tls"), None),
            ("sip.transport", text("quic"), Some(Code::SettingValue)),
            ("sip.codecs", text("opus, g722"), None),
            ("sip.codecs", text("mp3"), Some(Code::SettingValue)),
            ("phone.ntp", text("ntp.example.com"), None),
            ("phone.ntp", text("ntp example"), Some(Code::SettingValue)),
            ("phone.ntp", text("{{ device.model }}.example.com"), None),
            ("line.1.password", text("secret"), Some(Code::SettingValue)),
            ("line.1.password", secret(), None),
            ("line.1.label", secret(), Some(Code::SettingValue)),
            ("line.1.label", text("a\nb"), Some(Code::SettingValue)),
            ("line.0.label", text("a"), Some(Code::SettingUnknown)),
            ("line.256.label", text("a"), Some(Code::SettingUnknown)),
            ("line.01.label", text("a"), Some(Code::SettingUnknown)),
            ("raw.yealink.\"a.b\"", text("a"), None),
        ] {
            assert_eq!(said(at, value.clone()), wrong, "{at} {value}");
        }
    }

    #[test]
    fn a_wrong_path_is_told_its_nearest() {
        for (text, near) in [
            ("phone.timezon", Some("phone.timezone")),
            ("line.1.lable", Some("line.#.label")),
            ("sip.register.host", Some("sip.registrar.host")),
            ("quite.something.else.altogether", None),
        ] {
            assert_eq!(nearest(text), near, "{text}");
        }
    }

    #[test]
    fn what_can_cut_a_phone_off_is_marked_by_whatever_name() {
        for (at, strands_) in [
            ("network.vlan", true),
            ("network.pc_vlan", false),
            ("network.qos_audio", false),
            ("provisioning.url", true),
            ("provisioning.interval_minutes", false),
            ("sip.registrar.host", false),
            ("raw.yealink.\"static.network.vlan.internet_port_vid\"", true),
            ("raw.yealink.\"static.network.802_1x.mode\"", true),
            ("raw.yealink.\"static.security.trust_certificates\"", true),
            ("raw.yealink.\"static.auto_provision.server.url\"", true),
            ("raw.yealink.\"features.dnd.enable\"", false),
            ("raw.poly.\"device.sec.TLS.customCaCert1\"", true),
            ("raw.poly.\"device.net.vlanId\"", true),
            ("raw.grandstream.\"P51\"", true),
            ("raw.snom.\"pc_port\"", false),
        ] {
            assert_eq!(strands(&path(at)), strands_, "{at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_checked_without_panic(text in "\\PC{0,80}", at in 0..RULES.len()) {
            let _ = nearest(&text);
            let path = path(&RULES[at].pattern.replace('#', "3"));
            let _ = check(&path, &Value::Text(text));
        }
    }
}
