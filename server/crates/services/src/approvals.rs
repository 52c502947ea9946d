//! Approval rules: which stand, what they ask of a plan, who could answer; and, in files of their own, how they are
//! changed and how authority is lent.

mod delegations;
mod rules;

pub use delegations::{DelegationInput, delegate, end_delegation};
pub use rules::{RuleInput, approve, propose, reject, view, withdraw};

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    planning::Planned,
    view::{ApprovalsView, Given, Waiting},
};
use domain::{
    Code, Finding, Timestamp,
    approval::{Approval, Delegation, Missing, Required, Rule, Subject, Touches, initial, required},
    artifact::Digest,
    authz::{Action, Actor, Role, Roles, authorise, somewhere},
    change_request::{Route, State, Workflow},
    ids::UserId,
    plan::Effect,
    time::DAY,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Tx, approval, user};

/// Delegations that ended longer ago than this are looked at no more: no approval counts for longer.
const REMEMBERED: i64 = 400 * DAY;

/// The rules that hold now, and who may sign for whom.
pub(crate) struct Rules {
    pub(crate) version: u32,
    pub(crate) standing: Vec<Rule>,
    pub(crate) delegations: Vec<Delegation>,
}

/// Loads them. Three queries.
pub(crate) async fn load(tx: &mut Tx, now: Timestamp) -> Result<Rules> {
    let (version, standing) = approval::standing(tx).await?.map_or((0, vec![]), |v| (v.version, v.rules));
    let delegations = approval::delegations(tx, now.plus(-REMEMBERED)).await?;
    let delegations = delegations.into_iter().map(|listed| listed.delegation).collect();
    Ok(Rules { version, standing, delegations })
}

impl Rules {
    /// The roles that somebody has now, lent ones included, each where it holds.
    pub(crate) fn roles_of(&self, actor: &Actor, now: Timestamp) -> Roles {
        let mut roles = actor.roles.clone();
        let lent = self.delegations.iter().filter(|d| d.to == actor.id && d.since <= now && now < d.until);
        lent.for_each(|d| roles.extend(&d.roles));
        roles
    }

    /// Refuses whoever is not asked at all, by no role of theirs and by none that was lent to them.
    pub(crate) fn authorise(&self, op: &Operation, required: &Required) -> Result<()> {
        somewhere(&op.actor, Action::Approve)?.wherever();
        if required.needs.is_empty() {
            return Err(Finding::new(Code::ApprovalNoRule, "approve").into());
        }
        if required.asks(&self.roles_of(&op.actor, op.now).over(&required.sites)) {
            return Ok(());
        }
        let needed: Vec<_> = required.needs.keys().map(|role| role.title()).collect();
        let sites: Vec<_> = required.sites.iter().map(String::as_str).collect();
        let at = if sites.is_empty() { "every site".to_owned() } else { sites.join(", ") };
        let finding = Finding::new(Code::Forbidden, "approve this");
        Err(finding.detail(format!("Needs: {}, at {at}.", needed.join(" or "))).into())
    }
}

/// The roles that somebody has been lent now, with their own; for lists of what waits for them.
pub async fn roles_now(services: &Services, op: &Operation) -> Result<Roles> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(load(&mut tx, op.now).await?.roles_of(&op.actor, op.now))
}

/// What a plan touches, as far as rules ask.
pub(crate) fn touches(planned: &Planned) -> Touches {
    let effects = planned.rows.iter().map(|row| row.wanted.effect.kind());
    let of = |effect: Effect| planned.rows.iter().map(|row| &row.wanted).filter(move |w| w.effect == effect);
    let taken: BTreeSet<_> = of(Effect::Unbind).map(|wanted| wanted.endpoint).collect();
    let beside = planned.rerouted.iter().map(|one| one.route.kind());
    let moves = |route: &Route| matches!(route, Route::Place { .. });
    let excepted = planned.rerouted.iter();
    let excepted = excepted.filter(|one| !one.change.artifacts_after.is_empty() || moves(&one.route)).count();
    Touches {
        subjects: effects.chain(beside).chain([planned.kind]).map(Subject::Change).collect(),
        sites: planned.sites(),
        devices: u32::try_from(planned.devices.len() + excepted).unwrap_or(u32::MAX),
        number_change: of(Effect::Bind).any(|wanted| taken.contains(&wanted.endpoint)),
        class_raised: planned.rerouted.iter().any(|one| one.raised),
        classes: planned.classes(),
    }
}

/// An approval by `actor`, now, of exactly this.
pub(crate) fn signature(op: &Operation, digest: Digest, required: &Required) -> Approval {
    Approval { by: op.actor.id, at: op.now, digest, roles: op.actor.roles.over(&required.sites) }
}

/// The digest that a page showed to whoever approves.
pub(crate) fn seen(digest: &str) -> Result<Digest> {
    let changed = |_| Problem::new(Kind::Conflict, Finding::new(Code::PlanChanged, "approve"));
    Digest::try_from(digest.trim().to_owned()).map_err(changed)
}

/// How many approvals are still to give, as the record says it; empty for none.
pub(crate) fn more(missing: &[Missing]) -> String {
    let open: u8 = missing.iter().map(|missing| missing.count).sum();
    if open > 0 { format!("; {open} more to give") } else { String::new() }
}

/// Something that holds as soon as enough people have approved it.
pub(crate) struct Adopted {
    pub(crate) workflow: Workflow,
    pub(crate) missing: Vec<Missing>,
    /// Whether it holds now.
    pub(crate) holds: bool,
}

/// Approves what was seen, and applies it where that was the last approval.
pub(crate) fn adopt(
    op: &Operation,
    rules: &Rules,
    required: &Required,
    workflow: Workflow,
    seen: Digest,
) -> Result<Adopted> {
    rules.authorise(op, required)?;
    let lent = &rules.delegations;
    let mut workflow = workflow.approve(signature(op, seen, required), required, lent)?;
    let holds = matches!(workflow.state, State::Approved { .. });
    if holds {
        workflow = workflow.apply(seen, required, lent, op.actor.id, op.now)?;
    }
    let missing = workflow.verdict(required, lent, op.now).missing;
    Ok(Adopted { workflow, missing, holds })
}

/// How the approvals of something stand, for its page. `required` is what the rules ask of it.
pub(crate) async fn view_of(
    tx: &mut Tx,
    op: &Operation,
    rules: &Rules,
    required: &Required,
    workflow: &Workflow,
) -> Result<ApprovalsView> {
    let people: Vec<_> = user::list(tx).await?.into_iter().map(|u| u.actor).collect();
    let name =
        |id: UserId| people.iter().find(|p| p.id == id).map_or_else(|| id.to_string(), |p| p.name.clone());
    let verdict = workflow.verdict(required, &rules.delegations, op.now);
    let given = workflow.approvals().iter().map(|approval| {
        let filled = verdict.filled.iter().find(|filled| filled.by == approval.by);
        Given {
            by: name(approval.by),
            for_: filled.and_then(|f| f.for_).map(name),
            role: filled.map(|f| f.role),
            instead: filled.and_then(|f| f.instead),
            at: approval.at,
            until: filled.and_then(|f| f.until),
        }
    });
    let given = given.collect();
    let mut who: BTreeMap<Role, Vec<String>> = BTreeMap::new();
    let mut may_approve = false;
    if let State::Submitted { digest, .. } = &workflow.state {
        for person in people.iter().filter(|p| somewhere(p, Action::Approve).is_ok()) {
            // Whoever could, is found by trying: the rule that decides is the one that explains.
            let roles = person.roles.over(&required.sites);
            let approval = Approval { by: person.id, at: op.now, digest: *digest, roles };
            let Ok(after) = workflow.clone().approve(approval, required, &rules.delegations) else {
                continue;
            };
            may_approve |= person.id == op.actor.id;
            let left = after.verdict(required, &rules.delegations, op.now).missing;
            for open in &verdict.missing {
                let still = left.iter().find(|m| m.role == open.role).map_or(0, |m| m.count);
                if still < open.count {
                    who.entry(open.role).or_default().push(person.name.clone());
                }
            }
        }
    }
    let waiting = verdict
        .missing
        .iter()
        .cloned()
        .map(|missing| Waiting { who: who.remove(&missing.role).unwrap_or_default(), missing });
    let asked = required.asks(&rules.roles_of(&op.actor, op.now).over(&required.sites));
    Ok(ApprovalsView {
        version: rules.version,
        because: required.because.clone(),
        ticket: required.ticket,
        given,
        waiting: waiting.collect(),
        findings: verdict.findings.clone(),
        may_approve,
        may_reject: asked && !workflow.involves(op.actor.id) && somewhere(&op.actor, Action::Approve).is_ok(),
    })
}

/// Makes the first rules of a new installation, once.
pub(crate) async fn ensure(services: &Services) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    if approval::next(&mut act.tx).await? > 1 {
        return Ok(());
    }
    let first = approval::Version {
        version: 1,
        replaces: 0,
        rules: initial(),
        reason: "Made at the first start.".to_owned(),
        workflow: None,
        requester: None,
        missing: vec![],
        at: act.now,
        standing: true,
    };
    approval::insert(&mut act.tx, &first).await?;
    act.note(Note {
        action: "approval_rules.first",
        subject: subject(first.version),
        after: Some(said(&first.rules)),
        reason: first.reason,
        ..Note::default()
    });
    act.commit().await
}

pub(crate) fn subject(version: u32) -> String {
    format!("approval rules {version}")
}

/// Rules as the record keeps them.
pub(crate) fn said(rules: &[Rule]) -> String {
    rules.iter().map(Rule::words).collect::<Vec<_>>().join("\n")
}

/// What the rules ask of rules.
pub(crate) fn required_of_rules(rules: &[Rule]) -> Required {
    required(rules, &Touches { subjects: BTreeSet::from([Subject::Rules]), ..Touches::default() })
}
