//! Lives of phones: an exception that expires, a return to earlier settings, a replacement.

use super::{
    handsets::{Life, of_lines, password, site},
    spoken::everything,
    *,
};
use crate::dialect;
use domain::setting::schema;
use proptest::prelude::*;
use testkit::handset::Keys;

type Settings = Vec<(Path, Value)>;

/// What somebody may ask for on top of a standing line, each as one exception would bring it. Where a family has no
/// word for a setting its finding says so; the others must come, and go without a trace.
fn exceptions(vendor: Vendor) -> Vec<(&'static str, Settings)> {
    let path = format!("raw.{vendor}.\"{}\"", raw_key(vendor));
    let raw = vec![(Path::parse(&path).unwrap(), text("7"))];
    let other_transport = if vendor == TwoN { "tcp" } else { "udp" };
    vec![
        ("a line", of_lines(&[2001, 2019])),
        (
            "a name",
            settings(vec![
                ("line.1.auth_user", text("exceptional")),
                ("line.1.display_name", text("exceptional")),
                ("line.1.label", text("exceptional")),
                ("sip.voicemail_number", text("*98")),
            ]),
        ),
        ("a shared line", settings(vec![("line.1.shared", Value::Flag(true))])),
        (
            "forwarding",
            settings(vec![
                ("line.1.forward.always", text("2198")),
                ("line.1.forward.busy", text("2198")),
                ("line.1.forward.no_answer", text("2198")),
                ("line.1.forward.no_answer_seconds", Value::Number(30)),
            ]),
        ),
        ("no forwarding at the phone", settings(vec![("phone.forward_locked", Value::Flag(true))])),
        (
            "a key",
            settings(vec![
                ("keys.4.type", text("speed-dial")),
                ("keys.4.value", text("2198")),
                ("keys.4.label", text("exceptional")),
                ("keys.4.line", Value::Number(1)),
            ]),
        ),
        ("another key", settings(vec![("keys.3.type", text("speed-dial")), ("keys.3.value", text("2198"))])),
        (
            "a key of a module",
            settings(vec![
                ("expansion.1.keys.3.type", text("blf")),
                ("expansion.1.keys.3.value", text("2198")),
                ("expansion.1.keys.3.label", text("exceptional")),
            ]),
        ),
        (
            "a pickup code",
            settings(vec![
                ("phone.pickup_code", text("*8")),
                ("keys.5.type", text("blf")),
                ("keys.5.value", text("2198")),
            ]),
        ),
        ("a dial plan", settings(vec![("phone.dial_plan", text("9xxx"))])),
        (
            "another registrar",
            settings(vec![
                ("sip.registrar.host", text("exceptional.example.com")),
                ("sip.registrar.port", Value::Number(5070)),
                ("sip.transport", text(other_transport)),
                ("sip.expires", Value::Number(900)),
            ]),
        ),
        ("a domain", settings(vec![("sip.domain", text("exceptional.example.com"))])),
        ("a lookup", settings(vec![("sip.lookup", text("srv"))])),
        (
            "a proxy",
            settings(vec![
                ("sip.outbound_proxy.host", text("exceptional.example.com")),
                ("sip.outbound_proxy.port", Value::Number(5070)),
            ]),
        ),
        (
            "a backup",
            settings(vec![
                ("sip.backup.host", text("exceptional.example.com")),
                ("sip.backup.port", Value::Number(5070)),
            ]),
        ),
        ("audio", settings(vec![("sip.codecs", text("pcma")), ("sip.srtp", text("optional"))])),
        ("a zone without summer time", settings(vec![("phone.timezone", text("Asia/Kolkata"))])),
        ("another hemisphere", settings(vec![("phone.timezone", text("Australia/Sydney"))])),
        (
            "a country",
            settings(vec![
                ("phone.language", text("de")),
                ("phone.tone_region", text("DE")),
                ("phone.ntp", text("exceptional.example.com")),
            ]),
        ),
        (
            "a network",
            settings(vec![
                ("network.lldp", Value::Flag(false)),
                ("network.vlan", Value::Number(30)),
                ("network.vlan_priority", Value::Number(3)),
                ("network.pc_vlan", Value::Number(31)),
                ("network.qos_audio", Value::Number(34)),
                ("network.qos_signalling", Value::Number(24)),
            ]),
        ),
        (
            "a visit",
            settings(vec![
                ("provisioning.interval_minutes", Value::Number(60)),
                ("provisioning.dhcp_override", Value::Flag(true)),
            ]),
        ),
        (
            "paging",
            settings(vec![
                ("paging.1.address", text("239.1.1.1:5001")),
                ("paging.1.label", text("exceptional")),
            ]),
        ),
        (
            "an analogue phone",
            settings(vec![("fxs.1.caller_id", text("bt")), ("fxs.1.t38", Value::Flag(true))]),
        ),
        ("a key of the vendor's", raw),
    ]
}

/// A key that no setting of ours writes.
fn raw_key(vendor: Vendor) -> &'static str {
    match vendor {
        Yealink => "phone_setting.backlight_time",
        Linphone => "sip.use_ipv6",
        Poly => "up.backlight",
        Grandstream => "P4000",
        Snom => "backlight",
        CiscoMpp | CiscoSpa => "Backlight_Timer",
        Fanvil => "phone.display.LCDContrast",
        Gigaset => "DmGlobal.0.SuotaEnable",
        Mitel => "backlight_on_time",
        Panasonic => "BACKLIGHT",
        Htek => "P75",
        Algo => "audio.page.tone",
        TwoN => "Display.Backlight",
        CiscoEnterprise => "vendorConfig.webAccess",
    }
}

/// `more` on top of `settings`.
fn on(settings: &Settings, more: &Settings) -> Settings {
    let mut all: BTreeMap<_, _> = settings.iter().cloned().collect();
    all.extend(more.iter().cloned());
    all.into_iter().collect()
}

/// What a phone from the factory has after these files alone.
fn after(vendor: Vendor, files: &[Vec<u8>]) -> Keys {
    let mut phone = testkit::handset::Handset::new(vendor);
    phone.take(files.iter().map(Vec::as_slice));
    phone.keys
}

/// What a phone has beside `alone`: everything but the values that take a setting away.
fn strays(life: &Life, alone: &Keys, (vendor, model): (Vendor, &'static str)) -> Vec<String> {
    let (gone, _) = files(vendor, model, Clear, &[], &life.served);
    let gone: Vec<_> = gone.into_iter().map(|file| file.artifact.bytes).collect();
    let gone = after(vendor, &gone);
    let has = &life.phone.keys;
    let all: BTreeSet<_> = has.keys().chain(alone.keys()).collect();
    let expected = |key: &String| alone.get(key).or_else(|| gone.get(key).filter(|_| has.contains_key(key)));
    let strays = all.into_iter().filter(|key| has.get(*key) != expected(key));
    strays.map(|key| format!("{key}: {:?}, not {:?}", has.get(key), expected(key))).collect()
}

/// What a phone of this model can have of these settings: the rest blocks, so that no revision has it.
fn possible((vendor, model): (Vendor, &str), settings: Settings) -> Settings {
    let (_, findings) = files(vendor, model, Bound, &settings, &BTreeSet::new());
    let refused = subjects(&findings);
    settings.into_iter().filter(|(path, _)| !refused.contains(&path.as_str())).collect()
}

/// Whether all of these settings mean something to these phones.
fn spoken((vendor, model): (Vendor, &str), settings: &Settings) -> bool {
    let accounts = vendor.accounts(model).unwrap();
    let lacks = vendor.model(model).unwrap().lacks;
    settings.iter().all(|(path, _)| {
        let pattern = schema::rule_of(path).map(|rule| rule.pattern);
        pattern.is_none_or(|pattern| dialect::speaks(vendor).contains(&pattern) && !lacks.contains(&pattern))
            && path.line_index().is_none_or(|index| index <= accounts)
    })
}

#[test]
fn an_exception_comes_and_expires_without_a_trace() {
    let mut traces = vec![];
    for phone_of in PHONES {
        let (vendor, model) = *phone_of;
        let kolkata = settings(vec![("phone.timezone", text("Asia/Kolkata"))]);
        let sites = [
            ("", site(vendor, false)),
            (" on a desk", site(vendor, true)),
            (" in Kolkata", on(&site(vendor, false), &kolkata)),
        ];
        for (place, general) in sites {
            let usual = possible(*phone_of, on(&general, &of_lines(&[2001])));
            let mut alone = Life::new(*phone_of);
            alone.serve(Bound, &usual);
            for (name, more) in exceptions(vendor) {
                let exceptional = possible(*phone_of, on(&usual, &more));
                let whole = more.iter().all(|row| exceptional.contains(row))
                    && !more.iter().all(|row| usual.contains(row));
                let mut life = Life::new(*phone_of);
                life.serve(Bound, &usual);
                life.serve(Bound, &exceptional);
                let at = format!("{vendor} {model}{place}, {name}");
                let came = life.phone.keys != alone.phone.keys;
                assert!(came || !whole || !spoken(*phone_of, &more), "{at}: nothing came");
                let last = life.serve(Bound, &usual);
                let mut left = strays(&life, &alone.phone.keys, *phone_of);
                let known = left.extract_if(.., |trace| life.keeps(trace)).count();
                // Whether a phone keeps what a file does not name or loses it: it comes to the same.
                if known == 0 && life.phone.keys != after(vendor, &last) {
                    left.push("it rests on what was".to_owned());
                }
                traces.extend(left.iter().map(|trace| format!("{at}: {trace}")));
                assert_eq!(life.phone.lines(), alone.phone.lines(), "{at}");
            }
        }
    }
    assert!(traces.is_empty(), "{}", traces.join("\n"));
}

/// A line and nothing that nobody has to choose, but for what is never taken back: the way here, and the door.
fn least(vendor: Vendor) -> Settings {
    let lasts = ["sip.registrar.host", "sip.transport", "phone.admin_password"];
    let lasts = |path: &Path| {
        let path = path.as_str();
        lasts.contains(&path) || path.starts_with("provisioning.") && !path.ends_with("minutes")
    };
    let site = site(vendor, true).into_iter().filter(|(path, _)| lasts(path));
    site.chain(of_lines(&[2001])).collect()
}

#[test]
fn whatever_is_taken_away_is_gone_or_said_to_be_kept() {
    let mut traces = vec![];
    for phone_of in PHONES {
        let (vendor, model) = *phone_of;
        let least = least(vendor);
        let mut alone = Life::new(*phone_of);
        alone.serve(Bound, &least);
        let mut life = Life::new(*phone_of);
        for settings in [&least, &possible(*phone_of, on(&everything(vendor), &least)), &least] {
            life.serve(Bound, settings);
        }
        let mut left = strays(&life, &alone.phone.keys, *phone_of);
        left.retain(|trace| !life.keeps(trace));
        traces.extend(left.iter().map(|trace| format!("{vendor} {model}: {trace}")));
        assert_eq!(life.phone.lines(), alone.phone.lines(), "{vendor} {model}");
    }
    assert!(traces.is_empty(), "{}", traces.join("\n"));
}

/// A site's value that a phone cannot have, after one that it could: the phone goes without, as it is said to.
#[test]
fn what_is_left_out_is_not_what_was_before() {
    for phone_of in PHONES {
        let (vendor, model) = *phone_of;
        let least = least(vendor);
        let mut alone = Life::new(*phone_of);
        alone.serve(Bound, &least);
        for (path, good, bad) in [
            ("phone.language", "de", "tlh"),
            ("phone.tone_region", "DE", "AQ"),
            ("phone.timezone", "Europe/Berlin", "Antarctica/Troll"),
            ("keys.5.type", "blf", "blf"),
        ] {
            let with = |word: &str, number: &str| {
                let all = vec![(path, text(word)), ("keys.5.value", text(number))];
                let all = all.into_iter().filter(|(own, _)| path.starts_with("keys") || *own == path);
                on(&least, &settings(all.collect()))
            };
            let (good, bad) = (with(good, "2102"), with(bad, "no number"));
            let mut life = Life::new(*phone_of);
            for settings in [&least, &good] {
                life.serve_at(Level::Site, Bound, settings);
            }
            life.serve_at(Level::Site, Bound, &bad);
            if !life.findings.iter().any(|finding| finding.code == Code::SettingLeftOut) {
                continue;
            }
            let mut left = strays(&life, &alone.phone.keys, *phone_of);
            left.retain(|trace| !life.keeps(trace));
            assert_eq!(left, Vec::<String>::new(), "{vendor} {model} {path}");
        }
    }
}

fn any_settings(vendor: Vendor) -> impl Strategy<Value = Settings> {
    let all = exceptions(vendor);
    // It is never taken back: without a value the factory's own would be there again.
    let admin = settings(vec![("phone.admin_password", Value::Secret(secret(9)))]);
    let some = proptest::sample::subsequence(all, 0..6);
    (some, any::<bool>()).prop_map(move |(some, desk)| {
        let first = on(&on(&site(vendor, desk), &admin), &of_lines(&[2001]));
        some.iter().fold(first, |settings, (_, more)| on(&settings, more))
    })
}

/// A phone with two sets of settings.
fn any_two() -> impl Strategy<Value = ((Vendor, &'static str), Settings, Settings)> {
    proptest::sample::select(PHONES)
        .prop_flat_map(|phone_of| (Just(phone_of), any_settings(phone_of.0), any_settings(phone_of.0)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was in between, a phone that returns to earlier settings is as one that never had others.
    #[test]
    fn a_return_is_a_return((phone_of, one, other) in any_two()) {
        let (one, other) = (possible(phone_of, one), possible(phone_of, other));
        let mut alone = Life::new(phone_of);
        alone.serve(Bound, &one);
        let mut life = Life::new(phone_of);
        for settings in [&one, &other, &one] {
            life.serve(Bound, settings);
        }
        let mut left = strays(&life, &alone.phone.keys, phone_of);
        left.retain(|trace| !life.keeps(trace));
        prop_assert_eq!(left, Vec::<String>::new(), "{:?}", phone_of);
        prop_assert_eq!(life.phone.lines(), alone.phone.lines());
    }
}

/// The old phone gives its lines back before the new one has them, and nothing of them stays with it.
#[test]
fn a_replaced_phone_has_nothing_of_its_line_and_the_new_one_has_all() {
    let next = PHONES.iter().cycle().skip(1);
    for (old_of, new_of) in PHONES.iter().zip(PHONES).chain(PHONES.iter().zip(next)) {
        let accounts = [old_of, new_of].map(|(vendor, model)| vendor.accounts(model).unwrap());
        let numbers = &[2001, 2002][..usize::from(accounts[0].min(accounts[1]).min(2))];
        let settings = |(vendor, _): (Vendor, &str)| on(&site(vendor, true), &of_lines(numbers));
        let general = |(vendor, _): (Vendor, &str)| {
            let all = site(vendor, true).into_iter();
            all.filter(|(path, _)| path.line_index().is_none()).collect::<Settings>()
        };
        let lines = |life: &Life| {
            let lines = life.phone.lines().into_iter();
            lines.map(|line| (line.index, line.user, line.password)).collect::<Vec<_>>()
        };
        let approved: Vec<_> = (1u8..)
            .zip(numbers)
            .map(|(index, number)| (index, number.to_string(), password(*number)))
            .collect();

        let (mut old, mut new) = (Life::new(*old_of), Life::new(*new_of));
        old.serve(Bound, &settings(*old_of));
        new.serve(Baseline, &general(*new_of));
        assert_eq!((lines(&old), lines(&new)), (approved.clone(), vec![]), "{old_of:?} {new_of:?}");
        let of_line = |vendor: Vendor, key: &str| (family(vendor).of_line)(&key.to_ascii_lowercase());
        let marked: Vec<_> = new.phone.keys.keys().filter(|key| of_line(new_of.0, key)).collect();
        assert_eq!(marked, Vec::<&String>::new(), "{new_of:?}");

        old.serve(Clear, &general(*old_of));
        assert_eq!(lines(&old), vec![], "{old_of:?}");
        for number in numbers {
            for text in [password(*number), format!("-of-{number}"), number.to_string()] {
                assert_eq!(old.phone.holds(&text), Vec::<&str>::new(), "{old_of:?} {text}");
            }
        }
        let neutral =
            |key: &str, value: &str| !of_line(old_of.0, key) || family(old_of.0).neutral.contains(&value);
        let left: Vec<_> = old.phone.keys.iter().filter(|(key, value)| !neutral(key, value)).collect();
        assert_eq!(left, vec![], "{old_of:?}");

        new.serve(Bound, &settings(*new_of));
        assert_eq!(lines(&new), approved, "{old_of:?} {new_of:?}");
        let mut alone = Life::new(*new_of);
        alone.serve(Bound, &settings(*new_of));
        let left = strays(&new, &alone.phone.keys, *new_of);
        assert_eq!(left, Vec::<String>::new(), "{new_of:?}");
    }
}
