use super::{
    circle::{Node, Routes, told},
    *,
};
use crate::{hunt_group, number::ExtensionNumber};
use proptest::prelude::*;

fn extension(text: &str) -> ExtensionNumber {
    ExtensionNumber::parse(text).unwrap()
}

fn routes(profiles: &[(&str, Typed)], groups: &[(&str, &str, &str)]) -> Routes {
    let group = |(code, members, otherwise): &(&str, &str, &str)| {
        let typed = hunt_group::Typed {
            code: (*code).to_owned(),
            name: (*code).to_owned(),
            number: if *code == "sales" { "2900".to_owned() } else { String::new() },
            members: (*members).to_owned(),
            otherwise: (*otherwise).to_owned(),
            ..Default::default()
        };
        let group = typed.read().unwrap();
        (group.code.clone(), group)
    };
    Routes {
        groups: groups.iter().map(group).collect(),
        profiles: profiles.iter().map(|(n, typed)| (extension(n), typed.read().unwrap())).collect(),
        dids: [(Number::parse("+442079460101").unwrap(), Node::Extension(extension("2101")))].into(),
    }
}

fn always(to: &str) -> Typed {
    Typed { forward_always: to.to_owned(), ..Typed::default() }
}

fn unanswered(to: &str) -> Typed {
    Typed { forward_no_answer: to.to_owned(), ..Typed::default() }
}

#[test]
fn a_circle_is_found_and_named() {
    let first = Node::Extension(extension("2101"));
    let sales = Node::Group(Slug::parse("sales").unwrap());
    let of = |routes: Routes, start: &Node| routes.circle(start).map(|circle| told(&circle));
    let round = |to: &str| Some(to.to_owned());
    let cases = [
        (routes(&[("2101", always("2101"))], &[]), &first, round("2101 to 2101")),
        (routes(&[("2101", always("+442079460101"))], &[]), &first, round("2101 to 2101")),
        (
            routes(&[("2101", always("2102")), ("2102", unanswered("2101"))], &[]),
            &first,
            round("2101 to 2102 to 2101"),
        ),
        (routes(&[("2101", always("2102")), ("2102", always("2103"))], &[]), &first, None),
        (
            routes(&[("2101", always("group:sales"))], &[("sales", "2101 2102", "")]),
            &first,
            round("2101 to group sales to 2101"),
        ),
        (
            routes(&[("2101", always("2900"))], &[("sales", "2101 2102", "")]),
            &first,
            round("2101 to group sales to 2101"),
        ),
        // The group rings the phone; what becomes of unanswered calls is the group's.
        (routes(&[("2101", unanswered("group:sales"))], &[("sales", "2101 2102", "")]), &first, None),
        (
            routes(&[], &[("sales", "group:desk", ""), ("desk", "group:sales 2101", "")]),
            &sales,
            round("group sales to group desk to group sales"),
        ),
        (
            routes(&[], &[("sales", "2101", "group:desk"), ("desk", "2102", "2900")]),
            &sales,
            round("group sales to group desk to group sales"),
        ),
        (
            routes(&[("2102", unanswered("group:sales"))], &[("sales", "2101", "2102")]),
            &sales,
            round("group sales to 2102 to group sales"),
        ),
        (routes(&[], &[("sales", "2101", "group:desk"), ("desk", "2102", "+33199000100")]), &sales, None),
    ];
    for (index, (routes, start, expected)) in cases.into_iter().enumerate() {
        assert_eq!(of(routes, start), expected, "case {index}");
    }
}

#[test]
fn what_is_wrong_with_a_profile_is_said_by_field() {
    let wrong = |typed: Typed| -> Vec<String> {
        let findings = typed.read().unwrap_err();
        findings.iter().map(|f| format!("{} {} {}", f.code, f.subject, f.detail)).collect()
    };
    let table = [
        wrong(Typed { voicemail: "maybe".to_owned(), schedule: "9 to 5".to_owned(), ..always("nowhere") }),
        wrong(Typed { seconds: "3".to_owned(), ..unanswered("2102") }),
        wrong(Typed { seconds: "30".to_owned(), ..Typed::default() }),
        wrong(Typed { closed: "2102".to_owned(), ..Typed::default() }),
        wrong(Typed { voicemail: "no".to_owned(), ..unanswered("voicemail") }),
        wrong(Typed { caller_id: "020 7946 0123".to_owned(), ..Typed::default() }),
    ]
    .concat();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn what_is_wrong_with_a_group_is_said_by_field() {
    let wrong = |code: &str, members: &str| -> Vec<String> {
        let typed = hunt_group::Typed {
            code: code.to_owned(),
            name: code.to_owned(),
            members: members.to_owned(),
            ..Default::default()
        };
        let findings = typed.read().unwrap_err();
        findings.iter().map(|f| format!("{} {} {}", f.code, f.subject, f.detail)).collect()
    };
    let table = [
        wrong("sales", ""),
        wrong("sales", "2101 group:sales"),
        wrong("sales", "2101, 2101"),
        wrong("sales", "everybody"),
        wrong("Sales!", "2101"),
        wrong("2101", "2101"),
    ]
    .concat();
    insta::assert_snapshot!(table.join("\n"));
}

prop_compose! {
    fn any_destination()(n in prop::sample::select(vec!["", "2101", "2102", "2103", "group:sales", "group:desk", "+442079460101", "voicemail"])) -> String {
        n.to_owned()
    }
}

proptest! {
    #[test]
    fn a_profile_is_written_as_it_is_read(a in any_destination(), b in any_destination(), c in any_destination()) {
        let typed = Typed { voicemail: "yes".to_owned(), forward_always: a, forward_busy: b, forward_no_answer: c, ..Typed::default() };
        let read = typed.read().unwrap();
        prop_assert_eq!(Typed::from(&read).read().unwrap(), read);
    }

    #[test]
    fn a_circle_begins_and_ends_where_one_began(a in any_destination(), b in any_destination(), c in any_destination()) {
        let with = |to: String| Typed { voicemail: "yes".to_owned(), forward_always: to, ..Typed::default() };
        let routes = routes(&[("2101", with(a)), ("2102", with(b)), ("2103", with(c))], &[("sales", "2102", ""), ("desk", "group:sales", "2103")]);
        for start in ["2101", "2102", "2103"].map(|n| Node::Extension(extension(n))) {
            if let Some(circle) = routes.circle(&start) {
                prop_assert!(circle.len() >= 2 && circle.first() == Some(&start) && circle.last() == Some(&start));
            }
        }
    }
}
