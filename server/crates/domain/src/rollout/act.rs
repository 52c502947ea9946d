//! What people do to a rollout.

use super::{Phase, State, Status, Stop};
use crate::{Code, Finding, Timestamp, ids::DeviceId};
use std::collections::BTreeSet;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Stand still.
    Pause,
    /// Go on; failures until now are accepted, and a wave that was put back begins anew.
    Resume,
    /// These phones are not counted and not touched any more.
    Skip(BTreeSet<DeviceId>),
    /// Phones of the wave that failed have their time again.
    Retry,
    /// Nobody shall have the change.
    Abort,
}

impl Act {
    /// The word in the record.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip(_) => "skip",
            Self::Retry => "retry",
            Self::Abort => "abort",
        }
    }
}

/// Does it, and says which phones are elsewhere now. Of the members, those that matter have to be there: the wave's, and
/// those to be skipped.
pub fn act(state: &mut State, act: &Act, now: Timestamp) -> Result<Vec<DeviceId>, Finding> {
    let refused = |detail: &str| Err(Finding::new(Code::RequestState, act.word()).detail(detail));
    if state.status.over() {
        return refused("It is over.");
    }
    let mut moved = vec![];
    match (act, state.status) {
        (Act::Pause, Status::Running) => state.status = Status::Paused(Stop::Person),
        (Act::Pause, _) => return refused("It does not run."),
        (Act::Resume, Status::Paused(stop)) => {
            if stop == Stop::Returned {
                state.begun = None;
                move_all(state, &mut moved, |phase| (phase == Phase::Returned).then_some(Phase::Waiting));
            }
            // A wave that was put back has to prove itself again.
            state.accepted = state.tally().failed;
            state.status = Status::Running;
        }
        (Act::Resume, _) => return refused("It is not paused."),
        (Act::Skip(_) | Act::Retry, Status::Aborting | Status::Returning | Status::Preparing) => {
            return refused("It is being prepared, or put back.");
        }
        (Act::Skip(devices), _) => {
            for member in state.members.iter_mut().filter(|member| devices.contains(&member.device)) {
                if !matches!(member.phase, Phase::Skipped { .. } | Phase::Applied(_) | Phase::Late) {
                    member.phase = Phase::Skipped { reached: member.phase.reached() };
                    moved.push(member.device);
                }
            }
            if moved.is_empty() {
                return refused("None of these phones can be skipped.");
            }
            state.accepted = state.accepted.min(state.tally().failed);
        }
        (Act::Retry, _) => {
            move_all(state, &mut moved, |phase| match phase {
                Phase::Failed { .. } if phase.reached() => Some(Phase::Released { at: now }),
                // What could not be written is tried again.
                Phase::Failed { .. } => Some(Phase::Waiting),
                _ => None,
            });
            if moved.is_empty() {
                return refused("No phone of the wave has failed.");
            }
            state.accepted = 0;
        }
        (Act::Abort, Status::Aborting) => return refused("It is being put back already."),
        (Act::Abort, _) => state.status = Status::Aborting,
    }
    Ok(moved)
}

fn move_all(state: &mut State, moved: &mut Vec<DeviceId>, to: impl Fn(Phase) -> Option<Phase>) {
    let wave = state.wave;
    for member in state.members.iter_mut().filter(|member| member.wave == wave) {
        if let Some(phase) = to(member.phase) {
            member.phase = phase;
            moved.push(member.device);
        }
    }
}
