//! `ringfence bench govern`: what a plan over many devices costs, and the pages that people wait for, in a large
//! installation. Statements are counted, because their number must not grow with what is in the database.

use super::{fleet, fleet::Fleet, installation::Installation, usage};
use crate::{exit::Failure, startup};
use clap::Args;
use domain::{
    authz::Actor,
    ids::RequestId,
    ledger::{ActEntry, Entry},
};
use services::{
    Operation, change_requests, devices, users,
    view::{BulkInput, DeviceFilter},
};
use std::{fmt::Write as _, time::Instant};
use storage::ledger;

/// Entries of the ledger in one transaction.
const CHUNK: u64 = 51_200;
/// How often a page is asked for.
const TIMES: usize = 100;

/// What to measure it on.
#[derive(Args)]
pub(crate) struct Govern {
    /// An empty PostgreSQL database; default: SQLite in a temporary folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Bound devices in the inventory.
    #[arg(long, default_value_t = 100_000)]
    devices: u32,
    /// Entries in the ledger.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// Devices of the bulk request.
    #[arg(long, default_value_t = 10_000)]
    rows: u32,
}

impl Govern {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let database = if self.database.is_some() { "PostgreSQL" } else { "SQLite, synchronous=FULL" };
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        println!("govern on {database}, {cores} processors");
        let at = Installation::open(self.database.as_deref()).await?;
        let begun = Instant::now();
        let fleet = Fleet { first: 1, last: self.devices };
        fleet.load(&at.store, &at.keys.vault, &at.env).await?;
        fill(&at, self.entries).await?;
        println!(
            "{} devices and {} entries, written in {:.0} s",
            self.devices,
            self.entries,
            begun.elapsed().as_secs_f64()
        );
        println!("\n== plan");
        plan(&at, self.rows.min(self.devices)).await?;
        println!("\n== pages");
        pages(&at, self.devices).await?;
        at.close().await;
        Ok(())
    }
}

/// Acts that nobody did.
async fn fill(at: &Installation, entries: u64) -> Result<(), Failure> {
    let mut left = entries;
    while left > 0 {
        let now = at.env.now();
        let act = |_| {
            Entry::Act(Box::new(ActEntry {
                at: now,
                actor: None,
                action: "bench.fill".to_owned(),
                subject: "bench".to_owned(),
                site: None,
                device: None,
                request: RequestId(at.env.id()),
                before: None,
                after: None,
                reason: "To have a large record.".to_owned(),
            }))
        };
        let batch: Vec<_> = (0..left.min(CHUNK)).map(act).collect();
        let mut tx = at.store.write().await.map_err(Failure::database)?;
        ledger::append(&mut tx, "bench", &batch).await.map_err(Failure::database)?;
        tx.commit().await.map_err(Failure::database)?;
        left -= left.min(CHUNK);
    }
    Ok(())
}

async fn actor(at: &Installation, name: &str) -> Result<Actor, Failure> {
    let op = startup::command_line(&at.services);
    let all = users::list(&at.services, &op).await.map_err(Failure::environment)?;
    all.into_iter()
        .find(|actor| actor.name == name)
        .ok_or_else(|| Failure::environment("nobody of that name"))
}

/// One request that takes every line of a fleet away.
async fn plan(at: &Installation, rows: u32) -> Result<(), Failure> {
    let mut file = "kind,mac,line_key\n".to_owned();
    for n in 1..=rows {
        writeln!(file, "unbind,{},1", fleet::mac(n)).ok();
    }
    let input = BulkInput {
        file: file.into_bytes(),
        reason: "The floor is given up.".to_owned(),
        ..BulkInput::default()
    };
    let ada = at.services.operation(actor(at, "ada").await?);
    let before = usage::resident();
    let begun = Instant::now();
    let made = change_requests::create_bulk(&at.services, &ada, &input).await;
    let number = made.map_err(Failure::environment)?;
    println!("  draft of {rows} rows: {:.2} s", begun.elapsed().as_secs_f64());
    for _ in 0..3 {
        let (statements, begun) = (at.services.statements(), Instant::now());
        let view = change_requests::view(&at.services, &ada, number).await.map_err(Failure::environment)?;
        println!(
            "  planned and shown: {:.2} s, {} statements, {} items; resident +{:.0} MB",
            begun.elapsed().as_secs_f64(),
            at.services.statements() - statements,
            view.plan.items.len(),
            usage::resident().saturating_sub(before) as f64 / 1e6
        );
    }
    let begun = Instant::now();
    change_requests::submit(&at.services, &ada, number).await.map_err(Failure::environment)?;
    println!("  submitted: {:.2} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// What is typed to find a device of a fleet.
type Term = fn(u32) -> String;

async fn pages(at: &Installation, devices: u32) -> Result<(), Failure> {
    let grace = at.services.operation(actor(at, "grace").await?);
    measure(at, "approval inbox", |_| async {
        change_requests::list(&at.services, &grace, "open", "").await.map(|page| page.rows.len())
    })
    .await?;
    let searches: [(&str, Term); 4] = [
        ("device by MAC", fleet::mac),
        ("device by serial", |n| format!("FLEET{n:07}")),
        ("device by extension", |n| (10_000_000 + n).to_string()),
        ("device that is not there", |n| format!("no such thing {n}")),
    ];
    for (what, term) in searches {
        let grace: &Operation = &grace;
        measure(at, what, |turn| {
            let n = 1 + u32::try_from(turn * 7919).unwrap_or(0) % devices;
            let filter = DeviceFilter { q: term(n), ..DeviceFilter::default() };
            async move { devices::list(&at.services, grace, &filter).await.map(|page| page.rows.len()) }
        })
        .await?;
    }
    Ok(())
}

async fn measure<F>(at: &Installation, what: &str, page: impl Fn(usize) -> F) -> Result<(), Failure>
where
    F: Future<Output = services::Result<usize>>,
{
    let statements = at.services.statements();
    let mut times = Vec::with_capacity(TIMES);
    let mut rows = 0;
    for turn in 0..TIMES {
        let begun = Instant::now();
        rows = page(turn).await.map_err(Failure::environment)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let each = (at.services.statements() - statements) / TIMES as u64;
    times.sort_by(f64::total_cmp);
    println!(
        "  {what:<26} p50 {:>7.2} ms, p95 {:>7.2} ms, {each} statements, {rows} rows",
        times[TIMES / 2],
        times[TIMES * 95 / 100]
    );
    Ok(())
}
