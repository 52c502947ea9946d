//! Hours in which phones may be touched, on the clocks of each site.

use crate::Timestamp;
use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt};

/// Names of the days, as they are written.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// From one minute of the day until another, on some days of the week; until an earlier one is on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Days on which it opens, from Monday.
    pub days: [bool; 7],
    /// The first minute of the day.
    pub from: u16,
    /// The first minute at which it is closed again; the same as `from` is the whole day.
    pub to: u16,
}

impl Default for Window {
    /// Always.
    fn default() -> Self {
        Self { days: [true; 7], from: 0, to: 0 }
    }
}

impl Window {
    /// Whether it opens on no day.
    pub const fn never(&self) -> bool {
        let mut day = 0;
        while day < 7 {
            if self.days[day] {
                return false;
            }
            day += 1;
        }
        true
    }

    /// Whether it is always open.
    pub fn always(&self) -> bool {
        self.from == self.to && self.days.iter().all(|day| *day)
    }

    /// Whether it is open in a zone; a zone that nobody knows is read as UTC.
    pub fn open(&self, zone: &str, at: Timestamp) -> bool {
        if self.always() {
            return true;
        }
        let Ok(instant) = jiff::Timestamp::from_microsecond(at.0) else { return false };
        let zone = TimeZoneDatabase::bundled().get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let there = zone.to_datetime(instant);
        let day = usize::try_from(there.weekday().to_monday_zero_offset()).unwrap_or(0) % 7;
        let minute = u16::try_from(i32::from(there.hour()) * 60 + i32::from(there.minute())).unwrap_or(0);
        self.at(day, minute)
    }

    fn at(&self, day: usize, minute: u16) -> bool {
        let (today, yesterday) = (self.days[day], self.days[(day + 6) % 7]);
        match self.from.cmp(&self.to) {
            Ordering::Equal => today,
            Ordering::Less => today && (self.from..self.to).contains(&minute),
            Ordering::Greater => (today && minute >= self.from) || (yesterday && minute < self.to),
        }
    }

    /// Reads `always`, `20:00-06:00` or `mon tue wed 20:00-06:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "always" {
            return Some(Self::default());
        }
        let mut window = Self { days: [false; 7], from: 0, to: 0 };
        let mut words: Vec<_> = text.split_whitespace().collect();
        if let Some((from, to)) = words.last().and_then(|word| word.split_once('-')) {
            (window.from, window.to) = (minute(from)?, minute(to)? % DAY);
            if window.from == window.to {
                // The whole day is written in one way only.
                (window.from, window.to) = (0, 0);
            }
            words.pop();
        }
        for word in &words {
            window.days[DAYS.iter().position(|day| day == word)?] = true;
        }
        if words.is_empty() {
            window.days = [true; 7];
        }
        (!text.is_empty()).then_some(window)
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let all = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && all <= DAY).then_some(all)
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.always() {
            return f.write_str("always");
        }
        let mut words = vec![];
        if self.days.iter().any(|day| !day) {
            words.extend(DAYS.iter().zip(self.days).filter(|(_, on)| *on).map(|(day, _)| (*day).to_owned()));
        }
        if self.from != self.to {
            let clock = |at: u16| format!("{:02}:{:02}", at / 60, at % 60);
            words.push(format!("{}-{}", clock(self.from), clock(self.to)));
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_opens_on_the_clocks_of_the_site() {
        for (window, zone, at, open) in [
            ("always", "Europe/London", "2026-11-23T12:00", true),
            ("20:00-22:00", "Europe/London", "2026-11-23T20:00", true),
            ("20:00-22:00", "Europe/London", "2026-11-23T22:00", false),
            ("20:00-22:00", "Asia/Tokyo", "2026-11-23T20:00", false),
            ("20:00-22:00", "Asia/Tokyo", "2026-11-23T11:30", true),
            // Monday night is Tuesday morning.
            ("mon 22:00-05:00", "UTC", "2026-11-23T23:00", true),
            ("mon 22:00-05:00", "UTC", "2026-11-24T04:59", true),
            ("mon 22:00-05:00", "UTC", "2026-11-24T05:00", false),
            ("mon 22:00-05:00", "UTC", "2026-11-23T04:00", false),
            ("sat sun", "UTC", "2026-11-28T00:00", true),
            ("sat sun", "UTC", "2026-11-27T23:59", false),
            ("20:00-24:00", "UTC", "2026-11-23T23:59", true),
            // The clocks went back on 25 October: 01:30 was there twice, and both are in the night.
            ("01:00-02:00", "Europe/London", "2026-10-25T00:30", true),
            ("01:00-02:00", "Europe/London", "2026-10-25T01:30", true),
            ("sun 16:53-16:53", "UTC", "2026-11-29T01:00", true),
            ("22:00-23:00", "Nowhere/Land", "2026-11-23T22:30", true),
        ] {
            let at = Timestamp::parse(at).unwrap();
            assert_eq!(Window::parse(window).unwrap().open(zone, at), open, "{window} {zone} {at}");
        }
        assert_eq!(Window::parse("sun 16:53-16:53"), Window::parse("sun"));
        for bad in ["", "often", "mon 20-22", "25:00-26:00", "20:60-21:00", "20:00-22:00 mon", "24:01-1:00"] {
            assert_eq!(Window::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(days in any::<[bool; 7]>(), from in 0..DAY, to in 0..DAY) {
            let (from, to) = if from == to { (0, 0) } else { (from, to) };
            let window = Window { days, from, to };
            prop_assume!(!window.never());
            prop_assert_eq!(Window::parse(&window.to_string()), Some(window));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,30}") {
            let _ = Window::parse(&text);
        }
    }
}
