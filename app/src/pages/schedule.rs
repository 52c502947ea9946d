//! Schedules: opening hours as a list, and one schedule with how it stands and who keeps it.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, none},
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{authz::Action, package::ZONES, schedule::Status};
use leptos::prelude::*;
use services::{
    schedules::{self, ScheduleView},
    sites,
    view::SiteCard,
};

pub(crate) const DEFINE: &str = "define";
pub(crate) const ALTER: &str = "alter";
pub(crate) const REMOVE: &str = "remove";

/// The page of a schedule.
pub(crate) fn path(code: &str) -> String {
    format!("/numbers/schedules/{code}")
}

pub(crate) async fn list(signed: Signed) -> Answer {
    list_page(&signed, &Attempt::default()).await
}

pub(crate) async fn list_page(signed: &Signed, attempt: &Attempt) -> Answer {
    let rows = schedules::list(signed.services(), &signed.op).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Schedules", || {
        let heads = ["Schedule", "Name", "Site", "Now", "Hours", "Time zone"];
        let table_rows = rows.iter().map(row).collect();
        let none = "There is no schedule yet. Define one, or import a sheet of schedules.";
        view! {
            {head(&[step("/numbers", "Numbers")], "Schedules".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {table("schedules", "Opening hours, by short name", &heads, table_rows, none)}
            {signed.may(Action::Numbers).then(|| section("define-schedule", "Define a schedule", define(signed, &sites, attempt)))}
        }
        .into_any()
    }))
}

fn status(status: &Status) -> AnyView {
    let word = if status.open { badge(Tone::Good, "open") } else { badge(Tone::Quiet, "closed") };
    let until = status.until.map(|at| view! { " until " {time::time(at)} });
    let holiday = status.holiday.as_ref().map(|name| format!(", {name}"));
    view! { {word} {holiday} {until} }.into_any()
}

fn row(view: &ScheduleView) -> AnyView {
    let s = &view.stored;
    view! {
        <tr data-schedule=s.code.to_string()>
            <th scope="row"><a href=path(s.code.as_ref())><code>{s.code.to_string()}</code></a></th>
            <td>{s.name.clone()}</td>
            <td><a href=format!("/sites/{}", view.site)>{view.site.clone()}</a></td>
            <td data-label="Now">{status(&view.status)}</td>
            <td data-label="Hours">{s.schedule.hours()}</td>
            <td data-label="Time zone">{s.schedule.zone.clone()}</td>
        </tr>
    }
    .into_any()
}

pub(crate) async fn show(signed: Signed, Path(code): Path<String>) -> Answer {
    page(&signed, &code, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, attempt: &Attempt) -> Answer {
    let view = schedules::view(signed.services(), &signed.op, code).await?;
    Ok(signed.page(attempt.status(), &view.stored.name, || {
        let trail = [step("/numbers", "Numbers"), step("/numbers/schedules", "Schedules")];
        view! {
            {head(&trail, view.stored.name.clone().into_any(), ().into_any())}
            {finding::summary(attempt)}
            {about(signed, &view)}
            {section("next-week", "When it is open in the next seven days", week(&view))}
            {signed.may(Action::Numbers).then(|| change(signed, &view, attempt))}
        }
        .into_any()
    }))
}

fn about(signed: &Signed, view: &ScheduleView) -> AnyView {
    let s = &view.stored;
    let links = |all: &[String], to: fn(&str) -> String| {
        let items: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(n, name)| view! { {(n > 0).then_some(", ")} <a href=to(name)>{name.clone()}</a> })
            .collect();
        if items.is_empty() { none() } else { items.into_any() }
    };
    let said = view! { {s.changed_by.clone()} ", " {time::time(s.changed_at)} " (" {time::ago(s.changed_at, signed.op.now)} ")" };
    let holidays: Vec<_> = s
        .schedule
        .days()
        .split("; ")
        .filter(|d| !d.is_empty())
        .map(|day| view! { <li>{day.to_owned()}</li> })
        .collect();
    let holidays =
        if holidays.is_empty() { none() } else { view! { <ul class="plain">{holidays}</ul> }.into_any() };
    facts(vec![
        ("Short name", id::id(s.code.to_string(), "short name")),
        ("Site", view! { <a href=format!("/sites/{}", view.site)>{view.site.clone()}</a> }.into_any()),
        ("Now", status(&view.status)),
        ("Time zone", s.schedule.zone.clone().into_any()),
        ("Hours", s.schedule.hours().into_any()),
        ("Holidays", holidays),
        ("Hunt groups", links(&view.groups, super::hunt_group::path)),
        ("Extensions", links(&view.extensions, |number| format!("/numbers/{number}"))),
        ("Who says so", said.into_any()),
    ])
}

fn week(view: &ScheduleView) -> AnyView {
    let rows = view
        .week
        .iter()
        .map(|open| {
            let minutes = (open.to.0 - open.from.0) / domain::time::MINUTE;
            let length = format!("{} h {:02} min", minutes / 60, minutes % 60);
            view! {
                <tr>
                    <td>{time::time(open.from)}</td>
                    <td data-label="To">{time::time(open.to)}</td>
                    <td class="number" data-label="Length">{length}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "week",
        "Openings as instants; where the clocks change, a day is as long as it is",
        &["From", "To", "#Length"],
        rows,
        "Never.",
    )
}

fn inputs(form: &'static str, view: Option<&ScheduleView>, attempt: &Attempt) -> AnyView {
    let of = |text: fn(&ScheduleView) -> String| view.map(text).unwrap_or_default();
    let zones: Vec<_> = ZONES.iter().map(|zone| view! { <option value=*zone></option> }).collect();
    let list = format!("{form}-zones");
    view! {
        <datalist id=list.clone()>{zones}</datalist>
        {Field::new(form, "name", "Name").value(of(|v| v.stored.name.clone())).required().view(attempt)}
        {Field::new(form, "time_zone", "Time zone").value(of(|v| v.stored.schedule.zone.clone())).list(list).required().view(attempt)}
        {Field::new(form, "hours", "Hours").hint("mon-fri 09:00-17:30; sat 10:00-14:00. A night is two: 22:00-24:00 and 00:00-06:00.")
            .value(of(|v| v.stored.schedule.hours())).rows(2).required().view(attempt)}
        {Field::new(form, "holidays", "Holidays").hint("2026-12-25 Christmas Day; 2026-12-24 09:00-12:00 Christmas Eve. Days without hours are closed.")
            .value(of(|v| v.stored.schedule.days().replace("; ", "\n"))).rows(3).view(attempt)}
        {Field::new(form, "reason", "Reason").required().view(attempt)}
    }
    .into_any()
}

fn define(signed: &Signed, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let fields = view! {
        <p class="hint">"Hours are what a clock on the wall of the time zone shows. The platform keeps them too; Ringfence does not write them there."</p>
        <div class="row end">
            {super::hunt_group::site(DEFINE, sites, attempt)}
            {Field::new(DEFINE, "code", "Short name").required().view(attempt)}
            {inputs(DEFINE, None, attempt)}
            <button>"Define the schedule"</button>
        </div>
    };
    form(signed, DEFINE, DEFINE, "/numbers/schedules", fields.into_any())
}

fn change(signed: &Signed, view: &ScheduleView, attempt: &Attempt) -> AnyView {
    let path = path(view.stored.code.as_ref());
    let alter = view! {
        <div class="row end">
            {inputs(ALTER, Some(view), attempt)}
            <button>"Change the schedule"</button>
        </div>
    };
    let remove = view! {
        <p class="hint">"Only when no hunt group and no extension keeps it."</p>
        <div class="row end">
            {Field::new(REMOVE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Remove the schedule"</button>
        </div>
    };
    view! {
        {section("alter-schedule", "Change it", form(signed, ALTER, ALTER, &path, alter.into_any()))}
        {section("remove-schedule", "Remove it", form(signed, REMOVE, REMOVE, &format!("{path}/remove"), remove.into_any()))}
    }
    .into_any()
}
