//! Giving a number to somebody: an extension to a person or a place, a DID to an extension.

use super::{Found, find};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act as Acting, Note},
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    account::{Extension, Owner},
    authz::{Action, authorise},
    ids::{ExtensionId, SiteId},
    number::{
        Number,
        range::owned,
        state::{Act, step},
    },
    package::OwnerKey,
};
use storage::{
    Tx, line,
    number::{self, Record},
    person, site,
};
use uuid::Uuid;

/// Gives a number to `to`: `person:REF` or `place:CODE` of its site for an extension, an extension for a DID.
pub async fn assign(services: &Services, op: &Operation, text: &str, to: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut acting = Acting::begin(services, op).await?;
    let found = find(&mut acting.tx, text).await?;
    let before = found.record.state.clone().at(op.now);
    let ranges = site::ranges_with_site(&mut acting.tx).await?;
    let foreign = owned(&found.number, found.record.site, &ranges);
    // All that is wrong, not the first of it.
    let wrong = step(&found.number, before.clone(), Act::Assign, op.now).err();
    let wrong: Vec<_> = wrong.into_iter().chain(foreign).collect();
    if !wrong.is_empty() {
        return Err(Problem::blocked(wrong));
    }
    let (extension, holder) = match &found.number {
        Number::Extension(_) => to_owner(services, &mut acting.tx, &found, to).await?,
        Number::Did(_) => to_extension(&mut acting.tx, &found, to).await?,
    };
    let taken = Taken { number: &found.number, extension: extension.id, site: extension.site };
    let id = services.0.env.id();
    take(&mut acting.tx, id, &taken, extension.owner, op.now, &op.actor.name).await?;
    acting.bump(extension.site.0);
    acting.note(Note {
        action: "number.assign",
        subject: found.number.to_string(),
        site: Some(extension.site),
        before: Some(before.describe()),
        after: Some(format!("assigned to {holder}")),
        reason: why.to_owned(),
        ..Note::default()
    });
    acting.commit().await
}

fn unknown(subject: &str, detail: String) -> Problem {
    Finding::new(Code::OwnerUnknown, subject).detail(detail).into()
}

/// The extension with its new owner; one that nobody has had yet is made.
async fn to_owner(services: &Services, tx: &mut Tx, found: &Found, to: &str) -> Result<(Extension, String)> {
    let site = found.record.site;
    let key = OwnerKey::parse(to).ok_or_else(|| unknown("to", format!("It is `{}`.", to.trim())))?;
    let (owner, name) = match &key {
        OwnerKey::Person(reference) => {
            let person = person::by_reference(tx, reference).await?;
            let person = person.ok_or_else(|| unknown("to", format!("There is no person `{reference}`.")))?;
            if person.site != site {
                return Err(unknown("to", format!("`{reference}` belongs to another site.")));
            }
            (Owner::Person(person.id), person.name)
        }
        OwnerKey::Place(code) => {
            let place = site::places(tx).await?.into_iter().find(|p| p.site == site && p.code == *code);
            let place = place.ok_or_else(|| unknown("to", format!("The site has no place `{code}`.")))?;
            (Owner::Place(place.id), place.room)
        }
    };
    let Number::Extension(number) = &found.number else { return Err(Problem::not_found("extension")) };
    let holder = format!("{name} ({key})");
    if let Some(vacant) = &found.extension {
        let extension = Extension { owner: Some(owner), enabled: true, display_name: name, ..vacant.clone() };
        person::set_owner(tx, &extension).await?;
        return Ok((extension, holder));
    }
    let extension = Extension {
        id: ExtensionId(services.0.env.id()),
        site,
        number: number.clone(),
        did: None,
        owner: Some(owner),
        enabled: true,
        class_of_service: String::new(),
        display_name: name,
    };
    person::insert_extension(tx, &extension).await?;
    Ok((extension, holder))
}

/// The extension that a DID is to lead to. One in service is left alone: its number would change without an approval.
async fn to_extension(tx: &mut Tx, found: &Found, to: &str) -> Result<(Extension, String)> {
    let extension = person::extension_by_number(tx, to.trim()).await?;
    let extension = extension.ok_or_else(|| {
        let detail = format!("There is no extension `{}`.", to.trim());
        Problem::from(Finding::new(Code::ExtensionUnknown, "to").detail(detail))
    })?;
    if extension.site != found.record.site {
        let detail = format!("`{}` belongs to another site.", extension.number);
        return Err(Finding::new(Code::ExtensionForeign, "to").detail(detail).into());
    }
    if let Some(did) = &extension.did {
        let detail = format!("Extension {} has {did}; release that first.", extension.number);
        return Err(Finding::new(Code::NumberDuplicate, "to").detail(detail).into());
    }
    if let Some(stands) = line::of_extension(tx, extension.id).await?.first() {
        let detail = format!(
            "Extension {} stands on line key {} of {} {} {}; another number on it is for a change request.",
            extension.number, stands.position, stands.vendor, stands.model, stands.mac
        );
        return Err(Finding::new(Code::NumberInService, "to").detail(detail).into());
    }
    let Number::Did(did) = &found.number else { return Err(Problem::not_found("number")) };
    person::set_did(tx, extension.id, Some(did)).await?;
    let holder = format!("extension {}", extension.number);
    Ok((extension, holder))
}

/// A number that an extension takes.
pub(crate) struct Taken<'a> {
    /// Which number.
    pub(crate) number: &'a Number,
    /// Which extension.
    pub(crate) extension: ExtensionId,
    /// The site of both.
    pub(crate) site: SiteId,
}

/// Records that a number is somebody's from now on; refused when its state does not allow it.
pub(crate) async fn take(
    tx: &mut Tx,
    id: Uuid,
    taken: &Taken<'_>,
    owner: Option<Owner>,
    now: Timestamp,
    by: &str,
) -> Result<()> {
    let before = number::record(tx, taken.number).await?.map(|record| record.state);
    let state = step(taken.number, before.unwrap_or(domain::number::State::Available), Act::Assign, now)?;
    let record = Record {
        number: taken.number.clone(),
        site: taken.site,
        state,
        changed_at: Some(now),
        changed_by: by.to_owned(),
    };
    number::save(tx, &record).await?;
    number::hold(tx, id, taken.number, taken.extension, owner, now).await?;
    Ok(())
}
