//! What pages about layers show: plain values, already decided.

use crate::view::{ApprovalsView, CommentRow, TracedLine};
use domain::{
    Finding, Mac, Timestamp,
    change_request::State,
    group::Rule,
    ids::DeviceId,
    layer::{Content, Level, Release, exception::Exception, plan::Plan},
    plan::Difference,
    revision::RevisionKind,
    rollout::Status,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A layer in the list.
#[derive(Clone, Debug)]
pub struct LayerRow {
    /// How specific it is.
    pub level: Level,
    /// What it is of.
    pub scope: String,
    /// What people call it.
    pub name: String,
    /// Its newest version.
    pub version: i64,
    /// What people call that.
    pub release: String,
    /// What published it.
    pub change: String,
    /// When.
    pub at: Timestamp,
}

/// A change in a list.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// 7 of `LC-7`.
    pub number: i64,
    /// How specific its layer is.
    pub level: Level,
    /// What its layer is of.
    pub scope: String,
    /// What people call its layer.
    pub name: String,
    /// What the new version is called.
    pub release: String,
    /// What changes and why.
    pub note: String,
    /// Who wrote it.
    pub requester: String,
    /// Where it is.
    pub state: State,
    /// When it was begun.
    pub at: Timestamp,
    /// Whether phones are still to be published.
    pub publishing: bool,
}

/// An exception that stands or stood.
#[derive(Clone, Debug)]
pub struct ExceptionRow {
    /// What made it: `LC-7`, `CR-7`.
    pub change: String,
    /// The phone.
    pub mac: Mac,
    /// Code of its site.
    pub site: String,
    /// What it is.
    pub exception: Exception,
    /// Why.
    pub reason: String,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// When its end is near.
    pub soon: Option<Finding>,
}

/// A pin, as the pages of its phone show it.
#[derive(Clone, Debug, Serialize)]
pub struct PinView {
    /// The change that made it: `LC-7`.
    pub change: String,
    /// The revision to whose settings the phone is held.
    pub revision: u32,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When its end is near.
    pub soon: Option<Finding>,
}

/// A revision of a phone.
#[derive(Clone, Debug)]
pub struct RevisionRow {
    /// Its number.
    pub number: u32,
    /// What it is for.
    pub kind: RevisionKind,
    /// What published it.
    pub change: String,
    /// When.
    pub at: Timestamp,
}

/// The page on which a return is asked for.
#[derive(Clone, Debug)]
pub struct ReturnView {
    /// The phone.
    pub mac: Mac,
    /// As people know it.
    pub name: String,
    /// Code of its site.
    pub site: String,
    /// The revision that it has now.
    pub current: Option<u32>,
    /// The one that is looked at.
    pub chosen: Option<u32>,
    /// What that would change.
    pub differences: Vec<Difference>,
    /// What keeps it from being returned there.
    pub findings: Vec<Finding>,
    /// Its revisions, newest first.
    pub revisions: Vec<RevisionRow>,
    /// Where the next page of them starts.
    pub next: Option<String>,
    /// What holds it already.
    pub pin: Option<PinView>,
}

/// The page of all layers.
#[derive(Clone, Debug)]
pub struct LayersView {
    /// Layers of more than one device.
    pub layers: Vec<LayerRow>,
    /// Changes that are open, or done.
    pub changes: Vec<ChangeRow>,
    /// Where the next page of them starts.
    pub next: Option<String>,
    /// Exceptions that stand, those that end first before the others.
    pub exceptions: Vec<ExceptionRow>,
}

/// A version of a layer, and what it changed.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// Its number.
    pub version: u32,
    /// What people call it.
    pub release: Release,
    /// What published it.
    pub change: String,
    /// What changed and why.
    pub note: String,
    /// When.
    pub at: Timestamp,
    /// What it changed of the one before.
    pub differences: Vec<Difference>,
}

/// The page of one layer.
#[derive(Clone, Debug)]
pub struct LayerView {
    /// How specific it is.
    pub level: Level,
    /// What it is of.
    pub scope: String,
    /// What people call it.
    pub name: String,
    /// Its newest version, 0 when it has none.
    pub version: u32,
    /// What it says.
    pub content: Content,
    /// The same as it is written.
    pub text: String,
    /// What the next version would be called.
    pub next_release: Release,
    /// Who belongs to it, when it is a group's.
    pub rule: Option<Rule>,
    /// Of a group: the exact list, at most 1,000.
    pub members: Vec<Mac>,
    /// How many belong to it in all, when it is a group's.
    pub member_count: usize,
    /// The newest fifty versions.
    pub versions: Vec<VersionRow>,
    /// Changes of it, newest first.
    pub changes: Vec<ChangeRow>,
    /// The first phones of the scope, to look at a draft with.
    pub sample: Option<Mac>,
}

/// The page of one change.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// As in a list.
    pub row: ChangeRow,
    /// The version that it was begun from.
    pub parent: u32,
    /// The version that stands.
    pub standing: u32,
    /// What it says, as it is written.
    pub text: String,
    /// Of a group: whom it is for.
    pub rule: Option<Rule>,
    /// What it changes of the version that it was begun from.
    pub differences: Vec<Difference>,
    /// The exception that it is, if it is one.
    pub exception: Option<Exception>,
    /// The phone of that exception.
    pub mac: Option<Mac>,
    /// Code of the site of the phone that it is about, if it is about one alone.
    pub site: Option<String>,
    /// A ticket elsewhere.
    pub external_ref: Option<String>,
    /// What it does: as it was submitted, or as it would be now.
    pub plan: Plan,
    /// Digest of that.
    pub digest: String,
    /// Whether what was submitted is no longer what would be done.
    pub stale: bool,
    /// The phones that make it stale, at most 50.
    pub stale_devices: Vec<Mac>,
    /// Whether it would go out otherwise than when it was submitted.
    pub stale_waves: bool,
    /// What keeps it from being applied.
    pub blocks: Vec<Finding>,
    /// How its approvals stand.
    pub approvals: ApprovalsView,
    /// Whether the reader began it.
    pub own: bool,
    /// Whether the reader had a hand in it.
    pub involved: bool,
    /// What people say about it.
    pub comments: Vec<CommentRow>,
    /// Who else wrote or submitted it.
    pub editors: Vec<String>,
    /// Phones that could not be published.
    pub missed: Vec<Finding>,
    /// The rollout that carries it out: its number, and how it stands.
    pub rollout: Option<(i64, Status)>,
    /// Stacks that were resolved for the plan; 0 when it was not made anew.
    pub classes: usize,
}

/// What makes a device's own layers.
#[derive(Clone, Debug)]
pub struct PhoneView {
    /// The phone.
    pub mac: Mac,
    /// Its id, the scope of its own layer.
    pub device: DeviceId,
    /// Code of its site.
    pub site: String,
    /// Vendor and model.
    pub model: String,
    /// What it is for.
    pub role: Option<String>,
    /// What else is said of it.
    pub tags: BTreeSet<String>,
    /// The groups that it belongs to.
    pub groups: Vec<String>,
    /// Its exceptions, those that have ended among them.
    pub exceptions: Vec<ExceptionRow>,
}

/// A file as a draft would make it.
#[derive(Clone, Debug)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its lines, secrets as dots.
    pub lines: Vec<TracedLine>,
}

/// What a draft would make of one phone.
#[derive(Clone, Debug)]
pub struct PreviewView {
    /// The phone.
    pub mac: Mac,
    /// As people read it.
    pub device: String,
    /// What changes.
    pub differences: Vec<Difference>,
    /// Whether its files stay as they are all the same.
    pub same_bytes: bool,
    /// Its files afterwards.
    pub files: Vec<FileView>,
    /// Everything worth saying.
    pub findings: Vec<Finding>,
}

/// What the editor in the browser looks at drafts with.
#[derive(Clone, Debug)]
pub struct BenchView {
    /// The phone.
    pub mac: Mac,
    /// As people read it.
    pub device: String,
    /// `dialects::look::Bench` as JSON, without secrets.
    pub bench: String,
}

/// What templates of another system say.
#[derive(Clone, Debug)]
pub struct TemplatesView {
    /// The layer as it would be written with it.
    pub text: String,
    /// Settings of the model of all vendors that were found.
    pub settings: usize,
    /// Raw keys that were found.
    pub raw: usize,
    /// What the layer says already and the templates say otherwise: path, the layer's value, theirs.
    pub kept: Vec<(String, String, String)>,
    /// What was not taken, and why.
    pub left: Vec<dialects::templates::Left>,
}
