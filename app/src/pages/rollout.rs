//! Rollouts: which run, which ran, and how the next ones will.

pub(crate) mod one;

use crate::{
    components::{
        badge::{Tone, badge},
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        pager::pager,
        table::table,
        time,
    },
    fields::{Attempt, Fields},
    pages::layer::address,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::rollout::Status;
use leptos::prelude::*;
use serde::Deserialize;
use services::rollouts::{
    self, PolicyInput,
    view::{RolloutRow, RolloutsView},
};

pub(crate) const POLICY: &str = "rollout-policy";

/// Where one is in the list.
#[derive(Default, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    after: String,
}

pub(crate) async fn list(signed: Signed, Query(place): Query<Place>) -> Answer {
    page(&signed, &place, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, place: &Place, attempt: &Attempt) -> Answer {
    let view = rollouts::list(signed.services(), &signed.op, &place.after).await?;
    Ok(signed.page(attempt.status(), "Rollouts", || {
        let rows = view.rows.iter().map(line).collect();
        let heads = ["Rollout", "State", "Wave", "Layer", "What changes", "Begun", "Ended"];
        view! {
            {plain("Rollouts")}
            {finding::summary(attempt)}
            <p class="lede">"An approved change of a layer goes to many phones in waves. A wave waits until its phones have shown that they took the change over; too many that stay silent stop it. A phone that is not reached yet keeps what it had."</p>
            {table("rollouts", "Rollouts, newest first", &heads, rows, "No change has gone out in waves yet.")}
            {pager("/rollouts", &[], &place.after, view.next.as_deref())}
            {section("policy", "How the next ones run", policy(signed, &view, attempt))}
        }
        .into_any()
    }))
}

/// How a rollout stands, in a word.
pub(crate) fn status(status: Status) -> AnyView {
    let tone = match status {
        Status::Preparing | Status::Running => Tone::Busy,
        Status::Paused(_) => Tone::Bad,
        Status::Returning | Status::Aborting => Tone::Warning,
        Status::Finished => Tone::Good,
        Status::Aborted => Tone::Quiet,
    };
    badge(tone, status.word())
}

fn line(row: &RolloutRow) -> AnyView {
    let wave = if row.status.over() { String::new() } else { format!("{} of {}", row.wave, row.waves) };
    view! {
        <tr data-rollout=row.number.to_string()>
            <th scope="row"><a href=format!("/rollouts/{}", row.number)>{format!("RO-{}", row.number)}</a></th>
            <td>{status(row.status)}</td>
            <td data-label="Wave">{wave}</td>
            <td data-label="Layer"><a href=address(row.level, &row.scope)>{format!("{} {}", row.level.word(), row.name)}</a></td>
            <td class="prose">{row.note.clone()}</td>
            <td data-label="Begun">{time::time(row.at)}</td>
            <td data-label="Ended">{time::maybe(row.ended, "not yet")}</td>
        </tr>
    }
    .into_any()
}

/// What the fields of the policy are about, three each.
const GROUPS: [&str; 3] = ["When", "How fast", "How long"];

/// The fields of the policy: name, label, hint.
type FieldOf = (&'static str, &'static str, &'static str, fn(&PolicyInput) -> &str);

const FIELDS: [FieldOf; 9] = [
    (
        "at_once",
        "At once up to",
        "Phones. A smaller change needs no waves, unless it can cut phones off.",
        |p| &p.at_once,
    ),
    ("window", "Hours", "On each site's clock: always, 20:00-06:00, or mon tue 20:00-06:00.", |p| &p.window),
    ("jitter", "Minutes of spread", "A wave's phones are spread over its first minutes.", |p| &p.jitter),
    ("fleet", "Phones a minute, in all", "Of all rollouts together.", |p| &p.fleet),
    ("site", "Phones a minute, of a site", "", |p| &p.site),
    ("source", "Phones a minute, behind an address", "", |p| &p.source),
    (
        "seen_within",
        "Hours since it was seen",
        "Where call control cannot say who is registered: a phone seen this long ago or less when its wave begins is counted; another one is deferred.",
        |p| &p.seen_within,
    ),
    (
        "within",
        "Hours that a phone has",
        "To fetch, and to show that it took the change over. Longer than phones need between two fetches.",
        |p| &p.within,
    ),
    ("wait", "Hours that a wave waits", "For phones that it may not touch: window, freeze, call.", |p| {
        &p.wait
    }),
];

fn policy(signed: &Signed, view: &RolloutsView, attempt: &Attempt) -> AnyView {
    let by = match &view.policy_by {
        None => view! { <p class="calm">"So it is built in; nobody has said otherwise yet."</p> }.into_any(),
        Some((by, why, at)) => view! {
            <p class="calm">"Said by " {by.clone()} ", " {time::time(*at)} ": " {why.clone()}</p>
        }
        .into_any(),
    };
    if !view.may_set {
        let rows = FIELDS.iter().map(|(_, label, _, of)| {
            view! { <div><dt>{*label}</dt><dd>{of(&view.policy).to_owned()}</dd></div> }
        });
        let rows: Vec<_> = rows.collect();
        return view! { {by} <dl class="facts">{rows}</dl> <pre>{view.policy.waves.clone()}</pre> }
            .into_any();
    }
    // What is typed stays; what nobody has typed yet is what holds.
    let filled = FIELDS
        .iter()
        .fold(Fields::default().with("waves", &view.policy.waves), |fields, (name, _, _, of)| {
            fields.with(name, of(&view.policy))
        });
    let own = Attempt::prefilled(POLICY, filled);
    let attempt = if attempt.typed(POLICY, "waves").is_some() { attempt } else { &own };
    let field = |(name, label, hint, _): &FieldOf| {
        let field = Field::new(POLICY, name, label).required();
        if hint.is_empty() { field.view(attempt) } else { field.hint(*hint).view(attempt) }
    };
    let groups: Vec<_> = GROUPS
        .iter()
        .zip(FIELDS.chunks(FIELDS.len() / GROUPS.len()))
        .map(|(group, fields)| {
            let fields: Vec<_> = fields.iter().map(field).collect();
            view! { <fieldset class="check"><legend>{*group}</legend>{fields}</fieldset> }.into_any()
        })
        .collect();
    let hint = "One a line, in order: devices MAC …, site CODE, 5 %, all. After it, if you like: ; failures 2 %; pause, or ; return, which puts the wave back by itself. A share counts the waves before it. A change that can cut phones off begins with one phone of each segment, of which none may stay away.";
    let content = view! {
        <div class="row">{Field::new(POLICY, "waves", "Waves").hint(hint).rows(3).required().view(attempt)}</div>
        <div class="checks">{groups}</div>
        <div class="row end">
            {Field::new(POLICY, "reason", "Reason").required().view(attempt)}
            <button>"Let the next ones run so"</button>
        </div>
    };
    view! { {by} {form(signed, POLICY, POLICY, "/rollouts", content.into_any())} }.into_any()
}
