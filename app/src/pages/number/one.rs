//! One number: its state, its holders, and who rings if one dials it now.

use super::dates;
use crate::{
    components::{
        badge,
        facts::{facts, none},
        finding,
        head::{head, section, step},
        id,
        table::table,
        time,
    },
    fields::Attempt,
    pages::{class, hunt_group, number_acts, person, profile},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Timestamp,
    number::{
        Number, RangeKind,
        rings::{Step, verdict},
    },
};
use leptos::prelude::*;
use services::{
    numbers,
    numbers::view::{Holding, NumberView},
};

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
            {profile::panel(signed, &view, attempt)}
            {class::panel(signed, &view, attempt)}
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
        let link = view! { <a href=hunt_group::path(code)>{name.clone()}</a> };
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
                    view! { <a href=person::path(person)>{person.clone()}</a> }.into_any()
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
