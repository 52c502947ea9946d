//! Reporting a handset lost, and saying that it is found.

use crate::{
    components::{
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
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
use services::exceptions::CaseView;

pub(crate) const LOSS: &str = "loss";
pub(crate) const FOUND: &str = "found";

/// What the address fills in.
#[derive(Default, Deserialize)]
pub(crate) struct Lost {
    #[serde(default)]
    mac: String,
}

pub(crate) async fn loss(signed: Signed, Query(lost): Query<Lost>) -> Answer {
    let fields = Fields::default().with("mac", &lost.mac);
    loss_page(&signed, &Attempt::prefilled(LOSS, fields))
}

pub(crate) fn loss_page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::somewhere(&signed.op.actor, Action::ReportLoss).map_err(services::Problem::from)?.wherever();
    Ok(signed.page(attempt.status(), "Report a handset lost", || {
        let fields = view! {
            {Field::new(LOSS, "mac", "MAC of the handset").hint("As on its page; the extension's page names it too.").required().view(attempt)}
            {Field::new(LOSS, "reason", "What happened").hint("When, where, and who says so.").required().view(attempt)}
            <button class="danger">"It is lost: take its lines away now"</button>
        };
        view! {
            {head(&[step("/exceptions", "Exceptions")], "Report a handset lost".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"This waits for nobody, and somebody else reviews it within a day:"</p>
            <ul>
                <li>"Every line on it ends, and nobody can register with their credentials any more. Softphones that share one stop as well."</li>
                <li>"The handset is retired. If it asks again, it gets the configuration that clears it, and nothing else."</li>
                <li>"The numbers stay whose they are: ask for another handset with a request. If you have one in your hands, replace the handset instead."</li>
            </ul>
            {form(signed, LOSS, LOSS, "/exceptions/loss", fields.into_any())}
        }
        .into_any()
    }))
}

/// On the case of a loss, for whoever may put the handset back into stock.
pub(super) fn found(signed: &Signed, view: &CaseView, attempt: &Attempt) -> Option<AnyView> {
    let case = &view.listed.exception;
    if case.kind != Kind::Loss || case.closed.is_some() || !signed.may(Action::Apply) {
        return None;
    }
    let fields = view! {
        <p>"It gets another provisioning credential and stands nowhere; then it may be assigned again."</p>
        <div class="row end">
            {Field::new(FOUND, "evidence", "Where it was, and how it was reset").required().view(attempt)}
            <button class="quiet">"Found: back to stock"</button>
        </div>
    };
    let action = format!("/exceptions/{}/found", case.number);
    Some(section("found", "It is found", form(signed, FOUND, FOUND, &action, fields.into_any())))
}
