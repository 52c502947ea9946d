//! Values that are too long for a vendor's key: named with the key and what it holds, and not written.

use super::*;

#[test]
fn what_a_key_cannot_hold_is_refused_by_its_setting() {
    let table = [
        (Yealink, "T46S", "line.1.display_name", "account.1.display_name", 99),
        (Yealink, "T46S", "line.1.label", "account.1.label", 99),
        (Yealink, "T46S", "keys.7.label", "linekey.7.label", 99),
        (Yealink, "T46S", "raw.yealink.\"linekey.9.Label\"", "linekey.9.Label", 99),
        (Mitel, "6867i", "line.1.auth_user", "sip line1 auth name", 20),
        (Panasonic, "KX-HDV130", "line.1.display_name", "DISPLAY_NAME_1", 500),
    ];
    for (vendor, model, path, key, most) in table {
        let said = |length: usize| {
            // Characters count and not bytes; on Panasonics a line's bytes do too.
            let letter = if vendor == Panasonic { "n" } else { "é" };
            let mut all = settings(vec![(path, text(&letter.repeat(length)))]);
            if path.starts_with("keys.") {
                all.extend(settings(vec![("keys.7.type", text("blf")), ("keys.7.value", text("2117"))]));
            }
            let all = [london(), all].concat();
            let (_, findings) = files(vendor, model, Bound, &all, &BTreeSet::new());
            let of: Vec<_> = findings.into_iter().filter(|f| f.subject == path && f.blocks()).collect();
            // One setting may be in several keys, each of which says so.
            let named = |finding: &Finding| {
                let key = vendor == Panasonic || finding.detail.contains(&format!("`{key}`"));
                key && finding.detail.contains(&most.to_string())
            };
            assert!(of.is_empty() || of.iter().any(named), "{of:?}");
            !of.is_empty()
        };
        assert_eq!((said(most), said(most + 1)), (false, true), "{vendor:?} {path}");
    }
}
