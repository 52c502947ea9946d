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
    let written = settings(name, ("settings", "that are written"), family.settings);
    let cannot = settings(name, ("cannot", "that cannot be written"), family.cannot);
    view! {
        <div class="broad">
            {facts(vec![
                ("A key that a file does not name", text(family.absent.says())),
                ("Trusts from the factory", prose(family.trusts)),
            ])}
        </div>
        {table(&format!("{name}-models"), &format!("Models of {}", family.title), &heads, rows, "")}
        {written}
        {cannot}
    }
    .into_any()
}

/// Settings that are written, or that cannot be, folded away.
fn settings(name: &str, (id, what): (&str, &str), patterns: &[&'static str]) -> AnyView {
    let rows: Vec<_> = patterns.iter().copied().map(setting).collect();
    let count = format!("{} settings {what}", rows.len());
    view! {
        <details id=format!("{name}-{id}")>
            <summary>{count.clone()}</summary>
            {table(&format!("{name}-{id}-paths"), &format!("{name}: {count}"), &["Path", "What"], rows, "")}
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::part;

    /// What the command and the README's table are made from stands here too.
    #[test]
    fn every_model_and_every_setting_of_every_family_is_on_the_page() {
        for family in support() {
            let page = part(move || of_family(&family));
            for model in family.models {
                assert!(page.contains(&format!("<span>{}", model.name)), "{}: {}", family.title, model.name);
            }
            for (patterns, what) in
                [(family.settings, "that are written"), (family.cannot, "that cannot be written")]
            {
                assert!(page.contains(&format!("{} settings {what}", patterns.len())), "{}", family.title);
                for pattern in patterns {
                    assert!(page.contains(&format!("<code>{pattern}</code>")), "{}: {pattern}", family.title);
                }
            }
        }
    }
}
