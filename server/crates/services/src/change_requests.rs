//! Change requests: create, submit, approve, reject, withdraw, apply. What is applied is what was approved.

mod apply;
mod decide;

pub use apply::apply;
pub use decide::{approve, reject, submit, withdraw};

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    facts,
    planning::{self, Planned},
    view::{PAGE, Page, RequestInput, RequestRow, RequestView, cut},
};
use domain::{
    Code, Finding, Mac,
    artifact::Digest,
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
    if reason.is_empty() {
        wrong(Code::FieldMissing, "reason");
    } else if reason.len() > 1000 || reason.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
        wrong(Code::FieldTooLong, "reason");
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
        plan: None,
        at: op.now,
    };
    change_request::insert(&mut act.tx, &request).await?;
    let after = format!("{} extension {} on line key {index} of {mac}", kind.word(), extension.number);
    note(&mut act, &request, &loaded, "change_request.create", None, Some(after), reason);
    act.commit().await?;
    Ok(request.number)
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

/// How the approval stands against a plan of `digest`.
fn approval_facts(request: &Request, digest: Option<Digest>) -> ApprovalFacts {
    match request.workflow.approval() {
        None => ApprovalFacts::Missing,
        Some(a) if a.by == request.workflow.requester => ApprovalFacts::Requester,
        Some(a) if digest.is_some_and(|d| d != a.digest) => ApprovalFacts::Stale,
        Some(_) => ApprovalFacts::Valid,
    }
}

/// The plan of a request as it would be now, with the approval judged against exactly it.
async fn plan_now(tx: &mut Tx, request: &Request, now: domain::Timestamp) -> Result<Planned> {
    let stored = device::by_id(tx, request.device).await?.ok_or_else(|| Problem::not_found("device"))?;
    let loaded = facts::load(tx, stored).await?;
    let extension = planning::extension(tx, request).await?;
    // The digest does not depend on the approval, so one pass finds it and the second judges it.
    let first =
        planning::plan(tx, loaded.clone(), request, extension.clone(), ApprovalFacts::Missing, now).await?;
    let approval = approval_facts(request, Some(first.digest));
    planning::plan(tx, loaded, request, extension, approval, now).await
}

/// A request's page.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<RequestView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let request = load(&mut tx, number).await?;
    let listed =
        change_request::listed(&mut tx, number).await?.ok_or_else(|| Problem::not_found("change request"))?;
    let planned = plan_now(&mut tx, &request, op.now).await?;
    let open = !request.workflow.state.is_final();
    let stale = match &request.workflow.state {
        State::Submitted { digest, .. } => *digest != planned.digest,
        State::Approved { approval } => approval.digest != planned.digest,
        _ => false,
    };
    let mut blocks: Vec<Finding> = vec![];
    if open {
        let own = planned.decision.endpoints.iter().filter(|e| e.index == planned.index);
        blocks.extend(own.flat_map(|e| &e.findings).filter(|f| f.blocks()).cloned());
        blocks.extend(planned.prepared.findings.iter().filter(|f| f.blocks()).cloned());
    }
    let history = ledger::of_device(&mut tx, request.device).await?;
    let history = history_of(history, &format!("CR-{number}"));
    let approver = match request.workflow.approval() {
        Some(a) => user::by_id(&mut tx, a.by).await?.map(|u| u.actor.name),
        None => None,
    };
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
        approver,
        own: request.workflow.requester == op.actor.id,
    })
}

fn history_of(entries: Vec<(ledger::Place, Entry)>, subject: &str) -> Vec<ActEntry> {
    let act = |(_, entry)| match entry {
        Entry::Act(act) if act.subject == subject => Some(*act),
        _ => None,
    };
    entries.into_iter().filter_map(act).collect()
}
