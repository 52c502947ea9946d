//! What the acts about tokens are made of: a new one, the next state of one, another credential, and a note of it.

use crate::{
    Problem, Result, Services,
    act::{Act, Note},
    imports,
};
use domain::{
    Code, Timestamp,
    enrolment::{Enrolment, Kind, State, TypedCode},
    ids::{EnrolmentId, SecretId},
};
use storage::{
    device::Stored,
    enrolment::{self, Kept},
    secret,
};

/// A new token of a device. A credential that an earlier one delivered to nobody knows whom is replaced.
pub(super) async fn issue(
    services: &Services,
    act: &mut Act<'_>,
    stored: &Stored,
    kind: Kind,
    state: State,
) -> Result<Enrolment> {
    let before = enrolment::of_device(&mut act.tx, stored.device.id).await?;
    // Newer by the clock of the record, even when two are made in one moment or the clock was set back.
    let made = before.iter().map(|t| t.made.plus(1)).fold(act.now, Timestamp::max);
    let delivered = before.iter().any(|t| t.state.delivered());
    for mut token in before.into_iter().filter(|t| t.kind == kind && t.state.is_open()) {
        let next = token.state.clone().at(act.now);
        let next = if next.is_open() { State::Revoked { at: act.now } } else { next };
        move_on(act, &mut token, next).await?;
    }
    if delivered {
        rotate(services, act, stored).await?;
    }
    let id = EnrolmentId(services.0.env.id());
    let token = Enrolment { id, device: stored.device.id, kind, state, clashed: None, made };
    let kept = match kind {
        Kind::Code => Some(fresh_code(services, act, id).await?),
        Kind::SignedAddress => None,
    };
    enrolment::insert(&mut act.tx, &token, kept).await?;
    Ok(token)
}

/// A code that no device has or had.
async fn fresh_code(services: &Services, act: &mut Act<'_>, id: EnrolmentId) -> Result<Kept> {
    // With a million codes in the table one in a thousand is taken; four in a row are somebody's work.
    for _ in 0..4 {
        let code = TypedCode::from_random(u64::from_le_bytes(services.0.env.bytes()));
        let lookup = services.0.keys.enrolment.lookup(&code);
        if enrolment::by_lookup(&mut act.tx, &lookup).await?.is_none() {
            let sealed = imports::seal(services, SecretId(id.0), code.digits())?;
            return Ok(Kept { lookup, sealed });
        }
    }
    Err(Problem::invalid(Code::StorageConflict, "code"))
}

/// Saves a token's next state; returns the one before.
pub(super) async fn move_on(act: &mut Act<'_>, token: &mut Enrolment, next: State) -> Result<State> {
    let before = std::mem::replace(&mut token.state, next);
    if enrolment::save(&mut act.tx, token, &before).await? {
        Ok(before)
    } else {
        Err(Problem::invalid(Code::StorageConflict, "enrolment"))
    }
}

/// Takes back what is open, on the way to something else.
pub(super) async fn end_open(act: &mut Act<'_>, stored: &Stored, reason: &str) -> Result<()> {
    for mut token in enrolment::of_device(&mut act.tx, stored.device.id).await? {
        if token.state.is_open() {
            let next = token.state.clone().at(act.now);
            let next = if next.is_open() { State::Revoked { at: act.now } } else { next };
            let before = move_on(act, &mut token, next).await?;
            noted(act, stored, "enrolment.revoke", Some(&before), &token, reason);
        }
    }
    Ok(())
}

/// Gives a device another credential: the old one is dead with this act, in every memory, because the generation of
/// the device moves on.
pub(super) async fn rotate(services: &Services, act: &mut Act<'_>, stored: &Stored) -> Result<()> {
    let sealed = imports::seal(services, stored.digest_secret, &services.0.env.password())?;
    let now = act.now;
    secret::insert(&mut act.tx, stored.digest_secret, sealed, now).await?;
    for mut token in enrolment::of_device(&mut act.tx, stored.device.id).await? {
        let next = token.state.clone().disarmed();
        if next != token.state {
            move_on(act, &mut token, next).await?;
        }
    }
    act.bump(stored.device.id.0);
    Ok(())
}

pub(super) fn noted(
    act: &mut Act<'_>,
    stored: &Stored,
    action: &str,
    before: Option<&State>,
    token: &Enrolment,
    reason: &str,
) {
    let words = |state: &State| format!("{}: {}", token.kind.title(), describe(state));
    act.note(Note {
        action,
        subject: stored.name(),
        site: Some(stored.device.site),
        device: Some(stored.device.id),
        before: before.map(words),
        after: Some(words(&token.state)),
        reason: reason.to_owned(),
    });
}

/// A state in words; never the token.
pub(super) fn describe(state: &State) -> String {
    let word = state.word().replace('-', " ");
    match state {
        State::Waiting { until } => format!("{word} until {until}"),
        State::InSession { by, .. } => format!("{word} with {by}"),
        _ => word,
    }
}
