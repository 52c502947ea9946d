//! What must be on the machine, installed when it is not.

use std::env;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::command::{command, have, output, run};
use crate::step::step;
use crate::{node, packages};

const WASM: &str = "wasm32-unknown-unknown";

/// What the tests and the lab use, beyond Node.js.
const TEST_PACKAGES: &[&str] = &[
    "ca-certificates",
    "chromium",
    "curl",
    "fonts-dejavu-core",
    "iproute2",
    "kamailio",
    "kamailio-extra-modules",
    "kamailio-json-modules",
    "kamailio-sqlite-modules",
    "linphone-cli",
    "nginx",
    "postgresql",
    "sqlite3",
];

pub(crate) fn everything() -> Result<()> {
    for_building()?;
    for_testing()
}

/// What `cargo xtask run` needs.
pub(crate) fn for_building() -> Result<()> {
    step("set-up: C compiler", || {
        // SQLite and aws-lc are compiled from their C sources.
        if have("cc") { Ok(()) } else { packages::install(&["gcc", "libc6-dev"]) }
    })?;
    step("set-up: WASM target", wasm_target)
}

/// What `cargo xtask test` needs beyond that.
pub(crate) fn for_testing() -> Result<()> {
    step("set-up: packages", || packages::install(TEST_PACKAGES))?;
    step("set-up: Node.js", node::install)
}

/// Asks the compiler, not rustup: not every toolchain comes from there.
fn wasm_target() -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = output(command(rustc).args(["--print", "target-libdir", "--target", WASM]))?;
    if has_core(Path::new(&folder)) {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", WASM])).with_context(|| {
        format!("the WASM half of Rust is missing; install it by hand: `rustup target add {WASM}`")
    })
}

fn has_core(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}
