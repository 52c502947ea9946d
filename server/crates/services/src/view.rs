//! What pages show: plain values, already decided. The console renders these and computes nothing.

mod approval;
mod change_request;
mod device;
mod enrolment;
mod site;
mod trace;

pub use approval::{ApprovalsView, DelegationRow, Given, ProposalView, RulesRow, RulesView, Waiting};
pub use change_request::{
    BulkInput, CommentRow, ItemGroup, ItemRow, RequestInput, RequestRow, RequestView, Selected, Selection,
};
pub use device::{DeviceFilter, DeviceRow, DeviceView, EndpointView, UploadRow};
pub use enrolment::{EnrolmentFilter, EnrolmentList, EnrolmentRow, EnrolmentView, SiteEnrolment};
pub use site::{EvidenceInput, SegmentView, SiteCard, SiteView};
pub use trace::{Found, TraceView, TracedFile, TracedLine, UnboundView, WasBound};

use domain::{Timestamp, ledger::Verified, package::RowFinding};
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
