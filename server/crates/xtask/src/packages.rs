//! Debian packages: looked for first, so that a second run touches nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::command::{command, have, is_root, run};

/// Debian starts a service when it installs one. The tests start their own, so the ones
/// that we brought in are stopped again; one that was there before is left alone.
const SERVICES: &[&str] = &["kamailio", "nginx", "postgresql"];

pub(crate) fn install(wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    println!("    missing: {names}");
    if !have("apt-get") {
        bail!("this is not Debian, so install by hand what Debian calls `{names}`");
    }
    if !is_root()? && !have("sudo") {
        bail!("packages are missing and there is no sudo; install them by hand: `apt-get install {names}`");
    }
    let by_hand =
        |_| anyhow::anyhow!("packages cannot be had; install them by hand: `apt-get install {names}`");
    run(apt()?.args(["-qq", "update"])).map_err(by_hand)?;
    run(apt()?.args(["-qq", "-y", "--no-install-recommends", "install"]).args(&missing)).map_err(by_hand)?;
    for service in SERVICES.iter().filter(|name| missing.contains(name)) {
        stop(service)?;
    }
    Ok(())
}

fn is_installed(name: &str) -> bool {
    command("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", name])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn stop(service: &str) -> Result<()> {
    if Path::new("/run/systemd/system").exists() {
        println!("    stopping the service that Debian started: {service}");
        run(privileged("systemctl")?.args(["disable", "--now", "--quiet", service]))?;
    }
    Ok(())
}

fn apt() -> Result<Command> {
    let mut command = privileged("env")?;
    // Another package manager may be at work: wait for it rather than fail.
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]);
    Ok(command)
}

fn privileged(program: &str) -> Result<Command> {
    if is_root()? {
        return Ok(command(program));
    }
    let mut sudo = command("sudo");
    sudo.arg(program);
    Ok(sudo)
}
