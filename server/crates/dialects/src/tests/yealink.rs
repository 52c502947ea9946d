use super::*;

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
fn yealink_common() {
    check_common("yealink_common", Yealink);
}

#[test]
fn a_sip_domain_of_its_own_goes_by_way_of_the_registrar() {
    let settings = [london(), settings(vec![("sip.domain", text("ringfence.test"))])].concat();
    let (files, findings) = files(Yealink, "T31G", Bound, &settings, &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("yealink_domain", &files);
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

#[test]
fn a_whole_desk() {
    let settings = [london(), desk()].concat();
    let raw = "raw.yealink.\"account.1.codec.opus.enable\"";
    let settings: Vec<_> = settings.into_iter().filter(|(path, _)| path.as_str() != raw).collect();
    let (files, findings) = files(Yealink, "T31G", Bound, &settings, &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("yealink_desk", &files);
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
fn a_phone_without_a_line_can_always_be_found_through_dhcp() {
    let line = |kind| {
        let (files, _) = files(Yealink, "T46U", kind, &london(), &BTreeSet::new());
        keys(Yealink, &files)["static.auto_provision.dhcp_option.enable"].clone()
    };
    assert_eq!([line(Baseline), line(Bound), line(Clear)], ["1", "0", "1"]);
}

#[test]
fn what_was_served_is_reset_but_never_the_way_back() {
    let served: BTreeSet<Path> = london().into_iter().map(|(path, _)| path).collect();
    let (files, _) = files(Yealink, "T31G", Baseline, &[], &served);
    snapshot("yealink_reset", &files);
}
