//! Time zones as rules: offset, and when daylight saving begins and ends each year. The table holds the last line of
//! each file of the IANA time zone database 2026f, a POSIX `TZ` string (IEEE 1003.1, section 8.3).

use std::{collections::BTreeMap, sync::LazyLock};

/// What a phone's clock does in a zone, from this year on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    /// Minutes east of UTC in winter.
    pub(crate) standard: i32,
    pub(crate) summer: Option<Summer>,
    /// The rule as POSIX writes it.
    pub(crate) posix: &'static str,
}

/// Daylight saving time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summer {
    /// Minutes that clocks are put forward.
    pub(crate) save: i32,
    /// In winter's time.
    pub(crate) start: Turn,
    /// In summer's time.
    pub(crate) end: Turn,
}

/// When clocks are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// 1 to 12.
    pub(crate) month: u8,
    /// Which of the weekday in the month, 1 to 4; 5 is the last.
    pub(crate) week: u8,
    /// 0 is Sunday.
    pub(crate) weekday: u8,
    /// Minutes after midnight; may be negative or more than a day, as POSIX allows.
    pub(crate) minute: i32,
}

// Zones whose clocks follow the moon have no such line and are not there.
static ZONES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("zones.csv").lines().skip(1).filter_map(|row| row.split_once(','));
    rows.map(|(name, rule)| (name, rule.trim_matches('"'))).collect()
});

/// Every zone that has rules.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ZONES.keys().copied()
}

/// The rules of an IANA zone; `None` when there is none of this name.
pub(crate) fn zone(iana: &str) -> Option<Zone> {
    parse(ZONES.get(iana).copied()?)
}

fn parse(posix: &'static str) -> Option<Zone> {
    let rest = name(posix)?;
    let (west, rest) = clock(rest)?;
    let standard = -west;
    if rest.is_empty() {
        return Some(Zone { standard, summer: None, posix });
    }
    let rest = name(rest)?;
    let (east, rest) =
        if rest.starts_with(',') { (standard + 60, rest) } else { clock(rest).map(|(w, r)| (-w, r))? };
    let (start, end) = rest.strip_prefix(',')?.split_once(',')?;
    let (start, end) = (turn(start)?, turn(end)?);
    // Ireland's law has summer as the standard and puts clocks back in winter.
    let (standard, save, start, end) = if east < standard {
        (east, standard - east, end, start)
    } else {
        (standard, east - standard, start, end)
    };
    Some(Zone { standard, summer: Some(Summer { save, start, end }), posix })
}

/// What follows the abbreviation.
fn name(text: &str) -> Option<&str> {
    if let Some(quoted) = text.strip_prefix('<') {
        return quoted.split_once('>').map(|(_, rest)| rest);
    }
    Some(text.trim_start_matches(|c: char| c.is_ascii_alphabetic()))
}

/// Minutes of `[+-]hh[:mm]`, and what follows.
fn clock(text: &str) -> Option<(i32, &str)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    let (hours, minutes) = number.split_once(':').unwrap_or((number, "0"));
    Some((sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?), rest))
}

/// `Mm.w.d[/time]`; two in the morning when no time is said.
fn turn(text: &str) -> Option<Turn> {
    let (day, time) = text.strip_prefix('M')?.split_once('/').unwrap_or((text.strip_prefix('M')?, "2"));
    let mut parts = day.split('.').map(|part| part.parse::<u8>().ok());
    let (month, week, weekday) = (parts.next()??, parts.next()??, parts.next()??);
    Some(Turn { month, week, weekday, minute: clock(time)?.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Timestamp, tz::TimeZone};

    /// Days since 1970-01-01 of a date (the civil calendar's usual arithmetic).
    fn day(year: i64, month: u8, day: i64) -> i64 {
        let (y, m) = if month <= 2 { (year - 1, i64::from(month) + 9) } else { (year, i64::from(month) - 3) };
        let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719_468
    }

    /// The second of a turn in `year`, on a clock that is `offset` minutes east of UTC.
    fn at(turn: Turn, year: i64, offset: i32) -> i64 {
        let first = day(year, turn.month, 1);
        let weekday = (first + 4).rem_euclid(7);
        let mut date =
            first + (i64::from(turn.weekday) - weekday).rem_euclid(7) + 7 * (i64::from(turn.week) - 1);
        let next = if turn.month == 12 { day(year + 1, 1, 1) } else { day(year, turn.month + 1, 1) };
        while date >= next {
            date -= 7;
        }
        date * 86_400 + i64::from(turn.minute - offset) * 60
    }

    /// Every zone of the table, a minute before and at both turns of several years, against another's reading of the
    /// time zone database.
    #[test]
    fn both_turns_of_every_zone_in_both_hemispheres() {
        let (mut turning, mut wrong) = (0, vec![]);
        for name in ZONES.keys() {
            let ours = zone(name).unwrap_or_else(|| panic!("{name}"));
            let Ok(theirs) = TimeZone::get(name) else { panic!("{name} is not in the other's database") };
            let minutes =
                |second: i64| theirs.to_offset(Timestamp::from_second(second).unwrap()).seconds() / 60;
            for year in [2028, 2030, 2033] {
                let Some(summer) = ours.summer else {
                    for month in [1, 7] {
                        if minutes(day(year, month, 15) * 86_400) != ours.standard {
                            wrong.push(*name);
                        }
                    }
                    continue;
                };
                turning += 1;
                let start = at(summer.start, year, ours.standard);
                let end = at(summer.end, year, ours.standard + summer.save);
                let offsets = [start - 60, start, end - 60, end].map(minutes);
                let (winter, light) = (ours.standard, ours.standard + summer.save);
                if offsets != [winter, light, light, winter] {
                    wrong.push(*name);
                }
            }
        }
        assert_eq!(wrong, Vec::<&str>::new());
        assert!(turning > 300, "{turning}");
    }

    #[test]
    fn a_zone_that_is_none_has_no_rules() {
        assert_eq!(zone("Mars/Olympus"), None);
        let sydney = zone("Australia/Sydney").and_then(|zone| zone.summer).unwrap();
        assert_eq!((sydney.start.month, sydney.end.month), (10, 4));
    }
}
