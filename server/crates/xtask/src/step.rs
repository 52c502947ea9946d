//! Timed steps: each says its name before and its duration after.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Runs one step that everything after it needs.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let done = work()?;
    println!("    {name}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(done)
}

/// How a step of a [`Report`] ended, when it did not fail.
pub(crate) enum Outcome {
    Passed,
    Skipped(String),
}

/// Steps that do not need each other: all of them run, and the failed ones are listed.
pub(crate) struct Report {
    title: &'static str,
    start: Instant,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    took: Duration,
    end: Result<Outcome>,
}

impl Report {
    pub(crate) fn new(title: &'static str) -> Self {
        Self { title, start: Instant::now(), rows: Vec::new() }
    }

    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) {
        println!("\n==> {name}");
        let start = Instant::now();
        let end = work();
        let row = Row { name: name.to_owned(), took: start.elapsed(), end };
        println!("    {row}");
        self.rows.push(row);
    }

    /// A step that is nothing but one command.
    pub(crate) fn run(&mut self, name: &str, command: &mut std::process::Command) {
        self.step(name, || crate::command::run(command).map(|()| Outcome::Passed));
    }

    /// Prints the table; an error when a step failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n==> {}: summary", self.title);
        for row in &self.rows {
            println!("    {row}");
        }
        println!("    {:<44} {:>8.1} s", "total", self.start.elapsed().as_secs_f64());
        let failed: Vec<_> = self.rows.iter().filter(|row| row.end.is_err()).map(|row| &*row.name).collect();
        if !failed.is_empty() {
            bail!("{} failed: {}", self.title, failed.join(", "));
        }
        Ok(())
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<44} {:>8.1} s  ", self.name, self.took.as_secs_f64())?;
        match &self.end {
            Ok(Outcome::Passed) => write!(f, "ok"),
            Ok(Outcome::Skipped(why)) => write!(f, "SKIPPED: {why}"),
            Err(error) => write!(f, "FAILED: {error:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::{Outcome, Report};

    #[test]
    fn every_step_runs_and_the_failed_ones_are_named() {
        let mut report = Report::new("tests");
        report.step("first", || Err(anyhow!("no")));
        report.step("second", || Ok(Outcome::Passed));
        report.step("third", || Ok(Outcome::Skipped("not here".to_owned())));
        assert_eq!(report.rows.len(), 3);
        assert_eq!(report.finish().unwrap_err().to_string(), "tests failed: first");
    }
}
