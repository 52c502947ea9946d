//! What the installation itself sets: vendor layers that are built in, and the organisation's layer from the
//! configuration file.

use crate::{
    Result, Services,
    act::{Act, Note},
    approvals, publish, rollouts,
};
use domain::{
    ids::LayerId,
    layer::{Content, Layer, Level, Locks, Origin, Release, merge, text},
    setting::{Path, Value},
    vendor::Vendor,
};
use std::collections::BTreeMap;
use storage::{layer, ledger::ORGANISATION};

/// What the configuration file says for all phones.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    /// Base address from which phones fetch once they are known: `https://host:8443/steady/`.
    pub steady_url: String,
    /// SIP domain (realm) of the lines, when it is not the registrar's host.
    pub domain: Option<String>,
    /// Registrar host, if call control is configured.
    pub registrar_host: Option<String>,
    /// Registrar port.
    pub registrar_port: Option<u16>,
    /// `udp`, `tcp` or `tls`.
    pub transport: Option<String>,
    /// Whether calls and contacts that phones send are kept.
    pub keep_personal: bool,
}

fn value(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn vendor_settings(vendor: Vendor) -> Vec<(&'static str, Value)> {
    match vendor {
        Vendor::Linphone => vec![("sip.expires", Value::Number(600))],
        // What a family's phones have no key for is left out, so that nothing is claimed for them.
        _ => [
            ("network.lldp", Value::Flag(true)),
            ("phone.unbound_text", value("No emergency calls")),
            ("provisioning.dhcp_override", Value::Flag(false)),
            ("provisioning.interval_minutes", Value::Number(1440)),
        ]
        .into_iter()
        .filter(|(path, _)| dialects::speaks(vendor).contains(path))
        .collect(),
    }
}

/// What no layer below may change: a bound phone takes no other server from whoever answers DHCP or PnP first.
fn vendor_locks(vendor: Vendor) -> Locks {
    vendor_settings(vendor)
        .iter()
        .filter(|(path, _)| *path == "provisioning.dhcp_override")
        .filter_map(|(path, _)| Path::parse(path).ok())
        .map(|path| (path, "A bound phone takes no other server from whoever answers first.".to_owned()))
        .collect()
}

fn organisation_settings(organisation: &Organisation) -> Vec<(&'static str, Value)> {
    let mut settings = vec![("provisioning.url", value(&organisation.steady_url))];
    if let Some(host) = &organisation.registrar_host {
        settings.push(("sip.registrar.host", value(host)));
    }
    if let Some(domain) = &organisation.domain {
        settings.push(("sip.domain", value(domain)));
    }
    if let Some(port) = organisation.registrar_port {
        settings.push(("sip.registrar.port", Value::Number(i64::from(port))));
    }
    if let Some(transport) = &organisation.transport {
        settings.push(("sip.transport", value(transport)));
    }
    if organisation.keep_personal {
        settings.push(("uploads.keep_personal", Value::Flag(true)));
    }
    settings
}

fn collect(settings: Vec<(&'static str, Value)>) -> BTreeMap<Path, Value> {
    settings.into_iter().filter_map(|(path, value)| Some((Path::parse(path).ok()?, value))).collect()
}

/// What this program wrote of a version of its own: its note says it, because people's settings are in there too.
fn written(version: &layer::Version) -> Content {
    if version.note.is_empty() {
        return Content::of(&version.layer, None);
    }
    text::read(&version.note, &Content::default()).0
}

/// Publishes the built-in and configured layers where they differ from what is published, and the common files. At
/// the first start there are approval rules afterwards.
pub async fn ensure(services: &Services, organisation: &Organisation) -> Result<()> {
    approvals::ensure(services).await?;
    let mut act = Act::begin_program(services).await?;
    let mut wanted: Vec<_> = Vendor::ALL
        .into_iter()
        .map(|v| (Level::Vendor, v.name(), collect(vendor_settings(v)), vendor_locks(v), "built in"))
        .collect();
    let own = collect(organisation_settings(organisation));
    wanted.push((Level::Organisation, "organisation", own, Locks::new(), "configuration"));
    let mut changed = false;
    for (level, scope, settings, locks, change) in wanted {
        let last = layer::last(&mut act.tx, level, scope).await?;
        let current = last.as_ref().map(|version| version.layer.clone());
        let own = Content { settings, locks, ..Content::default() };
        let note = text::write(&own);
        let Content { settings, locks, .. } = {
            // What people have published since stays; what this program wrote before follows what it would write now.
            let before = layer::made_by(&mut act.tx, level, scope, change).await?;
            let base = before.map(|version| written(&version)).unwrap_or_default();
            let theirs = current.as_ref().map(|layer| Content::of(layer, None)).unwrap_or_default();
            merge(&base, &own, &theirs).0
        };
        if current.as_ref().is_some_and(|l| l.settings == settings && l.locks == locks) {
            continue;
        }
        if let Some(running) = rollouts::against(&mut act.tx, level, scope).await? {
            tracing::warn!(scope, %running, "the configuration holds from the first start after the rollout on");
            continue;
        }
        changed = true;
        let before = current.as_ref().map(|l| l.origin.clone());
        let origin = Origin {
            layer: before.as_ref().map_or_else(|| LayerId(services.0.env.id()), |o| o.layer),
            level,
            name: scope.to_owned(),
            version: before.map_or(1, |o| o.version + 1),
            change: change.to_owned(),
        };
        let new = Layer { origin, settings, locks };
        let now = act.now;
        let release = last.map_or(Release::FIRST, |version| version.release.next_patch());
        let said = layer::Said { release, note: &note, rule: None };
        layer::publish_as(&mut act.tx, &new, scope, &said, now).await?;
        act.note(Note {
            action: "layer.publish",
            subject: format!("{} {} v{}", level.word(), scope, new.origin.version),
            reason: change.to_owned(),
            ..Note::default()
        });
    }
    if changed {
        publish::common_files(&mut act.tx).await?;
        act.bump(ORGANISATION);
        act.commit().await?;
    }
    Ok(())
}
