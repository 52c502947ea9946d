//! A fleet of virtual phones: what a good change and a bad one come to.

use domain::{
    rollout::{
        Policy, Settings,
        simulation::{World, run},
    },
    time::{DAY, HOUR, MINUTE},
};

fn world(phones: u32, harmed: u32) -> World {
    World { phones, sites: 40, off: 50, lost: 20, harmed, every: HOUR, tick: MINUTE, seed: 7 }
}

fn settings() -> Settings {
    Settings { within: 6 * HOUR, ..Policy::default().settings }
}

#[test]
fn a_good_change_reaches_everybody_however_many_answers_are_lost() {
    let (world, settings) = (world(4_000, 0), settings());
    let outcome = run(&world, &settings);
    assert!(outcome.finished, "{outcome:?}");
    assert_eq!((outcome.released, outcome.harmed), (4_000, 0));
    assert_eq!(outcome.applied + outcome.deferred, 4_000);
    assert!((100..300).contains(&outcome.deferred), "those that were off: {outcome:?}");
    assert!(outcome.fastest <= settings.pace.fleet, "{outcome:?}");
    assert!(outcome.took < 3 * DAY, "{outcome:?}");
    assert_eq!(run(&world, &settings), outcome, "the same seed, the same end");
}

#[test]
fn a_bad_change_stops_in_its_first_wave() {
    let outcome = run(&world(4_000, 200), &settings());
    assert!(!outcome.finished && outcome.wave == 0, "{outcome:?}");
    assert!(outcome.released <= 200, "5 % and no more: {outcome:?}");
    assert!(outcome.harmed <= 80, "{outcome:?}");
}
