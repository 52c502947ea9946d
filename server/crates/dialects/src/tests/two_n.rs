use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const STYLE: (Vendor, &str) = (TwoN, "IP Style");

/// What London sets and whose place in the tree is not known.
const UNSAID: &[&str] = &[
    "network.lldp",
    "network.vlan",
    "network.vlan_priority",
    "phone.language",
    "phone.ntp",
    "phone.timezone",
    "provisioning.dhcp_override",
    "provisioning.password",
];

#[test]
fn two_n_baseline_bound_clear_and_common() {
    let udp = without(london(), &["sip.transport"]);
    check_but("two_n_baseline", STYLE, Baseline, &udp, UNSAID);
    check_but("two_n_bound", STYLE, Bound, &udp, UNSAID);
    check_but("two_n_clear", STYLE, Clear, &udp, UNSAID);
    check_common_but("two_n_common", TwoN, &[UNSAID, &["sip.transport"]].concat());
}

#[test]
fn two_n_desk() {
    let said = ["sip.backup.host", "sip.outbound_proxy.host", "sip.outbound_proxy.port"];
    let all = [without(london(), &[UNSAID, &["sip.transport"]].concat()), desk()].concat();
    let unsaid: Vec<Path> = desk().into_iter().map(|(path, _)| path).collect();
    let unsaid: Vec<&str> = unsaid.iter().map(Path::as_str).filter(|path| !said.contains(path)).collect();
    check_but("two_n_desk", STYLE, Bound, &all, &unsaid);
}

#[test]
fn a_line_never_takes_a_weaker_transport_than_was_asked_for() {
    let (artifact, findings) = file(TwoN, "IP Style", Bound, &london(), &BTreeSet::new());
    assert!(findings.iter().any(|finding| finding.subject == "sip.transport"));
    assert_eq!(artifact.slots, []);
    assert!(!artifact.redacted().contains("2101"));
}
