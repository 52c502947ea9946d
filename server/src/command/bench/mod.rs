//! `ringfence bench edge`: what proof, fence and record cost beside a bare handler and nginx, in one run.
//!
//! Only ratios within a run mean anything: the machine may do other things meanwhile, to all of them alike.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "measurements are printed with three digits"
)]

mod answer;
mod fleet;
mod fleets;
mod govern;
mod handshakes;
mod importing;
mod installation;
mod layers;
mod load;
mod nginx;
mod rollout;
mod throughput;
mod usage;

use crate::exit::Failure;
use clap::{Args, Subcommand};
use installation::Installation;

/// What to measure.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// The edge: a storm, new connections, fleets, an import meanwhile.
    Edge(Edge),
    /// Requests and pages of a large installation.
    Govern(govern::Govern),
    /// Layers: the blast radius of a change to many phones.
    Layers(layers::Layers),
    /// Rollouts over virtual phones: time to finish, phones harmed before a stop.
    Rollout(rollout::Rollout),
    /// The load generator; it reads its plan from standard input.
    Load,
}

#[derive(Args)]
pub(crate) struct Edge {
    /// An empty PostgreSQL database; default: SQLite in a temporary folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Seconds for each contestant of the storm.
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// New connections to each contestant.
    #[arg(long, default_value_t = 10_000)]
    phones: usize,
    /// Sizes of the fleets.
    #[arg(long, value_name = "PHONES", value_delimiter = ',', default_value = "1000,100000")]
    fleets: Vec<u32>,
    /// A fleet of a million too.
    #[arg(long)]
    full: bool,
    /// Only these parts.
    #[arg(long, value_delimiter = ',', value_parser = ["storm", "connections", "fleets", "import"])]
    only: Vec<String>,
}

pub(crate) async fn run(bench: Bench) -> Result<(), Failure> {
    match bench {
        Bench::Load => load::run().await,
        Bench::Edge(edge) => edge.run().await,
        Bench::Govern(govern) => govern.run().await,
        Bench::Layers(layers) => layers.run().await,
        Bench::Rollout(rollout) => rollout.run(),
    }
}

impl Edge {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    async fn run(self) -> Result<(), Failure> {
        let database = if self.database.is_some() { "PostgreSQL" } else { "SQLite, synchronous=FULL" };
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        println!("edge on {database}, {cores} processors, which the load generator shares");
        let at = Installation::open(self.database.as_deref()).await?;
        if self.wants("storm") {
            println!("\n== storm");
            throughput::run(&at, self.seconds).await?;
        }
        if self.wants("connections") {
            println!("\n== connections");
            handshakes::run(&at, self.phones).await?;
        }
        if self.wants("import") {
            println!("\n== import");
            importing::run(&at).await?;
        }
        if self.wants("fleets") {
            println!("\n== fleets");
            let million = self.full.then_some(1_000_000);
            fleets::run(&at, self.fleets.iter().copied().chain(million)).await?;
        }
        at.close().await;
        Ok(())
    }
}
