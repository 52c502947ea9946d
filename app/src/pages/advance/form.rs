//! Proposing something to be approved in advance: a form for each kind.

use crate::{
    components::{
        choose::select,
        field::Field,
        form::{form, in_thirty_days},
        head::section,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{Severity, advance::Owners, authz::Action};
use leptos::prelude::*;

pub(crate) const PROPOSE_STANDARD: &str = "propose-standard";
pub(crate) const PROPOSE_STANDING: &str = "propose-standing";

pub(super) fn panel(signed: &Signed, attempt: &Attempt) -> Option<AnyView> {
    let standard = signed.may(Action::ProposeRules).then(|| standard(signed, attempt));
    let standing = signed.may(Action::Request).then(|| standing(signed, attempt));
    if standard.is_none() && standing.is_none() {
        return None;
    }
    Some(section("propose", "Propose", view! { {standard} {standing} }.into_any()))
}

fn folded(id: &str, title: &'static str, attempt: &Attempt, content: AnyView) -> AnyView {
    let open = attempt.typed(id, "kind").is_some();
    view! { <details class="act" open=open><summary>{title}</summary>{content}</details> }.into_any()
}

fn standard(signed: &Signed, attempt: &Attempt) -> AnyView {
    let field = |name: &'static str, label: &'static str| Field::new(PROPOSE_STANDARD, name, label);
    let fields = view! {
        <input type="hidden" name="kind" value="standard" />
        <p>"Like for like: the same lines, on a phone with as many line keys, for the same owners at the same place. The technician reads both serials on the handsets. It is approved as approval rules are, and every use is reviewed the next day."</p>
        <div class="checks">
            {field("name", "Name").required().view(attempt)}
            {select(PROPOSE_STANDARD, "change", "What is done", &[
                ("bind", "the same line goes to the same line key again"),
                ("replace", "every line of a phone goes to another one"),
            ], "", attempt)}
            {field("sites", "Sites").hint("Codes, with blanks between; empty: every site.").view(attempt)}
            {until(PROPOSE_STANDARD, signed, attempt)}
        </div>
        {reason(PROPOSE_STANDARD, attempt)}
    };
    let form = form(signed, PROPOSE_STANDARD, PROPOSE_STANDARD, "/advances", fields.into_any());
    folded(PROPOSE_STANDARD, "A standard change", attempt, form)
}

fn standing(signed: &Signed, attempt: &Attempt) -> AnyView {
    let field = |name: &'static str, label: &'static str| Field::new(PROPOSE_STANDING, name, label);
    let owners = Owners::ALL.map(|owners| {
        let title = match owners {
            Owners::Any => "people and places",
            Owners::People => "people",
            Owners::Places => "places",
        };
        (owners.word(), title)
    });
    let stops = [Severity::Blocking, Severity::Warning].map(|weight| {
        let title = match weight {
            Severity::Blocking => "something blocks for good",
            _ => "there is a warning, too",
        };
        (weight.word(), title)
    });
    let fields = view! {
        <input type="hidden" name="kind" value="standing" />
        <p>"Requests to bind that are submitted and fit it are applied by themselves, one plan each, once nothing blocks them: at a site that is a pilot, within its limits. It is approved as all its binds would be."</p>
        <div class="checks">
            {field("name", "Name").required().view(attempt)}
            {field("sites", "Site").hint("Its code.").required().view(attempt)}
            {field("models", "Models").hint("With commas between; empty: any.").view(attempt)}
            {field("first", "First extension").required().view(attempt)}
            {field("last", "Last extension").required().view(attempt)}
            {select(PROPOSE_STANDING, "owners", "Lines of", &owners, "", attempt)}
            {field("count", "At most so many").hint("1 to 500.").kind("number").required().view(attempt)}
            {until(PROPOSE_STANDING, signed, attempt)}
            {select(PROPOSE_STANDING, "stops_at", "It stops when", &stops, "", attempt)}
        </div>
        {reason(PROPOSE_STANDING, attempt)}
    };
    let form = form(signed, PROPOSE_STANDING, PROPOSE_STANDING, "/advances", fields.into_any());
    folded(PROPOSE_STANDING, "A standing request", attempt, form)
}

fn until(id: &str, signed: &Signed, attempt: &Attempt) -> AnyView {
    Field::new(id, "until", "Until (UTC)")
        .hint("At most a year; of a standing request, 180 days.")
        .kind("datetime-local")
        .value(in_thirty_days(signed.op.now))
        .required()
        .view(attempt)
}

fn reason(id: &str, attempt: &Attempt) -> AnyView {
    view! {
        <div class="row end">
            {Field::new(id, "reason", "Why").hint("Whoever approves it reads it.").required().view(attempt)}
            <button>"Propose"</button>
        </div>
    }
    .into_any()
}
