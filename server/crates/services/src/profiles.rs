//! Profiles of extensions: what becomes of calls, as people say it.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, facts, planning,
    publish::{self, Publication},
    reason, routes,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    change_request::{Route, profile_reroutes},
    ids::RevisionId,
    number::ExtensionNumber,
    profile::{
        CallerId, Profile, Typed,
        circle::{Node, Routes},
    },
    revision::LineFacts,
};
use std::collections::BTreeSet;
use storage::{Tx, device, line, person, profile, profile::Stored, revision, site};

/// The profile of an extension, if somebody has given it one.
pub async fn view(services: &Services, op: &Operation, extension: &str) -> Result<Option<Stored>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    match person::extension_by_number(&mut tx, extension.trim()).await? {
        Some(found) => Ok(profile::of(&mut tx, found.id).await?),
        None => Ok(None),
    }
}

/// Gives an extension a profile. Whatever is as it was is no write; what leads calls elsewhere is asked for, and the number
/// of the draft returned.
pub async fn set(
    services: &Services,
    op: &Operation,
    extension: &str,
    input: &Typed,
    why: &str,
) -> Result<Option<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let profile = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let found = person::extension_by_number(&mut act.tx, extension.trim()).await?;
    let found = found.ok_or_else(|| Problem::not_found("extension"))?;
    let before = profile::of(&mut act.tx, found.id).await?.map(|stored| stored.profile);
    if before.as_ref() == Some(&profile) {
        return Ok(None);
    }
    let mut known = routes::load(&mut act.tx).await?;
    routes::refuse(wrong(&mut act.tx, &mut known, &found.number, &profile).await?)?;
    if profile_reroutes(before.as_ref(), &profile).is_empty() {
        put(&mut act, &found.number, profile, &op.actor.name, why).await?;
        act.commit().await?;
        return Ok(None);
    }
    let site = site::by_id(&mut act.tx, found.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
    let route = Route::Profile { extension: found.number, site, profile: Box::new(profile) };
    let number = change_requests::reroute(&mut act, services, op, vec![route], why).await?;
    act.commit().await?;
    Ok(Some(number))
}

/// One field of the profile of each of these extensions made another, for a change request; what says it already is left
/// out.
pub(crate) async fn giving(
    tx: &mut Tx,
    extensions: &BTreeSet<String>,
    field: &str,
    value: &str,
) -> Result<Vec<Route>> {
    let (mut routes, mut findings) = (vec![], vec![]);
    for number in extensions {
        let found = person::extension_by_number(tx, number).await?;
        let found = found.ok_or_else(|| Problem::not_found("extension"))?;
        let before = profile::of(tx, found.id).await?.map(|stored| stored.profile);
        let mut typed = before.as_ref().map(Typed::from).unwrap_or_default();
        let text = typed.field(field.trim());
        let text = text.ok_or_else(|| Problem::invalid(Code::StateInvalid, "field"))?;
        value.trim().clone_into(text);
        if field == "forward_no_answer" && value.trim().is_empty() {
            typed.seconds.clear();
        }
        match typed.read() {
            Ok(profile) if before.as_ref() == Some(&profile) => {}
            Ok(profile) => {
                let site = site::by_id(tx, found.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
                routes.push(Route::Profile { extension: found.number, site, profile: Box::new(profile) });
            }
            Err(wrong) => findings.extend(
                wrong
                    .into_iter()
                    .map(|f| Finding { subject: format!("extension {number}: {}", f.subject), ..f }),
            ),
        }
    }
    if findings.is_empty() { Ok(routes) } else { Err(Problem::blocked(findings)) }
}

/// Gives an extension a profile, in an act: `by` says so.
pub(crate) async fn put(
    act: &mut Act<'_>,
    extension: &ExtensionNumber,
    profile: Profile,
    by: &str,
    why: &str,
) -> Result<()> {
    let found = person::extension_by_number(&mut act.tx, extension.as_ref()).await?;
    let found = found.ok_or_else(|| Problem::not_found("extension"))?;
    let before = profile::of(&mut act.tx, found.id).await?;
    let after = Stored {
        extension: found.id,
        number: found.number.clone(),
        profile,
        changed_at: act.now,
        changed_by: by.to_owned(),
    };
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
    Ok(())
}

/// Publishes the phones again on which an extension stands, where their files do not say what its profile says of sharing.
pub(crate) async fn republish(act: &mut Act<'_>, extension: &ExtensionNumber, change: &str) -> Result<()> {
    for holder in line::of_number(&mut act.tx, extension.as_ref()).await? {
        let Some(stored) = device::by_id(&mut act.tx, holder.device).await? else { continue };
        let loaded = facts::load(&mut act.tx, stored).await?;
        let Some(current) = planning::current(&mut act.tx, &loaded).await? else { continue };
        let lines: Vec<_> = loaded.lines.iter().map(planning::standing_line).collect();
        let said = |lines: &[LineFacts]| lines.iter().any(|line| line.line == holder.line && line.shared);
        if said(&current.revision.lines) == said(&lines) {
            continue;
        }
        let (kind, before) = (current.revision.kind, current.revision.number);
        let prepared = publish::prepare(&mut act.tx, &loaded.stored, kind, lines).await?;
        let number = revision::last_number(&mut act.tx, holder.device).await? + 1;
        let approver = current.approver.as_deref();
        let as_ = Publication { id: RevisionId(act.id()), number, change, approver, at: act.now };
        publish::publish(&mut act.tx, &loaded.stored, prepared, as_).await?;
        act.bump(holder.device.0);
        act.note(Note {
            action: "profile.publish",
            subject: loaded.name(),
            site: Some(loaded.site.id),
            device: Some(holder.device),
            before: Some(format!("revision {before}")),
            after: Some(format!("revision {number}, the same lines")),
            reason: format!("{change}: whether extension {extension} is shared"),
        });
    }
    Ok(())
}

/// Whether everything that a profile names exists, and no call goes round in a circle, among the ways that are `known`.
pub(crate) async fn wrong(
    tx: &mut Tx,
    known: &mut Routes,
    extension: &ExtensionNumber,
    profile: &Profile,
) -> Result<Vec<Finding>> {
    known.profiles.insert(extension.clone(), profile.clone());
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
    let stands = line::of_number(tx, extension.as_ref()).await?;
    if !profile.shared && stands.len() > 1 {
        let on: Vec<_> = stands.into_iter().map(|holder| holder.name).collect();
        let detail = format!("It stands on {}: revoke it on all but one first.", on.join(", "));
        findings.push(Finding::new(Code::ExtensionTaken, "shared").detail(detail));
    }
    let to = profile.forwards.all().chain(profile.closed.as_ref().map(|to| ("closed", to)));
    findings.extend(routes::exist(tx, known, to).await?);
    let field = profile.forwards.all().next().map_or("closed", |(field, _)| field);
    findings.extend(routes::round(known, &Node::Extension(extension.clone()), field));
    Ok(findings)
}
