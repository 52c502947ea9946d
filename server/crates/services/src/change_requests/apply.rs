//! Applying an approved request: what is applied is what was approved, at a moment at which the fence agrees.

use super::{
    Judged,
    authority::{Ready, ready as judged},
    decide::save,
    lead, note,
};
use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::{Act, Note},
    credentials, freezes, imports,
    planning::{self, DevicePlan, Planned, Row},
    publish::{self, Publication},
    replacements, rerouting, uploads,
};
use domain::{
    Code, Finding,
    authority::Authority,
    authz::{Action, somewhere},
    change_request::{ItemState, Route, State, Wanted, groups},
    ids::{DeviceId, RevisionId, SecretId, SiteId, UserId},
    plan::{Effect, Kind},
    shared_line::{self, Credential},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    change_request::{self, Request},
    line, profile, secret, user,
};

/// What changes beside lines is named one by one up to here.
const NAMED: usize = 50;

/// Applies an approved request: in one transaction lines begin and end, revisions are published, and the order against
/// every serve is fixed. What is no longer what was approved, or is blocked, waits while the others are applied, unless
/// the request says all or nothing. A plan of which nothing holds any more becomes stale instead, and one whose
/// approvals have expired waits for new ones. Inside a freeze it stays as it is.
///
/// A long one that is not all or nothing is applied in slices, each a transaction in which everything is judged anew, so
/// that other writers are served in between. Interrupted between two, it stays approved with what was done, and whoever
/// applies it again goes on.
pub async fn apply(services: &Services, op: &Operation, number: i64) -> Result<()> {
    loop {
        let claim = somewhere(&op.actor, Action::Apply)?;
        let mut act = Act::begin(services, op).await?;
        let of = Box::pin(judged(&mut act.tx, number, op.now)).await?;
        claim.at_all(of.judged.planned.site_ids())?;
        if Box::pin(apply_in(act, services, op.actor.id, of)).await? == Slice::Last {
            return Ok(());
        }
    }
}

/// Which part of a request was applied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slice {
    /// More of it can be applied now.
    More,
    /// Nothing of it is left that could be.
    Last,
}

/// Of what may be applied, what is applied in this transaction: whole groups, until there are enough.
fn slice(
    services: &Services,
    request: &Request,
    planned: &Planned,
    ready: &BTreeSet<usize>,
) -> BTreeSet<usize> {
    let most = services.0.limits.apply_slice.max(1);
    if request.kind != Kind::Bulk || request.all_or_nothing || ready.len() <= most {
        return ready.clone();
    }
    let wanted: Vec<_> = planned.rows.iter().map(|row| row.wanted).collect();
    let groups = groups(&wanted);
    let mut taken = BTreeSet::new();
    let mut rows = BTreeSet::new();
    for at in ready {
        if rows.len() >= most && !taken.contains(&groups[*at]) {
            continue;
        }
        taken.insert(groups[*at]);
        rows.insert(*at);
    }
    rows
}

/// The same in the act in which it was judged, in somebody's name.
pub(super) async fn apply_in(mut act: Act<'_>, services: &Services, by: UserId, of: Ready) -> Result<Slice> {
    let (now, number) = (act.now, of.request.number);
    let Ready { mut request, judged } = of;
    let site = lead(&mut act.tx, &request).await?;
    let (stale, digest) = (judged.stale(&request), judged.digest());
    let Judged { planned, rules, required, .. } = judged;
    let could = ready(&planned);
    let ready = slice(services, &request, &planned, &could);
    let part = if ready.len() < could.len() { Slice::More } else { Slice::Last };
    let before = request.workflow.state.clone();
    let was = Some(before.word().to_owned());
    let (workflow, lent) = (request.workflow.clone(), &rules.delegations);
    request.workflow = if part == Slice::More {
        workflow.apply_slice(digest, &required, lent, by, now)?
    } else if ready.len() == planned.rows.len() {
        workflow.apply(digest, &required, lent, by, now)?
    } else {
        workflow.apply_part(digest, &required, lent, by, now)?
    };
    match &request.workflow.state {
        State::Submitted { .. } => {
            let verdict = request.workflow.verdict(&required, lent, now);
            request.missing = verdict.missing;
            save(&mut act.tx, &request, &before).await?;
            note(&mut act, &request, site, "change_request.lapse", was, Some("submitted".into()), "");
            act.commit().await?;
            let mut findings = vec![Finding::new(Code::ApprovalExpired, format!("CR-{number}"))];
            findings.extend(verdict.findings);
            return Err(Problem { kind: ProblemKind::Conflict, findings });
        }
        State::Stale { .. } => {
            return Err(stale_from_now_on(act, request, site, &before).await?);
        }
        _ => {}
    }
    if let Some(frozen) = freezes::against_any(&mut act.tx, planned.site_ids(), now).await? {
        return Err(frozen.into());
    }
    // Approved, exactly this: now the fence has to agree, at this moment (invariant 1).
    if !planned.some_ready(&ready) || (request.all_or_nothing && ready.len() < planned.rows.len()) {
        let findings = planned.findings().filter(|f| f.blocks());
        return Err(Problem::blocked(planning::distinct(findings)));
    }
    let later: BTreeSet<_> = could.difference(&ready).copied().collect();
    settle(&mut request, &planned, &Parts { ready: &ready, later: &later }, &stale);
    save(&mut act.tx, &request, &before).await?;
    change_request::save_items(&mut act.tx, &request).await?;
    Box::pin(carry_out(&mut act, services, &request, planned, &ready)).await?;
    act.commit().await?;
    Ok(part)
}

/// Saves a request that has become stale with all that is left of it; what whoever wanted to apply it is told.
pub(super) async fn stale_from_now_on(
    mut act: Act<'_>,
    mut request: Request,
    site: Option<SiteId>,
    before: &State,
) -> Result<Problem> {
    for item in request.items.iter_mut().filter(|item| !item.state.applied()) {
        item.state = ItemState::Stale;
    }
    save(&mut act.tx, &request, before).await?;
    change_request::save_items(&mut act.tx, &request).await?;
    note(&mut act, &request, site, "change_request.stale", Some(before.word().to_owned()), None, "");
    act.commit().await?;
    let finding = Finding::new(Code::PlanStale, format!("CR-{}", request.number));
    Ok(Problem::new(ProblemKind::Conflict, finding))
}

/// The positions of the rows that may be applied: everything that hangs together with them may be, too.
pub(super) fn ready(planned: &Planned) -> BTreeSet<usize> {
    let wanted: Vec<_> = planned.rows.iter().map(|row| row.wanted).collect();
    let groups = groups(&wanted);
    let held: BTreeSet<_> =
        planned.rows.iter().zip(&groups).filter(|(row, _)| !row.ready()).map(|(_, group)| *group).collect();
    (0..groups.len()).filter(|at| !held.contains(&groups[*at])).collect()
}

/// What is applied now, and what could be and is left to a later slice.
pub(super) struct Parts<'a> {
    pub(super) ready: &'a BTreeSet<usize>,
    pub(super) later: &'a BTreeSet<usize>,
}

/// Notes how far each item comes by this.
pub(super) fn settle(request: &mut Request, planned: &Planned, parts: &Parts<'_>, stale: &BTreeSet<Wanted>) {
    let wanted: Vec<_> = planned.rows.iter().map(|row| row.wanted).collect();
    let groups = groups(&wanted);
    let mut in_the_way: BTreeMap<usize, BTreeSet<Code>> = BTreeMap::new();
    for (row, group) in planned.rows.iter().zip(&groups) {
        in_the_way.entry(*group).or_default().extend(planning::codes(&row.findings));
    }
    let open = request.items.iter_mut().filter(|item| !item.state.applied());
    for (at, (item, row)) in open.zip(&planned.rows).enumerate() {
        if parts.later.contains(&at) {
            continue;
        }
        item.state = if parts.ready.contains(&at) {
            let device = planned.devices.get(&row.wanted.device);
            ItemState::Applied { revision: device.map_or(0, |device| device.number_after) }
        } else if stale.contains(&row.wanted) {
            ItemState::Stale
        } else {
            let by = in_the_way.get(&groups[at]).into_iter().flatten().copied().collect();
            ItemState::Blocked { by }
        };
    }
}

/// Who stands behind it, by name.
async fn approvers(act: &mut Act<'_>, request: &Request) -> Result<String> {
    let workflow = &request.workflow;
    let mut names = vec![];
    let in_advance = workflow.authority().map(Authority::approvers).unwrap_or_default();
    for by in workflow.approvals().iter().map(|approval| &approval.by).chain(in_advance) {
        names.extend(user::by_id(&mut act.tx, *by).await?.map(|u| u.actor.name));
    }
    let names = names.join(", ");
    Ok(match workflow.authority() {
        None => names,
        Some(authority) if names.is_empty() => format!("nobody ({})", authority.name()),
        Some(authority) => format!("{names} ({})", authority.name()),
    })
}

pub(super) async fn carry_out(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    mut planned: Planned,
    ready: &BTreeSet<usize>,
) -> Result<()> {
    let mut devices = std::mem::take(&mut planned.devices);
    let approvers = approvers(act, request).await?;
    let rerouted = std::mem::take(&mut planned.rerouted);
    Box::pin(rerouting::carry_out(act, services, request, rerouted, &approvers)).await?;
    let rows = || ready.iter().filter_map(|at| planned.rows.get(*at));
    // Who shares a line has one credential: two that give it or take it away at once would not see each other.
    let shared: BTreeSet<_> =
        rows().filter(|row| planned.shared(row)).map(|row| row.wanted.extension).collect();
    for extension in shared {
        profile::hold(&mut act.tx, extension).await?;
    }
    // Take away first: an exclusive line is nowhere before it is somewhere else, at any moment of the transaction.
    let mut lost = BTreeMap::new();
    for row in rows().filter(|row| row.wanted.effect == Effect::Unbind) {
        end(act, request, &devices, row).await?;
        *lost.entry(planned.number(row)).or_insert(0) += 1;
    }
    // The old credential was rotated before; to withdraw it now would stop the new handset.
    if request.kind != Kind::Replace {
        for (number, count) in &lost {
            taken_from(act, services, number, *count).await?;
        }
    }
    for row in rows().filter(|row| row.wanted.effect == Effect::Bind) {
        begin(act, services, request, &planned, row).await?;
        line::sign(&mut act.tx, planning::line_id(row.id), &approvers).await?;
    }
    let changed: BTreeSet<_> = rows().map(|row| row.wanted.device).collect();
    for id in changed {
        let Some(device) = devices.remove(&id) else { continue };
        let own: Vec<_> = rows().filter(|row| row.wanted.device == id).collect();
        publish_one(act, services, request, &planned, device, &own, &approvers).await?;
    }
    // Whoever let it be applied: the old handset's proof ends with its lines.
    if request.kind == Kind::Replace {
        replacements::taken_over(services, act, request).await?;
    }
    if !request.routes.is_empty() {
        let site = lead(&mut act.tx, request).await?;
        let mut after: Vec<_> = request.routes.iter().take(NAMED).map(Route::subject).collect();
        let more = request.routes.len().saturating_sub(NAMED);
        after.extend((more > 0).then(|| format!("{more} more")));
        let after = after.join(", ");
        let after = format!("{after}; approved by {approvers}");
        note(act, request, site, "change_request.apply", None, Some(after), &request.reason);
    }
    let left = request.open().count();
    if left > 0 {
        let site = lead(&mut act.tx, request).await?;
        let after = format!("{} items applied, {left} wait", ready.len());
        note(act, request, site, "change_request.apply_part", None, Some(after), &request.reason);
    }
    Ok(())
}

/// Takes a line away.
async fn end(
    act: &mut Act<'_>,
    request: &Request,
    devices: &BTreeMap<DeviceId, DevicePlan>,
    row: &Row,
) -> Result<()> {
    let standing = devices.get(&row.wanted.device).and_then(|d| d.loaded.line_on(row.wanted.endpoint));
    let ended = match standing {
        Some(standing) => line::end(&mut act.tx, standing.standing.line, request.id, act.now).await?,
        None => false,
    };
    if !ended {
        let finding = Finding::new(Code::EndpointEmpty, "line key");
        return Err(Problem::new(ProblemKind::Conflict, finding));
    }
    Ok(())
}

/// So many phones have just lost a line: with its credential they register no more, whoever else has the line.
async fn taken_from(act: &mut Act<'_>, services: &Services, number: &str, count: usize) -> Result<()> {
    let keep = line::of_number(&mut act.tx, number).await?.len();
    match shared_line::credential(count, keep) {
        Credential::Kept => Ok(()),
        Credential::Withdrawn => act.effect("call_control.withdraw", &json!({ "user": number })).await,
        Credential::Renewed => {
            let id = SecretId(act.id());
            credentials::set(act, services, id, &services.0.env.password()).await?;
            act.effect("call_control.establish", &json!({ "user": number, "secret": id })).await
        }
    }
}

/// Puts a line somewhere, with the SIP credential of the phones that have it already or with one of its own.
async fn begin(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    planned: &Planned,
    row: &Row,
) -> Result<()> {
    let id = planning::secret_id(row.id);
    let (number, shared) = (planned.number(row), planned.shared(row));
    let theirs = if shared { credentials::of_siblings(services, &mut act.tx, &number).await? } else { None };
    if let Some(password) = theirs {
        credentials::set(act, services, id, &password).await?;
    } else if secret::current(&mut act.tx, id).await?.is_none() {
        // A replacement has rotated to it before.
        let sealed = imports::seal(services, id, &services.0.env.password())?;
        secret::insert(&mut act.tx, id, sealed, act.now).await?;
    }
    let beginning = line::Beginning {
        line: planning::line_id(row.id),
        endpoint: row.wanted.endpoint,
        extension: row.wanted.extension,
        shared,
        secret: id,
        change_request: request.id,
    };
    line::begin(&mut act.tx, beginning, act.now).await?;
    act.effect("call_control.establish", &json!({ "user": number, "secret": id })).await
}

/// Publishes what a device has from now on.
async fn publish_one(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    planned: &Planned,
    device: DevicePlan,
    rows: &[&Row],
    approvers: &str,
) -> Result<()> {
    let prepared = planned.prepare(&device);
    let DevicePlan { loaded, number_before, number_after, .. } = device;
    let change = format!("CR-{}", request.number);
    let endpoints: BTreeSet<_> = rows.iter().map(|row| row.wanted.endpoint).collect();
    let binds = rows.iter().filter(|row| row.wanted.effect == Effect::Bind);
    let owners: Vec<_> = binds.filter_map(|row| planned.owner(row)).collect();
    uploads::owner_changes(act, &loaded, &endpoints, &owners, &change).await?;
    let done: Vec<_> =
        rows.iter().map(|row| format!("{} {}", row.wanted.effect.word(), planned.number(row))).collect();
    let kind = prepared.kind.word();
    let as_ = Publication {
        id: RevisionId(services.0.env.id()),
        number: number_after,
        change: &change,
        approver: Some(approvers),
        at: act.now,
    };
    publish::publish(&mut act.tx, &loaded.stored, prepared, as_).await?;
    act.bump(loaded.stored.device.id.0);
    act.note(Note {
        action: "change_request.apply",
        subject: change,
        site: Some(loaded.site.id),
        device: Some(loaded.stored.device.id),
        before: Some(number_before.map_or_else(|| "no revision".to_owned(), |n| format!("revision {n}"))),
        after: Some(format!("revision {number_after} ({kind}), {}", done.join(", "))),
        reason: request.reason.clone(),
    });
    Ok(())
}
