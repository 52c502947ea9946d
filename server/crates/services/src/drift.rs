//! Which phones say something else than they should. The board is made anew all the time, a stretch of the inventory
//! after the other, so that its page reads neither revisions nor observations of phones that are in order.
//!
//! What is on it is no fact that anything is decided by, and therefore no act.

use crate::{
    Operation, Result, Services,
    view::{PAGE, cut},
};
use domain::{
    Mac, Timestamp,
    authz::{Action, authorise},
    drift::{Drift, Reason, Says, Should, drift},
    ids::DeviceId,
};
use std::{collections::BTreeMap, sync::Mutex};
use storage::{
    Tx,
    drift::{self as board, STRETCH, Seen, Standing},
};

/// Stretches of one turn: ten thousand phones a minute, for about a second.
const STRETCHES: usize = 20;

/// How far this node has come in the inventory.
#[derive(Default)]
pub(crate) struct Progress(Mutex<String>);

impl Progress {
    fn get(&self) -> String {
        self.0.lock().map(|mac| mac.clone()).unwrap_or_default()
    }

    fn set(&self, mac: String) {
        if let Ok(mut kept) = self.0.lock() {
            *kept = mac;
        }
    }
}

/// A phone on the board.
#[derive(Clone, Debug)]
pub struct DriftRow {
    /// Its MAC.
    pub mac: Mac,
    /// Vendor and model.
    pub model: String,
    /// Code of its site.
    pub site: String,
    /// Since when it is there.
    pub since: Timestamp,
    /// When it last proved itself and was served.
    pub seen: Option<Timestamp>,
    /// When it is expected next, where that is known.
    pub expected: Option<Timestamp>,
    /// The firmware that it says it runs; empty for none.
    pub firmware: String,
    /// The one that is wanted; empty for none.
    pub wanted: String,
}

/// The board: how many phones there are for each reason, and those of one.
#[derive(Clone, Debug)]
pub struct BoardView {
    /// Every reason, the worst first.
    pub counts: Vec<(Reason, i64)>,
    /// Whose phones are listed.
    pub reason: Reason,
    /// They, by MAC.
    pub rows: Vec<DriftRow>,
    /// Where the next page of them starts.
    pub next: Option<String>,
}

/// The board with the phones of a reason, or of the first that has any. Two statements, of which neither reads a phone
/// that is not shown.
pub async fn view(services: &Services, op: &Operation, reason: &str, after: &str) -> Result<BoardView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let all = board::counts(&mut tx).await?;
    let counts: Vec<_> = Reason::ALL.map(|reason| (reason, all.get(&reason).copied().unwrap_or(0))).into();
    let first = counts.iter().find(|(_, many)| *many > 0).map_or(Reason::ALL[0], |(reason, _)| *reason);
    let reason = Reason::parse(reason).unwrap_or(first);
    let row = |listed: board::Listed| {
        Some(DriftRow {
            mac: Mac::parse(&listed.mac).ok()?,
            model: format!("{} {}", listed.vendor, listed.model),
            site: listed.site,
            since: Timestamp(listed.since),
            seen: listed.seen_at.map(Timestamp),
            expected: listed.expected_at.map(Timestamp),
            firmware: listed.firmware,
            wanted: listed.wanted,
        })
    };
    let listed = board::list(&mut tx, reason, after).await?;
    let mut rows: Vec<_> = listed.into_iter().filter_map(row).collect();
    let next = cut(&mut rows, PAGE, |row| row.mac.bare());
    Ok(BoardView { counts, reason, rows, next })
}

/// How one phone stands now, for its page; `None` for one that has nothing published, or is not in use.
pub(crate) async fn of_device(tx: &mut Tx, device: DeviceId, now: Timestamp) -> Result<Option<Drift>> {
    Ok(board::one(tx, device).await?.and_then(|seen| judged(&seen, now)))
}

fn judged(seen: &Seen, now: Timestamp) -> Option<Drift> {
    let holds = seen.holds.as_ref().filter(|_| seen.in_use)?;
    let should = Should {
        vendor: seen.vendor,
        files: &holds.files,
        since: holds.since,
        firmware: &seen.wanted,
        interval: holds.interval,
    };
    let says = Says { fetch: seen.fetch, firmware: &seen.firmware, reported: seen.reported, wins: seen.wins };
    Some(drift(&should, &says, now))
}

/// Looks at the next phones and puts on the board who is to be there; how many rows changed. Every minute. Three reads
/// for each five hundred phones, and a write for each difference.
pub async fn sweep(services: &Services) -> Result<usize> {
    let mut after = services.0.drift.get();
    let mut changed = 0;
    for _ in 0..STRETCHES {
        let mut tx = services.0.store.read().await?;
        let seen = board::stretch(&mut tx, &after).await?;
        let Some(last) = seen.last().map(|seen| seen.mac.bare()) else {
            after.clear();
            break;
        };
        let was = board::standing(&mut tx, &after, &last).await?;
        drop(tx);
        changed += write(services, &seen, was).await?;
        after = last;
        if seen.len() < STRETCH {
            after.clear();
            break;
        }
    }
    services.0.drift.set(after);
    Ok(changed)
}

async fn write(
    services: &Services,
    seen: &[Seen],
    mut was: BTreeMap<(String, Reason), Standing>,
) -> Result<usize> {
    let now = services.now();
    let mut puts = vec![];
    for seen in seen {
        let Some(drift) = judged(seen, now) else { continue };
        for reason in drift.reasons {
            let key = (seen.mac.bare(), reason);
            let before = was.remove(&key);
            let since = before.as_ref().map_or(now, |standing| standing.since);
            let standing = Standing { since, expected: drift.expected };
            if before.as_ref() != Some(&standing) {
                puts.push((key, seen.device, standing));
            }
        }
    }
    let changed = puts.len() + was.len();
    if changed == 0 {
        return Ok(0);
    }
    let mut tx = services.0.store.write().await?;
    for ((mac, reason), device, standing) in puts {
        board::put(&mut tx, &mac, reason, device, &standing).await?;
    }
    for (mac, reason) in was.into_keys() {
        board::remove(&mut tx, &mac, reason).await?;
    }
    tx.commit().await?;
    Ok(changed)
}
