//! Brings an applied version into the files of phones, some at a time, because each chunk holds up every other act.
//!
//! How far it is stands beside the change, in the transaction of each chunk: an interrupted run is continued by the
//! next, and what is as it should be is left alone.

use super::{named, return_many};
use crate::{
    Result, Services,
    act::{Act, Note},
    devices,
    facts::Loaded,
    planning,
    publish::{self, Publication},
};
use domain::{Finding, Mac, ids::RevisionId, revision::RevisionKind};
use storage::{
    layer_change::{self, Change},
    revision,
};

/// Devices that are published in one transaction.
const CHUNK: usize = 20;

/// Publishes what is due; returns for how many phones. After an act, and when the server starts.
pub async fn publish(services: &Services) -> Result<usize> {
    let mut published = 0;
    loop {
        let change = layer_change::unpublished(&mut services.0.store.read().await?).await?;
        let Some(change) = change else { return Ok(published) };
        published += one_change(services, change).await?;
    }
}

async fn one_change(services: &Services, mut change: Change) -> Result<usize> {
    let to = change.published_to.clone().unwrap_or_default();
    let devices = change.plan.as_ref().map(domain::layer::plan::Plan::devices).unwrap_or_default();
    let due: Vec<Mac> = devices.into_iter().filter(|mac| mac.bare() > to).collect();
    let mut published = 0;
    for chunk in due.chunks(CHUNK) {
        let mut act = Act::begin_program(services).await?;
        for mac in chunk {
            let made = match &change.content.returns {
                Some(returns) => return_many::carry_out(services, &mut act, &change, returns, *mac).await?,
                None => one(services, &mut act, *mac, &named(change.number), Some(&change.approvers)).await?,
            };
            match made {
                Ok(true) => published += 1,
                Ok(false) => {}
                Err(finding) => change.missed.push(finding),
            }
        }
        let to = chunk.last().map(|mac| mac.bare());
        layer_change::progress(&mut act.tx, change.number, to.as_deref(), &change.missed).await?;
        act.commit().await?;
    }
    let mut act = Act::begin_program(services).await?;
    layer_change::progress(&mut act.tx, change.number, None, &change.missed).await?;
    let after = format!("{published} devices published, {} could not be", change.missed.len());
    let subject = named(change.number);
    act.note(Note { action: "layer_change.published", subject, after: Some(after), ..Note::default() });
    act.commit().await?;
    Ok(published)
}

/// Publishes for one phone, with the lines that it has; whether a revision was made, or what keeps it from being made.
pub(crate) async fn one(
    services: &Services,
    act: &mut Act<'_>,
    mac: Mac,
    change: &str,
    approver: Option<&str>,
) -> Result<std::result::Result<bool, Finding>> {
    let loaded = devices::loaded(&mut act.tx, &mac.bare()).await?;
    let Some(current) = planning::current(&mut act.tx, &loaded).await? else { return Ok(Ok(false)) };
    let mut due = vec![];
    // What it gets before it has proven itself follows too; what it is served by itself has the newest number.
    if current.revision.kind != RevisionKind::Baseline {
        due.extend(revision::current(&mut act.tx, loaded.stored.device.id, RevisionKind::Baseline).await?);
    }
    due.push(current);
    let mut made = false;
    for before in due {
        match renew(services, act, &loaded, before, change, approver).await? {
            Ok(renewed) => made |= renewed,
            Err(finding) => return Ok(Err(finding)),
        }
    }
    Ok(Ok(made))
}

async fn renew(
    services: &Services,
    act: &mut Act<'_>,
    loaded: &Loaded,
    before: revision::Published,
    change: &str,
    approver: Option<&str>,
) -> Result<std::result::Result<bool, Finding>> {
    let device = &loaded.stored.device;
    let kind = before.revision.kind;
    let prepared = publish::prepare(&mut act.tx, &loaded.stored, kind, before.revision.lines).await?;
    if let Some(finding) = prepared.findings.iter().find(|finding| finding.blocks()) {
        tracing::warn!(device = %device.mac, %finding, "layers: the device's file cannot be written");
        let subject = format!("{}: {}", device.mac, finding.subject);
        return Ok(Err(Finding { subject, ..finding.clone() }));
    }
    let was: Vec<_> = before.revision.files.iter().map(|file| (file.name.as_str(), file.digest)).collect();
    let will: Vec<_> = prepared.files.iter().map(|(name, file)| (name.as_str(), file.digest())).collect();
    if was == will {
        return Ok(Ok(false));
    }
    let number = revision::last_number(&mut act.tx, device.id).await? + 1;
    let as_ = Publication { id: RevisionId(services.0.env.id()), number, change, approver, at: act.now };
    publish::publish(&mut act.tx, &loaded.stored, prepared, as_).await?;
    act.bump(device.id.0);
    act.note(Note {
        action: "layer.publish",
        subject: loaded.name(),
        site: Some(loaded.site.id),
        device: Some(device.id),
        before: Some(format!("revision {}", before.revision.number)),
        after: Some(format!("revision {number} ({}), the same lines", kind.word())),
        reason: change.to_owned(),
    });
    Ok(Ok(true))
}
