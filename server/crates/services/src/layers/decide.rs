//! What people decide about a change of a layer: submit, approve, reject, withdraw, apply.
//!
//! A plan is made before the act, because it may take seconds for which phones would wait. What the act checks again is
//! that the change is as it was and that the layer stands where the plan says.

use super::{asking, load, named, note, planning::judge, returns, save, wanted, within};
use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services, act::Act, approvals, freezes,
    publish::common_files, reason, rollouts, site_facts, users,
};
use domain::{
    Code, Finding,
    authz::{Action, somewhere},
    change_request::{State, Workflow},
    ids::{DeviceId, SegmentId, SiteId, UserId},
    layer::Level,
    rollout::Settings,
};
use storage::{
    label,
    layer::{self, MadeBy, Said},
    layer_change::Change,
    ledger::ORGANISATION,
    rollout, site, user,
};

/// The change as it is now, and what it would do.
async fn judged(
    services: &Services,
    op: &Operation,
    number: i64,
) -> Result<(Change, super::planning::Judged)> {
    let change = {
        let mut tx = services.0.store.read().await?;
        load(&mut tx, number, op.actor.id).await?
    };
    let judged = Box::pin(judge(services, &change, op.now)).await?;
    Ok((change, judged))
}

/// Submits the plan as it is now. A layer that could not be published is not asked for.
pub async fn submit(services: &Services, op: &Operation, number: i64) -> Result<()> {
    somewhere(&op.actor, Action::RequestForPhone)?.wherever();
    let (mut change, judged) = judged(services, op, number).await?;
    within(&mut services.0.store.read().await?, op, asking(&change), &change).await?;
    let before = change.workflow.state.clone();
    let digest = judged.plan.digest();
    change.workflow = change.workflow.clone().submit(digest, op.actor.id, op.now)?;
    let blocks = judged.plan.blocks();
    if !blocks.is_empty() {
        return Err(Problem::blocked(blocks));
    }
    let verdict = change.workflow.verdict(&judged.required, &judged.rules.delegations, op.now);
    if judged.required.needs.is_empty() {
        return Err(Problem::blocked(verdict.findings));
    }
    if judged.required.ticket && change.external_ref.is_none() {
        return Err(Finding::new(Code::TicketMissing, "external_ref").into());
    }
    change.missing = verdict.missing;
    let counts = judged.plan.counts;
    change.plan = Some(judged.plan);
    let mut act = Act::begin(services, op).await?;
    save(&mut act.tx, &change, &before).await?;
    let after =
        format!("plan {digest}, {} devices, under approval rules {}", counts.devices, judged.rules.version);
    note(&mut act, &change, "layer_change.submit", Some(before.word().into()), Some(after));
    act.commit().await
}

/// Approves exactly the plan whose digest the page showed. `password` proves that it is the approver.
pub async fn approve(
    services: &Services,
    op: &Operation,
    number: i64,
    digest: &str,
    password: &str,
) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let (mut change, judged) = judged(services, op, number).await?;
    judged.rules.authorise(op, &judged.required)?;
    users::reauthenticate(services, op, password).await?;
    let seen = approvals::seen(digest)?;
    let before = change.workflow.state.clone();
    let lent = &judged.rules.delegations;
    change.workflow = change.workflow.clone().approve(
        approvals::signature(op, seen, &judged.required),
        &judged.required,
        lent,
    )?;
    if judged.plan.digest() != seen {
        return Err(Problem::new(ProblemKind::Conflict, Finding::new(Code::PlanChanged, "approve")));
    }
    let verdict = change.workflow.verdict(&judged.required, lent, op.now);
    change.missing = verdict.missing;
    let mut act = Act::begin(services, op).await?;
    save(&mut act.tx, &change, &before).await?;
    let after = Some(format!("plan {seen}{}", approvals::more(&change.missing)));
    note(&mut act, &change, "layer_change.approve", Some(before.word().into()), after);
    act.commit().await
}

/// Says no.
pub async fn reject(services: &Services, op: &Operation, number: i64, reason: &str) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let reason = reason::within(reason, 1000)?;
    let (change, judged) = judged(services, op, number).await?;
    judged.rules.authorise(op, &judged.required)?;
    end(services, op, change, "layer_change.reject", |w, by| w.reject(by, op.now, reason.to_owned())).await
}

/// Takes it back.
pub async fn withdraw(services: &Services, op: &Operation, number: i64) -> Result<()> {
    somewhere(&op.actor, Action::RequestForPhone)?.wherever();
    let change = {
        let mut tx = services.0.store.read().await?;
        let change = load(&mut tx, number, op.actor.id).await?;
        within(&mut tx, op, asking(&change), &change).await?;
        change
    };
    end(services, op, change, "layer_change.withdraw", |w, by| w.withdraw(by, op.now)).await
}

async fn end(
    services: &Services,
    op: &Operation,
    mut change: Change,
    action: &str,
    transition: impl FnOnce(Workflow, UserId) -> std::result::Result<Workflow, Finding>,
) -> Result<()> {
    let before = change.workflow.state.clone();
    change.workflow = transition(change.workflow.clone(), op.actor.id)?;
    change.missing = vec![];
    let mut act = Act::begin(services, op).await?;
    save(&mut act.tx, &change, &before).await?;
    let after = Some(change.workflow.state.word().to_owned());
    note(&mut act, &change, action, Some(before.word().into()), after);
    act.commit().await
}

/// Publishes an approved version: it is the layer from now on. The phones' files follow, some at a time.
pub async fn apply(services: &Services, op: &Operation, number: i64) -> Result<()> {
    somewhere(&op.actor, Action::Apply)?.wherever();
    let (mut change, judged) = judged(services, op, number).await?;
    within(&mut services.0.store.read().await?, op, Action::Apply, &change).await?;
    let before = change.workflow.state.clone();
    let digest = judged.plan.digest();
    let lent = &judged.rules.delegations;
    change.workflow = change.workflow.clone().apply(digest, &judged.required, lent, op.actor.id, op.now)?;
    let mut act = Act::begin(services, op).await?;
    match &change.workflow.state {
        State::Applied { .. } => {}
        State::Submitted { .. } => {
            let verdict = change.workflow.verdict(&judged.required, lent, op.now);
            change.missing = verdict.missing;
            save(&mut act.tx, &change, &before).await?;
            note(&mut act, &change, "layer_change.lapse", Some("approved".into()), Some("submitted".into()));
            act.commit().await?;
            let finding = Finding::new(Code::ApprovalExpired, named(number));
            return Err(Problem::new(ProblemKind::Conflict, finding));
        }
        _ => {
            let after = change.plan.as_ref().map(|plan| plan.stale_words(&judged.plan)).unwrap_or_default();
            save(&mut act.tx, &change, &before).await?;
            note(&mut act, &change, "layer_change.stale", Some("approved".into()), Some(after.clone()));
            act.commit().await?;
            let finding = Finding::new(Code::PlanStale, named(number)).detail(after);
            return Err(Problem::new(ProblemKind::Conflict, finding));
        }
    }
    let mut blocks = judged.plan.blocks();
    let sites = site::list(&mut act.tx).await?;
    let reached = sites.into_iter().filter(|site| judged.plan.sites.contains(&site.code)).map(|site| site.id);
    blocks.extend(freezes::against_any(&mut act.tx, reached.collect(), op.now).await?);
    let last = layer::last(&mut act.tx, change.level, &change.scope).await?;
    if last.as_ref().map_or(0, |version| version.layer.origin.version) != change.parent {
        blocks.push(Finding::new(Code::LayerParentStale, &change.name));
    }
    if !blocks.is_empty() {
        return Err(Problem::blocked(blocks));
    }
    let mut approvers = vec![];
    for approval in change.workflow.approvals() {
        approvers.extend(user::by_id(&mut act.tx, approval.by).await?.map(|u| u.actor.name));
    }
    change.approvers = approvers.join(", ");
    let waves = judged.plan.waves;
    change.published_to = (waves.is_none() && judged.plan.counts.devices > 0).then(String::new);
    change.missing = vec![];
    save(&mut act.tx, &change, &before).await?;
    // A return of many is no version of anything: each phone's pin follows with its file.
    let (was, is) = match &change.content.returns {
        Some(returns) => ("what they have".to_owned(), returns.says()),
        None => stand(services, &mut act, &change, last, waves).await?,
    };
    note(&mut act, &change, "layer_change.apply", Some(was), Some(is));
    act.commit().await?;
    services.0.layers.notify_one();
    services.0.rollouts.notify_one();
    Ok(())
}

/// The version is the layer from now on; what stood before and what stands, in words.
async fn stand(
    services: &Services,
    act: &mut Act<'_>,
    change: &Change,
    last: Option<layer::Version>,
    waves: Option<Settings>,
) -> Result<(String, String)> {
    let after = wanted(change, last.as_ref().map(|version| &version.layer));
    let said = Said { release: change.release, note: &change.note, rule: change.content.rule.as_ref() };
    let now = act.now;
    layer::publish_as(&mut act.tx, &after, &change.scope, &said, now).await?;
    if let Some(exception) = &change.exception {
        if exception.form.revision().is_some() {
            // A phone is held to one revision at a time: the later return is in place of the earlier.
            let why = "Another return takes its place.";
            returns::make_room(act, exception.device, &named(change.number), why).await?;
        }
        layer::except(&mut act.tx, after.origin.layer, MadeBy::Change(change.id), exception, &change.note)
            .await?;
    }
    if let (Some(labels), Ok(device)) = (&change.content.labels, change.scope.parse()) {
        label::set(&mut act.tx, DeviceId(device), labels).await?;
    }
    rollout::let_go(&mut act.tx, after.origin.layer).await?;
    if let Some(waves) = waves {
        rollouts::start(services, act, change, &after.origin, waves).await?;
    } else {
        site_facts::follow(act, &after, &change.scope).await?;
        read_by_others(act, change.level, &change.scope).await?;
    }
    let was = last.map_or_else(|| "no version".to_owned(), |v| format!("version {}", v.layer.origin.version));
    let is = format!(
        "{} {} version {} ({})",
        change.level.word(),
        change.name,
        after.origin.version,
        change.release
    );
    Ok((was, is))
}

/// What reads layers beside the phones' own files: the common files, and the fence, which asks for a registrar. With a
/// rollout it is brought up to date when that is over.
pub(crate) async fn read_by_others(act: &mut Act<'_>, level: Level, scope: &str) -> Result<()> {
    match level {
        Level::Vendor | Level::Organisation => {
            common_files(&mut act.tx).await?;
            act.bump(ORGANISATION);
        }
        Level::Site => {
            common_files(&mut act.tx).await?;
            act.bump(ORGANISATION);
            if let Ok(site) = scope.parse::<SiteId>() {
                act.bump(site.0);
            }
        }
        Level::Segment => {
            common_files(&mut act.tx).await?;
            act.bump(ORGANISATION);
            let id = scope.parse::<SegmentId>().ok();
            let segments = site::segments(&mut act.tx).await?;
            if let Some(segment) = segments.into_iter().find(|segment| Some(segment.id) == id) {
                act.bump(segment.site.0);
            }
        }
        Level::Model | Level::Group | Level::Device | Level::Exception | Level::Pin | Level::Line => {}
    }
    Ok(())
}
