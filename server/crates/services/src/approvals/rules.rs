//! Changing the approval rules: one administrator proposes, and whoever the standing rules name approves. What is
//! adopted holds at once; plans were made under a version, so those that wait have to be looked at again.

use super::{Adopted, Rules, adopt, load, required_of_rules, said, seen, subject, view_of};
use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason, users,
    view::{DelegationRow, ProposalView, RulesRow, RulesView},
};
use domain::{
    Code, Finding,
    approval::{Condition, Escalation, Rule, Subject, check, digest},
    authz::{Action, Role, authorise, somewhere},
    change_request::{State, Workflow},
    ids::UserId,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx,
    approval::{self, Version},
    site, user,
};

/// A rule as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct RuleInput {
    /// What people call it.
    pub name: String,
    /// Words of subjects.
    pub subjects: Vec<String>,
    /// Site codes, with blanks or commas between.
    pub sites: String,
    /// From this many devices on; empty for any.
    pub devices: String,
    /// A number changes.
    pub number_change: bool,
    /// A class of service is raised.
    pub class_raised: bool,
    /// Classes of service, with blanks or commas between.
    pub classes: String,
    /// How many people of each role, by its word; empty for none.
    pub needs: Vec<(Role, String)>,
    /// Days for which an approval counts; empty for good.
    pub valid_days: String,
    /// Hours after which it escalates; empty for never.
    pub hours: String,
    /// Word of the role to which it does.
    pub to: String,
    /// A ticket has to be named.
    pub ticket: bool,
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn read(input: &RuleInput, findings: &mut Vec<Finding>) -> Rule {
    let name = input.name.trim().to_owned();
    let mut number = |field: &str, text: &str| -> Option<u32> {
        let text = text.trim();
        let read = text.parse().ok();
        if read.is_none() && !text.is_empty() {
            let detail = format!("`{}` is not a number.", text.chars().take(20).collect::<String>());
            findings.push(Finding::new(Code::RuleInvalid, format!("{name}: {field}")).detail(detail));
        }
        read
    };
    let small = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    let devices = number("devices", &input.devices).unwrap_or(0);
    let needs: BTreeMap<_, _> = input
        .needs
        .iter()
        .filter_map(|(role, text)| Some((*role, number(role.word(), text)?)))
        .filter(|(_, count)| *count > 0)
        .map(|(role, count)| (role, u8::try_from(count).unwrap_or(u8::MAX)))
        .collect();
    let valid_days = number("days", &input.valid_days).map(small);
    let hours = number("hours", &input.hours).map(small);
    let escalation = hours.zip(Role::parse(&input.to)).map(|(hours, to)| Escalation { hours, to });
    if hours.is_some() && escalation.is_none() {
        findings.push(Finding::new(Code::RuleInvalid, &name).detail("It does not say to whom it escalates."));
    }
    let when = Condition {
        subjects: input.subjects.iter().filter_map(|word| Subject::parse(word)).collect(),
        sites: words(&input.sites),
        devices,
        number_change: input.number_change,
        class_raised: input.class_raised,
        classes: words(&input.classes),
    };
    Rule { name, when, needs, valid_days, escalation, ticket: input.ticket }
}

/// The page of approval rules.
pub async fn view(services: &Services, op: &Operation) -> Result<RulesView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let rules = load(&mut tx, op.now).await?;
    let proposal = match approval::proposed(&mut tx).await? {
        Some(version) => proposal_view(&mut tx, op, &rules, version).await?,
        None => None,
    };
    let versions = approval::newest(&mut tx).await?.iter().map(row).collect();
    let delegations = approval::delegations(&mut tx, op.now).await?;
    let delegations = delegations.into_iter().map(|listed| DelegationRow {
        own: listed.delegation.from == op.actor.id,
        id: listed.id,
        from: listed.from,
        to: listed.to,
        since: listed.delegation.since,
        until: listed.delegation.until,
        reason: listed.reason,
    });
    let people = user::list(&mut tx).await?.into_iter().map(|u| u.actor);
    let delegates = people
        .filter(|p| p.id != op.actor.id && somewhere(p, Action::Approve).is_ok())
        .map(|p| (p.id, p.name));
    Ok(RulesView {
        version: rules.version,
        rules: rules.standing,
        proposal,
        versions,
        delegations: delegations.collect(),
        delegates: delegates.collect(),
    })
}

fn row(version: &Version) -> RulesRow {
    RulesRow {
        version: version.version,
        requester: version.requester.clone(),
        reason: version.reason.clone(),
        at: version.at,
        state: version.workflow.as_ref().map(|w| w.state.clone()),
        standing: version.standing,
    }
}

async fn proposal_view(
    tx: &mut Tx,
    op: &Operation,
    rules: &Rules,
    version: Version,
) -> Result<Option<ProposalView>> {
    let Some(workflow) = &version.workflow else { return Ok(None) };
    let approvals = view_of(tx, op, rules, &required_of_rules(&rules.standing), workflow).await?;
    Ok(Some(ProposalView {
        row: row(&version),
        digest: digest(version.replaces, &version.rules).to_string(),
        approvals,
        own: workflow.requester == op.actor.id,
        rules: version.rules,
    }))
}

/// Proposes other rules, all of them at once. One proposal at a time.
pub async fn propose(services: &Services, op: &Operation, input: &[RuleInput], reason: &str) -> Result<u32> {
    authorise(&op.actor, Action::ProposeRules)?;
    let reason = reason::within(reason, 1000)?;
    let mut findings = Vec::new();
    let wanted: Vec<_> = input.iter().map(|rule| read(rule, &mut findings)).collect();
    findings.extend(check(&wanted));
    let mut act = Act::begin(services, op).await?;
    let rules = load(&mut act.tx, op.now).await?;
    let sites: BTreeSet<_> = site::list(&mut act.tx).await?.into_iter().map(|site| site.code).collect();
    for rule in &wanted {
        for site in rule.when.sites.difference(&sites) {
            let site: String = site.chars().take(50).collect();
            let detail = format!("There is no site `{site}`.");
            findings.push(Finding::new(Code::RuleInvalid, &rule.name).detail(detail));
        }
    }
    findings.extend(out_of_reach(&mut act.tx, op, &wanted).await?);
    if wanted == rules.standing {
        findings.push(Finding::new(Code::RuleInvalid, "rules").detail("They are what holds already."));
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    if approval::proposed(&mut act.tx).await?.is_some() {
        let detail = "Others are proposed; they are approved, rejected or withdrawn first.";
        return Err(Finding::new(Code::RequestState, "rules").detail(detail).into());
    }
    let signed = digest(rules.version, &wanted);
    let workflow = Workflow::draft(op.actor.id).submit(signed, op.actor.id, op.now)?;
    let required = required_of_rules(&rules.standing);
    let version = Version {
        version: approval::next(&mut act.tx).await?,
        replaces: rules.version,
        missing: workflow.verdict(&required, &rules.delegations, op.now).missing,
        workflow: Some(workflow),
        rules: wanted,
        reason: reason.to_owned(),
        requester: Some(op.actor.name.clone()),
        at: op.now,
        standing: false,
    };
    approval::insert(&mut act.tx, &version).await?;
    let before = Some(said(&rules.standing));
    note(&mut act, "approval_rules.propose", &version, before, Some(said(&version.rules)), reason);
    act.commit().await?;
    Ok(version.version)
}

/// Rules that nobody could ever change again, because there are too few people of a role.
async fn out_of_reach(tx: &mut Tx, op: &Operation, wanted: &[Rule]) -> Result<Option<Finding>> {
    let people = user::list(tx).await?;
    let others = people.iter().filter(|u| u.actor.id != op.actor.id && u.actor.confirmed);
    let others: Vec<_> = others.map(|u| &u.actor.roles).collect();
    let short = required_of_rules(wanted).needs.into_iter().find(|(role, need)| {
        others.iter().filter(|roles| roles.contains(role)).count() < usize::from(need.count)
    });
    Ok(short.map(|(role, need)| {
        let detail = format!(
            "Besides you there are fewer than {} with the role {}: the rules could not be changed again.",
            need.count,
            role.title()
        );
        Finding::new(Code::RuleInvalid, "approval-rules").detail(detail)
    }))
}

fn note(
    act: &mut Act<'_>,
    action: &str,
    version: &Version,
    before: Option<String>,
    after: Option<String>,
    reason: &str,
) {
    let (subject, reason) = (subject(version.version), reason.to_owned());
    act.note(Note { action, subject, before, after, reason, ..Note::default() });
}

/// What is proposed, if it is this version.
async fn open(tx: &mut Tx, version: u32) -> Result<(Version, Workflow)> {
    let found = approval::proposed(tx).await?.filter(|open| open.version == version);
    let found = found.and_then(|open| Some((open.clone(), open.workflow?)));
    found.ok_or_else(|| {
        let detail = "These rules wait for no approval.";
        Problem::new(Kind::Conflict, Finding::new(Code::RequestState, subject(version)).detail(detail))
    })
}

/// Approves exactly the rules whose digest the page showed; once that is enough, they hold.
pub async fn approve(
    services: &Services,
    op: &Operation,
    version: u32,
    digest: &str,
    password: &str,
) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    {
        let mut tx = services.0.store.read().await?;
        let rules = load(&mut tx, op.now).await?;
        rules.authorise(op, &required_of_rules(&rules.standing))?;
    }
    users::reauthenticate(services, op, password).await?;
    let seen = seen(digest)?;
    let mut act = Act::begin(services, op).await?;
    let (mut version, workflow) = open(&mut act.tx, version).await?;
    let rules = load(&mut act.tx, op.now).await?;
    let before = workflow.state.clone();
    let required = required_of_rules(&rules.standing);
    let Adopted { workflow, missing, holds } = adopt(op, &rules, &required, workflow, seen)?;
    (version.missing, version.standing, version.workflow) = (missing, holds, Some(workflow));
    save(&mut act.tx, &version, &before).await?;
    note(&mut act, "approval_rules.approve", &version, None, Some(format!("rules {seen}")), "");
    if holds {
        let (before, after) = (said(&rules.standing), said(&version.rules));
        let reason = version.reason.clone();
        note(&mut act, "approval_rules.adopt", &version, Some(before), Some(after), &reason);
    }
    act.commit().await
}

async fn save(tx: &mut Tx, version: &Version, before: &State) -> Result<()> {
    if approval::update(tx, version, before).await? {
        Ok(())
    } else {
        let finding = Finding::new(Code::StorageConflict, "approval rules");
        Err(Problem::new(Kind::Conflict, finding))
    }
}

/// Says no to what is proposed.
pub async fn reject(services: &Services, op: &Operation, version: u32, reason: &str) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let reason = reason::within(reason, 1000)?;
    {
        let mut tx = services.0.store.read().await?;
        let rules = load(&mut tx, op.now).await?;
        rules.authorise(op, &required_of_rules(&rules.standing))?;
    }
    end(services, op, version, "approval_rules.reject", reason, |w, by| {
        w.reject(by, op.now, reason.to_owned())
    })
    .await
}

/// Takes back what is proposed.
pub async fn withdraw(services: &Services, op: &Operation, version: u32) -> Result<()> {
    authorise(&op.actor, Action::ProposeRules)?;
    end(services, op, version, "approval_rules.withdraw", "", |w, by| w.withdraw(by, op.now)).await
}

async fn end(
    services: &Services,
    op: &Operation,
    version: u32,
    action: &str,
    reason: &str,
    transition: impl FnOnce(Workflow, UserId) -> std::result::Result<Workflow, Finding>,
) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let (mut version, workflow) = open(&mut act.tx, version).await?;
    let before = workflow.state.clone();
    version.workflow = Some(transition(workflow, op.actor.id)?);
    version.missing = vec![];
    save(&mut act.tx, &version, &before).await?;
    note(&mut act, action, &version, Some(said(&version.rules)), None, reason);
    act.commit().await
}
