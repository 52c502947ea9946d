//! The binary, run as people run it, and the demonstration that it serves.

use serde::Deserialize;
use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;

/// The binary that was built with these tests.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_ringfence");

/// Every door on loopback, at a port that is free.
pub(crate) const ANY_PORTS: [&str; 6] =
    ["--console", "127.0.0.1:0", "--edge-http", "127.0.0.1:0", "--edge-https", "127.0.0.1:0"];

/// What a command has come to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Ended {
    /// Standard output, which is one JSON value and nothing else.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts the status, and that one clear sentence says why.
    #[track_caller]
    pub(crate) fn failed(&self, status: i32, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let said: Vec<_> = self.errors.lines().collect();
        assert!(matches!(&said[..], [one] if one.starts_with("ringfence: ")), "one sentence: {self:?}");
        assert!(self.errors.contains(words), "`{words}`: {self:?}");
    }

    #[track_caller]
    pub(crate) fn succeeded(&self) {
        assert_eq!(self.status, 0, "{self:?}");
    }
}

/// A command line of the program. The environment of the tests is not the program's.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).env_clear().env("RINGFENCE_LOG", "error");
    command
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str]) -> Ended {
    let output = command(arguments).stdin(Stdio::null()).output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server that was started, and is killed when the test ends.
pub(crate) struct Running {
    child: Child,
    pub(crate) output: BufReader<ChildStdout>,
}

impl Running {
    /// Starts the command; its log goes to `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log).unwrap());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Asks it to end, as an operator would, and waits until it has.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success());
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What the demonstration says about itself.
#[derive(Deserialize)]
pub(crate) struct Facts {
    pub(crate) console: String,
    pub(crate) edge_http: String,
    pub(crate) edge_https: String,
    pub(crate) ca: PathBuf,
    pub(crate) logins: Vec<Login>,
    pub(crate) devices: Vec<Device>,
}

#[derive(Deserialize)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) password: String,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Device {
    pub(crate) mac: String,
    pub(crate) serial: String,
    pub(crate) vendor: String,
    pub(crate) state: String,
    pub(crate) steady_path: String,
    pub(crate) digest_user: String,
    pub(crate) digest_password: String,
}

/// A data folder, and where its database is.
pub(crate) struct Data {
    pub(crate) folder: TempDir,
    database: Option<String>,
}

impl Data {
    /// A folder of its own, with the database in it.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None }
    }

    /// A folder of its own, with the database elsewhere.
    pub(crate) fn with_database(address: &str) -> Self {
        Self { database: Some(address.to_owned()), ..Self::new() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A command on this data.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.arg("--data").arg(self.path());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Runs a command on this data to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The demonstration, serving.
pub(crate) struct Demo {
    pub(crate) facts: Facts,
    pub(crate) data: Data,
    server: Running,
}

impl Demo {
    /// On an empty folder.
    pub(crate) fn start() -> Self {
        Self::start_on(Data::new())
    }

    /// On data that may be there already.
    pub(crate) fn start_on(data: Data) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with further flags.
    pub(crate) fn start_with(data: Data, flags: &[&str]) -> Self {
        let mut command = data.command(&["demo", "--json"]);
        command.args(flags);
        // Everything is logged, so that a secret in the log would be found.
        command.args(ANY_PORTS).env("RINGFENCE_LOG", "trace");
        let mut server = Running::start(command, &data.log());
        let mut line = String::new();
        server.output.read_line(&mut line).unwrap();
        let facts = serde_json::from_str(&line).unwrap_or_else(|error| {
            let log = std::fs::read_to_string(data.log()).unwrap_or_default();
            panic!("{error}: {line}\n{log}")
        });
        Self { facts, data, server }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.server.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &process]).status().unwrap().success());
    }

    pub(crate) fn stop(self) -> Data {
        self.server.stop();
        self.data
    }

    pub(crate) fn kill(self) -> Data {
        self.server.kill();
        self.data
    }

    /// Bytes of the server that are resident.
    pub(crate) fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
    }

    /// A Yealink with a line.
    pub(crate) fn bound(&self) -> &Device {
        self.yealinks("bound")[0]
    }

    /// A Yealink of the same site without one.
    pub(crate) fn unbound(&self) -> &Device {
        self.yealinks("unbound")[0]
    }

    /// The Yealinks in a state.
    pub(crate) fn yealinks(&self, state: &str) -> Vec<&Device> {
        self.facts.devices.iter().filter(|d| d.vendor == "yealink" && d.state == state).collect()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        address(&self.facts.edge_http)
    }

    pub(crate) fn https(&self) -> SocketAddr {
        address(&self.facts.edge_https)
    }
}

/// Where a base address leads.
pub(crate) fn address(base: &str) -> SocketAddr {
    base.rsplit_once('/').unwrap().1.parse().unwrap()
}
