//! Node.js for the browser tests and the lab.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command::{command, have, run, target};
use crate::packages;

/// Playwright's floor. Debian 12 has 18, so there a newer one comes from npm, under `target`.
const MINIMUM: u32 = 20;
const FROM_NPM: &str = "22";

pub(crate) fn install() -> Result<()> {
    if !(have("node") && have("npm")) {
        packages::install(&["nodejs", "npm"])?;
    }
    if version()? >= MINIMUM {
        return Ok(());
    }
    let package = format!("{}@{FROM_NPM}", package());
    println!("    `node` is older than {MINIMUM}: taking {package} from npm");
    run(command("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(tools())
        .arg(package))
    .with_context(|| format!("install Node.js {MINIMUM} or newer by hand"))?;
    if version()? < MINIMUM {
        bail!("`node` is older than {MINIMUM}; install a newer Node.js by hand");
    }
    Ok(())
}

/// A command that finds our Node.js before the machine's.
pub(crate) fn with_node(program: &str) -> Result<Command> {
    let mut command = command(program);
    command.env("PATH", path()?);
    Ok(command)
}

fn version() -> Result<u32> {
    // Through `env`, so that the changed path decides which `node` it is.
    let output = with_node("env")?.args(["node", "--version"]).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text.trim().trim_start_matches('v').split('.').next().unwrap_or_default();
    major.parse().with_context(|| format!("`node --version` said: {}", text.trim()))
}

fn path() -> Result<OsString> {
    let machine = env::var_os("PATH").unwrap_or_default();
    let ours = tools().join("node_modules").join(package()).join("bin");
    Ok(env::join_paths(std::iter::once(ours).chain(env::split_paths(&machine)))?)
}

fn tools() -> PathBuf {
    target().join("tools")
}

/// npm's name of the package for this machine.
fn package() -> String {
    let architecture = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node-linux-{architecture}")
}
