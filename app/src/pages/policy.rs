//! What a site demands of proofs, on its page.

use crate::{
    components::{
        facts::{facts, text},
        field::Field,
        form::form,
        head::section,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    authz::Action,
    policy::{Policy, Treatment},
    proof::Strength,
};
use leptos::prelude::*;

pub(crate) const POLICY: &str = "policy";

pub(crate) fn panel(signed: &Signed, site: &str, policy: &Policy, attempt: &Attempt) -> AnyView {
    let wan: Vec<_> = policy.wan.iter().map(ToString::to_string).collect();
    let wan = wan.join(" ");
    let form = signed.may_at(Action::SetPolicy, site).then(|| edit(signed, site, policy, &wan, attempt));
    let content = view! {
        {facts(vec![
            ("A line leaves for", policy.demand.title().into_any()),
            ("On a DECT handset without an IPEI", handset(policy).into_any()),
            ("In light doubt", treated(policy.low).into_any()),
            ("In grave doubt", treated(policy.high).into_any()),
            ("Expected from, besides its segments", text(&wan)),
        ])}
        {form}
    };
    section("policy", "Proof and doubt", content.into_any())
}

/// It follows from what a line leaves for.
fn handset(policy: &Policy) -> &'static str {
    if policy.names_handsets() {
        "no line, where whichever handset subscribes would have it"
    } else {
        "a line, and a warning in the plan"
    }
}

const fn treated(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Keep => "standing lines are kept",
        Treatment::Hold => "standing lines are held",
    }
}

fn edit(signed: &Signed, site: &str, policy: &Policy, wan: &str, attempt: &Attempt) -> AnyView {
    let demands: Vec<_> = Strength::DEMANDS.into_iter().map(|s| (s.word(), s.title())).collect();
    let treatments: Vec<_> = [Treatment::Keep, Treatment::Hold].map(|t| (t.word(), treated(t))).to_vec();
    let fields = view! {
        {choice("demand", "A line leaves for", &demands, policy.demand.word(), attempt)}
        {choice("low", "In light doubt: a device proved itself and asked for another one's file", &treatments, policy.low.word(), attempt)}
        {choice("high", "In grave doubt: two proofs name two devices, or contradict the inventory", &treatments, policy.high.word(), attempt)}
        {Field::new(POLICY, "wan", "Expected from, besides its segments")
            .hint("Networks such as 203.0.113.0/24, with blanks between. Others are a warning on record, never a refusal.")
            .value(wan)
            .view(attempt)}
        <div class="row end">
            {Field::new(POLICY, "reason", "Reason").required().view(attempt)}
            <button>"Set"</button>
        </div>
    };
    let open = attempt.typed(POLICY, "demand").is_some();
    view! {
        <details class="act" open=open>
            <summary>"Change"</summary>
            {form(signed, POLICY, POLICY, &format!("/sites/{site}/policy"), fields.into_any())}
        </details>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    legend: &'static str,
    choices: &[(&'static str, &'static str)],
    now: &str,
    attempt: &Attempt,
) -> AnyView {
    let chosen = attempt.typed(POLICY, name).unwrap_or(now).to_owned();
    let choices: Vec<_> = choices
        .iter()
        .map(|(value, label)| {
            let id = format!("{POLICY}-{name}-{value}");
            view! {
                <li class="choice">
                    <input type="radio" id=id.clone() name=name value=*value checked=chosen == *value />
                    <label for=id>{*label}</label>
                </li>
            }
        })
        .collect();
    view! { <fieldset><legend>{legend}</legend><ul class="choices">{choices}</ul></fieldset> }.into_any()
}
