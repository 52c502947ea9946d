//! Cases: a queue for each kind, and what each kind is. One case's page is in `case`.

mod case;
mod help;
mod loss;
mod measure;
mod report;

pub(crate) use case::{page, show};
pub(crate) use help::help;
pub(crate) use loss::{FOUND, LOSS, loss, loss_page};
pub(crate) use measure::{BASELINE, measures, measures_page};
pub(crate) use report::{REPORT, report, report_page};

use crate::{
    components::{
        badge::{Tone, badge},
        facts::text,
        head::{head, section},
        id,
        pager::pager,
        prose::prose,
        table::table,
        time,
    },
    render::query,
    visitor::{Answer, Signed},
};
use axum::{extract::Query, http::StatusCode};
use domain::{
    Timestamp,
    authz::Action,
    exception::{Exception, Kind},
    policy::Weight,
};
use leptos::prelude::*;
use services::{
    exceptions::{self, Counts, Listed},
    view::ExceptionFilter,
};

pub(crate) const CLOSE: &str = "close";
pub(crate) const ADVANCE: &str = "advance";
pub(crate) const ASSIGN: &str = "assign";

pub(crate) async fn list(signed: Signed, Query(filter): Query<ExceptionFilter>) -> Answer {
    let page = exceptions::list(signed.services(), &signed.op, &filter).await?;
    let queues = exceptions::queues(signed.services(), &signed.op).await?;
    let closed = filter.closed.to_string();
    let rest = [("site", filter.site.as_str()), ("kind", filter.kind.as_str()), ("closed", closed.as_str())];
    let kind = Kind::parse(filter.kind.trim());
    Ok(signed.page(StatusCode::OK, "Exceptions", || {
        let tabs: Vec<_> = [(false, "Open"), (true, "Closed")]
            .into_iter()
            .map(|(state, name)| {
                let closed = if state { "true" } else { "" };
                let address = format!(
                    "/exceptions{}",
                    query(&[("site", &filter.site), ("kind", &filter.kind), ("closed", closed)])
                );
                let current = (state == filter.closed).then_some("page");
                view! { <li><a href=address aria-current=current>{name}</a></li> }
            })
            .collect();
        let none = if filter.closed { "No case has been closed yet." } else { "No case is open." };
        let title = kind.map_or("Cases", Kind::title);
        view! {
            {head(&[], "Exceptions".into_any(), acts(&signed))}
            {section("queues", "Queues", queue_table(&queues, kind, signed.op.now))}
            {section("cases", title, view! {
                <nav class="tabs" aria-label="States of cases"><ul>{tabs}</ul></nav>
                {table_of(&page.rows, none, signed.op.now)}
                {pager("/exceptions", &rest, &filter.after, page.next.as_deref())}
            }.into_any())}
        }
        .into_any()
    }))
}

fn acts(signed: &Signed) -> AnyView {
    let report = signed
        .may(Action::Cases)
        .then(|| view! { <a class="button quiet" href="/exceptions/report">"Report something"</a> });
    let replace = signed
        .may(Action::Request)
        .then(|| view! { <a class="button" href="/exceptions/replace">"Replace a handset"</a> });
    let lost = signed
        .may(Action::ReportLoss)
        .then(|| view! { <a class="button quiet" href="/exceptions/loss">"Report a handset lost"</a> });
    view! { <div class="row">{report} {lost} {replace}</div> }.into_any()
}

fn queue_table(queues: &[(Kind, Counts)], chosen: Option<Kind>, now: Timestamp) -> AnyView {
    let rows = queues
        .iter()
        .map(|(kind, counts)| {
            let address = format!("/exceptions{}", query(&[("kind", kind.word())]));
            let current = (chosen == Some(*kind)).then_some("true");
            let late = if counts.before > 0 {
                badge(Tone::Bad, format!("{} overdue", counts.before))
            } else {
                ().into_any()
            };
            let oldest = counts.oldest.map(|at| time::ago(at, now));
            let hours = kind.definition().target_hours;
            view! {
                <tr data-queue=kind.word()>
                    <th scope="row"><a href=address aria-current=current>{kind.title()}</a></th>
                    <td class="number" data-label="Open">{counts.open}</td>
                    <td class="number" data-label="Without owner">{counts.unowned}</td>
                    <td>{late}</td>
                    <td data-label="Oldest">{oldest}</td>
                    <td class="number" data-label="Target">{format!("{hours} h")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Kind", "#Open", "#Without owner", "Late", "Oldest", "#Target"];
    view! {
        {table("queue-table", "Open cases by kind", &heads, rows, "")}
        <p class="hint">
            <a href="/exceptions/help">"How cases go"</a> " · " <a href="/exceptions/measures">"How long cases take"</a>
            " · " <a href="/exceptions">"All kinds"</a>
        </p>
    }
    .into_any()
}

/// How grave a doubt is, where a case is about one.
pub(super) fn weight(case: &Exception) -> AnyView {
    match (case.kind, case.weight) {
        (Kind::Mismatch | Kind::Enrolment | Kind::Proof, Weight::Low) => badge(Tone::Warning, "light doubt"),
        (Kind::Mismatch | Kind::Enrolment | Kind::Proof, Weight::High) => badge(Tone::Bad, "grave doubt"),
        _ => ().into_any(),
    }
}

/// Whether a case is open longer than it should be.
pub(super) fn overdue(case: &Exception, now: Timestamp) -> AnyView {
    if case.overdue(now) { badge(Tone::Bad, "overdue") } else { ().into_any() }
}

/// What a case is about: a device, or whatever else its kind has.
pub(super) fn about(listed: &Listed) -> AnyView {
    match listed.mac {
        Some(mac) => id::device(mac),
        None => view! { <code>{listed.exception.subject.clone()}</code> }.into_any(),
    }
}

fn table_of(rows: &[Listed], none: &str, now: Timestamp) -> AnyView {
    let rows = rows
        .iter()
        .map(|listed| {
            let case = &listed.exception;
            view! {
                <tr data-exception=case.number.to_string()>
                    <th scope="row"><a href=format!("/exceptions/{}", case.number)>{format!("EX-{}", case.number)}</a></th>
                    <td>{case.kind.title()} " " {weight(case)} " " {overdue(case, now)}</td>
                    <td>{about(listed)}</td>
                    <td data-label="Site">{listed.site.clone()}</td>
                    <td data-label="Owner">{text(case.owner.as_deref().unwrap_or_default())}</td>
                    <td data-label="Opened">{time::time(case.opened_at)}</td>
                    <td class="number" data-label="Times">{case.times}</td>
                    <td class="prose">{next(case)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Case", "What happened", "About", "Site", "Owner", "Opened", "#Times", "Next step"];
    table("exceptions", "Cases, newest first", &heads, rows, none)
}

fn next(case: &Exception) -> String {
    match &case.closed {
        Some(closed) => format!("Closed by {}: {}", closed.by, closed.resolution),
        None => case.step().next.to_owned(),
    }
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
                    " " {case.kind.title()} " " {weight(case)} " " {prose(&case.detail)}
                </li>
            }
        })
        .collect();
    Some(section("cases", "Open cases", view! { <ul class="plain">{cases}</ul> }.into_any()))
}
