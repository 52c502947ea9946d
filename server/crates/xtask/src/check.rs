//! Everything that is checked without running the product.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::command::{cargo, command, output, root, run as run_command, target};
use crate::frontend::target_folder;
use crate::postgres::{self, Postgres};
use crate::setup;
use crate::step::{Outcome, Report};

const WASM: &str = "wasm32-unknown-unknown";
/// Pinned, because its configuration changes between versions.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    let mut report = Report::new("checks");
    report.run("format", &mut cargo(["fmt", "--all", "--check"]));

    let lint = ["--", "--deny", "warnings"];
    let mut host = cargo(["clippy", "--workspace", "--exclude", "frontend", "--all-targets"]);
    report.run("lints: server and tools", host.args(lint));
    let mut browser = cargo(["clippy", "--package", "frontend", "--target", WASM, "--target-dir"]);
    report.run("lints: browser half", browser.arg(target_folder()).args(lint));
    let mut editor = cargo(["clippy", "--package", "frontend", "--features", "editor", "--target", WASM]);
    editor.arg("--target-dir").arg(target_folder());
    report.run("lints: browser half with the layer editor", editor.args(lint));
    let mut rules = cargo(["clippy", "--package", "ringfence-domain", "--package", "ringfence-dialects"]);
    rules.args(["--target", WASM, "--target-dir"]).arg(target_folder());
    report.run("lints: domain and dialects for WASM", rules.args(lint));

    let mut document =
        cargo(["doc", "--workspace", "--exclude", "frontend", "--no-deps", "--document-private-items"]);
    report.run("documentation", document.env("RUSTDOCFLAGS", "--deny warnings"));

    report.step("licences, sources, bans", deny);
    report.step("advisories", advisories);
    report.step("statements on SQLite and PostgreSQL", statements);
    report.finish()
}

fn deny() -> Result<Outcome> {
    run_command(cargo_deny()?.args(["check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::Passed)
}

/// Known vulnerabilities, where their list can be had: it is not on crates.io.
fn advisories() -> Result<Outcome> {
    if !cargo_deny()?.args(["fetch", "db"]).stderr(Stdio::null()).status()?.success() {
        return Ok(Outcome::Skipped("advisories: skipped (database not reachable)".to_owned()));
    }
    run_command(cargo_deny()?.args(["check", "--disable-fetch", "advisories"]))?;
    Ok(Outcome::Passed)
}

fn cargo_deny() -> Result<Command> {
    let folder = target().join("tools");
    let program = folder.join("bin/cargo-deny");
    let version = format!("cargo-deny {CARGO_DENY}");
    if !program.exists() || output(command(&program).arg("--version"))? != version {
        println!("    installing {version}, once (some minutes)");
        // Without optimisation: it is built in half the time, and runs for a second.
        let install =
            ["install", "cargo-deny", "--locked", "--debug", "--force", "--version", CARGO_DENY, "--root"];
        run_command(cargo(install).arg(&folder)).with_context(|| {
            format!(
                "install it by hand: `cargo install cargo-deny --version {CARGO_DENY} --root target/tools`"
            )
        })?;
    }
    let mut deny = command(program);
    deny.args(["--config", ".deny.toml"]);
    Ok(deny)
}

/// Every SQL text is prepared on both databases, so that neither drifts.
fn statements() -> Result<Outcome> {
    if !root().join("server/crates/storage/tests/statements.rs").exists() {
        return Ok(Outcome::Skipped("there is no `server/crates/storage/tests/statements.rs`".to_owned()));
    }
    let postgres = Postgres::start()?;
    let mut tests = cargo(["test", "--package", "ringfence-storage", "--test", "statements"]);
    run_command(tests.env(postgres::URL, postgres.url()))?;
    Ok(Outcome::Passed)
}
