//! Templates of other systems: what is read is what was meant, and what cannot be known is left.

use super::*;
use crate::templates::{Imported, Template, Why, import};
use proptest::prelude::*;

fn templates(files: &[(&str, &str)]) -> Vec<Template> {
    let of =
        |(name, text): &(&str, &str)| Template { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
    files.iter().map(of).collect()
}

fn said(imported: &Imported) -> Vec<String> {
    imported.settings.iter().map(|(path, value)| format!("{path} = {value}")).collect()
}

fn left(imported: &Imported) -> Vec<(usize, &str, Why)> {
    imported.left.iter().map(|left| (left.line, left.key.as_str(), left.why)).collect()
}

#[test]
fn a_yealink_template_becomes_settings_raw_keys_and_a_report() {
    let text = "#!version:1.0.0.1\n\
        account.1.user_name = {$user_id_1}\n\
        account.1.password = {$user_password_1}\n\
        {if isset($yealink_ntp)}\n\
        local_time.ntp_server2 = {$yealink_ntp}\n\
        {/if}\n\
        {* a comment *}\n\
        local_time.ntp_server1 = ntp.example\n\
        static.network.lldp.enable = 0\n\
        static.network.vlan.internet_port_enable = 1\n\
        static.network.vlan.internet_port_vid = 20\n\
        static.network.vlan.pc_port_enable = 1\n\
        features.dnd.enable = 0\n\
        phone_setting.backlight_time = 60\n\
        security.user_password = admin:letmein\n\
        account.1.label = Lobby\n\
        static.auto_provision.server.username = someone\n";
    let imported = import(Vendor::Yealink, &templates(&[("yealink/t46u/{$mac}.cfg", text)]));
    assert_eq!(
        said(&imported),
        [
            "network.lldp = off",
            "network.vlan = 20",
            "phone.ntp = ntp.example",
            "raw.yealink.\"features.dnd.enable\" = 0",
            "raw.yealink.\"phone_setting.backlight_time\" = 60",
            // Half of a setting is none: which VLAN, nobody says.
            "raw.yealink.\"static.network.vlan.pc_port_enable\" = 1",
        ]
    );
    assert_eq!(
        left(&imported),
        [
            (2, "account.1.user_name", Why::Expression),
            (3, "account.1.password", Why::Expression),
            (4, "", Why::Condition),
            (15, "security.user_password", Why::Secret),
            (16, "account.1.label", Why::Reserved),
            (17, "static.auto_provision.server.username", Why::Reserved),
        ]
    );
    assert_eq!(imported.counts(), (3, 3));
    assert!(!serde_json::to_string(&imported).unwrap().contains("letmein"));
}

#[test]
fn templates_that_disagree_and_values_that_could_mean_two_things_are_no_settings() {
    let files = [
        ("a.cfg", "local_time.ntp_server1 = one.example\nfeatures.x = 1\n"),
        ("b.cfg", "local_time.ntp_server1 = two.example\nfeatures.x = 1\n"),
    ];
    let imported = import(Vendor::Yealink, &templates(&files));
    assert_eq!(said(&imported), ["raw.yealink.\"features.x\" = 1"]);
    assert_eq!(left(&imported), [(1, "local_time.ntp_server1", Why::Differs)]);
}

#[test]
fn xml_is_read_as_each_family_writes_it() {
    let poly = r#"<?xml version="1.0"?><PHONE_CONFIG><ALL device.set="1" device.net.vlanId.set="1"
        device.net.vlanId="20" up.backlight.idleIntensity="0" reg.1.auth.password="hunter2" reg.1.address="{$u}"/></PHONE_CONFIG>"#;
    let snom = r#"<settings><phone-settings><ntp_server perm="RW">ntp.example</ntp_server><vlan_id>20</vlan_id>
        <user_name idx="1">{$u}</user_name><dim_timer perm="R">20 &amp; more</dim_timer></phone-settings>"#;
    let read = |vendor, text| import(vendor, &templates(&[("x", text)]));
    let found = read(Vendor::Poly, poly);
    assert!(said(&found).contains(&"network.vlan = 20".to_owned()), "{found:?}");
    assert!(said(&found).contains(&"raw.poly.\"up.backlight.idleIntensity\" = 0".to_owned()), "{found:?}");
    assert!(
        left(&found).contains(&(2, "reg.1.auth.password", Why::Secret))
            || left(&found).iter().any(|l| l.2 == Why::Secret)
    );
    let found = read(Vendor::Snom, snom);
    assert_eq!(
        said(&found),
        ["network.vlan = 20", "phone.ntp = ntp.example", "raw.snom.\"dim_timer\" = 20 & more"]
    );
    // `settings` is never closed.
    assert_eq!(left(&found), [(0, "", Why::Unreadable), (2, "user_name.1", Why::Expression)]);
}

/// Nothing is guessed: from a file that a family's own dialect has written, every setting that was
/// set and is read has the value that it had.
#[test]
fn what_was_written_is_read_back_or_left_but_never_otherwise() {
    let mut recovered = 0;
    // One model of each family: every zone is tried for each of them.
    let first = |(vendor, name): &&(Vendor, &str)| {
        PHONES.iter().find(|(v, _)| v == vendor).is_some_and(|(_, n)| n == name)
    };
    for (vendor, name) in PHONES.iter().filter(first) {
        let set: Vec<_> = london_of(*vendor).into_iter().chain(desk()).collect();
        let (files, _) = files(*vendor, name, Bound, &set, &BTreeSet::new());
        let texts: Vec<_> = files
            .iter()
            .map(|file| Template { name: file.name.clone(), bytes: file.artifact.redacted().into_bytes() })
            .collect();
        let all: BTreeMap<_, _> = set.into_iter().collect();
        let imported = import(*vendor, &texts);
        for (path, value) in imported.settings.iter().filter(|(path, _)| !path.as_str().starts_with("raw.")) {
            // A key may say what the dialect says by itself; then writing it again says the same.
            let Some(meant) = all.get(path) else { continue };
            assert_eq!(meant.to_string(), value.to_string(), "{vendor} {name} {path}");
            recovered += 1;
        }
    }
    assert!(recovered > 40, "{recovered}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_without_panic(text in "([a-z0-9.= \n{}$\"<>/]|<a b='|\\{if |\\{/if\\}|\\{\\*|\\PC){0,200}") {
        for vendor in [Vendor::Yealink, Vendor::Poly, Vendor::Fanvil, Vendor::Mitel, Vendor::Panasonic, Vendor::Linphone] {
            let imported = import(vendor, &templates(&[("x", &text)]));
            for path in imported.settings.keys() {
                prop_assert!(domain::setting::schema::reserved(path).is_none());
            }
        }
    }
}
