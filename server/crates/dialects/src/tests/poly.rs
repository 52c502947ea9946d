use super::*;

#[test]
fn poly_baseline() {
    check("poly_baseline", Poly, "VVX 250", Baseline);
}

#[test]
fn poly_bound() {
    check("poly_bound", Poly, "VVX250", Bound);
}

#[test]
fn poly_clear() {
    check("poly_clear", Poly, "VVX 250", Clear);
}

#[test]
fn poly_common() {
    check_common("poly_common", Poly);
}

fn bound(more: Vec<(&str, Value)>) -> (BTreeMap<String, String>, Vec<(Code, String)>) {
    let mut all: BTreeMap<Path, Value> = london().into_iter().collect();
    all.extend(settings(more));
    let all: Vec<_> = all.into_iter().collect();
    let (files, findings) = files(Poly, "VVX 250", Bound, &all, &BTreeSet::new());
    (keys(Poly, &files), findings.into_iter().map(|f| (f.code, f.subject)).collect())
}

#[test]
fn a_whole_desk() {
    let all = [london(), desk()].concat();
    let (files, findings) = files(Poly, "VVX 250", Bound, &all, &BTreeSet::new());
    let said: Vec<_> = findings.iter().map(|f| (f.code, f.subject.as_str())).collect();
    // Modules have no numbers of their own; what forwards every call is the user's; tones come with the language.
    assert_eq!(
        said,
        [
            (Code::SettingInexpressible, "expansion.1.keys.2.type"),
            (Code::SettingInexpressible, "expansion.1.keys.2.value"),
            (Code::SettingInexpressible, "line.1.forward.always"),
            (Code::SettingInexpressible, "phone.tone_region"),
        ]
    );
    snapshot("poly_desk", &files);
}

#[test]
fn a_master_names_the_settings_and_the_firmware() {
    let with = |path: &str, value: &str| bound(vec![(path, text(value))]).0;
    let keys = with("firmware.url", "https://prov.example.com/firmware/6.4.6/sip.ld");
    assert_eq!(keys["APP_FILE_PATH"], "https://prov.example.com/firmware/6.4.6/sip.ld");
    assert_eq!(keys["CONFIG_FILES"], format!("{MAC}-settings.cfg"));
    assert_eq!(with("phone.pickup_code", "*8")["APP_FILE_PATH"], "sip.ld");
}

#[test]
fn what_cannot_be_written_is_said() {
    for (path, value, code) in [
        ("phone.timezone", text("Australia/Lord_Howe"), Code::SettingInexpressible),
        ("phone.timezone", text("Mars/Olympus"), Code::SettingInexpressible),
        ("phone.language", text("tlh"), Code::SettingInexpressible),
        ("provisioning.url", text("tftp://192.0.2.1/"), Code::SettingInexpressible),
        ("provisioning.interval_minutes", Value::Number(30), Code::SettingInexpressible),
        ("sip.lookup", text("srv"), Code::SettingInexpressible),
        ("sip.lookup", text("naptr"), Code::SettingInexpressible),
        ("keys.3.type", text("speed-dial"), Code::SettingInexpressible),
        ("keys.3.type", text("dtmf"), Code::SettingInexpressible),
        ("keys.3.type", text("blf"), Code::SettingInexpressible),
        ("keys.1.type", text("blf"), Code::SettingInexpressible),
        ("phone.forward_locked", Value::Flag(true), Code::SettingInexpressible),
        ("paging.1.address", text("239.1.1.1:5001"), Code::SettingInexpressible),
        ("raw.poly.\"CONFIG_FILES\"", text("evil.cfg"), Code::SettingInexpressible),
        ("raw.poly.\"reg.1.address\"", text("1"), Code::SettingInexpressible),
    ] {
        let (keys, findings) = bound(vec![(path, value)]);
        assert_eq!(findings, [(code, path.to_owned())], "{path}");
        assert_eq!(keys["reg.1.address"], "2101", "{path}");
        // A transport that was chosen is never given up for a lookup.
        assert_eq!(keys["reg.1.server.1.transport"], "TLS");
        assert_eq!(keys["reg.1.server.1.port"], "5061");
    }
}

#[test]
fn without_a_transport_naptr_finds_the_registrar() {
    let naptr = ("sip.lookup", text("naptr"));
    let all: Vec<_> = london().into_iter().filter(|(path, _)| path.as_str() != "sip.transport").collect();
    let all = [all, settings(vec![naptr])].concat();
    let (files, findings) = files(Poly, "VVX 250", Bound, &all, &BTreeSet::new());
    assert_eq!(findings, []);
    let keys = keys(Poly, &files);
    assert_eq!(
        (keys["reg.1.server.1.transport"].as_str(), keys["reg.1.server.1.port"].as_str()),
        ("DNSnaptr", "0")
    );
}

/// What stays in flash is reset in so many words, but the way back and the door never.
#[test]
fn what_was_served_is_reset() {
    let served: BTreeSet<Path> = [london(), desk()].concat().into_iter().map(|(path, _)| path).collect();
    let (files, _) = files(Poly, "VVX 250", Clear, &[], &served);
    snapshot("poly_reset", &files);
}

#[test]
fn clocks_change_in_both_hemispheres() {
    let zone = |name: &str| {
        let (keys, findings) = bound(vec![("phone.timezone", text(name))]);
        assert_eq!(findings, []);
        let start = "tcpIpApp.sntp.";
        let said =
            keys.iter().filter_map(|(key, value)| Some(format!("{}={value}", key.strip_prefix(start)?)));
        said.filter(|line| !line.contains("address")).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(
        "poly_zones",
        [zone("America/New_York"), zone("Australia/Sydney"), zone("Asia/Tokyo")].join("\n\n")
    );
}

/// Once a key dials, every key is told what it is; otherwise the phone puts them in order by itself.
#[test]
fn a_key_that_dials_stands_where_its_number_says() {
    let watch = [("keys.2.type", text("blf")), ("keys.2.value", text("2102"))];
    let (keys, findings) = bound(watch.to_vec());
    assert_eq!(findings, []);
    assert!(!keys.keys().any(|key| key.starts_with("lineKey.")));
    let dial = [
        ("keys.4.type", text("speed-dial")),
        ("keys.4.value", text("2190")),
        ("keys.4.label", text("Lift")),
        ("raw.poly.\"lineKey.reassignment.enabled\"", text("1")),
    ];
    let (keys, findings) = bound([watch.to_vec(), dial.to_vec()].concat());
    assert_eq!(findings, []);
    for (key, value) in [
        ("lineKey.reassignment.enabled", "1"),
        ("lineKey.1.category", "Line"),
        ("lineKey.1.index", "1"),
        ("lineKey.2.category", "BLF"),
        ("lineKey.2.index", "0"),
        ("lineKey.4.category", "EFK"),
        ("lineKey.4.index", "4"),
        ("efk.efklist.4.action.string", "2190$Tinvite$"),
        ("efk.efklist.4.mname", "Lift"),
        ("feature.EFKLineKey.enabled", "1"),
        ("attendant.resourceList.2.address", "2102"),
    ] {
        assert_eq!(keys[key], value, "{key}");
    }
    assert!(!keys.contains_key("attendant.resourceList.4.address"));
    let (_, findings) =
        bound(vec![("keys.3.type", text("speed-dial")), ("keys.3.value", text("1$Tinvite$"))]);
    assert_eq!(findings, [(Code::SettingInexpressible, "keys.3.type".to_owned())]);
}
