//! The commands of `bord` and what each takes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chassis::config::Env;
use chassis::transport::{self, Transport};
use clap::{Parser, Subcommand};

use crate::operator::ledger::{books, conversions, credit, economics, payment, statement};
use crate::operator::{
    agents, check, erase, flags, moves, providers, recover, rollback, scan, status, unmatched,
    watch,
};
use crate::{call, catalog_commands, demo, leads, provision, release, terminal, up};

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
    /// Gives numbers their webhooks at Twilio, so that they ring here; buys what is not owned yet.
    Provision(provision::Args),
    /// Lists agents with voice, model, wait, seal, drift, dispatch rate and candidate.
    Agents(agents::Args),
    /// Runs the scenarios for an agent's candidate and, when all pass, puts it live.
    Release(release::Args),
    /// Puts live what was live before, in one step.
    Rollback(rollback::Args),
    /// Judges what is due, or everything since a moment, and waits for the end.
    Scan(scan::Args),
    /// Lists what was found and waits for somebody, the worst and oldest first.
    Flags(flags::ListArgs),
    /// Shows one flag with its evidence, or resolves it.
    Flag(flags::OneArgs),
    /// After a loss of data: gives back what roster lost and recovers what calls carried.
    Recover(recover::Args),
    /// Lists leads, newest first.
    Leads(leads::ListArgs),
    /// Shows the life of one lead: every event, candidate, message and receipt, and its result.
    Lead(leads::ShowArgs),
    /// Shows whether everything serves, what waits for a person, and what is out of order.
    Status(status::Args),
    /// Lists the leads that nobody has or that wait for a person, oldest first, and why.
    Unmatched(unmatched::Args),
    /// Offers a lead to a provider by hand: same rules, only the order is overridden.
    Assign(moves::AssignArgs),
    /// Confirms a lead for the provider who has it.
    Confirm(moves::MoveArgs),
    /// Books what came of a confirmed lead: won with an amount, or lost with a reason.
    Close(moves::CloseArgs),
    /// Cancels an open lead: whoever has it is released and told.
    Cancel(moves::MoveArgs),
    /// Gives a lead back to the machine at once, or sends a delivery again that reached nobody.
    Retry(moves::RetryArgs),
    /// Lists providers with channels and capacity; pauses, resumes, proves.
    Providers(providers::Args),
    /// Shows what calls and leads cost and bring in, side by side; --lead shows one lead.
    Economics(economics::Args),
    /// Writes what a provider owes and why, as a letter.
    Statement(statement::Args),
    /// Takes back what a provider was charged for a lead, whole or in part.
    Credit(credit::Args),
    /// Books what a provider paid.
    Payment(payment::Args),
    /// Lists leads with the advertisement's click that brought them; --csv for Google Ads.
    Conversions(conversions::Args),
    /// Recounts the books; exits 1 when they do not balance.
    Books(books::Args),
    /// Erases a caller by phone number from every store and vendor; prints a receipt for each.
    Erase(erase::Args),
    /// Recounts who has which lead from three sources; exits 1 when they differ.
    Check(check::Args),
    /// Shows the leads' events as they happen, one line each.
    Watch(watch::Args),
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
        return chassis::run::main("bord", async |env, life| {
            Box::pin(up::run(args, env, life)).await
        });
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return terminal::refuse(&error.into()),
    };
    let done = runtime.block_on(async {
        let transport = match &cli.command {
            // It starts its own services, on loopback.
            Command::Demo(_) => Transport::default(),
            _ => as_the_operator()?,
        };
        // On the heap: the future of all commands is large.
        let doing = Box::pin(dispatch(cli.command));
        transport::with(Arc::new(transport), doing).await
    });
    runtime.shutdown_timeout(std::time::Duration::from_millis(300));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal::refuse(&error),
    }
}

/// With `TLS_CERT`, `TLS_KEY` and `TLS_CA` the services are called with the operator's certificate.
fn as_the_operator() -> anyhow::Result<Transport> {
    let mut env = Env::from_process();
    let transport = Transport::read(&mut env);
    env.finish()?;
    Ok(transport)
}

async fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Call(args) => call::run(args).await,
        Command::Catalog(Catalog::Check { dir }) => catalog_commands::check(&dir),
        Command::Catalog(Catalog::Apply {
            dir,
            dry_run,
            overwrite,
        }) => catalog_commands::apply(&dir, dry_run, overwrite).await,
        Command::Provision(args) => provision::run(args).await,
        Command::Agents(args) => agents::run(args).await,
        Command::Release(args) => release::run(args).await,
        Command::Rollback(args) => rollback::run(args).await,
        Command::Scan(args) => scan::run(args).await,
        Command::Flags(args) => flags::list(args).await,
        Command::Flag(args) => flags::one(args).await,
        Command::Recover(args) => recover::run(args).await,
        Command::Leads(args) => leads::list(args).await,
        Command::Lead(args) => leads::show(args).await,
        Command::Status(args) => Box::pin(status::run(args)).await,
        Command::Unmatched(args) => unmatched::run(args).await,
        Command::Assign(args) => moves::assign(args).await,
        Command::Confirm(args) => moves::confirm(args).await,
        Command::Close(args) => moves::close(args).await,
        Command::Cancel(args) => moves::cancel(args).await,
        Command::Retry(args) => moves::retry(args).await,
        Command::Providers(args) => providers::run(args).await,
        Command::Economics(args) => economics::run(args).await,
        Command::Statement(args) => statement::run(args).await,
        Command::Credit(args) => credit::run(args).await,
        Command::Payment(args) => payment::run(args).await,
        Command::Conversions(args) => conversions::run(args).await,
        Command::Books(args) => books::run(args).await,
        Command::Erase(args) => erase::run(args).await,
        Command::Check(args) => check::run(args).await,
        Command::Watch(args) => watch::run(args).await,
        Command::Up(_) => unreachable!("handled above"),
    }
}

#[cfg(test)]
mod tests;
