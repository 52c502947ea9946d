//! What makes one phone's own layers: its role and tags, the groups that follow from them, and its exceptions.

use super::layer::{address, exceptions};
use crate::{
    components::{
        facts::{facts, text},
        field::Field,
        finding,
        form::{form, in_days},
        head::{head, section, step},
        id,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::Action,
    layer::{Level, exception::Form},
};
use leptos::prelude::*;
use services::layers::{self, view::PhoneView};

pub(crate) const LABELS: &str = "labels";

pub(crate) async fn show(signed: Signed, Path(mac): Path<String>) -> Answer {
    page(&signed, &mac, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, mac: &str, attempt: &Attempt) -> Answer {
    let view = layers::on_device(signed.services(), &signed.op, mac).await?;
    let title = format!("Layers of {}", view.mac);
    Ok(signed.page(attempt.status(), &title, || {
        let trail = [step("/devices", "Devices"), step(format!("/devices/{}", view.mac.bare()), view.mac.to_string())];
        let groups: Vec<_> = view
            .groups
            .iter()
            .map(|code| view! { <a href=address(Level::Group, code)>{code.clone()}</a> " " })
            .collect();
        let groups = if groups.is_empty() { text("") } else { groups.into_any() };
        let tags: Vec<_> = view.tags.iter().cloned().collect();
        let [may_ask, may_label] =
            [Action::RequestForPhone, Action::Request].map(|action| signed.may_at(action, &view.site));
        view! {
            {head(&trail, "Layers and exceptions".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {facts(vec![
                ("Phone", id::device(view.mac)),
                ("Model", view.model.clone().into_any()),
                ("Own layer", view! { <a href=address(Level::Device, &view.device.to_string())>"Its versions"</a> }.into_any()),
                ("Role", text(view.role.as_deref().unwrap_or_default())),
                ("Tags", text(&tags.join(", "))),
                ("Groups", groups),
            ])}
            {section("exceptions", "Exceptions", exceptions(&view.exceptions, "No exception was asked for."))}
            {may_ask.then(|| section("ask", "Ask for an exception", ask(signed, &view, attempt)))}
            {may_label.then(|| section("labels", "Role and tags", labels(signed, &view, attempt)))}
        }
        .into_any()
    }))
}

fn labels(signed: &Signed, view: &PhoneView, attempt: &Attempt) -> AnyView {
    let tags: Vec<_> = view.tags.iter().cloned().collect();
    let fields = view! {
        <p class="hint">"Groups are made by these. What brings the phone into a group or out of one is approved like any other change."</p>
        <div class="row end">
            {Field::new(LABELS, "role", "Role").hint("Such as lobby; empty for none.").value(view.role.clone().unwrap_or_default()).view(attempt)}
            {Field::new(LABELS, "tags", "Tags").hint("With blanks between.").value(tags.join(" ")).view(attempt)}
            {Field::new(LABELS, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Save"</button>
        </div>
    };
    let action = format!("/layers/phones/{}/labels", view.mac.bare());
    form(signed, LABELS, LABELS, &action, fields.into_any())
}

/// One small form for each kind.
fn ask(signed: &Signed, view: &PhoneView, attempt: &Attempt) -> AnyView {
    let action = format!("/layers/phones/{}/exceptions", view.mac.bare());
    let forms: Vec<_> = Form::KINDS
        .into_iter()
        .map(|(kind, title, ends)| {
            let ends_at = in_days(signed.op.now, 7);
            let expires =
                Field::new(kind, "expires", if ends { "Ends (UTC)" } else { "Ends (UTC), if it does" })
                    .kind("datetime-local");
            let expires = if ends { expires.value(ends_at).required() } else { expires };
            let fields = view! {
                <input type="hidden" name="kind" value=kind />
                <p class="hint">{explains(kind)}</p>
                <div class="checks">
                    {inputs(kind, attempt)}
                    {Field::new(kind, "owner", "Who answers for it").required().view(attempt)}
                    {expires.view(attempt)}
                    {Field::new(kind, "reason", "Reason").required().view(attempt)}
                    {Field::new(kind, "external_ref", "Ticket").view(attempt)}
                </div>
                <button class="quiet">"See what it does"</button>
            };
            view! {
                <details class="act" open=attempt.typed(kind, "reason").is_some()>
                    <summary>{title}</summary>
                    {form(signed, kind, kind, &action, fields.into_any())}
                </details>
            }
        })
        .collect();
    view! { <div class="panel">{forms}</div> }.into_any()
}

fn explains(kind: &str) -> &'static str {
    match kind {
        "extra-appearance" => "One of the phone's own lines appears on another key as well.",
        "ring-group" => {
            "A key shows another ring group and picks its calls up. Who is in the group, the platform says."
        }
        "hours" => "Until it ends, every call of the line goes to another number.",
        _ => "Until it ends, calls that nobody takes go on to the next number.",
    }
}

fn inputs(kind: &'static str, attempt: &Attempt) -> AnyView {
    let number = |name: &'static str, label: &'static str, value: &str| {
        Field::new(kind, name, label).kind("number").value(value).required().view(attempt)
    };
    let dialled = |label: &'static str| Field::new(kind, "number", label).required().view(attempt);
    let label = || Field::new(kind, "label", "Label of the key").view(attempt);
    match kind {
        "extra-appearance" => view! { {number("line", "Line", "1")} {number("key", "Key", "")} {label()} }.into_any(),
        "ring-group" => view! { {dialled("Number of the group")} {number("key", "Key", "")} {label()} }.into_any(),
        "hours" => view! { {number("line", "Line", "1")} {dialled("Where calls go")} }.into_any(),
        _ => view! { {number("line", "Line", "1")} {dialled("The next number")} {number("seconds", "After seconds", "20")} }.into_any(),
    }
}
