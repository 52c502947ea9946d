use super::*;
use crate::hunt_group::Typed;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A Monday.
fn now() -> Timestamp {
    at("2026-11-23T00:00:00Z")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn number(text: &str) -> ExtensionNumber {
    ExtensionNumber::parse(text).unwrap()
}

fn staff(groups: &[(&str, &str, &str)], reachable: &[(&str, &str)]) -> Staff {
    let group = |(code, members, schedule): &(&str, &str, &str)| {
        let [code, members, schedule] = [*code, *members, *schedule].map(str::to_owned);
        let group = Typed { name: code.clone(), code, members, schedule, ..Typed::default() }.read().unwrap();
        (group.code.clone(), group)
    };
    let schedule = |(code, hours): (&str, &str)| {
        (slug(code), Schedule::parse("Europe/London", hours, "", now()).unwrap())
    };
    let office = [
        ("office", "mon-fri 09:00-17:00"),
        ("mornings", "mon-fri 09:00-12:00"),
        ("afternoons", "mon-fri 12:00-17:00"),
    ];
    Staff {
        groups: groups.iter().map(group).collect(),
        schedules: office.into_iter().map(schedule).collect(),
        reachable: reachable.iter().map(|(n, s)| (number(n), Slug::parse(s))).collect(),
    }
}

fn said(staff: &Staff, code: &str) -> String {
    staff.cover(&staff.groups[&slug(code)], now()).map(|f| f.detail).unwrap_or_default()
}

#[test]
fn cover_is_looked_at_hour_by_hour() {
    let sales = [("sales", "2101 2102", "office")];
    for (groups, reachable, says) in [
        (&sales[..], &[("2101", "")][..], ""),
        (&sales, &[("2103", "")], "No member can be reached."),
        (&sales, &[], "No member can be reached."),
        (
            &sales,
            &[("2101", "mornings")],
            "Nobody is there from 2026-11-23T12:00:00Z to 2026-11-23T17:00:00Z.",
        ),
        (&sales, &[("2101", "mornings"), ("2102", "afternoons")], ""),
        // Without hours of its own, a group is there at night too.
        (
            &[("sales", "2101", "")],
            &[("2101", "office")],
            "Nobody is there from 2026-11-23T00:00:00Z to 2026-11-23T09:00:00Z.",
        ),
        (&[("sales", "group:desk", "office"), ("desk", "2101", "")], &[("2101", "")], ""),
        (
            &[("sales", "group:desk", "office"), ("desk", "2101", "mornings")],
            &[("2101", "")],
            "Nobody is there from 2026-11-23T12:00:00Z to 2026-11-23T17:00:00Z.",
        ),
        // A circle is refused at the door; here it ends.
        (
            &[("sales", "group:desk", "office"), ("desk", "group:sales", "")],
            &[("2101", "")],
            "No member can be reached.",
        ),
    ] {
        assert_eq!(said(&staff(groups, reachable), "sales"), says, "{groups:?} {reachable:?}");
    }
}

#[test]
fn whoever_goes_leaves_a_finding_for_each_group_that_is_then_alone() {
    let before = staff(
        &[
            ("sales", "2101 2102", "office"),
            ("desk", "group:sales", "office"),
            ("lab", "2101", ""),
            ("other", "2103", ""),
        ],
        &[("2101", ""), ("2102", "afternoons")],
    );
    let gone = |numbers: &[&str]| -> Vec<String> {
        let gone = numbers.iter().map(|n| number(n)).collect();
        before.clone().without(&gone, now()).iter().map(|f| format!("{}: {}", f.subject, f.detail)).collect()
    };
    assert_eq!(gone(&["2102"]), Vec::<String>::new());
    let morning = "Nobody is there from 2026-11-23T09:00:00Z to 2026-11-23T12:00:00Z.";
    assert_eq!(
        gone(&["2101"]),
        [
            format!("group desk: {morning}"),
            "group lab: No member can be reached.".to_owned(),
            format!("group sales: {morning}")
        ]
    );
    // Nobody was there before either, and nobody who goes was in it.
    assert!(gone(&["2101", "2102"]).iter().all(|says| !says.contains("other")));
}
