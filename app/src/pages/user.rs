//! Users of the console.

use crate::{
    components::{
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::authz::{Action, Actor, Role};
use leptos::prelude::*;
use services::users;

pub(crate) const FORM: &str = "user";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let all = users::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Users", || {
        view! {
            {plain("Users")}
            {finding::summary(attempt)}
            <div class="narrow">{list(&all)}</div>
            {section("new-user", "Add a user", new(signed, attempt))}
        }
        .into_any()
    }))
}

fn list(all: &[Actor]) -> AnyView {
    let rows = all
        .iter()
        .map(|user| {
            let roles: Vec<_> = user.roles.iter().map(|role| role.word()).collect();
            view! { <tr><th scope="row">{user.name.clone()}</th><td>{roles.join(", ")}</td></tr> }.into_any()
        })
        .collect();
    table("users", "Users of the console", &["Name", "Roles"], rows, "There is no user.")
}

fn new(signed: &Signed, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed_all(FORM, "roles");
    let roles: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| {
            let id = format!("{FORM}-role-{}", role.word());
            let checked = chosen.iter().any(|word| word == role.word());
            view! {
                <li class="choice">
                    <input type="checkbox" id=id.clone() name="roles" value=role.word() checked=checked />
                    <label for=id.clone()>{role.word()} <span class="hint">{may(role)}</span></label>
                </li>
            }
        })
        .collect();
    let fields = view! {
        {Field::new(FORM, "name", "Name").required().view(attempt)}
        {Field::new(FORM, "password", "Password")
            .hint("At least twelve characters. Hand it over in person.")
            .kind("password")
            .complete("new-password")
            .required()
            .view(attempt)}
        <fieldset>
            <legend>"Roles"</legend>
            <ul class="choices">{roles}</ul>
        </fieldset>
        <button>"Add the user"</button>
    };
    form(signed, FORM, FORM, "/users", fields.into_any())
}

/// What a role may do beyond seeing.
fn may(role: Role) -> String {
    let may: Vec<_> = Action::ALL
        .into_iter()
        .filter(|action| *action != Action::Read && action.roles().contains(&role))
        .map(Action::title)
        .collect();
    if may.is_empty() { "see everything, change nothing".to_owned() } else { may.join(", ") }
}
