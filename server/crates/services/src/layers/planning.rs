//! The plan of a change: what it says, what that does to phones, and everything that keeps it from being published.
//!
//! It is made in a transaction that reads alone: for a large fleet it takes seconds, and phones must not wait for it.

use super::{
    fleet::{Fleet, Real},
    reach::{Reach, Target, reach},
    return_many, returns, wanted,
};
use crate::{Problem, Result, Services, approvals, rollouts};
use domain::{
    Code, Finding, Timestamp,
    approval::{Required, Subject, Touches, required},
    group::check as group_check,
    ids::DeviceId,
    layer::{
        Content, Level,
        check::{Draft, check},
        plan::{Plan, answers, remarks},
    },
    rollout::Policy,
};
use std::collections::{BTreeSet, HashMap};
use storage::{
    Tx,
    layer::{self, Version},
    layer_change::Change,
};

/// A plan with what the rules ask of it.
pub(super) struct Judged {
    pub(super) plan: Plan,
    pub(super) rules: approvals::Rules,
    pub(super) required: Required,
    /// Stacks that were resolved for it.
    pub(super) classes: usize,
}

/// Computes what `change` would do now, and what the approval rules ask of that.
pub(super) async fn judge(services: &Services, change: &Change, now: Timestamp) -> Result<Judged> {
    let mut tx = services.0.store.read().await?;
    let rules = approvals::load(&mut tx, now).await?;
    let (plan, classes) = plan(&mut tx, change, rules.version).await?;
    let required = required_of(&rules, Some(&plan));
    Ok(Judged { plan, rules, required, classes })
}

/// What the rules ask of a plan that was made before.
pub(super) fn required_of(rules: &approvals::Rules, plan: Option<&Plan>) -> Required {
    let Some(plan) = plan else { return Required::default() };
    let mut all = required(&rules.standing, &touches(plan));
    // What may reach phones of any site tomorrow is asked of whoever approves for all of them, whomever it reaches today.
    if matches!(plan.level, Level::Vendor | Level::Model | Level::Organisation | Level::Group) {
        all.sites.clear();
    }
    all
}

/// What a plan touches, as far as rules ask.
fn touches(plan: &Plan) -> Touches {
    Touches {
        subjects: BTreeSet::from([Subject::Layer]),
        sites: plan.sites.clone(),
        devices: plan.counts.devices,
        ..Touches::default()
    }
}

async fn plan(tx: &mut Tx, change: &Change, policy_version: u32) -> Result<(Plan, usize)> {
    let policy = rollouts::policy_now(tx).await?;
    if let Some(returns) = &change.content.returns {
        let reached = return_many::planned(tx, change, returns).await?;
        return Ok(of_reach(change, policy_version, reached, vec![], &policy));
    }
    let last = layer::last(tx, change.level, &change.scope).await?;
    let fleet = Fleet::load(tx, change.level, &change.scope).await?;
    let mut groups = fleet.groups.clone();
    if change.level == Level::Group {
        groups.insert(change.scope.clone(), change.content.rule.clone().unwrap_or_default());
    }
    let mut findings = of_draft(tx, change, last.as_ref()).await?;
    findings.extend(rollouts::against(tx, change.level, &change.scope).await?);
    if change.level == Level::Group {
        let sites = storage::site::list(tx).await?.into_iter().map(|site| site.code).collect();
        findings.extend(group_check(&groups, &change.scope, &sites));
    }
    if let Some(exception) = change.exception.as_ref().filter(|x| x.form.revision().is_some()) {
        findings.extend(returns::against(tx, exception.device, &change.content.settings).await?);
    }
    let before = last.map(|version| version.layer);
    let after = wanted(change, before.as_ref());
    let device = change.scope.parse().map(DeviceId).ok();
    let labels = device.zip(change.content.labels.clone());
    let target = Target { scope: change.scope.clone(), before, after, groups, labels };
    let mut real = HashMap::new();
    if target.reads_facts() {
        for member in &fleet.members {
            let id = member.device.id;
            real.insert(id, Real::load(tx, id).await?);
        }
    }
    // Seconds, for a large fleet: not on a thread that phones wait for.
    let computed = tokio::task::spawn_blocking(move || reach(&fleet, &target, &real)).await;
    let reached = computed.map_err(|_| Problem::invalid(Code::LayerInvalid, "plan"))?;
    Ok(of_reach(change, policy_version, reached, findings, &policy))
}

fn of_reach(
    change: &Change,
    policy_version: u32,
    reached: Reach,
    mut findings: Vec<Finding>,
    policy: &Policy,
) -> (Plan, usize) {
    let Reach { alike, excluded, counts, sites, findings: locks, classes, .. } = reached;
    findings.extend(locks);
    findings.extend(remarks(&alike));
    let mut plan = Plan {
        policy_version,
        level: change.level,
        scope: change.scope.clone(),
        parent: change.parent,
        release: change.release,
        content: change.content.clone(),
        exception: change.exception.clone(),
        waves: rollouts::waves(policy, change.level, counts.devices, &alike),
        alike,
        excluded,
        counts,
        sites,
        answers: vec![],
        findings,
    };
    plan.answers = answers(&plan, &change.name, &super::named(change.number));
    (plan, classes)
}

/// What is wrong with a draft by itself, and with what it was begun from.
pub(super) async fn of_draft(tx: &mut Tx, change: &Change, last: Option<&Version>) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let standing = last.map_or(0, |version| version.layer.origin.version);
    let parent = if standing == change.parent {
        last.cloned()
    } else {
        let detail = format!("It was begun from version {}; version {standing} stands.", change.parent);
        findings.push(Finding::new(Code::LayerParentStale, &change.name).detail(detail));
        layer::version(tx, change.level, &change.scope, change.parent).await?
    };
    let said = parent.map(|version| (Content::of(&version.layer, version.rule), version.release));
    let draft = Draft {
        content: &change.content,
        parent: said.as_ref().map(|(content, release)| (content, *release)),
        release: change.release,
        note: &change.note,
    };
    findings.extend(check(change.level, &draft));
    let settings = &change.content.settings;
    findings.extend(settings.iter().filter_map(|(path, value)| dialects::expression::check(path, value)));
    Ok(findings)
}
