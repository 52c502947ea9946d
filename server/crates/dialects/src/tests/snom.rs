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
    let missing =
        ["expansion.1.keys.2.type", "expansion.1.keys.2.value", "phone.dial_plan", "sip.backup.host"];
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
