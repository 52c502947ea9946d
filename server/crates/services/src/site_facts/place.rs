//! Places of a site: where phones stand, and what an ambulance needs to know.

use super::{code, text};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::site_of,
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise_at},
    ids::PlaceId,
    number::Did,
    site::Place,
};
use storage::site;

/// A place as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct PlaceInput {
    /// Its code within the site.
    pub code: String,
    /// Building.
    pub building: String,
    /// Floor.
    pub floor: String,
    /// Room or area.
    pub room: String,
    /// The dispatchable address.
    pub emergency_location: String,
    /// Number under which emergency services call back, in E.164.
    pub callback_number: String,
    /// Who answers for the place, or empty.
    pub contact: String,
}

fn read_place(input: &PlaceInput) -> Result<PlaceInput> {
    let mut findings = Vec::new();
    let mut need = |field: &str, typed: &str, code| text(&mut findings, field, typed, code);
    let missing = Some(Code::FieldMissing);
    let read = PlaceInput {
        building: need("building", &input.building, missing),
        floor: need("floor", &input.floor, missing),
        room: need("room", &input.room, missing),
        emergency_location: need(
            "emergency_location",
            &input.emergency_location,
            Some(Code::EmergencyMissing),
        ),
        callback_number: need("callback_number", &input.callback_number, Some(Code::EmergencyMissing)),
        contact: need("contact", &input.contact, None),
        code: String::new(),
    };
    let code = code(&mut findings, &input.code);
    let mut callback_number = read.callback_number.clone();
    if !callback_number.is_empty() {
        if let Ok(did) = Did::parse(&callback_number) {
            callback_number = did.to_string();
        } else {
            let detail = format!("It is `{callback_number}`.");
            findings.push(Finding::new(Code::NumberInvalid, "callback_number").detail(detail));
        }
    }
    if findings.is_empty() {
        Ok(PlaceInput { code, callback_number, ..read })
    } else {
        Err(Problem::blocked(findings))
    }
}

fn place_said(place: &Place) -> String {
    let p = place;
    let contact = if p.contact.is_empty() { "none" } else { &p.contact };
    format!(
        "{}, {}, {}; emergency location: {}; callback: {}; contact: {contact}",
        p.building, p.floor, p.room, p.emergency_location, p.callback_number
    )
}

/// Adds a place, or changes the one of this code. Emergency location and callback number are never empty.
pub async fn put_place(
    services: &Services,
    op: &Operation,
    site: &str,
    input: &PlaceInput,
    why: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::EditSite, site)?;
    let why = reason::within(why, 200)?;
    let read = read_place(input)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, site).await?;
    let all = site::places(&mut act.tx).await?;
    let before = all.into_iter().find(|p| p.site == site.id && p.code == read.code);
    let after = Place {
        id: before.as_ref().map_or_else(|| PlaceId(services.0.env.id()), |p| p.id),
        site: site.id,
        code: read.code,
        building: read.building,
        floor: read.floor,
        room: read.room,
        emergency_location: read.emergency_location,
        callback_number: read.callback_number,
        contact: read.contact,
    };
    match &before {
        Some(_) => site::update_place(&mut act.tx, &after).await?,
        None => site::insert_place(&mut act.tx, &after).await?,
    }
    act.note(Note {
        action: "place.edit",
        subject: format!("{}/{}", site.code, after.code),
        site: Some(site.id),
        before: before.as_ref().map(place_said),
        after: Some(place_said(&after)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.bump(site.id.0);
    act.commit().await
}
