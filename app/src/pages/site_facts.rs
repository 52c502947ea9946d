//! A site's own facts: name and time zone, voice segments, places; each with the form that changes it.

use super::site::below;
use crate::{
    components::{
        badge::{Tone, badge},
        facts::none,
        field::Field,
        finding,
        form::form,
        head::section,
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::{Path, Query};
use domain::{
    authz::Action,
    site::{Place, Segment},
};
use leptos::prelude::*;
use serde::Deserialize;
use services::site_facts::{self, FactsView};

pub(crate) const RENAME: &str = "rename";
pub(crate) const SEGMENT: &str = "segment";
pub(crate) const PLACE: &str = "place";

/// Which segment or place is changed: its values stand in the form.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    segment: String,
    #[serde(default)]
    place: String,
}

pub(crate) async fn show(signed: Signed, Path(code): Path<String>, Query(wanted): Query<Wanted>) -> Answer {
    page(&signed, &code, &wanted, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, wanted: &Wanted, attempt: &Attempt) -> Answer {
    let view = site_facts::view(signed.services(), &signed.op, code).await?;
    let title = format!("Network and places of {}", view.site.name);
    Ok(signed.page(attempt.status(), &title, || {
        let may = signed.may_at(Action::EditSite, &view.site.code);
        view! {
            {below(&view.site, &title, "/facts")}
            {finding::summary(attempt)}
            {segments(&view, may)}
            {may.then(|| segment(signed, &view, wanted, attempt))}
            {places(&view, may)}
            {may.then(|| place(signed, &view, wanted, attempt))}
            {may.then(|| rename(signed, &view, attempt))}
        }
        .into_any()
    }))
}

fn change(site: &str, field: &str, code: &str, form: &str) -> AnyView {
    let query = crate::render::query(&[(field, code)]);
    let address = format!("/sites/{site}/facts{query}#{form}-form");
    view! { <a href=address aria-label=format!("Change {code}")>"Change"</a> }.into_any()
}

fn segments(view: &FactsView, may: bool) -> AnyView {
    let row = |s: &Segment| {
        let vlan = s.vlan.map_or_else(none, IntoAny::into_any);
        let ntp = s.ntp.clone().map_or_else(none, IntoAny::into_any);
        view! {
            <tr data-segment=s.code.clone()>
                <th scope="row">{s.code.clone()}</th>
                <td data-label="Network"><code>{s.cidr.to_string()}</code></td>
                <td data-label="VLAN">{vlan}</td>
                <td data-label="Time server">{ntp}</td>
                <td>{may.then(|| change(&view.site.code, "segment", &s.code, SEGMENT))}</td>
            </tr>
        }
        .into_any()
    };
    let rows = view.segments.iter().map(row).collect();
    let heads = ["Segment", "Network", "VLAN", "Time server", ""];
    let none = "The site has no voice segment yet.";
    section("segments", "Voice segments", table("segments-table", "Networks of phones", &heads, rows, none))
}

fn segment(signed: &Signed, view: &FactsView, wanted: &Wanted, attempt: &Attempt) -> AnyView {
    let known = view.segments.iter().find(|s| s.code == wanted.segment);
    let of = |get: fn(&Segment) -> String| known.map(get).unwrap_or_default();
    let fields = view! {
        <p class="hint">"A code that exists is changed, another one is added. A changed network voids the segment's gate. With phones in the segment, VLAN and time server are a change of what they get: saving them makes a draft for somebody to approve, which says what it does to every phone."</p>
        <div class="row end">
            {Field::new(SEGMENT, "code", "Segment").value(of(|s| s.code.clone())).required().view(attempt)}
            {Field::new(SEGMENT, "cidr", "Network").hint("As 10.20.0.0/24").value(of(|s| s.cidr.to_string())).required().view(attempt)}
            {Field::new(SEGMENT, "vlan", "VLAN").value(of(|s| s.vlan.map(|v| v.to_string()).unwrap_or_default())).view(attempt)}
            {Field::new(SEGMENT, "ntp", "Time server").value(of(|s| s.ntp.clone().unwrap_or_default())).view(attempt)}
            {Field::new(SEGMENT, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Save the segment"</button>
        </div>
    };
    let action = format!("/sites/{}/facts/segment", view.site.code);
    let open = known.is_some() || attempt.typed(SEGMENT, "code").is_some();
    fold(
        "segment-form",
        "Add or change a segment",
        open,
        form(signed, SEGMENT, SEGMENT, &action, fields.into_any()),
    )
}

fn fold(id: &'static str, title: &'static str, open: bool, form: AnyView) -> AnyView {
    view! {
        <div class="panel" id=id>
            <details class="act" open=open><summary>{title}</summary>{form}</details>
        </div>
    }
    .into_any()
}

fn places(view: &FactsView, may: bool) -> AnyView {
    let row = |p: &Place| {
        let emergency = if p.emergency_known() {
            view! { {p.emergency_location.clone()} ", " <a href=format!("/numbers/{}", p.callback_number)>{p.callback_number.clone()}</a> }
                .into_any()
        } else {
            badge(Tone::Bad, "missing")
        };
        view! {
            <tr data-place=p.code.clone()>
                <th scope="row">{p.code.clone()}</th>
                <td>{format!("{}, {}, {}", p.building, p.floor, p.room)}</td>
                <td class="prose" data-label="Emergency">{emergency}</td>
                <td data-label="Contact">{Some(p.contact.clone()).filter(|contact| !contact.is_empty())}</td>
                <td>{may.then(|| change(&view.site.code, "place", &p.code, PLACE))}</td>
            </tr>
        }
        .into_any()
    };
    let rows = view.places.iter().map(row).collect();
    let heads = ["Place", "Where", "Emergency location and callback", "Contact", ""];
    let none = "The site has no place yet.";
    section(
        "places",
        "Places",
        table("places-table", "Where phones stand, and what an ambulance needs to know", &heads, rows, none),
    )
}

fn place(signed: &Signed, view: &FactsView, wanted: &Wanted, attempt: &Attempt) -> AnyView {
    let known = view.places.iter().find(|p| p.code == wanted.place);
    let of = |get: fn(&Place) -> String| known.map(get).unwrap_or_default();
    let fields = view! {
        <p class="hint">"A code that exists is changed, another one is added. Without an emergency location and a callback number no line is bound there."</p>
        <div class="row end">
            {Field::new(PLACE, "code", "Place").value(of(|p| p.code.clone())).required().view(attempt)}
            {Field::new(PLACE, "building", "Building").value(of(|p| p.building.clone())).required().view(attempt)}
            {Field::new(PLACE, "floor", "Floor").value(of(|p| p.floor.clone())).required().view(attempt)}
            {Field::new(PLACE, "room", "Room or area").value(of(|p| p.room.clone())).required().view(attempt)}
            {Field::new(PLACE, "emergency_location", "Emergency location").value(of(|p| p.emergency_location.clone())).required().view(attempt)}
            {Field::new(PLACE, "callback_number", "Callback number").hint("As +442079460100").value(of(|p| p.callback_number.clone())).required().view(attempt)}
            {Field::new(PLACE, "contact", "Contact").value(of(|p| p.contact.clone())).view(attempt)}
            {Field::new(PLACE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Save the place"</button>
        </div>
    };
    let action = format!("/sites/{}/facts/place", view.site.code);
    let open = known.is_some() || attempt.typed(PLACE, "code").is_some();
    fold("place-form", "Add or change a place", open, form(signed, PLACE, PLACE, &action, fields.into_any()))
}

fn rename(signed: &Signed, view: &FactsView, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <p class="hint">"The time zone is an IANA name, as Europe/London. With phones at the site, changing it makes a draft for somebody to approve."</p>
        <div class="row end">
            {Field::new(RENAME, "name", "Name").value(view.site.name.clone()).required().view(attempt)}
            {Field::new(RENAME, "time_zone", "Time zone").value(view.site.time_zone.clone()).required().view(attempt)}
            {Field::new(RENAME, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Save"</button>
        </div>
    };
    let action = format!("/sites/{}/facts", view.site.code);
    let open = attempt.typed(RENAME, "name").is_some();
    fold(
        "rename-form",
        "Change name or time zone",
        open,
        form(signed, RENAME, RENAME, &action, fields.into_any()),
    )
}
