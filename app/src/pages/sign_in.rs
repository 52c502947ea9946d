//! Signing in.

use crate::{
    components::{field::Field, finding, form::form, head, table::table},
    console::Login,
    fields::{Attempt, Fields},
    visitor::Visitor,
};
use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use std::collections::HashMap;

pub(crate) const FORM: &str = "sign-in";

pub(crate) async fn show(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Response {
    let next = local(query.get("next").map_or("/", String::as_str));
    if visitor.actor.is_some() {
        return Redirect::to(next).into_response();
    }
    page(&visitor, &Attempt::prefilled(FORM, Fields::default().with("next", next)))
}

/// A path of this console, or the overview: nobody is sent elsewhere by a link.
pub(crate) fn local(next: &str) -> &str {
    let odd = next.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control());
    if next.starts_with('/') && !next.starts_with("//") && !odd { next } else { "/" }
}

pub(crate) fn page(visitor: &Visitor, attempt: &Attempt) -> Response {
    visitor.page(attempt.status(), "Sign in", || {
        let next = attempt.typed(FORM, "next").unwrap_or("/").to_owned();
        let fields = view! {
            <input type="hidden" name="next" value=next />
            {Field::new(FORM, "name", "Name").complete("username").required().view(attempt)}
            {Field::new(FORM, "password", "Password").kind("password").complete("current-password").required().view(attempt)}
            <button>"Sign in"</button>
        };
        view! {
            <div class="door">
                {head::plain("Sign in")}
                {finding::summary(attempt)}
                {form(visitor, FORM, FORM, "/sign-in", fields.into_any())}
                {visitor.console.demo.as_deref().map(logins)}
            </div>
        }
        .into_any()
    })
}

fn logins(logins: &[Login]) -> AnyView {
    let rows = logins
        .iter()
        .map(|(name, roles, password)| {
            view! {
                <tr>
                    <th scope="row"><code>{name.clone()}</code></th>
                    <td>{roles.clone()}</td>
                    <td><code>{password.clone()}</code></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="demo" id="demo" aria-labelledby="demo-title">
            <h2 id="demo-title">"This is a demonstration"</h2>
            <p>"Anybody who can open this page can sign in as one of these people."</p>
            {table("logins", "Logins", &["Name", "Roles", "Password"], rows, "There is no login.")}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_the_console() {
        assert_eq!(local("/requests/7?tab=open"), "/requests/7?tab=open");
        for outside in ["https://example.net", "//example.net", "/\\example.net", "/a\nb", "", "a"] {
            assert_eq!(local(outside), "/", "{outside:?}");
        }
    }
}
