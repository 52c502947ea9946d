//! The only logic of a rollout: from where it is and what is seen to what is done next.
//!
//! Every command may be carried out or not, and in parts: stepping again asks for what is left.

use super::{Command, Evidence, Member, Phase, Settings, State, Status, Stop, Then, Wave, Why};
use crate::{
    Timestamp,
    ids::{DeviceId, SiteId},
    time::{MINUTE, SECOND},
};
use std::collections::{BTreeMap, HashMap};

/// A phone that comes again so long after its fetch has come back: some ask for several files at once.
pub const AFTERWARDS: i64 = 30 * SECOND;
/// The time in which releases are counted.
pub const MINUTE_OF_PACE: i64 = MINUTE;

/// What the inventory says of a phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is in use.
    #[default]
    Active,
    /// It is in quarantine: nothing is done to it.
    Held,
    /// It is retired, or no longer there.
    Gone,
}

/// What is known of a phone's registrations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registered {
    /// Nobody can say, or it has no line.
    #[default]
    Unknown,
    /// Call control can say, and is going to be asked.
    Unasked,
    /// Call control can say, and did not answer.
    Unanswered,
    /// It has a line and is registered nowhere.
    Nowhere,
    /// When it last registered, anywhere.
    At(Timestamp),
}

/// What is seen of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What the inventory says.
    pub standing: Standing,
    /// When it was last served after it had proven itself.
    pub last: Option<Timestamp>,
    /// When it last got a file of its current revision.
    pub fetched: Option<Timestamp>,
    /// Its registrations.
    pub registered: Registered,
    /// When it last sent a file.
    pub uploaded: Option<Timestamp>,
    /// Whether it is known to be in a call.
    pub in_call: bool,
    /// Where it was last seen from.
    pub source: Option<String>,
}

/// What holds at a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its time zone.
    pub zone: String,
    /// Whether a freeze is in force.
    pub frozen: bool,
}

impl Place {
    /// Whether phones there may be touched now.
    pub fn open(&self, settings: &Settings, now: Timestamp) -> bool {
        !self.frozen && settings.window.open(&self.zone, now)
    }
}

/// Releases of the last minute, of all rollouts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// In all.
    pub fleet: u32,
    /// By site.
    pub sites: BTreeMap<SiteId, u32>,
    /// By source address.
    pub sources: BTreeMap<String, u32>,
}

impl Recent {
    /// Counts one.
    pub fn count(&mut self, site: SiteId, source: Option<&str>) {
        self.fleet += 1;
        *self.sites.entry(site).or_default() += 1;
        if let Some(source) = source {
            *self.sources.entry(source.to_owned()).or_default() += 1;
        }
    }

    /// Whether one more may be released there.
    fn admits(&self, settings: &Settings, site: SiteId, source: Option<&str>) -> bool {
        let of = |source: &str| self.sources.get(source).copied().unwrap_or(0);
        let pace = settings.pace;
        self.fleet < pace.fleet
            && self.sites.get(&site).copied().unwrap_or(0) < pace.site
            && source.is_none_or(|source| of(source) < pace.source)
    }
}

/// Everything that is seen.
#[derive(Clone, Debug, Default)]
pub struct Observations {
    /// Of phones; one that is not here was never seen.
    pub devices: HashMap<DeviceId, Seen>,
    /// Of sites.
    pub sites: BTreeMap<SiteId, Place>,
    /// Releases of the last minute.
    pub recent: Recent,
}

/// What is to be done now. Pure.
pub fn step(state: &State, settings: &Settings, seen: &Observations, now: Timestamp) -> Vec<Command> {
    match state.status {
        Status::Preparing | Status::Paused(_) | Status::Finished | Status::Aborted => vec![],
        Status::Returning | Status::Aborting => put_back(state, settings, seen),
        Status::Running => Step { state, settings, seen, now }.run(),
    }
}

/// Puts phones back, as fast as the pace allows. Neither window nor freeze holds that up: what is put back was in use.
fn put_back(state: &State, settings: &Settings, seen: &Observations) -> Vec<Command> {
    let whole = state.status == Status::Aborting;
    // Whom somebody took out of a wave stays as they are; when nobody shall have the change, they neither.
    let concerned = |member: &&Member| {
        let skipped = matches!(member.phase, Phase::Skipped { .. });
        member.phase.reached() && (whole || (member.wave == state.wave && !skipped))
    };
    let mut recent = seen.recent.clone();
    let (mut commands, mut left) = (vec![], false);
    for member in state.members.iter().filter(concerned) {
        left = true;
        if recent.fleet >= settings.pace.fleet {
            break;
        }
        let source = seen.devices.get(&member.device).and_then(|seen| seen.source.as_deref());
        let in_call = seen.devices.get(&member.device).is_some_and(|seen| seen.in_call);
        if !in_call && recent.admits(settings, member.site, source) {
            recent.count(member.site, source);
            commands.push(Command::PutBack(member.device));
        }
    }
    if !left {
        commands.push(Command::End);
    }
    commands
}

struct Step<'a> {
    state: &'a State,
    settings: &'a Settings,
    seen: &'a Observations,
    now: Timestamp,
}

impl Step<'_> {
    fn run(&self) -> Vec<Command> {
        let state = self.state;
        let mut recent = self.seen.recent.clone();
        let Some(wave) = self.settings.waves.get(state.wave as usize) else { return self.tail(&mut recent) };
        let mut commands = match state.begun {
            None => self.begin(),
            Some(_) => self.go_on(wave, &mut recent),
        };
        if !commands.iter().any(|command| matches!(command, Command::Stop(_) | Command::Return)) {
            self.appeared(&mut recent, &mut commands);
        }
        commands
    }

    fn go_on(&self, wave: &Wave, recent: &mut Recent) -> Vec<Command> {
        let state = self.state;
        let mut commands = vec![];
        let mut tally = state.tally();
        for member in state.members.iter().filter(|member| member.wave == state.wave) {
            let Some(phase) = self.settle(member.device, member.phase) else { continue };
            tally.take(member.phase);
            tally.add(phase);
            commands.push(Command::Settle(member.device, phase));
        }
        let too_many = u64::from(tally.failed) * 100 > u64::from(tally.counted) * u64::from(wave.failures);
        if too_many && tally.failed > state.accepted {
            commands.push(match wave.then {
                Then::Pause => Command::Stop(Stop::Failures),
                Then::Return => Command::Return,
            });
        } else if tally.open > 0 {
            self.release(recent, &mut commands);
        } else {
            commands.push(Command::Pass);
        }
        commands
    }

    fn seen(&self, device: DeviceId) -> Option<&Seen> {
        self.seen.devices.get(&device)
    }

    /// Whether phones of a site may be touched now.
    fn open(&self, site: SiteId) -> bool {
        let place = self.seen.sites.get(&site);
        place.is_some_and(|place| place.open(self.settings, self.now))
    }

    /// Whether a phone is there: registered, where that can be seen, else served lately.
    fn there(&self, device: DeviceId) -> bool {
        self.seen(device).is_some_and(|seen| {
            let lately = seen.last.is_some_and(|at| at >= self.now.plus(-self.settings.seen_within));
            let there = match seen.registered {
                Registered::At(_) => true,
                Registered::Nowhere => false,
                Registered::Unknown | Registered::Unasked | Registered::Unanswered => lately,
            };
            seen.standing == Standing::Active && there
        })
    }

    /// The wave begins as soon as phones of it may be touched and call control was asked: who is there then, counts.
    fn begin(&self) -> Vec<Command> {
        let waiting: Vec<_> = self
            .state
            .members
            .iter()
            .filter(|member| member.wave == self.state.wave && member.phase == Phase::Waiting)
            .collect();
        let mut open = BTreeMap::new();
        let mut may = |site: SiteId| *open.entry(site).or_insert_with(|| self.open(site));
        if !waiting.is_empty() && !waiting.iter().any(|member| may(member.site)) {
            return vec![];
        }
        let registered = |device: DeviceId| self.seen(device).map(|seen| seen.registered);
        if waiting.iter().any(|member| registered(member.device) == Some(Registered::Unasked)) {
            return vec![];
        }
        let (there, away): (Vec<_>, Vec<_>) = waiting.iter().partition(|member| self.there(member.device));
        let defer = |member: &&&Member| Command::Settle(member.device, Phase::Deferred);
        let mut commands: Vec<_> = away.iter().map(defer).collect();
        commands.push(Command::Begin);
        // Of the last wave nobody has to prove anything to those after it.
        let last = self.state.wave as usize + 1 == self.settings.waves.len();
        let deferred = |member: &Member| member.wave == self.state.wave && member.phase == Phase::Deferred;
        let nobody = there.is_empty() && (!away.is_empty() || self.state.members.iter().any(deferred));
        if nobody && !last {
            commands.push(Command::Stop(Stop::Nobody));
        }
        commands
    }

    /// Where a phone is found to be, if that is elsewhere than it was.
    fn settle(&self, device: DeviceId, phase: Phase) -> Option<Phase> {
        let nothing = Seen::default();
        let seen = self.seen(device).unwrap_or(&nothing);
        if phase.open() && seen.standing == Standing::Gone {
            return Some(Phase::Unchanged);
        }
        match phase {
            Phase::Waiting => {
                let waited = self.state.begun.is_some_and(|at| self.now > at.plus(self.settings.wait));
                (waited || seen.standing == Standing::Held).then_some(Phase::Deferred)
            }
            Phase::Released { at: released } => {
                let fetched = seen.fetched.filter(|at| *at > released);
                match fetched {
                    Some(at) => {
                        Some(evidence(seen, at).map_or(Phase::Fetched { released, at }, Phase::Applied))
                    }
                    None => {
                        self.late(released).then_some(Phase::Failed { why: Why::Silent, since: released })
                    }
                }
            }
            Phase::Fetched { released, at } => evidence(seen, at).map(Phase::Applied).or_else(|| {
                // Who was not asked about cannot have been silent.
                let silent = self.late(released) && seen.registered != Registered::Unasked;
                silent.then_some(Phase::Failed { why: Why::Unconfirmed, since: at })
            }),
            // Who was silent and is not any more has not failed after all.
            Phase::Failed { why: Why::Silent, since } => {
                let at = seen.fetched.filter(|at| *at > since)?;
                let fetched = Phase::Failed { why: Why::Unconfirmed, since: at };
                Some(evidence(seen, at).map_or(fetched, Phase::Applied))
            }
            Phase::Failed { why: Why::Unconfirmed, since } => evidence(seen, since).map(Phase::Applied),
            _ => None,
        }
    }

    fn late(&self, released: Timestamp) -> bool {
        self.now > released.plus(self.settings.within)
    }

    fn release(&self, recent: &mut Recent, commands: &mut Vec<Command>) {
        let state = self.state;
        let settled: std::collections::HashSet<_> = commands
            .iter()
            .filter_map(|command| match command {
                Command::Settle(device, _) => Some(*device),
                _ => None,
            })
            .collect();
        let spread = |device: DeviceId| {
            state.begun.is_some_and(|at| self.now >= at.plus(spread(device, self.settings.jitter)))
        };
        let waiting = state.members.iter().filter(|member| {
            member.wave == state.wave
                && member.phase == Phase::Waiting
                && !settled.contains(&member.device)
                && spread(member.device)
        });
        self.paced(waiting, Command::Release, recent, commands);
    }

    /// Deferred phones that have appeared. Their wave has passed, so the change has been proven by others; one whose
    /// wave runs is not among the counted, and does not get what they have not proven yet.
    fn appeared(&self, recent: &mut Recent, commands: &mut Vec<Command>) {
        let appeared = self.state.members.iter().filter(|member| {
            member.wave < self.state.wave && member.phase == Phase::Deferred && self.there(member.device)
        });
        self.paced(appeared, Command::ReleaseLate, recent, commands);
    }

    /// Deferred phones, after the last wave: nobody waits for them.
    fn tail(&self, recent: &mut Recent) -> Vec<Command> {
        let deferred: Vec<_> =
            self.state.members.iter().filter(|member| member.phase == Phase::Deferred).collect();
        if deferred.is_empty() {
            return vec![Command::End];
        }
        let gone = |device: DeviceId| self.seen(device).is_some_and(|seen| seen.standing == Standing::Gone);
        let mut commands: Vec<_> = deferred
            .iter()
            .filter(|member| gone(member.device))
            .map(|member| Command::Settle(member.device, Phase::Unchanged))
            .collect();
        let left = deferred.into_iter().filter(|member| !gone(member.device));
        self.paced(left, Command::ReleaseLate, recent, &mut commands);
        commands
    }

    /// Releases as many as may be released now.
    fn paced<'m>(
        &self,
        members: impl Iterator<Item = &'m Member>,
        release: fn(DeviceId) -> Command,
        recent: &mut Recent,
        commands: &mut Vec<Command>,
    ) {
        let mut open = BTreeMap::new();
        for &Member { device, site, .. } in members {
            if recent.fleet >= self.settings.pace.fleet {
                break;
            }
            let source = self.seen(device).and_then(|seen| seen.source.as_deref());
            let in_call = self.seen(device).is_some_and(|seen| seen.in_call);
            let may = *open.entry(site).or_insert_with(|| self.open(site));
            if may && !in_call && recent.admits(self.settings, site, source) {
                recent.count(site, source);
                commands.push(release(device));
            }
        }
    }
}

/// How a phone shows that it took over what it fetched. Where registrations can be seen, nothing less counts: a phone
/// that fetches and cannot call is what a rollout has to find.
fn evidence(seen: &Seen, fetched: Timestamp) -> Option<Evidence> {
    match seen.registered {
        Registered::At(at) if at > fetched => return Some(Evidence::Registered),
        Registered::At(_) | Registered::Nowhere | Registered::Unasked | Registered::Unanswered => {
            return None;
        }
        Registered::Unknown => {}
    }
    if seen.uploaded.is_some_and(|at| at > fetched) {
        return Some(Evidence::Uploaded);
    }
    seen.last.filter(|at| *at >= fetched.plus(AFTERWARDS)).map(|_| Evidence::CameBack)
}

/// When a phone's turn comes after the wave's beginning, from what is random in its id.
fn spread(device: DeviceId, jitter: i64) -> i64 {
    let random = u64::from_be_bytes(*device.0.as_bytes().last_chunk().unwrap_or(&[0; 8]));
    i64::try_from(random % jitter.unsigned_abs().saturating_add(1)).unwrap_or(0)
}
