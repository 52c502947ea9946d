//! Devices: the inventory list, one device's page, its provisioning credential, and quarantine.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, drift, enrolment,
    exceptions::{self, Opening},
    facts::{self, Loaded},
    firmware, reason, returns,
    view::{DeviceFilter, DeviceRow, DeviceView, EndpointView, PAGE, Page, cut},
};
use domain::{
    Code, Finding, Mac, Timestamp,
    authz::{Action, authorise, somewhere},
    device::DeviceState,
    exception::Kind::Mismatch,
    fence::{Proof, decide},
    policy::Weight,
};
use std::collections::BTreeMap;
use storage::{
    Tx,
    change_request::{self, Which},
    device::{self, Words},
    exception, line, person, secret,
};

/// A page of the inventory. Two queries, whatever its size.
pub async fn list(services: &Services, op: &Operation, filter: &DeviceFilter) -> Result<Page<DeviceRow>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    rows(&mut tx, filter).await
}

/// What somebody typed, as patterns: a MAC in any spelling, digits of a number, or any text.
fn words(typed: &str) -> Words {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Words::default();
    }
    let pattern = |text: &str| format!("%{}%", text.replace(['%', '_', '\\'], ""));
    let if_only = |text: &str, may: fn(char) -> bool| {
        if text.chars().all(may) { pattern(text) } else { String::new() }
    };
    let bare: String = typed.chars().filter(|c| !matches!(c, ':' | '-' | '.' | ' ')).collect();
    let mac = if_only(&bare, |c| c.is_ascii_hexdigit());
    let number = if_only(&bare, |c| c.is_ascii_digit() || c == '+');
    // Nobody is called 80:5e:c0.
    let no_name = !(mac.is_empty() && number.is_empty()) && bare.contains(|c: char| c.is_ascii_digit());
    let text = pattern(&typed);
    let name = if no_name { String::new() } else { text.clone() };
    Words { serial: text.to_uppercase(), name, mac, number, text }
}

/// The same without permission, for use cases that have asked already.
pub(crate) async fn rows(tx: &mut Tx, filter: &DeviceFilter) -> Result<Page<DeviceRow>> {
    let (after, site, state) = (filter.after.trim(), filter.site.trim(), filter.state.trim());
    let mut found = device::rows(tx, after, site, state, &words(&filter.q)).await?;
    let next = cut(&mut found, PAGE, |r| r.mac.clone());
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let (Some(first), Some(last)) = (found.first(), found.last()) {
        for (mac, _, number) in device::keys_between(tx, &first.mac, &last.mac).await? {
            lines.entry(mac).or_default().push(number);
        }
    }
    let row = |r: device::ListRow| {
        Some(DeviceRow {
            mac: Mac::parse(&r.mac).ok()?,
            lines: lines.get(&r.mac).map(|l| l.join(", ")).unwrap_or_default(),
            serial: r.serial,
            vendor: r.vendor,
            model: r.model,
            site: r.site,
            place: r.place,
            state: r.state,
            seen: r.seen_at.map(Timestamp),
        })
    };
    Ok(Page { rows: found.into_iter().filter_map(row).collect(), next })
}

/// Loads a device by MAC for an actor who may read.
pub(crate) async fn loaded(tx: &mut Tx, mac: &str) -> Result<Loaded> {
    let stored = stored(tx, mac).await?;
    facts::load(tx, stored).await
}

/// What is stored of a device, by MAC.
pub(crate) async fn stored(tx: &mut Tx, mac: &str) -> Result<device::Stored> {
    let mac = Mac::parse(mac).map_err(|_| Problem::not_found("device"))?;
    device::by_mac(tx, mac).await?.ok_or_else(|| Problem::not_found("device"))
}

/// A device's page.
pub async fn view(services: &Services, op: &Operation, mac: &str) -> Result<DeviceView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let loaded = loaded(&mut tx, mac).await?;
    page(&mut tx, op.now, &loaded).await
}

pub(crate) async fn page(tx: &mut Tx, now: Timestamp, loaded: &Loaded) -> Result<DeviceView> {
    let d = &loaded.stored.device;
    let row = device_row(tx, loaded).await?;
    let mut also = BTreeMap::new();
    for line in loaded.lines.iter().filter(|line| line.standing.shared) {
        let others = line::of_number(tx, line.extension.number.as_ref()).await?.into_iter();
        let others = others.filter(|other| other.device != d.id).map(|other| other.mac);
        also.insert(line.standing.endpoint, others.collect::<Vec<_>>());
    }
    let endpoints = loaded
        .endpoints
        .iter()
        .map(|endpoint| {
            let line = loaded.line_on(endpoint.id);
            EndpointView {
                index: endpoint.index,
                kind: endpoint.kind,
                ipei: endpoint.ipei,
                extension: line.map(|l| l.extension.number.to_string()),
                also: also.remove(&endpoint.id).unwrap_or_default(),
                owner: line.map(|l| l.owner.name.clone()),
                change: line.map(|l| format!("CR-{}", l.standing.number)),
                approver: line.map(|l| l.standing.approver.clone()),
            }
        })
        .collect();
    let requests = change_request::list(tx, Which::Device(d.id), i64::MAX).await?;
    let cases = exception::of_device(tx, d.id).await?.into_iter().map(|listed| listed.exception).collect();
    let free_extensions = person::free_extensions(tx, loaded.site.id).await?;
    Ok(DeviceView {
        row,
        id: d.id,
        segment: loaded.segment.as_ref().map(|s| s.code.clone()).unwrap_or_default(),
        emergency: loaded.place.as_ref().map(|p| p.emergency_location.clone()).unwrap_or_default(),
        callback: loaded.place.as_ref().map(|p| p.callback_number.clone()).unwrap_or_default(),
        endpoints,
        cases,
        decision: decide(&loaded.facts(Proof::Digest, BTreeMap::new()), now),
        steady_path: format!("/steady/{}", dialects::steady_name(d.vendor, d.mac)),
        enrolment: enrolment::tokens(tx, d.id, now).await?.into_iter().next(),
        requests: requests.into_iter().map(change_requests::row).collect(),
        free_extensions,
        firmware: firmware::of_device(tx, loaded).await?,
        pin: returns::on(tx, d.id, now).await?,
        drift: drift::of_device(tx, d.id, now).await?,
    })
}

pub(crate) async fn device_row(tx: &mut Tx, loaded: &Loaded) -> Result<DeviceRow> {
    let filter = DeviceFilter { q: loaded.stored.device.mac.bare(), ..DeviceFilter::default() };
    rows(tx, &filter).await?.rows.into_iter().next().ok_or_else(|| Problem::not_found("device"))
}

/// The provisioning credential (user, password), shown once to be typed in; an act with a reason.
pub async fn reveal(
    services: &Services,
    op: &Operation,
    mac: &str,
    reason: &str,
) -> Result<(String, String)> {
    let claim = somewhere(&op.actor, Action::RevealCredential)?;
    let reason = reason::given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let loaded = loaded(&mut act.tx, mac).await?;
    claim.at(loaded.site.id)?;
    let credential = credential(services, &mut act.tx, &loaded.stored).await?;
    act.note(Note {
        action: "device.reveal_credential",
        subject: loaded.name(),
        site: Some(loaded.site.id),
        device: Some(loaded.stored.device.id),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    Ok(credential)
}

/// The digest user and password of a device.
pub(crate) async fn credential(
    services: &Services,
    tx: &mut Tx,
    stored: &device::Stored,
) -> Result<(String, String)> {
    let unreadable = || Problem::invalid(Code::SecretUnreadable, "credential");
    let (_, sealed) = secret::current(tx, stored.digest_secret).await?.ok_or_else(unreadable)?;
    let password = services.0.keys.vault.open(stored.digest_secret, &sealed).map_err(|_| unreadable())?;
    Ok((stored.digest_user.clone(), password.to_string()))
}

/// Takes a device out of quarantine, with a reason.
pub async fn release(services: &Services, op: &Operation, mac: &str, reason: &str) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Quarantine)?;
    let reason = reason::given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let loaded = loaded(&mut act.tx, mac).await?;
    claim.at(loaded.site.id)?;
    let device = &loaded.stored.device;
    if device.state.weight().is_none() {
        return Err(Finding::new(Code::RequestState, "release").detail("It is not in quarantine.").into());
    }
    device::set_state(&mut act.tx, device.id, DeviceState::Active).await?;
    exceptions::settle(services, &mut act, Mismatch, &device.mac.bare(), reason).await?;
    act.bump(device.id.0);
    act.note(Note {
        action: "device.release",
        subject: loaded.name(),
        site: Some(loaded.site.id),
        device: Some(device.id),
        before: Some("quarantined".to_owned()),
        after: Some("active".to_owned()),
        reason: reason.to_owned(),
    });
    act.commit().await
}

/// Quarantines a device whose verified proof disagreed, and opens a case. The program's own act.
///
/// A grave doubt is never made light by a light one that follows.
pub(crate) async fn quarantine(
    services: &Services,
    stored: &device::Stored,
    weight: Weight,
    reason: String,
) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let Some(stored) = device::by_id(&mut act.tx, stored.device.id).await? else { return Ok(()) };
    let device = &stored.device;
    let weight = device.state.weight().map_or(weight, |before| before.max(weight));
    let opening = Opening::of_device(Mismatch, weight, device, reason.clone());
    exceptions::open(services, &mut act, &opening).await?;
    // A retired device stays retired: its proof is good for clearing it and nothing else.
    let changed = device.state != DeviceState::Retired
        && device::set_state(&mut act.tx, device.id, DeviceState::Quarantined(weight)).await?;
    if changed {
        act.bump(device.id.0);
        act.note(Note {
            action: "device.quarantine",
            subject: format!("{} {} {}", device.vendor, device.model, device.mac),
            site: Some(device.site),
            device: Some(device.id),
            before: Some(device.state.word().to_owned()),
            after: Some(format!("quarantined, {} doubt", weight.word())),
            reason,
        });
    }
    act.commit().await
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_is_typed_is_looked_for_where_it_can_be() {
        let cases = [
            ("  ", ["", "", "", "", ""]),
            ("80:5E:C0", ["%80:5e:c0%", "%80:5E:C0%", "", "%805ec0%", ""]),
            ("2001", ["%2001%", "%2001%", "", "%2001%", "%2001%"]),
            ("+49 30 2001", ["%+49 30 2001%", "%+49 30 2001%", "", "", "%+49302001%"]),
            ("Ada", ["%ada%", "%ADA%", "%ada%", "%ada%", ""]),
            ("Ada Marlowe", ["%ada marlowe%", "%ADA MARLOWE%", "%ada marlowe%", "", ""]),
            ("T46U", ["%t46u%", "%T46U%", "%t46u%", "", ""]),
            ("%_\\", ["%%", "%%", "%%", "", ""]),
        ];
        for (typed, expected) in cases {
            let found = words(typed);
            assert_eq!([found.text, found.serial, found.name, found.mac, found.number], expected, "{typed}");
        }
    }
}
