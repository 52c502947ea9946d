//! Numbers: the plan as a list.

pub(crate) mod one;

use crate::{
    components::{badge, finding, head::head, pager::pager, table::table, time},
    fields::{Attempt, Fields},
    visitor::{Answer, Signed},
};
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse as _, Redirect},
};
use domain::{
    Code, Finding, Timestamp,
    number::{Number, RangeKind, State},
};
use leptos::prelude::*;
use services::{
    Problem, numbers,
    numbers::view::{NumberFilter, NumberRow},
    sites,
    view::{Page, SiteCard},
};

const FIND: &str = "filter";

/// The page of a number.
pub(crate) fn path(number: &Number) -> String {
    format!("/numbers/{number}")
}

pub(crate) async fn list(signed: Signed, Query(filter): Query<NumberFilter>) -> Answer {
    let wanted = filter.q.trim();
    let attempt = match Number::parse(wanted) {
        _ if wanted.is_empty() => Attempt::default(),
        Ok(number) => return Ok(Redirect::to(&path(&number)).into_response()),
        Err(why) => {
            let finding = Finding::new(Code::NumberInvalid, "q").detail(format!("`{wanted}` is {why}."));
            Attempt::refused(FIND, Fields::default().with("q", wanted), Problem::from(finding))
        }
    };
    let page = numbers::list(signed.services(), &signed.op, &filter).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Numbers", || {
        let ranges = view! {
            <a class="button quiet" href="/numbers/groups">"Hunt groups"</a>
            <a class="button quiet" href="/numbers/schedules">"Schedules"</a>
            <a class="button quiet" href="/numbers/ranges">"Ranges"</a>
        };
        view! {
            {head(&[], "Numbers".into_any(), ranges.into_any())}
            {(attempt.status() != StatusCode::OK).then(|| finding::list(attempt.findings()))}
            {filters(&filter, &sites, &attempt)}
            {rows(&filter, &page, signed.op.now)}
        }
        .into_any()
    }))
}

fn filters(filter: &NumberFilter, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let option = |value: &str, label: &str, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{label.to_owned()}</option> }
    };
    let sites: Vec<_> =
        sites.iter().map(|card| option(&card.site.code, &card.site.name, &filter.site)).collect();
    let kinds: Vec<_> = [(RangeKind::Extension, "Extensions"), (RangeKind::Did, "DIDs")]
        .map(|(kind, label)| option(kind.word(), label, &filter.kind))
        .into();
    let states: Vec<_> =
        State::WORDS.iter().map(|word| option(word, &word.replace('-', " "), &filter.state)).collect();
    view! {
        <form class="filters" id=FIND data-form=FIND method="get" action="/numbers">
            <div class="field">
                <label for="filter-q">"Number"</label>
                <input id="filter-q" name="q" type="search" value=filter.q.clone() placeholder="2101 or +442079460123"
                    aria-invalid=attempt.marks(FIND, "q").then_some("true") />
            </div>
            <div class="field">
                <label for="filter-site">"Site"</label>
                <select id="filter-site" name="site"><option value="">"All sites"</option>{sites}</select>
            </div>
            <div class="field">
                <label for="filter-kind">"Kind"</label>
                <select id="filter-kind" name="kind"><option value="">"Both kinds"</option>{kinds}</select>
            </div>
            <div class="field">
                <label for="filter-state">"State"</label>
                <select id="filter-state" name="state"><option value="">"Any state"</option>{states}</select>
            </div>
            <button class="quiet">"Show"</button>
            <a href="/numbers">"Clear"</a>
        </form>
    }
    .into_any()
}

fn rows(filter: &NumberFilter, page: &Page<NumberRow>, now: Timestamp) -> AnyView {
    let rest = [("site", filter.site.as_str()), ("kind", &filter.kind), ("state", &filter.state)];
    let narrowed = rest.iter().any(|(_, value)| !value.is_empty());
    let empty = if narrowed {
        "No number fits the filter."
    } else {
        "No site owns a number yet. Define a range, or import a site package."
    };
    let heads = ["Number", "State", "Site", "Holder", "Extension", "Since"];
    let rows = page.rows.iter().map(|entry| row(entry, now)).collect();
    view! {
        {table("numbers", "Numbers in the order of the plan; available ones that follow each other in one row", &heads, rows, empty)}
        {pager("/numbers", &rest, &filter.after, page.next.as_deref())}
    }
    .into_any()
}

fn link(number: &Number) -> AnyView {
    view! { <a href=path(number)><code>{number.to_string()}</code></a> }.into_any()
}

fn row(entry: &NumberRow, now: Timestamp) -> AnyView {
    match entry {
        NumberRow::Free(run) => {
            let count = run.last.key() - run.first.key() + 1;
            let last = (count > 1).then(|| view! { " to " {link(&run.last)} });
            let said = (count > 1).then(|| format!(" {count} numbers"));
            view! {
                <tr data-number=run.first.to_string()>
                    <th scope="row">{link(&run.first)} {last}</th>
                    <td>{badge::number(&State::Available)} <span class="hint">{said}</span></td>
                    <td><a href=format!("/sites/{}", run.site)>{run.site.clone()}</a></td>
                    <td></td><td></td><td></td>
                </tr>
            }
            .into_any()
        }
        NumberRow::Number(row) => {
            let extension = (!row.extension.is_empty() && row.number.as_ref() != row.extension)
                .then(|| view! { <a href=format!("/numbers/{}", row.extension)>{row.extension.clone()}</a> });
            view! {
                <tr data-number=row.number.to_string()>
                    <th scope="row">{link(&row.number)}</th>
                    <td>{badge::number(&row.state)} " " {dates(&row.state, now)}</td>
                    <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
                    <td data-label="Holder">{(!row.holder.is_empty()).then(|| row.holder.clone())}</td>
                    <td data-label="Extension">{extension}</td>
                    <td data-label="Since">{row.changed_at.map(time::time)}</td>
                </tr>
            }
            .into_any()
        }
    }
}

/// The facts of a state: until when, for whom, and a porting date that has passed without a word.
fn dates(state: &State, now: Timestamp) -> AnyView {
    let overdue = |on: Timestamp| {
        (on <= now).then(|| badge::badge(badge::Tone::Warning, "date has passed, not confirmed"))
    };
    match state {
        State::Available | State::Assigned => ().into_any(),
        State::Reserved { until, whom, .. } => {
            view! { "for " {whom.clone()} " until " {time::time(*until)} }.into_any()
        }
        State::Cooling { until } => view! { "until " {time::time(*until)} }.into_any(),
        State::PortingIn { on, temporary } => {
            let meanwhile = temporary.as_ref().map(|did| {
                view! { ", until then " <a href=format!("/numbers/{did}")><code>{did.to_string()}</code></a> }
            });
            view! { "on " {time::time(*on)} {meanwhile} " " {overdue(*on)} }.into_any()
        }
        State::PortingOut { on, held } => {
            let used = held.then_some(", in use until then");
            view! { "on " {time::time(*on)} {used} " " {overdue(*on)} }.into_any()
        }
        State::PortedOut { at } => view! { "since " {time::time(*at)} }.into_any(),
    }
}
