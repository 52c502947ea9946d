//! What may be done now with a change of a layer.

use super::verb;
use crate::{
    components::{
        field::{Field, own_password},
        form::{button, form},
        prose::{many, prose},
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{Code, authz::Action, change_request::State, rollout::Status};
use leptos::prelude::*;
use services::layers::view::ChangeView;

pub(crate) const APPROVE: &str = "approve-layer";
pub(crate) const REJECT: &str = "reject-layer";

pub(super) fn decide(signed: &Signed, change: &ChangeView, attempt: &Attempt) -> AnyView {
    let says = |text: &'static str| view! { <p>{text}</p> }.into_any();
    let content = match &change.row.state {
        State::Submitted { .. } | State::Approved { .. } if change.stale => again(
            signed,
            change,
            "Phones are reached otherwise, or in other waves, than when it was submitted. Read it again and submit it anew.",
        ),
        State::Draft => {
            again(signed, change, "Only you see it. Submit it, so that somebody else can look at it.")
        }
        State::Stale { .. } => again(
            signed,
            change,
            "Phones are reached otherwise, or in other waves, than was approved. Read it again and submit it anew.",
        ),
        State::Submitted { .. } => submitted(signed, change, attempt),
        State::Approved { .. } | State::Scheduled { .. } => approved(signed, change),
        State::Applied { .. } if change.row.publishing => {
            says("It is published. The phones' files follow, some at a time.")
        }
        State::Applied { .. } if change.rollout.is_some_and(|(_, status)| status == Status::Aborted) => {
            says("Its rollout was aborted: the layer says what it said before.")
        }
        State::Applied { .. } if change.rollout.is_some_and(|(_, status)| !status.over()) => {
            says("It goes out in waves. A phone that is not reached yet keeps what it had.")
        }
        State::Applied { .. } => says("It is published. Each phone takes it over at its next fetch."),
        State::Rejected { reason, .. } => view! { <p>"It was rejected: " {reason.clone()}</p> }.into_any(),
        State::Withdrawn { .. } => says("It was withdrawn."),
        State::Superseded { .. } => says("Another one stands in its place."),
    };
    let withdraw = (!change.row.state.is_final() && change.own && asks(signed, change))
        .then(|| button(signed, "withdraw-layer", &verb(change, "withdraw"), "Withdraw", "quiet"));
    view! {
        <section class="panel decide" id="decide" aria-labelledby="decide-title">
            <h2 id="decide-title">"Next step"</h2>
            {content}
            {withdraw}
        </section>
    }
    .into_any()
}

/// Whether they may do it where the change is at work.
fn may(signed: &Signed, change: &ChangeView, action: Action) -> bool {
    change.site.as_ref().map_or_else(|| signed.may_all(action), |code| signed.may_at(action, code))
}

fn asks(signed: &Signed, change: &ChangeView) -> bool {
    let action = if change.exception.is_some() { Action::RequestForPhone } else { Action::Request };
    may(signed, change, action)
}

fn again(signed: &Signed, change: &ChangeView, text: &'static str) -> AnyView {
    if !asks(signed, change) {
        return view! { <p>{text}</p> }.into_any();
    }
    if change.standing != change.parent && change.exception.is_none() {
        return view! {
            <p>{format!("It was begun from version {}, and version {} stands.", change.parent, change.standing)}</p>
            {button(signed, "bring-up", &verb(change, "bring-up"), "Bring it up to that", "")}
        }
        .into_any();
    }
    if !change.blocks.is_empty() {
        return view! { <p>"What blocks it has to be mended before it can be submitted."</p> }.into_any();
    }
    view! { <p>{text}</p> {button(signed, "submit-layer", &verb(change, "submit"), "Submit for approval", "")} }.into_any()
}

fn submitted(signed: &Signed, change: &ChangeView, attempt: &Attempt) -> AnyView {
    if change.involved {
        let code = Code::ApprovalSelf;
        return view! { <p data-code=code.text()>{prose(code.says())} " " {prose(code.next_step())}</p> }
            .into_any();
    }
    if !change.approvals.may_approve && !change.approvals.may_reject {
        return view! { <p>"It waits for approvals that are not asked of you."</p> }.into_any();
    }
    let approve = change.approvals.may_approve.then(|| {
        let fields = view! {
            <input type="hidden" name="digest" value=change.digest.clone() />
            <p>"You sign exactly this: the version, what it does to each phone, and how it goes out. If a phone is reached otherwise before it is applied, or how changes go out is changed, it comes back to you."</p>
            {own_password(APPROVE, attempt)}
            <button>"Approve this plan"</button>
        };
        form(signed, APPROVE, APPROVE, &verb(change, "approve"), fields.into_any())
    });
    let reject = view! {
        {Field::new(REJECT, "reason", "Reason").required().view(attempt)}
        <button class="quiet">"Reject"</button>
    };
    view! {
        {approve}
        <details class="act" open=attempt.typed(REJECT, "reason").is_some()>
            <summary>"Reject it instead"</summary>
            {form(signed, REJECT, REJECT, &verb(change, "reject"), reject.into_any())}
        </details>
    }
    .into_any()
}

fn approved(signed: &Signed, change: &ChangeView) -> AnyView {
    if !change.blocks.is_empty() {
        return view! { <p>"It is approved, and cannot be published before what blocks it is mended."</p> }
            .into_any();
    }
    if !may(signed, change, Action::Apply) {
        return view! { <p>"It is approved, and waits to be published."</p> }.into_any();
    }
    let phones = change.plan.counts.devices;
    let (says, label) = match &change.plan.waves {
        None => (
            format!(
                "It is approved. Publishing it gives {} other files at their next fetch.",
                many(phones, "phone")
            ),
            "Publish",
        ),
        Some(settings) => (
            format!(
                "It is approved. It goes to {} in {}.",
                many(phones, "phone"),
                many(settings.waves.len(), "wave")
            ),
            "Begin the rollout",
        ),
    };
    view! {
        <p>{says}</p>
        {button(signed, "apply-layer", &verb(change, "apply"), label, "")}
    }
    .into_any()
}
