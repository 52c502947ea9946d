//! Where calls can go on: the known ways, loaded once, and what is wrong with a new one.

use crate::{Problem, Result};
use domain::{
    Code, Finding,
    hunt_group::{HuntGroup, cover::Staff},
    number::Number,
    profile::{
        Destination,
        circle::{Node, Routes, told},
    },
    slug::Slug,
};
use storage::{Tx, hunt_group, person, profile, schedule};

/// Every way on, for somebody who is about to add one. On PostgreSQL two edits at once could close a circle that
/// neither sees; so edits are one after the other.
pub(crate) async fn load(tx: &mut Tx) -> Result<Routes> {
    tx.lock_fence().await?;
    read(tx).await
}

/// Every way on. Queries: three, and one for each DID that calls are sent to.
pub(crate) async fn read(tx: &mut Tx) -> Result<Routes> {
    let groups = hunt_group::list(tx).await?.into_iter().map(|s| (s.group.code.clone(), s.group));
    let mut routes = Routes { groups: groups.collect(), ..Routes::default() };
    let profiles = profile::leading(tx).await?;
    routes.profiles = profiles.into_iter().map(|s| (s.number, s.profile)).collect();
    let mut sent: Vec<_> =
        routes.groups.values().flat_map(|g| g.destinations().map(|(_, to)| to)).cloned().collect();
    for profile in routes.profiles.values() {
        sent.extend(profile.forwards.all().map(|(_, to)| to).chain(&profile.closed).cloned());
    }
    for to in sent {
        know(tx, &mut routes, &to).await?;
    }
    Ok(routes)
}

/// Looks up where a DID leads.
async fn know(tx: &mut Tx, routes: &mut Routes, to: &Destination) -> Result<()> {
    if let Destination::Number(number @ Number::Did(did)) = to
        && !routes.dids.contains_key(number)
        && let Some(extension) = person::extension_by_did(tx, did.as_ref()).await?
    {
        routes.dids.insert(number.clone(), Node::Extension(extension.number));
    }
    Ok(())
}

/// What is wrong with destinations: those inside have to exist. A DID elsewhere is the world's.
pub(crate) async fn exist<'d>(
    tx: &mut Tx,
    routes: &mut Routes,
    destinations: impl Iterator<Item = (&'static str, &'d Destination)>,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (field, to) in destinations {
        know(tx, routes, to).await?;
        match to {
            Destination::Group(code) if !routes.groups.contains_key(code) => {
                findings.push(Finding::new(Code::GroupUnknown, field).detail(format!("It is `{code}`.")));
            }
            Destination::Number(number @ Number::Extension(n)) => {
                let known = routes.groups.values().any(|group| group.answers(number))
                    || person::extension_by_number(tx, n.as_ref()).await?.is_some();
                if !known {
                    findings
                        .push(Finding::new(Code::ExtensionUnknown, field).detail(format!("It is `{n}`.")));
                }
            }
            _ => {}
        }
    }
    Ok(findings)
}

/// A schedule that is named has to exist.
pub(crate) async fn schedule_exists(tx: &mut Tx, code: Option<&Slug>) -> Result<Option<Finding>> {
    let Some(code) = code else { return Ok(None) };
    let found = schedule::by_code(tx, code.as_ref()).await?;
    Ok(found
        .is_none()
        .then(|| Finding::new(Code::ScheduleUnknown, "schedule").detail(format!("It is `{code}`."))))
}

/// The circle that calls from here would go, with the field that is to be looked at.
pub(crate) fn round(routes: &Routes, from: &Node, field: &str) -> Option<Finding> {
    let circle = routes.circle(from)?;
    Some(Finding::new(Code::RouteCircle, field).detail(format!("{}.", told(&circle))))
}

/// Who is there for hunt groups. Four queries, whatever the number of groups.
pub(crate) async fn staff(tx: &mut Tx) -> Result<Staff> {
    let groups = hunt_group::list(tx).await?;
    let schedules = schedule::list(tx).await?;
    Ok(Staff {
        groups: groups.into_iter().map(|s| (s.group.code.clone(), s.group)).collect(),
        schedules: schedules.into_iter().map(|s| (s.code, s.schedule)).collect(),
        reachable: hunt_group::reachable(tx).await?,
    })
}

/// What still leads to a group: each in words.
pub(crate) fn leading_to(routes: &Routes, group: &HuntGroup) -> Vec<String> {
    let here = Node::Group(group.code.clone());
    let leads = |to: &Destination| routes.node(to).as_ref() == Some(&here);
    let member = domain::hunt_group::Member::Group(group.code.clone());
    let groups = routes.groups.values().filter(|g| g.code != group.code);
    let groups = groups
        .filter(|g| g.members.contains(&member) || g.destinations().any(|(_, to)| leads(to)))
        .map(|g| format!("group {}", g.code));
    let profiles = routes
        .profiles
        .iter()
        .filter(|(_, p)| p.forwards.all().map(|(_, to)| to).chain(&p.closed).any(leads));
    groups.chain(profiles.map(|(number, _)| format!("extension {number}"))).collect()
}

/// Refuses when anything is wrong.
pub(crate) fn refuse(findings: Vec<Finding>) -> Result<()> {
    if findings.is_empty() { Ok(()) } else { Err(Problem::blocked(findings)) }
}
