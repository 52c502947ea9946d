//! Whether anybody is there while a hunt group is open.

use super::{HuntGroup, Member};
use crate::{
    Code, Finding, Timestamp,
    number::ExtensionNumber,
    schedule::{Interval, Schedule, joined, shared, uncovered},
    slug::Slug,
    time::DAY,
};
use std::collections::{BTreeMap, BTreeSet};

/// For so long ahead cover is looked at: every day of the week, and the holidays of the next two.
pub const AHEAD: i64 = 14 * DAY;

/// What is known of the members of groups.
#[derive(Clone, Debug, Default)]
pub struct Staff {
    /// Groups by their short names.
    pub groups: BTreeMap<Slug, HuntGroup>,
    /// Schedules by theirs.
    pub schedules: BTreeMap<Slug, Schedule>,
    /// Extensions that calls can reach, each with its own schedule: enabled, standing on a phone, not forwarded away.
    pub reachable: BTreeMap<ExtensionNumber, Option<Slug>>,
}

impl Staff {
    /// When a group can be reached, and when it should be.
    fn hours(&self, group: &HuntGroup, from: Timestamp) -> (Vec<Interval>, Vec<Interval>) {
        let wanted = self.open(group.schedule.as_ref(), from);
        let mut been = BTreeSet::from([&group.code]);
        let staffed = self.staffed(group, from, &mut been);
        (wanted, staffed)
    }

    fn open(&self, schedule: Option<&Slug>, from: Timestamp) -> Vec<Interval> {
        let to = from.plus(AHEAD);
        match schedule.and_then(|code| self.schedules.get(code)) {
            Some(schedule) => schedule.openings(from, to),
            None => vec![Interval { from, to }],
        }
    }

    fn staffed<'s>(
        &'s self,
        group: &'s HuntGroup,
        from: Timestamp,
        been: &mut BTreeSet<&'s Slug>,
    ) -> Vec<Interval> {
        let mut all = Vec::new();
        for member in &group.members {
            match member {
                Member::Extension(number) => {
                    if let Some(schedule) = self.reachable.get(number) {
                        all.extend(self.open(schedule.as_ref(), from));
                    }
                }
                Member::Group(code) => {
                    // Whoever was counted once is there once.
                    let Some(inner) = self.groups.get(code).filter(|inner| been.insert(&inner.code)) else {
                        continue;
                    };
                    let there = self.staffed(inner, from, been);
                    all.extend(shared(&there, &self.open(inner.schedule.as_ref(), from)));
                }
            }
        }
        joined(all)
    }

    /// What is the matter with the cover of a group from an instant on: nobody at all, or not in all of its hours.
    pub fn cover(&self, group: &HuntGroup, from: Timestamp) -> Option<Finding> {
        let (wanted, staffed) = self.hours(group, from);
        let gaps = uncovered(&wanted, &staffed);
        let first = gaps.first()?;
        let says = if staffed.is_empty() {
            "No member can be reached.".to_owned()
        } else {
            format!("Nobody is there from {} to {}.", first.from, first.to)
        };
        Some(Finding::new(Code::GroupUncovered, format!("group {}", group.code)).detail(says))
    }

    /// What is the matter with the cover of every group that keeps a schedule, or has a member that does.
    pub fn keeping(&self, schedule: &Slug, from: Timestamp) -> Vec<Finding> {
        let own = self.groups.values().filter(|group| group.schedule.as_ref() == Some(schedule));
        let members = self.reachable.iter().filter(|(_, kept)| kept.as_ref() == Some(schedule));
        let others = members.flat_map(|(number, _)| self.of(number));
        let groups: BTreeMap<_, _> = own.chain(others).map(|group| (&group.code, group)).collect();
        groups.into_values().filter_map(|group| self.cover(group, from)).collect()
    }

    /// Groups that an extension is in, itself or through another group.
    pub fn of(&self, number: &ExtensionNumber) -> Vec<&HuntGroup> {
        self.groups.values().filter(|group| self.holds(group, number, &mut BTreeSet::new())).collect()
    }

    fn holds<'s>(
        &'s self,
        group: &'s HuntGroup,
        number: &ExtensionNumber,
        been: &mut BTreeSet<&'s Slug>,
    ) -> bool {
        been.insert(&group.code)
            && group.members.iter().any(|member| match member {
                Member::Extension(n) => n == number,
                Member::Group(code) => {
                    self.groups.get(code).is_some_and(|inner| self.holds(inner, number, been))
                }
            })
    }

    /// What becomes of cover when these extensions cannot be reached any more: every group that they are in and that
    /// is then left without somebody in some hour.
    pub fn without(mut self, gone: &BTreeSet<ExtensionNumber>, from: Timestamp) -> Vec<Finding> {
        self.reachable.retain(|number, _| !gone.contains(number));
        let groups: BTreeMap<_, _> =
            gone.iter().flat_map(|number| self.of(number)).map(|group| (&group.code, group)).collect();
        groups.into_values().filter_map(|group| self.cover(group, from)).collect()
    }
}

#[cfg(test)]
mod tests;
