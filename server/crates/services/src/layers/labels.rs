//! What a device is for, and what else is said of it. A label can bring a device into a group, so its files follow in
//! the same act; what the group's layer says was approved for whoever gets the label.

use super::publish::one;
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices, reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    group::word,
};
use storage::{label, user};

/// Says a device's role and tags anew, with a reason.
pub async fn label(
    services: &Services,
    op: &Operation,
    mac: &str,
    role: &str,
    tags: &str,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Request)?;
    let why = reason::within(why, 1000)?;
    let role = Some(role.trim().to_owned()).filter(|role| !role.is_empty());
    let words = tags.split(|c: char| c.is_whitespace() || c == ',').filter(|tag| !tag.is_empty());
    let labels = label::Labels { role, tags: words.map(str::to_owned).collect() };
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
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    let device = &stored.device;
    let before = label::of(&mut act.tx, device.id).await?;
    if before == labels {
        return Ok(());
    }
    label::set(&mut act.tx, device.id, &labels).await?;
    let change = format!("label {}", user::next_number(&mut act.tx, "label").await?);
    if let Err(finding) = one(services, &mut act, device.mac, &change, None).await? {
        return Err(Problem::blocked(vec![finding]));
    }
    act.note(Note {
        action: "device.label",
        subject: stored.name(),
        site: Some(device.site),
        device: Some(device.id),
        before: Some(said(&before)),
        after: Some(said(&labels)),
        reason: why.to_owned(),
    });
    act.commit().await
}

fn said(labels: &label::Labels) -> String {
    let tags: Vec<_> = labels.tags.iter().map(String::as_str).collect();
    let tags = if tags.is_empty() { "none".to_owned() } else { tags.join(" ") };
    format!("role: {}; tags: {tags}", labels.role.as_deref().unwrap_or("none"))
}
