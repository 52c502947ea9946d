//! The page on which a return of many phones is asked for: a list of MACs, or what a filter of the inventory finds.

use crate::{
    components::{
        field::Field,
        finding,
        form::{form, in_days},
        head::{head, step},
    },
    fields::Attempt,
    render::query,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::authz::{Action, authorise};
use leptos::prelude::*;
use services::{Problem, devices, view::DeviceFilter};

pub(crate) const FORM: &str = "return-many";

/// Where a filter of the inventory leads, when all that it finds shall go back.
pub(crate) fn path(filter: &DeviceFilter) -> String {
    format!("/pins/return{}", query(&pairs(filter)))
}

fn pairs(filter: &DeviceFilter) -> [(&str, &str); 3] {
    [("site", filter.site.as_str()), ("q", &filter.q), ("state", &filter.state)]
}

pub(crate) async fn show(signed: Signed, Query(filter): Query<DeviceFilter>) -> Answer {
    page(&signed, &filter, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, filter: &DeviceFilter, attempt: &Attempt) -> Answer {
    authorise(&signed.op.actor, Action::Request).map_err(Problem::from)?;
    let found = if filter.is_empty() {
        None
    } else {
        Some(
            devices::list(
                signed.services(),
                &signed.op,
                &DeviceFilter { after: String::new(), ..filter.clone() },
            )
            .await?,
        )
    };
    Ok(signed.page(attempt.status(), "Return of many phones", || {
        let trail = [step("/pins", "Pins"), step(format!("/devices{}", query(&pairs(filter))), "Devices")];
        let chosen = found.map(|page| {
            let many = page.rows.len();
            let many = if page.next.is_some() { format!("more than {many}") } else { many.to_string() };
            let said: Vec<_> = pairs(filter)
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            view! { <p class="calm" id="found">{format!("The filter ({}) finds {many} devices; all of them go into the request.", said.join(", "))}</p> }
        });
        view! {
            {head(&trail, "Return of many phones".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"Each phone gets the settings of one of its own earlier revisions again, and is held to them. Lines, owners and secrets stay. One draft for all: its plan groups the phones by what changes, and names who is left out."</p>
            {chosen}
            {ask(signed, filter, attempt)}
        }
        .into_any()
    }))
}

fn ask(signed: &Signed, filter: &DeviceFilter, attempt: &Attempt) -> AnyView {
    let hidden: Vec<_> = pairs(filter)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect();
    let (label, needed) =
        if filter.is_empty() { ("Phones", true) } else { ("Other phones beside these", false) };
    let macs =
        Field::new(FORM, "macs", label).hint("MAC addresses, one a line.").rows(if needed { 6 } else { 2 });
    let macs = if needed { macs.required() } else { macs };
    let fields = view! {
        {hidden}
        {macs.view(attempt)}
        <div class="row end">
            {Field::new(FORM, "change", "To what they had before").hint("A change of a layer, such as LC-7.").view(attempt)}
            {Field::new(FORM, "at", "Or at a moment (UTC)").kind("datetime-local").view(attempt)}
        </div>
        <div class="row end">
            {Field::new(FORM, "owner", "Who answers for it").required().view(attempt)}
            {Field::new(FORM, "expires", "Ends (UTC)").kind("datetime-local").value(in_days(signed.op.now, 7)).required().view(attempt)}
            {Field::new(FORM, "reason", "Reason").required().view(attempt)}
            {Field::new(FORM, "external_ref", "Ticket").view(attempt)}
            <button>"See what it does"</button>
        </div>
    };
    form(signed, FORM, FORM, "/pins/return", fields.into_any())
}
