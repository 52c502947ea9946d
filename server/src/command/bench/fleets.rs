//! Fleets of growing size: what a fetch costs when the device is known and when it is not, and what an idle phone weighs.

use super::{
    fleet::Fleet,
    installation::{Installation, challenge_header},
    load::{Outcome, Pace, Plan, Requests},
    usage,
};
use crate::exit::Failure;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Phones that are asked for, spread over the fleet; fewer than ten seconds' worth, so that the second time they are known.
const SAMPLE: usize = 1_000;
/// Few, so that what is measured is the answer and not the queue.
const CONNECTIONS: usize = 4;
/// After this nobody's phone has asked for longer than anything is kept for it.
const IDLE: Duration = Duration::from_secs(150);
/// Where the numbers of these fleets begin: nothing else has asked for them before.
const BASE: u32 = 10_000;

/// Measures fleets of these sizes, each with the one before it in it.
pub(super) async fn run(at: &Installation, sizes: impl Iterator<Item = u32>) -> Result<(), Failure> {
    let door = at.door(at.edge(), None).await?;
    println!("{SAMPLE} phones of each fleet, {CONNECTIONS} connections, no TLS; times in ms");
    let (mut have, mut smallest, mut least) = (0, None, None);
    for size in sizes.filter(|size| *size > 0) {
        if size <= have {
            return Err(Failure::usage("each fleet has to be larger than the one before it"));
        }
        let before = usage::resident();
        let added = Fleet { first: BASE + have + 1, last: BASE + size };
        let begun = Instant::now();
        added.load(&at.store, &at.keys.vault, &at.env).await?;
        let took = begun.elapsed().as_secs_f64();
        have = size;
        let loaded = usage::resident();
        let misses = once(door, added, SAMPLE, CONNECTIONS).await?;
        let hits = once(door, added, SAMPLE, CONNECTIONS).await?;
        let (miss, hit) = *smallest.get_or_insert((misses.p50, hits.p50));
        println!("{size} phones, loaded in {took:.1} s");
        println!("  unknown: p50 {:.2}, p99 {:.2}, ratio {:.2}", misses.p50, misses.p99, misses.p50 / miss);
        println!("  known:   p50 {:.2}, p99 {:.2}, ratio {:.2}", hits.p50, hits.p99, hits.p50 / hit);
        let fetched = once(door, added, usize::MAX, 64).await?;
        println!(
            "  each fetched once at {:.0} /s, {} failed; resident {:.0} MB before, {:.0} MB loaded, {:.0} MB now",
            fetched.rate(),
            fetched.failed,
            before as f64 / 1e6,
            loaded as f64 / 1e6,
            usage::resident() as f64 / 1e6,
        );
        tokio::time::sleep(IDLE).await;
        let idle = usage::resident();
        // What the process needs whatever it serves is in the first fleet's share, and not in what others have more.
        let (phones, bytes) = *least.get_or_insert((size, idle));
        let more = idle.saturating_sub(bytes) as f64 / f64::from((size - phones).max(1));
        println!("  {} s later: resident {:.0} MB", IDLE.as_secs(), idle as f64 / 1e6);
        if size > phones {
            println!("  each idle phone beyond the first {phones}: {more:.0} B");
        }
    }
    Ok(())
}

/// Asks once for each phone of a fleet, or for `most` of them.
async fn once(target: SocketAddr, fleet: Fleet, most: usize, connections: usize) -> Result<Outcome, Failure> {
    let requests = Requests::Fleet { fleet, most, challenge: challenge_header(target).await? };
    Plan { target, tls: None, connections, requests, pace: Pace::Once }.run().await
}
