use super::*;

/// An adapter's clock has codes of its own.
const MISSING_ON_ADAPTERS: &[&str] = &["network.lldp", "phone.timezone"];

#[test]
fn cisco_spa_phone_baseline() {
    check("cisco_spa_phone_baseline", CiscoSpa, "SPA303", Baseline);
}

#[test]
fn cisco_spa_phone_bound() {
    check("cisco_spa_phone_bound", CiscoSpa, "SPA303", Bound);
}

#[test]
fn cisco_spa_phone_clear() {
    check("cisco_spa_phone_clear", CiscoSpa, "SPA303", Clear);
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
    check_common("cisco_spa_common", CiscoSpa);
}

#[test]
fn cisco_spa_phone_desk() {
    let missing = ["sip.srtp", "sip.codecs"];
    check_desk("cisco_spa_phone_desk", CiscoSpa, "SPA303", &missing);
}

#[test]
fn a_phone_listens_to_one_group() {
    let groups = settings(vec![
        ("paging.1.address", text("239.1.1.1:5001")),
        ("paging.1.label", text("Stairs")),
        ("paging.2.address", text("239.1.1.2:5001")),
    ]);
    let all = [london(), groups].concat();
    let (phone, findings) = files(CiscoSpa, "SPA504G", Bound, &all, &BTreeSet::new());
    assert_eq!(subjects(&findings), ["paging.2.address"]);
    let script = |files: &[File]| keys(CiscoSpa, files).get("Group_Paging_Script").cloned();
    let said = "pggrp=239.1.1.1:5001;name=Stairs;num=801;listen=yes;";
    assert_eq!(script(&phone).as_deref(), Some(said));
    let (gone, _) = files(CiscoSpa, "SPA504G", Bound, &london(), &served(&["paging.1.address"]));
    assert_eq!(script(&gone).as_deref(), Some(""));
    let (adapter, findings) = files(CiscoSpa, "SPA112", Bound, &all, &BTreeSet::new());
    assert!(subjects(&findings).contains(&"paging.1.address"));
    assert_eq!(script(&adapter), None);
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
