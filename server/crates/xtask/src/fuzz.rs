//! `cargo xtask fuzz [TARGET] [SECONDS]`: libFuzzer on the stable compiler, without a sanitizer: the code is safe Rust,
//! so what is looked for are panics, overflows and broken promises.
//!
//! What holds is said once, in `tests/fuzz/TARGET.rs` of the crate: the target fuzzes it, `tests/corpus.rs` replays
//! the corpus against it in every `cargo test`. A new target is a line in [`TARGETS`] and these three files.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, command, have, output, root, run as run_command, target};
use crate::packages;
use crate::step::step;

/// Crate and target.
const TARGETS: &[(&str, &str)] = &[
    ("dialects", "request"),
    ("dialects", "uploads"),
    ("dialects", "user_agent"),
    ("services", "certificate"),
    ("sip", "authorization"),
];

/// What `cargo fuzz --sanitizer none` sets: coverage by counters, comparisons traced, overflows checked.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks --cfg fuzzing";

/// Long enough to mean something, short enough to wait for.
const SECONDS: u64 = 600;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let (mut wanted, mut seconds) = (None, SECONDS);
    for arg in args {
        match arg.parse() {
            Ok(number) => seconds = number,
            Err(_) => wanted = Some(arg.as_str()),
        }
    }
    let targets: Vec<_> =
        TARGETS.iter().filter(|(_, name)| wanted.is_none_or(|wanted| wanted == *name)).collect();
    if targets.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|(_, name)| *name).collect();
        bail!("which target? There are {}.", names.join(", "));
    }
    step("set-up: C++ compiler", || if have("c++") { Ok(()) } else { packages::install(&["g++"]) })?;
    let host = host()?;
    for (package, name) in targets {
        let program = step(&format!("{name}: build"), || build(package, name, &host))?;
        step(&format!("{name}: {seconds} s"), || fuzz(package, name, seconds, &program))?;
    }
    Ok(())
}

fn build(package: &str, name: &str, host: &str) -> Result<std::path::PathBuf> {
    let folder = target().join("fuzz");
    let manifest = root().join("server/crates").join(package).join("fuzz/Cargo.toml");
    // With a target given, the flags are not for build scripts.
    let mut build = cargo(["build", "--release", "--quiet", "--bin", name, "--target", host]);
    build.arg("--manifest-path").arg(manifest).env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &folder);
    run_command(&mut build)?;
    Ok(folder.join(host).join("release").join(name))
}

fn fuzz(package: &str, name: &str, seconds: u64, program: &Path) -> Result<()> {
    let seeds = root().join("server/crates").join(package).join("fuzz/corpus").join(name);
    let found = target().join("fuzz/corpus").join(name);
    std::fs::create_dir_all(&found)?;
    let mut fuzz = command(program);
    // New inputs go to the first folder; the repository's are only read.
    fuzz.arg(&found).arg(&seeds).args([
        "-max_len=4500",
        "-timeout=10",
        "-print_final_stats=1",
        "-verbosity=0",
    ]);
    fuzz.arg(format!("-max_total_time={seconds}"));
    fuzz.arg(format!("-artifact_prefix={}/", target().join("fuzz").display()));
    run_command(&mut fuzz)
        .context("the input that broke it is in `target/fuzz`; keep it in the corpus once it is mended")
}

fn host() -> Result<String> {
    let text = output(command("rustc").arg("-vV"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("which host is this?")
}
