//! Change requests: create, edit, submit, approve, reject, withdraw, apply. What is applied is what was approved.

mod apply;
pub(crate) mod authority;
mod compose;
mod decide;
mod items;
mod schedule;
mod selection;
mod words;

pub use apply::apply;
pub use decide::{approve, reject, submit, withdraw};
pub(crate) use decide::{submit_draft, withdraw_draft};
pub use items::ItemPlace;
pub(crate) use schedule::apply_due;
pub use schedule::{schedule, unschedule};
pub use selection::{About, SelectionInput, ask_selected, select};
pub(crate) use words::said;
pub use words::{comment, edit};

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    approvals::{self, Rules},
    freezes,
    planning::{self, Planned},
    replacements,
    view::{BulkInput, CommentRow, PAGE, Page, RequestInput, RequestRow, RequestView, cut},
};
use domain::{
    Code, Finding, Timestamp,
    approval::{Required, required},
    artifact::Digest,
    authz::{Action, Claim, authorise, somewhere},
    change_request::{Ask, Asked, At, ItemState, Route, State, Wanted, Workflow, bulk},
    fence::ApprovalFacts,
    ids::{ChangeRequestId, ItemId, SiteId},
    ledger::{ActEntry, Entry},
    plan::{Kind, Standing},
};
use std::collections::BTreeSet;
use storage::{
    Tx,
    change_request::{self, Item, Request, Which},
    device, ledger, site, user,
};

/// A page of requests: `open`, `done` or `mine`; `after` is the number after which it goes on.
pub async fn list(services: &Services, op: &Operation, tab: &str, after: &str) -> Result<Page<RequestRow>> {
    authorise(&op.actor, Action::Read)?;
    let which = match tab {
        "done" => Which::Done,
        "mine" => Which::Mine(op.actor.id),
        _ => Which::Open,
    };
    let before = after.parse().unwrap_or(i64::MAX);
    let mut tx = services.0.store.read().await?;
    let mut rows: Vec<_> = change_request::list(&mut tx, which, before).await?.into_iter().map(row).collect();
    let next = cut(&mut rows, PAGE, |r| r.number.to_string());
    Ok(Page { rows, next })
}

/// A stored row as pages show it.
pub(crate) fn row(listed: change_request::Listed) -> RequestRow {
    let l = listed;
    RequestRow {
        number: l.number,
        kind: l.kind,
        state: l.state,
        mac: l.mac,
        site: l.site,
        index: l.index,
        extension: l.extension,
        items: l.items,
        requester: l.requester,
        at: l.at,
        missing: l.missing,
    }
}

/// Makes a draft; returns its number. Everything that is wrong with the form is said at once.
pub async fn create(services: &Services, op: &Operation, input: &RequestInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Request)?;
    drafted(services, op, input, Some(claim)).await
}

/// The same for whoever has been authorised otherwise.
pub(crate) async fn draft(services: &Services, op: &Operation, input: &RequestInput) -> Result<i64> {
    drafted(services, op, input, None).await
}

async fn drafted(
    services: &Services,
    op: &Operation,
    input: &RequestInput,
    claim: Option<Claim<'_>>,
) -> Result<i64> {
    let mut findings = Vec::new();
    let mut wrong = |code, subject: &str| findings.push(Finding::new(code, subject));
    let typed = Asked {
        kind: &input.kind,
        mac: &input.mac,
        index: &input.index,
        extension: &input.extension,
        to_mac: &input.to_mac,
        to_index: &input.to_index,
    };
    let ask = Ask::read(&typed, &mut wrong);
    let reason = input.reason.trim();
    words::check(reason, &input.external_ref, &mut wrong);
    let instead_of: Option<i64> = input.instead_of.trim().parse().ok();
    if instead_of.is_none() && !input.instead_of.trim().is_empty() {
        wrong(Code::FormInvalid, "instead_of");
    }
    let (Some(ask), true) = (ask, findings.is_empty()) else { return Err(Problem::blocked(findings)) };
    let mut act = Act::begin(services, op).await?;
    let composed = compose::compose(&mut act.tx, &[compose::Line { row: None, ask: &ask }]).await?;
    let external_ref = input.external_ref.as_str();
    let new = New { kind: ask.kind(), composed, routes: vec![], reason, external_ref, all_or_nothing: true };
    let request = insert(&mut act, services, op, new).await?;
    if let Some(claim) = claim {
        within(&mut act.tx, claim, &request).await?;
    }
    if let Some(number) = instead_of {
        if let Some(claim) = claim {
            // It may touch other sites beside this line key.
            let old = load(&mut act.tx, number).await?;
            within(&mut act.tx, claim, &old).await?;
        }
        supersede(&mut act, number, &request).await?;
    }
    act.commit().await?;
    Ok(request.number)
}

/// Makes a draft of every row of a file; returns its number. One wrong row makes no draft, and is named.
pub async fn create_bulk(services: &Services, op: &Operation, input: &BulkInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let mut findings = Vec::new();
    let reason = input.reason.trim();
    words::check(reason, &input.external_ref, &mut |code, subject| {
        findings.push(Finding::new(code, subject));
    });
    let rows = bulk::read(&input.file).unwrap_or_else(|wrong| {
        findings.extend(wrong);
        vec![]
    });
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let lines: Vec<_> =
        rows.iter().map(|row| compose::Line { row: Some(row.number), ask: &row.ask }).collect();
    let mut act = Act::begin(services, op).await?;
    let composed = compose::compose(&mut act.tx, &lines).await?;
    let (external_ref, all_or_nothing) = (input.external_ref.as_str(), input.all_or_nothing);
    let new = New { kind: Kind::Bulk, composed, routes: vec![], reason, external_ref, all_or_nothing };
    let request = insert(&mut act, services, op, new).await?;
    within(&mut act.tx, claim, &request).await?;
    act.commit().await?;
    Ok(request.number)
}

/// A request that is about to be made.
pub(crate) struct New<'a> {
    kind: Kind,
    composed: compose::Composed,
    routes: Vec<Route>,
    reason: &'a str,
    external_ref: &'a str,
    all_or_nothing: bool,
}

/// A request that takes every one of these lines away.
pub(crate) async fn revoking<'a>(tx: &mut Tx, lines: &[At], reason: &'a str) -> Result<New<'a>> {
    let asks: Vec<_> = lines.iter().map(|at| Ask::Unbind { at: *at }).collect();
    let kind = if asks.len() == 1 { Kind::Unbind } else { Kind::Bulk };
    let asked: Vec<_> = asks.iter().map(|ask| compose::Line { row: None, ask }).collect();
    let composed = compose::compose(tx, &asked).await?;
    Ok(New { kind, composed, routes: vec![], reason, external_ref: "", all_or_nothing: true })
}

/// Makes a draft of changes beside lines, of the kind of the first, in an act that has begun; its number.
pub(crate) async fn reroute(
    act: &mut Act<'_>,
    services: &Services,
    op: &Operation,
    routes: Vec<Route>,
    reason: &str,
) -> Result<i64> {
    authorise(&op.actor, Action::Request)?;
    reroute_of(act, services, op, routes, reason).await
}

/// The same for whoever has been authorised otherwise.
pub(crate) async fn reroute_of(
    act: &mut Act<'_>,
    services: &Services,
    op: &Operation,
    routes: Vec<Route>,
    reason: &str,
) -> Result<i64> {
    let new = New { reason, ..rerouting(routes)? };
    Ok(insert(act, services, op, new).await?.number)
}

/// A request that makes these changes beside lines, all of them or none.
fn rerouting<'a>(routes: Vec<Route>) -> Result<New<'a>> {
    let Some(first) = routes.first() else { return Err(Problem::invalid(Code::FieldMissing, "route")) };
    let kind = first.kind();
    let words = match routes.len() {
        1 => first.subject(),
        many => format!("{} and {} more", first.subject(), many - 1),
    };
    let composed = compose::Composed { items: vec![], words };
    Ok(New { kind, composed, routes, reason: "", external_ref: "", all_or_nothing: true })
}

async fn insert(act: &mut Act<'_>, services: &Services, op: &Operation, new: New<'_>) -> Result<Request> {
    let item = |wanted| Item { id: ItemId(services.0.env.id()), wanted, state: ItemState::Waiting, round: 0 };
    let request = Request {
        id: ChangeRequestId(services.0.env.id()),
        number: user::next_number(&mut act.tx, "change_request").await?,
        kind: new.kind,
        items: new.composed.items.into_iter().map(item).collect(),
        routes: new.routes,
        all_or_nothing: new.all_or_nothing,
        round: 0,
        reason: new.reason.to_owned(),
        workflow: Workflow::draft(op.actor.id),
        external_ref: words::external_ref(new.external_ref),
        plan: None,
        missing: vec![],
        at: op.now,
    };
    change_request::insert(&mut act.tx, &request).await?;
    let site = lead(&mut act.tx, &request).await?;
    note(act, &request, site, "change_request.create", None, Some(new.composed.words), new.reason);
    Ok(request)
}

/// An open request about the same line key makes room for this one.
async fn supersede(act: &mut Act<'_>, number: i64, with: &Request) -> Result<()> {
    let mut old = load(&mut act.tx, number).await?;
    let places: BTreeSet<_> = with.items.iter().map(|item| item.wanted.endpoint).collect();
    if !old.items.iter().any(|item| places.contains(&item.wanted.endpoint)) {
        let detail = format!("CR-{number} is about another line key.");
        return Err(Finding::new(Code::FormInvalid, "instead_of").detail(detail).into());
    }
    let before = old.workflow.state.clone();
    old.workflow = old.workflow.clone().supersede(with.number, act.now)?;
    old.missing = vec![];
    decide::save(&mut act.tx, &old, &before).await?;
    let (was, is) = (before.word().to_owned(), format!("CR-{}", with.number));
    let site = lead(&mut act.tx, &old).await?;
    note(act, &old, site, "change_request.supersede", Some(was), Some(is), &with.reason);
    Ok(())
}

/// Refuses whoever may not do it at every site that the request touches.
async fn within(tx: &mut Tx, claim: Claim<'_>, request: &Request) -> Result<()> {
    let mut sites = change_request::sites(tx, request.id).await?;
    for route in &request.routes {
        sites.extend(site::by_code(tx, route.site()).await?.map(|site| site.id));
    }
    claim.at_all(sites)?;
    Ok(())
}

/// The same by the number of a request.
async fn allowed(services: &Services, claim: Claim<'_>, number: i64) -> Result<()> {
    let mut tx = services.0.store.read().await?;
    let request = load(&mut tx, number).await?;
    within(&mut tx, claim, &request).await
}

/// The site of the device under which the record keeps a request.
async fn lead(tx: &mut Tx, request: &Request) -> Result<Option<SiteId>> {
    if let Some(route) = request.routes.first() {
        return Ok(site::by_code(tx, route.site()).await?.map(|site| site.id));
    }
    let Some(device) = request.device() else { return Ok(None) };
    Ok(device::by_id(tx, device).await?.map(|stored| stored.device.site))
}

fn note(
    act: &mut Act<'_>,
    request: &Request,
    site: Option<SiteId>,
    action: &str,
    before: Option<String>,
    after: Option<String>,
    reason: &str,
) {
    act.note(Note {
        action,
        subject: format!("CR-{}", request.number),
        site,
        device: request.device(),
        before,
        after,
        reason: reason.to_owned(),
    });
}

pub(crate) async fn load(tx: &mut Tx, number: i64) -> Result<Request> {
    change_request::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("change request"))
}

/// The plan of a request as it would be now, what the rules that stand ask of it, and how its approvals stand.
pub(crate) struct Judged {
    pub(crate) planned: Planned,
    rules: Rules,
    required: Required,
    /// How what was submitted stands against that; `None` before anything was.
    standing: Option<Standing>,
}

impl Judged {
    /// What of the request may be applied: the digest that was signed, as long as some of it holds.
    fn digest(&self) -> Digest {
        self.standing.as_ref().map_or(self.planned.digest, |standing| standing.digest)
    }

    /// What was asked for and is no longer what was submitted.
    fn stale(&self, request: &Request) -> BTreeSet<Wanted> {
        let (Some(standing), Some(plan)) = (&self.standing, &request.plan) else { return BTreeSet::new() };
        standing.stale.iter().filter_map(|at| Some(plan.items.get(*at)?.wanted())).collect()
    }
}

/// How the approvals stand against what may be applied.
fn approval_facts(request: &Request, judged: &Judged, now: Timestamp) -> ApprovalFacts {
    let workflow = &request.workflow;
    match workflow.approved_digest() {
        Some(digest) if digest != judged.digest() => ApprovalFacts::Stale,
        Some(_) if workflow.verdict(&judged.required, &judged.rules.delegations, now).approved() => {
            ApprovalFacts::Valid
        }
        _ => ApprovalFacts::Missing,
    }
}

/// Plans what is left of a request as it would be now, and judges its approvals against exactly that.
pub(crate) async fn judge(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Judged> {
    let rules = approvals::load(tx, now).await?;
    let planned = planning::plan(tx, request, now).await?.under(rules.version);
    let required = required(&rules.standing, &approvals::touches(&planned));
    let done: BTreeSet<_> =
        request.items.iter().filter(|item| item.state.applied()).map(|item| item.wanted).collect();
    let standing = request.plan.as_ref().map(|plan| {
        plan.against(&planned.plan, |item| done.contains(&item.wanted()), request.all_or_nothing)
    });
    let mut judged = Judged { planned, rules, required, standing };
    let approval = approval_facts(request, &judged, now);
    let stale = judged.stale(request);
    let of = |wanted: &Wanted| {
        let outdated = approval == ApprovalFacts::Valid && stale.contains(wanted);
        if outdated { ApprovalFacts::Stale } else { approval }
    };
    judged.planned.decide(of, approval, now);
    if let Some(finding) = replacements::holds(tx, request).await? {
        for row in &mut judged.planned.rows {
            row.findings.push(finding.clone());
        }
    }
    Ok(judged)
}

/// What is in the way of a request now, a freeze included, but for what its own replacement says.
pub(crate) async fn in_the_way(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Vec<Finding>> {
    let judged = Box::pin(judge(tx, request, now)).await?;
    let findings = judged.planned.findings();
    let mut found = planning::distinct(findings.filter(|f| f.blocks() && f.code != Code::ReplacementAlive));
    found.extend(freezes::against_any(tx, judged.planned.site_ids(), now).await?);
    Ok(found)
}

/// A request's page, with its first items.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<RequestView> {
    view_at(services, op, number, &ItemPlace::default()).await
}

/// A request's page, with the items at a place.
pub async fn view_at(
    services: &Services,
    op: &Operation,
    number: i64,
    place: &ItemPlace,
) -> Result<RequestView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let request = load(&mut tx, number).await?;
    let listed =
        change_request::listed(&mut tx, number).await?.ok_or_else(|| Problem::not_found("change request"))?;
    let judged = Box::pin(judge(&mut tx, &request, op.now)).await?;
    let approvals =
        approvals::view_of(&mut tx, op, &judged.rules, &judged.required, &request.workflow).await?;
    let open = !request.workflow.state.is_final();
    let stale = match &request.workflow.state {
        State::Submitted { digest, .. }
        | State::Approved { digest, .. }
        | State::Scheduled { digest, .. } => *digest != judged.digest(),
        _ => false,
    };
    let planned = judged.planned;
    let mut blocks: Vec<Finding> = vec![];
    if open {
        blocks = planning::distinct(planned.findings().filter(|f| f.blocks()));
    }
    if open {
        blocks.extend(freezes::against_any(&mut tx, planned.site_ids(), op.now).await?);
    }
    let ready = open && planned.some_ready(&apply::ready(&planned));
    let shown = items::shown(&mut tx, &request, &planned, place).await?;
    let subject = format!("CR-{number}");
    let history = match request.device() {
        Some(device) => ledger::of_device(&mut tx, device).await?,
        // Nothing is indexed by subject: of what stands on no device, the acts around its last step.
        None => ledger::acts(&mut tx, last_step(&request.workflow.state, op.now)).await?,
    };
    let history = history_of(history, &subject);
    let comments = change_request::comments(&mut tx, request.id).await?;
    let mut editors = vec![];
    for editor in &request.workflow.editors {
        editors.extend(user::by_id(&mut tx, *editor).await?.map(|u| u.actor.name));
    }
    // A plan that has changed is shown as it is now: that is what submitting again would sign.
    let outdated = stale || matches!(request.workflow.state, State::Stale { .. });
    let submitted = request.plan.clone().filter(|_| !outdated);
    let plan = submitted.unwrap_or(planned.plan);
    let digest = plan.digest().to_string();
    Ok(RequestView {
        row: row(listed),
        id: request.id,
        reason: request.reason.clone(),
        plan,
        rows: shown.rows,
        groups: shown.groups,
        next: shown.next,
        digest,
        stale,
        blocks,
        ready,
        all_or_nothing: request.all_or_nothing,
        history,
        approvals,
        external_ref: request.external_ref.clone(),
        editors,
        comments: comments
            .into_iter()
            .map(|comment| CommentRow { by: comment.by, at: comment.at, body: comment.body })
            .collect(),
        own: request.workflow.requester == op.actor.id,
        involved: request.workflow.involves(op.actor.id),
    })
}

/// When a request came to where it is; now, while it is open.
const fn last_step(state: &State, now: Timestamp) -> Timestamp {
    match state {
        State::Rejected { at, .. }
        | State::Applied { at, .. }
        | State::Withdrawn { at, .. }
        | State::Stale { at }
        | State::Superseded { at, .. } => *at,
        State::Draft | State::Submitted { .. } | State::Approved { .. } | State::Scheduled { .. } => now,
    }
}

fn history_of(entries: Vec<(ledger::Place, Entry)>, subject: &str) -> Vec<ActEntry> {
    let act = |(_, entry)| match entry {
        Entry::Act(act) if act.subject == subject => Some(*act),
        _ => None,
    };
    entries.into_iter().filter_map(act).collect()
}
