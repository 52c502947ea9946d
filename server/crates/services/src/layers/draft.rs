//! Drafts: private to their author until they are submitted; previewed for one phone before that.

use super::{
    load, name_of, new_draft, note,
    planning::of_draft,
    save,
    view::{BenchView, FileView, PreviewView},
    within,
};
use crate::{
    Kind, Operation, Problem, Result, Services, act::Act, devices, firmware::aim::Catalogue, planning,
    publish,
};
use dialects::look::{Bench, Desk};
use domain::{
    Code, Finding,
    authz::{Action, Resource, somewhere},
    device::Device,
    group::Labels,
    ids::{DeviceId, LayerId},
    layer::{
        Content, Layer, Level, Origin, Release,
        form::{self, Read, Typed},
        merge, text,
    },
    resolution::{Resolved, resolve},
    revision::RevisionKind,
    setting::{Path, Value},
};
use storage::{
    Tx, device, firmware,
    layer::{self, Version},
    layer_change::{self, Change},
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

impl DraftInput {
    fn typed(&self) -> Typed {
        Typed { text: self.text.clone(), release: self.release.clone(), rule: self.rule.clone() }
    }
}

fn read(level: Level, input: &DraftInput, parent: Option<&Version>) -> Read {
    let parent = parent.map(said);
    form::read(level, &input.typed(), parent.as_ref().map(|(content, release)| (content, *release)))
}

fn said(version: &Version) -> (Content, Release) {
    (Content::of(&version.layer, version.rule.clone()), version.release)
}

/// Begins a draft; returns its number.
pub async fn create(
    services: &Services,
    op: &Operation,
    level: &str,
    scope: &str,
    input: &DraftInput,
) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut act = Act::begin(services, op).await?;
    let phone = match (level, scope.trim().parse()) {
        (Level::Device, Ok(id)) => device::by_id(&mut act.tx, DeviceId(id)).await?,
        _ => None,
    };
    claim.at(phone.map_or(Resource::Organisation, |stored| stored.device.site.into()))?;
    let number = begin(services, op, &mut act, (level, scope.trim()), input, None).await?;
    act.commit().await?;
    Ok(number)
}

/// The same in an act that is under way; `labels` are what becomes said of the phone.
pub(super) async fn begin(
    services: &Services,
    op: &Operation,
    act: &mut Act<'_>,
    (level, scope): (Level, &str),
    input: &DraftInput,
    labels: Option<Labels>,
) -> Result<i64> {
    let name = name_of(&mut act.tx, level, scope).await?;
    let parent = layer::last(&mut act.tx, level, scope).await?;
    let read = read(level, input, parent.as_ref());
    let draft = new_draft(services, op, &mut act.tx, level).await?;
    let change = Change {
        scope: scope.to_owned(),
        name,
        parent: parent.as_ref().map_or(0, |version| version.layer.origin.version),
        release: read.release,
        content: Content { labels, ..read.content },
        note: input.note.trim().to_owned(),
        external_ref: external_ref(&input.external_ref),
        ..draft
    };
    good(&mut act.tx, &change, parent.as_ref(), read.findings).await?;
    layer_change::insert(&mut act.tx, &change).await?;
    let after = Some(format!("{} {}, release {}", level.word(), change.name, change.release));
    note(act, &change, "layer_change.create", None, after);
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
    somewhere(&op.actor, Action::Request)?.wherever();
    let mut act = Act::begin(services, op).await?;
    let mut change = load(&mut act.tx, number, op.actor.id).await?;
    within(&mut act.tx, op, Action::Request, &change).await?;
    let before = change.workflow.state.clone();
    change.workflow = change.workflow.clone().edit(op.actor.id)?;
    if change.exception.is_some() || change.content.returns.is_some() {
        let detail = "An exception or a return is asked for anew.";
        return Err(Finding::new(Code::RequestState, "edit").detail(detail).into());
    }
    let parent = layer::version(&mut act.tx, change.level, &change.scope, change.parent).await?;
    let Read { content, release, findings } = read(change.level, input, parent.as_ref());
    let was = text::write(&change.content);
    // Role and tags stand in no text.
    change.content = Content { labels: change.content.labels, ..content };
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
    somewhere(&op.actor, Action::Request)?.wherever();
    let mut act = Act::begin(services, op).await?;
    let mut change = load(&mut act.tx, number, op.actor.id).await?;
    within(&mut act.tx, op, Action::Request, &change).await?;
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
    somewhere(&op.actor, Action::Request)?.wherever();
    let (bench, device) = set_up(services, level, scope, mac).await?;
    let mac = bench.mac;
    let look = Desk::new(bench).look(&input.typed());
    Ok(PreviewView {
        mac,
        device,
        differences: look.differences,
        same_bytes: look.same_bytes,
        files: look.files.into_iter().map(|file| FileView { name: file.name, lines: file.lines }).collect(),
        findings: look.findings,
    })
}

/// What the editor in the browser needs to look at drafts on one phone by itself. No secret is in it, nor the name of
/// one.
pub async fn bench(
    services: &Services,
    op: &Operation,
    level: &str,
    scope: &str,
    mac: &str,
) -> Result<BenchView> {
    somewhere(&op.actor, Action::Request)?.wherever();
    let (bench, device) = set_up(services, level, scope, mac).await?;
    let mac = bench.mac;
    let bench = serde_json::to_string(&bench.without_secrets());
    let bench = bench.map_err(|_| Problem::invalid(Code::LayerInvalid, "layer"))?;
    Ok(BenchView { mac, device, bench })
}

/// Everything that decides what a draft of this layer makes of a phone; and the phone as people read it.
async fn set_up(services: &Services, level: &str, scope: &str, mac: &str) -> Result<(Bench, String)> {
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut tx = services.0.store.read().await?;
    let name = name_of(&mut tx, level, scope.trim()).await?;
    let last = layer::last(&mut tx, level, scope.trim()).await?;
    let unknown = |_| Problem::invalid(Code::DeviceUnknown, "mac");
    let loaded = devices::loaded(&mut tx, mac).await.map_err(unknown)?;
    let stored = &loaded.stored;
    let published = planning::current(&mut tx, &loaded).await?;
    let lines = published.as_ref().map(|p| p.revision.lines.as_slice()).unwrap_or_default();
    let mut stack = publish::stack(&mut tx, &stored.device).await?;
    stack.extend(lines.iter().map(publish::line_layer));
    let device = &stored.device;
    let origin = last.as_ref().map(|version| version.layer.origin.clone());
    let draft = Origin {
        layer: origin.as_ref().map_or(LayerId(uuid::Uuid::nil()), |origin| origin.layer),
        level,
        name: origin.as_ref().map_or(name, |origin| origin.name.clone()),
        version: origin.map_or(0, |origin| origin.version) + 1,
        // A draft that is only looked at has no number yet.
        change: "draft".to_owned(),
    };
    let bench = Bench {
        vendor: device.vendor,
        mac: device.mac,
        serial: device.serial.to_string(),
        model: device.model.clone(),
        accounts: device.vendor.accounts(&device.model).unwrap_or(0),
        handsets: publish::handsets(&device::endpoints(&mut tx, device.id).await?),
        kind: published.as_ref().map_or(RevisionKind::Baseline, |p| p.revision.kind),
        served: publish::served(stored),
        made: made(&mut tx, device, &stack).await?,
        stack,
        draft,
        before: last.as_ref().map(said),
    };
    Ok((bench, loaded.name()))
}

/// Where the phone's next firmware is: no layer that people write says it, so no draft changes it.
async fn made(tx: &mut Tx, device: &Device, stack: &[Layer]) -> Result<Vec<(Path, Resolved)>> {
    let (mut resolution, _) = resolve(stack);
    let installed = firmware::installed(tx, device.id).await?;
    let catalogue = Catalogue::load(tx).await?;
    if let Some(aim) = catalogue.aim(device, &installed, &resolution) {
        aim.write(&mut resolution);
    }
    let url = Path::parse(domain::firmware::URL).ok();
    Ok(url.and_then(|url| resolution.settings.remove_entry(&url)).into_iter().collect())
}
