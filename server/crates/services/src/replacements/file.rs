//! The beginning of a replacement: both serial numbers, then the request that moves every line.

use super::{load, may_of, no_endpoint, save};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, exceptions,
    exceptions::Opening,
    facts::{self, Loaded},
    publish::{self, Publication},
    reason,
    view::RequestInput,
};
use domain::{
    Code, Finding, Mac,
    authz::{Action, Claim, somewhere},
    change_request::State as RequestState,
    device::DeviceState,
    exception::Kind,
    ids::RevisionId,
    plan,
    policy::Weight,
    replacement::{InAdvance, Line, Order, State},
    revision::RevisionKind,
};
use storage::{
    Tx,
    change_request::{self, Which},
    device, replacement, revision,
};

/// A replacement as it was typed.
#[derive(Clone, Debug, Default)]
pub struct OpenInput {
    /// Serial number or MAC of the handset that goes.
    pub old: String,
    /// Serial number or MAC of the handset that comes.
    pub new: String,
    /// Why.
    pub reason: String,
}

/// Opens a replacement and files its request; its number. Of many attempts with one of two handsets, one
/// wins.
pub async fn open(services: &Services, op: &Operation, input: &OpenInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let number = begin(services, op, input, Some(claim), None).await?;
    filed(services, op, number).await?;
    Ok(number)
}

/// Opens it for whoever has been authorised otherwise; its request is not filed yet.
pub(crate) async fn begin(
    services: &Services,
    op: &Operation,
    input: &OpenInput,
    claim: Option<Claim<'_>>,
    in_advance: Option<InAdvance>,
) -> Result<i64> {
    let why = reason::within(&input.reason, 200)?;
    let mut act = Act::begin(services, op).await?;
    let old = named(&mut act.tx, "old", &input.old).await?;
    let new = named(&mut act.tx, "new", &input.new).await?;
    if let Some(claim) = claim {
        claim.at_all([old.site.id, new.site.id])?;
    }
    for (field, loaded) in [("old", &old), ("new", &new)] {
        if let Some(other) = replacement::open_of(&mut act.tx, loaded.stored.device.id).await? {
            let detail = format!("It is part of EX-{}.", other.number);
            return Err(Finding::new(Code::RequestState, field).detail(detail).into());
        }
    }
    let findings = fits(&old, &new);
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let (from, to) = (&old.stored.device, &new.stored.device);
    let line = |line: &facts::LineNow| Line {
        index: line.standing.index,
        extension: line.extension.id,
        number: line.extension.number.to_string(),
        dead: None,
    };
    let order = Order {
        old: from.id,
        new: to.id,
        lines: old.lines.iter().map(line).collect(),
        request: None,
        came_from: (to.place, to.segment),
        in_advance,
        state: State::Planned,
    };
    let detail = format!("{} serial {} replaces it: {why}", new.name(), to.serial);
    let opening = Opening::of_device(Kind::Replacement, Weight::Low, from, detail);
    let number = exceptions::begin(services, &mut act, &opening).await?;
    replacement::insert(&mut act.tx, number, &order).await?;
    // The new handset stands where the old one stood: place, emergency location and network come with the desk.
    device::set_place(&mut act.tx, to.id, from.place, from.segment).await?;
    if to.segment != from.segment {
        republish(services, &mut act, to.id, number).await?;
    }
    let place = |loaded: &Loaded| loaded.place.as_ref().map(|place| place.code.clone());
    act.note(Note {
        action: "device.set_place",
        subject: new.name(),
        site: Some(to.site),
        device: Some(to.id),
        before: place(&new),
        after: place(&old),
        reason: format!("EX-{number}"),
    });
    act.bump(to.id.0);
    let listed = exceptions::find(&mut act.tx, number).await?;
    exceptions::say(services, &mut act, &listed, &opening.detail, None).await?;
    act.commit().await?;
    Ok(number)
}

/// The device of a serial number or a MAC.
async fn named(tx: &mut Tx, field: &str, text: &str) -> Result<Loaded> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, field));
    }
    let found = match device::by_serial(tx, &text.to_ascii_uppercase()).await? {
        Some(stored) => Some(stored),
        None => match Mac::parse(text) {
            Ok(mac) => device::by_mac(tx, mac).await?,
            Err(_) => None,
        },
    };
    let stored = found.ok_or_else(|| Problem::invalid(Code::DeviceUnknown, field))?;
    facts::load(tx, stored).await
}

/// Why one handset cannot take the place of the other; everything at once.
fn fits(old: &Loaded, new: &Loaded) -> Vec<Finding> {
    let (from, to) = (&old.stored.device, &new.stored.device);
    let wrong = |field: &str, detail: &str| Finding::new(Code::FormInvalid, field).detail(detail);
    let mut findings = vec![];
    if from.id == to.id {
        findings.push(wrong("new", "It is the same handset."));
    }
    if from.site != to.site {
        findings.push(wrong("new", "It belongs to another site."));
    }
    match to.state {
        DeviceState::Active => {}
        DeviceState::Quarantined(_) => findings.push(Finding::new(Code::DeviceQuarantined, "new")),
        DeviceState::Retired => findings.push(Finding::new(Code::DeviceRetired, "new")),
    }
    if old.lines.is_empty() {
        findings.push(wrong("old", "It has no line that another handset could take over."));
    }
    if !new.lines.is_empty() && from.id != to.id {
        findings.push(wrong("new", "It has lines of its own."));
    }
    for line in &old.lines {
        if !new.endpoints.iter().any(|endpoint| endpoint.index == line.standing.index) {
            findings.push(no_endpoint(line.standing.index, line.extension.number.as_ref()));
        }
    }
    findings
}

/// What the new handset gets until then, with the settings of the segment to which it belongs now.
pub(super) async fn republish(
    services: &Services,
    act: &mut Act<'_>,
    id: domain::ids::DeviceId,
    number: i64,
) -> Result<()> {
    let stored = super::device_of(&mut act.tx, id).await?;
    let prepared = publish::prepare(&mut act.tx, &stored, RevisionKind::Baseline, vec![]).await?;
    let change = format!("EX-{number}");
    let as_ = Publication {
        id: RevisionId(services.0.env.id()),
        number: revision::last_number(&mut act.tx, id).await? + 1,
        change: &change,
        approver: None,
        at: act.now,
    };
    publish::publish(&mut act.tx, &stored, prepared, as_).await
}

/// Files the request of an order and submits it. Done again after a crash, it finds what is there.
pub async fn file(services: &Services, op: &Operation, number: i64) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Request)?;
    may_of(services, claim, number).await?;
    filed(services, op, number).await.map(drop)
}

/// The same for whoever has been authorised otherwise; the number of the request.
pub(crate) async fn filed(services: &Services, op: &Operation, number: i64) -> Result<i64> {
    let mut tx = services.0.store.read().await?;
    let stored =
        replacement::by_number(&mut tx, number).await?.ok_or_else(|| Problem::not_found("replacement"))?;
    let case = exceptions::find(&mut tx, number).await?.exception;
    let old = super::device_of(&mut tx, stored.order.old).await?.device.mac;
    let new = super::device_of(&mut tx, stored.order.new).await?.device.mac;
    let known = match stored.order.request {
        None => present(&mut tx, &stored.order).await?,
        known => known,
    };
    drop(tx);
    let request = if let Some(request) = known {
        request
    } else {
        let input = RequestInput {
            kind: "replace".to_owned(),
            mac: old.bare(),
            to_mac: new.bare(),
            reason: format!("EX-{number}: {}", case.detail).chars().take(200).collect(),
            ..RequestInput::default()
        };
        change_requests::draft(services, op, &input).await?
    };
    note(services, op, number, request).await?;
    let stored = change_request::by_number(&mut services.0.store.read().await?, request).await?;
    if stored.is_some_and(|r| matches!(r.workflow.state, RequestState::Draft | RequestState::Stale { .. })) {
        change_requests::submit_draft(services, op, request).await?;
    }
    Ok(request)
}

/// A request for these two handsets that a crash has left.
async fn present(tx: &mut Tx, order: &Order) -> Result<Option<i64>> {
    for listed in change_request::list(tx, Which::Device(order.old), i64::MAX).await? {
        if listed.kind != plan::Kind::Replace || listed.state.is_final() {
            continue;
        }
        let request = change_request::by_number(tx, listed.number).await?;
        if request.is_some_and(|r| r.items.iter().any(|item| item.wanted.device == order.new)) {
            return Ok(Some(listed.number));
        }
    }
    Ok(None)
}

async fn note(services: &Services, op: &Operation, number: i64, request: i64) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let (mut stored, listed) = load(&mut act, number).await?;
    if stored.order.request == Some(request) {
        return Ok(());
    }
    // When somebody else did the same at the same moment, theirs counts.
    stored.order = stored.order.requested(request)?;
    let body = format!("CR-{request} asks for it.");
    save(services, &mut act, (&stored, &listed), ("replacement.request", &body)).await?;
    act.commit().await
}
