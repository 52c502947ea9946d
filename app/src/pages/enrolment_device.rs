//! One device's enrolment: its tokens, and what can be done about them. The tokens themselves are not here.

use super::enrolment::{clash, particulars, state, until};
use crate::{
    components::{
        badge,
        facts::facts,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::Action,
    enrolment::{Enrolment, Kind, State},
};
use leptos::prelude::*;
use services::{enrolment, view::EnrolmentView};

pub(crate) const ACTIVATE: &str = "activate";
pub(crate) const REVOKE: &str = "revoke";
pub(crate) const REOPEN: &str = "reopen";
pub(crate) const RELEASE: &str = "give-back";

pub(crate) async fn show(signed: Signed, Path(mac): Path<String>) -> Answer {
    page(&signed, &mac, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, mac: &str, attempt: &Attempt) -> Answer {
    let found = enrolment::view(signed.services(), &signed.op, mac).await?;
    let title = format!("Enrolment of {}", found.device.mac);
    Ok(signed.page(attempt.status(), &title, || {
        let may = signed.may_at(Action::Enrol, &found.device.site);
        view! {
            {top(&found)}
            {finding::summary(attempt)}
            {about(&found)}
            {section("tokens", "Codes and addresses", tokens(&found.tokens))}
            {may.then(|| open(signed, &found, attempt))}
            {may.then(|| section("again", "After a factory reset", reopen(signed, &found, attempt)))}
            {may.then(|| section("back", "Return to the vendor", release(signed, &found, attempt)))}
        }
        .into_any()
    }))
}

fn top(found: &EnrolmentView) -> AnyView {
    let mac = found.device.mac;
    let state = found.tokens.first().map(|token| state(&token.state));
    let title = view! { "Enrolment of " {id::id(mac.to_string(), "MAC")} " " {state} };
    let trail = [step("/enrolment", "Enrolment")];
    let device = view! { <a class="button quiet" href=format!("/devices/{}", mac.bare())>"Device"</a> };
    head(&trail, title.into_any(), device.into_any())
}

fn about(found: &EnrolmentView) -> AnyView {
    let row = &found.device;
    facts(vec![
        ("Serial", id::id(row.serial.clone(), "serial")),
        ("Model", format!("{} {}", row.vendor, row.model).into_any()),
        ("Site", view! { <a href=format!("/enrolment?site={}", row.site)>{row.site.clone()}</a> }.into_any()),
        ("Place", row.place.clone().into_any()),
        ("Device", badge::device(&row.state)),
        ("Last proven fetch", time::maybe(row.seen, "never")),
    ])
}

fn tokens(tokens: &[Enrolment]) -> AnyView {
    let rows = tokens
        .iter()
        .map(|token| {
            view! {
                <tr data-kind=token.kind.word() data-state=token.state.word()>
                    <th scope="row">{token.kind.title()}</th>
                    <td>{state(&token.state)}</td>
                    <td class="prose">{particulars(&token.state)}</td>
                    <td data-label="Another device">{clash(token.clashed)}</td>
                    <td data-label="Made">{time::time(token.made)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Token", "State", "Particulars", "Another device", "Made"];
    table("tokens-table", "Codes and signed addresses, newest first", &heads, rows, "It never had one.")
}

/// What is open can be activated or taken back.
fn open(signed: &Signed, found: &EnrolmentView, attempt: &Attempt) -> Option<AnyView> {
    let inactive = found.tokens.iter().any(|t| t.kind == Kind::Code && t.state == State::Inactive);
    let open = found.tokens.iter().any(|t| t.state.is_open());
    if !open {
        return None;
    }
    let mac = found.device.mac.bare();
    let activate = inactive.then(|| {
        let fields = view! {
            <p>"From now on its code can be used for 24 hours."</p>
            <button>"Activate its code"</button>
        };
        form(signed, ACTIVATE, ACTIVATE, &format!("/enrolment/{mac}/activate"), fields.into_any())
    });
    let fields = view! {
        <p>"Its code and its address end at once. If one of them has delivered a credential that nobody has used since, the credential is replaced."</p>
        <div class="row end">
            {Field::new(REVOKE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Take back"</button>
        </div>
    };
    let revoke = form(signed, REVOKE, REVOKE, &format!("/enrolment/{mac}/revoke"), fields.into_any());
    Some(section("open", "What is open", view! { {activate} {revoke} }.into_any()))
}

fn reopen(signed: &Signed, found: &EnrolmentView, attempt: &Attempt) -> AnyView {
    let address = attempt.typed(REOPEN, "kind") == Some(Kind::SignedAddress.word());
    let (value, hint) = until(found.date, signed.op.now);
    let fields = view! {
        <p>"A phone that was reset has lost its credential. Reopening replaces the credential, so a phone that still has the old one is refused from now on. A code is active at once, for 24 hours; a signed address that a redirect service already knows stays the same."</p>
        <div class="row end">
            <div class="field">
                <label for="reopen-kind">"With"</label>
                <select id="reopen-kind" name="kind">
                    <option value=Kind::Code.word() selected=!address>"a new code"</option>
                    <option value=Kind::SignedAddress.word() selected=address>"its signed address"</option>
                </select>
            </div>
            {Field::new(REOPEN, "until", "Address valid until (UTC)")
                .kind("datetime-local")
                .hint(format!("Only for a signed address. {hint}"))
                .value(value)
                .view(attempt)}
            {Field::new(REOPEN, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Reopen enrolment"</button>
        </div>
    };
    let action = format!("/enrolment/{}/reopen", found.device.mac.bare());
    form(signed, REOPEN, REOPEN, &action, fields.into_any())
}

fn release(signed: &Signed, found: &EnrolmentView, attempt: &Attempt) -> AnyView {
    if found.bound {
        return view! { <p class="calm">"A line stands on it. Ask for an unbind first, and let the phone fetch once more."</p> }.into_any();
    }
    let fields = view! {
        <p>"When the phone is wiped and packed: its credential ends, and lists for redirect services do not name it any more. Take it out of the redirect service too."</p>
        <div class="row end">
            {Field::new(RELEASE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Release"</button>
        </div>
    };
    let action = format!("/enrolment/{}/release", found.device.mac.bare());
    form(signed, RELEASE, RELEASE, &action, fields.into_any())
}
