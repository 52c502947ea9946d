//! Pages about layers: the list, one layer, one change, and what stands on a device.

use super::{
    fleet::Fleet,
    load, name_of,
    planning::judge,
    view::{ChangeRow, ChangeView, ExceptionRow, LayerRow, LayerView, LayersView, PhoneView, VersionRow},
};
use crate::{
    Operation, Problem, Result, Services, approvals, devices,
    rollouts::holds::Holds,
    view::{CommentRow, PAGE, cut},
};
use domain::{
    Mac, Timestamp,
    authz::{Action, authorise},
    change_request::State,
    group::Labels,
    layer::{Content, Level, Release, exception::expiring, text},
    plan::Difference,
};
use std::collections::BTreeSet;
use storage::{
    device, label,
    layer::{self, Excepted},
    layer_change::{self, Listed},
    rollout, user,
};

/// Members of a group that its page names.
const NAMED: usize = 1_000;
/// Up to so many phones a plan that waits is made anew for its page, to say early that it is stale.
const AT_ONCE: u32 = 2_000;

fn row(l: Listed) -> ChangeRow {
    ChangeRow {
        number: l.number,
        level: l.level,
        scope: l.scope,
        name: l.name,
        release: l.release,
        note: l.note,
        requester: l.requester,
        state: l.state,
        at: l.at,
        publishing: l.publishing,
    }
}

pub(super) fn exception(excepted: Excepted, now: Timestamp) -> Option<ExceptionRow> {
    let soon = expiring(&excepted.change, excepted.exception.expires, now);
    Some(ExceptionRow {
        change: excepted.change,
        mac: Mac::parse(&excepted.mac).ok()?,
        site: excepted.site,
        exception: excepted.exception,
        reason: excepted.reason,
        ended: excepted.ended,
        soon: soon.filter(|_| excepted.ended.is_none()),
    })
}

/// The page of all layers: `done` says which changes, `after` is the number after which they go on.
pub async fn list(services: &Services, op: &Operation, done: bool, after: &str) -> Result<LayersView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let before = after.parse().unwrap_or(i64::MAX);
    let changes = layer_change::list(&mut tx, done, op.actor.id, before).await?;
    let mut changes: Vec<_> = changes.into_iter().map(row).collect();
    let next = cut(&mut changes, PAGE, |row| row.number.to_string());
    let layer = |l: layer::Listed| {
        let level = Level::parse(&l.level)?;
        let at = Timestamp(l.published_at);
        let (scope, name, version, release, change) = (l.scope, l.name, l.version, l.release, l.change);
        Some(LayerRow { level, scope, name, version, release, change, at })
    };
    let mut layers: Vec<_> = layer::list(&mut tx).await?.into_iter().filter_map(layer).collect();
    layers.sort_by(|a, b| (a.level, &a.name).cmp(&(b.level, &b.name)));
    let standing = layer::standing(&mut tx).await?;
    let exceptions = standing.into_iter().filter_map(|excepted| exception(excepted, op.now)).collect();
    Ok(LayersView { layers, changes, next, exceptions })
}

/// What makes a device's own layers.
pub async fn on_device(services: &Services, op: &Operation, mac: &str) -> Result<PhoneView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let stored = devices::stored(&mut tx, mac).await?;
    let labels = label::of(&mut tx, stored.device.id).await?;
    let site = storage::site::by_id(&mut tx, stored.device.site).await?.map(|s| s.code).unwrap_or_default();
    let facts = crate::publish::group_facts(&stored.device, site.clone(), labels.clone());
    let mut groups = layer::groups(&mut tx).await?;
    // During a rollout of a group's rule the phone is in the groups that its files are made for.
    Holds::of(&mut tx, stored.device.id).await?.rules(&mut groups);
    let groups = domain::group::of(&groups, &facts).into_iter().collect();
    let all = layer::standing_on(&mut tx, stored.device.id).await?;
    Ok(PhoneView {
        mac: stored.device.mac,
        device: stored.device.id,
        site,
        model: format!("{} {}", stored.device.vendor.title(), stored.device.model),
        role: labels.role,
        tags: labels.tags,
        groups,
        exceptions: all.into_iter().filter_map(|x| exception(x, op.now)).collect(),
    })
}

/// The page of a layer; one that says nothing yet has version 0.
pub async fn layer(services: &Services, op: &Operation, level: &str, scope: &str) -> Result<LayerView> {
    authorise(&op.actor, Action::Read)?;
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut tx = services.0.store.read().await?;
    let versions = layer::versions(&mut tx, level, scope).await?;
    let last = versions.first().cloned();
    let name = match &last {
        Some(version) => version.layer.origin.name.clone(),
        None => name_of(&mut tx, level, scope).await?,
    };
    let changes = layer_change::of_layer(&mut tx, level, scope, op.actor.id).await?;
    let content =
        last.as_ref().map(|version| Content::of(&version.layer, version.rule.clone())).unwrap_or_default();
    let next_release = last.as_ref().map_or(Release::FIRST, |version| version.release.next_minor());
    let mut members = vec![];
    if level == Level::Group {
        let fleet = Fleet::load(&mut tx, level, scope).await?;
        for member in &fleet.members {
            if domain::group::of(&fleet.groups, &fleet.facts(member)).contains(scope) {
                members.push(member.device.mac);
            }
        }
    }
    let member_count = members.len();
    let sample = match level {
        Level::Group => members.first().copied(),
        _ => sample(&mut tx, level, scope).await?,
    };
    members.truncate(NAMED);
    let rows = versions.iter().enumerate().map(|(index, version)| {
        let before = versions.get(index + 1).map(|v| Content::of(&v.layer, v.rule.clone()));
        let after = Content::of(&version.layer, version.rule.clone());
        VersionRow {
            version: version.layer.origin.version,
            release: version.release,
            change: version.layer.origin.change.clone(),
            note: version.note.clone(),
            at: version.at,
            differences: between(&before.unwrap_or_default(), &after),
        }
    });
    Ok(LayerView {
        level,
        scope: scope.to_owned(),
        name,
        version: last.as_ref().map_or(0, |version| version.layer.origin.version),
        text: text::write(&content),
        rule: content.rule.clone(),
        content,
        next_release,
        members,
        member_count,
        versions: rows.collect(),
        changes: changes.into_iter().map(row).collect(),
        sample,
    })
}

/// A phone of the layer, to look at a draft with.
async fn sample(tx: &mut storage::Tx, level: Level, scope: &str) -> Result<Option<Mac>> {
    let which = match level {
        Level::Site | Level::Device => level,
        // The first phone of all is looked for nowhere else: a page must not read a whole inventory.
        _ => return Ok(None),
    };
    let found = match (which, scope.parse()) {
        (Level::Device, Ok(id)) => device::by_id(tx, domain::ids::DeviceId(id)).await?,
        (_, Ok(id)) => device::of_site(tx, domain::ids::SiteId(id)).await?.into_iter().next(),
        (_, Err(_)) => None,
    };
    Ok(found.map(|stored| stored.device.mac))
}

/// What one version says and another does not.
fn between(before: &Content, after: &Content) -> Vec<Difference> {
    let shown = |content: &Content, path: &domain::setting::Path| {
        let value = content.settings.get(path).map(ToString::to_string);
        match (value, content.locks.get(path)) {
            (Some(value), Some(_)) => Some(format!("{value} (locked)")),
            (None, Some(_)) => Some("(locked)".to_owned()),
            (value, None) => value,
        }
    };
    let changed: BTreeSet<_> = before.changed(after);
    let mut rows: Vec<_> = changed
        .iter()
        .map(|path| Difference {
            path: path.to_string(),
            before: shown(before, path),
            after: shown(after, path),
            origin: match after.locks.get(path) {
                Some(reason) => format!("locked: {reason}"),
                None => "this layer".to_owned(),
            },
        })
        .collect();
    if before.labels != after.labels {
        let words = |content: &Content| content.labels.as_ref().map(Labels::words);
        let (path, origin) = ("role and tags".to_owned(), "this change".to_owned());
        rows.push(Difference { path, before: words(before), after: words(after), origin });
    }
    if before.rule != after.rule {
        let words = |content: &Content| content.rule.as_ref().map(domain::group::Rule::words);
        let (path, origin) = ("rule of the group".to_owned(), "this layer".to_owned());
        rows.push(Difference { path, before: words(before), after: words(after), origin });
    }
    rows
}

/// The page of a change.
pub async fn change(services: &Services, op: &Operation, number: i64) -> Result<ChangeView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let change = load(&mut tx, number, op.actor.id).await?;
    let parent = layer::version(&mut tx, change.level, &change.scope, change.parent).await?;
    let parent = parent.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
    let last = layer::last(&mut tx, change.level, &change.scope).await?;
    let mac = match &change.exception {
        Some(exception) => device::by_id(&mut tx, exception.device).await?.map(|s| s.device.mac),
        None => None,
    };
    let site = match super::phone_of(&change) {
        Some(id) => device::by_id(&mut tx, id).await?.map(|stored| stored.device.site),
        None => None,
    };
    let site = match site {
        Some(id) => storage::site::by_id(&mut tx, id).await?.map(|site| site.code),
        None => None,
    };
    let mut editors = vec![];
    for editor in &change.workflow.editors {
        editors.extend(user::by_id(&mut tx, *editor).await?.map(|u| u.actor.name));
    }
    let comments = layer_change::comments(&mut tx, change.id).await?;
    drop(tx);
    let state = &change.workflow.state;
    let waits = matches!(state, State::Submitted { .. } | State::Approved { .. });
    let small = change.plan.as_ref().is_none_or(|plan| plan.counts.in_scope <= AT_ONCE);
    let anew = matches!(state, State::Draft | State::Stale { .. }) || (waits && small);
    let judged = if anew || change.plan.is_none() {
        Some(Box::pin(judge(services, &change, op.now)).await?)
    } else {
        None
    };
    let (rules, required) = if let Some(judged) = &judged {
        (None, judged.required.clone())
    } else {
        let mut tx = services.0.store.read().await?;
        let rules = approvals::load(&mut tx, op.now).await?;
        let required = super::planning::required_of(&rules, change.plan.as_ref());
        (Some(rules), required)
    };
    let mut tx = services.0.store.read().await?;
    let classes = judged.as_ref().map_or(0, |judged| judged.classes);
    let now = judged.as_ref().map(|judged| judged.plan.clone());
    let rules = rules.or(judged.map(|judged| judged.rules));
    let rules = rules.ok_or_else(|| Problem::not_found("approval rules"))?;
    let approvals = approvals::view_of(&mut tx, op, &rules, &required, &change.workflow).await?;
    let digest = |state: &State| match state {
        State::Submitted { digest, .. } | State::Approved { digest, .. } => Some(*digest),
        _ => None,
    };
    let signed = digest(state);
    let stale = matches!((signed, &now), (Some(signed), Some(now)) if signed != now.digest());
    let mut stale_devices = match (&change.plan, &now) {
        (Some(before), Some(now)) if stale => before.stale_devices(now),
        _ => vec![],
    };
    stale_devices.truncate(50);
    let stale_waves =
        stale && matches!((&change.plan, &now), (Some(before), Some(now)) if before.waves != now.waves);
    // A plan that has changed is shown as it is now: that is what submitting again would sign.
    let outdated = stale || matches!(state, State::Stale { .. });
    let submitted = change.plan.clone().filter(|_| !outdated);
    let plan = submitted.or(now).ok_or_else(|| Problem::not_found("plan"))?;
    let rollout = rollout::of_change(&mut tx, number).await?.map(|rollout| (rollout.number, rollout.status));
    Ok(ChangeView {
        parent: change.parent,
        standing: last.map_or(0, |version| version.layer.origin.version),
        text: text::write(&change.content),
        rule: change.content.rule.clone(),
        differences: between(&parent, &change.content),
        mac,
        site,
        external_ref: change.external_ref.clone(),
        digest: plan.digest().to_string(),
        blocks: if state.is_final() { vec![] } else { plan.blocks() },
        plan,
        stale,
        stale_devices,
        stale_waves,
        approvals,
        own: change.workflow.requester == op.actor.id,
        involved: change.workflow.involves(op.actor.id),
        comments: comments.into_iter().map(|c| CommentRow { by: c.by, at: c.at, body: c.body }).collect(),
        editors,
        missed: change.missed.clone(),
        rollout,
        classes,
        exception: change.exception.clone(),
        row: ChangeRow {
            number: change.number,
            level: change.level,
            scope: change.scope,
            name: change.name,
            release: change.release.to_string(),
            note: change.note,
            requester: change.requester,
            state: change.workflow.state,
            at: change.at,
            publishing: change.published_to.is_some(),
        },
    })
}
