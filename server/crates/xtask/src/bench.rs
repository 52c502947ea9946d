//! `cargo xtask bench edge` and `govern`: the same measurement on each database, one after the other. `cargo xtask bench dialects`:
//! the same measurement here and in WASM. `cargo xtask bench layers`: what a change of a layer does to 100,000 phones.
//! `cargo xtask bench rollout`: how long virtual phones take, and how many are harmed before a rollout stops.
//! `cargo xtask bench editor`: what a keystroke costs.

use std::fs;

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{cargo, command, root, run as run_command, target};
use crate::postgres::Postgres;
use crate::step::step;
use crate::{frontend, node, packages, server, setup, test};

pub(crate) fn run(args: &[String]) -> Result<()> {
    match args.split_first() {
        Some((what, args)) if ["edge", "govern", "layers"].contains(&what.as_str()) => on_both(what, args),
        Some((what, args)) if what == "rollout" => rollout(args),
        Some((what, _)) if what == "dialects" => dialects(),
        Some((what, _)) if what == "editor" => editor(),
        _ => bail!(
            "which bench? There are `cargo xtask bench` edge, govern, layers, rollout, dialects and editor."
        ),
    }
}

fn on_both(what: &str, args: &[String]) -> Result<()> {
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

fn rollout(args: &[String]) -> Result<()> {
    server::build()?;
    run_command(command(server::binary()).args(["bench", "rollout"]).args(args))
}

/// What a keystroke in the editor of layers costs: the rules and the dialects here, then all of it in the browser.
fn editor() -> Result<()> {
    setup::for_testing()?;
    run_command(&mut cargo(["run", "--release", "--package", "dialects-bench", "--example", "keystroke"]))?;
    server::build()?;
    test::keystroke()
}

fn dialects() -> Result<()> {
    setup::for_building()?;
    println!("==> dialects, here");
    run_command(&mut cargo(["run", "--release", "--package", "dialects-bench"]))?;
    let folder = target().join("bench/dialects");
    step("dialects, as WASM: compile and bind", || {
        run_command(
            cargo(["build", "--lib", "--package", "dialects-bench", "--profile", "wasm-release"])
                .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
                .arg(frontend::target_folder()),
        )?;
        let compiled = "wasm32-unknown-unknown/wasm-release/dialects_bench.wasm";
        fs::create_dir_all(&folder)?;
        let mut bindgen = Bindgen::new();
        bindgen.input_path(frontend::target_folder().join(compiled)).typescript(false);
        bindgen.nodejs(true)?.generate(&folder)
    })?;
    node::install()?;
    println!("==> dialects, as WASM");
    let script = root().join("server/crates/dialects-bench/wasm.mjs");
    run_command(node::with_node("node")?.arg(script).arg(&folder))
}
