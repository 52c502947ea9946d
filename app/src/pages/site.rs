//! A site: where its opening is, its steps, figures, and the gate of each segment.

use super::{gate, opening, overview, policy, scope, step};
use crate::{
    components::{
        badge,
        facts::facts,
        finding,
        head::{head, step as trail},
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{Finding, site::Site};
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
            {tabs(&site.card.site, "")}
            {frozen(site.opening.frozen.as_ref())}
            {finding::summary(attempt)}
            {figures(&site.card)}
            {opening::panel(signed, &site.opening, attempt)}
            {step::panel(&site.opening)}
            {scope::panel(signed, code, site.card.site.scope, limits, attempt)}
            {site.segments.iter().map(|segment| gate::segment(signed, code, segment, attempt)).collect::<Vec<_>>()}
            {policy::panel(signed, code, &site.policy, attempt)}
        }
        .into_any()
    }))
}

/// The pages of a site: what stands in the address after its code, and the name.
const PAGES: [(&str, &str); 5] = [
    ("", "Readiness"),
    ("/package", "Package"),
    ("/cutover", "Cutover"),
    ("/acceptance", "Acceptance"),
    ("/facts", "Network and places"),
];

/// From one page of a site to another.
pub(crate) fn tabs(site: &Site, here: &str) -> AnyView {
    let tabs: Vec<_> = PAGES
        .into_iter()
        .map(|(end, name)| {
            let address = format!("/sites/{}{end}", site.code);
            view! { <li><a href=address aria-current=(end == here).then_some("page")>{name}</a></li> }
        })
        .collect();
    view! { <nav class="tabs" aria-label="Pages of the site"><ul>{tabs}</ul></nav> }.into_any()
}

/// The head of a page of a site that is not its first.
pub(crate) fn below(site: &Site, title: &str, here: &str) -> AnyView {
    let way = [trail("/", "Overview"), trail(format!("/sites/{}", site.code), site.name.clone())];
    view! { {head(&way, title.to_owned().into_any(), ().into_any())} {tabs(site, here)} }.into_any()
}

/// That nothing is applied here now.
pub(crate) fn frozen(finding: Option<&Finding>) -> Option<AnyView> {
    let list = finding::list(&[finding?.clone()]);
    Some(
        view! { <div id="frozen">{list} <p class="next"><a href="/freezes">"To the freezes"</a></p></div> }
            .into_any(),
    )
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
    head(&[trail("/", "Overview")], title.into_any(), gates.into_any())
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
