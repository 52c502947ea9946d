//! Number ranges: what each site owns and how full it is; one range, to be altered or given up.

use crate::{
    components::{
        facts::facts,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{authz::Action, number::RangeKind};
use leptos::prelude::*;
use services::{
    numbers::{ranges, view::RangeRow},
    sites,
    view::SiteCard,
};

pub(crate) const DEFINE: &str = "define";
pub(crate) const ALTER: &str = "alter";
pub(crate) const REMOVE: &str = "remove";

pub(crate) async fn list(signed: Signed) -> Answer {
    list_page(&signed, &Attempt::default()).await
}

pub(crate) async fn list_page(signed: &Signed, attempt: &Attempt) -> Answer {
    let rows = ranges::list(signed.services(), &signed.op).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Number ranges", || {
        let table_rows = rows.iter().map(row).collect();
        let heads = ["Range", "Kind", "Site", "#Numbers", "#Available", "Others"];
        let none = "No site owns a range yet.";
        view! {
            {head(&[step("/numbers", "Numbers")], "Number ranges".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {table("ranges", "Ranges in the order of the plan", &heads, table_rows, none)}
            {signed.may(Action::Numbers).then(|| section("define-range", "Define a range", define(signed, &sites, attempt)))}
        }
        .into_any()
    }))
}

fn path(row: &RangeRow) -> String {
    format!("/numbers/ranges/{}", row.range.id)
}

const fn kind(kind: RangeKind) -> &'static str {
    match kind {
        RangeKind::Extension => "extensions",
        RangeKind::Did => "DIDs",
    }
}

/// `19 assigned, 1 cooling`.
fn others(row: &RangeRow) -> String {
    let each: Vec<_> =
        row.counts.iter().map(|(word, count)| format!("{count} {}", word.replace('-', " "))).collect();
    each.join(", ")
}

fn row(row: &RangeRow) -> AnyView {
    let range = &row.range;
    view! {
        <tr data-range=range.first.clone()>
            <th scope="row"><a href=path(row)><code>{range.first.clone()}</code> " to " <code>{range.last.clone()}</code></a></th>
            <td>{kind(range.kind)}</td>
            <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td class="number" data-label="Numbers">{range.size()}</td>
            <td class="number" data-label="Available">{row.available()}</td>
            <td>{others(row)}</td>
        </tr>
    }
    .into_any()
}

fn define(signed: &Signed, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let typed = |name: &str| attempt.typed(DEFINE, name).unwrap_or_default().to_owned();
    let option = |value: &str, label: &str, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{label.to_owned()}</option> }
    };
    let sites: Vec<_> =
        sites.iter().map(|card| option(&card.site.code, &card.site.name, &typed("site"))).collect();
    let kinds: Vec<_> = [(RangeKind::Extension, "Extensions"), (RangeKind::Did, "DIDs")]
        .map(|(kind, label)| option(kind.word(), label, &typed("kind")))
        .into();
    let fields = view! {
        <p class="hint">"Both ends belong to it and have the same length. DIDs are written in E.164: + and the country code first. A number belongs to one site."</p>
        <div class="row end">
            <div class="field">
                <label for="define-site">"Site"</label>
                <select id="define-site" name="site">{sites}</select>
            </div>
            <div class="field">
                <label for="define-kind">"Kind"</label>
                <select id="define-kind" name="kind">{kinds}</select>
            </div>
            {Field::new(DEFINE, "first", "First number").required().view(attempt)}
            {Field::new(DEFINE, "last", "Last number").required().view(attempt)}
            {Field::new(DEFINE, "reason", "Reason").required().view(attempt)}
            <button>"Define the range"</button>
        </div>
    };
    form(signed, DEFINE, DEFINE, "/numbers/ranges", fields.into_any())
}

pub(crate) async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    page(&signed, &id, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, id: &str, attempt: &Attempt) -> Answer {
    let row = ranges::view(signed.services(), &signed.op, id).await?;
    let title = format!("{} to {}", row.range.first, row.range.last);
    Ok(signed.page(attempt.status(), &title, || {
        let trail = [step("/numbers", "Numbers"), step("/numbers/ranges", "Ranges")];
        let counts = others(&row);
        let numbers = format!("/numbers?site={}&kind={}", row.site, row.range.kind.word());
        let plan = view! { <a class="button quiet" href=numbers>"Its site's numbers"</a> };
        view! {
            {head(&trail, title.clone().into_any(), plan.into_any())}
            {finding::summary(attempt)}
            {facts(vec![
                ("Kind", kind(row.range.kind).into_any()),
                ("Site", view! { <a href=format!("/sites/{}", row.site)>{row.site.clone()}</a> }.into_any()),
                ("Numbers", row.range.size().into_any()),
                ("Available", row.available().into_any()),
                ("Others", crate::components::facts::text(&counts)),
            ])}
            {signed.may(Action::Numbers).then(|| change(signed, &row, attempt))}
        }
        .into_any()
    }))
}

fn change(signed: &Signed, row: &RangeRow, attempt: &Attempt) -> AnyView {
    let alter = view! {
        <p class="hint">"Numbers that are not available have to stay inside."</p>
        <div class="row end">
            {Field::new(ALTER, "first", "First number").value(row.range.first.clone()).required().view(attempt)}
            {Field::new(ALTER, "last", "Last number").value(row.range.last.clone()).required().view(attempt)}
            {Field::new(ALTER, "reason", "Reason").required().view(attempt)}
            <button>"Alter the range"</button>
        </div>
    };
    let remove = view! {
        <p class="hint">"Only when all of its numbers are available."</p>
        <div class="row end">
            {Field::new(REMOVE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Give the range up"</button>
        </div>
    };
    view! {
        {section("alter-range", "Alter it", form(signed, ALTER, ALTER, &path(row), alter.into_any()))}
        {section("remove-range", "Give it up", form(signed, REMOVE, REMOVE, &format!("{}/remove", path(row)), remove.into_any()))}
    }
    .into_any()
}
