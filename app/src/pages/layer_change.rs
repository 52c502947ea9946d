//! One change of a layer: what it changes, and what that does to which phones.

pub(crate) mod decide;

use self::decide::decide;
use super::{
    approval,
    layer::{address, remarks},
    layer_edit::{EDIT, bench, editor, filled, live, previewed},
    plan::answered,
    rollout,
};
use crate::{
    components::{
        badge::{self, Tone, badge},
        conversation::conversation,
        diff::diff,
        facts::{facts, text},
        finding,
        head::{head, section, step},
        id, time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Code, Mac,
    authz::Action,
    change_request::State,
    layer::{
        Level,
        plan::{Alike, Plan},
        restart::Restart,
    },
};
use leptos::prelude::*;
use services::{
    Problem,
    layers::{
        self,
        view::{ChangeView, PreviewView},
    },
};

/// Phones of one kind that are named; the rest are counted.
const NAMED: usize = 200;

pub(crate) fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found("layer change"))
}

pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Answer {
    page(&signed, number(&text)?, &Attempt::default(), None).await
}

pub(crate) async fn page(
    signed: &Signed,
    number: i64,
    attempt: &Attempt,
    preview: Option<&PreviewView>,
) -> Answer {
    let change = layers::change(signed.services(), &signed.op, number).await?;
    let title = format!("LC-{number}");
    let form = edited(signed, &change, attempt);
    let bench = match &form {
        Some(form) => bench(signed, change.row.level, &change.row.scope, form).await,
        None => None,
    };
    let visitor = if bench.is_some() { signed.with_editor() } else { signed.visitor.clone() };
    Ok(visitor.page(attempt.status(), &title, || {
        view! {
            {top(&change)}
            {finding::summary(attempt)}
            <div class="columns" data-state=change.row.state.word()>
                <div class="main">
                    {approval::state::panel(&change.approvals)}
                    {blocks(&change)}
                    {change.plan.content.returns.is_none().then(|| section("changes", "What changes in the layer", differences(&change)))}
                    {section("reach", "What it does to phones", reach(&change.plan))}
                    {section("goes-out", "How it goes out", goes_out(&change.plan))}
                    {remarks("remarks", "Worth knowing", &notes(&change.plan))}
                    {section("answers", "Five questions", answered(&change.plan.answers))}
                    {section("conversation", "Conversation", conversation(signed, &change.comments, &verb(&change, "comment"), attempt))}
                    {remarks("missed", "Phones that could not be published", &change.missed)}
                </div>
                <div class="side">
                    {decide(signed, &change, attempt)}
                    {about(&change)}
                </div>
            </div>
            {form.as_ref().map(|form| edit(signed, &change, form))}
            {bench.as_ref().map(live)}
            {preview.map(previewed)}
        }
        .into_any()
    }))
}

fn top(change: &ChangeView) -> AnyView {
    let row = &change.row;
    let what = match (&change.exception, &change.plan.content.returns) {
        (Some(exception), _) => exception.form.title().to_owned(),
        (None, Some(returns)) => format!("Return of {} phones", returns.phones.len()),
        (None, None) => format!("{} {}, release {}", row.level.word(), row.name, row.release),
    };
    let publishing = row.publishing.then(|| badge(Tone::Busy, "phones follow"));
    let title =
        view! { {format!("LC-{}", row.number)} ": " {what} " " {badge::state(&row.state)} " " {publishing} };
    head(&[step("/layers", "Layers")], title.into_any(), ().into_any())
}

fn differences(change: &ChangeView) -> AnyView {
    let version = if change.parent == 0 {
        "Nothing before it".to_owned()
    } else {
        format!("Against version {}", change.parent)
    };
    diff("layer-diff", &version, &change.differences)
}

fn blocks(change: &ChangeView) -> Option<AnyView> {
    if change.row.state.is_final() {
        return None;
    }
    let stale = change.stale.then(|| {
        let macs: Vec<_> = change.stale_devices.iter().map(ToString::to_string).collect();
        let mut said = Vec::new();
        if !macs.is_empty() {
            said.push(format!("Reached otherwise now: {}.", macs.join(" ")));
        }
        if change.stale_waves {
            said.push("It would go out otherwise: all at once, or in other waves.".to_owned());
        }
        let found = domain::Finding::new(Code::PlanStale, "plan");
        if said.is_empty() { found } else { found.detail(said.join(" ")) }
    });
    let all: Vec<_> = stale.into_iter().chain(change.blocks.iter().cloned()).collect();
    Some(section("blocks", "What blocks publishing it", finding::list_or(&all, "Nothing blocks it.")))
}

fn notes(plan: &Plan) -> Vec<domain::Finding> {
    plan.findings.iter().filter(|finding| !finding.blocks()).cloned().collect()
}

/// Part of what is signed: how many may fail before it stops is as much an effect as a setting.
fn goes_out(plan: &Plan) -> AnyView {
    let Some(settings) = &plan.waves else {
        let says = match plan.counts.devices {
            0 => "No phone gets other files.",
            _ => "To all these phones at once; each takes it over at its next fetch.",
        };
        return view! { <p class="calm">{says}</p> }.into_any();
    };
    let waves: Vec<_> = settings.waves.iter().map(|wave| view! { <li>{wave.to_string()}</li> }).collect();
    view! { <ol class="waves">{waves}</ol> <p class="calm">{settings.says()}</p> }.into_any()
}

/// Phones by what is the same: three thousand that change alike are one thing to read.
fn reach(plan: &Plan) -> AnyView {
    let c = plan.counts;
    let sites: Vec<_> = plan.sites.iter().cloned().collect();
    let count = |n: u32| n.to_string().into_any();
    let counted = facts(vec![
        ("Phones that change", count(c.devices)),
        ("Lines on them", count(c.lines)),
        ("People and places", count(c.owners)),
        ("Sites", text(&sites.join(", "))),
        ("Keep their bytes", count(c.unchanged)),
        ("Left out", plan.excluded.len().to_string().into_any()),
    ]);
    let groups: Vec<_> = plan.alike.iter().enumerate().map(|(n, alike)| one(n, alike)).collect();
    let none = groups.is_empty().then(|| view! { <p class="empty">"No phone gets other files."</p> });
    let excluded = (!plan.excluded.is_empty()).then(|| {
        let rows: Vec<_> = plan
            .excluded
            .iter()
            .take(NAMED)
            .map(|e| view! { <li>{id::device(e.mac)} " " {finding::says(&e.finding)}</li> })
            .collect();
        view! { <details class="more"><summary>{format!("{} left out", plan.excluded.len())}</summary><ul class="plain">{rows}</ul></details> }
    });
    view! { {counted} {none} {groups} {excluded} }.into_any()
}

fn one(n: usize, alike: &Alike) -> AnyView {
    let phones = alike.devices.len();
    let restart = match alike.restart {
        Restart::Yes => badge(Tone::Warning, "restarts"),
        Restart::Unknown => badge(Tone::Quiet, "restart not documented"),
        Restart::No => badge(Tone::Quiet, "no restart"),
    };
    let strands = alike.strands.then(|| badge(Tone::Bad, "needs hands on site if wrong"));
    let blocking = (!alike.findings.is_empty()).then(|| finding::list(&alike.findings));
    view! {
        <section class="alike" data-alike=phones.to_string()>
            <h3>{format!("{phones} × {}", alike.vendor.title())} " " {restart} " " {strands}</h3>
            {diff(&format!("alike-{n}"), "The same for each of them", &alike.differences)}
            {blocking}
            <details class="more">
                <summary>{if phones == 1 { "Which phone".to_owned() } else { format!("Which {phones} phones") }}</summary>
                {macs(&alike.devices)}
            </details>
        </section>
    }
    .into_any()
}

fn macs(macs: &[Mac]) -> AnyView {
    let named: Vec<_> = macs.iter().take(NAMED).map(|mac| view! { <li>{id::device(*mac)}</li> }).collect();
    let more = macs.len().saturating_sub(NAMED);
    let more = (more > 0).then(
        || view! { <p class="hint">{format!("and {more} more; the digest holds every one of them")}</p> },
    );
    view! { <ul class="plain members">{named}</ul> {more} }.into_any()
}

fn about(change: &ChangeView) -> AnyView {
    let row = &change.row;
    let layer = match row.level {
        Level::Exception | Level::Pin => row.name.clone().into_any(),
        level => view! { <a href=address(level, &row.scope)>{format!("{} {}", level.word(), row.name)}</a> }
            .into_any(),
    };
    let mut all = vec![
        ("Layer", layer),
        ("Begun from version", change.parent.to_string().into_any()),
        ("Version that stands", change.standing.to_string().into_any()),
        ("Written by", row.requester.clone().into_any()),
        ("Begun", time::time(row.at)),
        ("Why", row.note.clone().into_any()),
        ("Ticket", text(change.external_ref.as_deref().unwrap_or_default())),
        ("Edited by", text(&change.editors.join(", "))),
        ("Digest of the plan", id::digest(change.digest.clone(), "digest of the plan")),
    ];
    if let Some((number, status)) = change.rollout {
        let link = view! { <a href=format!("/rollouts/{number}")>{format!("RO-{number}")}</a> " " {rollout::status(status)} };
        all.push(("Rollout", link.into_any()));
    }
    if let Some(x) = &change.exception {
        all.push(("What is different", x.form.says().into_any()));
        all.push(("Who answers for it", x.owner.clone().into_any()));
        all.push(("Ends", time::maybe(x.expires, "not by itself")));
    }
    if let Some(returns) = &change.plan.content.returns {
        all.push(("What is different", returns.says().into_any()));
        all.push(("Who answers for it", returns.owner.clone().into_any()));
        all.push(("Ends", time::time(returns.expires)));
    }
    if let Some(mac) = change.mac {
        all.push(("Phone", id::device(mac)));
    }
    view! { <section class="panel" id="about" aria-labelledby="about-title"><h2 id="about-title">"About"</h2>{facts(all)}</section> }
        .into_any()
}

fn verb(change: &ChangeView, verb: &str) -> String {
    format!("/layers/changes/{}/{verb}", change.row.number)
}

/// What stands in the form of a draft, while nobody has looked at it; nothing when it cannot be edited.
fn edited(signed: &Signed, change: &ChangeView, attempt: &Attempt) -> Option<Attempt> {
    let returns = change.exception.is_some() || change.plan.content.returns.is_some();
    let open = matches!(change.row.state, State::Draft | State::Stale { .. }) && !returns;
    if !open || !signed.may_all(Action::Request) {
        return None;
    }
    if attempt.typed(EDIT, "text").is_some() {
        return Some(attempt.clone());
    }
    let row = &change.row;
    let prefilled = filled(
        &change.text,
        &row.release,
        &row.note,
        change.external_ref.as_deref().unwrap_or_default(),
        change.rule.as_ref(),
    );
    let first = change.plan.devices().first().map(ToString::to_string).unwrap_or_default();
    Some(Attempt::prefilled(EDIT, prefilled.with("mac", &first)))
}

fn edit(signed: &Signed, change: &ChangeView, form: &Attempt) -> AnyView {
    let action = verb(change, "edit");
    section("edit", "Edit the draft", editor(signed, change.row.level, &action, "Save the draft", form))
}
