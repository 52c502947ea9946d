//! Schedules: when somebody is there. Opening hours by the day of the week, holidays, a time zone.
//!
//! Hours are what a clock on the wall shows, so each day is turned into instants before anything is compared: a day on
//! which the clocks change is as long as it is. Midnight is the first instant of its day, whatever the clock shows then.

mod clock;
mod text;

pub use clock::Interval;
pub(crate) use clock::{joined, shared, uncovered};
pub use text::{holidays, hours};

use crate::{Code, Finding, Timestamp, package::ZONES, time::DAY};
use clock::Zone;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// The days of the week, from Monday on.
pub const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// How far ahead it is said when a schedule opens or closes next: beyond any holiday.
const AHEAD: i64 = 35 * DAY;
/// For so long ahead the turns of the clocks are checked: four years of two turns each.
const TURNS: usize = 8;

/// From one time of day to a later one, in minutes after midnight; 1440 is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// Hours of one day; `None` when they do not start before they end.
    pub const fn new(from: u16, to: u16) -> Option<Self> {
        if from < to && to <= 1440 { Some(Self { from, to }) } else { None }
    }

    /// When they start, in minutes after midnight.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// When they end, in minutes after midnight.
    pub const fn to(self) -> u16 {
        self.to
    }
}

/// A day that is not like the others of its weekday.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// Which day.
    pub date: Date,
    /// What people call it; may be empty.
    pub name: String,
    /// When it is open nevertheless, in order.
    pub hours: Vec<Hours>,
}

/// When somebody is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Schedule {
    /// IANA name.
    pub zone: String,
    /// Hours of each day, Monday first, in order and apart.
    pub week: [Vec<Hours>; 7],
    /// Days that are otherwise, in order, each once.
    pub holidays: Vec<Holiday>,
}

/// A schedule as it is kept: in the words in which it is typed.
#[derive(Serialize, Deserialize)]
struct Written {
    zone: String,
    hours: String,
    holidays: String,
}

impl TryFrom<Written> for Schedule {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let (week, holidays) = (hours(&written.hours)?, holidays(&written.holidays)?);
        Ok(Self { zone: written.zone, week, holidays })
    }
}

impl From<Schedule> for Written {
    fn from(schedule: Schedule) -> Self {
        let (hours, holidays) = (schedule.hours(), schedule.days());
        Self { zone: schedule.zone, hours, holidays }
    }
}

/// How a schedule stands at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it is open.
    pub open: bool,
    /// The holiday that decides it, if one does.
    pub holiday: Option<String>,
    /// When that changes next, if it does within five weeks.
    pub until: Option<Timestamp>,
}

impl Schedule {
    /// Reads a schedule as it was typed: everything that is wrong with it, by the field's name. `now` is from when on
    /// the turns of the clocks are checked.
    pub fn parse(zone: &str, week: &str, days: &str, now: Timestamp) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let zone = zone.trim();
        if ZONES.binary_search(&zone).is_err() {
            findings.push(Finding::new(Code::ZoneUnknown, "time_zone").detail(format!("It is `{zone}`.")));
        }
        let wrong = |field: &str, says: String| Finding::new(Code::ScheduleInvalid, field).detail(says);
        let week = hours(week).map_err(|says| findings.push(wrong("hours", says)));
        let days = holidays(days).map_err(|says| findings.push(wrong("holidays", says)));
        let (Ok(week), Ok(holidays), true) = (week, days, findings.is_empty()) else { return Err(findings) };
        if week.iter().all(Vec::is_empty) && holidays.iter().all(|day| day.hours.is_empty()) {
            return Err(vec![wrong("hours", "It is never open.".to_owned())]);
        }
        let schedule = Self { zone: zone.to_owned(), week, holidays };
        let gaps = schedule.gaps(now);
        if gaps.is_empty() { Ok(schedule) } else { Err(gaps) }
    }

    /// All of it in words, under the name that people give it.
    pub fn describe(&self, name: &str) -> String {
        let days =
            if self.holidays.is_empty() { String::new() } else { format!(", holidays {}", self.days()) };
        format!("{name}, {}, {}{days}", self.zone, self.hours())
    }

    /// Times that a clock on the wall will not show, because it is put forward over them.
    fn gaps(&self, now: Timestamp) -> Vec<Finding> {
        let Some(zone) = Zone::find(&self.zone) else { return Vec::new() };
        let mut findings = Vec::new();
        let mut check = |field: &str, date: Date, hours: &[Hours]| {
            for minute in hours.iter().flat_map(|h| [h.from, h.to]) {
                // One is enough: the rest of the same turn says the same.
                if zone.skips(date, minute) && findings.is_empty() {
                    let detail = format!(
                        "On {date} the clocks in {} are put forward over {}.",
                        self.zone,
                        text::time(minute)
                    );
                    findings.push(Finding::new(Code::ScheduleGap, field).detail(detail));
                }
            }
        };
        for date in zone.turns(now, TURNS) {
            if !self.holidays.iter().any(|day| day.date == date) {
                check("hours", date, self.weekly(date));
            }
        }
        for day in &self.holidays {
            check("holidays", day.date, &day.hours);
        }
        findings
    }

    fn weekly(&self, date: Date) -> &[Hours] {
        let day = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.week.get(day).map_or(&[], Vec::as_slice)
    }

    fn holiday(&self, date: Date) -> Option<&Holiday> {
        self.holidays.iter().find(|day| day.date == date)
    }

    fn on(&self, date: Date) -> &[Hours] {
        self.holiday(date).map_or_else(|| self.weekly(date), |day| &day.hours)
    }

    /// When it is open between two instants: in order, apart. Empty in a zone that nobody knows.
    pub fn openings(&self, from: Timestamp, to: Timestamp) -> Vec<Interval> {
        let Some(zone) = Zone::find(&self.zone) else { return Vec::new() };
        let (Some(mut date), Some(last)) = (zone.date(from), zone.date(to)) else { return Vec::new() };
        let mut open = Vec::new();
        while date <= last {
            open.extend(self.on(date).iter().filter_map(|hours| zone.interval(date, *hours)));
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        joined(open).into_iter().filter_map(|i| i.within(from, to)).collect()
    }

    /// How it stands now, and until when.
    pub fn status(&self, now: Timestamp) -> Status {
        let openings = self.openings(now, now.plus(AHEAD));
        let first = openings.first();
        let open = first.is_some_and(|i| i.from <= now);
        let until = if open { first.map(|i| i.to) } else { first.map(|i| i.from) };
        let today = Zone::find(&self.zone).and_then(|zone| zone.date(now));
        let holiday = today.and_then(|date| self.holiday(date));
        Status {
            open,
            holiday: holiday
                .map(|day| if day.name.is_empty() { day.date.to_string() } else { day.name.clone() }),
            until: until.filter(|at| *at < now.plus(AHEAD)),
        }
    }

    /// The hours as they are typed: `mon-fri 09:00-17:30; sat 10:00-14:00`.
    pub fn hours(&self) -> String {
        text::week(&self.week)
    }

    /// The holidays as they are typed: `2026-12-24 09:00-12:00 Christmas Eve; 2026-12-25 Christmas Day`.
    pub fn days(&self) -> String {
        text::days(&self.holidays)
    }
}

#[cfg(test)]
mod tests;
