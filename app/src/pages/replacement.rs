//! Replacing a handset: both serial numbers, then the order on its case's page.

pub(crate) mod act;

use self::act::act;
use crate::{
    components::{
        diff::diff,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        table::table,
        time,
    },
    fields::{Attempt, Fields},
    visitor::{Answer, Signed},
};
use axum::{extract::Query, http::StatusCode};
use domain::{
    authz::{self, Action},
    replacement::{Dead, State},
};
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    exceptions::CaseView,
    replacements::{HandsetView, ReplacementView},
};

pub(crate) const OPEN: &str = "replace";

/// What the address fills in.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    old: String,
}

pub(crate) async fn show(signed: Signed, Query(wanted): Query<Wanted>) -> Answer {
    let fields = Fields::default().with("old", &wanted.old);
    page(&signed, &Attempt::prefilled(OPEN, fields)).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::somewhere(&signed.op.actor, Action::Request).map_err(services::Problem::from)?.wherever();
    Ok(signed.page(attempt.status(), "Replace a handset", || {
        let field = |name, label, hint| Field::new(OPEN, name, label).hint(hint).required().view(attempt);
        let fields = view! {
            {field("old", "Old handset", "Its serial number, or its MAC.")}
            {field("new", "New handset", "Its serial number, or its MAC. It gets the old one's place, lines and network.")}
            {Field::new(OPEN, "reason", "Reason").required().view(attempt)}
            <button>"Open the replacement"</button>
        };
        view! {
            {head(&[step("/exceptions", "Exceptions")], "Replace a handset".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"A request for all of its lines is filed and waits for approval. Nothing else happens yet; both handsets stay as they are."</p>
            {form(signed, OPEN, OPEN, "/exceptions/replace", fields.into_any())}
        }
        .into_any()
    }))
}

/// The new credentials, on a page that no browser keeps.
pub(crate) fn credentials(
    signed: &Signed,
    number: i64,
    shown: &[(String, String)],
) -> axum::response::Response {
    signed.page(StatusCode::OK, "New credentials", || {
        let back = format!("/exceptions/{number}");
        let rows = shown
            .iter()
            .map(|(user, password)| {
                view! {
                    <tr>
                        <th scope="row">{id::id(user.clone(), "user")}</th>
                        <td data-label="Password">{id::id(password.clone(), "password")}</td>
                    </tr>
                }
                .into_any()
            })
            .collect();
        view! {
            {head(&[step("/exceptions", "Exceptions"), step(back.clone(), format!("EX-{number}"))], "New credentials".into_any(), ().into_any())}
            <p class="lede">"Type them in at the platform, in place of the old ones, and end the old registrations there. That you looked at them is recorded."</p>
            {table("credentials", "New credentials at the platform", &["User", "Password"], rows, "There is none.")}
            <p><a class="button" href=back>"Back to the case"</a></p>
        }
        .into_any()
    })
}

/// The order on its case's page.
pub(crate) fn of_case(
    signed: &Signed,
    case: &CaseView,
    order: &ReplacementView,
    attempt: &Attempt,
) -> AnyView {
    let number = case.listed.exception.number;
    view! {
        {section("act", "Do it", act(signed, number, order, attempt))}
        {section("handsets", "Handsets and lines", view! { {request_of(order)} {in_advance(order)} {handsets(order)} {lines(order)} }.into_any())}
        {(!moved(order)).then(|| section("models", "What is different on the new handset", differences(order)))}
        {(!moved(order)).then(|| section("outages", "What else stops", outages(order)))}
    }
    .into_any()
}

/// The request that moves the lines, and its state.
fn request_of(order: &ReplacementView) -> Option<AnyView> {
    let (number, state) = order.order.request.zip(order.request.clone())?;
    let request = view! {
        <p>"Moved by "<a href=format!("/requests/{number}")>{format!("CR-{number}")}</a> ", which is " {state} "."</p>
    };
    Some(request.into_any())
}

/// What stands in for a signature on its request.
fn in_advance(order: &ReplacementView) -> Option<AnyView> {
    let by = order.order.in_advance.as_ref()?;
    let waits = if moved(order) {
        ""
    } else {
        " The lines move by themselves once the old handset is dead at the platform, or an approver answers for it."
    };
    let said = view! {
        <p>"Like for like, approved in advance: "<a href=format!("/advances/{}", by.advance)>{format!("AP-{}", by.advance)}</a> ", carried out by " {by.name.clone()} "." {waits}</p>
    };
    Some(said.into_any())
}

/// Whether the lines have moved, or never will.
fn moved(order: &ReplacementView) -> bool {
    matches!(order.order.state, State::TakenOver { .. } | State::Ended { .. } | State::CalledOff { .. })
}

fn handsets(order: &ReplacementView) -> AnyView {
    let row = |which: &'static str, handset: &HandsetView| {
        view! {
            <tr>
                <th scope="row">{which}</th>
                <td><a href=format!("/devices/{}", handset.mac)>{handset.name.clone()}</a></td>
                <td data-label="Serial">{id::id(handset.serial.clone(), "serial")}</td>
                <td data-label="State">{crate::components::badge::device(&handset.state)}</td>
            </tr>
        }
        .into_any()
    };
    let rows = vec![row("Old", &order.old), row("New", &order.new)];
    table("handset-table", "The two handsets", &["Which", "Handset", "Serial", "State"], rows, "")
}

fn lines(order: &ReplacementView) -> AnyView {
    let rows = order
        .order
        .lines
        .iter()
        .map(|line| {
            let dead = match &line.dead {
                None => "may still be registered".into_any(),
                Some(Dead::Platform(at)) => view! { "dead at the platform, " {time::time(*at)} }.into_any(),
                Some(Dead::Said(said)) => {
                    view! { {said.by.clone()} ": " {said.text.clone()} ", " {time::time(said.at)} }.into_any()
                }
            };
            view! {
                <tr>
                    <th scope="row">{format!("Line key {}", line.index)}</th>
                    <td data-label="Number"><a href=format!("/numbers/{}", line.number)>{line.number.clone()}</a></td>
                    <td class="prose" data-label="Old credential">{dead}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("moving", "Lines that move", &["Key", "Number", "Old credential"], rows, "")
}

fn differences(order: &ReplacementView) -> AnyView {
    let misfits = if order.misfits.is_empty() {
        view! { <p class="calm">"Every setting of the old handset fits the new one."</p> }.into_any()
    } else {
        finding::list(&order.misfits)
    };
    view! {
        {misfits}
        {diff("model-diff", "Setting by setting, with the same lines", &order.differences)}
    }
    .into_any()
}

fn outages(order: &ReplacementView) -> AnyView {
    if order.outages.is_empty() {
        return view! { <p class="calm">"Nothing else registers with these credentials."</p> }.into_any();
    }
    let items: Vec<_> = order.outages.iter().map(|o| view! { <li>{o.to_string()}</li> }).collect();
    view! { <p>"From rotating on:"</p> <ul class="plain">{items}</ul> }.into_any()
}
