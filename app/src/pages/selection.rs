//! A request about the devices that a filter of the inventory finds: their lines, their phones, their
//! extensions, or where they stand.

use crate::{
    components::{
        choose::select,
        field::Field,
        finding,
        form::form,
        head::{head, step},
        id,
        table::table,
    },
    fields::Attempt,
    render::query,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::{layer::exception::Form, profile::Typed};
use leptos::prelude::*;
use services::{
    change_requests,
    view::{DeviceFilter, Selected, Selection},
};

pub(crate) const FORM: &str = "selection";
/// Lines that are listed; where each is ticked, all of them are.
const LISTED: usize = 200;

/// Where a filter of the inventory leads, when something is to be asked for about all that it finds.
pub(crate) fn path(filter: &DeviceFilter) -> String {
    let pairs = [("site", filter.site.as_str()), ("q", &filter.q), ("state", &filter.state)];
    format!("/requests/selection{}", query(&pairs))
}

pub(crate) async fn show(signed: Signed, Query(filter): Query<DeviceFilter>) -> Answer {
    page(&signed, &filter, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, filter: &DeviceFilter, attempt: &Attempt) -> Answer {
    let found = change_requests::select(signed.services(), &signed.op, filter).await?;
    Ok(signed.page(attempt.status(), "Request for a selection", || {
        let back = format!("/devices{}", query(&[("site", &filter.site), ("q", &filter.q), ("state", &filter.state)]));
        let trail = [step("/requests", "Requests"), step(back, "Devices")];
        let lede = format!(
            "{} devices are selected, with {} lines. One draft is about all of them; nothing changes before somebody else has approved it and it is applied.",
            found.devices,
            found.lines.len()
        );
        view! {
            {head(&trail, "Request for a selection".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">{lede}</p>
            {if found.findings.is_empty() { ask(signed, filter, &found, attempt) } else { finding::list(&found.findings) }}
        }
        .into_any()
    }))
}

fn ask(signed: &Signed, filter: &DeviceFilter, found: &Selection, attempt: &Attempt) -> AnyView {
    if found.lines.is_empty() && found.others.is_empty() {
        return view! { <p class="calm">"None of these devices is in use or in stock."</p> }.into_any();
    }
    let each = found.lines.iter().chain(&found.others).any(|line| line.each);
    let ticked = attempt.typed_all(FORM, "ticked");
    let lines = if found.lines.is_empty() {
        view! { <p class="calm">"No line stands on these devices. Lines are put on them one by one, or from a file."</p> }.into_any()
    } else {
        let rows = found.lines.iter().take(LISTED.max(found.lines.iter().filter(|line| line.each).count()));
        let rows: Vec<_> = rows.map(|line| row(line, &ticked)).collect();
        let more = found.lines.len().saturating_sub(rows.len());
        let more = (more > 0)
            .then(|| view! { <p class="hint">{format!("{more} more lines, with the others.")}</p> });
        let table = table(
            "selected",
            "Lines of the selection",
            &["With it", "Phone", "Key", "Extension", "Site"],
            rows,
            "",
        );
        view! { {table} {more} }.into_any()
    };
    let all = attempt.typed(FORM, "all_or_nothing").is_some();
    let fields = view! {
        <input type="hidden" name="site" value=filter.site.clone() />
        <input type="hidden" name="q" value=filter.q.clone() />
        <input type="hidden" name="state" value=filter.state.clone() />
        <input type="hidden" name="seen" value=found.digest.clone() />
        {each.then(|| view! { <p>"At an assisted site each line is ticked: what is not ticked stays."</p> })}
        {lines}
        {about(found, attempt)}
        {Field::new(FORM, "reason", "Reason").hint("The approver reads it.").required().view(attempt)}
        {Field::new(FORM, "external_ref", "Ticket").hint("Its number elsewhere. Some rules ask for it.").view(attempt)}
        <div class="choice">
            <input type="checkbox" id="selection-all_or_nothing" name="all_or_nothing" value="yes" checked=all />
            <label for="selection-all_or_nothing">"All or nothing: one line that cannot be taken away keeps the others. What is not about taking lines away always is."</label>
        </div>
        <button>"Make the draft"</button>
    };
    form(signed, FORM, FORM, "/requests/selection", fields.into_any())
}

/// What is to happen to all of it, and what each choice needs. One form, so that it works without a script.
fn about(found: &Selection, attempt: &Attempt) -> AnyView {
    let mut choices = vec![];
    if !found.lines.is_empty() {
        choices.push(("revoke".to_owned(), "Revoke the lines".to_owned()));
        choices.extend(
            Form::KINDS.iter().map(|(word, title, _)| ((*word).to_owned(), format!("Exception: {title}"))),
        );
        choices.push(("profile".to_owned(), "Change one field of their profiles".to_owned()));
        choices.push(("class".to_owned(), "Change their class of service".to_owned()));
    }
    choices.push(("place".to_owned(), "Put the phones at another place".to_owned()));
    let preset = choices.first().map_or("place", |(word, _)| word.as_str()).to_owned();
    let ticked = attempt.typed_all(FORM, "ticked");
    let rows: Vec<_> = found.others.iter().take(LISTED).map(|phone| without_line(phone, &ticked)).collect();
    let others = (!rows.is_empty()).then(|| {
        table("others", "Phones of the selection without a line", &["With it", "Phone", "Site"], rows, "")
    });
    view! {
        {select(FORM, "about", "What is to happen", &choices, &preset, attempt)}
        {(!found.lines.is_empty()).then(|| beside(attempt))}
        <details class="act" open=typed(&["place"], attempt) || found.lines.is_empty()>
            <summary>"For another place"</summary>
            <p class="hint">"Where an emergency call from them is located. Lines and files stay as they are; at most 200 phones at once."</p>
            {Field::new(FORM, "place", "Place").hint("Its code, at each phone's own site.").view(attempt)}
            {others}
        </details>
    }
    .into_any()
}

/// What the choices about lines need.
fn beside(attempt: &Attempt) -> AnyView {
    let field = |name: &'static str, label: &'static str| Field::new(FORM, name, label);
    let typed = |names: &[&str]| typed(names, attempt);
    let excepted = ["key", "line", "number", "label", "seconds", "owner", "expires"];
    view! {
        <details class="act" open=typed(&excepted)>
            <summary>"For an exception"</summary>
            <p class="hint">"Each phone that has one of the lines is otherwise than its layers say. Other hours and a temporary hunt group have to end. Fields that its kind does not need stay empty."</p>
            <div class="checks">
                {field("line", "Line").hint("From 1.").view(attempt)}
                {field("key", "Key").hint("Extra appearance, ring group.").view(attempt)}
                {field("number", "Number").hint("Ring group, other hours, hunt group.").view(attempt)}
                {field("label", "Label of the key").view(attempt)}
                {field("seconds", "After seconds").hint("Hunt group: 5 to 120.").view(attempt)}
                {field("owner", "Who answers for it").view(attempt)}
                {field("expires", "Ends (UTC)").kind("datetime-local").view(attempt)}
            </div>
        </details>
        <details class="act" open=typed(&["value"])>
            <summary>"For profiles"</summary>
            <p class="hint">"Empty: it leads nowhere, or is not said."</p>
            <div class="checks">
                {select(FORM, "field", "Field", &Typed::FIELDS, "forward_always", attempt)}
                {field("value", "Is to be").view(attempt)}
            </div>
        </details>
        <details class="act" open=typed(&["class"])>
            <summary>"For a class of service"</summary>
            {field("class", "Class of service").hint("Such as internal, local, national or international.").view(attempt)}
        </details>
    }
    .into_any()
}

/// Whether something was typed in one of these.
fn typed(names: &[&str], attempt: &Attempt) -> bool {
    names.iter().any(|name| attempt.typed(FORM, name).is_some_and(|text| !text.is_empty()))
}

fn tick(line: &Selected, label: String, ticked: &[String]) -> AnyView {
    if !line.each {
        return "with the others".into_any();
    }
    let name = line.name();
    let checked = ticked.contains(&name);
    view! { <input type="checkbox" name="ticked" value=name checked=checked aria-label=label /> }.into_any()
}

fn without_line(phone: &Selected, ticked: &[String]) -> AnyView {
    view! {
        <tr data-phone=phone.name()>
            <td>{tick(phone, format!("{} without a line", phone.at.mac), ticked)}</td>
            <th scope="row">{id::device(phone.at.mac)}</th>
            <td data-label="Site">{phone.site.clone()}</td>
        </tr>
    }
    .into_any()
}

fn row(line: &Selected, ticked: &[String]) -> AnyView {
    let name = line.name();
    let label = format!("{} on {} line key {}", line.extension, line.at.mac, line.at.index);
    let tick = tick(line, label, ticked);
    view! {
        <tr data-line=name>
            <td>{tick}</td>
            <th scope="row">{id::device(line.at.mac)}</th>
            <td data-label="Key">{line.at.index}</td>
            <td data-label="Extension">{line.extension.clone()}</td>
            <td data-label="Site">{line.site.clone()}</td>
        </tr>
    }
    .into_any()
}
