//! What the fence looks at, loaded in one transaction together with the generations that it rests on.

use crate::{Result, publish, rollouts::holds::Holds};
use domain::{
    account::{AccountState, Extension, Owner, Person},
    device::{Device, Endpoint},
    fence::{Channel, DeviceFacts, EndpointFacts, Facts, OwnerFacts, Proof, Proposal, Standing},
    gate::Gate,
    ids::{EndpointId, PersonId, PlaceId},
    layer::{Layer, Level},
    policy::Policy,
    site::{Place, Scope, Segment, Site},
};
use std::collections::BTreeMap;
use storage::{
    Tx,
    device::{self, Stored},
    gate,
    ledger::{self, Expects},
    line, person, policy, site,
};

/// A standing line with its extension and owner.
#[derive(Clone, Debug)]
pub(crate) struct LineNow {
    pub(crate) standing: line::Standing,
    pub(crate) extension: Extension,
    pub(crate) owner: OwnerNow,
}

/// Who answers for an extension, as people read it and as the fence sees it.
#[derive(Clone, Debug)]
pub(crate) struct OwnerNow {
    pub(crate) facts: OwnerFacts,
    pub(crate) name: String,
    pub(crate) id: String,
}

/// A device with everything that the fence and the pages need.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) stored: Stored,
    pub(crate) site: Site,
    pub(crate) segment: Option<Segment>,
    pub(crate) place: Option<Place>,
    pub(crate) gate: Option<Gate>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) lines: Vec<LineNow>,
    pub(crate) policy: Policy,
    pub(crate) registrar_known: bool,
    /// The generations of everything above.
    pub(crate) generations: Expects,
}

impl Loaded {
    /// `yealink T46U 80:5e:c0:12:34:56`.
    pub(crate) fn name(&self) -> String {
        self.stored.name()
    }

    pub(crate) fn line_on(&self, endpoint: EndpointId) -> Option<&LineNow> {
        self.lines.iter().find(|l| l.standing.endpoint == endpoint)
    }

    /// The facts, with what somebody wants per line key.
    pub(crate) fn facts(&self, proof: Proof, mut wanted: BTreeMap<u8, Proposal>) -> Facts {
        let endpoints = self
            .endpoints
            .iter()
            .map(|endpoint| EndpointFacts {
                index: endpoint.index,
                standing: self.line_on(endpoint.id).map(|line| Standing {
                    extension: line.extension.number.to_string(),
                    change: format!("CR-{}", line.standing.number),
                    owner: line.owner.facts,
                }),
                proposal: wanted.remove(&endpoint.index),
            })
            .collect();
        Facts {
            channel: Channel::Steady,
            proof,
            device: Some(DeviceFacts {
                name: self.name(),
                state: self.stored.device.state,
                emergency_known: self.place.as_ref().is_some_and(Place::emergency_known),
                carried_line: self.stored.carried_line,
                endpoints,
            }),
            gate: self.gate.clone(),
            scope: self.site.scope,
            policy: self.policy.clone(),
            registrar_known: self.registrar_known,
        }
    }
}

/// What the phones of one segment have in common. It changes with the generations of the site and the organisation
/// alone.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    pub(crate) site: Site,
    pub(crate) segment: Option<Segment>,
    pub(crate) gate: Option<Gate>,
    pub(crate) policy: Policy,
    /// The layers that may say where the registrar is.
    pub(crate) registrar: Vec<Layer>,
}

impl Around {
    /// Everything around a device. Seven queries.
    pub(crate) async fn load(tx: &mut Tx, device: &Device) -> Result<Self> {
        let site = site::by_id(tx, device.site).await?.unwrap_or_else(|| Site {
            id: device.site,
            code: String::new(),
            name: String::new(),
            time_zone: "UTC".to_owned(),
            scope: Scope::OnboardingOnly,
        });
        let segment = match device.segment {
            Some(id) => site::segments(tx).await?.into_iter().find(|s| s.id == id),
            None => None,
        };
        let gate = match device.segment {
            Some(id) => Some(gate::load(tx, id).await?),
            None => None,
        };
        let policy = policy::of_site(tx, site.id).await?;
        let registrar = publish::load(tx, registrar_scopes(&site).into()).await?;
        Ok(Self { site, segment, gate, policy, registrar })
    }
}

/// The generations of everything that a device's facts belong to.
pub(crate) async fn generations(tx: &mut Tx, device: &Device) -> Result<Expects> {
    Ok(Expects::read(tx, &[device.id.0, device.site.0, ledger::ORGANISATION]).await?)
}

/// Loads a device and what surrounds it. Twelve queries, whatever the size of the inventory.
pub(crate) async fn load(tx: &mut Tx, stored: Stored) -> Result<Loaded> {
    let generations = generations(tx, &stored.device).await?;
    let place = match stored.device.place {
        Some(id) => site::place(tx, id).await?,
        None => None,
    };
    let around = Around::load(tx, &stored.device).await?;
    within(tx, stored, place, around, generations).await
}

/// The same where everything but the device's own endpoints and lines is at hand. Three queries.
pub(crate) async fn within(
    tx: &mut Tx,
    stored: Stored,
    place: Option<Place>,
    around: Around,
    generations: Expects,
) -> Result<Loaded> {
    let id = stored.device.id;
    let endpoints = device::endpoints(tx, id).await?;
    let now = |(standing, extension, owner): (line::Standing, Extension, Option<line::Owner>)| {
        let owner = owner_now(&extension, owner);
        LineNow { standing, extension, owner }
    };
    let lines = line::standing_with(tx, id).await?.into_iter().map(now).collect();
    let Around { site, segment, gate, policy, registrar: mut layers } = around;
    // During a rollout the phone's own version counts, not the newest one.
    Holds::of(tx, id).await?.apply(&mut layers);
    let registrar_known = registrar_known(&layers);
    Ok(Loaded { stored, site, segment, place, gate, endpoints, lines, policy, registrar_known, generations })
}

/// The layers that may say where the registrar is.
pub(crate) fn registrar_scopes(site: &Site) -> [(Level, String); 2] {
    [(Level::Organisation, "organisation".to_owned()), (Level::Site, site.id.to_string())]
}

/// Whether any of these says where the registrar is.
pub(crate) fn registrar_known<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> bool {
    layers.into_iter().any(|layer| layer.settings.contains_key("sip.registrar.host"))
}

/// Who answers for an extension.
pub(crate) async fn owner(tx: &mut Tx, extension: &Extension) -> Result<OwnerNow> {
    let (mut people, mut places) = (BTreeMap::new(), BTreeMap::new());
    match extension.owner {
        None => {}
        Some(Owner::Person(id)) => people.extend(person::by_id(tx, id).await?.map(|person| (id, person))),
        Some(Owner::Place(id)) => places.extend(site::place(tx, id).await?.map(|place| (id, place))),
    }
    Ok(owner_of(extension, &people, &places))
}

/// The same, read with a line.
fn owner_now(extension: &Extension, owner: Option<line::Owner>) -> OwnerNow {
    match (extension.owner, owner) {
        (Some(Owner::Person(id)), Some(line::Owner::Person { name, account })) => {
            OwnerNow { facts: OwnerFacts::Person(account), name, id: id.to_string() }
        }
        (Some(Owner::Place(id)), Some(line::Owner::Place { code, room, contact })) => OwnerNow {
            facts: OwnerFacts::Place { contact: !contact.is_empty() },
            name: format!("{room} ({code})"),
            id: id.to_string(),
        },
        _ => OwnerNow { facts: OwnerFacts::Nobody, name: String::new(), id: String::new() },
    }
}

/// The same, from people and places that are at hand.
pub(crate) fn owner_of(
    extension: &Extension,
    people: &BTreeMap<PersonId, Person>,
    places: &BTreeMap<PlaceId, Place>,
) -> OwnerNow {
    let nobody = OwnerNow { facts: OwnerFacts::Nobody, name: String::new(), id: String::new() };
    match extension.owner {
        None => nobody,
        Some(Owner::Person(id)) => people.get(&id).map_or(nobody, |person| OwnerNow {
            facts: OwnerFacts::Person(person.account),
            name: person.name.clone(),
            id: id.to_string(),
        }),
        Some(Owner::Place(id)) => places.get(&id).map_or(nobody, |place| OwnerNow {
            facts: OwnerFacts::Place { contact: !place.contact.is_empty() },
            name: format!("{} ({})", place.room, place.code),
            id: id.to_string(),
        }),
    }
}

/// A word for people on how an owner stands.
pub(crate) fn owner_word(facts: OwnerFacts) -> &'static str {
    match facts {
        OwnerFacts::Nobody => "nobody",
        OwnerFacts::Person(AccountState::Active) => "account active",
        OwnerFacts::Person(AccountState::Expected) => "account expected",
        OwnerFacts::Person(AccountState::Suspended) => "account suspended",
        OwnerFacts::Person(AccountState::Left) => "account left",
        OwnerFacts::Place { contact: true } => "place with a contact",
        OwnerFacts::Place { contact: false } => "place without a contact",
    }
}
