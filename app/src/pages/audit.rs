//! The audit history, and whether the record is whole.

use crate::{
    components::{
        badge::{Tone, badge},
        finding,
        form::button,
        head::head,
        id,
        pager::pager,
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::ledger::{ActEntry, Fault, Verified};
use leptos::prelude::*;
use serde::Deserialize;
use services::{audit, view::VerifyView};

/// Where one is in the list.
#[derive(Default, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    after: String,
}

pub(crate) async fn show(signed: Signed, Query(place): Query<Place>) -> Answer {
    page(&signed, &place, None, &Attempt::default()).await
}

pub(crate) async fn page(
    signed: &Signed,
    place: &Place,
    verified: Option<&VerifyView>,
    attempt: &Attempt,
) -> Answer {
    let page = audit::list(signed.services(), &signed.op, &place.after).await?;
    Ok(signed.page(attempt.status(), "Audit", || {
        view! {
            {head(&[], "Audit".into_any(), button(signed, "verify", "/audit/verify", "Verify the record", ""))}
            {finding::summary(attempt)}
            {verified.map(result)}
            {acts(&page.rows)}
            {pager("/audit", &[], &place.after, page.next.as_deref())}
        }
        .into_any()
    }))
}

fn result(verified: &VerifyView) -> AnyView {
    let faults: Vec<_> = verified.nodes.iter().flat_map(|node| &node.faults).map(fault).collect();
    let whole = faults.is_empty();
    let verdict = if whole {
        view! { {badge(Tone::Good, "whole")} " No entry was altered, dropped, reordered or cut off." }
            .into_any()
    } else {
        view! { {badge(Tone::Bad, "not whole")} {format!(" {} faults. Treat what follows the first as unproven.", faults.len())} }.into_any()
    };
    let nodes = verified.nodes.iter().map(node).collect();
    let heads = ["Node", "#Batches", "#Entries", "#Signed up to batch", "#Faults"];
    view! {
        <section class="panel" id="verified" data-result=if whole { "ok" } else { "faults" } role="status" aria-labelledby="verified-title">
            <h2 id="verified-title">"Verification"</h2>
            <p class="verdict">{verdict}</p>
            <p class="hint">"At " {time::time(verified.at)} {format!(", against {} signed checkpoints.", verified.checkpoints)}</p>
            {(!whole).then(|| table("faults", "Faults", &["Node", "#Batch", "Code", "What is the case", "What to do next"], faults, ""))}
            {table("nodes", "Chains walked", &heads, nodes, "There is no entry yet.")}
        </section>
    }
    .into_any()
}

fn node(node: &Verified) -> AnyView {
    view! {
        <tr data-node=node.node.clone()>
            <th scope="row"><code>{node.node.clone()}</code></th>
            <td class="number" data-label="Batches">{node.batches}</td>
            <td class="number" data-label="Entries">{node.entries}</td>
            <td class="number" data-label="Signed up to batch">{node.last_signed}</td>
            <td class="number" data-label="Faults">{node.faults.len()}</td>
        </tr>
    }
    .into_any()
}

fn fault(fault: &Fault) -> AnyView {
    view! {
        <tr data-code=fault.code.text()>
            <th scope="row"><code>{fault.node.clone()}</code></th>
            <td class="number" data-label="Batch">{fault.seq}</td>
            <td>{finding::severity(fault.code.severity())} " " <code>{fault.code.text()}</code></td>
            <td class="prose">{prose(fault.code.says())} " " {prose(&fault.detail)}</td>
            <td class="prose">{prose(fault.code.next_step())}</td>
        </tr>
    }
    .into_any()
}

fn acts(rows: &[(String, ActEntry)]) -> AnyView {
    let rows = rows
        .iter()
        .map(|(place, act)| {
            view! {
                <tr data-action=act.action.clone()>
                    <td>{time::time(act.at)}</td>
                    <td>{act.actor.as_ref().map_or("the program".to_owned(), |(_, name)| name.clone())}</td>
                    <td><code>{act.action.clone()}</code></td>
                    <td>{act.subject.clone()}</td>
                    <td class="prose">{change(act)}</td>
                    <td class="prose">{prose(&act.reason)}</td>
                    <td>{id::id(place.clone(), "place in the record")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["At", "Who", "Did", "To", "Before and after", "Why", "Place"];
    table("acts", "Administrative acts, newest first", &heads, rows, "Nothing has been done yet.")
}

fn change(act: &ActEntry) -> AnyView {
    let side = |text: &Option<String>, class: &'static str| {
        text.as_deref().map(|text| view! { <span class=class>{prose(text)}</span> })
    };
    let arrow = (act.before.is_some() && act.after.is_some()).then_some(" → ");
    view! { {side(&act.before, "before")} {arrow} {side(&act.after, "after")} }.into_any()
}
