//! Creates the records of a checked package: rows get ids, devices get line keys, a credential and a baseline.
//!
//! In many transactions: SQLite has one writer, and the edge waits for it.

use super::seal;
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    existing::Keys,
    firmware::aim::Catalogue,
    numbers::{self, Taken},
    publish::{self, Publication},
};
use domain::{
    Code,
    account::{Extension, Owner, Person},
    change_request::Route,
    device::{Device, DeviceState, Endpoint, EndpointKind},
    ids::{
        DeviceId, EndpointId, ExtensionId, LayerId, PersonId, PlaceId, RangeId, RevisionId, SecretId,
        SegmentId, SiteId,
    },
    layer::{Layer, Level, Locks, Origin},
    number::{Number, NumberRange},
    package::{self, OwnerKey, Package},
    revision::RevisionKind,
    setting::{Path, Value},
    site::{Place, Segment, Site},
};
use std::collections::BTreeMap;
use storage::{Tx, device, layer, person, secret, site};
use uuid::Uuid;

/// What one transaction may weigh: a device makes some thirty statements, an extension seven, any other row one to three.
const TURN: usize = 200;
const DEVICE: usize = 30;
/// With its number and its DID, each of which is somebody's from now on.
const EXTENSION: usize = 7;
pub(super) const ROW: usize = 3;

pub(super) struct Creation<'a> {
    pub(super) services: &'a Services,
    pub(super) op: &'a Operation,
    keys: Keys,
    pub(super) change: &'a str,
    act: Option<Act<'a>>,
    /// What changes who rings is asked for instead of being written, because a person imports it.
    pub(super) asks: bool,
    /// What is asked for.
    pub(super) asked: Vec<Route>,
    /// Of the act that is open.
    rows: usize,
    weight: usize,
}

impl<'a> Creation<'a> {
    pub(super) fn new(
        services: &'a Services,
        op: &'a Operation,
        keys: Keys,
        change: &'a str,
        asks: bool,
    ) -> Self {
        Self { services, op, keys, change, act: None, asks, asked: vec![], rows: 0, weight: 0 }
    }

    /// The open act, for a row of this weight.
    pub(super) async fn act(&mut self, weight: usize) -> Result<()> {
        if self.weight + weight > TURN {
            self.close().await?;
        }
        (self.rows, self.weight) = (self.rows + 1, self.weight + weight);
        if self.act.is_none() {
            self.act = Some(Act::begin(self.services, self.op).await?);
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        self.weight = 0;
        let Some(mut act) = self.act.take() else { return Ok(()) };
        let after = Some(format!("{rows} records"));
        act.note(Note { action: "import.create", subject: self.change.to_owned(), after, ..Note::default() });
        act.commit().await
    }

    pub(super) fn tx(&mut self) -> Result<&mut Tx> {
        let act = self.act.as_mut().ok_or_else(|| Problem::invalid(Code::ImportBusy, "import"))?;
        Ok(&mut act.tx)
    }

    pub(super) fn id(&self) -> Uuid {
        self.services.0.env.id()
    }

    pub(super) fn site(&self, code: &str) -> Result<SiteId> {
        self.keys.sites.get(code).copied().ok_or_else(|| Problem::invalid(Code::SiteUnknown, code))
    }

    /// Creates everything; what is left to be asked for.
    pub(super) async fn run(mut self, package: Package) -> Result<Vec<Route>> {
        for row in package.sites {
            self.act(ROW).await?;
            let id = SiteId(self.id());
            let site = Site {
                id,
                code: row.site.clone(),
                name: row.name,
                time_zone: row.time_zone,
                scope: row.scope,
            };
            site::insert(self.tx()?, &site).await?;
            let zone = vec![("phone.timezone", Value::Text(site.time_zone.clone()))];
            self.layer(Level::Site, id.to_string(), &site.code, zone).await?;
            self.keys.sites.insert(row.site, id);
        }
        for row in package.segments {
            self.act(ROW).await?;
            let id = SegmentId(self.id());
            let site = self.site(&row.site)?;
            let segment = Segment {
                id,
                site,
                code: row.segment.clone(),
                cidr: row.cidr,
                vlan: row.vlan,
                ntp: row.ntp.clone(),
            };
            site::insert_segment(self.tx()?, &segment).await?;
            let mut settings = vec![];
            settings.extend(row.vlan.map(|vlan| ("network.vlan", Value::Number(i64::from(vlan)))));
            settings.extend(row.ntp.map(|ntp| ("phone.ntp", Value::Text(ntp))));
            let name = format!("{}/{}", row.site, row.segment);
            self.layer(Level::Segment, id.to_string(), &name, settings).await?;
            self.keys.segments.insert((row.site, row.segment), id);
        }
        for row in package.ranges {
            self.act(ROW).await?;
            let (id, site) = (RangeId(self.id()), self.site(&row.site)?);
            let range = NumberRange { id, site, kind: row.kind, first: row.first, last: row.last };
            site::insert_range(self.tx()?, &range).await?;
        }
        for row in package.places {
            self.act(ROW).await?;
            let (id, site) = (PlaceId(self.id()), self.site(&row.site)?);
            let place = Place {
                id,
                site,
                code: row.place.clone(),
                building: row.building,
                floor: row.floor,
                room: row.room,
                emergency_location: row.emergency_location,
                callback_number: row.callback_number,
                contact: row.contact,
            };
            site::insert_place(self.tx()?, &place).await?;
            self.keys.places.insert((row.site, row.place), id);
        }
        for row in package.people {
            self.act(ROW).await?;
            let (id, site) = (PersonId(self.id()), self.site(&row.site)?);
            let person = Person {
                id,
                site,
                reference: row.person.clone(),
                name: row.name,
                email: row.email,
                account: row.account,
                starts: row.starts,
                ends: row.ends,
                source: self.change.to_owned(),
                changed_at: Some(self.op.now),
            };
            person::insert(self.tx()?, &person).await?;
            self.keys.people.insert(row.person, id);
        }
        for row in package.extensions {
            self.act(EXTENSION).await?;
            let site = self.site(&row.site)?;
            let owner = match &row.owner {
                OwnerKey::Person(reference) => self.keys.people.get(reference).map(|id| Owner::Person(*id)),
                OwnerKey::Place(code) => {
                    self.keys.places.get(&(row.site.clone(), code.clone())).map(|id| Owner::Place(*id))
                }
            };
            let extension = Extension {
                id: ExtensionId(self.id()),
                site,
                number: row.extension,
                did: row.did,
                owner,
                enabled: row.enabled,
                class_of_service: row.class_of_service,
                display_name: row.display_name,
            };
            person::insert_extension(self.tx()?, &extension).await?;
            self.take_numbers(&extension).await?;
        }
        self.routing(package.schedules, package.hunt_groups, package.profiles).await?;
        let catalogue = Catalogue::load(&mut self.services.0.store.read().await?).await?;
        let mut stacks = BTreeMap::new();
        for row in package.devices {
            self.act(DEVICE).await?;
            self.device(row, &catalogue, &mut stacks).await?;
        }
        for row in package.handsets {
            self.act(ROW).await?;
            // It was free when the package was checked: somebody was faster.
            if !device::first_ipei(self.tx()?, &row.serial, row.handset, row.ipei).await? {
                return Err(Problem::invalid(Code::IpeiBound, &row.serial.to_string()));
            }
        }
        self.close().await?;
        Ok(self.asked)
    }

    /// The numbers of an extension are its owner's from now on.
    async fn take_numbers(&mut self, extension: &Extension) -> Result<()> {
        let own = Number::Extension(extension.number.clone());
        let did = extension.did.clone().map(Number::Did);
        let (now, by) = (self.op.now, self.change);
        for number in [Some(own), did].into_iter().flatten() {
            let id = self.id();
            let taken = Taken { number: &number, extension: extension.id, site: extension.site };
            numbers::take(self.tx()?, id, &taken, extension.owner, now, by).await?;
        }
        Ok(())
    }

    async fn layer(
        &mut self,
        level: Level,
        scope: String,
        name: &str,
        settings: Vec<(&str, Value)>,
    ) -> Result<Layer> {
        let origin = Origin {
            layer: LayerId(self.id()),
            level,
            name: name.to_owned(),
            version: 1,
            change: self.change.to_owned(),
        };
        let settings = settings.into_iter().filter_map(|(p, v)| Some((Path::parse(p).ok()?, v))).collect();
        let layer = Layer { origin, settings, locks: Locks::new() };
        let now = self.op.now;
        layer::publish(self.tx()?, &layer, &scope, now).await?;
        Ok(layer)
    }

    /// A device with its line keys, its provisioning credential and its baseline revision.
    async fn device(
        &mut self,
        row: package::DeviceRow,
        catalogue: &Catalogue,
        stacks: &mut BTreeMap<(String, Option<SegmentId>), Vec<Layer>>,
    ) -> Result<()> {
        let site = self.site(&row.site)?;
        let key = |code: &str| (row.site.clone(), code.to_owned());
        let segment = self.keys.segments.get(&key(&row.segment)).copied();
        let place = self.keys.places.get(&key(&row.place)).copied();
        let id = DeviceId(self.id());
        let digest_secret = SecretId(self.id());
        // Safe in an address, because some phones keep the credential there.
        let digest_user = format!("rf{}", hex::encode(self.services.0.env.bytes::<6>()));
        let stored = device::Stored {
            device: Device {
                id,
                site,
                serial: row.serial,
                mac: row.mac,
                vendor: row.vendor,
                model: row.model,
                place,
                segment,
                state: DeviceState::Active,
            },
            carried_line: false,
            published_paths: "[]".to_owned(),
            digest_user: digest_user.clone(),
            digest_secret,
        };
        let now = self.op.now;
        device::insert(self.tx()?, &stored).await?;
        let sealed = seal(self.services, digest_secret, &self.services.0.env.password())?;
        secret::insert(self.tx()?, digest_secret, sealed, now).await?;
        let model = stored.device.vendor.model(&stored.device.model);
        let (kind, accounts) = model.map_or((EndpointKind::LineKey, 0), |m| (m.endpoint, m.accounts));
        for index in 1..=accounts {
            let endpoint = Endpoint { id: EndpointId(self.id()), device: id, kind, index, ipei: None };
            device::insert_endpoint(self.tx()?, &endpoint).await?;
        }
        let credential = vec![
            ("provisioning.user", Value::Text(digest_user)),
            ("provisioning.password", Value::Secret(digest_secret)),
        ];
        let own =
            self.layer(Level::Device, id.to_string(), &stored.device.mac.to_string(), credential).await?;
        // Devices of one model and segment share all but their own layer: loaded once per package.
        let shared = (format!("{} {} {site}", stored.device.vendor, stored.device.model), segment);
        if !stacks.contains_key(&shared) {
            let mut layers = publish::stack(self.tx()?, &stored.device).await?;
            layers.retain(|l| l.origin.level != Level::Device);
            stacks.insert(shared.clone(), layers);
        }
        let mut layers = stacks.get(&shared).cloned().unwrap_or_default();
        layers.push(own);
        let layers: Vec<_> = layers.iter().collect();
        let prepared = publish::prepare_from(
            &stored,
            RevisionKind::Baseline,
            vec![],
            &publish::Basis { layers: &layers, catalogue, installed: "", handsets: &BTreeMap::new() },
        );
        let as_ = Publication {
            id: RevisionId(self.id()),
            number: 1,
            change: self.change,
            approver: None,
            at: now,
        };
        publish::publish(self.tx()?, &stored, prepared, as_).await
    }
}
