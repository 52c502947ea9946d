//! The overview: how ready each site is, and what waits for whoever looks.

use super::{change_request, opening, pin, review};
use crate::{
    components::{
        badge::{self, Tone},
        finding,
        head::{head, section},
        prose::prose,
        table::table,
        time,
    },
    visitor::{Answer, Signed},
};
use axum::http::StatusCode;
use domain::{
    Code, Finding, Timestamp,
    approval::open_to,
    authz::{Action, Roles},
    change_request::State,
    gate::GateStatus,
};
use leptos::prelude::*;
use services::{
    approvals, change_requests,
    edge_certificates::{self, EdgeCertificate},
    freezes::{self, FreezeRow},
    platform::{self, OpenWork},
    returns, reviews, sites,
    view::{RequestRow, SiteCard},
};

/// Rows of the steps that are late: the rest is on the sites' pages.
const MATTERS: usize = 50;

pub(crate) async fn show(signed: Signed) -> Answer {
    let cards = sites::list(signed.services(), &signed.op).await?;
    let certificates = edge_certificates::list(signed.services(), &signed.op)?;
    let platform = platform::open(signed.services(), &signed.op).await?;
    let frozen: Vec<_> = freezes::list(signed.services(), &signed.op).await?;
    let frozen = in_force(&frozen, signed.op.now);
    let open = change_requests::list(signed.services(), &signed.op, "open", "").await?.rows;
    let roles = approvals::roles_now(signed.services(), &signed.op).await?;
    let pinned = returns::count(signed.services(), &signed.op).await?;
    let late = reviews::late_ones(signed.services(), &signed.op).await?;
    Ok(signed.page(StatusCode::OK, "Overview", || {
        view! {
            {head(&[], "Overview".into_any(), signed.may_all(Action::EditSite).then(|| view! { <a class="button quiet" href="/sites/new">"Add a site"</a> }).into_any())}
            {frozen}
            {pin::count(pinned)}
            {readiness(&cards)}
            {matters(&cards)}
            {review::late(&late)}
            {work(&signed, &open, &roles)}
            {at_platform(&platform)}
            {edge(&certificates)}
        }
        .into_any()
    }))
}

/// That something is frozen now.
fn in_force(rows: &[FreezeRow], now: Timestamp) -> Option<AnyView> {
    let held: Vec<_> = rows.iter().filter(|row| row.word(now) == "in force").collect();
    let until = held.iter().map(|row| row.listed.freeze.until).max()?;
    let of: Vec<_> = held
        .iter()
        .map(|row| if row.listed.site.is_empty() { "the organisation" } else { row.listed.site.as_str() })
        .collect();
    let of = of.join(", ");
    Some(
        view! {
            <p class="said" id="in-force">
                {badge::badge(Tone::Warning, "frozen")} " Nothing is applied for " {of} ", until " {time::time(until)} " at the latest. "
                <a href="/freezes">"To the freezes"</a>
            </p>
        }
        .into_any(),
    )
}

/// Steps of openings that are late or have moved; nothing when all is well.
fn matters(cards: &[SiteCard]) -> Option<AnyView> {
    let rows: Vec<_> = cards
        .iter()
        .flat_map(|card| card.opening.findings.iter().map(move |finding| (card, finding)))
        .take(MATTERS)
        .map(|(card, finding)| {
            let code = card.site.code.clone();
            view! {
                <tr data-matter=code.clone()>
                    <th scope="row"><a href=format!("/sites/{code}#steps")>{card.site.name.clone()}</a></th>
                    <td>{finding.subject.clone()}</td>
                    <td class="prose">{finding::says(finding)}</td>
                    <td class="prose">{prose(finding.code.next_step())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let heads = ["Site", "Step", "What is the matter", "Next step"];
    Some(table("matters", "Steps that are late or have moved", &heads, rows, ""))
}

/// What call control has not done yet; nothing when all is done.
fn at_platform(open: &[OpenWork]) -> Option<AnyView> {
    if open.is_empty() {
        return None;
    }
    let rows = open
        .iter()
        .map(|work| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/trace?q={}", work.user)>{work.user.clone()}</a></th>
                    <td>{work.kind.clone()}</td>
                    <td data-label="Since">{time::time(work.since)}</td>
                    <td class="number" data-label="Attempts">{work.attempts}</td>
                    <td class="prose">{work.why.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Line", "What", "Since", "#Attempts", "Why it is not done"];
    let table = table("at-platform", "Not done yet; it is tried again by itself", &heads, rows, "");
    Some(section("platform", "At call control", table))
}

/// When the edge's certificates end. One that ends soon is a finding; otherwise the first end is a line.
fn edge(certificates: &[(EdgeCertificate, Option<Finding>)]) -> Option<AnyView> {
    let first = certificates.iter().map(|(certificate, _)| certificate.not_after).min()?;
    let findings: Vec<_> = certificates.iter().filter_map(|(_, finding)| finding.clone()).collect();
    let content = if findings.is_empty() {
        view! { <p class="calm">"The edge's certificates are good until " {time::time(first)} "."</p> }
            .into_any()
    } else {
        finding::list(&findings)
    };
    Some(section("certificates", "Certificates of the edge", content))
}

fn readiness(cards: &[SiteCard]) -> AnyView {
    let rows = cards
        .iter()
        .map(|card| {
            let code = card.site.code.clone();
            let address = format!("/sites/{code}");
            let gates: Vec<_> = card
                .gates
                .iter()
                .map(|(segment, status)| view! { <li>{badge::gate(status)} " " {segment.clone()}</li> })
                .collect();
            view! {
                <tr data-site=card.site.code.clone()>
                    <th scope="row"><a href=address>{card.site.name.clone()}</a> " " <code>{code}</code></th>
                    <td>{opening::stage(card.opening.stage, card.opening.lacking)}</td>
                    <td data-label="Open steps">{steps(card)}</td>
                    <td><ul class="plain">{gates}</ul></td>
                    <td class="number" data-label="Devices">{card.devices}</td>
                    <td class="number" data-label="Seen">{card.seen}</td>
                    <td class="number" data-label="Bound">{card.bound}</td>
                    <td>{bar(card)}</td>
                    <td class="number" data-label="Waiting">{card.waiting}</td>
                    <td class="prose">{next(card)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "sites",
        "Readiness of sites",
        &[
            "Site",
            "Stage",
            "Open steps",
            "Gates",
            "#Devices",
            "#Seen",
            "#Bound",
            "Progress",
            "#Waiting",
            "Next step",
        ],
        rows,
        "There is no site yet. Import a site package.",
    )
}

/// How many steps are open, and how many of them nobody does.
fn steps(card: &SiteCard) -> AnyView {
    let (open, unowned) = (card.opening.open, card.opening.unowned);
    let nobody = (unowned > 0).then(|| badge::badge(Tone::Warning, format!("{unowned} without owner")));
    view! { {open} " " {nobody} }.into_any()
}

/// Seen and bound as parts of all devices; the figures stand beside it.
pub(crate) fn bar(card: &SiteCard) -> AnyView {
    let share = |part: i64| if card.devices == 0 { 0 } else { (part * 100 / card.devices).clamp(0, 100) };
    let (seen, bound) = (share(card.seen), share(card.bound));
    view! {
        <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=format!("{bound} % bound, {seen} % seen")>
            <rect class="bar-all" width="100" height="8" />
            <rect class="bar-seen" width=seen.to_string() height="8" />
            <rect class="bar-bound" width=bound.to_string() height="8" />
        </svg>
    }
    .into_any()
}

/// The first thing that keeps the site from going on.
fn next(card: &SiteCard) -> String {
    for (segment, status) in &card.gates {
        match status {
            GateStatus::Shut(findings) => {
                let step = findings.first().map_or(Code::GateNotOpen, |finding| finding.code).next_step();
                return format!("{segment}: {step}");
            }
            GateStatus::Expired { .. } => return format!("{segment}: {}", Code::GateExpired.next_step()),
            GateStatus::Open { .. } => {}
        }
    }
    match (card.waiting, card.devices - card.bound) {
        (0, 0) => "Nothing: every device has its line.".to_owned(),
        (0, unbound) => format!("Ask for lines: {unbound} without one."),
        (waiting, _) => format!("Approve what waits: {waiting}."),
    }
}

fn work(signed: &Signed, open: &[RequestRow], roles: &Roles) -> AnyView {
    let mine = |row: &&RequestRow| signed.op.actor.name == row.requester;
    let submitted = |row: &&RequestRow| {
        let given = match &row.state {
            State::Submitted { approvals, .. } => approvals.iter().any(|a| a.by == signed.op.actor.id),
            _ => return false,
        };
        let here = Some(&row.site).filter(|site| !site.is_empty()).cloned().into_iter().collect();
        !given && open_to(&row.missing, &roles.over(&here), signed.op.now)
    };
    let to_approve: Vec<_> = open.iter().filter(|row| submitted(row) && !mine(row)).cloned().collect();
    let applies = |row: &&RequestRow| row.site.is_empty() || signed.may_at(Action::Apply, &row.site);
    let approved = open.iter().filter(|row| matches!(row.state, State::Approved { .. }));
    let to_apply: Vec<_> = approved.filter(applies).cloned().collect();
    let own: Vec<_> = open.iter().filter(mine).cloned().collect();
    let approver = signed.may(Action::Approve).then(|| {
        change_request::table_of(
            "to-approve",
            "Waiting for your approval",
            &to_approve,
            "Nothing waits for your approval.",
        )
    });
    let applier = signed.may(Action::Apply).then(|| {
        change_request::table_of(
            "to-apply",
            "Approved, to be applied",
            &to_apply,
            "Nothing waits to be applied.",
        )
    });
    let requester = signed
        .may(Action::Request)
        .then(|| change_request::table_of("own", "Your open requests", &own, "You have no open request."));
    if approver.is_none() && applier.is_none() && requester.is_none() {
        return ().into_any();
    }
    section("work", "Your open work", view! { {approver} {applier} {requester} }.into_any())
}
