//! Returns: a phone gets the settings of one of its earlier revisions again and is held to them, with an owner and until
//! a day. Approved like any other version of a layer; a set of phones is returned under what was approved for the set.
//!
//! Lines, owners and secrets stay those of the binding that stands: a return publishes settings, and settings alone.

pub use super::return_many::{ReturnManyInput, ask_many};

use super::{
    exceptions::{Asked, end, insert, last_version},
    named,
    publish::one,
    show::exception,
    view::{ExceptionRow, PinView, ReturnView, RevisionRow},
};
use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    devices, freezes, planning, reason,
    view::{PAGE, Page, cut},
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise, somewhere},
    device::DeviceState,
    firmware::{Version, too_old},
    ids::{DeviceId, LayerChangeId, LayerId},
    layer::{
        Layer, Level, Locks, Origin, Release,
        exception::{Exception, Form, expiring},
        pin,
    },
    setting::{Path, Value},
};
use std::collections::BTreeMap;
use storage::{
    Tx, device, firmware,
    layer::{self, MadeBy, Said},
    layer_change, revision,
};

/// Phones that are returned in one transaction.
const CHUNK: usize = 20;

/// A return as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct ReturnInput {
    /// The phone.
    pub mac: String,
    /// Number of the revision.
    pub revision: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When the phone is let go again, UTC.
    pub expires: String,
    /// A ticket elsewhere.
    pub external_ref: String,
}

/// Asks for a return: a draft, to be looked at and submitted. Returns its number.
pub async fn ask(services: &Services, op: &Operation, input: &ReturnInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::RequestForPhone)?;
    let mut findings = Vec::new();
    let revision: u32 = input.revision.trim().parse().unwrap_or_else(|_| {
        findings.push(Finding::new(Code::FormInvalid, "revision"));
        0
    });
    let expires = Timestamp::parse(input.expires.trim());
    if expires.is_none() && !input.expires.trim().is_empty() {
        findings.push(Finding::new(Code::FormInvalid, "expires"));
    }
    let reason = input.reason.trim();
    if reason.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "reason"));
    }
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, &input.mac).await?;
    let device = &stored.device;
    claim.at(device.site)?;
    if device.state == DeviceState::Retired {
        findings.push(Finding::new(Code::DeviceRetired, device.mac.to_string()));
    }
    let earlier = revision::by_number(&mut act.tx, device.id, revision).await?;
    if earlier.is_none() && revision > 0 {
        findings.push(Finding::new(Code::FormInvalid, "revision").detail("The phone never had it."));
    }
    let owner = input.owner.trim().to_owned();
    let exception = Exception { device: device.id, form: Form::Return { revision }, owner, expires };
    findings.extend(exception.check(op.now));
    let Some(earlier) = earlier.filter(|_| findings.is_empty()) else {
        return Err(Problem::blocked(findings));
    };
    let settings = pin::settings(&earlier.revision.resolution);
    let external_ref = &input.external_ref;
    let asked = Asked { mac: device.mac, settings, exception, reason, external_ref, action: "return.ask" };
    let number = insert(services, op, &mut act, asked).await?;
    act.commit().await?;
    Ok(number)
}

/// What keeps a phone from loading these settings: firmware that is too old for them, or that nobody knows.
pub(super) async fn against(
    tx: &mut Tx,
    device: DeviceId,
    settings: &BTreeMap<Path, Value>,
) -> Result<Vec<Finding>> {
    let minimums = firmware::minimums(tx).await?;
    let stored = device::by_id(tx, device).await?.ok_or_else(|| Problem::not_found("device"))?;
    let vendor = stored.device.vendor;
    let asks = |minimum: &domain::firmware::Minimum| {
        minimum.vendor == vendor && settings.contains_key(&minimum.path)
    };
    if !minimums.iter().any(asks) {
        return Ok(vec![]);
    }
    let installed = firmware::installed(tx, device).await?;
    let refused = |subject: &str, detail: String| Finding::new(Code::ReturnFirmware, subject).detail(detail);
    Ok(match Version::parse(vendor, &installed) {
        Some(installed) => too_old(&installed, &minimums, vendor, settings.keys())
            .into_iter()
            .map(|finding| refused(&finding.subject, finding.detail))
            .collect(),
        None => minimums
            .iter()
            .filter(|minimum| asks(minimum))
            .map(|minimum| {
                let detail = format!("It needs {}; which the phone has is not known.", minimum.release);
                refused(minimum.path.as_str(), detail)
            })
            .collect(),
    })
}

/// Ends the pin that stands on a device, if one does, because of what `by` does in this act; its file is not looked at.
pub(crate) async fn make_room(act: &mut Act<'_>, device: DeviceId, by: &str, why: &str) -> Result<()> {
    let Some(standing) = layer::pin(&mut act.tx, device).await? else { return Ok(()) };
    let now = act.now;
    layer::end(&mut act.tx, standing.layer, now).await?;
    last_version(&mut act.tx, standing.layer, by, why, now).await?;
    act.note(Note {
        action: "return.end",
        subject: standing.change,
        device: Some(device),
        before: Some(standing.exception.form.says()),
        after: Some(format!("ended by {by}")),
        reason: why.to_owned(),
        ..Note::default()
    });
    Ok(())
}

/// Lets a phone go before its time: its file follows in the same act.
pub async fn release(services: &Services, op: &Operation, mac: &str, why: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let why = reason::given(why)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    let standing = layer::pin(&mut act.tx, stored.device.id).await?;
    let standing = standing.ok_or_else(|| Problem::not_found("pin"))?;
    if let Some(frozen) = freezes::against(&mut act.tx, stored.device.site, op.now).await? {
        return Err(frozen.into());
    }
    if end(services, act, standing.layer, stored.device.id, why).await? {
        Ok(())
    } else {
        Err(Problem::new(Kind::Conflict, Finding::new(Code::RequestState, "pin")))
    }
}

/// A page of the pins that stand, by MAC.
pub async fn pins(services: &Services, op: &Operation, after: &str) -> Result<Page<ExceptionRow>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let found = layer::pins(&mut tx, after).await?;
    let mut rows: Vec<_> = found.into_iter().filter_map(|pin| exception(pin, op.now)).collect();
    let next = cut(&mut rows, PAGE, |row| row.mac.bare());
    Ok(Page { rows, next })
}

/// How many phones are pinned, and when the first of them is let go.
pub async fn count(services: &Services, op: &Operation) -> Result<(i64, Option<Timestamp>)> {
    authorise(&op.actor, Action::Read)?;
    Ok(layer::pinned(&mut services.0.store.read().await?).await?)
}

/// The pin on a device, for its page.
pub(crate) async fn on(tx: &mut Tx, device: DeviceId, now: Timestamp) -> Result<Option<PinView>> {
    let standing = layer::pin(tx, device).await?;
    Ok(standing.and_then(|standing| {
        let subject = standing.change.clone();
        Some(PinView {
            change: standing.change,
            revision: standing.exception.form.revision()?,
            owner: standing.exception.owner,
            reason: standing.reason,
            expires: standing.exception.expires,
            soon: expiring(&subject, standing.exception.expires, now),
        })
    }))
}

/// The page on which a return is asked for: revisions before a number, and what the chosen one would change.
pub async fn view(
    services: &Services,
    op: &Operation,
    mac: &str,
    chosen: &str,
    before: &str,
) -> Result<ReturnView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let loaded = devices::loaded(&mut tx, mac).await?;
    let device = &loaded.stored.device;
    let current = planning::current(&mut tx, &loaded).await?;
    let listed = revision::list(&mut tx, device.id, before.parse().unwrap_or(i64::MAX)).await?;
    let row = |listed: revision::Listed| RevisionRow {
        number: listed.number,
        kind: listed.kind,
        change: listed.change,
        at: listed.at,
    };
    let mut revisions: Vec<_> = listed.into_iter().map(row).collect();
    let next = cut(&mut revisions, 50, |row| row.number.to_string());
    let chosen = match chosen.trim().parse() {
        Ok(number) => revision::by_number(&mut tx, device.id, number).await?,
        Err(_) => None,
    };
    let mut differences = vec![];
    let mut findings = vec![];
    if let (Some(chosen), Some(current)) = (&chosen, &current) {
        let held = pin::settings(&chosen.revision.resolution);
        findings = against(&mut tx, device.id, &held).await?;
        let mut will = current.revision.resolution.clone();
        will.settings.retain(|path, now| pin::spares(path, &now.value));
        let then = &chosen.revision.resolution.settings;
        let kept = held.keys().filter_map(|path| Some((path.clone(), then.get(path)?.clone())));
        will.settings.extend(kept);
        differences = planning::differences(&current.revision.resolution, &will);
    }
    Ok(ReturnView {
        mac: device.mac,
        name: loaded.name(),
        site: loaded.site.code.clone(),
        current: current.map(|published| published.revision.number),
        chosen: chosen.map(|published| published.revision.number),
        differences,
        findings,
        revisions,
        next,
        pin: on(&mut tx, device.id, op.now).await?,
    })
}

/// What a set of phones is returned for.
#[derive(Clone, Debug)]
pub struct Because<'a> {
    /// The change of a layer that is taken back: 9 of `LC-9`. What was approved with it is what this is done by.
    pub number: i64,
    /// Who answers for it.
    pub owner: &'a str,
    /// Why, in a sentence.
    pub reason: &'a str,
    /// When the phones are let go again.
    pub expires: Timestamp,
}

/// What became of each phone: whether its file is another now, or why it was not returned.
pub type Returned = Vec<(DeviceId, std::result::Result<bool, Finding>)>;

/// Returns phones, each to its own revision; the program's own act, some at a time.
///
/// A phone that is held there already is left alone, so it can be called again; one that is held elsewhere, is retired,
/// or whose firmware cannot load the settings is named, and the others are returned. No freeze holds it off: it undoes.
pub async fn to(services: &Services, phones: &[(DeviceId, u32)], because: &Because<'_>) -> Result<Returned> {
    let mut returned = Vec::with_capacity(phones.len());
    for chunk in phones.chunks(CHUNK) {
        let mut act = Act::begin_program(services).await?;
        let change = layer_change::by_number(&mut act.tx, because.number).await?;
        let change = change.ok_or_else(|| Problem::not_found("layer change"))?.id;
        let way = Way {
            change,
            number: because.number,
            by: format!("return of {}", named(because.number)),
            approver: None,
            owner: because.owner,
            reason: because.reason,
            expires: because.expires,
        };
        for (device, revision) in chunk {
            let made = to_one(services, &mut act, *device, *revision, &way).await?;
            returned.push((*device, made));
        }
        act.commit().await?;
    }
    Ok(returned)
}

/// The revision that each phone had before this change of a layer was published to it, for [`to`].
pub async fn before(services: &Services, phones: &[DeviceId], number: i64) -> Result<Vec<(DeviceId, u32)>> {
    let mut tx = services.0.store.read().await?;
    let mut found = Vec::with_capacity(phones.len());
    for device in phones {
        let revision = revision::before(&mut tx, *device, &named(number)).await?;
        found.extend(revision.map(|revision| (*device, revision)));
    }
    Ok(found)
}

/// By what a phone is returned.
pub(super) struct Way<'a> {
    /// The change that was approved.
    pub(super) change: LayerChangeId,
    /// Its number.
    pub(super) number: i64,
    /// What stands behind the settings and the files.
    pub(super) by: String,
    /// Who signed exactly this.
    pub(super) approver: Option<&'a str>,
    /// Who answers for it.
    pub(super) owner: &'a str,
    /// Why.
    pub(super) reason: &'a str,
    /// When the phone is let go again.
    pub(super) expires: Timestamp,
}

/// Returns one phone in an act that is under way.
pub(super) async fn to_one(
    services: &Services,
    act: &mut Act<'_>,
    id: DeviceId,
    revision: u32,
    way: &Way<'_>,
) -> Result<std::result::Result<bool, Finding>> {
    let stored = device::by_id(&mut act.tx, id).await?.ok_or_else(|| Problem::not_found("device"))?;
    let mac = stored.device.mac;
    if stored.device.state == DeviceState::Retired {
        return Ok(Err(Finding::new(Code::DeviceRetired, mac.to_string())));
    }
    if let Some(standing) = layer::pin(&mut act.tx, id).await? {
        let there = standing.exception.form.revision() == Some(revision);
        let finding = || pin::excluded(mac.to_string(), &standing.change);
        return Ok(if there { Ok(false) } else { Err(finding()) });
    }
    let Some(earlier) = revision::by_number(&mut act.tx, id, revision).await? else {
        return Ok(Err(Finding::new(Code::FormInvalid, "revision").detail("The phone never had it.")));
    };
    let settings = pin::settings(&earlier.revision.resolution);
    if let Some(finding) = against(&mut act.tx, id, &settings).await?.into_iter().next() {
        return Ok(Err(Finding { subject: format!("{mac}: {}", finding.subject), ..finding }));
    }
    let by = way.by.clone();
    let layer = LayerId(services.0.env.id());
    let origin =
        Origin { layer, level: Level::Pin, name: format!("{mac} {by}"), version: 1, change: by.clone() };
    let made = Layer { origin, settings, locks: Locks::new() };
    let (now, owner) = (act.now, way.owner.to_owned());
    let said = Said { release: Release::FIRST, note: way.reason, rule: None };
    // One change may be taken back more than once.
    layer::publish_as(&mut act.tx, &made, &format!("{id}/{layer}"), &said, now).await?;
    let form = Form::Return { revision };
    let exception = Exception { device: id, form, owner, expires: Some(way.expires) };
    layer::except(&mut act.tx, layer, MadeBy::Change(way.change), &exception, way.reason).await?;
    let renewed = one(services, act, mac, &by, way.approver).await?;
    act.note(Note {
        action: "return.apply",
        subject: named(way.number),
        site: Some(stored.device.site),
        device: Some(id),
        before: None,
        after: Some(match &renewed {
            Ok(_) => exception.form.says(),
            Err(finding) => format!("{}; its file could not be written: {finding}", exception.form.says()),
        }),
        reason: way.reason.to_owned(),
    });
    Ok(renewed)
}
