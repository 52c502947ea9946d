//! Which phone is in which wave: once, when a rollout begins, some at a time.

use crate::{Result, Services, act::Act};
use domain::{
    Mac,
    rollout::{
        Status,
        waves::{Assigned, Candidate, assign},
    },
};
use std::collections::BTreeSet;
use storage::{
    Tx,
    fleet::{self, Which},
    layer_change,
    rollout::{self, Rollout},
    site,
};

/// Phones that are assigned in one transaction.
const CHUNK: usize = 1_000;

/// Assigns the phones of the change's plan to waves; then it runs. Interrupted, it begins again: who is assigned stays.
pub(super) async fn prepare(services: &Services, mut rollout: Rollout) -> Result<()> {
    let assigned = {
        let mut tx = services.0.store.read().await?;
        assigned(&mut tx, services, &rollout).await?
    };
    for (at, chunk) in assigned.chunks(CHUNK).enumerate() {
        let mut act = Act::begin_program(services).await?;
        let phones: Vec<_> = chunk.iter().map(|a| (a.device, a.wave)).collect();
        let from = i64::try_from(at * CHUNK).unwrap_or(i64::MAX);
        rollout::add(&mut act.tx, rollout.id, &phones, from).await?;
        act.commit().await?;
    }
    let mut act = Act::begin_program(services).await?;
    rollout.status = Status::Running;
    // Somebody aborted it meanwhile: that holds.
    if rollout::update(&mut act.tx, &mut rollout).await? {
        act.commit().await?;
    }
    Ok(())
}

async fn assigned(tx: &mut Tx, services: &Services, rollout: &Rollout) -> Result<Vec<Assigned>> {
    let change = layer_change::by_number(tx, rollout.change).await?;
    let planned: BTreeSet<Mac> = change
        .and_then(|change| change.plan)
        .map(|plan| plan.devices().into_iter().collect())
        .unwrap_or_default();
    let sites: std::collections::HashMap<_, _> =
        site::list(tx).await?.into_iter().map(|site| (site.id, site.code)).collect();
    let since = services.now().plus(-rollout.settings.seen_within);
    let seen: std::collections::HashSet<_> = rollout::seen_since(tx, since).await?.into_iter().collect();
    let members = fleet::devices(tx, Which::All).await?;
    let candidates: Vec<_> = members
        .into_iter()
        .map(|member| member.device)
        .filter(|device| planned.contains(&device.mac))
        .map(|device| Candidate {
            device: device.id,
            mac: device.mac,
            site: device.site,
            code: sites.get(&device.site).cloned().unwrap_or_default(),
            segment: device.segment,
            seen: seen.contains(&device.id),
        })
        .collect();
    Ok(assign(&candidates, &rollout.settings.waves, rollout.number))
}
