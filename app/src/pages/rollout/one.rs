//! One rollout: its waves, its phones, and what may be done with it now.

use super::status;
use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, text},
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::Attempt,
    islands::Live,
    pages::layer::address,
    render::{part, query},
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    response::{
        IntoResponse as _,
        sse::{Event, Sse},
    },
};
use domain::{rollout::Status, time::HOUR};
use futures_util::stream::unfold;
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    Problem,
    rollouts::{
        self,
        view::{PhoneRow, RolloutView, WaveRow},
    },
};
use std::{convert::Infallible, time::Duration};

/// Which phones the list shows.
#[derive(Default, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    phase: String,
    #[serde(default)]
    after: String,
}

pub(crate) fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found("rollout"))
}

pub(crate) async fn show(signed: Signed, Path(text): Path<String>, Query(place): Query<Place>) -> Answer {
    page(&signed, number(&text)?, &place, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, number: i64, place: &Place, attempt: &Attempt) -> Answer {
    let view = rollouts::show(signed.services(), &signed.op, number, &place.phase, &place.after).await?;
    Ok(signed.page(attempt.status(), &format!("RO-{number}"), || {
        let row = &view.row;
        let title = view! { {format!("RO-{}", row.number)} ": " {row.note.clone()} " " {status(row.status)} };
        view! {
            {head(&[step("/rollouts", "Rollouts")], title.into_any(), ().into_any())}
            {finding::summary(attempt)}
            {view.stopped.as_ref().map(|stopped| finding::list(std::slice::from_ref(stopped)))}
            <div class="columns" data-state=row.status.word()>
                <div class="main">
                    {follow(&view)}
                    {section("phones", "Phones", phones(&view, place))}
                </div>
                <div class="side">
                    {decide(signed, &view, attempt)}
                    {about(&view)}
                </div>
            </div>
        }
        .into_any()
    }))
}

/// A part of the page is sent so often, if it has changed.
const EVERY: Duration = Duration::from_secs(2);
/// After so many looks the browser has to ask again: a session that has ended sees no more.
const LOOKS: usize = 10;

/// The waves as they change, as server-sent events. What is asked every time is one row by key; the page is made anew only
/// when a turn was written since, by whichever server.
pub(crate) async fn live(signed: Signed, Path(text): Path<String>) -> Answer {
    let number = number(&text)?;
    let seen = rollouts::generation(signed.services(), &signed.op, number).await?;
    let now = waves(&signed, number).await?;
    let events = unfold((signed, now, seen, 0), move |(signed, said, mut seen, looks)| async move {
        let mut html = said.clone();
        for look in looks..LOOKS {
            if look > 0 {
                tokio::time::sleep(EVERY).await;
                let op = signed.services().operation(signed.op.actor.clone());
                let turned = rollouts::generation(signed.services(), &op, number).await.ok()?;
                if turned == seen {
                    continue;
                }
                seen = turned;
                html = waves(&signed, number).await.ok()?;
            }
            if look == 0 || html != said {
                let event = Event::default().data(&html);
                return Some((Ok::<_, Infallible>(event), (signed, html, seen, look + 1)));
            }
        }
        None
    });
    Ok(Sse::new(events).into_response())
}

async fn waves(signed: &Signed, number: i64) -> Result<String, Problem> {
    let op = signed.services().operation(signed.op.actor.clone());
    let view = rollouts::show(signed.services(), &op, number, "", "").await?;
    Ok(part(|| progress(&view)))
}

/// What changes by itself while somebody looks, as long as there is something to come.
fn follow(view: &RolloutView) -> AnyView {
    if view.row.status.over() {
        return progress(view);
    }
    let path = format!("/rollouts/{}/live", view.row.number);
    let now = progress(view);
    view! { <Live path=path>{now}</Live> }.into_any()
}

fn progress(view: &RolloutView) -> AnyView {
    let rows = view.waves.iter().enumerate().map(|(n, wave)| line(n, wave)).collect();
    let heads = [
        "#Wave",
        "Who",
        "State",
        "#Phones",
        "#Applied",
        "#Open",
        "#Failed",
        "#Deferred",
        "#Others",
        "Stops at",
    ];
    let frozen = (!view.frozen.is_empty()).then(|| {
        view! { <p class="calm">{format!("A freeze is in force at: {}. Phones there wait for its end.", view.frozen.join(", "))}</p> }
    });
    view! {
        <section id="progress" aria-labelledby="progress-title">
            <h2 id="progress-title">"Waves"</h2>
            {frozen}
            {table("waves", "Waves, in order", &heads, rows, "It has no waves.")}
        </section>
    }
    .into_any()
}

fn line(n: usize, wave: &WaveRow) -> AnyView {
    let tone = match wave.word {
        "passed" => Tone::Good,
        "now" => Tone::Busy,
        _ => Tone::Quiet,
    };
    let failed = if wave.failed == 0 { "0".into_any() } else { badge(Tone::Bad, wave.failed.to_string()) };
    view! {
        <tr data-wave=(n + 1).to_string()>
            <th scope="row" class="number" data-label="Wave">{n + 1}</th>
            <td data-label="Who">{wave.rule.clone()}</td>
            <td>{badge(tone, wave.word)}</td>
            <td class="number" data-label="Phones">{wave.phones}</td>
            <td class="number" data-label="Applied">{wave.applied}</td>
            <td class="number" data-label="Open">{wave.open}</td>
            <td class="number" data-label="Failed">{failed}</td>
            <td class="number" data-label="Deferred">{wave.deferred}</td>
            <td class="number" data-label="Others">{wave.others}</td>
            <td data-label="Stops at">"more than " {wave.threshold.clone()}</td>
        </tr>
    }
    .into_any()
}

fn phones(view: &RolloutView, place: &Place) -> AnyView {
    let here = format!("/rollouts/{}", view.row.number);
    let tabs: Vec<_> = view
        .phases
        .iter()
        .filter(|(word, many)| *many > 0 || *word == view.phase)
        .map(|(word, many)| {
            let current = (*word == view.phase).then_some("page");
            let address = format!("{here}{}", query(&[("phase", word)]));
            view! { <li><a href=address aria-current=current>{format!("{word} ({many})")}</a></li> }
        })
        .collect();
    let rows = view.phones.iter().map(phone).collect();
    let heads = ["Phone", "Site", "#Wave", "Where it is", "Published", "Last seen"];
    view! {
        <nav class="tabs" aria-label="Where phones are"><ul>{tabs}</ul></nav>
        {table("rollout-phones", &format!("Phones: {}, by MAC", view.phase), &heads, rows, "No phone is there.")}
        {pager(&here, &[("phase", &view.phase)], &place.after, view.next.as_deref())}
    }
    .into_any()
}

fn phone(phone: &PhoneRow) -> AnyView {
    let note = (!phone.note.is_empty()).then(|| view! { <span class="instead">{phone.note.clone()}</span> });
    view! {
        <tr data-phone=phone.mac.to_string()>
            <th scope="row">{id::device(phone.mac)}</th>
            <td data-label="Site">{phone.site.clone()}</td>
            <td class="number" data-label="Wave">{phone.wave}</td>
            <td class="prose">{phone.says.clone()} {note}</td>
            <td data-label="Published">{time::maybe(phone.touched, "not yet")}</td>
            <td data-label="Last seen">{time::maybe(phone.seen, "never")}</td>
        </tr>
    }
    .into_any()
}

fn about(view: &RolloutView) -> AnyView {
    let (row, s) = (&view.row, &view.settings);
    let change = format!("/layers/changes/{}", row.change);
    let seen = format!("seen within {} hours when the wave begins", s.seen_within / HOUR);
    let (counted, woken, success) = if view.woken {
        (
            format!("registered, or where that is not known {seen}"),
            "by SIP NOTIFY, when registered and in no call",
            "it fetched, and then registered anew; without a line, it sent a file or came back",
        )
    } else {
        (seen, "no; they fetch by themselves", "it fetched, and then sent a file or came back")
    };
    let all = vec![
        ("Change", view! { <a href=change>{format!("LC-{}", row.change)}</a> }.into_any()),
        ("Layer", view! { <a href=address(row.level, &row.scope)>{format!("{} {}", row.level.word(), row.name)}</a> }.into_any()),
        ("Version", view.version.to_string().into_any()),
        ("Phones not reached have", match view.parent {
            0 => "no version".into_any(),
            parent => format!("version {parent}").into_any(),
        }),
        ("Applied by", text(&row.by)),
        ("Begun", time::time(row.at)),
        ("Ended", time::maybe(row.ended, "not yet")),
        ("Hours", s.window.to_string().into_any()),
        ("A minute", format!("{} phones, {} of a site, {} behind an address", s.pace.fleet, s.pace.site, s.pace.source).into_any()),
        ("Counted", counted.into_any()),
        ("Woken", woken.into_any()),
        ("Each phone has", format!("{} hours", s.within / HOUR).into_any()),
        ("Success", success.into_any()),
    ];
    view! { <section class="panel" id="about" aria-labelledby="about-title"><h2 id="about-title">"About"</h2>{facts(all)}</section> }
        .into_any()
}

/// What may be done: the verb, what the button says, and what it does.
type Verb = (&'static str, &'static str, &'static str);

const PAUSE: Verb = ("pause", "Pause", "Nothing more is touched until somebody resumes.");
const RESUME: Verb =
    ("resume", "Resume", "Failures until now are accepted. A wave that was put back begins anew.");
const RETRY: Verb = ("retry", "Retry those that failed", "They have their time again.");
const SKIP: Verb = ("skip", "Skip", "Not counted and not touched any more, until the layer's next version.");
const ABORT: Verb = (
    "abort",
    "Abort and return",
    "The layer says again what it said, and every phone that has the change is put back at the pace.",
);

fn decide(signed: &Signed, view: &RolloutView, attempt: &Attempt) -> AnyView {
    let says = match view.row.status {
        Status::Preparing => "Its phones are being assigned to waves.",
        Status::Running if view.woken => {
            "It goes on by itself. Registered phones are told to fetch once it is their turn; the others do when they fetch next."
        }
        Status::Running => {
            "It goes on by itself. Phones take the change over when they fetch next: nothing wakes them."
        }
        Status::Paused(_) => "It waits for somebody.",
        Status::Returning => "The wave is being put back; then it pauses.",
        Status::Aborting => "Every phone that has the change is being put back.",
        Status::Finished => "It is over: the change holds for all but those skipped.",
        Status::Aborted => "It is over: the layer says what it said before.",
    };
    let failed = view.phases.iter().any(|(word, many)| *word == "failed" && *many > 0);
    let verbs: Vec<Verb> = match view.row.status {
        _ if !view.may_act => vec![],
        Status::Running => {
            if failed {
                vec![PAUSE, RETRY, SKIP, ABORT]
            } else {
                vec![PAUSE, SKIP, ABORT]
            }
        }
        Status::Paused(_) => {
            if failed {
                vec![RETRY, RESUME, SKIP, ABORT]
            } else {
                vec![RESUME, SKIP, ABORT]
            }
        }
        Status::Preparing | Status::Returning => vec![ABORT],
        Status::Aborting | Status::Finished | Status::Aborted => vec![],
    };
    let forms: Vec<_> = verbs.into_iter().map(|verb| one(signed, view, verb, attempt)).collect();
    view! {
        <section class="panel decide" id="decide" aria-labelledby="decide-title">
            <h2 id="decide-title">"Next step"</h2>
            <p>{says}</p>
            {forms}
        </section>
    }
    .into_any()
}

fn one(signed: &Signed, view: &RolloutView, (verb, label, says): Verb, attempt: &Attempt) -> AnyView {
    let mac = (verb == "skip").then(|| {
        Field::new(verb, "mac", "Phone").hint("Its MAC; empty for all of the wave that failed.").view(attempt)
    });
    let fields = view! {
        <p class="hint">{says}</p>
        {mac}
        {Field::new(verb, "reason", "Reason").required().view(attempt)}
        <button class="quiet">{label}</button>
    };
    let action = format!("/rollouts/{}/{verb}", view.row.number);
    view! {
        <details class="act" open=attempt.typed(verb, "reason").is_some()>
            <summary>{label}</summary>
            {form(signed, verb, verb, &action, fields.into_any())}
        </details>
    }
    .into_any()
}
