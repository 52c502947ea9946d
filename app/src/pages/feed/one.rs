//! One feed: what it would change, and what may be done with it.

use super::{APPLY, DISMISS, RELEASE, path, state};
use crate::{
    components::{
        badge::{Tone, badge},
        facts::facts,
        field::{Field, own_password},
        finding,
        form::{button, form},
        head::{head, section, step},
        table::table,
        time,
    },
    fields::Attempt,
    pages::{import::wrong, person},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::Action,
    feed::{Change, Changes, State},
    package::PersonRow,
};
use leptos::prelude::*;
use services::feeds::{self, view::FeedView};

/// So many people are listed; a feed of thousands is counted, not read.
const SHOWN: usize = 200;
/// So many references stand in a line.
const NAMED: usize = 6;

pub(crate) async fn show(signed: Signed, Path(number): Path<i64>) -> Answer {
    page(&signed, number, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, number: i64, attempt: &Attempt) -> Answer {
    let view = feeds::view(signed.services(), &signed.op, number).await?;
    let title = format!("Feed {number}");
    Ok(signed.page(attempt.status(), &title, || {
        let trail = [step("/people", "People"), step("/feeds", "Feeds")];
        let heading = view! { {title.clone()} " " {state(&view.row.state)} };
        let held = view.held.clone().filter(|_| view.row.state == State::Held);
        view! {
            {head(&trail, heading.into_any(), ().into_any())}
            {finding::summary(attempt)}
            {held.map(|found| finding::list(&[found]))}
            {facts_of(&view)}
            {wrong(&view.findings)}
            {view.changes.as_ref().map(changes)}
            {acts(signed, &view, attempt)}
        }
        .into_any()
    }))
}

fn facts_of(view: &FeedView) -> AnyView {
    let row = &view.row;
    let brought = view! { {row.staged_by.clone()} ", " {time::time(row.staged_at)} };
    let mut pairs = vec![
        ("File", row.file.clone().into_any()),
        ("As of", time::time(row.as_of)),
        ("Brought by", brought.into_any()),
    ];
    match &row.state {
        State::Released { by, at, reason, ending } => pairs.push((
            "Released",
            view! { "by " {by.clone()} ", " {time::time(*at)} {format!(", for at most {ending} endings: {reason}")} }.into_any(),
        )),
        State::Applied { by, at, did } => {
            pairs.push(("Applied", view! { "by " {by.clone()} ", " {time::time(*at)} ": " {did.clone()} }.into_any()));
        }
        State::Dismissed { by, at, reason } => {
            pairs.push(("Dismissed", view! { "by " {by.clone()} ", " {time::time(*at)} ": " {reason.clone()} }.into_any()));
        }
        State::Staged | State::Held | State::Applying { .. } => {}
    }
    facts(pairs)
}

fn days(row: &PersonRow) -> String {
    let day = |day: Option<domain::account::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    match (row.starts, row.ends) {
        (None, None) => String::new(),
        _ => format!(", {} to {}", day(row.starts), day(row.ends)),
    }
}

fn said(row: &PersonRow) -> String {
    format!("{}, {}, {}{}", row.account.word(), row.name, row.email, days(row))
}

fn changes(c: &Changes) -> AnyView {
    let person = |reference: &str| {
        view! { <a href=person::path(reference)><code>{reference.to_owned()}</code></a> }
    };
    // Endings first: they are what somebody has to look at.
    let mut changed: Vec<&Change> = c.changed.iter().collect();
    changed.sort_by_key(|change| !change.ends());
    let ended = |change: &Change| change.ends().then(|| badge(Tone::Warning, "ends"));
    let old = changed.iter().map(|change| {
        view! {
            <tr data-person=change.after.person.clone()>
                <th scope="row">{person(&change.after.person)} " " {ended(change)}</th>
                <td data-label="Now">{said(&change.before)}</td>
                <td data-label="Then">{said(&change.after)}</td>
            </tr>
        }
        .into_any()
    });
    let new = c.hired.iter().map(|row| {
        view! {
            <tr data-person=row.person.clone()>
                <th scope="row"><code>{row.person.clone()}</code> " " {badge(Tone::Busy, "new")}</th>
                <td data-label="Now"><span class="none">"not here"</span></td>
                <td data-label="Then">{format!("{}, at {}", said(row), row.site)}</td>
            </tr>
        }
        .into_any()
    });
    let rows: Vec<_> = old.chain(new).take(SHOWN).collect();
    let more = (c.changed.len() + c.hired.len()).saturating_sub(SHOWN);
    let list = |all: &[String]| {
        let some = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let rest = all.len().saturating_sub(NAMED);
        if rest > 0 {
            format!("{}: {some} and {rest} more", all.len())
        } else if all.is_empty() {
            "0".to_owned()
        } else {
            format!("{}: {some}", all.len())
        }
    };
    view! {
        {facts(vec![
            ("New", c.hired.len().into_any()),
            ("Changed", c.changed.len().into_any()),
            ("Accounts that end", format!("{} of {}", c.ending(), c.standing).into_any()),
            ("As they are", c.unchanged.into_any()),
            ("Not named, left as they are", list(&c.absent).into_any()),
            ("At another site there, not moved here", list(&c.elsewhere).into_any()),
        ])}
        {table("feed-changes", "What it would change, endings first", &["Person", "Now", "Then"], rows, "Nothing: everybody is as the directory says.")}
        {(more > 0).then(|| view! { <p class="hint">{format!("And {more} more.")}</p> })}
    }
    .into_any()
}

fn acts(signed: &Signed, view: &FeedView, attempt: &Attempt) -> AnyView {
    let path = path(view.row.number);
    let may = signed.may(Action::Numbers);
    let open = matches!(view.row.state, State::Staged | State::Released { .. }) && view.findings.is_empty();
    let apply = (may && open).then(|| {
        view! {
            <p class="hint">"Whose account ends gets nothing new at once, and a request to revoke each line that stands is submitted, for somebody else to approve."</p>
            {button(signed, APPLY, &format!("{path}/apply"), "Apply the feed", "")}
        }
    });
    let release = (view.row.state == State::Held).then(|| release(signed, view, attempt));
    let dismiss =
        (may && !view.row.state.over() && !matches!(view.row.state, State::Applying { .. })).then(|| {
            let fields = view! {
                <div class="row end">
                    {Field::new(DISMISS, "reason", "Reason").required().view(attempt)}
                    <button class="quiet">"Dismiss the feed"</button>
                </div>
            };
            section(
                "dismiss-feed",
                "Dismiss it",
                form(signed, DISMISS, DISMISS, &format!("{path}/dismiss"), fields.into_any()),
            )
        });
    view! { {apply} {release} {dismiss} }.into_any()
}

fn release(signed: &Signed, view: &FeedView, attempt: &Attempt) -> AnyView {
    let content = if view.own {
        view! { <p>"You brought it: somebody else releases it, an approver or an administrator."</p> }
            .into_any()
    } else if signed.may(Action::ReleaseFeed) {
        let fields = view! {
            <p class="hint">"It may then be applied with as many endings as it has now. Your name, the reason and the number are in the record."</p>
            <div class="row end">
                {Field::new(RELEASE, "reason", "Reason").required().view(attempt)}
                {own_password(RELEASE, attempt)}
                <button>"Release the feed"</button>
            </div>
        };
        let action = format!("{}/release", path(view.row.number));
        form(signed, RELEASE, RELEASE, &action, fields.into_any())
    } else {
        view! { <p>"An approver or an administrator other than who brought it releases it."</p> }.into_any()
    };
    section("release-feed", "Release it", content)
}
