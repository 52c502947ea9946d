//! Cases that people report: an unknown device, a call that rang elsewhere, a setting that no one wanted. What was the
//! case at that moment is attached, because it will have changed when somebody looks.

use super::{Opening, Said, find, open, say, written};
use crate::{Operation, Problem, Result, Services, act::Act, devices, facts, planning};
use domain::{
    Code, Finding, Mac,
    authz::{Action, somewhere},
    exception::Kind,
    ids::{DeviceId, SiteId},
    ledger::Entry,
    number::Did,
    policy::Weight,
    setting::Path,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use storage::{Tx, device, ledger, line, person, site};

/// Serves of a device that are attached.
const SERVES: usize = 10;

/// A report as it was typed.
#[derive(Clone, Debug, Default)]
pub struct ReportInput {
    /// `unknown-device`, `misrouting` or `layer-effect`.
    pub kind: String,
    /// MAC of the phone: what is unknown, what rang, what has the setting; may be empty where something else is said.
    pub mac: String,
    /// Source of the requests of an unknown device: `10.20.0.0/24`.
    pub prefix: String,
    /// Number or DID that was called.
    pub number: String,
    /// Path of the setting, if it is known.
    pub path: String,
    /// What was seen.
    pub detail: String,
}

/// What was the case with a device when a case was opened; never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The device, as people read it.
    pub device: String,
    /// Its MAC, bare.
    pub mac: String,
    /// Its state.
    pub state: String,
    /// The revision that it would have been served.
    pub revision: String,
    /// Its lines, one each: key, number, owner, change.
    pub lines: Vec<String>,
    /// What it was served or refused last, newest first.
    pub serves: Vec<String>,
    /// Settings with who set them: path, value, origin.
    pub settings: Vec<(String, String, String)>,
}

/// What was attached to an entry of a case's log.
pub fn attached(said: &Said) -> Vec<Attached> {
    said.attachment.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Opens a case for what somebody has seen, or joins the one that is open for the same; its number.
pub async fn report(services: &Services, op: &Operation, input: &ReportInput) -> Result<i64> {
    let claim = somewhere(&op.actor, Action::Cases)?;
    let detail = written(&input.detail, "detail")?;
    let mut act = Act::begin(services, op).await?;
    let seen = match Kind::parse(input.kind.trim()) {
        Some(Kind::UnknownDevice) => unknown(&mut act.tx, input, detail).await?,
        Some(Kind::Misrouting) => misrouting(&mut act.tx, input, detail).await?,
        Some(Kind::LayerEffect) => layer_effect(&mut act.tx, input, detail).await?,
        _ => return Err(Problem::invalid(Code::StateInvalid, "kind")),
    };
    match seen.opening.site {
        Some(site) => claim.at(site)?,
        None => claim.wherever(),
    };
    let number = open(services, &mut act, &seen.opening).await?;
    let mut attached = Vec::with_capacity(seen.devices.len());
    for id in seen.devices {
        attached.extend(attach(&mut act.tx, id).await?);
    }
    let attachment = if attached.is_empty() { None } else { serde_json::to_string(&attached).ok() };
    let listed = find(&mut act.tx, number).await?;
    say(services, &mut act, &listed, detail, attachment).await?;
    act.commit().await?;
    Ok(number)
}

/// What a report says, checked: the case that it opens, and the devices whose state is attached.
struct Seen {
    opening: Opening,
    devices: Vec<DeviceId>,
}

async fn unknown(tx: &mut Tx, input: &ReportInput, detail: &str) -> Result<Seen> {
    let (mac, prefix) = (input.mac.trim(), input.prefix.trim());
    let mac = match mac {
        "" => None,
        text => Some(Mac::parse(text).map_err(|_| Problem::invalid(Code::MacInvalid, "mac"))?),
    };
    let source: Option<IpNet> = match prefix {
        "" | "other" => None,
        text => Some(text.parse().map_err(|_| Problem::invalid(Code::CidrInvalid, "prefix"))?),
    };
    if let Some(mac) = mac
        && device::by_mac(tx, mac).await?.is_some()
    {
        let known =
            Finding::new(Code::MacDuplicate, "mac").detail("It is in the inventory: look at its trace.");
        return Err(known.into());
    }
    let subject = match (mac, source) {
        (Some(mac), _) => mac.bare(),
        (None, Some(source)) => source.to_string(),
        (None, None) => return Err(Problem::invalid(Code::FieldMissing, "mac")),
    };
    let site = match source {
        Some(source) => site_of(tx, source).await?,
        None => None,
    };
    let from = source.map(|source| format!(" Its requests come from {source}.")).unwrap_or_default();
    let opening = Opening {
        kind: Kind::UnknownDevice,
        subject,
        weight: Weight::Low,
        device: None,
        site,
        detail: format!("{detail}{from}"),
    };
    Ok(Seen { opening, devices: vec![] })
}

/// The site of which a segment lies within, or around, this network.
async fn site_of(tx: &mut Tx, source: IpNet) -> Result<Option<SiteId>> {
    let near = |cidr: &IpNet| source.contains(cidr) || cidr.contains(&source);
    let segments = site::segments(tx).await?;
    Ok(segments.into_iter().find(|segment| near(&segment.cidr)).map(|segment| segment.site))
}

async fn misrouting(tx: &mut Tx, input: &ReportInput, detail: &str) -> Result<Seen> {
    let number = input.number.trim();
    let extension = match person::extension_by_number(tx, number).await? {
        Some(extension) => Some(extension),
        None => match Did::parse(number) {
            Ok(did) => person::extension_by_did(tx, did.as_ref()).await?,
            Err(_) => None,
        },
    };
    let rang = match input.mac.trim() {
        "" => None,
        mac => {
            Some(devices::stored(tx, mac).await.map_err(|_| Problem::invalid(Code::DeviceUnknown, "mac"))?)
        }
    };
    let Some(extension) = extension else {
        let code = if number.is_empty() { Code::FieldMissing } else { Code::ExtensionUnknown };
        return Err(Problem::invalid(code, "number"));
    };
    let holder = line::holder(tx, extension.id).await?.map(|(device, _)| device);
    let mut devices: Vec<_> =
        holder.into_iter().chain(rang.as_ref().map(|stored| stored.device.id)).collect();
    devices.dedup();
    let elsewhere = rang.as_ref().map(|stored| format!(" It rang at {}.", stored.name())).unwrap_or_default();
    let opening = Opening {
        kind: Kind::Misrouting,
        subject: extension.number.to_string(),
        weight: Weight::High,
        device: holder.or(rang.map(|stored| stored.device.id)),
        site: Some(extension.site),
        detail: format!("{} was called. {detail}{elsewhere}", extension.number),
    };
    Ok(Seen { opening, devices })
}

async fn layer_effect(tx: &mut Tx, input: &ReportInput, detail: &str) -> Result<Seen> {
    let stored =
        devices::stored(tx, &input.mac).await.map_err(|_| Problem::invalid(Code::DeviceUnknown, "mac"))?;
    let path = match input.path.trim() {
        "" => String::new(),
        text => Path::parse(text).map_err(|_| Problem::invalid(Code::SettingPath, "path"))?.to_string(),
    };
    let what = if path.is_empty() { String::new() } else { format!("{path}: ") };
    let mut opening =
        Opening::of_device(Kind::LayerEffect, Weight::Low, &stored.device, format!("{what}{detail}"));
    if !path.is_empty() {
        opening.subject = format!("{} {path}", opening.subject);
    }
    Ok(Seen { opening, devices: vec![stored.device.id] })
}

/// What is the case with a device now.
async fn attach(tx: &mut Tx, id: DeviceId) -> Result<Option<Attached>> {
    let Some(stored) = device::by_id(tx, id).await? else { return Ok(None) };
    let loaded = facts::load(tx, stored).await?;
    let lines = loaded.lines.iter().map(|line| {
        let (key, number, owner) = (line.standing.index, &line.extension.number, &line.owner.name);
        format!("line key {key}: {number}, {owner}, by CR-{}", line.standing.number)
    });
    let lines = lines.collect();
    let published = planning::current(tx, &loaded).await?;
    let revision = published.as_ref().map_or_else(
        || "none".to_owned(),
        |p| format!("{} ({}), by {}", p.revision.number, p.revision.kind.word(), p.revision.change),
    );
    let resolution = published.map(|p| p.revision.resolution).unwrap_or_default();
    let settings = resolution.settings.iter().map(|(path, set)| {
        let origin = &set.origin;
        let by = format!("{} v{} ({})", origin.name, origin.version, origin.change);
        (path.to_string(), set.value.to_string(), by)
    });
    let settings = settings.collect();
    let serve = |(_, entry)| match entry {
        Entry::Serve(serve) => {
            Some(format!("{} {} {} from {}", serve.at, serve.status, serve.decision.word(), serve.client))
        }
        Entry::Probe(_) | Entry::Act(_) => None,
    };
    let serves = ledger::of_device(tx, id).await?.into_iter().filter_map(serve).take(SERVES).collect();
    let device = &loaded.stored.device;
    Ok(Some(Attached {
        device: loaded.name(),
        mac: device.mac.bare(),
        state: device.state.word().to_owned(),
        revision,
        lines,
        serves,
        settings,
    }))
}
