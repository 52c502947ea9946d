//! Hunt groups: who is rung, whether anybody is there, and what people change about it.

mod number;

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason, routes,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    hunt_group::{Member, Typed},
    ids::{HuntGroupId, SiteId},
    profile::circle::Node,
};
use std::collections::BTreeMap;
use storage::{
    Tx,
    hunt_group::{self, Stored},
    person, site,
};

/// A group in the list or on its page.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// The group.
    pub stored: Stored,
    /// Code of its site.
    pub site: String,
    /// What is the matter with its cover in the next two weeks.
    pub uncovered: Option<Finding>,
    /// Whose its members are, in order, as far as that is known; on its page alone.
    pub members: Vec<MemberView>,
    /// What leads to it, in words; on its page alone.
    pub led_to_by: Vec<String>,
}

/// A member on a group's page.
#[derive(Clone, Debug)]
pub struct MemberView {
    /// The member.
    pub member: Member,
    /// Who it is.
    pub name: String,
    /// Whether calls can reach it: an extension that is enabled and stands on a phone.
    pub reachable: bool,
}

/// Every group and whether it is covered. Six queries, whatever the number of groups.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<GroupView>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let staff = routes::staff(&mut tx).await?;
    let sites: BTreeMap<SiteId, String> =
        site::list(&mut tx).await?.into_iter().map(|s| (s.id, s.code)).collect();
    let row = |stored: Stored| GroupView {
        site: sites.get(&stored.site).cloned().unwrap_or_default(),
        uncovered: staff.cover(&stored.group, op.now),
        members: Vec::new(),
        led_to_by: Vec::new(),
        stored,
    };
    Ok(hunt_group::list(&mut tx).await?.into_iter().map(row).collect())
}

/// One group's page.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<GroupView> {
    let groups = list(services, op).await?;
    let mut found = groups.into_iter().find(|row| row.stored.group.code.as_ref() == code.trim());
    let found = found.as_mut().ok_or_else(|| Problem::not_found("hunt group"))?;
    let mut tx = services.0.store.read().await?;
    let staff = routes::staff(&mut tx).await?;
    for member in &found.stored.group.members {
        let (name, reachable) = match member {
            Member::Extension(number) => {
                let extension = person::extension_by_number(&mut tx, number.as_ref()).await?;
                let name = match extension {
                    Some(extension) => crate::facts::owner(&mut tx, &extension).await?.name,
                    None => String::new(),
                };
                (name, staff.reachable.contains_key(number))
            }
            Member::Group(code) => {
                let inner = staff.groups.get(code);
                let name = inner.map(|group| group.name.clone()).unwrap_or_default();
                (name, inner.is_some_and(|group| staff.cover(group, op.now).is_none()))
            }
        };
        found.members.push(MemberView { member: member.clone(), name, reachable });
    }
    let routes = routes::read(&mut tx).await?;
    found.led_to_by = routes::leading_to(&routes, &found.stored.group);
    Ok(found.clone())
}

async fn find(tx: &mut Tx, code: &str) -> Result<Stored> {
    let all = hunt_group::list(tx).await?;
    let found = all.into_iter().find(|stored| stored.group.code.as_ref() == code.trim());
    found.ok_or_else(|| Problem::not_found("hunt group"))
}

/// Defines a group at a site.
pub async fn define(services: &Services, op: &Operation, site: &str, input: &Typed, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let group = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, site.trim()).await?;
    let site = site.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?;
    if find(&mut act.tx, group.code.as_ref()).await.is_ok() {
        let detail = format!("There is a group `{}`.", group.code);
        return Err(Finding::new(Code::RowConflict, "hunt_group").detail(detail).into());
    }
    let stored = Stored {
        id: HuntGroupId(services.0.env.id()),
        site: site.id,
        group,
        changed_at: op.now,
        changed_by: op.actor.name.clone(),
    };
    check(&mut act.tx, &stored).await?;
    number::exchange(&mut act.tx, None, Some(&stored), op).await?;
    hunt_group::insert(&mut act.tx, &stored).await?;
    note(&mut act, "hunt_group.define", None, Some(&stored), why);
    act.commit().await
}

/// Changes a group; its short name and site stay.
pub async fn alter(services: &Services, op: &Operation, code: &str, input: &Typed, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let input = Typed { code: code.to_owned(), ..input.clone() };
    let group = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    if before.group == group {
        return Ok(());
    }
    let after = Stored { group, changed_at: op.now, changed_by: op.actor.name.clone(), ..before.clone() };
    check(&mut act.tx, &after).await?;
    number::exchange(&mut act.tx, Some(&before), Some(&after), op).await?;
    hunt_group::update(&mut act.tx, &after).await?;
    note(&mut act, "hunt_group.alter", Some(&before), Some(&after), why);
    act.commit().await
}

/// Removes a group that nothing leads to. Its numbers cool.
pub async fn remove(services: &Services, op: &Operation, code: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    let routes = routes::load(&mut act.tx).await?;
    let in_use = |by: String| Finding::new(Code::RouteInUse, "hunt_group").detail(format!("By {by}."));
    routes::refuse(routes::leading_to(&routes, &before.group).into_iter().map(in_use).collect())?;
    number::exchange(&mut act.tx, Some(&before), None, op).await?;
    hunt_group::remove(&mut act.tx, before.id).await?;
    note(&mut act, "hunt_group.remove", Some(&before), None, why);
    act.commit().await
}

/// Whether everything that a group names exists, and no call goes round in a circle.
async fn check(tx: &mut Tx, stored: &Stored) -> Result<()> {
    let group = &stored.group;
    let mut routes = routes::load(tx).await?;
    routes.groups.insert(group.code.clone(), group.clone());
    let mut findings = Vec::new();
    for member in &group.members {
        match member {
            Member::Extension(number)
                if person::extension_by_number(tx, number.as_ref()).await?.is_none() =>
            {
                findings.push(
                    Finding::new(Code::ExtensionUnknown, "members").detail(format!("It is `{number}`.")),
                );
            }
            Member::Group(code) if !routes.groups.contains_key(code) => {
                findings.push(Finding::new(Code::GroupUnknown, "members").detail(format!("It is `{code}`.")));
            }
            _ => {}
        }
    }
    findings.extend(routes::schedule_exists(tx, group.schedule.as_ref()).await?);
    findings.extend(routes::exist(tx, &mut routes, group.destinations()).await?);
    findings.extend(routes::round(&routes, &Node::Group(group.code.clone()), "members"));
    routes::refuse(findings)
}

/// The numbers of a new group are its own from now on.
pub(crate) async fn take_numbers(tx: &mut Tx, stored: &Stored, op: &Operation) -> Result<()> {
    number::exchange(tx, None, Some(stored), op).await
}

/// The group that a number leads to.
pub(crate) async fn of_number(tx: &mut Tx, number: &domain::number::Number) -> Result<Option<Stored>> {
    Ok(hunt_group::list(tx).await?.into_iter().find(|stored| stored.group.answers(number)))
}

fn note(act: &mut Act<'_>, action: &str, before: Option<&Stored>, after: Option<&Stored>, why: &str) {
    let Some(of) = after.or(before) else { return };
    act.note(Note {
        action,
        subject: format!("hunt group {}", of.group.code),
        site: Some(of.site),
        before: before.map(|s| s.group.describe()),
        after: after.map(|s| s.group.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
}
