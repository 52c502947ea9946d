//! The limits of what happens by itself at a site (requirement D6): how many devices a pilot has, and until when.

use crate::{Code, Finding, Timestamp, site::Scope, time::DAY};
use serde::{Deserialize, Serialize};

/// Devices that a pilot may have. More is no pilot.
pub const MOST_DEVICES: u32 = 500;
/// A pilot ends, at the latest after so long.
pub const LONGEST: i64 = 180 * DAY;

/// How large a pilot may become, and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pilot {
    /// Devices with a line, however they came by it.
    pub devices: u32,
    /// Before this moment.
    pub until: Timestamp,
}

/// Everything that keeps the program from binding one more device by itself at a site with this scope, these limits and
/// so many devices that have a line.
pub fn automatic(scope: Scope, pilot: Option<Pilot>, bound: u32, now: Timestamp) -> Vec<Finding> {
    let stop = |detail: String| Finding::new(Code::ScopePilot, "site").detail(detail);
    match (scope, pilot) {
        (Scope::OnboardingOnly, _) => vec![Finding::new(Code::ScopeForbids, "site")],
        (Scope::Assisted, _) | (Scope::Pilot, None) => {
            vec![stop(format!("Its scope is {}, without limits of a pilot.", scope.word()))]
        }
        (Scope::Pilot, Some(pilot)) => {
            let mut findings = vec![];
            if pilot.until <= now {
                findings.push(stop(format!("The pilot ended {}.", pilot.until)));
            }
            if bound >= pilot.devices {
                findings.push(stop(format!("{bound} of {} devices have a line.", pilot.devices)));
            }
            findings
        }
    }
}

/// Everything that keeps a site with so many standing lines from getting this scope and these limits.
pub fn check(scope: Scope, pilot: Option<Pilot>, lines: u32, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![];
    if scope == Scope::OnboardingOnly && lines > 0 {
        findings.push(Finding::new(Code::ScopeLines, "scope").detail(format!("{lines} of them.")));
    }
    match (scope, pilot) {
        (Scope::Pilot, Some(pilot)) => {
            if !(1..=MOST_DEVICES).contains(&pilot.devices) {
                let detail = format!("A pilot has 1 to {MOST_DEVICES} devices.");
                findings.push(Finding::new(Code::FormInvalid, "devices").detail(detail));
            }
            if pilot.until <= now || pilot.until > now.plus(LONGEST) {
                let detail = "A pilot ends after now, and at most 180 days later.";
                findings.push(Finding::new(Code::FormInvalid, "until").detail(detail));
            }
        }
        (Scope::Pilot, None) => findings.push(
            Finding::new(Code::FieldMissing, "until")
                .detail("A pilot needs its number of devices and its end."),
        ),
        (Scope::OnboardingOnly | Scope::Assisted, _) => {}
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(findings: &[Finding]) -> Vec<Code> {
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn only_a_pilot_within_its_limits_goes_by_itself() {
        let pilot = Some(Pilot { devices: 2, until: Timestamp(100) });
        for (scope, pilot, bound, now, expected) in [
            (Scope::Pilot, pilot, 0, 99, vec![]),
            (Scope::Pilot, pilot, 1, 99, vec![]),
            (Scope::Pilot, pilot, 2, 99, vec![Code::ScopePilot]),
            (Scope::Pilot, pilot, 1, 100, vec![Code::ScopePilot]),
            (Scope::Pilot, pilot, 3, 100, vec![Code::ScopePilot, Code::ScopePilot]),
            (Scope::Pilot, None, 0, 0, vec![Code::ScopePilot]),
            (Scope::Assisted, pilot, 0, 0, vec![Code::ScopePilot]),
            (Scope::OnboardingOnly, pilot, 0, 0, vec![Code::ScopeForbids]),
        ] {
            assert_eq!(
                codes(&automatic(scope, pilot, bound, Timestamp(now))),
                expected,
                "{scope:?} {bound} {now}"
            );
        }
    }

    #[test]
    fn a_scope_is_set_where_it_can_hold() {
        let pilot = |devices, until| Some(Pilot { devices, until: Timestamp(until) });
        for (scope, pilot, lines, expected) in [
            (Scope::OnboardingOnly, None, 0, vec![]),
            (Scope::OnboardingOnly, None, 1, vec![Code::ScopeLines]),
            (Scope::Assisted, None, 9, vec![]),
            (Scope::Pilot, pilot(5, 10), 9, vec![]),
            (Scope::Pilot, None, 0, vec![Code::FieldMissing]),
            (Scope::Pilot, pilot(0, 10), 0, vec![Code::FormInvalid]),
            (Scope::Pilot, pilot(501, 0), 0, vec![Code::FormInvalid, Code::FormInvalid]),
            (Scope::Pilot, pilot(5, LONGEST + 1), 0, vec![Code::FormInvalid]),
        ] {
            assert_eq!(
                codes(&check(scope, pilot, lines, Timestamp(0))),
                expected,
                "{scope:?} {pilot:?} {lines}"
            );
        }
    }

    proptest! {
        /// However it is counted, a pilot never grows by itself beyond its number, nor after its date.
        #[test]
        fn a_pilot_never_outgrows_itself(devices in 0u32..20, until in 0i64..20, steps in 0i64..40) {
            let pilot = Pilot { devices, until: Timestamp(until) };
            let mut bound = 0;
            for now in 0..steps {
                if automatic(Scope::Pilot, Some(pilot), bound, Timestamp(now)).is_empty() {
                    prop_assert!(now < until);
                    bound += 1;
                }
            }
            prop_assert!(bound <= devices);
        }
    }
}
