//! Trace: why a phone has its configuration, on one page.

mod unbound;

use super::{change_request, device, serve};
use crate::{
    components::{
        badge,
        decision::decision,
        finding,
        head::{head, plain, section, step},
        id,
        table::table,
        time,
    },
    islands::{Line, LineFilter},
    render::query,
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use domain::{authz::Action, exception::Kind, ledger::ProbeEntry};
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    trace,
    view::{Found, TraceView, TracedFile, UploadRow},
};

/// What is looked for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
}

pub(crate) async fn find(signed: Signed, Query(wanted): Query<Wanted>) -> Answer {
    let q = wanted.q.trim();
    if q.is_empty() {
        return Ok(signed.page(StatusCode::OK, "Trace", || search(q, ().into_any())));
    }
    let found = match trace::find(signed.services(), &signed.op, q).await? {
        Found::Device(mac) => return Ok(Redirect::to(&format!("/trace/{}", mac.bare())).into_response()),
        found => found,
    };
    Ok(signed.page(StatusCode::OK, "Trace", || {
        let result = match &found {
            Found::Several(rows) => several(rows),
            Found::Unbound(view) => unbound::unbound(view),
            Found::Nothing(probes) => nothing(q, probes, signed.may(Action::Cases)),
            Found::Device(_) => ().into_any(),
        };
        search(q, result)
    }))
}

fn search(q: &str, result: AnyView) -> AnyView {
    view! {
        {plain("Trace")}
        <p class="lede">"Why does this phone have this configuration? Find it by MAC, serial, extension, number, person, address or site."</p>
        <form class="filters" id="trace" data-form="trace" method="get" action="/trace">
            <div class="field">
                <label for="trace-q">"Phone"</label>
                <input id="trace-q" name="q" type="search" value=q.to_owned() />
            </div>
            <button>"Find"</button>
        </form>
        {result}
    }
    .into_any()
}

fn several(rows: &[services::view::DeviceRow]) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            view! {
                <tr data-mac=row.mac.bare()>
                    <th scope="row"><a href=format!("/trace/{}", row.mac.bare())><code>{row.mac.to_string()}</code></a></th>
                    <td><code>{row.serial.clone()}</code></td>
                    <td>{row.vendor.clone()} " " {row.model.clone()}</td>
                    <td>{row.site.clone()}</td>
                    <td data-label="Place">{row.place.clone()}</td>
                    <td>{badge::device(&row.state)}</td>
                    <td data-label="Lines">{row.lines.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "found",
        "Several phones: choose one",
        &["MAC", "Serial", "Model", "Site", "Place", "State", "Lines"],
        rows,
        "",
    )
}

fn nothing(q: &str, probes: &[ProbeEntry], reporter: bool) -> AnyView {
    let rows = probes
        .iter()
        .map(|probe| {
            view! {
                <tr>
                    <td>{time::time(probe.at)}</td>
                    <td><code>{probe.prefix.clone()}</code></td>
                    <td>{probe.vendor.map_or("unknown", domain::vendor::Vendor::name)}</td>
                    <td class="number" data-label="Requests">{probe.count}</td>
                    <td>{reporter.then(|| view! { <a href=format!("/exceptions/report{}", query(&[("kind", Kind::UnknownDevice.word()), ("prefix", &probe.prefix)]))>"Report"</a> })}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <p class="empty" role="status">{format!("Nothing here is called {q}.")}</p>
        <p>"Phones that are not in the inventory leave only counts behind. These are the latest:"</p>
        {table("probes", "Requests that proved nothing", &["At", "From", "Vendor", "#Requests", "Action"], rows, "There was none.")}
    }
    .into_any()
}

pub(crate) async fn show(signed: Signed, Path(mac): Path<String>) -> Answer {
    let view = trace::view(signed.services(), &signed.op, &mac).await?;
    let title = format!("Trace {}", view.device.row.mac);
    Ok(signed.page(StatusCode::OK, &title, || {
        view! {
            {top(&view, signed.may(Action::Cases))}
            {device::inventory_facts(&view.device)}
            {section("now", "What it would get now", now(&view))}
            {(!view.overrides.is_empty()).then(|| section("overrides", "Its own settings that win", finding::list(&view.overrides)))}
            {section("served", "What it got", serve::table_of(&view.serves))}
            {section("files", "Line by line, what it would get now", files(&view.files))}
            {(!view.uploads.is_empty()).then(|| section("uploads", "What it has sent", uploads(&view.uploads)))}
            {section("acts", "Who did what", change_request::history("acts-table", &view.acts))}
        }
        .into_any()
    }))
}

fn top(view: &TraceView, reporter: bool) -> AnyView {
    let row = &view.device.row;
    let title = view! { "Trace " {id::id(row.mac.to_string(), "MAC")} " " {badge::device(&row.state)} };
    let mac = row.mac.bare();
    let device = view! {
        <div class="row">
            {reporter.then(|| view! { <a class="button quiet" href=format!("/exceptions/report?kind=layer-effect&mac={mac}")>"Report a setting"</a> })}
            <a class="button quiet" href=format!("/devices/{mac}")>"Device"</a>
        </div>
    };
    head(&[step("/trace", "Trace")], title.into_any(), device.into_any())
}

fn now(view: &TraceView) -> AnyView {
    let revision = view.revision.as_ref().map(|(number, kind, change)| {
        view! { <p>{format!("Revision {number} ({kind}), by ")} {serve::change(change)} "."</p> }
    });
    let lines: Vec<_> = view
        .device
        .endpoints
        .iter()
        .filter_map(|key| {
            let extension = key.extension.as_ref()?;
            let owner = key.owner.clone().unwrap_or_default();
            let by = key.change.as_deref().map(serve::change);
            let approver = key.approver.clone().unwrap_or_default();
            Some(view! { <li>{format!("Line key {}: {extension}, {owner}, by ", key.index)} {by} {format!(", approved by {approver}. ")} {device::also(&key.also)}</li> })
        })
        .collect();
    view! { {decision(&view.device.decision)} {revision} <ul class="plain">{lines}</ul> }.into_any()
}

/// Names and sizes; what is in them is the phone's.
fn uploads(rows: &[UploadRow]) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let sealed = row.sealed.then(|| badge::badge(badge::Tone::Quiet, "of a former owner"));
            view! {
                <tr>
                    <th scope="row"><code>{row.name.clone()}</code> " " {sealed}</th>
                    <td>{row.kind.clone()}</td>
                    <td class="number" data-label="Bytes">{row.bytes}</td>
                    <td data-label="Received">{time::time(row.at)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("uploads-table", "Files that the phone has sent", &["Name", "Kind", "#Bytes", "Received"], rows, "")
}

fn files(files: &[TracedFile]) -> AnyView {
    if files.is_empty() {
        return view! { <p class="empty">"No revision has been published for it yet."</p> }.into_any();
    }
    files.iter().enumerate().map(|(index, file)| one(index, file)).collect::<Vec<_>>().into_any()
}

fn one(index: usize, file: &TracedFile) -> AnyView {
    let lines = (1..)
        .zip(&file.lines)
        .map(|(number, line)| Line {
            number,
            text: line.text.clone(),
            path: line.path.clone().unwrap_or_default(),
            origin: line.origin.clone().unwrap_or_default(),
            overrode: line.overrode.clone(),
        })
        .collect();
    view! {
        <div class="file">
            <h3><code>{file.name.clone()}</code> " " {id::digest(file.digest.clone(), "digest of the file")}</h3>
            <LineFilter id=format!("file-{index}") caption=format!("Lines of {}", file.name) lines=lines />
        </div>
    }
    .into_any()
}
