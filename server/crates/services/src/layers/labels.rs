//! What a device is for, and what else is said of it. Groups are made by it: what brings a device into a group or out of
//! one changes its settings, and is a change of its own layer that is approved like any other.

use super::draft::{DraftInput, begin};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices,
    publish::group_facts,
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, somewhere},
    group::{self, Labels, word},
    layer::{Content, Level, text},
};
use storage::{label, layer, site};

/// Says a device's role and tags anew, with a reason. The number of a draft, when other groups would have the device:
/// then they are said once that is published.
pub async fn label(
    services: &Services,
    op: &Operation,
    mac: &str,
    role: &str,
    tags: &str,
    why: &str,
) -> Result<Option<i64>> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let why = reason::within(why, 1000)?;
    let labels = read(role, tags)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    let device = &stored.device;
    claim.at(device.site)?;
    let before = label::of(&mut act.tx, device.id).await?;
    if before == labels {
        return Ok(None);
    }
    let groups = layer::groups(&mut act.tx).await?;
    let site = site::by_id(&mut act.tx, device.site).await?.map(|site| site.code).unwrap_or_default();
    let of = |labels: &Labels| group::of(&groups, &group_facts(device, site.clone(), labels.clone()));
    if of(&before) != of(&labels) {
        let scope = device.id.to_string();
        let said = layer::last(&mut act.tx, Level::Device, &scope).await?;
        let said = said.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
        let input = DraftInput { text: text::write(&said), note: why.to_owned(), ..DraftInput::default() };
        let number = begin(services, op, &mut act, (Level::Device, &scope), &input, Some(labels)).await?;
        act.commit().await?;
        return Ok(Some(number));
    }
    label::set(&mut act.tx, device.id, &labels).await?;
    act.note(Note {
        action: "device.label",
        subject: stored.name(),
        site: Some(device.site),
        device: Some(device.id),
        before: Some(before.words()),
        after: Some(labels.words()),
        reason: why.to_owned(),
    });
    act.commit().await?;
    Ok(None)
}

fn read(role: &str, tags: &str) -> Result<Labels> {
    let role = Some(role.trim().to_owned()).filter(|role| !role.is_empty());
    let words = tags.split(|c: char| c.is_whitespace() || c == ',').filter(|tag| !tag.is_empty());
    let labels = Labels { role, tags: words.map(str::to_owned).collect() };
    let mut findings = vec![];
    for (field, text) in
        labels.role.iter().map(|r| ("role", r)).chain(labels.tags.iter().map(|t| ("tags", t)))
    {
        if !word(text) {
            let detail = "At most 40 lower-case letters, digits and hyphens each.";
            findings.push(Finding::new(Code::FormInvalid, field).detail(detail));
        }
    }
    if labels.tags.len() > 20 {
        findings.push(Finding::new(Code::FormInvalid, "tags").detail("At most 20."));
    }
    if findings.is_empty() { Ok(labels) } else { Err(Problem::blocked(findings)) }
}
