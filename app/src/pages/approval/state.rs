//! How approvals of something stand: what is required and why, what was given, what is missing, who could give it.

use crate::components::{
    badge::{Tone, badge},
    head::section,
    prose::prose,
    time,
};
use domain::{Finding, authz::Role};
use leptos::prelude::*;
use services::view::{ApprovalsView, Given, Waiting};

/// The same under a heading of its own.
pub(crate) fn panel(approvals: &ApprovalsView) -> AnyView {
    section("approvals", "Approvals", facts(approvals, true))
}

pub(crate) fn facts(approvals: &ApprovalsView, why: bool) -> AnyView {
    let given: Vec<_> = approvals.given.iter().map(one_given).collect();
    let waiting: Vec<_> = approvals.waiting.iter().map(one_missing).collect();
    let none = given.is_empty() && waiting.is_empty();
    let none = none.then(|| view! { <p class="calm">"Nothing was submitted for approval."</p> });
    let because = (why && !approvals.because.is_empty()).then(|| {
        let rules: Vec<_> = approvals.because.iter().map(reason).collect();
        view! {
            <details class="more" id="why">
                <summary>{format!("What the rules ask, and why (version {})", approvals.version)}</summary>
                <ul class="plain">{rules}</ul>
            </details>
        }
    });
    let blocked: Vec<_> = approvals
        .findings
        .iter()
        .filter(|finding| finding.code != domain::Code::ApprovalMissing)
        .cloned()
        .collect();
    let blocked = (!blocked.is_empty()).then(|| crate::components::finding::list(&blocked));
    view! {
        <ul class="signatures">{given} {waiting}</ul>
        {none}
        {blocked}
        {because}
    }
    .into_any()
}

fn reason(finding: &Finding) -> AnyView {
    view! { <li><strong>{finding.subject.clone()}</strong> ": " {prose(&finding.detail)}</li> }.into_any()
}

fn one_given(given: &Given) -> AnyView {
    let mark = match given.role {
        Some(role) => badge(Tone::Good, role.title()),
        None => badge(Tone::Quiet, "signed"),
    };
    let for_ = given.for_.as_ref().map(|name| format!(", for {name}"));
    let instead = given.instead.map(|role| format!(", by escalation to {}", role.title()));
    let until =
        given.until.map(|until| view! { <span class="hint">"counts until " {time::time(until)}</span> });
    view! {
        <li data-given=given.by.clone()>
            {mark} " " <span><strong>{given.by.clone()}</strong>{for_}{instead}</span>
            " " <span class="hint">"signed " {time::time(given.at)}</span>
            " " {until}
        </li>
    }
    .into_any()
}

fn one_missing(waiting: &Waiting) -> AnyView {
    let missing = &waiting.missing;
    let who = if waiting.who.is_empty() {
        "Nobody could give it now.".to_owned()
    } else {
        format!("Could give it: {}.", shown(&waiting.who))
    };
    let escalates = missing.escalates.map(|(at, to)| escalates(at, to));
    view! {
        <li data-missing=missing.role.word()>
            {badge(Tone::Warning, "missing")} " " <strong>{format!("{} × {}", missing.count, missing.role.title())}</strong>
            " " <span class="hint">{who}</span>
            " " {escalates}
        </li>
    }
    .into_any()
}

fn escalates(at: domain::Timestamp, to: Role) -> AnyView {
    view! { <span class="hint">"from " {time::time(at)} " also " {to.word()}</span> }.into_any()
}

/// The first names, and how many more there are.
fn shown(names: &[String]) -> String {
    const MOST: usize = 8;
    let first = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST) {
        Some(more) if more > 0 => format!("{first} and {more} more"),
        _ => first,
    }
}
