//! What can be done with a number in the state that it is in: one form each, closed until it is wanted.

use crate::{
    components::{
        field::Field,
        form::{form, in_days},
        head::section,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    Timestamp,
    authz::Action,
    number::{
        RangeKind, State,
        state::{USUAL_COOLING, Verb},
    },
    time::DAY,
};
use leptos::prelude::*;
use services::numbers::view::NumberView;

pub(crate) fn panel(signed: &Signed, view: &NumberView, attempt: &Attempt) -> Option<AnyView> {
    if !signed.may(Action::Numbers) || view.possible.is_empty() {
        return None;
    }
    let forms: Vec<_> = view.possible.iter().map(|verb| act(signed, view, *verb, attempt)).collect();
    Some(section(
        "acts-now",
        "What can be done with it",
        view! { <div class="panel">{forms}</div> }.into_any(),
    ))
}

fn act(signed: &Signed, view: &NumberView, verb: Verb, attempt: &Attempt) -> AnyView {
    let id = verb.word();
    let (title, explains) = words(view, verb);
    let fields = view! {
        <p class="hint">{explains}</p>
        <div class="row end">
            {inputs(view, verb, signed.op.now, attempt)}
            {Field::new(id, "reason", "Reason").required().view(attempt)}
            <button class="quiet">{title}</button>
        </div>
    };
    let action = format!("/numbers/{}/{id}", view.number);
    view! {
        <details class="act" open=attempt.typed(id, "reason").is_some()>
            <summary>{title}</summary>
            {form(signed, id, id, &action, fields.into_any())}
        </details>
    }
    .into_any()
}

/// What the form is called, and what it does.
fn words(view: &NumberView, verb: Verb) -> (&'static str, &'static str) {
    match (verb, &view.state) {
        (Verb::Assign, _) if view.number.kind() == RangeKind::Extension => (
            "Assign",
            "The person or place answers for it from now on. A line on a phone needs a change request.",
        ),
        (Verb::Assign, _) => (
            "Assign",
            "Calls from outside come to the extension from now on. One that stands on a phone is refused.",
        ),
        (Verb::Reserve, State::Reserved { .. }) => {
            ("Change the reservation", "It ends by itself, within half a year.")
        }
        (Verb::Reserve, _) => {
            ("Reserve", "It is kept for somebody, and is available by itself when the time is over.")
        }
        (Verb::Release, State::Reserved { .. }) => ("End the reservation", "It is available at once."),
        (Verb::Release, State::Cooling { .. }) => {
            ("End the cooling", "It is available at once; calls for its former holder may still come.")
        }
        (Verb::Release, _) => ("Release", "Its holder gives it up. Nobody gets it until it has cooled."),
        (Verb::PortIn, State::PortingIn { .. }) => (
            "Change the porting date",
            "When the carrier names another date or another number is used meanwhile.",
        ),
        (Verb::PortIn, _) => (
            "Port in",
            "A carrier brings it here on a date. It is not used before somebody says that it has come.",
        ),
        (Verb::PortOut, State::PortingOut { .. }) => {
            ("Change the porting date", "When the carrier names another date.")
        }
        (Verb::PortOut, _) => {
            ("Port out", "Another carrier takes it on a date. It works until somebody says that it has gone.")
        }
        (Verb::Complete, State::PortingIn { .. }) => ("It has come", "It is available from now on."),
        (Verb::Complete, _) => {
            ("It has gone", "Whoever holds it gives it up now; calls to it go to the other carrier.")
        }
        (Verb::CallOff, State::PortingIn { .. }) => {
            ("Call the porting off", "The number stays with its carrier.")
        }
        (Verb::CallOff, _) => ("Call the porting off", "The number stays here, and with whoever holds it."),
    }
}

fn inputs(view: &NumberView, verb: Verb, now: Timestamp, attempt: &Attempt) -> AnyView {
    let form = verb.word();
    let when = |name: &'static str, label: &'static str, days: i64, known: Option<Timestamp>| {
        let value = known.map_or_else(|| in_days(now, days), |at| in_days(at, 0));
        Field::new(form, name, label).kind("datetime-local").value(value).required().view(attempt)
    };
    match (verb, &view.state) {
        (Verb::Assign, _) if view.number.kind() == RangeKind::Extension => {
            Field::new(form, "to", "To").hint("person:REF or place:CODE of the site").required().view(attempt)
        }
        (Verb::Assign, _) => {
            Field::new(form, "to", "To extension").hint("An extension of the site").required().view(attempt)
        }
        (Verb::Reserve, state) => {
            let (until, whom) = match state {
                State::Reserved { until, whom, .. } => (Some(*until), whom.clone()),
                _ => (None, String::new()),
            };
            view! {
                {Field::new(form, "whom", "For whom or what").value(whom).required().view(attempt)}
                {when("until", "Until (UTC)", 30, until)}
            }
            .into_any()
        }
        (Verb::Release, State::Assigned) => when("until", "Cools until (UTC)", USUAL_COOLING / DAY, None),
        (Verb::PortIn, state) => {
            let (on, temporary) = match state {
                State::PortingIn { on, temporary } => {
                    (Some(*on), temporary.as_ref().map(ToString::to_string).unwrap_or_default())
                }
                _ => (None, String::new()),
            };
            view! {
                {when("on", "The carrier's date (UTC)", 14, on.filter(|on| *on > now))}
                {Field::new(form, "temporary", "Number until then").value(temporary).view(attempt)}
            }
            .into_any()
        }
        (Verb::PortOut, state) => {
            let on = match state {
                State::PortingOut { on, .. } if *on > now => Some(*on),
                _ => None,
            };
            when("on", "The carrier's date (UTC)", 14, on)
        }
        (Verb::Release | Verb::Complete | Verb::CallOff, _) => ().into_any(),
    }
}
