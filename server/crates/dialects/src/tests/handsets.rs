//! What stays on a phone, told by simulated handsets: they keep what real ones would keep.

use super::*;
use crate::{Absent, absent_means};
use proptest::prelude::*;
use testkit::handset::{Handset, Registers};

/// One revision of a device's life.
#[derive(Clone, Debug)]
struct Step {
    kind: RevisionKind,
    /// Number of the extension and of its secret, for the first lines.
    lines: Vec<u16>,
    desk: bool,
}

fn password(number: u16) -> String {
    format!("secret-of-{number}")
}

fn step_settings(vendor: Vendor, step: &Step) -> Vec<(Path, Value)> {
    let mut all: BTreeMap<Path, Value> = if step.desk {
        [london_of(vendor), desk()].concat().into_iter().collect()
    } else {
        london_of(vendor).into_iter().collect()
    };
    all.retain(|path, _| !path.as_str().starts_with("line.") || path.as_str().contains("forward"));
    if step.kind != Bound {
        return all.into_iter().collect();
    }
    for (index, number) in (1u8..).zip(&step.lines) {
        all.insert(Path::line(index, "extension"), text(&number.to_string()));
        all.insert(Path::line(index, "label"), text(&format!("label-of-{number}")));
        all.insert(Path::line(index, "display_name"), text(&format!("name-of-{number}")));
        all.insert(Path::line(index, "auth_user"), text(&format!("user-of-{number}")));
        all.insert(Path::line(index, "password"), Value::Secret(secret(u128::from(*number))));
    }
    all.into_iter().collect()
}

/// Publishes a step as the product does, and lets the phone take it.
fn serve(phone: &mut Handset, (vendor, model): (Vendor, &str), step: &Step, served: &mut BTreeSet<Path>) {
    let settings = step_settings(vendor, step);
    let (files, _) = files(vendor, model, step.kind, &settings, served);
    served.extend(settings.into_iter().map(|(path, _)| path));
    let mut secrets: BTreeMap<SecretId, String> =
        step.lines.iter().map(|number| (secret(u128::from(*number)), password(*number))).collect();
    secrets.extend([(secret(100), "of-the-phone".to_owned()), (secret(9), "of-its-admin".to_owned())]);
    let bytes: Vec<_> = files.iter().map(|file| file.artifact.splice(&secrets).unwrap()).collect();
    phone.take(bytes.iter().map(Vec::as_slice));
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
        let mut phone = Handset::new(vendor);
        let mut served = BTreeSet::new();
        for mut step in steps {
            step.lines.truncate(accounts);
            serve(&mut phone, (vendor, model), &step, &mut served);
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
/// not take a standing line from a phone that still has one.
#[test]
fn what_anybody_gets_erases_no_line() {
    for (vendor, model) in PHONES {
        if absent_means(*vendor) == Absent::Default {
            // These families lose what a file does not name: at the steady address nobody gets such a file.
            continue;
        }
        let mut phone = Handset::new(*vendor);
        let step = Step { kind: Bound, lines: vec![2001], desk: true };
        serve(&mut phone, (*vendor, model), &step, &mut BTreeSet::new());
        let before = phone.lines();
        assert_eq!(before.len(), 1, "{vendor} {model}");
        let (common, _) = common_files(*vendor, &resolution(london()));
        phone.take(common.iter().map(|file| file.artifact.bytes.as_slice()));
        assert_eq!(phone.lines(), before, "{vendor} {model}");
    }
}
