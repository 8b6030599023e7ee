//! What the harness says: progress on standard error, the one line of the verdict on standard
//! output. A closed stream must not end a run, so its errors are dropped.

use std::io::Write as _;
use std::sync::OnceLock;
use std::time::Instant;

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// One line of progress with the seconds since the start.
pub fn progress(text: impl AsRef<str>) {
    let began = BEGAN.get_or_init(Instant::now);
    let line = format!(
        "[{:6.1}] {}\n",
        began.elapsed().as_secs_f64(),
        text.as_ref()
    );
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The verdict.
pub fn verdict(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
