//! One situation a row.

use domain::{
    Timestamp,
    ids::{DeviceId, SiteId},
    rollout::{
        Command, Evidence, Member, Observations, Phase, Place, Policy, Registered, Seen, Settings, Standing,
        State, Status, Stop, Tally, Then, Why,
        act::{Act, act},
        settings::read,
        step,
    },
    time::{DAY, HOUR, MINUTE, SECOND},
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_795_000_000_000_000);
const LON: SiteId = SiteId(Uuid::from_u128(1));

fn phone(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn settings() -> Settings {
    Settings { waves: read("5 %\nall").unwrap(), jitter: 0, ..Policy::default().settings }
}

fn member(n: u128, wave: u32, phase: Phase) -> Member {
    Member { device: phone(n), site: LON, wave, phase }
}

fn running(members: Vec<Member>) -> State {
    State {
        status: Status::Running,
        wave: 0,
        begun: Some(NOW.plus(-HOUR)),
        accepted: 0,
        members,
        others: Tally::default(),
    }
}

fn seen(all: Vec<(u128, Seen)>) -> Observations {
    let place = Place { zone: "Europe/London".to_owned(), frozen: false };
    Observations {
        devices: all.into_iter().map(|(n, seen)| (phone(n), seen)).collect(),
        sites: [(LON, place)].into(),
        ..Observations::default()
    }
}

fn there() -> Seen {
    Seen { last: Some(NOW.plus(-2 * HOUR)), ..Seen::default() }
}

fn released(minutes: i64) -> Phase {
    Phase::Released { at: NOW.plus(-minutes * MINUTE) }
}

fn settled(phase: Phase) -> Vec<Command> {
    vec![Command::Settle(phone(1), phase)]
}

#[test]
fn a_wave_counts_who_was_seen_lately_and_defers_the_others() {
    let mut state = running(vec![1, 2, 3, 4].into_iter().map(|n| member(n, 0, Phase::Waiting)).collect());
    state.begun = None;
    let long_ago = Seen { last: Some(NOW.plus(-3 * DAY)), ..Seen::default() };
    let held = Seen { standing: Standing::Held, ..there() };
    let seen_ = seen(vec![(1, there()), (2, long_ago.clone()), (4, held)]);
    let deferred = |phones: &[u128]| -> Vec<_> {
        phones.iter().map(|n| Command::Settle(phone(*n), Phase::Deferred)).collect()
    };
    let begins = [deferred(&[2, 3, 4]), vec![Command::Begin]].concat();
    assert_eq!(step(&state, &settings(), &seen_, NOW), begins);

    let nobody = seen(vec![(1, long_ago)]);
    let stops = [deferred(&[1, 2, 3, 4]), vec![Command::Begin, Command::Stop(Stop::Nobody)]].concat();
    assert_eq!(step(&state, &settings(), &nobody, NOW), stops, "a wave of nobody proves nothing");
    // The same, when some of them were deferred before the server was stopped.
    let mut part = state.clone();
    part.members.iter_mut().for_each(|member| member.phase = Phase::Deferred);
    assert_eq!(step(&part, &settings(), &nobody, NOW), [Command::Begin, Command::Stop(Stop::Nobody)]);
    let mut frozen = seen_;
    frozen.sites.get_mut(&LON).unwrap().frozen = true;
    assert_eq!(step(&state, &settings(), &frozen, NOW), [], "it begins when phones may be touched");
}

#[test]
fn who_is_registered_counts_and_who_is_not_does_not() {
    let mut state = running(vec![1, 2, 3, 4].into_iter().map(|n| member(n, 0, Phase::Waiting)).collect());
    state.begun = None;
    let says = |registered, seen: Seen| Seen { registered, ..seen };
    let long_ago = || Seen { last: Some(NOW.plus(-3 * DAY)), ..Seen::default() };
    let mut all = vec![
        (1, says(Registered::At(NOW), long_ago())),
        (2, says(Registered::Nowhere, there())),
        (3, says(Registered::Unanswered, there())),
        (4, says(Registered::Unanswered, long_ago())),
    ];
    let defer = |n: u128| Command::Settle(phone(n), Phase::Deferred);
    let begins = [defer(2), defer(4), Command::Begin];
    assert_eq!(step(&state, &settings(), &seen(all.clone()), NOW), begins);
    all[2].1.registered = Registered::Unasked;
    assert_eq!(step(&state, &settings(), &seen(all), NOW), [], "it begins once everybody was asked about");
}

#[test]
fn who_was_deferred_gets_it_when_it_appears_after_its_wave_has_passed() {
    let mut state = running(vec![
        member(1, 0, Phase::Deferred),
        member(2, 0, Phase::Deferred),
        member(3, 1, Phase::Deferred),
        member(4, 1, Phase::Waiting),
    ]);
    state.wave = 1;
    let in_call = Seen { in_call: true, ..there() };
    let mut all = vec![(1, there()), (3, there()), (4, in_call)];
    assert_eq!(step(&state, &settings(), &seen(all.clone()), NOW), [Command::ReleaseLate(phone(1))]);
    assert_eq!(State::after(&Command::ReleaseLate(phone(1)), NOW), Some(Phase::Late));
    all[2].1.in_call = false;
    let mut slow = settings();
    slow.pace.site = 1;
    let first = step(&state, &slow, &seen(all.clone()), NOW);
    assert_eq!(first, [Command::Release(phone(4))], "those that are waited for go first");
    all[0].1.in_call = true;
    assert_eq!(step(&state, &settings(), &seen(all.clone()), NOW), [Command::Release(phone(4))]);
    state.members[3].phase = Phase::Failed { why: Why::Unconfirmed, since: NOW };
    all[0].1.in_call = false;
    let stopped = step(&state, &settings(), &seen(all), NOW);
    assert_eq!(stopped, [Command::Stop(Stop::Failures)], "who appears under a change that fails waits");
}

#[test]
fn a_phone_is_where_it_is_seen_to_be() {
    let at = |minutes: i64| Some(NOW.plus(-minutes * MINUTE));
    let got = |minutes: i64| Seen { last: at(minutes), fetched: at(minutes), ..Seen::default() };
    let fetched =
        |minutes: i64| Phase::Fetched { released: NOW.plus(-60 * MINUTE), at: NOW.plus(-minutes * MINUTE) };
    let silent = Phase::Failed { why: Why::Silent, since: NOW.plus(-60 * MINUTE) };
    let day = 27 * 60;
    for (case, before, observed, after) in [
        ("nothing yet", released(60), there(), None),
        ("it fetched", released(60), got(10), Some(fetched(10))),
        ("what it fetched before does not count", released(60), got(61), None),
        ("it came back", fetched(10), got(5), Some(Phase::Applied(Evidence::CameBack))),
        (
            "its next file is no coming back",
            fetched(10),
            Seen { last: Some(NOW.plus(-10 * MINUTE + 9 * SECOND)), ..got(10) },
            None,
        ),
        (
            "it sent a file",
            fetched(10),
            Seen { uploaded: at(5), ..got(10) },
            Some(Phase::Applied(Evidence::Uploaded)),
        ),
        ("an older file says nothing", fetched(10), Seen { uploaded: at(15), ..got(10) }, None),
        (
            "it registered",
            fetched(10),
            Seen { registered: Registered::At(NOW), ..got(10) },
            Some(Phase::Applied(Evidence::Registered)),
        ),
        (
            "it comes back and cannot call",
            fetched(10),
            Seen { registered: Registered::Nowhere, ..got(5) },
            None,
        ),
        (
            "its registration is older",
            fetched(10),
            Seen { registered: Registered::At(NOW.plus(-HOUR)), ..got(5) },
            None,
        ),
        (
            "call control did not answer: nothing weaker counts",
            fetched(10),
            Seen { registered: Registered::Unanswered, ..got(5) },
            None,
        ),
        (
            "it has had its time and nobody has asked yet",
            Phase::Fetched { released: NOW.plus(-day * MINUTE), at: NOW.plus(-HOUR) },
            Seen { registered: Registered::Unasked, ..got(60) },
            None,
        ),
        (
            "silence",
            released(day),
            there(),
            Some(Phase::Failed { why: Why::Silent, since: NOW.plus(-day * MINUTE) }),
        ),
        (
            "silence after the fetch",
            Phase::Fetched { released: NOW.plus(-day * MINUTE), at: NOW.plus(-HOUR) },
            got(60),
            Some(Phase::Failed { why: Why::Unconfirmed, since: NOW.plus(-HOUR) }),
        ),
        (
            "it was silent and is not any more",
            silent,
            Seen { uploaded: Some(NOW), ..got(5) },
            Some(Phase::Applied(Evidence::Uploaded)),
        ),
        (
            "it was silent and has fetched",
            silent,
            got(5),
            Some(Phase::Failed { why: Why::Unconfirmed, since: NOW.plus(-5 * MINUTE) }),
        ),
        ("it is retired", released(60), Seen { standing: Standing::Gone, ..there() }, Some(Phase::Unchanged)),
        (
            "quarantined before its turn",
            Phase::Waiting,
            Seen { standing: Standing::Held, ..there() },
            Some(Phase::Deferred),
        ),
        ("who is skipped is left alone", Phase::Skipped { reached: true }, got(5), None),
    ] {
        // The other one, which waits and is in a call, keeps the wave open.
        let state = running(vec![member(1, 0, before), member(2, 0, Phase::Waiting)]);
        let mut all = vec![(1, observed), (2, Seen { in_call: true, ..there() })];
        all[0].1.in_call = true;
        let mut settings = settings();
        settings.waves[0].failures = 100;
        let commands = step(&state, &settings, &seen(all), NOW);
        assert_eq!(commands, after.map(settled).unwrap_or_default(), "{case}");
    }
}

#[test]
fn too_many_failures_stop_the_wave_and_what_somebody_accepted_does_not() {
    let failed = Phase::Failed { why: Why::Unconfirmed, since: NOW };
    let wave = |failures: usize| {
        let phase = |n: usize| if n < failures { failed } else { Phase::Applied(Evidence::Uploaded) };
        running((0..100).map(|n| member(n as u128 + 1, 0, phase(n))).collect())
    };
    let mut settings = settings();
    assert_eq!(step(&wave(2), &settings, &seen(vec![]), NOW), [Command::Pass]);
    assert_eq!(step(&wave(3), &settings, &seen(vec![]), NOW), [Command::Stop(Stop::Failures)]);
    settings.waves[0].then = Then::Return;
    assert_eq!(step(&wave(3), &settings, &seen(vec![]), NOW), [Command::Return]);
    let mut paused = State { status: Status::Paused(Stop::Failures), ..wave(3) };
    assert_eq!(step(&paused, &settings, &seen(vec![]), NOW), []);
    act(&mut paused, &Act::Resume, NOW).unwrap();
    assert_eq!(step(&paused, &settings, &seen(vec![]), NOW), [Command::Pass]);
}

#[test]
fn what_people_do() {
    let failed = |why| Phase::Failed { why, since: NOW };
    let members = || {
        vec![
            member(1, 0, failed(Why::Silent)),
            member(2, 0, failed(Why::Unwritable)),
            member(3, 0, Phase::Applied(Evidence::CameBack)),
            member(4, 0, Phase::Waiting),
        ]
    };
    let mut state = running(members());
    assert_eq!(act(&mut state, &Act::Retry, NOW).unwrap(), [phone(1), phone(2)]);
    assert_eq!(state.members[0].phase, Phase::Released { at: NOW });
    assert_eq!(state.members[1].phase, Phase::Waiting);
    assert!(act(&mut state, &Act::Retry, NOW).is_err());

    let mut state = running(members());
    let some = [phone(1), phone(3), phone(4)].into();
    assert_eq!(act(&mut state, &Act::Skip(some), NOW).unwrap(), [phone(1), phone(4)]);
    assert_eq!(state.members[0].phase, Phase::Skipped { reached: true });
    assert_eq!(state.members[3].phase, Phase::Skipped { reached: false });

    let mut state = running(members());
    act(&mut state, &Act::Pause, NOW).unwrap();
    assert_eq!(state.status, Status::Paused(Stop::Person));
    assert!(act(&mut state, &Act::Pause, NOW).is_err());
    act(&mut state, &Act::Abort, NOW).unwrap();
    let commands = step(&state, &settings(), &seen(vec![]), NOW);
    assert_eq!(commands, [Command::PutBack(phone(1)), Command::PutBack(phone(3))], "who has it");
    for command in &commands {
        let Command::PutBack(device) = command else { panic!() };
        let phase = State::after(command, NOW).unwrap();
        state.member(*device).unwrap().phase = phase;
    }
    assert_eq!(step(&state, &settings(), &seen(vec![]), NOW), [Command::End]);
    state.turn(&Command::End, NOW);
    assert_eq!(state.status, Status::Aborted);
    for wanted in [Act::Pause, Act::Resume, Act::Retry, Act::Abort] {
        assert!(act(&mut state, &wanted, NOW).is_err());
    }
}
