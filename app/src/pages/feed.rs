//! Feeds of the people directory: the list, and what one may end.

pub(crate) mod one;

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, none},
        field::{Field, own_password},
        finding,
        form::form,
        head::{head, section, step},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{
    authz::Action,
    feed::{Limit, Raise, State},
};
use leptos::prelude::*;
use services::feeds::{
    self,
    view::{FeedRow, FeedsView},
};

pub(crate) const STAGE: &str = "feed";
pub(crate) const LIMIT: &str = "limit";
pub(crate) const RAISE: &str = "raise";
pub(crate) const DROP: &str = "drop-raise";
pub(crate) const APPLY: &str = "apply";
pub(crate) const RELEASE: &str = "release";
pub(crate) const DISMISS: &str = "dismiss";

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
                {own_password(RAISE, attempt)}
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
