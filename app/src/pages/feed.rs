//! Feeds of the people directory: the list, what one may end, and one feed with what it would change.

use super::import::wrong;
use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, none},
        field::Field,
        finding,
        form::{button, form},
        head::{head, section, step},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    authz::Action,
    feed::{Change, Changes, Limit, Raise, State},
    package::PersonRow,
};
use leptos::prelude::*;
use services::feeds::{
    self,
    view::{FeedRow, FeedView, FeedsView},
};

pub(crate) const STAGE: &str = "feed";
pub(crate) const LIMIT: &str = "limit";
pub(crate) const RAISE: &str = "raise";
pub(crate) const DROP: &str = "drop-raise";
pub(crate) const APPLY: &str = "apply";
pub(crate) const RELEASE: &str = "release";
pub(crate) const DISMISS: &str = "dismiss";

/// So many people are listed; a feed of thousands is counted, not read.
const SHOWN: usize = 200;
/// So many references stand in a line.
const NAMED: usize = 6;

/// The page of a feed.
pub(crate) fn path(number: i64) -> String {
    format!("/feeds/{number}")
}

fn state(state: &State) -> AnyView {
    let tone = match state {
        State::Staged | State::Released { .. } | State::Applying { .. } => Tone::Busy,
        State::Held => Tone::Bad,
        State::Applied { .. } => Tone::Good,
        State::Dismissed { .. } => Tone::Quiet,
    };
    badge(tone, state.word())
}

pub(crate) async fn list(signed: Signed) -> Answer {
    list_page(&signed, &Attempt::default()).await
}

pub(crate) async fn list_page(signed: &Signed, attempt: &Attempt) -> Answer {
    let view = feeds::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Feeds of the directory", || {
        let may = signed.may(Action::Numbers);
        let rows = view.rows.iter().map(row).collect();
        let heads = ["Feed", "File", "State", "As of", "Brought by", "When"];
        view! {
            {head(&[step("/people", "People")], "Feeds of the directory".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {about(signed, &view)}
            {may.then(|| section("stage-feed", "Bring a feed", stage(signed, attempt)))}
            {table("feeds", "Feeds, newest first", &heads, rows, "No feed was brought yet.")}
            {limits(signed, &view, attempt)}
        }
        .into_any()
    }))
}

fn about(signed: &Signed, view: &FeedsView) -> AnyView {
    let last = view.last.map_or_else(none, |(number, at)| {
        view! { <a href=path(number)>{format!("feed {number}")}</a> ", as of " {time::time(at)} " (" {time::ago(at, signed.op.now)} ")" }
            .into_any()
    });
    let Limit { accounts, percent } = view.limit;
    facts(vec![
        ("Last applied", last),
        (
            "One feed may end",
            format!("{accounts} accounts, and {percent} % of those that have not ended").into_any(),
        ),
    ])
}

fn row(row: &FeedRow) -> AnyView {
    view! {
        <tr data-feed=row.number>
            <th scope="row"><a href=path(row.number)>{format!("feed {}", row.number)}</a></th>
            <td>{row.file.clone()}</td>
            <td>{state(&row.state)}</td>
            <td data-label="As of">{time::time(row.as_of)}</td>
            <td data-label="Brought by">{row.staged_by.clone()}</td>
            <td data-label="When">{time::time(row.staged_at)}</td>
        </tr>
    }
    .into_any()
}

fn stage(signed: &Signed, attempt: &Attempt) -> AnyView {
    let invalid = attempt.marks(STAGE, "files").then_some("true");
    view! {
        <form id=STAGE data-form=STAGE method="post" action="/feeds" enctype="multipart/form-data">
            <input type="hidden" name="token" value=signed.services().form_token() />
            <p class="hint">"A sheet of people, as the directory has them now. Who is not named stays as they are. Nothing changes before it is applied."</p>
            <div class="row end">
                <div class="field">
                    <label for="feed-files">"File"</label>
                    <input id="feed-files" name="files" type="file" accept=".csv,text/csv" required aria-invalid=invalid />
                </div>
                {Field::new(STAGE, "as_of", "The directory said so at (UTC)").kind("datetime-local").view(attempt)}
                <button>"Read the feed"</button>
            </div>
        </form>
    }
    .into_any()
}

/// What one feed may end; where more is asked for, that first.
fn limits(signed: &Signed, view: &FeedsView, attempt: &Attempt) -> Option<AnyView> {
    let content = match &view.raise {
        Some(asked) => raise(signed, view.limit, asked, attempt),
        None if signed.may(Action::Numbers) => limit(signed, view.limit, attempt),
        None => return None,
    };
    Some(section("limit-feed", "What one feed may end", content))
}

fn raise(signed: &Signed, now: Limit, asked: &Raise, attempt: &Attempt) -> AnyView {
    let own = asked.by == signed.op.actor.id;
    let may = signed.may(Action::ReleaseFeed);
    let approve = (may && !own).then(|| {
        let fields = view! {
            <input type="hidden" name="accounts" value=asked.limit.accounts.to_string() />
            <input type="hidden" name="percent" value=asked.limit.percent.to_string() />
            <div class="row end">
                {Field::new(RAISE, "password", "Your password").kind("password").complete("current-password").required().view(attempt)}
                <button>"Let it hold"</button>
            </div>
        };
        form(signed, RAISE, RAISE, "/feeds/limit/approve", fields.into_any())
    });
    let end = may.then(|| {
        let fields = view! {
            <div class="row end">
                {Field::new(DROP, "reason", "Reason").required().view(attempt)}
                <button class="quiet">{if own { "Take it back" } else { "Say no" }}</button>
            </div>
        };
        form(signed, DROP, DROP, "/feeds/limit/drop", fields.into_any())
    });
    let waits = (own || !may).then(|| {
        view! { <p class="hint">"An approver or an administrator other than who asked lets it hold. Until then the limit is as it was."</p> }
    });
    view! {
        {facts(vec![
            ("Holds now", now.describe().into_any()),
            ("Asked for", view! { {asked.limit.describe()} " " {badge(Tone::Busy, "waits")} }.into_any()),
            ("By", view! { {asked.name.clone()} ", " {time::time(asked.at)} }.into_any()),
            ("Why", asked.reason.clone().into_any()),
        ])}
        {waits} {approve} {end}
    }
    .into_any()
}

fn limit(signed: &Signed, limit: Limit, attempt: &Attempt) -> AnyView {
    let fields = view! {
        <p class="hint">"A feed that would end more is held until somebody else releases it. Up to three endings are never held by their share alone. Less holds at once; more waits until somebody else agrees."</p>
        <div class="row end">
            {Field::new(LIMIT, "accounts", "Accounts").value(limit.accounts.to_string()).required().view(attempt)}
            {Field::new(LIMIT, "percent", "Percent").value(limit.percent.to_string()).required().view(attempt)}
            {Field::new(LIMIT, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Set the limit"</button>
        </div>
    };
    form(signed, LIMIT, LIMIT, "/feeds/limit", fields.into_any())
}

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
        view! { <a href=super::person::path(reference)><code>{reference.to_owned()}</code></a> }
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
                {Field::new(RELEASE, "password", "Your password").kind("password").complete("current-password").required().view(attempt)}
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
