//! The profile on the page of an extension: what becomes of its calls, and the form to say so.

use super::hunt_group::destination;
use crate::{
    components::{
        facts::{facts, none},
        field::Field,
        form::form,
        head::section,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    Timestamp,
    authz::Action,
    number::Number,
    profile::{Profile, Typed},
};
use leptos::prelude::*;
use services::numbers::view::NumberView;

pub(crate) const SET: &str = "profile";

/// Nothing on the page of a DID: the profile is the extension's.
pub(crate) fn panel(signed: &Signed, view: &NumberView, attempt: &Attempt) -> Option<AnyView> {
    let (Number::Extension(_), Some(_)) = (&view.number, &view.extension) else { return None };
    let known = view.profile.as_ref().map_or_else(
        || view! { <p class="empty">"Nobody has given it a profile. What is set at the platform is not known here."</p> }.into_any(),
        |stored| about(&stored.profile, &stored.changed_by, stored.changed_at, signed.op.now),
    );
    let change = signed.may(Action::Numbers).then(|| change(signed, view, attempt));
    Some(section("profile-of", "Profile", view! { {known} {change} }.into_any()))
}

fn about(p: &Profile, by: &str, at: Timestamp, now: Timestamp) -> AnyView {
    let flag = |yes: bool| if yes { "yes" } else { "no" }.into_any();
    let schedule = p.schedule.as_ref().map_or_else(
        || "always open".into_any(),
        |code| view! { <a href=super::schedule::path(code.as_ref())>{code.to_string()}</a> }.into_any(),
    );
    let no_answer = p.forwards.no_answer.as_ref().map_or_else(none, |(to, after)| {
        view! { {destination(Some(to))} {format!(" after {} s", after.get())} }.into_any()
    });
    let said = view! { {by.to_owned()} ", " {time::time(at)} " (" {time::ago(at, now)} ")" };
    facts(vec![
        ("Voicemail", flag(p.voicemail)),
        ("Conferencing", flag(p.conferencing)),
        ("Shared line", flag(p.shared)),
        ("Caller id", p.caller_id.to_string().into_any()),
        ("Schedule", schedule),
        ("Outside its hours", destination(p.closed.as_ref())),
        ("Every call", destination(p.forwards.always.as_ref())),
        ("While busy", destination(p.forwards.busy.as_ref())),
        ("Unanswered", no_answer),
        ("Not registered", destination(p.forwards.unregistered.as_ref())),
        ("Who says so", said.into_any()),
    ])
}

fn change(signed: &Signed, view: &NumberView, attempt: &Attempt) -> AnyView {
    let typed = view.profile.as_ref().map(|stored| Typed::from(&stored.profile)).unwrap_or_default();
    let field =
        |name: &'static str, label: &'static str, value: &str| Field::new(SET, name, label).value(value);
    let flag = |name: &'static str, label: &'static str, value: &str| {
        let chosen = attempt.typed(SET, name).unwrap_or(value).to_owned();
        let id = format!("{SET}-{name}");
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <select id=id.clone() name=name>
                    <option value="no" selected=chosen != "yes">"no"</option>
                    <option value="yes" selected=chosen == "yes">"yes"</option>
                </select>
            </div>
        }
    };
    let fields = view! {
        <p class="hint">"Calls go to an extension, a DID, group:NAME or voicemail; an empty field leads nowhere. What leads calls elsewhere becomes a request, which somebody else approves. Said here, not written to the platform. Shared line: the extension may stand on several phones, each by a request of its own; all of them register with one credential."</p>
        <div class="row end">
            {flag("voicemail", "Voicemail", &typed.voicemail)}
            {flag("conferencing", "Conferencing", &typed.conferencing)}
            {flag("shared", "Shared line", &typed.shared)}
            {field("caller_id", "Caller id", &typed.caller_id).hint("own, withheld or a DID").view(attempt)}
            {field("schedule", "Schedule", &typed.schedule).hint("Short name; empty: always open").view(attempt)}
            {field("closed", "Outside its hours to", &typed.closed).view(attempt)}
            {field("forward_always", "Every call to", &typed.forward_always).view(attempt)}
            {field("forward_busy", "While busy to", &typed.forward_busy).view(attempt)}
            {field("forward_no_answer", "Unanswered to", &typed.forward_no_answer).view(attempt)}
            {field("seconds", "After seconds", &typed.seconds).view(attempt)}
            {field("forward_unregistered", "Not registered to", &typed.forward_unregistered).view(attempt)}
            {Field::new(SET, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Set the profile"</button>
        </div>
    };
    let action = format!("/numbers/{}/profile", view.number);
    view! {
        <div class="panel">
            <details class="act" open=attempt.typed(SET, "reason").is_some()>
                <summary>"Set the profile"</summary>
                {form(signed, SET, SET, &action, fields.into_any())}
            </details>
        </div>
    }
    .into_any()
}
