//! Choosing another password of one's own.

use crate::{
    components::{field::Field, finding, form::form, head::plain},
    fields::Attempt,
    visitor::{Answer, PASSWORD_PAGE, Signed},
};
use leptos::prelude::*;

pub(crate) const FORM: &str = "password";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let first = signed.op.actor.password_since.is_none();
    Ok(signed.page(attempt.status(), "Password", || {
        let why = if first {
            "Whoever made your account chose the password that you have, and knows it. Choose one of your own: before that nothing can be done here in your name."
        } else {
            "Every other session of yours ends when you choose another password. It is on record that you did, not which."
        };
        view! {
            <div class="door">
                {plain("Password")}
                {finding::summary(attempt)}
                <p>{why}</p>
                {form(signed, FORM, FORM, PASSWORD_PAGE, fields(attempt))}
            </div>
        }
        .into_any()
    }))
}

fn fields(attempt: &Attempt) -> AnyView {
    let field =
        |name, label, complete| Field::new(FORM, name, label).kind("password").complete(complete).required();
    view! {
        {field("password", "Present password", "current-password").view(attempt)}
        {field("new", "New password", "new-password").hint("At least twelve characters.").view(attempt)}
        {field("again", "New password again", "new-password").view(attempt)}
        <button>"Change the password"</button>
    }
    .into_any()
}
