//! What is approved in advance: the list, one of them with its approvals, and carrying out a standard change.

mod form;

pub(crate) use form::{PROPOSE_STANDARD, PROPOSE_STANDING};

use super::{approval::state, change_request::number};
use crate::{
    components::{
        badge::{self, Tone, badge},
        facts::{facts, none},
        field::{Field, own_password},
        finding,
        form::{button, form as posted},
        head::{head, plain, section, step},
        id,
        pager::pager,
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::{Path, Query};
use domain::{Code, advance::Definition, authz::Action, change_request::State};
use leptos::prelude::*;
use serde::Deserialize;
use services::advances::{self, Advance, AdvanceView};

pub(crate) const APPROVE: &str = "approve-advance";
pub(crate) const REJECT: &str = "reject-advance";
pub(crate) const END: &str = "end-advance";
pub(crate) const CARRY_OUT: &str = "carry-out";

/// Where one is in the list.
#[derive(Default, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    after: String,
}

pub(crate) async fn list(signed: Signed, Query(place): Query<Place>) -> Answer {
    list_page(&signed, &place, &Attempt::default()).await
}

pub(crate) async fn list_page(signed: &Signed, place: &Place, attempt: &Attempt) -> Answer {
    let page = advances::list(signed.services(), &signed.op, &place.after).await?;
    let standard = advances::standard_changes(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Approved in advance", || {
        view! {
            {plain("Approved in advance")}
            <p class="lede">"A standard change is a kind of change that a technician carries out at once, like for like. A standing request applies binds that were asked for one by one, as their facts turn true. Both are approved once, by somebody else, and end."</p>
            {finding::summary(attempt)}
            {carry_out(signed, &standard, attempt)}
            {table_of(signed, &page.rows)}
            {pager("/advances", &[], &place.after, page.next.as_deref())}
            {form::panel(signed, attempt)}
        }
        .into_any()
    }))
}

/// Where it is, in a word.
fn word(signed: &Signed, advance: &Advance) -> AnyView {
    match &advance.workflow.state {
        State::Applied { .. } if advance.ended.is_some() => badge(Tone::Quiet, "ended"),
        State::Applied { .. } if advance.definition.until() <= signed.op.now => badge(Tone::Quiet, "over"),
        State::Applied { .. } => badge(Tone::Good, "holds"),
        State::Submitted { .. } => badge(Tone::Busy, "waits for approval"),
        other => badge::state(other),
    }
}

const fn kind(definition: &Definition) -> &'static str {
    match definition {
        Definition::Standard(_) => "standard change",
        Definition::Standing(_) => "standing request",
    }
}

fn table_of(signed: &Signed, rows: &[Advance]) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let address = format!("/advances/{}", row.number);
            let used = match &row.definition {
                Definition::Standing(standing) => format!("{} of {}", row.used, standing.count),
                Definition::Standard(_) => row.used.to_string(),
            };
            view! {
                <tr data-advance=row.number.to_string()>
                    <th scope="row"><a href=address>{format!("AP-{}", row.number)}</a></th>
                    <td>{row.definition.name().to_owned()}</td>
                    <td data-label="Kind">{kind(&row.definition)}</td>
                    <td>{word(signed, row)}</td>
                    <td class="number" data-label="Used">{used}</td>
                    <td data-label="Until">{time::time(row.definition.until())}</td>
                    <td data-label="Proposed by">{row.requester.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Number", "Name", "Kind", "State", "#Used", "Until", "Proposed by"];
    table("advances", "Newest first", &heads, rows, "Nothing is approved in advance.")
}

/// For whoever has the handset in their hands.
fn carry_out(signed: &Signed, standard: &[Advance], attempt: &Attempt) -> Option<AnyView> {
    if !signed.may(Action::Standard) || standard.is_empty() {
        return None;
    }
    let chosen = attempt.typed(CARRY_OUT, "advance").unwrap_or_default().to_owned();
    let choices: Vec<_> = standard
        .iter()
        .map(|advance| {
            let number = advance.number.to_string();
            let name = format!("AP-{number}: {}", advance.definition.name());
            view! { <option value=number.clone() selected=chosen == number>{name}</option> }
        })
        .collect();
    let text = |name: &'static str, label: &'static str, hint: &'static str| {
        Field::new(CARRY_OUT, name, label).hint(hint).required().view(attempt)
    };
    let fields = view! {
        <div class="checks">
            <div class="field">
                <label for="carry-out-advance">"Standard change"</label>
                <select id="carry-out-advance" name="advance">{choices}</select>
            </div>
            {text("mac", "MAC of the phone", "The one that has, or had, the line.")}
            {Field::new(CARRY_OUT, "index", "Line key").hint("The one that had the line; of a replacement it may be empty.").view(attempt)}
            {Field::new(CARRY_OUT, "new_mac", "MAC of the new phone").hint("Of a replacement only.").view(attempt)}
            {text("old_serial", "Serial of the old handset", "Read it on the handset.")}
            {text("new_serial", "Serial of the new handset", "The same again, if it is the same handset.")}
        </div>
        <div class="row end">
            {text("reason", "Reason", "Whoever reviews it tomorrow reads it.")}
            <button>"Carry it out"</button>
        </div>
    };
    let form = posted(signed, CARRY_OUT, CARRY_OUT, "/advances/carry-out", fields.into_any());
    Some(section("carry-out-section", "Carry out a standard change", form))
}

pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Answer {
    page(&signed, number(&text)?, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, number: i64, attempt: &Attempt) -> Answer {
    let view = advances::view(signed.services(), &signed.op, number).await?;
    let title = format!("AP-{number}");
    Ok(signed.page(attempt.status(), &title, || {
        let advance = &view.advance;
        let name = advance.definition.name().to_owned();
        let title = view! { {title.clone()} ": " {name} " " {word(signed, advance)} };
        let ended = advance.ended.as_ref().map(|(at, why)| view! { {time::time(*at)} ": " {why.clone()} });
        let ended = ended.map_or_else(none, IntoAny::into_any);
        view! {
            {head(&[step("/advances", "Approved in advance")], title.into_any(), ().into_any())}
            {finding::summary(attempt)}
            <div class="columns">
                <div class="main">
                    {section("definition", "What is approved", view! { <p>{prose(&advance.definition.words())}</p> }.into_any())}
                    {state::panel(&view.approvals)}
                </div>
                <div class="side">
                    {decide(signed, &view, attempt)}
                    <section class="panel" id="about" aria-labelledby="about-title">
                        <h2 id="about-title">"About"</h2>
                        {facts(vec![
                            ("Kind", kind(&advance.definition).into_any()),
                            ("Proposed by", advance.requester.clone().into_any()),
                            ("At", time::time(advance.at)),
                            ("Reason", advance.reason.clone().into_any()),
                            ("Used", advance.used.into_any()),
                            ("Until", time::time(advance.definition.until())),
                            ("Ended", ended),
                            ("Digest", id::digest(view.digest.clone(), "digest of what is approved")),
                        ])}
                    </section>
                </div>
            </div>
        }
        .into_any()
    }))
}

fn decide(signed: &Signed, view: &AdvanceView, attempt: &Attempt) -> AnyView {
    let advance = &view.advance;
    let content = match &advance.workflow.state {
        State::Submitted { .. } => submitted(signed, view, attempt),
        State::Applied { .. } if advance.ended.is_none() => end(signed, advance, attempt),
        State::Applied { .. } => view! { <p>"It has ended. What was applied by it stands."</p> }.into_any(),
        State::Rejected { reason, .. } => view! { <p>"It was rejected: " {reason.clone()}</p> }.into_any(),
        _ => view! { <p>"It was withdrawn."</p> }.into_any(),
    };
    view! {
        <section class="panel decide" id="decide" aria-labelledby="decide-title">
            <h2 id="decide-title">"Next step"</h2>
            {content}
        </section>
    }
    .into_any()
}

fn address(advance: &Advance, verb: &str) -> String {
    format!("/advances/{}/{verb}", advance.number)
}

fn submitted(signed: &Signed, view: &AdvanceView, attempt: &Attempt) -> AnyView {
    let advance = &view.advance;
    let withdraw = view
        .own
        .then(|| button(signed, "withdraw-advance", &address(advance, "withdraw"), "Withdraw", "quiet"));
    if view.own {
        let code = Code::ApprovalSelf;
        return view! { <p data-code=code.text()>{prose(code.says())} " " {prose(code.next_step())}</p> {withdraw} }
            .into_any();
    }
    let approve = view.approvals.may_approve.then(|| {
        let fields = view! {
            <input type="hidden" name="digest" value=view.digest.clone() />
            <p>"You sign exactly this. You will have a hand in everything that is applied by it, so you can neither use it nor review it as your own."</p>
            {own_password(APPROVE, attempt)}
            <button>"Approve it"</button>
        };
        posted(signed, APPROVE, APPROVE, &address(advance, "approve"), fields.into_any())
    });
    let reject = view.approvals.may_reject.then(|| {
        let fields = view! {
            {Field::new(REJECT, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Reject"</button>
        };
        view! {
            <details class="act" open=attempt.typed(REJECT, "reason").is_some()>
                <summary>"Reject it instead"</summary>
                {posted(signed, REJECT, REJECT, &address(advance, "reject"), fields.into_any())}
            </details>
        }
    });
    let nothing = (approve.is_none() && reject.is_none())
        .then(|| view! { <p>"It waits for approvals that are not asked of you."</p> });
    view! { {approve} {reject} {nothing} }.into_any()
}

fn end(signed: &Signed, advance: &Advance, attempt: &Attempt) -> AnyView {
    let may = match advance.definition {
        Definition::Standard(_) => Action::ProposeRules,
        Definition::Standing(_) => Action::Request,
    };
    if !signed.may(may) {
        return view! { <p>"It holds until its date."</p> }.into_any();
    }
    let fields = view! {
        {Field::new(END, "reason", "Reason").required().view(attempt)}
        <button class="quiet">"End it now"</button>
    };
    view! {
        <p>"It holds until its date. It can be ended before; what was applied by it stands."</p>
        {posted(signed, END, END, &address(advance, "end"), fields.into_any())}
    }
    .into_any()
}
