//! People: who works here from when to when, and one person with their account, extensions and lines.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, long, none, text},
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
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use domain::{
    Timestamp,
    account::{AccountState, Day},
    authz::Action,
};
use leptos::prelude::*;
use services::{
    people::{self, Line, Listed, PersonFilter, PersonView},
    sites,
    view::{Page, SiteCard},
};

pub(crate) const CHANGE: &str = "change";

/// The page of a person.
pub(crate) fn path(reference: &str) -> String {
    format!("/people/{}", crate::render::percent(reference))
}

fn account(state: AccountState) -> AnyView {
    let tone = match state {
        AccountState::Active => Tone::Good,
        AccountState::Expected => Tone::Busy,
        AccountState::Suspended => Tone::Warning,
        AccountState::Left => Tone::Quiet,
    };
    badge(tone, state.word())
}

pub(crate) async fn list(signed: Signed, Query(filter): Query<PersonFilter>) -> Answer {
    let page = people::list(signed.services(), &signed.op, &filter).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(StatusCode::OK, "People", || {
        view! {
            {head(&[], "People".into_any(), view! { <a class="button quiet" href="/feeds">"Feeds of the directory"</a> }.into_any())}
            {filters(&filter, &sites)}
            {rows(&filter, &page)}
        }
        .into_any()
    }))
}

fn filters(filter: &PersonFilter, sites: &[SiteCard]) -> AnyView {
    let option = |value: &str, label: &str, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{label.to_owned()}</option> }
    };
    let sites: Vec<_> =
        sites.iter().map(|card| option(&card.site.code, &card.site.name, &filter.site)).collect();
    let states: Vec<_> =
        AccountState::ALL.iter().map(|state| option(state.word(), state.word(), &filter.account)).collect();
    view! {
        <form class="filters" id="filter" data-form="filter" method="get" action="/people">
            <div class="field">
                <label for="filter-q">"Search"</label>
                <input id="filter-q" name="q" type="search" value=filter.q.clone() placeholder="reference, name, contact" />
            </div>
            <div class="field">
                <label for="filter-site">"Site"</label>
                <select id="filter-site" name="site"><option value="">"All sites"</option>{sites}</select>
            </div>
            <div class="field">
                <label for="filter-account">"Account"</label>
                <select id="filter-account" name="account"><option value="">"Any account"</option>{states}</select>
            </div>
            <button class="quiet">"Filter"</button>
            <a href="/people">"Clear"</a>
        </form>
    }
    .into_any()
}

fn rows(filter: &PersonFilter, page: &Page<Listed>) -> AnyView {
    let rest = [("q", filter.q.as_str()), ("site", &filter.site), ("account", &filter.account)];
    let narrowed = rest.iter().any(|(_, value)| !value.is_empty());
    let empty =
        if narrowed { "Nobody fits the filter." } else { "There is nobody yet. Import a site package." };
    let heads = ["Reference", "Name", "Site", "Account", "From", "To", "#Lines"];
    let rows = page.rows.iter().map(row).collect();
    view! {
        {table("people", "People of the directory, by reference", &heads, rows, empty)}
        {pager("/people", &rest, &filter.after, page.next.as_deref())}
    }
    .into_any()
}

fn row(row: &Listed) -> AnyView {
    let day = |at: Option<i64>| at.map(|at| Day::of(Timestamp(at)).to_string());
    let state = AccountState::parse(&row.account);
    // Somebody who has gone and whose line still stands is what one looks for here.
    let left_behind = (row.lines > 0 && state.is_some_and(AccountState::ended))
        .then(|| badge(Tone::Bad, "line still stands"));
    view! {
        <tr data-person=row.reference.clone()>
            <th scope="row"><a href=path(&row.reference)><code>{row.reference.clone()}</code></a></th>
            <td>{row.name.clone()}</td>
            <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td>{state.map(account)} " " {left_behind}</td>
            <td data-label="From">{day(row.starts_at)}</td>
            <td data-label="To">{day(row.ends_at)}</td>
            <td class="number" data-label="Lines">{row.lines}</td>
        </tr>
    }
    .into_any()
}

pub(crate) async fn show(signed: Signed, Path(reference): Path<String>) -> Answer {
    page(&signed, &reference, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, reference: &str, attempt: &Attempt) -> Answer {
    let view = people::view(signed.services(), &signed.op, reference).await?;
    let found = view.findings(Day::of(signed.op.now));
    Ok(signed.page(attempt.status(), &view.person.name, || {
        let matter = (!found.is_empty()).then(|| section("matter", "To look at", finding::list(&found)));
        view! {
            {top(&view)}
            {finding::summary(attempt)}
            {about(&view, signed.op.now)}
            {matter}
            {section("lines", "Extensions and lines", lines(&view.lines))}
            {signed.may(Action::Numbers).then(|| section("account", "Change the account", change(signed, &view, attempt)))}
        }
        .into_any()
    }))
}

fn top(view: &PersonView) -> AnyView {
    let code = &view.site.code;
    let trail = [
        step("/", "Overview"),
        step(format!("/sites/{code}"), code.clone()),
        step(format!("/people?site={code}"), "People"),
    ];
    let title = view! { {view.person.name.clone()} " " {account(view.person.account)} };
    head(&trail, title.into_any(), ().into_any())
}

fn about(view: &PersonView, now: Timestamp) -> AnyView {
    let p = &view.person;
    let day = |day: Option<Day>| day.map_or_else(none, |day| day.to_string().into_any());
    let said = p.changed_at.map_or_else(
        || view! { {p.source.clone()} ", age not recorded" }.into_any(),
        |at| view! { {p.source.clone()} ", " {time::time(at)} " (" {time::ago(at, now)} ")" }.into_any(),
    );
    facts(vec![
        ("Reference", id::id(p.reference.clone(), "reference")),
        (
            "Site",
            view! { <a href=format!("/sites/{}", view.site.code)>{view.site.name.clone()}</a> }.into_any(),
        ),
        ("Contact", long(text(&p.email))),
        ("Account", p.account.word().into_any()),
        ("First day", day(p.starts)),
        ("Gone from", day(p.ends)),
        ("Who says so", said),
    ])
}

fn lines(lines: &[Line]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let x = &line.extension;
            let phones: Vec<_> = line
                .appearances
                .iter()
                .map(|at| {
                    let name = format!("{} {}, line key {}", at.vendor, at.model, at.position);
                    let revoke = format!("/requests/new?mac={}&index={}&kind=unbind", at.mac, at.position);
                    view! {
                        <li>
                            <a href=format!("/devices/{}", at.mac)>{name}</a> ", "
                            <a href=format!("/requests/{}", at.number)>{format!("CR-{}", at.number)}</a> ", "
                            <a href=revoke>"revoke"</a>
                        </li>
                    }
                })
                .collect();
            let phones =
                if phones.is_empty() { none() } else { view! { <ul class="plain">{phones}</ul> }.into_any() };
            let did = x.did.as_ref().map(|did| {
                view! { <a href=format!("/numbers/{did}")><code>{did.to_string()}</code></a> }
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/numbers/{}", x.number)>{x.number.to_string()}</a></th>
                    <td data-label="DID">{did}</td>
                    <td data-label="Class of service">{x.class_of_service.clone()}</td>
                    <td>{if x.enabled { "enabled" } else { "disabled" }}</td>
                    <td data-label="Stands on">{phones}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Extension", "DID", "Class of service", "State", "Stands on"];
    table("extensions", "Extensions that the person answers for", &heads, rows, "None.")
}

fn change(signed: &Signed, view: &PersonView, attempt: &Attempt) -> AnyView {
    let p = &view.person;
    let chosen = attempt.typed(CHANGE, "account").unwrap_or(p.account.word()).to_owned();
    let states: Vec<_> = AccountState::ALL
        .iter()
        .map(|state| {
            let word = state.word();
            view! { <option value=word selected=word == chosen>{word}</option> }
        })
        .collect();
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let fields = view! {
        <p class="hint">"Suspended and left: nothing new is bound at once, and a request to revoke each line that stands is submitted. Another person approves it."</p>
        <div class="row end">
            <div class="field">
                <label for="change-account">"Account"</label>
                <select id="change-account" name="account">{states}</select>
            </div>
            {Field::new(CHANGE, "starts", "First day").kind("date").value(day(p.starts)).view(attempt)}
            {Field::new(CHANGE, "ends", "Gone from").kind("date").value(day(p.ends)).view(attempt)}
            {Field::new(CHANGE, "reason", "Reason").required().view(attempt)}
            <button>"Change the account"</button>
        </div>
    };
    form(signed, CHANGE, CHANGE, &path(&p.reference), fields.into_any())
}
