//! The class of service on the page of an extension: how far it may call, and the form to ask for another.

use crate::{
    components::{facts::none, field::Field, form::form, head::section},
    fields::Attempt,
    visitor::Signed,
};
use domain::{authz::Action, class::LADDER, number::Number};
use leptos::prelude::*;
use services::numbers::view::NumberView;

pub(crate) const SET: &str = "class";

/// Nothing on the page of a DID: the class is the extension's.
pub(crate) fn panel(signed: &Signed, view: &NumberView, attempt: &Attempt) -> Option<AnyView> {
    let (Number::Extension(_), Some(extension)) = (&view.number, &view.extension) else { return None };
    if !signed.may(Action::Numbers) {
        return None;
    }
    let now = extension.class_of_service.clone();
    let known = if now.is_empty() { none() } else { now.clone().into_any() };
    let words: Vec<_> = LADDER.iter().map(|word| view! { <option value=*word></option> }).collect();
    let fields = view! {
        <p class="hint">"How far the extension may call, in the platform's words: " {LADDER.join(", ")} " are compared; any other word counts as further. It becomes a request, which somebody else approves. Said here, not written to the platform."</p>
        <datalist id="classes">{words}</datalist>
        <div class="row end">
            {Field::new(SET, "class", "Class of service").value(now).list("classes".to_owned()).view(attempt)}
            {Field::new(SET, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Ask for the class"</button>
        </div>
    };
    let action = format!("/numbers/{}/class", view.number);
    let content = view! {
        <p>"It is now: " {known}</p>
        <div class="panel">
            <details class="act" open=attempt.typed(SET, "reason").is_some()>
                <summary>"Ask for another class"</summary>
                {form(signed, SET, SET, &action, fields.into_any())}
            </details>
        </div>
    };
    Some(section("class-of", "Class of service", content.into_any()))
}
