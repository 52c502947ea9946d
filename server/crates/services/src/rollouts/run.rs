//! The turn of every rollout: load, observe, decide, and carry out some at a time.

use super::{carry_out, look::look, looks::FEW, prepare::prepare, registrations};
use crate::{Result, Services, act::Act};
use domain::rollout::{Command, Status, step};
use storage::rollout;

/// Phones that are published in one transaction: each holds up every other act.
const PUBLISHED: usize = 20;
/// Other commands of one transaction.
const SETTLED: usize = 500;
/// Turns that a rollout takes in a row, so that it does not hold up the others for ever.
const TURNS: usize = 100;

/// Takes every rollout on as far as it goes now; how many commands that were. Every few seconds, and when a server
/// starts: where it is stands in the database.
pub async fn run(services: &Services) -> Result<usize> {
    let open = rollout::open(&mut services.0.store.read().await?).await?;
    let mut done = 0;
    for rollout in open {
        if rollout.status == Status::Preparing {
            prepare(services, rollout.clone()).await?;
        }
        if services.0.looks.rests(rollout.number, rollout.turn, services.now()) {
            continue;
        }
        for _ in 0..TURNS {
            let (carried_out, looked_at) = turn(services, rollout.number).await?;
            done += carried_out;
            if carried_out == 0 || looked_at > FEW {
                break;
            }
        }
    }
    Ok(done)
}

/// One look at a rollout, and everything that follows from it: how many commands, and how many phones were looked at.
async fn turn(services: &Services, number: i64) -> Result<(usize, usize)> {
    let now = services.now();
    let (mut rollout, state, mut seen, users) = {
        let mut tx = services.0.store.read().await?;
        let Some(rollout) = rollout::by_number(&mut tx, number).await? else { return Ok((0, 0)) };
        let Some((state, seen)) = look(&mut tx, &rollout, now).await? else { return Ok((0, 0)) };
        let users = registrations::users(services, &mut tx, &rollout).await?;
        (rollout, state, seen, users)
    };
    // Who is waited for is looked at in the database, loaded or not.
    let looked_at = state.members.len().max(state.tally().open as usize);
    // Nothing is open meanwhile: call control may take its time.
    registrations::ask(services, &state, &mut seen, &users, now).await;
    let commands = step(&state, &rollout.settings, &seen, now);
    let mut done = 0;
    for chunk in chunks(&commands) {
        let mut act = Act::begin_program(services).await?;
        // Another node, or a person, was faster: what was decided is not what is the case any more.
        if !carry_out::all(services, &mut act, &mut rollout, chunk).await? {
            return Ok((done, looked_at));
        }
        act.commit().await?;
        done += chunk.len();
    }
    services.0.looks.took(number, rollout.turn, looked_at, now);
    Ok((done, looked_at))
}

/// In parts that are short enough for one transaction, in order.
fn chunks(commands: &[Command]) -> Vec<&[Command]> {
    let (mut out, mut from, mut published) = (vec![], 0, 0);
    for (at, command) in commands.iter().enumerate() {
        let publishes =
            matches!(command, Command::Release(_) | Command::ReleaseLate(_) | Command::PutBack(_));
        published += usize::from(publishes);
        if published == PUBLISHED || at + 1 - from == SETTLED || at + 1 == commands.len() {
            out.push(&commands[from..=at]);
            (from, published) = (at + 1, 0);
        }
    }
    out
}
