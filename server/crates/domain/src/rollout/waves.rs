//! Which phone belongs to which wave.

use super::{Rule, Wave};
use crate::{
    Mac,
    ids::{DeviceId, SegmentId, SiteId},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// A phone, as far as rules of waves ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The phone.
    pub device: DeviceId,
    /// Its MAC.
    pub mac: Mac,
    /// Its site.
    pub site: SiteId,
    /// Code of its site.
    pub code: String,
    /// Its segment.
    pub segment: Option<SegmentId>,
    /// Whether it was seen lately.
    pub seen: bool,
}

/// Where a phone stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The phone.
    pub device: DeviceId,
    /// Its site.
    pub site: SiteId,
    /// Its wave, from 0.
    pub wave: u32,
}

/// Every phone once, wave by wave, in the order in which they are released. `seed` decides who is among the first of a
/// share; the same one gives the same waves.
pub fn assign(candidates: &[Candidate], waves: &[Wave], seed: i64) -> Vec<Assigned> {
    let mut left: Vec<(u64, &Candidate)> = candidates.iter().map(|c| (rank(seed, c.mac), c)).collect();
    left.sort_unstable_by_key(|(rank, candidate)| (*rank, candidate.mac));
    let mut out = Vec::with_capacity(left.len());
    for (index, wave) in waves.iter().enumerate() {
        let last = index + 1 == waves.len();
        let room = room(&wave.rule, candidates.len(), out.len());
        let chosen = if last { None } else { Some(choice(&wave.rule, &left)) };
        let mut taken = 0;
        left.retain(|(_, candidate)| {
            let takes = taken < room && chosen.as_ref().is_none_or(|some| some.contains(&candidate.device));
            if takes {
                taken += 1;
                let wave = u32::try_from(index).unwrap_or(u32::MAX);
                out.push(Assigned { device: candidate.device, site: candidate.site, wave });
            }
            !takes
        });
    }
    out
}

/// How many a wave takes at most.
fn room(rule: &Rule, all: usize, before: usize) -> usize {
    match rule {
        // At least one of anything: a share of few phones is not nobody.
        Rule::Share(share) => (all * usize::from(*share)).div_ceil(100).saturating_sub(before),
        _ => usize::MAX,
    }
}

/// Whom a rule is about, among those left.
fn choice(rule: &Rule, left: &[(u64, &Candidate)]) -> BTreeSet<DeviceId> {
    let those = |is: &dyn Fn(&Candidate) -> bool| {
        left.iter().filter(|(_, candidate)| is(candidate)).map(|(_, candidate)| candidate.device).collect()
    };
    match rule {
        Rule::Named(macs) => those(&|candidate| macs.contains(&candidate.mac)),
        Rule::Site(code) => those(&|candidate| candidate.code == *code),
        Rule::Share(_) | Rule::All => those(&|_| true),
        Rule::Segments => {
            let mut segments = BTreeSet::new();
            let (there, away): (Vec<_>, Vec<_>) = left.iter().partition(|(_, candidate)| candidate.seen);
            let all = there.into_iter().chain(away);
            all.filter(|(_, candidate)| segments.insert((candidate.site, candidate.segment)))
                .map(|(_, candidate)| candidate.device)
                .collect()
        }
    }
}

/// Where a phone stands in the order of a rollout: scattered over models and sites, and the same every time.
fn rank(seed: i64, mac: Mac) -> u64 {
    let mut hash = Sha256::new_with_prefix(b"wave 1");
    hash.update(seed.to_be_bytes());
    hash.update(mac.bare());
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(8).fold(0, |rank, byte| (rank << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::{Policy, settings::read};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn candidates(many: u32) -> Vec<Candidate> {
        let one = |n: u32| Candidate {
            device: DeviceId(Uuid::from_u128(u128::from(n) + 1)),
            mac: Mac::parse(&format!("805ec0{n:06x}")).unwrap(),
            site: SiteId(Uuid::from_u128(u128::from(n % 3))),
            code: ["lon", "par", "ber"][n as usize % 3].to_owned(),
            segment: Some(SegmentId(Uuid::from_u128(u128::from(n % 6)))),
            seen: n.is_multiple_of(2) || n % 6 == 5,
        };
        (0..many).map(one).collect()
    }

    fn sizes(assigned: &[Assigned], waves: usize) -> Vec<usize> {
        (0..waves).map(|wave| assigned.iter().filter(|a| a.wave as usize == wave).count()).collect()
    }

    #[test]
    fn waves_follow_their_rules() {
        let all = candidates(600);
        for (text, wanted) in [
            ("5 %\n25 %\nall", vec![30, 120, 450]),
            ("devices 80:5e:c0:00:00:01 80:5e:c0:00:00:02\nsite lon\nall", vec![2, 200, 398]),
            ("site lon\n25 %\nall", vec![200, 0, 400]),
            ("site nowhere\nall", vec![0, 600]),
            ("1 %\nall", vec![6, 594]),
        ] {
            let waves = read(text).unwrap();
            assert_eq!(sizes(&assign(&all, &waves, 1), waves.len()), wanted, "{text}");
        }
        let few = read("1 %\nall").unwrap();
        assert_eq!(sizes(&assign(&candidates(3), &few, 1), 2), [1, 2]);
    }

    #[test]
    fn what_can_strand_begins_with_one_phone_of_each_segment_that_is_there() {
        let (all, waves) = (candidates(600), Policy::default().for_change(true).waves);
        let assigned = assign(&all, &waves, 7);
        let first: Vec<_> = assigned.iter().filter(|a| a.wave == 0).map(|a| a.device).collect();
        let of = |device: &DeviceId| all.iter().find(|c| c.device == *device).unwrap();
        let segments: BTreeSet<_> = first.iter().map(|device| of(device).segment).collect();
        assert_eq!((first.len(), segments.len()), (6, 6));
        // Segments 1 and 3 have nobody who was seen.
        assert_eq!(first.iter().filter(|device| of(device).seen).count(), 4);
    }

    proptest! {
        #[test]
        fn everybody_is_in_one_wave_and_shares_are_reached(many in 0u32..300, seed in 0i64..50) {
            let (all, waves) = (candidates(many), read("site lon; failures 1 %\n40 %\n70 %\nall").unwrap());
            let assigned = assign(&all, &waves, seed);
            let devices: BTreeSet<_> = assigned.iter().map(|a| a.device).collect();
            prop_assert_eq!(devices.len(), all.len());
            prop_assert_eq!(assigned.len(), all.len());
            prop_assert!(assigned.is_sorted_by_key(|a| a.wave));
            let sizes = sizes(&assigned, 4);
            let reached = sizes[0] + sizes[1] + sizes[2];
            prop_assert!(reached * 100 >= all.len() * 70);
            prop_assert_eq!(assign(&all, &waves, seed), assigned);
        }
    }
}
