use super::*;

#[test]
fn linphone_baseline() {
    check("linphone_baseline", Linphone, "DAEMON", Baseline);
}

#[test]
fn linphone_bound() {
    check("linphone_bound", Linphone, "DAEMON", Bound);
}

#[test]
fn linphone_clear() {
    check("linphone_clear", Linphone, "DAEMON", Clear);
}

#[test]
fn linphone_common() {
    check_common("linphone_common", Linphone);
}

#[test]
fn a_sip_domain_of_its_own_goes_by_way_of_the_registrar() {
    let settings = [london(), settings(vec![("sip.domain", text("ringfence.test"))])].concat();
    let (files, findings) = files(Linphone, "DAEMON", Bound, &settings, &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("linphone_domain", &files);
}

#[test]
fn what_was_served_is_reset_but_never_the_way_back() {
    let served: BTreeSet<Path> = london().into_iter().map(|(path, _)| path).collect();
    let (files, _) = files(Linphone, "DAEMON", Baseline, &[], &served);
    snapshot("linphone_reset", &files);
}
