//! Carrying out a standard change: a request like any other, applied at once because its kind was approved in advance,
//! and reviewed the next day.

use super::{approvers, load, replacement};
use crate::{
    Operation, Problem, Result, Services,
    act::Act,
    change_requests::{
        self,
        authority::{Instead, apply_by, ready},
    },
    facts::{self, LineNow, Loaded},
    reason,
    view::RequestInput,
};
use domain::{
    Code, Finding, Mac,
    advance::{Definition, Handset, Standard, Swap},
    authority::Authority,
    authz::{Action, somewhere},
    device::Serial,
    plan::Kind,
    replacement::InAdvance,
};
use storage::{Tx, advance::Advance, authority::By, device, line, person};

/// What a technician says who has the handsets in their hands.
#[derive(Clone, Debug, Default)]
pub struct StandardInput {
    /// Number of what was approved in advance.
    pub advance: String,
    /// MAC of the device, as on its label.
    pub mac: String,
    /// Line key; of a replacement it may be empty.
    pub index: String,
    /// MAC of the other device, of a replacement.
    pub new_mac: String,
    /// Serial read on the handset that had the line.
    pub old_serial: String,
    /// Serial read on the handset that gets it.
    pub new_serial: String,
    /// Why.
    pub reason: String,
}

struct Read<'a> {
    advance: i64,
    mac: Mac,
    index: Option<u8>,
    new_mac: Option<Mac>,
    old: Option<Serial>,
    new: Option<Serial>,
    why: &'a str,
}

fn read(input: &StandardInput) -> Result<Read<'_>> {
    let mut findings = vec![];
    let advance = input.advance.trim().parse().ok();
    let mac = Mac::parse(&input.mac).ok();
    let index = input.index.trim().parse().ok().filter(|index: &u8| *index > 0);
    let new_mac = Mac::parse(&input.new_mac).ok();
    for (code, field, there) in [
        (Code::FieldMissing, "advance", advance.is_some()),
        (Code::MacInvalid, "mac", mac.is_some()),
        (Code::FieldMissing, "line key", index.is_some() || new_mac.is_some()),
        (Code::MacInvalid, "new_mac", new_mac.is_some() || input.new_mac.trim().is_empty()),
        (Code::FieldMissing, "old serial", !input.old_serial.trim().is_empty()),
        (Code::FieldMissing, "new serial", !input.new_serial.trim().is_empty()),
    ] {
        if !there {
            findings.push(Finding::new(code, field));
        }
    }
    let why = reason::within(&input.reason, 1000)?;
    match (advance, mac, findings.is_empty()) {
        (Some(advance), Some(mac), true) => {
            let (old, new) = (Serial::parse(&input.old_serial), Serial::parse(&input.new_serial));
            Ok(Read { advance, mac, index, new_mac, old, new, why })
        }
        _ => Err(Problem::blocked(findings)),
    }
}

fn definition(advance: &Advance) -> Result<&Standard> {
    match &advance.definition {
        Definition::Standard(standard) if advance.holds() => Ok(standard),
        _ => Err(Finding::new(Code::AdvanceEnded, super::subject(advance.number)).into()),
    }
}

/// What the change would take from where to where, and the request that asks for it.
async fn swap(tx: &mut Tx, read: &Read<'_>, change: Kind) -> Result<(Swap, RequestInput)> {
    let asks = RequestInput {
        kind: change.word().to_owned(),
        mac: read.mac.bare(),
        reason: read.why.to_owned(),
        ..RequestInput::default()
    };
    match change {
        Kind::Bind => again(tx, read, asks).await,
        Kind::Replace => handover(tx, read, asks).await,
        other => {
            let detail = format!("Nothing is like for like in `{}`.", other.word());
            Err(Finding::new(Code::AdvanceOutside, "kind").detail(detail).into())
        }
    }
}

async fn loaded(tx: &mut Tx, mac: Mac, field: &str) -> Result<Loaded> {
    let stored = device::by_mac(tx, mac).await?;
    facts::load(tx, stored.ok_or_else(|| Problem::invalid(Code::DeviceUnknown, field))?).await
}

/// The line that was on a line key goes there again.
async fn again(tx: &mut Tx, read: &Read<'_>, asks: RequestInput) -> Result<(Swap, RequestInput)> {
    let loaded = loaded(tx, read.mac, "mac").await?;
    let endpoint = loaded.endpoints.iter().find(|e| Some(e.index) == read.index).cloned();
    let endpoint = endpoint.ok_or_else(|| Problem::invalid(Code::FormInvalid, "line key"))?;
    let Some((extension, owner_before)) = line::last_on(tx, endpoint.id).await? else {
        let detail = "No line ever stood on this line key.";
        return Err(Finding::new(Code::AdvanceOutside, "line").detail(detail).into());
    };
    let extension = person::extension(tx, extension).await?;
    let extension = extension.ok_or_else(|| Problem::not_found("extension"))?;
    let owner = facts::owner(tx, &extension).await?.id;
    let line = extension.number.to_string();
    let swap = Swap {
        change: Kind::Bind,
        site: loaded.site.code.clone(),
        old: Some(handset(&loaded, line.clone(), owner_before)),
        new: handset(&loaded, line.clone(), owner),
        old_serial: read.old.clone(),
        new_serial: read.new.clone(),
    };
    Ok((swap, RequestInput { index: endpoint.index.to_string(), extension: line, ..asks }))
}

/// Every line of a phone goes to another one.
async fn handover(tx: &mut Tx, read: &Read<'_>, asks: RequestInput) -> Result<(Swap, RequestInput)> {
    let new_mac = read.new_mac.ok_or_else(|| Problem::invalid(Code::MacInvalid, "new_mac"))?;
    let (old, new) = (loaded(tx, read.mac, "mac").await?, loaded(tx, new_mac, "new_mac").await?);
    let joined = |part: fn(&LineNow) -> String| old.lines.iter().map(part).collect::<Vec<_>>().join(", ");
    let (line, owner) = (joined(|l| l.extension.number.to_string()), joined(|l| l.owner.id.clone()));
    // One that comes from stock stands nowhere, and gets the place with the desk.
    let place = new.stored.device.place.or(old.stored.device.place);
    let swap = Swap {
        change: Kind::Replace,
        site: if old.site.id == new.site.id { old.site.code.clone() } else { String::new() },
        old: (!old.lines.is_empty()).then(|| handset(&old, line.clone(), owner.clone())),
        new: Handset { place: place.map(|place| place.to_string()), ..handset(&new, line, owner) },
        old_serial: read.old.clone(),
        new_serial: read.new.clone(),
    };
    Ok((swap, RequestInput { to_mac: new_mac.bare(), ..asks }))
}

fn handset(loaded: &Loaded, line: String, owner: String) -> Handset {
    Handset {
        serial: loaded.stored.device.serial.clone(),
        endpoints: u8::try_from(loaded.endpoints.len()).unwrap_or(u8::MAX),
        line,
        owner,
        place: loaded.stored.device.place.map(|place| place.to_string()),
    }
}

fn fits(standard: &Standard, swap: &Swap, op: &Operation) -> Result<()> {
    let findings = standard.outside(swap, op.now);
    if findings.is_empty() { Ok(()) } else { Err(Problem::blocked(findings)) }
}

/// What was compared, for the record.
fn compared(standard: &Standard, swap: &Swap) -> String {
    format!(
        "{}: serials {} and {} read on the handsets, line {}, {} line keys, same owner, same place.",
        standard.name,
        swap.old.as_ref().map_or_else(String::new, |old| old.serial.to_string()),
        swap.new.serial,
        swap.new.line,
        swap.new.endpoints
    )
}

/// What came of a standard change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Number of the request that it made.
    pub request: i64,
    /// Number of the case that a replacement is: its lines move when the old handset is dead at the platform.
    pub case: Option<i64>,
}

/// Does it, or begins to: one handset takes the place of another when the other is dead at the platform. What does not
/// fit is refused before a request is made, and looked at again in the transaction that applies it.
pub async fn carry_out(services: &Services, op: &Operation, input: &StandardInput) -> Result<Carried> {
    let claim = somewhere(&op.actor, Action::Standard)?;
    let read = read(input)?;
    let (request, in_advance) = {
        let mut tx = services.0.store.read().await?;
        let advance = load(&mut tx, read.advance).await?;
        let standard = definition(&advance)?;
        if approvers(&advance).contains(&op.actor.id) {
            return Err(Finding::new(Code::ApprovalSelf, "carry out").into());
        }
        let (swap, asks) = swap(&mut tx, &read, standard.change).await?;
        claim.at(&swap.site)?;
        fits(standard, &swap, op)?;
        let in_advance = InAdvance {
            advance: advance.number,
            approvers: approvers(&advance),
            by: op.actor.id,
            name: op.actor.name.clone(),
            said: compared(standard, &swap),
        };
        (asks, (standard.change == Kind::Replace).then_some(in_advance))
    };
    if let Some(in_advance) = in_advance {
        return replacement::begin(services, op, &request, in_advance).await;
    }
    let number = change_requests::draft(services, op, &request).await?;
    let done: Result<()> = async {
        change_requests::submit_draft(services, op, number).await?;
        Box::pin(apply(services, op, number, &read)).await
    }
    .await;
    if let Err(problem) = done {
        // What cannot be applied at once is no standard change; nobody should find it waiting for approval.
        change_requests::withdraw_draft(services, op, number).await?;
        return Err(problem);
    }
    Ok(Carried { request: number, case: None })
}

async fn apply(services: &Services, op: &Operation, number: i64, read: &Read<'_>) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let advance = load(&mut act.tx, read.advance).await?;
    let standard = definition(&advance)?;
    let (swap, _) = swap(&mut act.tx, read, standard.change).await?;
    fits(standard, &swap, op)?;
    let ready = Box::pin(ready(&mut act.tx, number, op.now)).await?;
    let said = compared(standard, &swap);
    let authority = Authority::Standard { advance: advance.number, approvers: approvers(&advance) };
    let instead = Instead { authority, by: By::Advance(advance.id), said: &said, counted: false };
    Box::pin(apply_by(act, services, op, ready, instead)).await
}
