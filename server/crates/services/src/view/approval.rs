//! Approvals and the rules that ask for them, as pages show them.

use domain::{
    Finding, Timestamp,
    approval::{Missing, Rule},
    authz::Role,
    change_request::State,
    ids::{DelegationId, UserId},
};
use serde::Serialize;

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
