//! Drafts: private to their author until they are submitted; previewed for one phone before that.

use super::{
    load, name_of, note,
    planning::of_draft,
    save,
    view::{FileView, PreviewView},
    wanted,
};
use crate::{
    Kind, Operation, Problem, Result, Services, act::Act, devices, firmware::aim::Catalogue, planning,
    publish, trace,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    change_request::{State, Workflow},
    group::Rule,
    ids::LayerChangeId,
    layer::{Content, Level, Release, check::among, merge, text},
    setting::{Path, Value},
};
use std::collections::BTreeSet;
use storage::{
    Tx, device, firmware,
    layer::{self, Version},
    layer_change::{self, Change},
    user,
};

/// A draft as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct DraftInput {
    /// Settings and locks, one a line.
    pub text: String,
    /// What the version will be called; empty for the next one that adds.
    pub release: String,
    /// What changes and why.
    pub note: String,
    /// A ticket elsewhere.
    pub external_ref: String,
    /// Of a group: codes of sites, models, roles, tags and groups, with blanks or commas between; models one a line.
    pub rule: [String; 5],
}

/// What was read of a form, with everything that is wrong with its form.
struct Read {
    content: Content,
    release: Release,
    findings: Vec<Finding>,
}

fn read(level: Level, input: &DraftInput, parent: Option<&Version>) -> Read {
    let before = parent.map(|version| Content::of(&version.layer, version.rule.clone())).unwrap_or_default();
    let (mut content, mut findings) = text::read(&input.text, &before);
    if level == Level::Group {
        content.rule = Some(rule(&input.rule));
    }
    let next = parent.map_or(Release::FIRST, |version| version.release.next_minor());
    let release = match input.release.trim() {
        "" => next,
        typed => Release::parse(typed).unwrap_or_else(|| {
            let detail = format!("Three numbers, such as {next}.");
            findings.push(Finding::new(Code::LayerInvalid, "release").detail(detail));
            next
        }),
    };
    Read { content, release, findings }
}

fn rule([sites, models, roles, tags, groups]: &[String; 5]) -> Rule {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| c.is_whitespace() || c == ',')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    // A model has a blank in it.
    let models = models.split(['\n', ',']).map(str::trim).filter(|model| !model.is_empty());
    Rule {
        sites: words(sites),
        models: models.map(str::to_owned).collect(),
        roles: words(roles),
        tags: words(tags),
        groups: words(groups),
    }
}

/// Begins a draft; returns its number.
pub async fn create(
    services: &Services,
    op: &Operation,
    level: &str,
    scope: &str,
    input: &DraftInput,
) -> Result<i64> {
    authorise(&op.actor, Action::Request)?;
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let scope = scope.trim();
    let mut act = Act::begin(services, op).await?;
    let name = name_of(&mut act.tx, level, scope).await?;
    let parent = layer::last(&mut act.tx, level, scope).await?;
    let read = read(level, input, parent.as_ref());
    let change = Change {
        id: LayerChangeId(services.0.env.id()),
        number: user::next_number(&mut act.tx, "layer_change").await?,
        level,
        scope: scope.to_owned(),
        name,
        parent: parent.as_ref().map_or(0, |version| version.layer.origin.version),
        release: read.release,
        content: read.content,
        exception: None,
        note: input.note.trim().to_owned(),
        external_ref: external_ref(&input.external_ref),
        workflow: Workflow::draft(op.actor.id),
        requester: op.actor.name.clone(),
        plan: None,
        missing: vec![],
        at: op.now,
        approvers: String::new(),
        published_to: None,
        missed: vec![],
    };
    good(&mut act.tx, &change, parent.as_ref(), read.findings).await?;
    layer_change::insert(&mut act.tx, &change).await?;
    let after = Some(format!("{} {}, release {}", level.word(), change.name, change.release));
    note(&mut act, &change, "layer_change.create", None, after);
    act.commit().await?;
    Ok(change.number)
}

/// Begins a draft of the newest version with these settings set or taken out, in another's words: what a form elsewhere
/// would change for phones that are there. Returns its number.
pub(crate) async fn draft_of(
    services: &Services,
    op: &Operation,
    level: Level,
    scope: &str,
    settings: Vec<(&str, Option<Value>)>,
    why: &str,
) -> Result<i64> {
    let last = layer::last(&mut services.0.store.read().await?, level, scope).await?;
    let mut content = last.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
    for (path, value) in settings {
        let Ok(path) = Path::parse(path) else { continue };
        match value {
            Some(value) => _ = content.settings.insert(path, value),
            None => _ = content.settings.remove(&path),
        }
    }
    let input = DraftInput { text: text::write(&content), note: why.to_owned(), ..DraftInput::default() };
    create(services, op, level.word(), scope, &input).await
}

/// Refuses a draft with everything that is wrong with it by itself.
async fn good(
    tx: &mut Tx,
    change: &Change,
    last: Option<&Version>,
    mut findings: Vec<Finding>,
) -> Result<()> {
    // What could not be read is said by itself: that nothing is changed then, is no news.
    if findings.is_empty() {
        findings = of_draft(tx, change, last).await?;
        findings.retain(|finding| finding.blocks() && finding.code != Code::LayerParentStale);
    }
    if findings.is_empty() { Ok(()) } else { Err(Problem::blocked(findings)) }
}

fn external_ref(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    (!text.is_empty()).then_some(text)
}

/// Changes a draft, or what has to be looked at again.
pub async fn edit(services: &Services, op: &Operation, number: i64, input: &DraftInput) -> Result<()> {
    authorise(&op.actor, Action::Request)?;
    let mut act = Act::begin(services, op).await?;
    let mut change = load(&mut act.tx, number, op.actor.id).await?;
    let before = change.workflow.state.clone();
    change.workflow = change.workflow.clone().edit(op.actor.id)?;
    if change.exception.is_some() {
        let detail = "An exception is asked for anew.";
        return Err(Finding::new(Code::RequestState, "edit").detail(detail).into());
    }
    let parent = layer::version(&mut act.tx, change.level, &change.scope, change.parent).await?;
    let Read { content, release, findings } = read(change.level, input, parent.as_ref());
    let was = text::write(&change.content);
    change.content = content;
    change.release = release;
    input.note.trim().clone_into(&mut change.note);
    change.external_ref = external_ref(&input.external_ref);
    let last = layer::last(&mut act.tx, change.level, &change.scope).await?;
    good(&mut act.tx, &change, last.as_ref(), findings).await?;
    save(&mut act.tx, &change, &before).await?;
    let is = text::write(&change.content);
    note(&mut act, &change, "layer_change.edit", Some(was), Some(is));
    act.commit().await
}

/// Brings a draft up to the version that stands: what only one of both changed is taken from there, what both changed
/// stays as the draft has it and is named.
pub async fn bring_up(services: &Services, op: &Operation, number: i64) -> Result<Vec<String>> {
    authorise(&op.actor, Action::Request)?;
    let mut act = Act::begin(services, op).await?;
    let mut change = load(&mut act.tx, number, op.actor.id).await?;
    let before = change.workflow.state.clone();
    change.workflow = change.workflow.clone().edit(op.actor.id)?;
    let (level, scope) = (change.level, change.scope.clone());
    let last = layer::last(&mut act.tx, level, &scope).await?.ok_or_else(|| Problem::not_found("layer"))?;
    let version = last.layer.origin.version;
    if version == change.parent {
        let detail = "It was begun from the version that stands.";
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::RequestState, "draft").detail(detail)));
    }
    let base = layer::version(&mut act.tx, level, &scope, change.parent).await?;
    let base = base.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
    let theirs = Content::of(&last.layer, last.rule);
    let (merged, both) = merge(&base, &change.content, &theirs);
    change.content = merged;
    change.release = change.release.max(last.release.next_minor());
    let was = Some(format!("begun from version {}", change.parent));
    change.parent = version;
    save(&mut act.tx, &change, &before).await?;
    let after = format!("begun from version {version}; changed by both: {}", list(&both));
    note(&mut act, &change, "layer_change.bring_up", was, Some(after));
    act.commit().await?;
    Ok(both)
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

/// What a draft would make of one phone: its settings, its files, what is different, and every finding. Nothing is
/// kept.
pub async fn preview(
    services: &Services,
    op: &Operation,
    level: &str,
    scope: &str,
    input: &DraftInput,
    mac: &str,
) -> Result<PreviewView> {
    authorise(&op.actor, Action::Request)?;
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut tx = services.0.store.read().await?;
    let name = name_of(&mut tx, level, scope.trim()).await?;
    let last = layer::last(&mut tx, level, scope.trim()).await?;
    let Read { content, release, mut findings } = read(level, input, last.as_ref());
    let loaded =
        devices::loaded(&mut tx, mac).await.map_err(|_| Problem::invalid(Code::DeviceUnknown, "mac"))?;
    let change = Change {
        id: LayerChangeId(uuid::Uuid::nil()),
        number: 0,
        level,
        scope: scope.trim().to_owned(),
        name,
        parent: last.as_ref().map_or(0, |version| version.layer.origin.version),
        release,
        content,
        exception: None,
        note: input.note.clone(),
        external_ref: None,
        workflow: Workflow { requester: op.actor.id, editors: vec![], state: State::Draft },
        requester: String::new(),
        plan: None,
        missing: vec![],
        at: op.now,
        approvers: String::new(),
        published_to: None,
        missed: vec![],
    };
    findings.extend(of_draft(&mut tx, &change, last.as_ref()).await?);
    // Somebody who looks has often not said yet what it is for.
    findings.retain(|finding| finding.subject != "note");
    let before = last.as_ref().map(|version| version.layer.clone());
    let draft = wanted(&change, before.as_ref());
    let stored = &loaded.stored;
    let old = publish::stack(&mut tx, &stored.device).await?;
    let mut new: Vec<_> = old.iter().filter(|l| l.origin.layer != draft.origin.layer).cloned().collect();
    let said = before.as_ref().map(|layer| Content::of(layer, None));
    findings.extend(among(&new, &draft, said.as_ref()));
    new.push(draft);
    let published = planning::current(&mut tx, &loaded).await?;
    let lines = published.as_ref().map(|p| p.revision.lines.clone()).unwrap_or_default();
    let kind = published.as_ref().map_or(domain::revision::RevisionKind::Baseline, |p| p.revision.kind);
    let catalogue = Catalogue::load(&mut tx).await?;
    let installed = firmware::installed(&mut tx, stored.device.id).await?;
    let handsets = publish::handsets(&device::endpoints(&mut tx, stored.device.id).await?);
    let written = |mut layers: Vec<domain::layer::Layer>| {
        layers.extend(lines.iter().map(publish::line_layer));
        let layers: Vec<_> = layers.iter().collect();
        let basis = publish::Basis {
            layers: &layers,
            catalogue: &catalogue,
            installed: &installed,
            handsets: &handsets,
        };
        publish::prepare_from(stored, kind, lines.clone(), &basis)
    };
    let (old, new) = (written(old), written(new));
    findings.extend(new.findings.iter().filter(|finding| !old.findings.contains(finding)).cloned());
    findings.sort();
    findings.dedup();
    let file = |(name, artifact): &(String, domain::artifact::Artifact)| FileView {
        name: name.clone(),
        lines: trace::traced(artifact, &new.resolution),
    };
    Ok(PreviewView {
        mac: stored.device.mac,
        device: loaded.name(),
        differences: planning::differences(&old.resolution, &new.resolution),
        same_bytes: old.files.iter().map(|(_, a)| a.digest()).eq(new.files.iter().map(|(_, a)| a.digest())),
        files: new.files.iter().map(file).collect(),
        findings,
    })
}
