//! What stays on a phone, told by simulated handsets: they keep what real ones would keep.

use super::*;
use crate::{Absent, absent_means};
use proptest::prelude::*;
use std::ops::Range;
use testkit::handset::{Handset, Registers};

/// One revision of a device's life.
#[derive(Clone, Debug)]
struct Step {
    kind: RevisionKind,
    /// Number of the extension and of its secret, for the first lines.
    lines: Vec<u16>,
    desk: bool,
}

/// Numbers of extensions that lines have here; none is part of a value of London's.
const NUMBERS: Range<u16> = 2000..2020;

pub(super) fn password(number: u16) -> String {
    format!("secret-of-{number}")
}

/// What a phone has whoever uses it, at a site or also on a desk.
pub(super) fn site(vendor: Vendor, desk: bool) -> Vec<(Path, Value)> {
    let more = if desk { self::desk() } else { vec![] };
    let mut all: BTreeMap<Path, Value> = [london_of(vendor), more].concat().into_iter().collect();
    all.retain(|path, _| !path.as_str().starts_with("line.") || path.as_str().contains("forward"));
    all.into_iter().collect()
}

/// The first lines, as bindings make them.
pub(super) fn of_lines(numbers: &[u16]) -> Vec<(Path, Value)> {
    let line = |(index, number): (u8, &u16)| {
        [
            ("extension", text(&number.to_string())),
            ("label", text(&format!("label-of-{number}"))),
            ("display_name", text(&format!("name-of-{number}"))),
            ("auth_user", text(&format!("user-of-{number}"))),
            ("password", Value::Secret(secret(u128::from(*number)))),
        ]
        .map(|(name, value)| (Path::line(index, name), value))
    };
    (1u8..).zip(numbers).flat_map(line).collect()
}

fn step_settings(vendor: Vendor, step: &Step) -> Vec<(Path, Value)> {
    let lines = if step.kind == Bound { of_lines(&step.lines) } else { vec![] };
    [site(vendor, step.desk), lines].concat()
}

/// A phone, and every path that it has been served since it came from the factory.
pub(super) struct Life {
    pub(super) phone: Handset,
    pub(super) served: BTreeSet<Path>,
    /// What was found about its last revision.
    pub(super) findings: Vec<Finding>,
    of: (Vendor, &'static str),
}

impl Life {
    pub(super) fn new(of: (Vendor, &'static str)) -> Self {
        Self { phone: Handset::new(of.0), served: BTreeSet::new(), findings: vec![], of }
    }

    /// Publishes a revision as the product does, lets the phone take it, and gives its files as they went out.
    pub(super) fn serve(&mut self, kind: RevisionKind, settings: &[(Path, Value)]) -> Vec<Vec<u8>> {
        self.serve_at(Level::Device, kind, settings)
    }

    /// The same with settings of a layer of this level.
    pub(super) fn serve_at(
        &mut self,
        level: Level,
        kind: RevisionKind,
        settings: &[(Path, Value)],
    ) -> Vec<Vec<u8>> {
        let (vendor, model) = self.of;
        let resolution = resolution_at(level, settings.iter().cloned());
        let (files, findings) = files_of(vendor, model, kind, &resolution, &self.served);
        self.findings = findings;
        self.served.extend(settings.iter().map(|(path, _)| path.clone()));
        let mut secrets: BTreeMap<SecretId, String> =
            NUMBERS.map(|number| (secret(u128::from(number)), password(number))).collect();
        secrets.extend([(secret(100), "of-the-phone".to_owned()), (secret(9), "of-its-admin".to_owned())]);
        let bytes: Vec<_> = files.iter().map(|file| file.artifact.splice(&secrets).unwrap()).collect();
        self.phone.take(bytes.iter().map(Vec::as_slice));
        bytes
    }

    /// Whether a finding says that the phone keeps what it has behind the key with which `trace` begins.
    pub(super) fn keeps(&self, trace: &str) -> bool {
        let (vendor, _) = self.of;
        let key = trace.split(':').next().unwrap();
        let sheets = crate::dialect::of(vendor).sheets.iter();
        let own = sheets.filter_map(|sheet| sheet.path_of(&key.to_ascii_lowercase()));
        let paths: Vec<_> = own.chain([format!("raw.{vendor}.\"{key}\"")]).collect();
        let kept = self.findings.iter().filter(|finding| finding.code == Code::SettingKept);
        kept.map(|finding| &finding.subject).any(|subject| paths.contains(subject))
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let kind = proptest::sample::select(vec![Bound, Bound, Clear]);
    let lines =
        proptest::collection::btree_set(2000u16..2020, 1..3).prop_map(|set| set.into_iter().collect());
    (kind, lines, any::<bool>()).prop_map(|(kind, lines, desk)| Step { kind, lines, desk })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// After any life a phone registers the lines of its last revision and no others, and nothing of an earlier
    /// line is left anywhere in it: not its secret, nor its label, nor its user.
    #[test]
    fn nothing_lingers(phone_of in proptest::sample::select(PHONES), steps in proptest::collection::vec(any_step(), 1..5)) {
        let (vendor, model) = phone_of;
        let accounts = usize::from(vendor.accounts(model).unwrap());
        let mut life = Life::new(phone_of);
        for mut step in steps {
            step.lines.truncate(accounts);
            life.serve(step.kind, &step_settings(vendor, &step));
            let phone = &life.phone;
            let expected: Vec<Registers> = if step.kind == Bound {
                (1u8..).zip(&step.lines).map(|(index, number)| Registers {
                    index, user: number.to_string(), password: password(*number), host: "sip.example.com".to_owned(),
                }).collect()
            } else {
                vec![]
            };
            let mut found = phone.lines();
            // With an outbound proxy some families register through it.
            if step.desk {
                for line in &mut found {
                    line.host = "sip.example.com".to_owned();
                }
            }
            prop_assert_eq!(&found, &expected);
            let standing = if step.kind == Bound { step.lines.clone() } else { vec![] };
            for number in (2000..2020).filter(|number| !standing.contains(number)) {
                for text in [password(number), format!("label-of-{number}"), format!("name-of-{number}"), format!("user-of-{number}")] {
                    prop_assert_eq!(phone.holds(&text), Vec::<&str>::new(), "{}", text);
                }
            }
        }
    }
}

/// The first request of a phone that has been reset, or that has lost its way, has no proof: whatever it gets may
/// take nothing from a phone that has a line. Each vendor's golden file is what all of its models take here.
#[test]
fn what_anybody_gets_erases_nothing() {
    for vendor in Vendor::ALL {
        let (common, _) = common_files(vendor, &resolution(london()));
        snapshot(&format!("{vendor}_common"), &common);
        let models: Vec<_> = PHONES.iter().filter(|(own, _)| *own == vendor).collect();
        assert!(!models.is_empty(), "{vendor}");
        for of in models {
            let mut life = Life::new(*of);
            life.serve(Bound, &[site(vendor, true), of_lines(&[2001])].concat());
            let before = (life.phone.lines(), life.phone.keys.clone());
            assert_eq!(before.0.len(), 1, "{of:?}");
            life.phone.take(common.iter().map(|file| file.artifact.bytes.as_slice()));
            if absent_means(vendor) == Absent::Default {
                // Such a phone would lose its line: at the steady address nobody gets the file without proof.
                assert_eq!(life.phone.lines(), vec![], "{of:?}");
                continue;
            }
            assert_eq!(life.phone.lines(), before.0, "{of:?}");
            // Of all that it had, what the file names has another value at most; of its lines and keys nothing.
            let of_line = |key: &str| (family(vendor).of_line)(&key.to_ascii_lowercase());
            let read = |file: &File| (family(vendor).read)(&file.artifact.redacted());
            // Of several series a phone takes its own.
            let named: Vec<_> = common.iter().map(read).collect();
            let names = |key: &str| named.iter().any(|keys| keys.get(key).is_some_and(|own| !own.is_empty()));
            for (key, value) in &before.1 {
                let kept = life.phone.keys.get(key);
                let may = !of_line(key) && names(key);
                assert!(kept == Some(value) || may && kept.is_some(), "{of:?} {key}: {kept:?}, not {value}");
            }
        }
    }
}
