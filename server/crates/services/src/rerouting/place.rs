//! Another place for a phone, asked for by a change request. No file says where a phone stands, so none changes; where an
//! emergency call from it is located does, and that is what is signed.

use super::Rerouted;
use crate::{
    Kind, Problem, Result,
    act::{Act, Note},
    devices,
};
use domain::{Code, Finding, Mac, change_request::Route, device::DeviceState, ids::DeviceId};
use std::collections::BTreeSet;
use storage::{Tx, device, site};

/// The same place for each of these phones, at its own site; those that stand there already are left out.
pub(crate) async fn placing(tx: &mut Tx, macs: &BTreeSet<Mac>, code: &str) -> Result<Vec<Route>> {
    let code = code.trim();
    if code.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "place"));
    }
    let (mut routes, mut findings) = (vec![], vec![]);
    for mac in macs {
        let stored = devices::stored(tx, &mac.bare()).await?.device;
        let site = site::by_id(tx, stored.site).await?.ok_or_else(|| Problem::not_found("site"))?;
        let Some(place) = site::place_named(tx, site.id, code).await? else {
            findings.push(Finding::new(Code::PlaceUnknown, format!("{mac}: place")));
            continue;
        };
        if stored.place != Some(place.id) {
            routes.push(Route::Place { site: site.code, mac: *mac, device: stored.id, place: place.code });
        }
    }
    findings.truncate(20);
    if findings.is_empty() { Ok(routes) } else { Err(Problem::blocked(findings)) }
}

/// Where it stands, where it would stand, and everything that speaks against it.
pub(super) async fn look(
    tx: &mut Tx,
    mut looked: Rerouted,
    mac: Mac,
    id: DeviceId,
    code: &str,
) -> Result<Rerouted> {
    let unknown = |detail: String| Finding::new(Code::DeviceUnknown, mac.to_string()).detail(detail);
    let loaded = match devices::loaded(tx, &mac.bare()).await {
        Err(problem) if problem.kind == Kind::NotFound => {
            looked.findings.push(unknown(String::new()));
            return Ok(looked);
        }
        loaded => loaded?,
    };
    // Whose phone it was, may have become another's: what was asked for was this phone, at this site.
    if loaded.stored.device.id != id {
        looked.findings.push(unknown(String::new()));
    }
    if loaded.site.code != looked.change.site {
        looked.findings.push(unknown(format!("It is at {} now.", loaded.site.code)));
    }
    if loaded.stored.device.state == DeviceState::Retired {
        looked.findings.push(Finding::new(Code::DeviceRetired, mac.to_string()));
    }
    looked.change.before = loaded.place.as_ref().map(domain::site::Place::describe);
    looked.classes = loaded.lines.iter().map(|line| line.extension.class_of_service.clone()).collect();
    match site::place_named(tx, loaded.site.id, code).await? {
        Some(place) => {
            if !place.emergency_known() {
                looked.findings.push(Finding::new(Code::EmergencyMissing, mac.to_string()));
            }
            looked.change.after = Some(place.describe());
        }
        None => looked.findings.push(Finding::new(Code::PlaceUnknown, format!("{mac}: {code}"))),
    }
    Ok(looked)
}

/// The phone stands there from now on, in an act; what blocks it was looked at in this transaction.
pub(super) async fn put(act: &mut Act<'_>, mac: Mac, code: &str, why: &str) -> Result<()> {
    let loaded = devices::loaded(&mut act.tx, &mac.bare()).await?;
    let device = &loaded.stored.device;
    let place = site::place_named(&mut act.tx, device.site, code).await?;
    let place = place.ok_or_else(|| Problem::not_found("place"))?;
    device::set_place(&mut act.tx, device.id, Some(place.id), device.segment).await?;
    act.note(Note {
        action: "device.set_place",
        subject: loaded.name(),
        site: Some(device.site),
        device: Some(device.id),
        before: loaded.place.as_ref().map(domain::site::Place::describe),
        after: Some(place.describe()),
        reason: why.to_owned(),
    });
    // The fence asks whether an emergency call from it could be located.
    act.bump(device.id.0);
    Ok(())
}
