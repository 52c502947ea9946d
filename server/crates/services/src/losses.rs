//! A handset that is lost or stolen: its lines and credentials are taken away at once, by whoever reports it, and somebody
//! else reviews that. The number stays the person's; another handset gets it by a request like any other.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests::{
        self,
        authority::{Instead, at_once},
    },
    devices, exceptions,
    exceptions::Opening,
    facts, reason, replacements,
};
use domain::{
    Code, Finding,
    authority::Authority,
    authz::{Action, somewhere},
    change_request::At,
    device::DeviceState,
    exception::Kind,
    ids::ExceptionId,
    policy::Weight,
};
use storage::{authority::By, device, line, replacement};

/// Opens the case of a lost handset; its number. In the same transaction every line ends, the platform is told to let
/// nobody register with its credentials, and the handset's proof is good for being cleared alone.
pub async fn report(services: &Services, op: &Operation, mac: &str, why: &str) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::ReportLoss)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let unknown = |_| Problem::invalid(Code::DeviceUnknown, "mac");
    let stored = devices::stored(&mut act.tx, mac).await.map_err(unknown)?;
    claim.at(stored.device.site)?;
    let lost = facts::load(&mut act.tx, stored).await?;
    let device = &lost.stored.device;
    if device.state == DeviceState::Retired {
        return Err(Finding::new(Code::DeviceRetired, "mac").into());
    }
    if let Some(order) = replacement::open_of(&mut act.tx, device.id).await? {
        let detail =
            format!("It is part of EX-{}: go on there, and say at its end that it is lost.", order.number);
        return Err(Finding::new(Code::RequestState, "mac").detail(detail).into());
    }
    let id = ExceptionId(services.0.env.id());
    let opening = Opening::of_device(Kind::Loss, Weight::High, device, why.to_owned());
    let case = exceptions::begin_as(&mut act, id, &opening).await?;
    let lines: Vec<_> =
        lost.lines.iter().map(|line| At { mac: device.mac, index: line.standing.index }).collect();
    let mut body = "No line stood on it.".to_owned();
    if !lines.is_empty() {
        let asked = format!("EX-{case}: {why}");
        let new = change_requests::revoking(&mut act.tx, &lines, &asked).await?;
        let authority = Authority::Loss { id, case };
        let instead = Instead { authority, by: By::Loss(case), said: "Reported lost.", counted: false };
        let request = Box::pin(at_once(&mut act, services, op, new, instead)).await?;
        let whose = lost.lines.iter().map(|line| format!("{} of {}", line.extension.number, line.owner.name));
        let whose: Vec<_> = whose.collect();
        let mut said = vec![format!(
            "CR-{request} has taken its lines away, and nobody can register with their credentials any more: {}. The numbers stay theirs.",
            whose.join(", ")
        )];
        for line in lost.lines.iter().filter(|line| line.standing.shared) {
            let number = line.extension.number.as_ref();
            let others = line::of_number(&mut act.tx, number).await?;
            if !others.is_empty() {
                let names: Vec<_> = others.into_iter().map(|holder| holder.name).collect();
                said.push(format!(
                    "{number} stays on {}: they get a new credential, and may be unable to call until they have fetched it; the lost handset may ring until its registration ends.",
                    names.join(", ")
                ));
            }
        }
        body = said.join(" ");
    }
    // Whoever it was in doubt about: it proves nothing any more.
    let ended = format!("It is lost, EX-{case}.");
    exceptions::settle(services, &mut act, Kind::Mismatch, &opening.subject, &ended).await?;
    device::set_state(&mut act.tx, device.id, DeviceState::Retired).await?;
    act.bump(device.id.0);
    let listed = exceptions::find(&mut act.tx, case).await?;
    exceptions::say(services, &mut act, &listed, &body, None).await?;
    act.note(Note {
        action: "device.lost",
        subject: lost.name(),
        site: Some(device.site),
        device: Some(device.id),
        before: Some(device.state.word().to_owned()),
        after: Some(format!("{}, EX-{case}", DeviceState::Retired.word())),
        reason: why.to_owned(),
    });
    act.commit().await?;
    Ok(case)
}

/// A handset that was lost is found and was reset: back in stock it may be assigned again, with a provisioning
/// credential that nobody has seen.
pub async fn found(services: &Services, op: &Operation, number: i64, how: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Apply)?;
    let how = reason::within(how, 500).map_err(|_| Problem::invalid(Code::FieldMissing, "evidence"))?;
    let mut act = Act::begin(services, op).await?;
    let listed = exceptions::find(&mut act.tx, number).await?;
    let case = &listed.exception;
    let (Kind::Loss, Some(id)) = (case.kind, case.device) else { return Err(Problem::not_found("loss")) };
    let stored = device::by_id(&mut act.tx, id).await?.ok_or_else(|| Problem::not_found("device"))?;
    claim.at(stored.device.site)?;
    if stored.device.state != DeviceState::Retired {
        let detail = format!("The handset is {}.", stored.device.state.word());
        return Err(Finding::new(Code::RequestState, "found").detail(detail).into());
    }
    replacements::restock(services, &mut act, id, true).await?;
    let body = format!("Found, and back in stock: {how}");
    exceptions::say(services, &mut act, &listed, &body, None).await?;
    let (before, after) = (Some(stored.device.state.word().to_owned()), Some("active, in stock".to_owned()));
    exceptions::note(&mut act, &listed, "device.found", before, after, how);
    if case.closed.is_none() {
        exceptions::end(services, &mut act, &listed, &body).await?;
    }
    act.commit().await
}
