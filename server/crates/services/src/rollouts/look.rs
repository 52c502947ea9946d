//! What a look at a rollout loads: of a wave, the phones of which something may have to be said now. The others are
//! counted, and the step is the same (`domain/tests/rollout/properties.rs`).

use crate::Result;
use domain::{
    Timestamp,
    freeze::frozen,
    ids::SiteId,
    rollout::{MINUTE_OF_PACE, Observations, Place, Recent, State, Status, Tally},
};
use std::collections::BTreeMap;
use storage::{
    Tx, freeze,
    rollout::{self, Rollout, Watched},
    site,
};

/// Where a rollout is, with the phones that matter now, and what is seen of them here; nothing when nothing can follow.
/// Six statements; none of a rollout that stands.
pub(super) async fn look(tx: &mut Tx, r: &Rollout, now: Timestamp) -> Result<Option<(State, Observations)>> {
    if matches!(r.status, Status::Preparing | Status::Paused(_) | Status::Finished | Status::Aborted) {
        return Ok(None);
    }
    let places = places(tx, now).await?;
    let open = places.values().any(|place| place.open(&r.settings, now));
    let passed = r.wave as usize >= r.settings.waves.len();
    let Some((mut watched, others)) = (match r.status {
        Status::Aborting => Some((rollout::reached(tx, r.id).await?, Tally::default())),
        Status::Returning => Some((rollout::reached_of(tx, r.id, r.wave).await?, Tally::default())),
        _ if passed => Some((rollout::deferred(tx, r.id).await?, Tally::default())),
        _ => of_wave(tx, r, open, now).await?,
    }) else {
        return Ok(None);
    };
    if r.status == Status::Running && !passed {
        let since = now.plus(-r.settings.seen_within);
        watched.extend(rollout::appeared(tx, r.id, r.wave, since).await?);
    }
    let mut recent = Recent::default();
    for (site, source, many) in rollout::recent(tx, now.plus(-MINUTE_OF_PACE)).await? {
        for _ in 0..many {
            recent.count(site, source.as_deref());
        }
    }
    let (members, seen): (Vec<_>, Vec<_>) = watched.into_iter().unzip();
    let devices = members.iter().zip(seen).map(|(member, seen)| (member.device, seen)).collect();
    Ok(Some((State { others, ..state(r, members) }, Observations { devices, sites: places, recent })))
}

async fn places(tx: &mut Tx, now: Timestamp) -> Result<BTreeMap<SiteId, Place>> {
    let freezes = freeze::from(tx, now).await?;
    let place = |site: domain::site::Site| {
        let frozen = frozen(&freezes, site.id, now).is_some();
        (site.id, Place { zone: site.time_zone, frozen })
    };
    Ok(site::list(tx).await?.into_iter().map(place).collect())
}

/// The phones of the wave that matter, and how the others are; nothing when it cannot begin now, whoever is there.
async fn of_wave(
    tx: &mut Tx,
    r: &Rollout,
    open: bool,
    now: Timestamp,
) -> Result<Option<(Vec<Watched>, Tally)>> {
    let tally = rollout::tally(tx, r.id, r.wave).await?;
    let Some(begun) = r.begun else {
        let waits = tally.iter().any(|(word, many)| word == "waiting" && *many > 0);
        let whole = async |tx: &mut Tx| rollout::of_wave(tx, r.id, r.wave).await;
        return Ok(if waits && !open { None } else { Some((whole(tx).await?, Tally::default())) });
    };
    let mut others = Tally::default();
    for (word, many) in &tally {
        others.add_many(word, *many);
    }
    let (late, waited) = (now.plus(-r.settings.within), now > begun.plus(r.settings.wait));
    let moving = rollout::moving(tx, r.id, r.wave, late, open || waited).await?;
    for (member, _) in &moving {
        others.take(member.phase);
    }
    Ok(Some((moving, others)))
}

pub(super) fn state(r: &Rollout, members: Vec<domain::rollout::Member>) -> State {
    let others = Tally::default();
    State { status: r.status, wave: r.wave, begun: r.begun, accepted: r.accepted, members, others }
}
