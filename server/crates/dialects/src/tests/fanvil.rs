use super::*;

#[test]
fn fanvil_baseline() {
    check("fanvil_baseline", Fanvil, "X3U", Baseline);
}

#[test]
fn fanvil_bound() {
    check("fanvil_bound", Fanvil, "X3U", Bound);
}

#[test]
fn fanvil_clear() {
    check("fanvil_clear", Fanvil, "X3U", Clear);
}

#[test]
fn fanvil_common() {
    check_common("fanvil_common", Fanvil);
}

#[test]
fn fanvil_desk() {
    let missing = ["expansion.1.keys.2.type", "expansion.1.keys.2.value", "phone.dial_plan"];
    check_desk("fanvil_desk", Fanvil, "X4U", &missing);
}

#[test]
fn keys_stand_on_pages_and_what_is_not_known_is_said() {
    let settings = [
        london(),
        settings(vec![
            ("phone.pickup_code", text("*8")),
            ("line.1.shared", Value::Flag(true)),
            ("keys.2.type", text("line")),
            ("keys.6.type", text("park")),
            ("keys.6.value", text("700")),
            ("keys.13.type", text("blf")),
            ("keys.13.value", text("2102")),
            ("keys.14.type", text("speed-dial")),
            ("keys.14.value", text("2102@2/ba")),
            ("keys.15.type", text("dtmf")),
            ("paging.2.address", text("239.1.1.1:5001")),
            ("paging.2.label", text("Workshop")),
            ("paging.3.address", text("239.1.1.1")),
            ("paging.11.address", text("239.1.1.1:5001")),
            ("provisioning.url", text("prov.example.com")),
        ]),
    ]
    .concat();
    let (files, findings) = files(Fanvil, "X6U", Bound, &settings, &BTreeSet::new());
    let missing =
        ["paging.3.address", "provisioning.url", "keys.14.type", "keys.15.type", "paging.11.address"];
    assert_eq!(subjects(&findings), missing);
    let keys = keys(Fanvil, &files);
    for (key, value) in [
        ("dsskey/internal[1]/Fkey[2]/Value", "SIP1"),
        ("dsskey/internal[1]/Fkey[6]/Value", "700@1/c"),
        ("dsskey/internal[2]/Fkey[1]/Value", "2102@1/ba*82102"),
        ("sip/line[1]/EnableSCA", "1"),
        ("mcast/addr[2]/Host", "239.1.1.1"),
        ("mcast/addr[2]/Port", "5001"),
        ("mcast/addr[2]/Name", "Workshop"),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
}

#[test]
fn an_intercom_calls_by_its_button() {
    let button = settings(vec![("keys.1.type", text("speed-dial")), ("keys.1.value", text("2100"))]);
    let site = unsaid::without(london(), &["phone.language"]);
    let (files, findings) = files(Fanvil, "i61", Bound, &[site, button].concat(), &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("fanvil_intercom", &files);
}

/// Where nobody has a line yet, the phone says whom to call from another one.
#[test]
fn a_phone_without_a_line_shows_what_it_is_told() {
    let text = settings(vec![("phone.unbound_text", text("Help 4444"))]);
    let shown = |kind| {
        let (files, findings) =
            files(Fanvil, "V64", kind, &[london(), text.clone()].concat(), &BTreeSet::new());
        assert_eq!(findings, []);
        keys(Fanvil, &files).remove("phone/display/LCDTitle")
    };
    assert_eq!(shown(Baseline).as_deref(), Some("Help 4444"));
    assert_eq!(shown(Clear).as_deref(), Some("Help 4444"));
    assert_eq!(shown(Bound).as_deref(), Some(""));
}
