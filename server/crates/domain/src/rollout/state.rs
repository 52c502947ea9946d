//! Where a rollout is, and what a command makes of that.

use crate::{
    Timestamp,
    ids::{DeviceId, SiteId},
};
use serde::{Deserialize, Serialize};

/// How a phone showed that it took the change over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// It registered anew, at any of its registrars.
    Registered,
    /// It sent a file of its own.
    Uploaded,
    /// It came again for its files, some time after it had fetched them: under the new settings it reaches its server.
    CameBack,
}

impl Evidence {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Registered, Self::Uploaded, Self::CameBack];

    /// What people read and the database has.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Uploaded => "uploaded",
            Self::CameBack => "came back",
        }
    }
}

/// Why a phone failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Its files could not be written; it has what it had.
    Unwritable,
    /// It did not fetch in time.
    Silent,
    /// It fetched, and showed nothing afterwards.
    Unconfirmed,
}

impl Why {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Unwritable, Self::Silent, Self::Unconfirmed];

    /// What people read and the database has.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unwritable => "could not be written",
            Self::Silent => "did not fetch",
            Self::Unconfirmed => "fetched, then silent",
        }
    }
}

/// Where one phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It has what it had.
    Waiting,
    /// It was not there when its wave began, or could not be touched; it gets the change when it appears after its wave
    /// has passed, or else after the last one.
    Deferred,
    /// Its files are published.
    Released {
        /// Since when.
        at: Timestamp,
    },
    /// It has fetched them.
    Fetched {
        /// Since when they were there.
        released: Timestamp,
        /// When it did.
        at: Timestamp,
    },
    /// It took the change over.
    Applied(Evidence),
    /// It did not.
    Failed {
        /// Why.
        why: Why,
        /// What it shows after this still counts: when its files were published, or when it fetched them.
        since: Timestamp,
    },
    /// Somebody took it out; it is not counted, and keeps what it has.
    Skipped {
        /// Whether it has the change.
        reached: bool,
    },
    /// The change makes no difference to it any more, or it is gone.
    Unchanged,
    /// Its files are published and nobody waits for it.
    Late,
    /// It was put back to what it had.
    Returned,
}

impl Phase {
    /// Words in the order of the variants, as pages and the database have them.
    pub const WORDS: [&'static str; 10] = [
        "waiting",
        "deferred",
        "released",
        "fetched",
        "applied",
        "failed",
        "skipped",
        "unchanged",
        "late",
        "returned",
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        Self::WORDS[match self {
            Self::Waiting => 0,
            Self::Deferred => 1,
            Self::Released { .. } => 2,
            Self::Fetched { .. } => 3,
            Self::Applied(_) => 4,
            Self::Failed { .. } => 5,
            Self::Skipped { .. } => 6,
            Self::Unchanged => 7,
            Self::Late => 8,
            Self::Returned => 9,
        }]
    }

    /// Whether the phone's files come from the new version.
    pub const fn reached(self) -> bool {
        match self {
            Self::Released { .. } | Self::Fetched { .. } | Self::Applied(_) | Self::Late => true,
            Self::Failed { why, .. } => !matches!(why, Why::Unwritable),
            Self::Skipped { reached } => reached,
            Self::Waiting | Self::Deferred | Self::Unchanged | Self::Returned => false,
        }
    }

    /// Words of those for which their wave waits.
    const OPEN: [&str; 3] = ["waiting", "released", "fetched"];

    /// Whether its wave waits for it.
    pub fn open(self) -> bool {
        Self::OPEN.contains(&self.word())
    }
}

/// A phone of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The phone.
    pub device: DeviceId,
    /// Its site.
    pub site: SiteId,
    /// Its wave, from 0.
    pub wave: u32,
    /// Where it is.
    pub phase: Phase,
}

/// Why a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Somebody said so.
    Person,
    /// Too many phones of the wave failed.
    Failures,
    /// Nobody of the wave was there to prove anything.
    Nobody,
    /// Too many failed, and the wave was put back.
    Returned,
}

impl Stop {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Person => "paused by a person",
            Self::Failures => "too many phones of the wave failed",
            Self::Nobody => "no phone of the wave was there to prove anything",
            Self::Returned => "too many phones of the wave failed, and it was put back",
        }
    }
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its phones are being assigned to waves.
    Preparing,
    /// It goes on by itself.
    Running,
    /// It waits for somebody.
    Paused(Stop),
    /// The wave's phones are being put back; then it pauses.
    Returning,
    /// All phones are being put back; then it is over.
    Aborting,
    /// It is over, and the change holds.
    Finished,
    /// It is over, and nobody has the change.
    Aborted,
}

impl Status {
    /// The word on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Running => "running",
            Self::Paused(_) => "paused",
            Self::Returning => "returning",
            Self::Aborting => "aborting",
            Self::Finished => "finished",
            Self::Aborted => "aborted",
        }
    }

    /// Whether it is over.
    pub const fn over(self) -> bool {
        matches!(self, Self::Finished | Self::Aborted)
    }
}

/// A rollout: where it is, and its phones, in the order in which they are released. Of the phones, those that matter
/// now are enough: the wave's, and those deferred from waves that have passed; while it is aborted those that were
/// reached.
///
/// Of a wave that has begun, phones that do not wait any more, of which nothing new was seen and whose time is not over,
/// may be left out and be counted in `others`: a step then costs what has happened, and not what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// How it stands.
    pub status: Status,
    /// The wave, from 0; as many as there are waves: only deferred phones are left.
    pub wave: u32,
    /// Since when the wave counts its phones; `None` before.
    pub begun: Option<Timestamp>,
    /// Failures of the wave with which somebody let it go on.
    pub accepted: u32,
    /// The phones.
    pub members: Vec<Member>,
    /// Phones of the wave that are not among them.
    pub others: Tally,
}

/// Phones of the wave by where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those of which a share may fail.
    pub counted: u32,
    /// Of these, those whose wave waits for them.
    pub open: u32,
    /// Of these, those that failed.
    pub failed: u32,
}

impl Tally {
    /// Counts a phone that is there.
    pub fn add(&mut self, phase: Phase) {
        self.add_many(phase.word(), 1);
    }

    /// Counts phones of which only the word of their phase is known, [`Phase::WORDS`].
    pub fn add_many(&mut self, word: &str, many: u32) {
        let [counted, open, failed] = Self::of(word);
        self.counted += counted * many;
        self.open += open * many;
        self.failed += failed * many;
    }

    /// Takes back that one is there.
    pub fn take(&mut self, phase: Phase) {
        let [counted, open, failed] = Self::of(phase.word());
        self.counted -= counted;
        self.open -= open;
        self.failed -= failed;
    }

    /// Where a phone counts whose phase has this word.
    fn of(word: &str) -> [u32; 3] {
        let (open, failed) = (Phase::OPEN.contains(&word), word == "failed");
        [open || failed || word == "applied", open, failed].map(u32::from)
    }
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The wave begins: those of its phones that still wait are counted.
    Begin,
    /// A phone is found to be elsewhere.
    Settle(DeviceId, Phase),
    /// Publish the change for a phone of the wave, which is counted.
    Release(DeviceId),
    /// Publish it for a phone that was deferred: its wave has passed, and nobody waits for it.
    ReleaseLate(DeviceId),
    /// Publish for a phone what it had.
    PutBack(DeviceId),
    /// Stand still.
    Stop(Stop),
    /// Put the wave back.
    Return,
    /// The wave passed: the next one is up.
    Pass,
    /// It is over, or has been put back.
    End,
}

impl State {
    /// How the wave's phones are.
    pub fn tally(&self) -> Tally {
        let mut tally = self.others;
        self.members
            .iter()
            .filter(|member| member.wave == self.wave)
            .for_each(|member| tally.add(member.phase));
        tally
    }

    /// The phone, if it is among those that matter.
    pub fn member(&mut self, device: DeviceId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.device == device)
    }

    /// What a phone is once a command was carried out for it.
    pub const fn after(command: &Command, now: Timestamp) -> Option<Phase> {
        match command {
            Command::Settle(_, phase) => Some(*phase),
            Command::Release(_) => Some(Phase::Released { at: now }),
            Command::ReleaseLate(_) => Some(Phase::Late),
            Command::PutBack(_) => Some(Phase::Returned),
            _ => None,
        }
    }

    /// The rollout itself once a command was carried out; what becomes of a phone, [`State::after`] says.
    pub fn turn(&mut self, command: &Command, now: Timestamp) {
        match command {
            Command::Begin => self.begun = Some(now),
            Command::Stop(stop) => self.status = Status::Paused(*stop),
            Command::Return => self.status = Status::Returning,
            Command::Pass => {
                self.wave += 1;
                self.begun = None;
                self.accepted = 0;
            }
            Command::End => {
                self.status = match self.status {
                    Status::Returning => Status::Paused(Stop::Returned),
                    Status::Aborting => Status::Aborted,
                    _ => Status::Finished,
                };
            }
            Command::Settle(..) | Command::Release(_) | Command::ReleaseLate(_) | Command::PutBack(_) => {}
        }
    }
}
