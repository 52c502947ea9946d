//! What is shared is computed once, and is the same as what is computed phone by phone.

use super::{
    fleet::{Fleet, Real},
    reach::{Reach, Target, reach},
};
use crate::rollouts::holds::FleetHolds;
use domain::{
    Code, Mac,
    device::{Device, DeviceState, Serial},
    group::{Groups, Rule},
    ids::{DeviceId, ExtensionId, LayerId, LineId, SecretId, SegmentId, SiteId},
    layer::{Layer, Level, Locks, Origin, plan::Excluded},
    revision::LineFacts,
    setting::{Path, Value, schema::typed},
    vendor::Vendor,
};
use proptest::{collection::vec, prelude::*, sample::select};
use std::collections::HashMap;
use storage::{device::Stored, fleet::Member, label::Labels};
use uuid::Uuid;

/// Settings that layers of these tests say.
const SETTINGS: &[(&str, &str)] = &[
    ("phone.language", "fr"),
    ("phone.language", "de"),
    ("phone.ntp", "ntp.example"),
    ("network.vlan", "20"),
    ("network.vlan", "30"),
    ("network.vlan_priority", "5"),
    ("sip.expires", "300"),
    ("sip.registrar.host", "sip.example"),
    ("sip.domain", "example"),
    ("line.1.label", "Desk"),
    ("line.2.forward.always", "2110"),
    ("keys.3.type", "line"),
    ("phone.dial_plan", "{{ device.model }}"),
    ("line.1.forward.busy", "{{ extension.number }}"),
    ("raw.yealink.\"features.dnd.enable\"", "1"),
];

const SITES: [SiteId; 2] = [SiteId(Uuid::from_u128(901)), SiteId(Uuid::from_u128(902))];
const SEGMENT: SegmentId = SegmentId(Uuid::from_u128(911));
const PHONES: [(Vendor, &str); 4] = [
    (Vendor::Yealink, "T46U"),
    (Vendor::Yealink, "T31G"),
    (Vendor::Snom, "D735"),
    (Vendor::Linphone, "daemon"),
];

fn layer(level: Level, scope: &str, settings: &[usize], locks: &[usize]) -> Layer {
    let path = |n: usize| Path::parse(SETTINGS[n].0).unwrap();
    let set = |n: &usize| (path(*n), typed(&path(*n), SETTINGS[*n].1));
    let id = follows(&format!("{} {scope}", level.word()));
    let origin =
        Origin { layer: LayerId(id), level, name: scope.to_owned(), version: 1, change: "x".to_owned() };
    let locks: Locks = locks.iter().map(|n| (path(*n), "so agreed".to_owned())).collect();
    Layer { origin, settings: settings.iter().map(set).collect(), locks }
}

/// An id that follows from a text.
fn follows(text: &str) -> Uuid {
    let mut bytes = [0_u8; 16];
    for (n, byte) in text.bytes().enumerate() {
        bytes[n % 16] = bytes[n % 16].wrapping_mul(31).wrapping_add(byte);
    }
    Uuid::from_bytes(bytes)
}

#[derive(Clone, Debug)]
struct Phone {
    model: usize,
    site: usize,
    segment: bool,
    lines: Vec<bool>,
    carried: bool,
    retired: bool,
    served: Vec<usize>,
    own: Vec<usize>,
    tag: bool,
    pin: Option<Vec<usize>>,
}

fn phone() -> impl Strategy<Value = Phone> {
    let some = || vec(0..SETTINGS.len(), 0..3);
    let facts = (0..PHONES.len(), 0..SITES.len(), any::<bool>(), vec(any::<bool>(), 2));
    let more =
        (any::<bool>(), prop::bool::weighted(0.1), some(), prop_oneof![Just(vec![]), some()], any::<bool>());
    let pin = prop::option::weighted(0.3, some());
    (facts, more, pin).prop_map(
        |((model, site, segment, lines), (carried, retired, served, own, tag), pin)| Phone {
            model,
            site,
            segment,
            lines,
            carried,
            retired,
            served,
            own,
            tag,
            pin,
        },
    )
}

/// Settings and locks of one layer.
fn says() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    // What comes with a line is never locked.
    (vec(0..SETTINGS.len(), 0..5), vec(0..9_usize, 0..2))
}

/// The fleet, and every phone of it with what is its alone.
fn fleet(phones: &[Phone], stack: &[(Vec<usize>, Vec<usize>)]) -> (Fleet, HashMap<DeviceId, Real>) {
    let scopes = [
        (Level::Vendor, "yealink".to_owned()),
        (Level::Organisation, "organisation".to_owned()),
        (Level::Site, SITES[0].to_string()),
        (Level::Segment, SEGMENT.to_string()),
        (Level::Group, "quiet".to_owned()),
    ];
    let shared = scopes.into_iter().zip(stack);
    let shared = shared.map(|((level, scope), (set, locks))| {
        let layer = layer(level, &scope, set, locks);
        ((level, scope), layer)
    });
    let quiet = Rule { tags: ["quiet".to_owned()].into(), ..Rule::default() };
    let mut fleet = Fleet {
        members: vec![],
        lines: HashMap::new(),
        handsets: HashMap::new(),
        labels: HashMap::new(),
        sites: SITES.iter().zip(["lon", "par"]).map(|(id, code)| (*id, code.to_owned())).collect(),
        groups: Groups::from([("quiet".to_owned(), quiet)]),
        shared: shared.collect(),
        own: HashMap::new(),
        holds: FleetHolds::default(),
    };
    let mut real = HashMap::new();
    for (n, phone) in (1_u128..).zip(phones) {
        let id = DeviceId(Uuid::from_u128(n));
        let (vendor, model) = PHONES[phone.model];
        let device = Device {
            id,
            site: SITES[phone.site],
            serial: Serial::parse(&format!("SERIAL{n}")).unwrap(),
            mac: Mac::parse(&format!("80:5e:c0:00:00:{n:02x}")).unwrap(),
            vendor,
            model: model.to_owned(),
            place: None,
            segment: (phone.segment && phone.site == 0).then_some(SEGMENT),
            state: if phone.retired { DeviceState::Retired } else { DeviceState::Active },
        };
        let served: Vec<_> = phone.served.iter().map(|n| SETTINGS[*n].0).collect();
        let published_paths = serde_json::to_string(&served).unwrap();
        let keys: Vec<u8> = (1..).zip(&phone.lines).filter(|(_, on)| **on).map(|(key, _)| key).collect();
        if !keys.is_empty() {
            let owner = Some(Uuid::from_u128(n % 3));
            fleet.lines.insert(id, keys.iter().map(|key| (*key, owner)).collect());
        }
        if phone.tag {
            fleet.labels.insert(id, Labels { role: None, tags: ["quiet".to_owned()].into() });
        }
        let mut own = layer(Level::Device, &id.to_string(), &phone.own, &[]);
        let user = Path::parse("provisioning.user").unwrap();
        own.settings.insert(user, Value::Text(format!("rf{n:012}")));
        let password = Path::parse("provisioning.password").unwrap();
        own.settings.insert(password, Value::Secret(SecretId(Uuid::from_u128(1000 + n))));
        let pin = phone.pin.as_ref().map(|held| layer(Level::Pin, &format!("{id}/1"), held, &[]));
        let more = (!phone.own.is_empty()).then(|| own.clone());
        let said: Vec<_> = more.into_iter().chain(pin.clone()).collect();
        if !said.is_empty() {
            fleet.own.insert(id, said);
        }
        let line = |index: u8| LineFacts {
            line: LineId(Uuid::from_u128(n)),
            index,
            extension: ExtensionId(Uuid::from_u128(n)),
            number: format!("{}", 2000 + 10 * n + u128::from(index)),
            display_name: format!("Name {n}"),
            owner: format!("Name {n}"),
            secret: SecretId(Uuid::from_u128(2000 + n)),
            change: format!("CR-{n}"),
            approver: "Grace".to_owned(),
            shared: false,
        };
        let stored = Stored {
            device: device.clone(),
            carried_line: phone.carried,
            published_paths: published_paths.clone(),
            digest_user: format!("rf{n:012}"),
            digest_secret: SecretId(Uuid::from_u128(1000 + n)),
        };
        let lines = keys.into_iter().map(line).collect();
        let own = std::iter::once(own).chain(pin).collect();
        real.insert(id, Real { stored, own, lines });
        fleet.members.push(Member { device, carried_line: phone.carried, published_paths });
    }
    (fleet, real)
}

/// What is said of a plan, but for how much work it was.
fn said(reach: Reach) -> Reach {
    let mut reach = Reach { classes: 0, ..reach };
    for difference in reach.alike.iter_mut().flat_map(|alike| &mut alike.differences) {
        difference.origin = String::new();
    }
    reach
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Exact and never estimated: resolving once for phones that share a stack finds what resolving each finds.
    #[test]
    fn once_for_a_stack_is_the_same_as_once_for_each_phone(
        phones in vec(phone(), 1..10),
        stack in vec(says(), 5),
        wanted in says(),
        level in select(vec![Level::Organisation, Level::Vendor, Level::Site, Level::Segment, Level::Group]),
        regroup: bool,
    ) {
        let (fleet, real) = fleet(&phones, &stack);
        let scope = match level {
            Level::Vendor => "yealink".to_owned(),
            Level::Site => SITES[0].to_string(),
            Level::Segment => SEGMENT.to_string(),
            Level::Group => "quiet".to_owned(),
            _ => "organisation".to_owned(),
        };
        let mut groups = fleet.groups.clone();
        if level == Level::Group && regroup {
            groups.insert(scope.clone(), Rule { sites: ["lon".to_owned()].into(), ..Rule::default() });
        }
        let before = fleet.shared.get(&(level, scope.clone())).cloned();
        let target = Target { after: layer(level, &scope, &wanted.0, &wanted.1), scope, before, groups, labels: None };
        // Where an expression is added or taken away, every phone is looked at by itself anyway.
        prop_assume!(!target.reads_facts());
        let shared = reach(&fleet, &target, &HashMap::new());
        let each = reach(&fleet, &target, &real);
        prop_assert!(shared.classes <= each.classes);
        prop_assert_eq!(said(shared), said(each));
    }

    /// Nobody is forgotten and nobody is named twice.
    #[test]
    fn every_phone_of_the_layer_is_somewhere(phones in vec(phone(), 1..10), stack in vec(says(), 5), wanted in says()) {
        let (fleet, real) = fleet(&phones, &stack);
        let scope = "organisation".to_owned();
        let after = layer(Level::Organisation, &scope, &wanted.0, &wanted.1);
        let before = fleet.shared.get(&(Level::Organisation, scope.clone())).cloned();
        let target = Target { scope, before, after, groups: fleet.groups.clone(), labels: None };
        let reached = reach(&fleet, &target, &real);
        let counts = reached.counts;
        let mut named: Vec<_> = reached.alike.iter().flat_map(|alike| alike.devices.clone()).collect();
        named.extend(reached.excluded.iter().map(|excluded| excluded.mac));
        named.sort_unstable();
        let many = named.len();
        named.dedup();
        prop_assert_eq!(named.len(), many);
        let excluded = u32::try_from(reached.excluded.len()).unwrap();
        prop_assert_eq!(counts.in_scope, counts.devices + counts.unchanged + excluded);
        prop_assert_eq!(counts.in_scope as usize, phones.len());
        let pinned = |excluded: &&Excluded| excluded.finding.code == Code::DevicePinned;
        let in_use = phones.iter().filter(|phone| phone.pin.is_some() && !phone.retired).count();
        prop_assert!(reached.excluded.iter().filter(pinned).count() <= in_use);
        // What changes nothing, changes no phone.
        if target.before.as_ref().is_some_and(|before| before.settings == target.after.settings && before.locks == target.after.locks) {
            prop_assert_eq!(counts.devices, 0);
        }
    }
}
