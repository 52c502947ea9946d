//! A plan as people read it: what changes, and the five answers.

use crate::components::{
    badge::{Tone, badge},
    diff::diff,
    facts::facts,
    id,
    prose::prose,
    table::table,
};
use domain::plan::{Answer, Difference, Item, Plan, Rerouting};
use leptos::prelude::*;
use services::view::RequestView;
use std::collections::{BTreeMap, BTreeSet};

/// Devices whose settings are shown at once.
const MOST: usize = 10;

/// Setting by setting, device by device.
pub(crate) fn items(request: &RequestView) -> AnyView {
    let plan = &request.plan;
    let named: BTreeMap<_, _> = request.rows.iter().map(|row| (row.device, row.mac)).collect();
    let mut seen = BTreeSet::new();
    let devices: Vec<_> = plan.items.iter().filter(|item| seen.insert(item.device)).collect();
    let more = devices.len().saturating_sub(MOST);
    let several = devices.len() > 1;
    let shown: Vec<_> = devices
        .into_iter()
        .take(MOST)
        .enumerate()
        .map(|(index, item)| {
            let mac = named.get(&item.device).filter(|_| several);
            let title = mac.map(|mac| view! { <h3>{id::device(*mac)}</h3> });
            view! { {title} {one(index, item)} }
        })
        .collect();
    let rest = (more > 0)
        .then(|| view! { <p class="hint">{format!("And {more} more devices, each as its rows say.")}</p> });
    view! { {routes(&plan.routes)} {shown} {rest} }.into_any()
}

/// What changes beside lines, in words before and after; of a phone, its settings and files too.
fn routes(all: &[Rerouting]) -> Option<AnyView> {
    if all.is_empty() {
        return None;
    }
    let nothing = || "nothing".to_owned();
    let rows = all
        .iter()
        .map(|route| {
            view! {
                <tr>
                    <th scope="row">{route.subject.clone()}</th>
                    <td class="prose" data-label="Before">{route.before.clone().unwrap_or_else(nothing)}</td>
                    <td class="prose" data-label="After">{route.after.clone().unwrap_or_else(nothing)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let words = table("routes", "What changes beside lines", &["What", "Before", "After"], rows, "");
    // Phones that change alike are shown once.
    let mut alike: Vec<(&[Difference], Vec<&Rerouting>)> = vec![];
    for route in all.iter().filter(|route| !route.artifacts_after.is_empty()) {
        match alike.iter_mut().find(|(differences, _)| *differences == route.differences.as_slice()) {
            Some((_, routes)) => routes.push(route),
            None => alike.push((&route.differences, vec![route])),
        }
    }
    let phones: Vec<_> =
        alike.into_iter().enumerate().map(|(index, (_, routes))| phones(index, &routes)).collect();
    Some(view! { {words} {phones} }.into_any())
}

/// Phones whose settings change alike, and their files afterwards.
fn phones(index: usize, routes: &[&Rerouting]) -> AnyView {
    let differences = routes.first().map(|route| route.differences.as_slice()).unwrap_or_default();
    let title = match routes {
        [one] => one.subject.clone(),
        many => format!("{} phones alike", many.len()),
    };
    let files: Vec<_> = routes
        .iter()
        .flat_map(|route| &route.artifacts_after)
        .map(|(name, digest)| view! { <li><code>{name.clone()}</code> " " {id::digest(digest.to_string(), "digest of the file")}</li> })
        .collect();
    view! {
        <h3>{title}</h3>
        {diff(&format!("excepted-{index}"), "Settings that change", differences)}
        {facts(vec![("Files afterwards", view! { <ul class="plain">{files}</ul> }.into_any())])}
    }
    .into_any()
}

fn one(index: usize, item: &Item) -> AnyView {
    let before = item.revision_before.map_or("none".to_owned(), |number| number.to_string());
    let files: Vec<_> = item
        .artifacts_after
        .iter()
        .map(|(name, digest)| view! { <li><code>{name.clone()}</code> " " {id::digest(digest.to_string(), "digest of the file")}</li> })
        .collect();
    view! {
        {diff(&format!("diff-{index}"), "Settings that change", &item.differences)}
        {facts(vec![
            ("Revision", format!("{before} → {}", item.revision_after).into_any()),
            ("Files afterwards", view! { <ul class="plain">{files}</ul> }.into_any()),
        ])}
    }
    .into_any()
}

pub(crate) fn answers(plan: &Plan) -> AnyView {
    answered(&plan.answers)
}

/// The five answers of any plan.
pub(crate) fn answered(answers: &[Answer]) -> AnyView {
    let answers: Vec<_> = answers.iter().map(answer).collect();
    view! { <ol class="answers">{answers}</ol> }.into_any()
}

fn answer(answer: &Answer) -> AnyView {
    let facts: Vec<_> = answer.facts.iter().map(|fact| view! { <li>{prose(fact)}</li> }).collect();
    let mark =
        if answer.concern { badge(Tone::Warning, "look closely") } else { badge(Tone::Good, "no concern") };
    view! {
        <li data-answer=answer.id.clone()>
            <h3><span class="answer-id">{answer.id.clone()}</span> " " {answer.question.clone()} " " {mark}</h3>
            <ul>{facts}</ul>
        </li>
    }
    .into_any()
}
