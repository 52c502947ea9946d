//! Ways from one version to another: whatever a vendor demands and whatever is wanted.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Code,
    artifact::Digest,
    firmware::{Image, Minimum, Next, Step, Version, next_step, too_old, wanted},
    ids::FirmwareId,
    setting::Path,
    vendor::Vendor,
};
use proptest::prelude::*;
use std::cmp::Ordering;
use uuid::Uuid;

fn version(text: &str) -> Version {
    Version::parse(Vendor::Yealink, text).unwrap()
}

fn step(from: &str, via: &str, to: &str) -> Step {
    Step { from: version(from), via: version(via), to: version(to) }
}

#[test]
fn a_phone_goes_by_way_of_what_the_vendor_demands() {
    let steps = [step("108.84.0", "108.85.0.5", "108.86.0"), step("108.85.0.5", "108.86.0.1", "108.87.0")];
    let next = |installed: &str| next_step(Some(&version(installed)), &version("108.87.0"), &steps, &[]);
    assert_eq!(next("108.83.0"), Next::Install(version("108.85.0.5")));
    assert_eq!(next("108.85.0.5"), Next::Install(version("108.86.0.1")));
    assert_eq!(next("108.86.0.1"), Next::Install(version("108.87.0")));
    assert_eq!(next("108.87.0.0"), Next::AlreadyThere);
}

#[test]
fn nothing_leads_to_other_hardware_or_below_a_mark() {
    let refused = |installed: &str, wanted: &str| {
        let marks = [version("108.86.0")];
        match next_step(Some(&version(installed)), &version(wanted), &[], &marks) {
            Next::Refused(finding) => Some(finding.code),
            _ => None,
        }
    };
    assert_eq!(refused("108.86.0.20", "124.86.0.40"), Some(Code::FirmwareRefused));
    assert_eq!(refused("108.86.0.20", "108.85.0"), Some(Code::FirmwareRefused));
    assert_eq!(refused("108.86.0.20", "108.86.0"), None);
    assert_eq!(refused("108.85.9", "108.85.0"), None, "it never had the mark");
}

#[test]
fn a_phone_that_nobody_has_seen_goes_only_where_every_phone_may() {
    let to = version("108.86.0");
    assert_eq!(next_step(None, &to, &[], &[]), Next::Install(to.clone()));
    assert_eq!(next_step(None, &to, &[], &[version("108.86.0")]), Next::Install(to.clone()));
    for (steps, marks) in
        [(vec![], vec![version("108.87.0")]), (vec![step("108.84.0", "108.85.0", "108.86.0")], vec![])]
    {
        let next = next_step(None, &to, &steps, &marks);
        assert!(matches!(next, Next::Refused(f) if f.code == Code::FirmwareUnknown), "{steps:?} {marks:?}");
    }
}

fn image(models: &[&str], text: &str) -> Image {
    Image {
        id: FirmwareId(Uuid::from_u128(1)),
        vendor: Vendor::Yealink,
        models: models.iter().map(ToString::to_string).collect(),
        version: version(text),
        file: format!("{text}.rom"),
        hash: Digest([0; 32]),
        bytes: 1,
        no_downgrade: false,
        withdrawn: false,
    }
}

#[test]
fn a_site_that_names_a_version_for_one_model_says_nothing_about_the_others() {
    let images = [
        image(&["T46U", "T48U"], "108.86.0.20"),
        image(&["T46U"], "108.87.0.1"),
        image(&["T31G"], "124.86.0.40"),
    ];
    let values = ["108.87.0.1", "108.86.0.20, 124.86.0.40"];
    let of = |model| wanted(&images, Vendor::Yealink, model, values).map(|image| image.version.to_string());
    assert_eq!(of("SIP-T46U").as_deref(), Some("108.87.0.1"));
    assert_eq!(of("t48u").as_deref(), Some("108.86.0.20"));
    assert_eq!(of("T31G").as_deref(), Some("124.86.0.40"));
    assert_eq!(of("T58W"), None);
}

#[test]
fn a_setting_says_which_release_it_needs() {
    let path = Path::parse("network.lldp").unwrap();
    let release = Version::release("86.0.20").unwrap();
    let minimums = [Minimum { path: path.clone(), vendor: Vendor::Yealink, release }];
    let old = |installed: &str| {
        too_old(&version(installed), &minimums, Vendor::Yealink, [&path])
            .iter()
            .map(|f| f.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(old("108.86.0.19"), [Code::FirmwareOld]);
    assert_eq!(old("124.86.0.20"), []);
    assert_eq!(too_old(&version("108.1.0"), &minimums, Vendor::Linphone, [&path]), []);
}

fn any_version() -> impl Strategy<Value = Version> {
    (0u32..5, 0u32..4).prop_map(|(a, b)| version(&format!("108.{a}.{b}")))
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let one =
        (any_version(), any_version(), any_version()).prop_map(|(from, via, to)| Step { from, via, to });
    // Also those that make no sense: the database may hold what the form would refuse.
    proptest::collection::vec(one, 0..8)
}

fn less(a: &Version, b: &Version) -> bool {
    a.order(b) == Some(Ordering::Less)
}

proptest! {
    /// From wherever to wherever: it ends, rises on the way up, passes every version that has to be passed, and
    /// never goes below a mark that was reached.
    #[test]
    fn every_way_ends_and_breaks_no_rule(
        start in any_version(),
        wanted in any_version(),
        steps in any_steps(),
        marks in proptest::collection::vec(any_version(), 0..3),
    ) {
        let mut installed = start.clone();
        let mut hops = 0;
        while let Next::Install(next) = next_step(Some(&installed), &wanted, &steps, &marks) {
            if less(&start, &wanted) {
                prop_assert!(less(&installed, &next) && !less(&wanted, &next), "{installed} to {next}");
                for rule in &steps {
                    let skipped = !less(&rule.from, &installed) && !less(&next, &rule.to)
                        && less(&installed, &rule.via) && less(&rule.via, &next);
                    prop_assert!(!skipped, "{installed} to {next} skips {rule:?}");
                }
            } else {
                let fallen = |mark: &Version| !less(&installed, mark) && less(&next, mark);
                prop_assert!(!marks.iter().any(fallen), "{installed} to {next}");
            }
            installed = next;
            hops += 1;
            prop_assert!(hops <= 20, "it goes on for ever");
        }
        let end = next_step(Some(&installed), &wanted, &steps, &marks);
        prop_assert!(end == Next::AlreadyThere || matches!(end, Next::Refused(_)));
        if less(&start, &wanted) {
            prop_assert_eq!(end, Next::AlreadyThere, "nothing refuses the way up");
        }
    }
}
