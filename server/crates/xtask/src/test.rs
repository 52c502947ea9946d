//! All tests, in order, with their durations.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{cargo, root, run as run_command};
use crate::node::with_node;
use crate::postgres::{Postgres, URL};
use crate::step::{Outcome, Report};
use crate::{server, setup};

/// What was asked for on the command line.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    full: bool,
    only: Option<Part>,
    filter: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Unit,
    Browser,
    Lab,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--full" => options.full = true,
                "--only" => options.only = Some(Part::parse(args.next().map_or("", String::as_str))?),
                "--" => {}
                other if other.starts_with("--") => bail!("unknown: `{other}`; there are --full and --only"),
                filter => options.filter.push(filter.to_owned()),
            }
        }
        // A filter names tests of one part; without a word it is the first.
        if options.only.is_none() && !options.filter.is_empty() {
            options.only = Some(Part::Unit);
        }
        Ok(options)
    }

    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    /// Longer bounds, for tests that have them.
    fn bounds<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if self.full {
            command.env("RINGFENCE_FULL", "1");
        }
        command
    }
}

impl Part {
    fn parse(name: &str) -> Result<Self> {
        match name {
            "unit" => Ok(Self::Unit),
            "browser" => Ok(Self::Browser),
            "lab" => Ok(Self::Lab),
            _ => bail!("`--only` takes unit, browser or lab"),
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    setup::for_testing()?;
    server::build()?;
    let postgres = Postgres::start()?;
    let mut report = Report::new("tests");
    if options.wants(Part::Unit) {
        let mut tests = cargo(["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]);
        options.bounds(tests.env(URL, postgres.url())).args(&options.filter);
        report.run("unit, property, storage and service tests", &mut tests);
    }
    if options.wants(Part::Browser) {
        report.step("browser tests", || browser(options, &postgres.url()));
    }
    if options.wants(Part::Lab) {
        report.step("lab: call control and SIP phones", || play(options, &postgres.url()));
    }
    drop(postgres);
    report.finish()
}

/// The lab alone, everything that it says in view.
pub(crate) fn lab(args: &[String]) -> Result<()> {
    run(&Options { only: Some(Part::Lab), filter: args.to_vec(), full: false })
}

/// The browser's part of `cargo xtask bench editor`.
pub(crate) fn keystroke() -> Result<()> {
    let folder = root().join("end2end");
    install_playwright(&folder)?;
    let mut bench = with_node("npx")?;
    bench.args(["playwright", "test", "editor", "--grep", "@bench"]).current_dir(&folder).env("BENCH", "1");
    run_command(bench.env("RINGFENCE_BINARY", server::binary()))
}

fn install_playwright(folder: &Path) -> Result<()> {
    if !is_newer(&folder.join("node_modules/.package-lock.json"), &folder.join("package-lock.json")) {
        let mut install = with_node("npm")?;
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
        run_command(install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    }
    Ok(())
}

fn browser(options: &Options, url: &str) -> Result<Outcome> {
    let folder = root().join("end2end");
    if !folder.join("package.json").exists() {
        return Ok(Outcome::Skipped("there is no `end2end/package.json`".to_owned()));
    }
    install_playwright(&folder)?;
    let mut tests = with_node("npx")?;
    tests.args(["playwright", "test"]).args(&options.filter).current_dir(&folder);
    run_command(for_the_binary(options.bounds(&mut tests), url))?;
    Ok(Outcome::Passed)
}

fn play(options: &Options, url: &str) -> Result<Outcome> {
    let script: PathBuf = root().join("end2end/lab/run.mjs");
    if !script.exists() {
        return Ok(Outcome::Skipped("there is no `end2end/lab/run.mjs`".to_owned()));
    }
    let mut lab = with_node("node")?;
    lab.arg(script).args(&options.filter);
    run_command(for_the_binary(options.bounds(&mut lab), url))?;
    Ok(Outcome::Passed)
}

fn for_the_binary<'a>(command: &'a mut Command, url: &str) -> &'a mut Command {
    command.env("RINGFENCE_BINARY", server::binary()).env(URL, url)
}

fn is_newer(made: &Path, source: &Path) -> bool {
    let changed = |path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    changed(made).is_some_and(|made| changed(source).is_some_and(|source| made >= source))
}

#[cfg(test)]
mod tests {
    use super::{Options, Part};

    fn parsed(line: &str) -> Option<Options> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&args).ok()
    }

    #[test]
    fn without_words_everything_runs() {
        assert_eq!(parsed(""), Some(Options::default()));
    }

    #[test]
    fn a_filter_alone_means_the_unit_tests() {
        let options = parsed("--full ledger").unwrap();
        assert!(options.full && options.wants(Part::Unit) && !options.wants(Part::Lab));
        assert_eq!(parsed("--only browser sign-in").unwrap().only, Some(Part::Browser));
    }

    #[test]
    fn unknown_words_are_refused() {
        assert_eq!(parsed("--fast"), None);
        assert_eq!(parsed("--only everything"), None);
        assert_eq!(parsed("--only"), None);
    }
}
