//! Change requests, as pages show them.

use super::ApprovalsView;
use domain::{
    Code, Finding, Mac, Timestamp,
    approval::Missing,
    change_request::{At, ItemState, State},
    ids::{ChangeRequestId, DeviceId},
    ledger::ActEntry,
    plan::{Effect, Kind, Plan},
};
use serde::{Deserialize, Serialize};

/// A change request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRow {
    /// `CR-7` without the letters.
    pub number: i64,
    /// What it asks for.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// MAC of the device of its first item, if it has one.
    pub mac: Option<Mac>,
    /// Code of the site of that device, or of whoever rings otherwise.
    pub site: String,
    /// Line key of its first item.
    pub index: u8,
    /// Extension of its first item; the extension or the hunt group that rings otherwise.
    pub extension: String,
    /// How many items it has.
    pub items: i64,
    /// Who asked.
    pub requester: String,
    /// When.
    pub at: Timestamp,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
}

/// An item of a request.
#[derive(Clone, Debug, Serialize)]
pub struct ItemRow {
    /// The device.
    pub device: DeviceId,
    /// Its MAC.
    pub mac: Mac,
    /// Its place in the request, from 1.
    pub number: usize,
    /// Line key, from 1.
    pub index: u8,
    /// What happens there.
    pub effect: Effect,
    /// Number of the extension.
    pub extension: String,
    /// How far it has come.
    pub state: ItemState,
    /// What blocks it now.
    pub blocks: Vec<Code>,
}

/// Items of a request that are alike: the same happens, and the same is in the way.
#[derive(Clone, Debug, Serialize)]
pub struct ItemGroup {
    /// The word by which an address names it.
    pub name: String,
    /// What happens.
    pub effect: Effect,
    /// Word for how far they have come.
    pub state: String,
    /// What blocks them now.
    pub blocks: Vec<Code>,
    /// How many there are.
    pub count: usize,
}

/// What somebody said about a request.
#[derive(Clone, Debug, Serialize)]
pub struct CommentRow {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: String,
}

/// A change request's page.
#[derive(Clone, Debug, Serialize)]
pub struct RequestView {
    /// List facts.
    pub row: RequestRow,
    /// Its id.
    pub id: ChangeRequestId,
    /// Why it was asked for.
    pub reason: String,
    /// The plan as it stands in the request, or as it would be now while a draft.
    pub plan: Plan,
    /// A page of its items, in order, of one group or of all.
    pub rows: Vec<ItemRow>,
    /// All of its items, by what happens and what is in the way.
    pub groups: Vec<ItemGroup>,
    /// Number of the item after which the next page starts; `None` at the end.
    pub next: Option<usize>,
    /// The digest that approving would sign.
    pub digest: String,
    /// Whether the plan recomputed now has another digest.
    pub stale: bool,
    /// What blocks applying it now: every finding of the fence.
    pub blocks: Vec<Finding>,
    /// Whether some item could be applied now.
    pub ready: bool,
    /// Whether one item that cannot be applied keeps the others from it.
    pub all_or_nothing: bool,
    /// History: time, who, what, reason.
    pub history: Vec<ActEntry>,
    /// How approvals stand.
    pub approvals: ApprovalsView,
    /// A ticket elsewhere.
    pub external_ref: Option<String>,
    /// Who else wrote or submitted it.
    pub editors: Vec<String>,
    /// What people say about it.
    pub comments: Vec<CommentRow>,
    /// Whether the actor is the requester.
    pub own: bool,
    /// Whether the actor had a hand in it.
    pub involved: bool,
}

/// What a request asks for, as entered in the form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RequestInput {
    /// Word of a kind.
    #[serde(default)]
    pub kind: String,
    /// MAC of the device.
    #[serde(default)]
    pub mac: String,
    /// Line key.
    #[serde(default)]
    pub index: String,
    /// Extension, where one is put somewhere; otherwise it may be empty.
    #[serde(default)]
    pub extension: String,
    /// MAC of the other device, where there is one.
    #[serde(default)]
    pub to_mac: String,
    /// Line key of the other device.
    #[serde(default)]
    pub to_index: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// A ticket elsewhere; may be empty.
    #[serde(default)]
    pub external_ref: String,
    /// Number of the request in whose place this one is made; may be empty.
    #[serde(default)]
    pub instead_of: String,
}

/// Many changes at once, as they were uploaded.
#[derive(Clone, Debug, Default)]
pub struct BulkInput {
    /// A CSV file.
    pub file: Vec<u8>,
    /// Why.
    pub reason: String,
    /// A ticket elsewhere; may be empty.
    pub external_ref: String,
    /// Whether one row that cannot be applied keeps the others from it.
    pub all_or_nothing: bool,
}

/// A line of a selection of devices, or a device of it that has none: then the line key is 0.
#[derive(Clone, Debug, Serialize)]
pub struct Selected {
    /// Where it stands.
    pub at: At,
    /// Its number; empty without a line.
    pub extension: String,
    /// Code of the site.
    pub site: String,
    /// Whether somebody has to tick it, because the site is assisted.
    pub each: bool,
}

impl Selected {
    /// What a form calls it: `805ec0100003-1`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.at.mac.bare(), self.at.index)
    }
}

/// The lines of the devices that a filter finds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// How many devices it finds.
    pub devices: usize,
    /// Their lines, by MAC and line key.
    pub lines: Vec<Selected>,
    /// Those without a line that are in use or in stock; of so many that no request could name them, only the first.
    pub others: Vec<Selected>,
    /// What keeps it from being used.
    pub findings: Vec<Finding>,
    /// What the page shows, in short: whoever sends the form says what they saw.
    pub digest: String,
}
