//! Blast radius, computed and never estimated: each distinct stack is resolved and written before and after, once.
//!
//! Two phones are of one class when everything that their files are made of is the same, but for what is theirs alone:
//! MAC, serial, credential, and the names on their lines. Those stand in the files before and after alike, so whether
//! the files differ, and in which settings, is the same for both. An expression can read what is theirs alone; where
//! one is added or taken away, every phone is a class by itself.

use super::fleet::{Fleet, Real};
use crate::{
    firmware::aim::Catalogue,
    parallel,
    planning::differences,
    publish::{self, Basis, Prepared},
};
use domain::{
    Code, Finding,
    artifact::Digest,
    device::DeviceState,
    group::{Facts, Groups, Labels},
    ids::{DeviceId, ExtensionId, LayerId, LineId, SecretId, SegmentId, SiteId},
    layer::{
        Content, Layer, Level, Locks, Origin,
        check::among,
        pin::{against_locks, excluded},
        plan::{Alike, Counts, Excluded},
    },
    plan::Difference,
    resolution::resolve,
    revision::{LineFacts, RevisionKind},
    setting::{Path, Value},
    vendor::Vendor,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use storage::{device::Stored, fleet::Member};
use uuid::Uuid;

/// What changes.
pub(super) struct Target {
    pub(super) scope: String,
    pub(super) before: Option<Layer>,
    pub(super) after: Layer,
    /// Every group as it would be.
    pub(super) groups: Groups,
    /// What becomes said of a phone.
    pub(super) labels: Option<(DeviceId, Labels)>,
}

impl Target {
    /// Whether a phone's own facts can decide what the change makes of it.
    pub(super) fn reads_facts(&self) -> bool {
        let dynamic =
            |value: &Value| matches!(value, Value::Text(text) if text.contains("{{") || text.contains("{%"));
        let none = BTreeMap::new();
        let before = self.before.as_ref().map_or(&none, |layer| &layer.settings);
        let changed = |(path, value): &(&Path, &Value), other: &BTreeMap<Path, Value>| {
            other.get(*path) != Some(*value) && dynamic(value)
        };
        self.after.settings.iter().any(|pair| changed(&pair, before))
            || before.iter().any(|pair| changed(&pair, &self.after.settings))
    }

    /// The device, when it is of one alone.
    pub(super) fn device(&self) -> Option<DeviceId> {
        self.scope.parse().ok()
    }

    fn level(&self) -> Level {
        self.after.origin.level
    }
}

/// What it does.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reach {
    pub(super) alike: Vec<Alike>,
    pub(super) excluded: Vec<Excluded>,
    pub(super) counts: Counts,
    pub(super) sites: BTreeSet<String>,
    /// Locks that it runs into or would put upon others.
    pub(super) findings: Vec<Finding>,
    /// How many stacks were resolved.
    pub(super) classes: usize,
    /// Who answers for the lines.
    pub(super) owners: HashSet<Uuid>,
}

impl Reach {
    /// Takes up what happens to other phones; [`Reach::finish`] follows.
    pub(super) fn merge(&mut self, other: Self) {
        for alike in other.alike {
            let effects = |alike: &Alike| alike.differences.iter().map(effect).collect::<Vec<_>>();
            let same = |mine: &&mut Alike| {
                mine.vendor == alike.vendor
                    && mine.findings == alike.findings
                    && effects(mine) == effects(&alike)
            };
            match self.alike.iter_mut().find(same) {
                Some(mine) => mine.devices.extend(alike.devices),
                None => self.alike.push(alike),
            }
        }
        let (mine, theirs) = (&mut self.counts, other.counts);
        mine.in_scope += theirs.in_scope;
        mine.devices += theirs.devices;
        mine.lines += theirs.lines;
        mine.unchanged += theirs.unchanged;
        self.excluded.extend(other.excluded);
        self.sites.extend(other.sites);
        self.findings.extend(other.findings);
        self.owners.extend(other.owners);
        self.classes += other.classes;
    }

    /// Counts and orders: what most phones share is read first, and the order is the same every time.
    pub(super) fn finish(&mut self) {
        self.counts.endpoints = self.counts.lines;
        self.counts.owners = small(self.owners.len());
        self.findings.sort();
        self.findings.dedup();
        self.excluded.sort_by_key(|excluded| excluded.mac);
        for alike in &mut self.alike {
            alike.devices.sort_unstable();
        }
        self.alike.sort_by(|a, b| b.devices.len().cmp(&a.devices.len()).then(a.devices.cmp(&b.devices)));
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    vendor: Vendor,
    model: &'a str,
    site: SiteId,
    segment: Option<SegmentId>,
    groups: usize,
    held: usize,
    kind: &'static str,
    lines: Vec<u8>,
    handsets: Vec<u8>,
    served: &'a str,
    own: Option<String>,
    alone: Option<DeviceId>,
}

struct Class<'a> {
    first: &'a Member,
    kind: RevisionKind,
    groups: usize,
    members: Vec<&'a Member>,
}

/// What happens to every member of a class.
struct Outcome {
    changed: bool,
    differences: Vec<Difference>,
    /// What is said of it that was not said before.
    found: Vec<Finding>,
    locks: Vec<Finding>,
}

type Memberships = Vec<(BTreeSet<String>, BTreeSet<String>)>;

/// What publishing `target` does to the fleet. Pure.
pub(super) fn reach(fleet: &Fleet, target: &Target, real: &HashMap<DeviceId, Real>) -> Reach {
    let (classes, memberships, mut reach) = classes(fleet, target, real);
    let outcomes = outcomes(fleet, target, real, &classes, &memberships);
    let mut alike: BTreeMap<(Vendor, Vec<Effect>, Vec<Finding>), Alike> = BTreeMap::new();
    let mut findings = BTreeSet::new();
    for (class, outcome) in classes.iter().zip(outcomes) {
        let many = small(class.members.len());
        findings.extend(outcome.locks);
        if !outcome.changed {
            match pin_on(fleet, class.first).filter(|_| target.level() != Level::Pin) {
                Some(pin) => reach.excluded.extend(class.members.iter().map(|member| {
                    let mac = member.device.mac;
                    Excluded { mac, finding: excluded(mac.to_string(), &pin.origin.change) }
                })),
                None => reach.counts.unchanged += many,
            }
            findings.extend(outcome.found);
            continue;
        }
        reach.counts.devices += many;
        let vendor = class.first.device.vendor;
        let effects: Vec<Effect> = outcome.differences.iter().map(effect).collect();
        let group = alike
            .entry((vendor, effects, outcome.found.clone()))
            .or_insert_with(|| Alike::new(vendor, outcome.differences, outcome.found));
        for member in &class.members {
            group.devices.push(member.device.mac);
            reach.sites.insert(fleet.site(member).to_owned());
            let lines = fleet.lines.get(&member.device.id).map_or(&[][..], Vec::as_slice);
            reach.counts.lines += small(lines.len());
            reach.owners.extend(lines.iter().filter_map(|(_, owner)| *owner));
        }
    }
    reach.classes = classes.len();
    reach.findings = findings.into_iter().collect();
    reach.alike = alike.into_values().collect();
    reach.finish();
    reach
}

/// What holds a device to earlier settings, if anything does.
fn pin_on<'a>(fleet: &'a Fleet, member: &Member) -> Option<&'a Layer> {
    fleet.own(member.device.id).iter().find(|layer| layer.origin.level == Level::Pin)
}

fn small(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

type Effect = (String, Option<String>, Option<String>);

fn effect(difference: &Difference) -> Effect {
    let d = difference;
    (d.path.clone(), d.before.clone(), d.after.clone())
}

/// The devices of the layer by what their files are made of.
fn classes<'a>(
    fleet: &'a Fleet,
    target: &Target,
    real: &HashMap<DeviceId, Real>,
) -> (Vec<Class<'a>>, Memberships, Reach) {
    let mut reach = Reach::default();
    let mut places: HashMap<Key<'a>, usize> = HashMap::new();
    let mut classes: Vec<Class<'a>> = vec![];
    let mut memberships: Memberships = vec![(BTreeSet::new(), BTreeSet::new())];
    let mut known: HashMap<(usize, Facts), usize> = HashMap::new();
    let grouped = !fleet.groups.is_empty() || !target.groups.is_empty();
    for member in &fleet.members {
        let d = &member.device;
        let held = fleet.holds.which(d.id);
        let groups = if grouped {
            let facts = fleet.facts(member);
            let of = |groups: &Groups, facts: &Facts| match fleet.holds.set(held) {
                None => domain::group::of(groups, facts),
                Some(holds) => {
                    let mut groups = groups.clone();
                    holds.rules(&mut groups);
                    domain::group::of(&groups, facts)
                }
            };
            if let Some((_, labels)) = target.labels.as_ref().filter(|(device, _)| *device == d.id) {
                let Labels { role, tags } = labels.clone();
                let after = Facts { role, tags, ..facts.clone() };
                memberships.push((of(&fleet.groups, &facts), of(&target.groups, &after)));
                memberships.len() - 1
            } else {
                *known.entry((held, facts)).or_insert_with_key(|(_, facts)| {
                    memberships.push((of(&fleet.groups, facts), of(&target.groups, facts)));
                    memberships.len() - 1
                })
            }
        } else {
            0
        };
        if !in_scope(target, member, &memberships[groups]) {
            continue;
        }
        reach.counts.in_scope += 1;
        if d.state == DeviceState::Retired {
            let finding = Finding::new(Code::DeviceRetired, d.mac.to_string());
            reach.excluded.push(Excluded { mac: d.mac, finding });
            continue;
        }
        let lines: Vec<u8> =
            fleet.lines.get(&d.id).map(|keys| keys.iter().map(|(i, _)| *i).collect()).unwrap_or_default();
        let kind = match (lines.is_empty(), member.carried_line) {
            (false, _) => RevisionKind::Bound,
            (true, true) => RevisionKind::Clear,
            (true, false) => RevisionKind::Baseline,
        };
        let own = fleet.own(d.id);
        let key = Key {
            vendor: d.vendor,
            model: &d.model,
            site: d.site,
            segment: d.segment,
            groups,
            held,
            kind: kind.word(),
            lines,
            handsets: fleet.handsets.get(&d.id).map(|h| h.keys().copied().collect()).unwrap_or_default(),
            served: &member.published_paths,
            own: (!own.is_empty()).then(|| said(own)),
            alone: real.contains_key(&d.id).then_some(d.id),
        };
        let place = *places.entry(key).or_insert_with(|| {
            classes.push(Class { first: member, kind, groups, members: vec![] });
            classes.len() - 1
        });
        classes[place].members.push(member);
    }
    (classes, memberships, reach)
}

/// What a device's own layers say; its credential is nobody else's and stands in every one.
fn said(own: &[Layer]) -> String {
    let of = |layer: &Layer| {
        let mut content = Content::of(layer, None);
        content.settings.retain(|path, _| !path.as_str().starts_with("provisioning."));
        (layer.origin.level, content)
    };
    serde_json::to_string(&own.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
}

fn in_scope(target: &Target, member: &Member, groups: &(BTreeSet<String>, BTreeSet<String>)) -> bool {
    let (d, scope) = (&member.device, target.scope.as_str());
    match target.level() {
        Level::Vendor => d.vendor.name() == scope,
        Level::Model => publish::model_scope(d.vendor, &d.model) == scope,
        Level::Organisation => true,
        Level::Site => d.site.to_string() == scope,
        Level::Segment => d.segment.is_some_and(|segment| segment.to_string() == scope),
        Level::Group => groups.0 != groups.1 || groups.0.contains(scope) || groups.1.contains(scope),
        Level::Device | Level::Exception | Level::Pin => scope.starts_with(&d.id.to_string()),
        Level::Line => false,
    }
}

/// Every class is looked at by itself, so that they share the processors.
fn outcomes(
    fleet: &Fleet,
    target: &Target,
    real: &HashMap<DeviceId, Real>,
    classes: &[Class<'_>],
    memberships: &Memberships,
) -> Vec<Outcome> {
    let one = |class: &Class<'_>| outcome(fleet, target, real, class, &memberships[class.groups]);
    parallel::map(classes, 8, one)
}

fn outcome(
    fleet: &Fleet,
    target: &Target,
    real: &HashMap<DeviceId, Real>,
    class: &Class<'_>,
    groups: &(BTreeSet<String>, BTreeSet<String>),
) -> Outcome {
    let member = class.first;
    let real = real.get(&member.device.id);
    let (own, lines, stored) = match real {
        Some(real) => (real.own.clone(), real.lines.clone(), real.stored.clone()),
        None => stand_in(fleet, member),
    };
    let stack = |groups: &BTreeSet<String>| -> Vec<Layer> {
        let shared = fleet.shared(member, groups).into_iter().cloned();
        let mut layers: Vec<_> = shared.chain(own.iter().cloned()).collect();
        layers.extend(lines.iter().map(publish::line_layer));
        if let Some(holds) = fleet.holds.set(fleet.holds.which(member.device.id)) {
            holds.apply(&mut layers);
        }
        layers
    };
    let before = stack(&groups.0);
    let mut after = stack(&groups.1);
    let pins = target.level() == Level::Pin;
    after.retain(|layer| {
        layer.origin.layer != target.after.origin.layer && !(pins && layer.origin.level == Level::Pin)
    });
    let applies = target.level() != Level::Group || groups.1.contains(&target.scope);
    let mut locks = vec![];
    if applies {
        let said = target.before.as_ref().map(|layer| Content::of(layer, None));
        locks = among(&after, &target.after, said.as_ref());
        after.push(target.after.clone());
    }
    let (was, will) = (resolve(&before).0, resolve(&after).0);
    let differences = differences(&was, &will);
    if pins {
        locks = against_locks(&was, &differences);
    }
    if differences.is_empty() {
        return Outcome { changed: false, differences, found: vec![], locks };
    }
    let handsets = fleet.handsets.get(&member.device.id).cloned().unwrap_or_default();
    let catalogue = Catalogue::default();
    let written = |layers: &[Layer]| {
        let layers: Vec<_> = layers.iter().collect();
        let basis = Basis { layers: &layers, catalogue: &catalogue, installed: "", handsets: &handsets };
        publish::prepare_from(&stored, class.kind, lines.clone(), &basis)
    };
    let (before, after) = (written(&before), written(&after));
    let new = after.findings.iter().filter(|finding| says(finding) && !before.findings.contains(finding));
    let mut found: Vec<_> = new.cloned().collect();
    found.sort();
    found.dedup();
    Outcome { changed: digests(&before) != digests(&after), differences, found, locks }
}

/// Whether a plan says it: what blocks, and what a phone goes without or keeps although somebody meant otherwise.
fn says(finding: &Finding) -> bool {
    finding.blocks() || matches!(finding.code, Code::SettingLeftOut | Code::SettingKept)
}

fn digests(prepared: &Prepared) -> Vec<(&str, Digest)> {
    prepared.files.iter().map(|(name, artifact)| (name.as_str(), artifact.digest())).collect()
}

/// A member of a class without what is its alone: everything else is as it is.
fn stand_in(fleet: &Fleet, member: &Member) -> (Vec<Layer>, Vec<LineFacts>, Stored) {
    let d = &member.device;
    let nobody = Uuid::nil();
    let mut own = fleet.own(d.id).to_vec();
    if !own.iter().any(|layer| layer.origin.level == Level::Device) {
        let credential = [
            ("provisioning.user", Value::Text("rf000000000000".to_owned())),
            ("provisioning.password", Value::Secret(SecretId(nobody))),
        ];
        let settings = credential.into_iter().filter_map(|(p, v)| Some((Path::parse(p).ok()?, v))).collect();
        let origin = Origin {
            layer: LayerId(d.id.0),
            level: Level::Device,
            name: d.mac.to_string(),
            version: 1,
            change: String::new(),
        };
        own.push(Layer { origin, settings, locks: Locks::new() });
    }
    let line = |index: u8| LineFacts {
        line: LineId(nobody),
        index,
        extension: ExtensionId(nobody),
        number: format!("1{index:03}"),
        display_name: "Somebody".to_owned(),
        owner: "Somebody".to_owned(),
        secret: SecretId(nobody),
        change: String::new(),
        approver: String::new(),
        shared: false,
    };
    let keys = fleet.lines.get(&d.id).map_or(&[][..], Vec::as_slice);
    let lines = keys.iter().map(|(index, _)| line(*index)).collect();
    let stored = Stored {
        device: d.clone(),
        carried_line: member.carried_line,
        published_paths: member.published_paths.clone(),
        digest_user: String::new(),
        digest_secret: SecretId(nobody),
    };
    (own, lines, stored)
}
