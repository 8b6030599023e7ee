//! A round of a poller: one replica at a time, from its last success on, so that a gap is caught up.

use std::time::Duration;

use super::{Error, Telephony, lease};

/// One round of a poller under its lease. `round` gets the time from which on it must look: the
/// last success less the overlap, or the overlap alone at the first time.
pub(super) async fn poll(
    telephony: &Telephony,
    name: &'static str,
    rest: Duration,
    round: impl AsyncFnOnce(i64) -> Result<(), Error>,
) -> anyhow::Result<bool> {
    let db = &telephony.db;
    let now_us = db.now_us().await?;
    let Some(held) = lease::take(db, name).await? else {
        return Ok(false);
    };
    let overlap = i64::try_from(telephony.pace.poll_overlap.as_micros()).unwrap_or(i64::MAX);
    // A gap of more than thirty days is beyond what the vendors keep in a list.
    let oldest = now_us - 30 * 24 * 3_600 * 1_000_000;
    let from = if held.success_us == 0 {
        now_us
    } else {
        held.success_us.min(now_us)
    };
    let renew = lease::renewal(db, name, held);
    let Some(outcome) = lease::while_held(renew, round((from - overlap).max(oldest))).await else {
        metrics::counter!("telephony_leases_lost_total", "poll" => name).increment(1);
        return Ok(false);
    };
    let success = outcome.is_ok().then_some(now_us);
    lease::give_back(db, name, held, rest, success).await?;
    // After a failure the last success of any replica, so that a process that began since shows it.
    let last = success.unwrap_or(held.success_us);
    #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch fit")]
    if last > 0 {
        metrics::gauge!("telephony_poll_success_seconds", "poll" => name)
            .set((last / 1_000_000) as f64);
    }
    outcome.map(|()| false).map_err(Into::into)
}
