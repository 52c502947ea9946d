use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const HORN: (Vendor, &str) = (Algo, "8186");

/// What London sets and these devices have no known key for.
const UNSAID: &[&str] = &["provisioning.dhcp_override", "provisioning.interval_minutes"];

#[test]
fn algo_baseline_bound_clear_and_common() {
    check_but("algo_baseline", HORN, Baseline, &london(), UNSAID);
    check_but("algo_bound", HORN, Bound, &london(), UNSAID);
    check_but("algo_clear", HORN, Clear, &london(), UNSAID);
    check_common_but("algo_common", Algo, UNSAID);
}

#[test]
fn algo_desk() {
    let said =
        ["phone.admin_password", "sip.backup.host", "sip.outbound_proxy.host", "sip.outbound_proxy.port"];
    let all = [without(london(), UNSAID), desk()].concat();
    let unsaid: Vec<Path> = desk().into_iter().map(|(path, _)| path).collect();
    let unsaid: Vec<&str> = unsaid.iter().map(Path::as_str).filter(|path| !said.contains(path)).collect();
    check_but("algo_desk", HORN, Bound, &all, &unsaid);
}
