//! Whole files as a reviewer reads them, and what must hold for any settings at all.

use crate::{DeviceContext, common_file, device_files};
use domain::{
    Code, Finding, Mac,
    artifact::Artifact,
    ids::{LayerId, SecretId},
    layer::{Layer, Level, Origin},
    resolution::{Resolution, resolve},
    revision::RevisionKind::{self, Baseline, Bound, Clear},
    setting::{Path, Value},
    vendor::Vendor::{self, Linphone, Yealink},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn secret(n: u128) -> SecretId {
    SecretId(Uuid::from_u128(n))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn resolution(settings: impl IntoIterator<Item = (Path, Value)>) -> Resolution {
    let origin = Origin {
        layer: LayerId(Uuid::from_u128(1)),
        level: Level::Site,
        name: "site lon".into(),
        version: 1,
        change: "CR-1".into(),
    };
    let settings = settings.into_iter().collect();
    resolve(&[Layer { origin, settings, locks: BTreeSet::new() }]).0
}

fn settings(rows: Vec<(&str, Value)>) -> Vec<(Path, Value)> {
    rows.into_iter().map(|(path, value)| (Path::parse(path).unwrap(), value)).collect()
}

/// What a device of the London site has, with one line.
fn london() -> Vec<(Path, Value)> {
    settings(vec![
        ("phone.timezone", text("Europe/London")),
        ("phone.language", text("en-GB")),
        ("phone.ntp", text("ntp.example.com")),
        ("network.vlan", Value::Number(20)),
        ("network.vlan_priority", Value::Number(5)),
        ("network.lldp", Value::Flag(true)),
        ("network.qos_signalling", Value::Number(26)),
        ("network.qos_audio", Value::Number(46)),
        ("provisioning.url", text("https://prov.example.com/s/")),
        ("provisioning.user", text("{{ device.mac }}")),
        ("provisioning.password", Value::Secret(secret(100))),
        ("provisioning.interval_minutes", Value::Number(1440)),
        ("provisioning.dhcp_override", Value::Flag(false)),
        ("sip.registrar.host", text("sip.example.com")),
        ("sip.registrar.port", Value::Number(5061)),
        ("sip.transport", text("tls")),
        ("sip.expires", Value::Number(600)),
        ("sip.voicemail_number", text("*97")),
        ("line.1.extension", text("2101")),
        ("line.1.owner", text("Ada Lovelace")),
        ("line.1.label", text("{{ person.name }} {{ extension.number }}")),
        ("line.1.display_name", text("Ada \"Countess\" Lovelace")),
        ("line.1.password", Value::Secret(secret(1))),
        ("raw.yealink.\"features.dnd.enable\"", Value::Flag(false)),
        ("raw.yealink.\"account.1.codec.opus.enable\"", Value::Flag(true)),
        ("raw.linphone.\"sip.use_ipv6\"", Value::Number(0)),
    ])
}

fn served(paths: &[&str]) -> BTreeSet<Path> {
    paths.iter().map(|path| Path::parse(path).unwrap()).collect()
}

fn file(
    vendor: Vendor,
    model: &str,
    kind: RevisionKind,
    settings: &[(Path, Value)],
    served: &BTreeSet<Path>,
) -> (Artifact, Vec<Finding>) {
    let device = DeviceContext {
        mac: Mac::parse("805ec0123456").unwrap(),
        serial: "3146019091637071",
        model,
        accounts: vendor.accounts(model).unwrap(),
    };
    let (mut files, findings) =
        device_files(vendor, &device, kind, &resolution(settings.iter().cloned()), served);
    assert_eq!(files.len(), 1);
    (files.remove(0).artifact, findings)
}

/// Each line of the file beside the settings that it comes from.
fn annotated(artifact: &Artifact) -> String {
    let mut out = String::new();
    for (line, number) in artifact.redacted().lines().zip(1..) {
        let from: Vec<_> =
            artifact.origins.iter().filter(|o| o.line == number).map(|o| o.path.as_str()).collect();
        let from = if from.is_empty() { String::new() } else { format!("   <- {}", from.join(", ")) };
        out.extend([line, &from, "\n"]);
    }
    out
}

fn check(name: &str, vendor: Vendor, model: &str, kind: RevisionKind) {
    let served = served(&["phone.ntp", "raw.yealink.\"phone_setting.backlight_time\"", "provisioning.url"]);
    let settings: Vec<_> = london().into_iter().filter(|(path, _)| path.as_str() != "phone.ntp").collect();
    let (artifact, findings) = file(vendor, model, kind, &settings, &served);
    assert_eq!(findings, []);
    insta::assert_snapshot!(name, annotated(&artifact));
}

#[test]
fn yealink_t46u_baseline() {
    check("yealink_t46u_baseline", Yealink, "T46U", Baseline);
}

#[test]
fn yealink_t46u_bound() {
    check("yealink_t46u_bound", Yealink, "T46U", Bound);
}

#[test]
fn yealink_t46u_clear() {
    check("yealink_t46u_clear", Yealink, "T46U", Clear);
}

#[test]
fn yealink_t31g_baseline() {
    check("yealink_t31g_baseline", Yealink, "T31G", Baseline);
}

#[test]
fn yealink_t31g_bound() {
    check("yealink_t31g_bound", Yealink, "SIP-T31G", Bound);
}

#[test]
fn yealink_t31g_clear() {
    check("yealink_t31g_clear", Yealink, "T31G", Clear);
}

#[test]
fn linphone_baseline() {
    check("linphone_baseline", Linphone, "DAEMON", Baseline);
}

#[test]
fn linphone_bound() {
    check("linphone_bound", Linphone, "DAEMON", Bound);
}

#[test]
fn linphone_clear() {
    check("linphone_clear", Linphone, "DAEMON", Clear);
}

#[test]
fn a_common_file_is_for_anybody() {
    for (name, vendor) in [("yealink_common", Yealink), ("linphone_common", Linphone)] {
        let (artifact, findings) = common_file(vendor, &resolution(london()));
        assert_eq!(findings, []);
        assert_eq!(artifact.slots, []);
        insta::assert_snapshot!(name, annotated(&artifact));
    }
}

#[test]
fn a_sip_domain_of_its_own_goes_by_way_of_the_registrar() {
    let mut settings = london();
    settings.extend(self::settings(vec![("sip.domain", text("ringfence.test"))]));
    for (name, vendor, model) in
        [("yealink_domain", Yealink, "T31G"), ("linphone_domain", Linphone, "DAEMON")]
    {
        let (artifact, findings) = file(vendor, model, Bound, &settings, &BTreeSet::new());
        assert_eq!(findings, []);
        insta::assert_snapshot!(name, annotated(&artifact));
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let with = |path: &str, value: Value| {
        let mut settings: BTreeMap<Path, Value> = london().into_iter().collect();
        settings.insert(Path::parse(path).unwrap(), value);
        let settings: Vec<_> = settings.into_iter().collect();
        let (artifact, findings) = file(Yealink, "T46U", Bound, &settings, &BTreeSet::new());
        let findings: Vec<_> = findings.into_iter().map(|f| (f.code, f.subject)).collect();
        (artifact.redacted(), findings)
    };
    let table = [
        ("phone.timezone", text("Mars/Olympus"), Code::SettingInexpressible),
        ("phone.language", text("tlh"), Code::SettingInexpressible),
        ("phone.ntp", text("a\nb = c"), Code::SettingValue),
        ("phone.ntp", text(" a"), Code::SettingValue),
        ("network.vlan", Value::Number(4095), Code::SettingValue),
        ("network.lldp", text("maybe"), Code::SettingValue),
        ("provisioning.password", text("plain"), Code::SettingValue),
        ("phone.ntp", Value::Secret(secret(7)), Code::SettingValue),
        ("phone.ntp", text("{{ nobody }}"), Code::TemplateError),
        ("phone.colour", text("red"), Code::SettingUnknown),
        ("raw.yealnk.\"a.b\"", text("1"), Code::VendorUnknown),
        ("raw.yealink.\"account.2.password\"", text("1"), Code::SettingInexpressible),
        ("raw.yealink.\"lang.gui\"", text("1"), Code::SettingInexpressible),
        ("line.17.extension", text("2117"), Code::SettingInexpressible),
        ("line.300.extension", text("2117"), Code::SettingUnknown),
        ("line.2.extension", text("2102"), Code::FieldMissing),
        ("line.1.extension", text("2101@elsewhere>"), Code::SettingInexpressible),
        ("line.1.password", text("plain"), Code::SettingValue),
        ("sip.transport", text("tsl"), Code::SettingValue),
        ("phone.forward_locked", Value::Flag(true), Code::SettingInexpressible),
        ("keys.1.type", text("blf"), Code::SettingInexpressible),
        ("keys.3.label", text("Sales"), Code::SettingInexpressible),
        ("phone.tone_region", text("AQ"), Code::SettingInexpressible),
        ("sip.srtp", text("perhaps"), Code::SettingValue),
        ("sip.registrar.host", text("a;b"), Code::SettingValue),
    ];
    for (path, value, code) in table {
        let (file, findings) = with(path, value);
        let subject = if path == "line.2.extension" { "line.2.password" } else { path };
        assert_eq!(findings, [(code, subject.to_owned())], "{path}");
        // A line that lacks anything is not there at all.
        if path.starts_with("line.1.") || path.starts_with("sip.") {
            assert!(file.contains("account.1.enable = 0\n"), "{path}");
            assert!(file.contains("account.1.password = %NULL%\n"), "{path}");
        }
    }
}

/// What a desk has beside its line: keys, a backup, encryption, forwarding.
fn desk() -> Vec<(Path, Value)> {
    settings(vec![
        ("expansion.1.keys.2.type", text("speed-dial")),
        ("expansion.1.keys.2.value", text("2190")),
        ("keys.3.type", text("blf")),
        ("keys.3.value", text("2102")),
        ("keys.3.label", text("Sales")),
        ("line.1.forward.always", text("2199")),
        ("line.1.forward.no_answer", text("*97")),
        ("line.1.forward.no_answer_seconds", Value::Number(20)),
        ("phone.admin_password", Value::Secret(secret(9))),
        ("phone.dial_plan", text("[2-9]xxx|0x.")),
        ("phone.tone_region", text("GB")),
        ("sip.backup.host", text("backup.example.com")),
        ("sip.codecs", text("opus, g722")),
        ("sip.outbound_proxy.host", text("sbc.example.com")),
        ("sip.outbound_proxy.port", Value::Number(5063)),
        ("sip.srtp", text("required")),
    ])
}

#[test]
fn a_whole_desk() {
    let settings = [london(), desk()].concat();
    let raw = "raw.yealink.\"account.1.codec.opus.enable\"";
    let settings: Vec<_> = settings.into_iter().filter(|(path, _)| path.as_str() != raw).collect();
    let (artifact, findings) = file(Yealink, "T31G", Bound, &settings, &BTreeSet::new());
    assert_eq!(findings, []);
    insta::assert_snapshot!("yealink_desk", annotated(&artifact));
}

#[test]
fn what_a_desk_no_longer_has_goes_back_and_what_nobody_chose_is_left_to_its_user() {
    let served: BTreeSet<Path> = desk().into_iter().map(|(path, _)| path).collect();
    for kind in [Bound, Clear] {
        let (artifact, findings) = file(Yealink, "T31G", kind, &london(), &served);
        assert_eq!(findings, []);
        let text = artifact.redacted();
        for gone in [
            "linekey.3.type = 0\n",
            "linekey.3.value = %NULL%\n",
            "expansion_module.1.key.2.type = 0\n",
            "account.1.always_fwd.enable = %NULL%\n",
            "account.1.timeout_fwd.target = %NULL%\n",
            "account.1.sip_server.2.address = %NULL%\n",
            "account.1.srtp_encryption = %NULL%\n",
            "account.1.codec.g722.enable = %NULL%\n",
            "dialplan.digitmap.string = %NULL%\n",
            "voice.tone.country = %NULL%\n",
        ] {
            assert!(text.contains(gone), "{kind:?}: {gone}{text}");
        }
        assert!(!text.contains("busy_fwd"), "nobody chose it");
        assert!(!text.contains("user_password"), "the factory's password would be back");
    }
}

#[test]
fn a_line_without_a_registrar_is_not_written() {
    let settings: Vec<_> =
        london().into_iter().filter(|(path, _)| path.as_str() != "sip.registrar.host").collect();
    for (vendor, model) in [(Yealink, "T46U"), (Linphone, "DAEMON")] {
        let (artifact, findings) = file(vendor, model, Bound, &settings, &BTreeSet::new());
        assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::RegistrarMissing]);
        assert!(artifact.slots.iter().all(|slot| slot.secret == secret(100)));
    }
}

#[test]
fn a_phone_without_a_line_can_always_be_found_through_dhcp() {
    let line = |kind| {
        let (artifact, _) = file(Yealink, "T46U", kind, &london(), &BTreeSet::new());
        keys(Yealink, &artifact)["static.auto_provision.dhcp_option.enable"].clone()
    };
    assert_eq!([line(Baseline), line(Bound), line(Clear)], ["1", "0", "1"]);
}

#[test]
fn what_was_served_is_reset_but_never_the_way_back() {
    let all: Vec<Path> = london().into_iter().map(|(path, _)| path).collect();
    let served: BTreeSet<Path> = all.into_iter().collect();
    let (artifact, _) = file(Yealink, "T31G", Baseline, &[], &served);
    insta::assert_snapshot!("yealink_reset", annotated(&artifact));
    let (artifact, _) = file(Linphone, "DAEMON", Baseline, &[], &served);
    insta::assert_snapshot!("linphone_reset", annotated(&artifact));
}

/// Every key of a file with its value, read as a phone would.
fn keys(vendor: Vendor, artifact: &Artifact) -> BTreeMap<String, String> {
    let text = artifact.redacted();
    let mut keys = BTreeMap::new();
    let mut add = |key: String, value: String| assert_eq!(keys.insert(key, value), None, "written twice");
    match vendor {
        Yealink => {
            let mut lines = text.strip_suffix('\n').unwrap().split('\n');
            assert_eq!(lines.next(), Some("#!version:1.0.0.1"));
            for line in lines {
                let (key, value) = line.split_once(" = ").unwrap();
                add(key.to_owned(), value.to_owned());
            }
        }
        Linphone => {
            for (section, name, value) in entries(&text) {
                add(format!("{section}/{name}"), value);
            }
        }
    }
    keys
}

/// Section, name and value of every entry, by a real parser.
fn entries(xml: &str) -> Vec<(String, String, String)> {
    use quick_xml::{XmlVersion, escape::resolve_xml_entity, events::Event};
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut path, mut section, mut name, mut value) = (vec![], String::new(), String::new(), String::new());
    let mut out = vec![];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let attribute = |key: &str| {
                    let found = tag.try_get_attribute(key).unwrap();
                    found.map(|a| a.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned())
                };
                path.push(tag.name().as_ref().to_owned());
                match path.last().unwrap().as_str() {
                    "config" => {}
                    "section" => section = attribute("name").unwrap(),
                    "entry" => {
                        name = attribute("name").unwrap();
                        value.clear();
                        assert_eq!(attribute("overwrite").as_deref(), Some("true"));
                    }
                    other => panic!("element {other}"),
                }
            }
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(entity) => {
                value.push_str(resolve_xml_entity(&entity).unwrap());
            }
            Event::End(_) => {
                if path.pop().unwrap() == "entry" {
                    assert!(!section.is_empty() && !name.is_empty());
                    out.push((section.clone(), name.clone(), value.clone()));
                }
            }
            Event::Eof => break,
            Event::Decl(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(path.is_empty());
    out
}

fn any_path() -> impl Strategy<Value = Path> {
    let known: Vec<Path> = london().into_iter().map(|(path, _)| path).collect();
    let more = settings(
        [
            "sip.domain",
            "line.1.auth_user",
            "line.2.extension",
            "line.2.label",
            "line.2.password",
            "line.3.extension",
            "line.0.extension",
            "raw.yealink.\"linekey.2.type\"",
            "raw.yealink.\"linekey.1.type\"",
            "raw.yealink.\"account.2.codec.opus.enable\"",
            "raw.yealink.\"account.1.user_name\"",
            "raw.yealink.\"LANG.gui\"",
            "raw.linphone.\"proxy_0.reg_proxy\"",
            "raw.linphone.\"misc.config-uri\"",
            "raw.linphone.\"nosection\"",
            "raw.linphone.\".a\"",
            "raw.linphone.\"a.\"",
            "raw.snom.\"a\"",
            "phone.unheard_of",
        ]
        .map(|path| (path, text("")))
        .to_vec(),
    );
    let known: Vec<Path> = known.into_iter().chain(more.into_iter().map(|(path, _)| path)).collect();
    let raw = "[A-Za-z0-9._-]{1,20}".prop_map(|key| format!("raw.yealink.\"{key}\""));
    let raw = raw.prop_map(|path| Path::parse(&path).unwrap());
    prop_oneof![8 => proptest::sample::select(known), 1 => raw]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "(.|\n|\r|\u{0}|\u{fffe}|\u{2028}|[<>&\"'=#\\\\%]|\\{\\{|account.1.enable = 1\n|</entry>|]]>){0,8}"
            .prop_map(Value::Text),
        2 => "[0-9a-z.]{1,6}".prop_map(Value::Text),
        1 => any::<bool>().prop_map(Value::Flag),
        1 => (-5i64..70_000).prop_map(Value::Number),
        1 => (1u128..200).prop_map(|n| Value::Secret(secret(n))),
    ]
}

/// A good site with a few settings replaced by anything, or nothing but anything.
fn any_settings() -> impl Strategy<Value = Vec<(Path, Value)>> {
    let changes = proptest::collection::btree_map(any_path(), any_value(), 0..6);
    (any::<bool>(), changes).prop_map(|(good, changes)| {
        let mut all: BTreeMap<Path, Value> =
            if good { london().into_iter().collect() } else { BTreeMap::new() };
        all.extend(changes);
        all.into_iter().collect()
    })
}

fn any_phone() -> impl Strategy<Value = (Vendor, &'static str)> {
    proptest::sample::select(vec![(Yealink, "T31G"), (Yealink, "T46U"), (Linphone, "DAEMON")])
}

fn any_kind() -> impl Strategy<Value = RevisionKind> {
    proptest::sample::select(vec![Baseline, Bound, Clear])
}

fn any_served() -> impl Strategy<Value = BTreeSet<Path>> {
    proptest::collection::btree_set(any_path(), 0..8)
}

fn is_account_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["account.", "linekey.", "voice_mail.", "proxy", "auth_info", "sip/default_proxy"]
        .iter()
        .any(|start| key.starts_with(start))
}

/// What a slot's secret is used for, told by the settings.
fn secrets_at<'a>(settings: &'a [(Path, Value)], fits: impl Fn(&Path) -> bool + 'a) -> BTreeSet<SecretId> {
    let secret = |value: &Value| match value {
        Value::Secret(secret) => Some(*secret),
        _ => None,
    };
    settings.iter().filter(|(path, _)| fits(path)).filter_map(|(_, value)| secret(value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No value can inject a line or an element: the file parses, every key in it is one that the same paths
    /// with harmless values could give, and no key appears twice.
    #[test]
    fn a_value_stays_inside_its_line(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (artifact, findings) = file(vendor, model, kind, &settings, &served);
        let text = String::from_utf8(artifact.bytes.clone()).unwrap();
        prop_assert!(text.ends_with('\n'));
        prop_assert!(!text.chars().any(|c| c != '\n' && c.is_control()));
        let keys = keys(vendor, &artifact);
        if vendor == Yealink {
            prop_assert_eq!(text.lines().count(), keys.len() + 1);
        }
        let raw: BTreeSet<String> = settings
            .iter()
            .map(|(path, _)| path)
            .chain(&served)
            .filter_map(|path| path.raw(vendor.name()))
            .map(|key| if vendor == Linphone { key.replacen('.', "/", 1) } else { key.to_owned() })
            .collect();
        let (ours, _) = file(vendor, model, Clear, &london(), &london().into_iter().map(|(p, _)| p).collect());
        let ours = self::keys(vendor, &ours);
        for key in keys.keys() {
            prop_assert!(ours.contains_key(key) || raw.contains(key), "{}", key);
        }
        // A secret's name is no secret, but its text must not be in a finding; nor is any value.
        for finding in findings {
            prop_assert!(!finding.detail.chars().any(char::is_control) || finding.code == Code::TemplateError);
        }
    }

    /// Invariant 6.
    #[test]
    fn the_same_settings_give_the_same_bytes(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let mut backwards = settings.clone();
        backwards.reverse();
        let (one, _) = file(vendor, model, kind, &settings, &served);
        let (two, _) = file(vendor, model, kind, &backwards, &served);
        prop_assert_eq!(one.digest(), two.digest());
        prop_assert_eq!(one, two);
    }

    /// Slots rise, lie inside the file, and stand where a value stands; every origin names a line.
    #[test]
    fn slots_and_origins_point_into_the_file(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (artifact, _) = file(vendor, model, kind, &settings, &served);
        let before = if vendor == Yealink { " = " } else { "overwrite=\"true\">" };
        prop_assert!(artifact.slots.is_sorted_by(|a, b| a.offset < b.offset));
        for slot in &artifact.slots {
            prop_assert!(artifact.bytes[..slot.offset].ends_with(before.as_bytes()));
        }
        let text = artifact.redacted();
        for origin in &artifact.origins {
            let line = text.lines().nth(usize::try_from(origin.line).unwrap() - 1).unwrap();
            prop_assert!(line.contains(" = ") || line.contains("<entry "));
            let set = settings.iter().any(|(path, _)| *path == origin.path);
            prop_assert!(set || served.contains(&origin.path));
        }
    }

    /// Invariant 4, as far as files go.
    #[test]
    fn only_a_bound_file_has_the_secrets_of_lines(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (artifact, _) = file(vendor, model, kind, &settings, &served);
        let written: BTreeSet<SecretId> = artifact.slots.iter().map(|slot| slot.secret).collect();
        let keys = keys(vendor, &artifact);
        let mut allowed = BTreeSet::new();
        if vendor == Yealink {
            allowed.extend(secrets_at(&settings, |path| path.as_str() == "provisioning.password"));
        }
        if kind == Bound {
            // Exactly the secrets of the lines that are written.
            for index in 1..=vendor.accounts(model).unwrap() {
                let on = match vendor {
                    Yealink => keys[&format!("account.{index}.enable")] == "1",
                    Linphone => keys[&format!("proxy_{}/reg_sendregister", index - 1)] == "1",
                };
                if on {
                    let path = Path::line(index, "password");
                    allowed.extend(secrets_at(&settings, move |other| *other == path));
                }
            }
        }
        prop_assert_eq!(written, allowed);
    }

    /// Onboarding-only sites: lines are never written or cleared.
    #[test]
    fn a_baseline_never_mentions_accounts(
        (vendor, model) in any_phone(), settings in any_settings(), served in any_served(),
    ) {
        let (own, _) = file(vendor, model, Baseline, &settings, &served);
        let (common, _) = common_file(vendor, &resolution(settings));
        prop_assert_eq!(&common.slots, &vec![]);
        for artifact in [own, common] {
            for key in keys(vendor, &artifact).keys() {
                prop_assert!(!is_account_key(key), "{}", key);
            }
        }
    }

    /// Requirement C6: what a bound file can write, a clear file takes away.
    #[test]
    fn clear_covers_what_bound_writes(
        (vendor, model) in any_phone(), settings in any_settings(), served in any_served(),
    ) {
        let (bound, _) = file(vendor, model, Bound, &settings, &served);
        let (clear, _) = file(vendor, model, Clear, &settings, &served);
        let clear = keys(vendor, &clear);
        for key in keys(vendor, &bound).keys() {
            prop_assert!(clear.contains_key(key), "{}", key);
        }
        for (key, value) in clear.iter().filter(|(key, _)| is_account_key(key)) {
            prop_assert!(["", "0", "-1", "%NULL%"].contains(&value.as_str()), "{} = {}", key, value);
        }
    }

    /// Spliced with any secret, a file is still a file.
    #[test]
    fn a_secret_stays_inside_its_line_too((vendor, model) in any_phone(), password in ".{0,20}") {
        let (artifact, _) = file(vendor, model, Bound, &london(), &BTreeSet::new());
        let secrets = [(secret(1), password.clone()), (secret(100), "abc".to_owned())];
        if let Ok(bytes) = artifact.splice(&secrets.into()) {
            let spliced = Artifact { bytes, slots: vec![], ..artifact.clone() };
            let after = keys(vendor, &spliced);
            prop_assert!(after.keys().eq(keys(vendor, &artifact).keys()));
            prop_assert!(after.values().any(|value| *value == password));
        }
    }
}
