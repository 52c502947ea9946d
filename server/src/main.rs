//! The `ringfence` binary: command line, configuration, startup, console and edge.
//!
//! Standard output is for results; logs and sentences for people go to standard error.

mod assets;
mod command;
mod config;
mod console;
mod edge;
mod exit;
mod listen;
mod pnp;
mod proxy;
mod startup;
mod tls;

use clap::{Parser, Subcommand};
use config::{Config, Options};
use exit::Failure;
use std::{path::PathBuf, process::ExitCode};

/// A request makes and drops some hundred small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Provisions desk phones, and governs the numbers on them.
#[derive(Parser)]
#[command(name = "ringfence", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the console and the edge.
    Serve {
        #[command(flatten)]
        options: Options,
    },
    /// Loads the demonstration organisation when the data folder is empty, then serves.
    Demo {
        #[command(flatten)]
        options: Options,
        /// Print addresses, logins and devices as one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Imports a site package from CSV files, all or nothing.
    Import {
        #[command(flatten)]
        options: Options,
        /// CSV files; their header rows say what they hold.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Only say what would be created and what is wrong.
        #[arg(long)]
        dry_run: bool,
        /// Print JSON and nothing else on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Confirms a new account of the console: you know whose it is. Its maker cannot, nor can it itself.
    Confirm {
        #[command(flatten)]
        options: Options,
        /// The account's name.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Reads another system's templates, such as FusionPBX's, into the text of a layer; says what it left, and why.
    ImportTemplates {
        #[command(flatten)]
        options: Options,
        /// The folder of one vendor and model; every file below it is read.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Whose templates they are.
        #[arg(long)]
        vendor: String,
        /// Makes it a draft of this layer, as the console does: `organisation`, `vendor yealink`,
        /// `model yealink T46U`, `site lon`.
        #[arg(long, value_name = "LAYER", requires = "by")]
        draft: Option<String>,
        /// The account whose draft it is: it alone sees it, and submits it.
        #[arg(long, value_name = "NAME", requires = "draft")]
        by: Option<String>,
        /// What changes and why; stands with the draft.
        #[arg(long, default_value = "Templates that were imported.", requires = "draft")]
        note: String,
        /// Print JSON and nothing else on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Says why a phone has its configuration, and what it would get now.
    Explain {
        #[command(flatten)]
        options: Options,
        /// MAC, serial or extension.
        #[arg(value_name = "MAC|SERIAL|EXTENSION")]
        what: String,
        /// Only what was served and done up to this time (RFC 3339).
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Print JSON and nothing else on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Says what the server makes of a request: vendor, model, firmware, MAC, serial, file.
    Identify(command::identify::Request),
    /// Lists the models that may be bound, what can be set on them, and how we know.
    Dialects {
        /// Print JSON and nothing else on standard output.
        #[arg(long)]
        json: bool,
    },
    /// The record of everything served, refused and done.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Checks the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Measures, against a bare handler that returns the same bytes.
    #[command(hide = true)]
    Bench {
        #[command(subcommand)]
        bench: command::bench::Bench,
    },
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Verifies every entry against the chain and the signed checkpoints.
    Verify {
        #[command(flatten)]
        options: Options,
        /// File of checkpoints; default: checkpoints.jsonl in the data folder.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// Print JSON and nothing else on standard output.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Says whether the configuration can be used, and what it comes to.
    Check {
        #[command(flatten)]
        options: Options,
    },
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            error.print().ok();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("RINGFENCE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::environment(error).report(),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    let load = |options: &Options| Config::load(options).map_err(Failure::usage);
    match command {
        Command::Serve { options } => command::serve::run(&load(&options)?).await,
        Command::Demo { options, json } => command::demo::run(&load(&options)?, json).await,
        Command::Identify(request) => command::identify::run(&request),
        Command::Dialects { json } => command::dialects::run(json),
        Command::Import { options, files, dry_run, json } => {
            command::import::run(&load(&options)?, &files, dry_run, json).await
        }
        Command::Confirm { options, name } => command::confirm::run(&load(&options)?, &name).await,
        Command::ImportTemplates { options, folder, vendor, draft, by, note, json } => {
            let templates = command::import_templates::read(&folder, &vendor)?;
            match draft.zip(by) {
                None => templates.print(json),
                Some((layer, by)) => {
                    let draft = command::import_templates::Draft { layer, by, note };
                    templates.draft(&load(&options)?, &draft, json).await
                }
            }
        }
        Command::Explain { options, what, at, json } => {
            command::explain::run(&load(&options)?, &what, at.as_deref(), json).await
        }
        Command::Ledger { command: LedgerCommand::Verify { options, checkpoint, json } } => {
            command::ledger::verify(&load(&options)?, checkpoint, json).await
        }
        Command::Config { command: ConfigCommand::Check { options } } => {
            println!("{:#?}", load(&options)?);
            Ok(())
        }
        Command::Bench { bench } => command::bench::run(bench).await,
    }
}
