//! Change requests: create, edit, submit, approve, reject, withdraw, apply. What is applied is what was approved.

mod apply;
mod decide;
mod words;

pub use apply::apply;
pub use decide::{approve, reject, submit, withdraw};
pub use words::{comment, edit};

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    approvals::{self, Rules},
    facts, freezes,
    planning::{self, Planned},
    view::{CommentRow, PAGE, Page, RequestInput, RequestRow, RequestView, cut},
};
use domain::{
    Code, Finding, Mac, Timestamp,
    approval::{Required, required},
    authz::{Action, authorise},
    change_request::{State, Workflow},
    fence::ApprovalFacts,
    ids::ChangeRequestId,
    ledger::{ActEntry, Entry},
    plan::Kind,
};
use storage::{
    Tx,
    change_request::{self, Request, Which},
    device, ledger, person, user,
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
        requester: l.requester,
        at: l.at,
        missing: l.missing,
    }
}

/// Makes a draft; returns its number. Everything that is wrong with the form is said at once.
pub async fn create(services: &Services, op: &Operation, input: &RequestInput) -> Result<i64> {
    authorise(&op.actor, Action::Request)?;
    let mut findings = Vec::new();
    let mut wrong = |code, subject: &str| findings.push(Finding::new(code, subject));
    let kind = Kind::parse(input.kind.trim());
    let mac = Mac::parse(&input.mac).ok();
    let index: Option<u8> = input.index.trim().parse().ok().filter(|i| *i > 0);
    if kind.is_none() {
        wrong(Code::StateInvalid, "kind");
    }
    if mac.is_none() {
        wrong(Code::MacInvalid, "mac");
    }
    if index.is_none() {
        wrong(Code::FieldMissing, "line key");
    }
    let reason = input.reason.trim();
    words::check(reason, &input.external_ref, &mut wrong);
    let instead_of: Option<i64> = input.instead_of.trim().parse().ok();
    if instead_of.is_none() && !input.instead_of.trim().is_empty() {
        wrong(Code::FormInvalid, "instead_of");
    }
    let (Some(kind), Some(mac), Some(index), true) = (kind, mac, index, findings.is_empty()) else {
        return Err(Problem::blocked(findings));
    };
    let mut act = Act::begin(services, op).await?;
    let stored = device::by_mac(&mut act.tx, mac)
        .await?
        .ok_or_else(|| Problem::invalid(Code::DeviceUnknown, "mac"))?;
    let loaded = facts::load(&mut act.tx, stored).await?;
    let endpoint = loaded
        .endpoints
        .iter()
        .find(|e| e.index == index)
        .ok_or_else(|| Problem::invalid(Code::FormInvalid, "line key"))?;
    let extension = match kind {
        Kind::Bind => person::extension_by_number(&mut act.tx, input.extension.trim())
            .await?
            .ok_or_else(|| Problem::invalid(Code::ExtensionUnknown, "extension"))?,
        Kind::Unbind => loaded
            .line_on(endpoint.id)
            .map(|l| l.extension.clone())
            .ok_or_else(|| Problem::invalid(Code::EndpointEmpty, "line key"))?,
    };
    let request = Request {
        id: ChangeRequestId(services.0.env.id()),
        number: user::next_number(&mut act.tx, "change_request").await?,
        kind,
        device: loaded.stored.device.id,
        endpoint: endpoint.id,
        extension: extension.id,
        reason: reason.to_owned(),
        workflow: Workflow::draft(op.actor.id),
        external_ref: words::external_ref(&input.external_ref),
        plan: None,
        missing: vec![],
        at: op.now,
    };
    change_request::insert(&mut act.tx, &request).await?;
    if let Some(number) = instead_of {
        supersede(&mut act, number, &request, &loaded).await?;
    }
    let after = format!("{} extension {} on line key {index} of {mac}", kind.word(), extension.number);
    note(&mut act, &request, &loaded, "change_request.create", None, Some(after), reason);
    act.commit().await?;
    Ok(request.number)
}

/// An open request about the same line key makes room for this one.
async fn supersede(act: &mut Act<'_>, number: i64, with: &Request, loaded: &facts::Loaded) -> Result<()> {
    let mut old = load(&mut act.tx, number).await?;
    if old.endpoint != with.endpoint {
        let detail = format!("CR-{number} is about another line key.");
        return Err(Finding::new(Code::FormInvalid, "instead_of").detail(detail).into());
    }
    let before = old.workflow.state.clone();
    old.workflow = old.workflow.clone().supersede(with.number, act.now)?;
    old.missing = vec![];
    decide::save(&mut act.tx, &old, &before).await?;
    let (was, is) = (before.word().to_owned(), format!("CR-{}", with.number));
    note(act, &old, loaded, "change_request.supersede", Some(was), Some(is), &with.reason);
    Ok(())
}

fn note(
    act: &mut Act<'_>,
    request: &Request,
    loaded: &facts::Loaded,
    action: &str,
    before: Option<String>,
    after: Option<String>,
    reason: &str,
) {
    act.note(Note {
        action,
        subject: format!("CR-{}", request.number),
        site: Some(loaded.site.id),
        device: Some(loaded.stored.device.id),
        before,
        after,
        reason: reason.to_owned(),
    });
}

async fn load(tx: &mut Tx, number: i64) -> Result<Request> {
    change_request::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("change request"))
}

/// The plan of a request as it would be now, what the rules that stand ask of it, and how its approvals stand.
struct Judged {
    planned: Planned,
    rules: Rules,
    required: Required,
}

/// How the approvals stand against a plan of `digest`.
fn approval_facts(request: &Request, judged: &Judged, now: Timestamp) -> ApprovalFacts {
    let workflow = &request.workflow;
    match workflow.approved_digest() {
        Some(digest) if digest != judged.planned.digest => ApprovalFacts::Stale,
        Some(_) if workflow.verdict(&judged.required, &judged.rules.delegations, now).approved() => {
            ApprovalFacts::Valid
        }
        _ => ApprovalFacts::Missing,
    }
}

/// Plans a request as it would be now, and judges its approvals against exactly that.
async fn judge(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Judged> {
    let stored = device::by_id(tx, request.device).await?.ok_or_else(|| Problem::not_found("device"))?;
    let loaded = facts::load(tx, stored).await?;
    let extension = planning::extension(tx, request).await?;
    let rules = approvals::load(tx, now).await?;
    // The digest does not depend on the approval, so one pass finds it and the second judges it.
    let first = planning::plan(tx, loaded.clone(), request, extension.clone(), ApprovalFacts::Missing, now);
    let first = Box::pin(first).await?;
    let first = under(first, rules.version);
    let required = required(&rules.standing, &approvals::touches(&first));
    let mut judged = Judged { planned: first, rules, required };
    let approval = approval_facts(request, &judged, now);
    let second = Box::pin(planning::plan(tx, loaded, request, extension, approval, now)).await?;
    judged.planned = under(second, judged.rules.version);
    Ok(judged)
}

/// A plan names the version of the rules under which it was made, so that other rules make it stale.
fn under(mut planned: Planned, version: u32) -> Planned {
    planned.plan.policy_version = version;
    planned.digest = planned.plan.digest();
    planned
}

/// A request's page.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<RequestView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let request = load(&mut tx, number).await?;
    let listed =
        change_request::listed(&mut tx, number).await?.ok_or_else(|| Problem::not_found("change request"))?;
    let judged = Box::pin(judge(&mut tx, &request, op.now)).await?;
    let approvals =
        approvals::view_of(&mut tx, op, &judged.rules, &judged.required, &request.workflow).await?;
    let planned = judged.planned;
    let open = !request.workflow.state.is_final();
    let stale = match &request.workflow.state {
        State::Submitted { digest, .. } | State::Approved { digest, .. } => *digest != planned.digest,
        _ => false,
    };
    let mut blocks: Vec<Finding> = vec![];
    if open {
        let own = planned.decision.endpoints.iter().filter(|e| e.index == planned.index);
        blocks.extend(own.flat_map(|e| &e.findings).filter(|f| f.blocks()).cloned());
        blocks.extend(planned.prepared.findings.iter().filter(|f| f.blocks()).cloned());
    }
    if open {
        blocks.extend(freezes::against(&mut tx, planned.loaded.site.id, op.now).await?);
    }
    let history = ledger::of_device(&mut tx, request.device).await?;
    let history = history_of(history, &format!("CR-{number}"));
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
        digest,
        stale,
        blocks,
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

fn history_of(entries: Vec<(ledger::Place, Entry)>, subject: &str) -> Vec<ActEntry> {
    let act = |(_, entry)| match entry {
        Entry::Act(act) if act.subject == subject => Some(*act),
        _ => None,
    };
    entries.into_iter().filter_map(act).collect()
}
