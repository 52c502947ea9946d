//! Devices: the inventory, and one device with its line keys and what it would get now.

pub(crate) mod acts;

use self::acts::{handset, may_enter, may_release, release, reveal};
use super::{change_request, drift, enrolment, exception, pin};
use crate::{
    components::{
        badge,
        decision::decision,
        facts::{facts, long, text},
        finding,
        head::{head, plain, section, step},
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
use domain::{Mac, authz::Action, device::EndpointKind};
use leptos::prelude::*;
use services::{
    devices, sites,
    view::{DeviceFilter, DeviceRow, DeviceView, EndpointView, Page, SiteCard},
};

pub(crate) async fn list(signed: Signed, Query(filter): Query<DeviceFilter>) -> Answer {
    let page = devices::list(signed.services(), &signed.op, &filter).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(StatusCode::OK, "Devices", || inventory(&signed, &filter, &sites, &page)))
}

fn inventory(signed: &Signed, filter: &DeviceFilter, sites: &[SiteCard], page: &Page<DeviceRow>) -> AnyView {
    let rest = [("site", filter.site.as_str()), ("q", &filter.q), ("state", &filter.state)];
    let narrowed = rest.iter().any(|(_, value)| !value.is_empty());
    let none = if narrowed {
        "No device fits the filter."
    } else {
        "There is no device yet. Import a site package."
    };
    let request = (narrowed && !page.rows.is_empty() && signed.may(Action::Request)).then(|| {
        view! { <p><a class="button quiet" href=super::selection::path(filter)>"Request for all that are found"</a> " " <a class="button quiet" href=super::return_many::path(filter)>"Return all to earlier settings"</a></p> }
    });
    view! {
        {plain("Devices")}
        {filters(filter, sites)}
        {request}
        {table_of("devices", "Inventory", &page.rows, none)}
        {pager("/devices", &rest, &filter.after, page.next.as_deref())}
    }
    .into_any()
}

fn filters(filter: &DeviceFilter, sites: &[SiteCard]) -> AnyView {
    let option = |value: &str, label: &str, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{label.to_owned()}</option> }
    };
    let sites: Vec<_> =
        sites.iter().map(|card| option(&card.site.code, &card.site.name, &filter.site)).collect();
    let states: Vec<_> =
        ["bound", "unbound", "quarantined"].iter().map(|state| option(state, state, &filter.state)).collect();
    view! {
        <form class="filters" id="filter" data-form="filter" method="get" action="/devices">
            <div class="field">
                <label for="filter-q">"Search"</label>
                <input id="filter-q" name="q" type="search" value=filter.q.clone() placeholder="MAC, serial, model, extension, person" />
            </div>
            <div class="field">
                <label for="filter-site">"Site"</label>
                <select id="filter-site" name="site"><option value="">"All sites"</option>{sites}</select>
            </div>
            <div class="field">
                <label for="filter-state">"State"</label>
                <select id="filter-state" name="state"><option value="">"Any state"</option>{states}</select>
            </div>
            <button class="quiet">"Filter"</button>
            <a href="/devices">"Clear"</a>
        </form>
    }
    .into_any()
}

/// Devices in a table, wherever they are listed.
pub(crate) fn table_of(id: &str, caption: &str, rows: &[DeviceRow], none: &str) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            view! {
                <tr data-mac=row.mac.bare()>
                    <th scope="row">{id::device(row.mac)}</th>
                    <td><code>{row.serial.clone()}</code></td>
                    <td>{row.vendor.clone()} " " {row.model.clone()}</td>
                    <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
                    <td data-label="Place">{row.place.clone()}</td>
                    <td>{badge::device(&row.state)}</td>
                    <td data-label="Lines">{text(&row.lines)}</td>
                    <td data-label="Last fetch">{time::maybe(row.seen, "never")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["MAC", "Serial", "Model", "Site", "Place", "State", "Lines", "Last proven fetch"];
    table(id, caption, &heads, rows, none)
}

pub(crate) async fn show(signed: Signed, Path(mac): Path<String>) -> Answer {
    page(&signed, &mac, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, mac: &str, attempt: &Attempt) -> Answer {
    let device = devices::view(signed.services(), &signed.op, mac).await?;
    let title = device.row.mac.to_string();
    Ok(signed.page(attempt.status(), &title, || {
        view! {
            {top(signed, &device)}
            {finding::summary(attempt)}
            {inventory_facts(&device)}
            {exception::of_device(&device.cases)}
            {section("now", "What it would get now", decision(&device.decision))}
            {(!device.firmware.findings.is_empty()).then(|| section("firmware", "Firmware", finding::list(&device.firmware.findings)))}
            {may_release(signed, &device).then(|| section("release", "Quarantine", release(signed, &device, attempt)))}
            {section("keys", endpoints_title(&device), keys(signed, &device))}
            {may_enter(signed, &device).then(|| section("handsets", "Which handset is which", handset(signed, &device, attempt)))}
            {section(
                "requests",
                "Requests",
                change_request::table_of("device-requests", "Requests about this device", &device.requests, "None is about this device."),
            )}
            {signed.may_at(Action::RevealCredential, &device.row.site).then(|| section("credential", "Provisioning credential", reveal(signed, &device, attempt)))}
        }
        .into_any()
    }))
}

fn top(signed: &Signed, device: &DeviceView) -> AnyView {
    let row = &device.row;
    let trail = [
        step("/", "Overview"),
        step(format!("/sites/{}", row.site), row.site.clone()),
        step("/devices", "Devices"),
    ];
    let title = view! { {id::id(row.mac.to_string(), "MAC")} " " {badge::device(&row.state)} };
    let bound = device.endpoints.iter().any(|key| key.extension.is_some());
    let replace = (bound && signed.may_at(Action::Request, &row.site)).then(|| {
        view! { <a class="button quiet" href=format!("/exceptions/replace?old={}", row.serial)>"Replace this phone"</a> }
    });
    let lost = (row.state != "retired" && signed.may_at(Action::ReportLoss, &row.site)).then(|| {
        view! { <a class="button quiet" href=format!("/exceptions/loss?mac={}", row.mac.bare())>"Report it lost"</a> }
    });
    let trace = view! {
        {replace}
        {lost}
        <a class="button quiet" href=format!("/layers/phones/{}", row.mac.bare())>"Layers and exceptions"</a>
        <a class="button quiet" href=format!("/devices/{}/return", row.mac.bare())>"Earlier settings"</a>
        <a class="button quiet" href=format!("/trace/{}", row.mac.bare())>"Trace this phone"</a>
    };
    head(&trail, title.into_any(), trace.into_any())
}

pub(crate) fn inventory_facts(device: &DeviceView) -> AnyView {
    let row = &device.row;
    facts(vec![
        ("Serial", id::id(row.serial.clone(), "serial")),
        ("Model", format!("{} {}", row.vendor, row.model).into_any()),
        ("Site", view! { <a href=format!("/sites/{}", row.site)>{row.site.clone()}</a> }.into_any()),
        ("Segment", text(&device.segment)),
        ("Place", text(&row.place)),
        ("Emergency location", long(text(&device.emergency))),
        ("Callback number", text(&device.callback)),
        ("Last proven fetch", time::maybe(row.seen, "never")),
        ("Firmware", super::firmware::of_device(&device.firmware)),
        ("Pinned", pin::of_device(device.pin.as_ref())),
        ("Settings", long(drift::of_device(device.drift.as_ref()))),
        ("Steady path", long(id::id(device.steady_path.clone(), "path"))),
        ("Enrolment", enrolled(device)),
    ])
}

/// How it came, or may come, by its credential.
fn enrolled(device: &DeviceView) -> AnyView {
    let path = format!("/enrolment/{}", device.row.mac.bare());
    let newest = device.enrolment.as_ref();
    let what = newest.map_or("no code, no address", |token| token.kind.title());
    let state = newest.map(|token| enrolment::state(&token.state));
    view! { <a href=path>{what}</a> " " {state} }.into_any()
}

/// All endpoints of a device are of one kind: its model's.
fn kind(device: &DeviceView) -> EndpointKind {
    device.endpoints.first().map_or(EndpointKind::LineKey, |endpoint| endpoint.kind)
}

fn endpoints_title(device: &DeviceView) -> &'static str {
    match kind(device) {
        EndpointKind::LineKey => "Line keys",
        EndpointKind::DectHandset => "Handsets",
        EndpointKind::FxsPort => "Ports",
    }
}

fn keys(signed: &Signed, device: &DeviceView) -> AnyView {
    let (kind, all) = (kind(device), endpoints_title(device).to_lowercase());
    let first_empty = device.endpoints.iter().find(|key| key.extension.is_none()).map(|key| key.index);
    let (shown, more): (Vec<_>, Vec<_>) = device
        .endpoints
        .iter()
        .partition(|key| key.extension.is_some() || key.ipei.is_some() || Some(key.index) == first_empty);
    let mut heads = vec!["Key", "Extension", "Owner", "Change", "Approved by", "Action"];
    match kind {
        EndpointKind::LineKey => {}
        EndpointKind::DectHandset => heads.splice(..1, ["Handset", "IPEI"]).for_each(drop),
        EndpointKind::FxsPort => heads[0] = "Port",
    }
    let rows =
        |keys: &[&EndpointView]| keys.iter().map(|key| key_row(signed, device, key)).collect::<Vec<_>>();
    let rest = (!more.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>{if more.len() == 1 { format!("1 more empty {}", all.trim_end_matches('s')) } else { format!("{} more empty {all}", more.len()) }}</summary>
                {table("more-keys", &format!("Further {all}"), &heads, rows(&more), "")}
            </details>
        }
    });
    let none = format!("This model has no {}.", kind.title());
    view! {
        {table("line-keys", &format!("{} of this device", endpoints_title(device)), &heads, rows(&shown), &none)}
        {rest}
    }
    .into_any()
}

fn key_row(signed: &Signed, device: &DeviceView, key: &EndpointView) -> AnyView {
    let mac = device.row.mac.bare();
    let kind = if key.extension.is_some() { "unbind" } else { "bind" };
    let label = if key.extension.is_some() { "Revoke" } else { "Bind" };
    let address = format!("/requests/new?mac={mac}&index={}&kind={kind}", key.index);
    let name = format!("{label} {} {}", key.kind.title(), key.index);
    let act = signed.may_at(Action::Request, &device.row.site).then(|| {
        view! { <a class="button quiet" href=address aria-label=name>{label}</a> }
    });
    let change = key.change.as_ref().map(|change| {
        let number = change.trim_start_matches("CR-").to_owned();
        view! { <a href=format!("/requests/{number}")>{change.clone()}</a> }
    });
    let head = match key.kind {
        EndpointKind::LineKey => "Key",
        EndpointKind::DectHandset => "Handset",
        EndpointKind::FxsPort => "Port",
    };
    let ipei = (key.kind == EndpointKind::DectHandset).then(
        || view! { <td data-label="IPEI">{key.ipei.map(|ipei| id::id(ipei.to_string(), "IPEI"))}</td> },
    );
    view! {
        <tr data-key=key.index.to_string()>
            <th scope="row" data-label=head>{key.index}</th>
            {ipei}
            <td data-label="Extension">{text(key.extension.as_deref().unwrap_or_default())} {also(&key.also)}</td>
            <td data-label="Owner">{key.owner.clone()}</td>
            <td data-label="By">{change}</td>
            <td data-label="Approved by">{key.approver.clone()}</td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}

/// Where a shared line stands besides, as links; nothing for any other.
pub(crate) fn also(others: &[Mac]) -> Option<AnyView> {
    let links: Vec<_> = others.iter().map(|mac| view! { " " {id::device(*mac)} }).collect();
    (!links.is_empty()).then(|| view! { <span class="hint">"also on" {links}</span> }.into_any())
}
