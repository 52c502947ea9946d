//! What may be done with a request now: the forms that its state and the reader's roles allow.

use crate::{
    components::{
        field::{Field, own_password},
        form::{button, form},
        prose::prose,
        time,
    },
    fields::Attempt,
    render::query,
    visitor::Signed,
};
use domain::{Code, Timestamp, authz::Action, change_request::State};
use leptos::prelude::*;
use services::view::RequestView;

pub(crate) const APPROVE: &str = "approve";
pub(crate) const REJECT: &str = "reject";
pub(crate) const EDIT: &str = "edit";
pub(crate) const SCHEDULE: &str = "schedule";

pub(crate) fn panel(signed: &Signed, request: &RequestView, attempt: &Attempt) -> AnyView {
    let content = match &request.row.state {
        State::Submitted { .. } | State::Approved { .. } | State::Scheduled { .. } if request.stale => draft(
            signed,
            request,
            "The plan has changed since it was submitted. Read it again and submit it anew.",
        ),
        State::Draft => {
            draft(signed, request, "The plan is ready. Submit it, so that an approver can look at it.")
        }
        State::Stale { .. } => draft(
            signed,
            request,
            "The plan has changed since it was approved. Read it again and submit it anew.",
        ),
        State::Submitted { .. } => submitted(signed, request, attempt),
        State::Approved { .. } => approved(signed, request, attempt),
        State::Scheduled { due, .. } => scheduled(signed, request, *due, attempt),
        State::Applied { .. } => says("It has been applied. The phone gets it at its next fetch."),
        State::Rejected { reason, .. } => view! { <p>"It was rejected: " {reason.clone()}</p> }.into_any(),
        State::Withdrawn { .. } => says("It was withdrawn."),
        State::Superseded { with, .. } => {
            view! { <p>"Its place was taken by " <a href=format!("/requests/{with}")>{format!("CR-{with}")}</a> "."</p> }
                .into_any()
        }
    };
    view! {
        <section class="panel decide" id="decide" aria-labelledby="decide-title">
            <h2 id="decide-title">"Next step"</h2>
            {content}
            {under_glass(signed, request)}
            {edit(signed, request, attempt)}
            {replace(signed, request)}
            {withdraw(signed, request)}
        </section>
    }
    .into_any()
}

fn says(text: &'static str) -> AnyView {
    view! { <p>{text}</p> }.into_any()
}

/// Whether they may do it where the request is; what lies elsewhere is refused by the act.
fn may(signed: &Signed, request: &RequestView, action: Action) -> bool {
    let site = &request.row.site;
    if site.is_empty() { signed.may(action) } else { signed.may_at(action, site) }
}

fn address(request: &RequestView, verb: &str) -> String {
    format!("/requests/{}/{verb}", request.row.number)
}

fn draft(signed: &Signed, request: &RequestView, text: &'static str) -> AnyView {
    let submit = may(signed, request, Action::Request)
        .then(|| button(signed, "submit", &address(request, "submit"), "Submit for approval", ""));
    view! { <p>{text}</p> {submit} }.into_any()
}

fn submitted(signed: &Signed, request: &RequestView, attempt: &Attempt) -> AnyView {
    if request.involved {
        let code = Code::ApprovalSelf;
        return view! { <p data-code=code.text()>{prose(code.says())} " " {prose(code.next_step())}</p> }
            .into_any();
    }
    let approvals = &request.approvals;
    if !approvals.may_approve && !approvals.may_reject {
        return says("It waits for approvals that are not asked of you.");
    }
    let blocked = request.blocks.iter().any(|f| f.blocks() && f.code != Code::ApprovalMissing);
    let warning = blocked.then(|| {
        view! { <p class="hint">"Something blocks it now. When that is mended the plan is another one, and is approved again."</p> }
    });
    let approve = view! {
        <input type="hidden" name="digest" value=request.digest.clone() />
        <p>"You sign exactly this plan, by its digest. If anything changes before it is applied, it comes back to you."</p>
        {warning}
        {own_password(APPROVE, attempt)}
        <button>"Approve this plan"</button>
    };
    let reject = view! {
        {Field::new(REJECT, "reason", "Reason").required().view(attempt)}
        <button class="quiet">"Reject"</button>
    };
    let approve = if approvals.may_approve {
        form(signed, APPROVE, APPROVE, &address(request, APPROVE), approve.into_any())
    } else {
        says("What is missing has to come from somebody else.")
    };
    view! {
        {approve}
        <details class="act" open=attempt.typed(REJECT, "reason").is_some()>
            <summary>"Reject it instead"</summary>
            {form(signed, REJECT, REJECT, &address(request, REJECT), reject.into_any())}
        </details>
    }
    .into_any()
}

fn approved(signed: &Signed, request: &RequestView, attempt: &Attempt) -> AnyView {
    let now = if blocked(request) {
        says("It is approved, and cannot be applied before what blocks it is mended.")
    } else if !may(signed, request, Action::Apply) {
        return says("It is approved, and waits to be applied.");
    } else {
        let waits = request.groups.iter().any(|group| !group.blocks.is_empty());
        let waits = waits.then(|| view! { <p class="hint">"What is blocked or has changed waits; the other items are applied."</p> });
        view! {
            <p>"It is approved. Applying it takes effect at once: the phone gets it at its next fetch."</p>
            {waits}
            {button(signed, "apply", &address(request, "apply"), "Apply", "")}
        }
        .into_any()
    };
    let changed = request.groups.iter().any(|group| group.blocks.contains(&Code::PlanStale));
    let again = changed.then(|| {
        draft(
            signed,
            request,
            "Some items are no longer what was approved. What is left can be submitted anew, and is approved again.",
        )
    });
    view! { {now} {again} {schedule(signed, request, attempt)} }.into_any()
}

/// Whether applying it now would do nothing.
fn blocked(request: &RequestView) -> bool {
    let something = request.blocks.iter().any(domain::Finding::blocks);
    something && (request.all_or_nothing || !request.ready)
}

fn schedule(signed: &Signed, request: &RequestView, attempt: &Attempt) -> Option<AnyView> {
    may(signed, request, Action::Apply).then(|| {
        let fields = view! {
            {Field::new(SCHEDULE, "due", "When (UTC)").kind("datetime-local").required().view(attempt)}
            <button class="quiet">"Schedule"</button>
        };
        view! {
            <details class="act" open=attempt.typed(SCHEDULE, "due").is_some()>
                <summary>"Apply it at a time"</summary>
                <p class="hint">"It is applied by itself, if it is still the same and nothing is in its way then."</p>
                {form(signed, SCHEDULE, SCHEDULE, &address(request, SCHEDULE), fields.into_any())}
            </details>
        }
        .into_any()
    })
}

fn scheduled(signed: &Signed, request: &RequestView, due: Timestamp, attempt: &Attempt) -> AnyView {
    let now = (!blocked(request) && may(signed, request, Action::Apply))
        .then(|| button(signed, "apply", &address(request, "apply"), "Apply now", ""));
    let hold = may(signed, request, Action::Apply).then(|| {
        button(signed, "unschedule", &address(request, "unschedule"), "Do not apply it by itself", "quiet")
    });
    view! {
        <p>"It is approved, and is applied by itself at " {time::time(due)} "."</p>
        {now} {hold} {schedule(signed, request, attempt)}
    }
    .into_any()
}

/// For whoever has broken glass.
fn under_glass(signed: &Signed, request: &RequestView) -> Option<AnyView> {
    let waits = matches!(request.row.state, State::Submitted { .. } | State::Approved { .. });
    let glass = signed.own_glass().filter(|_| waits && signed.may(Action::BreakGlass))?;
    let text = format!(
        "You have broken glass (BG-{}). Applying it now needs no approval and no open gate; it is marked, and somebody else reviews it.",
        glass.number
    );
    let view = view! {
        <p class="hint">{text}</p>
        {button(signed, "apply-under-glass", &address(request, "apply-under-glass"), "Apply under broken glass", "danger")}
    };
    Some(view.into_any())
}

/// Words can be changed while nobody has looked at them.
fn edit(signed: &Signed, request: &RequestView, attempt: &Attempt) -> Option<AnyView> {
    let open = matches!(request.row.state, State::Draft | State::Stale { .. });
    (open && may(signed, request, Action::Request)).then(|| {
        let fields = view! {
            {Field::new(EDIT, "reason", "Reason").value(request.reason.clone()).required().view(attempt)}
            {Field::new(EDIT, "external_ref", "Ticket")
                .hint("Its number elsewhere. Some rules ask for it.")
                .value(request.external_ref.clone().unwrap_or_default())
                .view(attempt)}
            <button class="quiet">"Save"</button>
        };
        view! {
            <details class="act" open=attempt.typed(EDIT, "reason").is_some()>
                <summary>"Edit reason and ticket"</summary>
                {form(signed, EDIT, EDIT, &address(request, EDIT), fields.into_any())}
            </details>
        }
        .into_any()
    })
}

/// The same key, something else.
fn replace(signed: &Signed, request: &RequestView) -> Option<AnyView> {
    let row = &request.row;
    // A request about no line key is asked for on the page of the number, the group, the schedule or the selection.
    let mac = row.mac.filter(|_| !row.kind.no_line())?;
    (!row.state.is_final() && may(signed, request, Action::Request)).then(|| {
        let query = query(&[
            ("mac", &mac.bare()),
            ("index", &row.index.to_string()),
            ("kind", row.kind.word()),
            ("instead_of", &row.number.to_string()),
        ]);
        view! { <a href=format!("/requests/new{query}")>"Ask for something else in its place"</a> }.into_any()
    })
}

fn withdraw(signed: &Signed, request: &RequestView) -> Option<AnyView> {
    let may = !request.row.state.is_final() && request.own && may(signed, request, Action::Request);
    may.then(|| button(signed, "withdraw", &address(request, "withdraw"), "Withdraw", "quiet"))
}
