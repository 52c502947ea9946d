//! What phones do to tokens: the program's own acts. The edge asks; nothing here knows what a request looks like.

use super::{
    change::{describe, move_on, noted},
    token::Presented,
};
use crate::{
    Result, Services,
    act::{Act, Note},
    exceptions::{self, Opening},
};
use domain::{
    Code, Finding, Mac,
    enrolment::{Enrolment, Fingerprint, Use, use_token},
    exception::Kind as CaseKind,
    ids::DeviceId,
    policy::Weight,
    time::MINUTE,
};
use storage::{
    device::{self, Stored},
    enrolment, secret,
};
use uuid::Uuid;

/// The token that was shown, and whose it is. As many queries for one that nobody has.
pub(crate) async fn find(services: &Services, shown: &Presented) -> Result<Option<(Enrolment, Stored)>> {
    let mut tx = services.0.store.read().await?;
    let token = match shown {
        Presented::Code(code) => {
            enrolment::by_lookup(&mut tx, &services.0.keys.enrolment.lookup(code)).await?
        }
        Presented::Address(id) => enrolment::by_id(&mut tx, *id).await?,
    };
    let id = token.as_ref().map_or(DeviceId(Uuid::nil()), |token| token.device);
    let stored = device::by_id(&mut tx, id).await?;
    Ok(token.zip(stored))
}

/// Uses a token. A first use is durable before anything is delivered: of two that come at once, one is first.
pub(crate) async fn use_once(
    services: &Services,
    token: &Enrolment,
    stored: &Stored,
    by: &Fingerprint,
) -> Result<Use> {
    let name = stored.name();
    let seen = use_token(&token.state, &name, by, services.now());
    let told = token.clashed.is_some_and(|at| services.now() < at.plus(MINUTE));
    // Whoever goes on trying is on record each time, and joins the case once a minute.
    if matches!(seen, Use::DeliverAgain | Use::Refuse(_)) || (told && matches!(seen, Use::Clash(_))) {
        return Ok(seen);
    }
    let mut act = Act::begin_program(services).await?;
    let Some(mut token) = enrolment::by_id(&mut act.tx, token.id).await? else { return Ok(seen) };
    let decided = use_token(&token.state, &name, by, act.now);
    match &decided {
        Use::Deliver(next) => {
            let before = move_on(&mut act, &mut token, next.clone()).await?;
            noted(&mut act, stored, "enrolment.begin", Some(&before), &token, "");
            // What the edge remembers of the device does not know of the session.
            act.bump(stored.device.id.0);
            act.commit().await?;
        }
        Use::Clash(finding) => {
            token.clashed = Some(act.now);
            let same = token.state.clone();
            move_on(&mut act, &mut token, same).await?;
            open_case(services, &mut act, stored, finding).await?;
            act.commit().await?;
        }
        Use::DeliverAgain | Use::Refuse(_) => {}
    }
    Ok(decided)
}

/// Somebody used a device's token and asked for another device's file. It opens a case and changes nothing else: a
/// token is knowledge on paper, and two lines of a list that were swapped must not take two phones out of service
/// (invariant 7: only a verified proof does).
pub(crate) async fn mismatch(services: &Services, stored: &Stored, claimed: Mac) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let finding = mismatched(stored, claimed);
    open_case(services, &mut act, stored, &finding).await?;
    act.commit().await
}

/// What is wrong when a token and a file name are of two devices.
pub(crate) fn mismatched(stored: &Stored, claimed: Mac) -> Finding {
    Finding::new(Code::EnrolmentMismatch, stored.name()).detail(format!("Asked for {claimed}."))
}

async fn open_case(services: &Services, act: &mut Act<'_>, stored: &Stored, finding: &Finding) -> Result<()> {
    let detail = format!("{} {}", finding.code.says(), finding.detail);
    let opening = Opening::of_device(CaseKind::Enrolment, Weight::High, &stored.device, detail);
    exceptions::open(services, act, &opening).await?;
    Ok(())
}

/// A device has used this version of its credential: it is enrolled, and every token that could still deliver it dies.
pub(crate) async fn credential_used(
    services: &Services,
    stored: &Stored,
    version: Option<u32>,
) -> Result<()> {
    services.0.edge.forget(&stored.digest_user).await;
    let mut act = Act::begin_program(services).await?;
    let current = secret::current(&mut act.tx, stored.digest_secret).await?.map(|(version, _)| version);
    if current != version {
        // It was replaced while the edge still remembered it: whoever holds the old one ends nothing.
        return Ok(());
    }
    let mut changed = false;
    for mut token in enrolment::of_device(&mut act.tx, stored.device.id).await? {
        let now = token.state.clone().at(act.now);
        let next = now.credential_used(act.now).unwrap_or(now);
        if next != token.state {
            changed = true;
            let before = move_on(&mut act, &mut token, next).await?;
            noted(&mut act, stored, "enrolment.use", Some(&before), &token, "The credential was used.");
        }
    }
    if changed {
        act.bump(stored.device.id.0);
        act.commit().await?;
        // Somebody may have read it meanwhile, as it was.
        services.0.edge.forget(&stored.digest_user).await;
    }
    Ok(())
}

/// Marks tokens whose time has passed, so that their codes are forgotten. Nothing depends on when this runs.
pub(crate) async fn sweep(services: &Services) -> Result<()> {
    let now = services.now();
    if enrolment::lapsed(&mut services.0.store.read().await?, now).await?.is_empty() {
        return Ok(());
    }
    let mut act = Act::begin_program(services).await?;
    for mut token in enrolment::lapsed(&mut act.tx, now).await? {
        let next = token.state.clone().at(now);
        let before = move_on(&mut act, &mut token, next).await?;
        let stored = device::by_id(&mut act.tx, token.device).await?;
        act.note(Note {
            action: "enrolment.expire",
            subject: stored.as_ref().map(Stored::name).unwrap_or_default(),
            site: stored.as_ref().map(|s| s.device.site),
            device: Some(token.device),
            before: Some(describe(&before)),
            after: Some(describe(&token.state)),
            ..Note::default()
        });
    }
    act.commit().await
}
