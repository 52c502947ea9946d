//! An extension that no phone has, as trace shows it.

use crate::components::{
    badge,
    facts::{facts, text},
    head::section,
    id,
    table::table,
    time,
};
use leptos::prelude::*;
use services::view::UnboundView;

pub(super) fn unbound(view: &UnboundView) -> AnyView {
    let why: Vec<_> = view.why.iter().map(|why| view! { <li>{why.clone()}</li> }).collect();
    let rows: Vec<_> = view
        .requests
        .iter()
        .map(|request| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/requests/{}", request.number)>{format!("CR-{}", request.number)}</a></th>
                    <td>{badge::state(&request.state)}</td>
                    <td>{request.mac.map(id::device)}</td>
                    <td class="number" data-label="Key">{request.index}</td>
                    <td data-label="Requester">{request.requester.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let held = match &view.held {
        Some(held) => {
            view! { {id::device(held.mac)} " until " {time::time(held.until)} ", " {held.change.clone()} }
                .into_any()
        }
        None => text(""),
    };
    let requests = (!rows.is_empty()).then(|| {
        let heads = ["Request", "State", "Device", "#Key", "Requester"];
        table("asked-for", "Open requests that ask for it", &heads, rows, "")
    });
    let content = view! {
        <ul>{why}</ul>
        {facts(vec![
            ("Owner", text(&view.owner)),
            ("Account", text(&view.account)),
            ("Site", view! { <a href=format!("/sites/{}", view.site)>{view.site.clone()}</a> }.into_any()),
            ("From outside", text(view.did.as_deref().unwrap_or_default())),
            ("Enabled", if view.enabled { "yes" } else { "no" }.into_any()),
            ("Class of service", text(&view.class_of_service)),
            ("Stood last on", held),
        ])}
        {requests}
    };
    section("unbound", &format!("Extension {}: no phone has it", view.number), content.into_any())
}
