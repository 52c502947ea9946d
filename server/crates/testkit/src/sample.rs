//! Rows that fit together. Every one is made from a number; equal numbers give equal ids.

use domain::{
    Mac, Timestamp,
    account::{AccountState, Extension, Owner, Person},
    authz::{Actor, Role},
    change_request::{ItemState, Wanted, Workflow},
    device::{Device, DeviceState, Endpoint, EndpointKind, Serial},
    fence::{Proof, Serve},
    ids::{
        ChangeRequestId, DeviceId, EndpointId, ExtensionId, ItemId, LineId, PersonId, PlaceId, RequestId,
        SecretId, SegmentId, SiteId, UserId,
    },
    ledger::{ActEntry, Entry, ProbeEntry, ServeEntry},
    number::ExtensionNumber,
    plan::{Effect, Kind},
    site::{Place, Scope, Segment, Site},
    vendor::Vendor,
};
use storage::{
    Error, Tx,
    change_request::{Item, Request},
    device,
    device::Stored,
    line::Beginning,
    person, site, user,
    user::User,
};
use uuid::Uuid;

/// 2026-01-01T00:00:00Z: when samples happen.
pub const NOW: Timestamp = Timestamp(1_767_225_600_000_000);

/// An id for tests.
pub const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A site with code `s1`.
pub fn site(n: u128) -> Site {
    Site {
        id: SiteId(id(n)),
        code: format!("s{n}"),
        name: format!("Site {n}"),
        time_zone: "Europe/London".into(),
        scope: Scope::Assisted,
    }
}

/// A voice segment of a site.
pub fn segment(n: u8, site: &Site) -> Segment {
    Segment {
        id: SegmentId(id(n.into())),
        site: site.id,
        code: format!("voice{n}"),
        cidr: format!("10.{n}.0.0/16").parse().unwrap(),
        vlan: Some(100),
        ntp: Some("ntp.example".into()),
    }
}

/// A place of a site, complete for emergency calls.
pub fn place(n: u128, site: &Site) -> Place {
    Place {
        id: PlaceId(id(n)),
        site: site.id,
        code: format!("2-{n}"),
        building: "Main".into(),
        floor: "2".into(),
        room: n.to_string(),
        emergency_location: "1 High Street, floor 2".into(),
        callback_number: "+442079460000".into(),
        contact: "Reception".into(),
    }
}

/// An active person of a site.
pub fn person(n: u128, site: &Site) -> Person {
    Person {
        id: PersonId(id(n)),
        site: site.id,
        reference: format!("E{n}"),
        name: format!("Person {n}"),
        email: format!("person{n}@example.com"),
        account: AccountState::Active,
        starts: None,
        ends: None,
        source: "import 1".into(),
        changed_at: Some(NOW),
    }
}

/// Extension 2001, 2002, …, owned by a person.
pub fn extension(n: u128, owner: &Person) -> Extension {
    Extension {
        id: ExtensionId(id(n)),
        site: owner.site,
        number: ExtensionNumber::parse(&(2000 + n).to_string()).unwrap(),
        did: None,
        owner: Some(Owner::Person(owner.id)),
        enabled: true,
        class_of_service: "national".into(),
        display_name: owner.name.clone(),
    }
}

/// An active Yealink phone of a site.
pub fn device(n: u128, site: &Site) -> Stored {
    Stored {
        device: Device {
            id: DeviceId(id(n)),
            site: site.id,
            serial: Serial::parse(&format!("SN{n:06}")).unwrap(),
            mac: Mac::parse(&format!("805ec0{n:06x}")).unwrap(),
            vendor: Vendor::Yealink,
            model: "T46U".into(),
            place: None,
            segment: None,
            state: DeviceState::Active,
        },
        carried_line: false,
        published_paths: "[]".into(),
        digest_user: format!("phone{n}"),
        digest_secret: SecretId(id(n)),
    }
}

/// Line key `index` of a device.
pub fn endpoint(device: &Stored, index: u8) -> Endpoint {
    let n = device.device.id.0.as_u128() * 1000 + u128::from(index);
    Endpoint {
        id: EndpointId(id(n)),
        device: device.device.id,
        kind: EndpointKind::LineKey,
        index,
        ipei: None,
    }
}

/// A user of the console.
pub fn user(n: u128, role: Role) -> User {
    User {
        actor: Actor {
            id: UserId(id(n)),
            name: format!("user{n}"),
            roles: vec![role].into(),
            confirmed: true,
            password_since: Some(NOW),
        },
        password_hash: "$argon2id$none".into(),
    }
}

/// A draft that would bind `extension` to `endpoint`.
pub fn request(n: u32, by: &User, endpoint: &Endpoint, extension: &Extension) -> Request {
    Request {
        id: ChangeRequestId(id(n.into())),
        number: n.into(),
        kind: Kind::Bind,
        routes: vec![],
        items: vec![Item {
            id: ItemId(id(n.into())),
            wanted: Wanted {
                device: endpoint.device,
                endpoint: endpoint.id,
                effect: Effect::Bind,
                extension: extension.id,
            },
            state: ItemState::Waiting,
            round: 0,
        }],
        all_or_nothing: true,
        round: 0,
        reason: "New starter".into(),
        workflow: Workflow::draft(by.actor.id),
        external_ref: None,
        plan: None,
        missing: vec![],
        at: NOW,
    }
}

/// A line that begins by `request`.
pub fn line(n: u128, request: &Request) -> Beginning {
    Beginning {
        line: LineId(id(n)),
        endpoint: request.items[0].wanted.endpoint,
        extension: request.items[0].wanted.extension,
        shared: false,
        secret: SecretId(id(n)),
        change_request: request.id,
    }
}

/// Two phones with two line keys each, two extensions, two users: enough to bind and to clash.
pub struct Office {
    /// Its site.
    pub site: Site,
    /// Its voice segment.
    pub segment: Segment,
    /// A place of it.
    pub place: Place,
    /// Somebody who works there.
    pub person: Person,
    /// Extensions of the person.
    pub extensions: [Extension; 2],
    /// Phones.
    pub devices: [Stored; 2],
    /// Line keys: two of the first phone, then two of the second.
    pub endpoints: [Endpoint; 4],
    /// Who asks.
    pub requester: User,
    /// Who approves.
    pub approver: User,
}

impl Office {
    /// An office, not saved yet.
    pub fn new() -> Self {
        let (site, requester) = (site(1), user(1, Role::Administrator));
        let (segment, place, person) = (segment(1, &site), place(1, &site), person(1, &site));
        let mut devices = [device(1, &site), device(2, &site)];
        for stored in &mut devices {
            stored.device.segment = Some(segment.id);
            stored.device.place = Some(place.id);
        }
        let [a, b] = &devices;
        let endpoints = [endpoint(a, 1), endpoint(a, 2), endpoint(b, 1), endpoint(b, 2)];
        let extensions = [extension(1, &person), extension(2, &person)];
        let approver = user(2, Role::Approver);
        Self { site, segment, place, person, extensions, devices, endpoints, requester, approver }
    }

    /// Saves all of it.
    pub async fn save(&self, tx: &mut Tx) -> Result<(), Error> {
        site::insert(tx, &self.site).await?;
        site::insert_segment(tx, &self.segment).await?;
        site::insert_place(tx, &self.place).await?;
        person::insert(tx, &self.person).await?;
        for extension in &self.extensions {
            person::insert_extension(tx, extension).await?;
        }
        for stored in &self.devices {
            device::insert(tx, stored).await?;
        }
        for endpoint in &self.endpoints {
            device::insert_endpoint(tx, endpoint).await?;
        }
        user::insert(tx, &self.requester, NOW).await?;
        user::insert(tx, &self.approver, NOW).await
    }

    /// Request `n` to bind an extension to a line key, both by their places in the arrays.
    pub fn request(&self, n: u32, endpoint: usize, extension: usize) -> Request {
        request(n, &self.requester, &self.endpoints[endpoint], &self.extensions[extension])
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

/// A serve to device `n`, `second` seconds after `NOW`.
pub fn serve(n: u128, second: i64) -> Entry {
    Entry::Serve(Box::new(ServeEntry {
        at: after(second),
        device: Some(DeviceId(id(n))),
        mac: None,
        serial: None,
        site: Some(SiteId(id(1))),
        file: "805ec0000001.cfg".into(),
        decision: Serve::Bound,
        status: 200,
        revision: None,
        digest: None,
        secrets: vec![],
        change: Some("CR-1".into()),
        approver: Some("user2".into()),
        layers: vec![],
        proof: Proof::Digest,
        client: "10.1.0.7".into(),
        user_agent: "Yealink SIP-T46U 108.86.0.20".into(),
        bytes: 1234,
        findings: vec![],
    }))
}

/// An act upon device `n`.
pub fn act(n: u128, second: i64) -> Entry {
    Entry::Act(Box::new(ActEntry {
        at: after(second),
        actor: Some((UserId(id(1)), "user1".into())),
        action: "change_request.submit".into(),
        subject: "CR-1".into(),
        site: Some(SiteId(id(1))),
        device: Some(DeviceId(id(n))),
        request: RequestId(id(1)),
        before: None,
        after: None,
        reason: "New starter".into(),
    }))
}

/// Counted probes.
pub fn probe(count: u64, second: i64) -> Entry {
    Entry::Probe(ProbeEntry {
        at: after(second),
        vendor: Some(Vendor::Yealink),
        prefix: "192.0.2.0/24".into(),
        minute: 1,
        count,
    })
}

fn after(second: i64) -> Timestamp {
    NOW.plus(second * domain::time::SECOND)
}
