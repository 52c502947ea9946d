//! A new change request.

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
use domain::{authz, plan::Kind};
use leptos::prelude::*;
use services::{
    devices,
    view::{DeviceView, RequestInput},
};

pub(crate) const FORM: &str = "request";

pub(crate) async fn show(signed: Signed, Query(input): Query<RequestInput>) -> Answer {
    let fields = Fields::default()
        .with("kind", &input.kind)
        .with("mac", &input.mac)
        .with("index", &input.index)
        .with("extension", &input.extension)
        .with("to_mac", &input.to_mac)
        .with("to_index", &input.to_index)
        .with("reason", &input.reason)
        .with("external_ref", &input.external_ref)
        .with("instead_of", &input.instead_of);
    page(&signed, &Attempt::prefilled(FORM, fields)).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::somewhere(&signed.op.actor, authz::Action::Request).map_err(services::Problem::from)?.wherever();
    // The device helps to choose; an unknown one is refused when the form is sent.
    let device = match attempt.typed(FORM, "mac") {
        None | Some("") => None,
        Some(mac) => devices::view(signed.services(), &signed.op, mac).await.ok(),
    };
    Ok(signed.page(attempt.status(), "New request", || {
        view! {
            {head(&[step("/requests", "Requests")], "New request".into_any(), ().into_any())}
            <p class="lede">"This makes a draft with its plan. Nothing changes before somebody else has approved it and it is applied."</p>
            {finding::summary(attempt)}
            {form(signed, FORM, FORM, "/requests", fields(device.as_ref(), attempt))}
        }
        .into_any()
    }))
}

fn fields(device: Option<&DeviceView>, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(FORM, "kind").and_then(Kind::parse).unwrap_or(Kind::Bind);
    let kinds: Vec<_> = [
        (Kind::Bind, "Bind an extension to a line key"),
        (Kind::Unbind, "Revoke the line of a key"),
        (Kind::Move, "Move the line to another line key"),
        (Kind::Swap, "Swap it with the line of another line key"),
        (Kind::Replace, "Replace the device: every line of it goes to another"),
        (Kind::NumberChange, "Change the number of a line key"),
    ]
    .into_iter()
    .map(|(kind, label)| {
        let id = format!("{FORM}-{}", kind.word());
        view! {
            <li class="choice">
                <input type="radio" id=id.clone() name="kind" value=kind.word() checked=kind == chosen />
                <label for=id.clone()>{label}</label>
            </li>
        }
    })
    .collect();
    let free: Vec<_> = device
        .iter()
        .flat_map(|device| &device.free_extensions)
        .map(|(number, owner)| view! { <option value=number.clone()>{owner.clone()}</option> })
        .collect();
    let known = device.map(|device| {
        let row = &device.row;
        view! { <p class="hint">{format!("{} {}, serial {}, at {}, place {}.", row.vendor, row.model, row.serial, row.site, row.place)}</p> }
    });
    let instead = attempt.typed(FORM, "instead_of").filter(|number| !number.is_empty()).map(|number| {
        view! {
            <input type="hidden" name="instead_of" value=number.to_owned() />
            <p class="hint">{format!("It takes the place of CR-{number}, which ends with it.")}</p>
        }
    });
    view! {
        <fieldset>
            <legend>"What"</legend>
            <ul class="choices">{kinds}</ul>
        </fieldset>
        {Field::new(FORM, "mac", "MAC of the device").required().view(attempt)}
        {known}
        {Field::new(FORM, "index", "Line key").hint("Counted from 1.").value("1").view(attempt)}
        {Field::new(FORM, "extension", "Extension")
            .hint("Needed to bind, and to change a number. Free extensions of the site are suggested.")
            .list("free-extensions")
            .view(attempt)}
        <datalist id="free-extensions">{free}</datalist>
        <fieldset>
            <legend>"The other place"</legend>
            <p class="hint">"Needed to move, to swap and to replace; to replace, without a line key."</p>
            {Field::new(FORM, "to_mac", "MAC of the other device").view(attempt)}
            {Field::new(FORM, "to_index", "Its line key").view(attempt)}
        </fieldset>
        {Field::new(FORM, "reason", "Reason").hint("The approver reads it.").required().view(attempt)}
        {Field::new(FORM, "external_ref", "Ticket").hint("Its number elsewhere. Some rules ask for it.").view(attempt)}
        {instead}
        <button>"Make a draft"</button>
    }
    .into_any()
}
