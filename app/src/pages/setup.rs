//! The first administrator.

use crate::{
    components::{field::Field, finding, form::form, head},
    fields::Attempt,
    visitor::{Answer, Visitor},
};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use services::users;

pub(crate) const FORM: &str = "setup";

pub(crate) async fn show(visitor: Visitor) -> Answer {
    if users::needs_setup(visitor.services()).await? {
        Ok(page(&visitor, &Attempt::default()))
    } else {
        Ok(Redirect::to("/sign-in").into_response())
    }
}

pub(crate) fn page(visitor: &Visitor, attempt: &Attempt) -> Response {
    visitor.page(attempt.status(), "Set up", || {
        let fields = view! {
            {Field::new(FORM, "code", "One-time code")
                .hint("The server printed it when it started.")
                .required()
                .view(attempt)}
            {Field::new(FORM, "name", "Your name").complete("username").required().view(attempt)}
            {Field::new(FORM, "password", "Password")
                .hint("At least twelve characters.")
                .kind("password")
                .complete("new-password")
                .required()
                .view(attempt)}
            <button>"Create the administrator"</button>
        };
        view! {
            <div class="door">
                {head::plain("Set up Ringfence")}
                <p>"There is no user yet. The first one is an administrator and creates the others."</p>
                {finding::summary(attempt)}
                {form(visitor, FORM, FORM, "/setup", fields.into_any())}
            </div>
        }
        .into_any()
    })
}
