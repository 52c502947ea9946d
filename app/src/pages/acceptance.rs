//! Acceptance: the lines of a site and what was tried with each, and the form for one line, at its phone.

use super::site::below;
use crate::{
    components::{
        badge::{Tone, badge},
        check::check,
        facts::{facts, long, text},
        finding,
        form::form,
        head::{head, section, step as trail},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::{Path, Query};
use domain::{
    Mac,
    authz::Action,
    site::acceptance::{Outcome, Test, Tried},
};
use leptos::prelude::*;
use serde::Deserialize;
use services::acceptances::{self, AcceptanceView, LineRow};

pub(crate) const TRY: &str = "try";

/// Where a page of lines starts.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    after: String,
}

pub(crate) async fn list(signed: Signed, Path(code): Path<String>, Query(from): Query<From>) -> Answer {
    let view = acceptances::view(signed.services(), &signed.op, &code, &from.after).await?;
    let title = format!("Acceptance of {}", view.site.name);
    Ok(signed.page(axum::http::StatusCode::OK, &title, || {
        let rows = view.page.rows.iter().map(|line| row(&view, line)).collect();
        let caption = format!("{} of {} lines that stand are accepted", view.accepted, view.lines);
        let heads = ["Extension", "State", "Owner", "Phone", "Tried"];
        let path = format!("/sites/{code}/acceptance");
        view! {
            {below(&view.site, &title, "/acceptance")}
            {table("lines", &caption, &heads, rows, "No line stands at this site yet.")}
            {pager(&path, &[], &from.after, view.page.next.as_deref())}
        }
        .into_any()
    }))
}

fn state(line: &LineRow) -> AnyView {
    let failed = line.tried.iter().any(|tried| tried.outcome == Outcome::Failed);
    match (&line.missing, failed) {
        (None, _) => badge(Tone::Good, "accepted"),
        (Some(_), true) => badge(Tone::Bad, "failed"),
        (Some(_), false) if line.tried.is_empty() => badge(Tone::Quiet, "not tried"),
        (Some(_), false) => badge(Tone::Busy, "begun"),
    }
}

fn phone(line: &acceptances::Line) -> AnyView {
    let mac = Mac::parse(&line.mac).map_or_else(|_| line.mac.clone().into_any(), id::device);
    view! { {format!("{} {} ", line.vendor, line.model)} {mac} {format!(" key {}", line.position)} }
        .into_any()
}

fn row(view: &AcceptanceView, line: &LineRow) -> AnyView {
    let l = &line.line;
    let address = format!("/sites/{}/acceptance/{}", view.site.code, l.id());
    let last = line.tried.iter().max_by_key(|tried| tried.at);
    let last = last.map(|tried| view! { {time::time(tried.at)} ", " {tried.by.clone()} });
    view! {
        <tr data-line=l.number.clone()>
            <th scope="row"><a href=address>{l.number.clone()}</a></th>
            <td>{state(line)}</td>
            <td data-label="Owner">{l.owner.clone()}</td>
            <td data-label="Phone">{phone(l)}</td>
            <td data-label="Tried">{last}</td>
        </tr>
    }
    .into_any()
}

pub(crate) async fn show(signed: Signed, Path((code, line)): Path<(String, String)>) -> Answer {
    page(&signed, &code, &line, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, line: &str, attempt: &Attempt) -> Answer {
    let (site, line) = acceptances::one(signed.services(), &signed.op, code, line).await?;
    let title = format!("Extension {}", line.line.number);
    Ok(signed.page(attempt.status(), &title, || {
        let way = [
            trail("/", "Overview"),
            trail(format!("/sites/{code}"), site.name.clone()),
            trail(format!("/sites/{code}/acceptance"), "Acceptance"),
        ];
        let missing = line.missing.as_ref().map(|missing| finding::list(std::slice::from_ref(missing)));
        view! {
            {head(&way, title.clone().into_any(), state(&line))}
            {finding::summary(attempt)}
            {facts(vec![("Owner", text(&line.line.owner)), ("Phone", long(phone(&line.line)))])}
            {missing}
            {signed.may_at(Action::OpenSite, code).then(|| enter(signed, code, &line, attempt))}
            {results(&line)}
        }
        .into_any()
    }))
}

fn results(line: &LineRow) -> AnyView {
    let row = |tried: &Tried| {
        let outcome = match tried.outcome {
            Outcome::Passed => badge(Tone::Good, "passed"),
            Outcome::Failed => badge(Tone::Bad, "failed"),
            Outcome::NotApplicable => badge(Tone::Quiet, "not applicable"),
        };
        view! {
            <tr data-test=tried.test.word()>
                <th scope="row">{tried.test.title()}</th>
                <td>{outcome}</td>
                <td class="prose">{tried.note.clone()}</td>
                <td data-label="By">{tried.by.clone()}</td>
                <td data-label="At">{time::time(tried.at)}</td>
            </tr>
        }
        .into_any()
    };
    let rows = line.tried.iter().map(row).collect();
    let heads = ["Test", "Result", "What was seen", "By", "At"];
    let none = "Nothing was tried yet.";
    section(
        "results",
        "What was tried",
        table("tried", "The newest of each; earlier ones are in the record", &heads, rows, none),
    )
}

fn enter(signed: &Signed, code: &str, line: &LineRow, attempt: &Attempt) -> AnyView {
    let results =
        [("passed", "Passed"), ("failed", "Failed"), ("not-applicable", "Does not apply"), ("", "Not tried")];
    let one = |test: Test| check(TRY, "test", test.word(), test.title(), &results, attempt);
    let tests: Vec<_> = Test::ALL.into_iter().map(one).collect();
    let fields = view! {
        <p class="hint">"Try it at the phone itself. What failed or does not apply says why."</p>
        <div class="checks">{tests}</div>
        <button>"Record what was tried"</button>
    };
    let action = format!("/sites/{code}/acceptance/{}", line.line.id());
    section("enter", "Try it", form(signed, TRY, TRY, &action, fields.into_any()))
}
