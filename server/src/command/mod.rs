//! The commands, one file each.

pub(crate) mod bench;
pub(crate) mod confirm;
pub(crate) mod demo;
pub(crate) mod dialects;
pub(crate) mod explain;
pub(crate) mod identify;
pub(crate) mod import;
pub(crate) mod import_templates;
pub(crate) mod ledger;
pub(crate) mod serve;

use crate::{config::Config, exit::Failure};
use serde::Serialize;
use std::io::Write as _;

/// For commands that only read: where there is nothing to read, nothing is made.
pub(crate) fn needs_database(config: &Config) -> Result<(), Failure> {
    match config.database_file() {
        Some(file) if !file.exists() => {
            Err(Failure::environment(format!("there is no database at `{}`", file.display())))
        }
        _ => Ok(()),
    }
}

/// Writes one JSON value and a line end to standard output.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::environment)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::environment)
}
