//! What may be done with a device: its handsets, its credential, its quarantine.

use super::kind;
use crate::{
    components::{
        facts::{facts, long},
        field::Field,
        form::form,
        head::{head, step},
        id,
    },
    fields::Attempt,
    visitor::Signed,
};
use axum::http::StatusCode;
use domain::{
    authz::Action,
    device::EndpointKind,
    vendor::{Handsets, Vendor},
};
use leptos::prelude::*;
use services::view::DeviceView;

pub(crate) const HANDSET: &str = "handset";

pub(super) fn may_enter(signed: &Signed, device: &DeviceView) -> bool {
    kind(device) == EndpointKind::DectHandset && signed.may(Action::Import)
}

/// Which handset is which: only of those without a line.
pub(super) fn handset(signed: &Signed, device: &DeviceView, attempt: &Attempt) -> AnyView {
    let action = format!("/devices/{}/handset", device.row.mac.bare());
    let how = Vendor::parse(&device.row.vendor).and_then(Vendor::handsets).map(Handsets::says);
    let next = device.endpoints.iter().find(|key| key.ipei.is_none()).map(|key| key.index.to_string());
    let typed = attempt.typed(HANDSET, "handset").map(str::to_owned).or(next).unwrap_or_default();
    let free = device.endpoints.iter().filter(|key| key.extension.is_none());
    let options: Vec<_> = free
        .map(|key| {
            let number = key.index.to_string();
            let known = key.ipei.map(|ipei| format!(" · {ipei}")).unwrap_or_default();
            let label = format!("{number}{known}");
            view! { <option value=number.clone() selected=number == typed>{label}</option> }
        })
        .collect();
    let fields = view! {
        <p>{how}" A handset with a line is not listed: ask for an unbind or a replacement first."</p>
        <div class="row end">
            <div class="field">
                <label for="handset-handset">"Handset"</label>
                <select id="handset-handset" name="handset" required>{options}</select>
            </div>
            {Field::new(HANDSET, "ipei", "IPEI").hint("As the handset shows it. Empty: not known any more.").view(attempt)}
            {Field::new(HANDSET, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Enter"</button>
        </div>
    };
    form(signed, HANDSET, HANDSET, &action, fields.into_any())
}

pub(crate) const REVEAL: &str = "reveal";

pub(super) fn reveal(signed: &Signed, device: &DeviceView, attempt: &Attempt) -> AnyView {
    let action = format!("/devices/{}/credential", device.row.mac.bare());
    let fields = view! {
        <p>"The user name and password that the phone proves itself with. Looking is recorded, with your reason."</p>
        <div class="row end">
            {Field::new(REVEAL, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Show once"</button>
        </div>
    };
    form(signed, REVEAL, REVEAL, &action, fields.into_any())
}

pub(crate) const RELEASE: &str = "release";

pub(super) fn may_release(signed: &Signed, device: &DeviceView) -> bool {
    device.row.state == "quarantined" && signed.may_at(Action::Quarantine, &device.row.site)
}

pub(super) fn release(signed: &Signed, device: &DeviceView, attempt: &Attempt) -> AnyView {
    let action = format!("/devices/{}/release", device.row.mac.bare());
    let fields = view! {
        <p>"A verified proof disagreed with the inventory: who did what, on its trace, says how. Find out which handset this is, then release it."</p>
        <div class="row end">
            {Field::new(RELEASE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Release"</button>
        </div>
    };
    form(signed, RELEASE, RELEASE, &action, fields.into_any())
}

/// The credential, on a page that no browser keeps.
pub(crate) fn credential(signed: &Signed, mac: &str, user: &str, password: &str) -> axum::response::Response {
    signed.page(StatusCode::OK, "Provisioning credential", || {
        let back = format!("/devices/{mac}");
        view! {
            {head(&[step("/devices", "Devices"), step(back.clone(), mac.to_owned())], "Provisioning credential".into_any(), ().into_any())}
            <p class="lede">"It is shown once: reloading does not bring it back. That you saw it is in the audit history."</p>
            {facts(vec![("User name", long(id::id(user, "user name"))), ("Password", long(id::id(password, "password")))])}
            <p><a class="button quiet" href=back>"Back to the device"</a></p>
        }
        .into_any()
    })
}
