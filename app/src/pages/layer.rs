//! Layers: what there is, who changes what, which exceptions stand; and one layer with its versions and members.

use crate::{
    components::{
        badge::{self, Tone, badge},
        diff::diff,
        finding,
        head::{head, section, step},
        id,
        pager::pager,
        table::table,
        time,
    },
    render::{percent, query},
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Redirect},
};
use domain::{authz::Action, layer::Level};
use leptos::prelude::*;
use serde::Deserialize;
use services::layers::{
    self,
    view::{ChangeRow, ExceptionRow, LayerRow, LayerView, VersionRow},
};

/// Where one is in the list of changes.
#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    after: String,
}

/// The address of a layer's page.
pub(crate) fn address(level: Level, scope: &str) -> String {
    format!("/layers/of/{}/{}", level.word(), percent(scope))
}

pub(crate) async fn list(signed: Signed, Query(place): Query<Place>) -> Answer {
    let done = place.tab == "done";
    let view = layers::list(signed.services(), &signed.op, done, &place.after).await?;
    let tab = if done { "done" } else { "open" };
    Ok(signed.page(StatusCode::OK, "Layers", || {
        let tabs: Vec<_> = [("open", "Open"), ("done", "Done")]
            .into_iter()
            .map(|(word, name)| {
                let current = (word == tab).then_some("page");
                view! { <li><a href=format!("/layers{}", query(&[("tab", word)])) aria-current=current>{name}</a></li> }
            })
            .collect();
        let levels: Vec<_> = Level::ALL.into_iter().filter_map(|level| of_level(level, &view.layers)).collect();
        let group = signed.may_all(Action::Request).then(new_group);
        view! {
            {head(&[], "Layers".into_any(), ().into_any())}
            <p class="lede">"A phone's settings come from its layers, the most special winning. Another version of a layer is drafted, shown phone by phone, approved by somebody else, and then published."</p>
            {section("changes", "Changes", view! {
                <nav class="tabs" aria-label="Kinds of changes"><ul>{tabs}</ul></nav>
                {changes("layer-changes", "Changes of layers, newest first", &view.changes, "There is none here.")}
                {pager("/layers", &[("tab", tab)], &place.after, view.next.as_deref())}
            }.into_any())}
            {section("exceptions", "Exceptions that stand", exceptions(&view.exceptions, "No phone is an exception."))}
            {section("layers", "Layers", view! { {levels} {group} }.into_any())}
        }
        .into_any()
    }))
}

fn new_group() -> AnyView {
    view! {
        <details class="act">
            <summary>"A new group"</summary>
            <form method="get" action="/layers/group" data-form="new-group" id="new-group">
                <div class="row end">
                    <div class="field">
                        <label for="new-group-code">"Code"</label>
                        <span class="hint">"Lower-case letters, digits and hyphens."</span>
                        <input id="new-group-code" name="code" required pattern="[a-z0-9-]{1,40}" autocomplete="off" />
                    </div>
                    <button class="quiet">"Say whom it is for"</button>
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// Which group.
#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

/// From a code to the form of its group.
pub(crate) async fn group(_signed: Signed, Query(typed): Query<Code>) -> Answer {
    Ok(Redirect::to(&format!("{}/edit", address(Level::Group, typed.code.trim()))).into_response())
}

fn of_level(level: Level, layers: &[LayerRow]) -> Option<AnyView> {
    let rows: Vec<_> = layers
        .iter()
        .filter(|row| row.level == level)
        .map(|row| {
            view! {
                <tr data-layer=format!("{} {}", level.word(), row.name)>
                    <th scope="row"><a href=address(level, &row.scope)>{row.name.clone()}</a></th>
                    <td class="number" data-label="Version">{row.version}</td>
                    <td data-label="Release">{row.release.clone()}</td>
                    <td data-label="By">{by(&row.change)}</td>
                    <td>{time::time(row.at)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let many = rows.len();
    (many > 0).then(|| {
        let title = format!("{} ({many})", title(level));
        let id = format!("layers-{}", level.word());
        let heads = ["Layer", "#Version", "Release", "Published by", "At"];
        let all = table(&id, &title, &heads, rows, "");
        view! { <details class="more" open=many <= 8><summary>{title.clone()}</summary>{all}</details> }
            .into_any()
    })
}

const fn title(level: Level) -> &'static str {
    match level {
        Level::Vendor => "Vendors",
        Level::Model => "Models",
        Level::Organisation => "Organisation",
        Level::Site => "Sites",
        Level::Segment => "Segments",
        Level::Group => "Groups",
        Level::Device => "Devices",
        Level::Exception => "Exceptions",
        Level::Pin => "Pins",
        Level::Line => "Lines",
    }
}

/// What published a version; a change of a layer is where its page is.
pub(crate) fn by(change: &str) -> AnyView {
    let page = |prefix, path: &str| change.strip_prefix(prefix).map(|number| format!("{path}/{number}"));
    match page("LC-", "/layers/changes").or_else(|| page("CR-", "/requests")) {
        Some(address) => view! { <a href=address>{change.to_owned()}</a> }.into_any(),
        None => change.to_owned().into_any(),
    }
}

/// Changes in a table, wherever they are listed.
pub(crate) fn changes(id: &str, caption: &str, rows: &[ChangeRow], none: &str) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let publishing = row.publishing.then(|| badge(Tone::Busy, "phones follow"));
            view! {
                <tr data-change=row.number.to_string()>
                    <th scope="row"><a href=format!("/layers/changes/{}", row.number)>{format!("LC-{}", row.number)}</a></th>
                    <td>{format!("{} {}", row.level.word(), row.name)}</td>
                    <td data-label="Release">{row.release.clone()}</td>
                    <td>{badge::state(&row.state)} " " {publishing}</td>
                    <td data-label="By">{row.requester.clone()}</td>
                    <td>{time::time(row.at)}</td>
                    <td class="prose">{row.note.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(id, caption, &["Change", "Layer", "Release", "State", "By", "Begun", "Why"], rows, none)
}

/// Exceptions in a table, wherever they are listed.
pub(crate) fn exceptions(rows: &[ExceptionRow], none: &str) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let x = &row.exception;
            let ends = match (row.ended, x.expires) {
                (Some(at), _) => view! { {badge(Tone::Quiet, "ended")} " " {time::time(at)} }.into_any(),
                (None, Some(at)) => {
                    let soon = row.soon.as_ref().map(|_| badge(Tone::Warning, "ends soon"));
                    view! { {time::time(at)} " " {soon} }.into_any()
                }
                (None, None) => view! { <span class="none">"not by itself"</span> }.into_any(),
            };
            view! {
                <tr data-excepted=row.change.clone()>
                    <th scope="row">{by(&row.change)}</th>
                    <td>{x.form.title()}<br /><span class="hint">{x.form.says()}</span></td>
                    <td>{id::device(row.mac)}</td>
                    <td data-label="Site">{row.site.clone()}</td>
                    <td data-label="Owner">{x.owner.clone()}</td>
                    <td data-label="Ends">{ends}</td>
                    <td class="prose">{row.reason.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Change", "What is different", "Device", "Site", "Owner", "Ends", "Why"];
    table("layer-exceptions", "Those that end first before the others", &heads, rows, none)
}

pub(crate) async fn show(signed: Signed, Path((level, scope)): Path<(String, String)>) -> Answer {
    let view = layers::layer(signed.services(), &signed.op, &level, &scope).await?;
    let title = format!("Layer {} {}", view.level.word(), view.name);
    Ok(signed.page(StatusCode::OK, &title, || {
        let may = signed.may_all(Action::Request) && view.level < Level::Exception;
        let edit = may.then(|| {
            let address = format!("{}/edit", address(view.level, &view.scope));
            view! { <a class="button" href=address>"Draft another version"</a> }
        });
        let heading = view! { {format!("{} {}", view.level.word(), view.name)} };
        view! {
            {head(&[step("/layers", "Layers")], heading.into_any(), edit.into_any())}
            {rule(&view)}
            {section("says", "What it says", says(&view))}
            {section("changes", "Changes", changes("changes-of-layer", "Newest first", &view.changes, "No change was drafted yet."))}
            {section("versions", "Versions", versions(&view.versions))}
        }
        .into_any()
    }))
}

fn rule(view: &LayerView) -> Option<AnyView> {
    if view.level != Level::Group {
        return None;
    }
    let words = view.rule.as_ref().map_or_else(|| "nobody yet".to_owned(), domain::group::Rule::words);
    let members: Vec<_> = view.members.iter().map(|mac| view! { <li>{id::device(*mac)}</li> }).collect();
    let more = view.member_count.saturating_sub(view.members.len());
    let more = (more > 0).then(|| view! { <p class="hint">{format!("and {more} more")}</p> });
    let content = view! {
        <p>{words}</p>
        <details class="more" open=view.member_count <= 20>
            <summary>{format!("{} devices belong to it now", view.member_count)}</summary>
            <ul class="plain members">{members}</ul>
            {more}
        </details>
    };
    Some(section("members", "Whom it is for", content.into_any()))
}

fn says(view: &LayerView) -> AnyView {
    let c = &view.content;
    let shown = c.settings.iter().map(|(path, value)| {
        let lock = c.locks.get(path).cloned();
        let locked = lock.map(|reason| view! { {badge(Tone::Warning, "locked")} " " {reason} });
        view! {
            <tr>
                <th scope="row"><code class="path">{path.to_string()}</code></th>
                <td><code>{value.to_string()}</code></td>
                <td class="prose">{locked}</td>
            </tr>
        }
        .into_any()
    });
    let alone = c.locks.iter().filter(|(path, _)| !c.settings.contains_key(*path)).map(|(path, reason)| {
        view! {
            <tr>
                <th scope="row"><code class="path">{path.to_string()}</code></th>
                <td><span class="none">"not set"</span></td>
                <td class="prose">{badge(Tone::Warning, "locked")} " " {reason.clone()}</td>
            </tr>
        }
        .into_any()
    });
    let caption =
        if view.version == 0 { "No version yet".to_owned() } else { format!("Version {}", view.version) };
    table(
        "layer-settings",
        &caption,
        &["Setting", "Value", "Lock"],
        shown.chain(alone).collect(),
        "It says nothing.",
    )
}

fn versions(versions: &[VersionRow]) -> AnyView {
    let rows: Vec<_> = versions
        .iter()
        .map(|row| {
            let id = format!("version-{}", row.version);
            let note = (!row.note.is_empty()).then(|| view! { <p class="body">{row.note.clone()}</p> });
            view! {
                <details class="more" id=id.clone()>
                    <summary>{format!("Version {}, release {}", row.version, row.release)} " by " {row.change.clone()} ", " {time::text(row.at)}</summary>
                    {note}
                    {diff(&format!("{id}-diff"), "What it changed", &row.differences)}
                </details>
            }
        })
        .collect();
    if rows.is_empty() { view! { <p class="empty">"There is none."</p> }.into_any() } else { rows.into_any() }
}

/// Findings under a heading, if there are any.
pub(crate) fn remarks(id: &str, title: &str, findings: &[domain::Finding]) -> Option<AnyView> {
    (!findings.is_empty()).then(|| section(id, title, finding::list(findings)))
}
