//! The calendar of freezes: what is held, until when, what ends inside, and the forms to define and lift one.

use crate::{
    components::{
        badge::{Tone, badge},
        choose::select,
        field::Field,
        finding,
        form::{form, in_days},
        head::{plain, section},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{Timestamp, authz::Action, freeze::Expiries};
use leptos::prelude::*;
use services::{
    freezes::{self, FreezeRow},
    sites,
    view::SiteCard,
};

pub(crate) const DEFINE: &str = "define";
pub(crate) const LIFT: &str = "lift";

pub(crate) async fn list(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let rows = freezes::list(signed.services(), &signed.op).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    let now = signed.op.now;
    Ok(signed.page(attempt.status(), "Freezes", || {
        let may = signed.may(Action::Freeze);
        let standing: Vec<_> = rows.iter().filter(|row| row.stands(now)).collect();
        let lifts = (may && !standing.is_empty()).then(|| lift(signed, &standing, attempt));
        let ending: Vec<_> = standing.iter().flat_map(|row| row.ending.clone()).collect();
        let ending = (!standing.is_empty()).then(|| {
            let list = finding::list_or(&ending, "Nothing that is known ends inside a freeze.");
            section("ending", "What ends inside", list)
        });
        let table_rows = rows.iter().map(|row| line(row, now)).collect();
        let heads = ["For", "State", "From", "Until", "What ends inside", "Why", "By"];
        view! {
            {plain("Freezes")}
            {finding::summary(attempt)}
            <p class="calm">"Inside a freeze nothing that is approved is applied, and no firmware is given out. What phones have stays with them."</p>
            {table("freezes", "The last 200, those that end last first", &heads, table_rows, "There was no freeze yet.")}
            {ending}
            {may.then(|| section("define-freeze", "Define a freeze", define(signed, &sites, attempt)))}
            {lifts.map(|lifts| section("lift-freeze", "Lift a freeze", lifts))}
        }
        .into_any()
    }))
}

fn of(row: &FreezeRow) -> String {
    if row.listed.site.is_empty() { "the organisation".to_owned() } else { row.listed.site.clone() }
}

fn line(row: &FreezeRow, now: Timestamp) -> AnyView {
    let freeze = &row.listed.freeze;
    let word = row.word(now);
    let tone = match word {
        "in force" => Tone::Warning,
        "to come" => Tone::Busy,
        _ => Tone::Quiet,
    };
    let lifted = row.listed.lifted.as_ref().map(|lifted| {
        view! { <span class="instead">"Lifted by " {lifted.by.clone()} ", " {time::time(lifted.at)} ": " {lifted.reason.clone()}</span> }
    });
    view! {
        <tr data-freeze=freeze.id.to_string()>
            <th scope="row">{of(row)}</th>
            <td>{badge(tone, word)}</td>
            <td data-label="From">{time::time(freeze.from)}</td>
            <td data-label="Until">{time::time(freeze.until)}</td>
            <td data-label="What ends inside">{freeze.expiries.title()}</td>
            <td class="prose">{freeze.reason.clone()} {lifted}</td>
            <td data-label="By">{row.listed.made_by.clone()}</td>
        </tr>
    }
    .into_any()
}

fn define(signed: &Signed, sites: &[SiteCard], attempt: &Attempt) -> AnyView {
    let mut of = vec![(String::new(), "The organisation".to_owned())];
    of.extend(sites.iter().map(|card| (card.site.code.clone(), card.site.name.clone())));
    let expiries = Expiries::ALL.map(|e| (e.word().to_owned(), e.title().to_owned()));
    let when = |name: &'static str, label: &'static str, days: i64| {
        Field::new(DEFINE, name, label)
            .kind("datetime-local")
            .value(in_days(signed.op.now, days))
            .required()
            .view(attempt)
    };
    let fields = view! {
        <p class="hint">"What would end inside it by itself is decided now: reservations and coolings of numbers are prolonged, or end on their day. Evidence of a gate ages in any case."</p>
        <div class="row end">
            {select(DEFINE, "site", "For", &of, "", attempt)}
            {when("from", "From (UTC)", 0)}
            {when("until", "Until (UTC)", 7)}
            {select(DEFINE, "expiries", "What would end inside", &expiries, "wait", attempt)}
            {Field::new(DEFINE, "reason", "Reason").required().view(attempt)}
            <button>"Define the freeze"</button>
        </div>
    };
    form(signed, DEFINE, DEFINE, "/freezes", fields.into_any())
}

fn lift(signed: &Signed, standing: &[&FreezeRow], attempt: &Attempt) -> AnyView {
    let options: Vec<_> = standing
        .iter()
        .map(|row| {
            let until = time::text(row.listed.freeze.until);
            (row.listed.freeze.id.to_string(), format!("{}, until {until}", of(row)))
        })
        .collect();
    // One that holds now is what somebody comes here to lift.
    let first = standing.iter().find(|row| row.word(signed.op.now) == "in force").or(standing.first());
    let first = first.map(|row| row.listed.freeze.id.to_string()).unwrap_or_default();
    let fields = view! {
        <p class="hint">"It holds no more from this moment on. What was prolonged for it keeps its new end."</p>
        <div class="row end">
            {select(LIFT, "freeze", "Freeze", &options, &first, attempt)}
            {Field::new(LIFT, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Lift the freeze"</button>
        </div>
    };
    form(signed, LIFT, LIFT, "/freezes/lift", fields.into_any())
}
