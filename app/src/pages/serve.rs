//! What a phone was served and refused, on its trace page.

use crate::components::{decision, facts::facts, finding, id, table::table, time};
use domain::ledger::ServeEntry;
use leptos::prelude::*;

/// A change by its name, with a link when it is a request.
pub(crate) fn change(name: &str) -> AnyView {
    match name.strip_prefix("CR-") {
        Some(number) => view! { <a href=format!("/requests/{number}")>{name.to_owned()}</a> }.into_any(),
        None => name.to_owned().into_any(),
    }
}

pub(crate) fn table_of(serves: &[ServeEntry]) -> AnyView {
    let rows = serves.iter().map(row).collect();
    let heads = ["At", "File", "Result", "Revision", "By whose approval", "Proof", "Why", "Particulars"];
    table("serves", "Serves and refusals, newest first", &heads, rows, "It has asked for nothing yet.")
}

fn row(serve: &ServeEntry) -> AnyView {
    let revision = serve.revision.map(|(_, number)| number);
    let approval = view! {
        {serve.change.as_deref().map(change)}
        {serve.approver.clone().map(|name| format!(", {name}"))}
    };
    view! {
        <tr data-serve=serve.decision.word()>
            <td>{time::time(serve.at)}</td>
            <td><code>{serve.file.clone()}</code></td>
            <td>{decision::word(serve.decision)} " " {serve.status}</td>
            <td class="number" data-label="Revision">{revision}</td>
            <td data-label="Approval">{approval}</td>
            <td data-label="Proof">{serve.proof.title()}</td>
            <td data-label="Why">{finding::codes(&serve.findings)}</td>
            <td><details><summary>"More"</summary>{particulars(serve)}</details></td>
        </tr>
    }
    .into_any()
}

fn particulars(serve: &ServeEntry) -> AnyView {
    let layers: Vec<_> = serve
        .layers
        .iter()
        .map(|layer| view! { <li>{format!("{} v{} ({})", layer.name, layer.version, layer.change)}</li> })
        .collect();
    facts(vec![
        ("Client", id::id(serve.client.clone(), "client address")),
        ("User-Agent", serve.user_agent.clone().into_any()),
        ("Bytes", serve.bytes.into_any()),
        (
            "Content digest",
            serve
                .digest
                .map_or_else(|| "none".into_any(), |digest| id::digest(digest.to_string(), "content digest")),
        ),
        ("Layers", view! { <ul class="plain">{layers}</ul> }.into_any()),
    ])
}
