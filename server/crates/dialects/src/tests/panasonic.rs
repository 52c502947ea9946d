use super::{
    unsaid::{check_but, check_common_but, without},
    *,
};

const HDV130: (Vendor, &str) = (Panasonic, "KX-HDV130");

/// What London sets and these phones have no known key for.
const UNSAID: &[&str] =
    &["network.lldp", "phone.language", "provisioning.dhcp_override", "provisioning.password"];

#[test]
fn panasonic_baseline_bound_clear_and_common() {
    check_but("panasonic_baseline", HDV130, Baseline, &london(), UNSAID);
    // A quote has no place inside quotes.
    let unsaid = [&["line.1.display_name"], UNSAID].concat();
    check_but("panasonic_bound", HDV130, Bound, &london(), &unsaid);
    check_but("panasonic_clear", HDV130, Clear, &london(), UNSAID);
    check_common_but("panasonic_common", Panasonic, UNSAID);
}

#[test]
fn panasonic_desk() {
    let all = [without(london(), UNSAID), desk(), settings(vec![("sip.lookup", text("naptr"))])].concat();
    let unsaid = [
        "expansion.1.keys.2.type",
        "expansion.1.keys.2.value",
        "line.1.display_name",
        "line.1.forward.always",
        "line.1.forward.no_answer",
        "line.1.forward.no_answer_seconds",
        "phone.dial_plan",
        "phone.tone_region",
        "sip.codecs",
        "sip.lookup",
        "sip.srtp",
    ];
    check_but("panasonic_desk", (Panasonic, "KX-UT133"), Bound, &all, &unsaid);
}
