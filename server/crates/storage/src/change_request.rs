//! Change requests, their states and plans.

mod about;
mod item;
mod named;

pub(crate) use about::STATEMENTS as ABOUT_STATEMENTS;
pub use about::{About, Holder, about};
pub(crate) use item::STATEMENTS as ITEM_STATEMENTS;
pub use item::{Item, Place, asked_to_unbind, places, save_items};
pub(crate) use named::STATEMENTS as NAMED_STATEMENTS;
pub use named::{Inventory, Named, named};

use crate::{Error, Tx, args::args, statements};
use domain::{
    Mac, Timestamp,
    approval::Missing,
    authority::Authority,
    change_request::{Route, State, Workflow},
    ids::{ChangeRequestId, DeviceId, ExtensionId, SiteId, UserId},
    plan::{Kind, Plan},
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Requests as lists show them, with what follows. One that changes who rings has no item.
macro_rules! listed {
    ($after:literal) => {
        concat!(
            "SELECT r.number, r.kind, r.state, d.mac, s.code AS site, e.position, x.number AS extension, r.routes, u.name AS requester, r.created_at, r.missing, r.items FROM change_request r JOIN user_account u ON u.user_id = r.requester_id LEFT JOIN change_request_item i ON i.change_request_id = r.change_request_id AND i.ordinal = 1 LEFT JOIN device d ON d.device_id = i.device_id LEFT JOIN site s ON s.site_id = d.site_id LEFT JOIN endpoint e ON e.endpoint_id = i.endpoint_id LEFT JOIN extension x ON x.extension_id = i.extension_id ",
            $after
        )
    };
}

statements! {
    INSERT = "INSERT INTO change_request (change_request_id, number, kind, requester_id, reason, state_word, state, round, items, all_or_nothing, created_at, external_ref, routes) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)";
    UPDATE = "UPDATE change_request SET state_word = $2, state = $3, plan = $4, approver_id = $5, reason = $7, external_ref = $8, editors = $9, missing = $10, round = $11, apply_at = $12 WHERE change_request_id = $1 AND state = $6";
    FORGET_APPROVALS = "DELETE FROM approval WHERE change_request_id = $1";
    APPROVAL = "INSERT INTO approval (change_request_id, requester_id, user_id, position) VALUES ($1, $2, $3, $4)";
    COMMENT = "INSERT INTO change_request_comment (comment_id, change_request_id, user_id, said_at, body) VALUES ($1, $2, $3, $4, $5)";
    COMMENTS = "SELECT u.name, c.said_at, c.body FROM change_request_comment c JOIN user_account u ON u.user_id = c.user_id WHERE c.change_request_id = $1 ORDER BY c.said_at, c.comment_id LIMIT 500";
    SITES = "SELECT DISTINCT d.site_id FROM change_request_item i JOIN device d ON d.device_id = i.device_id WHERE i.change_request_id = $1";
    DUE = "SELECT number FROM change_request WHERE apply_at <= $1 ORDER BY apply_at, number LIMIT 100";
    BY_NUMBER = "SELECT r.change_request_id, r.number, r.kind, r.requester_id, r.reason, r.state, r.plan, r.round, r.all_or_nothing, r.created_at, r.editors, r.external_ref, r.missing, r.routes FROM change_request r WHERE r.number = $1";
    OPEN = listed!("WHERE r.number < $1 AND r.state_word IN ('draft', 'submitted', 'approved', 'scheduled', 'stale') ORDER BY r.number DESC LIMIT 201");
    WAITING_BINDS = "SELECT r.number FROM change_request r WHERE r.state_word = 'submitted' AND r.kind = 'bind' AND r.number > $1 ORDER BY r.number LIMIT 200";
    DONE = listed!("WHERE r.number < $1 AND r.state_word IN ('applied', 'rejected', 'withdrawn', 'superseded') ORDER BY r.number DESC LIMIT 201");
    MINE = listed!("WHERE r.number < $1 AND r.requester_id = $2 ORDER BY r.number DESC LIMIT 201");
    OF_DEVICE = listed!("WHERE r.number < $1 AND r.change_request_id IN (SELECT o.change_request_id FROM change_request_item o WHERE o.device_id = $2) ORDER BY r.number DESC LIMIT 50");
    BINDS_OF = listed!("WHERE r.change_request_id IN (SELECT o.change_request_id FROM change_request_item o WHERE o.extension_id = $1 AND o.effect = 'bind') ORDER BY r.number DESC LIMIT 50");
    DELAYED = "SELECT r.number, x.number, x.site_id, i.device_id, h.name, h.account, h.starts_at FROM change_request r JOIN change_request_item i ON i.change_request_id = r.change_request_id JOIN extension x ON x.extension_id = i.extension_id JOIN person h ON h.person_id = x.owner_person_id WHERE i.effect = 'bind' AND i.state_word <> 'applied' AND r.state_word IN ('submitted', 'approved', 'scheduled') AND h.account <> 'active' AND h.starts_at <= $1 AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.kind = 'delayed-activation' AND e.subject = x.number AND e.closed_at IS NULL) ORDER BY r.number LIMIT 200";
    ONE = listed!("WHERE r.number = $1");
}

/// A request with everything that acting on it needs.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: ChangeRequestId,
    /// The number that people see.
    pub number: i64,
    /// What it asks for.
    pub kind: Kind,
    /// Where, in its order; empty only where it changes who rings.
    pub items: Vec<Item>,
    /// Who rings otherwise.
    pub routes: Vec<Route>,
    /// Whether one item that cannot be applied keeps the others from it.
    pub all_or_nothing: bool,
    /// How often it was submitted.
    pub round: u32,
    /// Why.
    pub reason: String,
    /// Requester and state.
    pub workflow: Workflow,
    /// A ticket elsewhere.
    pub external_ref: Option<String>,
    /// What was submitted last.
    pub plan: Option<Plan>,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
    /// When it was made.
    pub at: Timestamp,
}

impl Request {
    /// What has not been carried out.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.state.applied())
    }

    /// The device under which the record keeps what is done with the request.
    pub fn device(&self) -> Option<DeviceId> {
        self.items.first().map(|item| item.wanted.device)
    }
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    change_request_id: Uuid,
    number: i64,
    kind: String,
    requester_id: Uuid,
    reason: String,
    state: String,
    plan: Option<String>,
    round: i64,
    all_or_nothing: bool,
    created_at: i64,
    editors: String,
    external_ref: Option<String>,
    missing: String,
    routes: String,
}

impl TryFrom<RequestRow> for Request {
    type Error = Error;
    fn try_from(row: RequestRow) -> Result<Self, Error> {
        let json = |e| Error::row("change_request", row.number, e);
        Ok(Self {
            id: ChangeRequestId(row.change_request_id),
            number: row.number,
            kind: Kind::parse(&row.kind)
                .ok_or_else(|| Error::row("change_request", row.number, &row.kind))?,
            items: vec![],
            routes: serde_json::from_str(&row.routes).map_err(json)?,
            all_or_nothing: row.all_or_nothing,
            round: u32::try_from(row.round).unwrap_or(u32::MAX),
            reason: row.reason,
            workflow: Workflow {
                requester: UserId(row.requester_id),
                editors: serde_json::from_str(&row.editors).map_err(json)?,
                state: serde_json::from_str(&row.state).map_err(json)?,
            },
            external_ref: row.external_ref,
            missing: serde_json::from_str(&row.missing).map_err(json)?,
            plan: row.plan.as_deref().map(serde_json::from_str).transpose().map_err(json)?,
            at: Timestamp(row.created_at),
        })
    }
}

/// A plan without its items, which are kept one by one.
fn outline(plan: &Plan) -> Plan {
    Plan {
        items: vec![],
        routes: plan.routes.clone(),
        answers: plan.answers.clone(),
        findings: plan.findings.clone(),
        ..*plan
    }
}

fn to_json(number: i64, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("change_request", number, e))
}

/// Adds a request.
pub async fn insert(tx: &mut Tx, request: &Request) -> Result<(), Error> {
    let r = request;
    let args = args![
        r.id.0,
        r.number,
        r.kind.word(),
        r.workflow.requester.0,
        &r.reason,
        r.workflow.state.word(),
        to_json(r.number, &r.workflow.state)?,
        i64::try_from(r.items.len()).unwrap_or(i64::MAX),
        r.all_or_nothing,
        r.at,
        r.external_ref.as_deref(),
        to_json(r.number, &r.routes)?
    ];
    tx.run(INSERT, args).await?;
    item::save_items(tx, r).await
}

/// The sites of the devices that a request touches.
pub async fn sites(tx: &mut Tx, id: ChangeRequestId) -> Result<BTreeSet<SiteId>, Error> {
    let rows = tx.all::<(Uuid,)>(SITES, args![id.0]).await?;
    Ok(rows.into_iter().map(|(site,)| SiteId(site)).collect())
}

/// Saves a new state, words and plan, if the state is still `before`; false when somebody else was faster. How far its
/// items have come is saved by `save_items`.
pub async fn update(tx: &mut Tx, request: &Request, before: &State) -> Result<bool, Error> {
    let r = request;
    let approvals = r.workflow.approvals();
    // While it waits, who signed stands in its state alone.
    let stands_in = r.workflow.authority().and_then(stands_in);
    let approver = stands_in.or(r.workflow.approved_digest().and(approvals.last()).map(|a| a.by.0));
    let args = args![
        r.id.0,
        r.workflow.state.word(),
        to_json(r.number, &r.workflow.state)?,
        r.plan.as_ref().map(|plan| to_json(r.number, &outline(plan))).transpose()?,
        approver,
        to_json(r.number, before)?,
        &r.reason,
        r.external_ref.as_deref(),
        to_json(r.number, &r.workflow.editors)?,
        to_json(r.number, &r.missing)?,
        i64::from(r.round),
        r.workflow.due()
    ];
    if tx.run(UPDATE, args).await? != 1 {
        return Ok(false);
    }
    tx.run(FORGET_APPROVALS, args![r.id.0]).await?;
    let mut signed: Vec<_> = approvals.iter().map(|approval| approval.by).collect();
    let in_advance = r.workflow.authority().map(Authority::approvers).unwrap_or_default();
    signed.extend(in_advance.iter().filter(|by| !approvals.iter().any(|approval| approval.by == **by)));
    for (position, by) in (0i64..).zip(signed) {
        tx.run(APPROVAL, args![r.id.0, r.workflow.requester.0, by.0, position]).await?;
    }
    Ok(true)
}

/// What stands for a signature: who approved in advance, the broken glass, or the case of a loss.
fn stands_in(authority: &Authority) -> Option<Uuid> {
    match authority {
        Authority::Standard { approvers, .. } | Authority::Standing { approvers, .. } => {
            approvers.last().map(|by| by.0)
        }
        Authority::BreakGlass { id, .. } => Some(id.0),
        Authority::Loss { id, .. } => Some(id.0),
    }
}

/// What somebody says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: String,
}

/// Adds a comment. Nothing changes or removes one.
pub async fn comment(
    tx: &mut Tx,
    id: Uuid,
    request: ChangeRequestId,
    by: UserId,
    body: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.run(COMMENT, args![id, request.0, by.0, now, body]).await?;
    Ok(())
}

/// The first 500 comments on a request, in their order.
pub async fn comments(tx: &mut Tx, request: ChangeRequestId) -> Result<Vec<Comment>, Error> {
    let rows = tx.all::<(String, i64, String)>(COMMENTS, args![request.0]).await?;
    Ok(rows.into_iter().map(|(by, at, body)| Comment { by, at: Timestamp(at), body }).collect())
}

/// The request of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Request>, Error> {
    let Some(row) = tx.one::<RequestRow>(BY_NUMBER, args![number]).await? else { return Ok(None) };
    let mut request: Request = row.try_into()?;
    item::load(tx, &mut request).await?;
    Ok(Some(request))
}

/// Numbers of requests whose time to be applied has come, longest due first; at most a hundred.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<i64>, Error> {
    Ok(tx.all::<(i64,)>(DUE, args![now]).await?.into_iter().map(|(number,)| number).collect())
}

/// A request in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number.
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
    /// Extension of its first item; the name of what changes beside lines.
    pub extension: String,
    /// How many items it has, or how much it changes beside lines.
    pub items: i64,
    /// Who asked.
    pub requester: String,
    /// When.
    pub at: Timestamp,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    number: i64,
    kind: String,
    state: String,
    mac: Option<String>,
    site: Option<String>,
    position: Option<i64>,
    extension: Option<String>,
    routes: String,
    requester: String,
    created_at: i64,
    missing: String,
    items: i64,
}

impl TryFrom<ListRow> for Listed {
    type Error = Error;
    fn try_from(row: ListRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("change_request", row.number, what);
        let routes: Vec<Route> = serde_json::from_str(&row.routes).map_err(|e| bad(&e.to_string()))?;
        let route = routes.first();
        let of_route = |part: fn(&Route) -> String| route.map(part).unwrap_or_default();
        Ok(Self {
            number: row.number,
            kind: Kind::parse(&row.kind).ok_or_else(|| bad("kind"))?,
            state: serde_json::from_str(&row.state).map_err(|e| bad(&e.to_string()))?,
            mac: row
                .mac
                .map(|mac| Mac::parse(&mac).map_err(|_| bad("mac")))
                .transpose()?
                .or(route.and_then(Route::mac)),
            site: row.site.unwrap_or_else(|| of_route(|route| route.site().to_owned())),
            index: u8::try_from(row.position.unwrap_or_default()).unwrap_or(u8::MAX),
            extension: row.extension.unwrap_or_else(|| of_route(Route::name)),
            items: row.items.max(i64::try_from(routes.len()).unwrap_or(i64::MAX)),
            requester: row.requester,
            at: Timestamp(row.created_at),
            missing: serde_json::from_str(&row.missing).map_err(|e| bad(&e.to_string()))?,
        })
    }
}

/// Which requests.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// Not final.
    Open,
    /// Final.
    Done,
    /// Made by this user.
    Mine(UserId),
    /// About this device.
    Device(DeviceId),
}

/// Up to 201 requests with numbers below `before`, newest first.
pub async fn list(tx: &mut Tx, which: Which, before: i64) -> Result<Vec<Listed>, Error> {
    let rows = match which {
        Which::Open => tx.all::<ListRow>(OPEN, args![before]).await?,
        Which::Done => tx.all::<ListRow>(DONE, args![before]).await?,
        Which::Mine(user) => tx.all::<ListRow>(MINE, args![before, user.0]).await?,
        Which::Device(device) => tx.all::<ListRow>(OF_DEVICE, args![before, device.0]).await?,
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Numbers of binds that wait for approval, after a number, oldest first; at most 200.
pub async fn waiting_binds(tx: &mut Tx, after: i64) -> Result<Vec<i64>, Error> {
    let rows = tx.all::<(i64,)>(WAITING_BINDS, args![after]).await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// One request as in a list.
pub async fn listed(tx: &mut Tx, number: i64) -> Result<Option<Listed>, Error> {
    tx.one::<ListRow>(ONE, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The latest requests that ask for an extension, open or not; at most fifty.
pub async fn binds_of(tx: &mut Tx, extension: ExtensionId) -> Result<Vec<Listed>, Error> {
    tx.all::<ListRow>(BINDS_OF, args![extension.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// A request for a line whose owner's first day has come and whose account is not active.
#[derive(Clone, Debug)]
pub struct Delayed {
    /// The request's number.
    pub number: i64,
    /// The extension.
    pub extension: String,
    /// Its site.
    pub site: SiteId,
    /// The device on which it would stand.
    pub device: DeviceId,
    /// Whose line it is.
    pub owner: String,
    /// Word of the account's state.
    pub account: String,
    /// When the first day began.
    pub since: Timestamp,
}

/// Up to 200 requests that wait for an account since a day that has come, and have no open case.
pub async fn delayed(tx: &mut Tx, now: Timestamp) -> Result<Vec<Delayed>, Error> {
    type Row = (i64, String, Uuid, Uuid, String, String, i64);
    let rows = tx.all::<Row>(DELAYED, args![now]).await?;
    let row = |(number, extension, site, device, owner, account, since): Row| Delayed {
        number,
        extension,
        site: SiteId(site),
        device: DeviceId(device),
        owner,
        account,
        since: Timestamp(since),
    };
    Ok(rows.into_iter().map(row).collect())
}
