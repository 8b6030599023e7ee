//! What a run is asked for on the command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::report::Wanted;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    Postgres,
    Sqlite,
}

/// Breaks the real binaries of bord in every way at once and compares three ledgers.
#[derive(Parser)]
#[command(name = "fault-harness")]
pub struct Options {
    /// Replays the plan of this seed; a fresh one when left out.
    #[arg(long)]
    pub seed: Option<u64>,
    /// At least 5,000 acknowledged leads, in as many rounds as it takes, each with a seed of its own.
    #[arg(long)]
    pub long: bool,
    /// Rounds until so many minutes have passed (with --long).
    #[arg(long)]
    pub minutes: Option<u64>,
    /// One of the two systems alone.
    #[arg(long, value_enum)]
    pub only: Option<Only>,
    /// Acknowledged leads wanted of each round on PostgreSQL.
    #[arg(long, default_value_t = 1_000)]
    pub leads: usize,
    /// Where the binaries are; beside this one when left out.
    #[arg(long)]
    pub binaries: Option<PathBuf>,
    /// The catalogue to apply.
    #[arg(long, default_value = "k8s/catalog")]
    pub catalog: PathBuf,
}

/// Leads that a long run acknowledges when no time is named.
pub const LONG: usize = 5_000;

impl Options {
    #[must_use]
    pub fn runs(&self, stage: Only) -> bool {
        self.only.is_none_or(|only| only == stage)
    }

    #[must_use]
    pub fn wanted(&self, stage: Only) -> Wanted {
        match stage {
            Only::Postgres => Wanted {
                acknowledged: self.leads,
                unknown: 20,
                every_crash_point: true,
                carrier: 10,
            },
            Only::Sqlite => Wanted {
                acknowledged: 300,
                unknown: 20,
                every_crash_point: false,
                carrier: 1,
            },
        }
    }
}
