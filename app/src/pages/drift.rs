//! Drift: which phones say something else than they should, and why.

use crate::{
    components::{
        badge::{Tone, badge},
        head::{plain, section},
        id,
        pager::pager,
        table::table,
        time,
    },
    render::query,
    visitor::{Answer, Signed},
};
use axum::{extract::Query, http::StatusCode};
use domain::drift::{Applied, Drift, Fetched, Reason};
use leptos::prelude::*;
use serde::Deserialize;
use services::drift::{self, BoardView, DriftRow};

/// Where one is on the board.
#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    after: String,
}

pub(crate) async fn show(signed: Signed, Query(place): Query<Place>) -> Answer {
    let view = drift::view(signed.services(), &signed.op, &place.reason, &place.after).await?;
    Ok(signed.page(StatusCode::OK, "Drift", || {
        let reason = view.reason;
        let rows = view.rows.iter().map(|row| line(reason, row)).collect();
        let heads = ["Device", "Model", "Site", "Since", "Last proven fetch", "Expected next", "What it says"];
        let next_step = (!view.rows.is_empty()).then(|| view! { <p class="hint">{reason.next_step()}</p> });
        let listed = view! {
            {next_step}
            {table("drift-devices", "By MAC", &heads, rows, "No phone is here for this reason.")}
            {pager("/drift", &[("reason", reason.word())], &place.after, view.next.as_deref())}
        };
        view! {
            {plain("Drift")}
            <p class="lede">"What phones say they run, beside what they should. That a file was fetched does not show that it was applied; a phone's page tells the two apart. Ten thousand phones are looked at every minute."</p>
            {counts(&view)}
            {section("listed", &format!("Phones: {}", reason.says()), listed.into_any())}
        }
        .into_any()
    }))
}

fn counts(view: &BoardView) -> AnyView {
    let rows = view
        .counts
        .iter()
        .map(|(reason, many)| {
            let shown = *reason == view.reason;
            let link = format!("/drift{}", query(&[("reason", reason.word())]));
            let current = shown.then_some("true");
            view! {
                <tr data-reason=reason.word()>
                    <th scope="row"><a href=link aria-current=current>{reason.says()}</a></th>
                    <td class="number" data-label="Phones">{*many}</td>
                    <td>{shown.then(|| badge(Tone::Busy, "shown"))}</td>
                    <td class="prose">{reason.next_step()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("drift-counts", "Reasons", &["Reason", "#Phones", "Listed", "Next step"], rows, "")
}

fn line(reason: Reason, row: &DriftRow) -> AnyView {
    let says = match reason {
        Reason::Firmware => format!("{}, wanted {}", row.firmware, row.wanted),
        _ if row.firmware.is_empty() => "nothing".to_owned(),
        _ => format!("firmware {}", row.firmware),
    };
    view! {
        <tr data-drift=row.mac.bare()>
            <th scope="row">{id::device(row.mac)}</th>
            <td>{row.model.clone()}</td>
            <td data-label="Site"><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td data-label="Since">{time::time(row.since)}</td>
            <td data-label="Last fetch">{time::maybe(row.seen, "never")}</td>
            <td data-label="Expected">{time::maybe(row.expected, "not known")}</td>
            <td data-label="Says">{says}</td>
        </tr>
    }
    .into_any()
}

/// What was fetched and what is applied, on a phone's page; both, because one does not show the other.
pub(crate) fn of_device(drift: Option<&Drift>) -> AnyView {
    let Some(drift) = drift else {
        return view! { <span class="none">"nothing to compare"</span> }.into_any();
    };
    let fetched = match drift.fetched {
        Fetched::Never => view! { "never fetched with proof" }.into_any(),
        Fetched::Earlier(at) => {
            view! { {badge(Tone::Warning, "earlier settings")} " fetched " {time::time(at)} }.into_any()
        }
        Fetched::Current(at) => {
            view! { {badge(Tone::Good, "current settings")} " fetched " {time::time(at)} }.into_any()
        }
    };
    let applied = match drift.applied {
        Applied::NotKnown => view! { "whether it runs them is not known" }.into_any(),
        Applied::Shown(at) => {
            view! { "its own settings, sent " {time::time(at)} ", contradict none" }.into_any()
        }
        Applied::Contradicted => view! { "settings made at the phone win over ours" }.into_any(),
    };
    let reasons: Vec<_> = drift
        .reasons
        .iter()
        .map(|reason| {
            let link = format!("/drift{}", query(&[("reason", reason.word())]));
            view! { " " <a href=link>{badge(Tone::Warning, reason.says())}</a> }
        })
        .collect();
    view! { {fetched} "; " {applied} "; expected next: " {time::maybe(drift.expected, "not known")} "." {reasons} }
        .into_any()
}
