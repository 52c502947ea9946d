//! `cargo xtask bench edge`: the same measurement on each database, one after the other.

use anyhow::{Result, bail};

use crate::command::{command, run as run_command};
use crate::packages;
use crate::postgres::Postgres;
use crate::server;
use crate::step::step;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let Some((what, args)) = args.split_first().filter(|(what, _)| *what == "edge") else {
        bail!("which bench? There is `cargo xtask bench edge`.");
    };
    step("set-up: nginx to compare with, PostgreSQL", || packages::install(&["nginx", "postgresql"]))?;
    server::build()?;
    let args: Vec<_> = args.iter().filter(|arg| *arg != "--").collect();
    println!("==> ringfence bench {what}: SQLite");
    run_command(command(server::binary()).args(["bench", what]).args(&args))?;
    let postgres = Postgres::start()?;
    println!("==> ringfence bench {what}: PostgreSQL");
    let database = postgres.database("bench")?;
    run_command(command(server::binary()).args(["bench", what, "--database", &database]).args(&args))
}
