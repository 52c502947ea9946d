//! Exceptions: open cases with their one next step, and what became of closed ones.

use super::change_request::number;
use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, text},
        field::Field,
        finding,
        form::{button, form},
        head::{head, section, step},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::Attempt,
    render::query,
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use domain::{
    authz::Action,
    exception::{Exception, Kind},
    policy::Weight,
};
use leptos::prelude::*;
use services::{
    exceptions::{self, Listed},
    view::ExceptionFilter,
};

pub(crate) const CLOSE: &str = "close";

pub(crate) async fn list(signed: Signed, Query(filter): Query<ExceptionFilter>) -> Answer {
    let page = exceptions::list(signed.services(), &signed.op, &filter).await?;
    let closed = filter.closed.to_string();
    let rest = [("site", filter.site.as_str()), ("kind", filter.kind.as_str()), ("closed", closed.as_str())];
    Ok(signed.page(StatusCode::OK, "Exceptions", || {
        let tabs: Vec<_> = [(false, "Open"), (true, "Closed")]
            .into_iter()
            .map(|(state, name)| {
                let address = format!("/exceptions{}", query(&[("closed", if state { "true" } else { "" })]));
                let current = (state == filter.closed).then_some("page");
                view! { <li><a href=address aria-current=current>{name}</a></li> }
            })
            .collect();
        let none = if filter.closed { "No case has been closed yet." } else { "No case is open." };
        view! {
            {head(&[], "Exceptions".into_any(), ().into_any())}
            <nav class="tabs" aria-label="States of cases"><ul>{tabs}</ul></nav>
            {table_of(&page.rows, none)}
            {pager("/exceptions", &rest, &filter.after, page.next.as_deref())}
        }
        .into_any()
    }))
}

fn weight(weight: Weight) -> AnyView {
    match weight {
        Weight::Low => badge(Tone::Warning, "light doubt"),
        Weight::High => badge(Tone::Bad, "grave doubt"),
    }
}

fn table_of(rows: &[Listed], none: &str) -> AnyView {
    let rows = rows
        .iter()
        .map(|listed| {
            let case = &listed.exception;
            view! {
                <tr data-exception=case.number.to_string()>
                    <th scope="row"><a href=format!("/exceptions/{}", case.number)>{format!("EX-{}", case.number)}</a></th>
                    <td>{case.kind.title()} " " {weight(case.weight)}</td>
                    <td>{id::device(listed.mac)}</td>
                    <td data-label="Site">{listed.site.clone()}</td>
                    <td data-label="Owner">{text(case.owner.as_deref().unwrap_or_default())}</td>
                    <td data-label="Opened">{time::time(case.opened_at)}</td>
                    <td class="number" data-label="Times">{case.times}</td>
                    <td class="prose">{next(listed)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Case", "What happened", "Device", "Site", "Owner", "Opened", "#Times", "Next step"];
    table("exceptions", "Cases, newest first", &heads, rows, none)
}

fn next(listed: &Listed) -> String {
    match &listed.exception.closed {
        Some(closed) => format!("Closed by {}: {}", closed.by, closed.resolution),
        None => listed.exception.kind.next_step().to_owned(),
    }
}

pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Answer {
    page(&signed, number(&text)?, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, number: i64, attempt: &Attempt) -> Answer {
    let listed = exceptions::view(signed.services(), &signed.op, number).await?;
    let title = format!("EX-{number}");
    Ok(signed.page(attempt.status(), &title, || {
        let case = &listed.exception;
        let state = match case.closed {
            Some(_) => badge(Tone::Good, "closed"),
            None => badge(Tone::Busy, "open"),
        };
        let title = view! { {title.clone()} " " {state} " " {weight(case.weight)} };
        view! {
            {head(&[step("/exceptions", "Exceptions")], title.into_any(), take(signed, &listed))}
            {finding::summary(attempt)}
            {facts(vec![
                ("What happened", case.kind.title().into_any()),
                ("What was seen", case.detail.clone().into_any()),
                ("Device", id::device(listed.mac)),
                ("Site", view! { <a href=format!("/sites/{}", listed.site)>{listed.site.clone()}</a> }.into_any()),
                ("Owner", text(case.owner.as_deref().unwrap_or_default())),
                ("Opened", time::time(case.opened_at)),
                ("Happened last", time::time(case.last_at)),
                ("Times", case.times.into_any()),
            ])}
            {section("next", "Next step", outcome(signed, &listed, attempt))}
        }
        .into_any()
    }))
}

fn take(signed: &Signed, listed: &Listed) -> AnyView {
    let case = &listed.exception;
    let mine = case.owner.as_deref() == Some(signed.op.actor.name.as_str());
    if case.closed.is_some() || mine || !signed.may(Action::Quarantine) {
        return ().into_any();
    }
    button(signed, "take", &format!("/exceptions/{}/take", case.number), "Take the case", "")
}

fn outcome(signed: &Signed, listed: &Listed, attempt: &Attempt) -> AnyView {
    let case = &listed.exception;
    if let Some(closed) = &case.closed {
        return view! {
            <p>{closed.resolution.clone()}</p>
            <p class="hint">"Closed by " {closed.by.clone()} ", " {time::time(closed.at)}</p>
        }
        .into_any();
    }
    let act = match case.kind {
        Kind::Mismatch => view! { <p><a class="button" href=format!("/devices/{}#release", listed.mac.bare())>"To the device"</a></p> }.into_any(),
        Kind::Enrolment | Kind::Proof if signed.may(Action::Quarantine) => {
            close(signed, case.number, attempt)
        }
        Kind::Enrolment | Kind::Proof => ().into_any(),
    };
    view! { <p>{case.kind.next_step()}</p> {act} }.into_any()
}

fn close(signed: &Signed, number: i64, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <div class="row end">
            {Field::new(CLOSE, "resolution", "What was found").required().view(attempt)}
            <button>"Close the case"</button>
        </div>
    };
    form(signed, CLOSE, CLOSE, &format!("/exceptions/{number}/close"), fields.into_any())
}

/// The open cases of a device, on its page.
pub(crate) fn of_device(cases: &[Exception]) -> Option<AnyView> {
    if cases.is_empty() {
        return None;
    }
    let cases: Vec<_> = cases
        .iter()
        .map(|case| {
            view! {
                <li>
                    <a href=format!("/exceptions/{}", case.number)>{format!("EX-{}", case.number)}</a>
                    " " {case.kind.title()} " " {weight(case.weight)} " " {case.detail.clone()}
                </li>
            }
        })
        .collect();
    Some(section("cases", "Open cases", view! { <ul class="plain">{cases}</ul> }.into_any()))
}
