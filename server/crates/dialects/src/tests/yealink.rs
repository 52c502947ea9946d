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
        ("paging.11.label", text("Stairs"), Code::SettingInexpressible),
        ("sip.lookup", text("srv"), Code::SettingInexpressible),
        ("sip.lookup", text("naptr"), Code::SettingInexpressible),
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
        if path != "sip.lookup" && (path.starts_with("line.1.") || path.starts_with("sip.")) {
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

#[test]
fn what_a_desk_may_have_beside_keys() {
    let more = settings(vec![
        ("network.pc_vlan", Value::Number(30)),
        ("paging.1.address", text("239.1.1.1:5001")),
        ("paging.1.label", text("Everybody")),
        ("phone.forward_locked", Value::Flag(true)),
        ("phone.pickup_code", text("*8")),
        ("sip.lookup", text("naptr")),
    ]);
    let all = london().into_iter().filter(|(path, _)| path.as_str() != "sip.transport").chain(more);
    let (files, findings) = files(Yealink, "T31G", Bound, &all.collect::<Vec<_>>(), &BTreeSet::new());
    assert_eq!(findings, []);
    let keys = keys(Yealink, &files);
    for (key, value) in [
        ("static.network.vlan.pc_port_enable", "1"),
        ("static.network.vlan.pc_port_vid", "30"),
        ("multicast.listen_address.1.ip_address", "239.1.1.1:5001"),
        ("multicast.listen_address.1.label", "Everybody"),
        ("features.fwd.allow", "0"),
        ("account.1.direct_pickup_code", "*8"),
        ("account.1.sip_server.1.transport_type", "3"),
        ("account.1.sip_server.1.port", "0"),
    ] {
        assert_eq!(keys[key], value, "{key}");
    }
}

/// Forwarding that the phone may not do is not forwarded.
#[test]
fn a_lock_does_not_switch_off_the_forwarding_that_is_set() {
    let all = [london(), desk(), settings(vec![("phone.forward_locked", Value::Flag(true))])].concat();
    let raw = "raw.yealink.\"account.1.codec.opus.enable\"";
    let all: Vec<_> = all.into_iter().filter(|(path, _)| path.as_str() != raw).collect();
    let (files, findings) = files(Yealink, "T31G", Bound, &all, &BTreeSet::new());
    assert_eq!(findings.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["phone.forward_locked"]);
    let keys = keys(Yealink, &files);
    assert!(!keys.contains_key("features.fwd.allow"));
    assert_eq!(keys["features.fwd_mode"], "1");
}

/// A base's settings of the London site; the language is each handset's own.
fn base() -> Vec<(Path, Value)> {
    let more = settings(vec![
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("line.2.forward.busy", text("2199")),
    ]);
    london().into_iter().filter(|(path, _)| path.as_str() != "phone.language").chain(more).collect()
}

#[test]
fn a_base_has_a_line_on_each_handset() {
    for (kind, name) in
        [(Baseline, "yealink_w60b_baseline"), (Bound, "yealink_w60b_bound"), (Clear, "yealink_w60b_clear")]
    {
        let (files, findings) = files(Yealink, "W60B", kind, &base(), &BTreeSet::new());
        assert_eq!(findings, []);
        snapshot(name, &files);
    }
}

#[test]
fn what_a_base_lacks_is_said_and_not_written() {
    let all = [base(), desk(), settings(vec![("phone.language", text("de"))])].concat();
    let all: Vec<_> = all.into_iter().filter(|(path, _)| !path.as_str().starts_with("raw.")).collect();
    let (files, findings) = files(Yealink, "W60B", Bound, &all, &BTreeSet::new());
    let said: Vec<_> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    assert_eq!(
        said,
        [
            "expansion.1.keys.2.type",
            "expansion.1.keys.2.value",
            "keys.3.label",
            "keys.3.type",
            "keys.3.value",
            "phone.language",
        ]
    );
    let keys = keys(Yealink, &files);
    assert!(!keys.contains_key("lang.gui") && !keys.keys().any(|key| key.contains("linekey")));
}

/// Managers of several bases say where to register once, in a template.
#[test]
fn yealink_w80dm_bound_and_clear() {
    let second = settings(vec![
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("sip.backup.host", text("backup.example.com")),
        ("sip.outbound_proxy.host", text("sbc.example.com")),
    ]);
    let all = [unsaid::without(london(), &["phone.language"]), second].concat();
    let (files, findings) = files(Yealink, "W75DM", Bound, &all, &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("yealink_w75dm_bound", &files);
    let said = keys(Yealink, &files);
    for (key, value) in [
        ("account.2.sip_server.template", "1"),
        ("template.1.sip_server.1.address", "sip.example.com"),
        ("template.1.sip_server.2.address", "backup.example.com"),
        ("template.1.outbound.1.address", "sbc.example.com"),
        ("account.3.sip_server.template", "%NULL%"),
    ] {
        assert_eq!(said[key], value, "{key}");
    }
    let (cleared, _) = self::files(Yealink, "W75DM", Clear, &[], &BTreeSet::new());
    assert_eq!(keys(Yealink, &cleared)["template.1.sip_server.1.address"], "%NULL%");
}

#[test]
fn a_shared_line_and_the_name_of_a_station() {
    let more = settings(vec![
        ("line.1.shared", Value::Flag(true)),
        ("phone.unbound_text", text("Help desk 4444, no emergency calls")),
    ]);
    let all = [london(), more].concat();
    for (kind, shared, shown) in [
        (Bound, Some("1"), "%NULL%"),
        (Clear, Some("0"), "Help desk 4444, no emergency calls"),
        (Baseline, None, "Help desk 4444, no emergency calls"),
    ] {
        let (files, findings) = files(Yealink, "T46U", kind, &all, &BTreeSet::new());
        assert_eq!(findings, []);
        let keys = keys(Yealink, &files);
        assert_eq!(keys.get("account.1.shared_line").map(String::as_str), shared);
        assert_eq!(keys["features.station_name.value"], shown);
    }
}
