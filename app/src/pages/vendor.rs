//! Vendors: which models may be bound, what each family can express, and how we know.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, text},
        head::{plain, section},
        prose::prose,
        table::table,
    },
    visitor::{Answer, Signed},
};
use axum::http::StatusCode;
use dialects::{Support, support};
use domain::{
    setting::schema,
    vendor::{Model, alike},
};
use leptos::prelude::*;

pub(crate) async fn show(signed: Signed) -> Answer {
    Ok(signed.page(StatusCode::OK, "Models", || {
        let families: Vec<_> = support().filter(|family| !family.models.is_empty()).collect();
        let places: Vec<_> = families
            .iter()
            .map(|family| view! { <li><a href=format!("#{}", family.vendor)>{family.title}</a></li> })
            .collect();
        let families: Vec<_> =
            families.into_iter().map(|f| section(f.vendor.name(), f.title, of_family(&f))).collect();
        view! {
            {plain("Models")}
            <p class="lede">"Models that may have a line. A phone that nobody looked into is refused rather than almost configured; how much is known of each stands beside it."</p>
            <nav aria-label="Families of models"><ul class="row">{places}</ul></nav>
            {families}
        }
        .into_any()
    }))
}

fn of_family(family: &Support) -> AnyView {
    let name = family.vendor.name();
    let heads = ["Models", "Endpoints", "Firmware", "Without", "How we know"];
    let rows = alike(family.models).into_iter().map(|(names, model)| row(&names, model)).collect();
    let settings: Vec<_> = family.settings.iter().copied().map(setting).collect();
    let count = format!("{} settings that are written", settings.len());
    view! {
        <div class="broad">
            {facts(vec![
                ("A key that a file does not name", text(family.absent.says())),
                ("Trusts from the factory", prose(family.trusts)),
            ])}
        </div>
        {table(&format!("{name}-models"), &format!("Models of {}", family.title), &heads, rows, "")}
        <details id=format!("{name}-settings")>
            <summary>{count}</summary>
            {table(&format!("{name}-paths"), &format!("Settings of {}", family.title), &["Path", "What"], settings, "")}
        </details>
    }
    .into_any()
}

/// Models that differ in name only share a row.
fn row(names: &[&'static str], model: &Model) -> AnyView {
    let refused = model.fetch.refused();
    let last = names.len() - 1;
    let names: Vec<_> = (0..)
        .zip(names)
        .map(|(place, name)| view! { <span>{*name}{(place < last).then_some(",")}</span> " " })
        .collect();
    view! {
        <tr>
            <th scope="row" class="names">{names}</th>
            <td data-label="Endpoints">{model.endpoints()}</td>
            <td data-label="Firmware">{if model.firmware.is_empty() { "–".to_owned() } else { format!("{} or later", model.firmware) }}</td>
            <td class="prose" data-label="Without">{lacks(model)}</td>
            <td data-label="How we know">
                {model.known.says()}
                {refused.map(|why| view! { " " {badge(Tone::Warning, why)} })}
            </td>
        </tr>
    }
    .into_any()
}

/// What a model has not; many are folded away.
fn lacks(model: &Model) -> AnyView {
    if model.lacks.is_empty() {
        return ().into_any();
    }
    let all: Vec<_> = model.lacks.iter().map(|pattern| view! { <code>{*pattern}</code> " " }).collect();
    if model.lacks.len() <= FEW {
        return all.into_any();
    }
    view! {
        <details>
            <summary>{format!("{} settings", model.lacks.len())}</summary>
            {all}
        </details>
    }
    .into_any()
}

/// More settings than these are folded away.
const FEW: usize = 3;

fn setting(pattern: &'static str) -> AnyView {
    let says = schema::RULES.iter().find(|rule| rule.pattern == pattern).map_or("", |rule| rule.says);
    view! { <tr><th scope="row"><code>{pattern}</code></th><td class="prose" data-label="What">{says}</td></tr> }
        .into_any()
}
