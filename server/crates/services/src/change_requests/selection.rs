//! A request about a selection of devices: every line of the devices that a filter of the inventory finds, the phones that
//! have one, their extensions, or where all of them stand. An empty filter selects nothing, never everything; at a site whose scope is *assisted* somebody ticks each line.

use super::{New, insert, rerouting, revoking, within, words};
use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::Act,
    classes, devices,
    layers::{self, ExceptionInput},
    profiles,
    rerouting::placing,
    view::{DeviceFilter, PAGE, Selected, Selection},
};
use domain::{
    Code, Finding, Mac, Timestamp,
    authz::{Action, somewhere},
    change_request::{At, Route, bulk::MOST_ROWS},
    device::DeviceState,
    site::Scope,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Tx, device, site};

/// What is to happen to all of it.
#[derive(Clone, Debug, Default)]
pub enum About {
    /// Every line is taken away.
    #[default]
    Revoke,
    /// Every phone that has one of the lines is an exception.
    Exception(Box<ExceptionInput>),
    /// One field of the profile of every extension is another: its name, and what it is to be.
    Profile(String, String),
    /// Every extension has this class of service.
    Class(String),
    /// Every phone, with a line or without, stands at the place of this code at its own site.
    Place(String),
}

/// Changes beside lines in one request: each of them is read, judged and carried out at once.
const MOST_CHANGES: usize = 200;

/// What somebody asks for about a selection.
#[derive(Clone, Debug, Default)]
pub struct SelectionInput {
    /// Which devices.
    pub filter: DeviceFilter,
    /// The digest of the lines that the page showed.
    pub seen: String,
    /// What is to happen to them.
    pub about: About,
    /// Lines that were ticked: `805ec0100003-1`.
    pub ticked: Vec<String>,
    /// Why.
    pub reason: String,
    /// A ticket elsewhere; may be empty.
    pub external_ref: String,
    /// Whether one line that cannot be taken away keeps the others.
    pub all_or_nothing: bool,
}

/// The lines of the devices that a filter finds.
pub async fn select(services: &Services, op: &Operation, filter: &DeviceFilter) -> Result<Selection> {
    somewhere(&op.actor, Action::Request)?.wherever();
    selected(&mut services.0.store.read().await?, filter).await
}

/// Two statements for each two hundred devices.
async fn selected(tx: &mut Tx, filter: &DeviceFilter) -> Result<Selection> {
    let mut found = Selection::default();
    if filter.is_empty() {
        let finding = Finding::new(Code::FieldMissing, "filter");
        found.findings.push(finding.detail("An empty filter selects nothing."));
        return Ok(found);
    }
    let scopes: BTreeMap<_, _> =
        site::list(tx).await?.into_iter().map(|site| (site.code, site.scope)).collect();
    let mut place = DeviceFilter { after: String::new(), ..filter.clone() };
    loop {
        let page = devices::rows(tx, &place).await?;
        found.devices += page.rows.len();
        if let (Some(first), Some(last)) = (page.rows.first(), page.rows.last()) {
            let sites: BTreeMap<_, _> = page.rows.iter().map(|row| (row.mac, row.site.as_str())).collect();
            let keys = device::keys_between(tx, &first.mac.bare(), &last.mac.bare()).await?;
            let lined: BTreeSet<_> = keys.iter().map(|(mac, ..)| mac.clone()).collect();
            let none = page.rows.iter().filter(|row| !lined.contains(&row.mac.bare()));
            let none = none.filter(|row| row.state != DeviceState::Retired.word());
            let room = (MOST_CHANGES + 1).saturating_sub(found.others.len());
            found.others.extend(none.take(room).map(|row| Selected {
                at: At { mac: row.mac, index: 0 },
                extension: String::new(),
                site: row.site.clone(),
                each: scopes.get(&row.site) == Some(&Scope::Assisted),
            }));
            for (mac, index, extension) in keys {
                let Ok(mac) = Mac::parse(&mac) else { continue };
                let Some(site) = sites.get(&mac) else { continue };
                let each = scopes.get(*site) == Some(&Scope::Assisted);
                let at = At { mac, index: u8::try_from(index).unwrap_or(u8::MAX) };
                found.lines.push(Selected { at, extension, site: (*site).to_owned(), each });
            }
        }
        if found.lines.len() > MOST_ROWS {
            let detail = format!("It selects more than {MOST_ROWS} lines: narrow it.");
            found.findings.push(Finding::new(Code::FormInvalid, "filter").detail(detail));
            return Ok(found);
        }
        match page.next {
            Some(next) => place.after = next,
            None => break,
        }
    }
    if found.lines.iter().filter(|line| line.each).count() > PAGE {
        let detail =
            format!("At an assisted site each line is ticked, at most {PAGE} at once: narrow the filter.");
        found.findings.push(Finding::new(Code::FormInvalid, "filter").detail(detail));
    }
    let mut hash = Sha256::new();
    for line in found.lines.iter().chain(&found.others) {
        hash.update(format!("{} {} {} {}\n", line.name(), line.extension, line.site, line.each));
    }
    found.digest = hex::encode(hash.finalize());
    Ok(found)
}

/// Makes a draft about the lines of a selection, their phones or their extensions; its number. What was selected since the page was shown, or is
/// selected no more, makes none.
pub async fn ask_selected(services: &Services, op: &Operation, input: &SelectionInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let mut findings = vec![];
    let reason = input.reason.trim();
    words::check(reason, &input.external_ref, &mut |code, subject| {
        findings.push(Finding::new(code, subject));
    });
    let mut act = Act::begin(services, op).await?;
    let found = selected(&mut act.tx, &input.filter).await?;
    findings.extend(found.findings.iter().cloned());
    let ticked: BTreeSet<_> = input.ticked.iter().map(|name| name.trim()).collect();
    let others: &[_] = if matches!(input.about, About::Place(_)) { &found.others } else { &[] };
    let all = found.lines.iter().chain(others);
    let wanted: Vec<_> = all.filter(|line| !line.each || ticked.contains(line.name().as_str())).collect();
    if findings.is_empty() && wanted.is_empty() {
        let none = found.lines.is_empty() && others.is_empty();
        let detail = if none { "It selects no line." } else { "No line is ticked." };
        findings.push(Finding::new(Code::FieldMissing, "filter").detail(detail));
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    if found.digest != input.seen.trim() {
        let finding = Finding::new(Code::PlanChanged, "filter");
        let finding = finding.detail("The lines that it selects are others than the page showed.");
        return Err(Problem::new(ProblemKind::Conflict, finding));
    }
    let new = match &input.about {
        About::Revoke => {
            let lines: Vec<_> = wanted.iter().map(|line| line.at).collect();
            let all_or_nothing = input.all_or_nothing;
            New { all_or_nothing, ..revoking(&mut act.tx, &lines, reason).await? }
        }
        about => New { reason, ..rerouting(changes(&mut act.tx, about, &wanted, op.now).await?)? },
    };
    let new = New { external_ref: &input.external_ref, ..new };
    let request = insert(&mut act, services, op, new).await?;
    within(&mut act.tx, claim, &request).await?;
    act.commit().await?;
    Ok(request.number)
}

/// What is to be otherwise on the phones of these lines, or for their extensions.
async fn changes(tx: &mut Tx, about: &About, wanted: &[&Selected], now: Timestamp) -> Result<Vec<Route>> {
    let macs: BTreeSet<_> = wanted.iter().map(|line| line.at.mac).collect();
    let extensions: BTreeSet<_> = wanted.iter().map(|line| line.extension.clone()).collect();
    let phones = matches!(about, About::Exception(_) | About::Place(_));
    let many = if phones { macs.len() } else { extensions.len() };
    if many > MOST_CHANGES {
        let detail = format!("It is about {many}; one request is about {MOST_CHANGES} at most: narrow it.");
        return Err(Finding::new(Code::FormInvalid, "filter").detail(detail).into());
    }
    let routes = match about {
        About::Revoke => vec![],
        About::Exception(input) => layers::excepting(tx, input, &macs, now).await?,
        About::Profile(field, value) => profiles::giving(tx, &extensions, field, value).await?,
        About::Class(class) => classes::giving(tx, &extensions, class).await?,
        About::Place(place) => placing(tx, &macs, place).await?,
    };
    if routes.is_empty() {
        let finding = Finding::new(Code::FormInvalid, "filter");
        return Err(finding.detail("All of them are so already.").into());
    }
    Ok(routes)
}
