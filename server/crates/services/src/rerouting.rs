//! Requests that change who rings: what they would do now, the five answers, and carrying them out. Nothing of it is
//! written to a phone or to the platform: what was agreed is kept here.

use crate::{Result, act::Act, hunt_groups, profiles, routes};
use domain::{
    Code, Finding, Timestamp,
    change_request::Route,
    hunt_group::cover::Staff,
    ids::SiteId,
    plan::{Answer, Rerouting},
};
use std::collections::BTreeSet;
use storage::{Tx, change_request::Request, person, site, user};

/// One change of a request, as it would be now.
pub(crate) struct Rerouted {
    pub(crate) route: Route,
    pub(crate) change: Rerouting,
    pub(crate) site: Option<SiteId>,
    /// Class of service of the extension, of a profile.
    pub(crate) class: Option<String>,
    /// What is the matter with it; what blocks it among that.
    pub(crate) findings: Vec<Finding>,
    /// Groups that would be open while nobody is there.
    pub(crate) uncovered: Vec<Finding>,
    /// Phones whose files say whether the line is shared, and then say something else.
    phones: Vec<String>,
}

/// Looks at every change of a request.
pub(crate) async fn look(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Vec<Rerouted>> {
    let mut all = Vec::with_capacity(request.routes.len());
    if request.routes.is_empty() {
        return Ok(all);
    }
    let staff = routes::staff(tx).await?;
    for route in &request.routes {
        all.push(one(tx, route, &staff, now).await?);
    }
    Ok(all)
}

async fn one(tx: &mut Tx, route: &Route, staff: &Staff, now: Timestamp) -> Result<Rerouted> {
    let site = site::by_code(tx, route.site()).await?.map(|site| site.id);
    let mut known = routes::read(tx).await?;
    let (mut class, mut uncovered, mut phones) = (None, vec![], vec![]);
    let (before, mut findings) = match route {
        Route::Profile { extension, profile, .. } => {
            let found = person::extension_by_number(tx, extension.as_ref()).await?;
            let Some(found) = found else {
                let finding = Finding::new(Code::ExtensionUnknown, route.subject());
                return Ok(rerouted(route, None, site, vec![finding]));
            };
            class = Some(found.class_of_service.clone());
            let before = storage::profile::of(tx, found.id).await?.map(|stored| stored.profile);
            if before.as_ref().is_some_and(|before| before.shared) != profile.shared {
                let stands = storage::line::of_number(tx, extension.as_ref()).await?;
                phones.extend(stands.into_iter().map(|holder| holder.name));
            }
            (
                before.map(|before| before.describe()),
                profiles::wrong(tx, &mut known, extension, profile).await?,
            )
        }
        Route::Group { group, .. } => {
            uncovered.extend(staff.cover(group, now));
            let before = hunt_groups::standing(tx, &group.code).await?;
            let findings = hunt_groups::wrong(tx, &mut known, before.as_ref(), group, site, now).await?;
            (before.map(|stored| stored.group.describe()), findings)
        }
        Route::NoGroup { code, .. } => {
            let before = hunt_groups::standing(tx, code).await?;
            let findings = match &before {
                Some(stored) => hunt_groups::in_use(tx, &known, stored, now).await?,
                None => vec![Finding::new(Code::GroupUnknown, route.subject())],
            };
            (before.map(|stored| stored.group.describe()), findings)
        }
    };
    if site.is_none() {
        findings.push(Finding::new(Code::SiteUnknown, route.subject()));
    }
    Ok(Rerouted { class, uncovered, phones, ..rerouted(route, before, site, findings) })
}

fn rerouted(route: &Route, before: Option<String>, site: Option<SiteId>, findings: Vec<Finding>) -> Rerouted {
    let change =
        Rerouting { subject: route.subject(), site: route.site().to_owned(), before, after: route.after() };
    Rerouted { route: route.clone(), change, site, class: None, findings, uncovered: vec![], phones: vec![] }
}

/// The five answers.
pub(crate) fn answers(all: &[Rerouted], number: i64) -> Vec<Answer> {
    let answer = |id: &str, question: &str, facts: Vec<String>, concern: bool| Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        facts,
        concern,
    };
    let names: Vec<_> = all.iter().map(|r| r.change.subject.clone()).collect();
    let blocked: Vec<_> = all.iter().flat_map(|r| &r.findings).filter(|f| f.blocks()).collect();
    let known = if blocked.is_empty() {
        vec![format!(
            "Everything that {} leads to is known here, and no call goes round in a circle.",
            names.join(", ")
        )]
    } else {
        blocked.iter().map(ToString::to_string).collect()
    };
    let sites: BTreeSet<_> = all.iter().map(|r| r.change.site.as_str()).collect();
    let sites = sites.into_iter().collect::<Vec<_>>().join(", ");
    let back = all.iter().map(|r| {
        let before = r.change.before.as_deref().unwrap_or("nothing: it is removed again");
        format!("A request with what is there now puts {} back: {before}.", r.change.subject)
    });
    let uncovered: Vec<_> = all.iter().flat_map(|r| &r.uncovered).collect();
    let mut users: Vec<_> = all
        .iter()
        .map(|r| match &r.change.after {
            Some(_) => format!("From then on {} is agreed to lead calls as written above; the platform is told by whoever keeps it.", r.change.subject),
            None => format!("Calls lead to {} no more.", r.change.subject),
        })
        .collect();
    users.extend(uncovered.iter().map(|f| format!("{} is open and uncovered: {}", f.subject, f.detail)));
    vec![
        answer("F1", "Are the inputs known to be right?", known, !blocked.is_empty()),
        answer(
            "F2",
            "How many devices, lines and people change?",
            vec![format!("{}, at {sites}. {}", names.join(", "), files(all))],
            false,
        ),
        answer("F3", "Can one device be put back?", back.collect(), false),
        answer(
            "F4",
            "Can support explain it afterwards?",
            vec![format!("The record has it before and after, with CR-{number} and who approved it.")],
            false,
        ),
        answer("F5", "What happens to users if it fails?", users, !uncovered.is_empty()),
    ]
}

/// Whose files change.
fn files(all: &[Rerouted]) -> String {
    let phones: Vec<_> = all.iter().flat_map(|one| one.phones.iter().map(String::as_str)).collect();
    if phones.is_empty() {
        return "No device's bytes change.".to_owned();
    }
    format!(
        "The files of {} say whether the line is shared; no other device's bytes change.",
        phones.join(", ")
    )
}

/// Carries every change of a request out, in its act. Who says so afterwards is whoever asked for it. On PostgreSQL two at
/// once could close a circle that neither sees; so they are one after the other, and each looks again.
pub(crate) async fn carry_out(act: &mut Act<'_>, request: &Request, judged: Vec<Rerouted>) -> Result<()> {
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
        }
    }
    Ok(())
}
