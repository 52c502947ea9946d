//! A site's own facts: name and time zone, voice segments, places. Edited with a reason, before and after in the record.
//!
//! What phones would get differently is a change that somebody approves: with phones there, an edit of it becomes a change
//! of the layer that they get it from, and the facts follow that layer when it is published.

mod place;
mod segment;

use segment::follow as follow_segment;

pub use place::{PlaceInput, put_place};
pub use segment::{SegmentInput, put_segment};

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    layers,
    openings::site_of,
    publish, reason, rollouts,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise, authorise_at},
    ids::{LayerId, SiteId},
    layer::{Layer, Level, Origin},
    package::ZONES,
    setting::{Path, Value},
    site::{Place, Scope, Segment, Site, well_formed},
};
use std::collections::BTreeMap;
use storage::{layer, site};

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

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It holds.
    Saved,
    /// Phones are there: it is a draft of a layer change of this number.
    Asked(i64),
}

/// A site as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct SiteInput {
    /// Its code, which stays.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Word of what may happen by itself; a pilot is made later, with its limits.
    pub scope: String,
}

/// Adds a site without network, numbers or phones.
pub async fn create(services: &Services, op: &Operation, input: &SiteInput, why: &str) -> Result<()> {
    authorise(&op.actor, Action::EditSite)?;
    let why = reason::within(why, 200)?;
    let mut findings = Vec::new();
    let code = text(&mut findings, "code", &input.code, Some(Code::FieldMissing));
    // The address of the form that adds a site.
    if !code.is_empty() && (!well_formed(&code) || code == "new") {
        findings.push(Finding::new(Code::SiteInvalid, "code"));
    }
    let name = text(&mut findings, "name", &input.name, Some(Code::FieldMissing));
    let zone = zone(&mut findings, &input.time_zone);
    let scope = Scope::parse(&input.scope).filter(|scope| *scope != Scope::Pilot);
    if scope.is_none() {
        let allowed = "Allowed: onboarding-only, assisted.";
        findings.push(Finding::new(Code::StateInvalid, "scope").detail(allowed));
    }
    let Some(scope) = scope.filter(|_| findings.is_empty()) else { return Err(Problem::blocked(findings)) };
    let mut act = Act::begin(services, op).await?;
    if let Some(there) = site::by_code(&mut act.tx, &code).await? {
        let detail = format!("`{code}` is {}.", there.name);
        return Err(Finding::new(Code::SiteInvalid, "code").detail(detail).into());
    }
    let new = Site { id: SiteId(services.0.env.id()), code, name, time_zone: zone, scope };
    site::insert(&mut act.tx, &new).await?;
    let settings = vec![("phone.timezone", Some(Value::Text(new.time_zone.clone())))];
    let of = (Level::Site, new.id.to_string(), new.code.clone());
    republish(&mut act, services, of, settings).await?;
    act.note(Note {
        action: "site.create",
        subject: new.code.clone(),
        site: Some(new.id),
        after: Some(format!("{}, {}, {}", new.name, new.time_zone, new.scope.word())),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.bump(new.id.0);
    act.commit().await
}

fn zone(findings: &mut Vec<Finding>, typed: &str) -> String {
    let zone = typed.trim();
    if ZONES.binary_search(&zone).is_err() {
        let shown: String = zone.chars().take(50).collect();
        findings.push(Finding::new(Code::ZoneUnknown, "time_zone").detail(format!("It is `{shown}`.")));
    }
    zone.to_owned()
}

/// Changes a site's name, or its time zone, which is a change of a layer once phones are there.
pub async fn rename(
    services: &Services,
    op: &Operation,
    code: &str,
    name: &str,
    typed: &str,
    why: &str,
) -> Result<Edited> {
    authorise_at(&op.actor, Action::EditSite, code)?;
    let why = reason::within(why, 200)?;
    let mut findings = Vec::new();
    let name = text(&mut findings, "name", name, Some(Code::FieldMissing));
    let time_zone = zone(&mut findings, typed);
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let mut act = Act::begin(services, op).await?;
    let before = site_of(&mut act.tx, code).await?;
    let after = Site { name, time_zone, ..before.clone() };
    let moves = before.time_zone != after.time_zone;
    let settings = vec![("phone.timezone", Some(Value::Text(after.time_zone.clone())))];
    let scope = (Level::Site, after.id.to_string(), after.code.clone());
    if moves && site::phones_at(&mut act.tx, before.id).await? > 0 {
        alone(before.name == after.name, "name", "The time zone")?;
        drop(act);
        return Ok(Edited::Asked(
            layers::draft_of(services, op, Level::Site, &scope.1, settings, why).await?,
        ));
    }
    site::update(&mut act.tx, &after).await?;
    if moves {
        republish(&mut act, services, scope, settings).await?;
    }
    note_site(&mut act, &before, &after, why);
    act.commit().await?;
    Ok(Edited::Saved)
}

fn note_site(act: &mut Act<'_>, before: &Site, after: &Site, why: &str) {
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
}

/// What needs an approval is asked for by itself: the rest of the form would hold at once.
fn alone(alone: bool, field: &str, what: &str) -> Result<()> {
    if alone {
        return Ok(());
    }
    let detail = format!("{what} needs an approval because phones are there: change one after the other.");
    Err(Finding::new(Code::SegmentInUse, field).detail(detail).into())
}

/// What is known of a site or segment is what its layer says, whoever changed it.
pub(crate) async fn follow(act: &mut Act<'_>, layer: &Layer, scope: &str) -> Result<()> {
    match layer.origin.level {
        Level::Site => follow_site(act, layer, scope).await,
        Level::Segment => follow_segment(act, layer, scope).await,
        _ => Ok(()),
    }
}

async fn follow_site(act: &mut Act<'_>, layer: &Layer, scope: &str) -> Result<()> {
    let Ok(id) = scope.parse() else { return Ok(()) };
    let Some(before) = site::by_id(&mut act.tx, SiteId(id)).await? else { return Ok(()) };
    let said =
        said(layer, "phone.timezone").and_then(Value::text).filter(|zone| ZONES.contains(&zone.as_str()));
    let Some(time_zone) = said.filter(|zone| *zone != before.time_zone) else { return Ok(()) };
    let after = Site { time_zone, ..before.clone() };
    site::update(&mut act.tx, &after).await?;
    note_site(act, &before, &after, &layer.origin.change);
    Ok(())
}

fn said<'a>(layer: &'a Layer, path: &str) -> Option<&'a Value> {
    layer.settings.get(&Path::parse(path).ok()?)
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
