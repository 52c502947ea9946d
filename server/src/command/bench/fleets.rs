//! Fleets of growing size: what a fetch costs when the device is known and when it is not, and what an idle phone weighs.

use super::{
    fleet::Fleet,
    installation::{Installation, challenge},
    load::{Outcome, Pace, Plan},
    usage,
};
use crate::exit::Failure;
use std::{
    net::SocketAddr,
    sync::Arc,
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

pub(super) async fn run(at: &Installation, full: bool) -> Result<(), Failure> {
    let door = at.door(at.edge(), None).await?;
    let sizes: &[u32] = if full { &[1_000, 100_000, 1_000_000] } else { &[1_000, 100_000] };
    println!("{SAMPLE} phones of each fleet, {CONNECTIONS} connections, no TLS; times in ms");
    let (mut have, mut smallest) = (0, None);
    let before = usage::resident();
    for &size in sizes {
        let added = Fleet { first: BASE + have + 1, last: BASE + size };
        let begun = Instant::now();
        added.load(&at.store, &at.keys.vault, &at.env).await?;
        let took = begun.elapsed().as_secs_f64();
        have = size;
        let loaded = usage::resident();
        let all = added.requests(&challenge(door).await?);
        let sample: Vec<_> = all.iter().step_by((all.len() / SAMPLE).max(1)).take(SAMPLE).cloned().collect();
        let sample = Arc::new(sample);
        let misses = once(door, &sample, CONNECTIONS).await?;
        let hits = once(door, &sample, CONNECTIONS).await?;
        let (miss, hit) = *smallest.get_or_insert((misses.p50, hits.p50));
        println!("{size} phones, loaded in {took:.1} s");
        println!("  unknown: p50 {:.2}, p99 {:.2}, ratio {:.2}", misses.p50, misses.p99, misses.p50 / miss);
        println!("  known:   p50 {:.2}, p99 {:.2}, ratio {:.2}", hits.p50, hits.p99, hits.p50 / hit);
        let fetched = once(door, &Arc::new(all), 64).await?;
        let after = usage::resident();
        let grown = |to: u64| (to.saturating_sub(before)) as f64;
        println!(
            "  each fetched once at {:.0} /s, {} failed; resident {:.0} MB before, {:.0} MB loaded, {:.0} MB now: {:.0} B for each phone",
            fetched.rate(),
            fetched.failed,
            before as f64 / 1e6,
            loaded as f64 / 1e6,
            after as f64 / 1e6,
            grown(after) / f64::from(size)
        );
        tokio::time::sleep(IDLE).await;
        let idle = usage::resident();
        println!(
            "  {} s later: resident {:.0} MB, {:.0} B for each phone",
            IDLE.as_secs(),
            idle as f64 / 1e6,
            grown(idle) / f64::from(size)
        );
    }
    Ok(())
}

async fn once(
    target: SocketAddr,
    requests: &Arc<Vec<String>>,
    connections: usize,
) -> Result<Outcome, Failure> {
    Plan { target, tls: None, connections, requests: Arc::clone(requests), pace: Pace::Once }.run().await
}
