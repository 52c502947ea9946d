//! Profiles of extensions: what becomes of calls, as people say it.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason, routes,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    profile::{CallerId, Typed, circle::Node},
};
use storage::{Tx, person, profile, profile::Stored, site};

/// The profile of an extension, if somebody has given it one.
pub async fn view(services: &Services, op: &Operation, extension: &str) -> Result<Option<Stored>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    match person::extension_by_number(&mut tx, extension.trim()).await? {
        Some(found) => Ok(profile::of(&mut tx, found.id).await?),
        None => Ok(None),
    }
}

/// Gives an extension a profile. Whatever is as it was is no write.
pub async fn set(
    services: &Services,
    op: &Operation,
    extension: &str,
    input: &Typed,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let profile = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let found = person::extension_by_number(&mut act.tx, extension.trim()).await?;
    let found = found.ok_or_else(|| Problem::not_found("extension"))?;
    let before = profile::of(&mut act.tx, found.id).await?;
    if before.as_ref().is_some_and(|before| before.profile == profile) {
        return Ok(());
    }
    let after = Stored {
        extension: found.id,
        number: found.number.clone(),
        profile,
        changed_at: op.now,
        changed_by: op.actor.name.clone(),
    };
    check(&mut act.tx, &after).await?;
    profile::save(&mut act.tx, &after).await?;
    act.note(Note {
        action: "profile.set",
        subject: format!("extension {}", found.number),
        site: Some(found.site),
        before: before.map(|before| before.profile.describe()),
        after: Some(after.profile.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await
}

/// Whether everything that a profile names exists, and no call goes round in a circle.
async fn check(tx: &mut Tx, stored: &Stored) -> Result<()> {
    let profile = &stored.profile;
    let mut routes = routes::load(tx).await?;
    routes.profiles.insert(stored.number.clone(), profile.clone());
    let mut findings: Vec<_> =
        routes::schedule_exists(tx, profile.schedule.as_ref()).await?.into_iter().collect();
    if let CallerId::As(did) = &profile.caller_id {
        let ranges = site::ranges_with_site(tx).await?;
        let number = domain::number::Number::Did(did.clone());
        // Callees call back what they see: it has to be ours, whatever the site.
        if domain::number::range::owner(&number, &ranges).is_none() {
            findings.push(Finding::new(Code::NumberOutside, "caller_id").detail(format!("It is `{did}`.")));
        }
    }
    let to = profile.forwards.all().chain(profile.closed.as_ref().map(|to| ("closed", to)));
    findings.extend(routes::exist(tx, &mut routes, to).await?);
    let field = profile.forwards.all().next().map_or("closed", |(field, _)| field);
    findings.extend(routes::round(&routes, &Node::Extension(stored.number.clone()), field));
    routes::refuse(findings)
}
