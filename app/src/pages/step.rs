//! The steps of an opening on its site's page, and one step: who does it, until when, what it waits for.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, none, text},
        field::Field,
        finding,
        form::form,
        head::{head, section, step as trail},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Code, Finding,
    authz::Action,
    site::step::{Progress, Step, StepKind},
};
use leptos::prelude::*;
use services::{
    Problem,
    opening_sheets::Sheet,
    openings::{self, OpeningView},
    steps::Verb,
};

pub(crate) const CHANGE: &str = "change";

/// The page of a step.
pub(crate) fn path(site: &str, kind: &str) -> String {
    format!("/sites/{site}/steps/{kind}")
}

fn state(view: &OpeningView, step: &Step) -> AnyView {
    let late = view.findings.iter().any(|f| f.code == Code::StepOverdue && f.subject == step.kind.title());
    match &step.progress {
        Progress::Open if late => badge(Tone::Bad, "overdue"),
        Progress::Open => badge(Tone::Busy, "open"),
        Progress::Done { .. } => badge(Tone::Good, "done"),
        Progress::Dropped { .. } => badge(Tone::Quiet, "not needed"),
    }
}

fn owner(step: &Step) -> AnyView {
    match (step.owner.as_str(), step.is_open()) {
        ("", true) => badge(Tone::Warning, "nobody"),
        ("", false) => none(),
        (owner, _) => owner.to_owned().into_any(),
    }
}

/// When it is expected; where that is not its own day, why.
fn day(view: &OpeningView, step: &Step) -> AnyView {
    match &step.progress {
        Progress::Done { at, by } | Progress::Dropped { at, by, .. } => {
            view! { {time::time(*at)} ", " {by.clone()} }.into_any()
        }
        Progress::Open => {
            let expected = view.expected.get(&step.kind);
            let Some(day) = expected.and_then(|expected| expected.day) else { return none() };
            let because = expected.map(|e| e.because.clone()).filter(|because| !because.is_empty());
            let moved = because.map(|because| {
                let was = step.due.map(|due| format!("instead of {due}; ")).unwrap_or_default();
                view! { <span class="hint">" " {was} {because}</span> }
            });
            view! { {day.to_string()} {moved} }.into_any()
        }
    }
}

fn needs(step: &Step) -> String {
    let needs: Vec<_> = step.needs.iter().map(|kind| kind.title()).collect();
    needs.join(", ")
}

pub(crate) fn panel(view: &OpeningView) -> AnyView {
    let rows = view
        .facts
        .steps
        .iter()
        .map(|step| {
            let word = step.kind.word();
            let waits = Some(needs(step)).filter(|needs| !needs.is_empty());
            view! {
                <tr data-step=word>
                    <th scope="row"><a href=path(&view.site.code, word)>{step.kind.title()}</a></th>
                    <td>{state(view, step)}</td>
                    <td data-label="Owner">{owner(step)}</td>
                    <td class="prose" data-label="Day">{day(view, step)}</td>
                    <td class="prose" data-label="Waits for">{waits}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let open = view.facts.steps.iter().filter(|step| step.is_open()).count();
    let unowned = view.findings.iter().filter(|f| f.code == Code::StepUnowned).count();
    let caption = format!("{open} open, {unowned} of them without owner");
    let heads = ["Step", "State", "Owner", "Day", "Waits for"];
    let table = table("steps-table", &caption, &heads, rows, "");
    let file = super::opening_sheet::link(&view.site.code, Sheet::Steps);
    section("steps", "Steps", view! { {table} {file} }.into_any())
}

pub(crate) async fn show(signed: Signed, Path((site, kind)): Path<(String, String)>) -> Answer {
    page(&signed, &site, &kind, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, site: &str, kind: &str, attempt: &Attempt) -> Answer {
    let view = openings::view(signed.services(), &signed.op, site).await?;
    let step = view.facts.steps.iter().find(|step| step.kind.word() == kind).cloned();
    let step = step.ok_or_else(|| Problem::not_found("step"))?;
    let title = step.kind.title();
    Ok(signed.page(attempt.status(), title, || {
        let code = &view.site.code;
        let way = [trail("/", "Overview"), trail(format!("/sites/{code}"), view.site.name.clone())];
        let about: Vec<Finding> = view.findings.iter().filter(|f| f.subject == title).cloned().collect();
        view! {
            {head(&way, title.into_any(), state(&view, &step))}
            {finding::summary(attempt)}
            {facts(about_step(&view, &step))}
            {(!about.is_empty()).then(|| finding::list(&about))}
            {signed.may_at(Action::OpenSite, code).then(|| acts(signed, code, &step, attempt))}
        }
        .into_any()
    }))
}

fn about_step(view: &OpeningView, step: &Step) -> Vec<(&'static str, AnyView)> {
    let mut pairs = vec![("Owner", owner(step)), ("Day", day(view, step)), ("Waits for", text(&needs(step)))];
    if let Progress::Dropped { why, .. } = &step.progress {
        pairs.push(("Not needed because", text(why)));
    }
    pairs
}

fn acts(signed: &Signed, site: &str, step: &Step, attempt: &Attempt) -> AnyView {
    let verbs = if step.is_open() { vec![Verb::Done, Verb::Drop] } else { vec![Verb::Reopen] };
    let verbs: Vec<_> = verbs.into_iter().map(|verb| say(signed, site, step.kind, verb, attempt)).collect();
    view! {
        {section("say", "How it stands", view! { <div class="panel">{verbs}</div> }.into_any())}
        {section("change-step", "Who does it", change(signed, site, step, attempt))}
    }
    .into_any()
}

const fn words(verb: Verb) -> (&'static str, &'static str) {
    match verb {
        Verb::Done => ("It is done", "What it waits for has to be done, or not needed."),
        Verb::Drop => ("It is not needed", "What waits for it waits no more."),
        Verb::Reopen => ("Open it again", "It is to be done after all."),
    }
}

fn say(signed: &Signed, site: &str, kind: StepKind, verb: Verb, attempt: &Attempt) -> AnyView {
    let (id, (title, explains)) = (verb.word(), words(verb));
    let field = Field::new(id, "reason", if verb == Verb::Done { "Note" } else { "Reason" });
    let field = if verb == Verb::Done { field } else { field.required() };
    let fields = view! {
        <p class="hint">{explains}</p>
        <div class="row end">{field.view(attempt)} <button class="quiet">{title}</button></div>
    };
    let action = format!("{}/{id}", path(site, kind.word()));
    view! {
        <details class="act" open=verb == Verb::Done || attempt.typed(id, "reason").is_some()>
            <summary>{title}</summary>
            {form(signed, id, id, &action, fields.into_any())}
        </details>
    }
    .into_any()
}

fn change(signed: &Signed, site: &str, step: &Step, attempt: &Attempt) -> AnyView {
    let typed = attempt.typed(CHANGE, "owner").is_some();
    let chosen = attempt.typed_all(CHANGE, "needs");
    let others = StepKind::ALL.into_iter().filter(|kind| *kind != step.kind);
    let needs: Vec<_> = others
        .map(|kind| {
            let id = format!("{CHANGE}-needs-{}", kind.word());
            let checked =
                if typed { chosen.iter().any(|c| c == kind.word()) } else { step.needs.contains(&kind) };
            view! {
                <li class="choice">
                    <input type="checkbox" id=id.clone() name="needs" value=kind.word() checked=checked />
                    <label for=id>{kind.title()}</label>
                </li>
            }
        })
        .collect();
    let due = step.due.map(|day| day.to_string()).unwrap_or_default();
    let fields = view! {
        <div class="row">
            {Field::new(CHANGE, "owner", "Owner").hint("A person or a company, as people call them").value(step.owner.clone()).view(attempt)}
            {Field::new(CHANGE, "due", "Until").kind("date").hint("The day by which it is done").value(due).view(attempt)}
        </div>
        <fieldset><legend>"Waits for"</legend><ul class="choices row">{needs}</ul></fieldset>
        <button>"Change the step"</button>
    };
    form(signed, CHANGE, CHANGE, &path(site, step.kind.word()), fields.into_any())
}
