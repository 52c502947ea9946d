//! Rollouts: an approved change of a layer, carried out in waves that stop by themselves (requirement C4).
//!
//! What happens next is decided by [`step()`] alone. Whoever carries its commands out keeps the state; people's acts
//! ([`act`]) change it too. The phones of a wave that were there when it began are *counted*: they have to show
//! that they took the change over, and silence is a failure. The others are *deferred*: they get it when they appear after
//! their wave has passed, or else after the last one, and nobody waits for them.

pub mod act;
pub mod settings;
pub mod simulation;
mod state;
mod step;
pub mod waves;
mod window;

pub use settings::{Pace, Policy, Rule, Settings, Then, Wave};
pub use state::{Command, Evidence, Member, Phase, State, Status, Stop, Tally, Why};
pub use step::{AFTERWARDS, MINUTE_OF_PACE, Observations, Place, Recent, Registered, Seen, Standing, step};
pub use window::Window;
