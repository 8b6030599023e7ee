//! The wall clock for times that people read, kept to microseconds as both databases keep them.
//!
//! Leases and due times never use it: they compare with the database's own clock (view `clock`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::config::Env;

static OFFSET_US: AtomicI64 = AtomicI64::new(0);

/// Now, in UTC, cut to microseconds so that what is stored and read back is equal.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that the ban points to"
)]
pub fn now() -> DateTime<Utc> {
    let now = Utc::now().trunc_subsecs(6);
    if cfg!(debug_assertions) {
        now + TimeDelta::microseconds(OFFSET_US.load(Ordering::Relaxed))
    } else {
        now
    }
}

/// Sets the clock of this process off by BORD_CLOCK_OFFSET_SECONDS, for tests of clocks that lie
/// (I18); release builds keep the host's clock.
pub(crate) fn read_offset(env: &mut Env) {
    let seconds: i64 = env.parse_or("BORD_CLOCK_OFFSET_SECONDS", 0);
    OFFSET_US.fetch_add(seconds.saturating_mul(1_000_000), Ordering::Relaxed);
}

/// Moves the clock of this process forward. For tests; release builds keep the host's clock.
pub fn shift(by: Duration) {
    let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    OFFSET_US.fetch_add(micros, Ordering::Relaxed);
}
