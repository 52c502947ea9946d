//! The editor: a layer as text, one setting a line, and what it would make of one phone. It works by form post; nothing
//! is kept before it is saved as a draft, and nothing happens to a phone before that is approved.

use super::{
    layer::{address, remarks},
    layer_templates,
};
use crate::{
    components::{
        diff::diff,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        id,
        table::table,
    },
    fields::{Attempt, Fields},
    islands::{LayerEditor, Line, LineFilter},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    group::Rule,
    layer::Level,
    setting::schema::{RULES, Shape, strands},
    vendor::Vendor,
};
use leptos::prelude::*;
use services::layers::{
    self,
    view::{BenchView, LayerView, PreviewView, TemplatesView},
};

pub(crate) const EDIT: &str = "layer";

/// Fields of a group's rule, in the order in which they are handed over.
pub(crate) const RULE: [&str; 5] = ["sites", "models", "roles", "tags", "groups"];

/// The form as it stands before anybody has typed.
pub(crate) fn begun(view: &LayerView, text: &str) -> Fields {
    let sample = view.sample.map(|mac| mac.to_string()).unwrap_or_default();
    filled(text, &view.next_release.to_string(), "", "", view.rule.as_ref()).with("mac", &sample)
}

pub(crate) async fn show(signed: Signed, Path((level, scope)): Path<(String, String)>) -> Answer {
    let view = layers::layer(signed.services(), &signed.op, &level, &scope).await?;
    let fields = begun(&view, &view.text);
    page(&signed, &view, &Attempt::prefilled(EDIT, fields), Beside::default()).await
}

/// What stands beside the form, besides what the island shows.
#[derive(Default)]
pub(crate) struct Beside {
    /// What was looked at by form post.
    pub(crate) preview: Option<PreviewView>,
    /// What was read of another system's templates.
    pub(crate) templates: Option<TemplatesView>,
}

/// The fields of a draft, as the form sends them.
pub(crate) fn filled(text: &str, release: &str, note: &str, ticket: &str, rule: Option<&Rule>) -> Fields {
    let mut fields = Fields::default()
        .with("text", text)
        .with("release", release)
        .with("note", note)
        .with("external_ref", ticket);
    if let Some(rule) = rule {
        let join = |set: &std::collections::BTreeSet<String>, by: &str| {
            set.iter().cloned().collect::<Vec<_>>().join(by)
        };
        let parts = [
            join(&rule.sites, " "),
            join(&rule.models, ", "),
            join(&rule.roles, " "),
            join(&rule.tags, " "),
            join(&rule.groups, " "),
        ];
        for (name, part) in RULE.iter().zip(parts) {
            fields = fields.with(name, &part);
        }
    }
    fields
}

pub(crate) async fn page(signed: &Signed, view: &LayerView, attempt: &Attempt, beside: Beside) -> Answer {
    domain::authz::authorise(&signed.op.actor, domain::authz::Action::Request)
        .map_err(services::Problem::from)?;
    let bench = bench(signed, view.level, &view.scope, attempt).await;
    let here = address(view.level, &view.scope);
    Ok(signed.with_editor().page(attempt.status(), "Draft a layer", || {
        let name = format!("{} {}", view.level.word(), view.name);
        let trail = [step("/layers", "Layers"), step(here.clone(), name.clone())];
        view! {
            {head(&trail, format!("Draft of {name}").into_any(), ().into_any())}
            <p class="lede">"The draft is yours alone until you submit it. Nothing reaches a phone before somebody else has approved what it does to each."</p>
            {finding::summary(attempt)}
            {beside.templates.as_ref().map(layer_templates::report)}
            {editor(signed, view.level, &format!("{here}/edit"), "Save as a draft", attempt)}
            {bench.as_ref().map(live)}
            {beside.preview.as_ref().map(previewed)}
            {layer_templates::form(signed, view.level, &view.scope)}
            {reference()}
        }
        .into_any()
    }))
}

/// The form; `action` takes what is saved and what is only looked at.
pub(crate) fn editor(
    signed: &Signed,
    level: Level,
    action: &str,
    save: &'static str,
    attempt: &Attempt,
) -> AnyView {
    let typed = |name: &str| attempt.typed(EDIT, name).unwrap_or_default().to_owned();
    let rule = (level == Level::Group).then(|| {
        let part = |name: &'static str, label: &'static str, hint: &'static str| {
            Field::new(EDIT, name, label).hint(hint).view(attempt)
        };
        view! {
            <fieldset class="check">
                <legend>"Whom it is for"</legend>
                <p class="hint">"Everything that is said has to be the case. Nothing said is nobody."</p>
                <div class="checks">
                    {part("sites", "At any of these sites", "Codes, with blanks between.")}
                    {part("models", "Of any of these models", "Such as yealink T46U, with commas between.")}
                    {part("roles", "With any of these roles", "Such as lobby.")}
                    {part("tags", "With any of these tags", "With blanks between.")}
                    {part("groups", "In any of these groups", "Codes, with blanks between.")}
                </div>
            </fieldset>
        }
    });
    let rows = typed("text").lines().count().clamp(8, 24) + 2;
    let fields = view! {
        {rule}
        <div class="field wide">
            <label for="layer-text">"Settings"</label>
            <span class="hint" id="layer-text-hint">"One a line: PATH = VALUE. To lock one for the layers below: lock PATH: REASON."</span>
            <textarea id="layer-text" name="text" rows=rows.to_string() class="code" spellcheck="false"
                autocapitalize="off" aria-describedby="layer-text-hint"
                aria-invalid=(!attempt.findings().is_empty()).then_some("true")>{typed("text")}</textarea>
        </div>
        <div class="row end">
            {Field::new(EDIT, "mac", "Look at it on the phone").hint("MAC of any phone that has the layer.").view(attempt)}
            <button class="quiet" name="do" value="preview">"Look at it"</button>
        </div>
        <div class="row end">
            {Field::new(EDIT, "release", "Release").hint("Major, minor, patch.").view(attempt)}
            {Field::new(EDIT, "note", "What changes, and why").hint("Whoever approves it reads it.").view(attempt)}
            {Field::new(EDIT, "external_ref", "Ticket").hint("Its number elsewhere. Some rules ask for it.").view(attempt)}
            <button name="do" value="save">{save}</button>
        </div>
    };
    form(signed, EDIT, EDIT, action, fields.into_any())
}

/// What the island looks at the draft with: the phone that the form names, if it names one.
pub(crate) async fn bench(
    signed: &Signed,
    level: Level,
    scope: &str,
    attempt: &Attempt,
) -> Option<BenchView> {
    let mac = attempt.typed(EDIT, "mac").filter(|mac| !mac.is_empty())?;
    layers::bench(signed.services(), &signed.op, level.word(), scope, mac).await.ok()
}

/// What the draft would make of that phone as one types; nothing where no script runs.
pub(crate) fn live(view: &BenchView) -> AnyView {
    let (form, phone, bench) = (EDIT.to_owned(), view.device.clone(), view.bench.clone());
    view! { <LayerEditor form=form phone=phone bench=bench /> }.into_any()
}

/// What the draft would make of one phone.
pub(crate) fn previewed(view: &PreviewView) -> AnyView {
    let files: Vec<_> = view
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let lines: Vec<_> = (1..)
                .zip(&file.lines)
                .map(|(number, line)| Line {
                    number,
                    text: line.text.clone(),
                    path: line.path.clone().unwrap_or_default(),
                    origin: line.origin.clone().unwrap_or_default(),
                    overrode: line.overrode.clone(),
                })
                .collect();
            view! { <LineFilter id=format!("preview-{index}") caption=format!("File {}", file.name) lines=lines /> }
        })
        .collect();
    let same = (view.same_bytes && !view.differences.is_empty())
        .then(|| view! { <p class="calm">"Its files stay as they are all the same."</p> });
    let content = view! {
        <p>{view.device.clone()} " " {id::device(view.mac)}</p>
        {diff("preview-diff", "Settings that change", &view.differences)}
        {same}
        {remarks("preview-findings", "What is worth saying", &view.findings)}
        {files}
    };
    section("preview", "What it would make of this phone", content.into_any())
}

/// Which settings there are.
fn reference() -> AnyView {
    let rows = RULES
        .iter()
        .map(|rule| {
            let spoken = Vendor::ALL.into_iter().filter(|v| dialects::speaks(*v).contains(&rule.pattern));
            let spoken: Vec<_> = spoken.map(Vendor::title).collect();
            let path = domain::setting::Path::parse(&rule.pattern.replace('#', "1"));
            let mark = path.as_ref().is_ok_and(strands).then_some(" Can strand a phone.");
            let kept = path.as_ref().ok().and_then(domain::setting::schema::reserved);
            view! {
                <tr>
                    <th scope="row"><code class="path">{rule.pattern}</code></th>
                    <td class="prose">{rule.says} "." {mark} " " {kept}</td>
                    <td data-label="Value">{shape(rule.shape)}</td>
                    <td class="prose" data-label="Written for">{spoken.join(", ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Setting", "What it is", "Value", "Written for"];
    let all = table("settings", "# stands for a number from 1 on", &heads, rows, "");
    view! {
        <details class="more" id="reference">
            <summary>"Which settings there are"</summary>
            {all}
            <p class="hint">"A vendor's own key is written raw.yealink.\"features.dnd.enable\". An expression such as {{ device.model }} is filled in for each phone."</p>
        </details>
    }
    .into_any()
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Host => "host name or address".to_owned(),
        Shape::Flag => "on, off".to_owned(),
        Shape::Number(from, to) => format!("{from} to {to}"),
        Shape::OneOf(words) => words.join(", "),
        Shape::SomeOf(words) => format!("some of {}", words.join(", ")),
        Shape::Secret => "sealed secret".to_owned(),
    }
}
