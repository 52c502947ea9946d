//! Broken glass: what it is for, who has broken it, and the notice on every page while somebody has.

use crate::{
    components::{
        badge::{Tone, badge},
        field::{Field, own_password},
        finding,
        form::{button, form},
        head::{plain, section},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed, Visitor},
};
use domain::authz::Action;
use leptos::prelude::*;
use services::glass::{self, Glass, MINUTES};

pub(crate) const BREAK: &str = "break-glass";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let all = glass::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Break glass", || {
        view! {
            {plain("Break glass")}
            <p class="lede">"For when a line cannot wait for an approver. For a short time an administrator applies submitted requests that nobody approved, and a gate that is not open does not stop them. A line never leaves another phone by it, and no phone in doubt gets one. Everybody sees it, every administrator is told, and somebody else reviews each request within a day."</p>
            {finding::summary(attempt)}
            {own(signed, attempt)}
            {section("times", "When glass was broken", table_of(signed, &all))}
        }
        .into_any()
    }))
}

/// What the reader may do now.
fn own(signed: &Signed, attempt: &Attempt) -> Option<AnyView> {
    if !signed.may(Action::BreakGlass) {
        return None;
    }
    if let Some(own) = signed.own_glass() {
        let content = view! {
            <p>{format!("BG-{} is yours until ", own.number)} {time::time(own.until)} ". Open a submitted request: it offers to be applied."</p>
            {button(signed, "close-glass", "/glass/close", "Put it back now", "")}
        };
        return Some(section("own", "Your broken glass", content.into_any()));
    }
    let fields = view! {
        {Field::new(BREAK, "reason", "What cannot wait, and why nobody can approve it")
            .hint("Every administrator and the reviewer read it.")
            .required()
            .view(attempt)}
        <div class="row end">
            {Field::new(BREAK, "minutes", "Minutes").hint("1 to 240.").kind("number").value(MINUTES.to_string()).view(attempt)}
            {own_password(BREAK, attempt)}
            <button class="danger">"Break glass"</button>
        </div>
    };
    Some(section("own", "Break it", form(signed, BREAK, BREAK, "/glass", fields.into_any())))
}

fn table_of(signed: &Signed, all: &[Glass]) -> AnyView {
    let now = signed.op.now;
    let rows = all
        .iter()
        .map(|glass| {
            let ended = glass.closed.unwrap_or(glass.until).min(glass.until);
            let state = if ended > now { badge(Tone::Bad, "broken") } else { badge(Tone::Quiet, "over") };
            view! {
                <tr data-glass=glass.number.to_string()>
                    <th scope="row">{format!("BG-{}", glass.number)}</th>
                    <td>{state}</td>
                    <td data-label="By">{glass.name.clone()}</td>
                    <td data-label="From">{time::time(glass.at)}</td>
                    <td data-label="Until">{time::time(ended)}</td>
                    <td class="prose">{glass.reason.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Number", "State", "By", "From", "Until", "Why"];
    table("glasses", "Newest first", &heads, rows, "Nobody has broken glass yet.")
}

/// On every page while glass is broken.
pub(crate) fn notice(visitor: &Visitor) -> Option<AnyView> {
    if visitor.glass.is_empty() {
        return None;
    }
    let each: Vec<_> = visitor
        .glass
        .iter()
        .map(|glass| {
            view! {
                <p>
                    {badge(Tone::Bad, "glass is broken")} " "
                    <a href="/glass">{format!("BG-{}", glass.number)}</a>
                    " by " <strong>{glass.name.clone()}</strong> " until " {time::time(glass.until)} ": " {glass.reason.clone()}
                </p>
            }
        })
        .collect();
    Some(
        view! { <aside class="notice" id="glass-notice" aria-label="Broken glass">{each}</aside> }.into_any(),
    )
}
