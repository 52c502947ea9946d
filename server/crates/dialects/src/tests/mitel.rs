use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const M6867: (Vendor, &str) = (Mitel, "6867i");

/// What London sets and these phones have no known key for.
const UNSAID: &[&str] = &["phone.language", "provisioning.dhcp_override"];

#[test]
fn mitel_baseline_bound_clear_and_common() {
    check_but("mitel_baseline", M6867, Baseline, &london(), UNSAID);
    check_but("mitel_bound", M6867, Bound, &london(), UNSAID);
    // Two lines are enough to read.
    check_but("mitel_clear", (Mitel, "6863i"), Clear, &london(), UNSAID);
    check_common_but("mitel_common", Mitel, UNSAID);
}

#[test]
fn mitel_desk() {
    let all = [without(london(), UNSAID), desk()].concat();
    let unsaid = ["line.1.forward.always", "line.1.forward.no_answer", "line.1.forward.no_answer_seconds"];
    check_but("mitel_desk", (Mitel, "6863i"), Bound, &all, &unsaid);
}

#[test]
fn a_number_sign_is_quoted_and_a_key_that_the_model_lacks_is_said() {
    let more = settings(vec![
        ("sip.voicemail_number", text("*97#")),
        ("line.1.label", text("#\"")),
        ("keys.4.type", text("blf")),
    ]);
    let all = [without(london(), &["sip.voicemail_number", "line.1.label"]), more].concat();
    let all = without(all, UNSAID);
    let (artifact, findings) = file(Mitel, "6863i", Bound, &all, &BTreeSet::new());
    let subjects: Vec<_> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    assert_eq!(subjects, ["keys.4.type", "line.1.label"]);
    assert!(artifact.redacted().contains("sip line1 vmail: \"*97#\"\n"));
}
