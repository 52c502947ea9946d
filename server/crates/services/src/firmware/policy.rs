//! What people say about firmware: who should have which, by which way, from when on, and how fast.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices,
    publish::{common_files, model_scope},
    reason, rollouts,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    firmware::{Image, Minimum, Step, VERSION, Version, named},
    ids::{DeviceId, FirmwareId, LayerId, SiteId},
    layer::{Layer, Level, Locks, Origin},
    setting::{Path, Value},
    vendor::Vendor,
};
use std::collections::BTreeMap;
use storage::{firmware, layer, ledger::ORGANISATION, site, user};

/// Which phones should have an image: those of one device, of a site, or all of its models.
#[derive(Clone, Debug, Default)]
pub struct WantInput {
    /// Id of the image.
    pub image: String,
    /// Site code, or empty.
    pub site: String,
    /// MAC of one device, or empty.
    pub mac: String,
    /// Why.
    pub reason: String,
}

/// A layer that is said to want something.
struct Scope {
    level: Level,
    of: String,
    name: String,
    site: Option<SiteId>,
    device: Option<DeviceId>,
}

fn field(code: Code, name: &str, detail: &str) -> Problem {
    Finding::new(code, name).detail(detail).into()
}

/// Says that phones should have an image. Their files follow at once, a few at a time.
pub async fn want(services: &Services, op: &Operation, input: &WantInput) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let reason = reason::given(&input.reason)?;
    let id: FirmwareId = input.image.parse().map_err(|_| Problem::invalid(Code::FieldMissing, "image"))?;
    let mut act = Act::begin(services, op).await?;
    let stored = firmware::by_id(&mut act.tx, id).await?.filter(|stored| !stored.image.withdrawn);
    let image = stored.ok_or_else(|| Problem::invalid(Code::FirmwareMissing, "image"))?.image;
    let change = format!("firmware {}", user::next_number(&mut act.tx, "firmware").await?);
    for scope in scopes(&mut act, &image, input).await? {
        let before = current(&mut act, &scope).await?;
        let value = Value::Text(with(before.as_ref(), &image));
        write(services, &mut act, &scope, before, Some(value), &change, reason).await?;
    }
    finish(services, act).await
}

async fn scopes(act: &mut Act<'_>, image: &Image, input: &WantInput) -> Result<Vec<Scope>> {
    let (mac, code) = (input.mac.trim(), input.site.trim());
    if !mac.is_empty() {
        let loaded = devices::loaded(&mut act.tx, mac)
            .await
            .map_err(|_| Problem::invalid(Code::DeviceUnknown, "mac"))?;
        let device = &loaded.stored.device;
        if !image.fits(device.vendor, &device.model) {
            return Err(field(
                Code::FirmwareRefused,
                "mac",
                &format!("It is a {} {}.", device.vendor, device.model),
            ));
        }
        return Ok(vec![Scope {
            level: Level::Device,
            of: device.id.to_string(),
            name: device.mac.to_string(),
            site: Some(device.site),
            device: Some(device.id),
        }]);
    }
    if !code.is_empty() {
        let site = site::by_code(&mut act.tx, code).await?;
        let site = site.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?;
        return Ok(vec![Scope {
            level: Level::Site,
            of: site.id.to_string(),
            name: site.code,
            site: Some(site.id),
            device: None,
        }]);
    }
    let of = |model: &String| {
        let of = model_scope(image.vendor, model);
        Scope { level: Level::Model, name: of.clone(), of, site: None, device: None }
    };
    Ok(image.models.iter().map(of).collect())
}

async fn current(act: &mut Act<'_>, scope: &Scope) -> Result<Option<Layer>> {
    Ok(layer::current(&mut act.tx, scope.level, &scope.of).await?)
}

fn path() -> Result<Path> {
    Path::parse(VERSION).map_err(|code| Problem::invalid(code, VERSION))
}

fn said(layer: Option<&Layer>) -> Option<String> {
    let setting = layer?.settings.iter().find(|(path, _)| path.as_str() == VERSION);
    setting.and_then(|(_, value)| value.text())
}

/// What a layer said already, without versions for the same hardware, and the image's.
fn with(layer: Option<&Layer>, image: &Image) -> String {
    let before = said(layer).unwrap_or_default();
    let others = named(image.vendor, &before).filter(|version| version.order(&image.version).is_none());
    let mut words: Vec<_> = others.map(|version| version.to_string()).collect();
    words.push(image.version.to_string());
    words.join(" ")
}

/// Publishes the next version of a layer, with the setting or without it.
async fn write(
    services: &Services,
    act: &mut Act<'_>,
    scope: &Scope,
    before: Option<Layer>,
    value: Option<Value>,
    change: &str,
    reason: &str,
) -> Result<()> {
    rollouts::refuse(&mut act.tx, scope.level, &scope.of).await?;
    let was = said(before.as_ref());
    let new = match before {
        Some(mut layer) => {
            layer.origin.version += 1;
            change.clone_into(&mut layer.origin.change);
            layer
        }
        None => Layer {
            origin: Origin {
                layer: LayerId(services.0.env.id()),
                level: scope.level,
                name: scope.name.clone(),
                version: 1,
                change: change.to_owned(),
            },
            settings: BTreeMap::new(),
            locks: Locks::new(),
        },
    };
    let mut layer = new;
    let after = value.as_ref().map(ToString::to_string);
    match value {
        Some(value) => layer.settings.insert(path()?, value),
        None => layer.settings.remove(&path()?),
    };
    let now = act.now;
    layer::publish(&mut act.tx, &layer, &scope.of, now).await?;
    if scope.level == Level::Site {
        // The common files name the layer versions that they come from.
        common_files(&mut act.tx).await?;
        act.bump(ORGANISATION);
    }
    act.note(Note {
        action: if after.is_some() { "firmware.want" } else { "firmware.forget" },
        subject: format!("{} {}", scope.level.word(), scope.name),
        site: scope.site,
        device: scope.device,
        before: was,
        after,
        reason: reason.to_owned(),
    });
    Ok(())
}

async fn finish(services: &Services, act: Act<'_>) -> Result<()> {
    act.commit().await?;
    services.0.firmware.wake.notify_one();
    Ok(())
}

/// A layer says no more which firmware phones should have. What less special layers say holds again.
pub async fn forget(services: &Services, op: &Operation, level: &str, scope: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let why = reason::given(why)?;
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut act = Act::begin(services, op).await?;
    let before = layer::current(&mut act.tx, level, scope).await?.filter(|l| said(Some(l)).is_some());
    let before = before.ok_or_else(|| Problem::not_found("layer"))?;
    let name = before.origin.name.clone();
    let id = scope.parse().ok();
    let scope = Scope {
        level,
        of: scope.to_owned(),
        name,
        site: if level == Level::Site { id.map(SiteId) } else { None },
        device: if level == Level::Device { id.map(DeviceId) } else { None },
    };
    let change = format!("firmware {}", user::next_number(&mut act.tx, "firmware").await?);
    write(services, &mut act, &scope, Some(before), None, &change, why).await?;
    finish(services, act).await
}

fn vendor(text: &str) -> Result<Vendor> {
    Vendor::parse(text).ok_or_else(|| Problem::invalid(Code::VendorUnknown, "vendor"))
}

/// Whoever has `from` or older gets to `to` or newer by way of `via`.
pub async fn step(
    services: &Services,
    op: &Operation,
    vendor_name: &str,
    [from, via, to]: [&str; 3],
) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let vendor = vendor(vendor_name)?;
    let version = |text: &str, name: &str| {
        let detail = "Write it as the phone shows it, such as 108.86.0.20.";
        Version::parse(vendor, text).ok_or_else(|| field(Code::FormInvalid, name, detail))
    };
    let step = Step { from: version(from, "from")?, via: version(via, "via")?, to: version(to, "to")? };
    if !step.rises() {
        return Err(field(
            Code::FormInvalid,
            "via",
            "From, by way of, to: each newer, for the same hardware.",
        ));
    }
    let mut act = Act::begin(services, op).await?;
    firmware::insert_step(&mut act.tx, services.0.env.id(), vendor, &step).await?;
    act.note(Note {
        action: "firmware.step",
        subject: vendor.to_string(),
        after: Some(format!("from {} by way of {} to {}", step.from, step.via, step.to)),
        ..Note::default()
    });
    finish(services, act).await
}

/// Removes a step.
pub async fn drop_step(services: &Services, op: &Operation, id: &str) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let mut act = Act::begin(services, op).await?;
    let steps = firmware::steps(&mut act.tx).await?;
    let found = steps.into_iter().find(|(step, ..)| step.to_string() == id);
    let (id, vendor, step) = found.ok_or_else(|| Problem::not_found("step"))?;
    firmware::delete_step(&mut act.tx, id).await?;
    act.note(Note {
        action: "firmware.drop_step",
        subject: vendor.to_string(),
        before: Some(format!("from {} by way of {} to {}", step.from, step.via, step.to)),
        ..Note::default()
    });
    finish(services, act).await
}

/// Says which release of a vendor's firmware a setting needs.
pub async fn minimum(
    services: &Services,
    op: &Operation,
    vendor_name: &str,
    setting: &str,
    release: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let path = Path::parse(setting.trim()).map_err(|code| Problem::invalid(code, "path"))?;
    let detail = "Write the release without the hardware's number, such as 86.0.";
    let release = Version::release(release).ok_or_else(|| field(Code::FormInvalid, "release", detail))?;
    let minimum = Minimum { path, vendor: vendor(vendor_name)?, release };
    let mut act = Act::begin(services, op).await?;
    firmware::set_minimum(&mut act.tx, &minimum).await?;
    act.note(Note {
        action: "firmware.minimum",
        subject: format!("{} {}", minimum.vendor, minimum.path),
        after: Some(minimum.release.to_string()),
        ..Note::default()
    });
    act.commit().await
}

/// Removes the minimum of a setting.
pub async fn drop_minimum(
    services: &Services,
    op: &Operation,
    vendor_name: &str,
    setting: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let vendor = vendor(vendor_name)?;
    let mut act = Act::begin(services, op).await?;
    if !firmware::delete_minimum(&mut act.tx, vendor, setting).await? {
        return Err(Problem::not_found("minimum"));
    }
    act.note(Note {
        action: "firmware.drop_minimum",
        subject: format!("{vendor} {setting}"),
        ..Note::default()
    });
    act.commit().await
}

/// Sets a site's share of its line in kbit/s; empty for no limit.
pub async fn budget(services: &Services, op: &Operation, code: &str, kbps: &str) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let kbps = match kbps.trim() {
        "" => None,
        text => match text.parse::<u32>() {
            Ok(kbps) if kbps > 0 => Some(kbps),
            _ => {
                return Err(field(
                    Code::FormInvalid,
                    "kbps",
                    "Write kbit/s as a whole number, or nothing for no limit.",
                ));
            }
        },
    };
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, code.trim()).await?;
    let site = site.ok_or_else(|| Problem::invalid(Code::SiteUnknown, "site"))?;
    let word =
        |kbps: Option<u32>| kbps.map_or_else(|| "no limit".to_owned(), |kbps| format!("{kbps} kbit/s"));
    let before = firmware::budget_of(&mut act.tx, site.id).await?.map(|budget| budget.kbps);
    firmware::set_budget(&mut act.tx, site.id, kbps).await?;
    act.note(Note {
        action: "firmware.budget",
        subject: format!("site {}", site.code),
        site: Some(site.id),
        before: Some(word(before)),
        after: Some(word(kbps)),
        ..Note::default()
    });
    act.commit().await
}
