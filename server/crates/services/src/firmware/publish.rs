//! Brings what is wanted into the files of devices: a revision with the same lines and another `firmware.url`.
//!
//! A few devices at a time, because each chunk holds up every other act. What is done already is not done again, so
//! an interrupted run is simply continued by the next one.

use super::aim::Catalogue;
use crate::{
    Result, Services,
    act::{Act, Note},
    devices, planning,
    publish::{self, Publication},
};
use domain::{
    Finding, Mac, Timestamp,
    firmware::VERSION,
    freeze::frozen,
    ids::{RevisionId, SegmentId, SiteId},
    layer::Layer,
    resolution::resolve,
    time::MINUTE,
};
use std::{collections::BTreeMap, sync::atomic::Ordering};
use storage::{
    Tx, device,
    firmware::{self, Target},
    freeze, revision,
};

/// Devices that are published in one transaction.
const CHUNK: usize = 20;

/// Publishes what is due for any device; returns for how many. After an act, and when the server starts.
pub async fn publish(services: &Services) -> Result<usize> {
    run(services, None).await
}

/// What was seen so long before the last look may be written only now.
const OVERLAP: i64 = 5 * MINUTE;

/// The same for devices that have been seen with other firmware than before; every minute. Its cost is that of the
/// devices that took another firmware since the last time; the first time after a start it looks at every one.
pub async fn publish_moved(services: &Services) -> Result<usize> {
    let now = services.now();
    let looked = &services.0.firmware.looked;
    let since = Timestamp(looked.load(Ordering::Relaxed));
    let published = run(services, Some(since.plus(-OVERLAP))).await?;
    looked.store(now.0, Ordering::Relaxed);
    Ok(published)
}

async fn run(services: &Services, moved: Option<Timestamp>) -> Result<usize> {
    let (mut after, mut published) = (String::new(), 0);
    loop {
        let due = {
            let mut tx = services.0.store.read().await?;
            let macs = firmware::macs(&mut tx, &after, moved).await?;
            let Some(last) = macs.last() else { return Ok(published) };
            after.clone_from(last);
            due(&mut tx, macs, services.now()).await?
        };
        for chunk in due.chunks(CHUNK) {
            let mut act = Act::begin_program(services).await?;
            for mac in chunk {
                published += usize::from(one(services, &mut act, mac).await?);
            }
            act.commit().await?;
        }
    }
}

type Shared = BTreeMap<(String, SiteId, Option<SegmentId>), Vec<Layer>>;

/// Those of `macs` for which something else holds than what is published, and that no freeze keeps from it.
async fn due(tx: &mut Tx, macs: Vec<String>, now: Timestamp) -> Result<Vec<String>> {
    let freezes = freeze::from(tx, now).await?;
    let catalogue = Catalogue::load(tx).await?;
    let mut shared = Shared::new();
    let mut due = Vec::new();
    for bare in macs {
        let Ok(mac) = Mac::parse(&bare) else { continue };
        let Some(stored) = device::by_mac(tx, mac).await? else { continue };
        let d = &stored.device;
        // What is wanted waits for the freeze to end; the end wakes this again.
        if frozen(&freezes, d.site, now).is_some() {
            continue;
        }
        let key = (publish::model_scope(d.vendor, &d.model), d.site, d.segment);
        if !shared.contains_key(&key) {
            shared.insert(key.clone(), publish::shared(tx, d).await?);
        }
        let layers = shared.get(&key).cloned().unwrap_or_default();
        let layers = publish::stack_on(tx, d, layers).await?;
        let installed = firmware::installed(tx, d.id).await?;
        let aim = catalogue.aim(d, &installed, &resolve(&layers).0).map(|aim| aim.target(&installed));
        if aim != firmware::target(tx, d.id).await? {
            due.push(bare);
        }
    }
    Ok(due)
}

/// Publishes for one device, if it is still due; whether a revision was made.
async fn one(services: &Services, act: &mut Act<'_>, mac: &str) -> Result<bool> {
    let loaded = devices::loaded(&mut act.tx, mac).await?;
    let device = &loaded.stored.device;
    let Some(current) = planning::current(&mut act.tx, &loaded).await? else { return Ok(false) };
    let kind = current.revision.kind;
    let prepared = publish::prepare(&mut act.tx, &loaded.stored, kind, current.revision.lines).await?;
    let before = firmware::target(&mut act.tx, device.id).await?;
    let file = |target: Option<&Target>| target.map(|t| t.file.clone()).filter(|file| !file.is_empty());
    let (was, will) = (file(before.as_ref()), file(prepared.firmware.as_ref()));
    if was == will {
        firmware::set_target(&mut act.tx, device.id, prepared.firmware.as_ref()).await?;
        return Ok(false);
    }
    if let Some(finding) = prepared.findings.iter().find(|finding: &&Finding| finding.blocks()) {
        tracing::warn!(device = %device.mac, %finding, "firmware: the device's file cannot be written");
        return Ok(false);
    }
    let said = prepared.resolution.get(VERSION).map(|resolved| resolved.origin.change.clone());
    let change = said.unwrap_or_else(|| "firmware".to_owned());
    let number = revision::last_number(&mut act.tx, device.id).await? + 1;
    let as_ = Publication {
        id: RevisionId(services.0.env.id()),
        number,
        change: &change,
        approver: None,
        at: act.now,
    };
    publish::publish(&mut act.tx, &loaded.stored, prepared, as_).await?;
    act.bump(device.id.0);
    let word = |file: Option<String>| Some(file.unwrap_or_else(|| "no image".to_owned()));
    act.note(Note {
        action: "firmware.publish",
        subject: loaded.name(),
        site: Some(loaded.site.id),
        device: Some(device.id),
        before: word(was),
        after: word(will),
        reason: format!("revision {number} ({}), the same lines", kind.word()),
    });
    Ok(true)
}
