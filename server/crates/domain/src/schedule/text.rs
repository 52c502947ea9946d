//! Schedules as people type them, in files and forms.

use super::{Holiday, Hours, WEEK};
use jiff::civil::{Date, Weekday};

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// More days than this are no holidays: three years of them.
const MOST: usize = 120;

/// `09:05`; the end of a day is `24:00`.
pub(super) fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// Reads `mon-fri 09:00-12:30 13:30-17:00; sat 10:00-14:00`, or says what is wrong with it.
pub fn hours(text: &str) -> Result<[Vec<Hours>; 7], String> {
    let mut week: [Vec<Hours>; 7] = Default::default();
    for part in parts(text) {
        let (days, times) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let spans = spans(times)?;
        if spans.is_empty() {
            return Err(format!("`{}` has no hours; write `mon-fri 09:00-17:00`.", shown(part)));
        }
        for day in weekdays(days)? {
            let there = week.get_mut(day).ok_or_else(|| "There is no such day.".to_owned())?;
            there.extend(&spans);
            there.sort_unstable();
            apart(there)
                .map_err(|says| format!("{}: {says}", NAMES.get(day).copied().unwrap_or_default()))?;
        }
    }
    Ok(week)
}

/// Reads `2026-12-24 09:00-12:00 Christmas Eve; 2026-12-25 Christmas Day`, or says what is wrong with it.
pub fn holidays(text: &str) -> Result<Vec<Holiday>, String> {
    let mut days: Vec<Holiday> = Vec::new();
    for part in parts(text) {
        let (day, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let bad = || format!("`{}` is not a day; write `2026-12-25 Christmas Day`.", shown(day));
        let date: Date = if day.len() == 10 { day.parse().map_err(|_| bad())? } else { return Err(bad()) };
        let is_span = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(':');
        let words: Vec<_> = rest.split_whitespace().collect();
        let count = words.iter().take_while(|word| is_span(word)).count();
        let (times, name) = words.split_at(count);
        let hours = spans(&times.join(" "))?;
        apart(&hours).map_err(|says| format!("{date}: {says}"))?;
        if days.iter().any(|other| other.date == date) {
            return Err(format!("{date} is there twice."));
        }
        days.push(Holiday { date, name: name.join(" "), hours });
    }
    if days.len() > MOST {
        return Err(format!("There are {} holidays; at most {MOST}.", days.len()));
    }
    days.sort_unstable();
    Ok(days)
}

fn spans(text: &str) -> Result<Vec<Hours>, String> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let mut spans: Vec<_> = words.map(span).collect::<Result<_, _>>()?;
    spans.sort_unstable();
    Ok(spans)
}

fn span(word: &str) -> Result<Hours, String> {
    let bad = || format!("`{}` is not a time; write `09:00-17:00`.", shown(word));
    let (from, to) = word.split_once('-').ok_or_else(bad)?;
    let (from, to) = (minute(from).ok_or_else(bad)?, minute(to).ok_or_else(bad)?);
    Hours::new(from, to).ok_or_else(|| {
        format!(
            "`{}` starts after it ends; hours over midnight are two: `22:00-24:00` and `00:00-06:00`.",
            shown(word)
        )
    })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits =
        |s: &str| (s.len() == 2 && s.bytes().all(|c| c.is_ascii_digit())).then(|| s.parse::<u16>().ok())?;
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))).then_some(hour * 60 + minute)
}

fn apart(hours: &[Hours]) -> Result<(), String> {
    match hours.windows(2).find(|pair| matches!(pair, [a, b] if a.to() > b.from())) {
        Some([a, b]) => Err(format!("{} and {} overlap.", said(*a), said(*b))),
        _ => Ok(()),
    }
}

fn weekdays(text: &str) -> Result<Vec<usize>, String> {
    let day = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        let found = NAMES.iter().position(|known| *known == name);
        found.ok_or_else(|| format!("`{}` is not a day; write {}.", shown(&name), NAMES.join(", ")))
    };
    let mut days = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match part.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (day(from)?, day(to)?);
                if from > to {
                    return Err(format!("`{}` ends before it starts.", shown(part)));
                }
                days.extend(from..=to);
            }
            None => days.push(day(part)?),
        }
    }
    if days.is_empty() { Err(format!("`{}` names no day.", shown(text))) } else { Ok(days) }
}

fn said(hours: Hours) -> String {
    format!("{}-{}", time(hours.from()), time(hours.to()))
}

fn all(hours: &[Hours]) -> String {
    hours.iter().map(|h| said(*h)).collect::<Vec<_>>().join(" ")
}

/// The week as it is typed: days that follow each other and are alike in one entry.
pub(super) fn week(week: &[Vec<Hours>; 7]) -> String {
    let mut runs: Vec<(Weekday, Weekday, &Vec<Hours>)> = Vec::new();
    for (day, hours) in WEEK.into_iter().zip(week) {
        match runs.last_mut() {
            Some((_, last, of)) if *of == hours && last.next() == day => *last = day,
            _ => runs.push((day, day, hours)),
        }
    }
    let name = |day: Weekday| {
        NAMES.get(usize::from(day.to_monday_zero_offset().unsigned_abs())).copied().unwrap_or_default()
    };
    let open = runs.into_iter().filter(|(_, _, hours)| !hours.is_empty());
    let entries = open.map(|(from, to, hours)| {
        let days = if from == to { name(from).to_owned() } else { format!("{}-{}", name(from), name(to)) };
        format!("{days} {}", all(hours))
    });
    entries.collect::<Vec<_>>().join("; ")
}

/// The holidays as they are typed.
pub(super) fn days(holidays: &[Holiday]) -> String {
    let entry = |day: &Holiday| {
        let parts = [day.date.to_string(), all(&day.hours), day.name.clone()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    holidays.iter().map(entry).collect::<Vec<_>>().join("; ")
}
