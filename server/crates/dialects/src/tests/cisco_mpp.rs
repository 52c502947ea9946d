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
    check_desk("cisco_mpp_desk", CiscoMpp, "6821", MISSING);
}

/// A second line, with what it forwards.
fn two_lines(first: &[(&str, &str)], second: &[(&str, &str)]) -> Vec<(Path, Value)> {
    let forwards = [(1, first), (2, second)].into_iter().flat_map(|(index, all)| {
        all.iter().map(move |(name, to)| (Path::line(index, &format!("forward.{name}")), text(to)))
    });
    let line =
        settings(vec![("line.2.extension", text("2102")), ("line.2.password", Value::Secret(secret(2)))]);
    [london(), line, forwards.collect()].concat()
}

#[test]
fn forwarding_is_written_where_all_lines_say_the_same_and_taken_back() {
    for (vendor, model) in [(CiscoMpp, "8851"), (CiscoSpa, "SPA504G")] {
        let of = |kind, all: &[(Path, Value)], served: &[&str]| {
            let (files, findings) = files(vendor, model, kind, all, &super::served(served));
            let keys = keys(vendor, &files);
            let own = ["Cfwd_All", "Cfwd_All_Dest", "Cfwd_Busy_Dest", "Cfwd_No_Ans_Delay"];
            let said = own.map(|key| keys.get(key).cloned().unwrap_or_else(|| "-".to_owned()));
            let refused = subjects(&findings).iter().filter(|path| path.contains("forward")).count();
            (said.join(" "), refused)
        };
        let switch = |word| if vendor == CiscoMpp { word } else { "-" };
        let same = two_lines(&[("always", "2199")], &[("always", "2199")]);
        assert_eq!(of(Bound, &same, &[]), (format!("{} 2199 - -", switch("Yes")), 0), "{vendor}");
        for differs in [
            two_lines(&[("always", "2199")], &[]),
            two_lines(&[], &[("always", "2199")]),
            two_lines(&[("always", "2199")], &[("always", "2198")]),
        ] {
            let (said, refused) = of(Bound, &differs, &[]);
            assert_eq!(said, "- - - -", "{vendor}");
            assert!(refused > 0, "{vendor}");
        }
        let seconds = two_lines(&[("no_answer_seconds", "25")], &[("no_answer_seconds", "25")]);
        assert_eq!(of(Bound, &seconds, &[]), ("- - - 25".to_owned(), 0), "{vendor}");
        // A phone that was served one keeps it until a file says otherwise, whoever has the line now.
        let served = ["line.1.forward.always", "line.1.forward.no_answer_seconds"];
        let gone = (format!("{}  - 20", switch("No")), 0);
        assert_eq!(of(Bound, &two_lines(&[], &[]), &served), gone, "{vendor}");
        assert_eq!(of(Clear, &same, &served), gone, "{vendor}");
        assert_eq!(of(Baseline, &same, &served), ("- - - -".to_owned(), 0), "{vendor}");
        assert_eq!(of(Bound, &two_lines(&[], &[]), &[]), ("- - - -".to_owned(), 0), "{vendor}");
    }
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
