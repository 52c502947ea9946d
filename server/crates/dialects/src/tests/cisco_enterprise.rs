use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const C8841: (Vendor, &str) = (CiscoEnterprise, "8841");

/// What London sets and whose place in the file is not known.
const UNSAID: &[&str] = &[
    "network.lldp",
    "network.qos_signalling",
    "network.vlan",
    "network.vlan_priority",
    "phone.language",
    "provisioning.dhcp_override",
    "provisioning.interval_minutes",
];

#[test]
fn cisco_enterprise_baseline_bound_clear_and_common() {
    check_but("cisco_enterprise_baseline", C8841, Baseline, &london(), UNSAID);
    check_but("cisco_enterprise_bound", C8841, Bound, &london(), UNSAID);
    check_but("cisco_enterprise_clear", C8841, Clear, &london(), UNSAID);
    check_common_but("cisco_enterprise_common", CiscoEnterprise, UNSAID);
}

#[test]
fn cisco_enterprise_desk() {
    let all = [without(london(), UNSAID), desk()].concat();
    let unsaid = [
        "expansion.1.keys.2.type",
        "expansion.1.keys.2.value",
        "line.1.forward.always",
        "line.1.forward.no_answer",
        "line.1.forward.no_answer_seconds",
        "phone.dial_plan",
        "phone.tone_region",
        "sip.codecs",
        "sip.srtp",
    ];
    check_but("cisco_enterprise_desk", C8841, Bound, &all, &unsaid);
}
