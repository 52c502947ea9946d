//! Change requests: the list, and one request with its plan, what blocks it, and what may be done now.

use super::{approval, decide, items, plan, review};
use crate::{
    components::{
        badge,
        conversation::conversation,
        facts::{facts, none, text},
        finding,
        head::{head, section, step},
        id,
        pager::pager,
        prose::prose,
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
use domain::{authz::Action, change_request::State, ledger::ActEntry, plan::Kind};
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    Problem,
    change_requests::{self, ItemPlace},
    reviews,
    view::{RequestRow, RequestView},
};

const TABS: [(&str, &str); 3] = [("open", "Open"), ("done", "Done"), ("mine", "Mine")];

/// Where one is in the list.
#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    after: String,
}

pub(crate) async fn list(signed: Signed, Query(place): Query<Place>) -> Answer {
    let tab = TABS.iter().find(|(word, _)| *word == place.tab).map_or("open", |(word, _)| *word);
    let page = change_requests::list(signed.services(), &signed.op, tab, &place.after).await?;
    Ok(signed.page(StatusCode::OK, "Requests", || {
        let tabs: Vec<_> = TABS
            .iter()
            .map(|(word, name)| {
                let current = (*word == tab).then_some("page");
                view! { <li><a href=format!("/requests{}", query(&[("tab", word)])) aria-current=current>{*name}</a></li> }
            })
            .collect();
        let new = signed
            .may(Action::Request)
            .then(|| view! { <a class="button quiet" href="/requests/bulk">"From a file"</a> " " <a class="button" href="/requests/new">"New request"</a> });
        view! {
            {head(&[], "Requests".into_any(), new.into_any())}
            <nav class="tabs" aria-label="Kinds of requests"><ul>{tabs}</ul></nav>
            {table_of("requests", "Change requests", &page.rows, "There is none here.")}
            {pager("/requests", &[("tab", tab)], &place.after, page.next.as_deref())}
        }
        .into_any()
    }))
}

pub(crate) fn what(row: &RequestRow) -> String {
    let (extension, index) = (&row.extension, row.index);
    let one = match row.kind {
        Kind::Bind => format!("Bind {extension} to line key {index}"),
        Kind::Unbind => format!("Revoke {extension} from line key {index}"),
        Kind::Move => format!("Move {extension} from line key {index}"),
        Kind::Swap => format!("Swap {extension} on line key {index}"),
        Kind::Replace => format!("Replace, with {extension} on line key {index}"),
        Kind::NumberChange => format!("Change the number {extension} of line key {index}"),
        Kind::ProfileChange => format!("Lead calls to {extension} otherwise"),
        Kind::GroupChange => format!("Change who rings in group {extension}"),
        Kind::ClassChange => format!("Change how far {extension} may call"),
        Kind::ScheduleChange => format!("Change the hours of schedule {extension}"),
        Kind::Exception => format!("Exception for {extension}"),
        Kind::Relocation => format!("Another place for {extension}"),
        Kind::Bulk => return format!("Bulk: {} items", row.items),
    };
    let more = row.items.saturating_sub(1);
    if row.kind.no_line() && more > 0 { format!("{one}, and {more} more") } else { one }
}

/// Requests in a table, wherever they are listed.
pub(crate) fn table_of(id: &str, caption: &str, rows: &[RequestRow], none: &str) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let address = format!("/requests/{}", row.number);
            view! {
                <tr data-request=row.number.to_string()>
                    <th scope="row"><a href=address>{format!("CR-{}", row.number)}</a></th>
                    <td>{what(row)}</td>
                    <td>{row.mac.map(id::device)}</td>
                    <td data-label="Site">{row.site.clone()}</td>
                    <td>{badge::state(&row.state)}</td>
                    <td data-label="Requested by">{row.requester.clone()}</td>
                    <td>{time::time(row.at)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(id, caption, &["Request", "What", "Device", "Site", "State", "Requested by", "At"], rows, none)
}

/// The number in an address.
pub(crate) fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found(&format!("request {text}")))
}

pub(crate) async fn show(signed: Signed, Path(text): Path<String>, Query(place): Query<ItemPlace>) -> Answer {
    page_at(&signed, number(&text)?, &Attempt::default(), &place).await
}

pub(crate) async fn page(signed: &Signed, number: i64, attempt: &Attempt) -> Answer {
    page_at(signed, number, attempt, &ItemPlace::default()).await
}

async fn page_at(signed: &Signed, number: i64, attempt: &Attempt, place: &ItemPlace) -> Answer {
    let request = change_requests::view_at(signed.services(), &signed.op, number, place).await?;
    let authority = reviews::of_request(signed.services(), &signed.op, number).await?;
    let title = format!("CR-{number}");
    Ok(signed.page(attempt.status(), &title, || {
        view! {
            {top(&request)}
            {finding::summary(attempt)}
            {steps(&request.row.state)}
            <div class="columns" data-state=request.row.state.word()>
                <div class="main">
                    {review::mark(authority.as_ref())}
                    {approval::state::panel(&request.approvals)}
                    {blocks(&request)}
                    {items::section_of(&request, place)}
                    {section("plan", "What changes", plan::items(&request))}
                    {section("answers", "Five questions", plan::answers(&request.plan))}
                    {section("conversation", "Conversation", conversation(signed, &request.comments, &format!("/requests/{number}/comment"), attempt))}
                </div>
                <div class="side">
                    {decide::panel(signed, &request, attempt)}
                    {about(&request)}
                </div>
            </div>
            {section("history", "History", history("request-history", &request.history))}
        }
        .into_any()
    }))
}

fn top(request: &RequestView) -> AnyView {
    let row = &request.row;
    let title = view! { {format!("CR-{}", row.number)} ": " {what(row)} " " {badge::state(&row.state)} };
    head(&[step("/requests", "Requests")], title.into_any(), ().into_any())
}

fn about(request: &RequestView) -> AnyView {
    let row = &request.row;
    let all = facts(vec![
        ("Device", row.mac.map_or_else(none, id::device)),
        ("Site", view! { <a href=format!("/sites/{}", row.site)>{row.site.clone()}</a> }.into_any()),
        ("Requested by", row.requester.clone().into_any()),
        ("At", time::time(row.at)),
        ("Reason", request.reason.clone().into_any()),
        ("Ticket", text(request.external_ref.as_deref().unwrap_or_default())),
        ("Edited by", text(&request.editors.join(", "))),
        ("Digest of the plan", id::digest(request.digest.clone(), "digest of the plan")),
    ]);
    view! { <section class="panel" id="about" aria-labelledby="about-title"><h2 id="about-title">"About"</h2>{all}</section> }
        .into_any()
}

/// The way of a request, and where this one is.
fn steps(state: &State) -> AnyView {
    let (way, here): (&[&str], usize) = match state {
        State::Draft => (&["draft", "submitted", "approved", "applied"], 0),
        State::Submitted { .. } => (&["draft", "submitted", "approved", "applied"], 1),
        State::Approved { .. } => (&["draft", "submitted", "approved", "applied"], 2),
        State::Scheduled { .. } => (&["draft", "submitted", "approved", "scheduled", "applied"], 3),
        State::Applied { authority: Some(_), .. } => (&["draft", "submitted", "applied"], 2),
        State::Applied { .. } => (&["draft", "submitted", "approved", "applied"], 3),
        State::Rejected { .. } => (&["draft", "submitted", "rejected"], 2),
        State::Withdrawn { .. } => (&["draft", "withdrawn"], 1),
        State::Stale { .. } => (&["draft", "submitted", "approved", "stale"], 3),
        State::Superseded { .. } => (&["draft", "superseded"], 1),
    };
    let steps: Vec<_> = way
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let current = (index == here).then_some("step");
            let class = if index < here { "past" } else { "" };
            view! { <li class=class aria-current=current>{*word}</li> }
        })
        .collect();
    view! { <ol class="steps" aria-label="State">{steps}</ol> }.into_any()
}

fn blocks(request: &RequestView) -> AnyView {
    if request.row.state.is_final() {
        return ().into_any();
    }
    let stale = request.stale.then(|| domain::Finding::new(domain::Code::PlanStale, "plan"));
    let all: Vec<_> = stale.into_iter().chain(request.blocks.iter().cloned()).collect();
    let found = finding::list_or(&all, "Nothing blocks it.");
    let who = items::who(&request.blocks);
    section("blocks", "What blocks applying it now", view! { {found} {who} }.into_any())
}

/// Acts in a table, wherever they are listed.
pub(crate) fn history(id: &str, acts: &[ActEntry]) -> AnyView {
    let rows = acts
        .iter()
        .map(|act| {
            view! {
                <tr>
                    <td>{time::time(act.at)}</td>
                    <td>{act.actor.as_ref().map_or("the program".to_owned(), |(_, name)| name.clone())}</td>
                    <td><code>{act.action.clone()}</code></td>
                    <td>{act.subject.clone()}</td>
                    <td class="prose">{prose(&act.reason)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(id, "Acts, newest first", &["At", "Who", "Did", "To", "Why"], rows, "Nothing has been done yet.")
}
