//! What is known of the way of a call: from the plan, the inventory, the phones' own files and call control.

use super::Found;
use crate::{Result, Services, devices, uploads};
use connectors::Fact as Said;
use domain::{
    Timestamp,
    account::Extension as Stored,
    number::{
        Number,
        rings::{Endpoint, Extension, Fact, Facts, Source},
    },
};
use std::collections::BTreeMap;
use storage::{Tx, line, number};

const SCHEDULE: &str =
    "Opening hours and holidays are kept at the platform; Ringfence does not read them yet.";
const GROUPS: &str = "Hunt groups are kept at the platform; Ringfence does not read them yet.";
const FORWARD: &str = "Forwarding set at the platform is not read by Ringfence yet.";
const VOICEMAIL: &str = "Voicemail is kept at the platform; Ringfence does not read it yet.";
const NOT_CONFIGURED: &str = "Whether it is registered is not known: no call control is configured.";

fn unknown<T>(why: &str) -> Fact<T> {
    Fact::Unknown(why.to_owned())
}

/// What the database knows.
pub(super) async fn facts(services: &Services, tx: &mut Tx, found: &Found, site: &str) -> Result<Facts> {
    let mut targets = BTreeMap::new();
    let mut extensions = BTreeMap::new();
    if let Some(stored) = &found.extension {
        let name = stored.number.to_string();
        targets.insert(found.number.clone(), name.clone());
        targets.insert(Number::Extension(stored.number.clone()), name.clone());
        targets.extend(stored.did.clone().map(|did| (Number::Did(did), name.clone())));
        extensions.insert(name, extension(services, tx, stored).await?);
    }
    Ok(Facts {
        number: found.number.clone(),
        state: found.record.state.clone(),
        source: plan(found.record.changed_at, &found.record.changed_by),
        site: found.range.as_ref().map(|_| site.to_owned()),
        targets,
        extensions,
    })
}

fn plan(at: Option<Timestamp>, by: &str) -> Source {
    let name = if by.is_empty() { "numbering plan".to_owned() } else { format!("numbering plan, by {by}") };
    Source { name, at }
}

async fn extension(services: &Services, tx: &mut Tx, stored: &Stored) -> Result<Extension> {
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
    Ok(Extension {
        holder: (!owner.name.is_empty()).then_some(owner.name),
        enabled: stored.enabled,
        source,
        open: unknown(SCHEDULE),
        groups: unknown(GROUPS),
        forward: unknown(FORWARD),
        endpoints,
        contacts: unknown(NOT_CONFIGURED),
        voicemail: unknown(VOICEMAIL),
    })
}

/// The same with what call control says now, if there is one.
pub(super) async fn asked(services: &Services, mut facts: Facts, now: Timestamp) -> Facts {
    let Some(platform) = services.call_control() else { return facts };
    for (user, extension) in &mut facts.extensions {
        if extension.endpoints.is_empty() {
            continue;
        }
        let source = || Source { name: "call control, asked just now".to_owned(), at: Some(now) };
        extension.contacts = match platform.lookup(user).await.contacts {
            Said::Known(contacts) => Fact::Known(contacts, source()),
            Said::NotModelled => {
                unknown("Call control, as it is configured, does not say where it is registered.")
            }
            Said::Unknown(why) => Fact::Unknown(format!("Call control could not be asked: {why}.")),
        };
    }
    facts
}
