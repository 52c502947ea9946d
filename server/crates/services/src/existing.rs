//! What the database holds, in the form in which a site package is checked against it.

use crate::Result;
use domain::{
    Timestamp,
    account::{Owner, Person},
    ids::{PersonId, PlaceId, SegmentId, SiteId},
    number::State,
    package::{
        DeviceRow, Existing, ExtensionRow, GroupRow, HandsetRow, OwnerKey, PersonRow, PlaceRow, ProfileRow,
        RangeRow, ScheduleRow, SegmentRow, SiteRow,
    },
};
use std::collections::BTreeMap;
use storage::{Tx, device, hunt_group, number, person, profile, schedule, site};

/// The ids behind the natural keys of a package.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) sites: BTreeMap<String, SiteId>,
    pub(crate) segments: BTreeMap<(String, String), SegmentId>,
    pub(crate) places: BTreeMap<(String, String), PlaceId>,
    pub(crate) people: BTreeMap<String, PersonId>,
}

/// Loads everything once: thirteen queries, whatever the number of rows in the package.
pub(crate) async fn load(tx: &mut Tx, now: Timestamp) -> Result<(Existing, Keys)> {
    let mut existing = Existing { now, ..Existing::default() };
    let mut keys = Keys::default();
    let codes;
    (existing.sites, codes) = sites(tx).await?;
    keys.sites = codes.iter().map(|(id, code)| (code.clone(), *id)).collect();
    let code = |id: SiteId| codes.get(&id).cloned().unwrap_or_default();
    let mut segments = BTreeMap::new();
    for s in site::segments(tx).await? {
        let key = (code(s.site), s.code.clone());
        segments.insert(s.id, s.code.clone());
        keys.segments.insert(key.clone(), s.id);
        let row = SegmentRow { site: key.0.clone(), segment: s.code, cidr: s.cidr, vlan: s.vlan, ntp: s.ntp };
        existing.segments.insert(key, row);
    }
    for r in site::ranges(tx).await? {
        existing.ranges.insert(RangeRow { site: code(r.site), kind: r.kind, first: r.first, last: r.last });
    }
    for record in number::taken(tx).await? {
        let state = record.state.at(now);
        if state != State::Available {
            existing.taken.insert(record.number, state);
        }
    }
    let mut places = BTreeMap::new();
    for p in site::places(tx).await? {
        let key = (code(p.site), p.code.clone());
        places.insert(p.id, p.code.clone());
        keys.places.insert(key.clone(), p.id);
        let row = PlaceRow {
            site: key.0.clone(),
            place: p.code,
            building: p.building,
            floor: p.floor,
            room: p.room,
            emergency_location: p.emergency_location,
            callback_number: p.callback_number,
            contact: p.contact,
        };
        existing.places.insert(key, row);
    }
    let mut people = BTreeMap::new();
    for p in person::list(tx).await? {
        people.insert(p.id, p.reference.clone());
        keys.people.insert(p.reference.clone(), p.id);
        existing.people.insert(p.reference.clone(), person_row(p, &codes));
    }
    for x in person::extensions(tx).await? {
        let owner = match x.owner {
            Some(Owner::Place(id)) => OwnerKey::Place(places.get(&id).cloned().unwrap_or_default()),
            Some(Owner::Person(id)) => OwnerKey::Person(people.get(&id).cloned().unwrap_or_default()),
            None => OwnerKey::Person(String::new()),
        };
        let row = ExtensionRow {
            site: code(x.site),
            extension: x.number.clone(),
            did: x.did,
            owner,
            enabled: x.enabled,
            class_of_service: x.class_of_service,
            display_name: x.display_name,
        };
        existing.extensions.insert(x.number, row);
    }
    routing(tx, &mut existing, &codes).await?;
    for stored in device::all(tx).await? {
        let d = stored.device;
        let row = DeviceRow {
            site: code(d.site),
            serial: d.serial.clone(),
            mac: d.mac,
            vendor: d.vendor,
            model: d.model,
            place: d.place.and_then(|id| places.get(&id).cloned()).unwrap_or_default(),
            segment: d.segment.and_then(|id| segments.get(&id).cloned()).unwrap_or_default(),
        };
        existing.devices.insert(d.serial, row);
    }
    for handset in device::handsets(tx).await? {
        let (serial, index) = (handset.serial, handset.index);
        if handset.bound {
            existing.bound_handsets.insert((serial.clone(), index));
        }
        if let Some(ipei) = handset.ipei {
            let row = HandsetRow { serial: serial.clone(), handset: index, ipei };
            existing.handsets.insert((serial, index), row);
        }
    }
    Ok((existing, keys))
}

/// Schedules, groups and profiles. The numbers of groups are theirs: no extension can have them.
async fn routing(tx: &mut Tx, existing: &mut Existing, codes: &Codes) -> Result<()> {
    let code = |id: SiteId| codes.get(&id).cloned().unwrap_or_default();
    for s in schedule::list(tx).await? {
        let row = ScheduleRow {
            site: code(s.site),
            schedule: s.code.clone(),
            name: s.name,
            time_zone: s.schedule.zone.clone(),
            hours: s.schedule.hours(),
            holidays: s.schedule.days(),
        };
        existing.schedules.insert(s.code, row);
    }
    for s in hunt_group::list(tx).await? {
        existing.taken.extend(s.group.numbers().map(|number| (number, State::Assigned)));
        let row = GroupRow::new(&code(s.site), &s.group);
        existing.hunt_groups.insert(s.group.code, row);
    }
    for s in profile::list(tx).await? {
        let row = ProfileRow::new(&s.number, &s.profile);
        existing.profiles.insert(s.number, row);
    }
    Ok(())
}

type Codes = BTreeMap<SiteId, String>;

async fn sites(tx: &mut Tx) -> Result<(BTreeMap<String, SiteRow>, Codes)> {
    let (mut rows, mut codes) = (BTreeMap::new(), BTreeMap::new());
    for s in site::list(tx).await? {
        codes.insert(s.id, s.code.clone());
        let row = SiteRow { site: s.code.clone(), name: s.name, time_zone: s.time_zone, scope: s.scope };
        rows.insert(s.code, row);
    }
    Ok((rows, codes))
}

fn person_row(person: Person, codes: &Codes) -> PersonRow {
    PersonRow {
        site: codes.get(&person.site).cloned().unwrap_or_default(),
        person: person.reference,
        name: person.name,
        email: person.email,
        account: person.account,
        starts: person.starts,
        ends: person.ends,
    }
}

/// Sites and people alone: two queries.
pub(crate) async fn people(tx: &mut Tx) -> Result<Existing> {
    let (sites, codes) = sites(tx).await?;
    let people = person::list(tx).await?.into_iter();
    let people = people.map(|p| (p.reference.clone(), person_row(p, &codes))).collect();
    Ok(Existing { sites, people, ..Existing::default() })
}
