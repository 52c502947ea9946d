//! The storm: kept connections, proven devices, bound files, a durable ledger, the index being written meanwhile.

use super::{
    fleet::Fleet,
    installation::{Installation, bare, body, challenge},
    load::{Outcome, Pace, Plan},
    nginx::{Certificates, Nginx},
    usage,
};
use crate::exit::Failure;
use std::{net::SocketAddr, sync::Arc};

const CONNECTIONS: usize = 256;
const PHONES: u32 = 1_000;
/// The contestants take turns, so that what else the machine does falls on all of them.
const ROUNDS: u32 = 3;

struct Contestant {
    name: &'static str,
    plain: SocketAddr,
    tls: SocketAddr,
    /// Whose processor time is its own.
    process: Option<u32>,
}

#[derive(Default)]
struct Score {
    rates: Vec<f64>,
    p50: f64,
    p99: f64,
    longest: f64,
    cpu: f64,
    load: f64,
    served: u64,
    failed: u64,
}

pub(super) async fn run(at: &Installation, seconds: f64) -> Result<(), Failure> {
    Fleet { first: 1, last: PHONES }.ensure(&at.store, &at.keys.vault, &at.env).await?;
    let ours = Contestant {
        name: "ours: proven, recorded",
        plain: at.door(at.edge(), None).await?,
        tls: at.door(at.edge(), Some(Arc::clone(&at.tls))).await?,
        process: None,
    };
    let fleet = Fleet { first: 1, last: PHONES };
    let same = body(ours.plain, &fleet.requests(&challenge(ours.plain).await?)[0]).await?;
    let bytes = same.len();
    let handler = Contestant {
        name: "a bare axum handler",
        plain: at.door(bare(same.clone()), None).await?,
        tls: at.door(bare(same.clone()), Some(Arc::clone(&at.tls))).await?,
        process: None,
    };
    let folder = at.folder.join("tls");
    let (certificate, key) = (folder.join("ecdsa.pem"), folder.join("ecdsa.key"));
    let certificates = Certificates { certificate: &certificate, key: &key, clients: None };
    let nginx = Nginx::start(&at.folder.join("nginx"), &same, &certificates).await?;
    let mut contestants = vec![handler, ours];
    match &nginx {
        Some(nginx) => contestants.push(Contestant {
            name: "nginx, access log",
            plain: nginx.plain,
            tls: nginx.tls,
            process: Some(nginx.process()),
        }),
        None => println!("  nginx is not on this machine: left out"),
    }
    println!(
        "{CONNECTIONS} kept connections, {PHONES} phones, files of {bytes} B, {ROUNDS} rounds of {:.0} s each",
        seconds / f64::from(ROUNDS)
    );
    for tls in [false, true] {
        let before = at.backlog().await?;
        let mut scores: Vec<Score> = contestants.iter().map(|_| Score::default()).collect();
        for _ in 0..ROUNDS {
            let requests = Arc::new(fleet.requests(&challenge(contestants[1].plain).await?));
            for (contestant, score) in contestants.iter().zip(&mut scores) {
                let plan = Plan {
                    target: if tls { contestant.tls } else { contestant.plain },
                    tls: tls.then(|| at.trust(false)),
                    connections: CONNECTIONS,
                    requests: (&requests).into(),
                    pace: Pace::Seconds(seconds / f64::from(ROUNDS)),
                };
                let used = || match contestant.process {
                    Some(process) => usage::cpu_of_family(process),
                    None => usage::cpu(std::process::id()),
                };
                let cpu = used();
                let outcome = plan.run().await?;
                score.take(&outcome, used() - cpu);
            }
        }
        print(tls, &contestants, &mut scores);
        println!("  entries that the index lags behind: {before} before, {} after", at.backlog().await?);
    }
    Ok(())
}

impl Score {
    fn take(&mut self, outcome: &Outcome, cpu: f64) {
        self.rates.push(outcome.rate());
        self.p50 = self.p50.max(outcome.p50);
        self.p99 = self.p99.max(outcome.p99);
        self.longest = self.longest.max(outcome.longest);
        self.cpu += cpu;
        self.load += outcome.cpu;
        self.served += outcome.served;
        self.failed += outcome.failed;
    }
}

/// The middle one.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Times are those of the worst round; processor time is per answer, of the server and of the generator.
fn print(tls: bool, contestants: &[Contestant], scores: &mut [Score]) {
    let title = if tls { "TLS 1.3" } else { "no TLS" };
    println!(
        "{title:<24} {:>9} {:>6} {:>8} {:>8} {:>9} {:>10} {:>9} {:>7}",
        "/s", "ratio", "p50 ms", "p99 ms", "worst ms", "server µs", "load µs", "failed"
    );
    let baseline = median(&mut scores[0].rates);
    for (contestant, score) in contestants.iter().zip(scores) {
        let rate = median(&mut score.rates);
        let each = |seconds: f64| seconds * 1e6 / (score.served.max(1) as f64);
        println!(
            "{:<24} {rate:>9.0} {:>6.2} {:>8.2} {:>8.2} {:>9.1} {:>10.1} {:>9.1} {:>7}",
            contestant.name,
            rate / baseline,
            score.p50,
            score.p99,
            score.longest,
            each(score.cpu),
            each(score.load),
            score.failed
        );
    }
}
