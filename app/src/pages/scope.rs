//! What happens by itself at a site, on its page.

use crate::{
    components::{
        facts::{facts, long},
        field::Field,
        form::form,
        form::in_thirty_days,
        head::section,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{authz::Action, scope::Pilot, site::Scope};
use leptos::prelude::*;

pub(crate) const SCOPE: &str = "scope";

const fn title(scope: Scope) -> &'static str {
    match scope {
        Scope::OnboardingOnly => "onboarding-only: lines are never written or cleared here",
        Scope::Assisted => "assisted: people bind, one request each",
        Scope::Pilot => "pilot: standing requests bind by themselves, within these limits",
    }
}

pub(crate) fn panel(
    signed: &Signed,
    site: &str,
    scope: Scope,
    (pilot, bound): (Option<Pilot>, u32),
    attempt: &Attempt,
) -> AnyView {
    let mut all = vec![("What happens by itself", long(title(scope).into_any()))];
    if let Some(pilot) = pilot {
        let devices = format!("{bound} of at most {}", pilot.devices);
        all.push(("Devices with a line", devices.into_any()));
        all.push(("The pilot ends", time::time(pilot.until)));
    }
    let edit = signed.may_at(Action::SetPolicy, site).then(|| edit(signed, site, scope, pilot, attempt));
    section("automation", "Automation", view! { {facts(all)} {edit} }.into_any())
}

fn edit(signed: &Signed, site: &str, scope: Scope, pilot: Option<Pilot>, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(SCOPE, "scope").unwrap_or(scope.word()).to_owned();
    let scopes: Vec<_> = [Scope::OnboardingOnly, Scope::Assisted, Scope::Pilot]
        .into_iter()
        .map(|scope| {
            let id = format!("{SCOPE}-{}", scope.word());
            view! {
                <li class="choice">
                    <input type="radio" id=id.clone() name="scope" value=scope.word() checked=chosen == scope.word() />
                    <label for=id.clone()>{title(scope)}</label>
                </li>
            }
        })
        .collect();
    let until = pilot.map_or_else(
        || in_thirty_days(signed.op.now),
        |pilot| pilot.until.to_string().chars().take(16).collect(),
    );
    let devices = pilot.map(|pilot| pilot.devices.to_string()).unwrap_or_default();
    let fields = view! {
        <fieldset><legend>"Scope"</legend><ul class="choices">{scopes}</ul></fieldset>
        <div class="checks">
            {Field::new(SCOPE, "devices", "Devices of a pilot").hint("With a line, however they came by it; 1 to 500.").kind("number").value(devices).view(attempt)}
            {Field::new(SCOPE, "until", "The pilot ends (UTC)").hint("At most 180 days from now.").kind("datetime-local").value(until).view(attempt)}
        </div>
        <div class="row end">
            {Field::new(SCOPE, "reason", "Reason").required().view(attempt)}
            <button>"Set"</button>
        </div>
    };
    let open = attempt.typed(SCOPE, "reason").is_some();
    view! {
        <details class="act" open=open>
            <summary>"Change the scope"</summary>
            {form(signed, SCOPE, SCOPE, &format!("/sites/{site}/scope"), fields.into_any())}
        </details>
    }
    .into_any()
}
