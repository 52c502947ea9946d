//! Where a site's opening is, what it lacks for the next stage, and who answers for it.

use crate::{
    components::{
        badge::{Tone, badge},
        choose::select,
        facts::{facts, text},
        field::{Field, own_password},
        finding,
        form::form,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    authz::Action,
    site::{acceptance, stage::Stage},
};
use leptos::prelude::*;
use services::openings::OpeningView;

pub(crate) const ADVANCE: &str = "advance";
pub(crate) const BACK: &str = "back";
pub(crate) const ANSWER: &str = "answer";
pub(crate) const SIGN: &str = "sign-service";

/// A stage, and whether it is what it says.
pub(crate) fn stage(stage: Stage, lacking: bool) -> AnyView {
    let tone = match (stage, lacking) {
        (_, true) => Tone::Warning,
        (Stage::Planned | Stage::Closed, _) => Tone::Quiet,
        (Stage::Live, _) => Tone::Good,
        _ => Tone::Busy,
    };
    badge(tone, stage.title())
}

pub(crate) fn panel(signed: &Signed, view: &OpeningView, attempt: &Attempt) -> AnyView {
    let may = signed.may_at(Action::OpenSite, &view.site.code);
    let f = &view.facts;
    let share = acceptance::share(f.accepted, f.lines);
    let signature = match &f.signed {
        Some(signed) => view! { {signed.by.clone()} ", " {time::time(signed.at)} }.into_any(),
        None => view! { <span class="none">"by nobody"</span> }.into_any(),
    };
    let lacking = (!view.lacking.is_empty()).then(|| {
        view! { <h3>"What it lacks for the stage in which it is"</h3> {finding::rows("lacking", &view.lacking, "")} }
    });
    let next = view.next.as_ref().map(|(next, against)| {
        let none = "Nothing stands against it.";
        view! {
            <h3>"For " {next.title()}</h3>
            {finding::rows("against", against, none)}
            {(may && against.is_empty()).then(|| move_on(signed, view, *next, attempt))}
        }
    });
    let owns = f.service_owner == signed.op.actor.name && f.signed.is_none();
    let sign = owns.then(|| {
        let action = format!("/sites/{}/sign-off", view.site.code);
        let fields = view! {
            <div class="row end">
                {own_password(SIGN, attempt)}
                <button>"I answer for the service: it can go live"</button>
            </div>
        };
        form(signed, SIGN, SIGN, &action, fields.into_any())
    });
    view! {
        <section class="panel" id="opening" data-stage=view.opening.stage.word() aria-labelledby="opening-title">
            <h2 id="opening-title">"Opening " {stage(view.opening.stage, !view.lacking.is_empty())}</h2>
            {way(view.opening.stage)}
            {facts(vec![
                ("Service owner", text(&f.service_owner)),
                ("Signed off", signature),
                ("Accepted lines", format!("{} of {}, {share} %", f.accepted, f.lines).into_any()),
                ("Asked for", format!("{} %", f.share).into_any()),
                ("Cases without owner", f.unowned_cases.into_any()),
            ])}
            {lacking}
            {next}
            {sign}
            {may.then(|| answer(signed, view, attempt))}
            {may.then(|| view.back.map(|to| go_back(signed, view, to, attempt)))}
        </section>
    }
    .into_any()
}

fn way(here: Stage) -> AnyView {
    let steps: Vec<_> = Stage::ALL
        .into_iter()
        .map(|stage| {
            let class = if stage < here { "past" } else { "" };
            view! { <li class=class aria-current=(stage == here).then_some("step")>{stage.title()}</li> }
        })
        .collect();
    view! { <ol class="steps" aria-label="Stages">{steps}</ol> }.into_any()
}

fn reason(form: &'static str, attempt: &Attempt, label: String, class: &'static str) -> AnyView {
    view! {
        <div class="row end">
            {Field::new(form, "reason", "Reason").required().view(attempt)}
            <button class=class>{label}</button>
        </div>
    }
    .into_any()
}

fn move_on(signed: &Signed, view: &OpeningView, next: Stage, attempt: &Attempt) -> AnyView {
    let fields = reason(ADVANCE, attempt, format!("Move on to {}", next.title()), "");
    form(signed, ADVANCE, ADVANCE, &format!("/sites/{}/advance", view.site.code), fields)
}

fn go_back(signed: &Signed, view: &OpeningView, to: Stage, attempt: &Attempt) -> AnyView {
    let cutover = view.opening.stage == Stage::Cutover;
    let title = if cutover { "Back out of the cutover" } else { "Take it back" };
    let hint = cutover.then(|| {
        view! { <p class="hint">"The plan is decided about again; how far its steps had come is in the record."</p> }
    });
    let fields = reason(BACK, attempt, format!("Back to {}", to.title()), "quiet");
    let fields = view! { {hint} {fields} };
    view! {
        <details class="act" open=attempt.typed(BACK, "reason").is_some()>
            <summary>{title}</summary>
            {form(signed, BACK, BACK, &format!("/sites/{}/back", view.site.code), fields.into_any())}
        </details>
    }
    .into_any()
}

fn answer(signed: &Signed, view: &OpeningView, attempt: &Attempt) -> AnyView {
    let mut users = vec![(String::new(), "nobody".to_owned())];
    users.extend(view.users.iter().map(|(name, _)| (name.clone(), name.clone())));
    let fields = view! {
        <p class="hint">"Only the service owner signs off, signed in as themselves. Another owner signs off anew."</p>
        <div class="row end">
            {select(ANSWER, "owner", "Service owner", &users, &view.facts.service_owner, attempt)}
            {Field::new(ANSWER, "share", "Accepted lines, in percent").kind("number").value(view.facts.share.to_string()).required().view(attempt)}
            {Field::new(ANSWER, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Set"</button>
        </div>
    };
    view! {
        <details class="act" open=attempt.typed(ANSWER, "reason").is_some()>
            <summary>"Say who answers for the service"</summary>
            {form(signed, ANSWER, ANSWER, &format!("/sites/{}/answer", view.site.code), fields.into_any())}
        </details>
    }
    .into_any()
}
