//! Taking a whole change back: the layer says again what it said before, as its next version.

use super::named;
use crate::{
    Result,
    act::{Act, Note},
};
use domain::layer::{Content, Layer, Origin};
use storage::{
    layer::{self, Said},
    rollout::Rollout,
};

/// Publishes the version before as the next one. Phones that have the change are put back by turns; for the others
/// nothing is different.
pub(super) async fn take_back(act: &mut Act<'_>, rollout: &Rollout, why: &str) -> Result<()> {
    let (level, scope) = (rollout.level, rollout.scope.as_str());
    let Some(last) = layer::last(&mut act.tx, level, scope).await? else { return Ok(()) };
    let before = layer::version(&mut act.tx, level, scope, rollout.parent).await?;
    let content = before.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
    // A group of nobody yet is one without a rule.
    let rule = content.rule.clone().or_else(|| last.rule.as_ref().map(|_| domain::group::Rule::default()));
    let change = format!("return of {}", named(rollout.number));
    let origin = Origin {
        version: last.layer.origin.version + 1,
        change: change.clone(),
        ..last.layer.origin.clone()
    };
    let layer = Layer { origin, settings: content.settings, locks: content.locks };
    let note = format!("What version {} said. {why}", rollout.parent);
    let said = Said { release: last.release.next_patch(), note: &note, rule: rule.as_ref() };
    let now = act.now;
    layer::publish_as(&mut act.tx, &layer, scope, &said, now).await?;
    act.note(Note {
        action: "layer.publish",
        subject: format!("{} {} version {}", level.word(), rollout.name, layer.origin.version),
        after: Some(format!("what version {} said", rollout.parent)),
        reason: change,
        ..Note::default()
    });
    Ok(())
}
