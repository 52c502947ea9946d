//! A site's own facts: name and time zone, voice segments, places. Edited with a reason, before and after in the record.
//!
//! What phones would get differently is a change that somebody approves: here it can be edited while no phone is there.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::site_of,
    publish, reason, rollouts,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    ids::{LayerId, PlaceId, SegmentId},
    layer::{Layer, Level, Origin},
    number::Did,
    package::ZONES,
    setting::{Path, Value},
    site::{Place, Segment, Site, network, overlaps},
};
use std::collections::BTreeMap;
use storage::{Tx, layer, site};

/// A site's own facts, for the page on which they are edited.
#[derive(Clone, Debug)]
pub struct FactsView {
    /// The site.
    pub site: Site,
    /// Its segments.
    pub segments: Vec<Segment>,
    /// Its places.
    pub places: Vec<Place>,
}

/// A segment as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct SegmentInput {
    /// Its code within the site.
    pub code: String,
    /// Its network.
    pub cidr: String,
    /// Voice VLAN, or empty.
    pub vlan: String,
    /// Time server, or empty.
    pub ntp: String,
}

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

/// A site's own facts. Three queries.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<FactsView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let found = site_of(&mut tx, code).await?;
    let segments = site::segments(&mut tx).await?.into_iter().filter(|s| s.site == found.id).collect();
    let places = site::places(&mut tx).await?.into_iter().filter(|p| p.site == found.id).collect();
    Ok(FactsView { site: found, segments, places })
}

/// Texts of a form: each is at most 200 characters on one line; what is wrong goes to `findings`.
fn text(findings: &mut Vec<Finding>, field: &str, text: &str, empty: Option<Code>) -> String {
    let text = text.trim();
    if text.chars().count() > domain::package::MAX_FIELD || text.chars().any(char::is_control) {
        findings.push(Finding::new(Code::FieldTooLong, field));
    }
    if text.is_empty() {
        findings.extend(empty.map(|code| Finding::new(code, field)));
    }
    text.to_owned()
}

/// A code stands in addresses: letters, digits, hyphens, dots and underscores.
fn code(findings: &mut Vec<Finding>, typed: &str) -> String {
    let code = text(findings, "code", typed, Some(Code::FieldMissing));
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if !code.is_empty() && (!code.chars().all(fits) || code.len() > 40) {
        let detail = "Use up to 40 letters, digits, hyphens, dots or underscores.";
        findings.push(Finding::new(Code::FormInvalid, "code").detail(detail));
    }
    code
}

/// Changes a site's name, and its time zone while no phone is there.
pub async fn rename(
    services: &Services,
    op: &Operation,
    code: &str,
    name: &str,
    zone: &str,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::EditSite)?;
    let why = reason::within(why, 200)?;
    let mut findings = Vec::new();
    let name = text(&mut findings, "name", name, Some(Code::FieldMissing));
    let zone = zone.trim();
    if ZONES.binary_search(&zone).is_err() {
        let shown: String = zone.chars().take(50).collect();
        findings.push(Finding::new(Code::ZoneUnknown, "time_zone").detail(format!("It is `{shown}`.")));
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let mut act = Act::begin(services, op).await?;
    let before = site_of(&mut act.tx, code).await?;
    let after = Site { name, time_zone: zone.to_owned(), ..before.clone() };
    let moves = before.time_zone != after.time_zone;
    if moves {
        let phones = site::phones_at(&mut act.tx, before.id).await?;
        unused("time_zone", &format!("site {}", before.code), phones)?;
    }
    site::update(&mut act.tx, &after).await?;
    if moves {
        let settings = vec![("phone.timezone", Some(Value::Text(after.time_zone.clone())))];
        let scope = (Level::Site, after.id.to_string(), after.code.clone());
        republish(&mut act, services, scope, settings).await?;
    }
    act.note(Note {
        action: "site.edit",
        subject: before.code.clone(),
        site: Some(before.id),
        before: Some(format!("{}, {}", before.name, before.time_zone)),
        after: Some(format!("{}, {}", after.name, after.time_zone)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.bump(before.id.0);
    act.commit().await
}

fn unused(field: &str, of: &str, phones: i64) -> Result<()> {
    if phones == 0 {
        return Ok(());
    }
    let detail = format!("{phones} phones belong to {of}.");
    Err(Finding::new(Code::SegmentInUse, field).detail(detail).into())
}

/// Another version of a layer that these facts make, with these settings set or taken out; and the common files.
async fn republish(
    act: &mut Act<'_>,
    services: &Services,
    (level, scope, name): (Level, String, String),
    settings: Vec<(&str, Option<Value>)>,
) -> Result<()> {
    let change = "console".to_owned();
    rollouts::refuse(&mut act.tx, level, &scope).await?;
    let current = layer::current(&mut act.tx, level, &scope).await?;
    let mut layer = current.unwrap_or_else(|| Layer {
        origin: Origin {
            layer: LayerId(services.0.env.id()),
            level,
            name,
            version: 0,
            change: change.clone(),
        },
        settings: [].into(),
        locks: BTreeMap::new(),
    });
    (layer.origin.version, layer.origin.change) = (layer.origin.version + 1, change);
    for (path, value) in settings {
        let Ok(path) = Path::parse(path) else { continue };
        match value {
            Some(value) => _ = layer.settings.insert(path, value),
            None => _ = layer.settings.remove(&path),
        }
    }
    let now = act.now;
    layer::publish(&mut act.tx, &layer, &scope, now).await?;
    publish::common_files(&mut act.tx).await
}

fn read_segment(input: &SegmentInput) -> Result<(String, ipnet::IpNet, Option<u16>, Option<String>)> {
    let mut findings = Vec::new();
    let code = code(&mut findings, &input.code);
    let ntp = Some(text(&mut findings, "ntp", &input.ntp, None)).filter(|ntp| !ntp.is_empty());
    let cidr = network(&input.cidr);
    if cidr.is_none() {
        let shown: String = input.cidr.chars().take(50).collect();
        findings.push(Finding::new(Code::CidrInvalid, "cidr").detail(format!("It is `{shown}`.")));
    }
    let vlan = match input.vlan.trim() {
        "" => None,
        typed => {
            let vlan = typed.parse().ok().filter(|vlan| (1..=4094).contains(vlan));
            if vlan.is_none() {
                findings.push(Finding::new(Code::VlanInvalid, "vlan"));
            }
            vlan
        }
    };
    match cidr {
        Some(cidr) if findings.is_empty() => Ok((code, cidr, vlan, ntp)),
        _ => Err(Problem::blocked(findings)),
    }
}

async fn apart(tx: &mut Tx, segment: &Segment) -> Result<()> {
    let sites = site::list(tx).await?;
    let code = |id| sites.iter().find(|s| s.id == id).map_or_else(String::new, |s| s.code.clone());
    let others: Vec<_> =
        site::segments(tx).await?.into_iter().map(|segment| (segment.clone(), code(segment.site))).collect();
    let found = overlaps(segment, &others);
    if found.is_empty() { Ok(()) } else { Err(Problem::blocked(found)) }
}

fn segment_said(segment: &Segment) -> String {
    let vlan = segment.vlan.map_or_else(|| "none".to_owned(), |vlan| vlan.to_string());
    let ntp = segment.ntp.as_deref().unwrap_or("none");
    format!("{}, VLAN {vlan}, time server {ntp}", segment.cidr)
}

/// Adds a voice segment, or changes the network of the one of this code. A changed network voids the gate: evidence from
/// before says nothing about it.
pub async fn put_segment(
    services: &Services,
    op: &Operation,
    site: &str,
    input: &SegmentInput,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::EditSite)?;
    let why = reason::within(why, 200)?;
    let (code, cidr, vlan, ntp) = read_segment(input)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, site).await?;
    let all = site::segments(&mut act.tx).await?;
    let before = all.into_iter().find(|s| s.site == site.id && s.code == code);
    let id = before.as_ref().map_or_else(|| SegmentId(services.0.env.id()), |s| s.id);
    let after = Segment { id, site: site.id, code, cidr, vlan, ntp };
    apart(&mut act.tx, &after).await?;
    let speaks = |s: &Segment| (s.vlan, s.ntp.clone());
    let moves = before.as_ref().map(speaks) != Some(speaks(&after));
    match &before {
        Some(before) if *before == after => {
            let finding = Finding::new(Code::FormInvalid, "cidr").detail("It is so already.");
            return Err(finding.into());
        }
        Some(before) => {
            if moves {
                let phones = site::phones_in_segment(&mut act.tx, before.id).await?;
                unused("vlan", &format!("segment {}", before.code), phones)?;
            }
            let at = newest(&mut act.tx, before.id, op.now).await?;
            site::update_segment(&mut act.tx, &after, at).await?;
        }
        None => site::insert_segment(&mut act.tx, &after).await?,
    }
    if moves {
        let settings = vec![
            ("network.vlan", after.vlan.map(|vlan| Value::Number(i64::from(vlan)))),
            ("phone.ntp", after.ntp.clone().map(Value::Text)),
        ];
        let scope = (Level::Segment, after.id.to_string(), format!("{}/{}", site.code, after.code));
        republish(&mut act, services, scope, settings).await?;
    }
    act.note(Note {
        action: "segment.edit",
        subject: format!("{}/{}", site.code, after.code),
        site: Some(site.id),
        before: before.as_ref().map(segment_said),
        after: Some(segment_said(&after)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.bump(site.id.0);
    act.commit().await
}

/// When a segment's network changes: not before any evidence about it, even when the clock was set back.
async fn newest(tx: &mut Tx, segment: SegmentId, now: Timestamp) -> Result<Timestamp> {
    let gate = storage::gate::load(tx, segment).await?;
    let evidence = gate.evidence.iter().map(|e| e.at);
    Ok(evidence.chain(gate.sign_off.iter().map(|s| s.at)).fold(now, Timestamp::max))
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
    authorise(&op.actor, Action::EditSite)?;
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
