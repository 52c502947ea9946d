//! A private PostgreSQL for the tests: a cluster made for one run and gone after it.
//!
//! It listens on 127.0.0.1 alone, on a port that was free, and not on a Unix socket, whose
//! path has a length limit that a checkout may exceed. Durability stays on, because what
//! is tested is what was acknowledged.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{is_root, output, run, target};
use crate::step::step;

/// Where tests look for it.
pub(crate) const URL: &str = "RINGFENCE_TEST_POSTGRES";

/// A cold, busy machine needs a second or two.
const START: Duration = Duration::from_mins(1);

pub(crate) struct Postgres {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    pub(crate) fn start() -> Result<Self> {
        step("PostgreSQL: a private cluster", || {
            let programs = programs()?;
            let folder = make_folder()?;
            let data = folder.join("data");
            run(as_owner(&programs.join("initdb"))?
                .args([
                    "--auth=trust",
                    "--username=postgres",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ])
                .arg(&data)
                .stdout(Stdio::null()))?;
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let server = as_owner(&programs.join("postgres"))?
                .arg("-D")
                .arg(&data)
                .args(["-p", &port.to_string()])
                .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
                // Every test that asks gets a database and a pool of its own.
                .args(["-c", "max_connections=300"])
                .stdout(Stdio::null())
                .stderr(fs::File::create(folder.join("log"))?)
                .spawn()
                .context("cannot start PostgreSQL")?;
            let mut postgres = Self { server, folder, port };
            postgres.wait(&programs)?;
            println!("    {}", postgres.url());
            Ok(postgres)
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// An empty database of its own.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let server = ["-h", "127.0.0.1", "-U", "postgres", "-p"];
        run(Command::new(programs()?.join("createdb")).args(server).arg(self.port.to_string()).arg(name))?;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    fn wait(&mut self, programs: &Path) -> Result<()> {
        let start = Instant::now();
        loop {
            let mut ready = Command::new(programs.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ready.status()?.success() {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() || start.elapsed() > START {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start; it said:\n{log}");
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown; clients still connected do not hold it up.
        let pid = self.server.id().to_string();
        let stopped = Command::new("kill").args(["-INT", &pid]).status().is_ok_and(|status| status.success());
        if !stopped {
            drop(self.server.kill());
        }
        drop(self.server.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The newest one that Debian has installed.
fn programs() -> Result<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    let newest = versions.max_by_key(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let folder = newest.map(|entry| entry.path().join("bin")).filter(|folder| folder.join("initdb").exists());
    folder.context("PostgreSQL is not installed; install it by hand: `apt-get install postgresql`")
}

/// PostgreSQL refuses to run as root, and must not outlive us however we end.
fn as_owner(program: &Path) -> Result<Command> {
    let mut command = Command::new("setpriv");
    // A folder that its user may enter: the checkout may be in root's home.
    command.current_dir("/").args(["--pdeathsig", "INT"]);
    if is_root()? {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
    }
    command.arg(program);
    Ok(command)
}

/// `target/postgres/PID`, or below `/var/tmp` when PostgreSQL's user cannot get there.
fn make_folder() -> Result<PathBuf> {
    let parent = target().join("postgres");
    sweep(&parent)?;
    let ours = parent.join(std::process::id().to_string());
    make_owned(&ours)?;
    if as_owner(Path::new("test"))?.arg("-w").arg(&ours).status()?.success() {
        return Ok(ours);
    }
    fs::remove_dir_all(&ours)?;
    let parent = Path::new("/var/tmp/ringfence-postgres");
    sweep(parent)?;
    let elsewhere = parent.join(std::process::id().to_string());
    make_owned(&elsewhere)?;
    Ok(elsewhere)
}

fn make_owned(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    if is_root()? {
        output(Command::new("chown").arg("postgres:").arg(folder))?;
    }
    Ok(())
}

/// Removes what a run that was killed has left behind.
fn sweep(parent: &Path) -> Result<()> {
    fs::create_dir_all(parent)?;
    for entry in parent.read_dir()? {
        let entry = entry?;
        if !Path::new("/proc").join(entry.file_name()).exists() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
