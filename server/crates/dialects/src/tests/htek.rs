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
