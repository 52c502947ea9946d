use super::*;
use crate::time::{HOUR, MINUTE};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn now() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}

fn schedule(zone: &str, week: &str, days: &str) -> Schedule {
    Schedule::parse(zone, week, days, now()).unwrap()
}

#[test]
fn hours_and_holidays_are_read_and_written() {
    let read = |text: &str| schedule("Europe/London", text, "").hours();
    for (typed, written) in [
        ("mon-fri 09:00-17:30", "mon-fri 09:00-17:30"),
        (
            "fri 09:00-12:00; mon,tue 13:00-17:00 09:00-12:00",
            "mon-tue 09:00-12:00 13:00-17:00; fri 09:00-12:00",
        ),
        ("mon-sun 00:00-24:00", "mon-sun 00:00-24:00"),
        ("sat 22:00-24:00\nsun 00:00-06:00", "sat 22:00-24:00; sun 00:00-06:00"),
    ] {
        assert_eq!(read(typed), written, "{typed}");
    }
    let days = "2026-12-25 Christmas Day; 2026-12-24 09:00-12:00 Christmas Eve";
    let written = "2026-12-24 09:00-12:00 Christmas Eve; 2026-12-25 Christmas Day";
    assert_eq!(schedule("Europe/London", "mon 09:00-10:00", days).days(), written);
}

#[test]
fn what_is_wrong_is_said_by_field() {
    let wrong = |zone: &str, week: &str, days: &str| -> Vec<String> {
        let findings = Schedule::parse(zone, week, days, now()).unwrap_err();
        findings.iter().map(|f| format!("{} {} {}", f.code, f.subject, f.detail)).collect()
    };
    let london = "Europe/London";
    let table = [
        wrong("Mars/Olympus", "mon 17:00-09:00", "yesterday"),
        wrong(london, "mon 17:00-09:00", ""),
        wrong(london, "mon 09:00-09:00", ""),
        wrong(london, "mon 09:00-13:00 12:00-17:00", ""),
        wrong(london, "mon 09:00-13:00; mon-fri 12:00-17:00", ""),
        wrong(london, "someday 09:00-13:00", ""),
        wrong(london, "fri-mon 09:00-13:00", ""),
        wrong(london, "mon", ""),
        wrong(london, "mon 9-13", ""),
        wrong(london, "mon 09:00-24:30", ""),
        wrong(london, "", ""),
        wrong(london, "mon 09:00-10:00", "2026-02-30"),
        wrong(london, "mon 09:00-10:00", "2026-12-25; 2026-12-25 Christmas"),
        wrong(london, "mon 09:00-10:00", "2026-12-25 12:00-09:00 Christmas"),
        // The clocks go forward from 01:00 to 02:00 in London and from 02:00 to 03:00 in Sydney.
        wrong(london, "sun 01:30-05:00", ""),
        wrong(london, "mon 09:00-10:00", "2027-03-28 00:30-01:15 Inventory"),
        wrong("Australia/Sydney", "sun 00:00-02:30", ""),
    ]
    .concat();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn midnight_is_the_first_instant_of_its_day_where_the_clocks_change_at_midnight() {
    // In Santiago, 2027-09-05 begins at 01:00.
    let always = schedule("America/Santiago", "mon-sun 00:00-24:00", "");
    assert_eq!(
        always.openings(now(), now().plus(400 * DAY)),
        [Interval { from: now(), to: now().plus(400 * DAY) }]
    );
}

#[test]
fn a_day_on_which_the_clocks_change_is_as_long_as_it_is() {
    let length = |zone: &str, hours: &str, from: &str| {
        let (week, days) = if hours.starts_with("20") { ("mon 12:00-13:00", hours) } else { (hours, "") };
        let open = schedule(zone, week, days).openings(at(from), at(from).plus(30 * HOUR));
        open.first().map(|i| (i.from.to_string(), (i.to.0 - i.from.0) / MINUTE)).unwrap()
    };
    for (zone, hours, from, begins, minutes) in [
        // North, spring: 00:30 is UTC, 03:00 is one hour ahead of it.
        ("Europe/London", "sun 00:30-03:00", "2027-03-28T00:00:00Z", "2027-03-28T00:30:00Z", 90),
        ("Europe/London", "sun 00:00-24:00", "2027-03-28T00:00:00Z", "2027-03-28T00:00:00Z", 23 * 60),
        // North, autumn: 01:30 comes twice; it is open from the first to the second.
        ("Europe/London", "2026-10-25 01:30-01:45", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", 75),
        ("Europe/London", "sun 00:30-03:00", "2026-10-24T23:00:00Z", "2026-10-24T23:30:00Z", 210),
        // South: forward in October, back in April.
        ("Australia/Sydney", "sun 01:00-04:00", "2026-10-03T14:00:00Z", "2026-10-03T15:00:00Z", 120),
        ("Australia/Sydney", "sun 01:00-04:00", "2027-04-03T13:00:00Z", "2027-04-03T14:00:00Z", 240),
        ("Australia/Sydney", "sun 00:00-24:00", "2027-04-03T13:00:00Z", "2027-04-03T13:00:00Z", 25 * 60),
        // Without summer time.
        ("Asia/Tokyo", "sun 00:00-24:00", "2027-03-27T15:00:00Z", "2027-03-27T15:00:00Z", 24 * 60),
    ] {
        assert_eq!(length(zone, hours, from), (begins.to_owned(), minutes), "{zone} {hours} {from}");
    }
}

#[test]
fn it_says_how_it_stands_and_until_when() {
    let office = schedule(
        "Europe/London",
        "mon-fri 09:00-17:30",
        "2026-12-24 09:00-12:00 Christmas Eve; 2026-12-25 Christmas Day; 2026-12-28",
    );
    let say = |text: &str| {
        let status = office.status(at(text));
        let word = if status.open { "open" } else { "closed" };
        format!("{word} until {} {}", status.until.unwrap(), status.holiday.unwrap_or_default())
    };
    for (when, says) in [
        ("2026-11-23T08:59:59Z", "closed until 2026-11-23T09:00:00Z "),
        ("2026-11-23T09:00:00Z", "open until 2026-11-23T17:30:00Z "),
        ("2026-11-23T17:30:00Z", "closed until 2026-11-24T09:00:00Z "),
        ("2026-11-27T18:00:00Z", "closed until 2026-11-30T09:00:00Z "),
        // In summer the office opens an hour earlier in UTC.
        ("2027-03-29T08:00:00Z", "open until 2027-03-29T16:30:00Z "),
        ("2026-12-24T11:00:00Z", "open until 2026-12-24T12:00:00Z Christmas Eve"),
        ("2026-12-25T11:00:00Z", "closed until 2026-12-29T09:00:00Z Christmas Day"),
        ("2026-12-28T11:00:00Z", "closed until 2026-12-29T09:00:00Z 2026-12-28"),
    ] {
        assert_eq!(say(when), says, "{when}");
    }
    let always = schedule("Europe/London", "mon-sun 00:00-24:00", "");
    assert_eq!(always.status(now()), Status { open: true, holiday: None, until: None });
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(days in proptest::collection::vec((0u16..1440, 0u16..1440), 7)) {
        let week: Vec<_> = days.iter().zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]).filter(|((a, b), _)| a < b)
            .map(|((a, b), day)| format!("{day} {}-{}", text::time(*a), text::time(*b))).collect();
        let read = hours(&week.join(";")).unwrap();
        prop_assert_eq!(hours(&text::week(&read)).unwrap(), read);
    }

    #[test]
    fn nothing_that_is_typed_panics(zone in "[A-Za-z/]{0,20}", week in ".{0,60}", days in ".{0,60}") {
        let _ = Schedule::parse(&zone, &week, &days, now());
        let _ = Schedule::parse("Europe/London", &week, &days, now());
    }

    #[test]
    fn it_is_open_exactly_within_its_openings(
        zone in proptest::sample::select(vec!["Europe/London", "Australia/Sydney", "America/New_York", "America/Santiago", "Asia/Tokyo"]),
        from in 3u16..12, length in 1u16..12, days in 0i64..700, minute in 0i64..1440,
    ) {
        let hours = format!("mon-sun {}-{}", text::time(from * 60), text::time((from + length) * 60));
        let Ok(schedule) = Schedule::parse(zone, &hours, "", now()) else { return Ok(()) };
        let when = now().plus(days * DAY + minute * MINUTE);
        let open = schedule.openings(when.plus(-2 * DAY), when.plus(2 * DAY)).iter().any(|i| i.from <= when && when < i.to);
        let status = schedule.status(when);
        prop_assert_eq!(status.open, open);
        let until = status.until.unwrap();
        prop_assert!(until > when);
        prop_assert_eq!(schedule.status(until).open, !open);
        prop_assert_eq!(schedule.status(until.plus(-1)).open, open);
    }
}
