//! Proofs that were wrong, until it is clear whether anybody has to look.
//!
//! A phone that shows a certificate which proves nothing goes on to show its credential, and one whose credential was
//! replaced asks again with the new one. So a wrong proof becomes a case only when the device that it claims to be has
//! not proven itself some minutes later. It changes nothing else (invariant 7).
//!
//! A token that has ended is knowledge, which two can have: there the right phone's proof clears up nothing about
//! whoever else showed it, so only a proof from the same source does.
//!
//! Anybody can show a wrong proof, for every device at once. What is remembered is bounded, by source too, and so are
//! the cases that stand open: the rest is in the counts of the probes.

use crate::{
    Result, Services,
    act::Act,
    exceptions::{self, Opening},
    probes,
};
use domain::{Mac, Timestamp, enrolment::Fingerprint, exception::Kind, policy::Weight, time::MINUTE};
use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};
use storage::{
    device::{self, Seen},
    exception,
};

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

/// Which device a wrong proof claims, what kind of case it makes, and whose later proof clears it up: anybody's, or
/// only that of this source.
type Key = (Mac, Kind, Option<Source>);

/// Who asked, as far as it shows: address and `User-Agent`.
type Source = (IpAddr, String);

/// Wrong proofs of the last minutes.
#[derive(Default)]
pub(crate) struct Doubts(Mutex<BTreeMap<Key, Doubt>>);

impl Doubts {
    /// Somebody showed a wrong proof for `mac`. Nobody has looked whether there is such a device.
    pub(crate) fn note(&self, mac: Mac, kind: Kind, client: IpAddr, detail: &str, now: Timestamp) {
        self.remember((mac, kind, None), client, detail, now);
    }

    /// The same of a proof that two can have. A proof of the device from elsewhere says nothing about this one.
    pub(crate) fn note_from(&self, mac: Mac, kind: Kind, by: &Fingerprint, detail: &str, now: Timestamp) {
        let source = (by.client, by.user_agent.clone());
        self.remember((mac, kind, Some(source)), by.client, detail, now);
    }

    fn remember(&self, key: Key, client: IpAddr, detail: &str, now: Timestamp) {
        let Ok(mut doubts) = self.0.lock() else { return };
        if doubts.contains_key(&key) || doubts.len() >= REMEMBERED {
            return;
        }
        let prefix = probes::prefix(client);
        if doubts.values().filter(|doubt| doubt.prefix == prefix).count() < ONE_PREFIX {
            let detail = format!("{detail} Asked for from {client}.");
            doubts.insert(key, Doubt { since: now, prefix, detail });
        }
    }

    /// Takes what is old enough.
    fn take(&self, now: Timestamp) -> Vec<(Key, Doubt)> {
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
        for ((mac, kind, source), doubt) in due {
            let Some(stored) = device::by_mac(&mut tx, mac).await? else { continue };
            let device = &stored.device;
            let seen = device::seen(&mut tx, device.id).await?;
            if !seen.is_some_and(|seen| clears_up(&seen, source.as_ref(), doubt.since)) {
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

/// Whether the newest proof of the device says who showed the wrong one.
fn clears_up(seen: &Seen, source: Option<&Source>, since: Timestamp) -> bool {
    let same = source.is_none_or(|(client, user_agent)| {
        seen.client == client.to_string() && seen.user_agent == *user_agent
    });
    seen.at >= since && same
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shown_from_elsewhere_is_not_cleared_up_by_the_right_phone() {
        let here: IpAddr = [192, 0, 2, 7].into();
        let source = |client: IpAddr, agent: &str| Some((client, agent.to_owned()));
        let seen = Seen { at: Timestamp(5), client: here.to_string(), user_agent: "phone".to_owned() };
        for (source, since, expected) in [
            (None, 5, true),
            (None, 6, false),
            (source(here, "phone"), 5, true),
            (source(here, "phone"), 6, false),
            (source(here, "another"), 5, false),
            (source([192, 0, 2, 8].into(), "phone"), 5, false),
        ] {
            assert_eq!(clears_up(&seen, source.as_ref(), Timestamp(since)), expected, "{source:?} {since}");
        }
    }

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
