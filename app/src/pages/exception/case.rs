//! One case: what happened, where it is on its way, the one next step, and its log.

use super::{ADVANCE, ASSIGN, CLOSE, about, loss::found, overdue, weight};
use crate::{
    components::{
        badge::{Tone, badge},
        choose::select,
        facts::{facts, long, text},
        field::Field,
        finding,
        form::{button, form},
        head::{head, section, step},
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    pages::{change_request::number, replacement},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::exception::Kind;
use leptos::prelude::*;
use services::exceptions::{self, Attached, CaseView, Listed, Said};

pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Answer {
    page(&signed, number(&text)?, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, number: i64, attempt: &Attempt) -> Answer {
    let view = exceptions::view(signed.services(), &signed.op, number).await?;
    let title = format!("EX-{number}");
    Ok(signed.page(attempt.status(), &title, || {
        let listed = &view.listed;
        let case = &listed.exception;
        let state = match case.closed {
            Some(_) => badge(Tone::Good, "closed"),
            None => badge(Tone::Busy, "open"),
        };
        let now = signed.op.now;
        let title = view! { {title.clone()} ": " {case.kind.title()} " " {state} " " {weight(case)} " " {overdue(case, now)} };
        view! {
            {head(&[step("/exceptions", "Exceptions")], title.into_any(), take(signed, listed))}
            {finding::summary(attempt)}
            {way(listed)}
            {facts(vec![
                ("What was seen", long(prose(&case.detail))),
                ("About", about(listed)),
                ("Site", site(&listed.site)),
                ("Owner", text(case.owner.as_deref().unwrap_or_default())),
                ("Opened", long(view! { {time::time(case.opened_at)} " (" {time::ago(case.opened_at, now)} ")" }.into_any())),
                ("To be closed by", time::time(case.due())),
                ("Happened last", time::time(case.last_at)),
                ("Times", case.times.into_any()),
            ])}
            {section("next", "Next step", next(signed, &view, attempt))}
            {view.replacement.as_ref().map(|order| replacement::of_case(signed, &view, order, attempt))}
            {found(signed, &view, attempt)}
            {section("log", "Log", log(&view.log))}
            {hand_over(signed, &view, attempt)}
        }
        .into_any()
    }))
}

fn site(code: &str) -> AnyView {
    if code.is_empty() {
        return text("");
    }
    view! { <a href=format!("/sites/{code}")>{code.to_owned()}</a> }.into_any()
}

/// Whether they may work on it: at its site, if it belongs to one.
fn works(signed: &Signed, listed: &Listed) -> bool {
    let action = listed.exception.kind.works();
    if listed.site.is_empty() { signed.may(action) } else { signed.may_at(action, &listed.site) }
}

fn take(signed: &Signed, listed: &Listed) -> AnyView {
    let case = &listed.exception;
    let mine = case.owner.as_deref() == Some(signed.op.actor.name.as_str());
    if case.closed.is_some() || mine || !works(signed, listed) {
        return ().into_any();
    }
    button(signed, "take", &format!("/exceptions/{}/take", case.number), "Take the case", "quiet")
}

/// Where it is among the steps of its kind.
fn way(listed: &Listed) -> AnyView {
    let case = &listed.exception;
    let steps = case.kind.definition().steps;
    if steps.len() < 2 {
        return ().into_any();
    }
    let here = steps.iter().position(|step| step.state == case.state).unwrap_or_default();
    let here = if case.closed.is_some() { steps.len() } else { here };
    let steps: Vec<_> = steps
        .iter()
        .enumerate()
        .map(|(n, step)| {
            let current = (n == here).then_some("step");
            view! { <li class=(n < here).then_some("past") aria-current=current>{step.title()}</li> }
        })
        .collect();
    view! { <ol class="steps" aria-label="Steps">{steps}</ol> }.into_any()
}

fn next(signed: &Signed, view: &CaseView, attempt: &Attempt) -> AnyView {
    let case = &view.listed.exception;
    if let Some(closed) = &case.closed {
        return view! {
            <p>{closed.resolution.clone()}</p>
            <p class="hint">"Closed by " {closed.by.clone()} ", " {time::time(closed.at)}</p>
        }
        .into_any();
    }
    let step = case.step();
    let may = works(signed, &view.listed);
    let definition = case.kind.definition();
    let walk = (may && definition.by_writing && case.kind.after(&case.state).is_some())
        .then(|| walk(signed, case.number, &case.state, attempt));
    let device = (case.kind == Kind::Mismatch).then_some(view.listed.mac).flatten().map(|mac| {
        view! { <p><a class="button" href=format!("/devices/{}#release", mac.bare())>"To the device"</a></p> }
    });
    let close = (may && definition.by_hand).then(|| close(signed, case.number, attempt));
    view! {
        <p class="verdict">{step.next}</p>
        <p class="hint">"Whose: " {step.whose()} ". Until: " {step.until}</p>
        {walk} {device} {close}
    }
    .into_any()
}

fn walk(signed: &Signed, number: i64, state: &str, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <input type="hidden" name="seen" value=state.to_owned() />
        {Field::new(ADVANCE, "found", "What was found or done")
            .hint("It stays in the log, and moves the case on.")
            .rows(3)
            .required()
            .view(attempt)}
        <button>"Write it down, and go on"</button>
    };
    form(signed, ADVANCE, ADVANCE, &format!("/exceptions/{number}/advance"), fields.into_any())
}

fn close(signed: &Signed, number: i64, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <div class="row end">
            {Field::new(CLOSE, "resolution", "What ended it").required().view(attempt)}
            <button class="quiet">"Close the case"</button>
        </div>
    };
    form(signed, CLOSE, CLOSE, &format!("/exceptions/{number}/close"), fields.into_any())
}

fn hand_over(signed: &Signed, view: &CaseView, attempt: &Attempt) -> Option<AnyView> {
    let case = &view.listed.exception;
    if case.closed.is_some() || !works(signed, &view.listed) || view.people.is_empty() {
        return None;
    }
    let people: Vec<_> = view.people.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let fields = view! {
        <div class="row end">
            {select(ASSIGN, "to", "To", &people, "", attempt)}
            <button class="quiet">"Hand over"</button>
        </div>
    };
    let action = format!("/exceptions/{}/assign", case.number);
    Some(section("hand-over", "Hand over", form(signed, ASSIGN, ASSIGN, &action, fields.into_any())))
}

fn log(entries: &[Said]) -> AnyView {
    let said: Vec<_> = entries
        .iter()
        .map(|entry| {
            let attached: Vec<_> = exceptions::attached(entry).iter().map(attachment).collect();
            view! {
                <li class="comment">
                    <p class="finding-head"><strong>{entry.by.clone()}</strong> " " {time::time(entry.at)} " " <span class="subject">{entry.state.replace('-', " ")}</span></p>
                    <p class="body">{entry.body.clone()}</p>
                    {attached}
                </li>
            }
        })
        .collect();
    let none = entries.is_empty().then(|| view! { <p class="calm">"Nothing has been written down yet."</p> });
    view! { <ol class="comments">{said}</ol> {none} }.into_any()
}

/// A device as it was when the entry was made.
fn attachment(attached: &Attached) -> AnyView {
    let list = |items: &[String], none: &'static str| {
        if items.is_empty() {
            return view! { <p class="calm">{none}</p> }.into_any();
        }
        let items: Vec<_> = items.iter().map(|item| view! { <li>{item.clone()}</li> }).collect();
        view! { <ul class="plain">{items}</ul> }.into_any()
    };
    let settings = attached
        .settings
        .iter()
        .map(|(path, value, origin)| {
            view! {
                <tr>
                    <th scope="row"><code class="path">{path.clone()}</code></th>
                    <td data-label="Value"><code>{value.clone()}</code></td>
                    <td data-label="Set by">{origin.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let name = format!("{}-settings", attached.mac);
    view! {
        <details class="more">
            <summary>{format!("{} as it was", attached.device)}</summary>
            <p><a href=format!("/trace/{}", attached.mac)>"Trace as it is now"</a> " · state: " {attached.state.clone()} " · revision: " {attached.revision.clone()}</p>
            <h3>"Lines"</h3>
            {list(&attached.lines, "It had none.")}
            <h3>"What it got last"</h3>
            {list(&attached.serves, "It had got nothing.")}
            {table(&name, "Settings, and who set them", &["Setting", "Value", "Set by"], settings, "It had no revision.")}
        </details>
    }
    .into_any()
}
