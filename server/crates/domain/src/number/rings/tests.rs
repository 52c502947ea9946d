use super::*;
use crate::{
    hunt_group::{Member, Ring},
    number::{Did, Number, State},
    profile::{Forwards, Seconds},
    schedule::Status,
    time::DAY,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_795_407_607_000_000);
const DIALLED: &str = "+442079460101";

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn source(name: &str) -> Source {
    Source { name: name.to_owned(), at: Some(NOW) }
}

fn known<T>(value: T) -> Fact<T> {
    Fact::Known(value, source("call control"))
}

fn unknown<T>() -> Fact<T> {
    Fact::Unknown("Nobody was asked.".to_owned())
}

fn mary() -> Extension {
    Extension {
        holder: Some("Mary".to_owned()),
        enabled: true,
        source: source("numbering plan"),
        hours: known(None),
        groups: known(vec![]),
        forwards: known(Forwards::default()),
        endpoints: vec![Endpoint {
            name: "T46U, line key 1".to_owned(),
            mac: "805ec0100001".to_owned(),
            source: source("CR-7"),
            own: vec![],
        }],
        contacts: known(vec!["10.0.0.5".to_owned()]),
        voicemail: known(false),
    }
}

fn to(text: &str) -> Destination {
    Destination::parse(text).unwrap()
}

fn hours_of(open: bool, closed: Option<&str>) -> Hours {
    let status = Status { open, holiday: None, until: Some(NOW.plus(DAY)) };
    Hours { schedule: "office".to_owned(), status, closed: closed.map(to) }
}

fn always(text: &str) -> Forwards {
    Forwards { always: Some(to(text)), ..Forwards::default() }
}

fn sales(members: &[&str]) -> Group {
    Group {
        name: "Sales".to_owned(),
        ring: Ring::InOrder,
        seconds: Seconds::USUAL,
        members: members.iter().map(|m| Member::parse(m).unwrap()).collect(),
        hours: None,
        otherwise: None,
        source: source("ada"),
    }
}

fn facts(x: Extension) -> Facts {
    Facts {
        number: number(DIALLED),
        state: State::Assigned,
        source: source("numbering plan"),
        site: Some("lon".to_owned()),
        targets: [(DIALLED, "2101"), ("2101", "2101"), ("2102", "2102")]
            .into_iter()
            .map(|(from, to)| (number(from), Target::Extension(to.to_owned())))
            .chain([(number("2900"), Target::Group("sales".to_owned()))])
            .collect(),
        extensions: [("2101".to_owned(), x), ("2102".to_owned(), mary())].into_iter().collect(),
        groups: [("sales".to_owned(), sales(&["2101", "2102"]))].into_iter().collect(),
    }
}

fn told(facts: &Facts) -> String {
    let line = |s: &Step| {
        let from = s.source.as_ref().map_or("-", |source| source.name.as_str());
        format!("{} | {} | {} | {from}", s.stage.title(), s.outcome.word(), s.says)
    };
    let steps = rings(facts, NOW);
    let lines: Vec<_> = steps.iter().map(line).chain([format!("= {}", verdict(&steps).1)]).collect();
    lines.join("\n")
}

#[test]
fn the_way_of_a_call_is_told_step_by_step() {
    let forwarded = |to: &str| Extension { forwards: known(always(to)), ..mary() };
    let conditions = Forwards {
        always: None,
        busy: Some(to("2102")),
        no_answer: Some((to("group:sales"), Seconds::USUAL)),
        unregistered: Some(to("voicemail")),
    };
    let conditional = Extension { forwards: known(conditions), voicemail: known(true), ..mary() };
    let call = |number: &str, facts: Facts| Facts { number: Number::parse(number).unwrap(), ..facts };
    let with = |group: Group, facts: Facts| Facts { groups: [("sales".to_owned(), group)].into(), ..facts };
    let own = |mut x: Extension| {
        x.endpoints[0].own = vec![("forward.always = 1".to_owned(), NOW)];
        x
    };
    let mut circle = facts(forwarded("2102"));
    circle.extensions.insert("2102".to_owned(), forwarded("2101"));
    let nobody_asked = Extension {
        hours: unknown(),
        groups: unknown(),
        forwards: unknown(),
        contacts: unknown(),
        voicemail: unknown(),
        ..mary()
    };
    let cases = [
        ("rings", facts(mary())),
        ("nothing is known but the plan", facts(nobody_asked)),
        (
            "closed",
            facts(Extension { hours: known(Some(hours_of(false, None))), voicemail: known(true), ..mary() }),
        ),
        ("in a group", facts(Extension { groups: known(vec!["sales".to_owned()]), ..mary() })),
        ("forwarded", facts(forwarded("2102"))),
        ("forwarded in a circle", circle),
        ("forwarded to itself", facts(forwarded("2101"))),
        ("forwarded outside", facts(forwarded("+33199000100"))),
        ("not registered", facts(Extension { contacts: known(vec![]), ..mary() })),
        ("forwarded at the phone", facts(own(mary()))),
        ("on no phone", facts(Extension { endpoints: vec![], ..mary() })),
        ("open by its schedule", facts(Extension { hours: known(Some(hours_of(true, None))), ..mary() })),
        (
            "closed and led on",
            facts(Extension { hours: known(Some(hours_of(false, Some("group:sales")))), ..mary() }),
        ),
        ("conditions", facts(conditional.clone())),
        ("conditions, not registered", facts(Extension { contacts: known(vec![]), ..conditional })),
        ("a group is dialled", call("2900", facts(forwarded("2102")))),
        (
            "a group that is closed",
            call(
                "2900",
                with(Group { hours: Some(hours_of(false, None)), ..sales(&["2101"]) }, facts(mary())),
            ),
        ),
        (
            "a group that goes on",
            call("2900", with(Group { otherwise: Some(to("2102")), ..sales(&["2101"]) }, facts(mary()))),
        ),
        ("a group of itself", call("2900", with(sales(&["group:sales", "2199"]), facts(mary())))),
        ("to a group that is not there", facts(forwarded("group:lab"))),
        ("disabled", facts(Extension { enabled: false, holder: None, ..mary() })),
    ];
    let table: Vec<_> = cases.iter().map(|(name, facts)| format!("# {name}\n{}", told(facts))).collect();
    insta::assert_snapshot!(table.join("\n\n"));
}

#[test]
fn a_number_that_nobody_has_says_why_and_what_is_elsewhere_is_unknown() {
    let (past, future) = (NOW.plus(-DAY), NOW.plus(DAY));
    let did = Some(Did::parse("+442079460199").unwrap());
    let reserved = State::Reserved { until: future, whom: "Mary".to_owned(), by: "ada".to_owned() };
    let cases = [
        State::Available,
        reserved,
        State::Cooling { until: future },
        State::Cooling { until: past },
        State::PortingIn { on: future, temporary: did.clone() },
        State::PortingIn { on: past, temporary: did },
        State::PortingOut { on: future, held: true },
        State::PortingOut { on: past, held: true },
        State::PortingOut { on: future, held: false },
        State::PortedOut { at: past },
    ];
    let mut table: Vec<_> = cases
        .into_iter()
        .map(|state| told(&Facts { state, ..facts(mary()) }).lines().next().unwrap().to_owned())
        .collect();
    table.push(told(&Facts { site: None, ..facts(mary()) }));
    insta::assert_snapshot!(table.join("\n"));
}

fn any_fact<T: std::fmt::Debug + Clone + 'static>(values: Vec<T>) -> impl Strategy<Value = Fact<T>> {
    prop::option::of(prop::sample::select(values)).prop_map(|value| value.map_or_else(unknown, known))
}

proptest! {
    #[test]
    fn it_always_ends_and_only_a_registered_phone_rings(
        hours in any_fact(vec![None, Some(hours_of(true, None)), Some(hours_of(false, None)), Some(hours_of(false, Some("2102")))]),
        contacts in any_fact(vec![vec![], vec!["10.0.0.5".to_owned()]]),
        forwards in any_fact(vec![Forwards::default(), always("2101"), always("2102"), always(DIALLED), always("group:sales")]),
        back in any_fact(vec![Forwards::default(), always("2101"), always("2102"), always("2900")]),
        enabled: bool,
    ) {
        let x = Extension { hours: hours.clone(), contacts: contacts.clone(), forwards: forwards.clone(), enabled, ..mary() };
        let mut facts = facts(x);
        facts.extensions.insert("2102".to_owned(), Extension { forwards: back, ..mary() });
        let steps = rings(&facts, NOW);
        prop_assert!(!steps.is_empty() && steps.len() < 40);
        let first = |step: &Step| step.mac.is_some() && step.outcome == Outcome::Rings;
        let shut = matches!(&hours, Fact::Known(Some(at), _) if !at.status.open && at.closed.is_none());
        if !enabled || shut {
            prop_assert!(!steps.iter().any(first));
        }
        let led_on = matches!(&forwards, Fact::Known(f, _) if f.always.is_some());
        let closed = matches!(&hours, Fact::Known(Some(at), _) if !at.status.open);
        if matches!(contacts, Fact::Unknown(_)) && !led_on && !closed {
            prop_assert!(!steps.iter().any(first), "what is unknown never counts as yes");
        }
        // Whoever says nothing is not quoted, and what is known has a source.
        for step in &steps {
            prop_assert!(step.source.is_some() || step.outcome == Outcome::Unknown, "{step:?}");
        }
    }
}
