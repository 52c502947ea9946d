//! Every state against every act, and what holds of any way through them.

use super::*;
use crate::exception::Kind;
use proptest::prelude::*;
use uuid::Uuid;

fn said(text: &str) -> Statement {
    Statement { by: "ada".into(), at: Timestamp(5), text: text.into() }
}

fn planned(lines: u8) -> Order {
    let line = |index: u8| Line {
        index,
        extension: ExtensionId(Uuid::from_u128(u128::from(index))),
        number: format!("210{index}"),
        dead: None,
    };
    Order {
        old: DeviceId(Uuid::from_u128(1)),
        new: DeviceId(Uuid::from_u128(2)),
        lines: (1..=lines).map(line).collect(),
        request: None,
        came_from: (None, None),
        in_advance: None,
        state: State::Planned,
    }
}

/// What can happen to an order.
#[derive(Clone, Debug)]
enum Act {
    Requested(i64),
    Rotate(bool),
    DeadAtPlatform(u8),
    DeadBySaying(u8),
    Answer,
    TakeOver,
    Cleared(i64),
    Reset,
    End(End),
    CallOff,
}

fn ends() -> [End; 4] {
    let until = Day::parse("2026-12-01").unwrap();
    [
        End::Stock,
        End::Lost,
        End::Loan { whom: "the lab".into(), until },
        End::Rma { reference: "RMA 7719".into() },
    ]
}

impl Act {
    fn upon(self, order: Order) -> Outcome {
        match self {
            Self::Requested(number) => order.requested(number),
            Self::Rotate(approved) => order.rotate(approved, "ada", Timestamp(1)),
            Self::DeadAtPlatform(n) => order.is_dead(&format!("210{n}"), &Dead::Platform(Timestamp(2))),
            Self::DeadBySaying(n) => order.is_dead(&format!("210{n}"), &Dead::Said(said("seen at the PBX"))),
            Self::Answer => order.answer(said("The old one lies on my desk without power.")),
            Self::TakeOver => order.take_over(Timestamp(10)),
            Self::Cleared(at) => order.is_wiped(Wiped::Cleared(Timestamp(at))),
            Self::Reset => order.is_wiped(Wiped::Said(said("reset to factory settings"))),
            Self::End(end) => order.end(end, said("packed")),
            Self::CallOff => order.call_off(said("it was the cable")),
        }
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1i64..3).prop_map(Act::Requested),
        any::<bool>().prop_map(Act::Rotate),
        (1u8..3).prop_map(Act::DeadAtPlatform),
        (1u8..3).prop_map(Act::DeadBySaying),
        Just(Act::Answer),
        Just(Act::TakeOver),
        (8i64..12).prop_map(Act::Cleared),
        Just(Act::Reset),
        prop::sample::select(ends().to_vec()).prop_map(Act::End),
        Just(Act::CallOff),
    ]
}

/// What a crash leaves of an order: what was stored.
fn crash(order: &Order) -> Order {
    serde_json::from_str(&serde_json::to_string(order).unwrap()).unwrap()
}

fn walk(acts: Vec<Act>) -> Order {
    acts.into_iter().fold(planned(1), |order, act| act.upon(order).unwrap())
}

#[test]
fn the_way_of_an_order_is_the_way_of_its_case() {
    let mut order = planned(1);
    let mut seen = vec![order.step(false), order.step(true)];
    let way =
        [Act::Rotate(true), Act::DeadAtPlatform(1), Act::TakeOver, Act::Cleared(11), Act::End(End::Stock)];
    for act in way {
        order = act.upon(order).unwrap();
        seen.push(order.step(true));
    }
    assert_eq!(seen, ["requested", "approved", "rotating", "ready", "dead", "wiped", "wiped"]);
    assert!(order.assignable());
    let answered = walk(vec![Act::Rotate(true), Act::Answer, Act::TakeOver]);
    assert_eq!(answered.step(true), "taken-over", "somebody answered, and nobody knows yet");
    seen.push("taken-over");
    for step in Kind::Replacement.definition().steps {
        assert!(seen.contains(&step.state), "{} is never reached", step.state);
    }
    for state in seen {
        assert!(Kind::Replacement.step(state).is_some(), "{state} is no step");
    }
}

#[test]
fn every_state_and_every_act_have_one_outcome() {
    let states = [
        ("planned", vec![]),
        ("rotating", vec![Act::Rotate(true)]),
        ("rotating, dead", vec![Act::Rotate(true), Act::DeadAtPlatform(1)]),
        ("rotating, answered", vec![Act::Rotate(true), Act::Answer]),
        ("taken over, answered", vec![Act::Rotate(true), Act::Answer, Act::TakeOver]),
        ("taken over, dead", vec![Act::Rotate(true), Act::DeadBySaying(1), Act::TakeOver]),
        (
            "taken over, wiped",
            vec![Act::Rotate(true), Act::DeadAtPlatform(1), Act::TakeOver, Act::Cleared(11)],
        ),
        ("lost", vec![Act::Rotate(true), Act::DeadAtPlatform(1), Act::TakeOver, Act::End(End::Lost)]),
        (
            "in stock",
            vec![Act::Rotate(true), Act::DeadAtPlatform(1), Act::TakeOver, Act::Reset, Act::End(End::Stock)],
        ),
        ("called off", vec![Act::CallOff]),
    ];
    let acts = || {
        let mut acts = vec![
            Act::Requested(1),
            Act::Rotate(false),
            Act::Rotate(true),
            Act::DeadAtPlatform(1),
            Act::Answer,
            Act::TakeOver,
            Act::Cleared(9),
            Act::Cleared(11),
            Act::Reset,
            Act::CallOff,
        ];
        acts.extend(ends().map(Act::End));
        acts
    };
    let mut table = vec![];
    for (name, way) in states {
        let order = walk(way);
        for act in acts() {
            let name_of_act = format!("{act:?}");
            let verb = name_of_act.split(" {").next().unwrap_or_default();
            let outcome = match act.upon(order.clone()) {
                Ok(after) if after == order => "nothing changes".to_owned(),
                Ok(after) => format!("{}, {}", after.state.word(), after.step(true)),
                Err(finding) => format!("refused: {}", finding.code),
            };
            table.push(format!("{name:<21} {verb:<18} {outcome}"));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

proptest! {
    /// A line is given to the new handset only when the old one is dead or somebody answers for it; a handset is
    /// assignable only when it is dead and wiped; and a crash after any act changes nothing of what follows.
    #[test]
    fn whatever_happens(acts in prop::collection::vec(act(), 0..24)) {
        let (mut order, mut crashed) = (planned(2), planned(2));
        for act in acts {
            let before = order.clone();
            let outcome = act.clone().upon(order.clone());
            prop_assert_eq!(&outcome, &act.upon(crash(&crashed)));
            let Ok(after) = outcome else { continue };
            crashed = crash(&after);
            let taken_over = |o: &Order| matches!(o.state, State::TakenOver { .. } | State::Ended { .. });
            if taken_over(&after) && !taken_over(&before) {
                let answered = matches!(&before.state, State::Rotating { answered: Some(_), .. });
                prop_assert!(before.dead() || answered);
            }
            if after.assignable() {
                prop_assert!(after.dead() && after.wiped().is_some());
            }
            // What is known is not forgotten, and what was taken over is not given back.
            prop_assert!(!before.dead() || after.dead());
            prop_assert!(before.wiped().is_none() || after.wiped() == before.wiped());
            prop_assert!(!taken_over(&before) || taken_over(&after));
            order = after;
        }
    }

    /// What is said twice changes nothing the second time, or is refused.
    #[test]
    fn an_act_that_is_repeated_does_nothing_more(acts in prop::collection::vec(act(), 1..16)) {
        let mut order = planned(2);
        for act in acts {
            if let Ok(after) = act.clone().upon(order.clone()) {
                if let Ok(again) = act.upon(after.clone()) {
                    prop_assert_eq!(&again, &after);
                }
                order = after;
            }
        }
    }
}
