use super::*;

#[test]
fn snom_baseline() {
    check("snom_baseline", Snom, "D120", Baseline);
}

#[test]
fn snom_bound() {
    check("snom_bound", Snom, "D120", Bound);
}

#[test]
fn snom_clear() {
    check("snom_clear", Snom, "D120", Clear);
}

#[test]
fn snom_common() {
    check_common("snom_common", Snom);
}

#[test]
fn snom_desk() {
    let missing = ["expansion.1.keys.2.type", "expansion.1.keys.2.value"];
    check_desk("snom_desk", Snom, "D120", &missing);
}

#[test]
fn keys_shared_lines_and_paging_are_written_or_refused() {
    let settings = [
        london(),
        settings(vec![
            ("phone.pickup_code", text("*8")),
            ("line.1.shared", Value::Flag(true)),
            ("keys.3.type", text("blf")),
            ("keys.3.value", text("2102")),
            ("keys.4.type", text("park")),
            ("keys.4.value", text("700|x")),
            ("keys.5.type", text("voicemail")),
            ("keys.6.type", text("speed-dial")),
            ("paging.2.address", text("239.1.1.1:5001")),
            ("paging.3.address", text("239.1.1.1:5001,interrupt=1")),
            ("paging.11.address", text("239.1.1.1:5001")),
        ]),
    ]
    .concat();
    let (files, findings) = files(Snom, "D785", Bound, &settings, &BTreeSet::new());
    assert_eq!(subjects(&findings), ["paging.3.address", "keys.4.type", "keys.6.type", "paging.11.address"]);
    let keys = keys(Snom, &files);
    for (key, value) in [
        ("fkey.2", "blf 2102|*8"),
        ("fkey.3", "line"),
        ("fkey.4", "keyevent F_RETRIEVE"),
        ("user_shared_line.1", "on"),
        ("mc_address.2", "239.1.1.1:5001"),
        ("multicast_listen", "on"),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(!keys.contains_key("mc_address.3"));
}

#[test]
fn a_backup_takes_an_identity_that_no_line_has() {
    let backup = settings(vec![
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("sip.backup.host", text("backup.example.com")),
        ("sip.backup.port", Value::Number(5071)),
        ("sip.srtp", text("required")),
        ("line.2.forward.busy", text("2199")),
    ]);
    let all = [london(), backup].concat();
    let (two, findings) = files(Snom, "D785", Bound, &all, &BTreeSet::new());
    assert_eq!(subjects(&findings), Vec::<&str>::new());
    let keys = keys(Snom, &two);
    for (key, value) in [
        ("user_failover_identity.1", "3"),
        ("user_failover_identity.2", "4"),
        ("user_active.4", "on"),
        ("user_name.3", "2101"),
        ("user_name.4", "2102"),
        ("user_outbound.2", "sip.example.com:5061;transport=tls"),
        ("user_outbound.4", "backup.example.com:5071;transport=tls"),
        ("user_host.4", "backup.example.com"),
        ("user_savp.4", "mandatory"),
        ("fwd_busy_target.2", "2199"),
        ("fkey.3", "line"),
        ("fkey.3.context", "active"),
        ("user_active.5", "off"),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(!keys.contains_key("fwd_busy_target.4"));
    for kind in [Baseline, Clear] {
        let (files, _) = super::files(Snom, "D785", kind, &all, &BTreeSet::new());
        let mut secrets = files.iter().flat_map(|file| &file.artifact.slots).map(|slot| slot.secret);
        assert!(secrets.all(|slot| slot == secret(100)), "{kind:?}");
    }
    // No identity is left for the second line; nothing is half there.
    let (files, findings) = files(Snom, "D120", Bound, &all, &BTreeSet::new());
    assert_eq!(subjects(&findings), ["sip.backup.host"]);
    let keys = super::keys(Snom, &files);
    assert_eq!((keys["user_failover_identity.1"].as_str(), keys["user_name.2"].as_str()), ("none", "2102"));
}

#[test]
fn a_backup_that_has_gone_leaves_no_identity_behind() {
    let (files, _) = files(Snom, "D785", Bound, &london(), &served(&["sip.backup.host", "phone.dial_plan"]));
    let keys = keys(Snom, &files);
    for (key, value) in [
        ("user_failover_identity.1", "none"),
        ("user_active.2", "off"),
        ("user_pass.2", ""),
        ("user_dp_str.1", ""),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
}

#[test]
fn a_backup_behind_the_same_proxy_and_domain_is_refused() {
    let behind = |more: Vec<(&str, Value)>| {
        let backup = [
            ("sip.backup.host", text("b.example.com")),
            ("sip.outbound_proxy.host", text("sbc.example.com")),
        ];
        let all = [london(), settings(backup.into()), settings(more)].concat();
        let (files, findings) = files(Snom, "D785", Bound, &all, &BTreeSet::new());
        let subjects: Vec<_> = findings.iter().map(|finding| finding.subject.clone()).collect();
        (keys(Snom, &files), subjects)
    };
    let (keys, subjects) = behind(vec![]);
    assert!(subjects.is_empty());
    assert_eq!(keys["user_outbound.2"], "sbc.example.com:5061;transport=tls");
    assert_eq!(keys["user_host.2"], "b.example.com");
    let (keys, subjects) = behind(vec![("sip.domain", text("example.com"))]);
    assert_eq!(subjects, ["sip.backup.host"]);
    assert_eq!(keys["user_active.2"], "off");
}

#[test]
fn dns_is_asked_for_a_registrar_that_is_named_alone() {
    let asked = |more: Vec<(&str, Value)>| {
        let all = [unsaid::without(london(), &["sip.transport"]), settings(more)].concat();
        let (files, findings) = files(Snom, "D785", Bound, &all, &BTreeSet::new());
        let said = findings.iter().any(|finding| finding.subject == "sip.lookup" && finding.blocks());
        (keys(Snom, &files)["user_outbound.1"].clone(), said)
    };
    let naptr = || ("sip.lookup", text("naptr"));
    let port = "sip.example.com:5061;transport=";
    assert_eq!(asked(vec![naptr()]), (String::new(), false));
    assert_eq!(asked(vec![naptr(), ("sip.transport", text("tls"))]), (format!("{port}tls"), true));
    assert_eq!(asked(vec![naptr(), ("sip.domain", text("example.com"))]), (format!("{port}udp"), true));
    assert_eq!(asked(vec![("sip.lookup", text("srv"))]), (format!("{port}udp"), true));
    assert_eq!(asked(vec![("sip.lookup", text("address"))]), (format!("{port}udp"), false));
}

#[test]
fn a_dial_plan_that_has_no_expressions_is_said() {
    let all = [london(), settings(vec![("phone.dial_plan", text("<9:0>x."))])].concat();
    let (files, findings) = files(Snom, "D785", Bound, &all, &BTreeSet::new());
    assert_eq!(subjects(&findings), ["phone.dial_plan"]);
    assert!(!keys(Snom, &files).contains_key("user_dp_str.1"));
}

/// What a base has no key for.
const MISSING_ON_BASES: &[&str] = &["network.lldp", "provisioning.interval_minutes"];

#[test]
fn snom_base_clear() {
    check_but("snom_base_clear", Snom, "M300", Clear, MISSING_ON_BASES);
}

#[test]
fn snom_base_handsets() {
    let second = settings(vec![
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("line.2.forward.busy", text("2199")),
        ("phone.admin_password", Value::Secret(secret(9))),
        ("sip.codecs", text("opus, g722")),
    ]);
    let all = [london(), second].concat();
    let (files, findings) = files(Snom, "M300", Bound, &all, &BTreeSet::new());
    assert_eq!(subjects(&findings), [MISSING_ON_BASES, &["sip.codecs"]].concat());
    snapshot("snom_base_handsets", &files);
}
