//! What a command does.

use super::{look::state, named, registrations};
use crate::{
    Result, Services,
    act::{Act, Note},
    layers, site_facts,
};
use domain::{
    Finding,
    ids::DeviceId,
    rollout::{Command, Phase, State, Status, Why},
};
use storage::{
    device, layer,
    rollout::{self, Rollout},
};

/// Carries these out in the act; `false` when the rollout is not what it was any more, and nothing was.
pub(super) async fn all(
    services: &Services,
    act: &mut Act<'_>,
    rollout: &mut Rollout,
    commands: &[Command],
) -> Result<bool> {
    let before = rollout.status;
    let mut at = state(rollout, vec![]);
    for command in commands {
        one(services, act, rollout, command).await?;
        at.turn(command, act.now);
        if let Some(said) = said(command, rollout, &at) {
            note(act, rollout, &said);
        }
        (rollout.status, rollout.wave, rollout.begun, rollout.accepted) =
            (at.status, at.wave, at.begun, at.accepted);
    }
    let ends = rollout.status.over() && !before.over();
    rollout.ended = ends.then_some(act.now);
    if !rollout::update(&mut act.tx, rollout).await? {
        return Ok(false);
    }
    if ends {
        end(act, rollout).await?;
    }
    Ok(true)
}

/// What the record says of a command; what is done to phones has entries of its own.
fn said(command: &Command, rollout: &Rollout, after: &State) -> Option<String> {
    let wave = rollout.wave + 1;
    Some(match command {
        Command::Begin => format!("wave {wave} begins"),
        Command::Stop(stop) => format!("stopped in wave {wave}: {}", stop.says()),
        Command::Return => format!("wave {wave} is put back: too many of its phones failed"),
        Command::Pass => format!("wave {wave} passed"),
        Command::End => after.status.word().to_owned(),
        Command::Settle(..) | Command::Release(_) | Command::ReleaseLate(_) | Command::PutBack(_) => {
            return None;
        }
    })
}

fn note(act: &mut Act<'_>, rollout: &Rollout, said: &str) {
    act.note(Note {
        action: "rollout.turn",
        subject: named(rollout.number),
        after: Some(said.to_owned()),
        reason: format!("LC-{}", rollout.change),
        ..Note::default()
    });
}

async fn one(services: &Services, act: &mut Act<'_>, rollout: &Rollout, command: &Command) -> Result<()> {
    let after = State::after(command, act.now);
    match command {
        Command::Settle(device, phase) => {
            rollout::set_phase(&mut act.tx, rollout.id, *device, *phase, None, "").await?;
        }
        Command::Release(device) | Command::ReleaseLate(device) => {
            let released = after.unwrap_or(Phase::Late);
            let change = format!("LC-{}", rollout.change);
            publish(services, act, rollout, (*device, released), &change).await?;
        }
        Command::PutBack(device) => {
            let change = format!("return of {}", named(rollout.number));
            publish(services, act, rollout, (*device, Phase::Returned), &change).await?;
        }
        Command::Begin | Command::Stop(_) | Command::Return | Command::Pass | Command::End => {}
    }
    Ok(())
}

/// The phone is in the phase first, because that decides which version of the layer its files are made from.
async fn publish(
    services: &Services,
    act: &mut Act<'_>,
    rollout: &Rollout,
    (id, phase): (DeviceId, Phase),
    change: &str,
) -> Result<()> {
    let now = act.now;
    rollout::set_phase(&mut act.tx, rollout.id, id, phase, Some(now), "").await?;
    let Some(stored) = device::by_id(&mut act.tx, id).await? else { return Ok(()) };
    let approver = Some(rollout.approvers.as_str()).filter(|names| !names.is_empty());
    let made = layers::publish_one(services, act, stored.device.mac, change, approver).await?;
    let (phase, note) = match made {
        Err(finding) => (Phase::Failed { why: Why::Unwritable, since: now }, words(&finding)),
        Ok(false) if matches!(phase, Phase::Released { .. }) => {
            // Nothing to fetch: whatever it shows would prove nothing.
            (Phase::Unchanged, String::new())
        }
        Ok(false) => return Ok(()),
        Ok(true) => return registrations::wake(services, act, &stored.device).await,
    };
    Ok(rollout::set_phase(&mut act.tx, rollout.id, id, phase, None, &note).await?)
}

fn words(finding: &Finding) -> String {
    finding.to_string().chars().take(300).collect()
}

/// What stands at the end for everybody, and for those who were taken out.
async fn end(act: &mut Act<'_>, rollout: &Rollout) -> Result<()> {
    if rollout.status == Status::Finished {
        rollout::hold(&mut act.tx, rollout.id).await?;
        if let Some(layer) = layer::current(&mut act.tx, rollout.level, &rollout.scope).await? {
            site_facts::follow(act, &layer, &rollout.scope).await?;
        }
    }
    layers::read_by_others(act, rollout.level, &rollout.scope).await
}
