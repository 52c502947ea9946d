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
        "phone.tone_region",
        "sip.codecs",
        "sip.lookup",
        "sip.srtp",
    ];
    check_but("panasonic_desk", (Panasonic, "KX-UT133"), Bound, &all, &unsaid);
}

/// A phone skips a line of more than 537 bytes, and keeps what it had: the setting is named instead.
#[test]
fn a_line_that_phones_would_skip_is_said_by_its_setting() {
    let with = |path: &'static str, value: &str| {
        let all = [london(), settings(vec![(path, text(value))])].concat();
        let (files, findings) = files(Panasonic, "KX-HDV130", Bound, &all, &BTreeSet::new());
        let said = findings.iter().any(|finding| finding.subject == path && finding.blocks());
        (keys(Panasonic, &files), said)
    };
    let raw = "raw.panasonic.\"SYSLOG_ADDR\"";
    let (keys, said) = with(raw, &"s".repeat(500));
    assert!(!said && keys["SYSLOG_ADDR"].len() == 500);
    // Two bytes each: as many characters as a value may have, and a line that is too long.
    for value in ["s".repeat(501), "é".repeat(270)] {
        let (keys, said) = with(raw, &value);
        assert!(said && !keys.contains_key("SYSLOG_ADDR"), "{value}");
    }
    let (keys, said) = with("line.1.display_name", &"n".repeat(501));
    assert!(said && keys["DISPLAY_NAME_1"].is_empty());
    let (_, said) = with("raw.panasonic.\"A_NAME_OF_MORE_THAN_32_CHARACTERS\"", "1");
    assert!(said);
    let (keys, said) = with("phone.dial_plan", "[2-9]xxx|0x.T");
    assert!(said && !keys.contains_key("DIAL_PLAN_1"));
}
