use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const HORN: (Vendor, &str) = (Algo, "8186");

#[test]
fn algo_baseline_bound_clear_and_common() {
    check_but("algo_baseline", HORN, Baseline, &london(), &[]);
    check_but("algo_bound", HORN, Bound, &london(), &[]);
    check_but("algo_clear", HORN, Clear, &london(), &[]);
    check_common_but("algo_common", Algo, &[]);
}

#[test]
fn algo_desk() {
    let said =
        ["phone.admin_password", "sip.backup.host", "sip.outbound_proxy.host", "sip.outbound_proxy.port"];
    let all = [london(), desk()].concat();
    let unsaid: Vec<Path> = desk().into_iter().map(|(path, _)| path).collect();
    let unsaid: Vec<&str> = unsaid.iter().map(Path::as_str).filter(|path| !said.contains(path)).collect();
    check_but("algo_desk", HORN, Bound, &all, &unsaid);
}

#[test]
fn whether_dhcp_is_asked_follows_from_a_server_of_its_own() {
    let plain = without(london(), &["provisioning."]);
    let url = || ("provisioning.url", text("https://prov.example.com/s/"));
    let dhcp = |allowed| ("provisioning.dhcp_override", Value::Flag(allowed));
    for (more, said) in [
        (vec![url(), dhcp(false)], false),
        (vec![url(), dhcp(true)], true),
        (vec![dhcp(false)], true),
        (vec![dhcp(true)], false),
        (vec![url()], false),
    ] {
        let all = [plain.clone(), settings(more)].concat();
        let (_, findings) = file(Algo, "8186", Bound, &all, &BTreeSet::new());
        let subjects: Vec<_> = findings.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(subjects.contains(&"provisioning.dhcp_override"), said, "{findings:?}");
    }
}

#[test]
fn other_intervals_than_the_known_are_said() {
    for (vendor, model, good, bad) in [
        (Algo, "8186", [1440, 1440], [60, 2880]),
        (Mitel, "6867i", [1440, 10_080], [60, 1441]),
        (TwoN, "IP Style", [60, 10_080], [61, 2880]),
    ] {
        let findings = |minutes: i64| {
            let all = settings(vec![("provisioning.interval_minutes", Value::Number(minutes))]);
            file(vendor, model, Baseline, &all, &BTreeSet::new()).1.len()
        };
        assert_eq!(good.map(findings), [0, 0], "{model}");
        assert_eq!(bad.map(findings), [1, 1], "{model}");
    }
}
