//! Lending one's authority to approve, and taking it back.

use crate::{
    components::{
        field::Field,
        form::{button, form},
        head::section,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::authz::Action;
use leptos::prelude::*;
use services::view::{DelegationRow, RulesView};

pub(crate) const DELEGATE: &str = "delegate";

pub(super) fn panel(signed: &Signed, view: &RulesView, attempt: &Attempt) -> AnyView {
    let rows = view.delegations.iter().map(|row| one(signed, row)).collect();
    let all = table(
        "delegations-table",
        "Now and later",
        &["From", "To", "Since", "Until", "Why", ""],
        rows,
        "Nobody lends their authority to anybody.",
    );
    let lend = signed.may(Action::Approve).then(|| lend(signed, view, attempt));
    section("delegations", "Delegations", view! { {all} {lend} }.into_any())
}

fn one(signed: &Signed, row: &DelegationRow) -> AnyView {
    let end = row.own.then(|| {
        let address = format!("/approvals/delegations/{}/end", row.id);
        button(signed, "end-delegation", &address, "End it", "quiet")
    });
    view! {
        <tr data-delegation=row.to.clone()>
            <th scope="row">{row.from.clone()}</th>
            <td data-label="To">{row.to.clone()}</td>
            <td data-label="Since">{time::time(row.since)}</td>
            <td data-label="Until">{time::time(row.until)}</td>
            <td class="prose">{row.reason.clone()}</td>
            <td>{end}</td>
        </tr>
    }
    .into_any()
}

fn lend(signed: &Signed, view: &RulesView, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(DELEGATE, "to").unwrap_or_default().to_owned();
    let people: Vec<_> = view
        .delegates
        .iter()
        .map(|(id, name)| {
            let id = id.to_string();
            let selected = id == chosen;
            view! { <option value=id selected=selected>{name.clone()}</option> }
        })
        .collect();
    let fields = view! {
        <p class="hint">"Somebody else signs in your place, and the record says so. What you had a hand in they cannot approve with it, and your authority counts once."</p>
        <div class="field">
            <label for="delegate-to">"To"</label>
            <select id="delegate-to" name="to" required>{people}</select>
        </div>
        {Field::new(DELEGATE, "since", "Since (UTC)").kind("datetime-local").hint("Empty is now.").view(attempt)}
        {Field::new(DELEGATE, "until", "Until (UTC)")
            .kind("datetime-local")
            .hint("At most ninety days.")
            .required()
            .view(attempt)}
        {Field::new(DELEGATE, "reason", "Reason").required().view(attempt)}
        <button>"Lend my authority"</button>
    };
    view! {
        <details class="act" open=attempt.typed(DELEGATE, "reason").is_some()>
            <summary>"Let somebody approve in your place"</summary>
            {form(signed, DELEGATE, DELEGATE, "/approvals/delegations", fields.into_any())}
        </details>
    }
    .into_any()
}
