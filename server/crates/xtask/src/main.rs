//! `cargo xtask …`: set-up, run, test, check, bench.
//!
//! Two commands are enough for a stranger with a Rust toolchain: `cargo xtask run` and
//! `cargo xtask test`. Everything here may be repeated at any time, says what it does and
//! how long it took, and stops with one sentence when something cannot be had. It holds no
//! product code: what ships is built from the other crates.

use std::process::ExitCode;

use anyhow::{Result, bail};

mod bench;
mod bundle;
mod check;
mod command;
mod frontend;
mod fuzz;
mod node;
mod packages;
mod postgres;
mod server;
mod setup;
mod site;
mod step;
mod test;

const USAGE: &str = "\
cargo xtask run [-- ARGS]              build for release and serve the demonstration
cargo xtask test [--full] [--only unit|browser|lab] [FILTER]
                                       install what tests need, run all of them
cargo xtask lab [-- ARGS]              only the lab: real call control, real SIP phones
cargo xtask check                      format, lints, documentation, licences, statements
cargo xtask setup                      only install what `run` and `test` need
cargo xtask build                      only build the release binary
cargo xtask console                    only build what the browser gets, for development builds to embed
cargo xtask bench edge [-- ARGS]       the edge beside a bare handler and nginx, on both databases
cargo xtask bench dialects             what resolving and writing cost for each vendor, here and in WASM
cargo xtask bench editor               what a keystroke in the editor of layers costs, here and in the browser
cargo xtask fuzz [TARGET] [SECONDS]    libFuzzer on what strangers send; 600 s for each target";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((task, rest)) = args.split_first() else { bail!("which task?\n{USAGE}") };
    match task.as_str() {
        "run" => server::run(passed_on(rest)),
        "build" => server::build(),
        "console" => frontend::build(),
        "setup" => setup::everything(),
        "test" => test::run(&test::Options::parse(rest)?),
        "lab" => test::lab(passed_on(rest)),
        "check" if rest.is_empty() => check::run(),
        "bench" => bench::run(rest),
        "fuzz" => fuzz::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown: `cargo xtask {}`\n{USAGE}", args.join(" ")),
    }
}

/// What follows an optional `--`.
fn passed_on(args: &[String]) -> &[String] {
    match args.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => args,
    }
}
