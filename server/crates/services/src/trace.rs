//! Trace: why this phone has this configuration. One page, no database access needed.

mod unbound;

use crate::{
    Operation, Result, Services, devices, planning, uploads,
    view::{DeviceFilter, DeviceRow, Found, TraceView, TracedFile},
};
use domain::{
    Timestamp,
    authz::{Action, authorise},
    ledger::Entry,
    traced::traced,
};
use storage::{ledger, revision};

/// Finds devices by MAC, serial, extension, number, person, address or site.
pub async fn find(services: &Services, op: &Operation, q: &str) -> Result<Found> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let by_text = DeviceFilter { q: q.to_owned(), ..DeviceFilter::default() };
    let by_site = DeviceFilter { site: q.trim().to_owned(), ..DeviceFilter::default() };
    let mut rows = Vec::new();
    if !q.trim().is_empty() {
        rows = devices::rows(&mut tx, &by_text).await?.rows;
        if rows.is_empty() {
            rows = devices::rows(&mut tx, &by_site).await?.rows;
        }
    }
    // An exact extension, MAC or serial is meant, even when other rows contain it.
    let exact: Vec<&DeviceRow> = rows.iter().filter(|row| is_exactly(row, q.trim())).collect();
    // Nobody who types a number means the MAC addresses that it happens to be a part of.
    if exact.is_empty()
        && let Some(unbound) = unbound::find(&mut tx, q.trim()).await?
    {
        return Ok(Found::Unbound(Box::new(unbound)));
    }
    match (exact.as_slice(), rows.len()) {
        ([one], _) => Ok(Found::Device(one.mac)),
        (_, 1) => Ok(Found::Device(rows[0].mac)),
        (_, 0) => Ok(Found::Nothing(ledger::probes(&mut tx, op.now).await?)),
        _ => Ok(Found::Several(rows)),
    }
}

fn is_exactly(row: &DeviceRow, q: &str) -> bool {
    row.serial.eq_ignore_ascii_case(q)
        || domain::Mac::parse(q).is_ok_and(|mac| mac == row.mac)
        || row.lines.split(", ").any(|number| number == q)
}

/// The page of one device.
pub async fn view(services: &Services, op: &Operation, mac: &str) -> Result<TraceView> {
    at(services, op, mac, op.now).await
}

/// The same, with what was served and done up to `until`.
pub async fn at(services: &Services, op: &Operation, mac: &str, until: Timestamp) -> Result<TraceView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let loaded = devices::loaded(&mut tx, mac).await?;
    let device = devices::page(&mut tx, op.now, &loaded).await?;
    let published = planning::current(&mut tx, &loaded).await?;
    let mut files = Vec::new();
    if let Some(published) = &published {
        for file in &published.revision.files {
            if let Some(artifact) = revision::artifact(&mut tx, file.digest).await? {
                let lines = traced(&artifact, &published.revision.resolution);
                files.push(TracedFile { name: file.name.clone(), digest: file.digest.to_string(), lines });
            }
        }
    }
    let (mut serves, mut acts) = (Vec::new(), Vec::new());
    for (_, entry) in ledger::of_device(&mut tx, loaded.stored.device.id).await? {
        match entry {
            Entry::Serve(serve) if serve.at <= until => serves.push(*serve),
            Entry::Act(act) if act.at <= until => acts.push(*act),
            _ => {}
        }
    }
    serves.truncate(100);
    acts.truncate(100);
    let revision = published
        .as_ref()
        .map(|p| (p.revision.number, p.revision.kind.word().to_owned(), p.revision.change.clone()));
    let resolution = published.map(|p| p.revision.resolution).unwrap_or_default();
    let overrides = uploads::overrides(services, &mut tx, &loaded).await?;
    let uploads = uploads::rows(&mut tx, &loaded, authorise(&op.actor, Action::Audit).is_ok()).await?;
    Ok(TraceView { device, revision, files, resolution, serves, acts, overrides, uploads })
}
