//! Virtual phones on a virtual clock: what a rollout does to a fleet, without one. Pure; the same seed, the same end.
//!
//! Phones fetch by themselves, at an hour of their own; some are switched off, some answers are lost, and of those that
//! take the change over a share is harmed by it: they never show themselves again.

use super::{
    Command, Evidence, MINUTE_OF_PACE, Member, Observations, Phase, Place, Recent, Seen, Settings, State,
    Status, Stop, Tally,
    step::step,
    waves::{Assigned, Candidate, assign},
};
use crate::{
    Mac, Timestamp,
    ids::{DeviceId, SegmentId, SiteId},
    time::{HOUR, MINUTE},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque},
    ops::Range,
};
use uuid::Uuid;

/// What happens to phones.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// Phones.
    pub phones: u32,
    /// Sites, each with a segment, an address and a time zone.
    pub sites: u32,
    /// Of 1,000: phones that are switched off all the time.
    pub off: u32,
    /// Of 1,000: fetches that are lost; the phone comes again at its next time.
    pub lost: u32,
    /// Of 1,000: phones that the change harms.
    pub harmed: u32,
    /// Microseconds between a phone's fetches.
    pub every: i64,
    /// Microseconds between two steps.
    pub tick: i64,
    /// Decides who is which.
    pub seed: u64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Microseconds from the beginning until it was over or stood.
    pub took: i64,
    /// Whether every wave passed.
    pub finished: bool,
    /// The wave in which it ended, from 0.
    pub wave: u32,
    /// Phones that had the change released.
    pub released: u32,
    /// Phones that took it over.
    pub applied: u32,
    /// Phones that were deferred when their wave began.
    pub deferred: u32,
    /// Phones that took it over and were harmed.
    pub harmed: u32,
    /// The most that were released in any minute.
    pub fastest: u32,
    /// Steps.
    pub steps: u32,
}

/// Where a virtual phone is.
#[derive(Clone, Copy, Debug, Default)]
struct Phone {
    off: bool,
    weak: bool,
    dead: bool,
    next: i64,
    released: Option<i64>,
    fetched: Option<i64>,
}

/// SplitMix64: enough for dice, and the same everywhere.
struct Dice(u64);

impl Dice {
    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    const fn of_thousand(&mut self, share: u32) -> bool {
        self.roll() % 1_000 < share as u64
    }
}

const ZONES: [&str; 4] = ["Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney"];
/// Whatever happens, a simulation of this many steps is over.
const MOST_STEPS: u32 = 2_000_000;

/// A fleet, its phones in waves, and what was seen of them. Phones are known by their place among the members.
///
/// Each step is given what has happened and no more: a fleet of 100,000 phones costs what ten of them do.
struct Simulation {
    world: World,
    settings: Settings,
    phones: Vec<Phone>,
    dice: Dice,
    /// Where it is; its members are those that one step is given.
    state: State,
    members: Vec<Member>,
    places: BTreeMap<DeviceId, usize>,
    seen: Observations,
    /// When each phone comes next.
    coming: BinaryHeap<Reverse<(i64, usize)>>,
    /// When the time is over that each phone has.
    due: BinaryHeap<Reverse<(i64, usize)>>,
    /// Phones of the wave that wait.
    waiting: BTreeSet<usize>,
    /// How the wave's phones are.
    tally: Tally,
    /// When, where: releases of the last minute.
    releases: VecDeque<(i64, usize)>,
    outcome: Outcome,
}

/// Runs until it is over, or stands still.
pub fn run(world: &World, settings: &Settings) -> Outcome {
    let mut simulation = Simulation::new(*world, settings.clone());
    let mut now = START;
    while simulation.outcome.steps < MOST_STEPS {
        now += world.tick.max(1);
        let came = simulation.live(now);
        simulation.step(came, now);
        match simulation.state.status {
            Status::Finished | Status::Aborted | Status::Paused(_) => break,
            _ => {}
        }
    }
    Outcome {
        took: now - START,
        finished: simulation.state.status == Status::Finished,
        wave: simulation.state.wave,
        ..simulation.outcome
    }
}

/// A Monday at midnight.
const START: i64 = 1_763_942_400_000_000;

/// The first of a queue whose time has come.
fn pop(queue: &mut BinaryHeap<Reverse<(i64, usize)>>, now: i64) -> Option<(i64, usize)> {
    let Reverse((time, _)) = queue.peek()?;
    if *time > now {
        return None;
    }
    queue.pop().map(|Reverse(first)| first)
}

fn id(n: u32, dice: &mut Dice) -> DeviceId {
    DeviceId(Uuid::from_u128((u128::from(n) << 64) | u128::from(dice.roll())))
}

impl Simulation {
    fn new(world: World, settings: Settings) -> Self {
        let mut dice = Dice(world.seed);
        let (mut candidates, mut lives, mut seen) = (vec![], BTreeMap::new(), Observations::default());
        for n in 0..world.phones {
            // Locally administered: nobody's phone.
            let Ok(mac) = Mac::parse(&format!("02{n:010x}")) else { continue };
            let site = n % world.sites.max(1);
            let off = dice.of_thousand(world.off);
            let device = id(n, &mut dice);
            let next = START + i64::try_from(dice.roll() % world.every.unsigned_abs().max(1)).unwrap_or(0);
            let weak = dice.of_thousand(world.harmed);
            lives.insert(device, Phone { off, weak, next, ..Phone::default() });
            let last = (!off).then(|| Timestamp(START).plus(-HOUR));
            let source = Some(format!("192.0.2.{}", site % 256));
            seen.devices.insert(device, Seen { last, source, ..Seen::default() });
            candidates.push(Candidate {
                device,
                mac,
                site: SiteId(Uuid::from_u128(u128::from(site))),
                code: format!("s{site}"),
                segment: Some(SegmentId(Uuid::from_u128(u128::from(site)))),
                seen: !off,
            });
        }
        for site in 0..world.sites.max(1) {
            let zone = ZONES[site as usize % ZONES.len()].to_owned();
            seen.sites.insert(SiteId(Uuid::from_u128(u128::from(site))), Place { zone, frozen: false });
        }
        let seed = i64::try_from(world.seed >> 1).unwrap_or(0);
        let assigned = assign(&candidates, &settings.waves, seed).into_iter();
        let member =
            |a: Assigned| Member { device: a.device, site: a.site, wave: a.wave, phase: Phase::Waiting };
        let members: Vec<_> = assigned.map(member).collect();
        let phones: Vec<_> =
            members.iter().map(|member| lives.get(&member.device).copied().unwrap_or_default()).collect();
        let on = phones.iter().enumerate().filter(|(_, phone)| !phone.off);
        let mut simulation = Self {
            coming: on.map(|(at, phone)| Reverse((phone.next, at))).collect(),
            places: members.iter().enumerate().map(|(at, member)| (member.device, at)).collect(),
            state: State {
                status: Status::Running,
                wave: 0,
                begun: None,
                accepted: 0,
                members: vec![],
                others: Tally::default(),
            },
            world,
            settings,
            phones,
            dice,
            members,
            seen,
            due: BinaryHeap::new(),
            waiting: BTreeSet::new(),
            tally: Tally::default(),
            releases: VecDeque::new(),
            outcome: Outcome::default(),
        };
        simulation.turn_to_wave();
        simulation
    }

    /// Where the wave's phones are.
    fn wave(&self) -> Range<usize> {
        let of = |wave: u32| self.members.partition_point(|member| member.wave < wave);
        of(self.state.wave)..of(self.state.wave.saturating_add(1))
    }

    fn turn_to_wave(&mut self) {
        let wave = self.wave();
        self.tally = Tally::default();
        self.members[wave.clone()].iter().for_each(|member| self.tally.add(member.phase));
        self.waiting = wave.filter(|at| self.members[*at].phase == Phase::Waiting).collect();
    }

    /// Phones do what they do until `now`; those that came.
    fn live(&mut self, now: i64) -> BTreeSet<usize> {
        let mut came = BTreeSet::new();
        while let Some((time, at)) = pop(&mut self.coming, now) {
            let phone = &mut self.phones[at];
            phone.next = time + self.world.every + i64::try_from(self.dice.roll() % 60_000_000).unwrap_or(0);
            if !self.dice.of_thousand(self.world.lost)
                && let Some(seen) = self.seen.devices.get_mut(&self.members[at].device)
            {
                came.insert(at);
                seen.last = Some(Timestamp(time));
                if phone.released.is_some_and(|released| released < time) && phone.fetched.is_none() {
                    phone.fetched = Some(time);
                    phone.dead = phone.weak;
                    self.outcome.harmed += u32::from(phone.dead);
                    // Taking it over, it comes again soon: it restarts, or asks whether there is more.
                    phone.next = time + 5 * MINUTE;
                }
                if phone.fetched.is_some() {
                    seen.fetched = Some(Timestamp(time));
                }
            }
            if !phone.dead {
                self.coming.push(Reverse((phone.next, at)));
            }
        }
        came
    }

    /// The phones that matter now; how the others of the wave are.
    fn matter(&mut self, mut news: BTreeSet<usize>, now: i64) -> (Vec<Member>, Tally) {
        while let Some((_, at)) = pop(&mut self.due, now - 1) {
            news.insert(at);
        }
        let these = |all: &mut dyn Iterator<Item = usize>| -> Vec<Member> {
            all.map(|at| self.members[at].clone()).collect()
        };
        if self.state.wave as usize >= self.settings.waves.len() {
            let deferred = |at: &usize| self.members[*at].phase == Phase::Deferred;
            return (these(&mut (0..self.members.len()).filter(deferred)), Tally::default());
        }
        let wave = self.wave();
        if self.state.begun.is_none() || self.state.status != Status::Running {
            return (these(&mut wave.into_iter()), Tally::default());
        }
        let appeared = |at: usize| at < wave.start && self.members[at].phase == Phase::Deferred;
        news.retain(|at| wave.contains(at) || appeared(*at));
        let members = these(&mut news.union(&self.waiting).copied());
        let mut others = self.tally;
        for member in members.iter().filter(|member| member.wave == self.state.wave) {
            others.take(member.phase);
        }
        (members, others)
    }

    fn step(&mut self, came: BTreeSet<usize>, now: i64) {
        self.outcome.steps += 1;
        while self.releases.front().is_some_and(|(at, _)| *at <= now - MINUTE_OF_PACE) {
            self.releases.pop_front();
        }
        let mut recent = Recent::default();
        for (_, at) in &self.releases {
            let member = &self.members[*at];
            let source = self.seen.devices.get(&member.device).and_then(|seen| seen.source.as_deref());
            recent.count(member.site, source);
        }
        self.seen.recent = recent;
        (self.state.members, self.state.others) = self.matter(came, now);
        for command in step(&self.state, &self.settings, &self.seen, Timestamp(now)) {
            self.carry_out(&command, now);
        }
        let fast = u32::try_from(self.releases.len()).unwrap_or(u32::MAX);
        self.outcome.fastest = self.outcome.fastest.max(fast);
    }

    fn carry_out(&mut self, command: &Command, now: i64) {
        match command {
            Command::Settle(device, _)
            | Command::Release(device)
            | Command::ReleaseLate(device)
            | Command::PutBack(device) => {
                let Some(&at) = self.places.get(device) else { return };
                let before = self.members[at].phase;
                let phase = State::after(command, Timestamp(now)).unwrap_or(before);
                if let Command::Release(_) | Command::ReleaseLate(_) = command {
                    self.releases.push_back((now, at));
                    self.outcome.released += 1;
                    self.phones[at].released = Some(now);
                    self.due.push(Reverse((now + self.settings.within, at)));
                }
                self.outcome.applied += u32::from(matches!(phase, Phase::Applied(Evidence::CameBack)));
                self.outcome.deferred += u32::from(phase == Phase::Deferred);
                self.members[at].phase = phase;
                self.waiting.remove(&at);
                if self.members[at].wave == self.state.wave {
                    self.tally.take(before);
                    self.tally.add(phase);
                }
            }
            // Nobody was there: whoever runs a simulation goes on.
            Command::Stop(Stop::Nobody) => {}
            _ => {
                self.state.turn(command, Timestamp(now));
                if *command == Command::Pass {
                    self.turn_to_wave();
                }
            }
        }
    }
}
