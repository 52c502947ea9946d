//! Reviews: what was applied without an approval of its own, and what somebody else says about it.

use crate::{
    components::{
        badge::{Tone, badge},
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{
    Finding,
    review::{Verdict, overdue},
};
use leptos::prelude::*;
use services::reviews::{self, Reviewed, Used};

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

/// The form of one request.
pub(crate) fn form_of(number: i64) -> String {
    format!("review-{number}")
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let all = reviews::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Reviews", || {
        let open: Vec<_> = all.open.iter().map(|(used, mine)| one(signed, used, *mine, attempt)).collect();
        let none = open.is_empty().then(|| view! { <p class="calm">"Nothing waits for a review."</p> });
        view! {
            {plain("Reviews")}
            <p class="lede">"What a technician did as a standard change, and what was applied under broken glass, is looked at by somebody who had no hand in it, within a day."</p>
            {finding::summary(attempt)}
            {section("open", "To be reviewed", view! { {none} <div class="cards">{open}</div> }.into_any())}
            {section("done", "Reviewed", done(&all.done))}
        }
        .into_any()
    }))
}

/// By what it was applied, in a word.
fn by(used: &Used) -> AnyView {
    let tone = if used.glass { Tone::Bad } else { Tone::Busy };
    let address = match used.by.strip_prefix("AP-") {
        Some(number) => format!("/advances/{number}"),
        None => "/glass".to_owned(),
    };
    let word = if used.glass { "break glass" } else { "approved in advance" };
    view! { {badge(tone, word)} " " <a href=address>{used.by.clone()}</a> }.into_any()
}

fn one(signed: &Signed, used: &Used, mine: bool, attempt: &Attempt) -> AnyView {
    let number = used.number;
    let late = used.due.and_then(|due| overdue(&format!("CR-{number}"), due, signed.op.now));
    let late = late.map(|finding| finding::list(&[finding]));
    let due = used.due.map(|due| view! { " Due " {time::time(due)} "." });
    let act = if mine {
        say(signed, number, attempt)
    } else {
        view! { <p class="hint">"Somebody who had no hand in it, and may review, has to look at it."</p> }
            .into_any()
    };
    view! {
        <section class="panel" data-review=number.to_string()>
            <h3><a href=format!("/requests/{number}")>{format!("CR-{number}")}</a> " " {by(used)}</h3>
            <p>{used.name.clone()} " applied it " {time::time(used.at)} "." {due}</p>
            <p>"Asked for because: " {used.reason.clone()}</p>
            <p class="hint">{used.said.clone()}</p>
            {late}
            {act}
        </section>
    }
    .into_any()
}

fn say(signed: &Signed, number: i64, attempt: &Attempt) -> AnyView {
    let id = form_of(number);
    let chosen = attempt.typed(&id, "verdict").unwrap_or_default().to_owned();
    let verdicts: Vec<_> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            let field = format!("{id}-verdict-{}", verdict.word());
            view! {
                <li class="choice">
                    <input type="radio" id=field.clone() name="verdict" value=verdict.word() required checked=chosen == verdict.word() />
                    <label for=field.clone()>{verdict.title()}</label>
                </li>
            }
        })
        .collect();
    let fields = view! {
        <fieldset><legend>"It was"</legend><ul class="choices">{verdicts}</ul></fieldset>
        <div class="row end">
            {Field::new(&id, "note", "What you looked at, and what follows").required().view(attempt)}
            <button>"Say so"</button>
        </div>
    };
    form(signed, &id, "review", &format!("/reviews/{number}"), fields.into_any())
}

fn done(all: &[Used]) -> AnyView {
    let rows =
        all.iter().filter_map(|used| used.reviewed.as_ref().map(|reviewed| row(used, reviewed))).collect();
    let heads = ["Request", "By what", "Applied by", "Verdict", "Reviewed by", "At", "Note"];
    table("reviewed", "The last fifty", &heads, rows, "Nothing has been reviewed yet.")
}

fn verdict(reviewed: &Reviewed) -> AnyView {
    let tone = match reviewed.verdict {
        Verdict::InOrder => Tone::Good,
        Verdict::NotInOrder => Tone::Bad,
    };
    badge(tone, reviewed.verdict.title())
}

fn row(used: &Used, reviewed: &Reviewed) -> AnyView {
    view! {
        <tr data-reviewed=used.number.to_string()>
            <th scope="row"><a href=format!("/requests/{}", used.number)>{format!("CR-{}", used.number)}</a></th>
            <td>{by(used)}</td>
            <td data-label="Applied by">{used.name.clone()}</td>
            <td>{verdict(reviewed)}</td>
            <td data-label="Reviewed by">{reviewed.by.clone()}</td>
            <td>{time::time(reviewed.at)}</td>
            <td class="prose">{reviewed.note.clone()}</td>
        </tr>
    }
    .into_any()
}

/// On a request's page: by what it was applied, when nobody signed its plan.
pub(crate) fn mark(used: Option<&Used>) -> Option<AnyView> {
    let used = used?;
    let review = match (&used.reviewed, used.due) {
        (Some(reviewed), _) => view! {
            {verdict(reviewed)} " reviewed by " {reviewed.by.clone()} ", " {time::time(reviewed.at)} ": " {reviewed.note.clone()}
        }
        .into_any(),
        (None, Some(due)) => {
            view! { "It " <a href="/reviews">"waits for a review"</a> ", due " {time::time(due)} "." }.into_any()
        }
        (None, None) => ().into_any(),
    };
    let view = view! {
        <section class="panel marked" id="authority" aria-labelledby="authority-title">
            <h2 id="authority-title">"Nobody signed this plan itself"</h2>
            <p>{by(used)} " " {used.said.clone()}</p>
            <p>{review}</p>
        </section>
    };
    Some(view.into_any())
}

/// On the overview: reviews that are overdue.
pub(crate) fn late(findings: &[Finding]) -> Option<AnyView> {
    if findings.is_empty() {
        return None;
    }
    let content = view! { {finding::list(findings)} <p><a href="/reviews">"To the reviews"</a></p> };
    Some(section("late-reviews", "Overdue reviews", content.into_any()))
}
