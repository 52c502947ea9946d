use super::*;
use crate::{Absent, absent_means};
use proptest::prelude::*;
use testkit::handset::{Family, SWEEP};

fn any_path() -> impl Strategy<Value = Path> {
    let known: Vec<Path> = london().into_iter().map(|(path, _)| path).collect();
    let more = settings(
        [
            "sip.backup.host",
            "sip.domain",
            "phone.dial_plan",
            "line.1.auth_user",
            "line.2.extension",
            "line.2.label",
            "line.2.password",
            "line.3.extension",
            "line.0.extension",
            "raw.yealink.\"linekey.2.type\"",
            "raw.yealink.\"linekey.1.type\"",
            "raw.yealink.\"account.2.codec.opus.enable\"",
            "raw.yealink.\"account.1.user_name\"",
            "raw.yealink.\"LANG.gui\"",
            "raw.linphone.\"proxy_0.reg_proxy\"",
            "raw.linphone.\"misc.config-uri\"",
            "raw.linphone.\"nosection\"",
            "raw.linphone.\".a\"",
            "raw.linphone.\"a.\"",
            "raw.snom.\"a\"",
            "raw.algo.\"audio.page.tone\"",
            "raw.algo.\"sip.u2.user\"",
            "raw.cisco_enterprise.\"sipProfile.sipLines\"",
            "raw.cisco_enterprise.\"vendorConfig.webAccess\"",
            "raw.gigaset.\"DmGlobal.0.SuotaEnable\"",
            "raw.gigaset.\"SipAccount.0004d00002.AuthName\"",
            "raw.htek.\"P75\"",
            "raw.htek.\"P735\"",
            "raw.mitel.\"sip_line1_dtmf_method\"",
            "raw.mitel.\"sip_line2_password\"",
            "raw.panasonic.\"DSCP_SIP_1\"",
            "raw.panasonic.\"SIP_PASS_2\"",
            "paging.11.label",
            "raw.grandstream.\"account.1.enable\"",
            "raw.grandstream.\"account.1.call.dialplan\"",
            "raw.grandstream.\"pks.vpk.2.keyMode\"",
            "raw.grandstream.\"P35\"",
            "raw.grandstream.\"P710\"",
            "raw.grandstream.\"P4000\"",
            "raw.poly.\"reg.1.address\"",
            "raw.poly.\"reg.2.thirdPartyName\"",
            "raw.poly.\"device.net.hostname\"",
            "raw.poly.\"device.set\"",
            "raw.poly.\"up.backlight\"",
            "raw.poly.\"CONFIG_FILES\"",
            "phone.unheard_of",
        ]
        .map(|path| (path, text("")))
        .to_vec(),
    );
    let more = more.into_iter().chain(apart()).map(|(path, _)| path);
    let known: Vec<Path> = known.into_iter().chain(more).collect();
    let key = prop_oneof![
        "[A-Za-z0-9._-]{1,20}",
        "(sip|ap|dsskey|web|router-configuration)\\.(line|opt|Fkey)(\\.[0-9]{1,2})?\\.[A-Za-z]{1,5}",
        "(user_|Proxy|fkey|Extension|Unit_1_Key|Password)[._][0-9]{1,2}_?",
        "(reg|device|divert|msg\\.mwi|account|handset|pks\\.vpk)\\.[0-9]{1,2}\\.[A-Za-z]{1,5}(\\.set)?",
        "[Pp][0-9]{1,4}",
    ];
    let raw = (any_phone(), key).prop_map(|((vendor, _), key)| format!("raw.{vendor}.\"{key}\""));
    let raw = raw.prop_map(|path| Path::parse(&path).unwrap());
    prop_oneof![8 => proptest::sample::select(known), 2 => raw]
}

/// Settings that only some families have, or only some of their models.
fn apart() -> Vec<(Path, Value)> {
    settings(vec![
        ("fxs.1.caller_id", text("bt")),
        ("fxs.1.t38", Value::Flag(true)),
        ("paging.2.address", text("239.1.1.2:5002")),
        ("paging.2.label", text("Stairs")),
        ("phone.unbound_text", text("Help desk 4444")),
        ("sip.lookup", text("srv")),
    ])
}

/// Two lines more than London's.
fn further() -> Vec<(Path, Value)> {
    settings(vec![
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("line.3.extension", text("2103")),
        ("line.3.password", Value::Secret(secret(3))),
    ])
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "(.|\n|\r|\u{0}|\u{fffe}|\u{2028}|[<>&\"'=#\\\\%]|\\{\\{|account.1.enable = 1\n|</entry>|]]>){0,8}"
            .prop_map(Value::Text),
        2 => "[0-9a-z.]{1,6}".prop_map(Value::Text),
        1 => any::<bool>().prop_map(Value::Flag),
        1 => (-5i64..70_000).prop_map(Value::Number),
        1 => (1u128..200).prop_map(|n| Value::Secret(secret(n))),
    ]
}

/// A good site with a few settings replaced by anything, or nothing but anything.
fn any_settings() -> impl Strategy<Value = Vec<(Path, Value)>> {
    let changes = proptest::collection::btree_map(any_path(), any_value(), 0..6);
    (any::<bool>(), changes).prop_map(|(good, changes)| {
        let mut all: BTreeMap<Path, Value> =
            if good { london().into_iter().collect() } else { BTreeMap::new() };
        all.extend(changes);
        all.into_iter().collect()
    })
}

fn any_phone() -> impl Strategy<Value = (Vendor, &'static str)> {
    proptest::sample::select(PHONES)
}

fn any_kind() -> impl Strategy<Value = RevisionKind> {
    proptest::sample::select(vec![Baseline, Bound, Clear])
}

fn any_served() -> impl Strategy<Value = BTreeSet<Path>> {
    proptest::collection::btree_set(any_path(), 0..8)
}

fn of(vendor: Vendor) -> &'static Family {
    family(vendor)
}

fn of_line(vendor: Vendor, key: &str) -> bool {
    (of(vendor).of_line)(&key.to_ascii_lowercase())
}

/// What a slot's secret is used for, told by the settings.
fn secrets_at<'a>(settings: &'a [(Path, Value)], fits: impl Fn(&Path) -> bool + 'a) -> BTreeSet<SecretId> {
    let secret = |value: &Value| match value {
        Value::Secret(secret) => Some(*secret),
        _ => None,
    };
    settings.iter().filter(|(path, _)| fits(path)).filter_map(|(_, value)| secret(value)).collect()
}

/// Letters and digits of a key, however its dots and brackets are spelled.
fn bare(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No value can inject a line or an element: the files parse, every key in them is one that the same paths with
    /// harmless values could give, and no key appears twice.
    #[test]
    fn a_value_stays_inside_its_line(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (files, findings) = files(vendor, model, kind, &settings, &served);
        for file in &files {
            let text = String::from_utf8(file.artifact.bytes.clone()).unwrap();
            prop_assert!(text.ends_with('\n'));
            // One family's lines end as those of Internet messages.
            prop_assert!(!text.replace("\r\n", "\n").chars().any(|c| c != '\n' && c.is_control()));
        }
        let raw: BTreeSet<String> = settings
            .iter()
            .map(|(path, _)| path)
            .chain(&served)
            .filter_map(|path| path.raw(vendor.name()))
            .map(bare)
            .collect();
        let all = [london_of(vendor), desk(), apart(), further()].concat();
        let ours = self::files(vendor, model, Clear, &[], &all.iter().map(|(path, _)| path.clone()).collect());
        let bound = self::files(vendor, model, Bound, &all, &BTreeSet::new());
        let ours = [keys(vendor, &ours.0), keys(vendor, &bound.0)];
        for key in keys(vendor, &files).keys() {
            prop_assert!(ours.iter().any(|own| own.contains_key(key)) || raw.contains(&bare(key)), "{}", key);
        }
        // A secret's name is no secret, but its text must not be in a finding; nor is any value.
        for finding in findings {
            prop_assert!(!finding.detail.chars().any(char::is_control) || finding.code == Code::TemplateError);
        }
    }

    /// Invariant 6.
    #[test]
    fn the_same_settings_give_the_same_bytes(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let mut backwards = settings.clone();
        backwards.reverse();
        let (one, _) = files(vendor, model, kind, &settings, &served);
        let (two, _) = files(vendor, model, kind, &backwards, &served);
        prop_assert_eq!(one, two);
    }

    /// Slots rise, lie inside the file, and stand where a value stands; every origin names a line that says something.
    #[test]
    fn slots_and_origins_point_into_the_file(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (files, _) = files(vendor, model, kind, &settings, &served);
        for File { artifact, .. } in &files {
            prop_assert!(artifact.slots.is_sorted_by(|a, b| a.offset < b.offset));
            for slot in &artifact.slots {
                let before = &artifact.bytes[..slot.offset];
                prop_assert!(of(vendor).before.iter().any(|text| before.ends_with(text.as_bytes())));
            }
            let text = artifact.redacted();
            for origin in &artifact.origins {
                let line = text.lines().nth(usize::try_from(origin.line).unwrap() - 1).unwrap();
                prop_assert!(of(vendor).before.iter().any(|text| line.contains(text.trim_end())), "{}", line);
                let set = settings.iter().any(|(path, _)| *path == origin.path);
                prop_assert!(set || served.contains(&origin.path));
            }
        }
    }

    /// Invariant 4, as far as files go: the secrets of exactly the lines that the phone then registers.
    #[test]
    fn only_a_bound_file_has_the_secrets_of_lines(
        (vendor, model) in any_phone(), kind in any_kind(), settings in any_settings(), served in any_served(),
    ) {
        let (files, _) = files(vendor, model, kind, &settings, &served);
        let written: BTreeSet<SecretId> =
            files.iter().flat_map(|file| &file.artifact.slots).map(|slot| slot.secret).collect();
        let phone = ["provisioning.password", "phone.admin_password"];
        let general = secrets_at(&settings, |path| phone.contains(&path.as_str()));
        let mut lines = BTreeSet::new();
        for line in (of(vendor).lines)(&keys(vendor, &files)) {
            prop_assert_eq!(kind, Bound);
            let path = Path::line(line.index, "password");
            lines.extend(secrets_at(&settings, move |other| *other == path));
        }
        prop_assert!(written.is_superset(&lines));
        prop_assert!(written.iter().all(|secret| lines.contains(secret) || general.contains(secret)));
    }

    /// Onboarding-only sites: lines are never written or cleared.
    #[test]
    fn a_baseline_never_mentions_accounts(
        (vendor, model) in any_phone(), settings in any_settings(), served in any_served(),
    ) {
        let (own, _) = files(vendor, model, Baseline, &settings, &served);
        let (common, _) = common_files(vendor, &resolution(settings));
        prop_assert!(common.iter().all(|file| file.artifact.slots.is_empty()));
        // Of the common files a phone takes its own.
        for file in own.iter().chain(&common) {
            for key in keys(vendor, std::slice::from_ref(file)).keys() {
                prop_assert!(!of_line(vendor, key), "{}", key);
            }
        }
    }

    /// Requirement C6: what a bound file can write, a clear file takes away.
    #[test]
    fn clear_covers_what_bound_writes(
        (vendor, model) in any_phone(), settings in any_settings(), served in any_served(),
    ) {
        let (bound, _) = files(vendor, model, Bound, &settings, &served);
        let after: BTreeSet<Path> = settings.iter().map(|(path, _)| path.clone()).chain(served).collect();
        let (clear, _) = files(vendor, model, Clear, &[], &after);
        let clear = keys(vendor, &clear);
        // Families that lose what a file does not name need no word for it, nor do those that have one word for all.
        if absent_means(vendor) != Absent::Default && !clear.contains_key(SWEEP) {
            for key in keys(vendor, &bound).keys().filter(|key| of_line(vendor, key)) {
                prop_assert!(clear.contains_key(key), "{}", key);
            }
        }
        for (key, value) in clear.iter().filter(|(key, _)| of_line(vendor, key)) {
            prop_assert!(of(vendor).neutral.contains(&value.as_str()), "{} = {}", key, value);
        }
    }

    /// Spliced with any secret, a file is still a file.
    #[test]
    fn a_secret_stays_inside_its_line_too((vendor, model) in any_phone(), password in ".{0,20}") {
        let (files, _) = files(vendor, model, Bound, &london_of(vendor), &BTreeSet::new());
        let secrets = [(secret(1), password.clone()), (secret(100), "abc".to_owned())].into();
        let spliced: Result<Vec<_>, _> = files
            .iter()
            .map(|file| {
                let bytes = file.artifact.splice(&secrets)?;
                let artifact = Artifact { bytes, slots: vec![], ..file.artifact.clone() };
                Ok::<_, Code>(File { name: file.name.clone(), artifact })
            })
            .collect();
        if let Ok(spliced) = spliced {
            let after = keys(vendor, &spliced);
            prop_assert!(after.keys().eq(keys(vendor, &files).keys()));
            prop_assert!(after.values().any(|value| *value == password));
        }
    }
}
