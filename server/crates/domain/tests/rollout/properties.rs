//! Phones, sites and people do as they like, commands are carried out in parts, and the rules hold.

use domain::{
    Timestamp,
    ids::{DeviceId, SiteId},
    rollout::{
        Command, MINUTE_OF_PACE, Member, Observations, Pace, Phase, Place, Recent, Registered, Rule, Seen,
        Settings, Standing, State, Status, Tally, Then, Wave, Why, Window,
        act::{Act, act},
        step,
    },
    time::{DAY, HOUR, MINUTE},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const START: Timestamp = Timestamp(1_795_000_000_000_000);
const PHONES: usize = 14;
const SITES: usize = 3;
const WAVES: u32 = 3;

/// What happens between two steps.
#[derive(Clone, Debug)]
enum Event {
    Pass { minutes: i64 },
    Fetch(usize),
    Show(usize),
    Register(usize, Register),
    Call(usize, bool),
    Freeze(usize, bool),
    Gone(usize),
    Held(usize, bool),
    Person(Act),
}

/// What call control says of a phone from now on.
#[derive(Clone, Copy, Debug)]
enum Register {
    Now,
    Nowhere,
    Unasked,
    Unanswered,
}

fn event() -> impl Strategy<Value = Event> {
    let (phone, site) = (0..PHONES, 0..SITES);
    let register = prop_oneof![
        3 => Just(Register::Now),
        2 => Just(Register::Nowhere),
        1 => Just(Register::Unasked),
        1 => Just(Register::Unanswered),
    ];
    prop_oneof![
        6 => (0i64..3_000).prop_map(|minutes| Event::Pass { minutes }),
        6 => phone.clone().prop_map(Event::Fetch),
        4 => phone.clone().prop_map(Event::Show),
        2 => (phone.clone(), register).prop_map(|(p, says)| Event::Register(p, says)),
        2 => (phone.clone(), any::<bool>()).prop_map(|(p, on)| Event::Call(p, on)),
        1 => (site, any::<bool>()).prop_map(|(s, on)| Event::Freeze(s, on)),
        1 => phone.clone().prop_map(Event::Gone),
        1 => (phone.clone(), any::<bool>()).prop_map(|(p, on)| Event::Held(p, on)),
        3 => prop_oneof![
            3 => Just(Act::Resume),
            1 => Just(Act::Pause),
            1 => Just(Act::Retry),
            2 => phone.prop_map(|p| Act::Skip(BTreeSet::from([device(p)]))),
        ].prop_map(Event::Person),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let pace = (1u32..8, 1u32..5, 1u32..5).prop_map(|(fleet, site, source)| Pace { fleet, site, source });
    let window = prop_oneof![
        2 => Just(Window::default()),
        1 => (0u16..1440, 0u16..1440).prop_map(|(from, to)| Window { from, to, ..Window::default() }),
    ];
    (pace, window, 0u8..60, any::<bool>(), 0i64..20).prop_map(|(pace, window, failures, back, jitter)| {
        let then = if back { Then::Return } else { Then::Pause };
        let waves = (0..WAVES).map(|_| Wave { rule: Rule::All, failures, then }).collect();
        Settings {
            waves,
            pace,
            jitter: jitter * MINUTE,
            window,
            seen_within: 2 * DAY,
            within: 26 * HOUR,
            wait: 7 * DAY,
        }
    })
}

fn device(n: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(0x9e37_79b9_7f4a_7c15_u128.wrapping_mul(n as u128 + 1)))
}

fn site(n: usize) -> SiteId {
    SiteId(Uuid::from_u128(n as u128))
}

struct World {
    state: State,
    settings: Settings,
    seen: Observations,
    now: Timestamp,
    releases: Vec<(Timestamp, SiteId, String)>,
    taken_out: BTreeSet<DeviceId>,
    forgiven: bool,
}

impl World {
    fn new(settings: Settings) -> Self {
        let member = |n: usize| Member {
            device: device(n),
            site: site(n % SITES),
            wave: u32::try_from(n).unwrap() % WAVES,
            phase: Phase::Waiting,
        };
        let zones = ["Europe/London", "Asia/Tokyo", "America/New_York"];
        let place = |n: usize| (site(n), Place { zone: zones[n].to_owned(), frozen: false });
        let one = |n: usize| {
            let last = (n % 5 != 4).then_some(START);
            (device(n), Seen { last, source: Some(format!("192.0.2.{}", n % 4)), ..Seen::default() })
        };
        Self {
            state: State {
                status: Status::Running,
                wave: 0,
                begun: None,
                accepted: 0,
                members: (0..PHONES).map(member).collect(),
                others: Tally::default(),
            },
            settings,
            seen: Observations {
                devices: (0..PHONES).map(one).collect(),
                sites: (0..SITES).map(place).collect::<BTreeMap<_, _>>(),
                recent: Recent::default(),
            },
            now: START,
            releases: vec![],
            taken_out: BTreeSet::new(),
            forgiven: false,
        }
    }

    fn happen(&mut self, event: &Event) {
        let now = self.now;
        let phone = |n: &usize| device(*n);
        match event {
            Event::Pass { minutes } => self.now = now.plus(minutes * MINUTE),
            Event::Fetch(n) => {
                let seen = self.seen.devices.get_mut(&phone(n)).unwrap();
                (seen.last, seen.fetched) = (Some(now), Some(now));
            }
            Event::Show(n) => self.seen.devices.get_mut(&phone(n)).unwrap().uploaded = Some(now),
            Event::Register(n, says) => {
                self.seen.devices.get_mut(&phone(n)).unwrap().registered = match says {
                    Register::Now => Registered::At(now),
                    Register::Nowhere => Registered::Nowhere,
                    Register::Unasked => Registered::Unasked,
                    Register::Unanswered => Registered::Unanswered,
                };
            }
            Event::Call(n, on) => self.seen.devices.get_mut(&phone(n)).unwrap().in_call = *on,
            Event::Freeze(n, on) => self.seen.sites.get_mut(&site(*n)).unwrap().frozen = *on,
            Event::Gone(n) => self.seen.devices.get_mut(&phone(n)).unwrap().standing = Standing::Gone,
            Event::Held(n, on) => {
                let standing = if *on { Standing::Held } else { Standing::Active };
                self.seen.devices.get_mut(&phone(n)).unwrap().standing = standing;
            }
            Event::Person(wanted) => {
                if act(&mut self.state, wanted, now).is_ok() {
                    match wanted {
                        Act::Skip(devices) => {
                            let skipped = |member: &&Member| matches!(member.phase, Phase::Skipped { .. });
                            let all = self.state.members.iter().filter(skipped);
                            self.taken_out.extend(all.map(|m| m.device).filter(|d| devices.contains(d)));
                        }
                        Act::Resume => self.forgiven = true,
                        _ => {}
                    }
                }
            }
        }
    }

    fn step(&mut self, share: usize) {
        let since = self.now.plus(-MINUTE_OF_PACE);
        self.releases.retain(|(at, ..)| *at > since);
        let mut recent = Recent::default();
        self.releases.iter().for_each(|(_, site, source)| recent.count(*site, Some(source)));
        self.seen.recent = recent;
        let commands = step(&self.state, &self.settings, &self.seen, self.now);
        self.check_appeared(&commands);
        self.check_left_out(&commands);
        self.check_loaded(&commands);
        let some = commands.len().min(share.max(1));
        for command in &commands[..some] {
            self.carry_out(command);
        }
    }

    fn carry_out(&mut self, command: &Command) {
        let before = self.state.clone();
        match command {
            Command::Settle(device, _)
            | Command::Release(device)
            | Command::ReleaseLate(device)
            | Command::PutBack(device) => {
                let phase = State::after(command, self.now).unwrap();
                let touched = !matches!(command, Command::Settle(..));
                self.state.member(*device).unwrap().phase = phase;
                match command {
                    Command::Release(_) => self.check_release(*device, &before, Phase::Waiting),
                    Command::ReleaseLate(_) => self.check_release(*device, &before, Phase::Deferred),
                    _ => {}
                }
                if touched {
                    self.check_pace(*device);
                }
            }
            Command::Pass => {
                let tally = before.tally();
                assert_eq!(tally.open, 0, "a wave passes when nobody of it is waited for");
                let allowed = tally.counted * u32::from(self.settings.waves[0].failures);
                assert!(self.forgiven || tally.failed * 100 <= allowed, "{tally:?}");
                self.forgiven = false;
            }
            Command::Begin | Command::Stop(_) | Command::Return | Command::End => {}
        }
        self.state.turn(command, self.now);
    }

    /// Who neither waits nor is found elsewhere may be left out, if it is counted.
    fn check_left_out(&self, commands: &[Command]) {
        let mut narrow = self.state.clone();
        let running = narrow.status == Status::Running && narrow.begun.is_some() && narrow.wave < WAVES;
        if !running {
            return;
        }
        let mut others = Tally::default();
        narrow.members.retain(|member| {
            let moved = |c: &Command| matches!(c, Command::Settle(device, _) if *device == member.device);
            let passed = member.phase == Phase::Deferred && member.wave < self.state.wave;
            let matters = member.phase == Phase::Waiting || passed || commands.iter().any(moved);
            if !matters && member.wave == self.state.wave {
                others.add(member.phase);
            }
            matters
        });
        narrow.others = others;
        assert_eq!(step(&narrow, &self.settings, &self.seen, self.now), commands);
    }

    /// What the server loads of a wave that has begun is enough: of those that were released whoever may be found
    /// elsewhere, and of those that wait nobody while every site is shut.
    fn check_loaded(&self, commands: &[Command]) {
        let State { status, wave, begun: Some(begun), .. } = self.state else { return };
        if status != Status::Running || wave >= WAVES {
            return;
        }
        let mut narrow = self.state.clone();
        let open = self.seen.sites.values().any(|place| place.open(&self.settings, self.now));
        let waited = self.now > begun.plus(self.settings.wait);
        let loaded = |member: &Member| {
            let seen = &self.seen.devices[&member.device];
            let gone = seen.standing != Standing::Active;
            match member.phase {
                Phase::Fetched { .. } | Phase::Failed { .. } => true,
                Phase::Released { at } => {
                    let since = seen.last.max(seen.fetched).is_some_and(|last| last > at);
                    gone || since || at < self.now.plus(-self.settings.within)
                }
                Phase::Waiting => gone || open || waited,
                _ => false,
            }
        };
        let of_wave = |member: &&Member| member.wave == wave;
        for member in self.state.members.iter().filter(of_wave) {
            narrow.others.add_many(member.phase.word(), 1);
        }
        narrow.members.retain(|member| {
            let passed = member.phase == Phase::Deferred && member.wave < wave;
            passed || (member.wave == wave && loaded(member))
        });
        for member in narrow.members.iter().filter(of_wave) {
            narrow.others.take(member.phase);
        }
        assert_eq!(step(&narrow, &self.settings, &self.seen, self.now), commands);
    }

    /// Served lately or registered, as far as anybody can say, and in use.
    fn there(&self, device: DeviceId) -> bool {
        let seen = &self.seen.devices[&device];
        let lately = seen.last.is_some_and(|at| at >= self.now.plus(-self.settings.seen_within));
        let there = match seen.registered {
            Registered::At(_) => true,
            Registered::Nowhere => false,
            Registered::Unknown | Registered::Unasked | Registered::Unanswered => lately,
        };
        there && seen.standing == Standing::Active
    }

    fn may_be_touched(&self, member: &Member) -> bool {
        let place = &self.seen.sites[&member.site];
        let in_call = self.seen.devices[&member.device].in_call;
        !in_call && !place.frozen && self.settings.window.open(&place.zone, self.now)
    }

    /// Nobody who was deferred, has appeared and may be touched waits for anything but the pace.
    fn check_appeared(&self, commands: &[Command]) {
        let stops = |c: &Command| matches!(c, Command::Stop(_) | Command::Return);
        if self.state.status != Status::Running || commands.iter().any(stops) {
            return;
        }
        let mut recent = self.seen.recent.clone();
        for command in commands {
            if let Command::Release(device) | Command::ReleaseLate(device) = command {
                let member = self.state.members.iter().find(|m| m.device == *device).unwrap();
                recent.count(member.site, self.seen.devices[device].source.as_deref());
            }
        }
        let pace = self.settings.pace;
        let full = |member: &Member| {
            let source = self.seen.devices[&member.device].source.as_ref().unwrap();
            recent.fleet >= pace.fleet
                || recent.sites.get(&member.site).is_some_and(|many| *many >= pace.site)
                || recent.sources.get(source).is_some_and(|many| *many >= pace.source)
        };
        for member in &self.state.members {
            let passed = member.phase == Phase::Deferred && member.wave < self.state.wave;
            let appeared = passed && self.there(member.device) && self.may_be_touched(member);
            let released = commands.contains(&Command::ReleaseLate(member.device));
            assert!(!appeared || released || full(member), "{member:?} {commands:?}");
        }
    }

    fn check_release(&self, device: DeviceId, before: &State, was: Phase) {
        let member = before.members.iter().find(|member| member.device == device).unwrap();
        let seen = &self.seen.devices[&device];
        assert!(!self.taken_out.contains(&device), "who was taken out is not touched");
        assert!(seen.standing == Standing::Active || before.wave == WAVES);
        assert!(!seen.in_call, "nobody is touched in a call");
        assert!(self.may_be_touched(member));
        assert_eq!(member.phase, was);
        let open = |other: &&Member| other.wave < before.wave && other.phase.open();
        assert_eq!(before.members.iter().find(open), None, "no wave begins before the last one passed");
        if was == Phase::Waiting {
            assert!(member.wave == before.wave && before.begun.is_some());
        } else {
            assert!(member.wave < before.wave, "its wave has passed");
            assert!(self.there(device) || before.wave == WAVES, "it has appeared");
        }
    }

    fn check_pace(&mut self, device: DeviceId) {
        let site = self.state.member(device).unwrap().site;
        let source = self.seen.devices[&device].source.clone().unwrap();
        self.releases.push((self.now, site, source.clone()));
        let pace = self.settings.pace;
        let many = |is: &dyn Fn(&(Timestamp, SiteId, String)) -> bool| {
            let since = self.now.plus(-MINUTE_OF_PACE);
            let recent = self.releases.iter().filter(|(at, ..)| *at > since);
            u32::try_from(recent.filter(|release| is(release)).count()).unwrap()
        };
        assert!(many(&|_| true) <= pace.fleet);
        assert!(many(&|(_, s, _)| *s == site) <= pace.site);
        assert!(many(&|(_, _, s)| *s == source) <= pace.source);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn pace_order_exclusions_windows_and_calls_are_kept_and_it_ends(
        settings in settings(),
        events in prop::collection::vec((event(), 1usize..6), 1..120),
        abort in any::<bool>(),
    ) {
        let mut world = World::new(settings);
        for (event, share) in &events {
            world.happen(event);
            world.step(*share);
        }
        // From now on everybody lets it be: calls and freezes end, and somebody resumes what stopped.
        for seen in world.seen.devices.values_mut() {
            seen.in_call = false;
            // Who is to be asked about is asked about.
            if seen.registered == Registered::Unasked {
                seen.registered = Registered::Unanswered;
            }
        }
        for place in world.seen.sites.values_mut() {
            place.frozen = false;
        }
        if abort {
            let _ = act(&mut world.state, &Act::Abort, world.now);
        }
        let mut steps = 0;
        while !world.state.status.over() {
            if let Status::Paused(_) = world.state.status {
                // What was put back and fails again is taken out, as somebody would.
                let wave = world.state.wave;
                let back = |m: &&Member| m.wave == wave && m.phase == Phase::Returned;
                let all: BTreeSet<_> = world.state.members.iter().filter(back).map(|m| m.device).collect();
                if !all.is_empty() {
                    world.happen(&Event::Person(Act::Skip(all)));
                }
                world.happen(&Event::Person(Act::Resume));
            }
            world.happen(&Event::Pass { minutes: 7 });
            world.step(3);
            steps += 1;
            prop_assert!(steps < 60_000, "{:?}", world.state);
        }
        let aborted = world.state.status == Status::Aborted;
        let reached = world.state.members.iter().any(|member| member.phase.reached());
        prop_assert!(!(aborted && reached), "nobody has what was aborted");
        let waits = |m: &&Member| matches!(m.phase, Phase::Waiting | Phase::Deferred);
        prop_assert!(aborted || world.state.members.iter().find(waits).is_none());
    }

    #[test]
    fn what_was_carried_out_in_part_is_gone_on_with(share in 1usize..20) {
        let settings = Settings {
            pace: Pace { fleet: 100, site: 100, source: 100 },
            jitter: 0,
            ..World::new_settings()
        };
        let (mut whole, mut part) = (World::new(settings.clone()), World::new(settings));
        whole.step(1);
        part.step(1);
        let (mut left, mut right) = (0, 0);
        for _ in 0..40 {
            whole.step(usize::MAX);
            part.step(share);
            left = whole.state.members.iter().filter(|m| m.phase.reached()).count();
            right = part.state.members.iter().filter(|m| m.phase.reached()).count();
        }
        prop_assert_eq!(left, right);
        let unwritable = Phase::Failed { why: Why::Unwritable, since: START };
        prop_assert!(!unwritable.reached());
    }
}

impl World {
    fn new_settings() -> Settings {
        let wave = Wave { rule: Rule::All, failures: 0, then: Then::Pause };
        Settings {
            waves: vec![wave.clone(), wave.clone(), wave],
            pace: Pace { fleet: 1, site: 1, source: 1 },
            jitter: 0,
            window: Window::default(),
            seen_within: 2 * DAY,
            within: 26 * HOUR,
            wait: 7 * DAY,
        }
    }
}
