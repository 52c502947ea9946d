//! Exceptions to the layers: asked for by a small form, approved like any other version, ended by the program when
//! their time is over. The end is an act with a record of its own, and leaves nothing on the phone.

use super::{named, new_draft, note, publish::one};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices, freezes,
};
use domain::{
    Code, Finding, Mac, Timestamp,
    authz::{Action, somewhere},
    change_request::Route,
    ids::{DeviceId, LayerId},
    layer::{
        Content, Level, Locks,
        exception::{Exception, Form, Typed},
    },
    setting::{Path, Value},
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx, device,
    layer::{self, Said},
    layer_change::{self, Change},
    site,
};

/// An exception as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct ExceptionInput {
    /// The phone.
    pub mac: String,
    /// Word of the kind.
    pub kind: String,
    /// Programmable key.
    pub key: String,
    /// Line.
    pub line: String,
    /// Number.
    pub number: String,
    /// Label.
    pub label: String,
    /// Seconds.
    pub seconds: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When it ends, UTC; may be empty where the kind needs no end.
    pub expires: String,
    /// A ticket elsewhere.
    pub external_ref: String,
}

/// Asks for an exception: a draft, to be looked at and submitted. Returns its number.
pub async fn ask(services: &Services, op: &Operation, input: &ExceptionInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::RequestForPhone)?;
    let (form, expires, mut findings) = read(input);
    let reason = input.reason.trim();
    if reason.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "reason"));
    }
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, &input.mac).await;
    match &stored {
        Ok(stored) => {
            claim.at(stored.device.site)?;
        }
        Err(_) => findings.push(Finding::new(Code::DeviceUnknown, "mac")),
    }
    let (Some(form), Ok(stored)) = (form, stored) else { return Err(Problem::blocked(findings)) };
    let owner = input.owner.trim().to_owned();
    let exception = Exception { device: stored.device.id, form, owner, expires };
    findings.extend(exception.check(op.now));
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let asked = Asked {
        mac: stored.device.mac,
        settings: exception.form.settings(),
        exception,
        reason,
        external_ref: &input.external_ref,
        action: "layer_exception.ask",
    };
    let number = insert(services, op, &mut act, asked).await?;
    act.commit().await?;
    Ok(number)
}

/// The form and when it ends, as far as they can be read, and what is wrong with them.
fn read(input: &ExceptionInput) -> (Option<Form>, Option<Timestamp>, Vec<Finding>) {
    let mut findings = Vec::new();
    let typed = Typed {
        kind: &input.kind,
        key: &input.key,
        line: &input.line,
        number: &input.number,
        label: &input.label,
        seconds: &input.seconds,
    };
    let form = Form::read(&typed).map_err(|wrong| findings.extend(wrong)).ok();
    let expires = match input.expires.trim() {
        "" => None,
        text => Timestamp::parse(text).or_else(|| {
            findings.push(Finding::new(Code::FormInvalid, "expires"));
            None
        }),
    };
    (form, expires, findings)
}

/// The same exception for each of these phones, for a change request.
pub(crate) async fn excepting(
    tx: &mut Tx,
    input: &ExceptionInput,
    macs: &BTreeSet<Mac>,
    now: Timestamp,
) -> Result<Vec<Route>> {
    let (form, expires, mut findings) = read(input);
    let owner = input.owner.trim().to_owned();
    let mut routes = Vec::with_capacity(macs.len());
    for mac in macs {
        let stored = devices::stored(tx, &mac.bare()).await?;
        let site = site::by_id(tx, stored.device.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
        let (device, owner) = (stored.device.id, owner.clone());
        let Some(form) = form.clone() else { break };
        let exception = Box::new(Exception { device, form, owner, expires });
        if routes.is_empty() {
            findings.extend(exception.check(now));
        }
        routes.push(Route::Exception { site, mac: *mac, exception });
    }
    if findings.is_empty() { Ok(routes) } else { Err(Problem::blocked(findings)) }
}

/// An exception that nothing speaks against so far.
pub(super) struct Asked<'a> {
    pub(super) mac: Mac,
    pub(super) settings: BTreeMap<Path, Value>,
    pub(super) exception: Exception,
    pub(super) reason: &'a str,
    pub(super) external_ref: &'a str,
    pub(super) action: &'a str,
}

/// Makes it a draft; returns its number.
pub(super) async fn insert(
    services: &Services,
    op: &Operation,
    act: &mut Act<'_>,
    asked: Asked<'_>,
) -> Result<i64> {
    let draft = new_draft(services, op, &mut act.tx, Level::Exception).await?;
    let number = draft.number;
    let change = Change {
        scope: format!("{}/{number}", asked.exception.device),
        name: format!("{} {}", asked.mac, named(number)),
        content: Content { settings: asked.settings, ..Content::default() },
        exception: Some(asked.exception),
        note: asked.reason.to_owned(),
        external_ref: Some(asked.external_ref.trim().to_owned()).filter(|text| !text.is_empty()),
        ..draft
    };
    layer_change::insert(&mut act.tx, &change).await?;
    let says = change.exception.as_ref().map(|exception| exception.form.says());
    note(act, &change, asked.action, None, says);
    Ok(number)
}

/// Ends exceptions whose time is over, each by an act of its own; returns how many. Every minute.
pub async fn expire(services: &Services) -> Result<usize> {
    let mut ended = 0;
    let due = layer::expired(&mut services.0.store.read().await?, services.now()).await?;
    for (id, device) in due {
        let act = Act::begin_program(services).await?;
        ended += usize::from(end(services, act, id, device, "Its time is over.").await?);
    }
    Ok(ended)
}

/// Ends an exception or a pin, unless a freeze holds that off; whether it did.
pub(super) async fn end(
    services: &Services,
    mut act: Act<'_>,
    id: LayerId,
    device: DeviceId,
    why: &str,
) -> Result<bool> {
    let now = act.now;
    let stored = device::by_id(&mut act.tx, device).await?.ok_or_else(|| Problem::not_found("device"))?;
    let held = freezes::holds_off(&mut act.tx, stored.device.site, now).await?;
    if held || !layer::end(&mut act.tx, id, now).await? {
        return Ok(false);
    }
    let all = layer::standing_on(&mut act.tx, device).await?;
    let excepted = all.into_iter().find(|excepted| excepted.layer == id);
    let excepted = excepted.ok_or_else(|| Problem::not_found("exception"))?;
    let change = format!("end of {}", excepted.change);
    last_version(&mut act.tx, id, &change, why, now).await?;
    let made = one(services, &mut act, stored.device.mac, &change, None).await?;
    let after = match made {
        Ok(true) => "ended; the phone's file is as it was without it".to_owned(),
        Ok(false) => "ended; the phone's file is the same".to_owned(),
        Err(finding) => format!("ended; the phone's file could not be written: {finding}"),
    };
    act.note(Note {
        action: if excepted.exception.form.revision().is_some() {
            "return.end"
        } else {
            "layer_exception.end"
        },
        subject: excepted.change,
        site: Some(stored.device.site),
        device: Some(device),
        before: Some(excepted.exception.form.says()),
        after: Some(after),
        reason: why.to_owned(),
    });
    act.bump(device.0);
    act.commit().await?;
    Ok(true)
}

/// The version that says nothing any more.
pub(super) async fn last_version(
    tx: &mut Tx,
    id: LayerId,
    change: &str,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    let Some((scope, version)) = layer::last_of(tx, id).await? else { return Ok(()) };
    let mut layer = version.layer;
    layer.origin.version += 1;
    change.clone_into(&mut layer.origin.change);
    layer.settings.clear();
    layer.locks = Locks::new();
    let said = Said { release: version.release.next_patch(), note: why, rule: None };
    Ok(layer::publish_as(tx, &layer, &scope, &said, now).await?)
}
