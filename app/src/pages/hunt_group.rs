//! Hunt groups: a list with who is not covered, and one group with its members and what leads to it.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, none, text},
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::Action,
    hunt_group::{HuntGroup, Member, Ring, Typed},
    profile::Destination,
};
use leptos::prelude::*;
use services::{
    hunt_groups::{self, GroupView},
    sites,
    view::SiteCard,
};

pub(crate) const DEFINE: &str = "define";
pub(crate) const ALTER: &str = "alter";
pub(crate) const REMOVE: &str = "remove";

/// The page of a group.
pub(crate) fn path(code: &str) -> String {
    format!("/numbers/groups/{code}")
}

/// The choice of a site in a form.
pub(crate) fn site(form: &'static str, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(form, "site").unwrap_or_default().to_owned();
    let options: Vec<_> = sites
        .iter()
        .map(|card| {
            let code = card.site.code.clone();
            view! { <option value=code.clone() selected=code == chosen>{card.site.name.clone()}</option> }
        })
        .collect();
    let id = format!("{form}-site");
    view! {
        <div class="field">
            <label for=id.clone()>"Site"</label>
            <select id=id.clone() name="site">{options}</select>
        </div>
    }
    .into_any()
}

/// A destination with a link to where it is.
pub(crate) fn destination(to: Option<&Destination>) -> AnyView {
    match to {
        None => none(),
        Some(Destination::Voicemail) => "voicemail".into_any(),
        Some(Destination::Group(code)) => {
            view! { "group " <a href=path(code.as_ref())>{code.to_string()}</a> }.into_any()
        }
        Some(Destination::Number(number)) => {
            view! { <a href=format!("/numbers/{number}")><code>{number.to_string()}</code></a> }.into_any()
        }
    }
}

/// Whether somebody is there.
fn cover(view: &GroupView) -> AnyView {
    match &view.uncovered {
        None => badge(Tone::Good, "covered"),
        Some(finding) => {
            view! { {badge(Tone::Warning, "uncovered")} " " {prose(&finding.detail)} }.into_any()
        }
    }
}

pub(crate) async fn list(signed: Signed) -> Answer {
    list_page(&signed, &Attempt::default()).await
}

pub(crate) async fn list_page(signed: &Signed, attempt: &Attempt) -> Answer {
    let rows = hunt_groups::list(signed.services(), &signed.op).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Hunt groups", || {
        let heads = ["Group", "Name", "Site", "Number", "#Members", "Rings", "Cover, next two weeks"];
        let table_rows = rows.iter().map(row).collect();
        let none = "There is no hunt group yet. Define one, or import a sheet of hunt groups.";
        view! {
            {head(&[step("/numbers", "Numbers")], "Hunt groups".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {table("groups", "Hunt groups, by short name", &heads, table_rows, none)}
            {signed.may(Action::Numbers).then(|| section("define-group", "Define a hunt group", define(signed, &sites, attempt)))}
        }
        .into_any()
    }))
}

fn numbers(group: &HuntGroup) -> AnyView {
    let all: Vec<_> = group
        .numbers()
        .enumerate()
        .map(|(n, number)| {
            view! { {(n > 0).then_some(", ")} <a href=format!("/numbers/{number}")><code>{number.to_string()}</code></a> }
        })
        .collect();
    if all.is_empty() { none() } else { all.into_any() }
}

fn row(view: &GroupView) -> AnyView {
    let g = &view.stored.group;
    view! {
        <tr data-group=g.code.to_string()>
            <th scope="row"><a href=path(g.code.as_ref())><code>{g.code.to_string()}</code></a></th>
            <td>{g.name.clone()}</td>
            <td><a href=format!("/sites/{}", view.site)>{view.site.clone()}</a></td>
            <td data-label="Number">{numbers(g)}</td>
            <td class="number" data-label="Members">{g.members.len()}</td>
            <td data-label="Rings">{g.ring.says()}</td>
            <td data-label="Cover">{cover(view)}</td>
        </tr>
    }
    .into_any()
}

pub(crate) async fn show(signed: Signed, Path(code): Path<String>) -> Answer {
    page(&signed, &code, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, attempt: &Attempt) -> Answer {
    let view = hunt_groups::view(signed.services(), &signed.op, code).await?;
    Ok(signed.page(attempt.status(), &view.stored.group.name, || {
        let trail = [step("/numbers", "Numbers"), step("/numbers/groups", "Hunt groups")];
        let matter =
            view.uncovered.clone().map(|found| section("matter", "To look at", finding::list(&[found])));
        view! {
            {head(&trail, view.stored.group.name.clone().into_any(), ().into_any())}
            {finding::summary(attempt)}
            {about(signed, &view)}
            {matter}
            {section("members", "Members", members(&view))}
            {signed.may(Action::Numbers).then(|| change(signed, &view, attempt))}
        }
        .into_any()
    }))
}

fn about(signed: &Signed, view: &GroupView) -> AnyView {
    let (s, g) = (&view.stored, &view.stored.group);
    let schedule = g.schedule.as_ref().map_or_else(
        || "always open".into_any(),
        |code| view! { <a href=super::schedule::path(code.as_ref())>{code.to_string()}</a> }.into_any(),
    );
    let said = view! { {s.changed_by.clone()} ", " {time::time(s.changed_at)} " (" {time::ago(s.changed_at, signed.op.now)} ")" };
    facts(vec![
        ("Short name", id::id(g.code.to_string(), "short name")),
        ("Site", view! { <a href=format!("/sites/{}", view.site)>{view.site.clone()}</a> }.into_any()),
        ("Numbers", numbers(g)),
        ("Rings", format!("{}, {} s each", g.ring.says(), g.seconds.get()).into_any()),
        ("Schedule", schedule),
        ("Calls outside its hours", destination(g.closed.as_ref())),
        ("Calls that nobody answers", destination(g.otherwise.as_ref())),
        ("Led to by", text(&view.led_to_by.join(", "))),
        ("Who says so", said.into_any()),
    ])
}

fn members(view: &GroupView) -> AnyView {
    let rows = view
        .members
        .iter()
        .zip(1..)
        .map(|(m, position)| {
            let link = match &m.member {
                Member::Extension(number) => {
                    view! { <a href=format!("/numbers/{number}")><code>{number.to_string()}</code></a> }
                        .into_any()
                }
                Member::Group(code) => {
                    view! { "group " <a href=path(code.as_ref())><code>{code.to_string()}</code></a> }
                        .into_any()
                }
            };
            let word = match (&m.member, m.reachable) {
                (Member::Extension(_), true) => badge(Tone::Good, "can be reached"),
                (Member::Extension(_), false) => badge(Tone::Warning, "cannot be reached"),
                (Member::Group(_), true) => badge(Tone::Good, "covered"),
                (Member::Group(_), false) => badge(Tone::Warning, "uncovered"),
            };
            view! {
                <tr>
                    <td class="number" data-label="Position">{position}</td>
                    <th scope="row">{link}</th>
                    <td>{m.name.clone()}</td>
                    <td>{word}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let says = "An extension can be reached when it is enabled, stands on a phone, its owner's account has not ended and it does not forward every call.";
    view! {
        <p class="hint">{says}</p>
        {table("group-members", "Members in their order", &["#Position", "Member", "Who", "Calls"], rows, "")}
    }
    .into_any()
}

fn inputs(form: &'static str, typed: &Typed, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(form, "ring").unwrap_or(&typed.ring).to_owned();
    let rings: Vec<_> = Ring::ALL
        .into_iter()
        .map(|ring| {
            view! { <option value=ring.word() selected=ring.word() == chosen>{ring.says()}</option> }
        })
        .collect();
    let ring = format!("{form}-ring");
    let field =
        |name: &'static str, label: &'static str, value: &str| Field::new(form, name, label).value(value);
    view! {
        {field("name", "Name", &typed.name).required().view(attempt)}
        {field("number", "Extension", &typed.number).view(attempt)}
        {field("did", "DID", &typed.did).view(attempt)}
        <div class="field">
            <label for=ring.clone()>"Rings its members"</label>
            <select id=ring.clone() name="ring">{rings}</select>
        </div>
        {field("seconds", "Seconds each", &typed.seconds).view(attempt)}
        {field("members", "Members, in order", &typed.members).hint("Extensions, and group:NAME for every member of another group.").rows(2).required().view(attempt)}
        {field("schedule", "Schedule", &typed.schedule).hint("Short name; empty: always open").view(attempt)}
        {field("closed", "Outside its hours to", &typed.closed).hint("2101, +44…, group:NAME or voicemail").view(attempt)}
        {field("otherwise", "Unanswered to", &typed.otherwise).hint("2101, +44…, group:NAME or voicemail").view(attempt)}
        {Field::new(form, "reason", "Reason").required().view(attempt)}
    }
    .into_any()
}

fn define(signed: &Signed, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let fields = view! {
        <p class="hint">"Its numbers belong to its site and are the group's from now on. It becomes a request, which somebody else approves. The platform keeps the group too; Ringfence does not write it there."</p>
        <div class="row end">
            {site(DEFINE, sites, attempt)}
            {Field::new(DEFINE, "hunt_group", "Short name").required().view(attempt)}
            {inputs(DEFINE, &Typed::default(), attempt)}
            <button>"Define the group"</button>
        </div>
    };
    form(signed, DEFINE, DEFINE, "/numbers/groups", fields.into_any())
}

fn change(signed: &Signed, view: &GroupView, attempt: &Attempt) -> AnyView {
    let path = path(view.stored.group.code.as_ref());
    let alter = view! {
        <div class="row end">
            {inputs(ALTER, &Typed::from(&view.stored.group), attempt)}
            <button>"Change the group"</button>
        </div>
    };
    let remove = view! {
        <p class="hint">"Only when nothing leads to it, and when somebody else has approved it. Its numbers cool afterwards."</p>
        <div class="row end">
            {Field::new(REMOVE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Remove the group"</button>
        </div>
    };
    view! {
        {section("alter-group", "Change it", form(signed, ALTER, ALTER, &path, alter.into_any()))}
        {section("remove-group", "Remove it", form(signed, REMOVE, REMOVE, &format!("{path}/remove"), remove.into_any()))}
    }
    .into_any()
}
