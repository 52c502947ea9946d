//! Time zones as Cisco's rules: `start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0`. A day is a date, or with a weekday
//! (1 is Monday) the first one on or after it; -1 the last in the month.

use crate::{
    entries::Content,
    reader::Reader,
    zones::{self, Turn},
};

/// The contents of `Time_Zone`, `Daylight_Saving_Time_Enable` and `Daylight_Saving_Time_Rule`.
pub(crate) fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    let written = written(&name);
    if written.is_none() {
        reader.refuse(path, "These phones have no rule for this time zone; set the raw keys.");
    }
    let (offset, rule) = written?;
    Some(match rule {
        Some(rule) => vec![offset.into(), "Yes".into(), rule.into()],
        None => vec![offset.into(), "No".into(), Content::Empty],
    })
}

fn written(iana: &str) -> Option<(String, Option<String>)> {
    let zone = zones::zone(iana)?;
    let minutes = zone.standard.abs();
    let sign = if zone.standard < 0 { '-' } else { '+' };
    let offset = format!("GMT{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    let Some(summer) = zone.summer else { return Some((offset, None)) };
    let (start, end) = (turn(summer.start)?, turn(summer.end)?);
    let save = format!("{}:{}:0", summer.save / 60, summer.save % 60);
    Some((offset, Some(format!("start={start};end={end};save={save}"))))
}

/// A turn before midnight or after the day is one on another day. The last of a month can only stand as it is.
fn turn(turn: Turn) -> Option<String> {
    let (days, minute) = (turn.minute.div_euclid(1440), turn.minute.rem_euclid(1440));
    let first = i32::from(turn.week - 1) * 7 + 1 + days;
    let day = match turn.week {
        5 if days == 0 => -1,
        1..=4 if (1..=25).contains(&first) => first,
        _ => return None,
    };
    // Of POSIX 0 is Sunday, here 7.
    let weekday = (i32::from(turn.weekday) + days + 6).rem_euclid(7) + 1;
    Some(format!("{}/{day}/{weekday}/{}:{}:0", turn.month, minute / 60, minute % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_both_hemispheres() {
        let rule = |text: &str| Some(text.to_owned());
        for (iana, offset, expected) in [
            ("Europe/Berlin", "GMT+01:00", rule("start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0")),
            ("Europe/London", "GMT+00:00", rule("start=3/-1/7/1:0:0;end=10/-1/7/2:0:0;save=1:0:0")),
            ("Europe/Dublin", "GMT+00:00", rule("start=3/-1/7/1:0:0;end=10/-1/7/2:0:0;save=1:0:0")),
            ("America/New_York", "GMT-05:00", rule("start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1:0:0")),
            ("America/St_Johns", "GMT-03:30", rule("start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1:0:0")),
            ("Australia/Sydney", "GMT+10:00", rule("start=10/1/7/2:0:0;end=4/1/7/3:0:0;save=1:0:0")),
            ("Australia/Lord_Howe", "GMT+10:30", rule("start=10/1/7/2:0:0;end=4/1/7/2:0:0;save=0:30:0")),
            // Two in the morning of the Friday after the fourth Thursday.
            ("Asia/Jerusalem", "GMT+02:00", rule("start=3/23/5/2:0:0;end=10/-1/7/2:0:0;save=1:0:0")),
            ("Asia/Kolkata", "GMT+05:30", None),
        ] {
            assert_eq!(written(iana), Some((offset.to_owned(), expected)), "{iana}");
        }
        assert_eq!(written("Mars/Olympus"), None);
    }
}
