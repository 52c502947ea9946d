//! Site packages: what a site is to get, in versions, beside what was shipped, is there, works and is accepted.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::site_of,
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise, authorise_at},
    device::Serial,
    site::{
        Site,
        expected::{self, Comparison, Expected, Item},
    },
    time::DAY,
};
use std::collections::BTreeSet;
pub use storage::site_package::Version;
use storage::site_package::{self, Stock};

/// A phone is healthy while it has been seen this recently: it fetches once a day.
const SEEN: i64 = 2 * DAY;
/// The most phones of a delivery note.
const MOST: usize = 2_000;

/// A site's package beside what is there.
#[derive(Clone, Debug)]
pub struct PackageView {
    /// The site.
    pub site: Site,
    /// The versions, the one that holds first.
    pub versions: Vec<Version>,
    /// What is there, by model and by name.
    pub comparison: Comparison,
}

fn item(stock: Stock, now: Timestamp) -> Item {
    let recent = stock.seen_at.is_some_and(|at| now.0.saturating_sub(at) <= SEEN);
    Item {
        inventory: true,
        shipped: stock.note.is_some(),
        seen: stock.seen_at.is_some(),
        healthy: recent && stock.state == "active" && stock.cases == 0,
        bound: stock.lines > 0,
        accepted: stock.lines > 0 && stock.lines == stock.accepted,
        serial: stock.serial,
        vendor: stock.vendor,
        model: stock.model,
    }
}

/// A site's package. Four queries; cost grows with the site's devices.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<PackageView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    let versions = site_package::versions(&mut tx, site.id).await?;
    let stock = site_package::stock(&mut tx, site.id).await?;
    let mut items: Vec<_> = stock.into_iter().map(|stock| item(stock, op.now)).collect();
    let only = site_package::only_shipped(&mut tx, site.id).await?;
    items.extend(only.into_iter().map(|serial| Item { serial, shipped: true, ..Item::default() }));
    let models = versions.first().map_or(&[][..], |version| &version.models);
    Ok(PackageView { comparison: expected::compare(models, &items), site, versions })
}

/// A package in one line, for the record.
fn said(models: &[Expected]) -> String {
    let each: Vec<_> = models.iter().map(|e| format!("{} {} {}", e.count, e.vendor, e.model)).collect();
    each.join(", ")
}

/// Makes a new version of a site's package; returns its number. `models` has a line per model.
pub async fn propose(
    services: &Services,
    op: &Operation,
    code: &str,
    models: &str,
    why: &str,
) -> Result<u32> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let why = reason::within(why, 200)?;
    let models = expected::parse(models).map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let before = site_package::versions(&mut act.tx, site.id).await?.into_iter().next();
    if before.as_ref().is_some_and(|version| version.models == models) {
        let finding = Finding::new(Code::FormInvalid, "models").detail("It is the version that holds.");
        return Err(finding.into());
    }
    let version = before.as_ref().map_or(0, |version| version.version) + 1;
    let (by, reason) = (op.actor.name.clone(), why.to_owned());
    let after = Version { version, models, reason, by, at: op.now };
    site_package::insert(&mut act.tx, site.id, &after).await?;
    act.note(Note {
        action: "package.version",
        subject: format!("{} v{version}", site.code),
        site: Some(site.id),
        before: before.map(|version| said(&version.models)),
        after: Some(said(&after.models)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    Ok(version)
}

/// Enters a delivery note: serial numbers, with blanks, commas or line breaks between. Returns how many are new.
pub async fn ship(
    services: &Services,
    op: &Operation,
    code: &str,
    serials: &str,
    delivery: &str,
) -> Result<usize> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let delivery = delivery.trim();
    let mut findings = Vec::new();
    if delivery.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "delivery"));
    }
    if delivery.chars().count() > 100 || delivery.chars().any(char::is_control) {
        findings.push(Finding::new(Code::FieldTooLong, "delivery").detail("At most 100 characters."));
    }
    let mut read = BTreeSet::new();
    for word in serials.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        if let Some(serial) = Serial::parse(word) {
            read.insert(serial.to_string());
        } else {
            let shown: String = word.chars().take(50).collect();
            findings.push(Finding::new(Code::SerialInvalid, "serials").detail(format!("`{shown}`.")));
        }
    }
    if read.is_empty() && findings.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "serials"));
    }
    if read.len() > MOST {
        let detail = format!("At most {MOST} at once.");
        findings.push(Finding::new(Code::FieldTooLong, "serials").detail(detail));
    }
    findings.truncate(50);
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let mut new = 0;
    for serial in &read {
        let (by, at) = (&op.actor.name, op.now);
        new += usize::from(site_package::ship(&mut act.tx, site.id, serial, delivery, by, at).await?);
    }
    act.note(Note {
        action: "package.ship",
        subject: site.code,
        site: Some(site.id),
        after: Some(format!("{} serial numbers, {new} of them new", read.len())),
        reason: delivery.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    Ok(new)
}
