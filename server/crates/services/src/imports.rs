//! Site packages from CSV: staged for a preview with row-numbered errors, then committed, all or nothing.

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    existing::{self, Keys},
    publish::{self, Publication},
    view::ImportView,
};
use domain::{
    Code, Finding, Timestamp,
    account::{Extension, Owner, Person},
    authz::{Action, authorise},
    device::{Device, DeviceState, Endpoint, EndpointKind},
    ids::{
        DeviceId, EndpointId, ExtensionId, LayerId, PersonId, PlaceId, RangeId, RevisionId, SecretId,
        SegmentId, SiteId,
    },
    layer::{Layer, Level, Origin},
    number::NumberRange,
    package::{self, OwnerKey, Package, Upload},
    revision::RevisionKind,
    setting::{Path, Value},
    site::{Place, Segment, Site},
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Tx, device, import, layer, ledger::ORGANISATION, person, secret, site, user};
use uuid::Uuid;

/// Keeps the files and returns the id of the preview.
pub async fn stage(services: &Services, op: &Operation, uploads: Vec<Upload>) -> Result<String> {
    authorise(&op.actor, Action::Import)?;
    if uploads.is_empty() {
        return Err(Problem::invalid(Code::ImportEmpty, "files"));
    }
    let id = services.0.env.id();
    let names: Vec<_> = uploads.iter().map(|u| u.name.as_str()).collect();
    let files = serde_json::to_string(&names).unwrap_or_default();
    let mut act = Act::begin(services, op).await?;
    let staged = import::Import {
        import_id: id,
        number: user::next_number(&mut act.tx, "import").await?,
        digest: package::digest(&uploads),
        files: files.clone(),
        body: Some(pack(&uploads)),
        staged_by: op.actor.name.clone(),
        staged_at: op.now.0,
        committed_at: None,
    };
    import::stage(&mut act.tx, &staged).await?;
    let subject = format!("import {}", staged.number);
    act.note(Note { action: "import.stage", subject, after: Some(files), ..Note::default() });
    act.commit().await?;
    Ok(id.to_string())
}

fn pack(uploads: &[Upload]) -> Vec<u8> {
    // Names and contents as JSON; contents as hexadecimal, because they may not be UTF-8.
    let files: Vec<_> = uploads.iter().map(|u| (&u.name, hex::encode(&u.bytes))).collect();
    serde_json::to_vec(&files).unwrap_or_default()
}

fn unpack(body: &[u8]) -> Vec<Upload> {
    let files: Vec<(String, String)> = serde_json::from_slice(body).unwrap_or_default();
    files
        .into_iter()
        .map(|(name, text)| Upload { name, bytes: hex::decode(text).unwrap_or_default() })
        .collect()
}

async fn look(tx: &mut Tx, staged: import::Import) -> Result<(ImportView, Package, Keys)> {
    let (existing, keys) = existing::load(tx).await?;
    let uploads = unpack(staged.body.as_deref().unwrap_or_default());
    let (package, findings) = if staged.committed_at.is_some() {
        (Package::default(), vec![])
    } else {
        package::check(&uploads, &existing)
    };
    let counts = [
        ("sites", package.sites.len()),
        ("segments", package.segments.len()),
        ("ranges", package.ranges.len()),
        ("places", package.places.len()),
        ("people", package.people.len()),
        ("extensions", package.extensions.len()),
        ("devices", package.devices.len()),
    ];
    let view = ImportView {
        id: staged.import_id.to_string(),
        files: serde_json::from_str(&staged.files).unwrap_or_default(),
        counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
        unchanged: package.unchanged,
        findings,
        committed: staged.committed_at.map(Timestamp),
        repeated: staged.committed_at.is_none() && import::committed(tx, &staged.digest).await?.is_some(),
    };
    Ok((view, package, keys))
}

async fn staged(tx: &mut Tx, id: &str) -> Result<import::Import> {
    let missing = || Problem::not_found("import");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    import::load(tx, id).await?.ok_or_else(missing)
}

/// The preview: what would be created, and everything that is wrong.
pub async fn view(services: &Services, op: &Operation, id: &str) -> Result<ImportView> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let staged = staged(&mut tx, id).await?;
    Ok(look(&mut tx, staged).await?.0)
}

/// Checks files without keeping them: the command line's `--dry-run`.
pub async fn check(
    services: &Services,
    op: &Operation,
    uploads: &[Upload],
) -> Result<(Package, Vec<package::RowFinding>)> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let (existing, _) = existing::load(&mut tx).await?;
    Ok(package::check(uploads, &existing))
}

/// The newest imports.
pub async fn recent(services: &Services, op: &Operation) -> Result<Vec<ImportView>> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let rows = import::recent(&mut tx).await?;
    Ok(rows
        .into_iter()
        .map(|row| ImportView {
            id: row.import_id.to_string(),
            files: serde_json::from_str(&row.files).unwrap_or_default(),
            counts: vec![],
            unchanged: 0,
            findings: vec![],
            committed: row.committed_at.map(Timestamp),
            repeated: false,
        })
        .collect())
}

/// Creates everything in the package, or nothing. Checked again, because the inventory may have changed.
pub async fn commit(services: &Services, op: &Operation, id: &str) -> Result<()> {
    authorise(&op.actor, Action::Import)?;
    let mut act = Act::begin(services, op).await?;
    let staged = staged(&mut act.tx, id).await?;
    let (import_id, change) = (staged.import_id, format!("import {}", staged.number));
    let (view, package, keys) = look(&mut act.tx, staged).await?;
    if view.committed.is_some() || view.repeated {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::ImportRepeated, "import")));
    }
    if !view.findings.is_empty() {
        return Err(Problem::blocked(view.findings.into_iter().map(|f| f.finding).take(50).collect()));
    }
    let now = act.now;
    if !import::commit(&mut act.tx, import_id, now).await? {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::ImportRepeated, "import")));
    }
    let created = package.created();
    Creation { services, act: &mut act, keys, change: &change }.run(package).await?;
    publish::common_files(&mut act.tx).await?;
    act.bump(ORGANISATION);
    let after = Some(format!("{created} records created, {} unchanged", view.unchanged));
    act.note(Note { action: "import.commit", subject: change, after, ..Note::default() });
    act.commit().await
}

struct Creation<'a, 'b> {
    services: &'a Services,
    act: &'b mut Act<'a>,
    keys: Keys,
    change: &'b str,
}

impl Creation<'_, '_> {
    fn id(&self) -> Uuid {
        self.services.0.env.id()
    }

    fn site(&self, code: &str) -> Result<SiteId> {
        self.keys.sites.get(code).copied().ok_or_else(|| Problem::invalid(Code::SiteUnknown, code))
    }

    async fn run(mut self, package: Package) -> Result<()> {
        for row in package.sites {
            let id = SiteId(self.id());
            let site = Site {
                id,
                code: row.site.clone(),
                name: row.name,
                time_zone: row.time_zone,
                scope: row.scope,
            };
            site::insert(&mut self.act.tx, &site).await?;
            let zone = vec![("phone.timezone", Value::Text(site.time_zone.clone()))];
            self.layer(Level::Site, id.to_string(), &site.code, zone).await?;
            self.keys.sites.insert(row.site, id);
        }
        for row in package.segments {
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
            site::insert_segment(&mut self.act.tx, &segment).await?;
            let mut settings = vec![];
            settings.extend(row.vlan.map(|vlan| ("network.vlan", Value::Number(i64::from(vlan)))));
            settings.extend(row.ntp.map(|ntp| ("phone.ntp", Value::Text(ntp))));
            let name = format!("{}/{}", row.site, row.segment);
            self.layer(Level::Segment, id.to_string(), &name, settings).await?;
            self.keys.segments.insert((row.site, row.segment), id);
        }
        for row in package.ranges {
            let (id, site) = (RangeId(self.id()), self.site(&row.site)?);
            let range = NumberRange { id, site, kind: row.kind, first: row.first, last: row.last };
            site::insert_range(&mut self.act.tx, &range).await?;
        }
        for row in package.places {
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
            site::insert_place(&mut self.act.tx, &place).await?;
            self.keys.places.insert((row.site, row.place), id);
        }
        for row in package.people {
            let (id, site) = (PersonId(self.id()), self.site(&row.site)?);
            let person = Person {
                id,
                site,
                reference: row.person.clone(),
                name: row.name,
                email: row.email,
                account: row.account,
            };
            person::insert(&mut self.act.tx, &person).await?;
            self.keys.people.insert(row.person, id);
        }
        for row in package.extensions {
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
            person::insert_extension(&mut self.act.tx, &extension).await?;
        }
        let mut stacks = BTreeMap::new();
        for row in package.devices {
            self.device(row, &mut stacks).await?;
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
        let layer = Layer { origin, settings, locks: BTreeSet::new() };
        let now = self.act.now;
        layer::publish(&mut self.act.tx, &layer, &scope, now).await?;
        Ok(layer)
    }

    /// A device with its line keys, its provisioning credential and its baseline revision.
    async fn device(
        &mut self,
        row: package::DeviceRow,
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
        let now = self.act.now;
        device::insert(&mut self.act.tx, &stored).await?;
        let sealed = seal(self.services, digest_secret, &self.services.0.env.password())?;
        secret::insert(&mut self.act.tx, digest_secret, sealed, now).await?;
        let accounts = stored.device.vendor.accounts(&stored.device.model).unwrap_or(0);
        for index in 1..=accounts {
            let endpoint =
                Endpoint { id: EndpointId(self.id()), device: id, kind: EndpointKind::LineKey, index };
            device::insert_endpoint(&mut self.act.tx, &endpoint).await?;
        }
        let credential = vec![
            ("provisioning.user", Value::Text(digest_user)),
            ("provisioning.password", Value::Secret(digest_secret)),
        ];
        let own =
            self.layer(Level::Device, id.to_string(), &stored.device.mac.to_string(), credential).await?;
        // Devices of one vendor and segment share all but their own layer: loaded once per package.
        let shared = (format!("{} {site}", stored.device.vendor), segment);
        if !stacks.contains_key(&shared) {
            let mut layers = publish::stack(&mut self.act.tx, &stored.device).await?;
            layers.retain(|l| l.origin.level != Level::Device);
            stacks.insert(shared.clone(), layers);
        }
        let mut layers = stacks.get(&shared).cloned().unwrap_or_default();
        layers.push(own);
        let prepared = publish::prepare_from(&stored, RevisionKind::Baseline, vec![], &layers);
        let as_ = Publication {
            id: RevisionId(self.id()),
            number: 1,
            change: self.change,
            approver: None,
            at: now,
        };
        publish::publish(&mut self.act.tx, &stored, prepared, as_).await
    }
}

/// Seals a secret with a fresh nonce.
pub(crate) fn seal(services: &Services, id: SecretId, secret: &str) -> Result<Vec<u8>> {
    let nonce = services.0.env.bytes::<24>();
    services.0.keys.vault.seal(id, secret, nonce).map_err(|code| Problem::invalid(code, "secret"))
}
