//! From clocks on walls to instants.

use super::Hours;
use crate::Timestamp;
use jiff::{
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

/// From one instant, which belongs to it, to a later one, which does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Interval {
    /// What of it lies between two instants.
    pub(super) fn within(self, from: Timestamp, to: Timestamp) -> Option<Self> {
        let part = Self { from: self.from.max(from), to: self.to.min(to) };
        (part.from < part.to).then_some(part)
    }
}

/// The same instants, in order and apart.
pub(crate) fn joined(mut all: Vec<Interval>) -> Vec<Interval> {
    all.sort_unstable();
    let mut out: Vec<Interval> = Vec::new();
    for next in all {
        match out.last_mut() {
            Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
            _ => out.push(next),
        }
    }
    out
}

/// What lies in both; both are in order and apart.
pub(crate) fn shared(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    a.iter().flat_map(|x| b.iter().filter_map(|y| x.within(y.from, y.to))).collect()
}

/// What of `whole` lies in none of `parts`; both are in order and apart.
pub(crate) fn uncovered(whole: &[Interval], parts: &[Interval]) -> Vec<Interval> {
    let mut out = Vec::new();
    for part in whole {
        let mut from = part.from;
        for covered in parts.iter().filter(|p| p.to > part.from && p.from < part.to) {
            if covered.from > from {
                out.push(Interval { from, to: covered.from });
            }
            from = from.max(covered.to);
        }
        if from < part.to {
            out.push(Interval { from, to: part.to });
        }
    }
    out
}

/// A time zone, from the tables in the program: not from the machine, which may have others.
pub(super) struct Zone(TimeZone);

impl Zone {
    pub(super) fn find(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// Which day it is there.
    pub(super) fn date(&self, at: Timestamp) -> Option<Date> {
        Some(self.0.to_datetime(jiff::Timestamp::from_microsecond(at.0).ok()?).date())
    }

    /// The days of the next turns of the clocks.
    pub(super) fn turns(&self, now: Timestamp, most: usize) -> Vec<Date> {
        let Ok(from) = jiff::Timestamp::from_microsecond(now.0) else { return Vec::new() };
        let before = |at: jiff::Timestamp| jiff::Timestamp::from_microsecond(at.as_microsecond() - 1).ok();
        // The day on which the clock still showed the time before.
        let days = self.0.following(from).take(most);
        days.filter_map(|turn| Some(self.0.to_datetime(before(turn.timestamp())?).date())).collect()
    }

    /// Whether no clock shows this time on this day. Midnight is the beginning of a day all the same.
    pub(super) fn skips(&self, date: Date, minute: u16) -> bool {
        let Some((date, time)) = moment(date, minute).filter(|(_, time)| *time != Time::midnight()) else {
            return false;
        };
        let shown = self.0.to_ambiguous_timestamp(date.to_datetime(time));
        matches!(shown.offset(), AmbiguousOffset::Gap { .. })
    }

    /// The hours of a day as instants. What a clock shows twice begins with the first and ends with the second.
    pub(super) fn interval(&self, date: Date, hours: Hours) -> Option<Interval> {
        let at = |minute: u16, ends: bool| {
            let (date, time) = moment(date, minute)?;
            let shown = self.0.to_ambiguous_timestamp(date.to_datetime(time));
            // Midnight ends the day before with its first instant.
            let twice = matches!(shown.offset(), AmbiguousOffset::Fold { .. });
            let instant = if ends && twice && minute < 1440 { shown.later() } else { shown.compatible() };
            Some(Timestamp(instant.ok()?.as_microsecond()))
        };
        let interval = Interval { from: at(hours.from(), false)?, to: at(hours.to(), true)? };
        (interval.from < interval.to).then_some(interval)
    }
}

/// A minute of a day; the last one is the next day's first.
fn moment(date: Date, minute: u16) -> Option<(Date, Time)> {
    if minute >= 1440 {
        return Some((date.tomorrow().ok()?, Time::midnight()));
    }
    let part = |n: u16| i8::try_from(n).ok();
    Some((date, Time::new(part(minute / 60)?, part(minute % 60)?, 0, 0).ok()?))
}
