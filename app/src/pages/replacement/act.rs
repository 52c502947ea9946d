//! The form of the step of a replacement that is next, and the way out of it.

use super::moved;
use crate::{
    components::{
        choose::select,
        field::{Field, own_password},
        form::{button, form, in_days},
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    authz::Action,
    replacement::{State, Wiped},
};
use leptos::prelude::*;
use services::replacements::ReplacementView;

/// The form of the step that is next, and the way out.
pub(super) fn act(signed: &Signed, number: i64, order: &ReplacementView, attempt: &Attempt) -> AnyView {
    let to = |verb: &str| format!("/exceptions/{number}/replacement/{verb}");
    let said = |verb: &'static str, name: &'static str, label: &'static str, words: &'static str| {
        // Looking at a credential and calling the order off lead nowhere: they are never what is to be done next.
        let class = if matches!(verb, "reveal" | "call-off") { "quiet" } else { "" };
        let fields = view! {
            <div class="row end">
                {Field::new(verb, name, label).required().view(attempt)}
                <button class=class>{words}</button>
            </div>
        };
        form(signed, verb, verb, &to(verb), fields.into_any())
    };
    let (apply, request) = (signed.may(Action::Apply), signed.may(Action::Request));
    let mut forms: Vec<AnyView> = vec![];
    let by_hand = |forms: &mut Vec<AnyView>| {
        if apply && !order.order.dead() {
            let words = if order.platform {
                "Or it was done by hand:"
            } else {
                "There is no access to the platform: rotate there by hand, and say what was seen."
            };
            forms.push(view! { <p>{words}</p> }.into_any());
            if !order.platform && signed.may(Action::RevealCredential) {
                forms.push(said(
                    "reveal",
                    "reason",
                    "Why you need the new credential",
                    "Show the new credential",
                ));
            }
            forms.push(said("dead", "evidence", "Evidence", "It is dead at the platform"));
        }
    };
    match &order.order.state {
        State::Planned => {
            if order.order.request.is_none() && request {
                forms.push(button(signed, "file", &to("file"), "File its request", ""));
            } else if order.step == "approved" && apply {
                forms.push(button(signed, "rotate", &to("rotate"), "Rotate the credentials", ""));
            }
        }
        State::Rotating { answered, .. } => {
            if order.step == "ready" {
                if let Some(said) = answered {
                    forms.push(
                        view! { <p>{said.by.clone()} " answers for it: " {said.text.clone()}</p> }.into_any(),
                    );
                }
                forms.extend(order.order.request.map(|number| {
                    view! { <p><a class="button" href=format!("/requests/{number}")>{format!("To CR-{number}")}</a></p> }.into_any()
                }));
            }
            by_hand(&mut forms);
            if signed.may(Action::AnswerFor) && order.step == "rotating" {
                let fields = view! {
                    <div class="row end">
                        {Field::new("answer", "reason", "Why it may move all the same").required().view(attempt)}
                        {own_password("answer", attempt)}
                        <button>"I answer for it"</button>
                    </div>
                };
                forms.push(form(signed, "answer", "answer", &to("answer"), fields.into_any()));
            }
        }
        State::TakenOver { wiped, .. } => {
            by_hand(&mut forms);
            match wiped {
                None if signed.may(Action::Cases) => {
                    forms.push(said("wiped", "evidence", "How it was wiped by hand", "It is wiped"));
                }
                None => {}
                Some(how) => forms.push(wiped_by(how)),
            }
            if apply {
                forms.push(end(signed, &to("end"), attempt));
            }
        }
        State::Ended { end: gone, said: by, wiped, .. } => {
            forms.push(view! { <p>"The old handset went " {gone.title()} ", " {by.by.clone()} " says: " {by.text.clone()}</p> }.into_any());
            forms.extend(wiped.as_ref().map(wiped_by));
            if !order.order.assignable() && apply {
                if wiped.is_none() {
                    forms.push(said("wiped", "evidence", "It is back: how it was wiped", "It is wiped"));
                }
                forms.push(end(signed, &to("end"), attempt));
            }
        }
        State::CalledOff { said } => {
            forms.push(
                view! { <p>"Called off by " {said.by.clone()} ": " {said.text.clone()}</p> }.into_any(),
            );
        }
    }
    if !moved(order) && request {
        forms.push(view! {
            <details class="more">
                <summary>"Call the replacement off"</summary>
                <p class="hint">"The old handset keeps its lines and gets its credential back; the request is withdrawn."</p>
                {said("call-off", "reason", "Reason", "Call it off")}
            </details>
        }.into_any());
    }
    if forms.is_empty() {
        return view! { <p class="calm">"Nothing here is for you to do now."</p> }.into_any();
    }
    forms.into_any()
}

fn wiped_by(how: &Wiped) -> AnyView {
    match how {
        Wiped::Cleared(at) => {
            view! { <p>"Wiped: it fetched what clears it, " {time::time(*at)} "."</p> }.into_any()
        }
        Wiped::Said(said) => {
            view! { <p>"Wiped: " {said.by.clone()} " says: " {said.text.clone()}</p> }.into_any()
        }
    }
}

fn end(signed: &Signed, action: &str, attempt: &Attempt) -> AnyView {
    let options = [
        ("stock", "Back to stock"),
        ("rma", "Back to the vendor"),
        ("loan", "On loan"),
        ("lost", "Lost or stolen"),
    ];
    let until: String = in_days(signed.op.now, 30).chars().take(10).collect();
    let fields = view! {
        {select("end", "to", "Where the old handset goes", &options, "stock", attempt)}
        <div class="row end">
            {Field::new("end", "reference", "Vendor's number").hint("For the vendor.").view(attempt)}
            {Field::new("end", "whom", "Lent to").hint("For a loan.").view(attempt)}
            {Field::new("end", "until", "Due back").kind("date").hint("For a loan.").value(until).view(attempt)}
        </div>
        <div class="row end">
            {Field::new("end", "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Say where it goes"</button>
        </div>
    };
    form(signed, "end", "end", action, fields.into_any())
}
