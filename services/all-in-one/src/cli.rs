//! The commands of `bord` and what each takes.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{call, catalog_commands, demo, leads, release, terminal, up};

/// Answers the telephone of small landing pages: one call, one lead, one provider.
#[derive(Parser)]
#[command(name = "bord", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts everything with the vendor twin, places one call, and tells the story.
    Demo(demo::Args),
    /// Runs everything on the fixed ports, with the vendor twin; --live uses the real vendors.
    Up(up::Args),
    /// Places a call to a site through the twin against what runs.
    Call(call::Args),
    /// Checks or applies a catalogue: sites, numbers, agents, providers, prices.
    #[command(subcommand)]
    Catalog(Catalog),
    /// Runs the three scenarios for an agent's candidate and, when all pass, puts it live.
    Release(release::Args),
    /// Lists leads, newest first.
    Leads(leads::ListArgs),
    /// Shows one lead: what it is, who has it and why, what was sent, what happened.
    Lead(leads::ShowArgs),
}

#[derive(Subcommand)]
enum Catalog {
    /// Reports every mistake at once, with file and line.
    Check {
        /// The folder.
        dir: PathBuf,
    },
    /// Writes what the files declare; agents become candidates, none goes live.
    Apply {
        /// The folder.
        dir: PathBuf,
        /// Says what would change and writes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Writes also what an operator changed meanwhile.
        #[arg(long)]
        overwrite: bool,
    },
}

/// Parses the command line and runs the command.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Up(args) = cli.command {
        // `up` stays: it takes signals and drains like any service.
        return chassis::run::main("bord", async |env, life| up::run(args, env, life).await);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return terminal::refuse(&error.into()),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Call(args) => call::run(args).await,
            Command::Catalog(Catalog::Check { dir }) => catalog_commands::check(&dir),
            Command::Catalog(Catalog::Apply {
                dir,
                dry_run,
                overwrite,
            }) => catalog_commands::apply(&dir, dry_run, overwrite).await,
            Command::Release(args) => release::run(args).await,
            Command::Leads(args) => leads::list(args).await,
            Command::Lead(args) => leads::show(args).await,
            Command::Up(_) => unreachable!("handled above"),
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_millis(300));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal::refuse(&error),
    }
}
