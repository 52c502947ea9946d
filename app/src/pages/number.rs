//! Numbers: the plan as a list, and one number: its state, its holders, and who rings if one dials it now.

use super::number_acts;
use crate::{
    components::{
        badge,
        facts::{facts, none},
        finding,
        head::{head, section, step},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::{Attempt, Fields},
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Redirect},
};
use domain::{
    Code, Finding, Timestamp,
    number::{
        Number, RangeKind, State,
        rings::{Step, verdict},
    },
};
use leptos::prelude::*;
use services::{
    Problem, numbers,
    numbers::view::{Holding, NumberFilter, NumberRow, NumberView},
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
                    <td data-label="Holder">{row.holder.clone()}</td>
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

pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Answer {
    page(&signed, &text, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, text: &str, attempt: &Attempt) -> Answer {
    let view = numbers::view(signed.services(), &signed.op, text).await?;
    let now = signed.op.now;
    Ok(signed.page(attempt.status(), view.number.as_ref(), || {
        view! {
            {top(&view)}
            {finding::summary(attempt)}
            {about(&view, now)}
            {section("rings", "Who rings if I dial this now", way(&view.steps, now))}
            {super::profile::panel(signed, &view, attempt)}
            {super::class::panel(signed, &view, attempt)}
            {number_acts::panel(signed, &view, attempt)}
            {section("history", "Who has held it", history(&view.history))}
        }
        .into_any()
    }))
}

fn top(view: &NumberView) -> AnyView {
    let code = &view.site.code;
    let trail = [
        step("/", "Overview"),
        step(format!("/sites/{code}"), code.clone()),
        step(format!("/numbers?site={code}"), "Numbers"),
    ];
    let title = view! { {id::id(view.number.to_string(), "number")} " " {badge::number(&view.state)} };
    head(&trail, title.into_any(), ().into_any())
}

fn about(view: &NumberView, now: Timestamp) -> AnyView {
    let code = &view.site.code;
    let kind = match view.number.kind() {
        RangeKind::Extension => "Extension",
        RangeKind::Did => "DID, E.164",
    };
    let site = view! { <a href=format!("/sites/{code}")>{view.site.name.clone()}</a> };
    let range = view.range.as_ref().map_or_else(none, |(first, last)| {
        view! { <a href="/numbers/ranges"><code>{first.clone()}</code> " to " <code>{last.clone()}</code></a> }
            .into_any()
    });
    let by = (!view.changed_by.is_empty()).then(|| format!(" by {}", view.changed_by));
    let since = view! { {time::maybe(view.changed_at, "not recorded")} {by} };
    let mut pairs = vec![
        ("Kind", kind.into_any()),
        ("Site", site.into_any()),
        ("Range", range),
        ("State", view! { {view.state.word().replace('-', " ")} " " {dates(&view.state, now)} }.into_any()),
        ("Since", since.into_any()),
    ];
    pairs.extend(partner(view));
    pairs.extend(view.group.as_ref().map(|(code, name)| {
        let link = view! { <a href=super::hunt_group::path(code)>{name.clone()}</a> };
        ("Hunt group", link.into_any())
    }));
    if !view.called_back.is_empty() {
        let places: Vec<_> =
            view.called_back.iter().map(|(site, place)| format!("{place} ({site})")).collect();
        pairs.push(("Emergency callback of", places.join(", ").into_any()));
    }
    facts(pairs)
}

/// The other number that leads to the same line, and what the extension may do.
fn partner(view: &NumberView) -> Vec<(&'static str, AnyView)> {
    let Some(x) = &view.extension else { return Vec::new() };
    let class = if x.class_of_service.is_empty() { none() } else { x.class_of_service.clone().into_any() };
    let other = match &view.number {
        Number::Extension(_) => (
            "DID",
            x.did.as_ref().map_or_else(none, |did| {
                view! { <a href=format!("/numbers/{did}")><code>{did.to_string()}</code></a> }.into_any()
            }),
        ),
        Number::Did(_) => ("Extension", {
            let number = x.number.to_string();
            view! { <a href=format!("/numbers/{number}")><code>{number.clone()}</code></a> }.into_any()
        }),
    };
    vec![other, ("Class of service", class)]
}

fn way(steps: &[Step], now: Timestamp) -> AnyView {
    let rows = steps
        .iter()
        .map(|step| {
            let phone = step.mac.as_ref().map(|mac| {
                view! { " " <a href=format!("/devices/{mac}")>"To the phone"</a> }
            });
            let source = step.source.as_ref().map_or_else(
                || view! { <span class="none">"nobody"</span> }.into_any(),
                |source| source.name.clone().into_any(),
            );
            let at = step.source.as_ref().and_then(|source| source.at);
            let age = at.map_or_else(
                || view! { <span class="none">"not known"</span> }.into_any(),
                |at| {
                    view! { <time datetime=at.to_string() title=time::text(at)>{time::ago(at, now)}</time> }
                        .into_any()
                },
            );
            view! {
                <tr data-step=step.stage.title()>
                    <th scope="row">{step.stage.title()}</th>
                    <td>{badge::outcome(step.outcome)}</td>
                    <td class="prose">{step.says.clone()} {phone}</td>
                    <td data-label="Says">{source}</td>
                    <td class="age" data-label="Age">{age}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Step", "The call", "What is known", "Who says so", "Age"];
    let (outcome, says) = verdict(steps);
    view! {
        <p class="verdict">{badge::outcome(outcome)} " " {says}</p>
        {table("way", "The way of a call, step by step", &heads, rows, "")}
    }
    .into_any()
}

fn history(history: &[Holding]) -> AnyView {
    let when = |at: Option<i64>, otherwise| time::maybe(at.map(Timestamp), otherwise);
    let rows = history
        .iter()
        .map(|held| {
            let name = held.person_name.as_ref().or(held.place_room.as_ref()).cloned().unwrap_or_default();
            let reference = match (&held.person, &held.place) {
                (Some(person), _) => {
                    view! { <a href=super::person::path(person)>{person.clone()}</a> }.into_any()
                }
                (None, place) => place.clone().unwrap_or_default().into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name} " " <span class="hint">{reference}</span></th>
                    <td data-label="Extension"><a href=format!("/numbers/{}", held.extension)>{held.extension.clone()}</a></td>
                    <td data-label="From">{when(held.since_at, "not recorded")}</td>
                    <td data-label="To">{when(held.until_at, "still")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "holders",
        "Holders, the present one first",
        &["Holder", "Extension", "From", "To"],
        rows,
        "Nobody has held it since it belongs to a site here.",
    )
}
