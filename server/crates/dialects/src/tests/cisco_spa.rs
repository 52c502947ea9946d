use super::*;

/// Only one model has a key for this.
const MISSING: &[&str] = &["network.lldp"];
/// An adapter's clock has codes of its own.
const MISSING_ON_ADAPTERS: &[&str] = &["network.lldp", "phone.timezone"];

#[test]
fn cisco_spa_phone_baseline() {
    check_but("cisco_spa_phone_baseline", CiscoSpa, "SPA303", Baseline, MISSING);
}

#[test]
fn cisco_spa_phone_bound() {
    check_but("cisco_spa_phone_bound", CiscoSpa, "SPA303", Bound, MISSING);
}

#[test]
fn cisco_spa_phone_clear() {
    check_but("cisco_spa_phone_clear", CiscoSpa, "SPA303", Clear, MISSING);
}

#[test]
fn cisco_spa_adapter_bound() {
    check_but("cisco_spa_adapter_bound", CiscoSpa, "ATA191", Bound, MISSING_ON_ADAPTERS);
}

#[test]
fn cisco_spa_adapter_clear() {
    check_but("cisco_spa_adapter_clear", CiscoSpa, "ATA191", Clear, MISSING_ON_ADAPTERS);
}

#[test]
fn cisco_spa_common() {
    check_common_but("cisco_spa_common", CiscoSpa, MISSING);
}

#[test]
fn cisco_spa_phone_desk() {
    let missing = ["network.lldp", "sip.srtp", "sip.codecs"];
    check_desk("cisco_spa_phone_desk", CiscoSpa, "SPA303", &missing);
}

fn ports(first: &str, second: &str) -> Vec<(Path, Value)> {
    let ports = settings(vec![
        ("fxs.1.caller_id", text(first)),
        ("fxs.1.t38", Value::Flag(true)),
        ("fxs.2.caller_id", text(second)),
        ("fxs.2.t38", Value::Flag(false)),
        ("line.1.forward.no_answer", text("2199")),
        ("line.1.forward.no_answer_seconds", Value::Number(25)),
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("network.vlan", Value::Number(30)),
        ("phone.admin_password", Value::Secret(secret(9))),
        ("phone.tone_region", text("GB")),
        ("sip.codecs", text("pcma, g729")),
    ]);
    [london(), ports].concat()
}

#[test]
fn cisco_spa_adapter_ports() {
    let (files, findings) = files(CiscoSpa, "SPA112", Bound, &ports("bt", "bt"), &BTreeSet::new());
    assert_eq!(subjects(&findings), MISSING_ON_ADAPTERS);
    snapshot("cisco_spa_adapter_ports", &files);
}

#[test]
fn ports_tell_callers_in_one_way_and_forget_it() {
    let (wrong, findings) = files(CiscoSpa, "SPA112", Bound, &ports("bt", "bellcore"), &BTreeSet::new());
    assert_eq!(subjects(&findings), [MISSING_ON_ADAPTERS, &["fxs.2.caller_id"]].concat());
    let method = |files: &[File]| keys(CiscoSpa, files).get("Caller_ID_Method").cloned();
    assert_eq!(method(&wrong).as_deref(), Some("ETSI FSK With PR(UK)"));
    let served = served(&["fxs.1.caller_id", "fxs.1.t38"]);
    let (after, _) = files(CiscoSpa, "SPA112", Clear, &london(), &served);
    assert_eq!(method(&after).as_deref(), Some("Bellcore(N.Amer,China)"));
    assert_eq!(keys(CiscoSpa, &after)["FAX_Enable_T38_1_"], "No");
    let (never, _) = files(CiscoSpa, "SPA112", Clear, &london(), &BTreeSet::new());
    assert_eq!(method(&never), None);
}

#[test]
fn a_phone_may_ask_for_encryption_but_never_claims_to_require_it() {
    let secure = |word: &str| {
        let settings = [london(), settings(vec![("sip.srtp", text(word))])].concat();
        let (files, findings) = files(CiscoSpa, "SPA504G", Bound, &settings, &BTreeSet::new());
        let setting = keys(CiscoSpa, &files).get("Secure_Call_Setting").cloned();
        (setting, subjects(&findings).contains(&"sip.srtp"))
    };
    assert_eq!(secure("off"), (Some("No".to_owned()), false));
    assert_eq!(secure("optional"), (Some("Yes".to_owned()), false));
    assert_eq!(secure("required"), (None, true));
}
