//! What call control says of a rollout's phones, and how they are woken there.
//!
//! Only phones that a running wave has to know of are asked about: before it begins who is registered, after a fetch
//! whether the phone registered anew. Who is in a call is one question for all of them.

use crate::{Result, Services, act::Act};
use connectors::{CallControl, Calls, Fact};
use dialects::notify::{self, Effect};
use domain::{
    Timestamp,
    device::Device,
    ids::DeviceId,
    rollout::{Member, Observations, Phase, Registered, Seen, Standing, State, Status, Why},
    time::{HOUR, SECOND},
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use storage::{
    Tx,
    registration::{self, Users},
    rollout::Rollout,
};

/// Phones that one look asks about at most.
const MOST_ASKED: usize = 200;
/// No look asks for longer than this: other jobs wait for it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Phones of a wave that are asked about before it begins; of the others, having been served lately counts.
const MOST_AT_BEGINNING: usize = 2_000;
/// A phone whose registration is waited for is asked about again after this.
const AGAIN: i64 = 30 * SECOND;
/// What was said of a phone is good for this long before its wave begins, and forgotten then.
const GOOD: i64 = HOUR;

type Said = HashMap<DeviceId, (Timestamp, Registered)>;

/// What this node was told lately. Another node, and this one after a restart, asks for itself.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Said>);

impl Answers {
    fn open(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Call control, if phones can be reached through it.
pub(super) fn platform(services: &Services) -> Option<&dyn CallControl> {
    services.call_control().filter(|platform| platform.reaches_phones())
}

/// As whom the phones that matter now register; nobody, where nobody could be asked. One statement.
pub(super) async fn users(services: &Services, tx: &mut Tx, rollout: &Rollout) -> Result<Users> {
    if platform(services).is_none() {
        return Ok(Users::new());
    }
    Ok(match rollout.status {
        Status::Running => registration::of_rollout(tx, rollout.id, rollout.wave).await?,
        Status::Returning | Status::Aborting => registration::of_reached(tx, rollout.id).await?,
        Status::Preparing | Status::Paused(_) | Status::Finished | Status::Aborted => Users::new(),
    })
}

/// Adds what call control says to what is seen here.
pub(super) async fn ask(
    services: &Services,
    state: &State,
    seen: &mut Observations,
    users: &Users,
    now: Timestamp,
) {
    let Some(platform) = platform(services).filter(|_| !users.is_empty()) else { return };
    if let Fact::Known(calls) = platform.calls().await {
        in_calls(&calls, seen, users);
    }
    if state.status != Status::Running {
        return;
    }
    let wanted = wanted(state, seen, users);
    // Who could not be asked yet will be, unless nobody answers.
    let mut otherwise = Registered::Unasked;
    let began = Instant::now();
    let due = due(&mut services.0.registrations.open(), &wanted, now);
    for device in due {
        let Some(users) = users.get(&device).filter(|_| began.elapsed() < PATIENCE) else { break };
        let said = registered(platform, users).await;
        services.0.registrations.open().insert(device, (now, said));
        if said == Registered::Unanswered {
            otherwise = said;
            break;
        }
    }
    let answers = services.0.registrations.open();
    for (device, _) in wanted {
        if let Some(seen) = seen.devices.get_mut(&device) {
            seen.registered = answers.get(&device).map_or(otherwise, |(_, said)| *said);
        }
    }
}

fn in_calls(calls: &Calls, seen: &mut Observations, users: &Users) {
    for (device, users) in users {
        if let Some(seen) = seen.devices.get_mut(device) {
            seen.in_call = users.iter().any(|user| calls.has(user));
        }
    }
}

/// Phones of which the next step has to know where they are registered, each with how long an answer is good.
fn wanted(state: &State, seen: &Observations, users: &Users) -> Vec<(DeviceId, i64)> {
    let wants = |member: &Member, seen: &Seen| match member.phase {
        Phase::Waiting => (state.begun.is_none() && seen.standing == Standing::Active).then_some(GOOD),
        Phase::Released { at: since } | Phase::Failed { why: Why::Silent, since } => {
            seen.fetched.filter(|at| *at > since).map(|_| AGAIN)
        }
        Phase::Deferred | Phase::Fetched { .. } | Phase::Failed { why: Why::Unconfirmed, .. } => Some(AGAIN),
        _ => None,
    };
    let mut waiting = 0;
    let all = state.members.iter().filter_map(|member| {
        let good = wants(member, seen.devices.get(&member.device)?)?;
        waiting += usize::from(member.phase == Phase::Waiting);
        let asked = users.contains_key(&member.device) && waiting <= MOST_AT_BEGINNING;
        asked.then_some((member.device, good))
    });
    all.collect()
}

/// Whom to ask about now: who was never asked about first, then the oldest answers.
fn due(answers: &mut Said, wanted: &[(DeviceId, i64)], now: Timestamp) -> Vec<DeviceId> {
    answers.retain(|_, (at, _)| *at > now.plus(-GOOD));
    let asked = |(device, good): &(DeviceId, i64)| match answers.get(device) {
        None => Some((None, *device)),
        Some((at, said)) => {
            let good = if *said == Registered::Unanswered { AGAIN } else { *good };
            (now >= at.plus(good)).then_some((Some(*at), *device))
        }
    };
    let mut due: Vec<_> = wanted.iter().filter_map(asked).collect();
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().take(MOST_ASKED).map(|(_, device)| device).collect()
}

/// When a phone last registered, as any of its users.
async fn registered(platform: &dyn CallControl, users: &[String]) -> Registered {
    let mut last = None;
    for user in users {
        match platform.registrations(user).await {
            Fact::Known(all) => last = last.max(all.into_iter().map(|one| one.renewed).max()),
            Fact::NotModelled => return Registered::Unknown,
            Fact::Unknown(why) => {
                tracing::warn!(user, why, "where it is registered could not be asked");
                return Registered::Unanswered;
            }
        }
    }
    last.map_or(Registered::Nowhere, |seconds| Registered::At(Timestamp(seconds.saturating_mul(SECOND))))
}

/// Lets a phone know, once this act is committed, that there is something to fetch: if it is registered, and its
/// vendor's phones heed that. Others fetch by themselves.
pub(super) async fn wake(services: &Services, act: &mut Act<'_>, device: &Device) -> Result<()> {
    let (Some(_), Some(event)) = (platform(services), notify::event(device.vendor, &device.model)) else {
        return Ok(());
    };
    let users = registration::of_device(&mut act.tx, device.id).await?;
    let Some(user) = users.first() else { return Ok(()) };
    let restarts = event.effect == Effect::Restarts;
    let work = json!({ "user": user, "users": users, "event": event.header, "restarts": restarts });
    act.effect("call_control.wake", &work).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

    fn device(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    #[test]
    fn who_was_never_asked_about_comes_first_and_no_answer_is_asked_for_twice_at_once() {
        let mut answers = Said::from([
            (device(1), (NOW.plus(-AGAIN), Registered::Nowhere)),
            (device(2), (NOW.plus(-AGAIN + 1), Registered::Nowhere)),
            (device(3), (NOW.plus(-2 * AGAIN), Registered::At(NOW))),
            (device(5), (NOW.plus(-AGAIN), Registered::Unanswered)),
            (device(6), (NOW.plus(-AGAIN), Registered::Nowhere)),
            (device(9), (NOW.plus(-GOOD), Registered::Nowhere)),
        ]);
        let mut wanted: Vec<_> = [1, 2, 3, 4].into_iter().map(|n| (device(n), AGAIN)).collect();
        wanted.extend([(device(5), GOOD), (device(6), GOOD)]);
        let order = [device(4), device(3), device(1), device(5)];
        assert_eq!(due(&mut answers, &wanted, NOW), order);
        assert!(!answers.contains_key(&device(9)), "what is too old is forgotten");
        let crowd: Vec<_> = (10..1_000).map(|n| (device(n), AGAIN)).collect();
        assert_eq!(due(&mut answers, &crowd, NOW).len(), MOST_ASKED);
    }
}
