//! Pins: which phones are held to earlier settings; and the page on which a phone's return is asked for.

use super::layer;
use crate::{
    components::{
        badge::{Tone, badge},
        choose::select,
        diff::diff,
        facts::facts,
        field::Field,
        finding,
        form::{form, in_days},
        head::{head, plain, section, step},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::{Path, Query};
use domain::{authz::Action, revision::RevisionKind};
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    layers::view::{ExceptionRow, PinView, ReturnView, RevisionRow},
    returns,
};

pub(crate) const RETURN: &str = "return";
pub(crate) const RELEASE: &str = "release-pin";

/// Where one is in a list, and which revision is looked at.
#[derive(Default, Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    revision: String,
    #[serde(default)]
    after: String,
}

pub(crate) async fn list(signed: Signed, Query(place): Query<Place>) -> Answer {
    page(&signed, &place.after, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, after: &str, attempt: &Attempt) -> Answer {
    let page = returns::pins(signed.services(), &signed.op, after).await?;
    Ok(signed.page(attempt.status(), "Pins", || {
        let may = signed.may(Action::Apply) && !page.rows.is_empty();
        let rows = page.rows.iter().map(row).collect();
        let heads = ["Device", "Site", "Held to", "By", "Owner", "Until", "Why"];
        view! {
            {plain("Pins")}
            {finding::summary(attempt)}
            <p class="lede">"A pinned phone is held to the settings of one of its earlier revisions. Changes of layers do not reach it; lines and secrets are always those of its binding."</p>
            {table("pins", "By MAC", &heads, rows, "No phone is pinned. A phone's page leads to its return.")}
            {pager("/pins", &[], after, page.next.as_deref())}
            {signed.may_all(Action::Request).then(|| view! { <p><a class="button quiet" href="/pins/return">"Return many phones"</a></p> })}
            {may.then(|| section("release", "Let one go", release(signed, &page.rows, attempt)))}
        }
        .into_any()
    }))
}

fn row(row: &ExceptionRow) -> AnyView {
    let x = &row.exception;
    let revision = x.form.revision().map(|number| format!("revision {number}")).unwrap_or_default();
    let soon = row.soon.as_ref().map(|_| badge(Tone::Warning, "ends soon"));
    view! {
        <tr data-pin=row.mac.bare()>
            <th scope="row">{id::device(row.mac)}</th>
            <td data-label="Site"><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td data-label="Held to">{revision}</td>
            <td data-label="By">{layer::by(&row.change)}</td>
            <td data-label="Owner">{x.owner.clone()}</td>
            <td data-label="Until">{time::maybe(x.expires, "not by itself")} " " {soon}</td>
            <td class="prose">{row.reason.clone()}</td>
        </tr>
    }
    .into_any()
}

fn release(signed: &Signed, rows: &[ExceptionRow], attempt: &Attempt) -> AnyView {
    let options: Vec<_> = rows
        .iter()
        .map(|row| (row.mac.bare(), format!("{}, {}", row.mac, row.exception.form.says())))
        .collect();
    let first = options.first().map(|(mac, _)| mac.clone()).unwrap_or_default();
    let fields = view! {
        <p class="hint">"The phone gets what its layers say, which was approved for all the others, at its next fetch."</p>
        <div class="row end">
            {select(RELEASE, "mac", "Phone", &options, &first, attempt)}
            {Field::new(RELEASE, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Let it go"</button>
        </div>
    };
    form(signed, RELEASE, RELEASE, "/pins/release", fields.into_any())
}

/// In one line, on every page of a pinned phone.
pub(crate) fn of_device(pin: Option<&PinView>) -> AnyView {
    let Some(pin) = pin else { return view! { <span class="none">"no"</span> }.into_any() };
    let soon = pin.soon.as_ref().map(|_| badge(Tone::Warning, "ends soon"));
    view! {
        {badge(Tone::Warning, "pinned")}
        {format!(" to the settings of revision {} by ", pin.revision)}
        {layer::by(&pin.change)}
        " until " {time::maybe(pin.expires, "somebody lets it go")} " " {soon}
        {format!(" ({})", pin.owner)}
    }
    .into_any()
}

/// How many phones are pinned, on the overview; nothing when none is.
pub(crate) fn count((many, first): (i64, Option<domain::Timestamp>)) -> Option<AnyView> {
    let words = match many {
        0 => return None,
        1 => "One phone is held to earlier settings; changes of layers do not reach it.".to_owned(),
        many => format!("{many} phones are held to earlier settings; changes of layers do not reach them."),
    };
    Some(
        view! {
            <p class="said" id="pinned">
                {badge(Tone::Warning, "pinned")} " " {words} " The first is let go at " {time::maybe(first, "no set time")} ". "
                <a href="/pins">"To the pins"</a>
            </p>
        }
        .into_any(),
    )
}

pub(crate) async fn ask(signed: Signed, Path(mac): Path<String>, Query(place): Query<Place>) -> Answer {
    asking(&signed, &mac, &place.revision, &place.after, &Attempt::default()).await
}

pub(crate) async fn asking(
    signed: &Signed,
    mac: &str,
    revision: &str,
    after: &str,
    attempt: &Attempt,
) -> Answer {
    let view = returns::view(signed.services(), &signed.op, mac, revision, after).await?;
    let title = format!("Return of {}", view.mac);
    Ok(signed.page(attempt.status(), &title, || {
        let bare = view.mac.bare();
        let trail = [
            step("/devices", "Devices"),
            step(format!("/devices/{bare}"), view.mac.to_string()),
        ];
        let here = format!("/devices/{bare}/return");
        let rows = view.revisions.iter().map(|row| line(&view, &here, row)).collect();
        let heads = ["Revision", "For", "Published by", "At", "Action"];
        let now = view.current.map_or_else(|| "none yet".to_owned(), |number| format!("revision {number}"));
        view! {
            {head(&trail, "Return to earlier settings".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"The phone gets the settings of one of its earlier revisions again, and is held to them. Lines, owners and secrets stay those of its binding; so do its firmware and the way to this server."</p>
            {facts(vec![
                ("Phone", id::device(view.mac)),
                ("Has now", now.into_any()),
                ("Pinned", of_device(view.pin.as_ref())),
            ])}
            {chosen(signed, &view, attempt)}
            {section("revisions", "Its revisions", table("revisions-table", "Newest first", &heads, rows, "It has none yet."))}
            {pager(&here, &[], after, view.next.as_deref())}
        }
        .into_any()
    }))
}

const fn says(kind: RevisionKind) -> &'static str {
    match kind {
        RevisionKind::Baseline => "baseline",
        RevisionKind::Bound => "with lines",
        RevisionKind::Clear => "clears its lines",
    }
}

fn line(view: &ReturnView, here: &str, row: &RevisionRow) -> AnyView {
    let (shown, now) = (view.chosen == Some(row.number), view.current == Some(row.number));
    let look =
        view! { <a href=format!("{here}?revision={}", row.number)>{format!("Look at {}", row.number)}</a> };
    view! {
        <tr data-revision=row.number.to_string()>
            <th scope="row">{row.number} " " {now.then(|| badge(Tone::Quiet, "now"))} {shown.then(|| badge(Tone::Busy, "shown"))}</th>
            <td>{says(row.kind)}</td>
            <td data-label="Published by">{layer::by(&row.change)}</td>
            <td data-label="At">{time::time(row.at)}</td>
            <td>{look}</td>
        </tr>
    }
    .into_any()
}

fn chosen(signed: &Signed, view: &ReturnView, attempt: &Attempt) -> Option<AnyView> {
    let number = view.chosen?;
    let caption = format!("What returning to revision {number} would change");
    let fields = view! {
        <input type="hidden" name="revision" value=number.to_string() />
        <p class="hint">"It is approved like a change of a layer. Until it ends, no change of a layer reaches the phone."</p>
        <div class="row end">
            {Field::new(RETURN, "owner", "Who answers for it").required().view(attempt)}
            {Field::new(RETURN, "expires", "Ends (UTC)").kind("datetime-local").value(in_days(signed.op.now, 7)).required().view(attempt)}
            {Field::new(RETURN, "reason", "Reason").required().view(attempt)}
            {Field::new(RETURN, "external_ref", "Ticket").view(attempt)}
            <button>"See what it does"</button>
        </div>
    };
    let action = format!("/devices/{}/return", view.mac.bare());
    let ask = signed
        .may_at(Action::RequestForPhone, &view.site)
        .then(|| form(signed, RETURN, RETURN, &action, fields.into_any()));
    let content = view! {
        {diff("return-diff", &caption, &view.differences)}
        {(!view.findings.is_empty()).then(|| finding::list(&view.findings))}
        {ask}
    };
    Some(section("chosen", &format!("Revision {number}"), content.into_any()))
}
