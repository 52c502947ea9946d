//! What is known of the way of a call: from the plan, the inventory, the phones' own files and call control.

use super::Found;
use crate::{Result, Services, devices, uploads};
use connectors::Fact as Said;
use domain::{
    Timestamp,
    account::Extension as Stored,
    hunt_group::Member,
    number::{
        Did, Number,
        rings::{Endpoint, Extension, Fact, Facts, Group, Hours, Source, Target},
    },
    profile::Destination,
    schedule::Schedule,
    slug::Slug,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Tx, hunt_group, line, number, person, profile, schedule};

const NO_PROFILE: &str = "Nobody has given it a profile; what is set at the platform is not known here.";
const GROUPS: &str = "No hunt group is known here; those at the platform are not read.";
const NOT_CONFIGURED: &str = "Whether it is registered is not known: no call control is configured.";
/// Nobody waits while more extensions than this are asked for: the rest are said to be unknown.
const MOST_ASKED: usize = 50;

fn unknown<T>(why: &str) -> Fact<T> {
    Fact::Unknown(why.to_owned())
}

/// What is known of every way, loaded once for a page.
struct Known {
    groups: Vec<hunt_group::Stored>,
    schedules: BTreeMap<Slug, Schedule>,
    now: Timestamp,
}

impl Known {
    async fn load(tx: &mut Tx, now: Timestamp) -> Result<Self> {
        let schedules = schedule::list(tx).await?.into_iter().map(|s| (s.code, s.schedule)).collect();
        Ok(Self { groups: hunt_group::list(tx).await?, schedules, now })
    }

    fn group(&self, target: &Target) -> Option<&hunt_group::Stored> {
        let Target::Group(code) = target else { return None };
        self.groups.iter().find(|s| s.group.code.as_ref() == code)
    }

    fn answering(&self, number: &Number) -> Option<Target> {
        let found = self.groups.iter().find(|s| s.group.answers(number))?;
        Some(Target::Group(found.group.code.to_string()))
    }

    fn hours(&self, code: Option<&Slug>, closed: Option<&Destination>) -> Option<Hours> {
        let code = code?;
        let status = self.schedules.get(code)?.status(self.now);
        Some(Hours { schedule: code.to_string(), status, closed: closed.cloned() })
    }

    /// The groups that an extension is in, and when somebody said so last.
    fn of(&self, number: &str) -> Fact<Vec<String>> {
        if self.groups.is_empty() {
            return unknown(GROUPS);
        }
        let holds = |s: &&hunt_group::Stored| {
            s.group.members.iter().any(|m| matches!(m, Member::Extension(n) if n.as_ref() == number))
        };
        let of: Vec<_> = self.groups.iter().filter(holds).collect();
        let at = of.iter().map(|s| s.changed_at).max();
        let source = Source { name: "hunt groups".to_owned(), at };
        Fact::Known(of.iter().map(|s| s.group.code.to_string()).collect(), source)
    }
}

/// What the database knows of a number and of everything that a call to it can come to.
pub(super) async fn facts(
    services: &Services,
    tx: &mut Tx,
    found: &Found,
    site: &str,
    now: Timestamp,
) -> Result<Facts> {
    let known = Known::load(tx, now).await?;
    let mut facts = Facts {
        number: found.number.clone(),
        state: found.record.state.clone(),
        source: plan(found.record.changed_at, &found.record.changed_by),
        site: found.range.as_ref().map(|_| site.to_owned()),
        targets: BTreeMap::new(),
        extensions: BTreeMap::new(),
        groups: BTreeMap::new(),
    };
    let mut open = Vec::new();
    let mut seen = BTreeSet::new();
    open.extend(lead(tx, &known, &mut facts, &found.number).await?);
    while let Some(target) = open.pop() {
        if !seen.insert(target.clone()) {
            continue;
        }
        let mut numbers = Vec::new();
        let mut destinations = Vec::new();
        match &target {
            Target::Extension(number) => {
                let Some(stored) = person::extension_by_number(tx, number).await? else { continue };
                let own = extension(services, tx, &known, &stored).await?;
                if let Fact::Known(forwards, _) = &own.forwards {
                    destinations.extend(forwards.all().map(|(_, to)| to.clone()));
                }
                if let Fact::Known(Some(at), _) = &own.hours {
                    destinations.extend(at.closed.clone());
                }
                facts.extensions.insert(number.clone(), own);
            }
            Target::Group(code) => {
                let Some(stored) = known.group(&target) else { continue };
                destinations.extend(stored.group.destinations().map(|(_, to)| to.clone()));
                for member in &stored.group.members {
                    match member {
                        Member::Extension(n) => numbers.push(Number::Extension(n.clone())),
                        Member::Group(code) => open.push(Target::Group(code.to_string())),
                    }
                }
                facts.groups.insert(code.clone(), group(&known, stored));
            }
        }
        for to in destinations {
            match to {
                Destination::Number(number) => numbers.push(number),
                Destination::Group(code) => open.push(Target::Group(code.to_string())),
                Destination::Voicemail => {}
            }
        }
        for number in numbers {
            open.extend(lead(tx, &known, &mut facts, &number).await?);
        }
    }
    Ok(facts)
}

/// Where a number leads, noted once.
async fn lead(tx: &mut Tx, known: &Known, facts: &mut Facts, number: &Number) -> Result<Option<Target>> {
    if let Some(target) = facts.targets.get(number) {
        return Ok(Some(target.clone()));
    }
    let target = match known.answering(number) {
        Some(group) => Some(group),
        None => extension_of(tx, number).await?.map(|x| Target::Extension(x.number.to_string())),
    };
    facts.targets.extend(target.clone().map(|target| (number.clone(), target)));
    Ok(target)
}

async fn extension_of(tx: &mut Tx, number: &Number) -> Result<Option<Stored>> {
    Ok(match number {
        Number::Extension(n) => person::extension_by_number(tx, n.as_ref()).await?,
        Number::Did(did) => person::extension_by_did(tx, Did::as_ref(did)).await?,
    })
}

fn group(known: &Known, stored: &hunt_group::Stored) -> Group {
    let g = &stored.group;
    Group {
        name: g.name.clone(),
        ring: g.ring,
        seconds: g.seconds,
        members: g.members.clone(),
        hours: known.hours(g.schedule.as_ref(), g.closed.as_ref()),
        otherwise: g.otherwise.clone(),
        source: said(&stored.changed_by, stored.changed_at),
    }
}

fn said(by: &str, at: Timestamp) -> Source {
    Source { name: by.to_owned(), at: Some(at) }
}

fn plan(at: Option<Timestamp>, by: &str) -> Source {
    let name = if by.is_empty() { "numbering plan".to_owned() } else { format!("numbering plan, by {by}") };
    Source { name, at }
}

async fn extension(services: &Services, tx: &mut Tx, known: &Known, stored: &Stored) -> Result<Extension> {
    let own = Number::Extension(stored.number.clone());
    let record = number::record(tx, &own).await?;
    let source = record.map_or_else(|| plan(None, ""), |record| plan(record.changed_at, &record.changed_by));
    let owner = crate::facts::owner(tx, stored).await?;
    let mut endpoints = Vec::new();
    for stands in line::of_extension(tx, stored.id).await? {
        let loaded = devices::loaded(tx, &stands.mac).await?;
        let overrides = uploads::overrides_at(services, tx, &loaded).await?;
        let forwards = overrides.into_iter().filter(|(finding, _)| finding.subject.starts_with("forward"));
        endpoints.push(Endpoint {
            name: format!("{}, line key {}", loaded.name(), stands.position),
            source: Source { name: format!("CR-{}", stands.number), at: Some(Timestamp(stands.bound_at)) },
            own: forwards.map(|(finding, at)| (format!("`{}`", finding.detail), at)).collect(),
            mac: stands.mac,
        });
    }
    let profile = profile::of(tx, stored.id).await?;
    let by = profile.as_ref().map(|p| said(&format!("profile, by {}", p.changed_by), p.changed_at));
    let profile = profile.map(|p| p.profile).zip(by);
    let (hours, forwards, voicemail) = match profile {
        None => (unknown(NO_PROFILE), unknown(NO_PROFILE), unknown(NO_PROFILE)),
        Some((p, by)) => (
            Fact::Known(known.hours(p.schedule.as_ref(), p.closed.as_ref()), by.clone()),
            Fact::Known(p.forwards, by.clone()),
            Fact::Known(p.voicemail, by),
        ),
    };
    Ok(Extension {
        groups: known.of(stored.number.as_ref()),
        holder: (!owner.name.is_empty()).then_some(owner.name),
        enabled: stored.enabled,
        source,
        hours,
        forwards,
        endpoints,
        contacts: unknown(NOT_CONFIGURED),
        voicemail,
    })
}

/// The same with what call control says now, if there is one.
pub(super) async fn asked(services: &Services, mut facts: Facts, now: Timestamp) -> Facts {
    let Some(platform) = services.call_control() else { return facts };
    let mut asked = 0;
    let mut silent: Option<String> = None;
    for (user, extension) in &mut facts.extensions {
        if extension.endpoints.is_empty() {
            continue;
        }
        asked += 1;
        if asked > MOST_ASKED {
            extension.contacts = unknown("Call control was not asked: too many phones would ring.");
            continue;
        }
        // One that does not answer is not asked again for the same page.
        if let Some(why) = &silent {
            extension.contacts = Fact::Unknown(why.clone());
            continue;
        }
        let source = || Source { name: "call control, asked just now".to_owned(), at: Some(now) };
        extension.contacts = match platform.lookup(user).await.contacts {
            Said::Known(contacts) => Fact::Known(contacts, source()),
            Said::NotModelled => {
                unknown("Call control, as it is configured, does not say where it is registered.")
            }
            Said::Unknown(why) => {
                let why = format!("Call control could not be asked: {why}.");
                silent = Some(why.clone());
                Fact::Unknown(why)
            }
        };
    }
    facts
}
