use super::*;
use crate::time::HOUR;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_795_407_607_000_000);
const LATER: Timestamp = NOW.plus(30 * DAY);

fn did() -> Number {
    Number::parse("+442079460150").unwrap()
}

fn states() -> Vec<State> {
    vec![
        State::Available,
        State::Reserved { until: LATER, whom: "Mary".to_owned(), by: "ada".to_owned() },
        State::Assigned,
        State::Cooling { until: LATER },
        State::PortingIn { on: LATER, temporary: None },
        State::PortingOut { on: LATER, held: false },
        State::PortingOut { on: LATER, held: true },
        State::PortedOut { at: NOW },
    ]
}

fn acts() -> Vec<Act> {
    vec![
        Act::Reserve { until: LATER, whom: "Mary".to_owned(), by: "ada".to_owned() },
        Act::Assign,
        Act::Release { until: LATER },
        Act::PortIn { on: LATER, temporary: None },
        Act::PortOut { on: LATER },
        Act::Complete,
        Act::CallOff,
    ]
}

fn name(state: &State) -> String {
    if state.held() && state.word() != "assigned" {
        format!("{}, held", state.word())
    } else {
        state.word().to_owned()
    }
}

#[test]
fn every_state_and_every_act_have_one_outcome() {
    let mut table = vec![];
    for state in states() {
        let outcome = |act: Act| {
            let after = step(&did(), state.clone(), act.clone(), NOW);
            format!("{}: {}", act.verb().says(), after.map_or_else(|_| "-".to_owned(), |after| name(&after)))
        };
        let row: Vec<_> = acts().into_iter().map(outcome).collect();
        table.push(format!("{} | {}", name(&state), row.join(" | ")));
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn an_act_that_is_wrong_in_itself_is_refused_whatever_the_state() {
    let reserve = |until, whom: &str| Act::Reserve { until, whom: whom.to_owned(), by: "ada".to_owned() };
    let same = Did::parse("+442079460150").unwrap();
    for (act, code, subject) in [
        (reserve(LATER, " "), Code::FieldMissing, "whom"),
        (reserve(NOW, "Mary"), Code::FormInvalid, "until"),
        (reserve(NOW.plus(LONGEST_RESERVATION + 1), "Mary"), Code::FormInvalid, "until"),
        (Act::Release { until: NOW }, Code::FormInvalid, "until"),
        (Act::PortOut { on: NOW }, Code::FormInvalid, "on"),
        (Act::PortIn { on: LATER, temporary: Some(same) }, Code::FormInvalid, "temporary"),
    ] {
        for state in states() {
            let found = step(&did(), state, act.clone(), NOW).unwrap_err();
            assert_eq!((found.code, found.subject.as_str()), (code, subject), "{act:?}");
        }
    }
    let extension = Number::parse("2150").unwrap();
    for act in [Act::PortIn { on: LATER, temporary: None }, Act::PortOut { on: LATER }] {
        let found = step(&extension, State::Available, act, NOW).unwrap_err();
        assert_eq!(found.code, Code::NumberState);
        assert!(found.detail.contains("Only DIDs are ported"), "{}", found.detail);
    }
}

#[test]
fn a_refusal_names_the_state_that_it_found_and_its_dates() {
    let found = step(&did(), State::Cooling { until: LATER }, Act::Assign, NOW).unwrap_err();
    assert_eq!(found.detail, "It is cooling until 2026-12-23T04:20:07Z; you cannot assign it now.");
}

proptest! {
    #[test]
    fn what_ends_by_itself_is_available_from_that_moment_on(hours in -100i64..100) {
        let until = NOW.plus(hours * HOUR);
        let reserved = State::Reserved { until, whom: "Mary".to_owned(), by: "ada".to_owned() };
        for state in [reserved, State::Cooling { until }] {
            let now = state.clone().at(NOW);
            prop_assert_eq!(now == State::Available, until <= NOW);
            // A number that still cools is nobody's to take.
            if matches!(now, State::Cooling { .. }) {
                prop_assert!(step(&did(), state, Act::Assign, NOW).is_err());
            } else {
                prop_assert!(step(&did(), state, Act::Assign, NOW).is_ok());
            }
        }
    }

    #[test]
    fn whatever_is_done_nobody_gets_a_number_that_was_not_free(choices in prop::collection::vec(0usize..7, 0..40)) {
        let mut state = State::Available;
        for choice in choices {
            let act = acts().swap_remove(choice);
            let Ok(after) = step(&did(), state.clone(), act.clone(), NOW) else { continue };
            if after.held() && !state.held() {
                prop_assert!(matches!(state, State::Available | State::Reserved { .. }), "{state:?} {act:?}");
            }
            // Who had it no longer has: it cools, or it goes to the carrier.
            if state.held() && !after.held() {
                prop_assert!(!matches!(after, State::Available | State::Reserved { .. }), "{state:?} {act:?}");
            }
            state = after;
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_written(index in 0usize..8) {
        let state = states().swap_remove(index);
        let text = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state.clone());
        prop_assert!(State::WORDS.contains(&state.word()));
    }
}
