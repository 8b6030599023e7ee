//! `bord`: every service in one process, and the operator's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    bord::cli::run()
}
