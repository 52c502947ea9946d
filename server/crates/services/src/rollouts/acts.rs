//! What people do to a rollout, each with a reason on record.

use super::{abort::take_back, look::state, named, registrations};
use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act as Writing, Note},
    devices, reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    rollout::act::{Act, act},
};
use storage::{
    device,
    rollout::{self, Rollout},
};

/// It stands still until somebody lets it go on.
pub async fn pause(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    person(services, op, number, Act::Pause, why).await
}

/// It goes on; failures until now are accepted.
pub async fn resume(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    person(services, op, number, Act::Resume, why).await
}

/// Phones of the wave that failed have their time again.
pub async fn retry(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    person(services, op, number, Act::Retry, why).await
}

/// Nobody shall have the change: the layer says what it said, and every phone is put back.
pub async fn abort(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    person(services, op, number, Act::Abort, why).await
}

/// Takes a phone out, or every phone of the wave that has failed when `mac` is empty. It is not counted and not touched
/// any more.
pub async fn skip(services: &Services, op: &Operation, number: i64, mac: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Apply)?;
    let why = reason::within(why, 200)?;
    let mut writing = Writing::begin(services, op).await?;
    let rollout = load(&mut writing, number).await?;
    let (members, wanted) = if mac.trim().is_empty() {
        let members: Vec<_> = rollout::of_wave(&mut writing.tx, rollout.id, rollout.wave)
            .await?
            .into_iter()
            .map(|(member, _)| member)
            .collect();
        let failed = |m: &&domain::rollout::Member| matches!(m.phase, domain::rollout::Phase::Failed { .. });
        let wanted = members.iter().filter(failed).map(|member| member.device).collect();
        (members, wanted)
    } else {
        let unknown = |_| Problem::invalid(Code::DeviceUnknown, "mac");
        let device = devices::stored(&mut writing.tx, mac).await.map_err(unknown)?.device.id;
        let all = rollout::of_wave_or(&mut writing.tx, rollout.id, rollout.wave, device).await?;
        (all.into_iter().map(|(member, _)| member).collect(), [device].into())
    };
    carry_out(services, writing, rollout, members, Act::Skip(wanted), why).await
}

async fn person(services: &Services, op: &Operation, number: i64, wanted: Act, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Apply)?;
    let why = reason::within(why, 200)?;
    let mut writing = Writing::begin(services, op).await?;
    let rollout = load(&mut writing, number).await?;
    let watched = rollout::of_wave(&mut writing.tx, rollout.id, rollout.wave).await?;
    let members = watched.into_iter().map(|(member, _)| member).collect();
    carry_out(services, writing, rollout, members, wanted, why).await?;
    services.0.rollouts.notify_one();
    Ok(())
}

async fn load(writing: &mut Writing<'_>, number: i64) -> Result<Rollout> {
    rollout::by_number(&mut writing.tx, number).await?.ok_or_else(|| Problem::not_found("rollout"))
}

async fn carry_out(
    services: &Services,
    mut writing: Writing<'_>,
    mut rollout: Rollout,
    members: Vec<domain::rollout::Member>,
    wanted: Act,
    why: &str,
) -> Result<()> {
    let now = writing.now;
    let mut at = state(&rollout, members);
    let before = rollout.status;
    let moved = act(&mut at, &wanted, now).map_err(|finding| Problem::new(Kind::Conflict, finding))?;
    let note = if matches!(wanted, Act::Skip(_)) { why } else { "" };
    for device in &moved {
        let Some(phase) = at.member(*device).map(|member| member.phase) else { continue };
        rollout::set_phase(&mut writing.tx, rollout.id, *device, phase, None, note).await?;
        if wanted == Act::Retry
            && phase.reached()
            && let Some(stored) = device::by_id(&mut writing.tx, *device).await?
        {
            registrations::wake(services, &mut writing, &stored.device).await?;
        }
    }
    (rollout.status, rollout.begun, rollout.accepted) = (at.status, at.begun, at.accepted);
    if wanted == Act::Abort {
        take_back(&mut writing, &rollout, why).await?;
    }
    if !rollout::update(&mut writing.tx, &mut rollout).await? {
        let finding = Finding::new(Code::StorageConflict, named(rollout.number));
        return Err(Problem::new(Kind::Conflict, finding));
    }
    let phones = if moved.is_empty() { String::new() } else { format!("; {} phones", moved.len()) };
    let action = format!("rollout.{}", wanted.word());
    writing.note(Note {
        action: &action,
        subject: named(rollout.number),
        before: Some(before.word().to_owned()),
        after: Some(format!("{}{phones}", rollout.status.word())),
        reason: why.to_owned(),
        ..Note::default()
    });
    writing.commit().await
}
