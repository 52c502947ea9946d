//! The release binary, and what is done with it.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::command::{cargo, command, run as run_command, target};
use crate::step::step;
use crate::{frontend, setup};

/// Builds the one binary, the console's files inside it.
pub(crate) fn build() -> Result<()> {
    setup::for_building()?;
    frontend::build()?;
    step("server: release build", || run_command(&mut cargo(["build", "--release", "--package", "server"])))
}

pub(crate) fn binary() -> PathBuf {
    target().join("release/ringfence")
}

/// Builds and serves the demonstration until it is interrupted.
pub(crate) fn run(args: &[String]) -> Result<()> {
    build()?;
    let mut demo = command(binary());
    demo.arg("demo");
    if !args.iter().any(|arg| arg == "--data" || arg.starts_with("--data=")) {
        demo.args(["--data", "data"]);
    }
    println!("==> ringfence demo");
    become_it(demo.args(args))
}

/// Puts the program in our place, so that Ctrl-C and the exit code are its own.
fn become_it(command: &mut std::process::Command) -> Result<()> {
    Err(command.exec()).context("cannot start `target/release/ringfence`")
}
