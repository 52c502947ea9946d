//! Reporting something that becomes a case.

use crate::{
    components::{
        field::Field,
        finding,
        form::form,
        head::{head, step},
    },
    fields::{Attempt, Fields},
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::{
    authz::{self, Action},
    exception::Kind,
};
use leptos::prelude::*;
use serde::Deserialize;

pub(crate) const REPORT: &str = "report";
/// What can be reported, and in which words.
const KINDS: [(Kind, &str); 3] = [
    (Kind::Misrouting, "Calls ring at the wrong phone"),
    (Kind::LayerEffect, "A phone has a setting that no one wanted"),
    (Kind::UnknownDevice, "Something asks that is in no inventory"),
];

/// What the address fills in.
#[derive(Default, Deserialize)]
pub(crate) struct Seen {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    mac: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    number: String,
}

pub(crate) async fn report(signed: Signed, Query(seen): Query<Seen>) -> Answer {
    let fields = Fields::default()
        .with("kind", &seen.kind)
        .with("mac", &seen.mac)
        .with("prefix", &seen.prefix)
        .with("number", &seen.number);
    report_page(&signed, &Attempt::prefilled(REPORT, fields)).await
}

pub(crate) async fn report_page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::somewhere(&signed.op.actor, Action::Cases).map_err(services::Problem::from)?.wherever();
    let chosen = attempt.typed(REPORT, "kind").and_then(Kind::parse);
    let kind = chosen.filter(|kind| KINDS.iter().any(|(k, _)| k == kind)).unwrap_or(Kind::Misrouting);
    Ok(signed.page(attempt.status(), "Report something", || {
        let tabs: Vec<_> = KINDS
            .into_iter()
            .map(|(of, words)| {
                let address = format!("/exceptions/report?kind={}", of.word());
                let current = (of == kind).then_some("page");
                view! { <li><a href=address aria-current=current>{words}</a></li> }
            })
            .collect();
        view! {
            {head(&[step("/exceptions", "Exceptions")], "Report something".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <nav class="tabs" aria-label="What happened"><ul>{tabs}</ul></nav>
            {form(signed, REPORT, REPORT, "/exceptions/report", fields(kind, attempt))}
        }
        .into_any()
    }))
}

fn fields(kind: Kind, attempt: &Attempt) -> AnyView {
    let field = |name: &'static str, label: &'static str, hint: &'static str| {
        Field::new(REPORT, name, label).hint(hint)
    };
    let own = match kind {
        Kind::UnknownDevice => view! {
            {field("mac", "MAC on its label", "Once it is imported, the case closes by itself.").view(attempt)}
            {field("prefix", "Or the network that it asks from", "As the list of probes says: 10.20.0.0/24.").view(attempt)}
        }
        .into_any(),
        Kind::LayerEffect => view! {
            {field("mac", "MAC of the phone", "Its settings are attached as they are now.").required().view(attempt)}
            {field("path", "Setting, if you know it", "For example phone.language.").view(attempt)}
        }
        .into_any(),
        _ => view! {
            {field("number", "Number that was called", "Extension or DID. Its phone is attached as it is now.").required().view(attempt)}
            {field("mac", "MAC of the phone that rang", "Leave it empty if nobody knows.").view(attempt)}
        }
        .into_any(),
    };
    let seen = field("detail", "What was seen", "When, by whom, and what should have happened.")
        .rows(3)
        .required()
        .view(attempt);
    view! {
        <input type="hidden" name="kind" value=kind.word() />
        {own}
        {seen}
        <button>"Open the case"</button>
    }
    .into_any()
}
