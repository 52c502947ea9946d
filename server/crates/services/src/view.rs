//! What pages show: plain values, already decided. The console renders these and computes nothing.

use crate::{
    firmware::view::DeviceFirmware,
    openings::{OpeningCard, OpeningView},
};
use domain::{
    Code, Finding, Ipei, Mac, Timestamp,
    approval::{Missing, Rule},
    authz::Role,
    change_request::{ItemState, State},
    device::EndpointKind,
    enrolment::{self, Enrolment},
    exception::Exception,
    fence::Decision,
    gate::{Check, Gate, GateStatus},
    ids::{ChangeRequestId, DelegationId, DeviceId, SegmentId, UserId},
    ledger::{ActEntry, ProbeEntry, ServeEntry, Verified},
    package::RowFinding,
    plan::{Effect, Kind, Plan},
    policy::Policy,
    resolution::Resolution,
    site::{Segment, Site},
};
use serde::{Deserialize, Serialize};

/// One page of a list, by keyset: `next` is the `after` of the following page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Page<T> {
    /// At most 200 rows.
    pub rows: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// Rows of a page, unless its list says otherwise.
pub(crate) const PAGE: usize = 200;

/// Leaves a page's rows of those that were read, one more than fit, and says where the next page starts.
pub(crate) fn cut<T>(rows: &mut Vec<T>, most: usize, place: impl FnOnce(&T) -> String) -> Option<String> {
    let more = rows.len() > most;
    rows.truncate(most);
    if more { rows.last().map(place) } else { None }
}

/// A site on the overview.
#[derive(Clone, Debug, Serialize)]
pub struct SiteCard {
    /// The site.
    pub site: Site,
    /// Devices in inventory.
    pub devices: i64,
    /// Devices seen at the edge.
    pub seen: i64,
    /// Devices with a standing line.
    pub bound: i64,
    /// Gates, one per segment: code and status.
    pub gates: Vec<(String, GateStatus)>,
    /// Change requests waiting for an approver.
    pub waiting: i64,
    /// How far its opening is; only on the board over all sites.
    pub opening: OpeningCard,
}

/// A segment with its gate.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentView {
    /// The segment.
    pub segment: Segment,
    /// Evidence and sign-off.
    pub gate: Gate,
    /// How it stands now.
    pub status: GateStatus,
    /// What keeps it from being signed off now.
    pub missing: Vec<Finding>,
    /// Names of the users in `gate`, by id text.
    pub names: Vec<(String, String)>,
}

/// Which cases a page of them shows.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ExceptionFilter {
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// Word of a kind, or empty.
    #[serde(default)]
    pub kind: String,
    /// Closed cases instead of open ones.
    #[serde(default)]
    pub closed: bool,
    /// Number after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// A site's page.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// Overview figures.
    pub card: SiteCard,
    /// What it demands of proofs.
    pub policy: Policy,
    /// Segments with gates.
    pub segments: Vec<SegmentView>,
    /// How far its opening is.
    pub opening: OpeningView,
}

/// Evidence as entered in the form.
#[derive(Clone, Debug)]
pub struct EvidenceInput {
    /// Which check.
    pub check: Check,
    /// Whether it passed.
    pub passed: bool,
    /// What was seen.
    pub note: String,
}

/// A device in the inventory list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRow {
    /// MAC.
    pub mac: Mac,
    /// Serial.
    pub serial: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
    /// `active`, `quarantined`, `retired`.
    pub state: String,
    /// Extensions of standing lines, joined by a comma.
    pub lines: String,
    /// Last proven fetch.
    pub seen: Option<Timestamp>,
}

/// Filter of the inventory list; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DeviceFilter {
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// Part of MAC, serial, model, extension, person or place, or empty.
    #[serde(default)]
    pub q: String,
    /// `bound`, `unbound`, `quarantined`, or empty.
    #[serde(default)]
    pub state: String,
    /// MAC (bare) after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// A line key on the device page.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointView {
    /// Line key, handset or port, from 1.
    pub index: u8,
    /// Which of these it is.
    pub kind: EndpointKind,
    /// Which handset, if it is one and somebody has said so.
    pub ipei: Option<Ipei>,
    /// Extension standing there.
    pub extension: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The change request that bound it: `CR-7`.
    pub change: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
}

/// A device's page.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// Inventory facts.
    pub row: DeviceRow,
    /// Its id.
    pub id: DeviceId,
    /// Segment code, or empty.
    pub segment: String,
    /// Emergency location of its place.
    pub emergency: String,
    /// Callback number of its place.
    pub callback: String,
    /// Line keys.
    pub endpoints: Vec<EndpointView>,
    /// Open cases about it.
    pub cases: Vec<Exception>,
    /// What a proven fetch would get now, and why.
    pub decision: Decision,
    /// Path at the steady address.
    pub steady_path: String,
    /// Its newest enrolment token, if it ever had one.
    pub enrolment: Option<Enrolment>,
    /// Requests about this device, newest first.
    pub requests: Vec<RequestRow>,
    /// Extensions of the site that are free, for the form: number and owner.
    pub free_extensions: Vec<(String, String)>,
    /// What firmware it has, and should have.
    pub firmware: DeviceFirmware,
}

/// Filter of the enrolment list; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EnrolmentFilter {
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// A state's word, `clash`, or empty.
    #[serde(default)]
    pub state: String,
    /// MAC (bare) and kind after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// The newest enrolment token of a kind of a device.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentRow {
    /// Code or signed address.
    pub kind: enrolment::Kind,
    /// Where it is in its life, now.
    pub state: enrolment::State,
    /// When somebody else last tried to use it.
    pub clashed: Option<Timestamp>,
    /// Whose it is.
    pub mac: Mac,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
}

/// What there is to do about enrolment at a site.
#[derive(Clone, Debug, Serialize)]
pub struct SiteEnrolment {
    /// The site.
    pub site: Site,
    /// Devices that need a code.
    pub without_code: i64,
    /// Devices that need a signed address.
    pub without_address: i64,
    /// Codes to activate.
    pub inactive: i64,
    /// Codes that can be handed out.
    pub codes: i64,
    /// Signed addresses that a redirect service should name.
    pub addresses: i64,
}

/// The enrolment list, and what there is to do at the site that is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentList {
    /// A page of tokens.
    pub page: Page<EnrolmentRow>,
    /// The site that is chosen.
    pub site: Option<SiteEnrolment>,
}

/// A device's enrolment.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentView {
    /// The device.
    pub device: DeviceRow,
    /// Its tokens as they stand now, newest first.
    pub tokens: Vec<Enrolment>,
    /// Whether a line stands on it.
    pub bound: bool,
}

/// A change request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRow {
    /// `CR-7` without the letters.
    pub number: i64,
    /// What it asks for.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// MAC of the device of its first item.
    pub mac: Mac,
    /// Code of that device's site.
    pub site: String,
    /// Line key of its first item.
    pub index: u8,
    /// Extension of its first item.
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

/// An approval that was given.
#[derive(Clone, Debug, Serialize)]
pub struct Given {
    /// Who signed.
    pub by: String,
    /// Whose authority was lent to them for it.
    pub for_: Option<String>,
    /// What for, while it counts.
    pub role: Option<Role>,
    /// The other role by which they could, since nobody answered in time.
    pub instead: Option<Role>,
    /// When.
    pub at: Timestamp,
    /// Until when it counts; `None` is for good.
    pub until: Option<Timestamp>,
}

/// Approvals that are waited for.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// Which, how many, and to whom it escalates.
    pub missing: Missing,
    /// Who could give it now.
    pub who: Vec<String>,
}

/// How approvals stand: what is required and why, what was given, what is missing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ApprovalsView {
    /// The version of the rules.
    pub version: u32,
    /// The rules that ask, and why.
    pub because: Vec<Finding>,
    /// Whether a ticket has to be named.
    pub ticket: bool,
    /// What was given.
    pub given: Vec<Given>,
    /// What is missing.
    pub waiting: Vec<Waiting>,
    /// What there is to say about it.
    pub findings: Vec<Finding>,
    /// Whether the reader could give one that is missing.
    pub may_approve: bool,
    /// Whether the reader is somebody who is asked, and could say no.
    pub may_reject: bool,
}

/// A version of the approval rules.
#[derive(Clone, Debug, Serialize)]
pub struct RulesRow {
    /// Its number.
    pub version: u32,
    /// Who proposed it; nobody at the first start.
    pub requester: Option<String>,
    /// Why.
    pub reason: String,
    /// When it was proposed.
    pub at: Timestamp,
    /// Where it is; `None` for what was made at the first start.
    pub state: Option<State>,
    /// Whether it holds.
    pub standing: bool,
}

/// Rules that somebody proposes.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalView {
    /// List facts.
    pub row: RulesRow,
    /// What they say.
    pub rules: Vec<Rule>,
    /// The digest that approving signs.
    pub digest: String,
    /// How approvals stand.
    pub approvals: ApprovalsView,
    /// Whether the reader proposed them.
    pub own: bool,
}

/// The page of approval rules.
#[derive(Clone, Debug, Serialize)]
pub struct RulesView {
    /// The version that holds; 0 for none.
    pub version: u32,
    /// What it says.
    pub rules: Vec<Rule>,
    /// What is proposed, if anything is.
    pub proposal: Option<ProposalView>,
    /// Versions, newest first.
    pub versions: Vec<RulesRow>,
    /// Who lends whom their authority, now or later.
    pub delegations: Vec<DelegationRow>,
    /// Who could be lent the reader's: id and name.
    pub delegates: Vec<(UserId, String)>,
}

/// Somebody lets another person approve in their place.
#[derive(Clone, Debug, Serialize)]
pub struct DelegationRow {
    /// Its id.
    pub id: DelegationId,
    /// Who gave it.
    pub from: String,
    /// Who may use it.
    pub to: String,
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Whether the reader gave it.
    pub own: bool,
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

/// An import that was uploaded and checked, not yet committed.
#[derive(Clone, Debug, Serialize)]
pub struct ImportView {
    /// Its id, in the address.
    pub id: String,
    /// File names.
    pub files: Vec<String>,
    /// What would be created: sheet and number of rows.
    pub counts: Vec<(String, usize)>,
    /// Rows that are already there, unchanged.
    pub unchanged: usize,
    /// Everything that is wrong; empty means it can be committed.
    pub findings: Vec<RowFinding>,
    /// When it was committed, if it was.
    pub committed: Option<Timestamp>,
    /// Whether exactly these files were imported before.
    pub repeated: bool,
}

pub use domain::traced::TracedLine;

/// A file of a revision, line by line.
#[derive(Clone, Debug, Serialize)]
pub struct TracedFile {
    /// Its name.
    pub name: String,
    /// Its content digest.
    pub digest: String,
    /// Its lines.
    pub lines: Vec<TracedLine>,
}

/// One page that says why a phone has its configuration.
#[derive(Clone, Debug, Serialize)]
pub struct TraceView {
    /// The device.
    pub device: DeviceView,
    /// Revision that would be served now: number, kind and change.
    pub revision: Option<(u32, String, String)>,
    /// What it would get now, line by line.
    pub files: Vec<TracedFile>,
    /// Every setting with origin.
    pub resolution: Resolution,
    /// What it was served and refused, newest first.
    pub serves: Vec<ServeEntry>,
    /// Acts that concern it, newest first.
    pub acts: Vec<ActEntry>,
    /// Settings made at the phone that win over ours.
    pub overrides: Vec<Finding>,
    /// What the phone has sent.
    pub uploads: Vec<UploadRow>,
}

/// What a search for trace found.
#[derive(Clone, Debug, Serialize)]
pub enum Found {
    /// One device: go there.
    Device(Mac),
    /// Several: choose.
    Several(Vec<DeviceRow>),
    /// An extension that stands on no phone.
    Unbound(Box<UnboundView>),
    /// Nothing known; the probes of the last hours are shown.
    Nothing(Vec<ProbeEntry>),
}

/// An extension that stands on no phone, and why.
#[derive(Clone, Debug, Serialize)]
pub struct UnboundView {
    /// What is dialled inside.
    pub number: String,
    /// What is dialled from outside, if anything.
    pub did: Option<String>,
    /// Code of its site.
    pub site: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Permissions.
    pub class_of_service: String,
    /// Who answers for it, as people know them; empty for nobody.
    pub owner: String,
    /// How that owner stands.
    pub account: String,
    /// Open requests that ask for it.
    pub requests: Vec<RequestRow>,
    /// Where it stood last.
    pub held: Option<WasBound>,
    /// Why no phone has it, in sentences.
    pub why: Vec<String>,
}

/// Where an extension stood last.
#[derive(Clone, Debug, Serialize)]
pub struct WasBound {
    /// The phone.
    pub mac: Mac,
    /// Until when.
    pub until: Timestamp,
    /// The request that took it away.
    pub change: String,
}

/// Result of verifying the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyView {
    /// Per node.
    pub nodes: Vec<Verified>,
    /// Checkpoints read from the file.
    pub checkpoints: usize,
    /// When it was verified.
    pub at: Timestamp,
}

/// Which gate.
pub type GateKey = SegmentId;

/// A file that a phone has sent.
#[derive(Clone, Debug, Serialize)]
pub struct UploadRow {
    /// Its name.
    pub name: String,
    /// `log`, `override` or `personal`.
    pub kind: String,
    /// Its size.
    pub bytes: i64,
    /// When it came.
    pub at: Timestamp,
    /// Whether it is a former owner's.
    pub sealed: bool,
}
