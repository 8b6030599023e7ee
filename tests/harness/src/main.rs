//! Runs the fault harness and ends with its verdict: 0 passed, 1 failed, 2 inconclusive.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser as _;
use fault_harness::arena::Places;
use fault_harness::options::{LONG, Only, Options};
use fault_harness::report::{self, Report, Verdict};
use fault_harness::run;
use fault_harness::tell;
use rustix::process::{Resource, Rlimit};

fn main() -> ExitCode {
    let options = Options::parse();
    // Armed points abort, again and again: no core files.
    let none = Rlimit {
        current: Some(0),
        maximum: None,
    };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    chassis::telemetry::install_crypto();
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = all(&options) => outcome,
            () = interrupted() => Err(anyhow::anyhow!("interrupted; what was started is ended")),
        }
    });
    // Dropping the runtime drops every child that is left, which kills it.
    runtime.shutdown_timeout(Duration::from_secs(2));
    if outcome.is_err() {
        std::thread::sleep(Duration::from_millis(500));
    }
    fault_harness::ground::sweep();
    match outcome {
        Ok(verdict) => ExitCode::from(verdict.exit_code()),
        Err(error) => failed(&error),
    }
}

async fn all(options: &Options) -> anyhow::Result<Verdict> {
    let binaries = match &options.binaries {
        Some(folder) => folder.clone(),
        None => beside_this()?,
    };
    let places = Places {
        binaries,
        catalog: std::path::absolute(&options.catalog)?,
    };
    let mut seed = options
        .seed
        .unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let began = Instant::now();
    let mut reports: Vec<Report> = Vec::new();
    loop {
        if options.runs(Only::Postgres) {
            let wanted = options.wanted(Only::Postgres);
            reports.push(told(run::on_postgres(seed, wanted, &places).await?));
        }
        if options.runs(Only::Sqlite) {
            let wanted = options.wanted(Only::Sqlite);
            reports.push(told(run::on_sqlite(seed, wanted, &places).await?));
        }
        let acknowledged: usize = reports.iter().map(|report| report.acknowledged).sum();
        let enough = match options.minutes {
            Some(minutes) => began.elapsed() >= Duration::from_secs(60 * minutes),
            None => acknowledged >= LONG,
        };
        if !options.long || enough {
            break;
        }
        seed += 1;
    }
    let verdict = reports
        .iter()
        .map(Report::verdict)
        .max()
        .context("nothing ran")?;
    tell::verdict(&report::line(&reports, verdict));
    Ok(verdict)
}

/// The findings of one run, at once, in full.
fn told(report: Report) -> Report {
    for violation in &report.violations {
        tell::progress(format!(
            "{} {}\n           look at: {}",
            violation.kind, violation.ids, violation.hint
        ));
    }
    for text in &report.missing {
        tell::progress(format!("too little: {text}"));
    }
    for (kind, many) in report.faults.iter().chain(&report.carriers) {
        tell::progress(format!("  {many:5}  {kind}"));
    }
    tell::progress(report::line(
        std::slice::from_ref(&report),
        report.verdict(),
    ));
    report
}

fn beside_this() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().context("a program is in a folder")?.to_owned())
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    tell::progress(format!("{error:#}"));
    tell::verdict(&format!("fault-harness inconclusive: {error:#}"));
    ExitCode::from(Verdict::Inconclusive.exit_code())
}
