//! Users of the console.

use crate::{
    components::{
        badge::{Tone, badge},
        field::{Field, own_password},
        finding,
        form::form,
        head::{head, plain, section, step},
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::{Action, Actor, Reach, Role, Roles},
    ids::UserId,
};
use leptos::prelude::*;
use services::{
    Problem,
    users::{self, Unconfirmed},
};

pub(crate) const FORM: &str = "user";
pub(crate) const GRANT: &str = "grant";

/// The form that confirms an account.
pub(crate) fn confirm_form(id: UserId) -> String {
    format!("confirm-{id}")
}

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
            {list(signed, &all, &waiting, attempt)}
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

fn list(signed: &Signed, all: &[Actor], waiting: &[Unconfirmed], attempt: &Attempt) -> AnyView {
    let rows = all
        .iter()
        .map(|user| {
            let waits = waiting.iter().find(|waiting| waiting.id == user.id);
            let state = waits.map(|waiting| waits_for(signed, user, waiting, attempt));
            view! {
                <tr data-user=user.name.clone()>
                    <th scope="row"><a href=format!("/users/{}", user.id)>{user.name.clone()}</a></th>
                    <td data-label="Roles">{user.roles.words().join("; ")}</td>
                    <td>{first(user)} {state}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("users", "Users of the console", &["Name", "Roles", "State"], rows, "There is no user.")
}

/// That the password is not their own yet.
fn first(user: &Actor) -> Option<AnyView> {
    user.password_since.is_none().then(|| badge(Tone::Warning, "first password"))
}

/// An account that nobody but its maker knows.
fn waits_for(signed: &Signed, user: &Actor, waiting: &Unconfirmed, attempt: &Attempt) -> AnyView {
    let confirm = (waiting.by != signed.op.actor.id && user.id != signed.op.actor.id).then(|| {
        let (id, address) = (confirm_form(user.id), format!("/users/{}/confirm", user.id));
        let label = format!("Confirm {}", user.name);
        let content = view! {
            <div class="row end">
                {own_password(&id, attempt)}
                <button class="quiet">{label}</button>
            </div>
        };
        form(signed, &id, "confirm-user", &address, content.into_any())
    });
    view! {
        {badge(Tone::Warning, "waits")} " " <span class="hint">{format!("made by {}", waiting.name)}</span>
        {confirm}
    }
    .into_any()
}

/// Every role, ticked where somebody has it, with the sites at which they hold it. What was typed stands before it.
fn choice(form: &str, has: &Roles, attempt: &Attempt) -> AnyView {
    let typed = attempt.typed(form, "token").is_some();
    let chosen = attempt.typed_all(form, "roles");
    let roles: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| {
            let id = format!("{form}-role-{}", role.word());
            let checked =
                if typed { chosen.iter().any(|word| word == role.word()) } else { has.anywhere(role) };
            let at = has.held().find(|(one, _)| *one == role).map(|(_, reach)| reach);
            let sites: Vec<_> = match at {
                Some(Reach::At(sites)) => sites.values().cloned().collect(),
                _ => vec![],
            };
            let (name, label) = (format!("sites-{}", role.word()), format!("Sites of the {}", role.title()));
            view! {
                <li class="choice">
                    <input type="checkbox" id=id.clone() name="roles" value=role.word() checked=checked />
                    <label for=id.clone()>{role.title()} <span class="hint">{may(role)}</span></label>
                    {Field::new(form, &name, &label)
                        .hint("Codes, with blanks between. Empty: everywhere.")
                        .value(sites.join(" "))
                        .view(attempt)}
                </li>
            }
        })
        .collect();
    view! {
        <fieldset>
            <legend>"Roles"</legend>
            <ul class="choices">{roles}</ul>
        </fieldset>
    }
    .into_any()
}

pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Answer {
    one(&signed, &id, &Attempt::default()).await
}

/// One user, and the form that gives them other roles.
pub(crate) async fn one(signed: &Signed, id: &str, attempt: &Attempt) -> Answer {
    let all = users::list(signed.services(), &signed.op).await?;
    let id: Option<UserId> = id.parse().ok();
    let user = all.into_iter().find(|user| Some(user.id) == id).ok_or_else(|| Problem::not_found("user"))?;
    Ok(signed.page(attempt.status(), &user.name, || {
        let grant = if user.id == signed.op.actor.id {
            view! { <p class="calm">"Nobody changes their own roles: another administrator does."</p> }
                .into_any()
        } else {
            grant(signed, &user, attempt)
        };
        view! {
            {head(&[step("/users", "Users")], user.name.clone().into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"Has: " {user.roles.words().join("; ")} ". " {first(&user)}</p>
            {section("roles", "Roles", grant)}
        }
        .into_any()
    }))
}

fn grant(signed: &Signed, user: &Actor, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <p class="hint">"A role at sites gives what it gives there alone; what belongs to no site, such as users, rules and roots, asks for the role everywhere. Reading is never bound. What was signed already counts."</p>
        {choice(GRANT, &user.roles, attempt)}
        {Field::new(GRANT, "reason", "Reason").required().view(attempt)}
        <button>"Give these roles"</button>
    };
    form(signed, GRANT, GRANT, &format!("/users/{}", user.id), fields.into_any())
}

fn new(signed: &Signed, attempt: &Attempt) -> AnyView {
    let fields = view! {
        {Field::new(FORM, "name", "Name").required().view(attempt)}
        {Field::new(FORM, "password", "Password")
            .hint("At least twelve characters. Hand it over in person; they choose another at their first sign-in.")
            .kind("password")
            .complete("new-password")
            .required()
            .view(attempt)}
        {choice(FORM, &Roles::default(), attempt)}
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
