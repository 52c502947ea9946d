//! The turn of every rollout: load, observe, decide, and carry out some at a time.

use super::{carry_out, prepare::prepare, registrations};
use crate::{Result, Services, act::Act};
use domain::{
    Timestamp,
    freeze::frozen,
    rollout::{Command, MINUTE_OF_PACE, Observations, Place, Recent, State, Status, Tally, step},
};
use storage::{
    Tx, freeze,
    rollout::{self, Rollout},
    site,
};

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
        for _ in 0..TURNS {
            let carried_out = turn(services, rollout.number).await?;
            done += carried_out;
            if carried_out == 0 {
                break;
            }
        }
    }
    Ok(done)
}

/// One look at a rollout, and everything that follows from it.
async fn turn(services: &Services, number: i64) -> Result<usize> {
    let now = services.now();
    let (mut rollout, state, mut seen, users) = {
        let mut tx = services.0.store.read().await?;
        let Some(rollout) = rollout::by_number(&mut tx, number).await? else { return Ok(0) };
        let users = registrations::users(services, &mut tx, &rollout).await?;
        let (state, seen) = look(&mut tx, &rollout, now).await?;
        (rollout, state, seen, users)
    };
    // Nothing is open meanwhile: call control may take its time.
    registrations::ask(services, &state, &mut seen, &users, now).await;
    let commands = step(&state, &rollout.settings, &seen, now);
    let mut done = 0;
    for chunk in chunks(&commands) {
        let mut act = Act::begin_program(services).await?;
        // Another node, or a person, was faster: what was decided is not what is the case any more.
        if !carry_out::all(services, &mut act, &mut rollout, chunk).await? {
            return Ok(done);
        }
        act.commit().await?;
        done += chunk.len();
    }
    Ok(done)
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

/// Where a rollout is, with the phones that matter now, and what is seen of them here. Six statements.
pub(super) async fn look(tx: &mut Tx, r: &Rollout, now: Timestamp) -> Result<(State, Observations)> {
    let mut watched = match r.status {
        Status::Preparing | Status::Finished | Status::Aborted => vec![],
        Status::Aborting => rollout::reached(tx, r.id).await?,
        _ if r.wave as usize >= r.settings.waves.len() => rollout::deferred(tx, r.id).await?,
        _ => rollout::of_wave(tx, r.id, r.wave).await?,
    };
    if r.status == Status::Running && (r.wave as usize) < r.settings.waves.len() {
        let since = now.plus(-r.settings.seen_within);
        watched.extend(rollout::appeared(tx, r.id, r.wave, since).await?);
    }
    let freezes = freeze::from(tx, now).await?;
    let sites = site::list(tx).await?.into_iter().map(|site| {
        let frozen = frozen(&freezes, site.id, now).is_some();
        (site.id, Place { zone: site.time_zone, frozen })
    });
    let mut recent = Recent::default();
    for (site, source, many) in rollout::recent(tx, now.plus(-MINUTE_OF_PACE)).await? {
        for _ in 0..many {
            recent.count(site, source.as_deref());
        }
    }
    let (members, seen): (Vec<_>, Vec<_>) = watched.into_iter().unzip();
    let devices = members.iter().zip(seen).map(|(member, seen)| (member.device, seen)).collect();
    Ok((state(r, members), Observations { devices, sites: sites.collect(), recent }))
}

pub(super) fn state(r: &Rollout, members: Vec<domain::rollout::Member>) -> State {
    let others = Tally::default();
    State { status: r.status, wave: r.wave, begun: r.begun, accepted: r.accepted, members, others }
}
