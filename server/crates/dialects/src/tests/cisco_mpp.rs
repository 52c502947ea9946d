use super::*;

/// No key was found for this.
const MISSING: &[&str] = &["network.vlan_priority"];

#[test]
fn cisco_mpp_baseline() {
    check_but("cisco_mpp_baseline", CiscoMpp, "6821", Baseline, MISSING);
}

#[test]
fn cisco_mpp_bound() {
    check_but("cisco_mpp_bound", CiscoMpp, "6821", Bound, MISSING);
}

#[test]
fn cisco_mpp_clear() {
    check_but("cisco_mpp_clear", CiscoMpp, "6821", Clear, MISSING);
}

#[test]
fn cisco_mpp_common() {
    check_common_but("cisco_mpp_common", CiscoMpp, MISSING);
}

#[test]
fn cisco_mpp_desk() {
    let missing = [
        "line.1.forward.always",
        "line.1.forward.no_answer",
        "line.1.forward.no_answer_seconds",
        "network.vlan_priority",
    ];
    check_desk("cisco_mpp_desk", CiscoMpp, "6821", &missing);
}

#[test]
fn without_a_dictionary_there_is_english() {
    let language = |tag: &str| {
        let all = [london(), settings(vec![("phone.language", text(tag))])].concat();
        let (files, findings) = files(CiscoMpp, "6821", Baseline, &all, &BTreeSet::new());
        let said = keys(CiscoMpp, &files).contains_key("Language_Selection");
        (said, subjects(&findings).contains(&"phone.language"))
    };
    assert_eq!(language("en"), (true, false));
    assert_eq!(language("en-AU"), (true, false));
    assert_eq!(language("de"), (false, true));
}

#[test]
fn keys_paging_and_words_that_phones_lack() {
    let settings = [
        london(),
        settings(vec![
            ("sip.domain", text("ringfence.test")),
            ("sip.lookup", text("naptr")),
            ("sip.srtp", text("off")),
            ("keys.2.type", text("park")),
            ("keys.2.value", text("700")),
            ("keys.3.type", text("blf")),
            ("keys.3.value", text("2102;fnc=xml")),
            ("keys.4.type", text("dtmf")),
            ("expansion.2.keys.1.type", text("blf")),
            ("expansion.2.keys.1.value", text("2102")),
            ("expansion.2.keys.1.label", text("Sales & more")),
            ("paging.2.address", text("239.1.1.1:5001")),
            ("paging.2.label", text("Workshop")),
            ("paging.3.address", text("239.1.1.1:5001;num=1")),
            ("paging.11.address", text("239.1.1.1:5001")),
        ]),
    ]
    .concat();
    let (files, findings) = files(CiscoMpp, "8851", Bound, &settings, &BTreeSet::new());
    let missing = [
        "network.vlan_priority",
        "keys.3.type",
        "keys.4.type",
        "sip.srtp",
        "sip.lookup",
        "paging.3.address",
        "paging.11.address",
    ];
    assert_eq!(subjects(&findings), missing);
    let keys = keys(CiscoMpp, &files);
    for (key, value) in [
        ("Proxy_1_", "ringfence.test"),
        ("Outbound_Proxy_1_", "sip.example.com:5061"),
        ("Extension_2_", "Disabled"),
        ("Extended_Function_2_", "fnc=prk;sub=700@$PROXY;vid=1"),
        ("Extended_Function_3_", ""),
        ("Unit_2_Key_1_", "fnc=sd+blf+cp;sub=2102@$PROXY;vid=1;nme=Sales & more"),
        ("Group_2_Paging_Script", "pggrp=239.1.1.1:5001;name=Workshop;num=802;listen=yes;"),
        ("Profile_Rule", "[--uid $A --pwd $B]https://prov.example.com/s/$MA.xml"),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(!keys.contains_key("Group_3_Paging_Script"));
    let served = served(&["paging.2.address", "paging.2.label"]);
    let (files, _) = self::files(CiscoMpp, "8851", Baseline, &london(), &served);
    assert_eq!(self::keys(CiscoMpp, &files)["Group_2_Paging_Script"], "");
}
