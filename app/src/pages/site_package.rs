//! A site's package: what is expected, by version, beside what was shipped, is there, works and is accepted.

use super::site::below;
use crate::{
    components::{
        facts::{facts, text},
        field::Field,
        finding,
        form::form,
        head::section,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{authz::Action, site::expected::Figures};
use leptos::prelude::*;
use services::site_packages::{self, PackageView};

pub(crate) const VERSION: &str = "version";
pub(crate) const SHIP: &str = "ship";

/// Differences that are shown in full: whoever sees so many has imported the wrong file.
const SHOWN: usize = 100;

pub(crate) async fn show(signed: Signed, Path(code): Path<String>) -> Answer {
    page(&signed, &code, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, attempt: &Attempt) -> Answer {
    let view = site_packages::view(signed.services(), &signed.op, code).await?;
    let title = format!("Package of {}", view.site.name);
    Ok(signed.page(attempt.status(), &title, || {
        view! {
            {below(&view.site, &title, "/package")}
            {finding::summary(attempt)}
            {about(&view)}
            {figures(&view)}
            {differences(&view)}
            {signed.may_at(Action::OpenSite, &view.site.code).then(|| change(signed, &view, attempt))}
            {versions(&view)}
        }
        .into_any()
    }))
}

fn about(view: &PackageView) -> AnyView {
    let version = view.versions.first();
    let accuracy = view.comparison.accuracy.map(|percent| format!("{percent} %")).unwrap_or_default();
    let made =
        version.map_or_else(|| text(""), |v| view! { {v.by.clone()} ", " {time::time(v.at)} }.into_any());
    facts(vec![
        ("Version", text(&version.map(|v| v.version.to_string()).unwrap_or_default())),
        ("Made by", made),
        ("Inventory accuracy", text(&accuracy)),
        ("Differences", view.comparison.differences.len().into_any()),
    ])
}

fn figures(view: &PackageView) -> AnyView {
    let row = |f: &Figures| {
        let model = if f.vendor.is_empty() {
            "not in the inventory".to_owned()
        } else {
            format!("{} {}", f.vendor, f.model)
        };
        let cell = |label: &'static str, n: u32| view! { <td class="number" data-label=label>{n}</td> };
        view! {
            <tr data-model=f.model.clone()>
                <th scope="row">{model}</th>
                {cell("Expected", f.expected)}
                {cell("Inventory", f.inventory)}
                {cell("Shipped", f.shipped)}
                {cell("Seen", f.seen)}
                {cell("Healthy", f.healthy)}
                {cell("Bound", f.bound)}
                {cell("Accepted", f.accepted)}
            </tr>
        }
        .into_any()
    };
    let rows = view.comparison.figures.iter().map(row).collect();
    let heads = ["Model", "#Expected", "#Inventory", "#Shipped", "#Seen", "#Healthy", "#Bound", "#Accepted"];
    let caption = "Healthy: active, without an open case, seen in the last two days";
    let none = "Nothing is expected, and nothing is there.";
    section("figures", "By model", table("figures-table", caption, &heads, rows, none))
}

fn differences(view: &PackageView) -> AnyView {
    let all = &view.comparison.differences;
    let more = (all.len() > SHOWN).then(|| view! { <p class="calm">"And " {all.len() - SHOWN} " more."</p> });
    let shown = all.get(..SHOWN).unwrap_or(all);
    let list = finding::rows("differs", shown, "Package, delivery notes and inventory agree.");
    section("differences", "What differs", view! { {list} {more} }.into_any())
}

fn change(signed: &Signed, view: &PackageView, attempt: &Attempt) -> AnyView {
    let path = format!("/sites/{}/package", view.site.code);
    let models = view.versions.first().map(|v| &v.models[..]).unwrap_or_default();
    let lines: Vec<_> = models.iter().map(|e| format!("{} {} {}", e.count, e.vendor, e.model)).collect();
    let version = view! {
        {Field::new(VERSION, "models", "Models")
            .hint("A line per model: how many, vendor, model. 12 yealink T46U")
            .value(lines.join("\n"))
            .rows(5)
            .required()
            .view(attempt)}
        <div class="row end">
            {Field::new(VERSION, "reason", "Reason").required().view(attempt)}
            <button>"Make a new version"</button>
        </div>
    };
    let ship = view! {
        {Field::new(SHIP, "serials", "Serial numbers")
            .hint("As the delivery note has them, with blanks, commas or line breaks between. At most 2,000.")
            .rows(5)
            .required()
            .view(attempt)}
        <div class="row end">
            {Field::new(SHIP, "delivery", "Delivery note").required().view(attempt)}
            <button>"Enter the delivery"</button>
        </div>
    };
    let open = |form: &str| attempt.typed(form, "token").is_some();
    view! {
        <section class="panel" id="package-acts" aria-label="What can be done">
            <details class="act" open=open(VERSION)>
                <summary>"Make a new version"</summary>
                {form(signed, VERSION, VERSION, &path, version.into_any())}
            </details>
            <details class="act" open=open(SHIP)>
                <summary>"Enter a delivery note"</summary>
                {form(signed, SHIP, SHIP, &format!("{path}/ship"), ship.into_any())}
            </details>
        </section>
    }
    .into_any()
}

fn versions(view: &PackageView) -> AnyView {
    let rows = view
        .versions
        .iter()
        .map(|v| {
            let models: Vec<_> =
                v.models.iter().map(|e| format!("{} {} {}", e.count, e.vendor, e.model)).collect();
            view! {
                <tr data-version=v.version.to_string()>
                    <th scope="row">{v.version}</th>
                    <td class="prose">{models.join(", ")}</td>
                    <td data-label="By">{v.by.clone()}</td>
                    <td data-label="At">{time::time(v.at)}</td>
                    <td class="prose" data-label="Why">{v.reason.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Version", "Models", "By", "At", "Why"];
    section(
        "versions",
        "Versions",
        table("versions-table", "The one that holds first", &heads, rows, "There is no version yet."),
    )
}
