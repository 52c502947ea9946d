//! The plan of a cutover: timed steps planned beside actual, go or no-go, and the point up to which one can go back.

use super::site::{below, frozen};
use crate::{
    components::{
        badge::{Tone, badge},
        choose::select,
        facts::{facts, text},
        field::{Field, own_password},
        finding,
        form::{button, form, in_days},
        head::{head, section, step as trail},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Timestamp,
    authz::Action,
    site::{
        cutover::{Pace, Timed},
        stage::Stage,
    },
};
use leptos::prelude::*;
use services::{
    Problem,
    opening_sheets::Sheet,
    openings::{self, OpeningView},
};

pub(crate) const PLAN: &str = "plan";
pub(crate) const ON_CALL: &str = "on-call";
pub(crate) const DECIDE: &str = "decide";
pub(crate) const REMOVE: &str = "remove";

fn path(site: &str) -> String {
    format!("/sites/{site}/cutover")
}

pub(crate) async fn show(signed: Signed, Path(code): Path<String>) -> Answer {
    page(&signed, &code, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, attempt: &Attempt) -> Answer {
    let view = openings::view(signed.services(), &signed.op, code).await?;
    let title = format!("Cutover of {}", view.site.name);
    Ok(signed.page(attempt.status(), &title, || {
        let may = signed.may_at(Action::OpenSite, &view.site.code);
        let before = view.opening.stage < Stage::Cutover;
        view! {
            {below(&view.site, &title, "/cutover")}
            {frozen(view.frozen.as_ref())}
            {finding::summary(attempt)}
            {decision(&view)}
            {steps(signed, &view, may)}
            {(may && before).then(|| change(signed, &view, attempt))}
        }
        .into_any()
    }))
}

fn decision(view: &OpeningView) -> AnyView {
    let cutover = &view.facts.cutover;
    let said = match &cutover.decision {
        None => badge(Tone::Quiet, "undecided"),
        Some(d) => {
            let mark = if d.go { badge(Tone::Good, "go") } else { badge(Tone::Bad, "no-go") };
            view! { {mark} " " {d.by.clone()} ", " {time::time(d.at)} ": " {d.reason.clone()} }.into_any()
        }
    };
    let point = cutover.steps.iter().find(|step| step.back_out).map_or("", |step| step.title.as_str());
    let lacks = (view.opening.stage < Stage::Hypercare).then(|| cutover.lacks()).filter(|l| !l.is_empty());
    view! {
        {facts(vec![
            ("Decision", said),
            ("Approver on call", text(&cutover.on_call)),
            ("Back-out point", text(point)),
            ("Stage of the site", view.opening.stage.title().into_any()),
        ])}
        {lacks.map(|lacks| finding::list(&lacks))}
    }
    .into_any()
}

fn late(step: &Timed, now: Timestamp) -> Option<AnyView> {
    let late = step.late(now);
    let (tone, word) = match step.pace {
        Pace::Ended { .. } => (Tone::Quiet, "ended "),
        Pace::Waiting | Pace::Running { .. } => (Tone::Warning, ""),
    };
    (late > 0).then(|| badge(tone, format!("{word}{late}\u{a0}min late")))
}

fn actual(step: &Timed) -> AnyView {
    match step.pace {
        Pace::Waiting => badge(Tone::Quiet, "not begun"),
        Pace::Running { since } => {
            view! { {badge(Tone::Busy, "running")} " since " {time::time(since)} }.into_any()
        }
        Pace::Ended { began, ended } => view! { {time::time(began)} " to " {time::time(ended)} }.into_any(),
    }
}

fn steps(signed: &Signed, view: &OpeningView, may: bool) -> AnyView {
    let code = &view.site.code;
    let (running, now) = (view.opening.stage == Stage::Cutover, signed.op.now);
    let rows = view
        .facts
        .cutover
        .steps
        .iter()
        .map(|step| {
            let address = format!("{}/{}", path(code), step.number);
            let name = if may && view.opening.stage < Stage::Cutover {
                view! { <a href=address.clone()>{step.title.clone()}</a> }.into_any()
            } else {
                step.title.clone().into_any()
            };
            let owner = if step.owner.is_empty() { badge(Tone::Warning, "nobody") } else { step.owner.clone().into_any() };
            let act = match step.pace {
                Pace::Waiting => Some(("begin", "Begin")),
                Pace::Running { .. } => Some(("end", "End")),
                Pace::Ended { .. } => None,
            };
            let act = act.filter(|_| may && running).map(|(verb, label)| {
                button(signed, verb, &format!("{address}/{verb}"), label, "quiet")
            });
            view! {
                <tr data-timed=step.number.to_string()>
                    <th scope="row">{name} " " {step.back_out.then(|| badge(Tone::Warning, "back-out point"))}</th>
                    <td data-label="Owner">{owner}</td>
                    <td data-label="Planned">{time::time(step.planned)} ", " {step.minutes} "\u{a0}min"</td>
                    <td data-label="Actual">{actual(step)} " " {late(step, now).filter(|_| running || matches!(step.pace, Pace::Ended { .. }))}</td>
                    <td>{act}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Step", "Owner", "Planned", "Actual", ""];
    let none = "The cutover has no steps yet.";
    let table = table("timed-table", "In the order in which they are planned", &heads, rows, none);
    let file = super::opening_sheet::link(code, Sheet::Cutover);
    section("timed", "Steps", view! { {table} {file} }.into_any())
}

fn fields(signed: &Signed, step: Option<&Timed>, attempt: &Attempt) -> AnyView {
    let planned = step.map_or_else(|| in_days(signed.op.now, 1), |step| in_days(step.planned, 0));
    let of = |get: fn(&Timed) -> String| step.map(get).unwrap_or_default();
    let checked = match attempt.typed(PLAN, "title") {
        Some(_) => attempt.typed(PLAN, "back_out").is_some(),
        None => step.is_some_and(|step| step.back_out),
    };
    view! {
        <input type="hidden" name="number" value=of(|step| step.number.to_string()) />
        <div class="row">
            {Field::new(PLAN, "title", "What is done").value(of(|step| step.title.clone())).required().view(attempt)}
            {Field::new(PLAN, "owner", "Owner").value(of(|step| step.owner.clone())).view(attempt)}
            {Field::new(PLAN, "planned", "Begins (UTC)").kind("datetime-local").value(planned).required().view(attempt)}
            {Field::new(PLAN, "minutes", "Minutes").kind("number").value(step.map_or_else(|| "30".to_owned(), |s| s.minutes.to_string())).required().view(attempt)}
        </div>
        <span class="choice">
            <input type="checkbox" id="plan-back_out" name="back_out" value="yes" checked=checked />
            <label for="plan-back_out">"The back-out point: one can go back until this has ended"</label>
        </span>
    }
    .into_any()
}

fn change(signed: &Signed, view: &OpeningView, attempt: &Attempt) -> AnyView {
    let code = &view.site.code;
    let add = view! { {fields(signed, None, attempt)} <button>"Add the step"</button> };
    let mut approvers = vec![(String::new(), "nobody".to_owned())];
    let names = view.users.iter().filter(|(_, approves)| *approves).map(|(name, _)| name);
    approvers.extend(names.map(|name| (name.clone(), name.clone())));
    let on_call = view! {
        <div class="row end">
            {select(ON_CALL, "on_call", "Approver on call", &approvers, &view.facts.cutover.on_call, attempt)}
            <button class="quiet">"Set"</button>
        </div>
    };
    let verdicts =
        [("go", "Go"), ("no-go", "No-go")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    let decide = view! {
        <p class="hint">"About the plan as it is: changing it takes the decision back."</p>
        <div class="row end">
            {select(DECIDE, "decision", "Decision", &verdicts, "go", attempt)}
            {Field::new(DECIDE, "reason", "Reason").required().view(attempt)}
            {own_password(DECIDE, attempt)}
            <button>"Decide"</button>
        </div>
    };
    view! {
        {section("add", "Add a step", form(signed, PLAN, PLAN, &path(code), add.into_any()))}
        {section("call", "Who can be reached", form(signed, ON_CALL, ON_CALL, &format!("{}/on-call", path(code)), on_call.into_any()))}
        {section("verdict", "Go or no-go", form(signed, DECIDE, DECIDE, &format!("{}/decide", path(code)), decide.into_any()))}
    }
    .into_any()
}

pub(crate) async fn show_step(signed: Signed, Path((code, number)): Path<(String, String)>) -> Answer {
    step_page(&signed, &code, &number, &Attempt::default()).await
}

pub(crate) async fn step_page(signed: &Signed, code: &str, number: &str, attempt: &Attempt) -> Answer {
    let view = openings::view(signed.services(), &signed.op, code).await?;
    let step = view.facts.cutover.steps.iter().find(|step| step.number.to_string() == number).cloned();
    let step = step.ok_or_else(|| Problem::not_found("step"))?;
    Ok(signed.page(attempt.status(), &step.title, || {
        let way = [
            trail("/", "Overview"),
            trail(format!("/sites/{code}"), view.site.name.clone()),
            trail(path(code), "Cutover"),
        ];
        let edit = view! { {fields(signed, Some(&step), attempt)} <button>"Change the step"</button> };
        let remove = view! { <button class="quiet">"Take it out of the plan"</button> };
        let forms = (signed.may_at(Action::OpenSite, &view.site.code) && view.opening.stage < Stage::Cutover).then(|| {
            view! {
                {section("edit", "Change it", form(signed, PLAN, PLAN, &path(code), edit.into_any()))}
                {section("take-out", "Take it out", form(signed, REMOVE, REMOVE, &format!("{}/{number}/remove", path(code)), remove.into_any()))}
            }
        });
        view! {
            {head(&way, step.title.clone().into_any(), actual(&step))}
            {finding::summary(attempt)}
            {facts(vec![
                ("Owner", text(&step.owner)),
                ("Planned", view! { {time::time(step.planned)} ", " {step.minutes} " min" }.into_any()),
                ("Actual", actual(&step)),
            ])}
            {forms}
        }
        .into_any()
    }))
}
