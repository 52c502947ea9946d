use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const UC926: (Vendor, &str) = (Htek, "UC926");

/// What London sets and whose numbers are not known.
const UNSAID: &[&str] = &["network.qos_audio", "network.qos_signalling", "phone.language", "phone.timezone"];

#[test]
fn htek_baseline_bound_clear_and_common() {
    check_but("htek_baseline", UC926, Baseline, &london(), UNSAID);
    check_but("htek_bound", UC926, Bound, &london(), UNSAID);
    check_but("htek_clear", UC926, Clear, &london(), UNSAID);
    check_common_but("htek_common", Htek, UNSAID);
}

#[test]
fn htek_desk() {
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
    check_but("htek_desk", UC926, Bound, &all, &unsaid);
}

#[test]
fn codecs_have_the_numbers_of_rtp() {
    let with = |codecs: &str| {
        let all = [without(london(), UNSAID), settings(vec![("sip.codecs", text(codecs))])].concat();
        let (files, findings) = files(Htek, "UC926", Bound, &all, &BTreeSet::new());
        let keys = keys(Htek, &files);
        let codes: Vec<_> = (57..=62).filter_map(|number| keys.get(&format!("P{number}")).cloned()).collect();
        (codes.join(" "), findings.len())
    };
    assert_eq!(with("g722, pcma, g729"), ("9 8 18 18 18 18".to_owned(), 0));
    assert_eq!(with("opus"), (String::new(), 1));
    let (files, _) = files(Htek, "UC926", Bound, &london(), &served(&["sip.codecs"]));
    assert_eq!(keys(Htek, &files)["P58"], "8");
}
