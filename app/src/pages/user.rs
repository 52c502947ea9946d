//! Users of the console.

use crate::{
    components::{
        badge::{Tone, badge},
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
use services::users::{self, Unconfirmed};

pub(crate) const FORM: &str = "user";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let all = users::list(signed.services(), &signed.op).await?;
    let waiting = users::unconfirmed(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Users", || {
        view! {
            {plain("Users")}
            {finding::summary(attempt)}
            <p class="lede">"A new account approves, signs off, reviews and breaks nothing before another administrator than its maker has confirmed it. So nobody approves with a second account what they asked for."</p>
            {alone(&all)}
            {list(signed, &all, &waiting)}
            {section("new-user", "Add a user", new(signed, attempt))}
        }
        .into_any()
    }))
}

/// What a single administrator can do about accounts that nobody here may confirm.
fn alone(all: &[Actor]) -> Option<AnyView> {
    let administrators =
        all.iter().filter(|user| user.confirmed && user.roles.contains(&Role::Administrator));
    (administrators.count() < 2).then(|| {
        view! {
            <p class="hint" id="alone">"There is only one administrator who is confirmed. Until there are two, whoever runs the server confirms an account, once they know whose it is: " <code>"ringfence confirm NAME"</code> " there. Begin with a second administrator, who then confirms the others here."</p>
        }
        .into_any()
    })
}

fn list(signed: &Signed, all: &[Actor], waiting: &[Unconfirmed]) -> AnyView {
    let rows = all
        .iter()
        .map(|user| {
            let roles: Vec<_> = user.roles.iter().map(|role| role.word()).collect();
            let waits = waiting.iter().find(|waiting| waiting.id == user.id);
            let state = waits.map(|waiting| waits_for(signed, user, waiting));
            view! {
                <tr data-user=user.name.clone()>
                    <th scope="row">{user.name.clone()}</th>
                    <td data-label="Roles">{roles.join(", ")}</td>
                    <td>{state}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("users", "Users of the console", &["Name", "Roles", "Confirmation"], rows, "There is no user.")
}

/// An account that nobody but its maker knows.
fn waits_for(signed: &Signed, user: &Actor, waiting: &Unconfirmed) -> AnyView {
    let confirm = (waiting.by != signed.op.actor.id && user.id != signed.op.actor.id).then(|| {
        let (id, address) = (format!("confirm-{}", user.id), format!("/users/{}/confirm", user.id));
        let label = format!("Confirm {}", user.name);
        let content = view! { <button class="quiet">{label}</button> };
        form(signed, &id, "confirm-user", &address, content.into_any())
    });
    view! {
        {badge(Tone::Warning, "waits")} " " <span class="hint">{format!("made by {}", waiting.name)}</span>
        {confirm}
    }
    .into_any()
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
