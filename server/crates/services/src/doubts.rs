//! Proofs that were wrong, until it is clear whether anybody has to look.
//!
//! A phone that shows a certificate which proves nothing goes on to show its credential, and one whose credential was
//! replaced asks again with the new one. So a wrong proof becomes a case only when the device that it claims to be has
//! not proven itself some minutes later. It changes nothing else (invariant 7).
//!
//! Anybody can show a wrong proof, for every device at once. What is remembered is bounded, by source too, and so are
//! the cases that stand open: the rest is in the counts of the probes.

use crate::{
    Result, Services,
    act::Act,
    exceptions::{self, Opening},
    probes,
};
use domain::{Mac, Timestamp, exception::Kind, policy::Weight, time::MINUTE};
use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};
use storage::{device, exception};

/// How long a device has to prove itself all the same.
const PATIENCE: i64 = 5 * MINUTE;
/// Devices remembered on this node.
const REMEMBERED: usize = 1024;
/// Devices remembered of one source prefix: a room of phones that all hold something old.
const ONE_PREFIX: usize = 32;
/// Cases of one kind that are opened by doubts stand open at most; more would hide each other.
const OPEN: i64 = 100;

/// A wrong proof.
#[derive(Clone, Debug)]
struct Doubt {
    since: Timestamp,
    prefix: String,
    detail: String,
}

/// Wrong proofs of the last minutes, by the device that they claim and what kind of case they make.
#[derive(Default)]
pub(crate) struct Doubts(Mutex<BTreeMap<(Mac, Kind), Doubt>>);

impl Doubts {
    /// Somebody showed a wrong proof for `mac`. Nobody has looked whether there is such a device.
    pub(crate) fn note(&self, mac: Mac, kind: Kind, client: IpAddr, detail: &str, now: Timestamp) {
        let Ok(mut doubts) = self.0.lock() else { return };
        if doubts.contains_key(&(mac, kind)) || doubts.len() >= REMEMBERED {
            return;
        }
        let prefix = probes::prefix(client);
        if doubts.values().filter(|doubt| doubt.prefix == prefix).count() < ONE_PREFIX {
            let detail = format!("{detail} Asked for from {client}.");
            doubts.insert((mac, kind), Doubt { since: now, prefix, detail });
        }
    }

    /// Takes what is old enough.
    fn take(&self, now: Timestamp) -> Vec<((Mac, Kind), Doubt)> {
        let Ok(mut doubts) = self.0.lock() else { return vec![] };
        doubts.extract_if(.., |_, doubt| doubt.since.plus(PATIENCE) <= now).collect()
    }
}

/// Opens a case for every device that was in doubt and has not proven itself since.
pub(crate) async fn settle(services: &Services) -> Result<()> {
    let due = services.0.doubts.take(services.now());
    let mut openings = Vec::new();
    if !due.is_empty() {
        let mut tx = services.0.store.read().await?;
        for ((mac, kind), doubt) in due {
            let Some(stored) = device::by_mac(&mut tx, mac).await? else { continue };
            let device = &stored.device;
            if device::seen_at(&mut tx, device.id).await?.is_none_or(|seen| seen < doubt.since) {
                openings.push(Opening::of_device(kind, Weight::Low, device, doubt.detail));
            }
        }
    }
    if openings.is_empty() {
        return Ok(());
    }
    let mut act = Act::begin_program(services).await?;
    let mut left = 0;
    for opening in &openings {
        // What joins an open case is always welcome.
        if exception::repeat(&mut act.tx, opening, act.now).await? {
            continue;
        }
        if exception::count_open(&mut act.tx, opening.kind).await? < OPEN {
            exceptions::open(services, &mut act, opening).await?;
        } else {
            left += 1;
        }
    }
    act.commit().await?;
    if left > 0 {
        tracing::warn!(left, open = OPEN, "wrong proofs of known devices opened no case: too many are open");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(doubts: &Doubts, n: u32, client: [u8; 4]) {
        let [_, a, b, c] = n.to_be_bytes();
        let mac = Mac::parse(&format!("805ec1{a:02x}{b:02x}{c:02x}")).unwrap();
        doubts.note(mac, Kind::Proof, client.into(), "It was wrong.", Timestamp(0));
    }

    #[test]
    fn a_flood_of_one_prefix_leaves_room_for_others_and_all_together_are_bounded() {
        let doubts = Doubts::default();
        for n in 0..10_000 {
            note(&doubts, n, [192, 0, 2, 7]);
        }
        assert_eq!(doubts.0.lock().unwrap().len(), ONE_PREFIX);
        note(&doubts, 20_000, [198, 51, 100, 7]);
        assert_eq!(doubts.0.lock().unwrap().len(), ONE_PREFIX + 1);
        for n in 0..10_000u32 {
            note(&doubts, 30_000 + n, (0x0a00_0000 + (n << 8)).to_be_bytes());
        }
        assert_eq!(doubts.0.lock().unwrap().len(), REMEMBERED);
        assert!(doubts.take(Timestamp(PATIENCE - 1)).is_empty());
        assert_eq!(doubts.take(Timestamp(PATIENCE)).len(), REMEMBERED);
        assert!(doubts.take(Timestamp(PATIENCE)).is_empty());
    }
}
