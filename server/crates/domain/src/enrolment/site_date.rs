//! The day until which a signed address is valid when nobody says otherwise: the site's date and some days more.

use super::valid_until;
use crate::{
    Finding, Timestamp,
    site::{
        cutover::Cutover,
        step::{Expected, StepKind},
    },
    time::DAY,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How long after a site's date a phone that comes late can still be enrolled.
pub const MARGIN: i64 = 14 * DAY;

/// By when the phones of a site are to work, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SiteDate {
    /// When.
    pub at: Timestamp,
    /// The step of the opening that is to be done then; `None` when it is the end of the cutover's plan.
    pub step: Option<StepKind>,
}

impl SiteDate {
    /// The end of the cutover's plan; without a plan, the end of the day by which lines are bound and accepted.
    pub fn of(cutover: &Cutover, expected: &BTreeMap<StepKind, Expected>) -> Option<Self> {
        if let Some(at) = cutover.planned_end() {
            return Some(Self { at, step: None });
        }
        let day = |kind| Some(Self { at: expected.get(&kind)?.day?.begins().plus(DAY), step: Some(kind) });
        [StepKind::Binding, StepKind::Acceptance].into_iter().filter_map(day).max_by_key(|date| date.at)
    }

    /// Until when an address for this site is valid, or why it cannot be.
    pub fn address_until(self, now: Timestamp) -> Result<Timestamp, Finding> {
        valid_until(self.at.plus(MARGIN), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::Day,
        enrolment::LONGEST_ADDRESS,
        site::cutover::{Pace, Timed},
    };

    #[test]
    fn the_cutovers_end_is_the_date_and_without_a_plan_the_last_step_at_the_phones() {
        let day = |n: i64| Expected { day: Some(Day::of(Timestamp(n * DAY))), because: String::new() };
        let step = |number: i64, planned: i64| Timed {
            number,
            title: String::new(),
            owner: String::new(),
            planned: Timestamp(planned * DAY),
            minutes: 1440,
            back_out: false,
            pace: Pace::Waiting,
        };
        let plan = |days: &[i64]| Cutover {
            steps: (1..).zip(days).map(|(number, day)| step(number, *day)).collect(),
            ..Cutover::default()
        };
        let none = Expected { day: None, because: String::new() };
        for (days, expected, date) in [
            (&[][..], vec![], None),
            (&[], vec![(StepKind::Delivery, day(5))], None),
            (&[], vec![(StepKind::Binding, none.clone())], None),
            (&[], vec![(StepKind::Binding, day(5))], Some((6, Some(StepKind::Binding)))),
            (
                &[],
                vec![(StepKind::Binding, day(5)), (StepKind::Acceptance, day(8))],
                Some((9, Some(StepKind::Acceptance))),
            ),
            (&[3, 2], vec![(StepKind::Binding, day(5))], Some((4, None))),
        ] {
            let date = date.map(|(at, step)| SiteDate { at: Timestamp(at * DAY), step });
            assert_eq!(SiteDate::of(&plan(days), &expected.into_iter().collect()), date, "{days:?}");
        }
    }

    #[test]
    fn an_address_is_valid_a_margin_longer_and_never_longer_than_any() {
        let date = SiteDate { at: Timestamp(100 * DAY), step: None };
        let until = date.at.plus(MARGIN);
        for (now, valid) in [
            (date.at, true),
            (until.plus(-1), true),
            (until, false),
            (until.plus(-LONGEST_ADDRESS), true),
            (until.plus(-LONGEST_ADDRESS - 1), false),
        ] {
            let said = date.address_until(now);
            assert_eq!(said.as_ref().ok(), valid.then_some(&until), "{now}: {said:?}");
        }
    }
}
