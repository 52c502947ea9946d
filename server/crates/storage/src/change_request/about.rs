//! Everything that a request is about, in a number of statements that does not grow with it.

use crate::{
    Error, Tx,
    args::args,
    device::{DeviceRow, Stored},
    gate::EvidenceRow,
    label::{self, Labels},
    layer::{self, LayerRow},
    line::{Standing, StandingRow},
    person::{ExtensionRow, PersonRow},
    policy,
    revision::number,
    site::{self, PlaceRow},
    statements,
};
use domain::{
    Ipei, Mac, Timestamp,
    account::{Extension, Person},
    device::{Endpoint, EndpointKind},
    gate::{Gate, SignOff},
    group::Groups,
    ids::{ChangeRequestId, DeviceId, EndpointId, ExtensionId, PersonId, PlaceId, SegmentId, SiteId, UserId},
    layer::{Layer, Level},
    policy::Policy,
    revision::RevisionKind,
    site::{Place, Segment, Site},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

statements! {
    DEVICES = "SELECT d.device_id, d.site_id, d.serial, d.mac, d.vendor, d.model, d.place_id, d.segment_id, d.state, d.quarantine_weight, d.carried_line, d.published_paths, d.digest_user, d.digest_secret_id, (SELECT max(r.number) FROM revision r WHERE r.device_id = d.device_id) AS last_number, (SELECT o.firmware FROM observation o WHERE o.device_id = d.device_id) AS installed FROM device d WHERE d.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')";
    ENDPOINTS = "SELECT device_id, endpoint_id, kind, position, ipei FROM endpoint WHERE device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied') ORDER BY device_id, position";
    STANDING = "SELECT e.device_id, l.line_id, l.endpoint_id, e.position, l.extension_id, l.exclusive, l.secret_id, l.change_request_id, r.number AS change_number, coalesce(l.approved_by, (SELECT string_agg(u.name, ', ' ORDER BY a.position) FROM approval a JOIN user_account u ON u.user_id = a.user_id WHERE a.change_request_id = r.change_request_id), '') AS approver FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN change_request r ON r.change_request_id = l.change_request_id WHERE e.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied') AND l.ended_at IS NULL ORDER BY e.device_id, e.position";
    EXTENSIONS = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension WHERE extension_id IN (SELECT i.extension_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied' UNION SELECT l.extension_id FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE l.ended_at IS NULL AND e.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied'))";
    PEOPLE = "SELECT person_id, site_id, reference, name, email, account, starts_at, ends_at, source, changed_at FROM person WHERE person_id IN (SELECT x.owner_person_id FROM extension x WHERE x.extension_id IN (SELECT i.extension_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied' UNION SELECT l.extension_id FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE l.ended_at IS NULL AND e.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')))";
    PLACES = "SELECT place_id, site_id, code, building, floor, room, emergency_location, callback_number, contact FROM place WHERE place_id IN (SELECT x.owner_place_id FROM extension x WHERE x.extension_id IN (SELECT i.extension_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied' UNION SELECT l.extension_id FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE l.ended_at IS NULL AND e.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')) UNION SELECT d.place_id FROM device d WHERE d.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied'))";
    EVIDENCE = "SELECT g.segment_id, g.evidence_id, g.check_name, g.passed, g.note, g.entered_by, g.entered_at, g.valid_until FROM gate_evidence g JOIN segment s ON s.segment_id = g.segment_id WHERE g.entered_at > coalesce(s.changed_at, g.entered_at - 1) AND g.segment_id IN (SELECT d.segment_id FROM device d WHERE d.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')) AND NOT EXISTS (SELECT 1 FROM gate_evidence n WHERE n.segment_id = g.segment_id AND n.check_name = g.check_name AND (n.entered_at > g.entered_at OR (n.entered_at = g.entered_at AND n.evidence_id > g.evidence_id))) ORDER BY g.check_name";
    SIGN_OFFS = "SELECT g.segment_id, g.signed_at, g.signed_by, g.valid_until, g.evidence FROM gate_sign_off g JOIN segment s ON s.segment_id = g.segment_id WHERE g.signed_at > coalesce(s.changed_at, g.signed_at - 1) AND g.segment_id IN (SELECT d.segment_id FROM device d WHERE d.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')) AND NOT EXISTS (SELECT 1 FROM gate_sign_off n WHERE n.segment_id = g.segment_id AND n.signed_at > g.signed_at)";
    HOLDERS = "SELECT l.extension_id, e.device_id, e.endpoint_id, d.vendor, d.model, d.mac FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE l.ended_at IS NULL AND l.extension_id IN (SELECT i.extension_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied') ORDER BY d.mac, e.position";
    SHARED = "SELECT p.extension_id FROM profile p WHERE p.shared AND p.extension_id IN (SELECT i.extension_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')";
    CURRENT = "SELECT c.device_id, c.kind, r.number FROM current_revision c JOIN revision r ON r.revision_id = c.revision_id WHERE c.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')";
    SHARED_LAYERS = "SELECT l.scope, l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.level NOT IN ('device', 'exception', 'pin') AND v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id)";
    EXCEPTIONS = "SELECT l.scope, l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.layer_id IN (SELECT x.layer_id FROM layer_exception x WHERE x.ended_at IS NULL AND x.device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')) AND v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id)";
    LABELS = "SELECT device_id, kind, word FROM device_label WHERE device_id IN (SELECT i.device_id FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied')";
    OWN_LAYERS = "SELECT l.scope, l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.level = 'device' AND l.scope IN (SELECT i.scope FROM change_request_item i WHERE i.change_request_id = $1 AND i.state_word <> 'applied') AND v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id)";
}

/// What surrounds the items of a request that are not applied.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The devices.
    pub devices: Vec<Stored>,
    /// Their endpoints, by index.
    pub endpoints: BTreeMap<DeviceId, Vec<Endpoint>>,
    /// What stands on them, by index.
    pub standing: BTreeMap<DeviceId, Vec<Standing>>,
    /// The extensions that are asked for, and those that stand on the devices.
    pub extensions: BTreeMap<ExtensionId, Extension>,
    /// People who own them.
    pub people: BTreeMap<PersonId, Person>,
    /// Places that own them, and those of the devices.
    pub places: BTreeMap<PlaceId, Place>,
    /// All sites.
    pub sites: BTreeMap<SiteId, Site>,
    /// All segments.
    pub segments: BTreeMap<SegmentId, Segment>,
    /// The gates of the devices' segments.
    pub gates: BTreeMap<SegmentId, Gate>,
    /// What sites demand, where that was set.
    pub policies: BTreeMap<SiteId, Policy>,
    /// Where the extensions that are asked for stand.
    pub holders: BTreeMap<ExtensionId, Vec<Holder>>,
    /// Those of them that may stand on several devices.
    pub shared: BTreeSet<ExtensionId>,
    /// Numbers of the revisions that are current, by device and kind.
    pub current: BTreeMap<(DeviceId, RevisionKind), u32>,
    /// Numbers of the newest revisions.
    pub last_numbers: BTreeMap<DeviceId, u32>,
    /// Firmware that the devices were last seen with.
    pub installed: BTreeMap<DeviceId, String>,
    /// The newest version of every layer that is not of one device, and of those of these devices, by level and scope.
    pub layers: BTreeMap<(Level, String), Layer>,
    /// The exceptions that stand on these devices.
    pub exceptions: BTreeMap<DeviceId, Vec<Layer>>,
    /// The rule of every group.
    pub groups: Groups,
    /// What these devices are for, and what else is said of them.
    pub labels: HashMap<DeviceId, Labels>,
}

/// Where an extension stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The device.
    pub device: DeviceId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The device as people read it: `yealink T46U 80:5e:c0:12:34:56`.
    pub name: String,
}

/// Loads it. Some twenty statements, however many items there are.
pub async fn about(tx: &mut Tx, request: ChangeRequestId) -> Result<About, Error> {
    let id = request.0;
    let mut about = About::default();
    devices(tx, id, &mut about).await?;
    endpoints(tx, id, &mut about).await?;
    standing(tx, id, &mut about).await?;
    for row in tx.all::<ExtensionRow>(EXTENSIONS, args![id]).await? {
        let extension: Extension = row.try_into()?;
        about.extensions.insert(extension.id, extension);
    }
    for row in tx.all::<PersonRow>(PEOPLE, args![id]).await? {
        let person: Person = row.try_into()?;
        about.people.insert(person.id, person);
    }
    for row in tx.all::<PlaceRow>(PLACES, args![id]).await? {
        let place: Place = row.into();
        about.places.insert(place.id, place);
    }
    about.sites = site::list(tx).await?.into_iter().map(|site| (site.id, site)).collect();
    about.segments = site::segments(tx).await?.into_iter().map(|segment| (segment.id, segment)).collect();
    gates(tx, id, &mut about).await?;
    about.policies = policy::all(tx).await?;
    holders(tx, id, &mut about).await?;
    for (device, kind, n) in tx.all::<(Uuid, String, i64)>(CURRENT, args![id]).await? {
        let kind = RevisionKind::parse(&kind).ok_or_else(|| Error::row("current_revision", device, &kind))?;
        about.current.insert((DeviceId(device), kind), number(n));
    }
    layers(tx, id, &mut about).await?;
    Ok(about)
}

async fn devices(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        device: DeviceRow,
        last_number: Option<i64>,
        installed: Option<String>,
    }
    for row in tx.all::<Row>(DEVICES, args![id]).await? {
        let stored: Stored = row.device.try_into()?;
        let id = stored.device.id;
        about.last_numbers.extend(row.last_number.map(|n| (id, number(n))));
        about.installed.extend(row.installed.map(|firmware| (id, firmware)));
        about.devices.push(stored);
    }
    Ok(())
}

async fn endpoints(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    type Row = (Uuid, Uuid, String, i64, Option<String>);
    for (device, endpoint, kind, index, ipei) in tx.all::<Row>(ENDPOINTS, args![id]).await? {
        let wrong = |what: &str| Error::row("endpoint", endpoint, what);
        let device = DeviceId(device);
        let endpoint = Endpoint {
            id: EndpointId(endpoint),
            device,
            kind: EndpointKind::parse(&kind).ok_or_else(|| wrong("kind"))?,
            index: u8::try_from(index).map_err(|_| wrong("position"))?,
            ipei: ipei.map(|text| Ipei::parse(&text).map_err(|_| wrong("ipei"))).transpose()?,
        };
        about.endpoints.entry(device).or_default().push(endpoint);
    }
    Ok(())
}

async fn standing(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        device_id: Uuid,
        #[sqlx(flatten)]
        standing: StandingRow,
    }
    for row in tx.all::<Row>(STANDING, args![id]).await? {
        about.standing.entry(DeviceId(row.device_id)).or_default().push(row.standing.into());
    }
    Ok(())
}

async fn holders(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    type Row = (Uuid, Uuid, Uuid, String, String, String);
    for (extension, device, endpoint, vendor, model, mac) in tx.all::<Row>(HOLDERS, args![id]).await? {
        let mac = Mac::parse(&mac).map_err(|_| Error::row("device", device, "mac"))?;
        let name = format!("{vendor} {model} {mac}");
        let holder = Holder { device: DeviceId(device), endpoint: EndpointId(endpoint), name };
        about.holders.entry(ExtensionId(extension)).or_default().push(holder);
    }
    let shared = tx.all::<(Uuid,)>(SHARED, args![id]).await?;
    about.shared = shared.into_iter().map(|(extension,)| ExtensionId(extension)).collect();
    Ok(())
}

async fn gates(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        segment_id: Uuid,
        #[sqlx(flatten)]
        evidence: EvidenceRow,
    }
    let segments = about.devices.iter().filter_map(|stored| stored.device.segment);
    about.gates = segments.map(|segment| (segment, Gate { evidence: vec![], sign_off: None })).collect();
    for row in tx.all::<Row>(EVIDENCE, args![id]).await? {
        if let Some(gate) = about.gates.get_mut(&SegmentId(row.segment_id)) {
            gate.evidence.push(row.evidence.try_into()?);
        }
    }
    for (segment, at, by, until, evidence) in
        tx.all::<(Uuid, i64, Uuid, i64, String)>(SIGN_OFFS, args![id]).await?
    {
        let evidence =
            serde_json::from_str(&evidence).map_err(|e| Error::row("gate_sign_off", segment, e))?;
        let sign_off = SignOff { by: UserId(by), at: Timestamp(at), until: Timestamp(until), evidence };
        if let Some(gate) = about.gates.get_mut(&SegmentId(segment)) {
            gate.sign_off = Some(sign_off);
        }
    }
    Ok(())
}

async fn layers(tx: &mut Tx, id: Uuid, about: &mut About) -> Result<(), Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        scope: String,
        #[sqlx(flatten)]
        layer: LayerRow,
    }
    let mut rows = tx.all::<Row>(SHARED_LAYERS, vec![]).await?;
    rows.extend(tx.all::<Row>(OWN_LAYERS, args![id]).await?);
    for row in rows {
        let layer: Layer = row.layer.try_into()?;
        about.layers.insert((layer.origin.level, row.scope), layer);
    }
    for row in tx.all::<Row>(EXCEPTIONS, args![id]).await? {
        // The scope of an exception begins with its device.
        let device = row.scope.split('/').next().and_then(|id| id.parse().ok());
        let device = device.ok_or_else(|| Error::row("layer", &row.scope, "scope"))?;
        about.exceptions.entry(device).or_default().push(row.layer.try_into()?);
    }
    about.groups = layer::groups(tx).await?;
    about.labels = label::collect(tx.all(LABELS, args![id]).await?);
    Ok(())
}
