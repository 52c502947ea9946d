use super::{
    unsaid::{check_but, check_common_but},
    *,
};

const N670: (Vendor, &str) = (Gigaset, "N670 IP PRO");

/// What London sets and bases have no known key for.
const UNSAID: &[&str] = &[
    "network.lldp",
    "network.qos_audio",
    "network.qos_signalling",
    "network.vlan",
    "network.vlan_priority",
    "provisioning.dhcp_override",
    "provisioning.interval_minutes",
    "provisioning.password",
];

#[test]
fn gigaset_baseline_bound_clear_and_common() {
    check_but("gigaset_baseline", N670, Baseline, &london(), UNSAID);
    check_but("gigaset_bound", N670, Bound, &london(), UNSAID);
    check_but("gigaset_clear", N670, Clear, &london(), UNSAID);
    check_common_but("gigaset_common", Gigaset, UNSAID);
}

#[test]
fn gigaset_desk() {
    let all = [london(), desk()].concat();
    let said = [
        "phone.admin_password",
        "sip.backup.host",
        "sip.outbound_proxy.host",
        "sip.outbound_proxy.port",
        "sip.srtp",
    ];
    let unsaid: Vec<Path> = desk().into_iter().map(|(path, _)| path).collect();
    let unsaid = unsaid.iter().map(Path::as_str).filter(|path| !said.contains(path));
    let unsaid: Vec<&str> = unsaid.chain(UNSAID.iter().copied()).collect();
    check_but("gigaset_desk", N670, Bound, &all, &unsaid);
}

#[test]
fn a_handset_that_the_inventory_does_not_know_gets_no_line() {
    let device = DeviceContext {
        mac: Mac::parse(MAC).unwrap(),
        serial: "",
        model: "N670 IP PRO",
        accounts: 20,
        handsets: &BTreeMap::new(),
    };
    let (files, findings) = device_files(Gigaset, &device, Bound, &resolution(london()), &BTreeSet::new());
    assert!(findings.iter().any(|finding| finding.subject == "line.1.extension"));
    let file = files[0].artifact.redacted();
    assert!(!file.contains("add_hs") && !file.contains("SipAccount") && files[0].artifact.slots.is_empty());
}
