//! From layers and lines to published files. The only place where a stack becomes artifacts.

use crate::{Problem, Result, firmware::aim::Catalogue, rollouts::holds::Holds};
use dialects::DeviceContext;
use domain::{
    Code, Finding, Ipei, Timestamp,
    artifact::{Artifact, Digest},
    device::{Device, Endpoint},
    group,
    ids::{LayerId, RevisionId, SegmentId},
    layer::{Layer, Level, Locks, Origin},
    resolution::{Resolution, resolve},
    revision::{LineFacts, Revision, RevisionFile, RevisionKind},
    setting::{Path, Value},
    vendor::Vendor,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx,
    device::{self, Stored},
    firmware, label, layer,
    revision::{self, Published},
    site,
};

/// A revision that has been computed and not published.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) kind: RevisionKind,
    pub(crate) resolution: Resolution,
    pub(crate) lines: Vec<LineFacts>,
    pub(crate) files: Vec<(String, Artifact)>,
    pub(crate) layers: Vec<Origin>,
    pub(crate) findings: Vec<Finding>,
    /// What it makes of the device's firmware.
    pub(crate) firmware: Option<firmware::Target>,
}

impl Prepared {
    /// The settings that the device is served: all but those that are left out whole.
    fn says(&self) -> impl Iterator<Item = &Path> {
        let written = |path: &Path| {
            let mut origins = self.files.iter().flat_map(|(_, artifact)| &artifact.origins);
            origins.any(|origin| origin.path == *path)
        };
        let left_out = |path: &Path| {
            let mut findings = self.findings.iter();
            findings.any(|f| f.code == Code::SettingLeftOut && f.subject == path.as_str())
        };
        self.resolution.settings.keys().filter(move |path| !left_out(path) || written(path))
    }

    /// The files' digests as they are while the phone is sent to no firmware: what a plan is approved by.
    pub(crate) fn digests_at_rest(
        &self,
        stored: &Stored,
        handsets: &BTreeMap<u8, Ipei>,
    ) -> Vec<(String, Digest)> {
        let url = domain::firmware::URL;
        if !self.resolution.settings.contains_key(url) && !stored.published_paths.contains(url) {
            // Nothing to leave out: the files are those that there are.
            return self.files.iter().map(|(name, artifact)| (name.clone(), artifact.digest())).collect();
        }
        let mut resolution = self.resolution.clone();
        resolution.settings.remove(url);
        let mut served = served(stored);
        served.remove(url);
        let (files, _) = files(stored, self.kind, &resolution, &served, handsets);
        files.into_iter().map(|file| (file.name, file.artifact.digest())).collect()
    }
}

/// The scope of a model's layer: `yealink T46U`.
pub(crate) fn model_scope(vendor: Vendor, model: &str) -> String {
    format!("{vendor} {}", domain::firmware::model(model))
}

/// Levels and scopes of the stored layers of a device's stack as a member of these groups, most general first. Its
/// exceptions come on top.
pub(crate) fn scopes(device: &Device, groups: impl IntoIterator<Item = String>) -> Vec<(Level, String)> {
    let mut scopes = shared_scopes(device);
    scopes.extend(groups.into_iter().map(|code| (Level::Group, code)));
    scopes.push((Level::Device, device.id.to_string()));
    scopes
}

/// Those that every device of its model, site and segment has.
fn shared_scopes(device: &Device) -> Vec<(Level, String)> {
    let mut scopes = vec![
        (Level::Vendor, device.vendor.name().to_owned()),
        (Level::Model, model_scope(device.vendor, &device.model)),
        (Level::Organisation, "organisation".to_owned()),
        (Level::Site, device.site.to_string()),
    ];
    if let Some(segment) = device.segment {
        scopes.push((Level::Segment, segment.to_string()));
    }
    scopes
}

/// The stored layers of a device's stack, most general first: each as far as rollouts have reached the device.
pub(crate) async fn stack(tx: &mut Tx, device: &Device) -> Result<Vec<Layer>> {
    let layers = shared(tx, device).await?;
    stack_on(tx, device, layers).await
}

/// The same, where those that it shares with others are at hand in their newest versions.
pub(crate) async fn stack_on(tx: &mut Tx, device: &Device, mut layers: Vec<Layer>) -> Result<Vec<Layer>> {
    let holds = Holds::of(tx, device.id).await?;
    layers.extend(own(tx, device, &holds).await?);
    holds.apply(&mut layers);
    Ok(layers)
}

/// Those that every device of its model, site and segment has.
pub(crate) async fn shared(tx: &mut Tx, device: &Device) -> Result<Vec<Layer>> {
    load(tx, shared_scopes(device)).await
}

/// Those that depend on the device itself: of the groups that it belongs to, its own, and its exceptions.
async fn own(tx: &mut Tx, device: &Device, holds: &Holds) -> Result<Vec<Layer>> {
    let mut groups = layer::groups(tx).await?;
    holds.rules(&mut groups);
    let mut scopes = vec![];
    if !groups.is_empty() {
        let site = site::by_id(tx, device.site).await?.map(|site| site.code).unwrap_or_default();
        let facts = group_facts(device, site, label::of(tx, device.id).await?);
        scopes.extend(group::of(&groups, &facts).into_iter().map(|code| (Level::Group, code)));
    }
    scopes.push((Level::Device, device.id.to_string()));
    let mut layers = load(tx, scopes).await?;
    layers.extend(layer::exceptions_of(tx, device.id).await?);
    Ok(layers)
}

/// What the rules of groups ask of a device.
pub(crate) fn group_facts(device: &Device, site: String, labels: label::Labels) -> group::Facts {
    let model = model_scope(device.vendor, &device.model);
    group::Facts { site, model, role: labels.role, tags: labels.tags }
}

pub(crate) async fn load(tx: &mut Tx, scopes: Vec<(Level, String)>) -> Result<Vec<Layer>> {
    let mut layers = Vec::with_capacity(scopes.len());
    for (level, scope) in scopes {
        layers.extend(layer::current(tx, level, &scope).await?);
    }
    Ok(layers)
}

/// The layer that the facts of a line make; it is part of the revision, not of the stored layers.
pub(crate) fn line_layer(line: &LineFacts) -> Layer {
    let text = |value: &str| Value::Text(value.to_owned());
    let settings = [
        ("extension", text(&line.number)),
        ("label", text(&line.number)),
        ("display_name", text(&line.display_name)),
        ("owner", text(&line.owner)),
        ("auth_user", text(&line.number)),
        ("password", Value::Secret(line.secret)),
    ];
    Layer {
        origin: Origin {
            layer: LayerId(line.line.0),
            level: Level::Line,
            name: format!("line key {}", line.index),
            version: 1,
            change: line.change.clone(),
        },
        settings: settings
            .into_iter()
            .chain(line.shared.then_some(("shared", Value::Flag(true))))
            .map(|(name, value)| (Path::line(line.index, name), value))
            .collect(),
        locks: Locks::new(),
    }
}

/// Computes a revision of `kind` with `lines`. Nothing is written.
pub(crate) async fn prepare(
    tx: &mut Tx,
    stored: &Stored,
    kind: RevisionKind,
    lines: Vec<LineFacts>,
) -> Result<Prepared> {
    let layers = stack(tx, &stored.device).await?;
    prepare_on(tx, stored, kind, lines, layers).await
}

/// The same from a stack that is at hand.
pub(crate) async fn prepare_on(
    tx: &mut Tx,
    stored: &Stored,
    kind: RevisionKind,
    lines: Vec<LineFacts>,
    mut layers: Vec<Layer>,
) -> Result<Prepared> {
    layers.extend(lines.iter().map(line_layer));
    let layers: Vec<_> = layers.iter().collect();
    let catalogue = if wants_firmware(&layers) { Catalogue::load(tx).await? } else { Catalogue::default() };
    let installed = firmware::installed(tx, stored.device.id).await?;
    let handsets = handsets(&device::endpoints(tx, stored.device.id).await?);
    let basis = Basis { layers: &layers, catalogue: &catalogue, installed: &installed, handsets: &handsets };
    Ok(prepare_from(stored, kind, lines, &basis))
}

/// Whether any layer says which firmware phones should have.
pub(crate) fn wants_firmware(layers: &[&Layer]) -> bool {
    let path = Path::parse(domain::firmware::VERSION).ok();
    path.is_some_and(|path| layers.iter().any(|layer| layer.settings.contains_key(&path)))
}

/// Which handset is which endpoint, where that is known.
pub(crate) fn handsets(endpoints: &[Endpoint]) -> BTreeMap<u8, Ipei> {
    endpoints.iter().filter_map(|endpoint| Some((endpoint.index, endpoint.ipei?))).collect()
}

/// What a revision is made from, besides the device and its lines.
pub(crate) struct Basis<'a> {
    pub(crate) layers: &'a [&'a Layer],
    pub(crate) catalogue: &'a Catalogue,
    /// The firmware that it has said it runs; empty when it has said nothing.
    pub(crate) installed: &'a str,
    pub(crate) handsets: &'a BTreeMap<u8, Ipei>,
}

/// The same, from a stack that is at hand; pure.
pub(crate) fn prepare_from(
    stored: &Stored,
    kind: RevisionKind,
    lines: Vec<LineFacts>,
    basis: &Basis<'_>,
) -> Prepared {
    let (device, &Basis { layers, catalogue, installed, handsets }) = (&stored.device, basis);
    let (mut resolution, mut findings) = resolve(layers);
    let aim = catalogue.aim(device, installed, &resolution);
    if let Some(aim) = &aim {
        aim.write(&mut resolution);
    }
    let (files, more) = files(stored, kind, &resolution, &served(stored), handsets);
    findings.extend(more);
    Prepared {
        kind,
        resolution,
        lines,
        files: files.into_iter().map(|f| (f.name, f.artifact)).collect(),
        layers: layers.iter().map(|l| l.origin.clone()).collect(),
        findings,
        firmware: aim.map(|aim| aim.target(installed)),
    }
}

/// What the device has been served since its factory reset.
pub(crate) fn served(stored: &Stored) -> BTreeSet<Path> {
    serde_json::from_str(&stored.published_paths).unwrap_or_default()
}

fn files(
    stored: &Stored,
    kind: RevisionKind,
    resolution: &Resolution,
    served: &BTreeSet<Path>,
    handsets: &BTreeMap<u8, Ipei>,
) -> (Vec<dialects::File>, Vec<Finding>) {
    let device = &stored.device;
    let serial = device.serial.to_string();
    let context = DeviceContext {
        mac: device.mac,
        serial: &serial,
        model: &device.model,
        accounts: device.vendor.accounts(&device.model).unwrap_or(0),
        handsets,
    };
    dialects::device_files(device.vendor, &context, kind, resolution, served)
}

/// What a revision is published as.
pub(crate) struct Publication<'a> {
    pub(crate) id: RevisionId,
    pub(crate) number: u32,
    pub(crate) change: &'a str,
    pub(crate) approver: Option<&'a str>,
    pub(crate) at: Timestamp,
}

/// Publishes a prepared revision and notes which paths the device has been served.
pub(crate) async fn publish(
    tx: &mut Tx,
    stored: &Stored,
    prepared: Prepared,
    as_: Publication<'_>,
) -> Result<()> {
    let mut files = Vec::with_capacity(prepared.files.len());
    for (name, artifact) in &prepared.files {
        let digest = revision::insert_artifact(tx, artifact).await?;
        files.push(RevisionFile { name: name.clone(), digest });
    }
    let mut paths = served(stored);
    paths.extend(prepared.says().cloned());
    let carried = stored.carried_line || prepared.kind == RevisionKind::Bound;
    let paths = serde_json::to_string(&paths).unwrap_or_else(|_| "[]".to_owned());
    let revision = Revision {
        id: as_.id,
        device: stored.device.id,
        number: as_.number,
        kind: prepared.kind,
        change: as_.change.to_owned(),
        lines: prepared.lines,
        resolution: prepared.resolution,
        files,
    };
    if prepared.firmware.is_some() || as_.number > 1 {
        firmware::set_target(tx, stored.device.id, prepared.firmware.as_ref()).await?;
    }
    let approver = as_.approver.map(str::to_owned);
    let published = Published { revision, approver, layers: prepared.layers, at: as_.at };
    revision::publish(tx, &published).await?;
    Ok(device::set_published(tx, stored.device.id, carried, &paths).await?)
}

/// Publishes the baseline by vendor and segment: what the onboarding address and the vendor-common names give.
///
/// Cost grows with vendors times segments, not with devices.
pub(crate) async fn common_files(tx: &mut Tx) -> Result<()> {
    let segments = site::segments(tx).await?;
    let holds = Holds::of_all(tx).await?;
    let mut places: Vec<Option<(SegmentId, String)>> = vec![None];
    places.extend(segments.iter().map(|s| Some((s.id, s.site.to_string()))));
    for vendor in Vendor::ALL.into_iter().filter(|vendor| !vendor.models().is_empty()) {
        for place in &places {
            let mut scopes = vec![
                (Level::Vendor, vendor.name().to_owned()),
                (Level::Organisation, "organisation".to_owned()),
            ];
            if let Some((segment, site)) = place {
                scopes.push((Level::Site, site.clone()));
                scopes.push((Level::Segment, segment.to_string()));
            }
            let mut layers = load(tx, scopes).await?;
            holds.apply(&mut layers);
            let (resolution, _) = resolve(&layers);
            let (files, findings) = dialects::common_files(vendor, &resolution);
            // What one family cannot say must not keep the others from their baseline. A device of that family is
            // told so by its own revision.
            let wrong = |finding: &Finding| finding.blocks() && finding.code != Code::SettingInexpressible;
            if findings.iter().any(wrong) {
                return Err(Problem::blocked(findings));
            }
            let origins: Vec<_> = layers.into_iter().map(|l| l.origin).collect();
            let segment = place.as_ref().map(|(segment, _)| *segment);
            for file in files {
                let digest = revision::insert_artifact(tx, &file.artifact).await?;
                revision::set_common(tx, vendor, segment, &file.name, digest, &origins).await?;
            }
        }
    }
    Ok(())
}
