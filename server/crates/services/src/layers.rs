//! Layers: their versions, drafts of others, what publishing one would do to every phone, exceptions to them, and the
//! labels by which groups are made. What is published is what was approved.

mod decide;
mod draft;
mod exceptions;
mod fleet;
mod labels;
mod planning;
mod publish;
mod reach;
mod return_many;
pub mod returns;
mod show;
mod templates;
#[cfg(test)]
mod tests;
pub mod view;
mod words;

pub(crate) use decide::read_by_others;
pub use decide::{apply, approve, reject, submit, withdraw};
pub(crate) use draft::draft_of;
pub use draft::{DraftInput, bench, bring_up, create, edit, preview};
pub(crate) use exceptions::excepting;
pub use exceptions::{ExceptionInput, ask, expire};
pub use labels::label;
pub(crate) use publish::one as publish_one;
pub use publish::publish;
pub use show::{change, layer, list, on_device};
pub use templates::templates;
pub use words::comment;

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    publish::model_scope,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise, authorise_at},
    change_request::{State, Workflow},
    ids::{DeviceId, LayerChangeId, SegmentId, SiteId},
    layer::{Content, Layer, Level, Origin, Release},
    vendor::Vendor,
};
use storage::{
    Tx, device,
    layer_change::{self, Change},
    site, user,
};

/// `LC-7`.
fn named(number: i64) -> String {
    format!("LC-{number}")
}

/// The change of this number, if the reader may know of it: a draft is its author's alone.
async fn load(tx: &mut Tx, number: i64, reader: domain::ids::UserId) -> Result<Change> {
    let change = layer_change::by_number(tx, number).await?;
    let seen = |change: &Change| change.plan.is_some() || change.workflow.involves(reader);
    change.filter(seen).ok_or_else(|| Problem::not_found("layer change"))
}

/// A draft that says nothing yet, with a number of its own, of whoever asks. Whose layer it is, comes with what it says.
async fn new_draft(services: &Services, op: &Operation, tx: &mut Tx, level: Level) -> Result<Change> {
    Ok(Change {
        id: LayerChangeId(services.0.env.id()),
        number: user::next_number(tx, "layer_change").await?,
        level,
        scope: String::new(),
        name: String::new(),
        parent: 0,
        release: Release::FIRST,
        content: Content::default(),
        exception: None,
        note: String::new(),
        external_ref: None,
        workflow: Workflow::draft(op.actor.id),
        requester: op.actor.name.clone(),
        plan: None,
        missing: vec![],
        at: op.now,
        approvers: String::new(),
        published_to: None,
        missed: vec![],
    })
}

/// Saves the new state, unless somebody else was faster.
async fn save(tx: &mut Tx, change: &Change, before: &State) -> Result<()> {
    if layer_change::update(tx, change, before).await? {
        Ok(())
    } else {
        Err(Problem::new(Kind::Conflict, Finding::new(Code::StorageConflict, "layer change")))
    }
}

/// The phone that a change is about, if it is about one alone.
fn phone_of(change: &Change) -> Option<DeviceId> {
    let device = change.exception.as_ref().map(|exception| exception.device);
    device.or_else(|| match change.level {
        Level::Device => change.scope.parse().ok().map(DeviceId),
        _ => None,
    })
}

/// What somebody has to be allowed to do to ask for a change.
const fn asking(change: &Change) -> Action {
    if change.exception.is_some() { Action::RequestForPhone } else { Action::Request }
}

/// Refuses whoever may not do it where a change is at work: one phone is its site's, anything else the organisation's.
async fn within(tx: &mut Tx, op: &Operation, action: Action, change: &Change) -> Result<()> {
    let stored = match phone_of(change) {
        Some(id) => device::by_id(tx, id).await?,
        None => None,
    };
    match stored {
        Some(stored) => authorise_at(&op.actor, action, stored.device.site)?,
        None => authorise(&op.actor, action)?,
    };
    Ok(())
}

fn note(act: &mut Act<'_>, change: &Change, action: &str, before: Option<String>, after: Option<String>) {
    let site = match change.level {
        Level::Site => change.scope.parse().ok().map(SiteId),
        _ => None,
    };
    act.note(Note {
        action,
        subject: named(change.number),
        site,
        device: phone_of(change),
        before,
        after,
        reason: change.note.clone(),
    });
}

/// The layer that a change would publish, with the identity that it has or will have.
fn wanted(change: &Change, before: Option<&Layer>) -> Layer {
    let layer = before.map_or(domain::ids::LayerId(change.id.0), |layer| layer.origin.layer);
    Layer {
        origin: Origin {
            layer,
            level: change.exception.as_ref().map_or(change.level, |exception| exception.form.level()),
            name: change.name.clone(),
            version: before.map_or(1, |layer| layer.origin.version + 1),
            change: named(change.number),
        },
        settings: change.content.settings.clone(),
        locks: change.content.locks.clone(),
    }
}

/// What people call the layer of a scope; refuses scopes of nothing.
async fn name_of(tx: &mut Tx, level: Level, scope: &str) -> Result<String> {
    let nothing = || Problem::not_found("layer");
    Ok(match level {
        Level::Vendor => Vendor::parse(scope).filter(|v| v.name() == scope).ok_or_else(nothing)?.to_string(),
        Level::Model => {
            let (vendor, model) = scope.split_once(' ').ok_or_else(nothing)?;
            let vendor = Vendor::parse(vendor).ok_or_else(nothing)?;
            vendor.model(model).ok_or_else(nothing)?;
            model_scope(vendor, model)
        }
        Level::Organisation if scope == "organisation" => scope.to_owned(),
        Level::Site => {
            let id = scope.parse().map_err(|_| nothing())?;
            site::by_id(tx, SiteId(id)).await?.ok_or_else(nothing)?.code
        }
        Level::Segment => {
            let id = SegmentId(scope.parse().map_err(|_| nothing())?);
            let segments = site::segments(tx).await?;
            let segment = segments.into_iter().find(|segment| segment.id == id).ok_or_else(nothing)?;
            let site = site::by_id(tx, segment.site).await?.ok_or_else(nothing)?;
            format!("{}/{}", site.code, segment.code)
        }
        Level::Group if domain::group::word(scope) => scope.to_owned(),
        Level::Group => {
            let detail = "A code has at most 40 lower-case letters, digits and hyphens.";
            return Err(Finding::new(Code::GroupInvalid, "scope").detail(detail).into());
        }
        Level::Device => {
            let id = DeviceId(scope.parse().map_err(|_| nothing())?);
            device::by_id(tx, id).await?.ok_or_else(nothing)?.device.mac.to_string()
        }
        // An exception and a return are asked for by their forms, and a line by a change request.
        Level::Organisation | Level::Exception | Level::Pin | Level::Line => return Err(nothing()),
    })
}
