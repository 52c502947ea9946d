//! Hunt groups: who is rung, whether anybody is there, and what people change about it.

mod number;

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, reason, routes,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    change_request::{Route, group_reroutes},
    hunt_group::{HuntGroup, Member, Typed},
    ids::{HuntGroupId, SiteId},
    profile::circle::{Node, Routes},
    slug::Slug,
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

/// The group of this short name, if there is one.
pub(crate) async fn standing(tx: &mut Tx, code: &Slug) -> Result<Option<Stored>> {
    Ok(hunt_group::list(tx).await?.into_iter().find(|stored| stored.group.code == *code))
}

/// Asks for a new group at a site; the number of the draft.
pub async fn define(
    services: &Services,
    op: &Operation,
    site: &str,
    input: &Typed,
    why: &str,
) -> Result<i64> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let group = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, site.trim()).await?;
    let site = site.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?;
    if standing(&mut act.tx, &group.code).await?.is_some() {
        let detail = format!("There is a group `{}`.", group.code);
        return Err(Finding::new(Code::RowConflict, "hunt_group").detail(detail).into());
    }
    let mut known = routes::load(&mut act.tx).await?;
    routes::refuse(wrong(&mut act.tx, &mut known, None, &group, Some(site.id), op.now).await?)?;
    let route = Route::Group { site: site.code, group: Box::new(group) };
    asked(act, services, op, route, why).await
}

/// Changes a group; its short name and site stay. Another name for people is no request; whatever else is, and the number
/// of the draft returned.
pub async fn alter(
    services: &Services,
    op: &Operation,
    code: &str,
    input: &Typed,
    why: &str,
) -> Result<Option<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let input = Typed { code: code.to_owned(), ..input.clone() };
    let group = input.read().map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    if before.group == group {
        return Ok(None);
    }
    let mut known = routes::load(&mut act.tx).await?;
    let findings = wrong(&mut act.tx, &mut known, Some(&before), &group, Some(before.site), op.now).await?;
    routes::refuse(findings)?;
    let site = site_of(&mut act.tx, &before).await?;
    if !group_reroutes(Some(&before.group), Some(&group)) {
        put(&mut act, &site, group, &op.actor.name, why).await?;
        act.commit().await?;
        return Ok(None);
    }
    let route = Route::Group { site, group: Box::new(group) };
    asked(act, services, op, route, why).await.map(Some)
}

/// Asks for the end of a group that nothing leads to; the number of the draft. Its numbers cool then.
pub async fn remove(services: &Services, op: &Operation, code: &str, why: &str) -> Result<i64> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, code).await?;
    let known = routes::load(&mut act.tx).await?;
    routes::refuse(in_use(&mut act.tx, &known, &before, op.now).await?)?;
    let route = Route::NoGroup { site: site_of(&mut act.tx, &before).await?, code: before.group.code };
    asked(act, services, op, route, why).await
}

async fn asked(
    mut act: Act<'_>,
    services: &Services,
    op: &Operation,
    route: Route,
    why: &str,
) -> Result<i64> {
    let number = change_requests::reroute(&mut act, services, op, vec![route], why).await?;
    act.commit().await?;
    Ok(number)
}

async fn site_of(tx: &mut Tx, stored: &Stored) -> Result<String> {
    Ok(site::by_id(tx, stored.site).await?.ok_or_else(|| Problem::not_found("site"))?.code)
}

/// Makes a group what it is to be, in an act: a new one, or another. `by` says so.
pub(crate) async fn put(act: &mut Act<'_>, site: &str, group: HuntGroup, by: &str, why: &str) -> Result<()> {
    let (now, changed_by) = (act.now, by.to_owned());
    let before = standing(&mut act.tx, &group.code).await?;
    let (id, site) = if let Some(before) = &before {
        (before.id, before.site)
    } else {
        let site = site::by_code(&mut act.tx, site).await?;
        let site = site.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?;
        (HuntGroupId(act.id()), site.id)
    };
    let after = Stored { id, site, group, changed_at: now, changed_by };
    number::exchange(&mut act.tx, before.as_ref(), Some(&after), by, now).await?;
    if before.is_some() {
        hunt_group::update(&mut act.tx, &after).await?;
    } else {
        hunt_group::insert(&mut act.tx, &after).await?;
    }
    let action = if before.is_some() { "hunt_group.alter" } else { "hunt_group.define" };
    note(act, action, before.as_ref(), Some(&after), why);
    Ok(())
}

/// Removes a group, in an act.
pub(crate) async fn take_away(act: &mut Act<'_>, code: &Slug, by: &str, why: &str) -> Result<()> {
    let now = act.now;
    let before = find(&mut act.tx, code.as_ref()).await?;
    number::exchange(&mut act.tx, Some(&before), None, by, now).await?;
    hunt_group::remove(&mut act.tx, before.id).await?;
    note(act, "hunt_group.remove", Some(&before), None, why);
    Ok(())
}

/// What keeps a group from being removed.
pub(crate) async fn in_use(
    tx: &mut Tx,
    known: &Routes,
    before: &Stored,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    let finding = |by: String| Finding::new(Code::RouteInUse, "hunt_group").detail(format!("By {by}."));
    let mut findings: Vec<_> = routes::leading_to(known, &before.group).into_iter().map(finding).collect();
    findings.extend(number::wrong(tx, Some(before), None, now).await?);
    Ok(findings)
}

/// Whether everything that a group names exists, it can have its numbers, and no call goes round in a circle, among the
/// ways that are `known`.
pub(crate) async fn wrong(
    tx: &mut Tx,
    known: &mut Routes,
    before: Option<&Stored>,
    group: &HuntGroup,
    site: Option<SiteId>,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    known.groups.insert(group.code.clone(), group.clone());
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
            Member::Group(code) if !known.groups.contains_key(code) => {
                findings.push(Finding::new(Code::GroupUnknown, "members").detail(format!("It is `{code}`.")));
            }
            _ => {}
        }
    }
    findings.extend(routes::schedule_exists(tx, group.schedule.as_ref()).await?);
    findings.extend(routes::exist(tx, known, group.destinations()).await?);
    findings.extend(routes::round(known, &Node::Group(group.code.clone()), "members"));
    if let Some(site) = site {
        let (id, by) = (HuntGroupId(uuid::Uuid::nil()), String::new());
        let after = Stored { id, site, group: group.clone(), changed_at: now, changed_by: by };
        findings.extend(number::wrong(tx, before, Some(&after), now).await?);
    }
    Ok(findings)
}

/// The numbers of a new group are its own from now on.
pub(crate) async fn take_numbers(tx: &mut Tx, stored: &Stored, op: &Operation) -> Result<()> {
    number::exchange(tx, None, Some(stored), &op.actor.name, op.now).await
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
