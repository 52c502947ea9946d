use super::*;
use crate::{number::Did, time::DAY};
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
        open: known(true),
        groups: known(vec![]),
        forward: known(None),
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

fn facts(x: Extension) -> Facts {
    Facts {
        number: number(DIALLED),
        state: State::Assigned,
        source: source("numbering plan"),
        site: Some("lon".to_owned()),
        targets: [(DIALLED, "2101"), ("2101", "2101"), ("2102", "2102")]
            .into_iter()
            .map(|(from, to)| (number(from), to.to_owned()))
            .collect(),
        extensions: [("2101".to_owned(), x), ("2102".to_owned(), mary())].into_iter().collect(),
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
    let forwarded = |to: &str| Extension { forward: known(Some(number(to))), ..mary() };
    let own = |mut x: Extension| {
        x.endpoints[0].own = vec![("forward.always = 1".to_owned(), NOW)];
        x
    };
    let mut circle = facts(forwarded("2102"));
    circle.extensions.insert("2102".to_owned(), forwarded("2101"));
    let nobody_asked = Extension {
        open: unknown(),
        groups: unknown(),
        forward: unknown(),
        contacts: unknown(),
        voicemail: unknown(),
        ..mary()
    };
    let cases = [
        ("rings", facts(mary())),
        ("nothing is known but the plan", facts(nobody_asked)),
        ("closed", facts(Extension { open: known(false), voicemail: known(true), ..mary() })),
        ("in a group", facts(Extension { groups: known(vec!["sales".to_owned()]), ..mary() })),
        ("forwarded", facts(forwarded("2102"))),
        ("forwarded in a circle", circle),
        ("forwarded to itself", facts(forwarded("2101"))),
        ("forwarded outside", facts(forwarded("+33199000100"))),
        ("not registered", facts(Extension { contacts: known(vec![]), ..mary() })),
        ("forwarded at the phone", facts(own(mary()))),
        ("on no phone", facts(Extension { endpoints: vec![], ..mary() })),
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
        open in any_fact(vec![true, false]),
        contacts in any_fact(vec![vec![], vec!["10.0.0.5".to_owned()]]),
        forward in any_fact(vec![None, Some(number("2101")), Some(number("2102")), Some(number(DIALLED))]),
        back in any_fact(vec![None, Some(number("2101")), Some(number("2102"))]),
        enabled: bool,
    ) {
        let x = Extension { open: open.clone(), contacts: contacts.clone(), forward: forward.clone(), enabled, ..mary() };
        let mut facts = facts(x);
        facts.extensions.insert("2102".to_owned(), Extension { forward: back, ..mary() });
        let steps = rings(&facts, NOW);
        prop_assert!(!steps.is_empty() && steps.len() < 20);
        let first = |step: &Step| step.mac.is_some() && step.outcome == Outcome::Rings;
        if !enabled || matches!(open, Fact::Known(false, _)) {
            prop_assert!(!steps.iter().any(first));
        }
        if matches!((&contacts, &forward), (Fact::Unknown(_), Fact::Known(None, _) | Fact::Unknown(_))) {
            prop_assert!(!steps.iter().any(first), "what is unknown never counts as yes");
        }
        // Whoever says nothing is not quoted, and what is known has a source.
        for step in &steps {
            prop_assert!(step.source.is_some() || step.outcome == Outcome::Unknown, "{step:?}");
        }
    }
}
