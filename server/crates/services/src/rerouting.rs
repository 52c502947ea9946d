//! Requests that change something beside lines: who rings, how far somebody may call, what is different on a phone, where it
//! stands. What they would do now, the five answers, and carrying them out. Nothing of it is written to the platform: what was agreed
//! is kept here. An exception alone changes a phone's bytes, and those are in its plan.

mod answers;
mod exception;
mod place;

pub(crate) use answers::answers;
pub(crate) use place::placing;

use crate::{Result, Services, act::Act, classes, hunt_groups, profiles, routes, schedules};
use domain::{
    Code, Finding, Timestamp, change_request::Route, class::ClassOfService, hunt_group::cover::Staff,
    ids::SiteId, plan::Rerouting, profile::circle::Routes,
};
use std::collections::BTreeSet;
use storage::{Tx, change_request::Request, person, schedule, site, user};

/// One change of a request, as it would be now.
pub(crate) struct Rerouted {
    pub(crate) route: Route,
    pub(crate) change: Rerouting,
    pub(crate) site: Option<SiteId>,
    /// Classes of service of the extension, before and after.
    pub(crate) classes: BTreeSet<String>,
    /// Whether somebody may call further than before.
    pub(crate) raised: bool,
    /// What is the matter with it; what blocks it among that.
    pub(crate) findings: Vec<Finding>,
    /// Groups that would be open while nobody is there.
    pub(crate) uncovered: Vec<Finding>,
    /// Phones whose files say whether the line is shared, and then say something else.
    phones: Vec<String>,
}

/// Looks at every change of a request, each as things stand once all of them are made. The ways that are known are loaded
/// once, however many changes there are.
pub(crate) async fn look(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Vec<Rerouted>> {
    let mut all = Vec::with_capacity(request.routes.len());
    if request.routes.is_empty() {
        return Ok(all);
    }
    let mut staff = routes::staff(tx).await?;
    let mut known = routes::read(tx).await?;
    for route in &request.routes {
        match route {
            Route::Profile { extension, profile, .. } => {
                known.profiles.insert(extension.clone(), (**profile).clone());
            }
            Route::Group { group, .. } => {
                known.groups.insert(group.code.clone(), (**group).clone());
                staff.groups.insert(group.code.clone(), (**group).clone());
            }
            Route::Schedule { code, schedule, .. } => {
                staff.schedules.insert(code.clone(), (**schedule).clone());
            }
            Route::NoGroup { .. } | Route::Class { .. } | Route::Exception { .. } | Route::Place { .. } => {}
        }
    }
    for route in &request.routes {
        let mut one = one(tx, request.number, route, &staff, &mut known, now).await?;
        if one.site.is_none() {
            one.findings.push(Finding::new(Code::SiteUnknown, route.subject()));
        }
        all.push(one);
    }
    Ok(all)
}

async fn one(
    tx: &mut Tx,
    number: i64,
    route: &Route,
    staff: &Staff,
    known: &mut Routes,
    now: Timestamp,
) -> Result<Rerouted> {
    let site = site::by_code(tx, route.site()).await?.map(|site| site.id);
    let looked = rerouted(route, site);
    let unknown = || Finding::new(Code::ExtensionUnknown, route.subject());
    Ok(match route {
        Route::Profile { extension, profile, .. } => {
            let Some(found) = person::extension_by_number(tx, extension.as_ref()).await? else {
                return Ok(looked.with(None, vec![unknown()]));
            };
            let before = storage::profile::of(tx, found.id).await?.map(|stored| stored.profile);
            let mut phones = vec![];
            if before.as_ref().is_some_and(|before| before.shared) != profile.shared {
                let stands = storage::line::of_number(tx, extension.as_ref()).await?;
                phones.extend(stands.into_iter().map(|holder| holder.name));
            }
            let before = before.map(|before| before.describe());
            let findings = profiles::wrong(tx, known, extension, profile).await?;
            Rerouted { classes: [found.class_of_service].into(), phones, ..looked.with(before, findings) }
        }
        Route::Group { group, .. } => {
            let before = hunt_groups::standing(tx, &group.code).await?;
            let findings = hunt_groups::wrong(tx, known, before.as_ref(), group, site, now).await?;
            let uncovered = staff.cover(group, now).into_iter().collect();
            Rerouted { uncovered, ..looked.with(before.map(|stored| stored.group.describe()), findings) }
        }
        Route::NoGroup { code, .. } => {
            let before = hunt_groups::standing(tx, code).await?;
            let findings = match &before {
                Some(stored) => hunt_groups::in_use(tx, known, stored, now).await?,
                None => vec![Finding::new(Code::GroupUnknown, route.subject())],
            };
            looked.with(before.map(|stored| stored.group.describe()), findings)
        }
        Route::Class { extension, class, .. } => {
            let Some(found) = person::extension_by_number(tx, extension.as_ref()).await? else {
                return Ok(looked.with(None, vec![unknown()]));
            };
            // What an import wrote in words of its own is compared as it is.
            let before = ClassOfService::parse(&found.class_of_service).unwrap_or_default();
            let raised = before.raised_by(class);
            let classes = [found.class_of_service, class.as_ref().to_owned()].into();
            Rerouted { classes, raised, ..looked.with(Some(before.describe()), vec![]) }
        }
        Route::Schedule { code, .. } => {
            let before = schedule::by_code(tx, code.as_ref()).await?;
            let missing = before.is_none().then(|| Finding::new(Code::ScheduleUnknown, route.subject()));
            let before = before.map(|stored| stored.schedule.describe(&stored.name));
            let uncovered = staff.keeping(code, now);
            Rerouted { uncovered, ..looked.with(before, missing.into_iter().collect()) }
        }
        Route::Exception { mac, exception, .. } => {
            exception::look(tx, looked, &format!("CR-{number}"), *mac, exception, now).await?
        }
        Route::Place { mac, device, place, .. } => place::look(tx, looked, *mac, *device, place).await?,
    })
}

/// A change of which nothing is known yet.
fn rerouted(route: &Route, site: Option<SiteId>) -> Rerouted {
    let change = Rerouting {
        subject: route.subject(),
        site: route.site().to_owned(),
        before: None,
        after: route.after(),
        artifacts_after: vec![],
        differences: vec![],
    };
    let route = route.clone();
    let (classes, raised) = (BTreeSet::new(), false);
    Rerouted { route, change, site, classes, raised, findings: vec![], uncovered: vec![], phones: vec![] }
}

impl Rerouted {
    fn with(mut self, before: Option<String>, findings: Vec<Finding>) -> Self {
        self.change.before = before;
        self.findings = findings;
        self
    }
}

/// Carries every change of a request out, in its act. Who says so afterwards is whoever asked for it. On PostgreSQL two at
/// once could close a circle that neither sees; so they are one after the other, and each looks again.
pub(crate) async fn carry_out(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    judged: Vec<Rerouted>,
    approvers: &str,
) -> Result<()> {
    if judged.is_empty() {
        return Ok(());
    }
    act.tx.lock_fence().await?;
    let now = act.now;
    let all = look(&mut act.tx, request, now).await?;
    if all.iter().map(|one| &one.change).ne(judged.iter().map(|one| &one.change)) {
        return Err(Finding::new(Code::PlanStale, format!("CR-{}", request.number)).into());
    }
    let blocks = all.iter().flat_map(|one| &one.findings).filter(|finding| finding.blocks());
    routes::refuse(blocks.cloned().collect())?;
    let asked = user::by_id(&mut act.tx, request.workflow.requester).await?;
    let by = asked.map_or_else(|| format!("CR-{}", request.number), |user| user.actor.name);
    let why = format!("CR-{}: {}", request.number, request.reason);
    for one in all {
        match one.route {
            Route::Profile { extension, profile, .. } => {
                profiles::put(act, &extension, *profile, &by, &why).await?;
                profiles::republish(act, &extension, &format!("CR-{}", request.number)).await?;
            }
            Route::Group { site, group } => hunt_groups::put(act, &site, *group, &by, &why).await?,
            Route::NoGroup { code, .. } => hunt_groups::take_away(act, &code, &by, &why).await?,
            Route::Class { extension, class, .. } => classes::put(act, &extension, &class, &why).await?,
            Route::Schedule { code, name, schedule, .. } => {
                schedules::put(act, &code, name, *schedule, &by, &why).await?;
            }
            Route::Exception { mac, exception, .. } => {
                exception::begin(act, services, request, mac, &exception, approvers).await?;
            }
            Route::Place { mac, place, .. } => place::put(act, mac, &place, &why).await?,
        }
    }
    Ok(())
}
