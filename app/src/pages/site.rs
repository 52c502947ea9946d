//! A site: figures, and the gate of each segment.

use super::{gate, overview, policy, scope};
use crate::{
    components::{
        badge,
        facts::facts,
        finding,
        head::{head, step},
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use leptos::prelude::*;
use services::{
    scopes, sites,
    view::{SiteCard, SiteView},
};

pub(crate) async fn show(signed: Signed, Path(code): Path<String>) -> Answer {
    page(&signed, &code, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, code: &str, attempt: &Attempt) -> Answer {
    let site = sites::view(signed.services(), &signed.op, code).await?;
    let limits = scopes::view(signed.services(), &signed.op, code).await?;
    let title = site.card.site.name.clone();
    Ok(signed.page(attempt.status(), &title, || {
        view! {
            {top(&site)}
            {finding::summary(attempt)}
            {figures(&site.card)}
            {scope::panel(signed, code, site.card.site.scope, limits, attempt)}
            {policy::panel(signed, code, &site.policy, attempt)}
            {site.segments.iter().map(|segment| gate::segment(signed, code, segment, attempt)).collect::<Vec<_>>()}
        }
        .into_any()
    }))
}

fn top(site: &SiteView) -> AnyView {
    let title = view! { {site.card.site.name.clone()} " " <code>{site.card.site.code.clone()}</code> };
    let gates: Vec<_> = site
        .card
        .gates
        .iter()
        .map(|(code, status)| view! { <li>{code.clone()} " " {badge::gate(status)}</li> })
        .collect();
    let gates = view! { <ul class="plain row">{gates}</ul> };
    head(&[step("/", "Overview")], title.into_any(), gates.into_any())
}

fn figures(card: &SiteCard) -> AnyView {
    let code = card.site.code.clone();
    let link = |state: &str, count: i64| {
        let address = format!("/devices{}", crate::render::query(&[("site", &code), ("state", state)]));
        view! { <a href=address>{count}</a> }.into_any()
    };
    facts(vec![
        ("Devices", link("", card.devices)),
        ("Seen", card.seen.into_any()),
        ("Bound", link("bound", card.bound)),
        ("Progress", overview::bar(card)),
        ("Waiting for approval", card.waiting.into_any()),
        ("Time zone", card.site.time_zone.clone().into_any()),
    ])
}
