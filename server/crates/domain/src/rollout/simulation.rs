//! Virtual phones on a virtual clock: what a rollout does to a fleet, without one. Pure; the same seed, the same end.
//!
//! Phones fetch by themselves, at an hour of their own; some are switched off, some answers are lost, and of those that
//! take the change over a share is harmed by it: they never show themselves again.

use super::{
    Command, Evidence, MINUTE_OF_PACE, Member, Observations, Phase, Place, Recent, Seen, Settings, State,
    Status, Stop,
    step::step,
    waves::{Candidate, assign},
};
use crate::{
    Mac, Timestamp,
    ids::{DeviceId, SegmentId, SiteId},
    time::{HOUR, MINUTE},
};
use std::collections::{BTreeMap, VecDeque};
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

/// A fleet, its phones in waves, and what was seen of them.
struct Simulation {
    world: World,
    settings: Settings,
    phones: Vec<Phone>,
    dice: Dice,
    state: State,
    places: BTreeMap<DeviceId, usize>,
    seen: Observations,
    /// When, where, by whom: releases of the last minute.
    releases: VecDeque<(i64, usize)>,
    outcome: Outcome,
}

/// Runs until it is over, or stands still.
pub fn run(world: &World, settings: &Settings) -> Outcome {
    let mut simulation = Simulation::new(*world, settings.clone());
    // A Monday at midnight.
    let start = 1_763_942_400_000_000_i64;
    let mut now = start;
    while simulation.outcome.steps < MOST_STEPS {
        now += world.tick.max(1);
        simulation.live(now);
        simulation.step(now);
        match simulation.state.status {
            Status::Finished | Status::Aborted | Status::Paused(_) => break,
            _ => {}
        }
    }
    Outcome {
        took: now - start,
        finished: simulation.state.status == Status::Finished,
        wave: simulation.state.wave,
        ..simulation.outcome
    }
}

fn id(n: u32, dice: &mut Dice) -> DeviceId {
    DeviceId(Uuid::from_u128((u128::from(n) << 64) | u128::from(dice.roll())))
}

impl Simulation {
    fn new(world: World, settings: Settings) -> Self {
        let mut dice = Dice(world.seed);
        let (mut candidates, mut phones, mut seen) = (vec![], vec![], Observations::default());
        let start = Timestamp(1_763_942_400_000_000);
        for n in 0..world.phones {
            // Locally administered: nobody's phone.
            let Ok(mac) = Mac::parse(&format!("02{n:010x}")) else { continue };
            let site = n % world.sites.max(1);
            let off = dice.of_thousand(world.off);
            let device = id(n, &mut dice);
            let next = start.0 + i64::try_from(dice.roll() % world.every.unsigned_abs().max(1)).unwrap_or(0);
            let weak = dice.of_thousand(world.harmed);
            phones.push(Phone { off, weak, next, ..Phone::default() });
            let last = (!off).then(|| start.plus(-HOUR));
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
        let places = candidates.iter().enumerate().map(|(at, candidate)| (candidate.device, at)).collect();
        let seed = i64::try_from(world.seed >> 1).unwrap_or(0);
        let members = assign(&candidates, &settings.waves, seed).into_iter().map(|a| Member {
            device: a.device,
            site: a.site,
            wave: a.wave,
            phase: Phase::Waiting,
        });
        let state =
            State { status: Status::Running, wave: 0, begun: None, accepted: 0, members: members.collect() };
        Self {
            world,
            settings,
            phones,
            dice,
            state,
            places,
            seen,
            releases: VecDeque::new(),
            outcome: Outcome::default(),
        }
    }

    /// Phones do what they do until `now`.
    fn live(&mut self, now: i64) {
        for member in &self.state.members {
            let Some(&at) = self.places.get(&member.device) else { continue };
            let phone = &mut self.phones[at];
            if phone.off || phone.dead || phone.next > now {
                continue;
            }
            let time = phone.next;
            phone.next += self.world.every + i64::try_from(self.dice.roll() % 60_000_000).unwrap_or(0);
            if self.dice.of_thousand(self.world.lost) {
                continue;
            }
            let Some(seen) = self.seen.devices.get_mut(&member.device) else { continue };
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
    }

    fn step(&mut self, now: i64) {
        self.outcome.steps += 1;
        while self.releases.front().is_some_and(|(at, _)| *at <= now - MINUTE_OF_PACE) {
            self.releases.pop_front();
        }
        let mut recent = Recent::default();
        for (_, index) in &self.releases {
            let member = &self.state.members[*index];
            let source = self.seen.devices.get(&member.device).and_then(|seen| seen.source.as_deref());
            recent.count(member.site, source);
        }
        self.seen.recent = recent;
        let commands = step(&self.state, &self.settings, &self.seen, Timestamp(now));
        let indices: BTreeMap<DeviceId, usize> = if commands.len() > 64 {
            self.state.members.iter().enumerate().map(|(at, member)| (member.device, at)).collect()
        } else {
            BTreeMap::new()
        };
        for command in &commands {
            self.carry_out(command, &indices, now);
        }
        let fast = u32::try_from(self.releases.len()).unwrap_or(u32::MAX);
        self.outcome.fastest = self.outcome.fastest.max(fast);
    }

    fn carry_out(&mut self, command: &Command, indices: &BTreeMap<DeviceId, usize>, now: i64) {
        let index = |state: &State, device: &DeviceId| {
            indices.get(device).copied().or_else(|| state.members.iter().position(|m| m.device == *device))
        };
        match command {
            Command::Settle(device, _)
            | Command::Release(device)
            | Command::ReleaseLate(device)
            | Command::PutBack(device) => {
                let Some(at) = index(&self.state, device) else { return };
                let phase = State::after(command, Timestamp(now));
                let phase = phase.unwrap_or(self.state.members[at].phase);
                if let Command::Release(_) | Command::ReleaseLate(_) = command {
                    self.releases.push_back((now, at));
                    self.outcome.released += 1;
                    if let Some(phone) = self.places.get(device).and_then(|at| self.phones.get_mut(*at)) {
                        phone.released = Some(now);
                    }
                }
                self.outcome.applied += u32::from(matches!(phase, Phase::Applied(Evidence::CameBack)));
                self.outcome.deferred += u32::from(phase == Phase::Deferred);
                self.state.members[at].phase = phase;
            }
            Command::Stop(Stop::Nobody) => {
                // Nobody was there: whoever runs a simulation goes on.
                return;
            }
            _ => {}
        }
        self.state.turn(command, Timestamp(now));
    }
}
